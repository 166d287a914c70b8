//! The nouns of Lacuna and the rules that hold for them; no I/O, no async, no SQL, no HTTP.
//!
//! In reading order: a [`Document`] (a governance instrument) has one or more
//! [`Version`]s, each of which points at a content-addressed [`Text`]. A text is cut
//! into [`Passage`]s. A [`Codebook`] says what is coded. A
//! [`Run`] is one engine configuration; it turns a text into a [`Coding`]: judgements
//! that each carry located [`Evidence`]. People add [`Decision`](decision::Decision)s beside them.
//!
//! The deepest rule lives in [`judgement`]: a positive judgement cannot be made without evidence, and an evidence
//! quote is always the text of its spans.
//!
//! # How to add a dimension
//! 1. Add a `[[dimension]]` with its codes and cues to a codebook file; `lacuna codebook check` says what is missing.
//! 2. Nothing else: every stage, page and export reads dimensions from the codebook.
//!
//! # How to add a kind of dimension
//! 1. Add a variant to [`codebook::Kind`] and to [`judgement::Value`].
//! 2. Follow the compiler: the loader, the engines, the narrative and the pages match on the kind exhaustively.

pub mod clock;
pub mod codebook;
pub mod coding;
pub mod decision;
pub mod document;
pub mod enactment;
pub mod entropy;
pub mod evidence;
pub mod filter;
pub mod fold;
pub mod hash;
pub mod ids;
pub mod judgement;
pub mod passage;
pub mod progress;
pub mod relation;
pub mod run;
pub mod span;
pub mod terms;
pub mod text;
mod told;

pub use clock::Clock;
pub use codebook::Codebook;
pub use coding::Coding;
pub use document::{Document, Metadata, Version};
pub use enactment::{DateKind, Enactment};
pub use entropy::Entropy;
pub use evidence::{Evidence, QuoteState};
pub use filter::Filter;
pub use hash::sha256_hex;
pub use ids::{CodeId, CodebookId, DimensionId, DocumentId, RunId, TextId, VersionId};
pub use judgement::{Confidence, Draft, Judgement, Value};
pub use passage::Passage;
pub use relation::{Relation, RelationKind};
pub use run::{Run, RunConfig};
pub use span::Span;
pub use terms::Terms;
pub use text::Text;
