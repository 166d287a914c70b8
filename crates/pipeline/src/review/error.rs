//! What can go wrong with files of decisions, and what to do next.

use std::path::PathBuf;

use lacuna_store::StoreError;

/// Why decisions could not be brought in or written out.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or folder cannot be read.
    #[error("cannot read {}: {reason}; check the path", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file that follows none of the known shapes.
    #[error("{place}: {reason}; see docs/reference/review-files.md for the shapes that are read")]
    Shape {
        /// Which file, and where in it.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// Two codings of one document by different coders in one import.
    #[error("{document} is coded by {first:?} and by {second:?}; bring in one coder at a time with --coder")]
    TwoCoders {
        /// The document, as the file names it.
        document: String,
        /// One coder.
        first: String,
        /// The other.
        second: String,
    },
    /// The labeller's name is empty or too long.
    #[error("{0:?} cannot name a labeller; use 1 to 80 characters")]
    Labeller(String),
    /// The run is not one of decisions.
    #[error("{0} is a machine run; its labels are exported with `lacuna export judgements`")]
    Machine(String),
    /// The codebook of the run is gone.
    #[error("the codebook of {0} is not in the store; restore the store from a backup")]
    NoCodebook(String),
    /// A thread died.
    #[error("a thread that located quotes stopped: {0}; run the command again")]
    Thread(String),
}

impl ReviewError {
    pub(crate) fn shape(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Shape { place: place.into(), reason: reason.into() }
    }
}
