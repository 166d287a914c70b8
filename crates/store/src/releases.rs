//! Releases: dated, content-addressed sets of files that are added and never changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::relation::StatedDate;
use lacuna_domain::{Document, RunId, TextId, Version};
use serde::{Deserialize, Serialize};

use crate::catalogue::Audience;
use crate::error::StoreError;
use crate::packed::press;
use crate::relations::RelationBook;
use crate::store::Store;
use crate::value::{args, json};

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFile {
    /// Its name, such as `labels.csv`.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Rows, where it is a table.
    pub rows: u64,
}

/// A release without the bytes of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// `2026-11-27-1a2b3c4d`: the day and the beginning of the content hash.
    pub id: String,
    /// When it was cut.
    pub at: Timestamp,
    /// SHA-256 over names and hashes of the files.
    pub content: String,
    /// The run whose labels it holds.
    pub run: Option<String>,
    /// Codebook and version.
    pub codebook: String,
    /// Documents.
    pub documents: u64,
    /// Positive labels.
    pub labels: u64,
    /// What the people who cut it say of it.
    pub note: String,
    /// Its files, by name.
    pub files: Vec<ReleaseFile>,
}

/// The documents of a release with their versions, how they stood to each other, and what else of them may change later: with
/// what the store only ever adds to, up to the moment of the release, everything that its pages show (see [`Store::as_of`]).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// Public documents.
    pub documents: Vec<Member>,
    /// Relations between them.
    pub relations: RelationBook,
    /// The dates that their texts stated, by text; `None` in releases of versions that did not keep them.
    #[serde(default)]
    pub stated: Option<BTreeMap<TextId, Vec<StatedDate>>>,
    /// Why texts of theirs could not be coded by the run of the release, by text: a later try takes the place of a failure.
    #[serde(default)]
    pub failed: BTreeMap<TextId, String>,
}

/// A document of an inventory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    /// The document as it was catalogued.
    pub document: Document,
    /// The version that was current, where it had one.
    pub version: Option<Version>,
}

impl Store {
    /// What a release of the labels of `run` would hold if it were cut now: every public document.
    pub async fn inventory(&self, run: Option<&RunId>) -> Result<Inventory, StoreError> {
        let mut versions: BTreeMap<_, _> =
            self.latest_versions().await?.into_iter().map(|v| (v.document.clone(), v)).collect();
        let public = self.documents().await?.into_iter().filter(|document| !document.metadata.private);
        let documents: Vec<Member> =
            public.map(|document| Member { version: versions.remove(&document.id), document }).collect();
        let ids: BTreeSet<_> = documents.iter().map(|member| member.document.id.clone()).collect();
        let texts: BTreeSet<_> = documents.iter().filter_map(|m| Some(&m.version.as_ref()?.text)).collect();
        let mut stated = self.stated_by_text().await?;
        stated.retain(|text, _| texts.contains(text));
        // A day counted for a document outside the release, such as a private one, is not told.
        for dates in stated.values_mut() {
            dates.retain(|date| date.reckoned.as_ref().is_none_or(|own| ids.contains(&own.document)));
        }
        let states = match run {
            Some(run) => self.outcome_states(run).await?,
            None => vec![],
        };
        let failed =
            states.into_iter().filter(|state| state.state == "failed" && texts.contains(&state.text));
        let failed = failed.map(|state| (state.text, state.reason.unwrap_or_default())).collect();
        let relations = self.relation_book(Audience::Public).await?.among(&ids);
        Ok(Inventory { documents, relations, stated: Some(stated), failed })
    }

    /// Adds a release with its files in one transaction; `false` when one of this id is there already.
    pub async fn put_release(
        &self,
        release: &Release,
        files: &[(String, String)],
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO releases (id, at, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
        if tx.execute(sql, args![release.id.as_str(), release.at, json(release)]).await? == 0 {
            return Ok(false);
        }
        for (name, content) in files {
            let sql = "INSERT INTO release_files (release, name, content) VALUES ($1, $2, $3)";
            tx.execute(sql, args![release.id.as_str(), name.as_str(), press(content)]).await?;
        }
        tx.touch().await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Every release, newest first.
    pub async fn releases(&self) -> Result<Vec<Release>, StoreError> {
        let rows = self.db.fetch("SELECT id, body FROM releases ORDER BY at DESC, id DESC", vec![]).await?;
        rows.iter().map(|row| row.json(1)).collect()
    }

    /// One file of a release.
    pub async fn release_file(&self, release: &str, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT name, content FROM release_files WHERE release = $1 AND name = $2";
        let row = self.db.fetch_optional(sql, args![release, name]).await?;
        row.map(|row| row.unpacked(1)).transpose()
    }
}
