//! `lacuna backup FILE` and `lacuna restore FILE`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::hash::hex;
use lacuna_store::{Location, Store, StoreError};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Endings of files beside a database that hold a part of it when a process was killed.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// Options of `lacuna backup`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna backup backups/2026-11-27.db
  lacuna backup backups/2026-11-27.db --database postgres://lacuna@db/map

The store may be served and written to meanwhile; the copy is as of one moment. It is one SQLite file from either
kind of store and comes back into either; FILE.sha256 beside it holds its checksum.")]
pub struct BackupArgs {
    /// File to write; it must not exist
    file: PathBuf,
}

/// Options of `lacuna restore`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna restore backups/2026-11-27.db --data lacuna-data
  lacuna restore backups/2026-11-27.db --database postgres://lacuna@db/map

The backup is checked and read through first; the store that is there stays as it is until then. A folder store that a
process has open, such as lacuna serve, is not replaced: stop that process first.")]
pub struct RestoreArgs {
    /// A file that `lacuna backup` wrote
    file: PathBuf,
    /// Put it in the place of a store that is there; a folder keeps that one as lacuna.db.before, further ones
    /// as lacuna.db.before.2 and so on
    #[arg(long)]
    replace: bool,
}

#[derive(Serialize)]
struct Done {
    file: String,
    bytes: u64,
    sha256: String,
    documents: i64,
}

pub(crate) async fn backup(args: BackupArgs, context: &Context) -> anyhow::Result<Exit> {
    let sum_file = beside(&args.file);
    for file in [&args.file, &sum_file] {
        if file.exists() {
            bail!("{} exists; name a new file", file.display());
        }
    }
    if let Some(folder) = args.file.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    let store = context.store().await.context("open the store")?;
    let documents = store.backup(&args.file).await.context("back the store up")?;
    let sum = checksum(&args.file)?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    std::fs::write(&sum_file, format!("{sum}  {name}\n"))
        .with_context(|| format!("write {}", sum_file.display()))?;
    report(&args.file.display().to_string(), (&args.file, sum), documents, context)
}

pub(crate) async fn restore(args: RestoreArgs, context: &Context) -> anyhow::Result<Exit> {
    let sum = checksum(&args.file)?;
    compare(&args.file, &sum)?;
    whole(&args.file)?;
    if let Location::Folder(folder) = &context.location {
        let target = folder.join("lacuna.db");
        if target.exists() && !args.replace {
            bail!("{} exists; give --replace, or another folder with --data", target.display());
        }
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    let trial = trial(&args.file, context).await?;
    trial.store.look_through().await.context("read the backup through")?;
    let documents = trial.store.document_count().await.context("read the backup")?;
    match &context.location {
        Location::Folder(folder) => {
            trial.store.close().await;
            made_fast(&trial.file).await?;
            put_in_place(&trial.file, folder).await?;
        }
        Location::Postgres(_) => {
            let store = context.store().await.context("open the store")?;
            store.fill_from(&trial.store, args.replace).await.context("bring the backup back")?;
        }
    }
    report(&context.location.to_string(), (&args.file, sum), documents, context)
}

/// A copy of a backup in a folder of its own: looking at it must not change it, and a damaged one must not take the
/// place of a store.
struct Trial {
    store: Store,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

async fn trial(backup: &Path, context: &Context) -> anyhow::Result<Trial> {
    let folder = match &context.location {
        // Beside the store, so that it can be moved into place.
        Location::Folder(folder) => tempfile::tempdir_in(folder),
        Location::Postgres(_) => tempfile::tempdir(),
    };
    let folder = folder.context("make a folder to look at the backup in")?;
    let file = folder.path().join("lacuna.db");
    std::fs::copy(backup, &file).with_context(|| format!("read {}", backup.display()))?;
    let location = Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, context.clock).await.context("open the backup")?;
    Ok(Trial { store, file, _folder: folder })
}

/// Sees to it that all of the copy is in its one file, and on the disk before the store that is there gives way to it.
async fn made_fast(copy: &Path) -> anyhow::Result<()> {
    Store::settle(copy).await.context("make the copy of the backup one file")?;
    let written = File::open(copy).and_then(|copy| copy.sync_all());
    written.with_context(|| format!("write {}", copy.display()))
}

/// Moves the copy, which lies in a folder of its own that is thrown away afterwards, to where the store is.
async fn put_in_place(copy: &Path, folder: &Path) -> anyhow::Result<()> {
    settled(folder).await?;
    // What was counted of the other store may have the same revision. It is moved away, since removing it takes seconds, in
    // which a server could start on the store that is about to be set aside.
    let derived = folder.join("index");
    if derived.exists() {
        std::fs::rename(&derived, copy.with_file_name("index.before"))
            .with_context(|| format!("remove {}", derived.display()))?;
    }
    set_aside(folder)?;
    let target = folder.join("lacuna.db");
    std::fs::rename(copy, &target).with_context(|| format!("write {}", target.display()))
}

/// Makes the store that is there, if any, whole in its one file. One that is no readable store stays as it is.
async fn settled(folder: &Path) -> anyhow::Result<()> {
    let store = folder.join("lacuna.db");
    if !store.exists() {
        return Ok(());
    }
    match Store::settle(&store).await {
        Ok(()) | Err(StoreError::Damaged { .. }) => Ok(()),
        // Whoever has it open would write on into the file that is kept; without room, its log would be parted from it.
        Err(error) => Err(error).context("set the store that is there aside"),
    }
}

/// Keeps the store that is there, with a log that could not be put into it, as the first `lacuna.db.before` that is free.
fn set_aside(folder: &Path) -> anyhow::Result<()> {
    let kept = free(folder);
    // The store last: as long as it is there, nobody starts an empty one beside its log.
    for end in LOGS.into_iter().chain([""]) {
        let there = folder.join(format!("lacuna.db{end}"));
        if there.exists() {
            let kept = folder.join(format!("{kept}{end}"));
            std::fs::rename(&there, &kept).with_context(|| format!("keep {}", kept.display()))?;
        }
    }
    // An index of the log, which makes itself again.
    let index = folder.join("lacuna.db-shm");
    if index.exists() {
        std::fs::remove_file(&index).with_context(|| format!("remove {}", index.display()))?;
    }
    Ok(())
}

/// The first of `lacuna.db.before`, `lacuna.db.before.2`, … of which there is neither a store nor a log.
fn free(folder: &Path) -> String {
    let mut name = "lacuna.db.before".to_owned();
    let mut number = 1_u32;
    while LOGS.into_iter().chain([""]).any(|end| folder.join(format!("{name}{end}")).exists()) {
        number += 1;
        name = format!("lacuna.db.before.{number}");
    }
    name
}

/// Refuses a database a part of which is in a log beside it: the file alone would come back without its last changes.
fn whole(file: &Path) -> anyhow::Result<()> {
    for log in LOGS.map(|end| with(file, end)) {
        if std::fs::metadata(&log).is_ok_and(|found| found.len() > 0) {
            bail!(
                "a part of {} may be in {}; copy both into a folder as lacuna.db and its log, and restore what \
                 `lacuna backup` writes of that folder",
                file.display(),
                log.display()
            );
        }
    }
    Ok(())
}

/// `FILE.sha256`.
fn beside(file: &Path) -> PathBuf {
    with(file, ".sha256")
}

/// The name of the file with something after it.
fn with(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// SHA-256 of a file of any length.
fn checksum(file: &Path) -> anyhow::Result<String> {
    let reading = || format!("read {}", file.display());
    let mut open = File::open(file).with_context(reading)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = open.read(&mut piece).with_context(reading)?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(piece.get(..read).unwrap_or_default());
    }
}

/// Refuses a file that is not the one its checksum was written of. A backup that was moved without its checksum is read
/// through like any other.
fn compare(file: &Path, sum: &str) -> anyhow::Result<()> {
    let Ok(noted) = std::fs::read_to_string(beside(file)) else { return Ok(()) };
    let noted = noted.split_whitespace().next().unwrap_or_default();
    if noted != sum {
        bail!(
            "{} is not the file that {} was written of; take another copy of the backup",
            file.display(),
            beside(file).display()
        );
    }
    Ok(())
}

fn report(
    place: &str,
    (file, sha256): (&Path, String),
    documents: i64,
    context: &Context,
) -> anyhow::Result<Exit> {
    let bytes = std::fs::metadata(file).with_context(|| format!("read {}", file.display()))?.len();
    let done = Done { file: place.to_owned(), bytes, sha256, documents };
    if context.json {
        output::json(&done)?;
    } else {
        output::text(&format!("{}: {documents} documents, sha256 {}", done.file, done.sha256))?;
    }
    Ok(Exit::Done)
}
