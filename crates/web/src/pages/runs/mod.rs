//! `/runs…`

pub mod beside;
pub mod checks;
mod comparisons;
mod left;
pub mod list;
pub mod show;

pub(crate) use comparisons::Comparisons;
