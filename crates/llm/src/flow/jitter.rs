//! Waits between attempts, spread by seeded chance.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The first wait.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait of our own making.
const LONGEST: Duration = Duration::from_secs(30);

/// A stream of chance that anyone can repeat from its seed (`SplitMix64`).
#[derive(Debug)]
pub(crate) struct Jitter(AtomicU64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A number from 0 up to 1.
    pub(crate) fn unit(&self) -> f64 {
        let state =
            self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The wait after the `failed`th attempt: between half and all of a time that doubles; never less than `asked`, what
    /// the provider asked for, and then up to a tenth more.
    pub(crate) fn wait(&self, failed: u32, asked: Option<Duration>) -> Duration {
        let doubled = FIRST.saturating_mul(1 << failed.saturating_sub(1).min(10)).min(LONGEST);
        let chance = self.unit();
        let own = doubled.mul_f64(chance.mul_add(0.5, 0.5));
        asked.map_or(own, |asked| asked.mul_f64(chance.mul_add(0.1, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_repeat() {
        let (a, b) = (Jitter::new(7), Jitter::new(7));
        for failed in 1..20 {
            let wait = a.wait(failed, None);
            assert_eq!(wait, b.wait(failed, None));
            let doubled = FIRST.saturating_mul(1 << (failed - 1).min(10)).min(LONGEST);
            assert!(wait >= doubled / 2 && wait <= doubled);
        }
        let asked = Duration::from_secs(9);
        assert!((asked..=asked * 11 / 10).contains(&a.wait(1, Some(asked))));
    }
}
