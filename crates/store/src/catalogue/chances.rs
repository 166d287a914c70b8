//! How sure the engine is that each document speaks to a code: in steps of 1/250, one bitmap for each binary digit, so
//! that the sum over any set of documents is a few intersections and no document is looked at.

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

/// Steps of a probability.
const STEPS: f32 = 250.0;
/// Binary digits of a number of steps.
const DIGITS: usize = 8;

/// The probabilities of one code.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Chances {
    /// Documents for which one is known.
    known: RoaringBitmap,
    /// Documents in whose number of steps the digit is set, lowest first.
    digits: [RoaringBitmap; DIGITS],
}

impl Chances {
    /// Notes the probability of a document.
    pub(super) fn put(&mut self, row: u32, probability: f32) {
        let steps = (probability.clamp(0.0, 1.0) * STEPS).round() as u8;
        self.known.insert(row);
        for (at, digit) in self.digits.iter_mut().enumerate() {
            if steps >> at & 1 == 1 {
                digit.insert(row);
            }
        }
    }

    /// The probability of one document.
    pub(super) fn get(&self, row: u32) -> Option<f32> {
        self.known.contains(row).then(|| {
            let steps = self.digits.iter().enumerate().map(|(at, digit)| u8::from(digit.contains(row)) << at);
            f32::from(steps.sum::<u8>()) / STEPS
        })
    }

    /// The probabilities of a set, by ascending number, where known: what [`highest`](Self::highest) and
    /// [`sum`](Self::sum) are held against.
    #[cfg(test)]
    fn of(&self, documents: &RoaringBitmap) -> Vec<(u32, f32)> {
        let wanted = documents & &self.known;
        let mut steps = vec![0_u8; wanted.max().map_or(0, |last| last as usize + 1)];
        for (at, digit) in self.digits.iter().enumerate() {
            for row in &(digit & &wanted) {
                if let Some(steps) = steps.get_mut(row as usize) {
                    *steps |= 1 << at;
                }
            }
        }
        let chance = |row: u32| Some((row, f32::from(*steps.get(row as usize)?) / STEPS));
        wanted.iter().filter_map(chance).collect()
    }

    /// The highest of a set, highest first, of equals that with the lower number: digit by digit, so that the others are
    /// not looked at.
    pub(super) fn highest(&self, documents: &RoaringBitmap, most: usize) -> Vec<(u32, f32)> {
        let (mut above, mut level) = (RoaringBitmap::new(), documents & &self.known);
        for digit in self.digits.iter().rev() {
            let set = &level & digit;
            if above.len() + set.len() >= most as u64 {
                level = set;
            } else {
                above |= set;
                level -= digit;
            }
        }
        let rest = most.saturating_sub(above.len() as usize);
        let rows = above.iter().chain(level.iter().take(rest));
        let mut found: Vec<(u32, f32)> = rows.filter_map(|row| Some((row, self.get(row)?))).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(most);
        found
    }

    /// The sum over a set, and for how many of it one is known.
    pub(super) fn sum(&self, documents: &RoaringBitmap) -> (f64, u64) {
        let weighed = |(at, digit): (usize, &RoaringBitmap)| digit.intersection_len(documents) << at;
        let steps: u64 = self.digits.iter().enumerate().map(weighed).sum();
        (steps as f64 / f64::from(STEPS), self.known.intersection_len(documents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_over_a_set_is_that_of_its_documents() {
        let mut chances = Chances::default();
        for row in 0..1_000_u32 {
            if row % 7 != 0 {
                chances.put(row, row as f32 / 1_000.0);
            }
        }
        let set: RoaringBitmap = (0..1_000).filter(|row| row % 3 == 0).collect();
        let each = chances.of(&set);
        let (sum, known) = chances.sum(&set);
        assert_eq!(known, each.len() as u64);
        let added: f64 = each.iter().map(|(_, chance)| f64::from(*chance)).sum();
        assert!((sum - added).abs() < 1e-3, "{sum} and {added}");
        let mut sorted = each.clone();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for most in [0, 1, 2, 15, 100, 286, 400] {
            assert_eq!(chances.highest(&set, most), sorted[..most.min(sorted.len())], "{most}");
        }
        assert_eq!(each.first(), Some(&(3, chances.get(3).unwrap())));
        assert!((chances.get(999).unwrap() - 1.0).abs() < 0.01 && chances.get(7).is_none());
    }
}
