//! Intervals by the cluster bootstrap: documents are drawn anew with replacement, and all labels of a document go with it,
//! because pooling labels of one document as if they were independent gives intervals that are too narrow.

/// An estimate with a percentile interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// 2.5th percentile of the draws.
    pub low: f64,
    /// 97.5th percentile of the draws.
    pub high: f64,
    /// Standard deviation of the draws.
    pub standard_error: f64,
    /// Draws in which the statistic was undefined; they were drawn again.
    pub degenerate: usize,
}

/// The 95 % percentile interval of `statistic` over `draws` resamples of `documents` documents.
///
/// `statistic` gets one weight per document: how often it was drawn. The same `seed` gives the same interval on every
/// machine. `None` when there are no documents or more than half of the draws are undefined.
pub fn interval(
    documents: usize,
    draws: usize,
    seed: u64,
    mut statistic: impl FnMut(&[u32]) -> Option<f64>,
) -> Option<Interval> {
    if documents == 0 || draws == 0 {
        return None;
    }
    let mut random = Random(seed);
    let (mut values, mut degenerate) = (Vec::with_capacity(draws), 0);
    let mut weights = vec![0_u32; documents];
    while values.len() < draws {
        weights.fill(0);
        for _ in 0..documents {
            weights[random.below(documents)] += 1;
        }
        match statistic(&weights) {
            Some(value) => values.push(value),
            None => degenerate += 1,
        }
        if degenerate > draws {
            return None;
        }
    }
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / draws as f64;
    let variance =
        values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / draws.saturating_sub(1).max(1) as f64;
    let (low, high) = (percentile(&values, 0.025), percentile(&values, 0.975));
    Some(Interval { low, high, standard_error: variance.sqrt(), degenerate })
}

/// Linear interpolation between the two nearest ranks of sorted values.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + part * (sorted[above] - sorted[below])
}

/// `SplitMix64` (Steele, Lea and Flood 2014): small, seedable, the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 random bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must not be 0.
    pub const fn below(&mut self, bound: usize) -> usize {
        ((self.next() as u128 * bound as u128) >> 64) as usize
    }

    /// A number in `0.0..1.0`.
    pub const fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Table, Weights};
    use super::*;

    // A 3-level table with a known asymptotic standard error of the quadratic kappa: 0.0516 (statsmodels).
    #[test]
    fn the_bootstrap_finds_the_known_standard_error() {
        let rows: [[usize; 3]; 3] = [[44, 5, 1], [7, 20, 3], [0, 9, 11]];
        let mut pairs = Vec::new();
        for (a, row) in rows.iter().enumerate() {
            for (b, count) in row.iter().enumerate() {
                pairs.extend(std::iter::repeat_n((a, b), *count));
            }
        }
        let whole = Table::of(3, pairs.iter().copied());
        assert_eq!(format!("{:.6}", whole.kappa(Weights::Quadratic).unwrap()), "0.755245");
        let draw = |weights: &[u32]| {
            let mut table = Table::new(3);
            for ((a, b), weight) in pairs.iter().zip(weights) {
                table.add(*a, *b, f64::from(*weight));
            }
            table.kappa(Weights::Quadratic)
        };
        let found = interval(pairs.len(), 4000, 7, draw).unwrap();
        assert!((found.standard_error - 0.0516).abs() < 0.00516, "{found:?}");
        assert!((found.low - 0.638).abs() < 0.02 && (found.high - 0.846).abs() < 0.02, "{found:?}");
        assert_eq!(interval(pairs.len(), 4000, 7, draw), Some(found));
    }

    #[test]
    fn undefined_draws_are_drawn_again_and_counted() {
        let rare = interval(3, 200, 1, |weights| (weights[0] > 0).then_some(1.0)).unwrap();
        assert!(rare.degenerate > 20, "{rare:?}");
        assert_eq!(interval(3, 200, 1, |_| None), None);
    }
}
