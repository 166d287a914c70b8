//! The one place that reads the real clock.

use jiff::Timestamp;
use lacuna_domain::Clock;

/// The machine's clock.
#[expect(clippy::disallowed_methods, reason = "this is where the present moment comes in")]
pub(crate) const fn system() -> Clock {
    Clock::new(Timestamp::now)
}
