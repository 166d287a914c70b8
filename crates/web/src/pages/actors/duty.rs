//! `GET /actors/duties/{type}/{code}`: who must do something about what, with the sentences. A target and a code are
//! joined only where they stand in one passage.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use lacuna_domain::DocumentId;
use lacuna_domain::filter::Field;
use serde::Serialize;

use super::Named;
use super::overview::kind_name;
use crate::error::WebError;
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Reliability, Section};

/// A passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The document.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where it stands.
    pub enactment: &'static str,
    /// Whether it is no more.
    pub dead: bool,
    /// The targets as named.
    pub entities: Vec<String>,
    /// How the type of each of them was told, in the same order.
    pub told: Vec<&'static str>,
    /// The sentences.
    pub quote: String,
    /// Language of the text.
    pub language: Option<String>,
    /// The passage in the text.
    pub href: String,
}

impl Passage {
    /// Each target with how its type was told.
    fn targets(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.entities.iter().map(String::as_str).zip(self.told.iter().copied())
    }
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/duties.html")]
pub struct DutiesPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) kind: String,
    pub(crate) kind_name: String,
    pub(crate) code: String,
    pub(crate) code_name: String,
    pub(crate) passages: Vec<Passage>,
    /// How far labels of the code can be trusted.
    pub(crate) trust: Reliability,
    /// Classified documents that were searched.
    pub(crate) classified: u64,
    /// The sentence under which an absence stands.
    pub(crate) absence: String,
}

fn build(app: &App, snapshot: &Snapshot, named: &Named, kind: &str, code: &str) -> Option<DutiesPage> {
    let subject = super::subject(&snapshot.codebook)?;
    let (_, types) = super::dimension(&snapshot.codebook)?;
    let found = subject.code(code)?;
    let id = if kind == "untold" { "" } else { kind };
    if !id.is_empty() && !types.iter().any(|t| t.id.as_str() == id) {
        return None;
    }
    let mut passages: Vec<Passage> = Vec::new();
    let duties = named.actors.duties.get(&(id.to_owned(), code.to_owned()));
    for duty in duties.into_iter().flatten() {
        let records = named.of(&duty.text).iter().filter_map(|n| snapshot.catalogue.record(*n));
        for record in records {
            let Ok(document) = record.id().parse::<DocumentId>() else { continue };
            let href = crate::address::passage(&document, Some((subject.id.as_str(), code)), duty.passage);
            if let Some(same) = passages.iter_mut().find(|p| p.href == href) {
                same.entities.push(duty.entity.clone());
                same.told.push(duty.told.words());
                continue;
            }
            passages.push(Passage {
                id: record.id().to_owned(),
                title: record.title().to_owned(),
                enactment: record.enactment().name(),
                dead: record.enactment().is_dead(),
                entities: vec![duty.entity.clone()],
                told: vec![duty.told.words()],
                quote: duty.quote.clone(),
                language: record.value(Field::Language).map(str::to_owned),
                href,
            });
        }
    }
    passages.sort_by(|a, b| (a.dead, a.quote.is_empty(), &a.id).cmp(&(b.dead, b.quote.is_empty(), &b.id)));
    let path = format!("/actors/duties/{}/{}", crate::address::segment(kind), crate::address::segment(code));
    let (kind_name, code_name) = (kind_name(types, id), found.short.clone());
    let chrome = app
        .chrome(snapshot, Section::Actors, &format!("{kind_name}: {code_name}"))
        .describe(format!("What texts ask of “{kind_name}” about “{code_name}”, with the sentences."))
        .under("Actors", "/actors")
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "")
        .gathered(named.extent)
        .described_as_dataset(app.config());
    let classified = named.extent.searched(snapshot.catalogue.coded().len());
    Some(DutiesPage {
        provenance: chrome.provenance.clone(),
        chrome,
        kind: kind.to_owned(),
        kind_name,
        code: code.to_owned(),
        code_name,
        passages,
        trust: snapshot.trust(subject.id.as_str(), code),
        classified,
        absence: lacuna_pipeline::analyze::gaps::absence(classified),
    })
}

/// `GET /actors/duties/{type}/{code}`
pub async fn get(
    State(app): State<App>,
    Path((kind, raw)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let exact = super::subject(&snapshot.codebook).is_some_and(|d| d.code(&raw).is_some());
    let (code, format) = if exact { (raw.as_str(), Format::Html) } else { Format::split(&raw) };
    let named = super::named(&app, &snapshot).await?;
    let unknown = || WebError::NotFound("there is no such type or code; /actors shows them all".to_owned());
    let page = build(&app, &snapshot, named, &kind, code).ok_or_else(unknown)?;
    match format {
        Format::Html => reply::html(&page),
        Format::Json => reply::json(&page),
        Format::Csv => {
            let mut out = String::new();
            csv_row(
                &mut out,
                [
                    "type",
                    "code",
                    "document",
                    "title",
                    "enactment",
                    "entities",
                    "told",
                    "quote",
                    "address",
                    "fiction",
                ],
            );
            let fiction = if page.provenance.fiction { "fiction" } else { "" };
            for p in &page.passages {
                let (entities, told) = (p.entities.join("; "), p.told.join("; "));
                csv_row(
                    &mut out,
                    [
                        &page.kind,
                        &page.code,
                        &p.id,
                        &p.title,
                        p.enactment,
                        &entities,
                        &told,
                        &p.quote,
                        &p.href,
                        fiction,
                    ],
                );
            }
            Ok(reply::csv("duties.csv", out))
        }
    }
}
