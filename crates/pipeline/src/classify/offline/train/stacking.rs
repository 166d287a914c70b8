//! The second stage, taught on what the first stage says of documents it was not trained on.

use rayon::prelude::*;

use super::super::actors::trees::scattered::{Scatter, scatter};
use super::super::actors::trees::{Forest, Growth, Table, grow, logistic};
use super::super::model::evidence::WIDTH;
use super::super::model::layout::{DimensionPlace, Scale};
use super::super::model::stack::{INPUTS, Inputs, Stack, blend, inputs};
use super::ridge::ridge;
use super::thresholds;

/// Penalty of the weights that all codes of a dimension share.
const SHARED: f64 = 30.0;
/// Penalty of a code's own weights.
const OWN: f64 = 200.0;
/// Trees that all codes of a dimension share.
const TREES: Growth = Growth { trees: 100, depth: 3, rate: 0.07, penalty: 2.0, least: 3.0 };
/// Very random trees that all codes of a yes-or-no dimension share.
const SCATTERED: Scatter = Scatter { trees: 100, tried: 10, least: 5, seed: 0x1ac0_5eed };

/// One training document: its numbers per code from models that did not see it, its steps per code, its inner fold.
pub(crate) struct Case<'n> {
    pub(crate) numbers: &'n [[f32; WIDTH]],
    pub(crate) steps: &'n [u8],
    pub(crate) fold: usize,
}

/// Trains the second stage of one dimension.
pub(crate) fn stack(place: &DimensionPlace, cases: &[Case<'_>], folds: usize) -> Stack {
    let mut stack = Stack { dimension: place.id.clone(), priors: priors(place, cases), ..Stack::default() };
    let raw: Vec<Vec<Inputs>> = cases.iter().map(|c| inputs(c.numbers, &stack.priors)).collect();
    (stack.means, stack.scales) = scales(&raw);
    let rows: Vec<Vec<Inputs>> =
        raw.iter().map(|codes| codes.iter().map(|row| stack.scaled(row)).collect()).collect();
    let all: Vec<&[f32]> = rows.iter().flatten().map(<[f32; INPUTS]>::as_slice).collect();
    let wanted: Vec<f32> = cases.iter().flat_map(|c| c.steps.iter().map(|&s| f32::from(s))).collect();
    stack.shared = ridge(&all, &wanted, SHARED);
    let top = if let Scale::Ordinal(levels) = place.scale { usize::from(levels) - 1 } else { 1 };
    let grown =
        if place.scale == Scale::Choice { vec![] } else { forests(&mut stack, &raw, cases, top, folds) };
    let scattered =
        if place.scale == Scale::Flag { scattered(&mut stack, &raw, cases, folds) } else { vec![] };
    let (mut scores, mut steps) = (vec![], vec![]);
    for code in 0..place.codes.len() {
        let column: Vec<&[f32]> = rows.iter().map(|r| r[code].as_slice()).collect();
        let shared: Vec<f32> = column.iter().map(|row| dot(row, &stack.shared)).collect();
        let rest: Vec<f32> = cases.iter().zip(&shared).map(|(c, s)| f32::from(c.steps[code]) - s).collect();
        stack.own.push(ridge(&column, &rest, OWN));
        let lines = held_out(&column, &shared, &rest, cases, folds);
        let trees =
            |i: usize| [&grown, &scattered].map(|kind| kind.get(i).map(|codes: &Vec<f32>| codes[code]));
        scores.extend(lines.iter().enumerate().map(|(i, line)| blend(*line, trees(i))));
        steps.extend(cases.iter().map(|c| c.steps[code]));
    }
    stack.thresholds = thresholds::cut(&scores, &steps, top);
    for level in 1..=top {
        let reached: Vec<bool> = steps.iter().map(|s| usize::from(*s) >= level).collect();
        let (slope, constant) = thresholds::curve(&scores, &reached);
        stack.curves.extend([slope, constant]);
    }
    stack
}

/// Grows the trees of each level and gives the expected steps per document and code by trees that did not see the
/// document's fold.
fn forests(
    stack: &mut Stack,
    rows: &[Vec<Inputs>],
    cases: &[Case<'_>],
    top: usize,
    folds: usize,
) -> Vec<Vec<f32>> {
    let grown = |chosen: &[usize], level: usize| {
        let table: Vec<&[f32]> =
            chosen.iter().flat_map(|&i| rows[i].iter().map(<[f32; INPUTS]>::as_slice)).collect();
        let steps = chosen.iter().flat_map(|&i| cases[i].steps);
        let targets: Vec<f32> = steps.map(|&s| f32::from(u8::from(usize::from(s) >= level))).collect();
        grow(&Table::new(&table), &targets, &vec![1.0; targets.len()], TREES)
    };
    let all: Vec<usize> = (0..cases.len()).collect();
    stack.forests = (1..=top).map(|level| grown(&all, level)).collect();
    let mut expected: Vec<Vec<f32>> = rows.iter().map(|codes| vec![0.0; codes.len()]).collect();
    let held: Vec<(usize, Vec<Forest>)> = (0..folds)
        .into_par_iter()
        .map(|fold| {
            let kept: Vec<usize> = all.iter().copied().filter(|&i| cases[i].fold != fold).collect();
            (fold, (1..=top).map(|level| grown(&kept, level)).collect())
        })
        .collect();
    for (fold, forests) in held {
        for i in (0..cases.len()).filter(|&i| cases[i].fold == fold) {
            for (sum, row) in expected[i].iter_mut().zip(&rows[i]) {
                *sum = forests.iter().map(|forest| logistic(forest.score(row))).sum();
            }
        }
    }
    expected
}

/// Scatters trees and gives the share of positives per document and code by trees that did not see the document's fold.
fn scattered(stack: &mut Stack, rows: &[Vec<Inputs>], cases: &[Case<'_>], folds: usize) -> Vec<Vec<f32>> {
    let grown = |chosen: &[usize]| {
        let table: Vec<&[f32]> =
            chosen.iter().flat_map(|&i| rows[i].iter().map(<[f32; INPUTS]>::as_slice)).collect();
        let steps = chosen.iter().flat_map(|&i| cases[i].steps);
        scatter(&table, &steps.map(|&s| f32::from(s.min(1))).collect::<Vec<_>>(), SCATTERED)
    };
    let all: Vec<usize> = (0..cases.len()).collect();
    let kept = |fold: usize| all.iter().copied().filter(|&i| cases[i].fold != fold).collect::<Vec<_>>();
    // The last "fold" holds no document back: its trees ship.
    let mut held: Vec<Forest> = (0..=folds).into_par_iter().map(|fold| grown(&kept(fold))).collect();
    stack.scattered = held.pop();
    let share = |i: usize, row: &Inputs| held.get(cases[i].fold).map_or(0.0, |forest| forest.score(row));
    rows.iter().enumerate().map(|(i, codes)| codes.iter().map(|row| share(i, row)).collect()).collect()
}

/// Scores of a code by own weights that did not see the document's fold.
fn held_out(column: &[&[f32]], shared: &[f32], rest: &[f32], cases: &[Case<'_>], folds: usize) -> Vec<f32> {
    let mut scores = shared.to_vec();
    for fold in 0..folds {
        let kept: Vec<usize> = (0..cases.len()).filter(|&i| cases[i].fold != fold).collect();
        let rows: Vec<&[f32]> = kept.iter().map(|&i| column[i]).collect();
        let targets: Vec<f32> = kept.iter().map(|&i| rest[i]).collect();
        let own = ridge(&rows, &targets, OWN);
        for i in (0..cases.len()).filter(|&i| cases[i].fold == fold) {
            scores[i] += dot(column[i], &own);
        }
    }
    scores
}

fn dot(row: &[f32], weights: &[f32]) -> f32 {
    row.iter().zip(weights).map(|(x, w)| x * w).sum::<f32>() + weights.last().copied().unwrap_or(0.0)
}

fn priors(place: &DimensionPlace, cases: &[Case<'_>]) -> Vec<f32> {
    let count = (cases.len() as f32).max(1.0);
    let share =
        |code: usize, level: u8| cases.iter().filter(|c| c.steps[code] >= level).count() as f32 / count;
    (0..place.codes.len()).flat_map(|code| [1, 2].map(|level| (share(code, level) + 0.01).ln())).collect()
}

fn scales(rows: &[Vec<Inputs>]) -> (Vec<f32>, Vec<f32>) {
    let count = (rows.iter().map(Vec::len).sum::<usize>() as f64).max(1.0);
    let mut means = vec![];
    let mut scales = vec![];
    for i in 0..INPUTS {
        let values = || rows.iter().flatten().map(|row| f64::from(row[i]));
        let mean = values().sum::<f64>() / count;
        let square = values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
        means.push(mean as f32);
        scales.push((square.sqrt() + 1e-4) as f32);
    }
    (means, scales)
}
