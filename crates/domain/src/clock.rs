//! Time is a parameter: stages take a [`Clock`], tests give a fixed one, only the binary reads the real one.

use jiff::Timestamp;

/// Where the present moment comes from.
#[derive(Clone, Copy, Debug)]
pub struct Clock(fn() -> Timestamp);

impl Clock {
    /// A clock that asks `now` each time.
    pub const fn new(now: fn() -> Timestamp) -> Self {
        Self(now)
    }

    /// A clock that stands at 2026-01-01T00:00:00Z, for tests.
    pub const fn fixed() -> Self {
        Self(|| Timestamp::constant(1_767_225_600, 0))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}
