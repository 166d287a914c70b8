//! `lacuna verify`: check again that every stored quote stands in its text.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_domain::run::Labeller;
use lacuna_pipeline::verify::recheck_run;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna verify`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna verify
  lacuna verify --run 3f2a --json

Exit code 2 when a stored label does not hold; each is named.")]
pub struct Args {
    /// Run to check, by id or the beginning of it [default: every machine run]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let chosen = match args.run {
        Some(name) => vec![chosen_run(&store, Some(&name)).await?],
        None => store.runs().await?.into_iter().filter(|run| run.labeller == Labeller::Machine).collect(),
    };
    let mut sound = true;
    for run in chosen {
        let report = recheck_run(&store, &run.id, &*context.progress).await?;
        sound &= report.breaches.is_empty();
        if context.json {
            output::json(&serde_json::json!({ "run": run.id, "report": report }))?;
            continue;
        }
        output::text(&format!(
            "run {} ({}): {} codings, {} labels, {} quotes; {} do not hold",
            run.id.short(),
            run.name,
            report.codings,
            report.positives,
            report.quotes,
            report.breaches.len()
        ))?;
        for (text, breach) in &report.breaches {
            output::text(&format!("  text {}: {breach}", text.short()))?;
        }
    }
    Ok(if sound { Exit::Done } else { Exit::SomeFailed })
}
