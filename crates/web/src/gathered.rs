//! What is gathered from every coding of the run that is shown, in one pass for all its readers: the best quotes of each
//! code, and who is named where.

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::TextId;
use lacuna_pipeline::analyze::actors::Gathering;
use lacuna_store::catalogue::DocumentSet;

use crate::error::WebError;
use crate::outliving::outliving;
use crate::pages::actors::Named;
use crate::pages::codes::quotes::{self, BestQuotes};
use crate::state::{App, Snapshot};

/// What the codings of a run say together.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The best quotes of each code.
    pub quotes: BestQuotes,
    /// Who is named where.
    pub named: Named,
}

/// How many texts were gathered from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Classified texts that were read.
    pub read: u64,
    /// Classified texts that there are.
    pub of: u64,
}

impl Extent {
    /// Whether every classified text was read.
    pub(crate) const fn is_whole(self) -> bool {
        self.read >= self.of
    }

    /// What a reader must know where only some texts were read.
    pub(crate) fn notice(self) -> Option<String> {
        let Self { read, of } = self;
        (!self.is_whole()).then(|| {
            format!(
                "Gathered from {read} of {of} classified texts, a sample drawn by the hash of their words: counts of names, \
                 passages and quotes are of the sample. Lists, charts and gaps count all documents."
            )
        })
    }
}

/// Codings read at a time: few, since pages wait meanwhile.
const BATCH: u64 = 16;
/// Codings gathered at most: half a minute of one processor, and bounded memory. They are read in the order of
/// their texts' hashes, in which any first so many are a sample as good as drawn.
pub(crate) const AT_MOST: u64 = 50_000;

impl Snapshot {
    /// What is gathered, by whoever asks first.
    pub(crate) async fn gathered(&self, app: &App) -> Result<&Gathered, WebError> {
        let shared = app.snapshot();
        if !self.gathered.initialized() && std::ptr::eq(Arc::as_ptr(&shared), self) {
            let app = app.clone();
            outliving(
                async move { shared.gathered.get_or_try_init(|| gather(&app, &shared)).await.map(|_| ()) },
            )
            .await?;
        }
        self.gathered.get_or_try_init(|| gather(app, self)).await
    }

    /// Makes ready what all readers share before anybody asks, once.
    pub(crate) async fn prepare(&self, app: &App) -> Result<(), WebError> {
        let all = async {
            self.changes(app).await?;
            self.gathered(app).await?;
            self.wording(app).await?;
            for run in &self.runs {
                app.progress_of(run).await?;
            }
            Ok(())
        };
        self.prepared.get_or_try_init(|| all).await.copied()
    }
}

async fn gather(app: &App, snapshot: &Snapshot) -> Result<Gathered, WebError> {
    let mut found = Gathered::default();
    let Some(run) = &snapshot.run else { return Ok(found) };
    found.named.extent.of = snapshot.catalogue.distinct_texts(snapshot.catalogue.coded());
    let mut gathering = Gathering::new(&snapshot.codebook);
    let mut after: Option<TextId> = None;
    let mut left = app.config().gathered_at_most;
    loop {
        let batch = app.store().codings(&run.id, after.as_ref(), left.min(BATCH) as usize).await;
        let batch = batch.map_err(WebError::internal("read codings for what they say together"))?;
        let Some(last) = batch.last() else { break };
        left -= batch.len() as u64;
        after = Some(last.text.clone());
        let texts: Vec<TextId> = batch.iter().map(|coding| coding.text.clone()).collect();
        let mut documents: BTreeMap<TextId, DocumentSet> = BTreeMap::new();
        for (text, document) in app.documents_of(&texts).await? {
            if let Some(number) = snapshot.catalogue.find(document.as_str()) {
                documents.entry(text).or_default().insert(number);
            }
        }
        found.named.documents.extend(documents.into_iter().map(|(text, of)| (text, Arc::new(of))));
        for coding in &batch {
            // What no published document has must neither be told nor crowd out what may be.
            if found.named.documents.contains_key(&coding.text) {
                found.named.extent.read += 1;
                quotes::take(&mut found.quotes, coding);
                gathering.take(coding);
            }
        }
        tokio::task::yield_now().await;
    }
    // Over many texts both take a while; other requests go on meanwhile.
    let (mut named, codebook) = (found.named, snapshot.codebook.clone());
    let settle = move || {
        named.actors = gathering.settled();
        named.count(&codebook);
        named
    };
    let named = tokio::task::spawn_blocking(settle).await;
    found.named = named.map_err(WebError::internal("settle who is named where"))?;
    Ok(found)
}

/// Documents of each text, as numbers of the catalogue.
pub(crate) async fn documents(
    app: &App,
    snapshot: &Snapshot,
) -> Result<BTreeMap<TextId, Vec<u32>>, WebError> {
    let mut documents: BTreeMap<TextId, Vec<u32>> = BTreeMap::new();
    for version in app.latest_versions().await? {
        if let Some(number) = snapshot.catalogue.find(version.document.as_str()) {
            documents.entry(version.text).or_default().push(number);
        }
    }
    Ok(documents)
}
