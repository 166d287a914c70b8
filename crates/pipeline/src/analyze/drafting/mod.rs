//! What a drafter wants to see of a text beside others: its definitions, its numeric thresholds, and wording that it
//! shares with another text.

mod prints;
mod wording;

use std::sync::LazyLock;

use lacuna_domain::Passage;
use regex::Regex;
use serde::Serialize;

pub use prints::{PRINTED_WORDS, Print, Prints, TEXTS};
pub use wording::{Borrowed, Original, SHARED_WORDS, Wording, borrowed};

/// A term and what it is said to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The term, in lower case.
    pub term: String,
    /// The passage.
    pub passage: u32,
    /// The words of the passage, cut after 400 characters.
    pub words: String,
}

/// What a number measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Operations or parameters of a model.
    Compute,
    /// Sums of money.
    Money,
    /// People, users, employees.
    People,
    /// Lengths of time.
    Time,
    /// Shares.
    Share,
}

impl Measure {
    /// Every measure, in the order pages show them.
    pub const ALL: [Self; 5] = [Self::Compute, Self::Money, Self::People, Self::Time, Self::Share];

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compute => "Compute",
            Self::Money => "Money",
            Self::People => "People",
            Self::Time => "Time",
            Self::Share => "Shares",
        }
    }
}

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Threshold {
    /// What it measures.
    pub measure: Measure,
    /// As written, such as `10^26 floating-point operations`.
    pub amount: String,
    /// The passage.
    pub passage: u32,
    /// The words around it, cut after 240 characters.
    pub words: String,
}

static MEANS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quoted = r#"["“‘'']{1,2}([^"”’“]{2,70})["”’'']{1,2}[^.;]{0,60}?\b(?:means|shall mean|has the (?:same )?meaning|have the meanings?|refers to)\b"#;
    Regex::new(quoted).ok()
});

/// The definitions of a text: quoted terms that are said to mean something.
pub fn definitions(text: &str, passages: &[Passage]) -> Vec<Definition> {
    let Some(means) = MEANS.as_ref() else { return vec![] };
    let mut found: Vec<Definition> = Vec::new();
    for passage in passages {
        let words = passage.trimmed(text);
        // Every pattern ends in one of these; few passages have either.
        if !words.contains("mean") && !words.contains("refers to") {
            continue;
        }
        for captures in means.captures_iter(words) {
            let Some(term) = captures.get(1) else { continue };
            let term = term.as_str().trim().trim_end_matches(',').to_lowercase();
            if found.iter().all(|d| d.term != term) {
                found.push(Definition { term, passage: passage.index, words: cut(words, 400) });
            }
        }
    }
    found
}

static AMOUNTS: LazyLock<Vec<(Measure, Regex)>> = LazyLock::new(|| {
    let number = r"\d[\d,.]*(?:\s*(?:thousand|million|billion|trillion))?";
    let patterns = [
        (Measure::Compute, r"10\s?\^\s?\(?\d{2}\)?(?:[^.;,]{0,40}operations)?".to_owned()),
        (
            Measure::Compute,
            format!(
                r"(?i){number}\s*(?:FLOPs?|integer or floating|floating[- ]point operations|parameters)\b"
            ),
        ),
        (Measure::Money, format!(r"(?i)(?:[$€£¥]|USD|EUR)\s?{number}")),
        (
            Measure::People,
            format!(
                r"(?i){number}\s+(?:or more\s+)?(?:monthly\s+|active\s+)*(?:users|individuals|persons|people|employees|consumers|customers)\b"
            ),
        ),
        (
            Measure::Time,
            format!(
                r"(?i){number}\s+(?:calendar\s+|business\s+|working\s+)?(?:hours?|days?|weeks?|months?|years?)\b"
            ),
        ),
        (Measure::Share, format!(r"(?i){number}\s*(?:%|per ?cent\b)")),
    ];
    patterns
        .into_iter()
        .filter_map(|(measure, pattern)| Some((measure, Regex::new(&pattern).ok()?)))
        .collect()
});

/// The numeric thresholds of a text.
pub fn thresholds(text: &str, passages: &[Passage]) -> Vec<Threshold> {
    let mut found = Vec::new();
    for passage in passages {
        let words = passage.trimmed(text);
        if !words.contains(char::is_numeric) {
            continue;
        }
        for (measure, pattern) in AMOUNTS.iter() {
            for amount in pattern.find_iter(words) {
                found.push(Threshold {
                    measure: *measure,
                    amount: amount.as_str().split_whitespace().collect::<Vec<_>>().join(" "),
                    passage: passage.index,
                    words: around(words, amount.start(), amount.end()),
                });
            }
        }
    }
    found.sort_by_key(|threshold| (threshold.measure, threshold.passage));
    found
}

fn cut(text: &str, most: usize) -> String {
    let even = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if even.chars().count() <= most {
        return even;
    }
    even.chars().take(most).chain(['…']).collect()
}

/// Words around a place, from the sentence before to the sentence after where they are short.
fn around(text: &str, start: usize, end: usize) -> String {
    let floor = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (floor(start.saturating_sub(110)), floor((end + 110).min(text.len())));
    let words = text.get(from..to).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < text.len() { " …" } else { "" });
    format!("{before}{words}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment;

    const TEXT: &str = "SEC. 1. DEFINITIONS.\n\n(a) “Deployer” means a person that uses a system.\n\n(b) A covered model is one trained with more than 10^26 floating-point operations, or by a company with 500 employees. A fine of $1,000,000 is due within 30 days.\n";

    #[test]
    fn definitions_and_thresholds_are_read_with_their_places() {
        let passages = segment(TEXT);
        let terms = definitions(TEXT, &passages);
        assert_eq!(terms.iter().map(|d| d.term.as_str()).collect::<Vec<_>>(), ["deployer"]);
        let amounts = thresholds(TEXT, &passages);
        let found: Vec<(Measure, &str)> = amounts.iter().map(|t| (t.measure, t.amount.as_str())).collect();
        assert!(found.iter().any(|(m, a)| *m == Measure::Compute && a.starts_with("10^26")), "{found:?}");
        assert!(found.contains(&(Measure::Money, "$1,000,000")), "{found:?}");
        assert!(found.contains(&(Measure::Time, "30 days")), "{found:?}");
        assert!(found.contains(&(Measure::People, "500 employees")), "{found:?}");
    }
}
