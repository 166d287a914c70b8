//! A text in which the quotes of labellers are looked for.

use lacuna_domain::{Evidence, Passage, QuoteState, Span};

use super::statement::Quote;
use crate::segment::segment;
use crate::verify::{Locator, evidence_at};

/// A text ready to be asked for quotes, by the same rules as those of engines.
#[derive(Debug)]
pub struct Words<'t> {
    locator: Locator<'t>,
    passages: Vec<Passage>,
}

impl<'t> Words<'t> {
    /// The words of `text`.
    pub fn of(text: &'t str) -> Self {
        Self { locator: Locator::new(text), passages: segment(text) }
    }

    /// Where `quote` stands; `None` when it does not, or is too short to tell.
    pub fn find(&self, quote: &Quote) -> Option<Evidence> {
        let hint = quote.at.and_then(|(start, end)| self.span(start, end));
        let located = self.locator.locate(&quote.words, hint);
        evidence_at(self.locator.text(), &self.passages, located.spans, located.state)
    }

    /// Evidence that a person marked in the text, from code point `start` to before `end`. A mark may be shorter than
    /// a quote that an engine gives: the person saw where it stands.
    pub fn marked(&self, start: usize, end: usize) -> Option<Evidence> {
        let span = self.span(start, end)?;
        evidence_at(self.locator.text(), &self.passages, vec![span], QuoteState::Exact)
    }

    fn span(&self, start: usize, end: usize) -> Option<Span> {
        let text = self.locator.text();
        let byte = |point: usize| {
            text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).nth(point)
        };
        Span::new(text, byte(start)?, byte(end)?)
    }
}
