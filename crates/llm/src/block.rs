//! What requests of one run share: pieces of prompts and the schema. Clones share the words and what is computed of them, so
//! that the codebook is hashed and counted once and not for each of a hundred thousand documents.

use std::fmt;
use std::sync::{Arc, OnceLock};

use lacuna_domain::sha256_hex;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::tokens;

/// A piece of a prompt; cheap to clone.
#[derive(Clone)]
pub struct Block {
    words: Arc<Words>,
    /// Whether everything up to the end of this block is worth keeping in the provider's prompt cache.
    pub cache: bool,
}

#[derive(Default)]
struct Words {
    text: String,
    digest: OnceLock<String>,
    tokens: OnceLock<u64>,
}

impl Words {
    fn new(text: String) -> Arc<Self> {
        Arc::new(Self { text, ..Self::default() })
    }

    fn digest(&self) -> &str {
        self.digest.get_or_init(|| sha256_hex(self.text.as_bytes()))
    }

    fn tokens(&self) -> u64 {
        *self.tokens.get_or_init(|| tokens::estimate(&self.text))
    }
}

impl Block {
    /// A block without a cache breakpoint.
    pub fn new(text: impl Into<String>) -> Self {
        Self { words: Words::new(text.into()), cache: false }
    }

    /// A block with a cache breakpoint after it.
    pub fn cached(text: impl Into<String>) -> Self {
        Self::new(text).with_cache(true)
    }

    /// The block with a cache breakpoint after it, or without one.
    #[must_use]
    pub fn with_cache(self, cache: bool) -> Self {
        Self { cache, ..self }
    }

    /// Its words.
    pub fn text(&self) -> &str {
        &self.words.text
    }

    /// A guess at its tokens; see [`tokens::estimate`].
    pub fn tokens(&self) -> u64 {
        self.words.tokens()
    }

    pub(crate) fn digest(&self) -> &str {
        self.words.digest()
    }

    /// Whether both are clones of one block.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.words, &other.words) && self.cache == other.cache
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        self.cache == other.cache && self.text() == other.text()
    }
}

impl Eq for Block {}

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({"text": self.text(), "cache": self.cache}).serialize(serializer)
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("text", &self.text())
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

/// The JSON Schema that an answer must meet; cheap to clone.
#[derive(Clone)]
pub struct Schema(Arc<Inner>);

struct Inner {
    name: String,
    json: Value,
    words: Arc<Words>,
}

impl Schema {
    /// A schema called `name`, of letters, digits, `_` and `-`, at most 64. Objects list every property as required and
    /// forbid others; providers understand no more than types, properties, items, enumerations and descriptions alike, so
    /// the parser of the answer checks the rest.
    pub fn new(name: impl Into<String>, json: Value) -> Self {
        let words = Words::new(json.to_string());
        Self(Arc::new(Inner { name: name.into(), json, words }))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The schema.
    pub fn json(&self) -> &Value {
        &self.0.json
    }

    /// The schema as it is written.
    pub fn text(&self) -> &str {
        &self.0.words.text
    }

    /// A guess at its tokens.
    pub fn tokens(&self) -> u64 {
        self.0.words.tokens()
    }

    pub(crate) fn digest(&self) -> &str {
        self.0.words.digest()
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.json() == other.json()
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema").field("name", &self.name()).field("json", self.json()).finish()
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({"name": self.name(), "json": self.json()}).serialize(serializer)
    }
}
