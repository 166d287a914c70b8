//! What a release has and the map has no longer: documents that were taken out, codes of an earlier codebook, labels of an
//! earlier text, and pages of what these brought with them. An address that was given out once leads on to the newest
//! release that has what it named.

mod pages;

pub(crate) use pages::lead_on;

use lacuna_domain::codebook::Kind;
use lacuna_domain::{Codebook, Document, DocumentId};
use lacuna_store::Release;

use crate::address;
use crate::error::WebError;
use crate::past::map_of;
use crate::state::App;

impl App {
    /// Why there is no document of this id: none ever was, whoever asks may not see it, or it was taken out since a release
    /// had it.
    pub(crate) async fn no_document(&self, id: &str) -> WebError {
        match self.released_last(id).await {
            Ok(Some((id, release))) => gone(id.as_str(), &release, &address::document(&id)),
            Ok(None) => WebError::NotFound(format!("no document is called {:?}", beginning(id))),
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
        let (documents, releases) = (self.released_documents().await?, self.drawn_releases().await?);
        let last = documents.first(&releases, id.as_str()).map(|release| release.id.clone());
        Ok(last.map(|release| (id, release)))
    }

    /// Why there is no code of this name in a dimension, or not where it was asked for: `otherwise`, or that it was taken out
    /// of the codebook since a release had it.
    pub(crate) async fn no_code(&self, dimension: &str, code: &str, otherwise: WebError) -> WebError {
        let snapshot = self.snapshot();
        let present = snapshot.codebook.dimension_at(dimension).and_then(|dimension| dimension.code(code));
        if self.past().is_some() || present.is_some() {
            return otherwise;
        }
        let releases = match self.drawn_releases().await {
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

    /// Why a document has no quote for a label: no codebook knows such a label, it never had one, or it had one when a release
    /// was cut.
    pub(crate) async fn no_label(&self, document: &Document, dimension: &str, code: &str) -> WebError {
        if !self.snapshot().codebooks.iter().any(|codebook| has_label(codebook, dimension, code)) {
            let label = format!("{dimension}/{code}");
            return WebError::NotFound(format!(
                "no codebook has a label {:?}; /codes lists them",
                beginning(&label)
            ));
        }
        let id = &document.id;
        // What is private now is not told to have been published.
        let last = if self.past().is_some() || document.metadata.private {
            Ok(None)
        } else {
            self.labelled_last([id.as_str(), dimension, code]).await
        };
        match last {
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
}

/// Whether documents can have a label under a codebook: a code of a dimension, or that of a whole choice, which is the name of
/// its dimension.
fn has_label(codebook: &Codebook, dimension: &str, code: &str) -> bool {
    codebook
        .dimension(dimension)
        .is_some_and(|found| found.code(code).is_some() || (found.kind == Kind::Choice && dimension == code))
}

/// As much of what somebody asked for as an answer repeats.
fn beginning(words: &str) -> String {
    words.chars().take(120).collect()
}

fn gone(what: &str, release: &str, path: &str) -> WebError {
    let message = format!("{what} is no longer in the map; it was last published in release {release}");
    WebError::Gone { message, link: format!("{}{path}", map_of(release)) }
}
