//! Asks a provider.

use lacuna_domain::Clock;

use crate::{Answer, AskError, AttemptSink, Key, Model, Request, Settings};

/// A connection to one model of one provider, shared by any number of tasks.
#[derive(Debug)]
pub struct Client {
    model: Model,
}

impl Client {
    /// A client for `model`. `clock` stamps attempts; waiting goes by the monotonic clock.
    pub fn new(
        model: Model,
        _key: Option<Key>,
        _settings: Settings,
        _clock: Clock,
    ) -> Result<Self, AskError> {
        Ok(Self { model })
    }

    /// Who answers.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Asks once, with as many HTTP attempts as that takes; every attempt is in `sink` before this returns.
    /// A refusal is an answer with [`crate::Stop::Refusal`].
    pub async fn ask(&self, _request: &Request, _sink: &dyn AttemptSink) -> Result<Answer, AskError> {
        Err(AskError::Unreachable {
            endpoint: self.model.base_address().to_owned(),
            why: "not connected yet".to_owned(),
        })
    }
}
