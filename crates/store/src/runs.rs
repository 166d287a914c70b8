//! Runs: one engine configuration each.

use lacuna_domain::run::Labeller;
use lacuna_domain::{CodebookId, Run, RunId};
use serde::Serialize;

use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, args, json};

/// What became of the texts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunCounts {
    /// Texts with a coding.
    pub coded: u64,
    /// Texts not coded on purpose.
    pub skipped: u64,
    /// Texts that failed at the last try; they are pending too.
    pub failed: u64,
    /// Texts still to do.
    pub pending: u64,
    /// Positive judgements in all codings.
    pub positives: u64,
    /// Claims in all codings that fell for want of evidence.
    pub rejected: u64,
}

impl Store {
    /// Makes the run known; one that is known keeps its name, start and finish.
    pub async fn start_run(&self, run: &Run) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO runs (id, codebook, config, labeller, name, started_at, finished_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
        let args = args![
            &run.id,
            &run.config.codebook,
            json(&run.config),
            json(&run.labeller),
            run.name.as_str(),
            run.started_at,
            run.finished_at.map(|at| format!("{at:.9}")),
        ];
        if tx.execute(sql, args).await? > 0 {
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Notes that no text of the run is pending now. Changes nothing when the run is the newest finished one of its
    /// codebook and has no outcome since.
    pub async fn finish_run(&self, id: &RunId) -> Result<(), StoreError> {
        self.note_labels(id).await?;
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE runs SET finished_at = $2 WHERE id = $1 AND (finished_at IS NULL \
                   OR EXISTS (SELECT 1 FROM runs other WHERE other.codebook = runs.codebook \
                     AND other.finished_at > runs.finished_at) \
                   OR EXISTS (SELECT 1 FROM outcomes o WHERE o.run = runs.id AND o.at > runs.finished_at))";
        if tx.execute(sql, args![id, self.clock.now()]).await? > 0 {
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The run with this id.
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        let sql = "SELECT id, config, labeller, name, started_at, finished_at FROM runs WHERE id = $1";
        self.db.fetch_optional(sql, args![id]).await?.map(|row| run(&row)).transpose()
    }

    /// Every run, the one started last first.
    pub async fn runs(&self) -> Result<Vec<Run>, StoreError> {
        let sql = "SELECT id, config, labeller, name, started_at, finished_at FROM runs WHERE started_at <= $1 \
                   ORDER BY started_at DESC, id";
        let until = self.until();
        let then = |run: Run| Run { finished_at: run.finished_at.filter(|at| *at <= until), ..run };
        self.db.fetch(sql, args![until]).await?.iter().map(|row| run(row).map(then)).collect()
    }

    /// The machine run of `codebook` that was finished last.
    pub async fn newest_finished_run(&self, codebook: &CodebookId) -> Result<Option<Run>, StoreError> {
        let sql = "SELECT id, config, labeller, name, started_at, finished_at FROM runs \
                   WHERE codebook = $1 AND finished_at IS NOT NULL AND labeller = $2 \
                   ORDER BY finished_at DESC, started_at DESC, id LIMIT 1";
        let args = args![codebook, json(&Labeller::Machine)];
        self.db.fetch_optional(sql, args).await?.map(|row| run(&row)).transpose()
    }

    /// Whether the run has coded a text of a document that is not private.
    pub async fn has_coded_public(&self, id: &RunId) -> Result<bool, StoreError> {
        // Within a string of JSON quote marks are escaped, so that no other words of the metadata read like this.
        let sql = "SELECT 1 FROM outcomes o JOIN versions v ON v.text = o.text JOIN documents d ON d.id = v.document \
                   WHERE o.run = $1 AND o.state = 'coded' AND d.metadata NOT LIKE '%\"private\":true%' LIMIT 1";
        Ok(self.db.fetch_optional(sql, args![id]).await?.is_some())
    }

    /// Counts of the run's outcomes, and of the texts it has still to see.
    pub async fn run_counts(&self, id: &RunId) -> Result<RunCounts, StoreError> {
        let sql = "SELECT state, count(*), CAST(sum(positives) AS BIGINT), CAST(sum(rejected) AS BIGINT) \
                   FROM outcomes WHERE run = $1 GROUP BY state ORDER BY state";
        let mut counts = RunCounts::default();
        for row in self.db.fetch(sql, args![id]).await? {
            let texts = row.int(1)? as u64;
            match row.text(0)? {
                "coded" => counts.coded = texts,
                "skipped" => counts.skipped = texts,
                _ => counts.failed = texts,
            }
            counts.positives += row.int(2)? as u64;
            counts.rejected += row.int(3)? as u64;
        }
        // Outcomes are of texts that versions have: to look each text up among them takes twenty times as long.
        let sql = "SELECT count(DISTINCT text) FROM versions";
        if let Some(row) = self.db.fetch_optional(sql, vec![]).await? {
            counts.pending = (row.int(0)? as u64).saturating_sub(counts.coded + counts.skipped);
        }
        Ok(counts)
    }
}

fn run(row: &Row) -> Result<Run, StoreError> {
    Ok(Run {
        id: row.parse(0)?,
        config: row.json(1)?,
        labeller: row.json(2)?,
        name: row.text(3)?.to_owned(),
        started_at: row.parse(4)?,
        finished_at: row.optional_time(5)?,
    })
}
