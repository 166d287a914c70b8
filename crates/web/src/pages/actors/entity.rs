//! `GET /actors/entities/{name}`: one entity, its names as found, and where it is named in which role.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use lacuna_domain::DocumentId;
use serde::Serialize;

use super::Named;
use crate::error::WebError;
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Reliability, Section};

/// A place where the entity is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The document.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where it stands.
    pub enactment: &'static str,
    /// Whether it is no more.
    pub dead: bool,
    /// Date of its most recent dated event.
    pub date: Option<String>,
    /// The passage that names the entity.
    pub href: String,
}

/// The places of one role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InRole {
    /// The role.
    pub role: String,
    /// Its name.
    pub name: String,
    /// How far names in this role can be trusted.
    pub trust: Reliability,
    /// Where.
    pub places: Vec<Place>,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/entity.html")]
pub struct EntityPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) variants: Vec<(String, u64)>,
    pub(crate) roles: Vec<InRole>,
}

fn build(app: &App, snapshot: &Snapshot, named: &Named, key: &str) -> Option<EntityPage> {
    let (key, entity) = named.actors.entity(key)?;
    let (dimension, _) = super::dimension(&snapshot.codebook)?;
    let mut roles = Vec::new();
    for role in &dimension.codes {
        let mut places: Vec<Place> = Vec::new();
        for mention in entity.mentions.iter().filter(|m| m.role == role.id.as_str()) {
            let records =
                named.of(&mention.text).into_iter().flatten().filter_map(|n| snapshot.catalogue.record(n));
            for record in records {
                let Ok(id) = record.id().parse::<DocumentId>() else { continue };
                if places.iter().any(|p| p.id == record.id()) {
                    continue;
                }
                places.push(Place {
                    href: crate::address::passage(
                        &id,
                        Some((dimension.id.as_str(), role.id.as_str())),
                        mention.passage,
                    ),
                    id: record.id().to_owned(),
                    title: record.title().to_owned(),
                    enactment: record.enactment().name(),
                    dead: record.enactment().is_dead(),
                    date: record.date().map(|d| d.to_string()),
                });
            }
        }
        places.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.id.cmp(&b.id)));
        if !places.is_empty() {
            let trust = snapshot.trust(dimension.id.as_str(), role.id.as_str());
            roles.push(InRole { role: role.id.to_string(), name: role.name.clone(), trust, places });
        }
    }
    if roles.is_empty() {
        return None;
    }
    let path = format!("/actors/entities/{}", crate::address::segment(key));
    let name = entity.name().to_owned();
    let chrome = app
        .chrome(snapshot, Section::Actors, &name)
        .describe(format!("{name}: where documents name it in which role."))
        .under("Actors", "/actors")
        .under("Entities", "/actors/entities")
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "")
        .gathered(named.extent)
        .described_as_dataset(app.config());
    let mut variants: Vec<(String, u64)> =
        entity.variants.iter().map(|(name, n)| (name.clone(), *n)).collect();
    variants.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Some(EntityPage {
        provenance: chrome.provenance.clone(),
        chrome,
        key: key.to_owned(),
        name,
        variants,
        roles,
    })
}

/// `GET /actors/entities/{name}`
pub async fn get(State(app): State<App>, Path(raw): Path<String>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let named = super::named(&app, &snapshot).await?;
    let exact = named.actors.entity(&raw).is_some();
    let (key, format) = if exact { (raw.as_str(), Format::Html) } else { Format::split(&raw) };
    let unknown =
        || WebError::NotFound("no public document names this; /actors/entities lists the names".to_owned());
    let page = build(&app, &snapshot, named, key).ok_or_else(unknown)?;
    match format {
        Format::Html => reply::html(&page),
        Format::Json => reply::json(&page),
        Format::Csv => {
            let mut out = String::new();
            csv_row(&mut out, ["entity", "role", "document", "title", "enactment", "date", "fiction"]);
            let fiction = if page.provenance.fiction { "fiction" } else { "" };
            for role in &page.roles {
                for place in &role.places {
                    let date = place.date.clone().unwrap_or_default();
                    csv_row(
                        &mut out,
                        [&page.name, &role.role, &place.id, &place.title, place.enactment, &date, fiction],
                    );
                }
            }
            Ok(reply::csv("entity.csv", out))
        }
    }
}
