//! The only crate that names a database driver or the search index.
//!
//! [`Store`] keeps documents, versions, texts, codebooks, runs, outcomes and sheets of decisions, on SQLite or
//! PostgreSQL, through one set of statements. Every call that writes is one transaction, and putting the same thing
//! twice changes nothing, so work can be stopped at any instant and run again.
//!
//! In reading order: [`Location`] and [`Store::open`]; `documents.rs`, `versions.rs`, `texts.rs` (what came in);
//! `codebooks.rs`, `runs.rs`, `outcomes.rs` (what was said of it by machines); `calls.rs`, `batches.rs` (what that
//! cost); `decisions.rs` (by people);
//! `accounts.rs`, `assignments.rs`, `reports.rs`, `agreements.rs` (who reviews what, and how far labels can be trusted);
//! `entries.rs`, `events.rs`, `changes.rs` (beside it). `db.rs` alone dispatches on the driver. Lists, counts and cross-tables are read
//! from the [`catalogue`], which is derived from all of these.
//!
//! # How to add a statement
//! 1. Write it in the file of its noun with `$1` placeholders and words that both databases know.
//! 2. Give its transaction a [`Store::revision`] step with `touch` when pages would show something else.
//! 3. Extend the story in `tests/story.rs`; it runs on both databases.
//!
//! # How to change the layout
//! See `migrate.rs`.

mod accounts;
mod agreements;
mod assignments;
mod backup;
mod batches;
mod calls;
mod cards;
pub mod catalogue;
mod changes;
mod checks;
mod codebooks;
mod db;
mod decisions;
mod documents;
mod entries;
mod error;
mod events;
mod fault;
mod holds;
mod location;
mod migrate;
#[cfg(test)]
mod migrate_tests;
mod open;
mod outcomes;
mod packed;
#[cfg(test)]
mod plans_tests;
mod portable;
mod queue;
mod readers;
mod relations;
mod releases;
mod reports;
mod runs;
pub mod search;
mod store;
mod texts;
mod value;
mod versions;

pub use accounts::{AuditLine, Role, Session, User};
pub use assignments::Assignment;
pub use batches::OpenBatch;
pub use calls::{Call, Measured, Pace, Paid, Spend, SpendLine};
pub use changes::{Change, Changed, FieldChange, LabelMove, Link, moves};
pub use documents::{Arrival, Incoming, NewVersion};
pub use entries::{CatalogueEntry, EntryKind};
pub use error::StoreError;
pub use events::{Event, EventKind};
pub use holds::{Held, Hold, LOST, Wish};
pub use location::Location;
pub use migrate::LAYOUT;
pub use outcomes::OutcomeState;
pub use queue::{Hint, Lease, Queue, Working};
pub use relations::RelationBook;
pub use releases::{Inventory, Member, Release, ReleaseFile};
pub use reports::{LabelReport, ReportBody};
pub use runs::RunCounts;
pub use store::Store;
