//! Codes texts: an engine turns a text and its passages into [`Drafts`]; nothing else about the document is seen.

mod coders;
mod drafts;
mod drain;
mod engine;
mod filter;
pub mod model;
pub mod offline;
mod progress;
mod run;
mod single;

pub use drafts::Drafts;
pub use drain::{Share, drain};
pub use engine::Engine;
pub use filter::{Filtered, filter};
pub(crate) use model::Grounds;
pub use progress::{RunProgress, progress_of};
pub use run::{ClassifyError, ClassifySummary, Options, run};
pub use single::code_text;
