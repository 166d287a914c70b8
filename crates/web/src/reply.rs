//! From a page struct to an answer: HTML, JSON or CSV.

use std::convert::Infallible;

use askama::Template;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lacuna_domain::Run;
use lacuna_domain::hash::{sha256_each, sha256_parts};
use serde::Serialize;

use crate::error::WebError;
use crate::kept::{self, Streamed, Whole};
use crate::pieces;
use crate::state::Snapshot;

/// The media type of tables.
pub const CSV: &str = "text/csv; charset=utf-8";

/// The forms in which a page is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A page for readers.
    Html,
    /// The same struct as JSON.
    Json,
    /// Its rows as CSV.
    Csv,
}

impl Format {
    /// Takes `.json` or `.csv` off the end of a path's last part.
    pub fn split(name: &str) -> (&str, Self) {
        if let Some(stem) = name.strip_suffix(".json") {
            return (stem, Self::Json);
        }
        name.strip_suffix(".csv").map_or((name, Self::Html), |stem| (stem, Self::Csv))
    }
}

impl<S: Sync> FromRequestParts<S> for Format {
    type Rejection = Infallible;

    /// The form that the ending of the address asks for; below `/api/` always JSON.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let path = parts.uri.path();
        Ok(if path.starts_with("/api/") { Self::Json } else { Self::split(path).1 })
    }
}

/// The forms in which a page is served whose chart can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charted {
    /// As every page.
    Page(Format),
    /// The chart alone, as a file.
    Svg,
}

impl Charted {
    /// Takes `.svg`, or the ending of another form, off the end of a path's last part.
    pub fn split(name: &str) -> (&str, Self) {
        if let Some(stem) = name.strip_suffix(".svg") {
            return (stem, Self::Svg);
        }
        let (stem, format) = Format::split(name);
        (stem, Self::Page(format))
    }
}

impl<S: Sync> FromRequestParts<S> for Charted {
    type Rejection = Infallible;

    /// The form that the ending of the address asks for.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        if Self::split(parts.uri.path()).1 == Self::Svg {
            return Ok(Self::Svg);
        }
        Format::from_request_parts(parts, state).await.map(Self::Page)
    }
}

/// The page as HTML.
pub fn html<P: Template>(page: &P) -> Result<Response, WebError> {
    let body = page.render().map_err(WebError::internal("render a page"))?;
    Ok(with_type(StatusCode::OK, "text/html; charset=utf-8", body))
}

/// `body` as a text of another kind, for programs.
pub fn text(media_type: &'static str, body: String) -> Response {
    let mut response = with_type(StatusCode::OK, media_type, body);
    open_to_programs(&mut response);
    response
}

/// The page as JSON.
pub fn json<P: Serialize>(page: &P) -> Result<Response, WebError> {
    let mut response = with_type(StatusCode::OK, "application/json", written(page)?);
    open_to_programs(&mut response);
    Ok(response)
}

/// The page as the text of its JSON.
pub(crate) fn written<P: Serialize>(page: &P) -> Result<String, WebError> {
    serde_json::to_string_pretty(page).map_err(WebError::internal("write JSON"))
}

/// The page as JSON that is written while it is read: `empty` is the page with an empty list as its last field, which is
/// filled with `rows`, some at a time. They follow from the snapshot, from what `empty` tells and from what they are
/// `made_of` besides.
pub(crate) fn long_json<T: Serialize + 'static>(
    name: &str,
    snapshot: &Snapshot,
    empty: &impl Serialize,
    made_of: &str,
    known: Option<&HeaderValue>,
    rows: impl Iterator<Item = Vec<T>> + Send + 'static,
) -> Result<Response, WebError> {
    let object = written(empty)?;
    let tag = tag_of_rows(snapshot, snapshot.run.as_ref(), [made_of, object.as_str()])?;
    Ok(stream(name, "application/json", tag, known, pieces::json(&object, rows)))
}

/// `body` as a CSV file that browsers offer to save as `name`.
pub fn csv(name: &str, body: String) -> Response {
    let mut response = with_type(StatusCode::OK, CSV, body);
    attach(&mut response, name);
    open_to_programs(&mut response);
    response
}

/// `body` as a JSON file that browsers offer to save as `name`.
pub fn json_file<P: Serialize>(name: &str, content: &P) -> Result<Response, WebError> {
    let mut response = json(content)?;
    attach(&mut response, name);
    Ok(response)
}

/// `body` as an SVG file that browsers offer to save as `name`.
pub fn svg(name: &str, body: String) -> Response {
    let mut response = with_type(StatusCode::OK, "image/svg+xml", body);
    attach(&mut response, name);
    open_to_programs(&mut response);
    response
}

/// A file that is written while it is read, which browsers offer to save as `name`. `tag` follows from what its rows are made
/// of: a client that has `known` it is told so, and nothing of `body` is asked for.
pub fn stream(
    name: &str,
    media_type: &'static str,
    tag: HeaderValue,
    known: Option<&HeaderValue>,
    body: Body,
) -> Response {
    let mut response = if kept::matches(known, Some(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = body.into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.extensions_mut().insert(Streamed);
        attach(&mut response, name);
        response
    };
    open_to_programs(&mut response);
    let set = response.headers_mut();
    set.insert(header::ETAG, tag);
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// The tag of rows that follow from a snapshot, which knows its revision and where instruments stood on its day, from a run
/// if there is one, and from what was asked for. It is weak: the store may move on while they are written, and they may be
/// compressed on their way.
pub fn tag_of_rows<'a>(
    snapshot: &Snapshot,
    run: impl Into<Option<&'a Run>>,
    asked: impl IntoIterator<Item = &'a str>,
) -> Result<HeaderValue, WebError> {
    // Another version of the software may write other columns from the same store.
    let run: Option<&Run> = run.into();
    let run = run.map_or("", |run| run.id.as_str());
    let (revision, day) = (snapshot.revision.to_string(), snapshot.catalogue.day().to_string());
    let asked = sha256_each(asked.into_iter().map(str::as_bytes));
    let made_of = [env!("CARGO_PKG_VERSION"), &revision, &day, run, &asked];
    let hash = sha256_parts(&made_of.map(str::as_bytes));
    let tag = format!("W/\"{}\"", hash.get(..32).unwrap_or(&hash));
    HeaderValue::from_str(&tag).map_err(WebError::internal("tag a file"))
}

/// Lets scripts of other sites read data (never pages): everything here is public and needs no cookie.
fn open_to_programs(response: &mut Response) {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

fn attach(response: &mut Response, name: &str) {
    let safe: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
}

fn with_type(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Body::from(body).into_response();
    *response.status_mut() = status;
    response.extensions_mut().insert(Whole);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// One row of CSV, with quotes where needed. Cells that a spreadsheet would run as a formula get an apostrophe.
pub fn csv_row<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        if formula || cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            if formula {
                out.push('\'');
            }
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells_are_quoted_and_formulas_disarmed() {
        let mut out = String::new();
        csv_row(&mut out, ["a,b", "say \"x\"", "=HYPERLINK(1)", "-1.5", "plain"]);
        assert_eq!(out, "\"a,b\",\"say \"\"x\"\"\",\"'=HYPERLINK(1)\",-1.5,plain\r\n");
    }

    #[test]
    fn formats_are_told_from_the_ending() {
        assert_eq!(Format::split("agora:1831.json"), ("agora:1831", Format::Json));
        assert_eq!(Format::split("2.2"), ("2.2", Format::Html));
        assert_eq!(Charted::split("2.2.svg"), ("2.2", Charted::Svg));
        assert_eq!(Charted::split("risk.csv"), ("risk", Charted::Page(Format::Csv)));
    }
}
