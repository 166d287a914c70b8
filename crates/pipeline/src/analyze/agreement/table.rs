//! Two labellers: the table of how often each pair of categories was given.

use super::ratings::distance;
use super::{Metric, Weights, corrected, gwet_expected};

/// Counts of pairs on a declared scale of `q` categories; rows are the first labeller (the reference where there is
/// one), columns the second. Counts are weights, so they need not be whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    q: usize,
    cells: Vec<f64>,
}

/// Right and wrong positives of the second labeller against the first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hits {
    /// Both say positive.
    pub both: f64,
    /// Only the reference does.
    pub missed: f64,
    /// Only the second labeller does.
    pub extra: f64,
}

impl Hits {
    /// Share of the second labeller's positives that the reference shares.
    pub fn precision(self) -> Option<f64> {
        ratio(self.both, self.both + self.extra)
    }

    /// Share of the reference's positives that the second labeller found.
    pub fn recall(self) -> Option<f64> {
        ratio(self.both, self.both + self.missed)
    }

    /// Harmonic mean of precision and recall; undefined when neither says positive.
    pub fn f1(self) -> Option<f64> {
        ratio(2.0 * self.both, 2.0 * self.both + self.missed + self.extra)
    }
}

impl Table {
    /// An empty table for a declared scale of `q` categories.
    pub fn new(q: usize) -> Self {
        Self { q, cells: vec![0.0; q * q] }
    }

    /// The table of `pairs` of category indices below `q`; others are passed over.
    pub fn of(q: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut table = Self::new(q);
        for (a, b) in pairs {
            table.add(a, b, 1.0);
        }
        table
    }

    /// The table with these rows of counts.
    pub fn from_rows(rows: &[&[u32]]) -> Self {
        let mut table = Self::new(rows.len());
        for (a, row) in rows.iter().enumerate() {
            for (b, count) in row.iter().enumerate() {
                table.add(a, b, f64::from(*count));
            }
        }
        table
    }

    /// Counts one pair `weight` times.
    pub fn add(&mut self, a: usize, b: usize, weight: f64) {
        if a < self.q && b < self.q {
            self.cells[a * self.q + b] += weight;
        }
    }

    /// How often the first gave `a` while the second gave `b`.
    pub fn cell(&self, a: usize, b: usize) -> f64 {
        self.cells.get(a * self.q + b).copied().unwrap_or(0.0)
    }

    /// Number of categories declared.
    pub const fn categories(&self) -> usize {
        self.q
    }

    /// Number of pairs.
    pub fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// Shares of the first labeller by category.
    pub fn rows(&self) -> Vec<f64> {
        self.shares(|a, b| (a, b))
    }

    /// Shares of the second labeller by category.
    pub fn columns(&self) -> Vec<f64> {
        self.shares(|a, b| (b, a))
    }

    /// Share of pairs that are equal.
    pub fn percent(&self) -> Option<f64> {
        ratio((0..self.q).map(|k| self.cell(k, k)).sum(), self.total())
    }

    /// Cohen's kappa; weighted as asked.
    pub fn kappa(&self, weights: Weights) -> Option<f64> {
        let (rows, columns) = (self.rows(), self.columns());
        corrected(self.observed(weights)?, self.expected(weights, |k, l| rows[k] * columns[l]))
    }

    /// Scott's pi, the two-labeller form of Fleiss' kappa.
    pub fn scott(&self) -> Option<f64> {
        let pooled = self.pooled();
        corrected(self.percent()?, pooled.iter().map(|p| p * p).sum())
    }

    /// Gwet's AC1 (identity weights) or AC2.
    pub fn gwet(&self, weights: Weights) -> Option<f64> {
        corrected(self.observed(weights)?, gwet_expected(&self.pooled(), weights))
    }

    /// Krippendorff's alpha of the two labellers, who both labelled every unit of the table.
    pub fn alpha(&self, metric: Metric) -> Option<f64> {
        let margin = |k: usize| (0..self.q).map(|l| self.cell(k, l) + self.cell(l, k)).sum::<f64>();
        let margins: Vec<f64> = (0..self.q).map(margin).collect();
        let total: f64 = margins.iter().sum();
        let (mut observed, mut expected) = (0.0, 0.0);
        for k in 0..self.q {
            for l in (0..self.q).filter(|l| *l != k) {
                let distance = distance(metric, k, l, &margins);
                observed += (self.cell(k, l) + self.cell(l, k)) * distance;
                expected += margins[k] * margins[l] * distance;
            }
        }
        (expected > 0.0).then(|| 1.0 - (total - 1.0) * observed / expected)
    }

    /// The counts, row by row.
    pub fn cells(&self) -> &[f64] {
        &self.cells
    }

    /// Adds the counts of a table of the same scale.
    pub fn merge(&mut self, other: &Self) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Mean of second minus first, in steps of the scale.
    pub fn signed_error(&self) -> Option<f64> {
        ratio(self.sum(|a, b| b as f64 - a as f64), self.total())
    }

    /// Shares of pairs in which the second labeller stands above and below the first.
    pub fn over_and_under(&self) -> Option<(f64, f64)> {
        let total = self.total();
        let over = ratio(self.sum(|a, b| f64::from(u8::from(b > a))), total)?;
        Some((over, ratio(self.sum(|a, b| f64::from(u8::from(b < a))), total)?))
    }

    /// Hits and misses when category `from` and those above it are called positive.
    pub fn hits(&self, from: usize) -> Hits {
        let count = |first: bool, second: bool| {
            self.sum(|a, b| f64::from(u8::from((a >= from) == first && (b >= from) == second)))
        };
        Hits { both: count(true, true), missed: count(true, false), extra: count(false, true) }
    }

    fn sum(&self, value: impl Fn(usize, usize) -> f64) -> f64 {
        self.cells.iter().enumerate().map(|(i, count)| count * value(i / self.q, i % self.q)).sum()
    }

    fn shares(&self, turn: impl Fn(usize, usize) -> (usize, usize)) -> Vec<f64> {
        let total = self.total().max(f64::MIN_POSITIVE);
        let line = |k| (0..self.q).map(|l| turn(k, l)).map(|(a, b)| self.cell(a, b)).sum::<f64>();
        (0..self.q).map(|k| line(k) / total).collect()
    }

    fn pooled(&self) -> Vec<f64> {
        self.rows().iter().zip(self.columns()).map(|(a, b)| f64::midpoint(*a, b)).collect()
    }

    fn observed(&self, weights: Weights) -> Option<f64> {
        ratio(self.sum(|a, b| weights.of(a, b, self.q)), self.total())
    }

    fn expected(&self, weights: Weights, share: impl Fn(usize, usize) -> f64) -> f64 {
        let cells = (0..self.q).flat_map(|k| (0..self.q).map(move |l| (k, l)));
        cells.map(|(k, l)| weights.of(k, l, self.q) * share(k, l)).sum()
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use super::Weights::{Identity, Linear, Quadratic};
    use super::*;

    /// Rounded as the cited sources print them.
    fn shown(value: Option<f64>, places: usize) -> String {
        value.map_or_else(|| "undefined".to_owned(), |v| format!("{v:.places$}"))
    }

    fn line(table: &Table) -> String {
        let values = [
            table.kappa(Identity),
            table.kappa(Linear),
            table.kappa(Quadratic),
            table.gwet(Identity),
            table.gwet(Linear),
            table.gwet(Quadratic),
            table.scott(),
        ];
        values.map(|v| shown(v, 6)).join(" ")
    }

    // Sources: irrCAC vignettes and data sets (A, D), Agresti's pathologists and film critics (P, S), Fleiss, Levin and
    // Paik (F); values as computed there or with scikit-learn, statsmodels and irrCAC.
    #[test]
    fn published_tables_come_out_to_the_last_digit() {
        let cases: [(&[&[u32]], &str); 5] = [
            (
                &[&[13, 0, 0], &[0, 20, 7], &[0, 4, 56]],
                "0.796409 0.842902 0.892157 0.849331 0.900023 0.940237 0.796240",
            ),
            (
                &[&[40, 4, 4, 17], &[6, 25, 2, 13], &[4, 1, 21, 12], &[15, 5, 9, 45]],
                "0.431501 0.406811 0.383186 0.456158 0.377068 0.298573 0.430341",
            ),
            (
                &[&[22, 2, 2, 0], &[5, 7, 14, 0], &[0, 2, 36, 0], &[0, 1, 17, 10]],
                "0.493006 0.648810 0.783822 0.526304 0.718530 0.853174 0.473515",
            ),
            (
                &[&[24, 8, 13], &[8, 13, 11], &[10, 9, 64]],
                "0.388839 0.426874 0.457972 0.472087 0.484935 0.496237 0.388462",
            ),
            (
                &[&[75, 1, 4], &[5, 4, 1], &[0, 0, 10]],
                "0.676471 0.722222 0.755319 0.867570 0.895501 0.913043 0.675277",
            ),
        ];
        for (rows, wanted) in cases {
            assert_eq!(line(&Table::from_rows(rows)), wanted);
        }
    }

    #[test]
    fn textbook_two_by_two_tables_and_the_xeromammograms() {
        let cases = [
            ([20, 5, 10, 15], "0.400000 0.405941 0.393939"),
            ([45, 15, 25, 15], "0.130435 0.266055 0.120879"),
            ([25, 35, 5, 35], "0.259259 0.207921 0.191919"),
        ];
        for (cells, wanted) in cases {
            let table = Table::from_rows(&[&cells[..2], &cells[2..]]);
            let found =
                [table.kappa(Identity), table.gwet(Identity), table.scott()].map(|v| shown(v, 6)).join(" ");
            assert_eq!(found, wanted);
        }
        let x = Table::from_rows(&[&[21, 12, 0, 0], &[4, 17, 1, 0], &[3, 9, 15, 2], &[0, 0, 0, 1]]);
        let kappas = [Identity, Linear, Quadratic].map(|w| shown(x.kappa(w), 6)).join(" ");
        assert_eq!(
            (kappas.as_str(), shown(x.percent(), 5)),
            ("0.472789 0.568399 0.671371", "0.63529".to_owned())
        );
    }

    // Percent agreement as printed beside each table; Krippendorff's alpha of irrCAC's abstractors (the vignette prints
    // .7972585; quadratic weights are the interval metric); the 3-level fixture of the bootstrap (statsmodels).
    #[test]
    fn percents_alphas_and_the_fixture_of_the_bootstrap() {
        let percents: [(&[&[u32]], usize, &str); 8] = [
            (&[&[20, 5], &[10, 15]], 2, "0.70"),
            (&[&[45, 15], &[25, 15]], 2, "0.60"),
            (&[&[25, 35], &[5, 35]], 2, "0.60"),
            (&[&[13, 0, 0], &[0, 20, 7], &[0, 4, 56]], 2, "0.89"),
            (&[&[40, 4, 4, 17], &[6, 25, 2, 13], &[4, 1, 21, 12], &[15, 5, 9, 45]], 5, "0.58744"),
            (&[&[22, 2, 2, 0], &[5, 7, 14, 0], &[0, 2, 36, 0], &[0, 1, 17, 10]], 5, "0.63559"),
            (&[&[24, 8, 13], &[8, 13, 11], &[10, 9, 64]], 5, "0.63125"),
            (&[&[75, 1, 4], &[5, 4, 1], &[0, 0, 10]], 2, "0.89"),
        ];
        for (rows, places, wanted) in percents {
            assert_eq!(shown(Table::from_rows(rows).percent(), places), wanted);
        }
        // The vignette prints seven digits of these.
        let abstractors = Table::from_rows(&[&[13, 0, 0], &[0, 20, 7], &[0, 4, 56]]);
        let printed = [abstractors.kappa(Identity), abstractors.scott(), abstractors.gwet(Identity)];
        assert_eq!(printed.map(|v| shown(v, 7)), ["0.7964094", "0.7962397", "0.8493305"]);
        assert_eq!(shown(abstractors.alpha(Metric::Nominal), 7), "0.7972585");
        assert_eq!(shown(abstractors.alpha(Metric::Interval), 5), "0.89265");
        let fixture = Table::from_rows(&[&[44, 5, 1], &[7, 20, 3], &[0, 9, 11]]);
        let kappas = [Identity, Linear, Quadratic].map(|w| shown(fixture.kappa(w), 6));
        assert_eq!(kappas, ["0.592170", "0.670886", "0.755245"]);
    }

    #[test]
    fn the_prevalence_paradox_shows_in_kappa_and_not_in_ac1() {
        let table = Table::from_rows(&[&[118, 5], &[2, 0]]);
        let found = [table.percent(), table.kappa(Identity), table.gwet(Identity)].map(|v| shown(v, 4));
        assert_eq!(found, ["0.9440", "-0.0234", "0.9408"]);
    }

    #[test]
    fn a_gap_in_the_declared_scale_counts() {
        let values = [(0, 0), (1, 1), (5, 5), (0, 1), (5, 0), (1, 5), (5, 5), (1, 1)];
        let by_rank = Table::of(3, values.map(|(a, b)| (a.min(2), b.min(2))));
        let declared = Table::of(6, values);
        assert_ne!(shown(by_rank.kappa(Quadratic), 4), shown(declared.kappa(Quadratic), 4));
    }

    #[test]
    fn without_variation_kappa_is_undefined() {
        let table = Table::from_rows(&[&[9, 0], &[0, 0]]);
        assert_eq!((table.percent(), table.kappa(Identity)), (Some(1.0), None));
        assert_eq!(Table::new(3).percent(), None);
    }

    #[test]
    fn error_and_hits_say_who_claims_more() {
        let table = Table::from_rows(&[&[50, 5, 5], &[4, 10, 6], &[0, 2, 18]]);
        assert_eq!(shown(table.signed_error(), 2), "0.15");
        assert_eq!(table.over_and_under(), Some((0.16, 0.06)));
        let hits = table.hits(1);
        assert_eq!((hits.both, hits.missed, hits.extra), (36.0, 4.0, 10.0));
        assert_eq!(shown(hits.f1(), 4), "0.8372");
    }
}
