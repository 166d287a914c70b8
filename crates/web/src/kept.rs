//! Answers that browsers and this site keep: every page and data file made in one piece gets an `ETag`, and those
//! counted from a [`Snapshot`](crate::state::Snapshot) alone are held with it, so that a list asked for again is neither
//! counted, drawn nor compressed again. A new snapshot begins with nothing held.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::WebError;
use crate::state::App;

/// Bytes of answers held with one snapshot.
pub const HELD_ANSWERS: usize = 8 * 1024 * 1024;

/// Longer answers are made anew each time, in bytes.
const LONGEST: usize = 512 * 1024;

/// Marks an answer whose body is in memory as a whole, as opposed to a stream.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// What tells answers apart: path with query, and the encodings that the client takes, as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    address: String,
    encodings: Option<HeaderValue>,
}

impl Key {
    /// The key of a request whose answer depends on the snapshot alone; `None` for all others.
    fn of(request: &Request) -> Option<Self> {
        // What somebody signed in may see is asked anew each time.
        if crate::account::cookie(request.headers(), crate::account::SESSION).is_some() {
            return None;
        }
        let uri = request.uri();
        let path = uri.path();
        let counted = matches!(path, "/" | "/overview.json" | "/documents" | "/documents.json")
            || [
                "/codes",
                "/explore",
                "/domains",
                "/jurisdictions",
                "/authorities",
                "/collections",
                "/actors",
                "/compare",
            ]
            .iter()
            .any(|start| path.starts_with(start))
            || (path.starts_with("/gaps") && uri.query().is_some_and(|query| query.contains("on=")));
        counted.then(|| Self {
            address: uri.path_and_query().map_or(path, |a| a.as_str()).to_owned(),
            encodings: request.headers().get(header::ACCEPT_ENCODING).cloned(),
        })
    }

    fn size(&self) -> usize {
        self.address.len() + self.encodings.as_ref().map_or(0, HeaderValue::len)
    }
}

#[derive(Clone, Debug)]
struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The answer, or that the client's copy is still good.
    fn to(&self, known: Option<&HeaderValue>) -> Response {
        let tag = self.headers.get(header::ETAG);
        if !matches(known, tag) {
            return (self.headers.clone(), Body::from(self.body.clone())).into_response();
        }
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        for name in [header::ETAG, header::CACHE_CONTROL, header::VARY, header::ACCESS_CONTROL_ALLOW_ORIGIN] {
            if let Some(value) = self.headers.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }
}

/// The answers given last, at most so many bytes of them.
#[derive(Debug)]
pub struct Kept {
    limit: usize,
    held: Mutex<VecDeque<(Key, Arc<Answer>)>>,
}

impl Kept {
    /// Holds at most `limit` bytes of bodies and addresses.
    pub const fn new(limit: usize) -> Self {
        Self { limit, held: Mutex::new(VecDeque::new()) }
    }

    /// The answer to `key`, if it is held; it becomes the last to be dropped.
    fn get(&self, key: &Key) -> Option<Arc<Answer>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let place = held.iter().position(|(k, _)| k == key)?;
        let entry = held.remove(place)?;
        let answer = Arc::clone(&entry.1);
        held.push_front(entry);
        Some(answer)
    }

    /// Holds an answer; the ones asked for longest ago make room.
    fn keep(&self, key: Key, answer: Arc<Answer>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(k, _)| k != &key);
        held.push_front((key, answer));
        let mut bytes = 0;
        let fit = held
            .iter()
            .take_while(|(key, answer)| {
                bytes += key.size() + answer.body.len();
                bytes <= self.limit
            })
            .count();
        held.truncate(fit);
    }
}

/// Answers from what is held, holds what can be held, tags what is whole, and spares clients what they have.
pub async fn answer(State(app): State<App>, request: Request, next: Next) -> Result<Response, WebError> {
    if request.method() != Method::GET {
        return Ok(next.run(request).await);
    }
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let key = Key::of(&request);
    let snapshot = app.snapshot();
    if let Some(held) = key.as_ref().and_then(|key| snapshot.kept.get(key)) {
        return Ok(held.to(known.as_ref()));
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::OK || response.extensions().get::<Whole>().is_none() {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(WebError::internal("gather an answer"))?;
    let hash = lacuna_domain::sha256_hex(&body);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", hash.get(..32).unwrap_or(&hash))) {
        parts.headers.insert(header::ETAG, tag);
    }
    let made = Arc::new(Answer { headers: parts.headers, body });
    // A snapshot taken meanwhile may have been what the answer was made from.
    if let Some(key) = key
        && made.body.len() <= LONGEST
        && Arc::ptr_eq(&snapshot, &app.snapshot())
    {
        snapshot.kept.keep(key, Arc::clone(&made));
    }
    Ok(made.to(known.as_ref()))
}

/// Whether `If-None-Match` names the tag; weak comparison, RFC 9110, section 13.1.2.
fn matches(known: Option<&HeaderValue>, tag: Option<&HeaderValue>) -> bool {
    let (Some(known), Some(tag)) = (known.and_then(|k| k.to_str().ok()), tag.and_then(|t| t.to_str().ok()))
    else {
        return false;
    };
    known.split(',').map(str::trim).any(|k| k == "*" || k.strip_prefix("W/").unwrap_or(k) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> Key {
        Key { address: address.to_owned(), encodings: None }
    }

    fn body(length: usize) -> Arc<Answer> {
        Arc::new(Answer { headers: HeaderMap::new(), body: Bytes::from(vec![b'x'; length]) })
    }

    #[test]
    fn the_answer_asked_for_longest_ago_makes_room() {
        let kept = Kept::new(24);
        kept.keep(key("/a"), body(8));
        kept.keep(key("/b"), body(8));
        assert!(kept.get(&key("/a")).is_some());
        kept.keep(key("/c"), body(8));
        assert!(kept.get(&key("/b")).is_none(), "b was asked for longest ago");
        assert!(kept.get(&key("/a")).is_some() && kept.get(&key("/c")).is_some());
        kept.keep(key("/d"), body(25));
        assert!(kept.get(&key("/d")).is_none(), "larger than everything held together may be");
    }

    #[test]
    fn a_tag_is_found_in_a_list_and_when_it_became_weak_on_the_way() {
        let tag = HeaderValue::from_static("\"abc\"");
        for (known, expected) in
            [("\"abc\"", true), ("\"x\", W/\"abc\"", true), ("*", true), ("\"ab\"", false), ("abc", false)]
        {
            assert_eq!(matches(HeaderValue::from_str(known).ok().as_ref(), Some(&tag)), expected, "{known}");
        }
        assert!(!matches(None, Some(&tag)));
    }
}
