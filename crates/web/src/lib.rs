//! The site: the only crate that serves HTTP and renders templates.
//!
//! In reading order: [`routes`] (every address on one screen), [`pages`] (one file per address; a page is a struct that
//! a template draws and that serialises to JSON), [`view`] (pieces that several pages show), [`state`] and `snapshot` (what is
//! counted in advance), [`find`] (from a filter to documents), [`private`] (who sees what is not published), [`error`] (one
//! shape), [`kept`] (answers held with a snapshot, and tags), [`serve`](serve()) (layers and server).
//!
//! # Invariants
//! - Every page works without script; the policy allows none. No inline style either.
//! - Whatever a document, a catalogue or an engine says is escaped, and links to elsewhere are `http` or `https`.
//! - A label is never shown without who said it; an absence is "not found by this engine", never a fact.
//! - Every count stands beside its denominator and the day it was taken.
//! - Nothing internal reaches a visitor: errors are logged and worded in [`error`].
//!
//! # How to add a page
//! 1. Add `pages/NAME.rs` with a struct deriving `Template` and `Serialize`, and a `get` that builds it from a
//!    [`Snapshot`](state::Snapshot).
//! 2. Add `templates/pages/NAME.html`, extending `base.html`, and a test that renders a sample.
//! 3. Add its addresses, `.json` and `.csv` beside it, to `routes.rs`; under `/api/v1` also to `pages/api/endpoints.rs`.

pub mod account;
pub mod address;
#[cfg(test)]
mod analysis_tests;
pub mod assets;
pub mod config;
pub mod error;
pub mod find;
pub mod gathered;
pub mod intake;
pub mod kept;
pub mod limits;
pub mod local;
mod outliving;
mod paced;
pub mod pages;
mod paging;
pub mod params;
pub mod past;
mod pieces;
mod place;
pub mod private;
pub mod proxies;
pub mod publish;
pub mod reading;
mod released;
mod relink;
pub mod reply;
mod routes;
#[cfg(test)]
mod sample;
pub mod security;
mod serve;
mod snapshot;
pub mod state;
mod tables;
#[cfg(test)]
mod tests;
pub mod view;
mod withdrawn;

pub use account::{random_word, salt};
pub use config::{Config, Report};
pub use intake::{Dropped, Intake};
pub use serve::{router, serve};
pub use state::App;
