//! What one reader may ask for, and the access log.
//!
//! Every public query has an upper bound: a time-out for the request (`Config::request_timeout`), a page size, a size of
//! the address, and here a rate per address of the network and a number of pages made at once. Addresses are held in
//! memory for a minute or two to count with and are written nowhere: the log has method, path without its query, status
//! and duration.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::WebError;
use crate::params::Params;
use crate::proxies;
use crate::state::App;

/// Requests that one address may make in a minute where nothing else is set: twenty a second, which no reader comes to and
/// whoever copies the site page by page does.
pub const REQUESTS_PER_MINUTE: u32 = 1_200;
/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// Addresses held at once; when there are more, those that asked for least are forgotten.
const HELD: usize = 50_000;
/// The bits of an IPv6 address that name a network: one customer has all the addresses of it.
const NETWORK: u128 = !0 << 64;
/// Pages made at once for each processor: one waits for the store while another is drawn. More would only wait, each
/// with its memory taken.
const AT_ONCE: usize = 2;
/// Comparisons with the corpus and of versions made at once. Each reads a few dozen texts, or two that may be very long;
/// others wait in a line of their own, so that every other page goes on.
const COMPARISONS: usize = 2;

/// What each address has used up of its rate (the generic cell rate algorithm): a quarter of a minute's requests may come
/// at once, and one more whenever its share of the minute has passed.
#[derive(Debug, Default)]
pub struct Rates {
    held: Mutex<Held>,
    /// Whether it was said that a proxy hides its readers.
    warned: AtomicBool,
}

#[derive(Debug, Default)]
struct Held {
    /// When an address will have its whole rate again, in microseconds since 1970.
    whole_at: HashMap<IpAddr, i64>,
    /// When those that have it were forgotten last, in microseconds since 1970.
    swept_at: i64,
}

impl Held {
    /// Forgets once a minute whoever has the whole rate again. However many addresses ask in between, memory is bounded: the
    /// half that asked for least is forgotten then, so that those that ask for most stay known.
    fn sweep(&mut self, now: i64) {
        if (now - self.swept_at).abs() >= MINUTE {
            self.whole_at.retain(|_, whole_at| *whole_at > now);
            self.swept_at = now;
        }
        if self.whole_at.len() >= HELD {
            let mut all: Vec<i64> = self.whole_at.values().copied().collect();
            let (_, median, _) = all.select_nth_unstable(HELD / 2);
            self.whole_at.retain(|_, whole_at| *whole_at > *median);
        }
    }
}

impl Rates {
    /// Counts a request of `from` where `most` are allowed in a minute, or answers how many seconds to wait. What is refused
    /// uses up nothing.
    pub fn count(&self, from: IpAddr, now: Timestamp, most: NonZeroU32) -> Result<(), i64> {
        let now = now.as_microsecond();
        let each = MINUTE / i64::from(most.get());
        let all = each * i64::from(burst(most));
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.sweep(now);
        let whole_at = held.whole_at.entry(counted_as(from)).or_insert(now);
        // Nobody waits longer because the clock was set back.
        let next = (*whole_at).clamp(now, now + all) + each;
        let wait = next - now - all;
        if wait > 0 {
            return Err((wait + SECOND - 1) / SECOND);
        }
        *whole_at = next;
        Ok(())
    }

    /// Says once that requests come through a proxy that does not let its readers be told apart. Its address is not said: it
    /// may be a reader’s.
    fn warn(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "requests come through a proxy, and all its readers share one limit; name the proxy with \
                 --trusted-proxy, and let it send X-Forwarded-For"
            );
        }
    }
}

/// Requests of a minute that may come at once.
fn burst(most: NonZeroU32) -> u32 {
    (most.get() / 4).max(1)
}

/// The address under which an address is counted.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & NETWORK)),
    }
}

/// Turns for pages; a request that changes something needs none, since its body may come slowly.
#[derive(Clone, Debug)]
pub struct Turns {
    pages: Arc<Semaphore>,
    comparisons: Arc<Semaphore>,
}

impl Turns {
    fn line(&self, uri: &Uri) -> Arc<Semaphore> {
        let page = crate::past::page_of(uri.path());
        let of_versions = || Params::parse(uri.query()).is_ok_and(|params| params.has("v"));
        let compares =
            page.starts_with("/compare/with-corpus") || page.starts_with("/compare") && of_versions();
        Arc::clone(if compares { &self.comparisons } else { &self.pages })
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

/// The turn of a page. Work that cannot be stopped keeps a copy, so that its place is taken as long as it goes on, whether
/// or not somebody still waits for it.
#[derive(Clone, Debug)]
struct Turn {
    permit: Arc<OwnedSemaphorePermit>,
}

tokio::task_local! {
    /// The turn of the page that a task makes.
    static TURN: Turn;
}

/// Lets a page wait for its turn, so that memory does not grow with the readers who ask at once.
pub async fn take_turns(State(turns): State<Turns>, request: Request, next: Next) -> Response {
    if !request.method().is_safe() {
        return next.run(request).await;
    }
    let Ok(permit) = turns.line(request.uri()).acquire_owned().await else { return next.run(request).await };
    TURN.scope(Turn { permit: Arc::new(permit) }, next.run(request)).await
}

/// Does work that takes a while on a thread that may block; other requests go on meanwhile. It cannot be stopped, and has
/// the turn of its page to its end, where the task that asks for it makes a page: a file that is written while it is read has
/// none any more, and asks [`Later`]. `doing` names it for the log.
pub(crate) async fn aside<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, WebError> {
    let turn = TURN.try_with(Turn::clone).ok();
    let in_turn = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(in_turn).await.map_err(WebError::internal(doing))
}

/// Work for a page whose turn is over: for a file that is written while it is read. Each piece of work has a turn of its own,
/// in the line of that page and no longer than it takes, however slowly the file is read.
#[derive(Clone, Debug)]
pub(crate) struct Later(Option<Arc<Semaphore>>);

impl Later {
    /// For the page that this task makes; where pages take no turns, neither does its work.
    pub(crate) fn of_page() -> Self {
        Self(TURN.try_with(|turn| Arc::clone(turn.permit.semaphore())).ok())
    }

    /// As [`aside`], once its turn has come.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WebError> {
        let Some(line) = self.0.clone() else { return aside(doing, work).await };
        let permit = line.acquire_owned().await.map_err(WebError::internal(doing))?;
        TURN.scope(Turn { permit: Arc::new(permit) }, aside(doing, work)).await
    }
}

/// Refuses requests above the rate, with the time to wait.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let (Some(most), Some(peer)) = (app.config().requests_per_minute, peer) else {
        return next.run(request).await;
    };
    let Some(client) = client(&app, peer, request.headers()) else { return next.run(request).await };
    match app.rates().count(client, app.now(), most) {
        Ok(()) => next.run(request).await,
        Err(wait) => refused(most, wait),
    }
}

/// Whose request it is; `None` where somebody on this machine asks, who has better ways to burden it.
fn client(app: &App, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    if !proxies::is_forwarded(headers) {
        return (!peer.to_canonical().is_loopback()).then_some(peer);
    }
    let client = app.config().trusted_proxies.client(peer, headers);
    if client == peer.to_canonical() && proxies::is_near(peer) {
        app.rates().warn();
    }
    Some(client)
}

/// What is said above the rate: how long to wait, and what to take instead.
fn refused(most: NonZeroU32, wait: i64) -> Response {
    let seconds = crate::view::s(wait);
    let words = format!(
        "too many requests: your address may make {most} a minute, {} of them at once; wait {wait} second{seconds}.\n\n\
         Instead of pages one by one, take whole tables:\n\
         - /data lists every table as one file: CSV, JSON Lines, XLSX, Parquet\n\
         - /releases has the dated files, which never change\n\
         - /documents.csv and every other list under its own address, with the filters of the page\n",
        burst(most)
    );
    let headers = [(header::RETRY_AFTER, wait.to_string()), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::TOO_MANY_REQUESTS, headers, words).into_response()
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
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use axum::body::{Body, Bytes};
    use axum::http::Method;
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;
    use tower_http::timeout::TimeoutLayer;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap()
    }

    fn most(requests: u32) -> NonZeroU32 {
        NonZeroU32::new(requests).unwrap()
    }

    /// Addresses that are known.
    fn held(rates: &Rates) -> usize {
        rates.held.lock().unwrap().whole_at.len()
    }

    /// How many requests in a row are let through.
    fn allowed(rates: &Rates, from: &str, now: Timestamp, requests: u32) -> usize {
        (0..10_000).take_while(|_| rates.count(ip(from), now, most(requests)).is_ok()).count()
    }

    #[test]
    fn a_quarter_of_a_minute_may_come_at_once_and_the_rest_as_time_goes_by() {
        let rates = Rates::default();
        assert_eq!(allowed(&rates, "192.0.2.1", at(0), 12), 3);
        assert_eq!(rates.count(ip("192.0.2.1"), at(0), most(12)), Err(5), "one more in five seconds");
        assert_eq!(rates.count(ip("192.0.2.1"), at(3), most(12)), Err(2), "what was refused used up nothing");
        assert_eq!(allowed(&rates, "192.0.2.1", at(5), 12), 1);
        assert_eq!(allowed(&rates, "192.0.2.2", at(5), 12), 3, "others go on");
        assert_eq!(allowed(&rates, "192.0.2.1", at(60), 12), 3, "whoever rested has all of it again");
        assert_eq!(allowed(&rates, "192.0.2.3", at(60), 1), 1, "the first is always let through");
    }

    #[test]
    fn by_default_a_reader_has_hundreds_at_once_and_twenty_a_second() {
        let rates = Rates::default();
        assert_eq!(allowed(&rates, "192.0.2.1", at(0), REQUESTS_PER_MINUTE), 300);
        assert_eq!(allowed(&rates, "192.0.2.1", at(1), REQUESTS_PER_MINUTE), 20);
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let rates = Rates::default();
        assert_eq!(allowed(&rates, "192.0.2.1", at(86_400), 12), 3);
        assert_eq!(rates.count(ip("192.0.2.1"), at(0), most(12)), Err(5));
    }

    #[test]
    fn all_addresses_of_one_ipv6_network_are_one_reader() {
        let rates = Rates::default();
        assert_eq!(allowed(&rates, "2001:db8::1", at(0), 12), 3);
        assert_eq!(allowed(&rates, "2001:db8::ffff:0:1", at(0), 12), 0, "the same /64");
        assert_eq!(allowed(&rates, "2001:db8:0:1::1", at(0), 12), 3, "the next one");
        assert_eq!(allowed(&rates, "::ffff:192.0.2.1", at(0), 12), 3);
        assert_eq!(allowed(&rates, "192.0.2.1", at(0), 12), 0, "IPv4 written as IPv6");
    }

    #[test]
    fn however_many_addresses_ask_memory_is_bounded_and_who_asks_most_stays_known() {
        let rates = Rates::default();
        assert_eq!(allowed(&rates, "192.0.2.1", at(0), 12), 3);
        for number in 0..2 * u32::try_from(HELD).unwrap() {
            let from = std::net::Ipv4Addr::from(0x0A00_0000 + number);
            assert_eq!(rates.count(from.into(), at(0), most(12)), Ok(()));
            assert!(held(&rates) <= HELD);
        }
        assert!(rates.count(ip("192.0.2.1"), at(0), most(12)).is_err());
        assert_eq!(rates.count(ip("192.0.2.2"), at(120), most(12)), Ok(()));
        assert_eq!(held(&rates), 1, "whoever has long rested is forgotten");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_page_gets_its_turn_and_few_are_made_at_once() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let page = {
            let (now, most) = (now.clone(), most.clone());
            move || async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let turns = Turns::default();
        let site = Router::new()
            .route("/", get(page.clone()).post(page.clone()))
            .route("/compare/with-corpus", get(page.clone()))
            .route("/compare.csv", get(page))
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
        let compared = ["/compare/with-corpus", "/compare.csv?ids=a&v=1,2"].map(|path| (Method::GET, path));
        for (method, path) in [(Method::POST, "/")].into_iter().chain(compared) {
            assert_eq!(ask(method, path).await.unwrap().unwrap().status(), StatusCode::OK, "{path}");
        }
        drop(all);
        let all = turns.comparisons.acquire_many(u32::try_from(COMPARISONS).unwrap()).await.unwrap();
        assert_eq!(ask(Method::GET, "/").await.unwrap().unwrap().status(), StatusCode::OK);
        drop(all);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_has_its_turn_to_its_end() {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        let page = move || async move {
            aside("wait to be ended", move || ended.lock().unwrap().recv().is_ok()).await.map(|_| "a page")
        };
        let turns = Turns::default();
        let site = Router::new()
            .route("/", get(page))
            .layer(middleware::from_fn_with_state(turns.clone(), take_turns))
            .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(20)));
        let asked = site.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(asked.status(), StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(turns.pages.available_permits(), pages_at_once() - 1, "its place is not free yet");
        end.send(()).unwrap();
        let all = turns.pages.acquire_many(u32::try_from(pages_at_once()).unwrap());
        assert!(tokio::time::timeout(Duration::from_secs(10), all).await.is_ok(), "its place is free again");
    }

    #[tokio::test]
    async fn what_a_file_is_made_of_while_it_is_read_waits_for_a_turn_like_a_page() {
        let file = || async {
            let later = Later::of_page();
            let row = async move { later.aside("make a row", || Bytes::from_static(b"row\n")).await };
            crate::pieces::body(move || futures_util::stream::once(row))
        };
        let turns = Turns::default();
        let site = Router::new()
            .route("/", get(file))
            .layer(middleware::from_fn_with_state(turns.clone(), take_turns));
        let file = site.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        let all = turns.pages.acquire_many(u32::try_from(pages_at_once()).unwrap()).await.unwrap();
        let mut read = std::pin::pin!(axum::body::to_bytes(file.into_body(), usize::MAX));
        let early = tokio::time::timeout(Duration::from_millis(100), &mut read).await;
        assert!(early.is_err(), "other pages are being made");
        drop(all);
        assert_eq!(read.await.unwrap(), "row\n");
        assert_eq!(turns.pages.available_permits(), pages_at_once(), "its turn is over");
    }
}
