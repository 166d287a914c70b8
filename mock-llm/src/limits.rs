//! What the provider lets through.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

/// A bucket that refills steadily and holds a second's worth.
#[derive(Debug)]
pub(crate) struct Limit {
    rate: f64,
    state: Mutex<(f64, Instant)>,
}

impl Limit {
    pub(crate) fn per_minute(limit: f64) -> Self {
        let rate = limit / 60.0;
        Self { rate, state: Mutex::new((rate.max(1.0), Instant::now())) }
    }

    /// Takes `amount`, or says how long until it would be there. More than the bucket holds needs a full one.
    pub(crate) fn take(&self, amount: f64) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (full, now) = (self.rate.max(1.0), Instant::now());
        let level = (now - state.1).as_secs_f64().mul_add(self.rate, state.0).min(full);
        let needed = amount.min(full);
        let enough = level >= needed;
        *state = (if enough { level - amount } else { level }, now);
        if enough { Ok(()) } else { Err(Duration::from_secs_f64((needed - level) / self.rate)) }
    }
}
