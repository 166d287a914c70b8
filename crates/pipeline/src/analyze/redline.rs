//! What changed between two texts: passage by passage, and word by word within a passage that was reworded.

use lacuna_domain::Passage;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

/// A run of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// In both texts.
    Same,
    /// In the old text only.
    Gone,
    /// In the new text only.
    New,
}

/// Words with their fate.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Piece {
    /// What became of them.
    pub fate: Fate,
    /// The words.
    pub text: String,
}

/// A passage that changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// Its place in the old text.
    pub old: Option<u32>,
    /// Its place in the new text.
    pub new: Option<u32>,
    /// Its words in order.
    pub pieces: Vec<Piece>,
}

/// Longest passage that is compared word by word, in bytes; longer ones change as a whole.
const WORD_BY_WORD: usize = 20_000;

/// The passages of two texts that differ, in the order of the texts.
pub fn redline(old: (&str, &[Passage]), new: (&str, &[Passage])) -> Vec<Change> {
    let words = |(text, passages): (&str, &[Passage])| -> Vec<String> {
        let even = |p: &Passage| p.trimmed(text).split_whitespace().collect::<Vec<_>>().join(" ");
        passages.iter().map(even).collect()
    };
    let (before, after) = (words(old), words(new));
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &before, &after) {
        match op {
            DiffOp::Equal { .. } => {}
            DiffOp::Delete { old_index, old_len, .. } => {
                changes
                    .extend((old_index..old_index + old_len).filter_map(|at| whole(&before, at, Fate::Gone)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                changes
                    .extend((new_index..new_index + new_len).filter_map(|at| whole(&after, at, Fate::New)));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let both = old_len.min(new_len);
                changes.extend((0..both).map(|at| reworded(&before, old_index + at, &after, new_index + at)));
                let gone = old_index + both..old_index + old_len;
                changes.extend(gone.filter_map(|at| whole(&before, at, Fate::Gone)));
                let come = new_index + both..new_index + new_len;
                changes.extend(come.filter_map(|at| whole(&after, at, Fate::New)));
            }
        }
    }
    changes
}

fn whole(words: &[String], at: usize, fate: Fate) -> Option<Change> {
    let text = words.get(at).filter(|text| !text.is_empty())?;
    let place = Some(at as u32);
    let (old, new) = if fate == Fate::Gone { (place, None) } else { (None, place) };
    Some(Change { old, new, pieces: vec![Piece { fate, text: text.clone() }] })
}

fn reworded(before: &[String], old: usize, after: &[String], new: usize) -> Change {
    let text = |words: &[String], at: usize| words.get(at).cloned().unwrap_or_default();
    let (a, b) = (text(before, old), text(after, new));
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |fate: Fate, words: &str| match pieces.last_mut().filter(|p| p.fate == fate) {
        Some(piece) => piece.text.push_str(words),
        None => pieces.push(Piece { fate, text: words.to_owned() }),
    };
    if a.len().max(b.len()) > WORD_BY_WORD {
        push(Fate::Gone, &a);
        push(Fate::New, &b);
    } else {
        for change in TextDiff::from_words(&a, &b).iter_all_changes() {
            let fate = match change.tag() {
                ChangeTag::Equal => Fate::Same,
                ChangeTag::Delete => Fate::Gone,
                ChangeTag::Insert => Fate::New,
            };
            push(fate, change.value());
        }
    }
    Change { old: Some(old as u32), new: Some(new as u32), pieces }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment;

    #[test]
    fn a_redline_shows_the_words_that_changed_and_nothing_else() {
        let old =
            "SEC. 1. DUTIES.\n\n(a) A deployer shall test the system.\n\n(b) A deployer shall keep a log.\n";
        let new = "SEC. 1. DUTIES.\n\n(a) A deployer shall test the system twice.\n\n(b) A deployer shall keep a log.\n\n(c) The Office may fine a deployer.\n";
        let changes = redline((old, &segment(old)), (new, &segment(new)));
        let words = |fate: Fate| -> String {
            let pieces = changes.iter().flat_map(|c| &c.pieces).filter(|p| p.fate == fate);
            pieces.map(|p| p.text.as_str()).collect::<Vec<_>>().join("|")
        };
        assert!(words(Fate::New).contains("twice"), "{changes:?}");
        assert!(words(Fate::New).contains("The Office may fine"), "{changes:?}");
        assert!(!words(Fate::Same).contains("keep a log"), "an equal passage is no change: {changes:?}");
        assert!(redline((old, &segment(old)), (old, &segment(old))).is_empty());
    }
}
