//! What readers report of labels, and what became of it.

use jiff::Timestamp;
use lacuna_domain::{CodeId, DimensionId, DocumentId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::events::plain;
use crate::store::Store;
use crate::value::{Row, args, json};

/// What a reader says of a label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBody {
    /// What the label said when it was reported.
    pub label_now: String,
    /// What it should say.
    pub proposed: String,
    /// Words of the text that show it.
    pub quote: String,
    /// Why.
    pub reason: String,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelReport {
    /// Counts up.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// On which document.
    pub document: DocumentId,
    /// The dimension.
    pub dimension: DimensionId,
    /// The code.
    pub code: CodeId,
    /// The run whose label is reported; empty when none was shown.
    pub run: String,
    /// What is said.
    pub body: ReportBody,
    /// `open`, `accepted` or `declined`.
    pub state: String,
    /// The answer, for everybody to read.
    pub outcome: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

impl Store {
    /// Files a report; refused with `None` when `limit` reports of the day are there already. Answers its number.
    pub async fn put_report(
        &self,
        report: (&DocumentId, &DimensionId, &CodeId, &str),
        body: &ReportBody,
        since: Timestamp,
        limit: i64,
    ) -> Result<Option<i64>, StoreError> {
        let (document, dimension, code, run) = report;
        let mut tx = self.db.begin().await?;
        let count = tx.fetch_optional("SELECT count(*) FROM reports WHERE at > $1", args![since]).await?;
        if count.map_or(Ok(0), |row| row.int(0))? >= limit {
            return Ok(None);
        }
        let sql = "INSERT INTO reports (at, document, dimension, code, run, body, state) \
                   VALUES ($1, $2, $3, $4, $5, $6, 'open')";
        let body = plain(&json(body));
        let now = self.clock.now();
        tx.execute(sql, args![now, document, dimension.as_str(), code.as_str(), run, body]).await?;
        let id = tx.fetch_optional("SELECT max(id) FROM reports", vec![]).await?;
        tx.commit().await?;
        id.map(|row| row.int(0)).transpose()
    }

    /// Every report, newest first.
    pub async fn reports(&self) -> Result<Vec<LabelReport>, StoreError> {
        let sql = "SELECT document, id, at, dimension, code, run, body, state, outcome, decided_at FROM reports \
                   ORDER BY id DESC";
        self.db.fetch(sql, vec![]).await?.iter().map(report).collect()
    }

    /// Decides an open report; answers whether it was open.
    pub async fn decide_report(
        &self,
        id: i64,
        state: &str,
        outcome: &str,
        by: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE reports SET state = $2, outcome = $3, decided_by = $4, decided_at = $5 \
                   WHERE id = $1 AND state = 'open'";
        let changed = tx.execute(sql, args![id, state, plain(outcome), by, self.clock.now()]).await?;
        tx.commit().await?;
        Ok(changed > 0)
    }
}

fn report(row: &Row) -> Result<LabelReport, StoreError> {
    Ok(LabelReport {
        id: row.int(1)?,
        at: row.parse(2)?,
        document: row.parse(0)?,
        dimension: row.parse(3)?,
        code: row.parse(4)?,
        run: row.text(5)?.to_owned(),
        body: row.json(6)?,
        state: row.text(7)?.to_owned(),
        outcome: row.optional_text(8)?.map(str::to_owned),
        decided_at: row.optional_time(9)?,
    })
}
