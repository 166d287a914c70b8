//! `GET /actors/entities`: every name, the ones in most documents first.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::Codebook;
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use super::Named;
use crate::error::WebError;
use crate::params::Params;
use crate::reply::{self, Format, csv_row};
use crate::state::App;
use crate::view::{Chrome, Provenance, Section};

/// An entity in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The key of its names.
    pub key: String,
    /// The name found most often.
    pub name: String,
    /// Names as found.
    pub variants: usize,
    /// Documents that name it in a role.
    pub documents: usize,
    /// Documents by role.
    pub roles: Vec<(String, usize)>,
    /// Its page.
    pub href: String,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/entities.html")]
pub struct EntitiesPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) words: String,
    pub(crate) role: String,
    pub(crate) total: usize,
    #[serde(skip)]
    pub(crate) roles: Vec<(String, String)>,
    pub(crate) entries: Vec<Entry>,
}

/// Entities shown on the page; the files hold all.
const SHOWN: usize = 300;

/// Every entity that is named in `role`, if one is given, and whose names hold `words`.
pub(super) fn entries(codebook: &Codebook, named: &Named, role: Option<&str>, words: &str) -> Vec<Entry> {
    let wanted = words.to_lowercase();
    let roles = super::dimension(codebook).map(|(d, _)| d.codes.as_slice()).unwrap_or_default();
    let mut entries: Vec<Entry> = Vec::new();
    for (key, entity) in &named.actors.entities {
        if !wanted.is_empty() && !entity.variants.keys().any(|name| name.to_lowercase().contains(&wanted)) {
            continue;
        }
        let count = |role: Option<&str>| {
            let mentions = entity.mentions.iter().filter(|m| role.is_none_or(|role| m.role == role));
            let of_texts = mentions.filter_map(|m| named.of(&m.text));
            of_texts.fold(DocumentSet::new(), |all, documents| all | documents).len() as usize
        };
        let documents = count(role);
        if documents == 0 {
            continue;
        }
        let by_role =
            roles.iter().map(|r| (r.short.clone(), count(Some(r.id.as_str())))).filter(|(_, n)| *n > 0);
        entries.push(Entry {
            name: entity.name().to_owned(),
            variants: entity.variants.len(),
            documents,
            roles: by_role.collect(),
            href: format!("/actors/entities/{}", crate::address::segment(key)),
            key: key.clone(),
        });
    }
    entries.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.key.cmp(&b.key)));
    entries
}

/// `GET /actors/entities`
pub async fn get(
    State(app): State<App>,
    format: Format,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), format).await
}

async fn answer(app: &App, query: Option<&str>, format: Format) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let (words, role) = (params.take("name").unwrap_or_default(), params.take("role").unwrap_or_default());
    params.done(&["name", "role"])?;
    let named = super::named(app, &snapshot).await?;
    let found = entries(&snapshot.codebook, named, (!role.is_empty()).then_some(role.as_str()), &words);
    let pairs =
        [("name", words.as_str()), ("role", role.as_str())].into_iter().filter(|(_, v)| !v.is_empty());
    let address = crate::address::with_query("/actors/entities", pairs);
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let chrome = app
        .chrome(&snapshot, Section::Actors, "Entities")
        .describe(
            "Names as the texts give them, one where they differ in dress only or are long and short form.",
        )
        .under("Actors", "/actors")
        .at(app.config(), &address)
        .with_json("/actors/entities", query)
        .with_csv("/actors/entities", query)
        .gathered(named.extent)
        .described_as_dataset(app.config());
    let roles = super::dimension(&snapshot.codebook).map(|(d, _)| d.codes.as_slice()).unwrap_or_default();
    let mut page = EntitiesPage {
        provenance: chrome.provenance.clone(),
        chrome,
        words,
        role,
        total: found.len(),
        roles: roles.iter().map(|r| (r.id.to_string(), r.name.clone())).collect(),
        entries: found,
    };
    match format {
        Format::Html => {
            page.entries.truncate(SHOWN);
            reply::html(&page)
        }
        Format::Json => reply::json(&page),
        Format::Csv => {
            let mut out = String::new();
            csv_row(&mut out, ["key", "name", "variants", "documents", "fiction"]);
            let fiction = if page.provenance.fiction { "fiction" } else { "" };
            for entry in &page.entries {
                let (variants, documents) = (entry.variants.to_string(), entry.documents.to_string());
                csv_row(&mut out, [entry.key.as_str(), &entry.name, &variants, &documents, fiction]);
            }
            Ok(reply::csv("entities.csv", out))
        }
    }
}
