//! What is asked, apart from how a provider wants it written.

use std::fmt;

use lacuna_domain::hash::sha256_parts;
use serde::{Deserialize, Serialize};

use crate::{Block, Model, Schema};

/// One question. The parts come first to last in the order in which caching pays: system, then user.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Request {
    /// Who the model is and what never changes between documents.
    pub system: Vec<Block>,
    /// The document and the question.
    pub user: Vec<Block>,
    /// The shape of the answer.
    pub schema: Schema,
    /// The longest answer, in tokens.
    pub max_output_tokens: u32,
    /// Sampling temperature; `None` leaves the model's own.
    pub temperature: Option<f32>,
    /// Tells repeated samples of one question apart; sent to providers that take a seed.
    pub seed: Option<u64>,
}

impl Request {
    /// The content address of this question put to `model`: texts, schema and parameters, no ids and no metadata.
    /// Cache breakpoints do not count, as they change the price and not the answer.
    pub fn hash(&self, model: &Model) -> RequestHash {
        let numbers =
            format!("{} {:?} {:?}", self.max_output_tokens, self.temperature.map(f32::to_bits), self.seed);
        let (model, counts) = (model.to_string(), format!("{} {}", self.system.len(), self.user.len()));
        let mut parts: Vec<&[u8]> = vec![
            b"request 2",
            model.as_bytes(),
            counts.as_bytes(),
            numbers.as_bytes(),
            self.schema.name().as_bytes(),
            self.schema.digest().as_bytes(),
        ];
        parts.extend(self.system.iter().chain(&self.user).map(|block| block.digest().as_bytes()));
        RequestHash(sha256_parts(&parts))
    }

    /// A guess at the tokens that go in: every block and the schema.
    pub fn input_tokens(&self) -> u64 {
        self.shared_tokens() + self.user.iter().map(Block::tokens).sum::<u64>()
    }

    /// The part of [`Request::input_tokens`] that requests of one run share: the system blocks and the schema.
    pub fn shared_tokens(&self) -> u64 {
        self.schema.tokens() + self.system.iter().map(Block::tokens).sum::<u64>()
    }
}

/// The content address of a [`Request`] to a [`Model`]: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestHash(String);

/// Why a text is no request hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no request hash; one has 64 digits from 0 to f")]
pub struct NoHash(String);

impl RequestHash {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RequestHash {
    type Error = NoHash;

    fn try_from(text: String) -> Result<Self, NoHash> {
        let fits = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fits { Ok(Self(text)) } else { Err(NoHash(text)) }
    }
}

impl std::str::FromStr for RequestHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        Self::try_from(text.to_owned())
    }
}

impl From<RequestHash> for String {
    fn from(hash: RequestHash) -> Self {
        hash.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            system: vec![Block::cached("a codebook")],
            user: vec![Block::new("a document"), Block::new("a question")],
            schema: Schema::new("coding", serde_json::json!({"type": "object"})),
            max_output_tokens: 1000,
            temperature: Some(0.0),
            seed: None,
        }
    }

    #[test]
    fn everything_that_can_change_an_answer_changes_the_hash() {
        let model: Model = "openai:m".parse().unwrap();
        let hash = request().hash(&model);
        let mut others = vec![request(); 7];
        others[0].user[0] = Block::new("a document.");
        others[1].system[0] = Block::cached("a codebook.");
        others[2].schema = Schema::new("coding", serde_json::json!({"type": "array"}));
        others[3].max_output_tokens = 2;
        others[4].temperature = None;
        others[5].seed = Some(0);
        let moved = others[6].user.remove(0);
        others[6].system.push(moved);
        for other in others {
            assert_ne!(other.hash(&model), hash);
        }
        assert_ne!(request().hash(&"openai-chat:m".parse().unwrap()), hash);
        let mut same = request();
        same.user[0].cache = true;
        assert_eq!(same.hash(&model), hash);
    }
}
