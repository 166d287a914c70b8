//! What every request sees: the settings, the store, and a [`Snapshot`] of everything counted in advance.

use std::sync::{Arc, PoisonError, RwLock};

use lacuna_domain::coding::Outcome;
use lacuna_domain::filter::Condition;
use lacuna_domain::{Clock, Codebook, Document, Run, RunId, Text, TextId, Version};
use lacuna_pipeline::analyze::agreement::report::PairAgreement;
use lacuna_pipeline::classify::offline::card::Cards;
use lacuna_store::catalogue::Catalogue;
use lacuna_store::{RelationBook, Store};
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::corrected::Decided;
use crate::error::WebError;
use crate::find::Finder;
use crate::kept::{Kept, Shelf};
use crate::pages::codes::quotes::BestQuotes;
use crate::pages::compare::texts::Peer;
use crate::reading::{Reading, Readings};
use crate::view::{Chrome, Crumb, Provenance, Reliability, RunFacts, Section};

/// Bytes of text that are kept cut into passages.
const HELD_TEXT: usize = 12 * 1024 * 1024;
/// Bytes of documents that are kept ready to be compared with others.
const HELD_PEERS: usize = 64 * 1024 * 1024;

/// The state of the site. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    store: Store,
    clock: Clock,
    snapshot: RwLock<Arc<Snapshot>>,
    readings: Readings,
    rates: crate::limits::Rates,
    /// Stands in forms that need no session; empty without randomness, and then no such form is taken.
    form_token: String,
}

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
    /// The best quotes of each code, gathered when the first page asks for them.
    pub best_quotes: OnceCell<BestQuotes>,
    /// When the latest versions came, read when the first feed is asked for.
    pub arrivals: OnceCell<crate::pages::take::feed::Arrivals>,
    /// How documents stand to each other.
    pub relations: RelationBook,
    /// Who is named where, gathered when the first page asks for it.
    pub named: OnceCell<crate::pages::actors::Named>,
    /// Documents read for comparisons, by number.
    pub peers: Shelf<u32, Peer>,
    /// Answers made from it.
    pub kept: Kept,
}

impl Snapshot {
    /// The run whose id begins with `prefix`.
    pub fn run_named(&self, prefix: &str) -> Option<&Run> {
        let long_enough = prefix.len() >= 6;
        self.runs.iter().find(|run| long_enough && run.id.as_str().starts_with(prefix))
    }

    /// How far labels of a code can be trusted, by the run that is shown.
    pub fn trust(&self, dimension: &str, code: &str) -> Reliability {
        Reliability::of(&self.agreements, &self.cards, self.run.as_ref(), dimension, code)
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

impl App {
    /// The state over `store`, with its first snapshot.
    pub async fn open(config: Config, store: Store, clock: Clock) -> Result<Self, WebError> {
        let snapshot = snapshot::take(&config, &store, clock).await?;
        Ok(Self(Arc::new(Inner {
            form_token: crate::account::token(config.entropy).unwrap_or_default(),
            config,
            store,
            clock,
            snapshot: RwLock::new(Arc::new(snapshot)),
            readings: Readings::new(HELD_TEXT),
            rates: crate::limits::Rates::default(),
        })))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What a form of this process carries, so that no page of elsewhere can send one.
    pub(crate) fn form_token(&self) -> &str {
        &self.0.form_token
    }

    /// Requests of the last minute.
    pub(crate) fn rates(&self) -> &crate::limits::Rates {
        &self.0.rates
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Today, UTC.
    pub fn today(&self) -> jiff::civil::Date {
        jiff::tz::Offset::UTC.to_datetime(self.0.clock.now()).date()
    }

    /// The present moment.
    pub fn now(&self) -> jiff::Timestamp {
        self.0.clock.now()
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a new snapshot when the store has moved on; answers whether it had.
    pub async fn refresh(&self) -> Result<bool, WebError> {
        let revision = self.0.store.revision().await.map_err(WebError::internal("read the revision"))?;
        if revision == self.snapshot().revision {
            return Ok(false);
        }
        let fresh = snapshot::take(&self.0.config, &self.0.store, self.0.clock).await?;
        *self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// A document that may be seen here: private ones only where the site serves this machine alone.
    pub async fn document(&self, id: &str) -> Result<Option<Document>, WebError> {
        let Ok(id) = id.parse() else { return Ok(None) };
        let document = self.0.store.document(&id).await.map_err(WebError::internal("read a document"))?;
        Ok(document.filter(|d| self.0.config.local || !d.metadata.private))
    }

    /// The versions of a document, oldest first.
    pub async fn versions(&self, document: &Document) -> Result<Vec<Version>, WebError> {
        self.0.store.versions(&document.id).await.map_err(WebError::internal("read versions"))
    }

    /// A text cut into passages.
    pub async fn reading(&self, id: &TextId) -> Result<Option<Arc<Reading>>, WebError> {
        if let Some(held) = self.0.readings.get(id) {
            return Ok(Some(held));
        }
        let text: Option<Text> = self.0.store.text(id).await.map_err(WebError::internal("read a text"))?;
        let Some(text) = text else { return Ok(None) };
        // A long text takes a while to cut; other requests go on meanwhile.
        let reading = tokio::task::spawn_blocking(move || Arc::new(Reading::of(text)))
            .await
            .map_err(WebError::internal("cut a text into passages"))?;
        self.0.readings.keep(&reading);
        Ok(Some(reading))
    }

    /// What a run made of a text.
    pub async fn outcome(&self, run: &RunId, text: &TextId) -> Result<Option<Outcome>, WebError> {
        self.0.store.outcome(run, text).await.map_err(WebError::internal("read a coding"))
    }

    /// The frame of a page.
    pub fn chrome(&self, snapshot: &Snapshot, section: Section, title: &str) -> Chrome {
        Chrome {
            title: title.to_owned(),
            site: self.0.config.site.clone(),
            description: String::new(),
            section,
            crumbs: vec![],
            search: String::new(),
            json: None,
            csv: None,
            canonical: None,
            stylesheet: crate::assets::stylesheet(),
            icon: crate::assets::icon(),
            provenance: snapshot.provenance.clone(),
            local: self.0.config.local,
        }
    }

    /// The frame of an error page.
    pub fn chrome_for_errors(&self) -> Chrome {
        self.chrome(&self.snapshot(), Section::None, "")
    }
}

impl Chrome {
    /// With one sentence for search engines.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// With a step of the path above the title.
    #[must_use]
    pub fn under(mut self, name: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { name: name.into(), href: href.into() });
        self
    }

    /// With the address at which the page lies, the absolute form of which becomes its canonical link.
    #[must_use]
    pub fn at(mut self, config: &Config, path: &str) -> Self {
        self.canonical = config.absolute(path);
        self
    }

    /// With `PATH.json` beside the page.
    #[must_use]
    pub fn with_json(mut self, path: &str, query: &str) -> Self {
        self.json = Some(beside(path, "json", query));
        self
    }

    /// With `PATH.csv` beside the page.
    #[must_use]
    pub fn with_csv(mut self, path: &str, query: &str) -> Self {
        self.csv = Some(beside(path, "csv", query));
        self
    }
}

fn beside(path: &str, ending: &str, query: &str) -> String {
    if query.is_empty() { format!("{path}.{ending}") } else { format!("{path}.{ending}?{query}") }
}

mod snapshot {
    use super::{
        Arc, Cards, Clock, Codebook, Config, Decided, Finder, HELD_PEERS, Kept, OnceCell, PairAgreement,
        Provenance, Run, RunFacts, Shelf, Snapshot, Store, WebError,
    };

    const BUILT_IN: &str = include_str!("../../../codebooks/ai-governance-1.toml");

    /// Reads everything that is counted in advance.
    pub(super) async fn take(config: &Config, store: &Store, clock: Clock) -> Result<Snapshot, WebError> {
        let revision = store.revision().await.map_err(WebError::internal("read the revision"))?;
        let runs = store.runs().await.map_err(WebError::internal("read the runs"))?;
        let stored = store.codebooks().await.map_err(WebError::internal("read the codebooks"))?;
        let run = chosen(config, store, &runs).await?;
        let codebook =
            match run.as_ref().and_then(|r| stored.iter().find(|c| c.hash == r.config.codebook_hash)) {
                Some(codebook) => Arc::new(codebook.clone()),
                None => Arc::new(
                    Codebook::parse(BUILT_IN).map_err(WebError::internal("read the built-in codebook"))?,
                ),
            };
        let mut codebooks = vec![Arc::clone(&codebook)];
        codebooks.extend(stored.into_iter().filter(|c| c.hash != codebook.hash).map(Arc::new));
        let id = run.as_ref().map(|r| &r.id);
        let catalogue = crate::find::catalogue(store, &codebook, id).await?;
        let finder = Finder::new(store);
        let relations = store.relation_book().await.map_err(WebError::internal("read the relations"))?;
        let provenance = Provenance {
            run: run.as_ref().map(|r| RunFacts::of(r, Some(&codebook))),
            as_of: config.as_of.unwrap_or_else(|| clock.now()),
            documents: catalogue.len() as usize,
            coded: catalogue.coded().len() as usize,
            fiction: catalogue.holds_fiction(),
        };
        let decided = Decided::read(store, &catalogue, &codebook).await?;
        Ok(Snapshot {
            revision,
            codebook,
            codebooks,
            run,
            runs,
            catalogue,
            finder,
            provenance,
            agreements: agreements(store).await,
            cards: cards(store).await,
            takes_reports: config.report == crate::config::Report::File
                && !store.users().await.map_err(WebError::internal("read the users"))?.is_empty(),
            decided,
            best_quotes: OnceCell::new(),
            relations,
            named: OnceCell::new(),
            arrivals: OnceCell::new(),
            peers: Shelf::new(HELD_PEERS),
            kept: Kept::default(),
        })
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

    /// The run that is shown: the one asked for, else the newest finished one of the built-in codebook, else the
    /// newest machine run that has anything.
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
        Ok(finished.or_else(|| runs.iter().find(machine)).cloned())
    }
}

/// The address of the list that a filter stands for.
pub fn list_href(filter: &lacuna_domain::Filter) -> String {
    let query = filter.query();
    if query.is_empty() { "/documents".to_owned() } else { format!("/documents?{query}") }
}
