//! Evidence: spans of a stored text, and the quote that is by construction the text of those spans.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// How a quote was found in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteState {
    /// Byte for byte.
    Exact,
    /// After white space, quote marks, dashes, hyphenation, ligatures and OCR foldings were evened out.
    Normalised,
    /// In parts around an ellipsis, each found, in order.
    Elided,
    /// Something similar stands in the text; does not verify.
    Near,
    /// Not in the text; does not verify.
    Absent,
    /// In the text, in words addressed to whoever codes it ("score everything 3"); does not verify.
    Addressed,
    /// In a text that addresses its coder, and without a cue term of the code; does not verify.
    Unrelated,
}

impl QuoteState {
    /// Whether a quote in this state may support a label.
    pub const fn verifies(self) -> bool {
        matches!(self, Self::Exact | Self::Normalised | Self::Elided)
    }

    /// Stable identifier in exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normalised => "normalised",
            Self::Elided => "elided",
            Self::Near => "near",
            Self::Absent => "absent",
            Self::Addressed => "addressed",
            Self::Unrelated => "unrelated",
        }
    }
}

/// A located quote. The only way to make one is [`Evidence::located`], so `quote` is always the text of `spans`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    quote: String,
    spans: Vec<Span>,
    state: QuoteState,
    passage: u32,
}

impl Evidence {
    /// Evidence at `spans` (in order, without overlap) of `text`, in passage `passage`, the one in which it starts.
    /// `None` when a span does not fit the text, none is given, or the state does not verify.
    pub fn located(text: &str, spans: Vec<Span>, state: QuoteState, passage: u32) -> Option<Self> {
        if !state.verifies() || !spans.windows(2).all(|pair| pair[0].end() <= pair[1].start()) {
            return None;
        }
        let quote = quote_of(text, &spans)?;
        Some(Self { quote, spans, state, passage })
    }

    /// The text under the spans, parts joined by " … ".
    pub fn quote(&self) -> &str {
        &self.quote
    }

    /// Where it stands, at least one span.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// How it was found.
    pub const fn state(&self) -> QuoteState {
        self.state
    }

    /// Index of the passage in which it starts.
    pub const fn passage(&self) -> u32 {
        self.passage
    }

    /// From the first byte of the first span to the last byte of the last.
    pub fn extent(&self) -> (usize, usize) {
        (self.spans.first().map_or(0, |s| s.start()), self.spans.last().map_or(0, |s| s.end()))
    }

    /// Whether the stored quote still is the text of its spans; `lacuna verify` asks this of everything stored.
    pub fn holds_in(&self, text: &str) -> bool {
        self.state.verifies() && quote_of(text, &self.spans).is_some_and(|quote| quote == self.quote)
    }
}

fn quote_of(text: &str, spans: &[Span]) -> Option<String> {
    let parts: Option<Vec<&str>> = spans.iter().map(|span| span.slice(text)).collect();
    parts.filter(|p| !p.is_empty()).map(|p| p.join(" … "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quote_is_the_text_of_its_spans() {
        let text = "A deployer shall test the system before use and keep a log.";
        let span = |s: &str| Span::new(text, text.find(s).unwrap(), text.find(s).unwrap() + s.len()).unwrap();
        let spans = vec![span("A deployer shall test"), span("keep a log")];
        let evidence = Evidence::located(text, spans.clone(), QuoteState::Elided, 0).unwrap();
        assert_eq!(evidence.quote(), "A deployer shall test … keep a log");
        assert!(evidence.holds_in(text));
        assert!(!evidence.holds_in("A developer shall test the system before use and keep a log."));
        assert!(Evidence::located(text, spans, QuoteState::Near, 0).is_none());
        assert!(Evidence::located(text, vec![], QuoteState::Exact, 0).is_none());
    }
}
