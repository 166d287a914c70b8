//! A token bucket as a pure function of time.

use std::time::Duration;

/// Lets through at most `burst` plus `rate` for each second. Time is the distance from any fixed moment and must not run
/// backwards; a caller whose clock does is treated as if it stood still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// Units a second.
    rate: f64,
    burst: f64,
    /// Units left; below zero for promises not yet due.
    level: f64,
    at: Duration,
}

impl Bucket {
    /// A full bucket. `rate` is above zero.
    pub(crate) const fn new(rate: f64, burst: f64, now: Duration) -> Self {
        Self { rate, burst, level: burst, at: now }
    }

    /// A bucket for `limit` units a minute that lets a second's worth through at once.
    pub(crate) fn per_minute(limit: f64, now: Duration) -> Self {
        let rate = limit.max(1.0) / 60.0;
        Self::new(rate, rate.max(1.0), now)
    }

    /// Promises `amount` and says how long to wait for it.
    pub(crate) fn reserve(&mut self, amount: f64, now: Duration) -> Duration {
        self.fill(now);
        self.level -= amount;
        if self.level >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.level / self.rate) }
    }

    /// How long until one unit is there; takes nothing.
    pub(crate) fn wait(&mut self, now: Duration) -> Duration {
        self.fill(now);
        // A hair below one counts as one, so that waiting for the named time is enough.
        if self.level >= 1.0 - 1e-6 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64((1.0 - self.level) / self.rate)
        }
    }

    /// Gives back what a promise did not need; a negative amount takes what it needed besides.
    pub(crate) fn give_back(&mut self, amount: f64, now: Duration) {
        self.fill(now);
        self.level = (self.level + amount).min(self.burst);
    }

    /// Lets `rate` units a second through from now on.
    pub(crate) fn set_rate(&mut self, rate: f64, burst: f64, now: Duration) {
        self.fill(now);
        (self.rate, self.burst) = (rate, burst);
        self.level = self.level.min(burst);
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.level = passed.mul_add(self.rate, self.level).min(self.burst);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is asked for and whenever: by any moment no more than burst + rate × time was due.
        #[test]
        fn never_more_than_the_limit(
            rate in 0.1f64..500.0,
            burst in 1.0f64..100.0,
            calls in prop::collection::vec((0u64..2_000, 0.0f64..50.0), 1..200),
        ) {
            let mut bucket = Bucket::new(rate, burst, Duration::ZERO);
            let mut now = Duration::ZERO;
            let mut due = Vec::new();
            for (gap, amount) in calls {
                now += Duration::from_millis(gap);
                due.push((now + bucket.reserve(amount, now), amount));
            }
            due.sort_by_key(|(at, _)| *at);
            let mut sum = 0.0;
            for (at, amount) in due {
                sum += amount;
                prop_assert!(sum <= burst + rate * at.as_secs_f64() + 1e-3 * rate + 1e-6);
            }
        }

        /// A caller that always asks gets the whole rate.
        #[test]
        fn a_steady_caller_gets_the_rate(rate in 0.5f64..200.0) {
            let mut bucket = Bucket::new(rate, 1.0, Duration::ZERO);
            let mut now = Duration::ZERO;
            for _ in 0..101 {
                now += bucket.reserve(1.0, now);
            }
            let measured = 100.0 / now.as_secs_f64();
            prop_assert!((measured / rate - 1.0).abs() < 0.01, "{measured} of {rate}");
        }
    }

    #[test]
    fn a_clock_that_runs_backwards_gives_nothing_away() {
        let mut bucket = Bucket::new(1.0, 1.0, Duration::from_secs(100));
        assert_eq!(bucket.reserve(1.0, Duration::from_secs(100)), Duration::ZERO);
        assert_eq!(bucket.reserve(1.0, Duration::from_secs(5)), Duration::from_secs(1));
        assert_eq!(bucket.reserve(1.0, Duration::from_secs(100)), Duration::from_secs(2));
    }

    #[test]
    fn what_was_not_needed_comes_back() {
        let mut bucket = Bucket::per_minute(600.0, Duration::ZERO);
        assert_eq!(bucket.reserve(10.0, Duration::ZERO), Duration::ZERO);
        bucket.give_back(4.0, Duration::ZERO);
        assert_eq!(bucket.reserve(4.0, Duration::ZERO), Duration::ZERO);
        assert!(bucket.reserve(1.0, Duration::ZERO) > Duration::ZERO);
    }
}
