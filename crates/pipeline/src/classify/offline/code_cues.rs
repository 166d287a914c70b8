//! Whether words name a code by one of its cue terms: a second opinion on evidence that another engine gives.

use std::collections::BTreeMap;

use lacuna_domain::{CodeId, Codebook, DimensionId};

use super::reading::Cues;

/// The cue terms of a codebook, by code.
#[derive(Clone, Debug)]
pub(crate) struct CodeCues {
    cues: Cues,
    codes: BTreeMap<(DimensionId, CodeId), u32>,
}

impl CodeCues {
    /// Compiles the cues of every code that has any.
    pub(crate) fn of(codebook: &Codebook) -> Self {
        let all = codebook.dimensions.iter().flat_map(|d| d.codes.iter().map(move |code| (d, code)));
        let codes = all
            .enumerate()
            .filter(|(_, (_, code))| code.cues.values().any(|c| !c.strong.is_empty() || !c.weak.is_empty()))
            .map(|(index, (dimension, code))| ((dimension.id.clone(), code.id.clone()), index as u32));
        Self { codes: codes.collect(), cues: Cues::of(codebook) }
    }

    /// Whether `words` hold a cue of the code that counts; true for a code without cues, which nothing can speak against.
    pub(crate) fn bear_out(
        &self,
        dimension: &DimensionId,
        code: &CodeId,
        words: &str,
        language: Option<&str>,
    ) -> bool {
        let Some(index) = self.codes.get(&(dimension.clone(), code.clone())) else { return true };
        self.cues.named(words, language).contains(index)
    }
}
