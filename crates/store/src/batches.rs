//! Batches that a provider has or may have taken: written before they are submitted, gone when their results are merged.

use jiff::Timestamp;

use crate::calls::Paid;
use crate::error::StoreError;
use crate::packed::pack;
use crate::store::Store;
use crate::value::args;

/// A batch that waits for its results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBatch {
    /// The model asked.
    pub engine: String,
    /// The provider's id.
    pub id: String,
    /// When the provider took it.
    pub submitted_at: Timestamp,
    /// The batch in the words of `crates/llm`.
    pub body: String,
}

impl Store {
    /// Notes a batch as it stands: planned, or taken by the provider.
    pub async fn put_batch(&self, batch: &OpenBatch) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO batches (engine, id, submitted_at, body) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (engine, id) DO UPDATE SET body = excluded.body";
        let args = args![batch.engine.as_str(), batch.id.as_str(), batch.submitted_at, pack(&batch.body)];
        tx.execute(sql, args).await?;
        tx.commit().await
    }

    /// Forgets a batch that the provider never took.
    pub async fn drop_batch(&self, engine: &str, id: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tx.execute("DELETE FROM batches WHERE engine = $1 AND id = $2", args![engine, id]).await?;
        tx.commit().await
    }

    /// The batches of a model that wait for their results, the oldest first.
    pub async fn open_batches(&self, engine: &str) -> Result<Vec<OpenBatch>, StoreError> {
        let sql =
            "SELECT id, engine, submitted_at, body FROM batches WHERE engine = $1 ORDER BY submitted_at, id";
        let rows = self.db.fetch(sql, args![engine]).await?;
        rows.iter()
            .map(|row| {
                Ok(OpenBatch {
                    id: row.text(0)?.to_owned(),
                    engine: row.text(1)?.to_owned(),
                    submitted_at: row.parse(2)?,
                    body: row.unpacked(3)?,
                })
            })
            .collect()
    }

    /// Writes the calls and answers of a batch, takes their prices out of what `holder` has set aside, and closes the batch, in
    /// one transaction; a batch that another process has closed in the meantime writes nothing. Answers whether this call
    /// closed it.
    pub async fn close_batch(
        &self,
        engine: &str,
        id: &str,
        paid: &[Paid],
        holder: Option<&str>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "DELETE FROM batches WHERE engine = $1 AND id = $2";
        if tx.execute(sql, args![engine, id]).await? == 0 {
            return Ok(false);
        }
        for statement in crate::calls::inserts(paid, holder) {
            tx.run(statement).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}
