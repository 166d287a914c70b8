//! The provider's prompt cache: beginnings of prompts that it has seen before cost less.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use lacuna_domain::hash::sha256_parts;
use serde_json::Value;

use crate::formats::{Format, SeenRequest};
use crate::tokens;

/// Shorter beginnings are not kept.
const SHORTEST: u64 = 1024;

/// Tokens of one request by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) fresh: u64,
    pub(crate) cached: u64,
    pub(crate) written: u64,
    pub(crate) output: u64,
}

/// Beginnings seen so far. A beginning counts as seen from the moment the first request with it arrives, so that the number
/// of cached tokens does not depend on how many requests are in flight.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    seen: Mutex<HashSet<String>>,
    known: Mutex<Known>,
}

/// What was counted last of what many requests share, so that it is not counted again for each: on the machine of a bench
/// the provider should cost little.
#[derive(Debug, Default)]
struct Known {
    schemas: VecDeque<(Value, u64)>,
    systems: VecDeque<(String, u64)>,
}

/// How many schemas and system prompts are remembered.
const REMEMBERED: usize = 8;

/// The count that belongs to `key`, kept for the next to ask.
fn remembered<K: Clone + PartialEq>(
    known: &mut VecDeque<(K, u64)>,
    key: &K,
    count: impl FnOnce() -> u64,
) -> u64 {
    if let Some((_, tokens)) = known.iter().find(|(seen, _)| seen == key) {
        return *tokens;
    }
    let tokens = count();
    known.truncate(REMEMBERED - 1);
    known.push_front((key.clone(), tokens));
    tokens
}

impl Cache {
    /// Counts the input of a request and remembers its beginnings: up to each marked block for Anthropic, up to each block
    /// for the others.
    pub(crate) fn count(&self, request: &SeenRequest) -> Counted {
        let (schema, systems) = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let schema = request.schema.as_ref().map_or(0, |schema| {
                remembered(&mut known.schemas, schema, || tokens::count(&schema.to_string()))
            });
            let systems = request
                .system
                .iter()
                .map(|block| remembered(&mut known.systems, &block.text, || tokens::count(&block.text)));
            (schema, systems.collect::<Vec<_>>())
        };
        let users = request.user.iter().map(|block| tokens::count(&block.text));
        let counts = systems.into_iter().chain(users);
        let mut chain = sha256_parts(&[request.model.as_bytes(), schema.to_string().as_bytes()]);
        let (mut total, mut cached, mut kept) = (schema, 0, 0);
        for (block, tokens) in request.system.iter().chain(&request.user).zip(counts) {
            total += tokens;
            chain = sha256_parts(&[chain.as_bytes(), block.text.as_bytes()]);
            let marked = request.format != Format::Anthropic || block.cache;
            if !marked || total < SHORTEST {
                continue;
            }
            if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(chain.clone()) {
                cached = total;
            }
            kept = total;
        }
        let written = if request.format == Format::Anthropic { kept - cached.min(kept) } else { 0 };
        Counted { fresh: total - cached - written, cached, written, output: 0 }
    }
}
