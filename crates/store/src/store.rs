//! The store itself; its methods are grouped by noun in the files beside this one.

use jiff::Timestamp;
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
    /// The moment after which nothing is read of what is only ever added; `None` for all there is.
    until: Option<Timestamp>,
}

impl Store {
    /// Opens the store at `location`, makes it when there is none, and brings its layout up to date.
    pub async fn open(location: &Location, clock: Clock) -> Result<Self, StoreError> {
        let db = open::writable(location).await?;
        migrate::migrate(&db).await?;
        Ok(Self { db, clock, location: location.clone(), until: None })
    }

    /// Opens an existing store of the present layout without ever writing to it.
    pub async fn open_read_only(location: &Location, clock: Clock) -> Result<Self, StoreError> {
        let db = open::read_only(location).await?;
        migrate::check(&db).await?;
        Ok(Self { db, clock, location: location.clone(), until: None })
    }

    /// The same store as it was at a moment. Of what is added and never changed, nothing that came later is read: runs,
    /// outcomes, codebooks, decisions, samples and agreements. Documents, relations and what is counted of them are as they are
    /// now; an [`Inventory`](crate::Inventory) keeps what they were.
    #[must_use]
    pub fn as_of(&self, at: Timestamp) -> Self {
        Self { until: Some(at), ..self.clone() }
    }

    /// The last moment of which anything is read.
    pub(crate) fn until(&self) -> Timestamp {
        self.until.unwrap_or(Timestamp::MAX)
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
