//! Placeholder map; see the crate description.
