//! `lacuna review import|export`: decisions of people, in and out of files.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args as ClapArgs, Subcommand};
use lacuna_domain::decision::Mode;
use lacuna_domain::run::Reader;
use lacuna_pipeline::review::{self, FileFormat, ImportOptions, LabellerSpec};

use super::codebook;
use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna review`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna review import codings/
  lacuna review import codings/ --labeller 'Team North' --reader person
  lacuna review import codings/ --labeller 'Model reading' --reader language-model --coder a
  lacuna review export 'Team North' --format csv --out decisions.csv

People review in the browser: `lacuna users add NAME --role coder`, then `lacuna serve` and /review.
The shapes of the files are described in docs/reference/review-files.md.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Bring in decisions from a file or folder: coding JSON, CSV, or tasks of Label Studio
    Import {
        /// File, or folder of .json and .csv files
        path: PathBuf,
        /// Who stands behind them [default: the name of the file or folder]
        #[arg(long, value_name = "NAME")]
        labeller: Option<String>,
        /// How they came about; each way is kept apart for ever
        #[arg(long, value_name = "MODE", default_value = "imported", value_parser = ["blind", "assisted", "imported"])]
        mode: String,
        /// Who read the documents; agreement with a language model is never called accuracy
        #[arg(long, value_name = "READER", default_value = "unstated", value_parser = ["person", "language-model", "unstated"])]
        reader: String,
        /// Only the codings of this coder, as the files name them
        #[arg(long, value_name = "CODER")]
        coder: Option<String>,
        /// Codebook file instead of the built-in one, ai-governance
        #[arg(long, value_name = "FILE")]
        codebook: Option<PathBuf>,
    },
    /// Write the decisions of one labeller
    Export {
        /// The run, by id, first digits or name
        run: String,
        /// The shape of the file
        #[arg(long, value_name = "FORMAT", default_value = "json", value_parser = ["json", "csv", "label-studio"])]
        format: String,
        /// File to write instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    match args.action {
        Action::Import { path, labeller, mode, reader, coder, codebook } => {
            let (source, codebook) = codebook::load(codebook.as_deref())?;
            store.put_codebook(&source, &codebook).await.context("store the codebook")?;
            let mode = Mode::from_id(&mode).context("use --mode blind, assisted or imported")?;
            let reader =
                Reader::from_id(&reader).context("use --reader person, language-model or unstated")?;
            let labeller = labeller
                .or_else(|| named_after(&path))
                .context("name who stands behind them with --labeller")?;
            let options = ImportOptions { labeller: LabellerSpec { name: labeller, mode, reader }, coder };
            let summary =
                review::import(&store, &codebook, &path, &options, context.clock, &*context.progress)
                    .await
                    .context("bring decisions in")?;
            if context.json {
                output::json(&summary)?;
            } else {
                output::text(&summary.to_string())?;
            }
            Ok(if summary.unknown_documents.is_empty() { Exit::Done } else { Exit::SomeFailed })
        }
        Action::Export { run, format, out } => {
            let run = chosen_run(&store, Some(&run)).await?;
            let format = FileFormat::from_id(&format).context("use --format json, csv or label-studio")?;
            let file = review::export(&store, &run, format).await.context("write decisions")?;
            match out {
                Some(path) => {
                    std::fs::write(&path, file).with_context(|| format!("write {}", path.display()))?;
                }
                None => output::text(&file)?,
            }
            Ok(Exit::Done)
        }
    }
}

/// The name of a file or folder without its ending, for a labeller without a name.
fn named_after(path: &std::path::Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    Some(whole.file_stem()?.to_string_lossy().into_owned())
}
