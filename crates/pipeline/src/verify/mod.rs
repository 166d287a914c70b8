//! Locates every quote of a draft in the text; what is not found falls.
//!
//! [`verify`] is the only way from [`Drafts`](crate::classify::Drafts) to a [`Coding`](lacuna_domain::Coding);
//! [`recheck()`] asks a stored coding whether its quotes still are the text of their spans.

mod check_words;
pub mod checks;
mod coding;
pub mod consistency;
mod elision;
mod locate;
mod near;
mod recheck;
mod stored;

pub(crate) use coding::verify_on;
pub use coding::{evidence_at, verify};
pub use locate::{Located, Locator, Miss};
pub use recheck::{Breach, recheck};
pub use stored::{RecheckError, RecheckReport, recheck_run};

#[cfg(test)]
mod corpus_tests;
