//! A page or file on the web as a plan of one item.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::{Clock, Document, DocumentId, Metadata, sha256_hex};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::FetchError;
use super::address::resolve;
use crate::ingest::formats::Format;
use crate::ingest::plan::{Item, Origin, Plan};
use crate::ingest::{IngestError, Options};

/// How often a server may lead on.
const REDIRECTS: usize = 5;

/// Fetches `address`; the document's id is the address without its scheme.
pub(in crate::ingest) async fn page(
    address: &str,
    options: &Options,
    clock: Clock,
) -> Result<Plan, IngestError> {
    let limits = &options.limits;
    let slow = FetchError::TimedOut { address: address.to_owned(), seconds: limits.fetch_seconds };
    let time = Duration::from_secs(limits.fetch_seconds);
    let (from, header, bytes) =
        tokio::time::timeout(time, get(address, options.allow_private, limits.fetch_bytes))
            .await
            .map_err(|_| slow)??;
    let format = Format::of_media_type(&header).or_else(|| Format::of_path(Path::new(from.path())));
    let format =
        format.ok_or_else(|| FetchError::Format { address: from.to_string(), media_type: header })?;
    let wrong = |error: lacuna_domain::ids::IdError| FetchError::Address {
        address: address.to_owned(),
        why: error.to_string(),
    };
    let id = DocumentId::new(options.source_name.as_deref().unwrap_or("url"), &local_id(address))
        .map_err(wrong)?;
    let metadata = Metadata {
        official_name: from.path_segments().and_then(|mut s| s.next_back()).unwrap_or_default().to_owned(),
        link: Some(address.to_owned()),
        text_source: Some(from.to_string()),
        retrieved: Some(jiff::tz::Offset::UTC.to_datetime(clock.now()).date()),
        ..Metadata::default()
    };
    let origin = Origin::Bytes(Arc::from(bytes), format);
    let item = Item { document: Document { id, metadata }, origin, named_by_hand: false };
    Ok(Plan { items: vec![item], ..Plan::default() })
}

/// The address without scheme and fragment; a long one is cut and told apart by a hash.
fn local_id(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let bare = bare.split('#').next().unwrap_or(bare).trim_end_matches('/');
    if bare.len() <= 300 {
        return bare.to_owned();
    }
    format!("{}~{}", &bare[..bare.floor_char_boundary(280)], &sha256_hex(bare.as_bytes())[..12])
}

/// Follows redirects one by one, each checked and each with a client that connects to the checked addresses only.
async fn get(address: &str, allow_private: bool, limit: u64) -> Result<(Url, String, Vec<u8>), FetchError> {
    let wrong = |address: &str, why: String| FetchError::Address { address: address.to_owned(), why };
    let mut url = Url::parse(address).map_err(|error| wrong(address, error.to_string()))?;
    for _ in 0..=REDIRECTS {
        let response = ask(&url, allow_private).await?;
        let status = response.status();
        if status.is_redirection()
            && let Some(next) = response.headers().get(LOCATION)
        {
            let next = next.to_str().map_err(|error| wrong(url.as_str(), error.to_string()))?;
            url = url.join(next).map_err(|error| wrong(next, error.to_string()))?;
            continue;
        }
        if !status.is_success() {
            return Err(FetchError::Status { address: url.to_string(), status: status.as_u16() });
        }
        let header = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = body(response, &url, limit).await?;
        return Ok((url, header, bytes));
    }
    Err(FetchError::Redirects(address.to_owned()))
}

async fn ask(url: &Url, allow_private: bool) -> Result<Response, FetchError> {
    let unreachable =
        |error: reqwest::Error| FetchError::Unreachable { address: url.to_string(), why: chain(&error) };
    let addresses = resolve(url, allow_private).await?;
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .user_agent(concat!("lacuna/", env!("CARGO_PKG_VERSION")))
        .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
        .build()
        .map_err(unreachable)?;
    client.get(url.clone()).send().await.map_err(unreachable)
}

/// The body, counted after decompression, so that a bomb stops at the limit.
async fn body(mut response: Response, url: &Url, limit: u64) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let chunk = chunk
            .map_err(|error| FetchError::Unreachable { address: url.to_string(), why: chain(&error) })?;
        let Some(chunk) = chunk else { return Ok(bytes) };
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(FetchError::TooLarge { address: url.to_string(), limit_mb: limit >> 20 });
        }
        bytes.extend_from_slice(&chunk);
    }
}

/// An error with its causes: reqwest's own words name the address only.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
