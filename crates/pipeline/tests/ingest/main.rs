//! Stories of the ingest stage, told through its public interface.

mod agora;
mod bad_input;
mod formats;
mod made;
mod shared;
mod store;
mod web;
