//! The built-in engine: no key, no network, no download, deterministic.

pub mod actors;
