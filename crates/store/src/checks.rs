//! What the checks of a run found last.

use jiff::Timestamp;
use lacuna_domain::RunId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::packed::pack;
use crate::store::Store;
use crate::value::{args, json};

impl Store {
    /// Keeps what was found, in the place of what was found before: the codings that it speaks of are all still there.
    pub async fn put_checks<C: Serialize>(
        &self,
        run: &RunId,
        at: Timestamp,
        found: &C,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO checks (run, at, body) VALUES ($1, $2, $3) \
                   ON CONFLICT (run) DO UPDATE SET at = excluded.at, body = excluded.body";
        tx.execute(sql, args![run, at, pack(&json(found))]).await?;
        tx.commit().await
    }

    /// What was found of a run.
    pub async fn checks<C: DeserializeOwned>(&self, run: &RunId) -> Result<Option<C>, StoreError> {
        let sql = "SELECT run, body FROM checks WHERE run = $1";
        self.db.fetch_optional(sql, args![run]).await?.map(|row| row.packed_json(1)).transpose()
    }
}
