//! One page, one file, named after its address.

pub mod documents;
mod error;

pub use error::ErrorPage;
