//! What releases hold, for questions that anybody may ask at any time: which documents each has, and which of them had a label
//! or a name last. A release never changes, so each is read once for as long as the site runs, in a task that goes on when the
//! reader who began it is gone, and what is kept of it is bounded.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use lacuna_domain::filter::Field;
use lacuna_pipeline::analyze::actors::key_of;
use lacuna_pipeline::publish::release::{INVENTORY, documents_of, entities_of, labels_of};
use lacuna_store::{Inventory, Release};
use tokio::sync::Mutex;

use crate::error::WebError;
use crate::outliving::outliving;
use crate::private;
use crate::state::App;

/// Labels, and names, that are kept at most, those of the newest releases first: some sixteen bytes each.
const LABELS: usize = 2_000_000;

/// What was read of releases.
#[derive(Debug, Default)]
pub(crate) struct Released {
    documents: Mutex<Arc<Documents>>,
    labels: Mutex<Labels>,
    /// The names that pages of their own stand under, by what they name.
    names: Mutex<Labels>,
    /// The ids of private documents at a revision of the store.
    private: Mutex<Option<(i64, Arc<BTreeSet<String>>)>>,
}

/// Releases by the order in which they were read, which stands for them everywhere else.
#[derive(Clone, Debug, Default)]
struct Places(Vec<String>);

impl Places {
    fn of(&self, release: &str) -> Option<usize> {
        self.0.iter().position(|known| known == release)
    }

    fn add(&mut self, release: &str) -> usize {
        self.0.push(release.to_owned());
        self.0.len() - 1
    }
}

/// The documents of releases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    releases: Places,
    /// The places of the releases that have each document.
    holders: BTreeMap<String, Vec<u32>>,
}

impl Documents {
    fn add(&mut self, release: &str, ids: Vec<String>) {
        let place = self.releases.add(release) as u32;
        for id in ids {
            self.holders.entry(id).or_default().push(place);
        }
    }

    fn has(&self, release: &str, id: &str) -> bool {
        let place = self.releases.of(release);
        place.zip(self.holders.get(id)).is_some_and(|(place, held)| held.contains(&(place as u32)))
    }

    /// The first of these releases that has a document.
    pub(crate) fn first<'r>(&self, releases: &'r [Release], id: &str) -> Option<&'r Release> {
        releases.iter().find(|release| self.has(&release.id, id))
    }
}

/// Which release had each label last.
#[derive(Debug, Default)]
struct Labels {
    releases: Places,
    /// The place of the release, by the hash of the label.
    last: HashMap<u64, u32>,
}

impl Labels {
    /// Adds the labels of a release; `newer` tells whether it came after another.
    fn add(&mut self, release: &str, labels: &[u64], newer: impl Fn(&str) -> bool) {
        let place = self.releases.add(release) as u32;
        for label in labels {
            let held = self.last.get(label).and_then(|held| self.releases.0.get(*held as usize));
            let takes = held.map_or(self.last.len() < LABELS, |held| newer(held));
            if takes {
                self.last.insert(*label, place);
            }
        }
    }

    fn of(&self, label: u64) -> Option<&str> {
        self.releases.0.get(*self.last.get(&label)? as usize).map(String::as_str)
    }
}

/// A label of a document in eight bytes.
fn hashed(label: [&str; 3]) -> u64 {
    let mut hasher = DefaultHasher::new();
    label.hash(&mut hasher);
    hasher.finish()
}

impl App {
    /// Releases whose pages can be drawn, the newest first.
    pub(crate) async fn drawn_releases(&self) -> Result<Vec<Release>, WebError> {
        let mut releases = self.releases().await?;
        releases.retain(|release| release.files.iter().any(|file| file.name == INVENTORY));
        Ok(releases)
    }

    /// Every release, the newest first.
    pub(crate) async fn releases(&self) -> Result<Vec<Release>, WebError> {
        self.store().releases().await.map_err(WebError::internal("read the releases"))
    }

    /// The documents of every release.
    pub(crate) async fn released_documents(&self) -> Result<Arc<Documents>, WebError> {
        let app = self.clone();
        outliving(async move {
            let mut held = app.released().documents.lock().await;
            for release in app.releases().await? {
                if held.releases.of(&release.id).is_none() {
                    let ids = app.read_of(&release.id, "documents.csv", |file| documents_of(&file)).await?;
                    Arc::make_mut(&mut held).add(&release.id, ids);
                }
            }
            Ok(Arc::clone(&held))
        })
        .await
    }

    /// The newest release with a label, named by document, dimension and code. Nothing is told of the oldest releases where
    /// there are more labels than are kept.
    pub(crate) async fn labelled_last(&self, label: [&str; 3]) -> Result<Option<String>, WebError> {
        let (app, label) = (self.clone(), hashed(label));
        outliving(async move {
            let mut held = app.released().labels.lock().await;
            let releases = app.drawn_releases().await?;
            let order = |id: &str| releases.iter().position(|release| release.id == id);
            for release in &releases {
                if held.releases.of(&release.id).is_none() {
                    let labels = app.read_of(&release.id, "labels.csv", |file| all_hashed(&file)).await?;
                    held.add(&release.id, &labels, |other| order(&release.id) < order(other));
                }
            }
            Ok(held.of(label).map(str::to_owned))
        })
        .await
    }

    /// The newest release in which something of this kind has one of these names: a field by its id and value, an `entity` by
    /// its key.
    pub(crate) async fn named_last(
        &self,
        kind: &'static str,
        names: &[String],
    ) -> Result<Option<String>, WebError> {
        let app = self.clone();
        let wanted: Vec<u64> = names.iter().map(|name| hashed([kind, name, ""])).collect();
        outliving(async move {
            let mut held = app.released().names.lock().await;
            let releases = app.drawn_releases().await?;
            let order = |id: &str| releases.iter().position(|release| release.id == id);
            for release in &releases {
                if held.releases.of(&release.id).is_none() {
                    let mut names = app.read_of(&release.id, INVENTORY, |file| catalogued(&file)).await?;
                    names.extend(app.read_of(&release.id, "labels.csv", |file| entities(&file)).await?);
                    held.add(&release.id, &names, |other| order(&release.id) < order(other));
                }
            }
            Ok(wanted.iter().find_map(|name| held.of(*name)).map(str::to_owned))
        })
        .await
    }

    /// The ids of private documents.
    pub(crate) async fn private_ids(&self) -> Result<Arc<BTreeSet<String>>, WebError> {
        let app = self.clone();
        outliving(async move {
            let revision = app.store().revision().await;
            let revision = revision.map_err(WebError::internal("read the revision"))?;
            let mut held = app.released().private.lock().await;
            if let Some((of, ids)) = held.as_ref()
                && *of == revision
            {
                return Ok(Arc::clone(ids));
            }
            let documents = private::documents(&app).await?;
            let ids: BTreeSet<String> = documents.into_iter().map(|document| document.id.into()).collect();
            let ids = Arc::new(ids);
            *held = Some((revision, Arc::clone(&ids)));
            Ok(ids)
        })
        .await
    }

    /// Whether the files of a release may not be shown, because a document of it was made private since.
    pub(crate) async fn is_withheld(&self, release: &str) -> Result<bool, WebError> {
        let private = self.private_ids().await?;
        if private.is_empty() {
            return Ok(false);
        }
        let documents = self.released_documents().await?;
        Ok(private.iter().any(|id| documents.has(release, id)))
    }

    /// What a file of a release holds of some kind; nothing where the release has no such file.
    async fn read_of<T, F>(&self, release: &str, name: &str, read: F) -> Result<Vec<T>, WebError>
    where
        T: Send + 'static,
        F: FnOnce(String) -> Vec<T> + Send + 'static,
    {
        let file = self.store().release_file(release, name).await;
        let Some(file) = file.map_err(WebError::internal("read a release"))? else { return Ok(vec![]) };
        let read = tokio::task::spawn_blocking(move || read(file)).await;
        read.map_err(WebError::internal("read a file of a release"))
    }
}

fn all_hashed(labels: &str) -> Vec<u64> {
    labels_of(labels).map(|[document, dimension, code]| hashed([&document, &dimension, &code])).collect()
}

/// Jurisdictions, authorities and collections of a release, from its inventory.
fn catalogued(inventory: &str) -> Vec<u64> {
    let Ok(inventory) = serde_json::from_str::<Inventory>(inventory) else { return vec![] };
    let mut names = BTreeSet::new();
    for member in &inventory.documents {
        let metadata = &member.document.metadata;
        let field = |field: Field, name: &str| hashed([field.id(), name, ""]);
        names.extend(metadata.jurisdiction.iter().map(|name| field(Field::Jurisdiction, name)));
        names.extend(metadata.authority.iter().map(|name| field(Field::Authority, name)));
        names.extend(metadata.collections.iter().map(|name| field(Field::Collection, name)));
    }
    names.into_iter().collect()
}

/// What a release names in texts.
fn entities(labels: &str) -> Vec<u64> {
    let names: BTreeSet<u64> =
        entities_of(labels).map(|name| hashed(["entity", &key_of(&name), ""])).collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stands_in_the_newest_release_that_has_it_in_whatever_order_they_are_read() {
        let label = |code: &str| hashed(["a:1", "risk", code]);
        let order = |id: &str| ["newest", "middle", "oldest"].iter().position(|known| *known == id);
        let of = [("oldest", vec!["1", "2", "3"]), ("newest", vec!["1"]), ("middle", vec!["1", "2"])];
        let mut labels = Labels::default();
        for (release, codes) in of {
            let codes: Vec<u64> = codes.into_iter().map(label).collect();
            labels.add(release, &codes, |other| order(release) < order(other));
        }
        let told = ["1", "2", "3", "4"].map(|code| labels.of(label(code)));
        assert_eq!(told, [Some("newest"), Some("middle"), Some("oldest"), None]);
    }
}
