//! `lacuna report reliability`: a methods appendix that a paper can cite.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args as ClapArgs, Subcommand};
use lacuna_pipeline::publish::reliability_report::{Material, html, markdown};

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna report reliability > appendix.md
  lacuna report reliability --format html --out appendix.html

It reports what `lacuna agree` measured last; measure first.")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How far the labels of a run can be trusted: codebook, samples, coders, statistics, error examples, hashes
    Reliability {
        /// The form of the report
        #[arg(long, value_name = "FORMAT", default_value = "md", value_parser = ["md", "html"])]
        format: String,
        /// The run [default: the newest finished run of ai-governance]
        #[arg(long, value_name = "RUN")]
        run: Option<String>,
        /// File to write instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let What::Reliability { format, run, out } = args.what;
    let store = context.store().await.context("open the store")?;
    let run = chosen_run(&store, run.as_deref()).await?;
    let codebook =
        store.codebook(&run.config.codebook_hash).await?.context("read the codebook of the run")?;
    let version = env!("CARGO_PKG_VERSION");
    let material = Material::read(&store, run, codebook, version, context.clock.now())
        .await
        .context("read what was measured")?;
    let text = if format == "html" { html(&material) } else { markdown(&material) };
    match out {
        Some(path) => std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?,
        None => output::text(&text)?,
    }
    Ok(Exit::Done)
}
