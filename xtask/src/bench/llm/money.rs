//! Money over the shared AGORA sample: how far the estimate is from what was paid, and what caching saves.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use lacuna_llm::{Model, Prices, Rates, Usage};
use mock_llm::{Behaviour, Mock, tokens};
use serde_json::Value;

use super::{Ground, answers, corpus, process};
use crate::bench::pipeline::shared;
use crate::bench::report::Report;
use crate::sh;

/// The engine asked; its prices are those of a real model.
const ENGINE: &str = "anthropic:mock";
const PRICED_AS: &str = "anthropic:claude-sonnet-5-5";

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
    let priced: Model = PRICED_AS.parse()?;
    let rates = Prices::shipped()?.rates(&priced).context("find the price of the engine")?;
    let file = ground.scratch.join("prices.toml");
    fs::write(&file, price_file(rates))?;
    let mut command = corpus::lacuna(ground.binary, &data);
    command.arg("--json").arg("classify").arg("--prices").arg(&file);
    command.args(["--engine", ENGINE, "--endpoint", &mock.root(), "--concurrency", "16"]);
    command.env("ANTHROPIC_API_KEY", "sk-mock");
    let estimate = sh::output(command.arg("--estimate"))?;
    let estimate: Value = serde_json::from_str(estimate.trim()).context("read the estimate")?;
    let planned = estimate["micros"].as_f64().context("find micros in the estimate")?;
    let mut live = corpus::lacuna(ground.binary, &data);
    live.arg("classify").arg("--prices").arg(&file);
    live.args(["--engine", ENGINE, "--endpoint", &mock.root(), "--concurrency", "16"]);
    process::finish(live.env("ANTHROPIC_API_KEY", "sk-mock")).await?;

    let (model, prices): (Model, Prices) = (ENGINE.parse()?, Prices::parse(&price_file(rates))?);
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

/// A price file for the mock provider: the prices of a real model, and the characters per token that the mock publishes.
fn price_file(rates: Rates) -> String {
    let Rates { input, cached, cache_write, output } = rates;
    let [input, cached, cache_write, output] =
        [input, cached, cache_write, output].map(|micros| micros as f64 / 1e6);
    format!(
        "date = \"2026-11-27\"\n[providers.anthropic]\nsource = \"mock-llm\"\nchars_per_token = {}\n\
         [providers.anthropic.models]\nmock = {{ input = {input:?}, cached = {cached:?}, cache_write = {cache_write:?}, \
         output = {output:?} }}\n",
        tokens::CHARS_PER_TOKEN
    )
}
