//! Agreement, coverage and gaps: pure functions of judgements and of the catalogue's counts.

pub mod actors;
pub mod agreement;
pub mod corrected;
pub mod crosstab;
pub mod drafting;
pub mod estimate;
pub mod findings;
pub mod gaps;
pub mod redline;
pub mod relations;
pub mod stability;

/// Fewest documents from which anything is ranked or found; fewer are shown as they are.
pub const FEWEST: u64 = 10;
