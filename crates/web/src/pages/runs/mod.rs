//! `/runs…`

pub mod beside;
pub mod checks;
mod left;
pub mod list;
pub mod show;
