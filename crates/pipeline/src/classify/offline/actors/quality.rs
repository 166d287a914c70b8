//! Measures found actors against coded documents, by cross-validation.

use std::collections::BTreeSet;

use lacuna_domain::codebook::Codebook;
use lacuna_domain::judgement::ActorDraft;

use super::ActorModel;
use super::candidates::normalise;
use super::train::{Example, Lesson, fold_of, labels, learn, lesson};

/// Counts behind an F1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Given and wanted.
    pub hits: usize,
    /// Given.
    pub given: usize,
    /// Wanted.
    pub wanted: usize,
}

impl Counts {
    /// 2 × hits / (given + wanted); 1 when nothing was given or wanted.
    pub fn f1(self) -> f64 {
        let all = self.given + self.wanted;
        if all == 0 { 1.0 } else { 2.0 * self.hits as f64 / all as f64 }
    }

    fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.given += other.given;
        self.wanted += other.wanted;
    }
}

/// Quality of one role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleQuality {
    /// The role's id.
    pub role: String,
    /// Pairs of document and type.
    pub types: Counts,
    /// Pairs of document and normalised name.
    pub entities: Counts,
}

/// Quality over all roles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActorQuality {
    /// F1 over triples of document, role and type.
    pub actor_type_f1: f64,
    /// F1 over triples of document, role and name; names in lower case without articles, punctuation and runs of
    /// white space.
    pub actor_entity_f1: f64,
    /// By role, in codebook order.
    pub roles: Vec<RoleQuality>,
    /// By document, in the order of the examples: counts of types and of names, for intervals.
    pub documents: Vec<(Counts, Counts)>,
}

/// Trains on all but one of `folds` groups of documents and compares on the rest, for each in turn. `None` when the
/// codebook has no actor dimension or the examples are too few.
pub fn cross_validate(codebook: &Codebook, examples: &[Example<'_>], folds: u64) -> Option<ActorQuality> {
    let (roles, types) = labels(codebook)?;
    let lessons: Vec<Lesson<'_>> = examples.iter().map(|e| lesson(e, &roles, &types)).collect();
    let mut quality = ActorQuality {
        roles: roles.iter().map(|r| RoleQuality { role: r.clone(), ..RoleQuality::default() }).collect(),
        documents: vec![(Counts::default(), Counts::default()); examples.len()],
        ..ActorQuality::default()
    };
    for fold in 0..folds {
        let seen: Vec<&Lesson<'_>> = lessons.iter().filter(|l| fold_of(l.group, folds) != fold).collect();
        let weights = learn(&roles, &types, &seen)?;
        let model = ActorModel::with_weights(codebook, &weights.to_bytes());
        for (number, example) in examples.iter().enumerate() {
            if fold_of(example.group, folds) == fold {
                let drafts = model.extract(example.text, example.passages, None);
                compare(&drafts, example, number, &mut quality);
            }
        }
    }
    let total = |of: fn(&RoleQuality) -> Counts| {
        let mut all = Counts::default();
        quality.roles.iter().for_each(|r| all.add(of(r)));
        all.f1()
    };
    (quality.actor_type_f1, quality.actor_entity_f1) = (total(|r| r.types), total(|r| r.entities));
    Some(quality)
}

fn compare(drafts: &[ActorDraft], example: &Example<'_>, number: usize, quality: &mut ActorQuality) {
    for role in &mut quality.roles {
        let coded = example.roles.get(&role.role).cloned().unwrap_or_default();
        let draft = drafts.iter().find(|d| d.role.as_str() == role.role);
        let given_types: BTreeSet<String> =
            draft.iter().flat_map(|d| &d.types).map(ToString::to_string).collect();
        let given_names = draft.iter().flat_map(|d| &d.entities).map(|e| normalise(e)).collect();
        let types = count(&given_types, &coded.types.into_iter().collect());
        let names = count(&given_names, &coded.entities.iter().map(|e| normalise(e)).collect());
        role.types.add(types);
        role.entities.add(names);
        quality.documents[number].0.add(types);
        quality.documents[number].1.add(names);
    }
}

fn count(given: &BTreeSet<String>, wanted: &BTreeSet<String>) -> Counts {
    Counts { hits: given.intersection(wanted).count(), given: given.len(), wanted: wanted.len() }
}
