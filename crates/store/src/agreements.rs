//! Agreement as it was measured, kept so that every label can show how far it can be trusted.

use jiff::Timestamp;
use lacuna_domain::RunId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::packed::press;
use crate::store::Store;
use crate::value::{Row, args, json};

impl Store {
    /// Keeps what was measured between `a`, the reference, and `b`.
    pub async fn put_agreement<A: Serialize>(
        &self,
        a: &RunId,
        b: &RunId,
        at: Timestamp,
        pair: &A,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO agreements (a, b, at, body) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, args![a, b, at, press(&json(pair))]).await?;
        tx.touch().await?;
        tx.commit().await
    }

    /// The newest measurement of every pair, by pair; of a store [as it was](Store::as_of), the newest of then.
    pub async fn agreements<A: DeserializeOwned>(&self) -> Result<Vec<A>, StoreError> {
        let sql = "SELECT a, body FROM agreements WHERE id IN \
                   (SELECT max(id) FROM agreements WHERE at <= $1 GROUP BY a, b) ORDER BY b, a";
        self.db.fetch(sql, args![self.until()]).await?.iter().map(|row: &Row| row.packed_json(1)).collect()
    }
}
