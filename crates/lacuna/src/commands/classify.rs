//! `lacuna classify`: segment, code and verify every text that a run has not coded yet.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::classify::{self, ClassifySummary, Engine, Options};

use super::codebook;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna classify`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna classify
  lacuna classify --codebook ours.toml
  lacuna classify --threads 1 --json

Stop it at any moment and run it again: it goes on where it stopped. The same text always gets the same labels.")]
pub struct Args {
    /// Codebook file instead of the built-in one
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// The engine that codes
    #[arg(long, value_name = "ENGINE", default_value = "offline", value_parser = ["offline"])]
    engine: String,
    /// Threads that code at once [default: one per processor]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

impl Args {
    /// What `lacuna demo` classifies with.
    pub(crate) fn built_in() -> Self {
        Self { codebook: None, engine: "offline".to_owned(), threads: None }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let summary = classify(&args, context).await?;
    if context.json {
        output::json(&summary)?;
    } else {
        output::text(&summary.to_string())?;
    }
    Ok(if summary.failed.is_empty() { Exit::Done } else { Exit::SomeFailed })
}

/// Codes all pending texts of the store.
pub(crate) async fn classify(args: &Args, context: &Context) -> anyhow::Result<ClassifySummary> {
    let (source, codebook) = codebook::load(args.codebook.as_deref())?;
    let store = context.store().await.context("open the store")?;
    store.put_codebook(&source, &codebook).await.context("store the codebook")?;
    let engine = Engine::from(OfflineEngine::new(&codebook).context("start the offline engine")?);
    let options = Options { threads: args.threads };
    classify::run(&store, &engine, &codebook, &options, context.clock, &*context.progress)
        .await
        .context("classify")
}
