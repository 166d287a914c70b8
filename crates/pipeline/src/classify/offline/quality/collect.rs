//! Sets the engine's labels of one document beside a reader's.

use std::collections::BTreeMap;

use lacuna_domain::judgement::Draft;
use lacuna_domain::{Span, Value};

use super::super::model::layout::{DimensionPlace, Layout, Scale};
use super::super::reading::Reading;
use super::super::train::coded::Coded;
use super::super::train::sample::places;
use super::calibration::Sure;
use super::metrics::{Counts, Table};
use crate::classify::Drafts;

/// One document compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compared {
    pub(crate) counts: Counts,
    /// Per dimension: probability of each label and whether the reader agrees.
    pub(crate) sure: BTreeMap<String, Vec<Sure>>,
}

/// Compares every label of a document; `steps` are the reader's, per dimension and code.
pub(crate) fn compare(
    layout: &Layout,
    doc: &Coded,
    reading: &Reading,
    steps: &[Vec<u8>],
    drafts: &Drafts,
) -> Compared {
    let mut compared = Compared::default();
    for (place, steps) in layout.dimensions.iter().zip(steps) {
        if place.scale == Scale::Choice {
            choice(&mut compared, place, steps, drafts);
        } else {
            labels(&mut compared, place, steps, drafts);
        }
    }
    overlap(&mut compared.counts, doc, reading, steps, layout, drafts);
    compared
}

fn draft<'d>(drafts: &'d Drafts, dimension: &str, code: &str) -> Option<&'d Draft> {
    drafts.labels.iter().find(|d| d.dimension.as_str() == dimension && d.code.as_str() == code)
}

fn labels(compared: &mut Compared, place: &DimensionPlace, steps: &[u8], drafts: &Drafts) {
    let mut tables = vec![];
    let sure = compared.sure.entry(place.id.clone()).or_default();
    for (code, &want) in place.codes.iter().zip(steps) {
        let found = draft(drafts, &place.id, &code.id);
        let given = match found.map(|d| &d.value) {
            Some(Value::Level(level)) => level.saturating_sub(place.lowest),
            Some(Value::Flag(flag)) => u8::from(*flag),
            _ => 0,
        };
        let negative = || {
            let (_, codes) = drafts.negatives.iter().find(|(d, _)| d.as_str() == place.id)?;
            codes.iter().find(|(c, _)| c.as_str() == code.id).and_then(|(_, p)| *p)
        };
        sure.extend(found.map_or_else(negative, |d| d.probability).map(|p| (p, given == want)));
        let mut table = Table::default();
        table[usize::from(want).min(2)][usize::from(given).min(2)] = 1;
        tables.push(table);
    }
    compared.counts.tables.insert(place.id.clone(), tables);
}

fn choice(compared: &mut Compared, place: &DimensionPlace, steps: &[u8], drafts: &Drafts) {
    let want = place.codes.iter().zip(steps).find(|(_, step)| **step > 0).map(|(code, _)| code.id.as_str());
    let Some(want) = want else { return };
    let found = draft(drafts, &place.id, &place.id);
    let given =
        found.and_then(|d| if let Value::Choice(Some(code)) = &d.value { Some(code.as_str()) } else { None });
    let right = given == Some(want);
    compared.counts.choices.insert(place.id.clone(), [u32::from(right), 1]);
    let sure = compared.sure.entry(place.id.clone()).or_default();
    sure.extend(found.and_then(|d| d.probability).map(|p| (p, right)));
}

/// Share of the risks that both give for which a quote of the engine shares words with one of the reader's.
fn overlap(
    counts: &mut Counts,
    doc: &Coded,
    reading: &Reading,
    steps: &[Vec<u8>],
    layout: &Layout,
    drafts: &Drafts,
) {
    let Some(at) = layout.dimensions.iter().position(|d| d.id == "risk") else { return };
    let place = &layout.dimensions[at];
    let (mut hits, mut cases) = (0, 0);
    for (code, step) in place.codes.iter().zip(&steps[at]) {
        let Some(draft) = draft(drafts, &place.id, &code.id).filter(|_| *step > 0) else { continue };
        let theirs = doc.labels.iter().filter(|l| l.dimension == place.id && l.code == code.id);
        let theirs: Vec<(usize, usize)> =
            theirs.flat_map(|l| &l.quotes).flat_map(|q| places(&reading.tokens, q)).collect();
        let ours: Vec<Span> = draft.quotes.iter().filter_map(|q| q.at).collect();
        let shared = ours.iter().any(|span| {
            let (first, end) = (reading.tokens.at_byte(span.start()), reading.tokens.at_byte(span.end()));
            theirs.iter().any(|&(a, b)| first < b && a < end)
        });
        cases += 1;
        hits += u32::from(shared);
    }
    counts.shares.insert("quote_overlap".to_owned(), [hits, cases]);
}
