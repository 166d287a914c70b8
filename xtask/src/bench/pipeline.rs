//! From files to served pages over the shared AGORA sample: seconds, megabytes and latencies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args as ClapArgs;
use serde_json::Value;

use super::process::{self, Server};
use super::report::{Report, median, quantile};
use super::serve;
use crate::sh;

/// Options of `cargo xtask bench pipeline`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Options {
    /// Repetitions; medians are printed
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Seconds of load for each page kind
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

/// Measures and reports.
pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let agora = shared()?.join("agora");
    sh::run(Command::new("cargo").args(["build", "--release", "--package", "lacuna"]))?;
    let binary = sh::target().join("release/lacuna");
    let scratch = std::env::temp_dir().join(format!("lacuna-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let mut report = Report::default();
    report.conditions.push(format!(
        "{} processors, release build, {} runs, medians; {} documents of {}",
        std::thread::available_parallelism()?,
        options.runs,
        fs::read_dir(agora.join("fulltext"))?.count(),
        "../shared/agora"
    ));
    let measured = stages(&binary, &agora, &scratch, options, &mut report)
        .and_then(|()| one_megabyte(&binary, &agora, &scratch, options, &mut report))
        .and_then(|()| pages(&binary, &scratch, options, &mut report));
    fs::remove_dir_all(&scratch).context("remove the scratch folder")?;
    measured.map(|()| report)
}

/// The shared test data: `LACUNA_SHARED` or the sibling folder.
pub(crate) fn shared() -> anyhow::Result<PathBuf> {
    let folder = sh::env("LACUNA_SHARED").map_or_else(|| sh::root().join("../shared"), PathBuf::from);
    if !folder.join("agora").is_dir() {
        bail!("no test data at {}; set LACUNA_SHARED to the folder that holds agora/", folder.display());
    }
    Ok(folder)
}

fn stages(
    binary: &Path,
    agora: &Path,
    scratch: &Path,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (mut seconds, mut rss, mut rates) = (vec![], vec![], vec![]);
    for _ in 0..options.runs {
        let data = fresh(&scratch.join("data"))?;
        let ingest = process::measure(lacuna(binary, &data).arg("ingest").arg(agora))?;
        let classify = process::measure(lacuna(binary, &data).arg("classify"))?;
        seconds.push(ingest.seconds + classify.seconds);
        rss.push(ingest.rss_mb.max(classify.rss_mb));
        rates.push(classify_rate(binary, agora, scratch)?);
    }
    report.figure("pipeline_seconds", median(&seconds), "s", "≤ 10");
    report.figure("pipeline_rss_mb", median(&rss), "MB", "≤ 300");
    report.figure("classify_mb_per_s_core", median(&rates), "MB/s", "≥ 3");
    Ok(())
}

/// Megabytes of text a second that one thread segments, codes, verifies and stores.
fn classify_rate(binary: &Path, agora: &Path, scratch: &Path) -> anyhow::Result<f64> {
    let data = fresh(&scratch.join("one-thread"))?;
    process::measure(lacuna(binary, &data).arg("ingest").arg(agora))?;
    let start = std::time::Instant::now();
    let out = sh::output(lacuna(binary, &data).args(["classify", "--threads", "1", "--json"]))?;
    let seconds = start.elapsed().as_secs_f64();
    let summary: Value = serde_json::from_str(out.lines().last().unwrap_or_default())?;
    let bytes = summary["bytes"].as_f64().context("find bytes in the summary of classify")?;
    Ok(bytes / 1e6 / seconds)
}

fn one_megabyte(
    binary: &Path,
    agora: &Path,
    scratch: &Path,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    for (key, megabytes, goal) in [("one_mb_document_s", 1, "≤ 1"), ("four_mb_document_s", 4, "≤ 4 × one")]
    {
        let folder = fresh(&scratch.join("large"))?;
        fs::write(folder.join("large.txt"), joined_texts(agora, megabytes * 1_000_000)?)?;
        let mut seconds = vec![];
        for _ in 0..options.runs {
            let data = fresh(&scratch.join("large-data"))?;
            let ingest = process::measure(lacuna(binary, &data).arg("ingest").arg(&folder))?;
            seconds.push(ingest.seconds + process::measure(lacuna(binary, &data).arg("classify"))?.seconds);
        }
        report.figure(key, median(&seconds), "s", goal);
    }
    Ok(())
}

/// Texts of the sample one after the other until they hold `bytes`.
fn joined_texts(agora: &Path, bytes: usize) -> anyhow::Result<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(agora.join("fulltext"))?.flatten().map(|f| f.path()).collect();
    files.sort();
    let mut text = String::new();
    for file in files {
        text.push_str(&String::from_utf8_lossy(&fs::read(file)?));
        text.push_str("\n\n");
        if text.len() >= bytes {
            break;
        }
    }
    Ok(text)
}

fn pages(binary: &Path, scratch: &Path, options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let data = scratch.join("data");
    // The first start makes the search index, which a search waits for; the other figures are those of every later start.
    let first = Server::start(binary, &data)?;
    serve::get_once(&first.address, "/documents?q=law")?;
    report.figure("first_start_rss_mb", first.rss_mb(), "MB", "printed");
    drop(first);
    let mut starts = vec![];
    for _ in 0..options.runs {
        starts.push(Server::start(binary, &data)?.start_seconds);
    }
    report.figure("start_s", median(&starts), "s", "≤ 0.3");
    let server = Server::start(binary, &data)?;
    let ids = document_ids(binary, &data)?;
    let kinds: [(&'static str, Vec<String>); 3] = [
        ("document_p99_ms", ids.iter().map(|id| format!("/documents/{id}")).collect()),
        ("list_p99_ms", list_addresses()),
        ("search_p99_ms", search_addresses()),
    ];
    for (key, paths) in &kinds {
        serve::open_loop(&server.address, paths, 200.0, 50, 2.0)?;
        let latencies = serve::open_loop(&server.address, paths, 200.0, 50, options.seconds)?;
        report.figure(key, quantile(&latencies, 0.99), "ms", "≤ 15");
    }
    for ((_, paths), key) in kinds.iter().zip(["document_rps", "list_rps", "search_rps"]) {
        report.figure(
            key,
            serve::saturate(&server.address, &serve::views(paths), 50, options.seconds)?,
            "requests/s",
            "printed",
        );
    }
    report.figure("serve_rss_mb", server.rss_mb(), "MB", "≤ 150");
    Ok(())
}

/// The ids of all documents of a store.
pub(super) fn document_ids(binary: &Path, data: &Path) -> anyhow::Result<Vec<String>> {
    let lines = sh::output(lacuna(binary, data).args(["export", "documents", "--format", "jsonl"]))?;
    let id = |line: &str| serde_json::from_str::<Value>(line).ok()?["document"].as_str().map(str::to_owned);
    Ok(lines.lines().filter_map(id).collect())
}

/// Filtered lists, all different, so that few answers are ones the server still holds.
pub(super) fn list_addresses() -> Vec<String> {
    const CODES: [&str; 12] =
        ["1.1", "1.2", "2.1", "2.2", "3.1", "4.1", "4.3", "5.1", "6.2", "6.5", "7.3", "7.4"];
    const REST: [&str; 8] = [
        "",
        ":3",
        "&jurisdiction=United+States",
        "&enactment=adopted",
        "&form=hard_law&sort=newest",
        ":3&enactment=adopted",
        "&sort=oldest",
        "&lifecycle=deploy",
    ];
    let pairs = CODES.iter().flat_map(|code| REST.iter().map(move |rest| (code, rest)));
    pairs.map(|(code, rest)| format!("/documents?risk={code}{rest}")).collect()
}

/// Pairs of words, all different.
pub(super) fn search_addresses() -> Vec<String> {
    const WORDS: [&str; 20] = [
        "transparency",
        "recognition",
        "audit",
        "bias",
        "export",
        "election",
        "children",
        "safety",
        "model",
        "training",
        "report",
        "agency",
        "penalty",
        "consumer",
        "health",
        "research",
        "privacy",
        "security",
        "contract",
        "worker",
    ];
    let pairs = WORDS.iter().enumerate().flat_map(|(i, a)| WORDS[i + 1..].iter().map(move |b| (a, b)));
    pairs.map(|(a, b)| format!("/documents?q={a}+{b}")).collect()
}

/// The binary on a data folder, quiet.
pub(super) fn lacuna(binary: &Path, data: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("--quiet").arg("--data").arg(data);
    command
}

fn fresh(folder: &Path) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}
