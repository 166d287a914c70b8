//! `GET /compare/with-corpus?id=…`: one document, such as a draft, beside a chosen set of peers: coverage, nearest
//! documents with their passages, definitions, thresholds, and wording that it shares with them.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, StateTest};
use lacuna_domain::{DocumentId, Filter};
use lacuna_pipeline::analyze::drafting::{Definition, Measure, Threshold, borrowed, definitions, thresholds};
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use super::{Said, coding, language, name};
use crate::error::WebError;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, DocumentLink, Provenance, Section, SetForm, narrowed, share};

/// A peer's passage on a code.
#[derive(Clone, Debug, Serialize)]
pub struct PeerPassage {
    /// The peer.
    pub peer: DocumentLink,
    /// What it says.
    pub said: Said,
}

/// A code of the draft beside its peers.
#[derive(Clone, Debug, Serialize)]
pub struct CodeLine {
    /// The code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What the draft says.
    pub draft: Said,
    /// Peers that speak to it.
    pub peers: u64,
    /// Classified peers.
    pub of: u64,
    /// Peers that bind today and speak to it.
    pub binding: u64,
    /// Peers that speak to it, as a list.
    pub peers_href: String,
    /// Best passages of the nearest peers.
    pub nearest: Vec<PeerPassage>,
}

impl CodeLine {
    pub(crate) fn peers_share(&self) -> String {
        share(self.peers as usize, self.of as usize)
    }
}

/// Codes of one dimension, in three parts.
#[derive(Clone, Debug, Serialize)]
pub struct DimensionLines {
    /// The dimension.
    pub id: String,
    /// Name.
    pub name: String,
    /// Codes of the draft.
    pub spoken: Vec<CodeLine>,
    /// Codes to which peers speak and the draft does not, those of most peers first.
    pub missing: Vec<CodeLine>,
}

/// A term beside what peers say it means.
#[derive(Clone, Debug, Serialize)]
pub struct TermLine {
    /// The term.
    pub term: String,
    /// In the draft.
    pub draft: Placed,
    /// In peers.
    pub peers: Vec<Placed>,
}

/// Words with their place.
#[derive(Clone, Debug, Serialize)]
pub struct Placed {
    /// The words.
    pub words: String,
    /// What stands out in them, such as an amount.
    pub amount: String,
    /// Name of the document.
    pub title: String,
    /// The passage.
    pub href: String,
}

/// Thresholds of one measure.
#[derive(Clone, Debug, Serialize)]
pub struct MeasureLine {
    /// Name.
    pub name: &'static str,
    /// In the draft.
    pub draft: Vec<Placed>,
    /// In the nearest peers.
    pub peers: Vec<Placed>,
}

/// Wording shared with a peer.
#[derive(Clone, Debug, Serialize)]
pub struct SharedLine {
    /// The words of the draft.
    pub words: String,
    /// How many.
    pub count: usize,
    /// The passage of the draft.
    pub href: String,
    /// The peer.
    pub peer: DocumentLink,
    /// The passage of the peer.
    pub peer_href: String,
}

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

/// Nearest peers whose texts are read.
const READ: usize = 12;
/// Best passages shown for a code.
const PASSAGES: usize = 2;
/// Shared runs shown.
const RUNS: usize = 40;

/// A peer whose text was read.
struct Peer {
    link: DocumentLink,
    asked: Asked,
}

/// The draft and the peers whose texts are read.
struct Texts {
    asked: Asked,
    read: Vec<Peer>,
    /// Of those the nearest over all codes; the others are there for single codes.
    nearest: usize,
}

struct Draft<'a> {
    app: &'a App,
    snapshot: &'a Snapshot,
    filter: &'a Filter,
    peers: DocumentSet,
}

impl Draft<'_> {
    /// Documents by how much of what the draft covers they cover too: shared codes over codes of either.
    fn alike(&self, asked: &Asked) -> Vec<(u32, f64)> {
        let Some(mine) = coding(asked) else { return vec![] };
        let catalogue = &self.snapshot.catalogue;
        let mut both: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
        let mut all: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
        let mut own = 0;
        for dimension in self.coverable() {
            for code in &dimension.codes {
                let holds = mine.judgement(dimension.id.as_str(), code.id.as_str()).is_some();
                own += u32::from(holds);
                for number in &self.speaking(dimension, &code.id) {
                    *all.entry(number).or_default() += 1;
                    *both.entry(number).or_default() += u32::from(holds);
                }
            }
        }
        let likeness = |(number, all): (&u32, &u32)| {
            let shared = both.get(number).copied().unwrap_or_default();
            let either = (own + all).saturating_sub(shared).max(1);
            (*number, f64::from(shared) / f64::from(either))
        };
        let mut alike: Vec<(u32, f64)> = all.iter().map(likeness).collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.retain(|(number, _)| catalogue.record(*number).is_some());
        alike
    }

    fn coverable(&self) -> impl Iterator<Item = &Dimension> {
        self.snapshot
            .codebook
            .dimensions
            .iter()
            .filter(|d| matches!(d.kind, Kind::Ordinal { .. } | Kind::Flag))
    }

    fn speaking(&self, dimension: &Dimension, code: &lacuna_domain::CodeId) -> DocumentSet {
        let condition = Condition::Code(dimension.id.clone(), code.clone(), CodeTest::Covered);
        &self.snapshot.catalogue.holding_alone(&condition) & &self.peers
    }

    /// For each code of the first dimension to which none of the nearest peers speaks, the peer that does so most surely.
    fn for_single_codes(&self, alike: &[(u32, f64)]) -> Vec<u32> {
        let near: DocumentSet = alike.iter().take(READ).map(|(number, _)| *number).collect();
        let mut single = DocumentSet::new();
        let Some(dimension) = self.coverable().next() else { return vec![] };
        for code in &dimension.codes {
            let speaking = self.speaking(dimension, &code.id);
            if speaking.is_disjoint(&near) {
                let catalogue = &self.snapshot.catalogue;
                let chances = catalogue.chances(&speaking, dimension.id.as_str(), code.id.as_str());
                let surest = chances.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                single.extend(surest.map(|(number, _)| *number));
            }
        }
        single.iter().collect()
    }

    async fn peer(&self, number: u32) -> Result<Option<Peer>, WebError> {
        let Some(record) = self.snapshot.catalogue.record(number) else { return Ok(None) };
        let asked = Asked::read(self.app, self.snapshot, record.id(), &mut Params::default()).await?;
        Ok(Some(Peer { link: DocumentLink::of(&asked.document), asked }))
    }

    fn lines(&self, dimension: &Dimension, texts: &Texts, binding: &DocumentSet) -> DimensionLines {
        let Texts { asked, read, .. } = texts;
        let mut lines = DimensionLines {
            id: dimension.id.to_string(),
            name: dimension.name.clone(),
            spoken: vec![],
            missing: vec![],
        };
        for code in &dimension.codes {
            let speaking = self.speaking(dimension, &code.id);
            let draft = match coding(asked) {
                Some(mine) => Said::of(mine, dimension, code, &asked.document.id, language(asked)),
                None => Said::nothing(),
            };
            let condition = Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Covered);
            let said = |peer: &Peer| {
                let said = Said::of(
                    coding(&peer.asked)?,
                    dimension,
                    code,
                    &peer.asked.document.id,
                    language(&peer.asked),
                );
                said.positive.then(|| PeerPassage { peer: peer.link.clone(), said })
            };
            let mut nearest: Vec<PeerPassage> = read.iter().filter_map(said).collect();
            nearest.sort_by_key(|n| n.said.glyph != crate::view::Glyph::Full);
            nearest.truncate(PASSAGES);
            let positive = draft.positive;
            let line = CodeLine {
                code: code.id.to_string(),
                name: name(code),
                href: crate::address::code(dimension.id.as_str(), code.id.as_str()),
                draft,
                peers: speaking.len(),
                of: self.peers.len(),
                binding: speaking.intersection_len(binding),
                peers_href: crate::state::list_href(&self.filter.only(&condition)),
                nearest,
            };
            match (positive, line.peers) {
                (true, _) => lines.spoken.push(line),
                (false, 1..) => lines.missing.push(line),
                (false, 0) => {}
            }
        }
        lines.missing.sort_by_key(|line| std::cmp::Reverse(line.peers));
        lines
    }
}

impl Texts {
    /// The nearest peers over all codes.
    fn near(&self) -> &[Peer] {
        self.read.get(..self.nearest).unwrap_or(&self.read)
    }

    fn placed(asked: &Asked, passage: u32, words: &str, amount: &str) -> Placed {
        Placed {
            words: words.to_owned(),
            amount: amount.to_owned(),
            title: DocumentLink::of(&asked.document).title,
            href: crate::address::passage(&asked.document.id, None, passage),
        }
    }

    fn terms(&self) -> Vec<TermLine> {
        let defined = |asked: &Asked| -> Vec<Definition> {
            let read = asked.reading.as_ref();
            read.map(|r| definitions(&r.text.content, &r.passages)).unwrap_or_default()
        };
        let others: Vec<(&Peer, Vec<Definition>)> =
            self.near().iter().map(|peer| (peer, defined(&peer.asked))).collect();
        let line = |mine: Definition| {
            let same = others.iter().flat_map(|(peer, all)| {
                let found = all.iter().filter(|d| d.term == mine.term);
                found.map(|d| Self::placed(&peer.asked, d.passage, &d.words, ""))
            });
            TermLine {
                peers: same.take(3).collect(),
                draft: Self::placed(&self.asked, mine.passage, &mine.words, ""),
                term: mine.term,
            }
        };
        let mut terms: Vec<TermLine> = defined(&self.asked).into_iter().map(line).collect();
        terms.sort_by_key(|term| term.peers.is_empty());
        terms
    }

    fn measures(&self) -> Vec<MeasureLine> {
        let amounts = |asked: &Asked| -> Vec<Threshold> {
            let read = asked.reading.as_ref();
            read.map(|r| thresholds(&r.text.content, &r.passages)).unwrap_or_default()
        };
        let mine = amounts(&self.asked);
        let others: Vec<(&Peer, Vec<Threshold>)> =
            self.near().iter().map(|peer| (peer, amounts(&peer.asked))).collect();
        let line = |measure: Measure| {
            let own = mine.iter().filter(|t| t.measure == measure).take(8);
            let theirs = others.iter().flat_map(|(peer, all)| {
                let found = all.iter().filter(|t| t.measure == measure).take(2);
                found.map(|t| Self::placed(&peer.asked, t.passage, &t.words, &t.amount))
            });
            MeasureLine {
                name: measure.name(),
                draft: own.map(|t| Self::placed(&self.asked, t.passage, &t.words, &t.amount)).collect(),
                peers: theirs.take(8).collect(),
            }
        };
        let lines = Measure::ALL.into_iter().map(line);
        lines.filter(|line| !line.draft.is_empty() || !line.peers.is_empty()).collect()
    }

    fn shared(&self) -> Vec<SharedLine> {
        let Some(mine) = &self.asked.reading else { return vec![] };
        let passage_at = |passages: &[lacuna_domain::Passage], at: usize| {
            passages.partition_point(|p| p.span.end() <= at).min(passages.len().saturating_sub(1)) as u32
        };
        let mut lines = Vec::new();
        for peer in self.near() {
            let Some(theirs) = &peer.asked.reading else { continue };
            if peer.asked.document.id == self.asked.document.id {
                continue;
            }
            for run in borrowed(&mine.text.content, &theirs.text.content) {
                let words = mine.text.content.get(run.start..run.end).unwrap_or_default();
                let own = passage_at(&mine.passages, run.start);
                let other = passage_at(&theirs.passages, run.other);
                lines.push(SharedLine {
                    words: words.split_whitespace().collect::<Vec<_>>().join(" "),
                    count: run.words,
                    href: crate::address::passage(&self.asked.document.id, None, own),
                    peer: peer.link.clone(),
                    peer_href: crate::address::passage(&peer.asked.document.id, None, other),
                });
            }
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.count));
        lines
    }
}

async fn build(
    app: &App,
    snapshot: &Snapshot,
    asked: Asked,
    filter: &Filter,
) -> Result<CorpusPage, WebError> {
    let own = vec![("id".to_owned(), asked.document.id.to_string())];
    let found = snapshot.finder.find(&snapshot.catalogue, filter)?;
    let set = SetForm::of("/compare/with-corpus", &own, &[], &found.selection, snapshot);
    let mut peers = found.selection.documents() & snapshot.catalogue.coded();
    if let Some(itself) = snapshot.catalogue.find(asked.document.id.as_str()) {
        peers.remove(itself);
    }
    let draft = Draft { app, snapshot, filter, peers };
    let alike = draft.alike(&asked);
    let mut read = Vec::new();
    for (number, _) in alike.iter().take(READ) {
        read.extend(draft.peer(*number).await?);
    }
    let near = read.len();
    for number in draft.for_single_codes(&alike) {
        read.extend(draft.peer(number).await?);
    }
    let likeness = |(peer, (_, likeness)): (&Peer, &(u32, f64))| {
        (peer.link.clone(), format!("{:.0} %", likeness * 100.0))
    };
    let nearest = read.iter().take(near).zip(&alike).map(likeness).collect();
    let texts = Texts { asked, read, nearest: near };
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
    let query = narrowed("", &own, filter);
    let query = query.trim_start_matches('?');
    let chrome = app
        .chrome(snapshot, Section::Compare, &format!("{} beside the corpus", link.title))
        .under("Documents", "/documents")
        .under(link.title.clone(), link.href.clone())
        .with_json("/compare/with-corpus", query)
        .with_csv("/compare/with-corpus", query);
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
        dimensions: draft.coverable().map(|d| draft.lines(d, &texts, &binding)).collect(),
        terms,
        measures,
        shared,
        shared_words,
        compared: near,
    })
}

/// `GET /compare/with-corpus`
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Format::Html).await
}

/// `GET /compare/with-corpus.json`
pub async fn get_json(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Format::Json).await
}

/// `GET /compare/with-corpus.csv`
pub async fn get_csv(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Format::Csv).await
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
