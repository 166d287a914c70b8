//! `lacuna demo`: the built-in samples, classified offline and served, with nothing to set up.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_pipeline::ingest::{Options, Source};
use lacuna_store::Location;

use super::{classify, ingest, serve};
use crate::context::Context;
use crate::exit::Exit;
use crate::{output, samples};

/// Options of `lacuna demo`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna demo --open
  lacuna demo --data /tmp/try --bind 127.0.0.1:8080

The samples are fiction, written for this project; every page says so. Beside the offline run stands a run of answers
in the form of a language model's, written by hand for the samples: see /runs.")]
pub struct Args {
    /// Address and port to listen on, or a port of this machine alone; port 0 takes a free one
    #[arg(long, visible_alias = "port", value_name = "ADDRESS", default_value = "127.0.0.1:7373", value_parser = serve::address)]
    bind: SocketAddr,
    /// Open the map in a browser
    #[arg(long)]
    open: bool,
}

pub(crate) async fn run(args: Args, data: Option<PathBuf>, mut context: Context) -> anyhow::Result<Exit> {
    if data.is_none() {
        context.data = PathBuf::from("lacuna-demo");
        context.location = Location::Folder(context.data.clone());
    }
    // Before any work: a taken port should not cost a minute.
    let listener = serve::listen(args.bind).await?;
    output::text(&format!("setting up the samples in {}", context.data.display()))?;
    let unpacked = tempfile::tempdir().context("make a temporary folder for the samples")?;
    samples::unpack(unpacked.path())?;
    let options = Options { source_name: Some("sample".to_owned()), ..Options::default() };
    for release in samples::RELEASES {
        ingest::bring_in(&Source::Path(unpacked.path().join(release)), &options, &context).await?;
    }
    // First, so that the offline run is the newest and pages show it; the other stands beside it under /runs.
    let recorded = classify::Args::replay(&unpacked.path().join(samples::ANSWERS));
    classify::classify(&recorded, &context).await.context("play the sample answers back")?;
    let summary = classify::classify(&classify::Args::built_in(), &context).await?;
    output::text(&summary.to_string())?;
    serve::on(listener, &serve::Args::local(args.bind, args.open), &context).await
}
