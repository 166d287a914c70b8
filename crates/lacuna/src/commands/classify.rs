//! `lacuna classify`: segment, code and verify every text that a run has not coded yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::Codebook;
use lacuna_pipeline::classify::model::{self, Source};
use lacuna_pipeline::classify::offline::card::Card;
use lacuna_pipeline::classify::offline::{OfflineEngine, Weights};
use lacuna_pipeline::classify::{self, ClassifySummary, Engine, Options};
use lacuna_store::Store;

use super::asking::{Asked, Asking};
use super::codebook;
use super::train::card_file;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna classify`.
#[derive(Clone, Debug, ClapArgs)]
// `lacuna worker` takes these options into its own.
#[group(skip)]
#[command(after_help = "Examples:
  lacuna classify
  lacuna classify --codebook ours.toml
  lacuna classify --engine anthropic:MODEL --estimate
  lacuna classify --engine anthropic:MODEL --budget 5.00 --record answers/
  lacuna classify --engine compat:MODEL@http://localhost:11434/v1
  lacuna classify --engine replay:answers/

Stop it at any moment and run it again: it goes on where it stopped, and no finished call is paid twice. With the
built-in engine the same text always gets the same labels.")]
pub struct Args {
    /// Codebook file instead of the built-in one, ai-governance
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    /// The engine that codes: offline, offline:WEIGHTS, anthropic:MODEL, openai:MODEL, openai-chat:MODEL, gemini:MODEL, compat:MODEL@URL or
    /// replay:DIR; several language models make an ensemble
    #[arg(long, value_name = "ENGINE", default_value = "offline", value_parser = engine_name)]
    engine: Vec<String>,
    /// Threads of the offline engine [default: one per processor]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    asking: Asking,
}

impl Args {
    /// What `lacuna demo` classifies with.
    pub(crate) fn built_in() -> Self {
        Self::with(OFFLINE)
    }

    /// The threads asked for.
    pub(super) const fn threads(&self) -> Option<usize> {
        self.threads
    }

    /// What plays recorded answers back.
    pub(crate) fn replay(folder: &Path) -> Self {
        Self::with(&format!("replay:{}", folder.display()))
    }

    fn with(engine: &str) -> Self {
        let (asked, asking) = (Asked::default(), Asking::default());
        Self { codebook: None, engine: vec![engine.to_owned()], threads: None, asked, asking }
    }
}

const OFFLINE: &str = "offline";
/// Before the file of weights that `lacuna train` wrote.
const OWN_WEIGHTS: &str = "offline:";

/// The name of an engine, as it was typed.
fn engine_name(text: &str) -> Result<String, String> {
    if text != OFFLINE && !["replay:", OWN_WEIGHTS].iter().any(|start| text.starts_with(start)) {
        let model: Result<lacuna_llm::Model, _> = text.parse();
        model.map_err(|error| format!("{error}; or write offline, offline:WEIGHTS or replay:DIR"))?;
    }
    Ok(text.to_owned())
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.asking.estimate {
        return estimate(&args, context).await;
    }
    let summary = classify(&args, context).await?;
    tell(&summary, context)
}

/// Prints what was done; whether all of it.
pub(super) fn tell(summary: &ClassifySummary, context: &Context) -> anyhow::Result<Exit> {
    if context.json {
        output::json(summary)?;
    } else {
        output::text(&summary.to_string())?;
    }
    let whole = summary.failed.is_empty() && summary.stopped.is_none();
    Ok(if whole { Exit::Done } else { Exit::SomeFailed })
}

async fn estimate(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let (_, codebook) = codebook::load(args.codebook.as_deref())?;
    let Engine::Model(engine, terms) = engine(args, &codebook, context)? else {
        bail!("the offline engine costs nothing; name a language model with --engine");
    };
    let store = context.store().await.context("open the store")?;
    let estimate =
        model::estimate(&store, &engine, &terms, args.asking.at_once()).await.context("estimate")?;
    if context.json {
        output::json(&estimate)?;
    } else {
        output::text(&estimate.to_string())?;
    }
    Ok(Exit::Done)
}

/// Codes all pending texts of the store.
pub(crate) async fn classify(args: &Args, context: &Context) -> anyhow::Result<ClassifySummary> {
    let Begun { store, codebook, engine } = begin(args, context).await?;
    if let Engine::Model(model, terms) = &engine {
        for unpriced in model.members().iter().filter(|m| terms.prices.rates(m.model()).is_none()) {
            if let Source::Live(client) = unpriced {
                context
                    .progress
                    .note(&format!("the price of {} is not known; its calls count as $0.00", client.model()));
            }
        }
    }
    let options = Options { threads: args.threads };
    classify::run(&store, &engine, &codebook, &options, context.clock, &*context.progress)
        .await
        .context("classify")
}

/// What `lacuna classify` and `lacuna worker` have before they code.
pub(super) struct Begun {
    /// The store.
    pub(super) store: Store,
    /// The codebook, in the store.
    pub(super) codebook: Codebook,
    /// The engine; what training found of weights of one's own is in the store.
    pub(super) engine: Engine,
}

/// Makes ready to code.
pub(super) async fn begin(args: &Args, context: &Context) -> anyhow::Result<Begun> {
    let (source, codebook) = codebook::load(args.codebook.as_deref())?;
    let store = context.store().await.context("open the store")?;
    store.put_codebook(&source, &codebook).await.context("store the codebook")?;
    let engine = engine(args, &codebook, context)?;
    bring_card(args, &store, context).await?;
    forget_batches(args, &engine, &store).await?;
    Ok(Begun { store, codebook, engine })
}

/// Takes the batches that `--forget-batch` names out of the store.
async fn forget_batches(args: &Args, engine: &Engine, store: &Store) -> anyhow::Result<()> {
    let Engine::Model(engine, _) = engine else { return Ok(()) };
    for id in &args.asking.forget_batch {
        let mut known = false;
        for member in engine.members() {
            known |= model::forget_batch(store, member.model(), id).await.context("forget a batch")?;
        }
        if !known {
            bail!(
                "no open batch of this engine has the id {id}; the message that named it says which engine it was of"
            );
        }
    }
    Ok(())
}

/// Takes the figures that lie beside weights of one's own into the store, for the marks beside their labels.
async fn bring_card(args: &Args, store: &Store, context: &Context) -> anyhow::Result<()> {
    let Some(weights) = args.engine.first().and_then(|name| name.strip_prefix(OWN_WEIGHTS)) else {
        return Ok(());
    };
    let file = card_file(Path::new(weights));
    let Ok(text) = std::fs::read_to_string(&file) else { return Ok(()) };
    let card: Card = serde_json::from_str(&text).with_context(|| format!("read {}", file.display()))?;
    let bytes = std::fs::read(weights).with_context(|| format!("read the weights {weights}"))?;
    let hash = Weights::from_bytes(&bytes).with_context(|| format!("read the weights {weights}"))?.hash();
    if hash != card.weights {
        context.progress.note(&format!("{} is of other weights and was left out", file.display()));
        return Ok(());
    }
    let known: Vec<Card> = store.cards().await.context("read what was measured")?;
    if !known.iter().any(|known| known.agrees(&card)) {
        store.put_card(&hash, context.clock.now(), &card).await.context("keep what was measured")?;
    }
    Ok(())
}

fn engine(args: &Args, codebook: &Codebook, context: &Context) -> anyhow::Result<Engine> {
    let offline = args.engine.iter().filter(|n| *n == OFFLINE || n.starts_with(OWN_WEIGHTS)).count();
    if offline > 0 && offline < args.engine.len() {
        bail!("the offline engine answers alone; leave it out of the ensemble or run it by itself");
    }
    if offline > 1 {
        bail!("name one offline engine");
    }
    if let Some(file) = args.engine.first().and_then(|name| name.strip_prefix(OWN_WEIGHTS)) {
        let bytes = std::fs::read(file).with_context(|| format!("read the weights {file}"))?;
        let weights = Weights::from_bytes(&bytes).with_context(|| format!("read the weights {file}"))?;
        let engine = OfflineEngine::with_weights(codebook, weights).context("start the offline engine")?;
        return Ok(Engine::from(engine));
    }
    if offline > 0 {
        let engine = OfflineEngine::new(codebook).context("start the offline engine")?;
        if !engine.is_trained() {
            context.progress.note(
                "no trained weights for this codebook: labels come from cue terms alone and were not measured; see \
                 `lacuna train`",
            );
        }
        return Ok(Engine::from(engine));
    }
    let codebook = Arc::new(codebook.clone());
    let (engine, terms) = args.asking.engine(&args.engine, &args.asked, &codebook, context)?;
    Ok(Engine::Model(Arc::new(engine), Arc::new(terms)))
}

#[cfg(test)]
mod tests {
    use lacuna_domain::{Clock, Entropy};
    use lacuna_store::Location;

    use super::*;

    /// `lacuna worker` begins with the same call.
    #[tokio::test]
    async fn what_training_found_of_own_weights_comes_into_the_store_before_anything_is_coded() {
        let folder = tempfile::tempdir().unwrap();
        let models = Path::new("../pipeline/models");
        let weights = folder.path().join("ours.weights");
        std::fs::copy(models.join("offline-1.bin"), &weights).unwrap();
        std::fs::copy(models.join("offline-1.card.json"), card_file(&weights)).unwrap();
        let context = Context {
            location: Location::Folder(folder.path().join("store")),
            data: folder.path().join("store"),
            json: false,
            progress: crate::progress::for_terminal(true),
            clock: Clock::fixed(),
            entropy: Entropy::new(|_| false),
        };
        let args = Args::with(&format!("offline:{}", weights.display()));
        let begun = begin(&args, &context).await.unwrap();
        let kept: Vec<Card> = begun.store.cards().await.unwrap();
        let card = std::fs::read_to_string(card_file(&weights)).unwrap();
        assert_eq!(kept, [serde_json::from_str(&card).unwrap()]);
        // A card of other weights is left out.
        let other = folder.path().join("other.weights");
        std::fs::copy(&weights, &other).unwrap();
        std::fs::write(card_file(&other), card.replace(&kept[0].weights, &"0".repeat(64))).unwrap();
        begin(&Args::with(&format!("offline:{}", other.display())), &context).await.unwrap();
        assert_eq!(begun.store.cards::<Card>().await.unwrap(), kept);
    }

    #[test]
    fn weights_of_ones_own_are_an_engine_and_an_unknown_name_is_not() {
        for name in ["offline", "offline:ours.weights", "replay:answers/", "anthropic:some-model"] {
            assert_eq!(engine_name(name).as_deref(), Ok(name));
        }
        assert!(engine_name("oflline:ours.weights").is_err_and(|e| e.contains("offline:WEIGHTS")));
    }
}
