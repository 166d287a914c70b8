//! What every request sees: the settings, the store, and a [`Snapshot`] of everything counted in advance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use lacuna_domain::coding::Outcome;
use lacuna_domain::relation::StatedDate;
use lacuna_domain::{Clock, Document, DocumentId, Run, RunId, Text, TextId, Version};
use lacuna_pipeline::classify::{RunProgress, progress_of};
use lacuna_store::{Member, SpendLine, Store};
use tokio::sync::Mutex;

use crate::config::Config;
use crate::error::WebError;
use crate::limits::aside;
use crate::paced::{Counted, Paced};
use crate::pages::runs::Comparisons;
use crate::past::{Opened, Past};
use crate::private::Sight;
use crate::reading::{Reading, Readings};
use crate::released::Released;
pub use crate::snapshot::Snapshot;
use crate::view::{Chrome, Crumb, Section};

/// The dates that texts state, by text.
type StatedByText = BTreeMap<TextId, Vec<StatedDate>>;

/// Bytes of text that are kept cut into passages.
const HELD_TEXT: usize = 12 * 1024 * 1024;

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
    sign_ins: Mutex<()>,
    presses: Mutex<()>,
    /// The release whose map this is; `None` for the present one.
    past: Option<Past>,
    /// How far runs came, and what their calls cost, as it was counted last.
    progress: Paced<RunId, RunProgress>,
    spent: Paced<(), Vec<SpendLine>>,
    /// How pairs of runs differ.
    comparisons: Comparisons,
    /// Maps of releases that were asked for last.
    opened: Opened,
    /// What was read of releases.
    released: Released,
    /// Stands in forms that need no session; empty without randomness, and then no such form is taken.
    form_token: String,
}

impl App {
    /// The state over `store`, with its first snapshot.
    pub async fn open(config: Config, store: Store, clock: Clock) -> Result<Self, WebError> {
        let snapshot = Snapshot::take(&config, &store, clock).await?;
        Ok(Self::over(config, store, clock, Arc::new(snapshot), None))
    }

    /// The same state for pages that are published as files: they name no address of a server.
    pub(crate) fn published(&self) -> Self {
        let config = Config { published: true, ..self.config().clone() };
        Self::over(config, self.0.store.clone(), self.0.clock, self.snapshot(), None)
    }

    /// The state of the map of a release, beside that of the present one.
    pub(crate) async fn of_release(&self, past: Past, config: Config) -> Result<Self, WebError> {
        // Nothing that came after the release is in its map.
        let at = past.release.at;
        let store = self.0.store.as_of(at);
        // What is served can be read by who codes blind now; what is published is the same for ever.
        let store = if config.published { store.blind_as_of(at) } else { store };
        let snapshot = Snapshot::of_release(&config, &store, &past).await?;
        Ok(Self::over(config, store, self.0.clock, Arc::new(snapshot), Some(past)))
    }

    fn over(config: Config, store: Store, clock: Clock, snapshot: Arc<Snapshot>, past: Option<Past>) -> Self {
        Self(Arc::new(Inner {
            form_token: crate::account::token(config.entropy).unwrap_or_default(),
            config,
            store,
            clock,
            snapshot: RwLock::new(snapshot),
            readings: Readings::new(HELD_TEXT),
            rates: crate::limits::Rates::default(),
            sign_ins: Mutex::default(),
            presses: Mutex::default(),
            past,
            progress: Paced::default(),
            spent: Paced::default(),
            comparisons: Comparisons::default(),
            opened: Opened::default(),
            released: Released::default(),
        }))
    }

    /// The release whose map this is; `None` for the present one.
    pub(crate) fn past(&self) -> Option<&Past> {
        self.0.past.as_ref()
    }

    /// Maps of releases that were asked for last.
    pub(crate) fn opened(&self) -> &Opened {
        &self.0.opened
    }

    /// What was read of releases.
    pub(crate) fn released(&self) -> &Released {
        &self.0.released
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What a form of this process carries, so that no page of elsewhere can send one.
    pub(crate) fn form_token(&self) -> &str {
        &self.0.form_token
    }

    /// What each address has used up of its rate.
    pub(crate) fn rates(&self) -> &crate::limits::Rates {
        &self.0.rates
    }

    /// Held while a password is looked at.
    pub(crate) fn sign_ins(&self) -> &Mutex<()> {
        &self.0.sign_ins
    }

    /// Held while a decision is read, changed and written: what a coder presses in one moment is all kept.
    pub(crate) fn presses(&self) -> &Mutex<()> {
        &self.0.presses
    }

    /// How far a run came; where counting takes long, as it was counted last.
    pub(crate) async fn progress_of(&self, run: &Run) -> Result<Arc<RunProgress>, WebError> {
        let count = async {
            let progress = progress_of(self.store(), run.clone(), self.clock());
            let value = progress.await.map_err(WebError::internal("count a run"))?;
            // Who is at work moves the store.
            let settled = value.texts_per_minute.is_none();
            Ok(Counted { value, settled })
        };
        self.0.progress.get(run.id.clone(), self.revision().await?, count).await
    }

    /// What calls cost, by day, run and model; where summing takes long, as it was summed last.
    pub(crate) async fn spend_lines(&self) -> Result<Arc<Vec<SpendLine>>, WebError> {
        let sum = async {
            let value = self.store().spend_lines().await.map_err(WebError::internal("sum the ledger"))?;
            Ok(Counted { value, settled: false })
        };
        self.0.spent.get((), self.revision().await?, sum).await
    }

    /// How pairs of runs differ.
    pub(crate) fn comparisons(&self) -> &Comparisons {
        &self.0.comparisons
    }

    /// How often the store moved.
    pub(crate) async fn revision(&self) -> Result<i64, WebError> {
        self.store().revision().await.map_err(WebError::internal("read the revision"))
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Today, UTC; in the map of a release, the day on which it was cut; in a published site, that of its data.
    pub fn today(&self) -> jiff::civil::Date {
        let at = self.0.config.as_of.unwrap_or_else(|| self.now());
        jiff::tz::Offset::UTC.to_datetime(at).date()
    }

    /// The present moment; in the map of a release, that at which it was cut.
    pub fn now(&self) -> jiff::Timestamp {
        self.0.past.as_ref().map_or_else(|| self.0.clock.now(), |past| past.release.at)
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
        let fresh = Snapshot::take(&self.0.config, &self.0.store, self.0.clock).await?;
        *self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// A document that may be seen by whoever asks here: private ones only where the site serves this machine alone.
    pub async fn document(&self, id: &str) -> Result<Option<Document>, WebError> {
        self.document_seen(id, Sight::of(self.config(), None)).await
    }

    /// A document that may be seen by whoever has this sight.
    pub async fn document_seen(&self, id: &str, sight: Sight) -> Result<Option<Document>, WebError> {
        let Ok(id) = id.parse::<DocumentId>() else { return Ok(None) };
        if let Some(past) = &self.0.past {
            return Ok(past.member(&id).map(|member| member.document.clone()));
        }
        let document = self.0.store.document(&id).await.map_err(WebError::internal("read a document"))?;
        Ok(document.filter(|document| sight.shows(document)))
    }

    /// The versions of a document, oldest first; in the map of a release, those up to the one that was current.
    pub async fn versions(&self, document: &Document) -> Result<Vec<Version>, WebError> {
        let versions = self.0.store.versions(&document.id).await;
        let mut versions = versions.map_err(WebError::internal("read versions"))?;
        if let Some(past) = &self.0.past {
            let current = past.member(&document.id).and_then(|member| member.version.as_ref());
            versions.retain(|version| current.is_some_and(|current| version.number <= current.number));
        }
        Ok(versions)
    }

    /// The current version of every document.
    pub async fn latest_versions(&self) -> Result<Vec<Version>, WebError> {
        if let Some(past) = &self.0.past {
            return Ok(past.members().filter_map(|member| member.version.clone()).collect());
        }
        self.0.store.latest_versions().await.map_err(WebError::internal("read versions"))
    }

    /// The current version of each of some documents that has one; in the map of a release, the version of then.
    pub(crate) async fn current_versions(&self, ids: &[DocumentId]) -> Result<Vec<Version>, WebError> {
        match &self.0.past {
            Some(past) => Ok(ids.iter().filter_map(|id| past.member(id)?.version.clone()).collect()),
            None => self.0.store.current_versions(ids).await.map_err(WebError::internal("read versions")),
        }
    }

    /// The documents whose current text is one of `texts`, each with it; in the map of a release, the text of then.
    pub(crate) async fn documents_of(&self, texts: &[TextId]) -> Result<Vec<(TextId, DocumentId)>, WebError> {
        if let Some(past) = &self.0.past {
            let wanted: BTreeSet<&TextId> = texts.iter().collect();
            let of =
                |member: &Member| Some((member.version.as_ref()?.text.clone(), member.document.id.clone()));
            let members = past.members().filter_map(of);
            return Ok(members.filter(|(text, _)| wanted.contains(text)).collect());
        }
        let found = self.0.store.documents_of_texts(texts).await;
        found.map_err(WebError::internal("find the documents of texts"))
    }

    /// A text cut into passages.
    pub async fn reading(&self, id: &TextId) -> Result<Option<Arc<Reading>>, WebError> {
        if let Some(held) = self.0.readings.get(id) {
            return Ok(Some(held));
        }
        let text: Option<Text> = self.0.store.text(id).await.map_err(WebError::internal("read a text"))?;
        let Some(text) = text else { return Ok(None) };
        // A long text takes a while to cut; other requests go on meanwhile.
        let reading = aside("cut a text into passages", move || Arc::new(Reading::of(text))).await?;
        self.0.readings.keep(&reading);
        Ok(Some(reading))
    }

    /// What a run made of a text.
    pub async fn outcome(&self, run: &RunId, text: &TextId) -> Result<Option<Outcome>, WebError> {
        let outcome = self.0.store.outcome(run, text).await.map_err(WebError::internal("read a coding"))?;
        let past = self.past().filter(|past| past.release.run.as_deref() == Some(run.as_str()));
        let failed = || past?.inventory.failed.get(text).cloned().map(Outcome::Failed);
        Ok(outcome.or_else(failed))
    }

    /// The dates that a text states, in its order.
    pub async fn stated_dates(&self, text: &TextId) -> Result<Vec<StatedDate>, WebError> {
        if let Some(stated) = self.stated_then() {
            return Ok(stated.get(text).cloned().unwrap_or_default());
        }
        self.0.store.stated_dates(text).await.map_err(WebError::internal("read the dates that a text states"))
    }

    /// The dates that some texts state, each in the order of its text.
    pub(crate) async fn stated_among(&self, texts: &[TextId]) -> Result<StatedByText, WebError> {
        if let Some(stated) = self.stated_then() {
            let of = |text: &TextId| Some((text.clone(), stated.get(text)?.clone()));
            return Ok(texts.iter().filter_map(of).collect());
        }
        let stated = self.0.store.stated_among(texts).await;
        stated.map_err(WebError::internal("read the dates that texts state"))
    }

    /// The dates that the texts of a release stated, where it kept them.
    fn stated_then(&self) -> Option<&StatedByText> {
        self.past()?.inventory.stated.as_ref()
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
            json_ld: None,
            stylesheet: crate::assets::stylesheet(),
            icon: crate::assets::icon(),
            provenance: snapshot.provenance.clone(),
            local: self.0.config.local,
            private: false,
            release: self.0.past.as_ref().map(|past| past.release.id.clone()),
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
        // The first page of a release lies where its map does.
        let path = if self.release.is_some() { path.trim_end_matches('/') } else { path };
        self.canonical = config.absolute(path);
        self
    }

    /// With the mark of what is not published, where `document` is private.
    #[must_use]
    pub fn about(mut self, document: &Document) -> Self {
        self.private = document.metadata.private;
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

/// The address of the list that a filter stands for.
pub fn list_href(filter: &lacuna_domain::Filter) -> String {
    let query = filter.query();
    if query.is_empty() { "/documents".to_owned() } else { format!("/documents?{query}") }
}
