//! The ledger as rows: one for each HTTP attempt.

use std::io::Write;

use lacuna_domain::Run;
use lacuna_store::{Call, Store};
use serde::Serialize;

use super::sink::{Cells, option_cell, text_cell};
use super::{ExportError, Format, Sink, Written};

/// Rows read at a time.
const PAGE: usize = 1_000;

/// One HTTP attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// Counts up in the order of writing.
    pub number: i64,
    /// The attempt.
    pub call: Call,
}

impl LedgerRow {
    /// Columns of the CSV form.
    pub const COLUMNS: [&'static str; 19] = [
        "number",
        "run",
        "text",
        "step",
        "request",
        "attempt",
        "engine",
        "at",
        "status",
        "outcome",
        "input_fresh",
        "input_cached",
        "cache_write",
        "output",
        "micros",
        "priced",
        "latency_ms",
        "batch",
        "provider_id",
    ];
}

impl Cells for LedgerRow {
    fn cells(&self) -> Result<Vec<String>, serde_json::Error> {
        let c = &self.call;
        Ok(vec![
            self.number.to_string(),
            c.run.to_string(),
            c.text.to_string(),
            text_cell(&c.step),
            c.request.clone(),
            c.attempt.to_string(),
            text_cell(&c.engine),
            c.at.to_string(),
            c.status.to_string(),
            c.outcome.clone(),
            c.input_fresh.to_string(),
            c.input_cached.to_string(),
            c.cache_write.to_string(),
            c.output.to_string(),
            c.micros.to_string(),
            c.priced.to_string(),
            c.latency_ms.to_string(),
            c.batch.to_string(),
            option_cell(c.provider_id.as_deref()),
        ])
    }
}

/// Writes the ledger of one run, or of all, in the order in which attempts ended.
pub async fn ledger<W: Write + Send>(
    store: &Store,
    run: Option<&Run>,
    format: Format,
    out: W,
) -> Result<Written, ExportError> {
    let mut sink = Sink::new(format, out, &LedgerRow::COLUMNS.map(str::to_owned))?;
    let mut written = Written::default();
    let mut after = 0;
    loop {
        let page = store.calls(run.map(|run| &run.id), after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (number, call) in page {
            sink.write(&LedgerRow { number, call })?;
            written.rows += 1;
        }
    }
    sink.finish()?;
    Ok(written)
}
