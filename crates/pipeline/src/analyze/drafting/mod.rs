//! What a drafter wants to see of a text beside others: its definitions, its numeric thresholds, and wording that it
//! shares with another text.

mod amounts;
mod prints;
mod wording;

use std::sync::LazyLock;

use lacuna_domain::Passage;
use regex::Regex;
use serde::Serialize;

pub use amounts::{Measure, Threshold, thresholds};
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

static MEANS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quoted = r#"["“‘'']{1,2}([^"”’“]{2,70})["”’'']{1,2}[^.;]{0,60}?\b(?:means|shall mean|has the (?:same )?meaning|have the meanings?|refers to)\b"#;
    Regex::new(quoted).ok()
});

/// The language in which definitions are read.
pub const DEFINED_IN: &str = "en";

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

/// The words with one space between any two.
fn even(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    let even = even(text);
    if even.chars().count() <= most {
        return even;
    }
    even.chars().take(most).chain(['…']).collect()
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
        let amounts = thresholds(TEXT, &passages, Some("en"));
        let found: Vec<(Measure, &str)> = amounts.iter().map(|t| (t.measure, t.amount.as_str())).collect();
        assert!(found.iter().any(|(m, a)| *m == Measure::Compute && a.starts_with("10^26")), "{found:?}");
        assert!(found.contains(&(Measure::Money, "$1,000,000")), "{found:?}");
        assert!(found.contains(&(Measure::Time, "30 days")), "{found:?}");
        assert!(found.contains(&(Measure::People, "500 employees")), "{found:?}");
    }
}
