//! Lists of signatories: lines that hold nothing but a name, under a line that says who signs.

use std::ops::Range;

/// Fewest lines of a list.
const FEWEST: usize = 5;
const LONGEST_LINE: usize = 90;
/// Bytes before a list in which its announcement stands.
const ANNOUNCED: usize = 400;

const ANNOUNCEMENTS: &[&str] = &[
    "sign",
    "agreed",
    "represented",
    "countries",
    "companies",
    "organisations",
    "organizations",
    "endors",
    "undertak",
    "commit",
    "adher",
    "participa",
];

/// Words of an announcement that make the signatories organisations that bind themselves, not states.
const ORGANISATIONS: &[&str] =
    &["compan", "organisation", "organization", "firms", "developers", "laborator"];

/// A list of signatories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signatories {
    /// Bytes of each name.
    pub(super) names: Vec<Range<usize>>,
    /// Whether they are organisations.
    pub(super) organisations: bool,
}

/// The longest list of signatories; empty when there is none.
pub(super) fn signatories(text: &str) -> Signatories {
    let mut best: Vec<Range<usize>> = Vec::new();
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim();
        if body.is_empty() {
            continue;
        }
        if is_name(body) {
            let from = start + (line.len() - line.trim_start().len());
            run.push(bare(text, from..from + body.len()));
            continue;
        }
        keep_longer(text, &mut run, &mut best);
    }
    keep_longer(text, &mut run, &mut best);
    let organisations = best.first().is_some_and(|first| {
        let before = before(text, first.start);
        ORGANISATIONS.iter().any(|o| before.contains(o))
    });
    Signatories { names: best, organisations }
}

fn keep_longer(text: &str, run: &mut Vec<Range<usize>>, best: &mut Vec<Range<usize>>) {
    if run.len() >= FEWEST && run.len() > best.len() && announced(text, run[0].start) {
        *best = std::mem::take(run);
    }
    run.clear();
}

fn announced(text: &str, start: usize) -> bool {
    let before = before(text, start);
    ANNOUNCEMENTS.iter().any(|a| before.contains(a))
}

fn before(text: &str, start: usize) -> String {
    let mut from = start.saturating_sub(ANNOUNCED);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text[from..start].to_lowercase()
}

/// Whether every word of a line could be part of a name and the line is no sentence, enumerator or heading.
fn is_name(line: &str) -> bool {
    if line.len() > LONGEST_LINE || line.ends_with([':', ';', '?', ',', '”', '"']) {
        return false;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let small = |w: &str| matches!(w, "of" | "and" | "the" | "for" | "&" | "(the");
    let named = |w: &&str| {
        let bare = w.trim_start_matches(['(', '-', '•', '*']);
        bare.chars().any(char::is_uppercase) || small(w)
    };
    let first_number = words.first().is_some_and(|w| w.chars().all(|c| c.is_ascii_digit()));
    let rest = if first_number && words.len() > 1 { &words[1..] } else { &words[..] };
    words.len() <= 9
        && rest.iter().all(named)
        && !line.starts_with(['§', '(', '“'])
        && !rest.first().is_some_and(|w| {
            let lower = w.to_lowercase();
            ["sec", "section", "article", "title", "part", "annex", "chapter", "table", "figure"]
                .iter()
                .any(|h| lower.trim_end_matches('.') == *h)
        })
}

/// A list's bullet and a full stop that ends no abbreviation are no part of the name.
fn bare(text: &str, bytes: Range<usize>) -> Range<usize> {
    let body = &text[bytes.clone()];
    let start = bytes.start + (body.len() - body.trim_start_matches(['-', '•', '*', ' ']).len());
    start..bytes.end
}
