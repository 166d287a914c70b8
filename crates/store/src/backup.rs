//! Backups, taken while the store is written to: one SQLite file from a store of either kind, brought back into either.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::db::Db;
use crate::error::StoreError;
use crate::migrate::{LAYOUT, migrate_to};
use crate::store::Store;
use crate::value::args;
use crate::{open, portable};

impl Store {
    /// Writes a whole copy of the store, as of one moment, to `file`, which must not exist; others may read and write
    /// meanwhile. The copy is the database of a folder store, whatever kind this one is. Answers how many documents it
    /// holds.
    ///
    /// # Errors
    /// [`StoreError::File`] when the file is there or cannot be written; what a killed backup leaves is `FILE.part`.
    pub async fn backup(&self, file: &Path) -> Result<i64, StoreError> {
        let failed = |error: std::io::Error| cannot(file, &error.to_string());
        if file.exists() {
            return Err(cannot(file, "it is there already"));
        }
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        if part.exists() {
            std::fs::remove_file(&part).map_err(failed)?;
        }
        if self.db.is_postgres() {
            self.carry_into(&part).await?;
        } else {
            self.db.vacuum_into(&part).await?;
        }
        let copy = open::existing_file(&part).await?;
        let documents = documents_in(&copy).await?;
        copy.close().await;
        File::open(&part).and_then(|written| written.sync_all()).map_err(failed)?;
        std::fs::rename(&part, file).map_err(failed)?;
        Ok(documents)
    }

    /// How many documents there are.
    pub async fn document_count(&self) -> Result<i64, StoreError> {
        documents_in(&self.db).await
    }

    /// Writes every row of a PostgreSQL store, as one transaction sees it, into a new SQLite file.
    async fn carry_into(&self, file: &Path) -> Result<(), StoreError> {
        let copy = open::fresh_file(file).await?;
        migrate_to(&copy, LAYOUT).await?;
        let mut to = copy.begin().await?;
        let mut from = self.db.begin_snapshot().await?;
        let tables = portable::tables(&mut to).await?;
        portable::clear(&mut to, &tables).await?;
        portable::carry(&mut from, &mut to, &tables).await?;
        from.commit().await?;
        to.commit().await?;
        copy.close().await;
        Ok(())
    }

    /// Puts everything that the folder store `backup` holds into this PostgreSQL store, in one transaction. What was
    /// here goes when `replace` says so.
    ///
    /// # Errors
    /// [`StoreError::Occupied`] when something is here and is not to be replaced.
    pub async fn fill_from(&self, backup: &Self, replace: bool) -> Result<(), StoreError> {
        let mut from = backup.db.begin_snapshot().await?;
        let mut to = self.db.begin().await?;
        let tables = portable::tables(&mut from).await?;
        if !replace && !portable::is_empty(&mut to, &tables).await? {
            return Err(StoreError::Occupied { place: self.db.place.to_string() });
        }
        let sql = "SELECT value FROM revision WHERE id = 1";
        let before = to.fetch_optional(sql, vec![]).await?.map_or(Ok(0), |row| row.int(0))?;
        portable::clear(&mut to, &tables).await?;
        portable::carry(&mut from, &mut to, &tables).await?;
        // A server that counted what was here before must see that it is no longer so.
        let sql = "UPDATE revision SET value = value + $1 WHERE id = 1";
        to.execute(sql, args![before.saturating_add(1)]).await?;
        to.commit().await
    }

    /// Makes the database of a folder store one file that can be moved: what a killed process left in the log beside it is
    /// put into it.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while any process has the store open, such as a server that nobody asks anything;
    /// [`StoreError::Damaged`] when the file is no readable database.
    pub async fn settle(file: &Path) -> Result<(), StoreError> {
        open::fold_log(file).await
    }

    /// Reads a folder store through, page by page of its file.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the first fault.
    pub async fn look_through(&self) -> Result<(), StoreError> {
        if self.db.is_postgres() {
            return Ok(());
        }
        let found = self.db.fetch("PRAGMA integrity_check(1)", vec![]).await?;
        let said = found.first().map_or(Ok("nothing"), |row| row.text(0))?;
        if said == "ok" {
            return Ok(());
        }
        Err(StoreError::Damaged { place: self.db.place.to_string(), reason: said.to_owned() })
    }
}

async fn documents_in(db: &Db) -> Result<i64, StoreError> {
    let row = db.fetch_optional("SELECT count(*) FROM documents", vec![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn cannot(file: &Path, reason: &str) -> StoreError {
    StoreError::File { path: file.to_owned(), reason: reason.to_owned() }
}
