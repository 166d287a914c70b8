//! Opens the database at a [`Location`].

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, PgConnection};

use crate::db::{Db, Pools};
use crate::error::StoreError;
use crate::fault;
use crate::location::Location;
use crate::readers::Readers;

/// How long a statement waits for another process to finish writing.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long putting a log away waits: a process that has the store open mostly keeps it open, so waiting changes little.
const SETTLING: Duration = Duration::from_secs(1);
/// Connections to PostgreSQL.
const CONNECTIONS: u32 = 4;
/// SQLite's page cache for the writing connection, in kibibytes as SQLite wants them written; readers keep the default of
/// 2 MB each, so that a server stays small.
const WRITER_CACHE: &str = "-8192";

pub(crate) async fn writable(location: &Location) -> Result<Db, StoreError> {
    let place: Arc<str> = Arc::from(location.to_string());
    let pools = match location {
        Location::Folder(folder) => {
            make_folder(folder)?;
            sqlite(sqlite_options(&folder.join("lacuna.db")), &place).await?
        }
        Location::Postgres(url) => postgres(url, &place).await?,
    };
    Ok(Db { pools, place })
}

pub(crate) async fn read_only(location: &Location) -> Result<Db, StoreError> {
    let place: Arc<str> = Arc::from(location.to_string());
    let pools = match location {
        Location::Folder(folder) => {
            let file = folder.join("lacuna.db");
            if !file.is_file() {
                return Err(StoreError::Missing { place: place.to_string() });
            }
            sqlite_read_only(&file, &place).await?
        }
        Location::Postgres(url) => postgres(url, &place).await?,
    };
    Ok(Db { pools, place })
}

/// A new SQLite file that nobody else knows of yet; it is thrown away when filling it fails, so nothing needs undoing.
pub(crate) async fn fresh_file(file: &Path) -> Result<Db, StoreError> {
    let place: Arc<str> = Arc::from(file.display().to_string());
    let options = sqlite_options(file)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(true);
    let pools = sqlite(options, &place).await?;
    Ok(Db { pools, place })
}

/// An SQLite file that nobody writes to, wherever it lies.
pub(crate) async fn existing_file(file: &Path) -> Result<Db, StoreError> {
    let place: Arc<str> = Arc::from(file.display().to_string());
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let pools = sqlite(options, &place).await?;
    Ok(Db { pools, place })
}

/// Puts what is in the log of an SQLite file into the file and leaves the mode that has a log. Whoever has the file open,
/// and be it at rest, holds a lock that forbids it.
pub(crate) async fn fold_log(file: &Path) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| fault::of(&error, &file.display().to_string());
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(SETTLING);
    let options = options.journal_mode(SqliteJournalMode::Delete);
    SqliteConnection::connect_with(&options).await.map_err(failed)?.close().await.map_err(failed)
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| StoreError::Folder { path: folder.to_owned(), reason: error.to_string() })
}

/// WAL with `synchronous = NORMAL`: a killed process loses no commit, because commits are in the operating system's
/// hands; after a power cut the last commits may be missing, never half of one, and the next run makes them again.
fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .busy_timeout(PATIENCE)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
}

async fn sqlite(options: SqliteConnectOptions, place: &Arc<str>) -> Result<Pools, StoreError> {
    let failed = |error: sqlx::Error| fault::of(&error, place);
    // A file does not hang up, so no connection is tried before it is used: that would be one more trip to its thread.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("cache_size", WRITER_CACHE))
        .await
        .map_err(failed)?;
    let readers = Readers::new(options);
    Ok(Pools::Sqlite { readers, writer })
}

/// A reader of a WAL database keeps a small file beside it; where the folder forbids that and nobody writes, the
/// file is read as one that does not change.
async fn sqlite_read_only(file: &Path, place: &Arc<str>) -> Result<Pools, StoreError> {
    let plain = SqliteConnectOptions::new().filename(file).read_only(true).busy_timeout(PATIENCE);
    let frozen = plain.clone().immutable(true);
    let log = file.with_file_name("lacuna.db-wal");
    let options = match can_read(&plain).await {
        Err(_) if !log.exists() => frozen,
        Err(error) => return Err(fault::of(&error, place)),
        Ok(()) => plain,
    };
    sqlite(options, place).await
}

async fn can_read(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut connection).await?;
    connection.close().await
}

async fn postgres(url: &str, place: &Arc<str>) -> Result<Pools, StoreError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(StoreError::BadUrl { reason: "it does not begin with postgres://".to_owned() });
    }
    let failed = |error: sqlx::Error| fault::of(&error, place);
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::BadUrl { reason: error.to_string() })?
        .application_name("lacuna");
    // A pool keeps knocking at a closed door until it times out; one plain connection tells at once.
    PgConnection::connect_with(&options).await.map_err(failed)?.close().await.map_err(failed)?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(failed)?;
    Ok(Pools::Postgres(pool))
}
