//! `GET /documents`: words, filters, counts, order and paging; the whole state stands in the address.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use lacuna_domain::Filter;
use lacuna_domain::filter::{Condition, Sort};
use lacuna_domain::hash::sha256_each;
use lacuna_store::catalogue::{Record, Standing};
use serde::Serialize;

use crate::error::WebError;
use crate::find::{Found, known_columns};
use crate::limits::aside;
use crate::paging::Pages;
use crate::params::Params;
use crate::pieces::{self, IN_ONE_PIECE, some_at_a_time};
use crate::reply::{self, Format};
use crate::state::{App, Snapshot, list_href};
use crate::view::{
    Chrome, DateForm, LevelKey, Provenance, Section, YearForm, capital, level_keys, s, unknown_column,
    unposed,
};

use super::absent::{Absent, absent};
use super::facet::{CodeSelect, Facet, OwnFacets, own_facets, selects, shown_facets};
use super::row::{self, Row};

/// A condition that holds, with the way to drop it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// Such as `Jurisdiction: Norvale`.
    pub label: String,
    /// The list without it.
    pub without: String,
}

/// An order of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Order {
    /// Parameter value.
    pub id: &'static str,
    /// Name for readers.
    pub name: &'static str,
    /// Whether it holds now.
    pub chosen: bool,
    /// The list in this order.
    pub href: String,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/documents.html")]
pub struct ListPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// Documents that pass the filter.
    pub(crate) total: u64,
    /// Those of them that are coded.
    pub(crate) coded: u64,
    /// Words searched for.
    pub(crate) words: String,
    /// What cannot be read in the words.
    pub(crate) problem: Option<String>,
    pub(crate) chips: Vec<Chip>,
    /// What an empty list says of the codes that it asks for.
    pub(crate) absent: Vec<Absent>,
    /// Documents without a text, which an empty list that was searched for words speaks of.
    #[serde(skip)]
    pub(crate) textless: u64,
    /// What an empty list says of a column that the catalogue does not have; programs are refused then.
    #[serde(skip)]
    pub(crate) unknown_column: Option<String>,
    #[serde(skip)]
    pub(crate) key: Vec<LevelKey>,
    pub(crate) rows: Vec<Row>,
    #[serde(skip)]
    pub(crate) facets: Vec<Facet>,
    /// Of the catalogue's own columns.
    #[serde(skip)]
    pub(crate) own_facets: OwnFacets,
    #[serde(skip)]
    pub(crate) selects: Vec<CodeSelect>,
    #[serde(skip)]
    pub(crate) orders: Vec<Order>,
    #[serde(skip)]
    pub(crate) pages: Pages,
    /// The present filter as hidden fields of a form, without what its own fields hold.
    #[serde(skip)]
    pub(crate) hidden: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) years: YearForm,
    #[serde(skip)]
    pub(crate) dates: DateForm,
}

impl ListPage {
    /// The title.
    pub(crate) fn heading(&self) -> String {
        heading(&self.words)
    }

    /// Whether a code is among the conditions, so that the selects are shown open.
    pub(crate) fn has_codes(&self) -> bool {
        self.hidden.iter().any(|(name, _)| self.selects.iter().any(|s| &s.id == name))
    }

    /// Whether a value of an own column is among the conditions, so that these columns are shown open.
    pub(crate) fn has_own_columns(&self) -> bool {
        self.own_facets.shown.iter().any(|facet| facet.open)
    }
}

/// `GET /documents`
pub async fn get(
    State(app): State<App>,
    format: Format,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), format, headers.get(header::IF_NONE_MATCH)).await
}

async fn answer(
    app: &App,
    query: Option<&str>,
    format: Format,
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let params = Params::parse(query)?;
    let paged = format == Format::Html || params.has("page") || params.has("per");
    let posed = params.dates_posed();
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    // The address that readers keep and cite is the short one.
    if posed && format == Format::Html {
        return Ok(Redirect::to(&list_href(&filter)).into_response());
    }
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let (app, known) = (app.clone(), known.cloned());
    // Searching, counting and drawing take milliseconds; the threads that serve other requests go on meanwhile.
    let drawn = move || draw(&app, &snapshot, &filter, (format, paged), known.as_ref());
    aside("draw a list", drawn).await?
}

fn draw(
    app: &App,
    snapshot: &Arc<Snapshot>,
    filter: &Filter,
    (format, paged): (Format, bool),
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    if format != Format::Html {
        known_columns(snapshot, filter)?;
    }
    let found = snapshot.finder.find(&snapshot.catalogue, filter)?;
    let found = if format == Format::Html { found } else { found.readable()? };
    let numbers = numbers(snapshot, &found, paged);
    if format == Format::Csv {
        return csv(snapshot, "documents.csv", &numbers, known);
    }
    if numbers.len() > IN_ONE_PIECE {
        let empty = page(app, snapshot, filter, &found, vec![]);
        let made_of = sha256_each(ids(snapshot, &numbers).map(str::as_bytes));
        let source = Arc::clone(snapshot);
        let rows = some_at_a_time(&numbers).map(move |some| plain(&source, &some));
        return reply::long_json("documents.json", snapshot, &empty, &made_of, known, rows);
    }
    let rows = rows(snapshot, &found, &numbers, paged)?;
    let page = page(app, snapshot, filter, &found, rows);
    if format == Format::Json { reply::json(&page) } else { reply::html(&page) }
}

/// The documents found, or those of one page.
fn numbers(snapshot: &Snapshot, found: &Found, paged: bool) -> Vec<u32> {
    if paged {
        snapshot.catalogue.page(&found.selection).documents
    } else {
        snapshot.catalogue.in_order(&found.selection)
    }
}

/// Documents as a file: made in one piece and held where it is short, else written while it is read.
pub(crate) fn csv(
    snapshot: &Arc<Snapshot>,
    name: &str,
    numbers: &[u32],
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    if numbers.len() <= IN_ONE_PIECE {
        return Ok(reply::csv(name, row::csv(snapshot, &plain(snapshot, numbers))));
    }
    let tag = reply::tag_of_rows(snapshot, snapshot.run.as_ref(), ids(snapshot, numbers))?;
    let (head, source) = (row::csv_head(snapshot), Arc::clone(snapshot));
    let rows = some_at_a_time(numbers).map(move |some| row::csv_rows(&source, &plain(&source, &some)));
    Ok(reply::stream(name, reply::CSV, tag, known, pieces::table(head, rows)))
}

/// The ids of the documents with these numbers.
fn ids<'s>(snapshot: &'s Snapshot, numbers: &'s [u32]) -> impl Iterator<Item = &'s str> {
    numbers.iter().filter_map(move |number| snapshot.catalogue.record(*number)).map(Record::id)
}

/// Rows without words found in them.
fn plain(snapshot: &Snapshot, numbers: &[u32]) -> Vec<Row> {
    let records = numbers.iter().filter_map(|number| snapshot.catalogue.record(*number));
    records.map(|record| Row::of(record, &snapshot.codebook)).collect()
}

fn rows(snapshot: &Snapshot, found: &Found, numbers: &[u32], paged: bool) -> Result<Vec<Row>, WebError> {
    let mut rows = plain(snapshot, numbers);
    if paged {
        for row in &mut rows {
            let mut found = snapshot.finder.snippets(found, row.number, &row.id)?.into_iter();
            row.snippet = found.next();
            row.more_snippets = found.collect();
        }
    }
    Ok(rows)
}

fn page(app: &App, snapshot: &Snapshot, filter: &Filter, found: &Found, rows: Vec<Row>) -> ListPage {
    let catalogue = &snapshot.catalogue;
    let total = found.selection.len();
    let facets = catalogue.facets(&found.selection);
    let query = filter.at_page(1).query();
    let title = heading(&filter.words);
    let mut chrome = app
        .chrome(snapshot, Section::Documents, &title)
        .describe(description(found, total))
        .at(app.config(), &list_href(filter))
        .with_json("/documents", &query)
        .with_csv("/documents", &query);
    // Words that cannot be read have a page that says so, and no table.
    if found.problem.is_none() {
        chrome = chrome.described_as_dataset(app.config());
    }
    chrome.search.clone_from(&filter.words);
    ListPage {
        provenance: chrome.provenance.clone(),
        chrome,
        total,
        coded: found.selection.documents().intersection_len(catalogue.coded()),
        words: filter.words.clone(),
        problem: found.problem.clone(),
        chips: chips(filter, snapshot),
        absent: if total == 0 { absent(found, snapshot) } else { vec![] },
        textless: catalogue.textless(),
        unknown_column: unknown_column(filter, snapshot),
        key: row::strip_dimension(&snapshot.codebook).map(level_keys).unwrap_or_default(),
        rows,
        facets: shown_facets(filter, &facets, snapshot),
        own_facets: own_facets(filter, &facets, snapshot),
        selects: selects(&facets, snapshot),
        orders: orders(filter),
        pages: Pages::of(filter.page, filter.per_page, total, |number| list_href(&filter.at_page(number))),
        hidden: unposed(filter),
        years: YearForm::of(filter),
        dates: DateForm::of(filter),
    }
}

/// What the list holds, or why it holds nothing.
fn description(found: &Found, total: u64) -> String {
    match &found.problem {
        Some(problem) => format!("{}.", capital(problem)),
        None => format!("{total} document{}, with filters by catalogue facts and by code.", s(total)),
    }
}

/// `Documents with “audit”`; words that bring their own quote marks keep those alone.
fn heading(words: &str) -> String {
    if words.is_empty() {
        "Documents".to_owned()
    } else if words.contains(['"', '“', '”', '„', '«']) {
        format!("Documents with {words}")
    } else {
        format!("Documents with “{words}”")
    }
}

fn chips(filter: &Filter, snapshot: &Snapshot) -> Vec<Chip> {
    let chip = |condition: Condition| Chip {
        label: condition.label(&snapshot.codebook),
        without: list_href(&filter.without(&condition)),
    };
    filter.conditions().into_iter().map(chip).collect()
}

fn orders(filter: &Filter) -> Vec<Order> {
    Sort::ALL
        .into_iter()
        .filter(|sort| *sort != Sort::Relevance || !filter.words.is_empty())
        .map(|sort| {
            let mut sorted = filter.at_page(1);
            sorted.sort = Some(sort);
            Order {
                id: sort.id(),
                name: sort.name(),
                chosen: filter.order() == sort,
                href: list_href(&sorted),
            }
        })
        .collect()
}

/// Words for a document that has no labels.
pub(crate) const fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Coded => "",
        Standing::Skipped => "left out on purpose; its page says why",
        Standing::Failed => "classifying failed; will be tried again",
        Standing::Pending => "not classified yet",
        Standing::NoText => "no text in the catalogue",
    }
}
