//! Codes that several labellers gave to the same documents: every statistic, with intervals from one set of bootstrap
//! draws of documents that all codes share, so that means over codes have intervals too.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bootstrap::Random;
use super::fast::Scale;
use super::{Metric, Ratings, Table, Weights};

/// Statistics of a pair of labellers that get an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Share of equal labels.
    Percent,
    /// Cohen's kappa.
    Kappa,
    /// Cohen's kappa with linear weights; ordinal scales only.
    KappaLinear,
    /// Cohen's kappa with quadratic weights; ordinal scales only.
    KappaQuadratic,
    /// Krippendorff's alpha: nominal, or ordinal on ordinal scales.
    Alpha,
    /// Gwet's AC1.
    Ac1,
    /// Gwet's AC2 with quadratic weights; ordinal scales only.
    Ac2,
    /// Share of the second labeller's positives that the first shares.
    Precision,
    /// Share of the first labeller's positives that the second found.
    Recall,
    /// Harmonic mean of the two.
    F1,
    /// Mean of second less first, in steps of the scale.
    SignedError,
}

impl Measure {
    /// Every measure, in the order of tables.
    pub const ALL: [Self; 11] = [
        Self::Percent,
        Self::Kappa,
        Self::KappaLinear,
        Self::KappaQuadratic,
        Self::Alpha,
        Self::Ac1,
        Self::Ac2,
        Self::Precision,
        Self::Recall,
        Self::F1,
        Self::SignedError,
    ];

    /// Stable identifier in exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Kappa => "kappa",
            Self::KappaLinear => "kappa_linear",
            Self::KappaQuadratic => "kappa_quadratic",
            Self::Alpha => "alpha",
            Self::Ac1 => "ac1",
            Self::Ac2 => "ac2",
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::SignedError => "signed_error",
        }
    }

    /// The value of the measure on a table; positive is what stands above category 0.
    pub fn of(self, table: &Table, ordinal: bool) -> Option<f64> {
        match self {
            Self::Percent => table.percent(),
            Self::Kappa => table.kappa(Weights::Identity),
            Self::KappaLinear => table.kappa(Weights::Linear).filter(|_| ordinal),
            Self::KappaQuadratic => table.kappa(Weights::Quadratic).filter(|_| ordinal),
            Self::Alpha => table.alpha(if ordinal { Metric::Ordinal } else { Metric::Nominal }),
            Self::Ac1 => table.gwet(Weights::Identity),
            Self::Ac2 => table.gwet(Weights::Quadratic).filter(|_| ordinal),
            Self::Precision => table.hits(1).precision(),
            Self::Recall => table.hits(1).recall(),
            Self::F1 => table.hits(1).f1(),
            Self::SignedError => table.signed_error().filter(|_| ordinal || table.categories() == 2),
        }
    }
}

/// How many measures there are.
pub(super) const MEASURES: usize = Measure::ALL.len();

/// A value with its percentile interval; all `None` where nothing varies: undefined, never 0 or 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The value.
    pub value: Option<f64>,
    /// 2.5th percentile of the draws in which the value is defined.
    pub low: Option<f64>,
    /// 97.5th percentile.
    pub high: Option<f64>,
    /// Draws in which the value is undefined; with more than half of them there is no interval.
    pub undefined_draws: usize,
}

impl Estimate {
    /// `value` with the interval of `draws`, in which NaN stands for undefined.
    pub fn of(value: Option<f64>, draws: impl Iterator<Item = f64>) -> Self {
        let (mut defined, mut all) = (Vec::new(), 0);
        for draw in draws {
            all += 1;
            if !draw.is_nan() {
                defined.push(draw);
            }
        }
        let undefined_draws = all - defined.len();
        if value.is_none() || defined.is_empty() || undefined_draws * 2 > all {
            return Self { value, low: None, high: None, undefined_draws };
        }
        let (low, high) = (quantile(&mut defined, 0.025), quantile(&mut defined, 0.975));
        Self { value, low: Some(low), high: Some(high), undefined_draws }
    }
}

/// Linear interpolation between the two nearest ranks; reorders `values`, which must not be empty.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    let place = share * (values.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let (_, low, rest) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    if part == 0.0 || rest.is_empty() {
        return low;
    }
    let above = rest.iter().copied().fold(f64::INFINITY, f64::min);
    low + part * (above - low)
}

/// How often each document is drawn, draw by draw; the same seed gives the same draws on every machine.
#[derive(Clone, Debug)]
pub struct Draws {
    documents: usize,
    weights: Vec<u16>,
}

impl Draws {
    /// `draws` resamples of `documents` documents with replacement.
    pub fn new(documents: usize, draws: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut weights = vec![0_u16; documents * draws];
        for draw in weights.chunks_exact_mut(documents.max(1)) {
            for _ in 0..documents {
                draw[random.below(documents)] += 1;
            }
        }
        Self { documents, weights }
    }

    fn iter(&self) -> impl Iterator<Item = &[u16]> {
        self.weights.chunks_exact(self.documents.max(1))
    }
}

/// One code: its scale and what each labeller gave each document.
#[derive(Clone, Debug)]
pub struct Item {
    q: usize,
    ordinal: bool,
    /// Distinct combinations of labels; there are far fewer of them than documents.
    patterns: Vec<Vec<Option<u8>>>,
    /// Documents.
    documents: usize,
    /// The combination that most documents have: nothing is coded, as a rule.
    commonest: usize,
    /// Documents with another one, and which; counted draw by draw, so that the rest need not be.
    others: Vec<(u32, u16)>,
}

impl Item {
    /// Categories of the largest scale that is taken; more fall to silence.
    pub const MOST: usize = 16;

    /// From one list per labeller, each with one entry per document: a category below `q`, or `None` for silence.
    pub fn new(q: usize, ordinal: bool, labels: &[Vec<Option<u8>>]) -> Self {
        let q = q.min(Self::MOST);
        let documents = labels.first().map_or(0, Vec::len);
        let mut patterns: Vec<Vec<Option<u8>>> = Vec::new();
        let mut of: Vec<u16> = Vec::with_capacity(documents);
        for document in 0..documents {
            let pattern: Vec<Option<u8>> = labels
                .iter()
                .map(|l| l.get(document).copied().flatten().filter(|c| usize::from(*c) < q))
                .collect();
            let at = patterns.iter().position(|known| *known == pattern).unwrap_or_else(|| {
                patterns.push(pattern);
                patterns.len() - 1
            });
            of.push(at as u16);
        }
        let count = |at: usize| of.iter().filter(|p| usize::from(**p) == at).count();
        let commonest = (0..patterns.len()).max_by_key(|at| count(*at)).unwrap_or(0);
        let numbered = of.iter().enumerate().map(|(document, pattern)| (document as u32, *pattern));
        let others = numbered.filter(|(_, pattern)| usize::from(*pattern) != commonest).collect();
        Self { q, ordinal, patterns, documents, commonest, others }
    }

    /// The table of two labellers over the documents that both labelled.
    pub fn table(&self, a: usize, b: usize) -> Table {
        self.table_of(&self.counts(None), a, b)
    }

    /// Labels of all labellers.
    pub fn ratings(&self) -> Ratings {
        let units: Vec<Vec<Option<usize>>> =
            self.patterns.iter().map(|p| p.iter().map(|c| c.map(usize::from)).collect()).collect();
        Ratings::of(self.q, units.iter().map(Vec::as_slice)).weighted(self.counts(None))
    }

    fn counts(&self, weights: Option<&[u16]>) -> Vec<f64> {
        let mut counts = vec![0_u32; self.patterns.len()];
        for (document, pattern) in &self.others {
            let weight = weights.map_or(1, |weights| u32::from(weights[*document as usize]));
            counts[usize::from(*pattern)] += weight;
        }
        // As many documents are drawn as there are.
        let rest = self.documents as u32 - counts.iter().sum::<u32>();
        if let Some(common) = counts.get_mut(self.commonest) {
            *common = rest;
        }
        counts.into_iter().map(f64::from).collect()
    }

    fn table_of(&self, counts: &[f64], a: usize, b: usize) -> Table {
        let mut table = Table::new(self.q);
        for (pattern, count) in self.patterns.iter().zip(counts) {
            if let (Some(Some(a)), Some(Some(b))) = (pattern.get(a), pattern.get(b)) {
                table.add(usize::from(*a), usize::from(*b), *count);
            }
        }
        table
    }

    fn drawn(&self, pairs: &[(usize, usize)], draws: &Draws) -> Drawn {
        let mut ratings = self.ratings();
        let scale = Scale::new(self.q, self.ordinal);
        let many = self.patterns.first().is_some_and(|p| p.len() > 2);
        let mut drawn = Drawn { pairs: vec![Pair::default(); pairs.len()], together: Vec::new() };
        for weights in draws.iter() {
            let counts = self.counts(Some(weights));
            for ((a, b), pair) in pairs.iter().zip(&mut drawn.pairs) {
                let table = self.table_of(&counts, *a, *b);
                pair.values.push(scale.values(table.cells()));
                pair.cells.extend(table.cells().iter().map(|c| *c as f32));
            }
            if many {
                ratings.reweigh(&counts);
                drawn.together.push(together(&ratings, self.ordinal));
            }
        }
        drawn
    }
}

/// Percent, Fleiss, alpha, AC1 (AC2 with quadratic weights on an ordinal scale).
fn together(ratings: &Ratings, ordinal: bool) -> [f64; 4] {
    let (metric, weights) =
        if ordinal { (Metric::Ordinal, Weights::Quadratic) } else { (Metric::Nominal, Weights::Identity) };
    let all =
        [ratings.percent(), ratings.fleiss(Weights::Identity), ratings.alpha(metric), ratings.gwet(weights)];
    all.map(|value| value.unwrap_or(f64::NAN))
}

#[derive(Clone, Debug, Default)]
struct Pair {
    values: Vec<[f64; MEASURES]>,
    /// The cells of the table, draw after draw.
    cells: Vec<f32>,
}

#[derive(Clone, Debug)]
struct Drawn {
    pairs: Vec<Pair>,
    together: Vec<[f64; 4]>,
}

/// Estimates by measure, in the order of [`Measure::ALL`].
pub type Estimates = Vec<(Measure, Estimate)>;

/// Agreement of all labellers on one code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Together {
    /// Mean share of agreeing pairs.
    pub percent: Estimate,
    /// Fleiss' kappa.
    pub fleiss: Estimate,
    /// Krippendorff's alpha, ordinal on ordinal scales.
    pub alpha: Estimate,
    /// Gwet's AC1, or AC2 with quadratic weights on ordinal scales.
    pub gwet: Estimate,
}

/// What was found of one pair.
#[derive(Clone, Debug)]
pub struct PairFound {
    /// Per code.
    pub codes: Vec<Estimates>,
    /// Mean over the codes for which the measure is defined.
    pub mean: Estimates,
    /// Over the labels of all codes as one table.
    pub pooled: Estimates,
}

/// What was found of one dimension.
#[derive(Clone, Debug)]
pub struct Found {
    /// In the order of the pairs asked for.
    pub pairs: Vec<PairFound>,
    /// Per code, with three or more labellers.
    pub together: Vec<Together>,
}

/// Every statistic of `items`, codes of one dimension on one scale, for `pairs` of labellers. Uses all processors.
pub fn study(items: &[Item], pairs: &[(usize, usize)], draws: &Draws) -> Found {
    let drawn: Vec<Drawn> = items.par_iter().map(|item| item.drawn(pairs, draws)).collect();
    let found = |(at, (a, b)): (usize, &(usize, usize))| {
        let tables: Vec<Table> = items.iter().map(|item| item.table(*a, *b)).collect();
        let of: Vec<&Pair> = drawn.iter().map(|d| &d.pairs[at]).collect();
        pair_found(items, &tables, &of)
    };
    let together = items.iter().zip(&drawn).filter(|(_, d)| !d.together.is_empty()).map(|(item, d)| {
        let point = together(&item.ratings(), item.ordinal);
        let one = |at: usize| {
            let value = Some(point[at]).filter(|v| !v.is_nan());
            Estimate::of(value, d.together.iter().map(|draw| draw[at]))
        };
        Together { percent: one(0), fleiss: one(1), alpha: one(2), gwet: one(3) }
    });
    Found {
        pairs: pairs.iter().enumerate().collect::<Vec<_>>().into_par_iter().map(found).collect(),
        together: together.collect(),
    }
}

fn pair_found(items: &[Item], tables: &[Table], drawn: &[&Pair]) -> PairFound {
    let draws = drawn.first().map_or(0, |pair| pair.values.len());
    let ordinal = items.first().is_some_and(|item| item.ordinal);
    let codes = items.iter().zip(tables).zip(drawn).map(|((item, table), pair)| {
        by_measure(|m, at| Estimate::of(m.of(table, item.ordinal), pair.values.iter().map(|v| v[at])))
    });
    let mean = by_measure(|m, at| {
        let value = defined_mean(tables.iter().map(|t| m.of(t, ordinal).unwrap_or(f64::NAN)));
        let of_draw = |draw: usize| defined_mean(drawn.iter().map(|pair| pair.values[draw][at]));
        Estimate::of(value, (0..draws).map(|draw| of_draw(draw).unwrap_or(f64::NAN)))
    });
    let scale = Scale::new(items.iter().map(|item| item.q).max().unwrap_or(0), ordinal);
    let whole = pooled(tables.iter().map(|t| t.cells().iter().copied()), items);
    let pooled_draws: Vec<[f64; MEASURES]> = (0..draws)
        .map(|draw| {
            let cells = drawn.iter().map(|pair| {
                let size = pair.cells.len() / draws.max(1);
                pair.cells[draw * size..(draw + 1) * size].iter().map(|c| f64::from(*c))
            });
            scale.values(pooled(cells, items).cells())
        })
        .collect();
    let pooled = by_measure(|m, at| Estimate::of(m.of(&whole, ordinal), pooled_draws.iter().map(|v| v[at])));
    PairFound { codes: codes.collect(), mean, pooled }
}

fn by_measure(estimate: impl Fn(Measure, usize) -> Estimate) -> Estimates {
    Measure::ALL.into_iter().enumerate().map(|(at, measure)| (measure, estimate(measure, at))).collect()
}

fn pooled<C: Iterator<Item = f64>>(cells: impl Iterator<Item = C>, items: &[Item]) -> Table {
    let q = items.iter().map(|item| item.q).max().unwrap_or(0);
    let mut whole = Table::new(q);
    for (item, cells) in items.iter().zip(cells) {
        cells.enumerate().for_each(|(at, count)| whole.add(at / item.q, at % item.q, count));
    }
    whole
}

fn defined_mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.filter(|v| !v.is_nan()).fold((0.0, 0), |(s, n), v| (s + v, n + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::interval;
    use super::*;

    fn labels(random: &mut Random, q: usize, documents: usize, error: f64) -> Vec<Vec<Option<u8>>> {
        let truth: Vec<u8> = (0..documents).map(|_| random.below(q) as u8).collect();
        let one = |random: &mut Random| {
            truth
                .iter()
                .map(|t| Some(if random.unit() < error { random.below(q) as u8 } else { *t }))
                .collect()
        };
        (0..3).map(|_| one(random)).collect()
    }

    #[test]
    fn a_study_says_what_the_single_statistics_say() {
        let mut random = Random(3);
        let items: Vec<Item> = (0..4).map(|_| Item::new(3, true, &labels(&mut random, 3, 80, 0.3))).collect();
        let draws = Draws::new(80, 400, 7);
        let found = study(&items, &[(0, 1), (1, 2)], &draws);
        let table = items[2].table(1, 2);
        for (measure, estimate) in &found.pairs[1].codes[2] {
            assert_eq!(estimate.value, measure.of(&table, true), "{measure:?}");
        }
        let kappa = found.pairs[1].codes[2][3].1;
        // The plain bootstrap with the same seed draws the same documents.
        let plain = interval(80, 400, 7, |weights| {
            let weights: Vec<u16> = weights.iter().map(|w| *w as u16).collect();
            items[2].table_of(&items[2].counts(Some(&weights)), 1, 2).kappa(Weights::Quadratic)
        })
        .unwrap();
        assert!(
            (kappa.low.unwrap() - plain.low).abs() < 1e-9 && (kappa.high.unwrap() - plain.high).abs() < 1e-9
        );
        let ratings = items[2].ratings();
        assert_eq!(found.together[2].alpha.value, ratings.alpha(Metric::Ordinal));
        let mean: f64 = items.iter().map(|i| i.table(0, 1).percent().unwrap()).sum::<f64>() / 4.0;
        assert!((found.pairs[0].mean[0].1.value.unwrap() - mean).abs() < 1e-12);
    }

    #[test]
    fn the_fast_way_is_the_same_way() {
        let mut random = Random(8);
        for (q, ordinal) in [(2, false), (3, true), (4, false), (5, true)] {
            for _ in 0..50 {
                let labels = labels(&mut random, q, 12, 0.5);
                let table = Item::new(q, ordinal, &labels[..2]).table(0, 1);
                let fast = Scale::new(q, ordinal).values(table.cells());
                for (measure, value) in Measure::ALL.into_iter().zip(fast) {
                    match measure.of(&table, ordinal) {
                        Some(slow) => assert!((slow - value).abs() < 1e-9, "{measure:?} {slow} {value}"),
                        None => assert!(value.is_nan(), "{measure:?} {value}"),
                    }
                }
            }
        }
    }

    #[test]
    fn two_labeller_alpha_is_the_general_one() {
        let mut random = Random(5);
        let item = Item::new(4, true, &labels(&mut random, 4, 50, 0.4)[..2]);
        for metric in [Metric::Nominal, Metric::Ordinal, Metric::Interval] {
            let (table, general) = (item.table(0, 1).alpha(metric), item.ratings().alpha(metric));
            assert!((table.unwrap() - general.unwrap()).abs() < 1e-12, "{metric:?}");
        }
    }

    #[test]
    fn nothing_varies_so_nothing_is_claimed() {
        let all_negative = vec![vec![Some(0); 30], vec![Some(0); 30]];
        let found = study(&[Item::new(2, false, &all_negative)], &[(0, 1)], &Draws::new(30, 100, 1));
        let by = |m: Measure| found.pairs[0].codes[0].iter().find(|(k, _)| *k == m).unwrap().1;
        assert_eq!(by(Measure::Percent).value, Some(1.0));
        assert_eq!(by(Measure::Kappa), Estimate { undefined_draws: 100, ..Estimate::default() });
        assert_eq!(by(Measure::Precision).value, None);
    }
}
