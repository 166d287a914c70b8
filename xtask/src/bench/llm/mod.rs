//! Language models against the mock provider, through the real `lacuna classify`.

mod answers;
mod corpus;
mod injections;
mod kills;
mod money;
mod process;
mod raw;
mod workers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use clap::Args as ClapArgs;
use lacuna_domain::Codebook;
use mock_llm::{Behaviour, Latency, Mock};

pub(crate) use answers::honest;

use super::report::Report;
use crate::sh;

/// Options of `cargo xtask bench llm`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Options {
    /// Only these parts
    #[arg(long, value_delimiter = ',', default_values_t = PARTS.map(str::to_owned))]
    only: Vec<String>,
    /// Documents of the fast efficiency runs and of the run with slow calls
    #[arg(long, default_value_t = 5_000)]
    documents: usize,
    /// Documents in the queue when memory is measured
    #[arg(long, default_value_t = 100_000)]
    queued: usize,
    /// Random points at which the process is killed
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// Measures this binary instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
}

const PARTS: [&str; 8] = ["efficiency", "kills", "workers", "storm", "slow", "memory", "money", "injections"];

/// What every part works with.
struct Ground<'g> {
    binary: &'g Path,
    scratch: &'g Path,
    codebook: &'g Codebook,
    options: &'g Options,
}

/// Measures and reports; a development build hands over to a release build of itself, because the mock provider would be the
/// limit of what is measured.
pub(crate) fn run(options: &Options) -> anyhow::Result<Option<Report>> {
    if cfg!(debug_assertions) {
        sh::run(Command::new("cargo").args([
            "build",
            "--release",
            "--package",
            "lacuna",
            "--package",
            "xtask",
        ]))?;
        let mut again = Command::new(sh::target().join("release/xtask"));
        sh::run(again.args(std::env::args_os().skip(1)))?;
        return Ok(None);
    }
    let binary = if let Some(binary) = &options.binary {
        binary.clone()
    } else {
        sh::run(Command::new("cargo").args(["build", "--release", "--package", "lacuna"]))?;
        sh::target().join("release/lacuna")
    };
    let scratch = std::env::temp_dir().join(format!("lacuna-bench-llm-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let codebook = lacuna_pipeline::codebooks::ai_governance()?;
    let ground = Ground { binary: &binary, scratch: &scratch, codebook: &codebook, options };
    let mut report = Report::default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    report.conditions.push(format!(
        "{} processors shared with the mock provider, {}, load before {}, one run each; parts: {}",
        std::thread::available_parallelism()?,
        if options.binary.is_none() { "release build" } else { "a binary that was named" },
        load.split(' ').next().unwrap_or_default(),
        options.only.join(", ")
    ));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(parts(&ground, &mut report));
    fs::remove_dir_all(&scratch).context("remove the scratch folder")?;
    measured.map(|()| Some(report))
}

async fn parts(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    for part in &ground.options.only {
        sh::say(part);
        match part.as_str() {
            "efficiency" => efficiency(ground, report).await?,
            "kills" => kills::run(ground, report).await?,
            "storm" => storm(ground, report).await?,
            "slow" => slow(ground, report).await?,
            "memory" => memory(ground, report).await?,
            "money" => money::run(ground, report).await?,
            "workers" => workers::run(ground, report).await?,
            "injections" => injections::run(ground, report).await?,
            other => anyhow::bail!("no part is called {other:?}; there are {}", PARTS.join(", ")),
        }
    }
    Ok(())
}

impl Ground<'_> {
    fn behaviour(&self, latency: Duration, ledger: &str) -> Behaviour {
        let path = self.scratch.join(format!("{ledger}.ledger"));
        let _ = fs::remove_file(&path);
        Behaviour {
            answerer: answers::quick(self.codebook),
            latency: Latency::Fixed(latency),
            ledger: Some(path),
            ..Behaviour::default()
        }
    }

    /// A store of `count` documents of 4.2 kB, made once.
    fn store(&self, count: usize) -> anyhow::Result<PathBuf> {
        let data = self.scratch.join(format!("store-{count}"));
        if data.exists() { Ok(data) } else { corpus::store(self.binary, self.scratch, count, 4_200) }
    }
}

/// Efficiency = ideal ÷ wall of the whole process, a raw client's beside it, and processor time beyond reading, checking and
/// storing the same answers from a recording.
async fn efficiency(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let many = ground.options.documents;
    for (key, raw_key, goal, documents, millis, at_once) in [
        ("efficiency_2s_64", "raw_efficiency_2s_64", "≥ 0.97", 1_000.min(many), 2_000, 64),
        ("efficiency_200ms_64", "raw_efficiency_200ms_64", "≥ 0.93", many, 200, 64),
        ("efficiency_200ms_256", "raw_efficiency_200ms_256", "≥ 0.90", many, 200, 256),
    ] {
        let store = ground.store(documents)?;
        let latency = Duration::from_millis(millis);
        let ideal = latency.as_secs_f64() * documents.div_ceil(at_once) as f64;
        let record = ground.scratch.join(format!("record-{documents}"));
        let _ = fs::remove_dir_all(&record);
        let mock =
            Mock::start(Behaviour { keep_bodies: true, ..ground.behaviour(Duration::ZERO, "capture") })
                .await?;
        let data = corpus::copy(&store, &ground.scratch.join("data"))?;
        process::finish(process::classify(ground.binary, &data, &mock, 64).arg("--record").arg(&record))
            .await?;
        let bodies = mock.take_bodies();
        drop(mock);

        let mock = Mock::start(ground.behaviour(latency, "raw")).await?;
        let raw = raw::send(&mock, bodies, at_once).await?;
        drop(mock);

        let mock = Mock::start(ground.behaviour(latency, "paid")).await?;
        let data = corpus::copy(&store, &ground.scratch.join("data"))?;
        let live = process::finish(&mut process::classify(ground.binary, &data, &mock, at_once)).await?;
        let calls = mock.counters().answered;
        report.figure(key, ideal / live.wall.as_secs_f64(), "ideal ÷ wall", goal);
        report.figure(raw_key, ideal / raw.as_secs_f64(), "ideal ÷ wall", "beside it");
        if at_once == 64 && millis == 200 {
            let data = corpus::copy(&store, &ground.scratch.join("data"))?;
            let engine = format!("replay:{}", record.display());
            let again =
                process::finish(corpus::lacuna(ground.binary, &data).args(["classify", "--engine", &engine]))
                    .await?;
            let extra = live.cpu.saturating_sub(again.cpu).as_secs_f64() * 1e3 / calls.max(1) as f64;
            report.figure("cpu_ms_per_call", extra, "ms", "≤ 0.5");
            let all = live.cpu.as_secs_f64() * 1e3 / calls.max(1) as f64;
            report.figure("cpu_ms_per_call_with_parsing", all, "ms", "printed");
        }
    }
    Ok(())
}

/// A limit of a quarter of the offered load: what is wasted and what is used of it from the tenth second on.
async fn storm(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let store = ground.store(ground.options.documents)?;
    let data = corpus::copy(&store, &ground.scratch.join("data"))?;
    // 64 in flight at 0.2 s offer 320 a second.
    let limit = 80.0;
    let behaviour = Behaviour {
        requests_per_minute: Some(80 * 60),
        ..ground.behaviour(Duration::from_millis(200), "storm")
    };
    let mock = Mock::start(behaviour).await?;
    let mut child = process::start(&mut process::classify(ground.binary, &data, &mock, 64))?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = mock.counters();
    tokio::time::sleep(Duration::from_secs(30)).await;
    let after = mock.counters();
    child.kill()?;
    child.wait()?;
    let useful = (after.answered - before.answered) as f64;
    report.figure(
        "storm_wasted_share",
        (after.throttled - before.throttled) as f64 / useful,
        "of useful",
        "≤ 0.05",
    );
    report.figure("storm_throughput_share", useful / (30.0 * limit), "of the limit", "≥ 0.95");
    Ok(())
}

/// One call in a hundred takes twenty times longer: the list schedule of the latencies as the mock logged them ÷ wall.
async fn slow(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let store = ground.store(ground.options.documents)?;
    let data = corpus::copy(&store, &ground.scratch.join("data"))?;
    let behaviour =
        Behaviour { slow: Some((0.01, 20.0)), ..ground.behaviour(Duration::from_millis(200), "slow") };
    let mock = Mock::start(behaviour).await?;
    let took = process::finish(&mut process::classify(ground.binary, &data, &mock, 64)).await?;
    let mut places = vec![0.0_f64; 64];
    for row in mock.rows() {
        places.sort_by(f64::total_cmp);
        places[0] += row.latency.as_secs_f64();
    }
    let ideal = places.into_iter().fold(0.0, f64::max);
    report.figure("slow1pct_efficiency", ideal / took.wall.as_secs_f64(), "list schedule ÷ wall", "≥ 0.90");
    Ok(())
}

/// Peak memory of a run over a long queue, twenty seconds into it.
async fn memory(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let store = corpus::store(ground.binary, ground.scratch, ground.options.queued, 600)?;
    let mock = Mock::start(ground.behaviour(Duration::from_millis(200), "memory")).await?;
    let mut child = process::start(&mut process::classify(ground.binary, &store, &mock, 64))?;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let (peak, answered) = (process::peak_mb(&child), mock.counters().answered);
    child.kill()?;
    child.wait()?;
    anyhow::ensure!(answered > 100, "only {answered} calls were answered in twenty seconds");
    report.figure("rss_mb_100k", peak, "MB", "≤ 120");
    report.conditions.push(format!("memory measured with {} queued documents", ground.options.queued));
    Ok(())
}
