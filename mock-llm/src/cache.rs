//! The provider's prompt cache: beginnings of prompts that it has seen before cost less.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use lacuna_domain::hash::sha256_parts;

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
}

impl Cache {
    /// Counts the input of a request and remembers its beginnings: up to each marked block for Anthropic, up to each block
    /// for the others.
    pub(crate) fn count(&self, request: &SeenRequest) -> Counted {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let schema = request.schema.as_ref().map_or(0, |schema| tokens::count(&schema.to_string()));
        let mut chain = sha256_parts(&[request.model.as_bytes(), schema.to_string().as_bytes()]);
        let (mut total, mut cached, mut kept) = (schema, 0, 0);
        for block in request.system.iter().chain(&request.user) {
            total += tokens::count(&block.text);
            chain = sha256_parts(&[chain.as_bytes(), block.text.as_bytes()]);
            let marked = request.format != Format::Anthropic || block.cache;
            if !marked || total < SHORTEST {
                continue;
            }
            if !seen.insert(chain.clone()) {
                cached = total;
            }
            kept = total;
        }
        let written = if request.format == Format::Anthropic { kept - cached.min(kept) } else { 0 };
        Counted { fresh: total - cached - written, cached, written, output: 0 }
    }
}
