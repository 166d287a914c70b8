//! A queue of texts to code, for many workers on one PostgreSQL: `graphile_worker`.
//!
//! A job is a hint that a text of a run has no outcome yet. The outcomes are the truth: hints can be derived again from
//! them at any time, a hint for a text that has an outcome is answered by doing nothing, and one that comes back late
//! changes nothing. A worker that dies loses its lease after [`Lease::dead_after`], and then others are given its texts.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use graphile_worker::{
    IntoTaskHandlerResult, JobSpec, LocalQueueConfig, RefetchDelayConfig, TaskHandler, Worker, WorkerContext,
    WorkerOptions, WorkerRecoveryConfig, WorkerShutdownConfig, WorkerUtils,
};
use lacuna_domain::{RunId, TextId};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::postgres::PgPool;
use tokio::sync::{mpsc, oneshot};

use crate::db::Pools;
use crate::error::StoreError;
use crate::fault;
use crate::store::Store;

/// Hints put into the queue with one statement.
const CHUNK: usize = 1_000;

/// How long a worker may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// How often a worker says that it lives.
    pub heartbeat: Duration,
    /// Silence after which its texts are given to others.
    pub dead_after: Duration,
}

impl Default for Lease {
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(5), dead_after: Duration::from_secs(30) }
    }
}

/// The queue of one run.
#[derive(Clone)]
pub struct Queue {
    pool: PgPool,
    place: Arc<str>,
    schema: String,
    run: RunId,
}

/// A text given to this worker. Saying [`Hint::done`] takes it out of the queue; dropping it gives it to another try.
#[derive(Debug)]
pub struct Hint {
    /// The text.
    pub text: TextId,
    done: oneshot::Sender<()>,
}

impl Hint {
    /// Says that the text has an outcome in the store.
    pub fn done(self) {
        // A worker that was told to stop no longer listens; the outcome is there all the same.
        let _ = self.done.send(());
    }
}

/// A job's payload. The run is a flag of the job, so that workers of other configurations leave it alone.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Code {
    text: String,
}

/// Where the jobs of one worker go.
#[derive(Clone, Debug)]
struct Desk(mpsc::Sender<Hint>);

impl TaskHandler for Code {
    const IDENTIFIER: &'static str = "lacuna_code";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        self.hand_on(&context).await
    }
}

impl Code {
    async fn hand_on(self, context: &WorkerContext) -> Result<(), String> {
        let text: TextId = self.text.parse().map_err(|_| format!("{:?} is no text", self.text))?;
        let desk = context.get_ext::<Desk>().ok_or("this worker takes no texts")?;
        let (done, heard) = oneshot::channel();
        desk.0.send(Hint { text, done }).await.map_err(|_| "this worker has stopped".to_owned())?;
        heard.await.map_err(|_| "the text was put back".to_owned())
    }
}

/// A worker that is taking texts. Dropping it without [`Working::stop`] leaves its texts to the lease.
pub struct Working {
    worker: Arc<Worker>,
    running: tokio::task::JoinHandle<Result<(), String>>,
}

impl Working {
    /// Fetches no more texts.
    pub fn close(&self) {
        self.worker.request_shutdown();
    }

    /// Takes no more texts and waits until those in hand are done, at most for the grace of the worker.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.close();
        match self.running.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(StoreError::Queue { reason }),
            Err(error) => Err(StoreError::Queue { reason: error.to_string() }),
        }
    }
}

impl Store {
    /// The queue of `run`; `None` on SQLite, where one process works alone and pending texts are a query.
    pub async fn queue(&self, run: &RunId) -> Result<Option<Queue>, StoreError> {
        let Pools::Postgres(pool) = &self.db.pools else { return Ok(None) };
        let place = Arc::clone(&self.db.place);
        let row = sqlx::query("SELECT current_schema()").fetch_one(pool).await;
        let schema: String = row.and_then(|row| row.try_get(0)).map_err(|error| fault::of(&error, &place))?;
        let schema = if schema == "public" { "lacuna_queue".to_owned() } else { format!("{schema}_queue") };
        let queue = Queue { pool: pool.clone(), place, schema, run: run.clone() };
        queue.utils().migrate().await.map_err(|error| StoreError::Queue { reason: error.to_string() })?;
        Ok(Some(queue))
    }
}

impl Queue {
    fn utils(&self) -> WorkerUtils {
        WorkerUtils::new(&self.pool, self.schema.clone())
    }

    /// Puts a hint in for each of `texts` that has none; answers how many were put in. Any number of workers may call this
    /// at once.
    pub async fn hint(&self, texts: &[TextId]) -> Result<u64, StoreError> {
        let failed = |error: sqlx::Error| fault::of(&error, &self.place);
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtext('lacuna.queue.' || $1))")
            .bind(&self.schema)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        let there = self.hinted().await?;
        let missing: Vec<&TextId> = texts.iter().filter(|text| !there.contains(&self.key(text))).collect();
        for chunk in missing.chunks(CHUNK) {
            let jobs: Vec<(Code, JobSpec)> = chunk
                .iter()
                .map(|text| {
                    let spec = JobSpec::builder().job_key(self.key(text)).flags(vec![self.run.to_string()]);
                    (Code { text: text.to_string() }, spec.build())
                })
                .collect();
            let jobs: Vec<(Code, &JobSpec)> = jobs.iter().map(|(job, spec)| (job.clone(), spec)).collect();
            self.utils()
                .add_jobs(&jobs)
                .await
                .map_err(|error| StoreError::Queue { reason: error.to_string() })?;
        }
        tx.commit().await.map_err(failed)?;
        Ok(missing.len() as u64)
    }

    /// Keys of the hints of this run that are waiting or in someone's hands.
    async fn hinted(&self) -> Result<BTreeSet<String>, StoreError> {
        let failed = |error: sqlx::Error| fault::of(&error, &self.place);
        // The schema's name comes from the database itself and is quoted.
        let sql = format!(
            "SELECT key FROM \"{}\".jobs WHERE key LIKE $1 AND attempts < max_attempts",
            self.schema.replace('"', "\"\"")
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(format!("{}:%", self.run))
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.iter().map(|row| row.try_get(0).map_err(failed)).collect()
    }

    /// How many hints of this run are waiting or in someone's hands.
    pub async fn waiting(&self) -> Result<u64, StoreError> {
        Ok(self.hinted().await?.len() as u64)
    }

    fn key(&self, text: &TextId) -> String {
        format!("{}:{text}", self.run)
    }

    /// Starts to take texts, at most `at_once` in hand, and sends them to `desk`.
    pub async fn work(
        &self,
        at_once: usize,
        lease: Lease,
        desk: mpsc::Sender<Hint>,
    ) -> Result<Working, StoreError> {
        let failed = |reason: String| StoreError::Queue { reason };
        let refetch = RefetchDelayConfig::default().with_duration(Duration::from_millis(100));
        let worker = WorkerOptions::default()
            .pg_pool(self.pool.clone())
            .schema(self.schema.clone())
            .concurrency(at_once)
            .poll_interval(Duration::from_secs(1))
            // Texts beyond those in hand are fetched a few ahead, so that the next one is there when a place is free.
            .local_queue(
                LocalQueueConfig::default().with_size(at_once.div_ceil(4)).with_refetch_delay(refetch),
            )
            .complete_job_batch_delay(Duration::from_millis(5))
            .job_flag_allowlist([self.run.to_string()])
            .worker_recovery(
                WorkerRecoveryConfig::default()
                    .heartbeat_interval(lease.heartbeat)
                    .sweep_interval(lease.heartbeat)
                    .sweep_threshold(lease.dead_after)
                    .recovery_delay(Duration::ZERO),
            )
            .worker_shutdown(
                WorkerShutdownConfig::default()
                    .listen_os_shutdown_signals(false)
                    .grace_period(Duration::from_mins(10)),
            )
            .add_extension(Desk(desk))
            .define_job::<Code>()
            .init()
            .await
            .map_err(|error| failed(error.to_string()))?;
        let worker = Arc::new(worker);
        let running = tokio::spawn({
            let worker = Arc::clone(&worker);
            async move { worker.run().await.map_err(|error| error.to_string()) }
        });
        Ok(Working { worker, running })
    }
}

impl fmt::Debug for Working {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Working").field("running", &self.running).finish_non_exhaustive()
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("schema", &self.schema).field("run", &self.run).finish_non_exhaustive()
    }
}
