//! One page, one file, named after its address.

pub mod about;
pub mod actors;
pub mod agreement;
pub mod api;
pub mod codes;
pub mod compare;
pub mod docs;
pub mod documents;
pub mod drafts;
mod error;
pub mod explore;
pub mod gaps;
pub mod health;
pub mod judgements;
pub mod overview;
pub mod relations;
pub mod review;
pub mod runs;
pub mod standing;
pub mod take;

pub use error::ErrorPage;
