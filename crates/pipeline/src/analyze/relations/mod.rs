//! How documents stand to each other, told from citations in their texts and from catalogue data.
//!
//! Conservative on purpose: a citation becomes a relation only next to a verb that says what is done, and it is joined to
//! a document of the corpus only when exactly one document bears the cited number or name.

mod citations;
mod dates;
mod file;
mod names;
mod run;
mod whole;

pub use citations::{Citation, citations};
pub use dates::stated_dates;
pub use file::{RelationFileError, read_relations, write_relations};
pub use names::Names;
pub use run::{RelationSummary, find};
