//! Stories of the ingest stage, told through its public interface.

mod agora;
mod shared;
