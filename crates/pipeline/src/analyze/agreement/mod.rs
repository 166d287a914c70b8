//! How far two or more labellers agree, with every statistic a reviewer asks for.
//!
//! All are pure functions on category indices `0..q` of a *declared* scale (unused categories count). `None` means
//! undefined: nothing varies, so no chance-corrected value exists; it is never shown as 0 or 1. Formulas follow
//! Cohen 1960 and 1968, Fleiss 1971, Krippendorff 2011 ("Computing Krippendorff's alpha-reliability") and Gwet 2014
//! (*Handbook of Inter-Rater Reliability*); worked values of the tests are cited beside them.
//!
//! - [`Table`]: two labellers; percent, kappa, Scott's pi, AC1 and AC2, margins, error.
//! - [`Ratings`]: any number of labellers with gaps; Fleiss, alpha, AC1 and AC2.
//! - [`bootstrap`]: intervals by drawing documents anew, since the labels of one document stand or fall together.
//! - [`study`]: the codes of one dimension with several labellers, all statistics and intervals at once.
//! - [`spans`], [`names`], [`confidence`]: evidence, actors, and whether probabilities mean what they say.
//! - [`mod@measured`]: what is known of one code of one run.
//! - [`gather`] reads the labels of a store's labellers, [`build`] measures them, [`report`] is what is said.

pub mod bootstrap;
pub mod build;
pub mod confidence;
mod fast;
pub mod gather;
pub mod measured;
pub mod names;
mod ratings;
pub mod report;
pub mod spans;
pub mod study;
mod table;

pub use gather::{AgreeError, agree};
pub use measured::{Measured, measured};
pub use ratings::{Metric, Ratings};
pub use report::Agreement;
pub use table::{Hits, Table};

/// How much two categories of a declared scale agree: 1 on the diagonal, down to 0 at the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// 1 for the same category, 0 otherwise.
    Identity,
    /// `1 - |k - l| / (q - 1)`.
    Linear,
    /// `1 - (k - l)² / (q - 1)²`.
    Quadratic,
}

impl Weights {
    /// The weight of categories `k` and `l` on a scale of `q` categories.
    pub fn of(self, k: usize, l: usize, q: usize) -> f64 {
        let reach = q.saturating_sub(1).max(1) as f64;
        let distance = k.abs_diff(l) as f64 / reach;
        match self {
            Self::Identity => f64::from(u8::from(k == l)),
            Self::Linear => 1.0 - distance,
            Self::Quadratic => 1.0 - distance * distance,
        }
    }
}

/// `(observed - expected) / (1 - expected)`, undefined where chance leaves no room.
fn corrected(observed: f64, expected: f64) -> Option<f64> {
    (1.0 - expected > 1e-12).then(|| (observed - expected) / (1.0 - expected))
}

/// Gwet's chance agreement: `T_w / (q (q - 1)) · Σ π_k (1 - π_k)`, with `T_w` the sum of all weights.
fn gwet_expected(shares: &[f64], weights: Weights) -> f64 {
    let q = shares.len();
    let total: f64 = (0..q).flat_map(|k| (0..q).map(move |l| weights.of(k, l, q))).sum();
    let spread: f64 = shares.iter().map(|p| p * (1.0 - p)).sum();
    total / (q * q.saturating_sub(1)).max(1) as f64 * spread
}

#[cfg(test)]
mod tests;
