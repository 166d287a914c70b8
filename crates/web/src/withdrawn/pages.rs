//! Pages of places, authorities, collections, entities, domains and duties that are no more, and lists and pictures whose
//! address names what the codebook defines no longer. Whoever draws such a page knows nothing of releases: what it refuses
//! is looked for in them here, and only what one of them can have is asked for.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lacuna_domain::filter::{Field, decode};
use lacuna_domain::{Codebook, Filter};
use lacuna_store::Release;

use super::gone;
use crate::error::WebError;
use crate::pages::actors;
use crate::pages::standing::domain::grouped;
use crate::past;
use crate::reply::Charted;
use crate::state::{App, Snapshot};

/// Releases that are asked at most whether they have an address: as many maps as are kept open.
const ASKED: usize = 2;

/// Leads from a page that the map refuses on to the newest release that has it.
pub(crate) async fn lead_on(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let address = request.uri().path_and_query().map(|address| address.as_str().to_owned());
    let response = next.run(request).await;
    let refused = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST);
    let Some(address) = address.filter(|address| reads && refused && past::is_drawn(address)) else {
        return response;
    };
    match app.withdrawn(&address).await {
        Ok(Some(gone)) => gone.into_response(),
        Ok(None) => response,
        Err(error) => error.into_response(),
    }
}

impl App {
    /// That the newest of the releases which can have an address does have it.
    async fn withdrawn(&self, address: &str) -> Result<Option<WebError>, WebError> {
        for release in self.candidates(address).await? {
            if past::answers(self, &release, address).await? {
                return Ok(Some(gone("what this address names", &release, address)));
            }
        }
        Ok(None)
    }

    /// Releases that know what an address names and the map does not, the newest first.
    async fn candidates(&self, address: &str) -> Result<Vec<String>, WebError> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        if let Some((kind, names)) = named(path) {
            return Ok(self.named_last(kind, &names).await?.into_iter().collect());
        }
        let snapshot = self.snapshot();
        let knowing = knowing(&snapshot, path, query);
        if knowing.is_empty() {
            return Ok(vec![]);
        }
        let knows = |release: &&Release| {
            let run = snapshot.runs.iter().find(|run| release.run.as_deref() == Some(run.id.as_str()));
            run.is_some_and(|run| knowing.contains(run.config.codebook_hash.as_str()))
        };
        let releases = self.drawn_releases().await?;
        Ok(releases.iter().filter(knows).take(ASKED).map(|release| release.id.clone()).collect())
    }
}

/// What the page at a path is about where a name stands in it: the kind, and the name with its ending and without.
fn named(path: &str) -> Option<(&'static str, Vec<String>)> {
    let kinds = [
        ("/jurisdictions/", Field::Jurisdiction.id()),
        ("/authorities/", Field::Authority.id()),
        ("/collections/", Field::Collection.id()),
        ("/actors/entities/", "entity"),
    ];
    let (kind, raw) = kinds.into_iter().find_map(|(start, kind)| Some((kind, path.strip_prefix(start)?)))?;
    let name = segment(raw);
    let stem = Charted::split(&name).0.to_owned();
    Some((kind, vec![name, stem]))
}

/// One part of a path as it was written.
fn segment(raw: &str) -> String {
    decode(&raw.replace('+', "%2B"))
}

/// Hashes of the codebooks that define what an address names and the one that is shown does not.
fn knowing<'s>(snapshot: &'s Snapshot, path: &str, query: &str) -> BTreeSet<&'s str> {
    let parts: Vec<String> = Charted::split(path).0.split('/').skip(1).map(segment).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
    let shown = &snapshot.codebook;
    let lost = |theirs: &Codebook| {
        (has_page(theirs, &parts) && !has_page(shown, &parts))
            || pairs.iter().any(|pair| means(theirs, pair) && !means(shown, pair))
    };
    let others = snapshot.codebooks.iter().filter(|codebook| codebook.hash != shown.hash);
    others.filter(|codebook| lost(codebook)).map(|codebook| codebook.hash.as_str()).collect()
}

/// Whether a codebook defines what the page at a path is about.
fn has_page(codebook: &Codebook, parts: &[&str]) -> bool {
    match *parts {
        ["domains", group] => {
            grouped(codebook).is_some_and(|dimension| dimension.groups.iter().any(|known| known.id == group))
        }
        ["actors", "duties", kind, code] => {
            let types = actors::dimension(codebook).map(|(_, types)| types).unwrap_or_default();
            let is_type = kind == "untold" || types.iter().any(|known| known.id.as_str() == kind);
            is_type && actors::subject(codebook).is_some_and(|subject| subject.code(code).is_some())
        }
        ["gaps", dimension, code] => defines(codebook, dimension, Some(code)),
        ["embed", "codes", dimension] => defines(codebook, dimension, None),
        _ => false,
    }
}

/// Whether a pair of a query means something under a codebook: a condition, an axis such as `risk/2.2`, or a dimension.
fn means(codebook: &Codebook, (name, value): &(String, String)) -> bool {
    let mut parts = value.split('/');
    Filter::parse([(name, value)], codebook).is_ok()
        || defines(codebook, parts.next().unwrap_or_default(), parts.next())
}

fn defines(codebook: &Codebook, dimension: &str, code: Option<&str>) -> bool {
    let found = codebook.dimension_at(dimension);
    found.is_some_and(|found| code.is_none_or(|code| found.code(code).is_some()))
}
