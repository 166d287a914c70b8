//! `lacuna stability`: how far labels flip between repeats, prompt orders and engines.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_pipeline::analyze::stability::stability;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna stability`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna stability --runs 3f2a91,77b0c4
  lacuna stability --runs 3f2a91,offline --json")]
pub struct Args {
    /// Runs to compare, at least two, by id, first digits, engine or name
    #[arg(long, value_name = "RUN,RUN", value_delimiter = ',', required = true)]
    runs: Vec<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let mut runs = Vec::new();
    for name in &args.runs {
        runs.push(chosen_run(&store, Some(name)).await?);
    }
    let report = stability(&store, &runs).await?;
    if context.json {
        output::json(&report)?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{} texts coded by all of {}\n", report.texts, runs.len());
    for run in &runs {
        text += &format!("  {} {}\n", run.id.short(), run.name);
    }
    if let Some(rate) = report.rate {
        text += &format!(
            "labels that differ: {:.1} % of {} text and code pairs\n",
            rate * 100.0,
            report.texts * report.codes.len() as u64
        );
        text +=
            &format!("\n{:<12} {:<44} {:>8} {:>9} {:>7}\n", "dimension", "code", "differ", "appear", "share");
        for code in report.codes.iter().filter(|code| code.flipped > 0) {
            let share = format!("{:.1} %", code.rate * 100.0);
            text += &format!(
                "{:<12} {:<44} {:>8} {:>9} {share:>7}\n",
                code.dimension.as_str(),
                code.code.as_str(),
                code.flipped,
                code.appeared
            );
        }
        text += "\n\"appear\" counts texts where one run says nothing and another something; codes not listed never differ\n";
    }
    output::text(&text)?;
    Ok(Exit::Done)
}
