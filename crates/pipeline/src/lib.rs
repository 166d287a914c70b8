//! The verbs of Lacuna, one module per stage, in the order in which a document meets them.
//!
//! | stage | pure core | shell |
//! |---|---|---|
//! | [`ingest`] | bytes of one file → `Extracted` | walks sources, writes documents and versions |
//! | [`segment`] | text → passages | none: pure and fast enough to be done again |
//! | [`classify`] | text + passages + engine → drafts | feeds pending texts of a run, commits outcomes |
//! | [`verify`] | drafts + text → coding | re-checks what is stored |
//! | [`review`] | sheets of decisions in and out of files | |
//! | [`analyze`] | judgements → agreement, coverage, gaps | |
//! | [`publish`] | codings → narratives, export rows | |
//!
//! # How to add an input format
//! 1. Add `ingest/formats/NAME.rs` with `pub(crate) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError>`.
//! 2. Name its media type and file endings in `ingest/formats/mod.rs`; the child process and its limits come by themselves.
//! 3. Add a good and a broken file to the bad-input tests.
//!
//! # How to add an engine
//! 1. Give it a function from text, passages and codebook to [`classify::Drafts`].
//! 2. Give it a [`lacuna_domain::RunConfig`] whose parameters name everything that changes its answers.
//! 3. Add it to `classify::Engine`; verification, storage and pages need nothing.

pub mod analyze;
pub mod classify;
pub mod codebooks;
pub mod ingest;
pub mod publish;
pub mod review;
pub mod segment;
pub mod verify;

#[cfg(test)]
mod shared_data;
