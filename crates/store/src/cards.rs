//! What training found of weights of one's own: the figures that stand beside their labels.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::packed::pack;
use crate::store::Store;
use crate::value::{args, json};

impl Store {
    /// Keeps the card of the weights with this hash, in the place of one that was kept before: training again on the same
    /// documents gives the same weights.
    pub async fn put_card<C: Serialize>(
        &self,
        weights: &str,
        at: Timestamp,
        card: &C,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO cards (weights, at, body) VALUES ($1, $2, $3) \
                   ON CONFLICT (weights) DO UPDATE SET at = excluded.at, body = excluded.body";
        tx.execute(sql, args![weights, at, pack(&json(card))]).await?;
        tx.touch().await?;
        tx.commit().await
    }

    /// Every card, by the hash of its weights. In a store as it was at a moment (see [`Store::as_of`]) those that were put since
    /// are left out, also where an earlier one stood in their place, which is kept no more.
    pub async fn cards<C: DeserializeOwned>(&self) -> Result<Vec<C>, StoreError> {
        let sql = "SELECT weights, body FROM cards WHERE at <= $1 ORDER BY weights";
        self.db.fetch(sql, args![self.until()]).await?.iter().map(|row| row.packed_json(1)).collect()
    }
}
