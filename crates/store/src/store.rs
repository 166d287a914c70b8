//! The store itself; its methods are grouped by noun in the files beside this one.

use jiff::Timestamp;
use jiff::civil::Date;
use lacuna_domain::Clock;

use crate::db::Db;
use crate::error::StoreError;
use crate::location::Location;
use crate::value::{LIST, Row, Value, list};
use crate::{migrate, open};

/// An open store. Cheap to clone; safe to use from any number of tasks and processes at once.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    location: Location,
    /// The moment after which nothing is read of what is only ever added; `None` for all there is.
    until: Option<Timestamp>,
    /// The moment by which it is told who codes blind; `None` for the present one.
    blind_at: Option<Timestamp>,
}

impl Store {
    /// Opens the store at `location`, makes it when there is none, and brings its layout up to date.
    pub async fn open(location: &Location, clock: Clock) -> Result<Self, StoreError> {
        let db = open::writable(location).await?;
        migrate::migrate(&db).await?;
        Ok(Self { db, clock, location: location.clone(), until: None, blind_at: None })
    }

    /// Opens an existing store of the present layout without ever writing to it.
    pub async fn open_read_only(location: &Location, clock: Clock) -> Result<Self, StoreError> {
        let db = open::read_only(location).await?;
        migrate::check(&db).await?;
        Ok(Self { db, clock, location: location.clone(), until: None, blind_at: None })
    }

    /// The same store as it was at a moment. Of what is added and never changed, nothing that came later is read: runs,
    /// outcomes, codebooks, decisions, samples, agreements and what training found of weights. Documents, relations and what is
    /// counted of them are as they are now; an [`Inventory`](crate::Inventory) keeps what they were. What nobody may read while
    /// somebody codes a document blind stays hidden as long as that goes on now; see [`Store::blind_as_of`].
    #[must_use]
    pub fn as_of(&self, at: Timestamp) -> Self {
        Self { until: Some(at), ..self.clone() }
    }

    /// The same store for what is published for good: who codes blind is told as of a moment and not of the present, so that
    /// whoever is assigned later changes nothing. Not for pages that a blind coder can read meanwhile.
    #[must_use]
    pub fn blind_as_of(&self, at: Timestamp) -> Self {
        Self { blind_at: Some(at), ..self.clone() }
    }

    /// The last moment of which anything is read.
    pub(crate) fn until(&self) -> Timestamp {
        self.until.unwrap_or(Timestamp::MAX)
    }

    /// The last day of which anything is read, UTC: that of [`Store::as_of`], else today.
    pub fn day(&self) -> Date {
        let at = self.until.unwrap_or_else(|| self.clock.now());
        jiff::tz::Offset::UTC.to_datetime(at).date()
    }

    /// The last moment of whose open blind assignments anything is hidden.
    pub(crate) fn blind_at(&self) -> Timestamp {
        self.blind_at.unwrap_or(Timestamp::MAX)
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

    /// The rows that a statement with a list in its first places finds among some values, a list of them at a time; what
    /// stands in the places after the list is `more`.
    pub(crate) async fn rows_among<'v, V: Sync>(
        &self,
        sql: &'static str,
        among: &'v [V],
        more: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError>
    where
        Value: From<&'v V>,
    {
        let mut found = Vec::with_capacity(among.len());
        for some in among.chunks(LIST) {
            let mut values = list(some.iter().map(Value::from));
            values.extend(more.iter().cloned());
            found.extend(self.db.fetch(sql, values).await?);
        }
        Ok(found)
    }

    /// Closes the connections; a folder store is then one file again.
    pub async fn close(self) {
        self.db.close().await;
    }
}
