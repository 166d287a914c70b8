//! Where every request waits for its turn.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

use super::bucket::Bucket;
use super::pace::Pace;
use crate::{AttemptOutcome, Settings};

/// The part of the places that stays when the provider struggles.
const BACK_OFF: f64 = 0.7;

/// The longest wait before the learned limit is looked at again.
const STEP: Duration = Duration::from_millis(100);

/// Holds requests back to the known limits, the learned limit and the number in flight.
#[derive(Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    most: usize,
    start: Instant,
    /// Who waits for the learned limit.
    line: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
    pace: Pace,
    /// Places in use or free; grows by one for each round of successes, shrinks when the provider struggles.
    size: usize,
    /// Places to take away when they come back.
    owed: usize,
    /// Successes since the size last grew.
    streak: usize,
    shrunk_at: Duration,
}

/// The right to send one request now.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    gate: &'a Gate,
    place: Option<OwnedSemaphorePermit>,
    /// Since the gate was made.
    sent: Duration,
    tokens: u64,
}

impl Gate {
    pub(crate) fn new(settings: &Settings) -> Self {
        let most = settings.concurrency.clamp(1, 10_000);
        let now = Duration::ZERO;
        let state = State {
            requests: settings.requests_per_minute.map(|limit| Bucket::per_minute(f64::from(limit), now)),
            tokens: settings.tokens_per_minute.map(|limit| Bucket::per_minute(limit as f64, now)),
            pace: Pace::new(now),
            size: most,
            owed: 0,
            streak: 0,
            shrunk_at: now,
        };
        Self {
            places: Arc::new(Semaphore::new(most)),
            most,
            start: Instant::now(),
            line: tokio::sync::Mutex::new(()),
            state: Mutex::new(state),
        }
    }

    /// Whether requests are limited by their tokens, so that a guess at them is of use.
    pub(crate) fn counts_tokens(&self) -> bool {
        self.state().tokens.is_some()
    }

    /// Waits until a request of about `tokens` may leave.
    pub(crate) async fn turn(&self, tokens: u64) -> Turn<'_> {
        // The semaphore is never closed; without a place the limits below still hold.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let wait = {
            let now = self.now();
            let mut state = self.state();
            let requests = state.requests.as_mut().map_or(Duration::ZERO, |bucket| bucket.reserve(1.0, now));
            let size =
                state.tokens.as_mut().map_or(Duration::ZERO, |bucket| bucket.reserve(tokens as f64, now));
            requests.max(size)
        };
        if !wait.is_zero() {
            sleep(wait).await;
        }
        self.pace().await;
        Turn { gate: self, place, sent: self.now(), tokens }
    }

    /// Waits for the learned limit, first come, first served. Only the first in line looks at the clock, in short steps, as
    /// the limit may move while it waits.
    async fn pace(&self) {
        if !self.state().pace.holds(self.now()) {
            return;
        }
        let _first = self.line.lock().await;
        loop {
            let wait = self.state().pace.turn(self.now());
            if wait.is_zero() {
                return;
            }
            sleep(wait.min(STEP)).await;
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests that may be in flight now.
    #[cfg(test)]
    fn size(&self) -> usize {
        self.state().size
    }
}

impl Turn<'_> {
    /// Tells the gate what became of the request and gives the place back. `used` is the tokens that the provider counted,
    /// `wait` what it asked for.
    pub(crate) fn done(mut self, outcome: AttemptOutcome, used: Option<u64>, wait: Option<Duration>) {
        let now = self.gate.now();
        let mut state = self.gate.state();
        if let (Some(bucket), Some(used)) = (&mut state.tokens, used) {
            bucket.give_back(self.tokens as f64 - used as f64, now);
        }
        match outcome {
            AttemptOutcome::Answered | AttemptOutcome::Refused => {
                state.pace.taken(self.sent, now);
                if state.grow(self.gate.most) {
                    self.gate.places.add_permits(1);
                }
            }
            AttemptOutcome::Throttled => {
                state.pace.refused(self.sent, now, wait.unwrap_or(Duration::from_secs(1)));
            }
            AttemptOutcome::ServerFault
            | AttemptOutcome::TimedOut
            | AttemptOutcome::Cut
            | AttemptOutcome::NoConnection => {
                state.shrink(self.sent, now);
            }
            _ => {}
        }
        if state.owed > 0
            && let Some(place) = self.place.take()
        {
            state.owed -= 1;
            place.forget();
        }
    }
}

impl State {
    /// After as many successes as there are places, one place more; whether to add it.
    const fn grow(&mut self, most: usize) -> bool {
        self.streak += 1;
        if self.size >= most || self.streak < self.size {
            return false;
        }
        self.streak = 0;
        self.size += 1;
        if self.owed > 0 {
            self.owed -= 1;
            return false;
        }
        true
    }

    /// Fewer places, once for all requests that were in flight together, and only when several in a row fail.
    fn shrink(&mut self, sent: Duration, now: Duration) {
        let alone = self.streak >= self.size / 4;
        self.streak = 0;
        if sent < self.shrunk_at || alone {
            return;
        }
        let smaller = ((self.size as f64 * BACK_OFF) as usize).max(1);
        self.owed += self.size - smaller;
        self.size = smaller;
        self.shrunk_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(concurrency: usize) -> Gate {
        Gate::new(&Settings { concurrency, ..Settings::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn places_shrink_in_trouble_and_grow_back() {
        let gate = gate(10);
        for _ in 0..5 {
            let turn = gate.turn(0).await;
            sleep(Duration::from_millis(10)).await;
            turn.done(AttemptOutcome::ServerFault, None, None);
        }
        let small = gate.size();
        assert!(small < 5, "{small}");
        for _ in 0..200 {
            gate.turn(0).await.done(AttemptOutcome::Answered, None, None);
        }
        assert_eq!(gate.size(), 10);
        assert_eq!(gate.places.available_permits(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn one_failure_among_many_answers_changes_nothing() {
        let gate = gate(10);
        for n in 0..300 {
            let outcome = if n % 100 == 99 { AttemptOutcome::ServerFault } else { AttemptOutcome::Answered };
            gate.turn(0).await.done(outcome, None, None);
        }
        assert_eq!(gate.size(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn known_limits_hold() {
        let settings = Settings {
            requests_per_minute: Some(600),
            tokens_per_minute: Some(60_000),
            ..Settings::default()
        };
        let gate = Gate::new(&settings);
        for _ in 0..110 {
            gate.turn(10).await.done(AttemptOutcome::Answered, Some(10), None);
        }
        let seconds = gate.now().as_secs_f64();
        assert!((9.5..10.5).contains(&seconds), "110 requests at 10 a second took {seconds}");
        for _ in 0..12 {
            gate.turn(1_000).await.done(AttemptOutcome::Answered, Some(1_000), None);
        }
        let seconds = gate.now().as_secs_f64() - seconds;
        assert!((10.0..13.0).contains(&seconds), "12,000 tokens at 1,000 a second took {seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_turn_gives_its_place_back() {
        let gate = gate(1);
        drop(gate.turn(0).await);
        gate.turn(0).await.done(AttemptOutcome::Answered, None, None);
    }
}
