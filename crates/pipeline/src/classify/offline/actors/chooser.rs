//! Scores the names of a text for every role and chooses.

use super::candidates::{Candidate, Reading};
use super::features;
use super::overview::Overview;
use super::trees::logistic;
use super::weights::{Rule, Weights};
use super::wording::{self, Wording};

/// What the features of a text are, before any weights.
#[derive(Debug)]
pub(super) struct Evidenced {
    pub(super) rows: Vec<Vec<f32>>,
    pub(super) wordings: Vec<Wording>,
    pub(super) overview: Overview,
}

impl Evidenced {
    pub(super) fn new(reading: &Reading<'_>) -> Self {
        Self {
            rows: features::rows(reading),
            wordings: wording::wordings(reading),
            overview: Overview::new(reading),
        }
    }
}

/// A role's answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    /// Positions of candidates, likeliest first.
    pub(super) names: Vec<usize>,
    /// Positions of types.
    pub(super) types: Vec<usize>,
    /// Probability that the role is filled.
    pub(super) presence: f32,
}

/// Chooses for every role of `weights`.
pub(super) fn choose(weights: &Weights, reading: &Reading<'_>) -> Vec<Choice> {
    let mut evidenced = Evidenced::new(reading);
    for (row, wording) in evidenced.rows.iter_mut().zip(&evidenced.wordings) {
        row.extend(weights.roles.iter().map(|r| r.linear.score(wording)));
    }
    let scores: Vec<Vec<f32>> = evidenced
        .rows
        .iter()
        .map(|row| weights.roles.iter().map(|r| logistic(r.names.score(row))).collect())
        .collect();
    weights
        .roles
        .iter()
        .enumerate()
        .map(|(index, role)| {
            let row = evidenced.overview.row(reading, &evidenced.rows, &scores, index);
            let presence = logistic(role.presence.score(&row));
            let ranked = ranked(reading, &scores, index);
            let names = taken(&ranked, presence, role.rule);
            let types: Vec<f32> = role.types.iter().map(|f| logistic(f.score(&row))).collect();
            let types = if names.is_empty() { vec![] } else { types_taken(&types, role.rule) };
            Choice { names, types, presence }
        })
        .collect()
}

/// Candidates by probability, of each family of variants only the likeliest.
pub(super) fn ranked(reading: &Reading<'_>, scores: &[Vec<f32>], role: usize) -> Vec<(usize, f32)> {
    let mut order: Vec<(usize, f32)> =
        scores.iter().enumerate().map(|(i, s)| (i, s[role])).filter(|(_, p)| *p > 0.03).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    order.truncate(80);
    let mut kept: Vec<(usize, f32)> = Vec::new();
    for (index, p) in order {
        let rival = kept.iter().any(|(other, _)| same_holder(reading, *other, index));
        if !rival {
            kept.push((index, p));
        }
    }
    kept
}

fn same_holder(reading: &Reading<'_>, one: usize, other: usize) -> bool {
    let (a, b): (&Candidate, &Candidate) = (&reading.candidates[one], &reading.candidates[other]);
    a.full == Some(other) || b.full == Some(one) || variants(&a.key, &b.key)
}

/// Whether one name is the beginning or the end of the other.
pub(super) fn variants(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let Some(rest) = long.len().checked_sub(short.len() + 1) else { return one == other };
    (long.starts_with(short) && long.as_bytes()[short.len()] == b' ')
        || (long.ends_with(short) && long.as_bytes()[rest] == b' ')
}

/// The names that the rule takes.
pub(super) fn taken(ranked: &[(usize, f32)], presence: f32, rule: Rule) -> Vec<usize> {
    let Some(&(_, top)) = ranked.first() else { return vec![] };
    if presence < rule.presence {
        return vec![];
    }
    ranked
        .iter()
        .enumerate()
        .filter(|(rank, (_, p))| *rank == 0 || (*p >= rule.rest && *p >= rule.relative * top))
        .map(|(_, (index, _))| *index)
        .collect()
}

/// The types that the rule takes, at least one.
pub(super) fn types_taken(types: &[f32], rule: Rule) -> Vec<usize> {
    let best = (0..types.len()).max_by(|a, b| types[*a].total_cmp(&types[*b]).then(b.cmp(a)));
    (0..types.len()).filter(|i| types[*i] >= rule.types || Some(*i) == best).collect()
}
