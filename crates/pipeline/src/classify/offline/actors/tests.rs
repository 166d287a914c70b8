//! Stories of actors.
