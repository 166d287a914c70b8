//! `lacuna sample`: which documents people read, drawn with known probabilities.

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::decision::Mode;
use lacuna_domain::run::Labeller;
use lacuna_domain::{Codebook, DocumentId, Run};
use lacuna_pipeline::review::sample::{Candidate, Design, Sample, draw, fewest, frame, triage};
use lacuna_store::{Role, Store};
use serde::Serialize;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna sample`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna sample --design simple --n 100 --seed 7 --assign ada,ben
  lacuna sample --design confidence --n 100 --seed 7 --assign ada
  lacuna sample --triage --n 20 --assign ada

The sample is logged with the probability of every document before anybody sees a label; estimates that correct machine
labels need it. Triage picks by hand, so to speak: it mends records, and its labels enter no estimate.")]
pub struct Args {
    /// How documents are drawn
    #[arg(long, value_name = "DESIGN", default_value = "simple", value_parser = ["simple", "stratified", "confidence"])]
    design: String,
    /// Documents to draw; on average, with the design `confidence`
    #[arg(long, value_name = "N", default_value_t = 100)]
    n: usize,
    /// Seed of the draw
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Take the documents that most need a look instead: a separate stream without probabilities
    #[arg(long, conflicts_with = "design")]
    triage: bool,
    /// Coders who all get the documents, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    assign: Vec<String>,
    /// Whether coders see machine labels
    #[arg(long, value_name = "MODE", default_value = "blind", value_parser = ["blind", "assisted"])]
    mode: String,
    /// Run whose labels guide the draw [default: the newest finished run of ai-governance]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

#[derive(Serialize)]
struct Drawn<'d> {
    stream: &'d str,
    documents: Vec<(&'d DocumentId, Option<f64>, Vec<String>)>,
    of: usize,
    assigned: u64,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let run = chosen_run(&store, args.run.as_deref()).await?;
    let codebook =
        store.codebook(&run.config.codebook_hash).await?.context("read the codebook of the run")?;
    for name in &args.assign {
        let user = store.user(name).await.context("read a user")?;
        if user.is_none_or(|user| user.role < Role::Coder) {
            bail!("{name:?} may not code; add them with `lacuna users add {name} --role coder`");
        }
    }
    let all = store.runs().await.context("read the runs")?;
    let others: Vec<Run> = all
        .into_iter()
        .filter(|r| r.labeller == Labeller::Machine && r.config.codebook_hash == codebook.hash)
        .collect();
    let others = if args.triage { others } else { vec![] };
    let frame =
        frame(&store, &run, &codebook, &others).await.context("read the labels that guide the draw")?;
    if frame.is_empty() {
        bail!("run {} has coded no document; run `lacuna classify` first", run.id.short());
    }
    if args.triage {
        queue(&args, frame, &store, &codebook, context).await
    } else {
        sampled(&args, &frame, &run, &store, &codebook, context).await
    }
}

async fn sampled(
    args: &Args,
    frame: &[Candidate],
    run: &Run,
    store: &Store,
    codebook: &Codebook,
    context: &Context,
) -> anyhow::Result<Exit> {
    let design = Design::from_id(&args.design).context("use --design simple, stratified or confidence")?;
    let least = fewest(frame, design);
    if args.n < least {
        bail!(
            "this design takes at least {least}: every document must have a chance; give --n {least} or more"
        );
    }
    let sample = Sample {
        name: format!("{} sample of {}, seed {}", args.design, args.n, args.seed),
        design,
        n: args.n,
        seed: args.seed,
        run: run.id.to_string(),
        codebook_hash: codebook.hash.clone(),
        units: draw(frame, design, args.n, args.seed),
    };
    store.put_sample(&sample.name, &sample).await.context("log the sample")?;
    store.audit("command line", "sample", &sample.name).await.context("write the log")?;
    let drawn: Vec<_> = sample.drawn().map(|u| (&u.document, Some(u.probability), vec![])).collect();
    tell(args, &sample.name, drawn, frame.len(), store, codebook, context).await
}

async fn queue(
    args: &Args,
    frame: Vec<Candidate>,
    store: &Store,
    codebook: &Codebook,
    context: &Context,
) -> anyhow::Result<Exit> {
    let of = frame.len();
    let worst = triage(frame, args.n);
    let drawn = worst.iter().map(|c| (&c.document, None, c.reasons.clone())).collect();
    tell(args, "triage", drawn, of, store, codebook, context).await
}

async fn tell(
    args: &Args,
    stream: &str,
    documents: Vec<(&DocumentId, Option<f64>, Vec<String>)>,
    of: usize,
    store: &Store,
    codebook: &Codebook,
    context: &Context,
) -> anyhow::Result<Exit> {
    let mode = Mode::from_id(&args.mode).context("use --mode blind or assisted")?;
    let ids: Vec<DocumentId> = documents.iter().map(|(id, ..)| (*id).clone()).collect();
    let mut assigned = 0;
    for name in &args.assign {
        assigned += store.assign(name, &ids, &codebook.id, mode, stream).await.context("assign documents")?;
    }
    if assigned > 0 && mode == Mode::Blind {
        context.progress.note(
            "coders who sign out can read the labels on a public site; until they have finished, serve it with \
             --signed-in-only",
        );
    }
    let drawn = Drawn { stream, documents, of, assigned };
    if context.json {
        output::json(&drawn)?;
        return Ok(Exit::Done);
    }
    output::text(&format!(
        "{stream}: {} of {of} documents, {assigned} new assignments",
        drawn.documents.len()
    ))?;
    for (id, probability, reasons) in &drawn.documents {
        let chance = probability.map_or_else(String::new, |p| format!("probability {p:.4}"));
        output::text(&format!("  {id:<20} {chance}{}", reasons.join(", ")))?;
    }
    Ok(Exit::Done)
}
