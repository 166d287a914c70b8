//! `/documents…`

pub mod show;
pub mod text;
