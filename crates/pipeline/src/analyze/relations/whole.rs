//! Which of the dates that a text states are of the whole instrument: "This Act takes effect on January 1, 2099".
//!
//! Strict on purpose: a law that is taken to bind later than it does is missing from every count of what binds. The
//! instrument itself must be the subject, the day must be given outright, and no condition may hang on it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lacuna_domain::relation::StatedKind;
use regex::Regex;

use super::dates::{IN_FORCE, SUNSET};

const SUBJECT: &str = r"(?:this(?:\s+executive)?\s+(?:act|law|order|decree|ordinance|directive|regulation)|these(?:\s+interim|\s+provisional)?\s+(?:measures|regulations))(?:\s+and\s+the\s+amendments\s+made\s+by\s+this\s+[a-z]+)?";
const WILL: &str = r"(?:\s+(?:shall|will|is\s+to|are\s+to))?";
const ON: &str =
    r"(?:,?\s+(?:on|as\s+of|from|and\s+after|beginning|starting|at\s+midnight|at\s+the\s+end\s+of))*\s+";
const DAY: &str = r"(?:[a-z]{3,9}\s\d{1,2},\s?\d{4}|\d{1,2}\s[a-z]{3,9}\s\d{4})\b";

static PATTERNS: LazyLock<Vec<(StatedKind, Option<Regex>)>> = LazyLock::new(|| {
    let of = |words: &str| Regex::new(&format!(r"(?i)\b{SUBJECT}{words}{ON}{DAY}")).ok();
    // "This Act takes effect on … and expires on …" says both of one subject.
    let first = format!(r"(?:{WILL}\s+{IN_FORCE}{ON}{DAY},?\s+and(?:\s+it)?)?");
    vec![
        (StatedKind::InForce, of(&format!(r"{WILL}\s+{IN_FORCE}"))),
        (StatedKind::Sunset, of(&format!(r"{first}{WILL}\s+{SUNSET}"))),
    ]
});

/// Words after which "This Act" is no subject, even where it is written with a capital.
const GOVERNING: [&str; 9] = ["of", "under", "by", "in", "to", "with", "from", "which", "before"];
/// Words before the subject by which something else decides on the day.
const CONDITIONS: [&str; 7] = ["if", "unless", "until", "when", "upon", "contingent", "assuming"];
/// The same of the word after the day.
const RESERVES: [&str; 9] =
    ["or", "if", "unless", "until", "provided", "subject", "whichever", "contingent", "upon"];
const QUOTES: [char; 6] = ['"', '“', '”', '‘', '\'', '`'];

/// Kinds of dates of the whole instrument, each with the place at which the words that state it end.
pub(super) fn ends(text: &str) -> BTreeSet<(StatedKind, usize)> {
    let mut found = BTreeSet::new();
    for (kind, pattern) in PATTERNS.iter() {
        for stated in pattern.iter().flat_map(|pattern| pattern.find_iter(text)) {
            let before = text.get(..stated.start()).unwrap_or_default();
            let after = text.get(stated.end()..).unwrap_or_default();
            let capital = stated.as_str().starts_with('T');
            if is_subject(before, capital) && !is_conditional(before, after) {
                found.insert((*kind, stated.end()));
            }
        }
    }
    found
}

/// Whether a sentence or clause begins after these words, so that what follows is its subject: not "Section 4 of this
/// Act", and not words that are quoted to be put into another instrument.
fn is_subject(before: &str, capital: bool) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim_start().starts_with(QUOTES) {
        return false;
    }
    let before = before.trim_end();
    let Some(last) = before.chars().next_back() else { return true };
    let word = last_word(before);
    match last {
        ':' => !matches!(word.as_str(), "read" | "reads" | "follows"),
        '.' | ';' | ',' | ')' | '—' | '–' | '-' => true,
        // A heading, a number of an article.
        _ if capital && !GOVERNING.contains(&word.as_str()) && !QUOTES.contains(&last) => true,
        // "Be it further enacted, That this Act shall take effect …"
        _ => word == "that" && last_word(before.get(..before.len() - 4).unwrap_or_default()) == "enacted",
    }
}

fn is_conditional(before: &str, after: &str) -> bool {
    let sentence = before.rsplit(['.', ';', '\n']).next().unwrap_or_default();
    let next = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '('));
    let next = next.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let mut words = sentence.split(|c: char| !c.is_alphabetic());
    RESERVES.contains(&next.to_lowercase().as_str())
        || words.any(|word| CONDITIONS.contains(&word.to_lowercase().as_str()))
}

/// The last word, in lower case.
fn last_word(text: &str) -> String {
    let words = text.trim_end_matches(|c: char| !c.is_alphabetic());
    words.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use lacuna_domain::{Terms, TextId};

    use super::super::dates::stated_dates;
    use super::*;

    /// The days on which the whole begins and ends by its text.
    fn terms(text: &str) -> (Option<String>, Option<String>) {
        assert!(PATTERNS.iter().all(|(_, pattern)| pattern.is_some()));
        let terms = Terms::of(&stated_dates(&TextId::of(text), text));
        (terms.in_force.map(|day| day.to_string()), terms.sunset.map(|day| day.to_string()))
    }

    #[test]
    fn an_instrument_that_speaks_of_itself_sets_its_own_days() {
        let begins = |text: &str| assert_eq!(terms(text), (Some("2099-01-01".to_owned()), None), "{text}");
        begins("This Act takes effect on January 1, 2099.");
        begins(
            "SEC. 9. EFFECTIVE DATE. This Act shall take effect January 1, 2099, except that section 4 waits.",
        );
        begins("EFFECTIVE DATE\nThis Act shall be effective as of January 1, 2099");
        begins("Article 24 These Measures shall come into force on 1 January 2099.");
        begins("(b) This Act and the amendments made by this Act take effect on January 1, 2099.");
        begins("Except as section 3 says, this order takes effect on January 1, 2099.");
        begins("Except as otherwise provided in this Act, this Act takes effect on January 1, 2099.");
        begins("AND BE IT FURTHER ENACTED, That this Act shall take effect January 1, 2099.");
        begins(
            "This Regulation shall enter into force on 1 January 2099. It shall apply from 2 August 2100.",
        );
        let both = (Some("2099-01-01".to_owned()), Some("2101-12-31".to_owned()));
        assert_eq!(terms("This Act takes effect on January 1, 2099 and expires on December 31, 2101."), both);
        assert_eq!(
            terms("This Act takes effect on January 1, 2099. This Act shall expire on December 31, 2101."),
            both
        );
    }

    #[test]
    fn parts_conditions_and_quoted_words_set_no_day_for_the_whole() {
        let none = |text: &str| assert_eq!(terms(text), (None, None), "{text}");
        none("This section takes effect on January 1, 2099.");
        none("This chapter shall remain in effect until January 1, 2099.");
        none("Section 4 of this Act takes effect on January 1, 2099.");
        none("The amendments made by this Act take effect on January 1, 2099.");
        none("This Act takes effect immediately and the report is due on January 1, 2099.");
        none("If the voters approve it, this Act takes effect on January 1, 2099.");
        none("This Act takes effect on January 1, 2099, or on the day of its approval, whichever is later.");
        none("This Act expires on January 1, 2099, unless the Assembly extends it.");
        none("Section 9 is amended to read:\n“This Act takes effect on January 1, 2099.”");
        none("The duty begins on the date on which this Act takes effect. Reports are due January 1, 2099.");
        none("This Act takes effect on January 1, 2099. This Act takes effect on July 1, 2099.");
        none("This Act shall apply from January 1, 2099.");
    }
}
