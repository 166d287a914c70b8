//! `lacuna runs`: how far each run came, how fast it goes and what it cost.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_domain::run::Labeller;
use lacuna_llm::Micros;
use lacuna_pipeline::classify::progress_of;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna runs`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna runs
  lacuna runs --totals
  watch lacuna runs")]
pub struct Args {
    /// What was spent, by run, model and day
    #[arg(long)]
    totals: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    if args.totals {
        return totals(&store, context).await;
    }
    let mut all = Vec::new();
    for run in store.runs().await? {
        if run.labeller == Labeller::Machine {
            all.push(progress_of(&store, run, context.clock).await?);
        }
    }
    if context.json {
        output::json(&all)?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for progress in &all {
        let (run, counts) = (&progress.run, &progress.counts);
        text += &format!("{} {}\n", run.id.short(), run.name);
        text += &format!(
            "  coded {}, skipped {}, failed {}, to do {}; labels {}, claims that fell {}\n",
            counts.coded, counts.skipped, counts.failed, counts.pending, counts.positives, counts.rejected
        );
        if let Some(line) = progress.pace_line() {
            text += &format!("  {line}\n");
        }
        if let Some(line) = progress.spend_line() {
            text += &format!("  {line}\n");
        }
    }
    output::text(if text.is_empty() { "no run yet; `lacuna classify` makes the first" } else { &text })?;
    Ok(Exit::Done)
}

async fn totals(store: &lacuna_store::Store, context: &Context) -> anyhow::Result<Exit> {
    let lines = store.spend_lines().await?;
    if context.json {
        output::json(&lines)?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for line in &lines {
        let spend = &line.spend;
        text += &format!(
            "{} {} {}: {} calls, {} answers, {} input, {} output tokens, {}\n",
            line.day,
            line.run.short(),
            line.engine,
            spend.calls,
            spend.answered,
            spend.input_fresh + spend.input_cached + spend.cache_write,
            spend.output,
            Micros(spend.micros)
        );
    }
    let all: u64 = lines.iter().map(|line| line.spend.micros).sum();
    text += &format!("in all {}", Micros(all));
    output::text(&text)?;
    Ok(Exit::Done)
}
