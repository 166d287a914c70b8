//! Amounts as laws write them are found whole, and no text makes one begin inside a number.

use proptest::prelude::*;

use super::*;

/// Measures and amounts of a text in this language, with one space between any two words.
fn read(language: &str, text: &str) -> Vec<(Measure, String)> {
    let whole = |(measure, place): (Measure, Range<usize>)| (measure, super::super::even(&text[place]));
    amounts(text, language).into_iter().map(whole).collect()
}

/// That the text has exactly one amount.
#[track_caller]
fn one(language: &str, text: &str, measure: Measure, amount: &str) {
    assert_eq!(read(language, text), [(measure, amount.to_owned())], "{language}: {text}");
}

/// That the text has none.
#[track_caller]
fn none(language: &str, text: &str) {
    let found = read(language, text);
    assert!(found.is_empty(), "{language}: {text}: {found:?}");
}

#[test]
fn sums_are_read_whole_with_their_currency_before_or_after() {
    for (language, text, amount) in [
        ("en", "fines of up to EUR 35 000 000 or 7", "EUR 35 000 000"),
        ("en", "fines of up to 15 000 000 EUR or more", "15 000 000 EUR"),
        ("de", "Geldbußen von bis zu 15\u{a0}000\u{202f}000 EUR", "15 000 000 EUR"),
        ("de", "Geldbußen von bis zu 7,5 Mio. EUR", "7,5 Mio. EUR"),
        ("de", "eine Gebühr von zweihundert oder 300 Euro", "300 Euro"),
        ("en", "a penalty of £10m for each", "£10m"),
        ("en", "a penalty of US$ 2.5 billion", "US$ 2.5 billion"),
        ("en", "a penalty of 500 pounds sterling", "500 pounds sterling"),
        ("fr", "une amende de 15 millions d’euros", "15 millions d’euros"),
        ("es", "una multa de 3 millones de euros", "3 millones de euros"),
        ("it", "una sanzione di 50’000 franchi", "50’000 franchi"),
        ("pt", "uma multa de 50 milhões de reais", "50 milhões de reais"),
        ("en", "two hundred thousand dollars ($200,000)", "two hundred thousand dollars"),
        ("nl", "een boete van € 20 000", "€ 20 000"),
    ] {
        let found = read(language, text);
        assert_eq!(found.first(), Some(&(Measure::Money, amount.to_owned())), "{text}: {found:?}");
    }
    one("en", "in 2026 EUR 500 are due", Measure::Money, "EUR 500");
}

#[test]
fn people_times_and_shares_are_read_in_figures_and_in_the_words_of_each_language() {
    one("en", "a platform with 10 000 users", Measure::People, "10 000 users");
    one("en", "with 45 million monthly active users", Measure::People, "45 million monthly active users");
    one("en", "within thirty (30) days of it", Measure::Time, "thirty (30) days");
    one("en", "kept for three years", Measure::Time, "three years");
    one("en", "a 72-hour notice", Measure::Time, "72-hour");
    one("en", "five (5) percent of it", Measure::Share, "five (5) percent");
    one("en", "7,5 % of turnover", Measure::Share, "7,5 %");
    one("en", "trained with 10(^25) operations", Measure::Compute, "10(^25) operations");
    one("de", "ab 10 Mio. Nutzer", Measure::People, "10 Mio. Nutzer");
    one("de", "innerhalb von 30 Tagen", Measure::Time, "30 Tagen");
    one("de", "binnen vierzehn Tagen", Measure::Time, "vierzehn Tagen");
    one("de", "nach einem Tag", Measure::Time, "einem Tag");
    one("de", "mit mehr als 70 Milliarden Parametern", Measure::Compute, "70 Milliarden Parametern");
    one("fr", "plus de 50 salariés", Measure::People, "50 salariés");
    one("fr", "dans un délai de deux mois", Measure::Time, "deux mois");
    one("fr", "au bout d’un an", Measure::Time, "un an");
    one("es", "durante treinta y seis meses", Measure::Time, "treinta y seis meses");
    one("es", "más de 50 o más personas", Measure::People, "50 o más personas");
    one("it", "per dodici mesi", Measure::Time, "dodici mesi");
    one("it", "da 50 o più dipendenti", Measure::People, "50 o più dipendenti");
    one("pt", "durante cinco anos", Measure::Time, "cinco anos");
    one("pt", "no prazo de seis meses", Measure::Time, "seis meses");
}

#[test]
fn numbers_of_sections_and_single_words_are_no_thresholds() {
    for text in
        ["SEC. 5. EMPLOYEES.", "section 5 an operator shall", "two persons agree", "the 2026 Act", "1.2.3"]
    {
        none("en", text);
    }
}

#[test]
fn words_are_read_in_the_language_of_the_passage_alone() {
    none("en", "each record has one tag and one ora");
    none("pt", "um dos meses em que a grua levanta");
    none("pt", "o direito de um dos usuários");
    none("de", "der Titel six months");
    none("fr", "le titre vier Tagen");
    none("nl", "binnen 30 dagen, 30 days");
    one("nl", "10 % van de omzet", Measure::Share, "10 %");

    let text = "A deployer shall keep each record of the crane for two years after the last lift of the crane, in a place \
        where the keeper of the harbour can read it whenever the keeper thinks that this is necessary, and the keeper shall \
        give the record back to the deployer as soon as it was read.\n\n\
        Der Betreiber bewahrt jedes Protokoll des Krans nach dem letzten Hub zwei Jahre lang sicher auf, und zwar dort, wo \
        der Hafenmeister es jederzeit einsehen kann, wenn er dies für notwendig hält, und der Hafenmeister gibt das \
        Protokoll zurück, sobald er es gelesen hat.\n";
    let mut passages = crate::segment::segment(text);
    crate::segment::mark_languages(text, &mut passages, Some("en"));
    for main in [Some("en"), None] {
        let found = thresholds(text, &passages, main);
        let amounts: Vec<&str> = found.iter().map(|threshold| threshold.amount.as_str()).collect();
        assert_eq!(amounts, ["two years", "zwei Jahre"], "{main:?}");
    }
}

#[test]
fn a_unit_with_two_meanings_is_read_by_the_words_beside_it() {
    none("en", "a drone that weighs more than 55 pounds");
    none("en", "no crate of 55 pounds in weight");
    none("en", "55 pounds of flour");
    one("en", "a fine not exceeding 500 pounds", Measure::Money, "500 pounds");
    one("en", "500 pounds, to be paid at once", Measure::Money, "500 pounds");
    one("en", "a drone that weighs 55 pounds or more pays a fee of 10 pounds", Measure::Money, "10 pounds");
    none("en", "a crane with a payload of more than 55 pounds");
    one("en", "whoever pays 55 pounds or more", Measure::Money, "55 pounds");
    none("de", "eine Last von 20 Pfund");
    none("de", "eine Anzahl oder Zahl von 20 Pfund");
    one("de", "wer im Voraus 20 Pfund zahlt", Measure::Money, "20 Pfund");
    one("de", "eine Gebühr von 20 Pfund", Measure::Money, "20 Pfund");
    none("fr", "une bibliothèque de 500 livres");
    none("fr", "dans chaque pays une bibliothèque de 500 livres");
    one("fr", "le gardien paie 500 livres", Measure::Money, "500 livres");
    one("fr", "une amende de 500 livres", Measure::Money, "500 livres");
    one("es", "una multa de 500 pesos", Measure::Money, "500 pesos");
    none("es", "dos juegos de 20 pesos");
    none("pt", "uma carga de 20 libras");
    none("en", "the form has 12 parameters");
    one("en", "a model of 7,000,000 parameters", Measure::Compute, "7,000,000 parameters");
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
        (unit, language) in
            prop::sample::select(vec![(" users", "en"), (" EUR", "fr"), (" Tage", "de"), (" %", "nl")]),
    ) {
        let amount = format!("{}{unit}", grouped(number, part));
        let found = read(language, &format!("not more than {amount}, and"));
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        prop_assert_eq!(&found[0].1, &super::super::even(&amount));
    }

    #[test]
    fn what_is_found_stands_in_the_text_and_never_begins_inside_a_number(
        text in PIECES,
        language in prop::sample::select(vec!["en", "de", "nl"]),
    ) {
        let mut end = 0;
        for (_, place) in amounts(&text, language) {
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
