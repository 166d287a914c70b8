//! `lacuna backup FILE` and `lacuna restore FILE`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::sha256_hex;
use lacuna_store::{Location, Store};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna backup`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna backup backups/2026-11-27.db

The store may be served and written to meanwhile; the copy is as of one moment. A PostgreSQL store is backed up\nwith its own tools, equally while it is written to: pg_dump --format=custom --file=FILE URL, and pg_restore.")]
pub struct BackupArgs {
    /// File to write; it must not exist
    file: PathBuf,
}

/// Options of `lacuna restore`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna restore backups/2026-11-27.db --data lacuna-data")]
pub struct RestoreArgs {
    /// A file that `lacuna backup` wrote
    file: PathBuf,
    /// Put it in the place of a store that is there; that one is kept beside it as lacuna.db.before
    #[arg(long)]
    replace: bool,
}

#[derive(Serialize)]
struct Done {
    file: String,
    bytes: usize,
    sha256: String,
    documents: usize,
}

pub(crate) async fn backup(args: BackupArgs, context: &Context) -> anyhow::Result<Exit> {
    if args.file.exists() {
        bail!("{} exists; name a new file", args.file.display());
    }
    if let Some(folder) = args.file.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    let store = context.store().await.context("open the store")?;
    store.backup(&args.file).await.context("back the store up")?;
    report(&args.file, store.documents().await?.len(), context)
}

pub(crate) async fn restore(args: RestoreArgs, context: &Context) -> anyhow::Result<Exit> {
    let Location::Folder(folder) = &context.location else {
        bail!("restore brings back a folder store; a PostgreSQL store is restored with pg_restore");
    };
    let target = folder.join("lacuna.db");
    if target.exists() && !args.replace {
        bail!("{} exists; give --replace, or another folder with --data", target.display());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    // Looked through in a folder of its own first: a damaged backup must not take the place of a store.
    let trial = tempfile::tempdir_in(folder).context("make a folder to look at the backup in")?;
    let copy = trial.path().join("lacuna.db");
    std::fs::copy(&args.file, &copy).with_context(|| format!("read {}", args.file.display()))?;
    let location = Location::Folder(trial.path().to_owned());
    let store = Store::open(&location, context.clock).await.context("open the backup")?;
    let documents = store.documents().await.context("read the backup")?.len();
    store.close().await;
    if target.exists() {
        let kept = folder.join("lacuna.db.before");
        std::fs::rename(&target, &kept).with_context(|| format!("keep {}", kept.display()))?;
    }
    for log in ["lacuna.db-wal", "lacuna.db-shm"] {
        let log = folder.join(log);
        if log.exists() {
            std::fs::remove_file(&log).with_context(|| format!("remove {}", log.display()))?;
        }
    }
    // What was counted of the other store may have the same revision.
    let derived = folder.join("index");
    if derived.exists() {
        std::fs::remove_dir_all(&derived).with_context(|| format!("remove {}", derived.display()))?;
    }
    std::fs::rename(&copy, &target).with_context(|| format!("write {}", target.display()))?;
    report(&target, documents, context)
}

fn report(file: &std::path::Path, documents: usize, context: &Context) -> anyhow::Result<Exit> {
    let bytes = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
    let done =
        Done { file: file.display().to_string(), bytes: bytes.len(), sha256: sha256_hex(&bytes), documents };
    if context.json {
        output::json(&done)?;
    } else {
        output::text(&format!("{}: {documents} documents, sha256 {}", done.file, done.sha256))?;
    }
    Ok(Exit::Done)
}
