//! The ledger of calls to language models, and the answers that were paid for.
//!
//! An attempt and the answer it brought are committed together and before anything is made of the answer, so a
//! finished request is never sent again by any process that uses this store.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lacuna_domain::{RunId, TextId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::packed::pack;
use crate::store::Store;
use crate::value::{LIST, ROWS, Row, Statement, Value, args, list, places};

/// One HTTP attempt, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The run that asked.
    pub run: RunId,
    /// The text asked about.
    pub text: TextId,
    /// Which question about it, such as `1`, `2/5`, `settle`, `1+form1`.
    pub step: String,
    /// Content address of the question.
    pub request: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The model asked, such as `anthropic:MODEL`.
    pub engine: String,
    /// When it was sent.
    pub at: Timestamp,
    /// HTTP status; 0 where none came.
    pub status: u16,
    /// What became of it: `answered`, `throttled`, `timed_out`, …
    pub outcome: String,
    /// Input tokens at the full price.
    pub input_fresh: u64,
    /// Input tokens read from the provider's cache.
    pub input_cached: u64,
    /// Input tokens written to the provider's cache.
    pub cache_write: u64,
    /// Output tokens.
    pub output: u64,
    /// Price in millionths of a US dollar.
    pub micros: u64,
    /// Whether the price file knew the model; a price of 0 means nothing where it did not.
    pub priced: bool,
    /// From sending to the last byte or the failure, in milliseconds.
    pub latency_ms: u64,
    /// Whether it went through the batch interface.
    pub batch: bool,
    /// The provider's id of the answer or request.
    pub provider_id: Option<String>,
    /// The guess at its input tokens before it was sent, as `crates/llm` counts without a tokenizer; 0 where none was made.
    #[serde(default)]
    pub guess: u64,
}

/// A call and, where it brought one, the answer in the words of `crates/llm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The ledger row.
    pub call: Call,
    /// The answer to keep under the call's request.
    pub answer: Option<String>,
}

/// Sums over calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spend {
    /// HTTP attempts.
    pub calls: u64,
    /// Attempts that brought an answer.
    pub answered: u64,
    /// Input tokens at the full price.
    pub input_fresh: u64,
    /// Input tokens read from the provider's cache.
    pub input_cached: u64,
    /// Input tokens written to the provider's cache.
    pub cache_write: u64,
    /// Output tokens.
    pub output: u64,
    /// Price in millionths of a US dollar.
    pub micros: u64,
    /// Calls of models that the price file did not know.
    pub unpriced: u64,
}

/// What one run spent on one model on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpendLine {
    /// The run.
    pub run: RunId,
    /// The model.
    pub engine: String,
    /// The day in UTC, such as `2026-11-27`.
    pub day: String,
    /// The sums.
    pub spend: Spend,
}

/// The last moments of a run that asks, for its rate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pace {
    /// Texts that got an outcome since the moment asked about.
    pub texts: u64,
    /// The first of these outcomes.
    pub first: Option<Timestamp>,
    /// The last of these outcomes.
    pub last: Option<Timestamp>,
}

/// Sums over the answered calls of a model whose input was guessed before they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// How many.
    pub calls: u64,
    /// Input tokens as guessed.
    pub guess: u64,
    /// Input tokens as the provider counted them.
    pub input: u64,
    /// Output tokens as the provider counted them.
    pub output: u64,
}

/// The columns that [`sums`] reads.
macro_rules! sums {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "count(*), CAST(coalesce(sum(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(coalesce(sum(input_fresh), 0) AS BIGINT), CAST(coalesce(sum(input_cached), 0) AS BIGINT), \
             CAST(coalesce(sum(cache_write), 0) AS BIGINT), CAST(coalesce(sum(output), 0) AS BIGINT), \
             CAST(coalesce(sum(micros), 0) AS BIGINT), \
             CAST(coalesce(sum(CASE WHEN priced = 0 THEN 1 ELSE 0 END), 0) AS BIGINT)",
            $after
        )
    };
}

impl Store {
    /// Writes calls and their answers in one transaction. An answer that is there already stays as it is.
    pub async fn put_calls(&self, paid: &[Paid]) -> Result<(), StoreError> {
        self.put_calls_of(paid, None).await
    }

    /// As [`Store::put_calls`], and takes their prices out of what `holder` has set aside of the run's budget.
    pub async fn put_calls_of(&self, paid: &[Paid], holder: Option<&str>) -> Result<(), StoreError> {
        self.db.together(inserts(paid, holder)).await
    }

    /// What a model's answered calls counted, against the guesses that were made of them; batches count too.
    pub async fn measured(&self, engine: &str) -> Result<Measured, StoreError> {
        let sql = "SELECT count(*), CAST(coalesce(sum(guess), 0) AS BIGINT), \
                   CAST(coalesce(sum(input_fresh + input_cached + cache_write), 0) AS BIGINT), \
                   CAST(coalesce(sum(output), 0) AS BIGINT) \
                   FROM calls WHERE engine = $1 AND outcome = 'answered' AND guess > 0";
        let row = self.db.fetch_optional(sql, args![engine]).await?;
        let Some(row) = row else { return Ok(Measured::default()) };
        let at = |column: usize| row.int(column).map(|n| n as u64);
        Ok(Measured { calls: at(0)?, guess: at(1)?, input: at(2)?, output: at(3)? })
    }

    /// The answer to a request that was paid for, by any run.
    pub async fn answer(&self, request: &str) -> Result<Option<String>, StoreError> {
        Ok(self.answers(&[request.to_owned()]).await?.remove(request))
    }

    /// The answers to those of `requests` that were paid for, by any run.
    pub async fn answers(&self, requests: &[String]) -> Result<BTreeMap<String, String>, StoreError> {
        let mut answers = BTreeMap::new();
        for requests in requests.chunks(LIST) {
            let sql = concat!("SELECT request, body FROM answers WHERE request IN ", places!());
            let values = list(requests.iter().map(|request| Value::from(request.as_str())));
            for row in self.db.fetch(sql, values).await? {
                answers.insert(row.text(0)?.to_owned(), row.unpacked(1)?);
            }
        }
        Ok(answers)
    }

    /// At most `limit` calls after the one numbered `after` (0 for the first), in the order of writing, each with
    /// its number; those of one run, or of all.
    pub async fn calls(
        &self,
        run: Option<&RunId>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Call)>, StoreError> {
        let sql = "SELECT id, run, text, step, request, attempt, engine, at, status, outcome, input_fresh, \
                   input_cached, cache_write, output, micros, priced, latency_ms, batch, provider_id, guess FROM calls \
                   WHERE id > $1 AND ($2 = '' OR run = $2) ORDER BY id LIMIT $3";
        let run = run.map_or("", RunId::as_str);
        self.db.fetch(sql, args![after, run, limit as i64]).await?.iter().map(call).collect()
    }

    /// What a run has spent so far, in all processes.
    pub async fn spend(&self, run: &RunId) -> Result<Spend, StoreError> {
        let sql = sums!("SELECT ", " FROM calls WHERE run = $1");
        let row = self.db.fetch_optional(sql, args![run]).await?;
        row.map_or(Ok(Spend::default()), |row| sums(&row, 0))
    }

    /// What was spent, by run, model and day, the newest day first.
    pub async fn spend_lines(&self) -> Result<Vec<SpendLine>, StoreError> {
        let sql = sums!(
            "SELECT run, engine, substr(at, 1, 10), ",
            " FROM calls GROUP BY run, engine, substr(at, 1, 10) ORDER BY 3 DESC, 1, 2"
        );
        let rows = self.db.fetch(sql, vec![]).await?;
        rows.iter()
            .map(|row| {
                Ok(SpendLine {
                    run: row.parse(0)?,
                    engine: row.text(1)?.to_owned(),
                    day: row.text(2)?.to_owned(),
                    spend: sums(row, 3)?,
                })
            })
            .collect()
    }

    /// How many texts of a run got an outcome at or after `since`.
    pub async fn pace(&self, run: &RunId, since: Timestamp) -> Result<Pace, StoreError> {
        let sql = "SELECT count(*), min(at), max(at) FROM outcomes WHERE run = $1 AND at >= $2";
        let Some(row) = self.db.fetch_optional(sql, args![run, since]).await? else {
            return Ok(Pace::default());
        };
        Ok(Pace { texts: row.int(0)? as u64, first: row.optional_time(1)?, last: row.optional_time(2)? })
    }
}

/// The statements that write calls and their answers, and take their prices out of what `holder` has set aside of the run's
/// budget; an answer that is there already stays.
pub(crate) fn inserts(paid: &[Paid], holder: Option<&str>) -> Vec<Statement> {
    let mut statements = Vec::new();
    if let (Some(holder), Some(first)) = (holder, paid.first()) {
        let micros = paid.iter().map(|paid| paid.call.micros).sum();
        statements.push(crate::holds::draw(&first.call.run, holder, micros));
    }
    for paid in paid.chunks(ROWS) {
        let head = "INSERT INTO calls (run, text, step, request, attempt, engine, at, status, outcome, input_fresh, \
                    input_cached, cache_write, output, micros, priced, latency_ms, batch, provider_id, guess)";
        let rows = paid.iter().map(|paid| values(&paid.call)).collect();
        statements.push(Statement::of_rows(head, rows, ""));
        let answered = paid.iter().filter_map(|Paid { call, answer }| Some((call, answer.as_ref()?)));
        let rows: Vec<Vec<Value>> = answered
            .map(|(call, answer)| args![call.request.as_str(), call.engine.as_str(), call.at, pack(answer)])
            .collect();
        if !rows.is_empty() {
            let head = "INSERT INTO answers (request, engine, at, body)";
            statements.push(Statement::of_rows(head, rows, " ON CONFLICT (request) DO NOTHING"));
        }
    }
    statements
}

fn values(call: &Call) -> Vec<Value> {
    args![
        &call.run,
        &call.text,
        call.step.as_str(),
        call.request.as_str(),
        i64::from(call.attempt),
        call.engine.as_str(),
        call.at,
        i64::from(call.status),
        call.outcome.as_str(),
        call.input_fresh as i64,
        call.input_cached as i64,
        call.cache_write as i64,
        call.output as i64,
        call.micros as i64,
        call.priced,
        call.latency_ms as i64,
        call.batch,
        call.provider_id.clone().map(|id| crate::events::plain(&id)),
        call.guess as i64,
    ]
}

fn sums(row: &Row, from: usize) -> Result<Spend, StoreError> {
    let at = |column: usize| row.int(from + column).map(|n| n as u64);
    Ok(Spend {
        calls: at(0)?,
        answered: at(1)?,
        input_fresh: at(2)?,
        input_cached: at(3)?,
        cache_write: at(4)?,
        output: at(5)?,
        micros: at(6)?,
        unpriced: at(7)?,
    })
}

fn call(row: &Row) -> Result<(i64, Call), StoreError> {
    let number = |column: usize| row.int(column).map(|n| n as u64);
    let call = Call {
        run: row.parse(1)?,
        text: row.parse(2)?,
        step: row.text(3)?.to_owned(),
        request: row.text(4)?.to_owned(),
        attempt: row.int(5)? as u32,
        engine: row.text(6)?.to_owned(),
        at: row.parse(7)?,
        status: row.int(8)? as u16,
        outcome: row.text(9)?.to_owned(),
        input_fresh: number(10)?,
        input_cached: number(11)?,
        cache_write: number(12)?,
        output: number(13)?,
        micros: number(14)?,
        priced: row.int(15)? != 0,
        latency_ms: number(16)?,
        batch: row.int(17)? != 0,
        provider_id: row.optional_text(18)?.map(str::to_owned),
        guess: number(19)?,
    };
    Ok((row.int(0)?, call))
}
