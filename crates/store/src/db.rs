//! The two drivers behind one face; the only file that names both. Statements use `$1` placeholders on either.

use std::sync::Arc;

use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Database, Decode, Encode, Postgres, SqlSafeStr, Sqlite, Transaction, Type};
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

use crate::error::StoreError;
use crate::fault;
use crate::readers::Readers;
use crate::value::{ROWS, Row, Statement, Value};

/// An open database.
#[derive(Clone, Debug)]
pub(crate) struct Db {
    pub(crate) pools: Pools,
    /// How messages name the database.
    pub(crate) place: Arc<str>,
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    /// One writer, so that the writes of one process queue here rather than on the file lock.
    Sqlite {
        readers: Readers,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// An open write transaction; dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub(crate) struct Tx {
    inner: Inner,
    place: Arc<str>,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Whether this is a PostgreSQL database.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    pub(crate) async fn fetch(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let found = readers.fetch_all(bind::<Sqlite>(sql, args)).await;
                self.checked(found)?.iter().map(|row| sqlite_row(row, &self.place)).collect()
            }
            Pools::Postgres(pool) => {
                let found = bind::<Postgres>(sql, args).fetch_all(pool).await;
                self.checked(found)?.iter().map(|row| postgres_row(row, &self.place)).collect()
            }
        }
    }

    pub(crate) async fn fetch_optional(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    /// Begins a transaction that is the only writing one, over all processes, until it ends.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Inner::Sqlite(self.checked(writer.begin_with("BEGIN IMMEDIATE").await)?)
            }
            Pools::Postgres(pool) => {
                let mut tx = self.checked(pool.begin().await)?;
                let lock = "SELECT pg_advisory_xact_lock(hashtext('lacuna.' || current_schema()))";
                self.checked(sqlx::query(lock).execute(&mut *tx).await)?;
                Inner::Postgres(tx)
            }
        };
        Ok(Tx { inner, place: Arc::clone(&self.place) })
    }

    /// Runs statements as one transaction. SQLite gets them in one piece: a trip to its thread and back costs more than most
    /// statements do.
    pub(crate) async fn together(&self, statements: Vec<Statement>) -> Result<(), StoreError> {
        let Pools::Sqlite { writer, .. } = &self.pools else {
            let mut tx = self.begin().await?;
            for statement in statements {
                tx.run(statement).await?;
            }
            return tx.commit().await;
        };
        let mut sql = "BEGIN IMMEDIATE; ".to_owned();
        let mut args = Vec::new();
        for statement in statements {
            statement.shifted_into(&mut sql, args.len());
            sql.push_str("; ");
            args.extend(statement.args);
        }
        sql.push_str("COMMIT");
        let writer = writer.clone();
        // A task of its own, because a caller that goes away must not leave the transaction open.
        let done = tokio::spawn(async move {
            let mut connection = writer.acquire().await?;
            let done = bind::<Sqlite>(AssertSqlSafe(sql), args).execute(&mut *connection).await;
            if done.is_err() {
                // There is nothing to roll back where it did not begin.
                let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
            }
            done
        });
        let done = done.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed));
        self.checked(done).map(|_| ())
    }

    /// Begins a transaction that reads everything as of one moment while others write.
    pub(crate) async fn begin_snapshot(&self) -> Result<Tx, StoreError> {
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(self.checked(readers.begin().await)?),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Inner::Postgres(self.checked(pool.begin_with(begin).await)?)
            }
        };
        Ok(Tx { inner, place: Arc::clone(&self.place) })
    }

    /// Writes a consistent and compact copy of a SQLite database to a new file.
    pub(crate) async fn vacuum_into(&self, file: &std::path::Path) -> Result<(), StoreError> {
        let Pools::Sqlite { readers, .. } = &self.pools else { return Ok(()) };
        let file = file.to_string_lossy().into_owned();
        let done = readers.fetch_all(sqlx::query("VACUUM INTO $1").bind(file)).await;
        self.checked(done).map(|_| ())
    }

    /// Closes every connection; SQLite then folds its log into the database file.
    pub(crate) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    fn checked<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| fault::of(&error, &self.place))
    }
}

impl Tx {
    /// Runs a statement and answers how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        self.run(Statement::new(sql, args)).await
    }

    /// Writes rows, in order: `head` names table and columns, `tail` ends each statement.
    pub(crate) async fn insert(
        &mut self,
        head: &str,
        mut rows: Vec<Vec<Value>>,
        tail: &str,
    ) -> Result<(), StoreError> {
        while !rows.is_empty() {
            let later = rows.split_off(rows.len().min(ROWS));
            self.run(Statement::of_rows(head, rows, tail)).await?;
            rows = later;
        }
        Ok(())
    }

    /// As [`Tx::execute`], for a statement that is at hand.
    pub(crate) async fn run(&mut self, Statement { sql, args }: Statement) -> Result<u64, StoreError> {
        let sql = AssertSqlSafe(sql);
        let changed = match &mut self.inner {
            Inner::Sqlite(tx) => {
                bind::<Sqlite>(sql, args).execute(&mut **tx).await.map(|r| r.rows_affected())
            }
            Inner::Postgres(tx) => {
                bind::<Postgres>(sql, args).execute(&mut **tx).await.map(|r| r.rows_affected())
            }
        };
        changed.map_err(|error| fault::of(&error, &self.place))
    }

    pub(crate) async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    pub(crate) async fn fetch(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.rows(Statement::new(sql, args)).await
    }

    /// The rows that a statement answers.
    pub(crate) async fn rows(&mut self, Statement { sql, args }: Statement) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql);
        let failed = |error: sqlx::Error| fault::of(&error, &self.place);
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let rows = bind::<Sqlite>(sql, args).fetch_all(&mut **tx).await.map_err(failed)?;
                rows.iter().map(|row| sqlite_row(row, &self.place)).collect()
            }
            Inner::Postgres(tx) => {
                let rows = bind::<Postgres>(sql, args).fetch_all(&mut **tx).await.map_err(failed)?;
                rows.iter().map(|row| postgres_row(row, &self.place)).collect()
            }
        }
    }

    /// Runs the statements of one migration, whose type words in braces become those of this database.
    pub(crate) async fn migrate(&mut self, script: &str) -> Result<(), StoreError> {
        let done = match &mut self.inner {
            Inner::Sqlite(tx) => {
                let script = script
                    .replace("{text}", "TEXT")
                    .replace("{blob}", "BLOB")
                    .replace("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT");
                sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut **tx).await.map(|_| ())
            }
            Inner::Postgres(tx) => {
                let script = script
                    .replace("{text}", "TEXT COLLATE \"C\"")
                    .replace("{blob}", "BYTEA")
                    .replace("{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
                sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut **tx).await.map(|_| ())
            }
        };
        done.map_err(|error| fault::of(&error, &self.place))
    }

    /// Where the store is, for errors.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Whether this is a transaction of PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// Counts this commit as one that changes what pages show.
    pub(crate) async fn touch(&mut self) -> Result<(), StoreError> {
        self.execute("UPDATE revision SET value = value + 1 WHERE id = 1", vec![]).await.map(|_| ())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let done = match self.inner {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => tx.commit().await,
        };
        done.map_err(|error| fault::of(&error, &self.place))
    }
}

fn bind<DB>(sql: impl SqlSafeStr, args: Vec<Value>) -> sqlx::query::Query<'static, DB, DB::Arguments>
where
    DB: Database,
    Option<String>: Encode<'static, DB> + Type<DB>,
    String: Encode<'static, DB> + Type<DB>,
    Vec<u8>: Encode<'static, DB> + Type<DB>,
    i64: Encode<'static, DB> + Type<DB>,
    f64: Encode<'static, DB> + Type<DB>,
{
    args.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Null => query.bind(None::<String>),
        Value::Int(value) => query.bind(value),
        Value::Real(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    })
}

fn sqlite_row(row: &SqliteRow, place: &Arc<str>) -> Result<Row, StoreError> {
    read_row::<Sqlite>(row, place)
}

fn postgres_row(row: &PgRow, place: &Arc<str>) -> Result<Row, StoreError> {
    read_row::<Postgres>(row, place)
}

fn read_row<DB>(row: &DB::Row, place: &Arc<str>) -> Result<Row, StoreError>
where
    DB: Database,
    usize: sqlx::ColumnIndex<DB::Row>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    for<'r> Vec<u8>: Decode<'r, DB> + Type<DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    for<'r> i32: Decode<'r, DB> + Type<DB>,
    for<'r> f64: Decode<'r, DB> + Type<DB>,
    for<'r> bool: Decode<'r, DB> + Type<DB>,
{
    let failed = |error: sqlx::Error| fault::of(&error, place);
    let mut values = Vec::with_capacity(row.columns().len());
    for column in row.columns().iter().map(sqlx::Column::ordinal) {
        let raw = row.try_get_raw(column).map_err(failed)?;
        let kind = raw.type_info();
        let value = match kind.name() {
            _ if raw.is_null() => Value::Null,
            "INTEGER" | "INT8" => Value::Int(row.try_get_unchecked(column).map_err(failed)?),
            "INT4" => Value::Int(i64::from(row.try_get_unchecked::<i32, _>(column).map_err(failed)?)),
            "BOOL" | "BOOLEAN" => {
                Value::Int(i64::from(row.try_get_unchecked::<bool, _>(column).map_err(failed)?))
            }
            "REAL" | "FLOAT8" => Value::Real(row.try_get_unchecked(column).map_err(failed)?),
            "BLOB" | "BYTEA" => Value::Bytes(row.try_get_unchecked(column).map_err(failed)?),
            _ => Value::Text(row.try_get_unchecked(column).map_err(failed)?),
        };
        values.push(value);
    }
    Ok(Row { values, place: Arc::clone(place) })
}
