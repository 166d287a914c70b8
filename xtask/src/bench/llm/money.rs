//! Money over the shared AGORA sample: how far the estimate is from what was paid, and what caching saves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use lacuna_llm::{Model, Prices, Usage};
use mock_llm::{Behaviour, Mock, tokens};
use serde_json::Value;

use super::{Ground, answers, corpus, process};
use crate::bench::pipeline::shared;
use crate::bench::report::Report;
use crate::sh;

/// The engine whose prices count; any that the price file knows.
const ENGINE: &str = "anthropic:claude-sonnet-5-5";

/// Estimates, runs, and compares with the mock's ledger.
pub(super) async fn run(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let data = ground.scratch.join("agora");
    sh::output(corpus::lacuna(ground.binary, &data).arg("ingest").arg(shared()?.join("agora")))?;
    // What six separate questions would take: the codebook's parts once in all, the document six times.
    let separate = Arc::new(Mutex::new(0_u64));
    let (inner, sum) = (answers::honest()?, Arc::clone(&separate));
    let answerer: mock_llm::Answerer = Arc::new(move |seen| {
        let count =
            |blocks: &[mock_llm::SeenBlock]| blocks.iter().map(|b| tokens::count(&b.text)).sum::<u64>();
        let schema = seen.schema.as_ref().map_or(0, |schema| tokens::count(&schema.to_string()));
        *sum.lock().unwrap_or_else(PoisonError::into_inner) +=
            count(&seen.system) + schema + 6 * count(&seen.user);
        inner(seen)
    });
    let mock = Mock::start(Behaviour { answerer, ..ground.behaviour(Duration::ZERO, "money") }).await?;
    let mut command = corpus::lacuna(ground.binary, &data);
    command.args([
        "--json",
        "classify",
        "--engine",
        ENGINE,
        "--endpoint",
        &mock.root(),
        "--concurrency",
        "16",
    ]);
    command.env("ANTHROPIC_API_KEY", "sk-mock");
    let estimate = sh::output(command.arg("--estimate"))?;
    let estimate: Value = serde_json::from_str(estimate.trim()).context("read the estimate")?;
    let planned = estimate["micros"].as_f64().context("find micros in the estimate")?;
    let mut live = corpus::lacuna(ground.binary, &data);
    live.args(["classify", "--engine", ENGINE, "--endpoint", &mock.root(), "--concurrency", "16"]);
    process::finish(live.env("ANTHROPIC_API_KEY", "sk-mock")).await?;

    let (model, prices): (Model, Prices) = (ENGINE.parse()?, Prices::shipped()?);
    let rates = prices.rates(&model).context("find the price of the engine")?;
    let rows = mock.rows();
    let usage = |row: &mock_llm::Row| Usage {
        input_fresh: row.fresh,
        input_cached: row.cached,
        cache_write: row.written,
        output: row.output,
    };
    let paid: u64 =
        rows.iter().filter_map(|row| prices.price(&model, &usage(row))).map(|price| price.0).sum();
    report.figure("estimate_error", ((planned - paid as f64) / paid as f64).abs(), "of the ledger", "≤ 0.10");
    let priced: f64 = rows
        .iter()
        .map(|row| {
            let fresh = row.fresh * rates.input + row.cached * rates.cached + row.written * rates.cache_write;
            fresh as f64 / rates.input as f64
        })
        .sum();
    let separate = *separate.lock().unwrap_or_else(PoisonError::into_inner);
    report.figure("token_share_vs_separate", priced / separate as f64, "of priced input tokens", "≤ 0.45");
    report.conditions.push(format!(
        "money: {} calls, {} micro-dollars paid, {planned} planned",
        rows.len(),
        paid
    ));
    Ok(())
}
