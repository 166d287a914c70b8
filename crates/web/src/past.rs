//! `/releases/{id}/map/…`: the pages of the site as they were when a release was cut, drawn from the release's inventory
//! and from what the store had of labels, decisions and measurements at that moment, by the same routes. Their links lead to
//! pages of the same release.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use futures_util::TryStreamExt as _;
use lacuna_domain::DocumentId;
use lacuna_pipeline::publish::release::INVENTORY;
use lacuna_store::{Inventory, Member, Release};
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::address;
use crate::config::Config;
use crate::error::WebError;
use crate::kept::Streamed;
use crate::outliving::outliving;
use crate::relink::{self, relinked};
use crate::state::App;

/// Maps that are kept open.
const HELD: usize = 2;
/// What a link to the present page looks like before its address is known.
const NOW: &str = " data-now=\"\"";

/// A release with what it holds.
#[derive(Debug)]
pub struct Past {
    /// The release.
    pub release: Release,
    /// Its documents and relations.
    pub inventory: Inventory,
    places: BTreeMap<DocumentId, usize>,
    whole: bool,
}

impl Past {
    /// Reads a release. Documents that were made private since are left out.
    async fn read(app: &App, id: &str) -> Result<Self, WebError> {
        let failed = WebError::internal("read the releases");
        let releases = app.store().releases().await.map_err(failed)?;
        let release = releases.into_iter().find(|release| release.id == id);
        let release = release.ok_or_else(|| {
            WebError::NotFound(format!("no release is called {id:?}; /releases lists them"))
        })?;
        let content = app.store().release_file(id, INVENTORY).await;
        let content = content.map_err(WebError::internal("read a release"))?.ok_or_else(|| {
            WebError::NotFound(format!(
                "release {id} was cut by a version that kept no inventory, so its pages cannot be drawn; its files are \
                 at /releases/{id}"
            ))
        })?;
        let mut inventory: Inventory =
            serde_json::from_str(&content).map_err(WebError::internal("read the inventory of a release"))?;
        let documents = app.store().documents().await.map_err(WebError::internal("read the documents"))?;
        let private: BTreeSet<DocumentId> =
            documents.into_iter().filter(|d| d.metadata.private).map(|d| d.id).collect();
        let all = inventory.documents.len();
        inventory.documents.retain(|member| !private.contains(&member.document.id));
        let whole = inventory.documents.len() == all;
        if !whole {
            let left = inventory.documents.iter().map(|member| member.document.id.clone()).collect();
            inventory.relations = inventory.relations.among(&left);
        }
        let places =
            inventory.documents.iter().enumerate().map(|(at, m)| (m.document.id.clone(), at)).collect();
        Ok(Self { release, inventory, places, whole })
    }

    /// A document of the release.
    pub fn member(&self, id: &DocumentId) -> Option<&Member> {
        self.places.get(id).and_then(|at| self.inventory.documents.get(*at))
    }

    /// Every document of the release.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.inventory.documents.iter()
    }

    /// Whether everything that was published is shown: no document was made private since.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The settings of its map, which is public and speaks of its own day.
    fn settings(&self, config: &Config) -> Config {
        Config { local: false, intake: None, as_of: Some(self.release.at), ..config.clone() }
    }
}

/// Where the map of a release lies.
pub(crate) fn map_of(id: &str) -> String {
    format!("/releases/{id}/map")
}

/// Maps of releases that were asked for last, by release and revision of the store.
#[derive(Debug, Default)]
pub struct Opened(Mutex<VecDeque<(String, i64, Router)>>);

/// The pages of a release; whoever asks first has them opened, and others wait. A reader who goes away, or whose time is up,
/// leaves the opening at work, so that it is not begun again by the next.
async fn site(app: &App, id: &str) -> Result<Router, WebError> {
    let (app, id) = (app.clone(), id.to_owned());
    outliving(async move {
        let revision = app.snapshot().revision;
        let mut held = app.opened().0.lock().await;
        held.retain(|(_, at, _)| *at == revision);
        let place = held.iter().position(|(known, _, _)| *known == id);
        let open = match place.and_then(|place| held.remove(place)) {
            Some(open) => open,
            None => (id.clone(), revision, open(&app, &id).await?),
        };
        let site = open.2.clone();
        held.push_front(open);
        held.truncate(HELD);
        Ok(site)
    })
    .await
}

/// Whether the map of a release has an address.
pub(crate) async fn answers(app: &App, id: &str, address: &str) -> Result<bool, WebError> {
    let request = Request::get(address).body(Body::empty());
    let request = request.map_err(|error| WebError::BadRequest(error.to_string()))?;
    let status = match site(app, id).await?.oneshot(request).await {
        Ok(response) => response.status(),
        Err(never) => match never {},
    };
    Ok(status.is_success() || status.is_redirection())
}

async fn open(app: &App, id: &str) -> Result<Router, WebError> {
    let past = Past::read(app, id).await?;
    let base_url = app.config().absolute(&map_of(id));
    let config = Config { base_url, ..past.settings(app.config()) };
    Ok(crate::routes::of_release().with_state(app.of_release(past, config).await?))
}

/// The map of a release to be published as a site of its own, at the address that the settings name.
pub(crate) async fn alone(app: &App, id: &str) -> Result<App, WebError> {
    let past = Past::read(app, id).await?;
    let config = Config { published: true, ..past.settings(app.config()) };
    app.of_release(past, config).await
}

/// `GET /releases/{id}/map` and everything below it
pub async fn show(State(app): State<App>, request: Request) -> Result<Response, WebError> {
    let asked = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let (prefix, id, address) =
        inside(asked).ok_or_else(|| WebError::NotFound(format!("no map at {asked}")))?;
    let address = if address.starts_with('/') { address.to_owned() } else { format!("/{address}") };
    if !is_drawn(&address) {
        return Err(WebError::NotFound(format!(
            "{address} is no page of a release; the present site may have it at that address"
        )));
    }
    let site = site(&app, id).await?;
    // A request of its own: what the router read from the outer address is none of the inner one's.
    let mut inner = Request::new(Body::empty());
    *inner.uri_mut() = address.parse::<Uri>().map_err(|error| WebError::BadRequest(error.to_string()))?;
    *inner.headers_mut() = request.headers().clone();
    let response = match site.oneshot(inner).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    led_back(response, prefix, &address).await
}

/// An address of the map of a release: where the map lies, its release, and the address inside it, empty for the first page.
fn inside(address: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = address.strip_prefix("/releases/")?.split_once('/')?;
    let rest = rest.strip_prefix("map").filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']))?;
    Some((address.strip_suffix(rest)?, id, rest))
}

/// The path of the page that `path` asks for: itself, or what stands in the map of a release.
pub(crate) fn page_of(path: &str) -> &str {
    inside(path).map_or(path, |(_, _, page)| page)
}

/// What a release has besides the pages that are counted from its snapshot: tables, their descriptions, a feed, what can be
/// framed.
const TAKEN: [&str; 8] =
    ["/wide", "/judgements", "/dates", "/data", "/datapackage", "/CITATION", "/feed", "/embed"];

/// Whether a page of releases lies at an address.
pub(crate) fn is_drawn(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    address::is_counted(path) || TAKEN.iter().any(|start| address::is_below(path, start))
}

/// The answer with its links leading to pages of the same release.
async fn led_back(response: Response, prefix: &str, address: &str) -> Result<Response, WebError> {
    let (mut parts, body) = response.into_parts();
    if let Some(place) = parts.headers.get(header::LOCATION).and_then(|place| place.to_str().ok())
        && is_drawn(place)
        && let Ok(place) = HeaderValue::from_str(&format!("{prefix}{place}"))
    {
        parts.headers.insert(header::LOCATION, place);
    }
    let Some(names) = links_of(&parts.headers) else { return Ok(Response::from_parts(parts, body)) };
    if parts.extensions.get::<Streamed>().is_some() {
        let prefix = prefix.to_owned();
        // A piece is of whole rows, so that no link is cut.
        let piece =
            move |piece: Bytes| Bytes::from(within_release(&String::from_utf8_lossy(&piece), names, &prefix));
        return Ok(Response::from_parts(parts, Body::from_stream(body.into_data_stream().map_ok(piece))));
    }
    let body = to_bytes(body, usize::MAX).await.map_err(WebError::internal("read a page of a release"))?;
    let page = within_release(&String::from_utf8_lossy(&body), names, prefix);
    let now = address.replace('&', "&amp;").replace('"', "%22");
    let page = page.replacen(NOW, &format!(" href=\"{now}\""), 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(page)))
}

/// The words of a page with those links that a release has in it led to the release.
fn within_release(page: &str, names: &[&str], prefix: &str) -> String {
    relinked(page, names, |name, address| {
        let prefix = if is_drawn(address) { prefix } else { "" };
        format!("{name}{prefix}{address}")
    })
}

/// A page of a release without its link to the present page, for where there is none.
pub(crate) fn without_present(page: &str) -> String {
    let cut = page.split_once(NOW).and_then(|(before, after)| {
        let (before, _) = before.rsplit_once(" <a")?;
        let (_, after) = after.split_once("</a>")?;
        Some(format!("{before}{after}"))
    });
    cut.unwrap_or_else(|| page.to_owned())
}

/// How links look in a kind of answer; `None` where there are none. Inside a text of JSON a quotation mark is escaped, so that
/// no words of a document are taken for a link.
fn links_of(headers: &HeaderMap) -> Option<&'static [&'static str]> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next()? {
        "text/html" | "image/svg+xml" => Some(&relink::MARKUP),
        "application/json" => Some(&relink::JSON),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_a_release_cannot_draw_are_those_of_the_present_site() {
        let drawn = [
            "/",
            "/documents?risk=2.2",
            "/documents/a:1/text#p3",
            "/codes.csv",
            "/overview.json",
            "/feed.atom?risk=2.2",
            "/datapackage.json",
            "/data",
            "/dates.csv",
            "/judgements.jsonl",
            "/CITATION.cff",
        ];
        for path in drawn {
            assert!(is_drawn(path), "{path}");
        }
        assert_eq!(inside("/releases/r/map?x=1"), Some(("/releases/r/map", "r", "?x=1")));
        assert_eq!(inside("/releases/r/map/"), Some(("/releases/r/map", "r", "/")));
        assert_eq!(page_of("/releases/r/map/embed/codes/risk"), "/embed/codes/risk");
        for own in ["/releases/r/mapped", "/releases/r/labels.csv", "/documents/map"] {
            assert_eq!(page_of(own), own);
        }
        for path in ["/review", "/documentsx", "/assets/a.css", "/releases", "/documents/a:1/risk/2.2/report"]
        {
            assert!(!is_drawn(path), "{path}");
        }
    }

    #[test]
    fn a_page_that_stands_alone_offers_no_present_one() {
        let page = "<p>As it was. <a data-now=\"\">This page as it is now</a></p><a href=\"/x\">x</a>";
        assert_eq!(without_present(page), "<p>As it was.</p><a href=\"/x\">x</a>");
        assert_eq!(without_present("<p>Now</p>"), "<p>Now</p>");
    }
}
