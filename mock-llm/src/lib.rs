//! A language-model provider that exists for tests and benches: it speaks every wire format that Lacuna knows, is slow,
//! busy and faulty by order, and writes down what it was paid for before it answers.
//!
//! [`Mock::start`] serves on a port of this machine; [`Behaviour`] says how; [`Answerer`] says what it answers, from a
//! [`SeenRequest`]; [`Counters`] and the ledger say what happened. Not part of the product: the only client of it that is
//! shipped is the real one, pointed here by `--endpoint`.

mod answers;
mod batches;
mod behaviour;
mod cache;
mod formats;
mod http;
mod ledger;
mod limits;
mod server;
pub mod tokens;

pub use answers::from_schema;
pub use behaviour::{Answerer, Behaviour, Fault, Latency, Rule};
pub use formats::{Format, SeenBlock, SeenRequest};
pub use ledger::Row;
pub use server::{Counters, Mock};
