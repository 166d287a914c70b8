//! One HTTP exchange: sent whole, read within limits of time and size.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

use crate::Settings;

/// A finished answer of whatever status.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why there is no finished answer.
#[derive(Debug)]
pub(crate) enum Lost {
    /// No connection was made.
    NoConnection(String),
    /// It broke before the end.
    Cut(String),
    TimedOut,
    TooLarge {
        status: u16,
    },
}

/// An HTTP client that follows no redirection, so that a key is sent to its provider only.
pub(crate) fn http(settings: &Settings) -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(10).min(settings.attempt_timeout))
        .pool_max_idle_per_host(settings.concurrency.max(1))
        .pool_idle_timeout(Duration::from_mins(1))
        .tcp_nodelay(true)
        .user_agent(concat!("lacuna/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Sends a request and reads its answer, at most `limit` bytes and for at most `time`.
pub(crate) async fn send(request: RequestBuilder, limit: usize, time: Duration) -> Result<Received, Lost> {
    tokio::time::timeout(time, exchange(request, limit)).await.unwrap_or(Err(Lost::TimedOut))
}

async fn exchange(request: RequestBuilder, limit: usize) -> Result<Received, Lost> {
    let mut response = request.send().await.map_err(lost)?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::with_capacity(8 * 1024);
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > limit {
            return Err(Lost::TooLarge { status });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Received { status, headers, body })
}

fn lost(error: reqwest::Error) -> Lost {
    if error.is_timeout() && !error.is_connect() {
        return Lost::TimedOut;
    }
    let is_connect = error.is_connect();
    // The address is said elsewhere, and may hold more than it should.
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    if is_connect { Lost::NoConnection(words) } else { Lost::Cut(words) }
}
