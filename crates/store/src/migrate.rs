//! Numbered changes of the layout, applied in one transaction, each once.
//!
//! # How to change the layout
//! 1. Add `migrations/NNNN_what.sql` with the next number, using the type words of `0001_start.sql`, and name it here.
//! 2. Add to `migrate_tests.rs` a fixture of the layout it makes; a layout without one fails the tests.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::value::args;

/// Every change in order; the number of the last is the layout this build knows.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_review.sql"),
    include_str!("../migrations/0003_relations.sql"),
    include_str!("../migrations/0004_calls.sql"),
    include_str!("../migrations/0005_checks.sql"),
    include_str!("../migrations/0006_holds.sql"),
    include_str!("../migrations/0007_cards.sql"),
    include_str!("../migrations/0008_lost.sql"),
    include_str!("../migrations/0009_changes.sql"),
    include_str!("../migrations/0010_left.sql"),
];

/// The layout number that this build reads and writes.
pub const LAYOUT: i64 = MIGRATIONS.len() as i64;

/// Brings the database up to [`LAYOUT`]; several processes may try at once.
pub(crate) async fn migrate(db: &Db) -> Result<(), StoreError> {
    if matches!(found(db).await, Ok(Some(LAYOUT))) {
        return Ok(());
    }
    migrate_to(db, LAYOUT).await
}

/// As [`migrate`], but stops at layout `goal`; tests populate older layouts with it.
pub(crate) async fn migrate_to(db: &Db, goal: i64) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    tx.migrate("CREATE TABLE IF NOT EXISTS layout (id BIGINT PRIMARY KEY, number BIGINT NOT NULL)").await?;
    tx.execute("INSERT INTO layout (id, number) VALUES (1, 0) ON CONFLICT (id) DO NOTHING", vec![]).await?;
    let found = number(&mut tx).await?;
    refuse_newer(db, found)?;
    for script in MIGRATIONS.iter().take(goal as usize).skip(found as usize) {
        tx.migrate(script).await?;
    }
    if found < goal {
        tx.execute("UPDATE layout SET number = $1 WHERE id = 1", args![goal]).await?;
    }
    tx.commit().await
}

/// Checks, without writing, that the database has exactly the layout this build knows.
pub(crate) async fn check(db: &Db) -> Result<(), StoreError> {
    let found = match found(db).await {
        Ok(found) => found,
        Err(StoreError::Database { .. }) => None,
        Err(other) => return Err(other),
    };
    let place = db.place.to_string();
    match found {
        None | Some(0) => Err(StoreError::Missing { place }),
        Some(found) if found < LAYOUT => Err(StoreError::Older { place, found, known: LAYOUT }),
        Some(found) => refuse_newer(db, found),
    }
}

async fn found(db: &Db) -> Result<Option<i64>, StoreError> {
    let row = db.fetch_optional("SELECT number FROM layout WHERE id = 1", vec![]).await?;
    row.map(|row| row.int(0)).transpose()
}

async fn number(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx.fetch_optional("SELECT number FROM layout WHERE id = 1", vec![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn refuse_newer(db: &Db, found: i64) -> Result<(), StoreError> {
    if found > LAYOUT {
        return Err(StoreError::Newer { place: db.place.to_string(), found, known: LAYOUT });
    }
    Ok(())
}
