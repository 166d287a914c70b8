//! Words that the checks of a run compare and show.

use lacuna_domain::Evidence;

/// Characters shown of words at fault.
const SHOWN: usize = 120;

/// The first words of `text`, in quotation marks.
pub(super) fn short(text: &str) -> String {
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(SHOWN).collect();
    let more = if cut.len() < words.len() { "…" } else { "" };
    format!("“{cut}{more}”")
}

/// A reasoning without what a template fills in: numbers, case and spacing.
pub(super) fn evened(reason: &str) -> String {
    let mut out = String::with_capacity(reason.len());
    for word in reason.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let mut last = ' ';
        for c in word.chars().flat_map(char::to_lowercase) {
            let c = if c.is_numeric() { '0' } else { c };
            if c != '0' || last != '0' {
                out.push(c);
            }
            last = c;
        }
    }
    out
}

/// Whether a quote of `text` begins or ends inside a word.
pub(super) fn cuts_a_word(evidence: &Evidence, text: &str) -> bool {
    let joined = |before: Option<char>, after: Option<char>| matches!((before, after), (Some(a), Some(b)) if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric());
    evidence.spans().iter().any(|span| {
        let (start, end) = (span.start(), span.end());
        let around = |at: usize| {
            let (before, after) = (text.get(..at), text.get(at..));
            joined(before.and_then(|b| b.chars().next_back()), after.and_then(|a| a.chars().next()))
        };
        around(start) || around(end)
    })
}
