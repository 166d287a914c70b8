//! `GET /actors/duties/{type}/{code}`: who must do something about what, with the sentences. A target and a code are
//! joined only where they stand in one passage.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use lacuna_domain::DocumentId;
use lacuna_domain::filter::Field;
use lacuna_pipeline::analyze::actors::Duty;
use lacuna_store::catalogue::Record;
use serde::Serialize;

use super::overview::kind_name;
use super::{Asked, of_set};
use crate::error::WebError;
use crate::reply::{self, Charted, Format, csv_row};
use crate::state::App;
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
    fn of(record: Record<'_>, href: String, quote: &str) -> Self {
        Self {
            id: record.id().to_owned(),
            title: record.title().to_owned(),
            enactment: record.enactment().name(),
            dead: record.enactment().is_dead(),
            entities: vec![],
            told: vec![],
            quote: quote.to_owned(),
            target_quotes: vec![],
            language: record.value(Field::Language).map(str::to_owned),
            href,
        }
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
    pub(crate) passages: Vec<Passage>,
    /// How far labels of the code can be trusted.
    pub(crate) trust: Reliability,
    /// Classified documents of the set that were searched.
    pub(crate) classified: u64,
    /// The sentence under which an absence stands.
    pub(crate) absence: String,
}

fn build(asked: Asked<'_>, kind: &str, code: &str) -> Option<DutiesPage> {
    let Asked { app, snapshot, named, selection } = asked;
    let subject = super::subject(&snapshot.codebook)?;
    let (_, types) = super::dimension(&snapshot.codebook)?;
    let found = subject.code(code)?;
    let id = if kind == "untold" { "" } else { kind };
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
        .at(app.config(), &asked.at(&path))
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
        passages: passages(asked, subject.id.as_str(), id, code),
        trust: snapshot.trust(subject.id.as_str(), code),
        classified,
        absence: lacuna_pipeline::analyze::gaps::absence(classified),
    })
}

/// The passages of the set, those that say most of documents that are there first.
fn passages(asked: Asked<'_>, subject: &str, kind: &str, code: &str) -> Vec<Passage> {
    let Asked { snapshot, named, selection, .. } = asked;
    let mut passages: BTreeMap<(u32, u32), Passage> = BTreeMap::new();
    let duties = named.actors.duties.get(&(kind.to_owned(), code.to_owned()));
    for duty in duties.into_iter().flatten() {
        let shown = named.of(&duty.text).iter().filter(|number| selection.documents().contains(**number));
        for number in shown {
            let Some(record) = snapshot.catalogue.record(*number) else { continue };
            let Ok(document) = record.id().parse::<DocumentId>() else { continue };
            let href = || crate::address::passage(&document, Some((subject, code)), duty.passage);
            let place = (*number, duty.passage);
            let passage = passages.entry(place).or_insert_with(|| Passage::of(record, href(), &duty.quote));
            passage.add(duty);
        }
    }
    let mut passages: Vec<Passage> = passages.into_values().collect();
    let silent = |passage: &Passage| (passage.quote.is_empty(), passage.target_quotes.is_empty());
    passages.sort_by(|a, b| (a.dead, silent(a), &a.id).cmp(&(b.dead, silent(b), &b.id)));
    passages
}

/// `GET /actors/duties/{type}/{code}`
pub async fn get(
    State(app): State<App>,
    Path((kind, raw)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let exact = super::subject(&app.snapshot().codebook).is_some_and(|d| d.code(&raw).is_some());
    let (code, format) = if exact { (raw.as_str(), Format::Html) } else { Format::split(&raw) };
    let code = code.to_owned();
    let draw = move |asked: Asked<'_>| -> Result<Response, WebError> {
        let unknown =
            || WebError::NotFound("there is no such type or code; /actors shows them all".to_owned());
        let page = build(asked, &kind, &code).ok_or_else(unknown)?;
        match format {
            Format::Html => reply::html(&page),
            Format::Json => reply::json(&page),
            Format::Csv => Ok(reply::csv("duties.csv", csv(&page))),
        }
    };
    of_set(&app, query.as_deref(), Charted::Page(format), draw).await
}

/// One row for each passage; its lists are parted by semicolons, sentences by bars.
fn csv(page: &DutiesPage) -> String {
    let mut out = String::new();
    let columns = ["type", "code", "document", "title", "enactment", "entities", "told", "quote", "address"];
    csv_row(&mut out, columns.into_iter().chain(["fiction", "target_quote", "set"]));
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    let set = page.set.words_of();
    for p in &page.passages {
        let (entities, told, targets) =
            (p.entities.join("; "), p.told.join("; "), p.target_quotes.join(" | "));
        let cells =
            [&page.kind, &page.code, &p.id, &p.title, p.enactment, &entities, &told, &p.quote, &p.href];
        csv_row(&mut out, cells.into_iter().chain([fiction, &targets, &set]));
    }
    out
}
