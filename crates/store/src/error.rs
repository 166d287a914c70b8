//! What can go wrong with a store, and what to do next.

use std::path::PathBuf;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made or entered.
    #[error("cannot use {} as the data folder: {reason}; name another with --data", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file of a backup cannot be written.
    #[error("cannot write {}: {reason}; name another file", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A backup was to be brought back to where something is.
    #[error("{place} holds a store; back that up and give --replace to put the other in its place")]
    Occupied {
        /// Where.
        place: String,
    },
    /// Nothing is stored there yet, and the store was opened for reading only.
    #[error("{place} holds no store yet; fill one with `lacuna ingest` or `lacuna demo`")]
    Missing {
        /// Where.
        place: String,
    },
    /// Writing is not permitted.
    #[error(
        "{place} cannot be written to; give the user write permission or name another folder with --data"
    )]
    ReadOnly {
        /// Where.
        place: String,
    },
    /// No room, or a file-size limit.
    #[error(
        "no room left to write to {place}; free some space or raise the file-size limit and run the command again: \
         what was committed is kept"
    )]
    DiskFull {
        /// Where.
        place: String,
    },
    /// Another process holds the store; statements wait 30 seconds for it first, setting the store aside hardly at all.
    #[error(
        "{place} is busy with another process; wait for it to finish or stop it, then run the command again"
    )]
    Locked {
        /// Where.
        place: String,
    },
    /// The queue on PostgreSQL failed.
    #[error("the queue of texts failed: {reason}; run the command again, it goes on where it stopped")]
    Queue {
        /// What it says.
        reason: String,
    },
    /// Written by a newer Lacuna.
    #[error("{place} was written by a newer lacuna (layout {found}, this one knows {known}); update lacuna")]
    Newer {
        /// Where.
        place: String,
        /// Layout number found.
        found: i64,
        /// Highest layout number known.
        known: i64,
    },
    /// Written by an older Lacuna, and the store was opened for reading only.
    #[error(
        "{place} was written by an older lacuna (layout {found}, this one needs {known}); run `lacuna doctor` once \
         with write permission to bring it up to date"
    )]
    Older {
        /// Where.
        place: String,
        /// Layout number found.
        found: i64,
        /// Layout number needed.
        known: i64,
    },
    /// Not a database, or a damaged one.
    #[error(
        "{place} is not a readable database ({reason}); restore it from a backup or name another folder with --data"
    )]
    Damaged {
        /// Where.
        place: String,
        /// What the database says.
        reason: String,
    },
    /// The database address cannot be understood.
    #[error("the database address cannot be used: {reason}; write it as postgres://user@host:5432/name")]
    BadUrl {
        /// Why.
        reason: String,
    },
    /// The database server does not answer or refuses.
    #[error(
        "cannot reach the database at {place}: {reason}; check that it runs, the address, the user and the password"
    )]
    Unreachable {
        /// The address without the password.
        place: String,
        /// What the driver says.
        reason: String,
    },
    /// A row does not hold what it should.
    #[error("{what} in {place} cannot be read: {reason}; run `lacuna doctor`")]
    Unreadable {
        /// Where.
        place: String,
        /// Which row or column.
        what: String,
        /// Why.
        reason: String,
    },
    /// A run, document or text that is not in the store was written to.
    #[error("{place} refuses the row because what it refers to is not stored: {reason}")]
    Dangling {
        /// Where.
        place: String,
        /// What the database says.
        reason: String,
    },
    /// Anything else the database says.
    #[error("the database at {place} says: {reason}; run `lacuna doctor`")]
    Database {
        /// Where.
        place: String,
        /// What the driver says.
        reason: String,
    },
}
