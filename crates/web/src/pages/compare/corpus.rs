//! `GET /compare/with-corpus?id=…`: one document, such as a draft, beside a chosen set of peers: coverage, nearest
//! documents with their passages, definitions, thresholds, and wording that it shares with them.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::filter::{Condition, StateTest};
use lacuna_domain::text::language_name;
use lacuna_domain::{DocumentId, Filter};
use lacuna_pipeline::analyze::drafting::{PRINTED_WORDS, SHARED_WORDS, defined_in};
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use super::marked::MarkedPassage;
use super::peers::{DimensionLines, Draft};
use super::texts::{MeasureLine, RUNS, SharedLine, TermLine, Texts};
use super::{coded_by, coding, corpus_csv, language};
use crate::error::WebError;
use crate::find::known_columns;
use crate::limits::aside;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::private::{Sight, unshared};
use crate::reply::{self, Format};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, DocumentLink, Provenance, RunFacts, Section, SetForm, narrowed, s};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/with_corpus.html")]
pub struct CorpusPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) set: SetForm,
    pub(crate) draft: DocumentLink,
    pub(crate) private: bool,
    pub(crate) classified: bool,
    /// The run that coded it, where that is not the one whose labels the site shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) coded_by: Option<RunFacts>,
    /// Classified peers.
    pub(crate) peers: u64,
    /// Nearest peers over all codes.
    pub(crate) nearest: Vec<(DocumentLink, String)>,
    pub(crate) dimensions: Vec<DimensionLines>,
    pub(crate) terms: Vec<TermLine>,
    /// Whether it or a peer is in a language in which definitions are not read.
    pub(crate) terms_unread: bool,
    /// Of the draft and of the nearest peers.
    pub(crate) measures: Vec<MeasureLine>,
    pub(crate) shared: Vec<SharedLine>,
    /// Passages of the draft with the words of all shared runs marked, as far as there is room.
    pub(crate) marked: Vec<MarkedPassage>,
    /// Passages of the draft that have such words.
    pub(crate) marked_of: usize,
    /// Words of the draft in shared runs, each counted once.
    pub(crate) shared_words: usize,
    /// Words of the draft.
    pub(crate) own_words: usize,
    /// Peers in whose texts wording and terms were looked for: all, or the nearest where the corpus is too large.
    pub(crate) searched: u64,
    /// Of those, peers that may share wording.
    pub(crate) candidates: u64,
    /// Of those, peers whose text was compared word by word.
    pub(crate) compared: u64,
}

impl CorpusPage {
    /// Whether wording and terms were looked for in all peers.
    const fn is_whole(&self) -> bool {
        self.searched == self.peers
    }

    /// The peers in which wording and terms were looked for.
    pub(crate) fn looked_in(&self) -> String {
        match self.peers {
            0 => "no peer".to_owned(),
            1 if self.is_whole() => "the one peer".to_owned(),
            peers if self.is_whole() => format!("all {peers} peers"),
            peers => format!("the {} nearest of {peers} peer{}", self.searched, s(peers)),
        }
    }

    /// How far shared wording was looked for.
    pub(crate) fn reach(&self) -> String {
        let looked_in = self.looked_in();
        if !self.is_whole() {
            return format!(
                "Looked for in {looked_in}; the corpus is too large to be looked through as a whole. A narrower set, \
                 such as one place, has other nearest peers."
            );
        }
        if self.compared >= self.candidates {
            return format!("Looked for in {looked_in}.");
        }
        format!(
            "Looked for in {looked_in}: {} have {PRINTED_WORDS} or more words in a row that stand in it. {} of them, \
             chosen so that together they have most of its wording, were compared word by word; the other {} may have \
             runs of {SHARED_WORDS} words too.",
            self.candidates,
            self.compared,
            self.candidates - self.compared
        )
    }

    /// Whether there may be shared runs that are not shown.
    pub(crate) const fn is_cut(&self) -> bool {
        self.shared.len() >= RUNS
    }
}

/// The names of the languages in which definitions are read, as a sentence has them.
pub(crate) fn read_in() -> String {
    let names: Vec<&str> = defined_in().map(language_name).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

async fn build(
    app: &App,
    snapshot: &Snapshot,
    asked: Asked,
    filter: &Filter,
) -> Result<CorpusPage, WebError> {
    let own = vec![("id".to_owned(), asked.document.id.to_string())];
    let found = snapshot.finder.find(&snapshot.catalogue, filter)?.readable()?;
    let set = SetForm::of("/compare/with-corpus", &own, &[], &found.selection, snapshot);
    let peers = found.selection.documents() & snapshot.catalogue.coded();
    let (peers, lists) = others(snapshot, peers, filter, &asked.document.id);
    let draft = Draft::of(app, snapshot, &lists, peers);
    let alike = draft.alike(&asked);
    let (asked, peer) = draft.own(asked).await?;
    let (read, near) = draft.read(&alike).await?;
    let corpus = snapshot.wording(app).await?;
    let sharing = draft.sharing(corpus, &peer, read.get(..near).unwrap_or(&read)).await?;
    let texts = Texts { asked, own: peer, read, nearest: near, sharing };
    let look = move || {
        let (measures, shared) = (texts.measures(), texts.shared());
        (texts, measures, shared)
    };
    let (texts, measures, shared) = aside("read the peers", look).await?;
    let binding = snapshot.catalogue.in_state(StateTest::Binding, app.today());
    let asked = &texts.asked;
    let link = DocumentLink::within(&asked.document, &snapshot.catalogue);
    let chrome = frame(app, snapshot, &link, &narrowed("", &own, filter)).about(&asked.document);
    let own_unread = language(asked).is_some_and(|own| defined_in().all(|read| read != own));
    let terms_unread = own_unread || draft.has_other_languages();
    Ok(CorpusPage {
        terms_unread,
        provenance: chrome.provenance.clone(),
        chrome,
        set,
        draft: link,
        private: asked.document.metadata.private,
        classified: coding(asked).is_some(),
        coded_by: coded_by(snapshot, asked),
        peers: draft.peers.len(),
        nearest: nearest(&texts, &alike),
        dimensions: draft.dimensions(&texts, &binding),
        terms: texts.terms(|mine| match corpus {
            Some(corpus) => corpus.defining(mine, &draft, &alike),
            None => texts.defining(mine),
        }),
        measures,
        shared: shared.lines,
        marked: shared.marked.passages,
        marked_of: shared.marked.of,
        shared_words: shared.words,
        own_words: texts.own.wording.len(),
        searched: texts.sharing.searched,
        candidates: texts.sharing.candidates,
        compared: texts.sharing.compared,
    })
}

fn frame(app: &App, snapshot: &Snapshot, link: &DocumentLink, query: &str) -> Chrome {
    let query = query.trim_start_matches('?');
    app.chrome(snapshot, Section::Compare, &format!("{} beside the corpus", link.title))
        .under("Documents", "/documents")
        .under(link.title.clone(), link.href.clone())
        .at(app.config(), &format!("/compare/with-corpus?{query}"))
        .with_json("/compare/with-corpus", query)
        .with_csv("/compare/with-corpus", query)
}

/// The nearest peers over all codes, each with its likeness.
fn nearest(texts: &Texts, alike: &[(u32, f64)]) -> Vec<(DocumentLink, String)> {
    let near = texts.read.iter().take(texts.nearest).zip(alike);
    near.map(|(peer, (_, likeness))| (peer.link.clone(), format!("{:.0} %", likeness * 100.0))).collect()
}

/// The documents without the one of this id, and the filter that lists them: lists of peers leave it out as the counts do.
fn others(
    snapshot: &Snapshot,
    mut all: DocumentSet,
    filter: &Filter,
    id: &DocumentId,
) -> (DocumentSet, Filter) {
    let itself = snapshot.catalogue.find(id.as_str());
    if !itself.is_some_and(|itself| all.remove(itself)) {
        return (all, filter.clone());
    }
    let words = match filter.words.as_str() {
        "" => format!("-id:\"{id}\""),
        words => format!("({words}) -id:\"{id}\""),
    };
    (all, filter.only(&Condition::Words(words)))
}

/// `GET /compare/with-corpus`
pub async fn get(
    State(app): State<App>,
    sight: Sight,
    format: Format,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, sight, query.as_deref(), format).await
}

async fn answer(app: &App, sight: Sight, query: Option<&str>, format: Format) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let id = params.take("id").ok_or_else(|| {
        WebError::BadRequest("id is missing; name a document, such as id=file:draft.docx".to_owned())
    })?;
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    if format != Format::Html {
        known_columns(&snapshot, &filter)?;
    }
    id.parse::<DocumentId>().map_err(|error| WebError::BadRequest(error.to_string()))?;
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let asked = Asked::read_seen(app, &snapshot, sight, &id, &mut Params::default()).await?;
    let page = build(app, &snapshot, asked, &filter).await?;
    let response = match format {
        Format::Html => reply::html(&page)?,
        Format::Json => reply::json(&page)?,
        Format::Csv => reply::csv("with-corpus.csv", corpus_csv::csv(app, &page).await?),
    };
    Ok(unshared(page.private, response))
}
