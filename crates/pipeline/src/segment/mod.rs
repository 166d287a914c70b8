//! Cuts a text into passages: pure, and without loss.
//!
//! Lines are joined into [`blocks`], whatever width they were wrapped at; a block's [`label`] or look says whether it
//! is a heading, an item or a paragraph; the [`outline`] says what stands inside what; [`part`] says what it does in
//! the instrument. A long paragraph is cut at sentences.

mod blocks;
mod heading;
mod label;
mod languages;
mod lines;
mod names;
pub(crate) mod numerals;
mod outline;
mod part;
mod passages;
mod sentences;

use lacuna_domain::Passage;

pub use languages::mark_languages;

/// Name and version of the segmenter, part of what decides a label.
pub const SEGMENTER: &str = "segmenter-1";

/// The passages of `text`, in order; together they are the text. Linear in the length of the text.
pub fn segment(text: &str) -> Vec<Passage> {
    let lines = lines::lines(text);
    let blocks = blocks::blocks(text, &lines);
    let mut passages = passages::passages(text, &blocks);
    part::assign(text, &mut passages);
    passages
}

#[cfg(test)]
mod tests;
