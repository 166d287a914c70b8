//! Measures the labellers of a store against each other, pair by pair and together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::run::{Labeller, Reader, Run};
use lacuna_domain::{DocumentId, TextId};

use super::confidence::{ConfidenceQuality, quality};
use super::gather::{Key, Labelling, Labels};
use super::names::{SetCounts, evened};
use super::report::{
    Agreement, CodeAgreement, DimensionAgreement, DimensionTogether, ErrorExample, GroupAgreement,
    PairAgreement, Who, Worst, estimate,
};
use super::spans::EvidenceAgreement;
use super::study::{Draws, Estimate, Estimates, Item, Measure, PairFound, study};
use crate::classify::offline::card::Cards;

/// Examples kept of each code.
const EXAMPLES: usize = 3;

/// What [`build`] is to look at.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'p> {
    /// The codes, dimension by dimension.
    pub keys: &'p [Key],
    /// What the documents are to be grouped by, where asked for.
    pub groups: Option<&'p BTreeMap<DocumentId, String>>,
    /// What is known of weights, such as the texts that they were trained on.
    pub cards: &'p Cards,
    /// Draws of documents.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// When.
    pub at: Timestamp,
}

/// Agreement of `labellings`, pair by pair and together.
pub fn build(labellings: &[Labelling], plan: &Plan<'_>) -> Agreement {
    let (documents, other_text) = shared(labellings);
    let pairs: Vec<(usize, usize)> =
        (0..labellings.len()).flat_map(|a| (a + 1..labellings.len()).map(move |b| (a, b))).collect();
    let draws = Draws::new(documents.len(), plan.draws, plan.seed);
    let mut reports: Vec<PairAgreement> =
        pairs.iter().map(|(a, b)| pair(&labellings[*a], &labellings[*b], &documents, plan)).collect();
    let mut together = Vec::new();
    for keys in plan.keys.chunk_by(|a, b| a.dimension == b.dimension) {
        let items: Vec<Item> = keys.iter().map(|key| item(labellings, &documents, key)).collect();
        let found = study(&items, &pairs, &draws);
        for ((report, (a, b)), of_pair) in reports.iter_mut().zip(&pairs).zip(&found.pairs) {
            let two = Two { a: &labellings[*a], b: &labellings[*b], documents: &documents };
            report.dimensions.push(dimension(keys, &items, (*a, *b), of_pair, &two, plan));
        }
        if !found.together.is_empty() {
            let codes = keys.iter().map(|k| k.code.to_string()).zip(found.together).collect();
            together.push(DimensionTogether { dimension: keys[0].dimension.to_string(), codes });
        }
    }
    if let Some(groups) = plan.groups {
        for (report, (a, b)) in reports.iter_mut().zip(&pairs) {
            report.groups = by_group(&[&labellings[*a], &labellings[*b]], &documents, groups, plan);
        }
    }
    Agreement {
        at: plan.at,
        draws: plan.draws,
        seed: plan.seed,
        labellers: labellings.iter().map(Who::of).collect(),
        documents: documents.len(),
        other_text,
        pairs: reports,
        together,
    }
}

/// Documents that two or more labelled, on one text; and how many fell away because they read different texts.
fn shared(labellings: &[Labelling]) -> (Vec<DocumentId>, usize) {
    let all: BTreeSet<&DocumentId> = labellings.iter().flat_map(|l| l.documents.keys()).collect();
    let (mut documents, mut other_text) = (Vec::new(), 0);
    for id in all {
        let labels: Vec<&Labels> = labellings.iter().filter_map(|l| l.documents.get(id)).collect();
        if labels.len() < 2 {
            continue;
        }
        let texts: BTreeSet<_> = labels.iter().filter_map(|l| l.text.as_ref()).collect();
        if texts.len() > 1 {
            other_text += 1;
        } else {
            documents.push(id.clone());
        }
    }
    (documents, other_text)
}

fn item(labellings: &[Labelling], documents: &[DocumentId], key: &Key) -> Item {
    let of = |l: &Labelling| {
        documents.iter().map(|d| l.documents.get(d).and_then(|labels| labels.categories[key.at])).collect()
    };
    Item::new(key.categories.len(), key.ordinal, &labellings.iter().map(of).collect::<Vec<_>>())
}

fn pair(a: &Labelling, b: &Labelling, documents: &[DocumentId], plan: &Plan<'_>) -> PairAgreement {
    let both: Vec<(&Labels, &Labels)> =
        documents.iter().filter_map(|d| Some((a.documents.get(d)?, b.documents.get(d)?))).collect();
    let cards = [plan.cards.of(&a.run), plan.cards.of(&b.run)];
    let trained = |text: &TextId| cards.iter().flatten().any(|card| card.trained_on(text));
    let in_sample =
        both.iter().filter(|(a, b)| a.text.as_ref().or(b.text.as_ref()).is_some_and(trained)).count();
    PairAgreement {
        a: Who::of(a),
        b: Who::of(b),
        words: words(&a.run, &b.run),
        at: plan.at,
        documents: both.len(),
        in_sample,
        dimensions: vec![],
        groups: vec![],
    }
}

fn words(a: &Run, b: &Run) -> String {
    let model = Some(Reader::LanguageModel);
    if a.reader() == model || b.reader() == model {
        return "agreement with a language-model reading".to_owned();
    }
    match (a.labeller, b.labeller) {
        (Labeller::Machine, Labeller::Machine) => "agreement between machines".to_owned(),
        (Labeller::Machine, _) => b.agreement_words().to_owned(),
        (_, Labeller::Machine) => a.agreement_words().to_owned(),
        _ if a.reader() == Some(Reader::Person) && b.reader() == Some(Reader::Person) => {
            "agreement between people".to_owned()
        }
        _ => "agreement with imported labels (who read is not stated)".to_owned(),
    }
}

struct Two<'l> {
    a: &'l Labelling,
    b: &'l Labelling,
    documents: &'l [DocumentId],
}

impl<'l> Two<'l> {
    fn both(&self) -> impl Iterator<Item = (usize, &'l Labels, &'l Labels)> {
        let (a, b) = (self.a, self.b);
        self.documents
            .iter()
            .enumerate()
            .filter_map(move |(at, d)| Some((at, a.documents.get(d)?, b.documents.get(d)?)))
    }
}

fn dimension(
    keys: &[Key],
    items: &[Item],
    at: (usize, usize),
    found: &PairFound,
    two: &Two<'_>,
    plan: &Plan<'_>,
) -> DimensionAgreement {
    let ordinal = keys[0].ordinal;
    let headline = if ordinal { Measure::KappaQuadratic } else { Measure::Kappa };
    let codes: Vec<CodeAgreement> = keys
        .iter()
        .zip(items)
        .zip(&found.codes)
        .map(|((key, item), measures)| CodeAgreement {
            examples: examples(key, two),
            ..code(key, item, at, measures.clone())
        })
        .collect();
    let worst = codes
        .iter()
        .filter_map(|c| Some((c, c.get(headline).value?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(c, value)| Worst { code: c.code.clone(), name: c.name.clone(), value });
    let named = keys[0].actor.then(|| actors(keys, two, plan));
    DimensionAgreement {
        dimension: keys[0].dimension.to_string(),
        name: keys[0].dimension_name.clone(),
        scale: if ordinal { "ordinal" } else { "nominal" }.to_owned(),
        headline,
        mean: found.mean.clone(),
        pooled: found.pooled.clone(),
        undefined: codes.iter().filter(|c| c.get(headline).value.is_none()).count(),
        worst,
        evidence: evidence(keys, two),
        names: named.as_ref().map(|(names, _)| *names),
        types: named.map(|(_, types)| types),
        confidence: probabilities(keys, two),
        codes,
    }
}

fn code(key: &Key, item: &Item, (a, b): (usize, usize), measures: Estimates) -> CodeAgreement {
    let table = item.table(a, b);
    let q = key.categories.len();
    let row = |k: usize| (0..q).map(|l| table.cell(k, l) as u64).collect::<Vec<_>>();
    let confusion: Vec<Vec<u64>> = (0..q).map(row).collect();
    let hits = table.hits(1);
    CodeAgreement {
        code: key.code.to_string(),
        name: key.name.clone(),
        n: table.total() as usize,
        categories: key.categories.clone(),
        positives: [(hits.both + hits.missed) as u64, (hits.both + hits.extra) as u64],
        over_under: table.over_and_under().filter(|_| key.ordinal || q == 2),
        confusion,
        measures,
        examples: vec![],
    }
}

fn examples(key: &Key, two: &Two<'_>) -> Vec<ErrorExample> {
    let mut differ: Vec<(u8, &DocumentId, u8, u8)> = Vec::new();
    for (at, a, b) in two.both() {
        if let (Some(a), Some(b)) = (a.categories[key.at], b.categories[key.at])
            && a != b
        {
            differ.push((a.abs_diff(b), &two.documents[at], a, b));
        }
    }
    differ.sort_by(|x, y| y.0.cmp(&x.0).then_with(|| x.1.cmp(y.1)));
    let name = |category: u8| key.categories.get(usize::from(category)).cloned().unwrap_or_default();
    let example = |(_, document, a, b): (u8, &DocumentId, u8, u8)| ErrorExample {
        document: document.to_string(),
        a: name(a),
        b: name(b),
    };
    differ.into_iter().take(EXAMPLES).map(example).collect()
}

fn evidence(keys: &[Key], two: &Two<'_>) -> EvidenceAgreement {
    let mut found = EvidenceAgreement::default();
    for (_, a, b) in two.both() {
        for key in keys {
            let positive = |labels: &Labels| labels.categories[key.at].is_some_and(|c| c > 0);
            if positive(a) && positive(b) {
                let of = |labels: &Labels| labels.evidence.get(&key.at).cloned().unwrap_or_default();
                found.add(&of(a), &of(b));
            }
        }
    }
    found
}

/// F1 of names and of types over all roles, with intervals over documents.
fn actors(keys: &[Key], two: &Two<'_>, plan: &Plan<'_>) -> (Estimate, Estimate) {
    let mut documents: Vec<[SetCounts; 2]> = Vec::new();
    for (_, a, b) in two.both() {
        let mut counts = [SetCounts::default(); 2];
        for key in keys {
            let none = (Vec::new(), Vec::new());
            let (a, b) = (a.actors.get(&key.at).unwrap_or(&none), b.actors.get(&key.at).unwrap_or(&none));
            let set = |names: &[String]| evened(names.iter().map(String::as_str));
            counts[0].add(&set(&a.0), &set(&b.0));
            counts[1].add(&a.1.iter().cloned().collect(), &b.1.iter().cloned().collect());
        }
        documents.push(counts);
    }
    let of = |which: usize| {
        let f1 = |weight: &dyn Fn(usize) -> usize| {
            let mut sum = SetCounts::default();
            for (at, counts) in documents.iter().enumerate() {
                let (times, c) = (weight(at), counts[which]);
                sum.shared += times * c.shared;
                sum.first += times * c.first;
                sum.second += times * c.second;
            }
            sum.f1()
        };
        let interval = super::bootstrap::interval(documents.len(), plan.draws, plan.seed, |weights| {
            f1(&|at| weights[at] as usize)
        });
        Estimate {
            value: f1(&|_| 1),
            low: interval.map(|i| i.low),
            high: interval.map(|i| i.high),
            undefined_draws: interval.map_or(0, |i| i.degenerate),
        }
    };
    (of(0), of(1))
}

fn probabilities(keys: &[Key], two: &Two<'_>) -> Option<ConfidenceQuality> {
    let mut labels = Vec::new();
    for (_, a, b) in two.both() {
        for key in keys {
            let probability = b.probabilities.get(key.at).copied().unwrap_or(f32::NAN);
            if let (Some(theirs), Some(mine), false) =
                (a.categories[key.at], b.categories[key.at], probability.is_nan())
            {
                labels.push((probability, theirs == mine));
            }
        }
    }
    (!labels.is_empty()).then(|| quality(labels))
}

fn by_group(
    labellings: &[&Labelling],
    documents: &[DocumentId],
    groups: &BTreeMap<DocumentId, String>,
    plan: &Plan<'_>,
) -> Vec<GroupAgreement> {
    let mut parts: BTreeMap<&str, Vec<DocumentId>> = BTreeMap::new();
    for document in documents.iter().filter(|d| labellings.iter().all(|l| l.documents.contains_key(*d))) {
        let group = groups.get(document).map_or("not recorded", String::as_str);
        parts.entry(group).or_default().push(document.clone());
    }
    let two: Vec<Labelling> = labellings.iter().map(|l| (*l).clone()).collect();
    let group = |(name, documents): (&str, Vec<DocumentId>)| {
        let draws = Draws::new(documents.len(), plan.draws, plan.seed);
        let dimensions = plan.keys.chunk_by(|a, b| a.dimension == b.dimension).map(|keys| {
            let items: Vec<Item> = keys.iter().map(|key| item(&two, &documents, key)).collect();
            let found = study(&items, &[(0, 1)], &draws);
            let headline = if keys[0].ordinal { Measure::KappaQuadratic } else { Measure::Kappa };
            (keys[0].dimension.to_string(), estimate(&found.pairs[0].pooled, headline))
        });
        GroupAgreement {
            group: name.to_owned(),
            dimensions: dimensions.collect(),
            documents: documents.len(),
        }
    };
    parts.into_iter().map(group).collect()
}
