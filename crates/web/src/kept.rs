//! Answers that browsers and this site keep: every page and data file made in one piece gets an `ETag`, and those
//! counted from a [`Snapshot`](crate::state::Snapshot) alone are held with it, so that a list asked for again is neither
//! counted, drawn nor compressed again. A new snapshot begins with nothing held.

use std::cell::RefCell;
use std::io::Read as _;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use jiff::civil::Date;

use crate::address;
use crate::error::WebError;
use crate::state::App;

mod shelf;

pub use shelf::Shelf;

/// Bytes of answers held ready with one snapshot, as they are sent to who takes no compression.
const HELD_PLAIN: usize = 2 * 1024 * 1024;
/// Bytes of compressed answers held with one snapshot.
const HELD_PACKED: usize = 9 * 1024 * 1024;
/// Longer answers are made anew each time, in bytes.
const LONGEST: usize = 3 * 1024 * 1024;
/// Shorter answers are sent as they are, in bytes.
const SHORT: usize = 256;
/// How hard to compress: pages become a sixteenth longer than by the usual 6, in six tenths of the time.
const EFFORT: u32 = 3;
/// Bits of the window in which repetitions are looked for: the most that the format has.
const WINDOW: u8 = 15;
/// What the tag of a compressed answer has more than that of the same answer as it is (RFC 9110, section 8.8.3.3).
const PACKED: &str = "-g";

/// Marks an answer whose body is in memory as a whole, as opposed to a stream.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// What tells answers apart. The day is there because pages say where instruments stand today.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    address: String,
    day: Date,
}

impl Key {
    /// The key of a request whose answer depends on the snapshot and the day alone; `None` for all others.
    fn of(request: &Request, day: Date) -> Option<Self> {
        // What somebody signed in may see is asked anew each time.
        if crate::account::cookie(request.headers(), crate::account::SESSION).is_some() {
            return None;
        }
        let uri = request.uri();
        let path = uri.path();
        address::is_held(path)
            .then(|| Self { address: uri.path_and_query().map_or(path, |a| a.as_str()).to_owned(), day })
    }
}

/// An answer as it is sent: headers with its tag, and the body, compressed where the headers say so.
#[derive(Clone, Debug)]
struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The answer of a page that was made, with the tag of its content.
    fn of(mut headers: HeaderMap, body: Bytes) -> Self {
        let hash = lacuna_domain::sha256_hex(&body);
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", hash.get(..32).unwrap_or(&hash))) {
            headers.insert(header::ETAG, tag);
        }
        if worth_packing(&headers, &body) {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        Self { headers, body }
    }

    /// The same, compressed; `None` where that is not worth it.
    fn packed(&self) -> Option<Self> {
        if !worth_packing(&self.headers, &self.body) {
            return None;
        }
        let body = Bytes::from(gzip(&self.body)?);
        let mut headers = self.headers.clone();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let tag = self.headers.get(header::ETAG)?.to_str().ok()?.trim_end_matches('"');
        headers.insert(header::ETAG, HeaderValue::from_str(&format!("{tag}{PACKED}\"")).ok()?);
        Some(Self { headers, body })
    }

    /// What [`packed`](Self::packed) made this from.
    fn unpacked(&self) -> Option<Self> {
        let mut body = Vec::with_capacity(self.body.len() * 6);
        GzDecoder::new(self.body.as_ref()).read_to_end(&mut body).ok()?;
        let mut headers = self.headers.clone();
        headers.remove(header::CONTENT_ENCODING);
        let tag = self.headers.get(header::ETAG)?.to_str().ok()?.replace(&format!("{PACKED}\""), "\"");
        headers.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
        Some(Self { headers, body: Bytes::from(body) })
    }

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

thread_local! {
    /// The tables of a compressor are larger than most pages: a thread makes them once.
    static COMPRESSOR: RefCell<Compress> =
        RefCell::new(Compress::new_gzip(Compression::new(EFFORT), WINDOW));
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let mut out = Vec::with_capacity(body.len() / 4 + SHORT);
        while let Some(rest) = body.get(usize::try_from(compressor.total_in()).ok()?..) {
            if compressor.compress_vec(rest, &mut out, FlushCompress::Finish).ok()? == Status::StreamEnd {
                break;
            }
            out.reserve(body.len() / 4 + SHORT);
        }
        Some(out)
    })
}

/// Whether an answer is text, and long enough.
fn worth_packing(headers: &HeaderMap, body: &Bytes) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    body.len() >= SHORT && (kind.starts_with("text/") || kind.contains("json") || kind.contains("xml"))
}

/// The answers given last: those of the last minutes as they are, many more compressed.
#[derive(Debug)]
pub struct Kept {
    plain: Shelf<Key, Answer>,
    packed: Shelf<Key, Answer>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { plain: Shelf::new(HELD_PLAIN), packed: Shelf::new(HELD_PACKED) }
    }
}

impl Kept {
    /// The answer in the form that the client takes, if it is held in any.
    fn get(&self, key: &Key, gzip: bool) -> Option<Arc<Answer>> {
        if gzip {
            return self.packed.get(key).or_else(|| self.plain.get(key));
        }
        if let Some(plain) = self.plain.get(key) {
            return Some(plain);
        }
        let plain = Arc::new(self.packed.get(key)?.unpacked()?);
        self.put_plain(key.clone(), &plain);
        Some(plain)
    }

    fn put_plain(&self, key: Key, answer: &Arc<Answer>) {
        let bytes = key.address.len() + answer.body.len();
        self.plain.put(key, Arc::clone(answer), bytes);
    }

    fn put(&self, key: Key, plain: &Arc<Answer>, packed: Option<&Arc<Answer>>) {
        if let Some(packed) = packed {
            self.packed.put(key.clone(), Arc::clone(packed), key.address.len() + packed.body.len());
        }
        self.put_plain(key, plain);
    }
}

/// Answers from what is held, holds what can be held, tags what is whole, and spares clients what they have.
pub async fn answer(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, WebError> {
    // Below this layer HEAD is answered with the body of GET, which the router takes off at the end.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(next.run(request).await);
    }
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let gzip = takes_gzip(request.headers());
    let key = Key::of(&request, app.today());
    let snapshot = app.snapshot();
    if let Some(key) = &key {
        if let Some(held) = snapshot.kept.get(key, gzip) {
            return Ok(held.to(known.as_ref()));
        }
        // It is compressed here, once, for all who will ask for it.
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::OK || response.extensions().get::<Whole>().is_none() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(WebError::internal("gather an answer"))?;
    let Some(key) = key.filter(|_| !parts.headers.contains_key(header::SET_COOKIE)) else {
        return Ok(Answer::of(parts.headers, body).to(known.as_ref()));
    };
    let make = move || {
        let plain = Answer::of(parts.headers, body);
        let packed = plain.packed();
        (Arc::new(plain), packed.map(Arc::new))
    };
    let made = tokio::task::spawn_blocking(make).await;
    let (plain, packed) = made.map_err(WebError::internal("compress an answer"))?;
    // A snapshot taken meanwhile may have been what the answer was made from.
    if plain.body.len() <= LONGEST && Arc::ptr_eq(&snapshot, &app.snapshot()) {
        snapshot.kept.put(key, &plain, packed.as_ref());
    }
    Ok(packed.filter(|_| gzip).unwrap_or(plain).to(known.as_ref()))
}

/// Whether the client takes gzip (RFC 9110, section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut codings = lines.flat_map(|line| line.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        matches!(name.trim(), "gzip" | "*") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// Whether `If-None-Match` names the tag; weak comparison, RFC 9110, section 13.1.2.
pub(crate) fn matches(known: Option<&HeaderValue>, tag: Option<&HeaderValue>) -> bool {
    let (Some(known), Some(tag)) = (known.and_then(|k| k.to_str().ok()), tag.and_then(|t| t.to_str().ok()))
    else {
        return false;
    };
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    known.split(',').map(str::trim).any(|k| k == "*" || k.strip_prefix("W/").unwrap_or(k) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(words: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        Answer::of(headers, Bytes::from(words.repeat(100)))
    }

    #[test]
    fn an_answer_that_was_compressed_comes_back_as_it_was_under_a_tag_of_its_own() {
        let plain = page("A deployer shall test the system. ");
        let packed = plain.packed().unwrap();
        assert!(packed.body.len() * 5 < plain.body.len());
        assert_ne!(packed.headers.get(header::ETAG), plain.headers.get(header::ETAG));
        let again = packed.unpacked().unwrap();
        assert_eq!((again.body, again.headers), (plain.body, plain.headers));
        assert!(page("a").packed().is_none(), "too short to be worth it");
    }

    #[test]
    fn an_answer_that_hardly_gets_shorter_is_compressed_whole() {
        let word = |n: u64| format!("{:x} ", n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for words in [1, 2_000] {
            let plain = page(&(1..=words).map(word).collect::<String>());
            let packed = plain.packed().unwrap();
            assert_eq!(packed.unpacked().unwrap().body, plain.body);
        }
    }

    #[test]
    fn what_fell_off_the_plain_shelf_is_still_held_compressed() {
        let kept = Kept { plain: Shelf::new(4_000), packed: Shelf::new(4_000) };
        let key = |address: &str| Key { address: address.to_owned(), day: Date::MIN };
        for address in ["/a", "/b", "/c"] {
            let plain = Arc::new(page("A deployer shall test."));
            let packed = plain.packed().map(Arc::new);
            kept.put(key(address), &plain, packed.as_ref());
        }
        assert!(kept.plain.get(&key("/a")).is_none(), "there is room for one");
        let plain = kept.get(&key("/a"), false).unwrap();
        assert!(plain.headers.get(header::CONTENT_ENCODING).is_none());
        assert!(kept.get(&key("/b"), true).unwrap().headers.contains_key(header::CONTENT_ENCODING));
        let other_day = Key { day: Date::MAX, ..key("/a") };
        assert!(kept.get(&other_day, true).is_none(), "tomorrow some instruments are in force");
    }

    #[test]
    fn a_client_takes_gzip_unless_it_says_otherwise() {
        for (line, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("gzip;q=0", false),
            ("br", false),
            ("*", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            assert_eq!(takes_gzip(&headers), expected, "{line}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn forms_and_people_signed_in_are_answered_anew() {
        let asked = |path: &str, cookie: &str| {
            let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
            Key::of(&request, Date::MIN).is_some()
        };
        assert!(asked("/documents/sample:1", ""));
        assert!(asked("/documents.csv?year=2024", ""));
        assert!(!asked("/documents/sample:1", "lacuna_session=x"));
        assert!(!asked("/documents/sample:1/report", ""));
        assert!(!asked("/review", "") && !asked("/releases", "") && !asked("/documentsx", ""));
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
