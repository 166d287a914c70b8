//! Narratives and export rows: everything a reader takes away, computed from the labels.

pub mod agreement_text;
mod corrected_text;
pub mod export;
pub mod narrative;
pub mod release;
pub mod reliability_report;
pub mod tables;
