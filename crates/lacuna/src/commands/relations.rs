//! `lacuna relations find|export|import`.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args as ClapArgs, Subcommand};
use lacuna_pipeline::analyze::relations::{self, RelationSummary};
use lacuna_store::Store;
use serde::Serialize;

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
Imported rows stay when relations are found anew.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Look for relations and dates in all texts and catalogue data; `ingest` does it by itself
    Find,
    /// Write all relations as CSV
    Export {
        /// File to write instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Bring in relations and corrections from a CSV file
    Import {
        /// The file
        file: PathBuf,
    },
}

#[derive(Serialize)]
struct Imported {
    imported: usize,
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
        Action::Export { out } => {
            let all = store.relations().await.context("read the relations")?;
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
            let read = relations::read_relations(open).with_context(|| format!("read {}", file.display()))?;
            let known = store.documents().await.context("read the documents")?;
            for relation in &read {
                let missing = |id: &&lacuna_domain::DocumentId| !known.iter().any(|d| &d.id == *id);
                if let Some(id) = std::iter::once(&relation.from).chain(&relation.to).find(missing) {
                    bail!(
                        "there is no document {id} in this store; ingest it, or name it in cited instead of to"
                    );
                }
            }
            let imported = store.put_imported_relations(&read).await.context("store the relations")?;
            if context.json {
                output::json(&Imported { imported })?;
            } else {
                output::text(&format!("{imported} relations brought in"))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Looks for relations anew.
pub(crate) async fn find(store: &Store, context: &Context) -> anyhow::Result<RelationSummary> {
    relations::find(store, &*context.progress).await.context("find relations")
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
