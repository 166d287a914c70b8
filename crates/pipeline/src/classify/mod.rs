//! Codes texts: an engine turns a text and its passages into [`Drafts`]; nothing else about the document is seen.

mod drafts;
pub mod offline;

pub use drafts::Drafts;
