//! Codes texts: an engine turns a text and its passages into [`Drafts`]; nothing else about the document is seen.

mod drafts;
mod engine;
pub mod offline;
mod run;

pub use drafts::Drafts;
pub use engine::Engine;
pub use run::{ClassifyError, ClassifySummary, Options, run};
