//! `GET /actors/duties/{type}/{code}`: who must do something about what, with the sentences. A target and a code are
//! joined only where they stand in one passage.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use lacuna_domain::filter::{Field, StateTest};
use lacuna_domain::{DocumentId, Run};
use lacuna_pipeline::analyze::actors::Duty;
use lacuna_store::catalogue::{DocumentSet, Record};
use serde::Serialize;

use super::overview::kind_name;
use super::{Asked, of_set};
use crate::error::WebError;
use crate::pages::documents::list::{Step, steps};
use crate::pieces;
use crate::reply::{self, Charted, Format, csv_row};
use crate::state::App;
use crate::view::{Chrome, Provenance, Reliability, Section, SetForm};

/// Passages of a page; the tables have all.
const PER_PAGE: usize = 100;
/// Passages of the longest table that is made in one piece.
const IN_ONE_PIECE: usize = 5_000;

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
    fn of(record: Record<'_>, subject: &str, code: &str, duties: &[&Duty]) -> Option<Self> {
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
    /// Place of the first passage among all, from 1.
    #[serde(skip)]
    pub(crate) first: usize,
    #[serde(skip)]
    pub(crate) steps: Vec<Step>,
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

impl DutiesPage {
    /// The type; empty where it cannot be told.
    fn id(&self) -> &str {
        type_of(&self.kind)
    }

    /// Place of the last passage among all.
    pub(crate) fn last(&self) -> usize {
        (self.first + self.passages.len()).saturating_sub(1)
    }
}

/// A type as it stands in an address; empty where it cannot be told.
fn type_of(kind: &str) -> &str {
    if kind == "untold" { "" } else { kind }
}

/// The page without its passages.
fn build(asked: Asked<'_>, kind: &str, code: &str) -> Option<DutiesPage> {
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
    let total = Listed::of(asked, id, code).total();
    let pages = u32::try_from(total.div_ceil(PER_PAGE as u64)).unwrap_or(u32::MAX);
    let page = asked.filter().page.max(1);
    Some(DutiesPage {
        provenance: chrome.provenance.clone(),
        chrome,
        set,
        kind: kind.to_owned(),
        kind_name,
        code: code.to_owned(),
        code_name,
        total,
        first: (page as usize - 1) * PER_PAGE + 1,
        steps: steps(page, pages, |page| asked.at_page(&path, page)),
        trust: snapshot.trust(subject.id.as_str(), code),
        classified,
        gaps_href: asked.at(&crate::pages::gaps::absence::path(subject, code)),
        absence: lacuna_pipeline::analyze::gaps::absence(classified),
        passages: vec![],
    })
}

/// What is asked of a type of target about a code in a set: of documents that are there first, and of those what says
/// most. Documents with the same text stand beside each other.
struct Listed<'a> {
    asked: Asked<'a>,
    code: &'a str,
    places: Vec<Place<'a>>,
    /// Documents of the set that are there, and those that are no more.
    parts: [DocumentSet; 2],
}

/// A passage of a text.
struct Place<'a> {
    documents: &'a DocumentSet,
    duties: Vec<&'a Duty>,
}

impl Place<'_> {
    /// Whether no sentence of the code, and none of a target, was quoted.
    fn silent(&self) -> (bool, bool) {
        let quoted = self.duties.first().is_some_and(|duty| !duty.quote.is_empty());
        (!quoted, self.duties.iter().all(|duty| duty.target_quote.is_empty()))
    }
}

impl<'a> Listed<'a> {
    fn of(asked: Asked<'a>, kind: &str, code: &'a str) -> Self {
        let Asked { snapshot, named, selection, .. } = asked;
        let duties = named.actors.duties.get(&(kind.to_owned(), code.to_owned()));
        // They are in the order of texts and passages.
        let duties: Vec<&Duty> = duties.into_iter().flatten().collect();
        let place = |here: &[&'a Duty]| {
            let documents = named.of(&here.first()?.text)?;
            Some(Place { documents, duties: here.to_vec() })
        };
        let alike = |a: &&Duty, b: &&Duty| (&a.text, a.passage) == (&b.text, b.passage);
        let mut places: Vec<Place<'a>> = duties.chunk_by(alike).filter_map(place).collect();
        places.sort_by_key(Place::silent);
        let catalogue = &snapshot.catalogue;
        let there = selection.documents() & &catalogue.in_state(StateTest::Standing, catalogue.day());
        let gone = selection.documents() - &there;
        Self { asked, code, places, parts: [there, gone] }
    }

    fn total(&self) -> u64 {
        let of_part =
            |part: &DocumentSet| self.places.iter().map(|p| p.documents.intersection_len(part)).sum::<u64>();
        self.parts.iter().map(of_part).sum()
    }

    /// At most so many passages, from one on.
    fn some(&self, from: u64, most: usize) -> Vec<Passage> {
        let snapshot = self.asked.snapshot;
        let Some(subject) = super::subject(&snapshot.codebook) else { return vec![] };
        let (mut found, mut before) = (Vec::new(), 0);
        for part in &self.parts {
            for Place { documents, duties } in &self.places {
                let here = documents.intersection_len(part);
                let skipped = u64::min(from.saturating_sub(before), here);
                before += here;
                if skipped == here || found.len() >= most {
                    continue;
                }
                let shown = (*documents & part).into_iter().skip(skipped as usize).take(most - found.len());
                let records = shown.filter_map(|number| snapshot.catalogue.record(number));
                found.extend(records.filter_map(|r| Passage::of(r, subject.id.as_str(), self.code, duties)));
            }
        }
        found
    }
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
        let mut page = build(asked, &kind, &code).ok_or_else(unknown)?;
        if format != Format::Html && page.total > IN_ONE_PIECE as u64 {
            return streamed(asked, page, format, &headers);
        }
        let listed = Listed::of(asked, page.id(), &code);
        let (from, most) = match format {
            Format::Html => (page.first as u64 - 1, PER_PAGE),
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
    asked: Asked<'_>,
    page: DutiesPage,
    format: Format,
    headers: &HeaderMap,
) -> Result<Response, WebError> {
    let object = serde_json::to_string_pretty(&page).map_err(WebError::internal("write JSON"))?;
    let tag = reply::tag_of_rows(asked.snapshot, None::<&Run>, [object.as_str()])?;
    let known = headers.get(header::IF_NONE_MATCH);
    let (app, snapshot) = (asked.app.clone(), Arc::clone(asked.snapshot));
    let (selection, code) = (asked.selection.clone(), page.code.clone());
    let kind = page.id().to_owned();
    let some = move |numbers: &[u32]| -> Vec<Passage> {
        let (Some(gathered), Some(first)) = (snapshot.gathered.get(), numbers.first()) else { return vec![] };
        let asked = Asked { app: &app, snapshot: &snapshot, named: &gathered.named, selection: &selection };
        Listed::of(asked, &kind, &code).some(u64::from(*first), numbers.len())
    };
    let numbers: Vec<u32> = (0..u32::try_from(page.total).unwrap_or(u32::MAX)).collect();
    if format == Format::Json {
        let body = pieces::json(&object, numbers, some);
        return Ok(reply::stream("duties.json", "application/json", tag, known, body));
    }
    let body = pieces::table(head(), numbers, move |numbers| rows(&page, &some(numbers)));
    Ok(reply::stream("duties.csv", reply::CSV, tag, known, body))
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
