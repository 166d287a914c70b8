//! Half-open ranges of bytes in a text that never cut a character.

use serde::{Deserialize, Serialize};

/// A non-empty half-open byte range `start..end` of a text, on character boundaries.
///
/// Made by [`Span::new`], which checks it against the text. Read from storage it is checked again by
/// [`Span::slice`], which answers `None` where it does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The span `start..end` of `text`, or `None` when it is empty, out of bounds or cuts a character.
    pub fn new(text: &str, start: usize, end: usize) -> Option<Self> {
        if start >= end || text.get(start..end).is_none() {
            return None;
        }
        Some(Self { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    /// First byte.
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last byte.
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// Length in bytes, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a span is never empty")]
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// The text under the span, or `None` when the span does not fit this text.
    pub fn slice(self, text: &str) -> Option<&str> {
        text.get(self.start()..self.end())
    }

    /// Whether the two share at least one byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// `(start, end)` counted in Unicode code points, as exports state them.
    pub fn code_points(self, text: &str) -> Option<(usize, usize)> {
        let start = text.get(..self.start())?.chars().count();
        Some((start, start + self.slice(text)?.chars().count()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_never_cuts_a_character() {
        let text = "第三条 AI";
        assert!(Span::new(text, 1, 3).is_none());
        assert!(Span::new(text, 0, 0).is_none());
        assert!(Span::new(text, 0, 99).is_none());
        let span = Span::new(text, 3, 9).unwrap();
        assert_eq!(span.slice(text), Some("三条"));
        assert_eq!(span.code_points(text), Some((1, 3)));
    }
}
