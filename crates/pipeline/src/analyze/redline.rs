//! What changed between two texts: passage by passage, and word by word within a passage that was reworded. A passage that
//! moved is told as gone from one place and new at the other.

mod align;

#[cfg(test)]
mod tests;

use lacuna_domain::Passage;
use similar::{ChangeTag, TextDiff};
use unicode_segmentation::UnicodeSegmentation;

use align::Line;

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
    let (before, after) = (lines(old), lines(new));
    let mut changes = Vec::new();
    let mut from = (0, 0);
    let end = (before.len(), after.len());
    for (old, new) in align::pairs(&before, &after).into_iter().chain([end]) {
        changes.extend((from.0..old).filter_map(|at| whole(&before, at, Fate::Gone)));
        changes.extend((from.1..new).filter_map(|at| whole(&after, at, Fate::New)));
        changes.extend(reworded(&before, old, &after, new));
        from = (old + 1, new + 1);
    }
    changes
}

fn lines((text, passages): (&str, &[Passage])) -> Vec<Line> {
    let even = |passage: &Passage| passage.trimmed(text).split_whitespace().collect::<Vec<_>>().join(" ");
    passages.iter().map(|passage| Line::of(even(passage))).collect()
}

fn whole(lines: &[Line], at: usize, fate: Fate) -> Option<Change> {
    let text = lines.get(at).map(|line| &line.words).filter(|text| !text.is_empty())?;
    let place = Some(at as u32);
    let (old, new) = if fate == Fate::Gone { (place, None) } else { (None, place) };
    Some(Change { old, new, pieces: vec![Piece { fate, text: text.clone() }] })
}

/// How a passage was reworded; `None` where the very same words stand in both texts.
fn reworded(before: &[Line], old: usize, after: &[Line], new: usize) -> Option<Change> {
    let (was, is) = (&before.get(old)?.words, &after.get(new)?.words);
    (was != is).then(|| Change { old: Some(old as u32), new: Some(new as u32), pieces: pieces(was, is) })
}

fn pieces(was: &str, is: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |fate: Fate, words: &str| match pieces.last_mut().filter(|p| p.fate == fate) {
        Some(piece) => piece.text.push_str(words),
        None => pieces.push(Piece { fate, text: words.to_owned() }),
    };
    if was.len().max(is.len()) > WORD_BY_WORD {
        push(Fate::Gone, was);
        push(Fate::New, is);
        return pieces;
    }
    // By the bounds of words that Unicode tells: Chinese and Japanese have no spaces.
    let was: Vec<&str> = was.split_word_bounds().collect();
    let is: Vec<&str> = is.split_word_bounds().collect();
    for change in TextDiff::from_slices(was.as_slice(), is.as_slice()).iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Same,
            ChangeTag::Delete => Fate::Gone,
            ChangeTag::Insert => Fate::New,
        };
        push(fate, change.value());
    }
    pieces
}
