//! `lacuna release`: cuts a release of what the map says now.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_pipeline::publish::release;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna release`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna release --note 'Second quarter, reviewed'

A release never changes; its files stand under /releases. Unchanged data make no new release.")]
pub struct Args {
    /// What to say of it
    #[arg(long, value_name = "WORDS", default_value = "")]
    note: String,
    /// Run whose labels it holds [default: the newest finished run of ai-governance]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let run = match &args.run {
        Some(_) => Some(chosen_run(&store, args.run.as_deref()).await?),
        None => chosen_run(&store, None).await.ok(),
    };
    let cut = release::cut(&store, run.as_ref(), &args.note, context.clock.now()).await;
    let (release, new) = cut.context("cut a release")?;
    if context.json {
        output::json(&release)?;
    } else {
        let word = if new { "cut" } else { "nothing changed since" };
        let (documents, labels) = (release.documents, release.labels);
        output::text(&format!(
            "{word} release {}: {documents} documents, {labels} positive labels",
            release.id
        ))?;
    }
    Ok(Exit::Done)
}
