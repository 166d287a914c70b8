//! Intervals by drawing documents anew.

use std::collections::BTreeMap;

use super::metrics::Counts;

/// Draws.
pub(crate) const DRAWS: usize = 2_000;

/// Per figure: the 2.5th and the 97.5th percentile over [`DRAWS`] draws of as many documents, with replacement and a
/// fixed seed. Draws in which a figure is not defined are left out of its interval.
pub(crate) fn intervals(documents: &[Counts]) -> BTreeMap<String, (f64, f64)> {
    let mut seed = 0x5eed_1ac0_0a00_0001_u64;
    let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for _ in 0..DRAWS {
        let mut drawn = Counts::default();
        for _ in documents {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            drawn.add(&documents[(seed % documents.len() as u64) as usize]);
        }
        for (name, value) in drawn.figures() {
            values.entry(name).or_default().push(value);
        }
    }
    let interval = |mut list: Vec<f64>| {
        list.sort_by(f64::total_cmp);
        let at = |share: f64| list[((list.len() - 1) as f64 * share).round() as usize];
        (at(0.025), at(0.975))
    };
    values.into_iter().map(|(name, list)| (name, interval(list))).collect()
}
