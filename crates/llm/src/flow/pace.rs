//! Learns a provider's limit from its refusals (429) and keeps just below it.
//!
//! Until the first refusal nothing is held back. Then the rate is what went through in the last seconds, and from there it
//! moves as in congestion control: a refusal of a request that was sent at the new rate lowers it a little, time without
//! one raises it, quickly while it is far below the last rate that was refused, slowly near it.

use std::collections::VecDeque;
use std::time::Duration;

use super::bucket::Bucket;

/// How far back successes count.
const MEMORY: Duration = Duration::from_secs(5);
/// The rate keeps this part when a request sent at it is refused.
const CUT: f64 = 0.95;
/// The same for the first refusal of a learned rate, which doubling carried past the limit.
const FIRST_CUT: f64 = 0.7;
/// The same for a refusal within [`AGAIN`] requests of the last one: the last cut was too small.
const SECOND_CUT: f64 = 0.85;
const AGAIN: f64 = 10.0;
/// Growth a second as long as no learned rate was refused …
const UNKNOWN: f64 = 1.0;
/// … far below the last refused rate …
const FAR: f64 = 0.10;
/// … and near it.
const NEAR: f64 = 0.005;
/// The first rate, one request a second, where nothing was taken yet.
const FIRST: f64 = 1.0;
/// The slowest rate: one request in ten seconds.
const SLOWEST: f64 = 0.1;
/// So many refusals without a success between them mean that the provider's window is shut.
const SHUT: u32 = 4;

#[derive(Debug)]
pub(crate) struct Pace {
    /// Moments of the last successes.
    successes: VecDeque<Duration>,
    started: Duration,
    learned: Option<Learned>,
    /// Nothing leaves before this moment.
    hold: Duration,
}

#[derive(Debug)]
struct Learned {
    rate: f64,
    bucket: Bucket,
    /// The last rate that was refused.
    ceiling: Option<f64>,
    /// When the rate was last cut; refusals of earlier requests say nothing new.
    cut_at: Duration,
    grown_at: Duration,
    refusals: u32,
}

impl Pace {
    pub(crate) const fn new(now: Duration) -> Self {
        Self { successes: VecDeque::new(), started: now, learned: None, hold: Duration::ZERO }
    }

    /// Whether anything is held back.
    pub(crate) fn holds(&self, now: Duration) -> bool {
        self.learned.is_some() || self.hold > now
    }

    /// How long the next request has to wait; when not at all, its turn is taken.
    pub(crate) fn turn(&mut self, now: Duration) -> Duration {
        let held = self.hold.saturating_sub(now);
        let Some(learned) = &mut self.learned else { return held };
        learned.grow(now);
        let wait = learned.bucket.wait(now).max(held);
        if wait.is_zero() {
            learned.bucket.reserve(1.0, now);
        }
        wait
    }

    /// A request sent at `sent` was taken.
    pub(crate) fn taken(&mut self, sent: Duration, now: Duration) {
        self.successes.push_back(now);
        self.forget(now);
        if let Some(learned) = &mut self.learned
            && sent >= learned.cut_at
        {
            learned.refusals = 0;
        }
    }

    /// A request sent at `sent` was refused for coming too soon; `wait` is what the provider asks for.
    pub(crate) fn refused(&mut self, sent: Duration, now: Duration, wait: Duration) {
        self.forget(now);
        let Some(learned) = &mut self.learned else {
            let span = now.saturating_sub(self.started).min(MEMORY).max(Duration::from_millis(200));
            let rate = (self.successes.len() as f64 / span.as_secs_f64()).max(FIRST);
            self.learned = Some(Learned::new(rate, now));
            self.hold = self.hold.max(now + wait.min(Duration::from_secs(2)));
            return;
        };
        if sent < learned.cut_at {
            return;
        }
        learned.refusals += 1;
        let soon = learned.cut_at + Duration::from_secs_f64(AGAIN / learned.rate) > now;
        let cut = match learned.ceiling {
            None => FIRST_CUT,
            Some(_) if soon => SECOND_CUT,
            Some(_) => CUT,
        };
        learned.ceiling = Some(learned.rate);
        learned.set(learned.rate * cut, now);
        learned.cut_at = now;
        if learned.refusals >= SHUT {
            learned.refusals = 0;
            learned.set(learned.rate * 0.7, now);
            self.hold = self.hold.max(now + wait);
        }
    }

    fn forget(&mut self, now: Duration) {
        while self.successes.front().is_some_and(|at| *at + MEMORY < now) {
            self.successes.pop_front();
        }
    }
}

impl Learned {
    fn new(rate: f64, now: Duration) -> Self {
        let mut bucket = Bucket::new(rate, burst(rate), now);
        // Start empty: what was refused just now filled the provider's bucket to the brim.
        bucket.reserve(burst(rate), now);
        Self { rate, bucket, ceiling: None, cut_at: now, grown_at: now, refusals: 0 }
    }

    fn set(&mut self, rate: f64, now: Duration) {
        self.rate = rate.max(SLOWEST);
        self.bucket.set_rate(self.rate, burst(self.rate), now);
        self.grown_at = now;
    }

    fn grow(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.grown_at).as_secs_f64();
        if passed < 0.05 {
            return;
        }
        let growth = match self.ceiling {
            None => UNKNOWN,
            Some(ceiling) if self.rate < ceiling * 0.95 => FAR,
            Some(_) => NEAR,
        };
        self.set(self.rate * growth.mul_add(passed.min(10.0), 1.0), now);
    }
}

/// A twentieth of a second's worth at once, at least one.
fn burst(rate: f64) -> f64 {
    (rate / 20.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a caller does next: ask for a turn, send, or hear back.
    #[derive(Clone, Copy)]
    enum Next {
        Ask,
        Send,
        Hear { sent: Duration, refused: Option<Duration> },
    }

    /// A provider with a bucket of `limit` a second, asked by `offered` callers that wait for their turn and retry.
    /// Gives (taken, refused) of the seconds from 10 to 40.
    fn storm(limit: f64, offered: usize, latency: Duration) -> (f64, f64) {
        let mut provider = Bucket::new(limit, limit, Duration::ZERO);
        let mut pace = Pace::new(Duration::ZERO);
        let mut callers = vec![(Duration::ZERO, Next::Ask); offered];
        let (mut taken, mut refused) = (0.0, 0.0);
        loop {
            let index = (0..offered).min_by_key(|i| callers[*i].0).unwrap();
            let (now, next) = callers[index];
            if now > Duration::from_secs(40) {
                return (taken, refused);
            }
            let counts = now > Duration::from_secs(10);
            callers[index] = match next {
                Next::Ask => match pace.turn(now) {
                    Duration::ZERO => (now, Next::Send),
                    wait => (now + wait.min(Duration::from_millis(100)), Next::Ask),
                },
                Next::Send => {
                    let wait = provider.reserve(1.0, now);
                    if wait.is_zero() {
                        (now + latency, Next::Hear { sent: now, refused: None })
                    } else {
                        provider.give_back(1.0, now);
                        (now + Duration::from_millis(5), Next::Hear { sent: now, refused: Some(wait) })
                    }
                }
                Next::Hear { sent, refused: None } => {
                    pace.taken(sent, now);
                    taken += f64::from(u8::from(counts));
                    (now, Next::Ask)
                }
                Next::Hear { sent, refused: Some(wait) } => {
                    let wait = Duration::from_secs_f64(wait.as_secs_f64().ceil());
                    pace.refused(sent, now, wait);
                    refused += f64::from(u8::from(counts));
                    (now + wait, Next::Ask)
                }
            };
        }
    }

    #[test]
    fn a_storm_settles_below_the_limit() {
        for (limit, offered, latency) in
            [(80.0, 64, 200), (8.0, 64, 2_000), (320.0, 256, 200), (20.0, 64, 500)]
        {
            let (taken, refused) = storm(limit, offered, Duration::from_millis(latency));
            let share = taken / (30.0 * limit);
            assert!(share >= 0.95, "limit {limit}: {share} of the limit used");
            assert!(refused <= 0.05 * taken, "limit {limit}: {refused} refused for {taken} taken");
        }
    }

    #[test]
    fn nothing_is_held_back_before_the_first_refusal() {
        let mut pace = Pace::new(Duration::ZERO);
        assert!((0..1000).all(|_| pace.turn(Duration::ZERO).is_zero()));
    }

    #[test]
    fn a_shut_window_is_waited_for() {
        let mut pace = Pace::new(Duration::ZERO);
        let minute = Duration::from_mins(1);
        for second in 1..=8 {
            let now = Duration::from_secs(second * 10);
            pace.refused(now, now, minute);
        }
        let now = Duration::from_secs(81);
        assert!(pace.turn(now) > Duration::from_secs(20));
    }
}
