//! `lacuna code`: the offline engine as a filter, without a store.

use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::classify::{Filtered, filter};

use super::codebook;
use crate::context::Context;
use crate::exit::Exit;

/// Options of `lacuna code`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna code < texts.jsonl > judgements.jsonl
  split -n l/8 texts.jsonl part. && ls part.* | xargs -P 8 -I{} sh -c 'lacuna code < {} > {}.out'

One line of JSON in, {\"id\": …, \"text\": …}, gives one line out, in the same order. A line that cannot be coded gives a
line with \"error\". Exit code 2 when there was one. See docs/scale.md.")]
pub struct Args {
    /// Codebook file instead of the built-in one, ai-governance
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
}

pub(crate) async fn run(args: Args, _context: &Context) -> anyhow::Result<Exit> {
    let (_, codebook) = codebook::load(args.codebook.as_deref())?;
    let engine = OfflineEngine::new(&codebook).context("start the offline engine")?;
    let work =
        move || filter(&engine, &codebook, io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
    let Filtered { failed, .. } = tokio::task::spawn_blocking(work).await.context("code")??;
    Ok(if failed == 0 { Exit::Done } else { Exit::SomeFailed })
}
