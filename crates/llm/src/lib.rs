//! Language models: the only crate that knows a provider, a key or a price.
//!
//! Reading order: [`Model`] names who answers, [`Request`] says what is asked, [`Client`] asks, [`Answer`] is what comes back,
//! [`Attempt`] is one HTTP request of it (handed to an [`AttemptSink`] before the answer is), [`AskError`] is why none came.
//! [`Prices`] turn [`Usage`] into [`Micros`]; [`tokens`] guesses usage before anything is sent; [`Batch`] is a set of requests
//! that a provider answers within a day at a lower price.
//!
//! How to add a provider:
//! 1. Give it a [`Provider`] and its base address in `model.rs`, and a section in `prices.toml`.
//! 2. Write its wire format in `wire/`: the body of a request, the reading of an answer, the reading of an error.
//! 3. Teach the mock provider (`mock-llm/`) the same format and add it to the table in `tests/wire.rs`.

mod answer;
mod attempt;
mod batch;
mod block;
mod client;
mod error;
mod flow;
mod key;
mod model;
mod money;
mod prices;
mod request;
mod send;
mod settings;
pub mod tokens;
mod wire;

pub use answer::{Answer, Stop, Usage};
pub use attempt::{Attempt, AttemptOutcome, AttemptSink, NoLedger, Recorded, SinkError};
pub use batch::{Batch, BatchFault, BatchProgress, BatchResults};
pub use block::{Block, Schema};
pub use client::Client;
pub use error::AskError;
pub use key::{Key, KeyError};
pub use model::{Model, ModelError, Provider};
pub use money::{Micros, MoneyError};
pub use prices::{Prices, PricesError, Rates};
pub use request::{Request, RequestHash};
pub use settings::Settings;
