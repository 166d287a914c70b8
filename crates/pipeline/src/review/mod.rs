//! Decisions of people, in and out of files.
//!
//! A file becomes [`Statement`]s (what one labeller says of one document), a statement becomes a
//! [`Sheet`](lacuna_domain::decision::Sheet) once its quotes were looked for in the text, and back again.
//!
//! - [`annotation`]: JSON in the shape of the published coding schema.
//! - [`table`]: CSV, one row per decision.
//! - [`label_studio`]: tasks of Label Studio.
//! - [`labeller`]: the run under which a labeller's decisions are filed.
//! - [`import()`] and [`export()`]: the shells.
//! - [`password`]: how the passwords of the people who review are kept.
//! - [`sample`]: which documents people read, drawn with known probabilities.

pub mod annotation;
mod error;
pub mod export;
pub mod import;
pub mod label_studio;
pub mod labeller;
mod locate;
pub mod password;
pub mod sample;
pub mod statement;
pub mod table;

#[cfg(test)]
mod tests;

pub use error::ReviewError;
pub use export::{FileFormat, export};
pub use import::{ImportOptions, ImportSummary, import};
pub use labeller::LabellerSpec;
pub use locate::Words;
pub use statement::{Statement, Word};
