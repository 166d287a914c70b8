//! What the provider was paid for, written and synced before it answers.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::cache::Counted;

/// One paid answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// SHA-256 of what decides the answer: model, texts, schema, parameters.
    pub hash: String,
    /// Input at the full price.
    pub fresh: u64,
    /// Input from the cache.
    pub cached: u64,
    /// Input written to the cache.
    pub written: u64,
    /// Output.
    pub output: u64,
    /// How long the answer was made to take.
    pub latency: Duration,
    /// Whether it was an item of a batch.
    pub batch: bool,
}

impl Row {
    pub(crate) fn new(hash: &str, counted: Counted, latency: Duration, batch: bool) -> Self {
        let Counted { fresh, cached, written, output } = counted;
        Self { hash: hash.to_owned(), fresh, cached, written, output, latency, batch }
    }

    fn line(&self) -> String {
        let Self { hash, fresh, cached, written, output, latency, batch } = self;
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let row = json!({"hash": hash, "fresh": fresh, "cached": cached, "written": written, "output": output, "latency_us": micros, "batch": batch});
        format!("{row}\n")
    }

    fn read(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let number = |name: &str| value[name].as_u64();
        Some(Self {
            hash: value["hash"].as_str()?.to_owned(),
            fresh: number("fresh")?,
            cached: number("cached")?,
            written: number("written")?,
            output: number("output")?,
            latency: Duration::from_micros(number("latency_us")?),
            batch: value["batch"].as_bool()?,
        })
    }

    /// All rows of a ledger file.
    pub fn read_all(path: &Path) -> std::io::Result<Vec<Self>> {
        Ok(std::fs::read_to_string(path)?.lines().filter_map(Self::read).collect())
    }
}

/// Rows in memory, and in a file where one is named. One thread writes: all rows that wait are synced at once, then all
/// their answers go out.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    rows: Arc<Mutex<Vec<Row>>>,
    writer: Option<Sender<(String, oneshot::Sender<()>)>>,
}

impl Ledger {
    pub(crate) fn open(path: Option<&Path>) -> std::io::Result<Self> {
        let writer = match path {
            None => None,
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path)?;
                let (sender, receiver) = channel();
                std::thread::Builder::new()
                    .name("ledger".to_owned())
                    .spawn(move || write(file, &receiver))?;
                Some(sender)
            }
        };
        Ok(Self { rows: Arc::default(), writer })
    }

    /// Returns once the row is on disk.
    pub(crate) async fn pay(&self, row: Row) {
        let line = self.writer.as_ref().map(|_| row.line());
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).push(row);
        if let (Some(writer), Some(line)) = (&self.writer, line) {
            let (done, synced) = oneshot::channel();
            if writer.send((line, done)).is_ok() {
                // The writer dies with its disk; then no answer may go out.
                if synced.await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn write(mut file: File, rows: &Receiver<(String, oneshot::Sender<()>)>) {
    while let Ok((mut text, first)) = rows.recv() {
        let mut waiting = vec![first];
        while let Ok((line, done)) = rows.try_recv() {
            text.push_str(&line);
            waiting.push(done);
        }
        if file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).is_err() {
            return;
        }
        for done in waiting {
            let _ = done.send(());
        }
    }
}
