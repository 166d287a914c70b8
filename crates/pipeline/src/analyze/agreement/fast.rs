//! The measures of [`study`](super::study) in one pass over a table, for the many tables of a bootstrap. The same
//! formulas as those of [`Table`](super::Table), which the tests hold it to.

use super::Weights;
use super::study::{MEASURES, Measure};

/// A declared scale with its weights worked out.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    q: usize,
    ordinal: bool,
    linear: Vec<f64>,
    quadratic: Vec<f64>,
    /// Sum of the quadratic weights.
    all: f64,
}

impl Scale {
    pub(super) fn new(q: usize, ordinal: bool) -> Self {
        let weights = |w: Weights| -> Vec<f64> { (0..q * q).map(|at| w.of(at / q, at % q, q)).collect() };
        let quadratic = weights(Weights::Quadratic);
        Self { q, ordinal, linear: weights(Weights::Linear), all: quadratic.iter().sum(), quadratic }
    }

    /// Every measure of the table `cells`, NaN where it is undefined.
    pub(super) fn values(&self, cells: &[f64]) -> [f64; MEASURES] {
        let q = self.q;
        let total: f64 = cells.iter().sum();
        let mut values = [f64::NAN; MEASURES];
        if total <= 0.0 {
            return values;
        }
        let (mut rows, mut columns) = ([0.0; 16], [0.0; 16]);
        let (mut equal, mut linear, mut quadratic, mut signed, mut both) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (at, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let (a, b) = (at / q, at % q);
            rows[a] += count;
            columns[b] += count;
            equal += if a == b { *count } else { 0.0 };
            linear += count * self.linear[at];
            quadratic += count * self.quadratic[at];
            signed += count * (b as f64 - a as f64);
            both += if a > 0 && b > 0 { *count } else { 0.0 };
        }
        let share = |count: f64| count / total;
        let (mut by_chance, mut linear_chance, mut quadratic_chance, mut spread) = (0.0, 0.0, 0.0, 0.0);
        for a in 0..q {
            by_chance += share(rows[a]) * share(columns[a]);
            let pooled = f64::midpoint(share(rows[a]), share(columns[a]));
            spread += pooled * (1.0 - pooled);
            for (b, column) in columns.iter().enumerate().take(q) {
                let together = share(rows[a]) * share(*column);
                linear_chance += self.linear[a * q + b] * together;
                quadratic_chance += self.quadratic[a * q + b] * together;
            }
        }
        let mut put = |measure: Measure, value: f64| values[measure as usize] = value;
        put(Measure::Percent, share(equal));
        put(Measure::Kappa, corrected(share(equal), by_chance));
        put(Measure::Alpha, self.alpha(cells, &rows, &columns));
        let pairs = (q * q.saturating_sub(1)).max(1) as f64;
        put(Measure::Ac1, corrected(share(equal), q as f64 / pairs * spread));
        if self.ordinal {
            put(Measure::KappaLinear, corrected(share(linear), linear_chance));
            put(Measure::KappaQuadratic, corrected(share(quadratic), quadratic_chance));
            put(Measure::Ac2, corrected(share(quadratic), self.all / pairs * spread));
        }
        if self.ordinal || q == 2 {
            put(Measure::SignedError, share(signed));
        }
        let (first, second) = (total - rows[0], total - columns[0]);
        put(Measure::Precision, both / second);
        put(Measure::Recall, both / first);
        put(Measure::F1, 2.0 * both / (first + second));
        values
    }

    fn alpha(&self, cells: &[f64], rows: &[f64; 16], columns: &[f64; 16]) -> f64 {
        let q = self.q;
        let margin = |k: usize| rows[k] + columns[k];
        let (mut observed, mut expected, mut all) = (0.0, 0.0, 0.0);
        for k in 0..q {
            all += margin(k);
            let mut between = margin(k);
            for l in k + 1..q {
                between += margin(l);
                let distance =
                    if self.ordinal { (between - f64::midpoint(margin(k), margin(l))).powi(2) } else { 1.0 };
                observed += (cells[k * q + l] + cells[l * q + k]) * distance;
                expected += margin(k) * margin(l) * distance;
            }
        }
        if expected > 0.0 { 1.0 - (all - 1.0) * observed / expected } else { f64::NAN }
    }
}

fn corrected(observed: f64, expected: f64) -> f64 {
    if 1.0 - expected > 1e-12 { (observed - expected) / (1.0 - expected) } else { f64::NAN }
}
