//! `/runs…`

pub mod beside;
pub mod list;
pub mod show;
