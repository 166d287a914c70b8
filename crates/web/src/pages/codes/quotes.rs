//! The best quotes behind each code over all coded documents, kept while all are gathered.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Code, Dimension};
use lacuna_domain::filter::Field;
use lacuna_domain::{Coding, DocumentId, TextId, Value};
use serde::Serialize;

use crate::error::WebError;
use crate::gathered::{Extent, Gathered};
use crate::state::{App, Snapshot};

/// A quote that stands for a code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestQuote {
    /// The words.
    pub quote: String,
    /// The document that holds them.
    pub document: DocumentId,
    /// Name of that document.
    pub title: String,
    /// Where that document stands, for readers.
    pub enactment: &'static str,
    /// Whether that document is no more.
    pub dead: bool,
    /// Name of the level of its label.
    pub level: String,
    /// Calibrated probability of the label.
    pub probability: Option<f32>,
    /// Language of the document's text.
    pub language: Option<String>,
    /// Address of the passage with the quote marked.
    pub href: String,
}

/// The best quotes by `dimension/code`.
pub type BestQuotes = BTreeMap<String, Vec<Candidate>>;

/// A quote that may stand for a code, before its document is looked up.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The value of its label.
    pub value: Value,
    /// Calibrated probability of the label.
    pub probability: Option<f32>,
    /// The words.
    pub quote: String,
    /// The text.
    pub text: TextId,
    /// The passage.
    pub passage: u32,
}

/// Quotes kept for each code.
const KEPT: usize = 6;
/// Keeps the surest quotes of a coding at the highest levels.
pub(crate) fn take(best: &mut BestQuotes, coding: &Coding) {
    for judgement in &coding.judgements {
        let Some(evidence) = judgement.evidence().first() else { continue };
        let code = match judgement.value() {
            Value::Choice(Some(option)) => option.as_str(),
            _ => judgement.code().as_str(),
        };
        let candidate = Candidate {
            value: judgement.value().clone(),
            probability: judgement.probability(),
            quote: evidence.quote().split_whitespace().collect::<Vec<_>>().join(" "),
            text: coding.text.clone(),
            passage: evidence.passage(),
        };
        keep(best.entry(format!("{}/{code}", judgement.dimension())).or_default(), candidate);
    }
    for actor in &coding.actors {
        let Some(evidence) = actor.evidence().first() else { continue };
        let candidate = Candidate {
            value: Value::Flag(true),
            probability: actor.probability(),
            quote: evidence.quote().split_whitespace().collect::<Vec<_>>().join(" "),
            text: coding.text.clone(),
            passage: evidence.passage(),
        };
        keep(best.entry(format!("{}/{}", actor.dimension(), actor.role())).or_default(), candidate);
    }
}

/// Highest level first, then the surest, then a readable length, then the text's address, so that the order is the
/// same on every machine. One quote per wording.
fn keep(kept: &mut Vec<Candidate>, candidate: Candidate) {
    if kept.iter().any(|k| k.quote == candidate.quote) {
        return;
    }
    let at = kept.partition_point(|k| rank(k) <= rank(&candidate));
    if at < KEPT {
        kept.insert(at, candidate);
        kept.truncate(KEPT);
    }
}

fn rank(c: &Candidate) -> (std::cmp::Reverse<u8>, bool, std::cmp::Reverse<i32>, &str) {
    let level = if let Value::Level(level) = c.value { level } else { 1 };
    let length = c.quote.chars().count();
    let readable = (40..=400).contains(&length);
    let sure = c.probability.map_or(0, |p| (p * 1000.0) as i32);
    (std::cmp::Reverse(level), !readable, std::cmp::Reverse(sure), c.text.as_str())
}

/// The best quotes of `code`, and from how many texts they were gathered.
pub async fn of(
    app: &App,
    snapshot: &Snapshot,
    dimension: &Dimension,
    code: &Code,
) -> Result<(Vec<BestQuote>, Extent), WebError> {
    if snapshot.codebook.dimension(dimension.id.as_str()).is_none_or(|d| d != dimension) {
        return Ok((vec![], Extent::default()));
    }
    let Gathered { quotes: best, named } = snapshot.gathered(app).await?;
    let mut quotes = Vec::new();
    for candidate in best.get(&format!("{}/{}", dimension.id, code.id)).into_iter().flatten() {
        let shown = named
            .of(&candidate.text)
            .and_then(|documents| documents.iter().find_map(|number| snapshot.catalogue.record(number)));
        let Some(record) = shown else { continue };
        let Ok(id) = record.id().parse::<DocumentId>() else { continue };
        let key = match candidate.value {
            Value::Choice(_) => (dimension.id.as_str(), dimension.id.as_str()),
            _ => (dimension.id.as_str(), code.id.as_str()),
        };
        quotes.push(BestQuote {
            quote: candidate.quote.clone(),
            title: record.title().to_owned(),
            enactment: record.enactment().name(),
            dead: record.enactment().is_dead(),
            level: dimension.value_name(&candidate.value).to_owned(),
            probability: candidate.probability,
            language: record.value(Field::Language).map(str::to_owned),
            href: crate::address::passage(&id, Some(key), candidate.passage),
            document: id,
        });
    }
    Ok((quotes, named.extent))
}
