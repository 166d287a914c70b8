//! `GET /actors/duties/{type}/{code}`: who must do something about what, with the sentences. A target and a code are
//! joined only where they stand in one passage.

use std::ops::Range;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use lacuna_domain::filter::{Field, StateTest};
use lacuna_domain::{DocumentId, Run};
use lacuna_pipeline::analyze::actors::Duty;
use lacuna_store::catalogue::{DocumentSet, Record};
use serde::Serialize;

use super::overview::kind_name;
use super::{Asked, Named, of_set};
use crate::error::WebError;
use crate::paging::{PER_PAGE, Pages};
use crate::pieces::{self, AT_A_TIME, IN_ONE_PIECE};
use crate::reply::{self, Charted, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Reliability, Section, SetForm};

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
    /// The sentence of the code; empty where none of this passage was quoted for it.
    pub quote: String,
    /// The sentences of the targets, each once.
    pub target_quotes: Vec<String>,
    /// Language of the text.
    pub language: Option<String>,
    /// The passage in the text.
    pub href: String,
}

/// A sentence of a passage, with what was quoted by it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence<'p> {
    pub(crate) words: &'p str,
    pub(crate) of_target: bool,
    pub(crate) of_code: bool,
}

impl Passage {
    /// What is asked in one passage of a document; `None` where the catalogue does not know it.
    fn of(record: Record<'_>, subject: &str, code: &str, duties: &[Duty]) -> Option<Self> {
        let first = duties.first()?;
        let document: DocumentId = record.id().parse().ok()?;
        let mut passage = Self {
            id: record.id().to_owned(),
            title: record.title().to_owned(),
            enactment: record.enactment().name(),
            dead: record.enactment().is_dead(),
            entities: vec![],
            told: vec![],
            quote: first.quote.clone(),
            target_quotes: vec![],
            language: record.value(Field::Language).map(str::to_owned),
            href: crate::address::passage(&document, Some((subject, code)), first.passage),
        };
        for duty in duties {
            passage.add(duty);
        }
        Some(passage)
    }

    fn add(&mut self, duty: &Duty) {
        self.entities.push(duty.entity.clone());
        self.told.push(duty.told.words());
        let said = &duty.target_quote;
        if !said.is_empty() && !self.target_quotes.contains(said) {
            self.target_quotes.push(said.clone());
        }
    }

    /// Each target with how its type was told.
    fn targets(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.entities.iter().map(String::as_str).zip(self.told.iter().copied())
    }

    /// The sentences that were quoted, one that says who and what once.
    fn sentences(&self) -> Vec<Sentence<'_>> {
        let targets = self.target_quotes.iter().map(|words| Sentence {
            words,
            of_target: true,
            of_code: *words == self.quote,
        });
        let apart = !self.quote.is_empty() && !self.target_quotes.contains(&self.quote);
        let code = apart.then_some(Sentence { words: &self.quote, of_target: false, of_code: true });
        targets.chain(code).collect()
    }
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/duties.html")]
pub struct DutiesPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) set: SetForm,
    pub(crate) kind: String,
    pub(crate) kind_name: String,
    pub(crate) code: String,
    pub(crate) code_name: String,
    /// Passages of the set, as in the tables.
    pub(crate) total: u64,
    #[serde(skip)]
    pub(crate) pages: Pages,
    /// How far labels of the code can be trusted.
    pub(crate) trust: Reliability,
    /// Classified documents of the set that were searched.
    pub(crate) classified: u64,
    /// What speaks to the code at all in the set.
    #[serde(skip)]
    pub(crate) gaps_href: String,
    /// The sentence under which an absence stands.
    pub(crate) absence: String,
    /// Those of one page; in JSON all of them. They stand last, so that very many can be written while they are read.
    pub(crate) passages: Vec<Passage>,
}

/// A type as it stands in an address; empty where it cannot be told.
fn type_of(kind: &str) -> &str {
    if kind == "untold" { "" } else { kind }
}

/// The page of so many passages, without them.
fn build(asked: Asked<'_>, kind: &str, code: &str, total: u64) -> Option<DutiesPage> {
    let Asked { app, snapshot, named, selection } = asked;
    let subject = super::subject(&snapshot.codebook)?;
    let (_, types) = super::dimension(&snapshot.codebook)?;
    let found = subject.code(code)?;
    let id = type_of(kind);
    if !id.is_empty() && !types.iter().any(|t| t.id.as_str() == id) {
        return None;
    }
    let path = format!("/actors/duties/{}/{}", crate::address::segment(kind), crate::address::segment(code));
    let set = SetForm::of(&path, &Vec::new(), &[], selection, snapshot);
    let (kind_name, code_name, query) = (kind_name(types, id), found.short.clone(), asked.query());
    let about = format!("What texts ask of “{kind_name}” about “{code_name}”, with the sentences");
    let chrome = app
        .chrome(snapshot, Section::Actors, &format!("{kind_name}: {code_name}"))
        .describe(format!("{about}, for {}.", set.words_of()))
        .under("Actors", asked.at("/actors"))
        .at(app.config(), &asked.at_page(&path, asked.filter().page))
        .with_json(&path, &query)
        .with_csv(&path, &query)
        .gathered(named.extent)
        .described_as_dataset(app.config());
    let classified = named.searched(snapshot, selection);
    Some(DutiesPage {
        provenance: chrome.provenance.clone(),
        chrome,
        set,
        kind: kind.to_owned(),
        kind_name,
        code: code.to_owned(),
        code_name,
        total,
        pages: Pages::of(asked.filter().page, PER_PAGE, total, |page| asked.at_page(&path, page)),
        trust: snapshot.trust(subject.id.as_str(), code),
        classified,
        gaps_href: asked.at(&crate::pages::gaps::absence::path(subject, code)),
        absence: lacuna_pipeline::analyze::gaps::absence(classified),
        passages: vec![],
    })
}

/// What is asked of a type of target about a code in a set: of documents that are there first, and of those what says
/// most. Documents with the same text stand beside each other.
struct Listed {
    snapshot: Arc<Snapshot>,
    code: String,
    /// What is asked in every set.
    duties: Arc<[Duty]>,
    places: Vec<Place>,
    /// Passages in all places.
    total: u64,
}

/// A passage of a text in the documents that have it, of those that are there or of those that are no more.
struct Place {
    /// Passages of the places before it.
    start: u64,
    /// The documents with this text.
    documents: Arc<DocumentSet>,
    /// The part of the set that it lists.
    part: Arc<DocumentSet>,
    /// What is asked in it.
    duties: Range<usize>,
}

impl Listed {
    fn of(asked: Asked<'_>, kind: &str, code: &str) -> Self {
        let Asked { snapshot, named, selection, .. } = asked;
        let duties =
            named.actors.duties.get(&(kind.to_owned(), code.to_owned())).cloned().unwrap_or_default();
        let passages = passages(named, &duties);
        let catalogue = &snapshot.catalogue;
        let there = selection.documents() & &catalogue.in_state(StateTest::Standing, catalogue.day());
        let gone = selection.documents() - &there;
        let (mut places, mut total) = (Vec::new(), 0);
        for part in [there, gone].map(Arc::new) {
            for (documents, duties) in &passages {
                let (start, here) = (total, documents.intersection_len(&part));
                if here > 0 {
                    let (documents, part) = (Arc::clone(documents), Arc::clone(&part));
                    places.push(Place { start, documents, part, duties: duties.clone() });
                    total += here;
                }
            }
        }
        Self { snapshot: Arc::clone(snapshot), code: code.to_owned(), duties, places, total }
    }

    /// At most so many passages, from one on, counted from 0.
    fn some(&self, from: u64, most: usize) -> Vec<Passage> {
        let catalogue = &self.snapshot.catalogue;
        let Some(subject) = super::subject(&self.snapshot.codebook) else { return vec![] };
        let first = self.places.partition_point(|place| place.start <= from).saturating_sub(1);
        let documents = |place: &Place| {
            let skipped = from.saturating_sub(place.start) as usize;
            (&*place.documents & &*place.part).into_iter().skip(skipped)
        };
        let listed = self.places.iter().skip(first);
        let listed = listed.flat_map(|place| documents(place).map(move |number| (place, number)));
        let passage = |(place, number): (&Place, u32)| {
            let duties = self.duties.get(place.duties.clone())?;
            Passage::of(catalogue.record(number)?, subject.id.as_str(), &self.code, duties)
        };
        listed.take(most).filter_map(passage).collect()
    }
}

/// The passages of which `duties` tell, what says most first: the documents of the text of each, and what is asked in it.
fn passages(named: &Named, duties: &[Duty]) -> Vec<(Arc<DocumentSet>, Range<usize>)> {
    let alike = |a: &Duty, b: &Duty| (&a.text, a.passage) == (&b.text, b.passage);
    let (mut passages, mut end) = (Vec::new(), 0);
    for here in duties.chunk_by(alike) {
        let start = end;
        end += here.len();
        if let Some(documents) = here.first().and_then(|duty| named.documents.get(&duty.text)) {
            passages.push((silent(here), Arc::clone(documents), start..end));
        }
    }
    passages.sort_by_key(|(silent, ..)| *silent);
    passages.into_iter().map(|(_, documents, duties)| (documents, duties)).collect()
}

/// Whether no sentence of the code, and none of a target, was quoted in a passage.
fn silent(duties: &[Duty]) -> (bool, bool) {
    let quoted = duties.first().is_some_and(|duty| !duty.quote.is_empty());
    (!quoted, duties.iter().all(|duty| duty.target_quote.is_empty()))
}

/// `GET /actors/duties/{type}/{code}`
pub async fn get(
    State(app): State<App>,
    Path((kind, raw)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let exact = super::subject(&app.snapshot().codebook).is_some_and(|d| d.code(&raw).is_some());
    let (code, format) = if exact { (raw.as_str(), Format::Html) } else { Format::split(&raw) };
    let code = code.to_owned();
    let draw = move |asked: Asked<'_>| -> Result<Response, WebError> {
        let unknown =
            || WebError::NotFound("there is no such type or code; /actors shows them all".to_owned());
        let listed = Listed::of(asked, type_of(&kind), &code);
        let mut page = build(asked, &kind, &code, listed.total).ok_or_else(unknown)?;
        if format != Format::Html && page.total > IN_ONE_PIECE as u64 {
            return streamed(listed, page, format, headers.get(header::IF_NONE_MATCH));
        }
        let (from, most) = match format {
            Format::Html => (page.pages.first - 1, PER_PAGE as usize),
            Format::Json | Format::Csv => (0, IN_ONE_PIECE),
        };
        page.passages = listed.some(from, most);
        match format {
            Format::Html => reply::html(&page),
            Format::Json => reply::json(&page),
            Format::Csv => Ok(reply::csv("duties.csv", head() + &rows(&page, &page.passages))),
        }
    };
    of_set(&app, query.as_deref(), Charted::Page(format), draw).await
}

/// A long table, or the page as JSON with all passages, written while it is read; `page` is the page without them.
fn streamed(
    listed: Listed,
    page: DutiesPage,
    format: Format,
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    let snapshot = Arc::clone(&listed.snapshot);
    let starts = (0..listed.total).step_by(AT_A_TIME);
    let passages = starts.map(move |from| listed.some(from, AT_A_TIME));
    if format == Format::Json {
        return reply::long_json("duties.json", &snapshot, &page, "", known, passages);
    }
    let object = reply::written(&page)?;
    let tag = reply::tag_of_rows(&snapshot, None::<&Run>, [object.as_str()])?;
    let table = pieces::table(head(), passages.map(move |some| rows(&page, &some)));
    Ok(reply::stream("duties.csv", reply::CSV, tag, known, table))
}

fn head() -> String {
    let mut out = String::new();
    let columns = ["type", "code", "document", "title", "enactment", "entities", "told", "quote", "address"];
    csv_row(&mut out, columns.into_iter().chain(["fiction", "target_quote", "set"]));
    out
}

/// One row for each passage; its lists are parted by semicolons, sentences by bars.
fn rows(page: &DutiesPage, passages: &[Passage]) -> String {
    let mut out = String::new();
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    let set = page.set.words_of();
    for p in passages {
        let (entities, told, targets) =
            (p.entities.join("; "), p.told.join("; "), p.target_quotes.join(" | "));
        let cells =
            [&page.kind, &page.code, &p.id, &p.title, p.enactment, &entities, &told, &p.quote, &p.href];
        csv_row(&mut out, cells.into_iter().chain([fiction, &targets, &set]));
    }
    out
}
