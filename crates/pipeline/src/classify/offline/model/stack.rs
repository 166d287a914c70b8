//! The second stage: from the numbers of a code in a text to its value and calibrated probability.
//!
//! One ridge regression shared by all codes of a dimension, plus one per code on what the shared one leaves over, give
//! a score (the expected level above the lowest); thresholds cut it into levels; a logistic curve per threshold turns
//! it into the probability of reaching the level. Boosted trees over the same numbers give half of the score; for yes or
//! no, boosted and very random trees give a third each.

use super::super::actors::trees::Forest;
use super::bytes::{Malformed, Reader, Writer};
use super::evidence::WIDTH;
use super::layout::Scale;

/// Numbers of a code in its text, with what the other codes of the dimension say beside it.
pub(crate) const INPUTS: usize = WIDTH + 4;

/// A row of inputs.
pub(crate) type Inputs = [f32; INPUTS];

/// The second stage of one dimension.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    pub(crate) dimension: String,
    pub(crate) means: Vec<f32>,
    pub(crate) scales: Vec<f32>,
    /// Shared weights, the constant last.
    pub(crate) shared: Vec<f32>,
    /// Per code: weights on what the shared ones leave over, the constant last.
    pub(crate) own: Vec<Vec<f32>>,
    /// Boosted trees for reaching level 1, 2, … above the lowest, shared by all codes; none for a choice.
    pub(crate) forests: Vec<Forest>,
    /// Very random trees, shared by all codes, for yes or no only.
    pub(crate) scattered: Option<Forest>,
    /// Per code: log of its share of positives and of top levels in training.
    pub(crate) priors: Vec<f32>,
    /// Scores from which level 1, 2, … above the lowest applies.
    pub(crate) thresholds: Vec<f32>,
    /// Slope and constant of the logistic curve of each threshold.
    pub(crate) curves: Vec<f32>,
}

/// What the model says of one code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// Levels above the lowest; 0 or 1 for a flag or an option.
    pub(crate) step: u8,
    /// Calibrated probability of exactly this value.
    pub(crate) probability: f32,
    /// The score before thresholds.
    pub(crate) score: f32,
}

impl Verdict {
    /// Probability of the lowest value, given that it was the one taken; else what is left.
    pub(crate) fn negative(self) -> f32 {
        if self.step == 0 { self.probability } else { 1.0 - self.probability }
    }
}

/// Puts the numbers of all codes of a dimension side by side.
pub(crate) fn inputs(numbers: &[[f32; WIDTH]], priors: &[f32]) -> Vec<Inputs> {
    let mut best: Vec<f32> = numbers.iter().map(|n| n[0]).collect();
    best.sort_by(|a, b| b.total_cmp(a));
    let at = |i: usize| best.get(i).copied().unwrap_or(-6.0);
    let mean = (at(0) + at(1) + at(2)) / 3.0;
    let rows = numbers.iter().enumerate().map(|(code, n)| {
        let mut row = [0.0; INPUTS];
        row[..WIDTH].copy_from_slice(n);
        row[WIDTH] = n[0] - at(1);
        row[WIDTH + 1] = mean;
        row[WIDTH + 2] = priors.get(code * 2).copied().unwrap_or(0.0);
        row[WIDTH + 3] = priors.get(code * 2 + 1).copied().unwrap_or(0.0);
        row
    });
    rows.collect()
}

impl Stack {
    /// The inputs on a common scale.
    pub(crate) fn scaled(&self, row: &Inputs) -> Inputs {
        let mut out = *row;
        for ((value, mean), scale) in out.iter_mut().zip(&self.means).zip(&self.scales) {
            *value = (*value - mean) / scale;
        }
        out
    }

    /// The expected steps by each kind of trees, where there are any.
    pub(crate) fn grown(&self, row: &Inputs) -> [Option<f32>; 2] {
        let steps = self.forests.iter().map(|forest| sigmoid(forest.score(row)));
        let boosted = (!self.forests.is_empty()).then(|| steps.sum());
        [boosted, self.scattered.as_ref().map(|forest| forest.score(row))]
    }

    /// Scores of all codes.
    pub(crate) fn scores(&self, numbers: &[[f32; WIDTH]]) -> Vec<f32> {
        let rows = inputs(numbers, &self.priors);
        let scored = rows.iter().zip(&self.own).map(|(row, own)| {
            let scaled = self.scaled(row);
            blend(dot(&scaled, &self.shared) + dot(&scaled, own), self.grown(row))
        });
        scored.collect()
    }

    /// Values and probabilities of all codes.
    pub(crate) fn verdicts(&self, numbers: &[[f32; WIDTH]], scale: Scale) -> Vec<Verdict> {
        let scores = self.scores(numbers);
        match scale {
            Scale::Choice => self.choice(&scores),
            Scale::Ordinal(_) | Scale::Flag => scores.iter().map(|&s| self.verdict(s)).collect(),
        }
    }

    /// The value that a score gives.
    pub(crate) fn verdict(&self, score: f32) -> Verdict {
        let step = self.thresholds.iter().filter(|t| score > **t).count();
        let reaching = |level: usize| match level.checked_sub(1) {
            None => 1.0,
            Some(i) => self.reaching(i, score),
        };
        let probability = (reaching(step) - reaching(step + 1)).clamp(0.01, 0.99);
        Verdict { step: step as u8, probability, score }
    }

    /// Probability that threshold `at` is reached; 0 beyond the last.
    fn reaching(&self, at: usize, score: f32) -> f32 {
        let curve = self.curves.get(at * 2).zip(self.curves.get(at * 2 + 1));
        curve.map_or(0.0, |(slope, constant)| sigmoid(slope * score + constant))
    }

    fn choice(&self, scores: &[f32]) -> Vec<Verdict> {
        let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)));
        let chances: Vec<f32> = scores.iter().map(|&s| self.reaching(0, s)).collect();
        let total = chances.iter().sum::<f32>().max(1e-6);
        let verdict = |(i, &score): (usize, &f32)| Verdict {
            step: u8::from(best == Some(i)),
            probability: (chances[i] / total).clamp(0.01, 0.99),
            score,
        };
        scores.iter().enumerate().map(verdict).collect()
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.text(&self.dimension);
        for list in [&self.means, &self.scales, &self.shared, &self.priors, &self.thresholds, &self.curves] {
            to.f32s(list);
        }
        to.u32(self.forests.len() as u32);
        for forest in &self.forests {
            forest.write(&mut to.0);
        }
        to.u32(u32::from(self.scattered.is_some()));
        if let Some(forest) = &self.scattered {
            forest.write(&mut to.0);
        }
        to.u32(self.own.len() as u32);
        for own in &self.own {
            to.f32s(own);
        }
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let dimension = from.text()?;
        let (means, scales, shared) = (from.f32s()?, from.f32s()?, from.f32s()?);
        let (priors, thresholds, curves) = (from.f32s()?, from.f32s()?, from.f32s()?);
        let forests = (0..from.u32()?).map(|_| Forest::read(&mut from.0).ok_or(Malformed));
        let forests = forests.collect::<Result<Vec<_>, _>>()?;
        let scattered =
            if from.u32()? == 0 { None } else { Some(Forest::read(&mut from.0).ok_or(Malformed)?) };
        let count = from.u32()? as usize;
        let own = (0..count).map(|_| from.f32s()).collect::<Result<Vec<_>, _>>()?;
        let fits = means.len() == INPUTS
            && scales.len() == INPUTS
            && shared.len() == INPUTS + 1
            && own.iter().all(|o| o.len() == INPUTS + 1)
            && priors.len() == own.len() * 2
            && curves.len() == thresholds.len() * 2;
        if !fits {
            return Err(Malformed);
        }
        Ok(Self { dimension, means, scales, shared, own, forests, scattered, priors, thresholds, curves })
    }
}

/// The mean of the line and of each kind of trees.
pub(crate) fn blend(line: f32, trees: [Option<f32>; 2]) -> f32 {
    let (sum, count) = trees.iter().flatten().fold((line, 1.0), |(sum, count), t| (sum + t, count + 1.0));
    sum / count
}

/// Weighted sum; the constant stands behind the weights.
fn dot(row: &Inputs, weights: &[f32]) -> f32 {
    let sum: f32 = row.iter().zip(weights).map(|(x, w)| x * w).sum();
    sum + weights.last().copied().unwrap_or(0.0)
}

/// The logistic function.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
