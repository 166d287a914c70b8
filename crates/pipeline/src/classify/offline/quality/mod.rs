//! How well the engine agrees with coded documents that it has not seen: grouped cross-validation of exactly the
//! training that ships.
//!
//! Every figure is agreement with a language-model reading, not validated by people.

mod bootstrap;
mod calibration;
mod collect;
pub(crate) mod metrics;
mod report;

use lacuna_domain::progress::Progress;
use lacuna_domain::{Clock, Codebook};

use super::actors::quality::{self as actor_quality, Counts as ActorCounts, RoleQuality};
use super::actors::{CodedRole, Example};
use super::judge::{self, Case};
use super::model::layout::Layout;
use super::train::coded::Coded;
use super::train::sample::{Corpus, Read};
use super::train::{TrainError, groups, train_on};
use super::trained::Trained;
use collect::{Compared, compare};
use metrics::Counts;

pub use report::Report;

/// Outer folds.
pub(crate) const FOLDS: usize = 5;

/// What stands beside every figure.
pub const LABEL: &str = "agreement with a language-model reading, not validated by people";

/// Trains on four fifths of the documents and compares the labels of the rest with their coding, five times;
/// duplicates and versions of a text stay on one side. The cues of a document that no training document holds are not
/// used on it, since whoever wrote the codebook may have found them there.
pub fn cross_validate(
    docs: &[Coded],
    codebook: &Codebook,
    clock: Clock,
    progress: &dyn Progress,
) -> Result<Report, TrainError> {
    progress.start("cross-validate", Some(FOLDS as u64 + 2));
    let corpus = Corpus::read(docs, codebook);
    let begun = clock.now();
    let all: Vec<usize> = (0..docs.len()).collect();
    let weights = train_on(&corpus, &all, codebook)?;
    let train_seconds = clock.now().duration_since(begun).as_secs_f64();
    progress.advance(1);
    let mut compared = held_out(&corpus, docs, codebook, &<[usize]>::to_vec, progress)?;
    let (roles, of_documents) = actors(docs, codebook, &corpus);
    for (compared, (types, names)) in compared.iter_mut().zip(of_documents) {
        compared.counts.shares.insert("actor_type_f1".to_owned(), types);
        compared.counts.shares.insert("actor_entity_f1".to_owned(), names);
    }
    progress.advance(1);
    let layout = Layout::of(codebook);
    let mut report = Report::new(&layout, &compared, weights.to_bytes().len(), train_seconds);
    report.roles = roles;
    Ok(report)
}

/// Compares the labels of every document, given by an engine trained on `part` of the documents of the other folds.
pub(crate) fn held_out(
    corpus: &Corpus,
    docs: &[Coded],
    codebook: &Codebook,
    part: &dyn Fn(&[usize]) -> Vec<usize>,
    progress: &dyn Progress,
) -> Result<Vec<Compared>, TrainError> {
    let folds = groups::folds(&corpus.groups, FOLDS);
    let mut compared: Vec<Compared> = vec![Compared::default(); docs.len()];
    for fold in 0..FOLDS {
        let outside: Vec<usize> = (0..docs.len()).filter(|&i| folds[i] != fold).collect();
        let chosen = part(&outside);
        let weights = train_on(corpus, &chosen, codebook)?;
        let Some(trained) = Trained::bind(weights, codebook) else { continue };
        let holders = corpus.holders(&chosen);
        for at in (0..docs.len()).filter(|&i| folds[i] == fold) {
            let (doc, sample) = (&docs[at], corpus.sample(at, &holders));
            let passages = &sample.read.passages;
            let case = Case { cues: &corpus.cues, text: &doc.text, passages, reading: &sample.reading };
            let drafts = trained.judge(codebook, &case);
            compared[at] = compare(&corpus.layout, doc, &sample.reading, &sample.read.steps, &drafts);
        }
        progress.advance(1);
    }
    Ok(compared)
}

/// The same comparison for judgement by cues alone, with every cue of the codebook.
pub(crate) fn by_cues(corpus: &Corpus, docs: &[Coded], codebook: &Codebook) -> Vec<Counts> {
    let one = |(doc, read): (&Coded, &Read)| {
        let (passages, reading) = (&read.passages, &read.reading);
        let case = Case { cues: &corpus.cues, text: &doc.text, passages, reading };
        let drafts = judge::by_cues(codebook, &case);
        compare(&corpus.layout, doc, reading, &read.steps, &drafts).counts
    };
    docs.iter().zip(&corpus.reads).map(one).collect()
}

/// Per document: twice the hits, and the sum of both sides.
type Sides = [u32; 2];

/// By role, and per document: types and names of actors, by the actors' own cross-validation.
fn actors(docs: &[Coded], codebook: &Codebook, corpus: &Corpus) -> (Vec<RoleQuality>, Vec<(Sides, Sides)>) {
    let examples = docs.iter().zip(&corpus.reads).zip(&corpus.groups).map(|((doc, read), group)| Example {
        text: &doc.text,
        passages: &read.passages,
        group: *group as u64,
        roles: doc
            .actors
            .iter()
            .map(|a| (a.role.clone(), CodedRole { entities: a.entities.clone(), types: a.types.clone() }))
            .collect(),
    });
    let examples: Vec<Example<'_>> = examples.collect();
    let sides = |c: ActorCounts| [2 * c.hits as u32, (c.given + c.wanted) as u32];
    let quality = actor_quality::cross_validate(codebook, &examples, FOLDS as u64);
    let Some(quality) = quality else { return (vec![], vec![]) };
    let documents = quality.documents.into_iter().map(|(types, names)| (sides(types), sides(names)));
    (quality.roles, documents.collect())
}
