//! Connections to SQLite that read, a few for a process. sqlx's own pool asks a connection whether it is still alive before
//! and after every statement, which costs more than a small statement does; a connection to a file of this machine does
//! not break while it rests, and one whose statement failed is not used again.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteRow,
};
use tokio::sync::Semaphore;

/// A statement with its arguments.
pub(crate) type Query = sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>;

/// How many statements read at once.
const READERS: u32 = 4;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Readers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: SqliteConnectOptions,
    turns: Semaphore,
    resting: Mutex<Vec<SqliteConnection>>,
    /// For transactions, which are few and long.
    pool: SqlitePool,
}

impl Readers {
    /// Connects when something is asked.
    pub(crate) fn new(options: SqliteConnectOptions) -> Self {
        let (turns, resting) = (Semaphore::new(READERS as usize), Mutex::default());
        let pool = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(options.clone());
        Self(Arc::new(Inner { options, turns, resting, pool }))
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, sqlx::Error> {
        self.0.pool.begin().await
    }

    /// The rows of an answer.
    pub(crate) async fn fetch_all(&self, query: Query) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let _turn = self.0.turns.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let rested = self.resting().pop();
        let mut connection = match rested {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        let rows = query.fetch_all(&mut connection).await?;
        self.resting().push(connection);
        Ok(rows)
    }

    /// Waits for the statements at work and closes every connection; what is asked after that fails.
    pub(crate) async fn close(&self) {
        let all = self.0.turns.acquire_many(READERS).await;
        self.0.turns.close();
        drop(all);
        self.0.pool.close().await;
        let resting = std::mem::take(&mut *self.resting());
        for connection in resting {
            // What cannot be closed is dropped, as by the end of the process.
            let _ = connection.close().await;
        }
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.0.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failed_statement_takes_its_connection_with_it_and_no_turn() {
        let folder = tempfile::tempdir().unwrap();
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("a.db")).create_if_missing(true);
        let readers = Readers::new(options);
        for _ in 0..3 * READERS {
            assert!(readers.fetch_all(sqlx::query("SELECT nothing")).await.is_err());
        }
        assert!(readers.resting().is_empty());
        for _ in 0..3 * READERS {
            assert_eq!(readers.fetch_all(sqlx::query("SELECT 1")).await.unwrap().len(), 1);
        }
        assert_eq!(readers.resting().len(), 1, "one after the other, they use one connection");
        readers.close().await;
        assert!(readers.fetch_all(sqlx::query("SELECT 1")).await.is_err(), "closed");
    }
}
