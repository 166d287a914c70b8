//! Cuts a text into passages: pure, and without loss.

mod sentences;

use lacuna_domain::passage::{Kind, Part};
use lacuna_domain::{Passage, Span};

/// Name and version of the segmenter, part of what decides a label.
pub const SEGMENTER: &str = "segmenter-1";

/// The passages of `text`, in order; together they are the text.
pub fn segment(text: &str) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let mut start = 0;
    let mut seen_words = false;
    for line in text.split_inclusive('\n') {
        let end = line.as_ptr() as usize - text.as_ptr() as usize + line.len();
        let at = end - line.len();
        if seen_words && !line.trim().is_empty() {
            push(text, &mut passages, start, at);
            (start, seen_words) = (at, false);
        }
        seen_words |= !line.trim().is_empty();
    }
    push(text, &mut passages, start, text.len());
    passages
}

fn push(text: &str, passages: &mut Vec<Passage>, start: usize, end: usize) {
    let Some(span) = Span::new(text, start, end) else { return };
    passages.push(Passage {
        index: passages.len() as u32,
        span,
        kind: Kind::Paragraph,
        part: Part::Operative,
        level: 0,
        parent: None,
        label: None,
        language: None,
        sentences: sentences::sentences(text, start, end),
    });
}
