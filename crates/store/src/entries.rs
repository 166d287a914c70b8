//! Authorities and collections as their sources describe them.

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::store::Store;
use crate::value::{args, json};

/// What an entry describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A body that issues instruments.
    Authority,
    /// A set of documents.
    Collection,
}

impl EntryKind {
    const fn id(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Collection => "collection",
        }
    }
}

/// An authority or a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// What it is.
    pub kind: EntryKind,
    /// Its name, as documents give it.
    pub name: String,
    /// What the source says of it.
    pub description: String,
    /// The jurisdiction of an authority.
    pub jurisdiction: Option<String>,
    /// The authority above it.
    pub parent: Option<String>,
}

impl Store {
    /// Stores entries in one transaction; an entry with the same kind and name gives way. Answers how many changed.
    pub async fn put_catalogue_entries(&self, entries: &[CatalogueEntry]) -> Result<u64, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut changed = 0;
        for entry in entries {
            let sql = "INSERT INTO entries (kind, name, body) VALUES ($1, $2, $3) \
                       ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body \
                       WHERE entries.body <> excluded.body";
            let name = crate::events::plain(&entry.name);
            changed += tx.execute(sql, args![entry.kind.id(), name, json(entry)]).await?;
        }
        if changed > 0 {
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(changed)
    }

    /// Every entry, authorities first, by name.
    pub async fn catalogue_entries(&self) -> Result<Vec<CatalogueEntry>, StoreError> {
        let rows = self.db.fetch("SELECT name, body FROM entries ORDER BY kind, name", vec![]).await?;
        rows.iter().map(|row| row.json(1)).collect()
    }
}
