//! Narratives and export rows: everything a reader takes away, computed from the labels.

pub mod export;
pub mod narrative;
