//! Agreement, coverage and gaps: pure functions of judgements.

pub mod agreement;
