//! The public map at size: time of every kind of view over many made documents, first visits and later ones; every kind
//! of public page over the AGORA sample; the same tables in Datasette; the static site.
//!
//! Stores are kept between runs under `--stores`, one folder per number of documents; remove them when done.

mod asked;
mod datasette;
mod generate;
mod growth;
mod kinds;
mod map;
mod sample;
mod tables;

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
/// Documents of the store that the product's promises are about.
const LARGE: usize = 1_000_000;

/// Key, unit and goal of a figure.
type Promise = (&'static str, &'static str, &'static str);

const DOCS: Promise = ("docs", "documents", "1000000");
const RSS: Promise = ("rss_mb", "MB", "≤ 2000");
const DISK: Promise = ("disk_gb", "GB", "≤ 12");
const GROWTH: Promise = ("growth_10k_to_1m", "times", "≤ 20");
const PUBLISH: Promise = ("publish_762_s", "s", "≤ 60");

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
    if options.only_sample {
        let times = asked::PROMISED.map(|kind| (kind.first, "ms", kind.goal));
        left_out(
            &mut report,
            [DOCS].into_iter().chain(times).chain([RSS, DISK, GROWTH]),
            "left out by --only-sample",
        );
    } else {
        made(&binary, &seed, &stores, (options.docs, options.reindex), &mut report)?;
    }
    if options.only_made {
        let why = "left out by --only-made";
        left_out(&mut report, sample::PROMISED.into_iter().chain([PUBLISH]), why);
        datasette::left_out(&mut report, why);
    } else {
        sampled(&binary, &seed, &stores, options.seconds, &mut report)?;
    }
    Ok(report)
}

fn left_out(report: &mut Report, figures: impl IntoIterator<Item = Promise>, why: &str) {
    for (key, unit, goal) in figures {
        report.unmeasured(key, unit, goal, why);
    }
}

/// What is measured over the AGORA sample.
fn sampled(
    binary: &Path,
    seed: &Path,
    stores: &Path,
    seconds: f64,
    report: &mut Report,
) -> anyhow::Result<()> {
    // So that there are pages of a release; unchanged data make no second one.
    process::measure(lacuna(binary, seed).args(["release", "--note", "bench"]))?;
    sample::pages(binary, seed, seconds, report)?;
    datasette::compare(binary, seed, stores, seconds, report)?;
    let site = stores.join("site");
    let usage = process::measure(lacuna(binary, seed).arg("publish").arg(&site))?;
    let (key, unit, goal) = PUBLISH;
    report.figure(key, usage.seconds, unit, goal);
    fs::remove_dir_all(&site)?;
    Ok(())
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
    let found = map::measure(binary, &large, docs)?;
    let (key, unit, goal) = DOCS;
    report.figure(key, docs as f64, unit, goal);
    found.tell(report);
    let (key, unit, goal) = DISK;
    report.figure(key, bytes_of(&large)? as f64 / 1e9, unit, goal);
    let ratios = if docs > SMALL {
        let small = generate::ensure(binary, seed, stores, (SMALL, reindex), &mut Report::default())?;
        Some(found.growth_from(&map::measure(binary, &small, SMALL)?))
    } else {
        None
    };
    growth::tell(docs, ratios.as_deref(), report);
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
