//! Whether the probabilities of an engine mean what they say, measured against another labeller.

use serde::{Deserialize, Serialize};

/// Bins of equal mass in the calibration table.
const BINS: usize = 10;

/// Quality of the probabilities of one dimension.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceQuality {
    /// Labels with a probability.
    pub labels: usize,
    /// Mean squared distance between the probability of the label given and its being shared (1) or not (0).
    pub brier: Option<f64>,
    /// Expected calibration error over ten bins of equal mass.
    pub ece: Option<f64>,
    /// The bins: labels, mean probability, share that the other labeller gives too.
    pub bins: Vec<Bin>,
    /// Share of labels not shared among the surest part of them.
    pub risk_coverage: Vec<RiskAt>,
}

/// One bin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Labels in it.
    pub labels: usize,
    /// Their mean probability.
    pub probability: f64,
    /// The share of them that the other labeller gives too.
    pub shared: f64,
}

/// A point of the risk-coverage curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskAt {
    /// The surest so many per cent of the labels.
    pub percent: u8,
    /// The share of them that the other labeller does not give.
    pub risk: f64,
}

/// From the probability of each label and whether the other labeller gives it too.
pub fn quality(mut labels: Vec<(f32, bool)>) -> ConfidenceQuality {
    if labels.is_empty() {
        return ConfidenceQuality::default();
    }
    labels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n = labels.len();
    let truth = |shared: bool| f64::from(u8::from(shared));
    let brier = labels.iter().map(|(p, s)| (f64::from(*p) - truth(*s)).powi(2)).sum::<f64>() / n as f64;
    let bin = |at: usize| {
        let part = &labels[at * n / BINS..(at + 1) * n / BINS];
        let count = part.len() as f64;
        (!part.is_empty()).then(|| Bin {
            labels: part.len(),
            probability: part.iter().map(|(p, _)| f64::from(*p)).sum::<f64>() / count,
            shared: part.iter().map(|(_, s)| truth(*s)).sum::<f64>() / count,
        })
    };
    let bins: Vec<Bin> = (0..BINS).rev().filter_map(bin).collect();
    let ece = bins.iter().map(|b| b.labels as f64 * (b.probability - b.shared).abs()).sum::<f64>() / n as f64;
    let risk = |percent: u8| {
        let part = &labels[..(n * usize::from(percent)).div_ceil(100).max(1)];
        let missed = part.iter().filter(|(_, shared)| !shared).count();
        RiskAt { percent, risk: missed as f64 / part.len() as f64 }
    };
    let risk_coverage = [50, 80, 90, 95, 100].into_iter().map(risk).collect();
    ConfidenceQuality { labels: n, brier: Some(brier), ece: Some(ece), bins, risk_coverage }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_and_right_is_better_than_sure_and_wrong() {
        let right = quality((0..100).map(|i| (0.9, i % 10 != 0)).collect());
        assert!((right.brier.unwrap() - (0.9 * 0.01 + 0.1 * 0.81)).abs() < 1e-6);
        assert!(right.ece.unwrap() < 0.35);
        let wrong = quality((0..100).map(|i| (0.9, i % 2 == 0)).collect());
        assert!(wrong.brier > right.brier && wrong.ece > right.ece);
        let ranked = quality((0..100_u8).map(|i| (f32::from(i) / 100.0, i >= 50)).collect());
        assert_eq!(ranked.risk_coverage[0], RiskAt { percent: 50, risk: 0.0 });
        assert_eq!(ranked.risk_coverage[4], RiskAt { percent: 100, risk: 0.5 });
        assert_eq!(quality(vec![]).brier, None);
    }
}
