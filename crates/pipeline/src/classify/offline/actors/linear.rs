//! Logistic regression over hashed features, trained by `AdaGrad` (Duchi, Hazan & Singer 2011) in a fixed order.

use super::trees::logistic;
use super::wording::{BUCKETS, Wording};

/// Weights of one role, quantised to bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    pub(super) bias: f32,
    pub(super) scale: f32,
    pub(super) weights: Vec<i8>,
}

const EPOCHS: usize = 5;
const RATE: f32 = 0.12;
const PENALTY: f32 = 2e-5;

impl Linear {
    /// Logit of a wording.
    pub(super) fn score(&self, wording: &Wording) -> f32 {
        let sum: f32 = wording.iter().map(|(b, v)| f32::from(self.weights[usize::from(*b)]) * v).sum();
        self.bias + self.scale * sum
    }

    /// Trains on 0/1 targets; `weights` weigh the rows.
    pub(super) fn train(rows: &[&Wording], targets: &[f32], row_weights: &[f32]) -> Self {
        let mut weights = vec![0.0_f32; BUCKETS];
        let mut squares = vec![1e-2_f32; BUCKETS];
        let (mut bias, mut bias_square) = (-4.0_f32, 1e-2_f32);
        let count = rows.len();
        let step = stride(count);
        for epoch in 0..EPOCHS {
            let mut at = epoch;
            for _ in 0..count {
                at = (at + step) % count;
                let row = rows[at];
                let logit = bias + row.iter().map(|(b, v)| weights[usize::from(*b)] * v).sum::<f32>();
                let slope = row_weights[at] * (logistic(logit) - targets[at]);
                bias_square += slope * slope;
                bias -= RATE * slope / bias_square.sqrt();
                for (b, v) in row {
                    let index = usize::from(*b);
                    let gradient = slope * v + PENALTY * weights[index];
                    squares[index] += gradient * gradient;
                    weights[index] -= RATE * gradient / squares[index].sqrt();
                }
            }
        }
        let largest = weights.iter().fold(1e-6_f32, |m, w| m.max(w.abs()));
        let scale = largest / 127.0;
        Self { bias, scale, weights: weights.iter().map(|w| (w / scale).round() as i8).collect() }
    }
}

/// A step that visits every one of `count` rows once per round.
fn stride(count: usize) -> usize {
    let mut step = (count * 618 / 1000).max(1);
    while gcd(step, count) != 1 {
        step += 1;
    }
    step
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
