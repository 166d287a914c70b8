//! The public map at size: time of searches, lists, cross-tables and gaps over many made documents; every page kind over
//! the AGORA sample; the same tables in Datasette; the static site.
//!
//! Stores are kept between runs under `--stores`, one folder per number of documents; remove them when done.

mod datasette;
mod generate;
mod map;
mod sample;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args as ClapArgs;

use super::pipeline::{lacuna, shared};
use super::process;
use super::report::Report;
use crate::sh;

/// Documents of the store that growth is counted from.
const SMALL: usize = 10_000;

/// Options of `cargo xtask bench explore`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Options {
    /// Documents of about 2 kB each in the made store
    #[arg(long, default_value_t = SMALL)]
    docs: usize,
    /// Folder that keeps the made stores between runs [default: lacuna-bench-explore in the folder for temporary files]
    #[arg(long, value_name = "FOLDER")]
    stores: Option<PathBuf>,
    /// Make the search indexes of kept stores again
    #[arg(long)]
    reindex: bool,
    /// Seconds of load for each page kind over the AGORA sample
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Leave out the AGORA sample, Datasette and the static site
    #[arg(long)]
    only_made: bool,
    /// Leave out the made store
    #[arg(long, conflicts_with = "only_made")]
    only_sample: bool,
}

/// Measures and reports.
pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    sh::run(Command::new("cargo").args(["build", "--release", "--package", "lacuna"]))?;
    let binary = sh::target().join("release/lacuna");
    let stores = options.stores.clone().unwrap_or_else(|| std::env::temp_dir().join("lacuna-bench-explore"));
    let seed = seeded(&binary, &stores)?;
    let mut report = Report::default();
    report.conditions.push(format!("{} processors, release build", std::thread::available_parallelism()?));
    if !options.only_sample {
        made(&binary, &seed, &stores, (options.docs, options.reindex), &mut report)?;
    }
    if !options.only_made {
        sample::pages(&binary, &seed, options.seconds, &mut report)?;
        datasette::compare(&binary, &seed, &stores, options.seconds, &mut report)?;
        let site = stores.join("site");
        let usage = process::measure(lacuna(&binary, &seed).arg("publish").arg(&site))?;
        report.figure("publish_762_s", usage.seconds, "s", "≤ 60");
        fs::remove_dir_all(&site)?;
    }
    Ok(report)
}

/// The store of the AGORA sample, ingested and classified once.
fn seeded(binary: &Path, stores: &Path) -> anyhow::Result<PathBuf> {
    let seed = stores.join("agora");
    if !seed.join("whole").exists() {
        fs::create_dir_all(&seed)?;
        process::measure(lacuna(binary, &seed).arg("ingest").arg(shared()?.join("agora")))?;
        process::measure(lacuna(binary, &seed).arg("classify"))?;
        fs::write(seed.join("whole"), "")?;
    }
    Ok(seed)
}

fn made(
    binary: &Path,
    seed: &Path,
    stores: &Path,
    (docs, reindex): (usize, bool),
    report: &mut Report,
) -> anyhow::Result<()> {
    let large = generate::ensure(binary, seed, stores, (docs, reindex), report)?;
    let times = map::measure(binary, &large)?;
    report.figure("docs", docs as f64, "documents", "1000000");
    report.figure("search_p95_ms", times.search, "ms", "≤ 100");
    report.figure("facet_p95_ms", times.facet, "ms", "≤ 200");
    report.figure("crosstab_p95_ms", times.crosstab, "ms", "≤ 200");
    report.figure("gaps_p95_ms", times.gaps, "ms", "≤ 500");
    report.figure("rss_mb", times.rss_mb, "MB", "≤ 2000");
    report.figure("disk_gb", bytes_of(&large)? as f64 / 1e9, "GB", "≤ 12");
    report.figure("start_s", times.start, "s", "printed");
    report.conditions.push(format!("slowest of each kind: {}", times.slowest));
    if docs > SMALL {
        let small = generate::ensure(binary, seed, stores, (SMALL, reindex), &mut Report::default())?;
        let growth = times.growth_from(&map::measure(binary, &small)?);
        let key = if docs >= 1_000_000 { "growth_10k_to_1m" } else { "growth_from_10k" };
        report.figure(key, growth, "times", "≤ 20");
    }
    Ok(())
}

/// Bytes of all files below a folder.
fn bytes_of(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { bytes_of(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}
