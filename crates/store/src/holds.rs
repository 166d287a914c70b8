//! What several processes set aside of one run's budget, so that together they do not pass it.
//!
//! A process sets money aside before it sends a call. The transaction that writes the call into the ledger takes its price
//! out of what is set aside, so at any instant the ledger and what is set aside are all that the run can have cost.

use jiff::Timestamp;
use lacuna_domain::{RunId, TextId};

use crate::calls::{Call, Paid, inserts};
use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Statement, args};

/// The outcome of the ledger row that stands for all calls which a process had in flight when it died.
pub const LOST: &str = "lost";

/// What a process wants to have set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'w> {
    /// The run.
    pub run: &'w RunId,
    /// The process.
    pub holder: &'w str,
    /// Whether the money is for batches.
    pub batch: bool,
    /// What the run may cost in all, in millionths of a dollar.
    pub limit: u64,
    /// The least that would serve, on top of what the process has set aside.
    pub least: u64,
    /// What would be welcome, on top.
    pub most: u64,
    /// Now.
    pub at: Timestamp,
}

/// How a wish was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What was set aside on top: at least the least of the wish, or nothing.
    pub added: u64,
    /// What the run has spent, as far as calls have ended.
    pub spent: u64,
    /// What other processes have set aside.
    pub others: Vec<Hold>,
}

/// What a process has set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The process.
    pub holder: String,
    /// How much, in millionths of a dollar.
    pub micros: u64,
    /// When it was heard of last, by its own clock.
    pub at: Timestamp,
}

impl Store {
    /// Sets money aside for calls, within what the limit leaves after all that was spent and all that is set aside.
    pub async fn hold(&self, wish: &Wish<'_>) -> Result<Held, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "SELECT CAST(coalesce(sum(micros), 0) AS BIGINT) FROM calls WHERE run = $1";
        let spent = tx.fetch_optional(sql, args![wish.run]).await?;
        let spent = spent.map_or(Ok(0), |row| row.int(0))? as u64;
        let holds = holds(&mut tx, wish.run).await?;
        let aside: u64 = holds.iter().map(|hold| hold.micros).sum();
        let room = wish.limit.saturating_sub(spent + aside);
        let added = if room >= wish.least { room.min(wish.most) } else { 0 };
        let sql = "INSERT INTO holds (run, holder, micros, at, batch) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (run, holder) DO UPDATE SET micros = holds.micros + excluded.micros, at = excluded.at";
        tx.execute(sql, args![wish.run, wish.holder, added as i64, wish.at, wish.batch]).await?;
        tx.commit().await?;
        let others = holds.into_iter().filter(|hold| hold.holder != wish.holder && hold.micros > 0).collect();
        Ok(Held { added, spent, others })
    }

    /// Says that a process is still there.
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

    /// Takes a process for dead that was not heard of since `hold`. What it had set aside for calls counts as spent, since
    /// the provider may have been paid for all that was in flight: a row with the outcome [`LOST`] stands for it in the
    /// ledger. What was set aside for batches is free again, as those go on and are paid for when they are merged.
    /// Answers what was lost; nothing where the process was heard of after all.
    pub async fn count_lost(
        &self,
        run: &RunId,
        hold: &Hold,
        at: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "SELECT micros, batch FROM holds WHERE run = $1 AND holder = $2 AND at = $3";
        let row = tx.fetch_optional(sql, args![run, hold.holder.as_str(), hold.at]).await?;
        let Some(row) = row else { return Ok(None) };
        let micros = if row.int(1)? != 0 { 0 } else { row.int(0)? as u64 };
        if micros > 0 {
            let lost = Paid { call: lost(run, &hold.holder, micros, at), answer: None };
            for statement in inserts(&[lost], None) {
                tx.run(statement).await?;
            }
        }
        let sql = "DELETE FROM holds WHERE run = $1 AND holder = $2";
        tx.execute(sql, args![run, hold.holder.as_str()]).await?;
        tx.commit().await?;
        Ok(Some(micros))
    }
}

/// Takes `micros`, which is in the ledger now, out of what a process has set aside.
pub(crate) fn draw(run: &RunId, holder: &str, micros: u64) -> Statement {
    let sql = "UPDATE holds SET micros = CASE WHEN micros > $3 THEN micros - $3 ELSE 0 END \
               WHERE run = $1 AND holder = $2";
    Statement::new(sql, args![run, holder, micros as i64])
}

async fn holds(tx: &mut Tx, run: &RunId) -> Result<Vec<Hold>, StoreError> {
    let rows = tx.fetch("SELECT holder, micros, at FROM holds WHERE run = $1", args![run]).await?;
    rows.iter()
        .map(|row| {
            let micros = row.int(1)? as u64;
            Ok(Hold { holder: row.text(0)?.to_owned(), micros, at: row.parse(2)? })
        })
        .collect()
}

/// The row for calls whose end nobody saw; it belongs to no text.
fn lost(run: &RunId, holder: &str, micros: u64, at: Timestamp) -> Call {
    Call {
        run: run.clone(),
        text: TextId::of(""),
        step: LOST.to_owned(),
        request: String::new(),
        attempt: 0,
        engine: "unknown".to_owned(),
        at,
        status: 0,
        outcome: LOST.to_owned(),
        input_fresh: 0,
        input_cached: 0,
        cache_write: 0,
        output: 0,
        micros,
        priced: true,
        latency_ms: 0,
        batch: false,
        provider_id: Some(holder.to_owned()),
        guess: 0,
    }
}
