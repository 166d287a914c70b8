//! `lacuna train`: distils a run, or decisions of people, into an offline engine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::run::Labeller;
use lacuna_pipeline::classify::offline::card::Card;
use lacuna_pipeline::classify::offline::distil::distil;
use lacuna_pipeline::classify::offline::quality;
use lacuna_pipeline::classify::offline::train::taken::take;

use super::codebook;
use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna train`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna train --from anthropic:MODEL --out ours.weights
  lacuna train --from 'Team North' --codebook ours.toml --out ours.weights
  lacuna classify --engine offline:ours.weights --codebook ours.toml

Decisions in a file are brought in with `lacuna review import` first. The engine is measured on documents that it has
not seen, and refused where it does not beat counting cues; what was found of each code is shown beside the labels that it
gives. The last lines say whether coding more is worth its price.
Actors keep to the built-in rules.")]
pub struct Args {
    /// Run to learn from, by id, first digits, engine or name; people's decisions are a run too
    #[arg(long, value_name = "RUN")]
    from: String,
    /// Codebook file of that run instead of the built-in one
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// Where to write the weights
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (_, codebook) = codebook::load(args.codebook.as_deref())?;
    if Path::new(&args.from).is_file() {
        bail!("{} is a file; bring it in with `lacuna review import` and name its labeller here", args.from);
    }
    let store = context.store().await.context("open the store")?;
    let run = chosen_run(&store, Some(&args.from)).await?;
    if run.config.codebook != codebook.id {
        bail!("run {:?} used codebook {}; name its file with --codebook", run.name, run.config.codebook);
    }
    let docs = take(&store, &run, &codebook).await.context("read the run")?;
    let label = match run.labeller {
        Labeller::Machine => quality::LABEL.to_owned(),
        Labeller::People | Labeller::Imported => format!("agreement with {}", run.name),
    };
    let (weights, worth) = distil(&docs, &codebook, &label, &*context.progress).context("train")?;
    std::fs::write(&args.out, weights.to_bytes()).with_context(|| format!("write {}", args.out.display()))?;
    let at = context.clock.now();
    let card = Card::of_own(weights.hash(), &docs, &codebook, &run).measured_at(worth.codes.clone(), at);
    let beside = card_file(&args.out);
    std::fs::write(&beside, serde_json::to_string_pretty(&card)? + "\n")
        .with_context(|| format!("write {}", beside.display()))?;
    // Figures that stand already keep their day: a release that has them loses none.
    let known: Vec<Card> = store.cards().await.context("read what was measured")?;
    if !known.iter().any(|known| known.agrees(&card)) {
        store.put_card(&card.weights, at, &card).await.context("keep what was measured")?;
    }
    if context.json {
        output::json(&worth)?;
    } else {
        output::text(&format!(
            "{worth}\nweights {}\nfigures of each code stand beside their labels, and in {}",
            weights.hash(),
            beside.display()
        ))?;
    }
    Ok(Exit::Done)
}

/// Where the figures of weights lie, so that they go along to other stores: `ours.weights.card.json`.
pub(super) fn card_file(weights: &Path) -> PathBuf {
    let mut name = weights.as_os_str().to_owned();
    name.push(".card.json");
    PathBuf::from(name)
}
