//! What changed between two texts: passage by passage, and word by word within a passage that was reworded. A passage that
//! moved is told as gone from one place and new at the other.

mod align;

#[cfg(test)]
mod tests;

use lacuna_domain::Passage;
use lacuna_domain::fold::even;
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

/// Most pairs of an old and a new word that may be compared in one passage, and in all together. Between the words that a
/// passage begins and ends with in both texts, whatever is more changes as a whole.
const IN_ONE: usize = 4_000_000;
const IN_ALL: usize = 400_000_000;

/// The passages of two texts that differ, in the order of the texts.
pub fn redline(old: (&str, &[Passage]), new: (&str, &[Passage])) -> Vec<Change> {
    let (before, after) = (lines(old), lines(new));
    let mut changes = Vec::new();
    let (mut from, mut left) = ((0, 0), IN_ALL);
    let end = (before.len(), after.len());
    for (old, new) in align::pairs(&before, &after).into_iter().chain([end]) {
        changes.extend((from.0..old).filter_map(|at| whole(&before, at, Fate::Gone)));
        changes.extend((from.1..new).filter_map(|at| whole(&after, at, Fate::New)));
        changes.extend(reworded(&before, old, &after, new, &mut left));
        from = (old + 1, new + 1);
    }
    changes
}

fn lines((text, passages): (&str, &[Passage])) -> Vec<Line> {
    passages.iter().map(|passage| Line::of(even(passage.trimmed(text)))).collect()
}

fn whole(lines: &[Line], at: usize, fate: Fate) -> Option<Change> {
    let text = lines.get(at).map(|line| &line.words).filter(|text| !text.is_empty())?;
    let place = Some(at as u32);
    let (old, new) = if fate == Fate::Gone { (place, None) } else { (None, place) };
    Some(Change { old, new, pieces: vec![Piece { fate, text: text.clone() }] })
}

/// How a passage was reworded; `None` where the very same words stand in both texts. `left` is how many pairs of words
/// may still be compared.
fn reworded(before: &[Line], old: usize, after: &[Line], new: usize, left: &mut usize) -> Option<Change> {
    let (was, is) = (&before.get(old)?.words, &after.get(new)?.words);
    (was != is).then(|| Change {
        old: Some(old as u32),
        new: Some(new as u32),
        pieces: pieces(was, is, left),
    })
}

fn pieces(was: &str, is: &str, left: &mut usize) -> Vec<Piece> {
    // By the bounds of words that Unicode tells: Chinese and Japanese have no spaces.
    let was: Vec<&str> = was.split_word_bounds().collect();
    let is: Vec<&str> = is.split_word_bounds().collect();
    let first = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
    let (begin, was) = was.split_at(first);
    let (_, is) = is.split_at(first);
    let last = was.iter().rev().zip(is.iter().rev()).take_while(|(a, b)| a == b).count();
    let (was, end) = was.split_at(was.len() - last);
    let (is, _) = is.split_at(is.len() - last);
    let mut pieces = Pieces::default();
    pieces.push(Fate::Same, begin);
    let cost = was.len() * is.len();
    if let Some(rest) = left.checked_sub(cost).filter(|_| cost <= IN_ONE) {
        *left = rest;
        for change in TextDiff::from_slices(was, is).iter_all_changes() {
            pieces.push(fate_of(change.tag()), &[change.value()]);
        }
    } else {
        pieces.push(Fate::Gone, was);
        pieces.push(Fate::New, is);
    }
    pieces.push(Fate::Same, end);
    pieces.0
}

const fn fate_of(tag: ChangeTag) -> Fate {
    match tag {
        ChangeTag::Equal => Fate::Same,
        ChangeTag::Delete => Fate::Gone,
        ChangeTag::Insert => Fate::New,
    }
}

/// Pieces of which no two that follow each other have one fate.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, fate: Fate, words: &[&str]) {
        if words.is_empty() {
            return;
        }
        match self.0.last_mut().filter(|piece| piece.fate == fate) {
            Some(piece) => piece.text.extend(words.iter().copied()),
            None => self.0.push(Piece { fate, text: words.concat() }),
        }
    }
}
