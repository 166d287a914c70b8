//! `GET /relations`: how the documents of the corpus stand to each other, a page of them at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use lacuna_domain::relation::{Relation, RelationKind};
use lacuna_domain::{DocumentId, Filter, Run};
use lacuna_store::RelationBook;
use lacuna_store::catalogue::Catalogue;
use serde::Serialize;

use crate::address;
use crate::error::WebError;
use crate::limits::aside;
use crate::paging::{PER_PAGE, Pages};
use crate::params::Params;
use crate::pieces::{self, IN_ONE_PIECE, some_at_a_time};
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Section, words_href};

/// Columns of the CSV.
pub const COLUMNS: [&str; 11] = [
    "from",
    "from_title",
    "kind",
    "to",
    "cited",
    "provision",
    "quote",
    "confidence",
    "source",
    "from_href",
    "to_href",
];

/// The relations that readers see, by their places in the book: those that lead out of the corpus last.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    all: Vec<u32>,
    of_kind: BTreeMap<RelationKind, Vec<u32>>,
}

impl Seen {
    /// The relations of `book` of which no side is hidden: what `catalogue` does not have is not for the public.
    pub(crate) fn of(book: &RelationBook, catalogue: &Catalogue) -> Self {
        let known = |id: &DocumentId| catalogue.find(id.as_str()).is_some();
        let public = |relation: &Relation| known(&relation.from) && relation.to.as_ref().is_none_or(known);
        let places = (0_u32..).zip(book.all()).filter(|(_, relation)| public(relation));
        let (inside, outside): (Vec<_>, Vec<_>) = places.partition(|(_, relation)| relation.to.is_some());
        let mut seen = Self::default();
        for (place, relation) in inside.into_iter().chain(outside) {
            seen.all.push(place);
            seen.of_kind.entry(relation.kind).or_default().push(place);
        }
        seen
    }

    /// Those of one kind, or all.
    fn places(&self, kind: Option<RelationKind>) -> &[u32] {
        match kind {
            None => &self.all,
            Some(kind) => self.of_kind.get(&kind).map(Vec::as_slice).unwrap_or_default(),
        }
    }
}

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
    /// The text page at those words.
    pub quote_href: Option<String>,
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
    /// How many there are, as in the tables.
    pub(crate) total: usize,
    /// Of all rows, those that lead out of the corpus; they come last.
    pub(crate) outside: usize,
    #[serde(skip)]
    pub(crate) pages: Pages,
    /// The first page of the same list.
    #[serde(skip)]
    pub(crate) first_href: String,
    /// Those of one page; in JSON all of them, unless it is asked for a page. They stand last, so that very many can be
    /// written while they are read.
    pub(crate) rows: Vec<Row>,
}

/// What an address asks for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    kind: Option<RelationKind>,
    /// From 1.
    page: u32,
    /// Whether only the rows of that page are asked for.
    paged: bool,
    format: Format,
}

impl Asked {
    fn read(query: Option<&str>, format: Format) -> Result<Self, WebError> {
        let mut params = Params::parse(query)?;
        let kind = params.take("kind").map(|id| known_kind(&id)).transpose()?;
        let page = params.take("page").map(|number| page_number(&number)).transpose()?;
        params.done(&["kind", "page"])?;
        let paged = page.is_some() || format == Format::Html;
        Ok(Self { kind, page: page.unwrap_or(1), paged, format })
    }

    /// The address of a page of the same list.
    fn href(self, page: u32) -> String {
        let number = (page > 1).then(|| page.to_string());
        let kind = self.kind.map(|kind| ("kind", kind.id()));
        let page = number.as_deref().map(|number| ("page", number));
        address::with_query("/relations", kind.into_iter().chain(page))
    }

    /// The places of the rows asked for among those of the whole list.
    fn shown(self, places: &[u32]) -> &[u32] {
        if !self.paged {
            return places;
        }
        places.chunks(PER_PAGE as usize).nth(self.page as usize - 1).unwrap_or_default()
    }
}

fn known_kind(id: &str) -> Result<RelationKind, WebError> {
    RelationKind::from_id(id).ok_or_else(|| {
        let known = RelationKind::ALL.map(RelationKind::id).join(", ");
        WebError::BadRequest(format!("kind={id}: there is no such kind; use {known}"))
    })
}

fn page_number(number: &str) -> Result<u32, WebError> {
    let last = Filter::MAX_PAGE;
    let page = number.trim().parse::<u32>().ok().filter(|page| (1..=last).contains(page));
    page.ok_or_else(|| {
        let number: String = number.chars().take(40).collect();
        WebError::BadRequest(format!("page={number}: use a number from 1 to {last}"))
    })
}

/// `GET /relations`, `.json`, `.csv`
pub async fn get(
    State(app): State<App>,
    format: Format,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let asked = Asked::read(query.as_deref(), format)?;
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    // The first to ask looks at every relation, and the tables have them all.
    aside("draw relations", move || answer(&app, asked, known.as_ref())).await?
}

fn answer(app: &App, asked: Asked, known: Option<&HeaderValue>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let seen = snapshot.seen.get_or_init(|| Seen::of(&snapshot.relations, &snapshot.catalogue));
    let shown = asked.shown(seen.places(asked.kind));
    if asked.format == Format::Csv {
        return csv(app, &snapshot, asked, shown, known);
    }
    if asked.format == Format::Json && shown.len() > IN_ONE_PIECE {
        let empty = page(app, &snapshot, asked, seen, vec![]);
        let source = Arc::clone(&snapshot);
        let rows = some_at_a_time(shown).map(move |some| rows(&source, &some));
        return reply::long_json("relations.json", &snapshot, &empty, "", known, rows);
    }
    let page = page(app, &snapshot, asked, seen, rows(&snapshot, shown));
    if asked.format == Format::Json { reply::json(&page) } else { reply::html(&page) }
}

fn page(app: &App, snapshot: &Snapshot, asked: Asked, seen: &Seen, rows: Vec<Row>) -> RelationsPage {
    let whole = asked.href(1);
    let query = whole.split_once('?').map_or("", |(_, query)| query);
    let chrome = app
        .chrome(snapshot, Section::Documents, "Relations")
        .describe(
            "Which documents amend, revoke, implement or repeat each other, with the words that say so.",
        )
        .under("Documents", "/documents")
        .at(app.config(), &asked.href(asked.page))
        .with_json("/relations", query)
        .with_csv("/relations", query)
        .described_as_dataset(app.config());
    let places = seen.places(asked.kind);
    let inside = |place: &u32| relation(snapshot, *place).is_some_and(|relation| relation.to.is_some());
    RelationsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        kinds: kinds(seen, asked.kind),
        total: places.len(),
        outside: places.len() - places.partition_point(inside),
        pages: Pages::of(asked.page, PER_PAGE, places.len() as u64, |page| asked.href(page)),
        first_href: whole,
        rows,
    }
}

fn kinds(seen: &Seen, chosen: Option<RelationKind>) -> Vec<KindLink> {
    let shown = |kind: RelationKind| {
        let count = seen.places(Some(kind)).len();
        let chosen = chosen == Some(kind);
        let href = if chosen { "/relations".to_owned() } else { format!("/relations?kind={}", kind.id()) };
        KindLink { name: kind.name(), count, href, chosen }
    };
    RelationKind::ALL.into_iter().map(shown).filter(|kind| kind.count > 0 || kind.chosen).collect()
}

fn relation(snapshot: &Snapshot, place: u32) -> Option<&Relation> {
    snapshot.relations.all().get(place as usize)
}

fn rows(snapshot: &Snapshot, places: &[u32]) -> Vec<Row> {
    let relations = places.iter().filter_map(|place| relation(snapshot, *place));
    relations.filter_map(|relation| row(relation, snapshot)).collect()
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
        from_href: address::document(&relation.from),
        from_enactment: from.enactment().name(),
        from_dead: from.enactment().is_dead(),
        kind: relation.kind.id(),
        words: relation.kind.name(),
        to: to.map(|(id, _)| id.to_string()),
        to_title: to.map_or_else(|| relation.cited.clone(), |(_, record)| record.title().to_owned()),
        to_href: to.map(|(id, _)| address::document(id)),
        to_enactment: to.map(|(_, record)| record.enactment().name()),
        to_dead: to.is_some_and(|(_, record)| record.enactment().is_dead()),
        provision: relation.provision.clone(),
        quote: relation.passage.as_ref().map(|passage| passage.quote.clone()),
        quote_href: words_href(&snapshot.relations, relation),
        confidence: relation.confidence.id(),
        source: relation.source.id(),
    })
}

/// The relations at these places as a file: made in one piece where it is short, else written while it is read.
fn csv(
    app: &App,
    snapshot: &Arc<Snapshot>,
    asked: Asked,
    places: &[u32],
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    let name = "relations.csv";
    let mut head = String::new();
    csv_row(&mut head, COLUMNS);
    if places.len() <= IN_ONE_PIECE {
        return Ok(reply::csv(name, head + &csv_rows(app, &rows(snapshot, places))));
    }
    // Rows hold addresses: a site that learns its own has other rows.
    let list = app.in_tables(&asked.href(asked.page));
    let tag = reply::tag_of_rows(snapshot, None::<&Run>, [list.as_str()])?;
    let (app, source) = (app.clone(), Arc::clone(snapshot));
    let rows = some_at_a_time(places).map(move |some| csv_rows(&app, &rows(&source, &some)));
    Ok(reply::stream(name, reply::CSV, tag, known, pieces::table(head, rows)))
}

fn csv_rows(app: &App, rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let or_blank = |text: &Option<String>| text.clone().unwrap_or_default();
        let (to, provision, quote) = (or_blank(&row.to), or_blank(&row.provision), or_blank(&row.quote));
        let from_href = app.in_tables(&row.from_href);
        let to_href = row.to_href.as_deref().map(|href| app.in_tables(href)).unwrap_or_default();
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
            &from_href,
            &to_href,
        ];
        csv_row(&mut out, cells);
    }
    out
}
