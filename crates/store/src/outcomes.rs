//! What became of each text in each run: one row each, so that a coding is there whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::coding::{Outcome, RemarkKind};
use lacuna_domain::{Coding, RunId, TextId};
use serde::Serialize;

use crate::db::Tx;
use crate::error::StoreError;
use crate::events::{self, EventKind};
use crate::packed::press;
use crate::store::Store;
use crate::value::{ROWS, Row, Statement, Value, args, json, places};

/// Texts found at a time.
const PAGE: usize = 1_000;

/// Codings of which claims fell; an index of their own has these few among a million.
pub(crate) const WITH_REJECTIONS: &str = "SELECT text, body FROM outcomes WHERE run = $1 AND text > $2 AND rejected > 0 \
    AND state = 'coded' AND at <= $3 ORDER BY text LIMIT $4";
/// Outcomes that are no codings, which have an index of their own too.
pub(crate) const UNCODED: &str = "SELECT text, state, reason, at FROM outcomes WHERE run = $1 AND text > $2 \
    AND state <> 'coded' AND at <= $3 ORDER BY text LIMIT $4";
/// The codings of a run among some texts.
pub(crate) const CODED_AMONG: &str = concat!(
    "SELECT text, body FROM outcomes WHERE text IN ",
    places!(),
    " AND run = $17 AND state = 'coded' AND at <= $18"
);

/// The state of an outcome without its coding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeState {
    /// The text.
    pub text: TextId,
    /// `coded`, `skipped` or `failed`.
    pub state: &'static str,
    /// Why it was skipped or failed.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The texts of all versions for which the run has neither a coding nor a skip, by address; failed ones count
    /// as pending.
    pub async fn pending_texts(&self, run: &RunId) -> Result<Vec<TextId>, StoreError> {
        let sql = "SELECT t.id FROM texts t WHERE EXISTS (SELECT 1 FROM versions v WHERE v.text = t.id) \
                   AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.run = $1 AND o.text = t.id \
                     AND o.state <> 'failed') AND t.id > $2 ORDER BY t.id LIMIT $3";
        self.texts_of(sql, run).await
    }

    /// The texts of all versions for which the run has no outcome of any kind, by address.
    pub async fn untried_texts(&self, run: &RunId) -> Result<Vec<TextId>, StoreError> {
        let sql = "SELECT t.id FROM texts t WHERE EXISTS (SELECT 1 FROM versions v WHERE v.text = t.id) \
                   AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.run = $1 AND o.text = t.id) \
                   AND t.id > $2 ORDER BY t.id LIMIT $3";
        self.texts_of(sql, run).await
    }

    /// The texts that `sql` finds for `$1`, the run, after `$2` and at most `$3`: page by page, since the rows of a million
    /// take gigabytes before they are read.
    async fn texts_of(&self, sql: &'static str, run: &RunId) -> Result<Vec<TextId>, StoreError> {
        let mut texts: Vec<TextId> = Vec::new();
        loop {
            let after = texts.last().map_or("", TextId::as_str);
            let rows = self.db.fetch(sql, args![run, after, PAGE as i64]).await?;
            for row in &rows {
                texts.push(row.parse(0)?);
            }
            if rows.len() < PAGE {
                return Ok(texts);
            }
        }
    }

    /// Whether the run has a coding or a skip for the text.
    pub async fn is_settled(&self, run: &RunId, text: &TextId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM outcomes WHERE run = $1 AND text = $2 AND state <> 'failed'";
        Ok(self.db.fetch_optional(sql, args![run, text]).await?.is_some())
    }

    /// Stores what became of texts in one transaction. A coding or skip that is there already stays; a failure gives
    /// way to any later outcome. Failures and fallen claims are noted in the event log. Answers of each whether it was kept.
    pub async fn put_outcomes(
        &self,
        run: &RunId,
        outcomes: &[(TextId, Outcome)],
    ) -> Result<Vec<bool>, StoreError> {
        // Written and compressed before the transaction begins, so that no other writer waits for that.
        let now = self.clock.now();
        let mut rows: Vec<(usize, Vec<Value>)> = Vec::with_capacity(outcomes.len());
        for (index, (text, outcome)) in outcomes.iter().enumerate() {
            rows.push((index, values(run, text, outcome, now)));
        }
        let mut kept = vec![false; outcomes.len()];
        let mut events = Vec::new();
        let mut tx = self.db.begin().await?;
        while !rows.is_empty() {
            // One statement cannot write the same row twice.
            let mut seen = BTreeSet::new();
            let (now_rows, later) = rows
                .into_iter()
                .partition::<Vec<_>, _>(|(index, _)| seen.len() < ROWS && seen.insert(&outcomes[*index].0));
            rows = later;
            let (indices, values): (Vec<usize>, Vec<Vec<Value>>) = now_rows.into_iter().unzip();
            let stored = put(&mut tx, values).await?;
            for index in indices {
                let (text, outcome) = &outcomes[index];
                kept[index] = stored.contains(text.as_str());
                if kept[index] {
                    events.extend(noted(run, text, outcome, now));
                }
            }
        }
        if kept.contains(&true) {
            events::append(&mut tx, events).await?;
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(kept)
    }

    /// What became of a text in a run.
    pub async fn outcome(&self, run: &RunId, text: &TextId) -> Result<Option<Outcome>, StoreError> {
        let sql = "SELECT text, state, reason, body FROM outcomes WHERE run = $1 AND text = $2 AND at <= $3";
        self.db
            .fetch_optional(sql, args![run, text, self.until()])
            .await?
            .map(|row| outcome(&row))
            .transpose()
    }

    /// The codings of those of some texts that the run coded.
    pub async fn codings_among(
        &self,
        run: &RunId,
        texts: &[TextId],
    ) -> Result<BTreeMap<TextId, Coding>, StoreError> {
        let rows = self.rows_among(CODED_AMONG, texts, args![run, self.until()]).await?;
        rows.iter().map(|row| Ok((row.parse(0)?, row.packed_json(1)?))).collect()
    }

    /// At most `limit` codings of a run, sorted by text, from the one after text `after` on.
    pub async fn codings(
        &self,
        run: &RunId,
        after: Option<&TextId>,
        limit: usize,
    ) -> Result<Vec<Coding>, StoreError> {
        let sql = "SELECT text, body FROM outcomes WHERE run = $1 AND text > $2 AND state = 'coded' AND at <= $3 \
                   ORDER BY text LIMIT $4";
        let after = after.map_or("", TextId::as_str);
        let rows = self.db.fetch(sql, args![run, after, self.until(), limit as i64]).await?;
        rows.iter().map(|row| row.packed_json(1)).collect()
    }

    /// At most `limit` codings of a run of which claims fell, sorted by text, from the one after text `after` on.
    pub async fn codings_with_rejections(
        &self,
        run: &RunId,
        after: Option<&TextId>,
        limit: usize,
    ) -> Result<Vec<Coding>, StoreError> {
        let after = after.map_or("", TextId::as_str);
        let rows = self.db.fetch(WITH_REJECTIONS, args![run, after, self.until(), limit as i64]).await?;
        rows.iter().map(|row| row.packed_json(1)).collect()
    }

    /// At most `limit` texts that a run skipped or failed on, sorted by text, from the one after text `after` on.
    pub async fn uncoded(
        &self,
        run: &RunId,
        after: Option<&TextId>,
        limit: usize,
    ) -> Result<Vec<OutcomeState>, StoreError> {
        let after = after.map_or("", TextId::as_str);
        let rows = self.db.fetch(UNCODED, args![run, after, self.until(), limit as i64]).await?;
        rows.iter().map(state).collect()
    }

    /// The texts that a run has codings of, by address.
    pub async fn coded_texts(&self, run: &RunId) -> Result<Vec<TextId>, StoreError> {
        let sql = "SELECT text FROM outcomes WHERE run = $1 AND state = 'coded' AND at <= $2 ORDER BY text";
        self.db.fetch(sql, args![run, self.until()]).await?.iter().map(|row| row.parse(0)).collect()
    }

    /// When the last outcome of a run came.
    pub async fn last_outcome_at(&self, run: &RunId) -> Result<Option<Timestamp>, StoreError> {
        let row = self.db.fetch_optional("SELECT max(at) FROM outcomes WHERE run = $1", args![run]).await?;
        row.map_or(Ok(None), |row| row.optional_time(0))
    }

    /// State, reason and time of every outcome of a run, sorted by text.
    pub async fn outcome_states(&self, run: &RunId) -> Result<Vec<OutcomeState>, StoreError> {
        let sql = "SELECT text, state, reason, at FROM outcomes WHERE run = $1 AND at <= $2 ORDER BY text";
        self.db.fetch(sql, args![run, self.until()]).await?.iter().map(state).collect()
    }
}

/// A coding as it is kept; nothing for other outcomes.
fn body(outcome: &Outcome) -> Vec<u8> {
    match outcome {
        Outcome::Coded(coding) => press(&json(coding)),
        Outcome::Skipped(_) | Outcome::Failed(_) => vec![],
    }
}

/// The row of an outcome.
fn values(run: &RunId, text: &TextId, outcome: &Outcome, at: Timestamp) -> Vec<Value> {
    let (state, reason) = match outcome {
        Outcome::Coded(_) => ("coded", None),
        Outcome::Skipped(reason) => ("skipped", Some(events::plain(reason))),
        Outcome::Failed(reason) => ("failed", Some(events::plain(reason))),
    };
    let (positives, rejected) = match outcome {
        Outcome::Coded(coding) => (coding.judgements.len(), coding.rejections.len()),
        Outcome::Skipped(_) | Outcome::Failed(_) => (0, 0),
    };
    args![run, text, state, at, reason, positives as i64, rejected as i64, body(outcome)]
}

/// Writes rows, each of another text, and answers the texts of those that were kept.
async fn put(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<BTreeSet<String>, StoreError> {
    let head = "INSERT INTO outcomes (run, text, state, at, reason, positives, rejected, body)";
    let tail = " ON CONFLICT (run, text) DO UPDATE SET state = excluded.state, at = excluded.at, \
                reason = excluded.reason, positives = excluded.positives, rejected = excluded.rejected, \
                body = excluded.body WHERE outcomes.state = 'failed' RETURNING text";
    let stored = tx.rows(Statement::of_rows(head, rows, tail)).await?;
    stored.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// What the event log says of an outcome.
fn noted(run: &RunId, text: &TextId, outcome: &Outcome, at: Timestamp) -> Vec<Vec<Value>> {
    let event = |kind, message: &str| events::values(kind, run, text, message, at);
    match outcome {
        Outcome::Failed(reason) => vec![event(EventKind::Failed, reason)],
        Outcome::Skipped(reason) => vec![event(EventKind::Skipped, reason)],
        Outcome::Coded(coding) => {
            let fallen = coding.rejections.iter().map(|fallen| event(EventKind::Rejected, &json(fallen)));
            let remarks = coding.asides.remarks.iter().map(|remark| {
                let kind = match remark.kind {
                    RemarkKind::Withheld => EventKind::Withheld,
                    RemarkKind::Narrative => EventKind::Narrative,
                    RemarkKind::Lowered => EventKind::Lowered,
                };
                event(kind, &remark.message)
            });
            fallen.chain(remarks).collect()
        }
    }
}

fn outcome(row: &Row) -> Result<Outcome, StoreError> {
    let reason = || row.optional_text(2).map(|reason| reason.unwrap_or_default().to_owned());
    Ok(match row.text(1)? {
        "coded" => Outcome::Coded(Box::new(row.packed_json(3)?)),
        "skipped" => Outcome::Skipped(reason()?),
        "failed" => Outcome::Failed(reason()?),
        other => return Err(row.unreadable(1, format!("unknown state {other:?}"))),
    })
}

fn state(row: &Row) -> Result<OutcomeState, StoreError> {
    let known: BTreeMap<&str, &'static str> =
        BTreeMap::from([("coded", "coded"), ("skipped", "skipped"), ("failed", "failed")]);
    let word = row.text(1)?;
    let state = known.get(word).ok_or_else(|| row.unreadable(1, format!("unknown state {word:?}")))?;
    let reason = row.optional_text(2)?.map(str::to_owned);
    Ok(OutcomeState { text: row.parse(0)?, state, reason, at: row.parse(3)? })
}
