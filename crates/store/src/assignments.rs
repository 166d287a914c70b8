//! What coders are to read, and the samples it was drawn from.

use jiff::Timestamp;
use lacuna_domain::decision::Mode;
use lacuna_domain::{CodebookId, DocumentId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::packed::pack;
use crate::store::Store;
use crate::value::{Row, args, json};

/// A document that a coder is to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// Counts up.
    pub id: i64,
    /// Who.
    pub name: String,
    /// Which document.
    pub document: DocumentId,
    /// Under which codebook.
    pub codebook: CodebookId,
    /// Blind or assisted.
    pub mode: Mode,
    /// The sample it comes from, or `triage`, or `by hand`.
    pub stream: String,
    /// When it was finished.
    pub done_at: Option<Timestamp>,
}

impl Store {
    /// Assigns `documents` to `name`; those assigned already stay as they are. Answers how many are new.
    pub async fn assign(
        &self,
        name: &str,
        documents: &[DocumentId],
        codebook: &CodebookId,
        mode: Mode,
        stream: &str,
    ) -> Result<u64, StoreError> {
        let (mut tx, now) = (self.db.begin().await?, self.clock.now());
        let sql = "INSERT INTO assignments (name, document, codebook, mode, stream, assigned_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name, document, codebook, mode) DO NOTHING";
        let mut new = 0;
        for document in documents {
            new += tx.execute(sql, args![name, document, codebook, mode.id(), stream, now]).await?;
        }
        if new > 0 {
            // Pages hide what coders said of a document while somebody reads it blind.
            tx.touch().await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// What `name` is to read and has read, open ones first, in the order of assignment.
    pub async fn assignments_of(&self, name: &str) -> Result<Vec<Assignment>, StoreError> {
        let sql = "SELECT document, id, name, codebook, mode, stream, done_at FROM assignments WHERE name = $1 \
                   ORDER BY CASE WHEN done_at IS NULL THEN 0 ELSE 1 END, id";
        self.db.fetch(sql, args![name]).await?.iter().map(assignment).collect()
    }

    /// Every assignment, by document.
    pub async fn assignments(&self) -> Result<Vec<Assignment>, StoreError> {
        let sql = "SELECT document, id, name, codebook, mode, stream, done_at FROM assignments \
                   ORDER BY document, id";
        self.db.fetch(sql, vec![]).await?.iter().map(assignment).collect()
    }

    /// The assignment with this number.
    pub async fn assignment(&self, id: i64) -> Result<Option<Assignment>, StoreError> {
        let sql = "SELECT document, id, name, codebook, mode, stream, done_at FROM assignments WHERE id = $1";
        self.db.fetch_optional(sql, args![id]).await?.map(|row| assignment(&row)).transpose()
    }

    /// Whether `name` has yet to code `document` blind, or another document that ever had a text of it, so that no label
    /// of it may be shown to them.
    pub async fn is_blind(&self, name: &str, document: &DocumentId) -> Result<bool, StoreError> {
        let sql = "SELECT a.id FROM assignments a WHERE a.name = $1 AND a.mode = 'blind' AND a.done_at IS NULL \
                   AND (a.document = $2 OR EXISTS (SELECT 1 FROM versions v JOIN versions w ON w.text = v.text \
                     WHERE v.document = a.document AND w.document = $2)) LIMIT 1";
        Ok(self.db.fetch_optional(sql, args![name, document]).await?.is_some())
    }

    /// How many documents `name` has yet to code blind.
    pub async fn blind_open(&self, name: &str) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM assignments WHERE name = $1 AND mode = 'blind' AND done_at IS NULL";
        let row = self.db.fetch_optional(sql, args![name]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Marks an assignment as finished, or opens it again. Pages show its decisions from then on.
    pub async fn set_done(&self, id: i64, done: bool) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let at = done.then(|| format!("{:.9}", self.clock.now()));
        tx.execute("UPDATE assignments SET done_at = $2 WHERE id = $1", args![id, at]).await?;
        tx.touch().await?;
        tx.commit().await
    }

    /// Logs a sample under `name`, before anybody reads a label. Answers its number.
    pub async fn put_sample<S: Serialize>(&self, name: &str, sample: &S) -> Result<i64, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO samples (at, name, body) VALUES ($1, $2, $3)";
        tx.execute(sql, args![self.clock.now(), name, pack(&json(sample))]).await?;
        let row = tx.fetch_optional("SELECT max(id) FROM samples", vec![]).await?;
        tx.touch().await?;
        tx.commit().await?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Every sample with its number and when it was logged, oldest first.
    pub async fn samples<S: DeserializeOwned>(&self) -> Result<Vec<(i64, Timestamp, S)>, StoreError> {
        let sql = "SELECT name, id, at, body FROM samples WHERE at <= $1 ORDER BY id";
        let rows = self.db.fetch(sql, args![self.until()]).await?;
        rows.iter().map(|row| Ok((row.int(1)?, row.parse(2)?, row.packed_json(3)?))).collect()
    }
}

fn assignment(row: &Row) -> Result<Assignment, StoreError> {
    let mode = row.text(4)?;
    Ok(Assignment {
        id: row.int(1)?,
        name: row.text(2)?.to_owned(),
        document: row.parse(0)?,
        codebook: row.parse(3)?,
        mode: Mode::from_id(mode).ok_or_else(|| row.unreadable(4, format!("unknown mode {mode:?}")))?,
        stream: row.text(5)?.to_owned(),
        done_at: row.optional_time(6)?,
    })
}
