//! Figures with their conditions; each bench prints a table and, with `--json FILE`, writes one flat object.

mod pipeline;
mod process;
mod report;
mod serve;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

/// Options of `cargo xtask bench`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
    /// Write the figures as one flat JSON object
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Speed and memory from ingest to served pages, over ../shared/agora
    Pipeline(pipeline::Options),
}

/// Runs one bench.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let report = match &args.bench {
        Bench::Pipeline(options) => pipeline::run(options)?,
    };
    report.print(args.json.as_deref())
}
