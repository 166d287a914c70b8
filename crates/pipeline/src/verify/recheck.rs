//! Asks a stored coding whether it still holds.

use lacuna_domain::{CodeId, Codebook, Coding, DimensionId, Evidence, Passage, TextId};

/// Something in a stored coding that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{dimension} {code}: {what}")]
pub struct Breach {
    /// The dimension.
    pub dimension: DimensionId,
    /// The code or role.
    pub code: CodeId,
    /// What does not hold.
    pub what: String,
}

/// Every breach in `coding`, of which `text` should be the text; empty when all of it holds.
pub fn recheck(coding: &Coding, text: &str, passages: &[Passage], codebook: &Codebook) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let same_text = coding.text == TextId::of(text);
    for judgement in &coding.judgements {
        let (dimension, code) = (judgement.dimension(), judgement.code());
        let mut breach = |what: String| {
            breaches.push(Breach { dimension: dimension.clone(), code: code.clone(), what });
        };
        if !same_text {
            breach("the coding is of another text; code the text again".to_owned());
        }
        let known = codebook.labelled_codes().any(|known| known == (dimension, code));
        if !known {
            breach("the codebook has no such code; use the codebook of the run".to_owned());
        }
        if judgement.evidence().is_empty() {
            breach("a positive label stands without evidence; code the text again".to_owned());
        }
        judgement.evidence().iter().filter_map(|e| fault(e, text, passages)).for_each(breach);
    }
    for actor in &coding.actors {
        let named = actor.entities().iter().map(|entity| &entity.at);
        for what in named.chain(actor.evidence()).filter_map(|e| fault(e, text, passages)) {
            breaches.push(Breach { dimension: actor.dimension().clone(), code: actor.role().clone(), what });
        }
    }
    breaches
}

fn fault(evidence: &Evidence, text: &str, passages: &[Passage]) -> Option<String> {
    if !evidence.holds_in(text) {
        let quote: String = evidence.quote().chars().take(60).collect();
        return Some(format!("the quote {quote:?} is not the text of its spans; code the text again"));
    }
    let home = passages.get(evidence.passage() as usize)?;
    let start = evidence.extent().0;
    let inside = home.span.start() <= start && start < home.span.end();
    (!inside).then(|| format!("byte {start} is not in passage {}; code the text again", evidence.passage()))
}
