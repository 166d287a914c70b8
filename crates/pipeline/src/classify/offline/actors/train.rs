//! Learns the weights from coded documents. Deterministic: identical examples give identical bytes.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::Passage;
use lacuna_domain::codebook::{Codebook, Kind};

use super::candidates::{Reading, normalise};
use super::chooser::{Evidenced, ranked, taken, types_taken, variants};
use super::linear::Linear;
use super::trees::{Forest, Growth, Table, grow, logistic};
use super::weights::{RoleWeights, Rule, Weights};

/// Folds by which scores for training later stages are made on documents that the earlier stage has not seen.
const FOLDS: u64 = 3;
/// Of the names that hold no role, one in this many is learned from, with as much weight.
const THINNING: usize = 4;
/// Weight of a name that is a variant of one in the role.
const VARIANT_WEIGHT: f32 = 0.5;
const NAMES: Growth = Growth { trees: 90, depth: 4, rate: 0.08, penalty: 4.0, least: 4.0 };
const TEXTS: Growth = Growth { trees: 60, depth: 3, rate: 0.07, penalty: 3.0, least: 3.0 };

/// What a reader found for one role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodedRole {
    /// Names as the text names them.
    pub entities: Vec<String>,
    /// Ids of actor types.
    pub types: Vec<String>,
}

/// A coded document.
#[derive(Clone, Debug)]
pub struct Example<'e> {
    /// The text.
    pub text: &'e str,
    /// Its passages.
    pub passages: &'e [Passage],
    /// Documents with the same number are versions or near duplicates and never divided between folds.
    pub group: u64,
    /// By role id.
    pub roles: BTreeMap<String, CodedRole>,
}

/// A coded document read once, for any number of trainings.
#[derive(Debug)]
pub(super) struct Lesson<'e> {
    reading: Reading<'e>,
    evidenced: Evidenced,
    pub(super) group: u64,
    /// By role: normalised names.
    names: Vec<BTreeSet<String>>,
    /// By role: types held, by position.
    types: Vec<BTreeSet<usize>>,
}

/// Role and type ids of the first actor dimension.
pub(super) fn labels(codebook: &Codebook) -> Option<(Vec<String>, Vec<String>)> {
    codebook.dimensions.iter().find_map(|dimension| {
        let Kind::Actor { types } = &dimension.kind else { return None };
        let roles = dimension.codes.iter().map(|c| c.id.to_string()).collect();
        Some((roles, types.iter().map(|t| t.id.to_string()).collect()))
    })
}

/// Trains on `examples` for the first actor dimension of `codebook`; the bytes are those that
/// [`ActorModel::with_weights`](super::ActorModel::with_weights) takes. `None` when the codebook has no actor
/// dimension or there are no examples.
pub fn train(codebook: &Codebook, examples: &[Example<'_>]) -> Option<Vec<u8>> {
    let (roles, types) = labels(codebook)?;
    let lessons: Vec<Lesson<'_>> = examples.iter().map(|e| lesson(e, &roles, &types)).collect();
    let all: Vec<&Lesson<'_>> = lessons.iter().collect();
    Some(learn(&roles, &types, &all)?.to_bytes())
}

pub(super) fn lesson<'e>(example: &Example<'e>, roles: &[String], types: &[String]) -> Lesson<'e> {
    let reading = Reading::new(example.text, example.passages);
    let evidenced = Evidenced::new(&reading);
    let coded = |role: &String| example.roles.get(role).cloned().unwrap_or_default();
    let names = roles
        .iter()
        .map(|r| coded(r).entities.iter().map(|e| normalise(e)).filter(|e| !e.is_empty()).collect())
        .collect();
    let types = roles
        .iter()
        .map(|r| coded(r).types.iter().filter_map(|t| types.iter().position(|k| k == t)).collect())
        .collect();
    Lesson { reading, evidenced, group: example.group, names, types }
}

/// Spreads group numbers evenly over folds.
pub(super) fn fold_of(group: u64, folds: u64) -> u64 {
    (group.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % folds
}

/// A candidate of the lessons.
#[derive(Clone, Copy)]
struct Row {
    lesson: usize,
    candidate: usize,
    fold: u64,
}

struct School<'l, 'e> {
    lessons: &'l [&'l Lesson<'e>],
    roles: usize,
    rows: Vec<Row>,
    /// Features with the linear scores appended, by row.
    features: Vec<Vec<f32>>,
}

/// Learns from lessons; `None` when there are none.
pub(super) fn learn(roles: &[String], types: &[String], lessons: &[&Lesson<'_>]) -> Option<Weights> {
    let mut school = School::new(lessons, roles.len())?;
    let linears: Vec<Linear> = (0..roles.len()).map(|role| school.stack_linear(role)).collect();
    let mut scores = vec![vec![0.0; roles.len()]; school.rows.len()];
    let names: Vec<Forest> = (0..roles.len()).map(|role| school.grow_names(role, &mut scores)).collect();
    let mut learned = Vec::new();
    let by_lesson = school.by_lesson(&scores);
    for ((role, linear), names) in linears.into_iter().enumerate().zip(names) {
        let overviews: Vec<Vec<f32>> = school.overviews(&by_lesson, role);
        let present: Vec<f32> = lessons.iter().map(|l| truth(!l.names[role].is_empty())).collect();
        let (presence, presence_scores) = school.grow_texts(&overviews, &present);
        let mut forests = Vec::new();
        let mut type_scores = vec![Vec::new(); lessons.len()];
        for kind in 0..types.len() {
            let held: Vec<f32> = lessons.iter().map(|l| truth(l.types[role].contains(&kind))).collect();
            let (forest, held_scores) = school.grow_texts(&overviews, &held);
            forests.push(forest);
            type_scores.iter_mut().zip(held_scores).for_each(|(all, p)| all.push(p));
        }
        let rule = tune(lessons, role, &by_lesson, &presence_scores, &type_scores);
        learned.push(RoleWeights {
            role: roles[role].clone(),
            linear,
            names,
            presence,
            types: forests,
            rule,
        });
    }
    Some(Weights { types: types.to_vec(), roles: learned })
}

fn truth(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

impl<'l, 'e> School<'l, 'e> {
    fn new(lessons: &'l [&'l Lesson<'e>], roles: usize) -> Option<Self> {
        let mut rows = Vec::new();
        let mut features = Vec::new();
        for (number, lesson) in lessons.iter().enumerate() {
            let fold = fold_of(lesson.group.wrapping_add(77), FOLDS);
            for (candidate, row) in lesson.evidenced.rows.iter().enumerate() {
                rows.push(Row { lesson: number, candidate, fold });
                features.push(row.clone());
            }
        }
        (!rows.is_empty()).then_some(Self { lessons, roles, rows, features })
    }

    fn target(&self, row: Row, role: usize) -> f32 {
        let lesson = self.lessons[row.lesson];
        truth(lesson.names[role].contains(&lesson.reading.candidates[row.candidate].key))
    }

    fn weight(&self, row: Row, role: usize) -> f32 {
        let lesson = self.lessons[row.lesson];
        let key = &lesson.reading.candidates[row.candidate].key;
        let names = &lesson.names[role];
        let variant = !names.contains(key) && names.iter().any(|n| variants(n, key));
        if variant { VARIANT_WEIGHT } else { 1.0 }
    }

    /// The linear scorer of a role; its scores on rows it has not seen are appended to the features.
    fn stack_linear(&mut self, role: usize) -> Linear {
        let train = |keep: &dyn Fn(&Row) -> bool| {
            let rows: Vec<Row> = self.rows.iter().copied().filter(|r| keep(r)).collect();
            let wordings: Vec<_> =
                rows.iter().map(|r| &self.lessons[r.lesson].evidenced.wordings[r.candidate]).collect();
            let targets: Vec<f32> = rows.iter().map(|r| self.target(*r, role)).collect();
            Linear::train(&wordings, &targets, &vec![1.0; rows.len()])
        };
        let by_fold: Vec<Linear> = (0..FOLDS).map(|fold| train(&|r: &Row| r.fold != fold)).collect();
        let whole = train(&|_: &Row| true);
        for (row, features) in self.rows.iter().zip(&mut self.features) {
            let wording = &self.lessons[row.lesson].evidenced.wordings[row.candidate];
            features.push(by_fold[row.fold as usize].score(wording));
        }
        whole
    }

    /// The forest of a role; its scores on rows it has not seen go to `scores`.
    fn grow_names(&self, role: usize, scores: &mut [Vec<f32>]) -> Forest {
        let train = |keep: &dyn Fn(&Row) -> bool| {
            let mut features: Vec<&[f32]> = Vec::new();
            let (mut targets, mut weights) = (Vec::new(), Vec::new());
            for (number, row) in self.rows.iter().enumerate().filter(|(_, r)| keep(r)) {
                let target = self.target(*row, role);
                let thinned = (number.wrapping_mul(2_654_435_761) >> 7).is_multiple_of(THINNING);
                if target < 0.5 && !thinned {
                    continue;
                }
                features.push(&self.features[number]);
                targets.push(target);
                let spread = if target < 0.5 { THINNING as f32 } else { 1.0 };
                weights.push(spread * self.weight(*row, role));
            }
            grow(&Table::new(&features), &targets, &weights, NAMES)
        };
        for fold in 0..FOLDS {
            let forest = train(&|r: &Row| r.fold != fold);
            for (number, row) in self.rows.iter().enumerate().filter(|(_, r)| r.fold == fold) {
                debug_assert!(row.fold == fold);
                scores[number][role] = logistic(forest.score(&self.features[number]));
            }
        }
        train(&|_: &Row| true)
    }

    /// Scores by lesson and candidate.
    fn by_lesson(&self, scores: &[Vec<f32>]) -> Vec<Vec<Vec<f32>>> {
        let mut all: Vec<Vec<Vec<f32>>> = vec![vec![]; self.lessons.len()];
        for (row, scores) in self.rows.iter().zip(scores) {
            debug_assert_eq!(scores.len(), self.roles);
            all[row.lesson].push(scores.clone());
        }
        all
    }

    fn overviews(&self, scores: &[Vec<Vec<f32>>], role: usize) -> Vec<Vec<f32>> {
        self.lessons
            .iter()
            .zip(scores)
            .map(|(l, scores)| l.evidenced.overview.row(&l.reading, &l.evidenced.rows, scores, role))
            .collect()
    }

    /// A forest over texts and its scores on texts it has not seen.
    fn grow_texts(&self, rows: &[Vec<f32>], targets: &[f32]) -> (Forest, Vec<f32>) {
        let folds: Vec<u64> = self.lessons.iter().map(|l| fold_of(l.group.wrapping_add(77), FOLDS)).collect();
        let train = |keep: &dyn Fn(usize) -> bool| {
            let kept: Vec<usize> = (0..rows.len()).filter(|i| keep(*i)).collect();
            let features: Vec<&[f32]> = kept.iter().map(|i| rows[*i].as_slice()).collect();
            let targets: Vec<f32> = kept.iter().map(|i| targets[*i]).collect();
            grow(&Table::new(&features), &targets, &vec![1.0; kept.len()], TEXTS)
        };
        let by_fold: Vec<Forest> = (0..FOLDS).map(|fold| train(&|i: usize| folds[i] != fold)).collect();
        let scores = rows.iter().zip(&folds).map(|(r, f)| logistic(by_fold[*f as usize].score(r))).collect();
        (train(&|_| true), scores)
    }
}

/// The rule that gives the best sum of the F1 of names and half the F1 of types on scores of unseen texts.
fn tune(
    lessons: &[&Lesson<'_>],
    at: usize,
    scores: &[Vec<Vec<f32>>],
    presence: &[f32],
    types: &[Vec<f32>],
) -> Rule {
    let ranks: Vec<Vec<(usize, f32)>> =
        lessons.iter().zip(scores).map(|(l, s)| ranked(&l.reading, s, at)).collect();
    let mut best = (f32::MIN, Rule::default());
    for step in 0..12_u8 {
        let presence_at = 0.15 + 0.05 * f32::from(step);
        let kinds = (0..8_u8).map(|k| Rule {
            presence: presence_at,
            types: 0.2 + 0.05 * f32::from(k),
            ..Rule::default()
        });
        let tried = kinds.map(|rule| (type_f1(lessons, at, &ranks, presence, types, rule), rule));
        let Some((types_f1, kind)) = tried.max_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        for rest in 0..9_u8 {
            for relative in 0..4_u8 {
                let rule =
                    Rule { rest: 0.12 + 0.04 * f32::from(rest), relative: 0.2 * f32::from(relative), ..kind };
                let value = names_f1(lessons, at, &ranks, presence, rule) + 0.5 * types_f1;
                if value > best.0 {
                    best = (value, rule);
                }
            }
        }
    }
    best.1
}

fn f1(hits: usize, given: usize, wanted: usize) -> f32 {
    2.0 * hits as f32 / (given + wanted).max(1) as f32
}

fn names_f1(
    lessons: &[&Lesson<'_>],
    at: usize,
    ranks: &[Vec<(usize, f32)>],
    presence: &[f32],
    rule: Rule,
) -> f32 {
    let (mut hits, mut given, mut wanted) = (0, 0, 0);
    for (number, lesson) in lessons.iter().enumerate() {
        let names = taken(&ranks[number], presence[number], rule);
        let held = &lesson.names[at];
        hits += names.iter().filter(|n| held.contains(&lesson.reading.candidates[**n].key)).count();
        given += names.len();
        wanted += held.len();
    }
    f1(hits, given, wanted)
}

fn type_f1(
    lessons: &[&Lesson<'_>],
    at: usize,
    ranks: &[Vec<(usize, f32)>],
    presence: &[f32],
    types: &[Vec<f32>],
    rule: Rule,
) -> f32 {
    let (mut hits, mut given, mut wanted) = (0, 0, 0);
    for (number, lesson) in lessons.iter().enumerate() {
        let filled = presence[number] >= rule.presence && !ranks[number].is_empty();
        let kinds = if filled { types_taken(&types[number], rule) } else { vec![] };
        hits += kinds.iter().filter(|k| lesson.types[at].contains(k)).count();
        given += kinds.len();
        wanted += lesson.types[at].len();
    }
    f1(hits, given, wanted)
}
