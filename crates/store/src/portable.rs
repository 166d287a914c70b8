//! Every table of a store carried over into a store of the other kind, row by row.
//!
//! Tables and columns are read from the layout of the SQLite side, which the same migrations make on both kinds, so a
//! table that a migration adds is carried without a word here. They are carried in the order in which migrations made
//! them: what a row refers to is there before it.

use crate::db::Tx;
use crate::error::StoreError;
use crate::value::{ROWS, Statement, Value, args};

/// A table of the layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// Its name, safe in a statement.
    pub(crate) name: String,
    columns: Vec<String>,
}

impl Table {
    fn list(&self) -> String {
        self.columns.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }
}

/// The tables of an SQLite database, oldest first.
///
/// # Errors
/// [`StoreError::Damaged`] for a table or column whose name no migration gives: a backup is a file from anywhere, and
/// its names go into statements.
pub(crate) async fn tables(sqlite: &mut Tx) -> Result<Vec<Table>, StoreError> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' \
               ORDER BY rowid";
    let mut tables = Vec::new();
    for row in sqlite.fetch(sql, vec![]).await? {
        let name = plain(sqlite, row.text(0)?)?;
        let sql = "SELECT name FROM pragma_table_info($1) ORDER BY cid";
        let columns = sqlite.fetch(sql, args![name.as_str()]).await?;
        let columns = columns.iter().map(|row| plain(sqlite, row.text(0)?)).collect::<Result<_, _>>()?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

/// A name as migrations give them: of small letters and `_`.
fn plain(tx: &Tx, name: &str) -> Result<String, StoreError> {
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return Ok(name.to_owned());
    }
    let reason = format!("no layout of lacuna has a table or column named {name:?}");
    Err(StoreError::Damaged { place: tx.place().to_owned(), reason })
}

/// Whether none of the tables has a row, but for the two that every store has rows in.
pub(crate) async fn is_empty(tx: &mut Tx, tables: &[Table]) -> Result<bool, StoreError> {
    for table in tables.iter().filter(|table| !["layout", "revision"].contains(&table.name.as_str())) {
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\" LIMIT 1) AS rows_found", table.name);
        let found = tx.rows(Statement::made(sql, vec![])).await?;
        if found.first().is_some_and(|row| row.int(0).is_ok_and(|rows| rows > 0)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes every row out, what refers to others first.
pub(crate) async fn clear(tx: &mut Tx, tables: &[Table]) -> Result<(), StoreError> {
    for table in tables.iter().rev() {
        tx.run(Statement::made(format!("DELETE FROM \"{}\"", table.name), vec![])).await?;
    }
    Ok(())
}

/// Puts every row of `from` into `to`, whose tables are empty.
pub(crate) async fn carry(from: &mut Tx, to: &mut Tx, tables: &[Table]) -> Result<(), StoreError> {
    for table in tables {
        let serial = serial_column(to, table).await?;
        let overriding = if serial.is_some() { "OVERRIDING SYSTEM VALUE" } else { "" };
        let mut source = Source::open(from, table).await?;
        loop {
            let rows = source.next(from, table).await?;
            if rows.is_empty() {
                break;
            }
            let head = format!("INSERT INTO \"{}\" ({}) {overriding}", table.name, table.list());
            to.run(Statement::of_rows(&head, rows, "")).await?;
        }
        if let Some(column) = serial {
            go_on_counting(to, table, &column).await?;
        }
    }
    Ok(())
}

/// Where reading a table stands: a row number in SQLite, a cursor in PostgreSQL.
enum Source {
    After(i64),
    Cursor,
}

impl Source {
    async fn open(tx: &mut Tx, table: &Table) -> Result<Self, StoreError> {
        if !tx.is_postgres() {
            return Ok(Self::After(i64::MIN));
        }
        let (name, list) = (&table.name, table.list());
        let sql = format!("DECLARE \"carry_{name}\" NO SCROLL CURSOR FOR SELECT {list} FROM \"{name}\"");
        tx.run(Statement::made(sql, vec![])).await?;
        Ok(Self::Cursor)
    }

    async fn next(&mut self, tx: &mut Tx, table: &Table) -> Result<Vec<Vec<Value>>, StoreError> {
        let (name, list) = (&table.name, table.list());
        match self {
            Self::Cursor => {
                let sql = format!("FETCH {ROWS} FROM \"carry_{name}\"");
                let rows = tx.rows(Statement::made(sql, vec![])).await?;
                Ok(rows.into_iter().map(|row| row.values).collect())
            }
            Self::After(after) => {
                let sql = format!(
                    "SELECT rowid, {list} FROM \"{name}\" WHERE rowid > $1 ORDER BY rowid LIMIT {ROWS}"
                );
                let rows = tx.rows(Statement::made(sql, args![*after])).await?;
                if let Some(last) = rows.last() {
                    *after = last.int(0)?;
                }
                Ok(rows.into_iter().map(|row| row.values.into_iter().skip(1).collect()).collect())
            }
        }
    }
}

/// The column that PostgreSQL counts up by itself; SQLite takes given numbers without being asked.
async fn serial_column(tx: &mut Tx, table: &Table) -> Result<Option<String>, StoreError> {
    if !tx.is_postgres() {
        return Ok(None);
    }
    let sql = "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
               WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'";
    let row = tx.fetch_optional(sql, args![table.name.as_str()]).await?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// The next row gets the number after the highest; unlike `setval` this is undone with its transaction.
async fn go_on_counting(tx: &mut Tx, table: &Table, column: &str) -> Result<(), StoreError> {
    let name = &table.name;
    let sql = format!("SELECT coalesce(max(\"{column}\"), 0) + 1 FROM \"{name}\"");
    let rows = tx.rows(Statement::made(sql, vec![])).await?;
    let next = rows.first().map_or(Ok(1), |row| row.int(0))?;
    let sql = format!("ALTER TABLE \"{name}\" ALTER COLUMN \"{column}\" RESTART WITH {next}");
    tx.run(Statement::made(sql, vec![])).await.map(|_| ())
}
