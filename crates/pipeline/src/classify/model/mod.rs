//! Language models as an engine.
//!
//! In reading order: [`Prompt`] (`prompt.rs`, with `sheet.rs`, `schema.rs`, `view.rs`, `windows.rs`) says what is asked;
//! `dialogue.rs` asks and repairs; `answer.rs` reads strictly; `addressed.rs` and `grounds.rs` keep a document from talking
//! the model into labels; `claims.rs` looks at evidence before it is too late to ask again; `ensemble.rs` makes one coding of
//! several. Around that core: `work.rs` (many texts at once), `desk.rs` (store, recording, batch or provider), `books.rs`
//! (ledger), `budget.rs`, `batcher.rs`, `replay.rs`, [`estimate()`].
//!
//! # How to change a prompt
//! 1. Edit a file under `prompts/`; its hash is part of the run's id, so a new run begins by itself.
//! 2. `lacuna prompt show` prints what would be sent.

mod addressed;
mod answer;
mod batcher;
mod books;
mod budget;
mod claims;
mod desk;
mod dialogue;
mod engine;
pub(crate) mod ensemble;
mod estimate;
mod grounds;
mod lookups;
mod order;
mod prompt;
mod replay;
mod schema;
mod sheet;
mod shelf;
mod template;
mod view;
mod windows;
pub(super) mod work;

pub use batcher::forget_batch;
pub use dialogue::written;
pub use engine::{ModelEngine, NoEngine, RULES, Source, Terms};
pub use estimate::{Estimate, estimate};
pub(crate) use grounds::Grounds;
pub use prompt::{Prompt, PromptSettings};
pub use replay::{Recording, Replay, ReplayError};

#[cfg(test)]
mod injection_tests;
