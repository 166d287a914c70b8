//! A provider and a client that knows its address.

use std::time::Duration;

use lacuna_domain::Clock;
use lacuna_llm::{Block, Client, Key, Model, Provider, Request, Schema, Settings};
use mock_llm::{Behaviour, Mock};
use serde_json::json;

/// Every provider's engine name for the tests.
pub(crate) const MODELS: [&str; 5] =
    ["anthropic:m", "openai:m", "openai-chat:m", "gemini:m", "compat:m@http://localhost:1/v1"];

pub(crate) struct World {
    pub(crate) mock: Mock,
    pub(crate) model: Model,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) async fn new(model: &str, behaviour: Behaviour) -> Self {
        let mock = Mock::start(behaviour).await.unwrap();
        let model: Model = model.parse().unwrap();
        let root = matches!(model.provider(), Provider::Anthropic | Provider::Gemini);
        let endpoint = Some(if root { mock.root() } else { mock.v1() });
        let settings = Settings { endpoint, attempt_timeout: Duration::from_secs(5), ..Settings::default() };
        Self { mock, model, settings }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.model.clone(), Some(&key("sk-test")), self.settings.clone(), Clock::fixed()).unwrap()
    }
}

pub(crate) fn key(text: &str) -> Key {
    Key::from_env(Provider::OpenAi, |_| Some(text.to_owned())).unwrap().unwrap()
}

/// A question about document `n`: a long cached beginning, the document, the question.
pub(crate) fn request(n: usize) -> Request {
    Request {
        system: vec![Block::cached("The codebook of the harbour office. ".repeat(300))],
        user: vec![
            Block::cached(format!("Document {n}: the harbour master counts gulls.")),
            Block::new("Code it."),
        ],
        schema: Schema::new(
            "coding",
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["level", "quote"],
                "properties": {"level": {"type": "integer"}, "quote": {"type": "string"}},
            }),
        ),
        max_output_tokens: 200,
        temperature: Some(0.0),
        seed: Some(1),
    }
}
