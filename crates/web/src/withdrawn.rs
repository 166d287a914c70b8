//! What a release has and the map has no longer: documents that were taken out, codes of an earlier codebook, labels of an
//! earlier text. An address that was given out once leads on to the newest release that has what it named.

use std::collections::BTreeMap;

use lacuna_domain::DocumentId;
use lacuna_pipeline::publish::release::{INVENTORY, has_label};
use lacuna_store::catalogue::Catalogue;
use lacuna_store::{Release, Store};
use serde::Deserialize;

use crate::address;
use crate::error::WebError;
use crate::past::map_of;
use crate::state::App;

/// The newest release of each document that releases have and the map has not.
#[derive(Debug, Default)]
pub struct Withdrawn(BTreeMap<DocumentId, String>);

/// What is read of an inventory here; all else in it is passed over.
#[derive(Deserialize)]
struct Listed {
    documents: Vec<ListedMember>,
}

#[derive(Deserialize)]
struct ListedMember {
    document: ListedDocument,
}

#[derive(Deserialize)]
struct ListedDocument {
    id: DocumentId,
}

impl Withdrawn {
    async fn read(store: &Store, present: &Catalogue) -> Result<Self, WebError> {
        let mut found = BTreeMap::new();
        for release in releases(store).await? {
            let content = store.release_file(&release.id, INVENTORY).await;
            let Some(content) = content.map_err(WebError::internal("read a release"))? else { continue };
            let listed = tokio::task::spawn_blocking(move || serde_json::from_str::<Listed>(&content)).await;
            let listed = listed.map_err(WebError::internal("read the inventory of a release"))?;
            let listed = listed.map_err(WebError::internal("read the inventory of a release"))?;
            let ids = listed.documents.into_iter().map(|member| member.document.id);
            for id in ids.filter(|id| present.find(id.as_str()).is_none()) {
                found.entry(id).or_insert_with(|| release.id.clone());
            }
        }
        Ok(Self(found))
    }
}

impl App {
    /// Why there is no document of this id: none ever was, whoever asks may not see it, or it was taken out since a release
    /// had it.
    pub(crate) async fn no_document(&self, id: &str) -> WebError {
        match self.released_last(id).await {
            Ok(Some((id, release))) => gone(id.as_str(), &release, &address::document(&id)),
            Ok(None) => {
                let id: String = id.chars().take(120).collect();
                WebError::NotFound(format!("no document is called {id:?}"))
            }
            Err(error) => error,
        }
    }

    /// The newest release that has a document that is not in the store.
    async fn released_last(&self, id: &str) -> Result<Option<(DocumentId, String)>, WebError> {
        let Ok(id) = id.parse::<DocumentId>() else { return Ok(None) };
        // The map of a release has all that the release had, and of a private document nobody is told that it is there.
        let there = self.store().document(&id).await.map_err(WebError::internal("read a document"))?;
        if self.past().is_some() || there.is_some() {
            return Ok(None);
        }
        let snapshot = self.snapshot();
        let read = || Withdrawn::read(self.store(), &snapshot.catalogue);
        let withdrawn = snapshot.withdrawn.get_or_try_init(read).await?;
        Ok(withdrawn.0.get(&id).cloned().map(|release| (id, release)))
    }

    /// Why there is no code of this name in a dimension: `otherwise`, or that it was taken out of the codebook since a release
    /// had it.
    pub(crate) async fn no_code(&self, dimension: &str, code: &str, otherwise: WebError) -> WebError {
        if self.past().is_some() {
            return otherwise;
        }
        let snapshot = self.snapshot();
        let releases = match releases(self.store()).await {
            Ok(releases) => releases,
            Err(error) => return error,
        };
        let known = |release: &Release| {
            let run = snapshot.runs.iter().find(|run| release.run.as_deref() == Some(run.id.as_str()))?;
            let dimension = snapshot.codebook_of(run)?.dimension_at(dimension)?;
            Some(address::code(dimension.id.as_str(), dimension.code(code)?.id.as_str()))
        };
        let found = releases.iter().find_map(|release| Some((release, known(release)?)));
        found.map_or(otherwise, |(release, path)| gone(&format!("the code {code}"), &release.id, &path))
    }

    /// Why a document has no quote for a label: it never had one, or it had one when a release was cut.
    pub(crate) async fn no_label(&self, id: &DocumentId, dimension: &str, code: &str) -> WebError {
        match self.labelled_last(id, dimension, code).await {
            Ok(Some(release)) => {
                let path = format!(
                    "/embed{}/{}/{}",
                    address::document(id),
                    address::segment(dimension),
                    address::segment(code)
                );
                gone(&format!("the label {dimension}/{code} of {id}"), &release, &path)
            }
            Ok(None) => WebError::NotFound(format!("{id} has no label {dimension}/{code} with a quote")),
            Err(error) => error,
        }
    }

    /// The newest release that has a label of a document.
    async fn labelled_last(
        &self,
        id: &DocumentId,
        dimension: &str,
        code: &str,
    ) -> Result<Option<String>, WebError> {
        // What is private now is not told to have been published.
        let there = self.store().document(id).await.map_err(WebError::internal("read a document"))?;
        if self.past().is_some() || there.is_none_or(|document| document.metadata.private) {
            return Ok(None);
        }
        for release in releases(self.store()).await? {
            let labels = self.store().release_file(&release.id, "labels.csv").await;
            let Some(labels) = labels.map_err(WebError::internal("read a release"))? else { continue };
            let wanted = [id.as_str(), dimension, code].map(str::to_owned);
            let has = tokio::task::spawn_blocking(move || has_label(&labels, &wanted)).await;
            if has.map_err(WebError::internal("read the labels of a release"))? {
                return Ok(Some(release.id));
            }
        }
        Ok(None)
    }
}

/// Releases whose pages can be drawn, the newest first.
async fn releases(store: &Store) -> Result<Vec<Release>, WebError> {
    let mut releases = store.releases().await.map_err(WebError::internal("read the releases"))?;
    releases.retain(|release| release.files.iter().any(|file| file.name == INVENTORY));
    Ok(releases)
}

fn gone(what: &str, release: &str, path: &str) -> WebError {
    let message = format!("{what} is no longer in the map; it was last published in release {release}");
    WebError::Gone { message, link: format!("{}{path}", map_of(release)) }
}
