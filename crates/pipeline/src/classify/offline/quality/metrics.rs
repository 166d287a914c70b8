//! Agreement figures from counts: confusion tables per code, summed over documents.

use std::collections::BTreeMap;

/// Rows: the reader's steps above the lowest level; columns: the engine's.
pub(crate) type Table = [[u32; 3]; 3];

/// Counts of one document or of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Per dimension and code.
    pub(crate) tables: BTreeMap<String, Vec<Table>>,
    /// Per choice dimension: documents with the reader's option, documents.
    pub(crate) choices: BTreeMap<String, [u32; 2]>,
    /// Ratios of sums, by name: twice the hits and the sum of both sides (F1), or hits and cases (shares).
    pub(crate) shares: BTreeMap<String, [u32; 2]>,
}

impl Counts {
    /// Adds the counts of another document.
    pub(crate) fn add(&mut self, other: &Self) {
        for (dimension, tables) in &other.tables {
            let mine =
                self.tables.entry(dimension.clone()).or_insert_with(|| vec![Table::default(); tables.len()]);
            for (to, from) in mine.iter_mut().zip(tables) {
                for (to, from) in to.iter_mut().flatten().zip(from.iter().flatten()) {
                    *to += from;
                }
            }
        }
        for (to, from) in [(&mut self.choices, &other.choices), (&mut self.shares, &other.shares)] {
            for (name, [hits, cases]) in from {
                let mine = to.entry(name.clone()).or_default();
                *mine = [mine[0] + hits, mine[1] + cases];
            }
        }
    }

    /// Agreement per dimension: kappa of all codes together (quadratic weights; 0 where it is not defined), or the share
    /// equal for a choice.
    pub(crate) fn by_dimension(&self) -> BTreeMap<String, f64> {
        let tables =
            self.tables.iter().map(|(name, tables)| (name.clone(), kappa(&pooled(tables)).unwrap_or(0.0)));
        let share = |[hits, cases]: [u32; 2]| f64::from(hits) / f64::from(cases.max(1));
        tables.chain(self.choices.iter().map(|(name, counts)| (name.clone(), share(*counts)))).collect()
    }

    /// The mean over dimensions of [`Counts::by_dimension`].
    pub(crate) fn agreement(&self) -> f64 {
        let each = self.by_dimension();
        each.values().sum::<f64>() / (each.len() as f64).max(1.0)
    }

    /// Every figure, by the name that the benchmark's file gives it; a figure that is not defined is left out.
    pub(crate) fn figures(&self) -> BTreeMap<String, f64> {
        let mut figures = BTreeMap::new();
        let mut put = |name: String, value: Option<f64>| {
            if let Some(value) = value {
                figures.insert(name, value);
            }
        };
        for (dimension, tables) in &self.tables {
            let pooled = pooled(tables);
            put(format!("{dimension}_qwk"), kappa(&pooled));
            put(format!("{dimension}_code_qwk_mean"), mean_kappa(tables));
            put(format!("{dimension}_f1_present"), f1(&pooled, 1));
            put(format!("{dimension}_f1"), f1(&pooled, 1));
            put(format!("{dimension}_f1_good"), f1(&pooled, 2));
            put(format!("{dimension}_bias"), bias(&pooled));
        }
        for (name, [hits, cases]) in &self.choices {
            put(format!("{name}_accuracy"), (*cases > 0).then(|| f64::from(*hits) / f64::from(*cases)));
        }
        for (name, [hits, cases]) in &self.shares {
            put(name.clone(), (*cases > 0).then(|| f64::from(*hits) / f64::from(*cases)));
        }
        figures
    }
}

/// The sum of tables.
pub(crate) fn pooled(tables: &[Table]) -> Table {
    let mut sum = Table::default();
    for table in tables {
        for (to, from) in sum.iter_mut().flatten().zip(table.iter().flatten()) {
            *to += from;
        }
    }
    sum
}

/// Labels a reader gave above the lowest level.
pub(crate) fn positives(table: &Table) -> u32 {
    table[1].iter().chain(&table[2]).sum()
}

/// Kappa with quadratic weights; `None` where neither side varies.
pub(crate) fn kappa(table: &Table) -> Option<f64> {
    let total = f64::from(table.iter().flatten().sum::<u32>());
    let row = |w: usize| f64::from(table[w].iter().sum::<u32>());
    let column = |g: usize| f64::from(table.iter().map(|r| r[g]).sum::<u32>());
    let (mut seen, mut chance) = (0.0, 0.0);
    for (want, counts) in table.iter().enumerate() {
        for (given, count) in counts.iter().enumerate() {
            let square = f64::from(want.abs_diff(given) as u32).powi(2);
            seen += square * f64::from(*count);
            chance += square * row(want) * column(given);
        }
    }
    (chance > 0.0).then(|| 1.0 - seen * total / chance)
}

/// Mean kappa of the codes that readers gave at least 8 times.
fn mean_kappa(tables: &[Table]) -> Option<f64> {
    let kappas: Vec<f64> = tables.iter().filter(|t| positives(t) >= 8).filter_map(kappa).collect();
    (!kappas.is_empty()).then(|| kappas.iter().sum::<f64>() / kappas.len() as f64)
}

/// F1 of "at least `step` above the lowest level".
pub(crate) fn f1(table: &Table, step: usize) -> Option<f64> {
    let (mut hits, mut either) = (0, 0);
    for (want, row) in table.iter().enumerate() {
        for (given, count) in row.iter().enumerate() {
            hits += if want >= step && given >= step { 2 * count } else { 0 };
            either += count * (u32::from(want >= step) + u32::from(given >= step));
        }
    }
    (either > 0).then(|| f64::from(hits) / f64::from(either))
}

/// Mean of engine less reader, in levels.
fn bias(table: &Table) -> Option<f64> {
    let total = table.iter().flatten().sum::<u32>();
    let cells = (0..3).flat_map(|w| (0..3).map(move |g| (w, g)));
    let sum: f64 = cells.map(|(w, g)| (g as f64 - w as f64) * f64::from(table[w][g])).sum();
    (total > 0).then(|| sum / f64::from(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappa_and_f1_have_their_textbook_values() {
        // A 3-level table with a published quadratic kappa of 0.755245.
        let table = [[44, 5, 1], [7, 20, 3], [0, 9, 11]];
        assert!((kappa(&table).unwrap() - 0.755_245).abs() < 1e-6);
        assert!((f1(&table, 1).unwrap() - 2.0 * 43.0 / (50.0 + 49.0)).abs() < 1e-9);
        assert!((bias(&table).unwrap() - (5.0 + 2.0 - 7.0 + 3.0 - 9.0) / 100.0).abs() < 1e-9);
        assert!(kappa(&[[5, 0, 0], [0; 3], [0; 3]]).is_none());
    }
}
