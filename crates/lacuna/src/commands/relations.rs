//! `lacuna relations find|export|import`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args as ClapArgs, Subcommand};
use lacuna_domain::{DocumentId, Relation};
use lacuna_pipeline::analyze::relations::{self, RelationImport, RelationSummary};
use lacuna_store::Store;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna relations`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna relations find
  lacuna relations export --out relations.csv
  lacuna relations import corrected.csv

In an import, a row needs from, kind and one of to and cited; holds = no hides a relation that was found wrongly.
Imported rows stay when relations are found anew. Rows of an export that were not changed are left out; to say that a
relation is right as it was found, or is another one than was found, write imported in source.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Look for relations and dates in all texts and catalogue data; `ingest` does it by itself
    Find,
    /// Write all relations between public documents as CSV
    Export {
        /// File to write instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Those of private documents too
        #[arg(long)]
        with_private: bool,
    },
    /// Bring in relations and corrections from a CSV file
    Import {
        /// The file
        file: PathBuf,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    match args.action {
        Action::Find => {
            let summary = find(&store, context).await?;
            if context.json {
                output::json(&summary)?;
            } else {
                output::text(&words(&summary))?;
            }
        }
        Action::Export { out, with_private } => {
            let all = store.relations().await.context("read the relations")?;
            let all = if with_private { all } else { public(&store, all, context).await? };
            match out {
                None => relations::write_relations(&all, io::stdout().lock())?,
                Some(path) => {
                    let file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
                    relations::write_relations(&all, file)?;
                }
            }
        }
        Action::Import { file } => {
            let open = File::open(&file).with_context(|| format!("read {}", file.display()))?;
            let done = relations::import(&store, open).await;
            let done = done.with_context(|| format!("bring in {}", file.display()))?;
            if context.json {
                output::json(&done)?;
            } else {
                output::text(&brought(&done))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// The relations that name no private document; how many others there are is noted.
async fn public(store: &Store, all: Vec<Relation>, context: &Context) -> anyhow::Result<Vec<Relation>> {
    let documents = store.documents().await.context("read the documents")?;
    let shown: BTreeSet<DocumentId> = documents
        .into_iter()
        .filter(|document| !document.metadata.private)
        .map(|document| document.id)
        .collect();
    let (public, hidden): (Vec<_>, Vec<_>) = all.into_iter().partition(|relation| relation.is_among(&shown));
    if !hidden.is_empty() {
        let many = hidden.len();
        context.progress.note(&format!(
            "{many} relations of private documents are left out; --with-private writes them too"
        ));
    }
    Ok(public)
}

/// Looks for relations anew.
pub(crate) async fn find(store: &Store, context: &Context) -> anyhow::Result<RelationSummary> {
    relations::find(store, &*context.progress).await.context("find relations")
}

/// What an import did, in words.
fn brought(done: &RelationImport) -> String {
    let mut words = format!("{} relations brought in, {} unchanged", done.imported, done.unchanged);
    if done.gone > 0 {
        words.push_str(&format!(
            "; {} left out that are not among those found (changed, or found no longer): to bring them in, write imported in \
             source",
            done.gone
        ));
    }
    words
}

fn words(summary: &RelationSummary) -> String {
    let mut lines: Vec<String> = summary
        .found
        .iter()
        .map(|(kind, found)| {
            let joined = summary.joined.get(kind).copied().unwrap_or_default();
            format!("{kind:<15} {found:>6} found, {joined:>6} between documents of this store")
        })
        .collect();
    lines.push(format!("{} texts state a date of theirs", summary.dated_texts));
    lines.join("\n")
}
