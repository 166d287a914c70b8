//! How a client behaves towards a provider.

use std::time::Duration;

/// Limits and addresses of one client. [`Settings::default`] suits the large providers' lowest paid tier.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base address instead of the provider's own: a gateway, or a test server.
    pub endpoint: Option<String>,
    /// Most requests in flight; the number adapts below it.
    pub concurrency: usize,
    /// Most requests a minute; `None` for as many as the provider takes.
    pub requests_per_minute: Option<u32>,
    /// Most input and output tokens a minute; `None` for as many as the provider takes.
    pub tokens_per_minute: Option<u64>,
    /// Most HTTP requests for one question, at least 1.
    pub attempts: u32,
    /// Longest wait for one HTTP answer to end.
    pub attempt_timeout: Duration,
    /// Longest time for a question with all its attempts, without the wait for a turn before the first one.
    pub deadline: Duration,
    /// Most bytes of an HTTP answer.
    pub answer_bytes: usize,
    /// Seed of the jitter in the waits between attempts.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            endpoint: None,
            concurrency: 64,
            requests_per_minute: None,
            tokens_per_minute: None,
            attempts: 8,
            attempt_timeout: Duration::from_mins(5),
            deadline: Duration::from_mins(20),
            answer_bytes: 8 * 1024 * 1024,
            seed: 0,
        }
    }
}
