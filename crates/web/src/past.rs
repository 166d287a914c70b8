//! `/releases/{id}/map/…`: the pages of the site as they were when a release was cut, drawn from the release's inventory
//! and the labels of its run by the same routes. Their links lead to pages of the same release.

use std::collections::{BTreeMap, VecDeque};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use lacuna_domain::DocumentId;
use lacuna_pipeline::publish::release::INVENTORY;
use lacuna_store::{Inventory, Member, Release};
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::address;
use crate::config::Config;
use crate::error::WebError;
use crate::relink::{self, relinked};
use crate::state::App;

/// Maps that are kept open.
const HELD: usize = 2;

/// A release with what it holds.
#[derive(Debug)]
pub struct Past {
    /// The release.
    pub release: Release,
    /// Its documents and relations.
    pub inventory: Inventory,
    places: BTreeMap<DocumentId, usize>,
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
        let private: Vec<DocumentId> =
            documents.into_iter().filter(|d| d.metadata.private).map(|d| d.id).collect();
        if !private.is_empty() {
            inventory.documents.retain(|member| !private.contains(&member.document.id));
            let left = inventory.documents.iter().map(|member| member.document.id.clone()).collect();
            inventory.relations = inventory.relations.among(&left);
        }
        let places =
            inventory.documents.iter().enumerate().map(|(at, m)| (m.document.id.clone(), at)).collect();
        Ok(Self { release, inventory, places })
    }

    /// A document of the release.
    pub fn member(&self, id: &DocumentId) -> Option<&Member> {
        self.places.get(id).and_then(|at| self.inventory.documents.get(*at))
    }

    /// Every document of the release.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.inventory.documents.iter()
    }
}

/// Maps of releases that were asked for last, by release and revision of the store.
#[derive(Debug, Default)]
pub struct Opened(Mutex<VecDeque<(String, i64, Router)>>);

/// The pages of a release; whoever asks first has them opened, and others wait. A reader who goes away, or whose time is up,
/// leaves the opening at work, so that it is not begun again by the next.
async fn site(app: &App, id: &str, prefix: &str) -> Result<Router, WebError> {
    let (app, id, prefix) = (app.clone(), id.to_owned(), prefix.to_owned());
    let opening = tokio::spawn(async move {
        let revision = app.snapshot().revision;
        let mut held = app.opened().0.lock().await;
        held.retain(|(_, at, _)| *at == revision);
        let place = held.iter().position(|(known, _, _)| *known == id);
        let open = match place.and_then(|place| held.remove(place)) {
            Some(open) => open,
            None => (id.clone(), revision, open(&app, &id, &prefix).await?),
        };
        let site = open.2.clone();
        held.push_front(open);
        held.truncate(HELD);
        Ok(site)
    });
    opening.await.map_err(WebError::internal("open the map of a release"))?
}

async fn open(app: &App, id: &str, prefix: &str) -> Result<Router, WebError> {
    let past = Past::read(app, id).await?;
    let config = Config {
        base_url: app.config().absolute(prefix),
        local: false,
        intake: None,
        as_of: Some(past.release.at),
        ..app.config().clone()
    };
    Ok(crate::routes::of_release().with_state(app.of_release(past, config).await?))
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
    let site = site(&app, id, prefix).await?;
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

/// Whether a page of releases lies at an address.
fn is_drawn(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    address::is_counted(path) || ["/wide", "/embed"].iter().any(|start| address::is_below(path, start))
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
    let body = to_bytes(body, usize::MAX).await.map_err(WebError::internal("read a page of a release"))?;
    let page = String::from_utf8_lossy(&body);
    let page = relinked(&page, names, |name, address| {
        let prefix = if is_drawn(address) { prefix } else { "" };
        format!("{name}{prefix}{address}")
    });
    let now = address.replace('&', "&amp;").replace('"', "%22");
    let page = page.replacen(" data-now=\"\"", &format!(" href=\"{now}\""), 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(page)))
}

/// How links look in a kind of answer; `None` where there are none.
fn links_of(headers: &HeaderMap) -> Option<&'static [&'static str]> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next()? {
        "text/html" | "image/svg+xml" => Some(&relink::MARKUP),
        "application/json" => Some(&["\"href\":\""]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_a_release_cannot_draw_are_those_of_the_present_site() {
        for path in ["/", "/documents?risk=2.2", "/documents/a:1/text#p3", "/codes.csv", "/overview.json"] {
            assert!(is_drawn(path), "{path}");
        }
        assert_eq!(inside("/releases/r/map?x=1"), Some(("/releases/r/map", "r", "?x=1")));
        assert_eq!(page_of("/releases/r/map/embed/codes/risk"), "/embed/codes/risk");
        for own in ["/releases/r/mapped", "/releases/r/labels.csv", "/documents/map"] {
            assert_eq!(page_of(own), own);
        }
        for path in ["/review", "/documentsx", "/assets/a.css", "/releases", "/documents/a:1/risk/2.2/report"]
        {
            assert!(!is_drawn(path), "{path}");
        }
    }
}
