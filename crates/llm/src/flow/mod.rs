//! How fast requests may leave: limits that are known, limits that are learned from refusals, and how many at once.

mod bucket;
mod gate;
mod jitter;
mod pace;
mod retry_after;

pub(crate) use gate::{Gate, Turn};
pub(crate) use jitter::Jitter;
pub(crate) use retry_after::retry_after;
