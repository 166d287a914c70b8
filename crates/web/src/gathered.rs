//! What is gathered from every coding of the run that is shown, in one pass for all its readers: the best quotes of each
//! code, and who is named where.

use std::collections::BTreeMap;

use lacuna_domain::TextId;
use lacuna_pipeline::analyze::actors;

use crate::error::WebError;
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

/// Codings read at a time: few, since pages wait meanwhile.
const BATCH: usize = 16;
/// Codings that are gathered before anybody asks: a second or two of one processor. Of more, the first readers wait.
const GATHERED: u64 = 20_000;

impl Snapshot {
    /// What is gathered, by whoever asks first.
    pub(crate) async fn gathered(&self, app: &App) -> Result<&Gathered, WebError> {
        self.gathered.get_or_try_init(|| gather(app, self)).await
    }

    /// Makes ready what all readers share before anybody asks, where that is little work.
    pub(crate) async fn prepare(&self, app: &App) -> Result<(), WebError> {
        let coded = self.catalogue.coded().len();
        if coded <= GATHERED {
            self.gathered(app).await?;
            self.wording(app).await?;
        }
        Ok(())
    }
}

async fn gather(app: &App, snapshot: &Snapshot) -> Result<Gathered, WebError> {
    let mut found = Gathered::default();
    let Some(run) = &snapshot.run else { return Ok(found) };
    found.named.documents = documents(app, snapshot).await?;
    let mut after: Option<TextId> = None;
    loop {
        let batch = app.store().codings(&run.id, after.as_ref(), BATCH).await;
        let batch = batch.map_err(WebError::internal("read codings for what they say together"))?;
        let Some(last) = batch.last() else { return Ok(found) };
        after = Some(last.text.clone());
        for coding in &batch {
            quotes::take(&mut found.quotes, coding);
            if found.named.documents.contains_key(&coding.text) {
                actors::gather(&mut found.named.actors, coding, &snapshot.codebook);
            }
        }
        tokio::task::yield_now().await;
    }
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
