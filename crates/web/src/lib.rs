//! The only crate that serves HTTP and renders templates.

pub mod address;
pub mod assets;
pub mod config;
pub mod error;
pub mod pages;
pub mod reading;
pub mod reply;
#[cfg(test)]
mod sample;
pub mod security;
pub mod state;
pub mod view;

pub use config::{Config, Report};
