//! The store itself; its methods are grouped by noun in the files beside this one.

use lacuna_domain::Clock;

use crate::db::Db;
use crate::error::StoreError;
use crate::location::Location;
use crate::{migrate, open};

/// An open store. Cheap to clone; safe to use from any number of tasks and processes at once.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    location: Location,
}

impl Store {
    /// Opens the store at `location`, makes it when there is none, and brings its layout up to date.
    pub async fn open(location: &Location, clock: Clock) -> Result<Self, StoreError> {
        let db = open::writable(location).await?;
        migrate::migrate(&db).await?;
        Ok(Self { db, clock, location: location.clone() })
    }

    /// Opens an existing store of the present layout without ever writing to it.
    pub async fn open_read_only(location: &Location, clock: Clock) -> Result<Self, StoreError> {
        let db = open::read_only(location).await?;
        migrate::check(&db).await?;
        Ok(Self { db, clock, location: location.clone() })
    }

    /// Where the store lives.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Counts the commits that changed what pages show; derived state is stale when it has moved.
    pub async fn revision(&self) -> Result<i64, StoreError> {
        let row = self.db.fetch_optional("SELECT value FROM revision WHERE id = 1", vec![]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Closes the connections; a folder store is then one file again.
    pub async fn close(self) {
        self.db.close().await;
    }
}
