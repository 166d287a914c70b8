//! What pages count from, read from the store at one revision, or as it was when a release was cut.

use std::sync::{Arc, OnceLock};

use lacuna_domain::filter::Condition;
use lacuna_domain::{Clock, Codebook, Run};
use lacuna_pipeline::analyze::agreement::report::PairAgreement;
use lacuna_pipeline::analyze::corrected::Decided;
use lacuna_pipeline::classify::offline::card::Cards;
use lacuna_store::catalogue::{Audience, Catalogue};
use lacuna_store::{RelationBook, Store};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::config::Config;
use crate::error::WebError;
use crate::find::Finder;
use crate::gathered::Gathered;
use crate::kept::{Kept, Shelf};
use crate::pages::compare::texts::Peer;
use crate::pages::compare::wording::CorpusWording;
use crate::pages::relations::Seen;
use crate::past::Past;
use crate::view::{Offers, Provenance, Reliability, RunFacts, SaidEndings, Trusts};

/// Bytes of documents that are kept ready to be compared with others.
const HELD_PEERS: usize = 48 * 1024 * 1024;
/// Peers that may be read at once.
const READING_PEERS: usize = 64;

const BUILT_IN: &str = include_str!("../../../codebooks/ai-governance-1.toml");

/// What was counted in advance at one revision of the store.
#[derive(Debug)]
pub struct Snapshot {
    /// The store's revision.
    pub revision: i64,
    /// The codebook of the run that is shown.
    pub codebook: Arc<Codebook>,
    /// Every codebook of the store, the one that is shown first.
    pub codebooks: Vec<Arc<Codebook>>,
    /// The run that is shown; `None` before anything was classified.
    pub run: Option<Run>,
    /// Every run, the one started last first.
    pub runs: Vec<Run>,
    /// Documents and labels.
    pub catalogue: Catalogue,
    /// Words to documents.
    pub finder: Finder,
    /// What every count rests on.
    pub provenance: Provenance,
    /// Whether readers' reports come into a queue: somebody may sign in to answer them, and no other address is set.
    pub takes_reports: bool,
    /// Agreement as it was measured last, pair by pair.
    pub agreements: Vec<PairAgreement>,
    /// What training found of weights.
    pub cards: Cards,
    /// What people say of the documents of samples.
    pub decided: Decided,
    /// How far labels of the run that is shown can be trusted, told when the first page asks.
    pub trusts: OnceLock<Trusts>,
    /// What is gathered from every coding of the run that is shown.
    pub gathered: OnceCell<Gathered>,
    /// What forms offer, by filter.
    pub offers: Offers,
    /// When documents changed after they came, read when the first feed is asked for.
    pub changes: OnceCell<crate::pages::take::feed::Changes>,
    /// Whether what all readers share is ready.
    pub(crate) prepared: OnceCell<()>,
    /// How documents stand to each other.
    pub relations: RelationBook,
    /// What of that readers see, told when the first asks for the list.
    pub(crate) seen: OnceLock<Seen>,
    /// Documents that the text of another says it ended, though they are not dead for that.
    pub(crate) said_ended: SaidEndings,
    /// Documents read for comparisons, by number.
    pub peers: Shelf<u32, Peer>,
    /// Held while a peer is read, by its number: who asks for the same meanwhile waits for it instead of reading it too.
    reading_peers: [Mutex<()>; READING_PEERS],
    /// Wording and definitions of all documents, for comparisons; `None` within where the texts are too many.
    pub wording: OnceCell<Option<Arc<CorpusWording>>>,
    /// Answers made from it.
    pub kept: Kept,
}

impl Snapshot {
    /// The turn to read the peer with this number.
    pub(crate) async fn reading_peer(&self, number: u32) -> MutexGuard<'_, ()> {
        self.reading_peers[number as usize % READING_PEERS].lock().await
    }

    /// The run whose id begins with `prefix`.
    pub fn run_named(&self, prefix: &str) -> Option<&Run> {
        let long_enough = prefix.len() >= 6;
        self.runs.iter().find(|run| long_enough && run.id.as_str().starts_with(prefix))
    }

    /// How far labels of a code can be trusted, by the run that is shown.
    pub fn trust(&self, dimension: &str, code: &str) -> Reliability {
        let told = self.run.as_ref().map(|run| self.trusts_of(run));
        let told = told.as_ref().and_then(|told| told.get(&format!("{dimension}/{code}")));
        let measured = || Reliability::of(&self.agreements, &self.cards, self.run.as_ref(), dimension, code);
        told.cloned().unwrap_or_else(measured)
    }

    /// How far labels of every code of a run can be trusted.
    pub fn trusts_of(&self, run: &Run) -> Trusts {
        let codebook = self.codebook_of(run).unwrap_or(&self.codebook);
        let told = || Trusts::of(&self.agreements, &self.cards, run, codebook);
        if self.run.as_ref().is_some_and(|shown| shown.id == run.id) {
            return self.trusts.get_or_init(told).clone();
        }
        told()
    }

    /// The same of the code that a condition tests; `None` for facts of the catalogue.
    pub fn trust_of(&self, condition: &Condition) -> Option<Reliability> {
        match condition {
            Condition::Code(dimension, code, _) => Some(self.trust(dimension.as_str(), code.as_str())),
            Condition::Option(dimension, _) => Some(self.trust(dimension.as_str(), dimension.as_str())),
            _ => None,
        }
    }

    /// The codebook of a run.
    pub fn codebook_of(&self, run: &Run) -> Option<&Arc<Codebook>> {
        self.codebooks.iter().find(|c| c.hash == run.config.codebook_hash)
    }
}

/// What a snapshot counts from: the present store, or what a release holds.
struct Source {
    run: Option<Run>,
    catalogue: Catalogue,
    relations: RelationBook,
    finder: Finder,
    as_of: jiff::Timestamp,
}

impl Snapshot {
    /// Reads everything that is counted in advance.
    pub(crate) async fn take(config: &Config, store: &Store, clock: Clock) -> Result<Self, WebError> {
        let revision = store.revision().await.map_err(WebError::internal("read the revision"))?;
        let runs = store.runs().await.map_err(WebError::internal("read the runs"))?;
        let run = chosen(config, store, &runs).await?;
        let codebooks = codebooks(store, run.as_ref()).await?;
        let id = run.as_ref().map(|r| &r.id);
        let book = store.relation_book(Audience::Public).await;
        let source = Source {
            catalogue: crate::find::catalogue(store, &codebooks[0], id).await?,
            relations: book.map_err(WebError::internal("read the relations"))?,
            finder: Finder::new(store),
            as_of: config.as_of.unwrap_or_else(|| clock.now()),
            run,
        };
        Self::of(config, store, (revision, runs, codebooks), source).await
    }

    /// The same for the map of a release: its documents, their versions and relations, and the labels of its run. What people
    /// said of labels by then, and how far labels could be trusted, is for `store` to say, which is that of the moment.
    pub(crate) async fn of_release(config: &Config, store: &Store, past: &Past) -> Result<Self, WebError> {
        let revision = store.revision().await.map_err(WebError::internal("read the revision"))?;
        let runs = store.runs().await.map_err(WebError::internal("read the runs"))?;
        let run = runs.iter().find(|run| past.release.run.as_deref() == Some(run.id.as_str())).cloned();
        let codebooks = codebooks(store, run.as_ref()).await?;
        let day = jiff::tz::Offset::UTC.to_datetime(past.release.at).date();
        let id = run.as_ref().map(|r| &r.id);
        let catalogue = Catalogue::of_inventory(store, id, &codebooks[0], &past.inventory, day).await;
        let source = Source {
            catalogue: catalogue.map_err(WebError::internal("build the catalogue of a release"))?,
            relations: past.inventory.relations.clone(),
            finder: Finder::of_release(store),
            as_of: past.release.at,
            run,
        };
        Self::of(config, store, (revision, runs, codebooks), source).await
    }

    async fn of(
        config: &Config,
        store: &Store,
        (revision, runs, codebooks): (i64, Vec<Run>, Vec<Arc<Codebook>>),
        source: Source,
    ) -> Result<Self, WebError> {
        let Source { run, catalogue, relations, finder, as_of } = source;
        let codebook = Arc::clone(&codebooks[0]);
        let provenance = Provenance {
            run: run.as_ref().map(|r| RunFacts::of(r, Some(&codebook))),
            as_of,
            documents: catalogue.len() as usize,
            coded: catalogue.coded().len() as usize,
            fiction: catalogue.holds_fiction(),
            sample: None,
        };
        let users = store.users().await.map_err(WebError::internal("read the users"))?;
        Ok(Self {
            revision,
            decided: Decided::read(store, &catalogue, &codebook)
                .await
                .map_err(WebError::internal("read what people say of samples"))?,
            codebook,
            codebooks,
            run,
            runs,
            finder,
            provenance,
            agreements: agreements(store).await,
            cards: cards(store).await,
            takes_reports: config.report == crate::config::Report::File && !users.is_empty(),
            trusts: OnceLock::new(),
            gathered: OnceCell::new(),
            offers: Offers::default(),
            said_ended: SaidEndings::of(&relations, &catalogue),
            seen: OnceLock::new(),
            catalogue,
            relations,
            changes: OnceCell::new(),
            prepared: OnceCell::new(),
            peers: Shelf::new(HELD_PEERS),
            reading_peers: [const { Mutex::const_new(()) }; READING_PEERS],
            wording: OnceCell::new(),
            kept: Kept::default(),
        })
    }
}

/// Every codebook of the store, that of `run` first; the built-in one where there is no run.
async fn codebooks(store: &Store, run: Option<&Run>) -> Result<Vec<Arc<Codebook>>, WebError> {
    let stored = store.codebooks().await.map_err(WebError::internal("read the codebooks"))?;
    let first = match run.and_then(|r| stored.iter().find(|c| c.hash == r.config.codebook_hash)) {
        Some(codebook) => codebook.clone(),
        None => Codebook::parse(BUILT_IN).map_err(WebError::internal("read the built-in codebook"))?,
    };
    let others = stored.into_iter().filter(|c| c.hash != first.hash).map(Arc::new);
    let others: Vec<_> = others.collect();
    Ok(std::iter::once(Arc::new(first)).chain(others).collect())
}

/// What was measured; a store of another build may hold what this one cannot read, and pages then say "not measured".
async fn agreements(store: &Store) -> Vec<PairAgreement> {
    store.agreements().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot read the agreements that were measured; run `lacuna agree`");
        vec![]
    })
}

/// As with agreements, a card that this build cannot read says nothing.
async fn cards(store: &Store) -> Cards {
    Cards::read(store).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot read what training found of weights; run `lacuna train`");
        Cards::default()
    })
}

/// The run that is shown: the one asked for, else the newest finished one of the built-in codebook, else the newest
/// finished machine run, else the newest machine run that has coded anything public: one that coded dropped drafts alone
/// is not shown.
async fn chosen(config: &Config, store: &Store, runs: &[Run]) -> Result<Option<Run>, WebError> {
    if let Some(wanted) = &config.run {
        return store.run(wanted).await.map_err(WebError::internal("read a run"));
    }
    if let Ok(name) = lacuna_pipeline::codebooks::AI_GOVERNANCE_ID.parse() {
        let newest = store
            .newest_finished_run(&name)
            .await
            .map_err(WebError::internal("find the newest finished run"))?;
        if newest.is_some() {
            return Ok(newest);
        }
    }
    let machine = |run: &&Run| matches!(run.labeller, lacuna_domain::run::Labeller::Machine);
    let finished = runs.iter().filter(machine).find(|run| run.finished_at.is_some());
    if finished.is_some() {
        return Ok(finished.cloned());
    }
    for run in runs.iter().filter(machine) {
        let coded = store.has_coded_public(&run.id).await;
        if coded.map_err(WebError::internal("look for what a run coded"))? {
            return Ok(Some(run.clone()));
        }
    }
    Ok(None)
}
