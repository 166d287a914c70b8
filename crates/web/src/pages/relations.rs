//! `GET /relations`: how the documents of the corpus stand to each other.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::relation::{Relation, RelationKind, RelationSource};
use serde::Serialize;

use crate::error::WebError;
use crate::params::Params;
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Section};

/// Rows on the page; the tables have all.
const SHOWN: usize = 100;

/// Columns of the CSV.
pub const COLUMNS: [&str; 9] =
    ["from", "from_title", "kind", "to", "cited", "provision", "quote", "confidence", "source"];

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Id of the document that does something.
    pub from: String,
    /// Its title.
    pub from_title: String,
    /// Its page.
    pub from_href: String,
    /// Where it stands, for readers.
    pub from_enactment: &'static str,
    /// Whether it is no more.
    pub from_dead: bool,
    /// `revokes`, …
    pub kind: &'static str,
    /// The same for readers.
    pub words: &'static str,
    /// Id of the other document, where the corpus has it.
    pub to: Option<String>,
    /// Its title, or what is cited.
    pub to_title: String,
    /// Its page.
    pub to_href: Option<String>,
    /// Where it stands, for readers.
    pub to_enactment: Option<&'static str>,
    /// Whether it is no more.
    pub to_dead: bool,
    /// The part cited.
    pub provision: Option<String>,
    /// The words that say so.
    pub quote: Option<String>,
    /// `high`, `medium`, `low`.
    pub confidence: &'static str,
    /// `text`, `catalogue`, `imported`.
    pub source: &'static str,
}

/// A kind that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindLink {
    /// Name for readers.
    pub name: &'static str,
    /// Relations of this kind, those that lead out of the corpus too.
    pub count: usize,
    /// The page with this kind only.
    pub href: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/relations.html")]
pub struct RelationsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) kinds: Vec<KindLink>,
    /// All of them in JSON, the first on the page.
    pub(crate) rows: Vec<Row>,
    /// How many there are, as in the tables.
    pub(crate) total: usize,
    /// Of the rows, those that lead out of the corpus; they come last.
    pub(crate) outside: usize,
}

/// `GET /relations`, `.json`, `.csv`
pub async fn get(
    State(app): State<App>,
    format: Format,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), format)
}

fn answer(app: &App, query: Option<&str>, format: Format) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let kind = match params.take("kind") {
        None => None,
        Some(id) => Some(RelationKind::from_id(&id).ok_or_else(|| {
            let known = RelationKind::ALL.map(RelationKind::id).join(", ");
            WebError::BadRequest(format!("kind={id}: there is no such kind; use {known}"))
        })?),
    };
    params.done(&["kind"])?;
    let wanted = |relation: &&Relation| kind.is_none_or(|kind| relation.kind == kind);
    let mut rows: Vec<Row> =
        snapshot.relations.all().iter().filter(wanted).filter_map(|r| row(r, &snapshot)).collect();
    rows.sort_by_key(|row| row.to.is_none());
    if format == Format::Csv {
        return Ok(reply::csv("relations.csv", csv(&rows)));
    }
    let query = kind.map(|kind| format!("kind={}", kind.id())).unwrap_or_default();
    let total = rows.len();
    let outside = rows.iter().filter(|row| row.to.is_none()).count();
    if format == Format::Html {
        rows.truncate(SHOWN);
    }
    let chrome = app
        .chrome(&snapshot, Section::Documents, "Relations")
        .describe(
            "Which documents amend, revoke, implement or repeat each other, with the words that say so.",
        )
        .under("Documents", "/documents")
        .at(app.config(), "/relations")
        .with_json("/relations", &query)
        .with_csv("/relations", &query)
        .described_as_dataset(app.config());
    let page = RelationsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        kinds: kinds(&snapshot, kind),
        rows,
        total,
        outside,
    };
    if format == Format::Json { reply::json(&page) } else { reply::html(&page) }
}

fn kinds(snapshot: &Snapshot, chosen: Option<RelationKind>) -> Vec<KindLink> {
    let shown = |kind: RelationKind| {
        let of_kind = snapshot.relations.all().iter().filter(|r| r.kind == kind);
        let count = of_kind.filter_map(|r| row(r, snapshot)).count();
        let chosen = chosen == Some(kind);
        let href = if chosen { "/relations".to_owned() } else { format!("/relations?kind={}", kind.id()) };
        KindLink { name: kind.name(), count, href, chosen }
    };
    RelationKind::ALL.into_iter().map(shown).filter(|kind| kind.count > 0 || kind.chosen).collect()
}

/// The row of a relation; `None` where a side is not for the public.
fn row(relation: &Relation, snapshot: &Snapshot) -> Option<Row> {
    let from = snapshot.catalogue.record_of(relation.from.as_str())?;
    let to = match &relation.to {
        None => None,
        Some(id) => Some((id, snapshot.catalogue.record_of(id.as_str())?)),
    };
    Some(Row {
        from: relation.from.to_string(),
        from_title: from.title().to_owned(),
        from_href: crate::address::document(&relation.from),
        from_enactment: from.enactment().name(),
        from_dead: from.enactment().is_dead(),
        kind: relation.kind.id(),
        words: relation.kind.name(),
        to: to.map(|(id, _)| id.to_string()),
        to_title: to.map_or_else(|| relation.cited.clone(), |(_, record)| record.title().to_owned()),
        to_href: to.map(|(id, _)| crate::address::document(id)),
        to_enactment: to.map(|(_, record)| record.enactment().name()),
        to_dead: to.is_some_and(|(_, record)| record.enactment().is_dead()),
        provision: relation.provision.clone(),
        quote: relation.passage.as_ref().map(|passage| passage.quote.clone()),
        confidence: relation.confidence.id(),
        source: match relation.source {
            RelationSource::Text => "text",
            RelationSource::Catalogue => "catalogue",
            RelationSource::Imported => "imported",
        },
    })
}

fn csv(rows: &[Row]) -> String {
    let mut out = String::new();
    csv_row(&mut out, COLUMNS);
    for row in rows {
        let or_blank = |text: &Option<String>| text.clone().unwrap_or_default();
        let (to, provision, quote) = (or_blank(&row.to), or_blank(&row.provision), or_blank(&row.quote));
        let cells = [
            row.from.as_str(),
            &row.from_title,
            row.kind,
            &to,
            &row.to_title,
            &provision,
            &quote,
            row.confidence,
            row.source,
        ];
        csv_row(&mut out, cells);
    }
    out
}
