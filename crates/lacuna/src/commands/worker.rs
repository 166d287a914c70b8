//! `lacuna worker`: code a run together with other workers, on any number of machines.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_pipeline::classify::{self, Engine, Options, Share};
use lacuna_store::Lease;

use super::asking;
use super::classify as one;
use crate::context::Context;
use crate::exit::Exit;

/// Options of `lacuna worker`.
#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna worker --database postgres://lacuna@db/lacuna
  lacuna worker --database postgres://lacuna@db/lacuna --engine anthropic:MODEL --budget 50.00

Start as many as you like, on any machines, all with the same engine and options: they share one run. Each can be stopped
or lost at any moment; the others take its texts over, and at most the calls it had in flight are asked again.")]
pub struct Args {
    #[command(flatten)]
    classify: one::Args,
    /// Seconds of silence after which a lost worker's texts are given to others
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    dead_after: u64,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let one::Begun { store, codebook, engine } = one::begin(&args.classify, context).await?;
    let threads = args.classify.threads();
    let (at_once, stop) = match &engine {
        Engine::Model(_, terms) => (terms.texts, terms.stop.clone()),
        _ => (2 * std::thread::available_parallelism().map_or(1, usize::from), asking::told_to_stop()),
    };
    let dead_after = Duration::from_secs(args.dead_after);
    let lease = Lease { heartbeat: (dead_after / 6).max(Duration::from_millis(250)), dead_after };
    let share = Share { at_once, lease, stop };
    let options = Options { threads };
    let summary =
        classify::drain(&store, &engine, &codebook, &options, share, context.clock, &*context.progress)
            .await
            .context("work")?;
    one::tell(&summary, context)
}
