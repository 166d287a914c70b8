//! Style sheet, icon: embedded files under addresses that carry their content hash, so that they can be kept for ever.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::error::WebError;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The style sheet is sent as one file, and written as several, in this order.
const STYLE: [&str; 4] =
    ["style/1-frame.css", "style/2-pages.css", "style/3-charts.css", "style/4-review.css"];

/// The bytes of a file by the name it is served under.
pub(crate) fn content(name: &str) -> Option<Vec<u8>> {
    if name == "style.css" {
        return STYLE
            .iter()
            .map(|part| Some(Files::get(part)?.data.into_owned()))
            .collect::<Option<Vec<_>>>()
            .map(|p| p.concat());
    }
    Some(Files::get(name)?.data.into_owned())
}

/// Address of the style sheet.
pub fn stylesheet() -> String {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| hashed("style.css"));
    ADDRESS.clone()
}

/// Address of the icon.
pub fn icon() -> String {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| hashed("icon.svg"));
    ADDRESS.clone()
}

/// Address of the script of the coding screen.
pub fn review_script() -> String {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| hashed("review.js"));
    ADDRESS.clone()
}

fn hashed(name: &str) -> String {
    let hash = content(name).map_or_else(String::new, |bytes| lacuna_domain::sha256_hex(&bytes));
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("/assets/{stem}.{}.{end}", hash.get(..12).unwrap_or("none"))
}

/// `GET /assets/{file}`
pub async fn show(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, WebError> {
    let unknown = || WebError::NotFound(format!("no asset is called {file:?}"));
    let mut parts = file.splitn(3, '.');
    let (stem, hash, end) = match (parts.next(), parts.next(), parts.next()) {
        (Some(stem), Some(hash), Some(end)) => (stem, Some(hash), end),
        (Some(stem), Some(end), None) => (stem, None, end),
        _ => return Err(unknown()),
    };
    let bytes = content(&format!("{stem}.{end}")).ok_or_else(unknown)?;
    let content_hash = lacuna_domain::sha256_hex(&bytes);
    let current = hash.is_some_and(|h| h == &content_hash[..12]);
    let tag = format!("\"{}\"", &content_hash[..16]);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(bytes).into_response() };
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let media_type = match end {
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "js" => "text/javascript; charset=utf-8",
        _ => "application/octet-stream",
    };
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        set.insert(header::ETAG, value);
    }
    Ok(response)
}

/// `GET /robots.txt`: pages may be indexed; endless combinations of filters and data files need not be.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /documents?\nDisallow: /api/\nDisallow: /*.csv\nDisallow: /*.json\n"
}
