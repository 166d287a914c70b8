use super::*;

const TEXT: &str = "SEC. 2. A deployer shall test each high-\n  risk system before use,  and “keep a log”\nof at \
    least 1,000 events. The provider of an unlawful use of Al systems shall pay 100,000 crowns. 第三条 提供者应当记录人工\n智能系统。";

fn check(words: &str) -> (QuoteState, Vec<&'static str>) {
    let located = Locator::new(TEXT).locate(words, None);
    (located.state, located.spans.iter().map(|s| s.slice(TEXT).unwrap()).collect())
}

#[test]
fn a_quote_is_found_however_it_was_copied() {
    assert_eq!(check("A deployer shall test"), (QuoteState::Exact, vec!["A deployer shall test"]));
    for copied in [
        "test each high-risk system before use, and \"keep a log\" of",
        "test each highrisk system before use, and ‘keep a log’ of.",
        "“test each high\u{2011}risk  system before use, and 'keep a log' of”",
    ] {
        let (state, found) = check(copied);
        assert_eq!(state, QuoteState::Normalised, "{copied}");
        assert_eq!(found, ["test each high-\n  risk system before use,  and “keep a log”\nof"]);
    }
    assert_eq!(check("unlawful use of AI systems").0, QuoteState::Normalised);
    assert_eq!(check("提供者应当记录人工智能系统").0, QuoteState::Normalised);
    let (state, found) = check("A deployer shall test [...] at least 1,000 events");
    assert_eq!(
        (state, found),
        (
            QuoteState::Elided,
            vec![
                "A deployer shall test",
                "at \
    least 1,000 events"
            ]
        )
    );
}

#[test]
fn what_is_not_there_is_not_found() {
    for invented in [
        "lawful use of Al systems",
        "shall pay 100",
        "000 crowns. 第三条",
        "A deployer shall not test each high-risk system",
        "keep a log of … A deployer shall test",
        "the deployer must audit every model yearly",
    ] {
        assert!(!check(invented).0.verifies(), "{invented}: {:?}", check(invented));
    }
}

#[test]
fn a_near_miss_says_what_was_meant_and_verifies_nothing() {
    let located =
        Locator::new(TEXT).locate("A deployer shall tests each high-risk system before using", None);
    assert_eq!(located.state, QuoteState::Near);
    assert!(located.spans[0].slice(TEXT).unwrap().starts_with("A deployer shall test"));
    assert!(matches!(located.why, Some(Miss::Similar { similarity }) if similarity >= 0.9));
}

#[test]
fn a_quote_that_could_stand_anywhere_is_no_evidence() {
    for generic in ["high-risk system", "a b c", "系统。", "   ", "…"] {
        assert_eq!(Locator::new(TEXT).locate(generic, None).why, Some(Miss::TooShort), "{generic}");
    }
    assert!(Locator::new(TEXT).locate("应当记录", None).state.verifies());
}

#[test]
fn the_hint_decides_between_several_places() {
    let text = "the board may act. the board may act. the board may act.";
    let hint = Span::new(text, 20, 30);
    let located = Locator::new(text).locate("the board may act", hint);
    assert_eq!(located.spans[0].start(), 19);
    assert_eq!(Locator::new(text).occurrences("The board may act"), 0);
    assert_eq!(Locator::new(text).occurrences("the board  may act"), 3);
}
