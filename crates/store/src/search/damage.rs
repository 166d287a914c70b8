//! What is met in an index whose bytes are not those that were written.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tantivy::TantivyError;

use super::SearchError;

/// Asks an index. Damaged bytes can make its reader panic; that is an error like any other, and what is asked changes
/// nothing that would be left half done.
pub(super) fn sound<T>(ask: impl FnOnce() -> Result<T, SearchError>) -> Result<T, SearchError> {
    let gave_up = |_| Err(SearchError::Damaged("its reader cannot make sense of it".to_owned()));
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(gave_up)
}

impl SearchError {
    /// Whether the bytes of the index may be at fault, rather than what was asked of it. Whoever meets this can have
    /// the index looked at, and made again where it is damaged: [`SearchIndex::mend`](super::SearchIndex::mend).
    pub const fn may_be_damage(&self) -> bool {
        match self {
            Self::Damaged(_) | Self::File(_) => true,
            Self::Index(error) => matches!(
                error,
                TantivyError::IoError(_)
                    | TantivyError::DataCorruption(_)
                    | TantivyError::OpenReadError(_)
                    | TantivyError::DeserializeError(_)
                    | TantivyError::InternalError(_)
            ),
            Self::Query(_) | Self::Store(_) => false,
        }
    }
}
