//! How documents stand to each other, told from citations in their texts and from catalogue data, and the days that their
//! texts state.
//!
//! Conservative on purpose: a citation becomes a relation only next to a verb that says what is done, and it is joined to
//! a document of the corpus only when exactly one document bears the cited number or name. Words are looked for in several
//! languages; each has a table of its own in `languages/`.

mod catalogued;
mod citations;
mod companions;
mod dates;
mod file;
mod import;
mod languages;
mod mentions;
mod names;
mod reckon;
mod run;
mod translated;
mod whole;

pub use citations::{Citation, citations};
pub use file::{RelationFileError, RelationRows, read_relations, write_relations};
pub use import::{RelationImport, RelationImportError, import, say};
pub use names::Names;
pub use run::{RelationSummary, find};
