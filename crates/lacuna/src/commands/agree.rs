//! `lacuna agree A B`: how far labellers agree, with everything a reviewer asks for.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_domain::run::{Labeller, Reader, Run};
use lacuna_pipeline::analyze::agreement::gather::{By, Options};
use lacuna_pipeline::analyze::agreement::report::{DRAWS, SEED};
use lacuna_pipeline::analyze::agreement::{self, Agreement};
use lacuna_pipeline::publish::agreement_text;
use lacuna_store::Store;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna agree`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna agree                               every labeller of people against every machine run
  lacuna agree 'Team North' offline
  lacuna agree 'Ada (blind)' 'Ben (blind)' offline --by jurisdiction
  lacuna agree 'Team North' offline --json > agreement.json

The first of a pair is the reference of precision, recall and signed error. What is measured is kept and shown beside
the labels of the second. Intervals draw documents anew; \"undefined\" means that nothing varies.")]
pub struct Args {
    /// Runs to compare, by id, first digits, engine or name; two or more
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    /// Show the headline statistic for parts of the documents too
    #[arg(long, value_name = "WHAT", value_parser = ["jurisdiction", "form", "length", "language"])]
    by: Option<String>,
    /// Draws of documents behind each interval
    #[arg(long, value_name = "N", default_value_t = DRAWS)]
    draws: usize,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
    /// Print every code, not only the worst
    #[arg(long)]
    codes: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let by = args.by.as_deref().and_then(By::from_id);
    let options = Options { by, draws: args.draws, seed: args.seed };
    let all = args.runs.is_empty();
    let sets = if all {
        pairs(&store).await?
    } else {
        let mut runs = Vec::new();
        for name in &args.runs {
            runs.push(chosen_run(&store, Some(name)).await?);
        }
        vec![runs]
    };
    for runs in sets {
        let agreement = measure(&store, &runs, options, context).await?;
        if all && agreement.documents == 0 {
            continue;
        }
        if context.json {
            output::json(&agreement)?;
        } else {
            output::text(&agreement_text::text(&agreement, args.codes))?;
        }
    }
    Ok(Exit::Done)
}

/// Measures and keeps what was measured.
pub(crate) async fn measure(
    store: &Store,
    runs: &[Run],
    options: Options,
    context: &Context,
) -> anyhow::Result<Agreement> {
    let agreement =
        agreement::agree(store, runs, options, context.clock.now()).await.context("measure agreement")?;
    for pair in &agreement.pairs {
        let (a, b) =
            (pair.a.run.parse().context("read a run id")?, pair.b.run.parse().context("read a run id")?);
        if pair.documents > 0 {
            store.put_agreement(&a, &b, agreement.at, pair).await.context("keep what was measured")?;
        }
    }
    Ok(agreement)
}

/// Every run of people or imported labels with every machine run of its codebook, and with each other. The reference is
/// the one that comes nearer to what people say.
pub(crate) async fn pairs(store: &Store) -> anyhow::Result<Vec<Vec<Run>>> {
    let mut runs = store.runs().await.context("read the runs")?;
    runs.sort_by_key(nearness);
    let mut sets = Vec::new();
    for (at, a) in runs.iter().enumerate().filter(|(_, run)| run.labeller != Labeller::Machine) {
        for b in &runs[at + 1..] {
            if a.config.codebook == b.config.codebook {
                sets.push(vec![a.clone(), b.clone()]);
            }
        }
    }
    Ok(sets)
}

/// People first, then what was brought in by how it was read, then machines.
fn nearness(run: &Run) -> u8 {
    match (run.labeller, run.reader()) {
        (Labeller::People, _) => 0,
        (Labeller::Imported, Some(Reader::Person)) => 1,
        (Labeller::Imported, Some(Reader::LanguageModel)) => 3,
        (Labeller::Imported, _) => 2,
        (Labeller::Machine, _) => 4,
    }
}
