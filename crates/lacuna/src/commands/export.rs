//! `lacuna export judgements|documents|ledger`.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args as ClapArgs, ValueEnum};
use lacuna_domain::Run;
use lacuna_pipeline::publish::export::{self, Format, Scope, Written};
use lacuna_pipeline::publish::tables::{self, TableFormat};
use lacuna_store::Store;

use crate::context::Context;
use crate::exit::Exit;

/// Options of `lacuna export`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna export judgements --format jsonl --out judgements.jsonl
  lacuna export judgements --format csv --run 3f2a91
  lacuna export documents --format csv > documents.csv
  lacuna export ledger --format csv --out ledger.csv

Columns are described in docs/reference/export.md. Private documents are never exported.")]
pub struct Args {
    /// What to export
    what: What,
    /// The form of the rows
    #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = ["jsonl", "csv", "json", "xlsx", "parquet"])]
    format: String,
    /// Run whose labels are exported, by id, first digits, engine or name [default: the newest finished run of ai-governance]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// File to write instead of standard output; written whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// One row per document, dimension and code, negative ones included
    Judgements,
    /// One row per document, with all metadata
    Documents,
    /// One row per HTTP attempt at a language model, of one run or of all
    Ledger,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let written = match &args.out {
        None => written(&store, &args, BufWriter::new(io::stdout())).await?,
        Some(path) => {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
            let folder = folder.map_or_else(|| PathBuf::from("."), PathBuf::from);
            let shown = path.display();
            let file =
                tempfile::NamedTempFile::new_in(&folder).with_context(|| format!("write beside {shown}"))?;
            let out: File = file.as_file().try_clone().with_context(|| format!("write {shown}"))?;
            let written = written(&store, &args, BufWriter::new(out)).await?;
            file.persist(path).with_context(|| format!("write {shown}"))?;
            written
        }
    };
    context.progress.note(&format!("{} rows of {} documents", written.rows, written.documents));
    Ok(Exit::Done)
}

/// Writes the rows; formats besides CSV and JSON lines are made from the CSV, which waits in a temporary file.
async fn written<W: Write + Send>(store: &Store, args: &Args, out: W) -> anyhow::Result<Written> {
    if let Some(format) = Format::from_id(&args.format) {
        return write(store, args, format, out).await;
    }
    let format =
        TableFormat::from_ending(&args.format).context("use --format jsonl, csv, json, xlsx or parquet")?;
    let mut csv = tempfile::tempfile().context("make a temporary file")?;
    let copy = csv.try_clone().context("make a temporary file")?;
    let written = write(store, args, Format::Csv, BufWriter::new(copy)).await?;
    csv.rewind().context("read the temporary file")?;
    tables::convert(BufReader::new(csv), format, out).context("export")?;
    Ok(written)
}

async fn write<W: Write + Send>(
    store: &Store,
    args: &Args,
    format: Format,
    out: W,
) -> anyhow::Result<Written> {
    let written = match args.what {
        What::Judgements => {
            let run = chosen_run(store, args.run.as_deref()).await?;
            export::judgements(store, &run, Scope::All, format, out).await
        }
        What::Documents => {
            // Documents are exported before anything was coded, too.
            let run = match &args.run {
                Some(_) => Some(chosen_run(store, args.run.as_deref()).await?),
                None => chosen_run(store, None).await.ok(),
            };
            export::documents(store, run.as_ref(), Scope::All, format, out).await
        }
        What::Ledger => {
            let run = match &args.run {
                Some(name) => Some(chosen_run(store, Some(name)).await?),
                None => None,
            };
            export::ledger(store, run.as_ref(), format, out).await
        }
    };
    written.context("export")
}

/// The run named, or the newest finished run of the built-in codebook.
pub(crate) async fn chosen_run(store: &Store, name: Option<&str>) -> anyhow::Result<Run> {
    let built_in = lacuna_pipeline::codebooks::ai_governance().context("read the built-in codebook")?;
    export::choose_run(store, name, &built_in.id).await.context("choose the run")
}
