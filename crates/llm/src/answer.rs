//! What comes back from a model.

use std::iter::Sum;
use std::ops::Add;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Tokens as a provider counts and prices them. Every kind is counted once: fresh input excludes cached input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Input at the full price.
    pub input_fresh: u64,
    /// Input read from the provider's prompt cache.
    pub input_cached: u64,
    /// Input written to the provider's prompt cache.
    pub cache_write: u64,
    /// Output, with hidden reasoning where the provider prices it.
    pub output: u64,
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input_fresh: self.input_fresh + other.input_fresh,
            input_cached: self.input_cached + other.input_cached,
            cache_write: self.cache_write + other.cache_write,
            output: self.output + other.output,
        }
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// Why a model stopped writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It had said everything.
    Complete,
    /// It reached `max_output_tokens`; the text ends anywhere.
    Length,
    /// It, or a filter around it, declined; the text is its words if it gave any.
    Refusal,
    /// Something else, in the provider's word.
    Other(String),
}

/// One paid answer. The text is what the model wrote: meant to be JSON of the request's schema, not checked here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The answer's text, without fences around it.
    pub json_text: String,
    /// What it cost in tokens.
    pub usage: Usage,
    /// Why it ends.
    pub stop: Stop,
    /// The provider's id of the answer, for questions to the provider.
    pub provider_id: String,
    /// From sending to the last byte of the attempt that succeeded; zero for batches.
    pub latency: Duration,
}
