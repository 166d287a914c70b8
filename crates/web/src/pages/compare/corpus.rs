//! `GET /compare/with-corpus?id=…`: one document, such as a draft, beside a chosen set of peers: coverage, nearest
//! documents with their passages, definitions, thresholds, and wording that it shares with them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::filter::{Condition, StateTest};
use lacuna_domain::{DocumentId, Filter};
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use super::coding;
use super::peers::{DimensionLines, Draft, READ};
use super::texts::{MeasureLine, Peer, SharedLine, TermLine, Texts};
use crate::error::WebError;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, DocumentLink, Provenance, Section, SetForm, narrowed};

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
    /// Classified peers.
    pub(crate) peers: u64,
    /// Nearest peers over all codes.
    pub(crate) nearest: Vec<(DocumentLink, String)>,
    pub(crate) dimensions: Vec<DimensionLines>,
    pub(crate) terms: Vec<TermLine>,
    pub(crate) measures: Vec<MeasureLine>,
    pub(crate) shared: Vec<SharedLine>,
    pub(crate) shared_words: usize,
    /// Peers whose wording was compared.
    pub(crate) compared: usize,
}

/// Shared runs shown.
const RUNS: usize = 40;

async fn build(
    app: &App,
    snapshot: &Snapshot,
    asked: Asked,
    filter: &Filter,
) -> Result<CorpusPage, WebError> {
    let own = vec![("id".to_owned(), asked.document.id.to_string())];
    let found = snapshot.finder.find(&snapshot.catalogue, filter)?;
    let set = SetForm::of("/compare/with-corpus", &own, &[], &found.selection, snapshot);
    let peers = found.selection.documents() & snapshot.catalogue.coded();
    let (peers, lists) = others(snapshot, peers, filter, &asked.document.id);
    let draft = Draft::of(app, snapshot, &lists, peers);
    let alike = draft.alike(&asked);
    let (asked, peer) = draft.own(asked).await?;
    let mut read = Vec::new();
    for (number, _) in alike.iter().take(READ) {
        read.extend(draft.peer(*number).await?);
    }
    let near = read.len();
    for number in draft.for_single_codes(&alike) {
        read.extend(draft.peer(number).await?);
    }
    let likeness = |(peer, (_, likeness)): (&Arc<Peer>, &(u32, f64))| {
        (peer.link.clone(), format!("{:.0} %", likeness * 100.0))
    };
    let nearest = read.iter().take(near).zip(&alike).map(likeness).collect();
    let texts = Texts { asked, own: peer, read, nearest: near };
    // Reading a dozen statutes takes a while; other requests go on meanwhile.
    let look = move || {
        let (terms, measures, shared) = (texts.terms(), texts.measures(), texts.shared());
        (texts, terms, measures, shared)
    };
    let looked = tokio::task::spawn_blocking(look).await.map_err(WebError::internal("read the peers"))?;
    let (texts, terms, measures, mut shared) = looked;
    let asked = &texts.asked;
    let binding = snapshot.catalogue.in_state(StateTest::Binding, app.today());
    let link = DocumentLink::of(&asked.document);
    let query = narrowed("", &own, filter).trim_start_matches('?').to_owned();
    let chrome = app
        .chrome(snapshot, Section::Compare, &format!("{} beside the corpus", link.title))
        .under("Documents", "/documents")
        .under(link.title.clone(), link.href.clone())
        .with_json("/compare/with-corpus", &query)
        .with_csv("/compare/with-corpus", &query);
    let shared_words = shared.iter().map(|line| line.count).sum();
    shared.truncate(RUNS);
    Ok(CorpusPage {
        provenance: chrome.provenance.clone(),
        chrome,
        set,
        draft: link,
        private: asked.document.metadata.private,
        classified: coding(asked).is_some(),
        peers: draft.peers.len(),
        nearest,
        dimensions: draft.dimensions(&texts, &binding),
        terms,
        measures,
        shared,
        shared_words,
        compared: near,
    })
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
    format: Format,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), format).await
}

async fn answer(app: &App, query: Option<&str>, format: Format) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let id = params.take("id").ok_or_else(|| {
        WebError::BadRequest("id is missing; name a document, such as id=file:draft.docx".to_owned())
    })?;
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    id.parse::<DocumentId>().map_err(|error| WebError::BadRequest(error.to_string()))?;
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let asked = Asked::read(app, &snapshot, &id, &mut Params::default()).await?;
    let page = build(app, &snapshot, asked, &filter).await?;
    match format {
        Format::Html => reply::html(&page),
        Format::Json => reply::json(&page),
        Format::Csv => Ok(reply::csv("with-corpus.csv", csv(&page))),
    }
}

fn csv(page: &CorpusPage) -> String {
    let mut out = String::new();
    csv_row(
        &mut out,
        [
            "dimension",
            "code",
            "name",
            "draft",
            "draft_quote",
            "peers",
            "of_peers",
            "binding_peers",
            "fiction",
        ],
    );
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    for dimension in &page.dimensions {
        for line in dimension.spoken.iter().chain(&dimension.missing) {
            let (peers, of, binding) =
                (line.peers.to_string(), line.of.to_string(), line.binding.to_string());
            let quote = line.draft.quote.as_deref().unwrap_or_default();
            csv_row(
                &mut out,
                [
                    &dimension.id,
                    &line.code,
                    &line.name,
                    &line.draft.level,
                    quote,
                    &peers,
                    &of,
                    &binding,
                    fiction,
                ],
            );
        }
    }
    out
}
