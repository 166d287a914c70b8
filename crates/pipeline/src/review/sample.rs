//! Which documents people read: drawn with known probabilities, and logged before anybody sees a label. Beside it, and
//! never mixed with it, the triage queue: documents whose labels most need a look.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::{Codebook, Confidence, DocumentId, Run, TextId, Value};
use lacuna_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::analyze::agreement::bootstrap::Random;
use crate::analyze::estimate::by_confidence;

/// Share of a sample by confidence that is spread evenly.
const EVEN: f64 = 0.3;

/// How documents are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Design {
    /// So many of all, each alike.
    Simple,
    /// As many from each stratum: documents by how many positive labels the engine gave them.
    Stratified,
    /// Each by itself, those of which the engine is less sure more often (Poisson sampling).
    Confidence,
}

impl Design {
    /// The design with this name.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "simple" => Some(Self::Simple),
            "stratified" => Some(Self::Stratified),
            "confidence" => Some(Self::Confidence),
            _ => None,
        }
    }
}

/// What is known of a document before it is drawn; nothing of it is what people say.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The document.
    pub document: DocumentId,
    /// Positive labels of the engine.
    pub positives: usize,
    /// Mean probability of the engine's labels; 1 where it gives none.
    pub confidence: f64,
    /// How much the labels need a look: the higher the more.
    pub doubt: f64,
    /// Why, for readers.
    pub reasons: Vec<String>,
}

/// One document of the frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleUnit {
    /// The document.
    pub document: DocumentId,
    /// Its stratum; empty without strata.
    pub stratum: String,
    /// The probability with which it could be drawn.
    pub probability: f64,
    /// Whether it was.
    pub drawn: bool,
}

/// A sample as it is logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Name, also of the stream of its assignments.
    pub name: String,
    /// How it was drawn.
    pub design: Design,
    /// Documents asked for.
    pub n: usize,
    /// Seed of the draw.
    pub seed: u64,
    /// The run whose labels guided the draw.
    pub run: String,
    /// Hash of the codebook.
    pub codebook_hash: String,
    /// Every document that could be drawn, in order.
    pub units: Vec<SampleUnit>,
}

impl Sample {
    /// The documents drawn.
    pub fn drawn(&self) -> impl Iterator<Item = &SampleUnit> {
        self.units.iter().filter(|unit| unit.drawn)
    }
}

/// Draws from `frame`; the same seed draws the same documents on every machine.
pub fn draw(frame: &[Candidate], design: Design, n: usize, seed: u64) -> Vec<SampleUnit> {
    let mut random = Random(seed);
    match design {
        Design::Simple => strata(frame, |_| String::new(), n, &mut random),
        Design::Stratified => strata(frame, |c| band(c.positives).to_owned(), n, &mut random),
        Design::Confidence => {
            let sure: Vec<f64> = frame.iter().map(|c| c.confidence).collect();
            let least = 0.1 * n as f64 / (frame.len() as f64).max(1.0);
            let chances = by_confidence(&sure, n, EVEN, least.min(1.0));
            let unit = |(candidate, probability): (&Candidate, f64)| SampleUnit {
                document: candidate.document.clone(),
                stratum: String::new(),
                probability,
                drawn: random.unit() < probability,
            };
            frame.iter().zip(chances).map(unit).collect()
        }
    }
}

const fn band(positives: usize) -> &'static str {
    match positives {
        0..=2 => "0 to 2 positive labels",
        3..=6 => "3 to 6 positive labels",
        7..=12 => "7 to 12 positive labels",
        _ => "13 and more positive labels",
    }
}

/// Fewest documents of a sample of `frame`: one of each stratum, since one that cannot be drawn is spoken for by nobody.
pub fn fewest(frame: &[Candidate], design: Design) -> usize {
    match design {
        Design::Simple | Design::Confidence => 1,
        Design::Stratified => frame.iter().map(|c| band(c.positives)).collect::<BTreeSet<_>>().len(),
    }
}

/// As many documents from each stratum, as far as it has them; what small strata leave goes to the others.
fn strata(
    frame: &[Candidate],
    of: impl Fn(&Candidate) -> String,
    n: usize,
    random: &mut Random,
) -> Vec<SampleUnit> {
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in frame.iter().enumerate() {
        members.entry(of(candidate)).or_default().push(at);
    }
    let mut units: Vec<SampleUnit> = frame
        .iter()
        .map(|c| SampleUnit { document: c.document.clone(), stratum: of(c), probability: 0.0, drawn: false })
        .collect();
    let mut sizes: Vec<(String, usize)> = members.iter().map(|(name, at)| (name.clone(), at.len())).collect();
    sizes.sort_by_key(|(_, size)| *size);
    let (mut left, mut strata_left) = (n.min(frame.len()), sizes.len());
    for (name, size) in sizes {
        let take = (left.div_ceil(strata_left)).min(size);
        left -= take;
        strata_left -= 1;
        let mut at = members.remove(&name).unwrap_or_default();
        for place in 0..take {
            let other = place + random.below(at.len() - place);
            at.swap(place, other);
        }
        for (place, index) in at.into_iter().enumerate() {
            units[index].probability = take as f64 / size as f64;
            units[index].drawn = place < take;
        }
    }
    units
}

/// Every public document whose latest text `run` coded, with what guides a draw; `others` are machine runs to compare.
pub async fn frame(
    store: &Store,
    run: &Run,
    codebook: &Codebook,
    others: &[Run],
) -> Result<Vec<Candidate>, StoreError> {
    let private: Vec<DocumentId> =
        store.documents().await?.into_iter().filter(|d| d.metadata.private).map(|d| d.id).collect();
    let mut codings: Vec<(DocumentId, TextId, Box<Coding>)> = Vec::new();
    for version in store.latest_versions().await? {
        if private.contains(&version.document) {
            continue;
        }
        if let Some(Outcome::Coded(coding)) = store.outcome(&run.id, &version.text).await? {
            codings.push((version.document, version.text, coding));
        }
    }
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for judgement in codings.iter().flat_map(|(_, _, coding)| &coding.judgements) {
        *counts.entry((judgement.dimension().to_string(), judgement.code().to_string())).or_default() += 1;
    }
    let rare = codings.len().div_ceil(50);
    let mut candidates = Vec::new();
    for (document, text, coding) in codings {
        let mut candidate = candidate(document, &coding, codebook, |d, c| {
            counts.get(&(d.to_owned(), c.to_owned())).is_some_and(|count| *count <= rare)
        });
        for other in others.iter().filter(|other| other.id != run.id) {
            if let Some(Outcome::Coded(theirs)) = store.outcome(&other.id, &text).await? {
                let differ = differences(&coding, &theirs, codebook);
                candidate.doubt += differ as f64;
                if differ > 0 {
                    candidate.reasons.push(format!("{differ} labels differ from {}", other.name));
                }
            }
        }
        candidates.push(candidate);
    }
    Ok(candidates)
}

fn differences(a: &Coding, b: &Coding, codebook: &Codebook) -> usize {
    let (a, b) = (a.labels(codebook), b.labels(codebook));
    a.iter().zip(&b).filter(|(a, b)| a.value != b.value).count()
}

fn candidate(
    document: DocumentId,
    coding: &Coding,
    codebook: &Codebook,
    is_rare: impl Fn(&str, &str) -> bool,
) -> Candidate {
    let labels = coding.labels(codebook);
    let known: Vec<f64> = labels.iter().filter_map(|l| l.probability.map(f64::from)).collect();
    let confidence = if known.is_empty() { 1.0 } else { known.iter().sum::<f64>() / known.len() as f64 };
    let low = coding.judgements.iter().filter(|j| j.confidence() == Confidence::Low).count();
    let rare =
        coding.judgements.iter().filter(|j| is_rare(j.dimension().as_str(), j.code().as_str())).count();
    let contradictions = contradictions(coding);
    let parts = [
        (low, 1.0, ["label of low confidence", "labels of low confidence"]),
        (
            coding.rejections.len(),
            2.0,
            ["claim whose quotes are not in the text", "claims whose quotes are not in the text"],
        ),
        (contradictions, 3.0, ["contradiction", "contradictions"]),
        (rare, 1.0, ["rare code", "rare codes"]),
    ];
    Candidate {
        document,
        positives: coding.judgements.len(),
        confidence,
        doubt: parts.iter().map(|(count, weight, _)| *count as f64 * weight).sum(),
        reasons: parts
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, _, [one, many])| format!("{count} {}", if *count == 1 { one } else { many }))
            .collect(),
    }
}

/// A text that names who enforces it and yet reads as not binding.
fn contradictions(coding: &Coding) -> usize {
    let enforced = coding.actor("enforcer").is_some_and(|actor| !actor.entities().is_empty());
    let soft = coding
        .judgements
        .iter()
        .any(|j| matches!(j.value(), Value::Choice(Some(option)) if option.as_str() == "soft_law"));
    usize::from(enforced && soft)
}

/// The documents that most need a look, worst first; those that need none are left out.
pub fn triage(mut frame: Vec<Candidate>, n: usize) -> Vec<Candidate> {
    frame.retain(|candidate| candidate.doubt > 0.0);
    frame.sort_by(|a, b| b.doubt.total_cmp(&a.doubt).then_with(|| a.document.cmp(&b.document)));
    frame.truncate(n);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(count: usize) -> Vec<Candidate> {
        let one = |at: usize| Candidate {
            document: format!("agora:{at}").parse().unwrap(),
            positives: at % 20,
            confidence: 1.0 - (at % 10) as f64 / 20.0,
            doubt: (at % 7) as f64,
            reasons: vec![],
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_sample_has_its_size_and_probabilities_that_add_up() {
        for (design, exact) in
            [(Design::Simple, true), (Design::Stratified, true), (Design::Confidence, false)]
        {
            let units = draw(&frame(200), design, 40, 7);
            let drawn = units.iter().filter(|u| u.drawn).count();
            let expected: f64 = units.iter().map(|u| u.probability).sum();
            assert!((expected - 40.0).abs() < 1e-6 || !exact, "{design:?}: {expected}");
            assert!(if exact { drawn == 40 } else { (25..=55).contains(&drawn) }, "{design:?}: {drawn}");
            assert!(units.iter().all(|u| u.probability > 0.0 && u.probability <= 1.0));
            assert_eq!(units, draw(&frame(200), design, 40, 7), "the same seed, the same sample");
            assert_ne!(units, draw(&frame(200), design, 40, 8));
        }
    }

    #[test]
    fn small_strata_are_read_whole() {
        let mut few = frame(100);
        for candidate in &mut few {
            candidate.positives = 1;
        }
        few[3].positives = 15;
        let units = draw(&few, Design::Stratified, 20, 1);
        assert!(units[3].drawn && (units[3].probability - 1.0).abs() < 1e-12);
        assert_eq!(units.iter().filter(|u| u.drawn).count(), 20);
        assert_eq!(draw(&few, Design::Simple, 500, 1).iter().filter(|u| u.drawn).count(), 100);
    }

    #[test]
    fn every_document_can_be_drawn_from_the_fewest_on() {
        let frame = frame(50);
        for design in [Design::Simple, Design::Stratified, Design::Confidence] {
            let least = fewest(&frame, design);
            assert!(draw(&frame, design, least, 3).iter().all(|unit| unit.probability > 0.0), "{design:?}");
        }
        assert_eq!(fewest(&frame, Design::Stratified), 4);
        assert!(draw(&frame, Design::Stratified, 3, 3).iter().any(|unit| unit.probability <= 0.0));
    }

    #[test]
    fn triage_takes_the_most_doubtful() {
        let worst = triage(frame(30), 3);
        assert!(worst.iter().all(|c| c.doubt >= 6.0) && worst.len() == 3);
    }
}
