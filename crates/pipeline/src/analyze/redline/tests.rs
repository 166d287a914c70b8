//! A redline marks what changed and nothing beside it, and holds both versions.

use proptest::prelude::*;

use super::*;
use crate::segment::segment;

fn compared(old: &str, new: &str) -> Vec<Change> {
    redline((old, &segment(old)), (new, &segment(new)))
}

/// The words of one fate, passage by passage.
fn words(changes: &[Change], fate: Fate) -> Vec<String> {
    let of = |change: &Change| {
        change.pieces.iter().filter(|piece| piece.fate == fate).map(|piece| piece.text.as_str()).collect()
    };
    changes.iter().map(of).filter(|words: &String| !words.trim().is_empty()).collect()
}

const OLD: &str = "SEC. 1. DUTIES.\n\n(a) A deployer shall test the system.\n\n(b) A deployer shall keep a log.\n\n\
    SEC. 2. FEES.\n\n(a) The Office may ask a fee of each deployer.\n\n(b) A fee is due within a month.\n";

#[test]
fn a_redline_shows_the_words_that_changed_and_nothing_else() {
    let new = OLD.replace("test the system.", "test the system twice.");
    let changes = compared(OLD, &new);
    assert_eq!(words(&changes, Fate::New), [" twice"]);
    assert!(words(&changes, Fate::Gone).is_empty(), "{changes:?}");
    assert_eq!(changes.len(), 1, "equal passages are no change: {changes:?}");
    assert!(compared(OLD, OLD).is_empty());
}

#[test]
fn a_paragraph_that_was_inserted_is_marked_alone_though_those_after_it_were_renumbered() {
    let inserted = "(b) No deployer may sell what the system saw.";
    let new = OLD
        .replace(
            "(b) A deployer shall keep a log.",
            &format!("{inserted}\n\n(c) A deployer shall keep a log."),
        )
        .replace("SEC. 2.", "SEC. 3.")
        .replace("a fee of each", "one fee of each");
    let changes = compared(OLD, &new);
    let whole: Vec<&Change> = changes.iter().filter(|change| change.old.is_none()).collect();
    assert_eq!(whole.len(), 1, "{changes:?}");
    assert_eq!(whole[0].pieces, [Piece { fate: Fate::New, text: inserted.to_owned() }]);
    assert_eq!(
        words(&changes, Fate::Gone),
        ["b", "2", "a"],
        "of the others the words that changed: {changes:?}"
    );
    assert_eq!(words(&changes, Fate::New), [inserted, "c", "3", "one"]);
}

#[test]
fn a_paragraph_that_moved_is_gone_from_one_place_and_new_at_the_other() {
    let paragraphs =
        ["Cranes lift by day.", "Boats leave at noon.", "Lamps burn until dawn.", "Gates close at dusk."];
    let [cranes, boats, lamps, gates] = paragraphs;
    let changes = compared(&paragraphs.join("\n\n"), &[boats, lamps, gates, cranes].join("\n\n"));
    assert_eq!(
        (words(&changes, Fate::Gone), words(&changes, Fate::New)),
        (vec![cranes.into()], vec![cranes.into()])
    );
}

#[test]
fn words_without_spaces_between_them_are_told_apart() {
    let changes = compared("部署者应当测试系统。", "部署者应当每年测试系统。");
    assert_eq!(words(&changes, Fate::New), ["每年"], "{changes:?}");
}

/// Passages of twenty words, of which those of another seed have none.
fn long(passages: usize, seed: usize) -> Vec<String> {
    let passage = |at: usize| {
        let words: Vec<String> =
            (0..20).map(|n| format!("word{}x{seed}", (at * 31 + n * n) % 5_000)).collect();
        format!("{}.", words.join(" "))
    };
    (0..passages).map(passage).collect()
}

#[test]
fn long_texts_are_compared_in_time_however_little_they_have_in_common() {
    let (old, other) = (long(5_000, 1), long(5_000, 2));
    let mut moved = old.clone();
    moved.sort_unstable();
    for new in [other, moved] {
        let begun = std::time::Instant::now();
        let changes = compared(&old.join("\n\n"), &new.join("\n\n"));
        assert!(!changes.is_empty());
        assert!(begun.elapsed().as_secs() < 20, "{:?} for 100,000 words", begun.elapsed());
    }
}

/// A text that is compared with another within seconds, whatever they hold.
#[track_caller]
fn in_time(old: &str, new: &str) -> Vec<Change> {
    let begun = std::time::Instant::now();
    let changes = compared(old, new);
    assert!(begun.elapsed().as_secs() < 20, "{:?} for {} bytes", begun.elapsed(), old.len());
    changes
}

#[test]
fn long_passages_of_the_same_words_in_reverse_change_as_a_whole() {
    let words = |of: &mut dyn Iterator<Item = usize>| -> String {
        let letter = |n: usize| char::from(b'a' + (n * n / 7 % 26) as u8).to_string();
        of.map(letter).collect::<Vec<_>>().join(" ")
    };
    let (there, back) = (words(&mut (0..9_000)), words(&mut (0..9_000).rev()));
    let kept = "The yard opens at dawn.";
    let all = |passage: &str| {
        let one = |n: usize| format!("Mark{n} {passage} end{n}");
        format!("{kept}\n\n{}", (0..60).map(one).collect::<Vec<_>>().join("\n\n"))
    };
    let changes = in_time(&all(&there), &all(&back));
    assert!(changes.len() >= 60, "each of the sixty changed");
    let words =
        |change: &Change| -> String { change.pieces.iter().map(|piece| piece.text.as_str()).collect() };
    assert!(!changes.iter().any(|change| words(change).contains(kept)), "what is equal is not marked");
}

#[test]
fn passages_of_which_each_has_a_few_words_of_nearly_all_others_are_compared_in_time() {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    // Each word stands in about five passages of either text, and a passage in which five hundred of them stand shares
    // some with most passages of the other.
    let text = |seed: usize| {
        let word = |at: usize| {
            let mut hasher = DefaultHasher::new();
            (seed, at).hash(&mut hasher);
            format!("W{}", hasher.finish() % 190_000)
        };
        let passage = |at: usize| (at * 500..(at + 1) * 500).map(word).collect::<Vec<_>>().join(" ");
        (0..2_000).map(passage).collect::<Vec<_>>().join("\n\n")
    };
    assert!(!in_time(&text(1), &text(2)).is_empty());
}

#[test]
fn what_stands_in_a_text_many_times_is_marked_as_often_as_it_came_or_went() {
    let reserved = |n: usize| vec!["[Reserved]"; n].join("\n\n");
    let text = |before: usize, after: usize| {
        format!("{}\n\nThe yard is shut.\n\n{}", reserved(before), reserved(after))
    };
    let changes = compared(&text(12, 10), &text(11, 12));
    assert_eq!((words(&changes, Fate::Gone).len(), words(&changes, Fate::New).len()), (1, 2), "{changes:?}");
    let turned = |n: usize| vec!["Open.\n\n[Reserved]\n\nShut."; n].join("\n\n");
    let changes = compared(&format!("First of all.\n\n{}", turned(12)), &format!("{}\n\nLast.", turned(12)));
    assert_eq!(words(&changes, Fate::Gone), ["First of all."], "{changes:?}");
    assert_eq!(words(&changes, Fate::New), ["Last."], "{changes:?}");
}

/// The passages of a text as a redline compares them.
fn evened(text: &str) -> Vec<String> {
    lines((text, &segment(text))).into_iter().map(|line| line.words).collect()
}

/// What a change leaves in one of the two texts.
fn left(change: &Change, fate: Fate) -> String {
    let kept = change.pieces.iter().filter(|piece| piece.fate == fate || piece.fate == Fate::Same);
    kept.map(|piece| piece.text.as_str()).collect()
}

/// One text made from the other: passages that changes name as they tell them, and between them the rest in order.
fn applied(rest: &[String], told: &[(Option<u32>, Option<u32>, String)], length: usize) -> Vec<String> {
    let mut made: Vec<Option<String>> = vec![None; length];
    for (_, to, words) in told {
        if let Some(to) = to {
            made[*to as usize] = Some(words.clone());
        }
    }
    let named = |at: usize| told.iter().any(|(from, ..)| *from == Some(at as u32));
    let mut rest = rest.iter().enumerate().filter(|(at, _)| !named(*at)).map(|(_, words)| words.clone());
    let made = made.into_iter().map(|words| words.or_else(|| rest.next()).unwrap_or_default()).collect();
    assert_eq!(rest.next(), None, "no passage is lost");
    made
}

fn paragraphs() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "Crane",
        "crane",
        "shall",
        "keep",
        "the",
        "log",
        "of",
        "a",
        "yard",
        "twice",
        "“quay”",
        "\"quay\"",
        "day",
    ]);
    let paragraph = prop::collection::vec(word, 1..9).prop_map(|words| words.join(" "));
    let known = prop::sample::select(vec![
        "Every crane is blue.".to_owned(),
        "No crane lifts after dusk.".to_owned(),
        "Reserved.".to_owned(),
        "(a) The keeper shall write down each lift.".to_owned(),
    ]);
    prop::collection::vec(prop_oneof![paragraph, known], 1..30).prop_map(|all| all.join("\n\n"))
}

proptest! {
    #[test]
    fn a_passage_that_went_and_another_that_came_leave_all_others_unmarked(
        kinds in prop::collection::vec(0_usize..4, 1..40),
        (gone, new) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        came in 0_usize..5,
    ) {
        // Some stand in the text dozens of times, some once, and what came may stand there already.
        let passages = ["[Reserved]", "Open.", "Every crane is blue.", "No crane lifts after dusk.", "Lamps burn."];
        let old: Vec<&str> = kinds.iter().map(|kind| passages[*kind]).collect();
        let (gone, mut left) = (gone.index(old.len()), old.clone());
        let went = left.remove(gone);
        // The same passage gone from one place and new at another has moved: that may be told of either side.
        prop_assume!(went != passages[came]);
        left.insert(new.index(left.len() + 1), passages[came]);
        let changes = compared(&old.join("\n\n"), &left.join("\n\n"));
        prop_assert_eq!(changes.iter().filter(|change| change.old.is_some()).count(), 1, "{:?}", changes);
        prop_assert_eq!(changes.iter().filter(|change| change.new.is_some()).count(), 1, "{:?}", changes);
    }

    #[test]
    fn a_redline_applied_gives_both_versions_back(old in paragraphs(), new in paragraphs()) {
        let changes = compared(&old, &new);
        let (before, after) = (evened(&old), evened(&new));
        let on: Vec<_> = changes.iter().map(|c| (c.old, c.new, left(c, Fate::New))).collect();
        prop_assert_eq!(applied(&before, &on, after.len()), after.clone());
        let back: Vec<_> = changes.iter().map(|c| (c.new, c.old, left(c, Fate::Gone))).collect();
        prop_assert_eq!(applied(&after, &back, before.len()), before);
        prop_assert!(changes.iter().filter_map(|c| c.new).is_sorted());
        prop_assert!(changes.iter().filter_map(|c| c.old).is_sorted());
    }
}
