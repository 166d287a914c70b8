//! Agreement of the built-in engine with coded documents it has not seen.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use clap::Args as ClapArgs;
use lacuna_domain::progress::Silent;
use lacuna_domain::{Clock, Codebook};
use lacuna_pipeline::classify::offline::card::Card;
use lacuna_pipeline::classify::offline::quality::cross_validate;
use lacuna_pipeline::classify::offline::train::coded::{Coded, read_folder};

use super::pipeline::shared;
use crate::sh;

/// Where the card of the shipped weights lies.
const CARD: &str = "crates/pipeline/models/offline-1.card.json";

/// Options of `cargo xtask bench quality`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Options {
    /// Write what was found of each code beside the shipped weights, for the marks beside labels
    #[arg(long)]
    card: bool,
}

/// The codebook that the shipped weights are trained for.
const CODEBOOK: &str = "codebooks/ai-governance-1.toml";

/// Cross-validates and prints; with `json` writes one flat object too. Runs itself again in a release build, since the
/// figure `train_seconds` means nothing in another.
pub(crate) fn run(json: Option<&Path>, options: &Options) -> anyhow::Result<()> {
    // The card holds no times, so that it may come from any build.
    if cfg!(debug_assertions) && !options.card {
        let mut command = Command::new("cargo");
        command.args(["run", "--release", "--quiet", "--package", "xtask", "--", "bench", "quality"]);
        if let Some(path) = json {
            command.arg("--json").arg(std::path::absolute(path)?);
        }
        return sh::run(&mut command);
    }
    let (docs, codebook) = material()?;
    let report = cross_validate(&docs, &codebook, clock(), &Silent)?;
    print(&report.to_table());
    if options.card {
        let at = clock().now().round(jiff::Unit::Second).context("round the time")?;
        write_card(&Card::of_shipped(&docs, &codebook, report.by_code(), at))?;
    }
    let Some(path) = json else { return Ok(()) };
    let text = serde_json::to_string_pretty(&report.to_json())?;
    fs::write(path, text + "\n").with_context(|| format!("write {}", path.display()))
}

/// Writes the card of the shipped weights.
pub(crate) fn write_card(card: &Card) -> anyhow::Result<()> {
    let path = sh::root().join(CARD);
    let text = serde_json::to_string_pretty(card)?;
    fs::write(&path, text + "\n").with_context(|| format!("write {}", path.display()))
}

/// The coded documents and their codebook.
pub(crate) fn material() -> anyhow::Result<(Vec<Coded>, Codebook)> {
    let shared = shared()?;
    let docs = read_folder(&shared.join("codings/dev"), &shared.join("agora/fulltext"))?;
    let path = sh::root().join(CODEBOOK);
    let source = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    Ok((docs, Codebook::parse(&source)?))
}

#[expect(clippy::disallowed_methods, reason = "xtask is a binary: it reads the clock itself")]
fn clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn print(table: &str) {
    println!("{table}");
}
