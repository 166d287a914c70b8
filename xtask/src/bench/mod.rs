//! Figures with their conditions; each bench prints a table and, with `--json FILE`, writes one flat object.

mod agree;
mod explore;
mod llm;
mod pipeline;
mod process;
mod quality;
mod report;
mod serve;

pub(crate) use llm::honest;
pub(crate) use quality::{material, write_card};

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
    /// The public map over many made documents and over the AGORA sample, beside Datasette
    Explore(explore::Options),
    /// Language models: efficiency, kills, storms and money, against the mock provider
    Llm(llm::Options),
    /// Agreement of the built-in engine with ../shared/codings/dev, by cross-validation
    Quality(quality::Options),
    /// Time of all agreement statistics over 1,000 documents, 61 codes and 3 labellers
    Agree,
}

/// Runs one bench.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let report = match &args.bench {
        Bench::Pipeline(options) => pipeline::run(options)?,
        Bench::Explore(options) => explore::run(options)?,
        Bench::Agree => match agree::run(args.json.as_deref())? {
            Some(report) => report,
            None => return Ok(()),
        },
        Bench::Llm(options) => match llm::run(options)? {
            Some(report) => report,
            None => return Ok(()),
        },
        Bench::Quality(options) => return quality::run(args.json.as_deref(), options),
    };
    report.print(args.json.as_deref())
}
