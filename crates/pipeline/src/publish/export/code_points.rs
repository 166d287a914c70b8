//! Byte offsets turned into code-point offsets, in one pass over the text however many are asked for.

use lacuna_domain::{Evidence, Span};

/// Code-point counts at chosen byte offsets of one text.
#[derive(Debug)]
pub(super) struct CodePoints {
    /// `(byte, code points before it)`, ascending; empty when every byte is a character.
    counts: Vec<(usize, usize)>,
    /// All ASCII: offsets are the same.
    same: bool,
}

impl CodePoints {
    /// Counts for the ends of every span of the evidence.
    pub(super) fn new<'e>(text: &str, evidence: impl IntoIterator<Item = &'e Evidence>) -> Self {
        if text.is_ascii() {
            return Self { counts: vec![], same: true };
        }
        let mut offsets: Vec<usize> = evidence
            .into_iter()
            .flat_map(Evidence::spans)
            .flat_map(|span| [span.start(), span.end()])
            .filter(|offset| text.is_char_boundary(*offset))
            .collect();
        offsets.sort_unstable();
        offsets.dedup();
        let (mut at, mut count) = (0, 0);
        let mut counts = Vec::with_capacity(offsets.len());
        for offset in offsets {
            count += text.get(at..offset).map_or(0, |between| between.chars().count());
            at = offset;
            counts.push((offset, count));
        }
        Self { counts, same: false }
    }

    fn at(&self, offset: usize) -> usize {
        if self.same {
            return offset;
        }
        let found = self.counts.binary_search_by_key(&offset, |(byte, _)| *byte);
        found.ok().and_then(|at| self.counts.get(at)).map_or(offset, |(_, count)| *count)
    }

    /// `(start, end)` of a span that was asked for, in code points.
    pub(super) fn span(&self, span: Span) -> (usize, usize) {
        (self.at(span.start()), self.at(span.end()))
    }
}
