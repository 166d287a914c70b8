//! What one reader may ask for, and the access log.
//!
//! Every public query has an upper bound: a time-out for the request (`Config::request_timeout`), a page size, a size of
//! the address, and here a rate per address of the network and a number of pages made at once. Addresses are held in
//! memory for a minute to count with and are written nowhere: the log has method, path without its query, status and
//! duration.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::state::App;

/// Seconds over which requests are counted.
const SPAN: i64 = 60;
/// Addresses held at once; when there are more, the oldest counts are forgotten.
const HELD: usize = 50_000;
/// Pages made at once for each processor: one waits for the store while another is drawn. More would only wait, each
/// with its memory taken.
const AT_ONCE: usize = 2;
/// Comparisons with the corpus made at once. Each reads a few dozen texts; others wait in a line of their own, so that every
/// other page goes on.
const COMPARISONS: usize = 2;

/// Requests of the last minute by address.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<IpAddr, (i64, u32)>>);

impl Rates {
    /// Counts a request, and answers how many seconds to wait when there were more than `most` in this minute.
    pub fn count(&self, from: IpAddr, now: Timestamp, most: u32) -> Result<(), i64> {
        let second = now.as_second();
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= HELD && !held.contains_key(&from) {
            held.retain(|_, (start, _)| second - *start < SPAN);
            if held.len() >= HELD {
                held.clear();
            }
        }
        let (start, count) = held.entry(from).or_insert((second, 0));
        if second - *start >= SPAN {
            (*start, *count) = (second, 0);
        }
        *count += 1;
        if *count > most { Err((SPAN - (second - *start)).max(1)) } else { Ok(()) }
    }
}

/// Turns for pages; a request that changes something needs none, since its body may come slowly.
#[derive(Clone, Debug)]
pub struct Turns {
    pages: Arc<Semaphore>,
    comparisons: Arc<Semaphore>,
}

impl Turns {
    fn line(&self, path: &str) -> &Semaphore {
        if crate::past::page_of(path).starts_with("/compare/with-corpus") {
            &self.comparisons
        } else {
            &self.pages
        }
    }
}

impl Default for Turns {
    /// As many turns as pages may be made at once on this machine.
    fn default() -> Self {
        let line = |turns| Arc::new(Semaphore::new(turns));
        Self { pages: line(pages_at_once()), comparisons: line(COMPARISONS) }
    }
}

fn pages_at_once() -> usize {
    AT_ONCE * std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Lets a page wait for its turn, so that memory does not grow with the readers who ask at once.
pub async fn take_turns(State(turns): State<Turns>, request: Request, next: Next) -> Response {
    if !request.method().is_safe() {
        return next.run(request).await;
    }
    let _turn = turns.line(request.uri().path()).acquire().await;
    next.run(request).await
}

/// Refuses requests above the rate, with the time to wait.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
    let (Some(most), Some(from)) = (app.config().requests_per_minute, from) else {
        return next.run(request).await;
    };
    match app.rates().count(from, app.now(), most) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let words = format!(
                "more than {most} requests a minute; wait {wait} seconds, or take whole tables from /data instead of \
                 pages one by one\n"
            );
            let mut response = (StatusCode::TOO_MANY_REQUESTS, words).into_response();
            if let Ok(value) = HeaderValue::from_str(&wait.to_string()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
    }
}

/// Logs method, path, status and duration; no address of the network, no query, no agent, no cookie.
pub async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = app.now();
    let response = next.run(request).await;
    let milliseconds = app.now().duration_since(start).as_millis() as i64;
    tracing::info!(target: "lacuna::access", %method, path, status = response.status().as_u16(), milliseconds);
    response
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::Body;
    use axum::http::Method;
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn a_reader_waits_out_the_minute_and_others_do_not() {
        let rates = Rates::default();
        let at = |second: i64| Timestamp::from_second(1_767_225_600 + second).unwrap();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..3 {
            assert_eq!(rates.count(one, at(0), 3), Ok(()));
        }
        assert_eq!(rates.count(one, at(10), 3), Err(50));
        assert_eq!(rates.count(other, at(10), 3), Ok(()));
        assert_eq!(rates.count(one, at(60), 3), Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_page_gets_its_turn_and_few_are_made_at_once() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let page = {
            let (now, most) = (now.clone(), most.clone());
            move || async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let turns = Turns::default();
        let site = Router::new()
            .route("/", get(page.clone()).post(page.clone()))
            .route("/compare/with-corpus", get(page))
            .layer(middleware::from_fn_with_state(turns.clone(), take_turns));
        let ask = |method: Method, path: &str| {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            tokio::spawn(site.clone().oneshot(request))
        };
        for asked in (0..50).map(|_| ask(Method::GET, "/")).collect::<Vec<_>>() {
            assert_eq!(asked.await.unwrap().unwrap().status(), StatusCode::OK);
        }
        let most = most.load(Ordering::SeqCst);
        assert!((2..=pages_at_once()).contains(&most), "{most} pages at once");
        let all = turns.pages.acquire_many(u32::try_from(pages_at_once()).unwrap()).await.unwrap();
        for (method, path) in [(Method::POST, "/"), (Method::GET, "/compare/with-corpus")] {
            assert_eq!(ask(method, path).await.unwrap().unwrap().status(), StatusCode::OK, "{path}");
        }
        drop(all);
        let all = turns.comparisons.acquire_many(u32::try_from(COMPARISONS).unwrap()).await.unwrap();
        assert_eq!(ask(Method::GET, "/").await.unwrap().unwrap().status(), StatusCode::OK);
        drop(all);
    }
}
