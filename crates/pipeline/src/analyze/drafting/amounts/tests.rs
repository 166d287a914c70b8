//! Amounts as laws write them are found whole, and no text makes one begin inside a number.

use proptest::prelude::*;

use super::*;

/// Measures and amounts of a text, with one space between any two words.
fn read(text: &str) -> Vec<(Measure, String)> {
    let whole = |(measure, place): (Measure, Range<usize>)| (measure, super::super::even(&text[place]));
    amounts(text).into_iter().map(whole).collect()
}

/// That the text has exactly one amount.
#[track_caller]
fn one(text: &str, measure: Measure, amount: &str) {
    assert_eq!(read(text), [(measure, amount.to_owned())], "{text}");
}

#[test]
fn sums_are_read_whole_with_their_currency_before_or_after() {
    for (text, amount) in [
        ("fines of up to EUR 35 000 000 or 7", "EUR 35 000 000"),
        ("fines of up to 15 000 000 EUR or more", "15 000 000 EUR"),
        ("Geldbußen von bis zu 15\u{a0}000\u{202f}000 EUR", "15 000 000 EUR"),
        ("Geldbußen von bis zu 7,5 Mio. EUR", "7,5 Mio. EUR"),
        ("a penalty of £10m for each", "£10m"),
        ("a penalty of US$ 2.5 billion", "US$ 2.5 billion"),
        ("une amende de 15 millions d’euros", "15 millions d’euros"),
        ("una multa de 3 millones de euros", "3 millones de euros"),
        ("una sanzione di 50’000 franchi", "50’000 franchi"),
        ("uma multa de 50 milhões de reais", "50 milhões de reais"),
        ("two hundred thousand dollars ($200,000)", "two hundred thousand dollars"),
    ] {
        let found = read(text);
        assert_eq!(found.first(), Some(&(Measure::Money, amount.to_owned())), "{text}: {found:?}");
    }
    assert_eq!(read("in 2026 EUR 500 are due"), [(Measure::Money, "EUR 500".to_owned())]);
}

#[test]
fn people_times_and_shares_are_read_in_figures_in_words_and_in_other_languages() {
    one("a platform with 10 000 users", Measure::People, "10 000 users");
    one("with 45 million monthly active users", Measure::People, "45 million monthly active users");
    one("ab 10 Mio. Nutzer", Measure::People, "10 Mio. Nutzer");
    one("plus de 50 salariés", Measure::People, "50 salariés");
    one("within thirty (30) days of it", Measure::Time, "thirty (30) days");
    one("kept for three years", Measure::Time, "three years");
    one("a 72-hour notice", Measure::Time, "72-hour");
    one("innerhalb von 30 Tagen", Measure::Time, "30 Tagen");
    one("binnen 30 Tage", Measure::Time, "30 Tage");
    one("dans un délai de deux mois", Measure::Time, "deux mois");
    one("durante treinta y seis meses", Measure::Time, "treinta y seis meses");
    one("per dodici mesi", Measure::Time, "dodici mesi");
    one("durante cinco anos", Measure::Time, "cinco anos");
    one("five (5) percent of it", Measure::Share, "five (5) percent");
    one("7,5 % of turnover", Measure::Share, "7,5 %");
    one("trained with 10(^25) operations", Measure::Compute, "10(^25) operations");
    one("mit mehr als 70 Milliarden Parametern", Measure::Compute, "70 Milliarden Parametern");
}

#[test]
fn numbers_of_sections_and_single_words_are_no_thresholds() {
    for text in
        ["SEC. 5. EMPLOYEES.", "section 5 an operator shall", "two persons agree", "the 2026 Act", "1.2.3"]
    {
        assert!(read(text).is_empty(), "{text}: {:?}", read(text));
    }
}

/// A number with its groups of three digits parted by `part`.
fn grouped(number: u64, part: &str) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push_str(part);
        }
        out.push(digit);
    }
    out
}

const PIECES: &str = r"([0-9]{1,4}|[ .,'\u{a0}\u{2009}\u{202f}()^%$€-]|EUR|Mio\.|m|million|three|thirty|users| years|Tage|é){1,40}";

proptest! {
    #[test]
    fn a_number_is_found_with_all_its_groups(
        number in 1_000_u64..1_000_000_000_000,
        part in prop::sample::select(vec![" ", "\u{a0}", "\u{202f}", "\u{2009}", "’", ",", "."]),
        unit in prop::sample::select(vec![" users", " EUR", " Tage", " %"]),
    ) {
        let amount = format!("{}{unit}", grouped(number, part));
        let found = read(&format!("not more than {amount}, and"));
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        prop_assert_eq!(&found[0].1, &super::super::even(&amount));
    }

    #[test]
    fn what_is_found_stands_in_the_text_and_never_begins_inside_a_number(text in PIECES) {
        let mut end = 0;
        for (_, place) in amounts(&text) {
            let found = text.get(place.clone());
            prop_assert!(found.is_some_and(|found| !found.is_empty()), "{place:?} is no part of {text:?}");
            prop_assert!(end <= place.start, "two amounts share words of {text:?}");
            end = place.end;
            if !text[place.start..].starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let before = &text[..place.start];
            prop_assert!(!before.ends_with(|c: char| c.is_ascii_digit()), "{place:?} of {text:?}");
            let parted = before.strip_suffix(['.', ',']).unwrap_or("");
            prop_assert!(!parted.ends_with(|c: char| c.is_ascii_digit()), "{place:?} of {text:?}");
        }
    }
}
