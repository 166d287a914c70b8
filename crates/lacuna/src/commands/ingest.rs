//! `lacuna ingest`: an AGORA release, files, folders or addresses into documents and versions.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_pipeline::ingest::{self, ChildProgram, OFFICIAL_RELEASE, Options, Source, Summary};

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna ingest`.
#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  lacuna ingest ~/Downloads/agora.zip
  lacuna ingest drafts/ --meta drafts.csv
  lacuna ingest 'bills/**/*.pdf' policy.html https://example.org/act.html
  lacuna ingest --agora
  lacuna ingest draft.docx --private && lacuna classify && lacuna serve --local

Running it again changes nothing that is already right: the same bytes make no second version.")]
pub struct Args {
    /// Files, folders, patterns, addresses; a release is recognised by itself
    #[arg(value_name = "SOURCE", required_unless_present = "agora")]
    sources: Vec<String>,
    /// Fetch the AGORA release from its official address, or from URL
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = OFFICIAL_RELEASE)]
    agora: Option<String>,
    /// CSV file with metadata by file name
    #[arg(long, value_name = "FILE")]
    meta: Option<PathBuf>,
    /// First part of document ids instead of `agora` or `file`
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Extract again even where the stored version has the same bytes
    #[arg(long)]
    again: bool,
    /// Fetch from private and loopback addresses too
    #[arg(long)]
    allow_private: bool,
    /// Keep the documents private: shown by `lacuna serve --local` and to people signed in as adjudicator or admin, in no
    /// list, export or release
    #[arg(long, conflicts_with = "public")]
    private: bool,
    /// Make documents public that were private
    #[arg(long)]
    public: bool,
    /// PDFium library, or the folder that holds it; the system's is tried without this
    #[arg(long, value_name = "PATH", env = "LACUNA_PDFIUM")]
    pdfium: Option<PathBuf>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let options = Options {
        source_name: args.source,
        meta: args.meta,
        again: args.again,
        allow_private: args.allow_private,
        private: (args.private || args.public).then_some(args.private),
        child: Some(this_binary()?),
        pdfium: args.pdfium,
        ..Options::default()
    };
    let sources = args.sources.iter().map(|s| Source::parse(s)).chain(args.agora.map(Source::Agora));
    let mut complete = true;
    for source in sources {
        let summary = bring_in(&source, &options, context).await?;
        complete &= summary.complete();
        if context.json {
            output::json(&summary)?;
        } else {
            output::text(&summary.to_string())?;
        }
    }
    Ok(if complete { Exit::Done } else { Exit::SomeFailed })
}

/// Reads one source into the store.
pub(crate) async fn bring_in(
    source: &Source,
    options: &Options,
    context: &Context,
) -> anyhow::Result<Summary> {
    if let Source::Path(path) = source
        && !path.exists()
    {
        bail!("there is no {}; name a file, a folder, a pattern in quotes or an address", path.display());
    }
    let store = context.store().await.context("open the store")?;
    let summary = ingest::run(&store, source, options, context.clock, &*context.progress).await;
    let summary = summary.context("ingest")?;
    super::relations::find(&store, context).await?;
    Ok(summary)
}

/// How hostile formats are parsed: by this binary, in a child process of its own.
pub(crate) fn this_binary() -> anyhow::Result<ChildProgram> {
    let program = std::env::current_exe().context("find the path of this binary")?;
    Ok(ChildProgram { program, arguments: vec!["extract-child".to_owned()] })
}
