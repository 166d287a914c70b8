//! Cuts quotes of 5 to 60 words around a place in a text.

use std::ops::Range;

use lacuna_domain::Span;
use lacuna_domain::judgement::DraftQuote;

use super::candidates::Reading;

const LONGEST: usize = 60;
const SHORTEST: usize = 5;
/// Characters of a quote in a script without spaces.
const LONGEST_UNSPACED: usize = 150;

/// The quote for sentence number `sentence` around the bytes `anchor`.
pub(super) fn quote(reading: &Reading<'_>, sentence: usize, anchor: Range<usize>) -> Option<DraftQuote> {
    let text = reading.words.text;
    let mut bytes = reading.sentences.get(sentence)?.bytes.clone();
    if reading.sentences[sentence].words < SHORTEST as u32 && sentence > 0 && spaced(&text[bytes.clone()]) {
        bytes.start = reading.sentences[sentence - 1].bytes.start;
    }
    let bytes = trim(text, bytes);
    let words = words_of(text, bytes.clone());
    let bytes = if spaced(&text[bytes.clone()]) {
        if words.len() <= LONGEST { bytes } else { window(&words, anchor) }
    } else {
        unspaced_window(text, bytes, &anchor)
    };
    let bytes = trim(text, bytes);
    let at = Span::new(text, bytes.start, bytes.end)?;
    Some(DraftQuote { words: text[bytes].to_owned(), at: Some(at) })
}

fn spaced(text: &str) -> bool {
    text.len() < 30 || text.bytes().filter(|b| *b == b' ' || *b == b'\n').count() * 25 > text.chars().count()
}

fn trim(text: &str, bytes: Range<usize>) -> Range<usize> {
    let slice = &text[bytes.clone()];
    let start = bytes.start + (slice.len() - slice.trim_start().len());
    start..start + slice.trim().len()
}

fn words_of(text: &str, bytes: Range<usize>) -> Vec<Range<usize>> {
    let base = text.as_ptr() as usize;
    text[bytes]
        .split_whitespace()
        .map(|word| {
            let start = word.as_ptr() as usize - base;
            start..start + word.len()
        })
        .collect()
}

/// At most [`LONGEST`] words, most of them after the anchor, where its verb stands.
fn window(words: &[Range<usize>], anchor: Range<usize>) -> Range<usize> {
    let at = words.partition_point(|w| w.end <= anchor.start).min(words.len() - 1);
    let first = at.saturating_sub(20).min(words.len().saturating_sub(LONGEST));
    let last = (first + LONGEST).min(words.len()) - 1;
    words[first].start..words[last].end
}

fn unspaced_window(text: &str, bytes: Range<usize>, anchor: &Range<usize>) -> Range<usize> {
    let slice = &text[bytes.clone()];
    if slice.chars().count() <= LONGEST_UNSPACED {
        return bytes;
    }
    let before = slice.char_indices().take_while(|(i, _)| bytes.start + i < anchor.start).count();
    let first = before.saturating_sub(40);
    let mut starts = slice.char_indices().map(|(i, _)| bytes.start + i).skip(first);
    let start = starts.next().unwrap_or(bytes.start);
    let end = starts.nth(LONGEST_UNSPACED - 1).unwrap_or(bytes.end);
    start..end
}
