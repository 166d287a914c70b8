//! What a located quote must meet besides standing in the text.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Codebook, Kind};
use lacuna_domain::{CodeId, DimensionId, QuoteState, Span, Value};

use super::addressed::Addressed;
use crate::classify::offline::CodeCues;

/// The grounds on which evidence counts in one text. A quote from words addressed to the coder never counts. In a text
/// that holds such words, a quote counts only where it names its code by a cue term of the codebook, so that an
/// obedient answer cannot hang its labels on sentences about something else.
#[derive(Debug)]
pub(crate) struct Grounds<'t> {
    text: &'t str,
    addressed: &'t Addressed,
    language: Option<&'t str>,
    cues: &'t CodeCues,
}

impl<'t> Grounds<'t> {
    pub(crate) const fn new(
        text: &'t str,
        language: Option<&'t str>,
        addressed: &'t Addressed,
        cues: &'t CodeCues,
    ) -> Self {
        Self { text, addressed, language, cues }
    }

    /// Whether words at `spans` may name a holder.
    pub(crate) fn name_counts(&self, spans: &[Span]) -> bool {
        !self.addressed.touch(spans)
    }

    /// The state of a quote found at `spans` in state `found`, as evidence for `value` of a code; `None` for a role.
    pub(crate) fn state(
        &self,
        found: QuoteState,
        spans: &[Span],
        dimension: &DimensionId,
        code: &CodeId,
        value: Option<&Value>,
    ) -> QuoteState {
        if self.addressed.is_empty() || !found.verifies() {
            return found;
        }
        if self.addressed.touch(spans) {
            return QuoteState::Addressed;
        }
        let named = match value {
            None => return found,
            Some(Value::Choice(Some(option))) => option,
            Some(_) => code,
        };
        let words: Vec<&str> = spans.iter().filter_map(|span| span.slice(self.text)).collect();
        if self.cues.bear_out(dimension, named, &words.join(" "), self.language) {
            found
        } else {
            QuoteState::Unrelated
        }
    }
}

/// Which levels of which dimensions ask for operative text, as the codebook's own rules for levels say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ceilings(BTreeMap<DimensionId, (u8, u8)>);

impl Ceilings {
    /// Reads the level rules: a highest level whose rule speaks of "operative" text is capped without it.
    pub(crate) fn of(codebook: &Codebook) -> Self {
        let capped = codebook.dimensions.iter().filter_map(|dimension| {
            let Kind::Ordinal { levels } = &dimension.kind else { return None };
            let [.., below, top] = levels.as_slice() else { return None };
            let asks = top.rule.to_lowercase().contains("operative");
            asks.then(|| (dimension.id.clone(), (top.value, below.value)))
        });
        Self(capped.collect())
    }

    /// The level that stands where `level` was claimed without operative evidence; `None` where it may stay.
    pub(crate) fn without_operative(&self, dimension: &DimensionId, level: u8) -> Option<u8> {
        self.0.get(dimension).filter(|(top, _)| *top == level).map(|(_, below)| *below)
    }
}
