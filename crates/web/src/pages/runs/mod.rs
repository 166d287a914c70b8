//! `/runs…`

pub mod beside;
pub mod checks;
pub mod list;
pub mod show;
