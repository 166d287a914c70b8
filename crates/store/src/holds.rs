//! What several processes set aside of one run's budget, so that together they do not pass it.

use jiff::Timestamp;
use lacuna_domain::RunId;

use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::args;

/// What a process wants to have set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'w> {
    /// The run.
    pub run: &'w RunId,
    /// The process.
    pub holder: &'w str,
    /// What the run may cost in all, in millionths of a dollar.
    pub limit: u64,
    /// What the process has set aside now and needs no longer less of.
    pub kept: u64,
    /// The least that would serve, on top.
    pub least: u64,
    /// What would be welcome, on top.
    pub most: u64,
    /// Now.
    pub at: Timestamp,
    /// What processes have set aside that were not heard of since then is not counted.
    pub alive_since: Timestamp,
}

/// How a wish was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What the process has set aside now.
    pub own: u64,
    /// Whether the least of the wish was granted.
    pub granted: bool,
    /// What the run has spent, as far as calls have ended.
    pub spent: u64,
    /// What other processes have set aside.
    pub others: u64,
}

impl Store {
    /// Sets money aside for calls, within what the limit leaves after all that was spent and all that others have set
    /// aside. Spending counts from the moment a call is in the ledger, so set-aside money is given back after that.
    pub async fn hold(&self, wish: &Wish<'_>) -> Result<Held, StoreError> {
        let mut tx = self.db.begin().await?;
        let spent = sum(
            &mut tx,
            "SELECT CAST(coalesce(sum(micros), 0) AS BIGINT) FROM calls WHERE run = $1",
            args![wish.run],
        )
        .await?;
        let sql = "SELECT CAST(coalesce(sum(micros), 0) AS BIGINT) FROM holds \
                   WHERE run = $1 AND holder <> $2 AND at >= $3";
        let others = sum(&mut tx, sql, args![wish.run, wish.holder, wish.alive_since]).await?;
        let room = wish.limit.saturating_sub(spent + others);
        let granted = room >= wish.kept + wish.least;
        let own = if granted { room.min(wish.kept + wish.most) } else { wish.kept };
        let sql = "INSERT INTO holds (run, holder, micros, at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (run, holder) DO UPDATE SET micros = excluded.micros, at = excluded.at";
        tx.execute(sql, args![wish.run, wish.holder, own as i64, wish.at]).await?;
        tx.commit().await?;
        Ok(Held { own, granted, spent, others })
    }

    /// Says that a process is still there, so that what it has set aside goes on counting.
    pub async fn still_held(&self, run: &RunId, holder: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tx.execute("UPDATE holds SET at = $3 WHERE run = $1 AND holder = $2", args![run, holder, at]).await?;
        tx.commit().await
    }

    /// Gives back all that a process has set aside.
    pub async fn let_go(&self, run: &RunId, holder: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tx.execute("DELETE FROM holds WHERE run = $1 AND holder = $2", args![run, holder]).await?;
        tx.commit().await
    }
}

async fn sum(tx: &mut Tx, sql: &'static str, args: Vec<crate::value::Value>) -> Result<u64, StoreError> {
    let row = tx.fetch_optional(sql, args).await?;
    row.map_or(Ok(0), |row| row.int(0).map(|n| n as u64))
}
