//! `/compare…`: documents side by side, versions of one document, and a draft beside the corpus.

pub mod corpus;
mod corpus_csv;
pub mod marked;
pub mod moved;
pub mod peers;
pub mod side;
pub mod texts;
pub mod versions;
pub mod wording;

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::coding::Outcome;
use lacuna_domain::fold::even;
use lacuna_domain::{Coding, DocumentId, Value};
use serde::Serialize;

use super::documents::Asked;
use crate::state::Snapshot;
use crate::view::{Glyph, Reliability, RunFacts, percent};

/// What one document says of one code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// Name of the level.
    pub level: String,
    /// How it looks.
    #[serde(skip)]
    pub glyph: Glyph,
    /// Whether the document speaks to the code.
    pub positive: bool,
    /// The engine's calibrated probability of the label.
    pub probability: Option<f32>,
    /// The strongest quote.
    pub quote: Option<String>,
    /// Language of the text.
    pub language: Option<String>,
    /// The passage.
    pub href: Option<String>,
}

impl Said {
    /// The probability in words.
    pub(crate) fn sure(&self) -> String {
        percent(self.probability)
    }

    /// That nothing is known: no text, or not classified.
    pub(crate) fn nothing() -> Self {
        Self {
            level: "not classified".to_owned(),
            glyph: Glyph::Empty,
            positive: false,
            probability: None,
            quote: None,
            language: None,
            href: None,
        }
    }

    /// What `coding` says of `code`.
    pub(crate) fn of(
        coding: &Coding,
        dimension: &Dimension,
        code: &Code,
        id: &DocumentId,
        language: Option<&str>,
    ) -> Self {
        let key = (dimension.id.as_str(), code.id.as_str());
        let link = |passage: u32| Some(crate::address::passage(id, Some(key), passage));
        let words = |quote: &str| Some(even(quote));
        let empty = || Self { level: "not found".to_owned(), ..Self::nothing() };
        if let Kind::Actor { .. } = dimension.kind {
            let Some(actor) = coding.actor(code.id.as_str()).filter(|a| !a.entities().is_empty()) else {
                return empty();
            };
            let names: Vec<&str> = actor.entities().iter().take(4).map(|e| e.name.as_str()).collect();
            let evidence = actor.evidence().first();
            return Self {
                level: names.join(", "),
                glyph: Glyph::Full,
                positive: true,
                probability: actor.probability(),
                quote: evidence.and_then(|e| words(e.quote())),
                language: language.map(str::to_owned),
                href: evidence.and_then(|e| link(e.passage())),
            };
        }
        let wanted = if dimension.kind == Kind::Choice { dimension.id.as_str() } else { code.id.as_str() };
        let judgement = coding.judgement(dimension.id.as_str(), wanted);
        let judgement = judgement.filter(|j| match j.value() {
            Value::Choice(option) => option.as_ref() == Some(&code.id),
            _ => true,
        });
        let Some(judgement) = judgement else {
            let chance = coding.negatives.get(&dimension.id).and_then(|c| c.get(&code.id)).copied().flatten();
            return Self { probability: chance, ..empty() };
        };
        let evidence = judgement.evidence().first();
        Self {
            level: dimension.value_name(judgement.value()).to_owned(),
            glyph: Glyph::of(dimension, judgement.value()),
            positive: true,
            probability: judgement.probability(),
            quote: evidence.and_then(|e| words(e.quote())),
            language: language.map(str::to_owned),
            href: evidence.and_then(|e| link(e.passage())),
        }
    }
}

/// The coding of a document that was asked for.
pub(crate) fn coding(asked: &Asked) -> Option<&Coding> {
    match &asked.outcome {
        Some(Outcome::Coded(coding)) => Some(coding),
        _ => None,
    }
}

/// Language of the text of a document that was asked for.
pub(crate) fn language(asked: &Asked) -> Option<&str> {
    asked.reading.as_ref().and_then(|reading| reading.text.language.as_deref())
}

/// How far labels of a code can be trusted, by the run that is shown.
pub(crate) fn trust(snapshot: &Snapshot, dimension: &Dimension, code: &Code) -> Reliability {
    snapshot.trust(dimension.id.as_str(), filed(dimension, code))
}

/// The same of labels of a document that was asked for, under whichever run it is read.
pub(crate) fn trust_of(
    snapshot: &Snapshot,
    asked: &Asked,
    dimension: &Dimension,
    code: &Code,
) -> Reliability {
    let Some(run) = asked.other_run(snapshot) else { return trust(snapshot, dimension, code) };
    let (dimension, code) = (dimension.id.as_str(), filed(dimension, code));
    Reliability::of(&snapshot.agreements, &snapshot.cards, Some(run), dimension, code)
}

/// The run that coded a document that was asked for, where that is not the one that is shown.
pub(crate) fn coded_by(snapshot: &Snapshot, asked: &Asked) -> Option<RunFacts> {
    asked.other_run(snapshot).map(|run| RunFacts::of(run, Some(&asked.codebook)))
}

/// The name under which it is kept how far labels of a code can be trusted: of a choice, the dimension itself.
fn filed<'c>(dimension: &'c Dimension, code: &'c Code) -> &'c str {
    if dimension.kind == Kind::Choice { dimension.id.as_str() } else { code.id.as_str() }
}

/// A code as tables name it.
pub(crate) fn name(code: &Code) -> String {
    if code.group.is_some() { format!("{} {}", code.id, code.short) } else { code.short.clone() }
}
