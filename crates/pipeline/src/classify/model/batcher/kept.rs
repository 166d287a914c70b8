//! Batches as the store keeps them from before their submission until their results are merged, and how a process takes up
//! those of an earlier one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use lacuna_llm::{Batch, Model, RequestHash};
use lacuna_store::{OpenBatch, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::Work;
use super::open::Open;
use crate::classify::model::books::Entry;

/// Times that a batch without an id is looked for, as a list may lag behind what was taken a moment ago …
const LOOKS: u32 = 3;
/// … and the wait in between.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// An open batch as the store keeps it, under its tag: the provider's, and to which text each question belongs.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) batch: Batch,
    /// Ids of batches that were taken for this one and are not.
    #[serde(default)]
    pub(super) others: BTreeSet<String>,
    pub(super) run: lacuna_domain::RunId,
    pub(super) steps: BTreeMap<RequestHash, Asked>,
}

/// To which question about which text a request belongs.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) text: lacuna_domain::TextId,
    pub(super) step: String,
    /// The guess at its input tokens.
    pub(super) guess: u64,
    /// The most it can cost, in millionths of a dollar; 0 in batches of builds that did not keep it.
    #[serde(default)]
    pub(super) worst: u64,
}

/// Takes the open batch that the provider knows as `id` out of the store, so that its questions are asked again; whether there was
/// one of `engine`.
pub async fn forget_batch(store: &Store, engine: &Model, id: &str) -> Result<bool, StoreError> {
    let engine = engine.to_string();
    for batch in store.open_batches(&engine).await? {
        if Kept::read(&batch).is_ok_and(|kept| kept.batch.id == id) {
            store.drop_batch(&engine, &batch.id).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

impl Kept {
    fn read(batch: &OpenBatch) -> Result<Self, String> {
        serde_json::from_str(&batch.body).map_err(|error| {
            format!("the open batch {} cannot be read: {error}; run `lacuna doctor`", batch.id)
        })
    }
}

impl Work {
    /// Takes up the batches that an earlier process left open; one without an id is looked for at the provider, and forgotten
    /// where the provider never took it.
    pub(super) async fn remember(&mut self) -> Result<(), String> {
        let engine = self.means.client.model().to_string();
        let open = self.means.store.open_batches(&engine).await.map_err(|error| error.to_string())?;
        let mut lost = Vec::new();
        for batch in open {
            let kept = Kept::read(&batch)?;
            if kept.batch.id.is_empty() {
                lost.push(kept);
            } else {
                self.open.insert(batch.id, Open::of(kept));
            }
        }
        for mut kept in lost {
            if let Some(id) = self.seek(&kept).await? {
                kept.batch.id = id;
                self.keep(&kept).await?;
                self.open.insert(kept.batch.tag.clone(), Open::of(kept));
            } else {
                self.forget(&kept).await?;
            }
        }
        self.cover().await
    }

    /// Takes up the batches of other processes that hold a question which waits here: whoever had its text before died, or gave
    /// it up, with its batch open.
    pub(super) async fn adopt(&mut self) -> Result<(), String> {
        let model = self.means.client.model();
        let engine = model.to_string();
        let hashes: BTreeSet<RequestHash> =
            self.pending.iter().map(|item| item.request.hash(model)).collect();
        let there = self.means.store.open_batches(&engine).await.map_err(|error| error.to_string())?;
        for batch in there {
            let mut kept = Kept::read(&batch)?;
            if self.open.contains_key(&batch.id)
                || !kept.batch.requests.iter().any(|hash| hashes.contains(hash))
            {
                continue;
            }
            if kept.batch.id.is_empty() {
                // Who planned it may be looking for it too, so it is not forgotten here.
                let Some(id) = self.seek(&kept).await? else { continue };
                kept.batch.id = id;
                self.keep(&kept).await?;
            }
            self.open.insert(batch.id, Open::of(kept));
        }
        for item in std::mem::take(&mut self.pending) {
            self.place(item);
        }
        Ok(())
    }

    /// Looks for a batch of which it is not known whether the provider has taken it, more than once where it is not found.
    pub(super) async fn seek(&self, kept: &Kept) -> Result<Option<String>, String> {
        let mut found = self.find(kept).await?;
        for _ in 1..LOOKS {
            if found.is_none() {
                tokio::time::sleep(LOOK_AGAIN).await;
                found = self.find(kept).await?;
            }
        }
        Ok(found)
    }

    /// The provider's id of a batch without one, if the provider has it.
    async fn find(&self, kept: &Kept) -> Result<Option<String>, String> {
        let mut others = kept.others.clone();
        others.extend(self.open.values().map(|open| open.kept.batch.id.clone()));
        let found = self.means.client.find_batch(&kept.batch, &others).await;
        found.map_err(|error| format!("cannot look for a batch that may have been submitted: {error}"))
    }

    /// Takes a batch out of the store.
    pub(super) async fn forget(&self, kept: &Kept) -> Result<(), String> {
        let engine = self.means.client.model().to_string();
        self.means.store.drop_batch(&engine, &kept.batch.tag).await.map_err(|error| error.to_string())
    }

    /// Writes a batch as it stands now.
    pub(super) async fn keep(&self, kept: &Kept) -> Result<(), String> {
        let body = serde_json::to_string(kept).map_err(|error| error.to_string())?;
        let open = OpenBatch {
            engine: self.means.client.model().to_string(),
            id: kept.batch.tag.clone(),
            submitted_at: kept.batch.submitted_at,
            body,
        };
        self.means.store.put_batch(&open).await.map_err(|error| error.to_string())
    }

    /// A planned batch of the first `count` questions that wait, with the texts to which they belong.
    pub(super) fn planned(&self, batch: Batch, run: lacuna_domain::RunId, count: usize) -> Kept {
        let model = self.means.client.model();
        let steps = self.pending.iter().take(count).map(|item| {
            let Entry { text, step, guess, .. } = item.entry.clone();
            (item.request.hash(model), Asked { text, step, guess, worst: item.worst.0 })
        });
        Kept { batch, others: BTreeSet::new(), run, steps: steps.collect() }
    }

    /// Looks again for a batch that was taken for another one; its questions wait for the next batch where there is none.
    pub(super) async fn mistaken(&mut self, mut open: Open) -> Result<(), (Box<Open>, String)> {
        open.kept.others.insert(std::mem::take(&mut open.kept.batch.id));
        match self.find(&open.kept).await {
            Err(why) => return Err((Box::new(open), why)),
            Ok(Some(id)) => {
                open.kept.batch.id = id;
                if let Err(why) = self.keep(&open.kept).await {
                    return Err((Box::new(open), why));
                }
                self.open.insert(open.kept.batch.tag.clone(), open);
            }
            Ok(None) => {
                if let Err(why) = self.forget(&open.kept).await {
                    return Err((Box::new(open), why));
                }
                open.settle(&BTreeMap::new(), &self.means.budget);
                self.pending.extend(open.items.into_values());
            }
        }
        Ok(())
    }

    /// Ends the work where the provider did nothing of a batch, such as for want of credit: every other batch would end in
    /// the same way. Its texts stay as they are, to be asked about again.
    pub(super) async fn refused(&mut self, open: Open, why: &str) -> Result<(), (Box<Open>, String)> {
        if let Err(why) = self.forget(&open.kept).await {
            return Err((Box::new(open), why));
        }
        open.settle(&BTreeMap::new(), &self.means.budget);
        let Kept { batch, .. } = &open.kept;
        self.halted = Some(format!(
            "the provider did not work on batch {}: {why}; run the command again when that is mended",
            batch.id
        ));
        self.pending.extend(open.items.into_values());
        Ok(())
    }
}
