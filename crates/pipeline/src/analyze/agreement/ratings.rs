//! Any number of labellers, with gaps.

use super::{Weights, corrected, gwet_expected};

/// How far apart two categories are, squared, for Krippendorff's alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// 0 for the same category, 1 otherwise.
    Nominal,
    /// By how many labels lie between, counted on the observed margins. Not the "ordinal weights" of irrCAC.
    Ordinal,
    /// `(k - l)²` on the category values.
    Interval,
    /// `((k - l) / (k + l))²` on the category values, which start at 1.
    Ratio,
}

/// Labels of units by category on a declared scale of `q` categories: `counts[u][k]` labellers gave unit `u` the
/// category `k`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratings {
    q: usize,
    counts: Vec<Vec<f64>>,
    /// How often each unit counts.
    weights: Vec<f64>,
}

impl Ratings {
    /// From one row per unit, one entry per labeller; `None` where a labeller is silent. Categories from 0 below `q`.
    pub fn of<'u>(q: usize, units: impl IntoIterator<Item = &'u [Option<usize>]>) -> Self {
        let count = |unit: &[Option<usize>]| {
            let mut counts = vec![0.0; q];
            for category in unit.iter().flatten().filter(|c| **c < q) {
                counts[*category] += 1.0;
            }
            counts
        };
        let counts: Vec<Vec<f64>> = units.into_iter().map(count).collect();
        Self { q, weights: vec![1.0; counts.len()], counts }
    }

    /// The same units, each counted as often as `weights` says, in order.
    #[must_use]
    pub fn weighted(mut self, weights: Vec<f64>) -> Self {
        self.weights = weights;
        self.weights.resize(self.counts.len(), 0.0);
        self
    }

    /// Counts the units anew, as often as `weights` says.
    pub fn reweigh(&mut self, weights: &[f64]) {
        self.weights.clear();
        self.weights.extend_from_slice(weights);
        self.weights.resize(self.counts.len(), 0.0);
    }

    /// From counts per unit and category.
    pub fn from_counts(rows: &[&[u32]]) -> Self {
        let q = rows.first().map_or(0, |row| row.len());
        let counts: Vec<Vec<f64>> =
            rows.iter().map(|row| row.iter().map(|n| f64::from(*n)).collect()).collect();
        Self { q, weights: vec![1.0; counts.len()], counts }
    }

    /// Mean over units with two or more labels of the share of agreeing pairs.
    pub fn percent(&self) -> Option<f64> {
        self.observed(Weights::Identity)
    }

    /// Fleiss' kappa; units may have different numbers of labels (irrCAC's form), weighted as asked.
    pub fn fleiss(&self, weights: Weights) -> Option<f64> {
        let shares = self.shares();
        let pairs = (0..self.q).flat_map(|k| (0..self.q).map(move |l| (k, l)));
        let expected = pairs.map(|(k, l)| weights.of(k, l, self.q) * shares[k] * shares[l]).sum();
        corrected(self.observed(weights)?, expected)
    }

    /// Gwet's AC1 (identity weights) or AC2; units with one label count for the shares.
    pub fn gwet(&self, weights: Weights) -> Option<f64> {
        corrected(self.observed(weights)?, gwet_expected(&self.shares(), weights))
    }

    /// Krippendorff's alpha; units with fewer than two labels are left out.
    pub fn alpha(&self, metric: Metric) -> Option<f64> {
        let paired: Vec<(&Vec<f64>, f64)> = self.units().filter(|(unit, _)| labels(unit) >= 2.0).collect();
        let margins: Vec<f64> =
            (0..self.q).map(|k| paired.iter().map(|(unit, w)| w * unit[k]).sum()).collect();
        let total: f64 = margins.iter().sum();
        let (mut observed, mut expected) = (0.0, 0.0);
        for k in 0..self.q {
            for l in 0..self.q {
                let distance = distance(metric, k, l, &margins);
                let together: f64 = paired.iter().map(|(unit, w)| w * coincidences(unit, k, l)).sum();
                observed += together * distance;
                expected += margins[k] * margins[l] * distance;
            }
        }
        (expected > 0.0).then(|| 1.0 - (total - 1.0) * observed / expected)
    }

    fn units(&self) -> impl Iterator<Item = (&Vec<f64>, f64)> {
        self.counts.iter().zip(self.weights.iter().copied())
    }

    fn observed(&self, weights: Weights) -> Option<f64> {
        let (mut sum, mut units) = (0.0, 0.0);
        for (unit, weight) in self.units().filter(|(unit, _)| labels(unit) >= 2.0) {
            let n = labels(unit);
            let agreeing: f64 = (0..self.q)
                .map(|k| {
                    let near: f64 = (0..self.q).map(|l| weights.of(k, l, self.q) * unit[l]).sum();
                    unit[k] * (near - 1.0)
                })
                .sum();
            sum += weight * agreeing / (n * (n - 1.0));
            units += weight;
        }
        (units > 0.0).then(|| sum / units)
    }

    /// Mean share of each category over units with at least one label.
    fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.q];
        let mut units = 0.0;
        for (unit, weight) in self.units().filter(|(unit, _)| labels(unit) >= 1.0) {
            let n = labels(unit);
            shares.iter_mut().zip(unit).for_each(|(share, count)| *share += weight * count / n);
            units += weight;
        }
        for share in &mut shares {
            *share /= f64::max(units, f64::MIN_POSITIVE);
        }
        shares
    }
}

fn labels(unit: &[f64]) -> f64 {
    unit.iter().sum()
}

/// Pairs of categories within one unit, each label weighing alike: `n_k (n_l - [k = l]) / (m - 1)`.
fn coincidences(unit: &[f64], k: usize, l: usize) -> f64 {
    let own = if k == l { 1.0 } else { 0.0 };
    unit[k] * (unit[l] - own) / (labels(unit) - 1.0)
}

pub(super) fn distance(metric: Metric, k: usize, l: usize, margins: &[f64]) -> f64 {
    let (low, high) = (k.min(l), k.max(l));
    match metric {
        Metric::Nominal => f64::from(u8::from(k != l)),
        Metric::Ordinal => {
            let between: f64 = margins[low..=high].iter().sum();
            (between - f64::midpoint(margins[low], margins[high])).powi(2)
        }
        Metric::Interval => ((high - low) as f64).powi(2),
        Metric::Ratio => ((high - low) as f64 / (high + low + 2) as f64).powi(2),
    }
}

#[cfg(test)]
mod tests {
    use super::Metric::{Interval, Nominal, Ordinal, Ratio};
    use super::Weights::{Identity, Linear, Quadratic};
    use super::*;

    /// One line per labeller, categories from 1 (or from 0 with `base` 0), `.` for a gap, turned into units.
    fn ratings(q: usize, base: usize, lines: &[&str]) -> Ratings {
        let rows: Vec<Vec<Option<usize>>> = lines
            .iter()
            .map(|line| line.split_whitespace().map(|w| w.parse::<usize>().ok().map(|n| n - base)).collect())
            .collect();
        let units: Vec<Vec<Option<usize>>> =
            (0..rows[0].len()).map(|u| rows.iter().map(|row| row[u]).collect()).collect();
        Ratings::of(q, units.iter().map(Vec::as_slice))
    }

    fn shown<const N: usize>(values: [Option<f64>; N], places: usize) -> String {
        values.map(|v| v.map_or_else(|| "undefined".to_owned(), |v| format!("{v:.places$}"))).join(" ")
    }

    fn alphas(ratings: &Ratings) -> String {
        shown([Nominal, Ordinal, Interval, Ratio].map(|m| ratings.alpha(m)), 6)
    }

    // Krippendorff's example "C", also raw4raters of irrCAC and the example of R's irr.
    #[test]
    fn four_raters_with_gaps() {
        let k1 = ratings(
            5,
            1,
            &[
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . .",
                ". 3 3 3 2 3 4 2 2 5 1 3",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ],
        );
        assert_eq!(alphas(&k1), "0.743421 0.815388 0.849107 0.797403");
        assert_eq!(
            shown([k1.percent(), k1.gwet(Identity), k1.fleiss(Identity)], 5),
            "0.81818 0.77544 0.76117"
        );
        assert_eq!(shown([k1.gwet(Linear), k1.fleiss(Linear)], 5), "0.85874 0.81794");
        assert_eq!(shown([k1.gwet(Quadratic), k1.fleiss(Quadratic)], 5), "0.91400 0.86494");
    }

    // The example of the krippendorff package's README; Krippendorff's binary handout; his "Ben and Gerry".
    #[test]
    fn published_alphas() {
        let k2 = ratings(
            4,
            1,
            &[
                ". . . . . 3 4 1 2 1 1 3 3 . 3",
                "1 . 2 1 3 3 4 3 . . . . . . .",
                ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
            ],
        );
        assert_eq!(alphas(&k2), "0.691358 0.806721 0.810845 0.808944");
        let k3 = ratings(2, 0, &["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"]);
        assert_eq!(shown([k3.alpha(Nominal)], 6), "0.095238");
        let k4 = ratings(5, 1, &["1 1 2 2 4 3 3 3 5 4 4 1", "2 1 2 2 2 3 3 3 5 4 4 4"]);
        assert_eq!(shown([k4.alpha(Nominal)], 6), "0.691964");
    }

    // irrCAC raw.5observers, transposed, and a small three-level case of our own checked with the krippendorff package.
    #[test]
    fn five_observers_and_a_small_three_level_case() {
        let rows = "1 1 2 . 2|1 1 0 1 .|2 3 3 3 .|. 0 0 . 0|0 0 0 . 0|0 0 0 . 0|1 0 2 . 1|1 . 2 0 .|2 2 2 . 2|2 1 1 1 .|. 1 0 0 .|0 0 0 0 .|1 2 2 2 .|3 3 2 2 3|1 1 1 . 1";
        let units: Vec<Vec<Option<usize>>> =
            rows.split('|').map(|row| row.split(' ').map(|w| w.parse().ok()).collect()).collect();
        let k5 = Ratings::of(4, units.iter().map(Vec::as_slice));
        // The ordinal value is 0.76868516 in exact fractions; some packages print it as 0.768686.
        assert_eq!(shown([Nominal, Ordinal, Interval].map(|m| k5.alpha(m)), 6), "0.480530 0.768685 0.771865");
        let found = shown([k5.percent(), k5.gwet(Identity), k5.gwet(Quadratic), k5.fleiss(Identity)], 5);
        assert_eq!(found, "0.61556 0.49662 0.83043 0.45762");
        let k6 = ratings(3, 1, &["1 1 2 3 3 1 2 2", "1 2 2 3 2 1 2 3", "1 1 2 3 3 1 . 2"]);
        assert_eq!(shown([Nominal, Ordinal, Interval].map(|m| k6.alpha(m)), 6), "0.620690 0.801997 0.792453");
        let found = shown([k6.gwet(Identity), k6.gwet(Linear), k6.fleiss(Identity), k6.fleiss(Quadratic)], 5);
        assert_eq!(found, "0.62887 0.72589 0.61702 0.78313");
        assert_eq!(shown([k6.gwet(Quadratic)], 2), "0.82");
    }

    // Wikipedia's Fleiss example; Fleiss 1971, thirty patients by six raters, as in R's irr::diagnoses.
    #[test]
    fn fleiss_by_counts() {
        let f1 = counts(
            "0 0 0 0 14|0 2 6 4 2|0 0 3 5 6|0 3 9 2 0|2 2 8 1 1|7 7 0 0 0|3 2 6 3 0|2 5 3 2 2|6 5 2 1 0|0 2 2 3 7",
        );
        assert_eq!(
            shown([f1.percent(), f1.fleiss(Identity), f1.gwet(Identity)], 6),
            "0.378022 0.209931 0.225614"
        );
        // P and kappa give Pe, which Wikipedia prints as .213: (P - kappa) / (1 - kappa).
        let (p, kappa) = (f1.percent().unwrap(), f1.fleiss(Identity).unwrap());
        assert_eq!(format!("{:.6}", (p - kappa) / (1.0 - kappa)), "0.212755");
        let diagnoses = "0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6|1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1|0 0 5 0 1|3 0 0 1 2|5 1 0 0 0|0 2 0 4 0|1 0 2 0 3|0 0 0 0 6|0 1 0 5 0|0 2 0 1 3|2 0 0 4 0|1 0 0 4 1|0 5 0 1 0|4 0 0 0 2|0 2 0 4 0|1 0 5 0 0|0 0 0 0 6";
        let f2 = counts(diagnoses);
        assert_eq!(
            shown([f2.percent(), f2.fleiss(Identity), f2.gwet(Identity)], 6),
            "0.555556 0.430245 0.447885"
        );
        let half: Vec<&str> = diagnoses.split('|').take(15).collect();
        let f3 = counts(&half.join("|"));
        assert_eq!(shown([f3.fleiss(Identity), f3.gwet(Identity)], 6), "0.413926 0.444801");
    }

    fn counts(rows: &str) -> Ratings {
        let rows: Vec<Vec<u32>> =
            rows.split('|').map(|row| row.split(' ').map(|n| n.parse().unwrap()).collect()).collect();
        Ratings::from_counts(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn without_variation_alpha_is_undefined() {
        let same = ratings(3, 1, &["1 1 1", "1 1 1"]);
        assert_eq!((same.alpha(Ordinal), same.fleiss(Identity), same.percent()), (None, None, Some(1.0)));
    }
}
