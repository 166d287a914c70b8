//! Bodies of requests that differ in the user's words only: the rest, which is most of a body, is written once and copied.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use lacuna_domain::hash::sha256_parts;

use super::{Dialect, body};
use crate::{Block, Model, Request, Schema};

/// Frames kept: one for each seed of an ensemble and each kind of question.
const KEPT: usize = 32;

/// The frames of one client.
#[derive(Debug, Default)]
pub(crate) struct Frames(Mutex<VecDeque<Arc<Frame>>>);

/// The body of a request around the words of its user blocks.
#[derive(Debug)]
struct Frame {
    system: Vec<Block>,
    schema: Schema,
    /// Whether each user block ends with a cache breakpoint.
    caches: Vec<bool>,
    max_output_tokens: u32,
    temperature: Option<u32>,
    seed: Option<u64>,
    dialect: Dialect,
    /// One more than there are user blocks, where every one of them stands once and in order.
    pieces: Vec<String>,
}

impl Frames {
    /// The body of `request`, as [`body`] writes it.
    pub(crate) fn body(&self, model: &Model, request: &Request, dialect: Dialect) -> String {
        let frame = {
            let frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            frames.iter().find(|frame| frame.fits(request, dialect)).cloned()
        };
        let frame = frame.unwrap_or_else(|| {
            let frame = Arc::new(Frame::new(model, request, dialect));
            let mut frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            frames.truncate(KEPT - 1);
            frames.push_front(Arc::clone(&frame));
            frame
        });
        frame.filled(&request.user).unwrap_or_else(|| body(model, request, dialect).to_string())
    }
}

impl Frame {
    fn new(model: &Model, request: &Request, dialect: Dialect) -> Self {
        // Words that stand in no prompt: they name the digest of what is around them.
        let digests: Vec<&[u8]> = request.system.iter().map(|block| block.digest().as_bytes()).collect();
        let mark = sha256_parts(&digests);
        let marks: Vec<String> =
            (0..request.user.len()).map(|index| format!("user-{index}-{mark}")).collect();
        let marked = request.user.iter().zip(&marks);
        let user = marked.map(|(block, mark)| Block::new(mark.as_str()).with_cache(block.cache));
        let written = body(model, &Request { user: user.collect(), ..request.clone() }, dialect).to_string();
        let mut pieces = Vec::with_capacity(marks.len() + 1);
        let mut rest = written.as_str();
        for mark in &marks {
            let Some((before, after)) = rest.split_once(mark.as_str()) else { break };
            pieces.push(before.to_owned());
            rest = after;
        }
        pieces.push(rest.to_owned());
        Self {
            system: request.system.clone(),
            schema: request.schema.clone(),
            caches: request.user.iter().map(|block| block.cache).collect(),
            max_output_tokens: request.max_output_tokens,
            temperature: request.temperature.map(f32::to_bits),
            seed: request.seed,
            dialect,
            pieces,
        }
    }

    fn fits(&self, request: &Request, dialect: Dialect) -> bool {
        let same = |own: &[Block], other: &[Block]| {
            own.len() == other.len() && own.iter().zip(other).all(|(own, other)| own.is(other))
        };
        self.dialect == dialect
            && self.seed == request.seed
            && self.max_output_tokens == request.max_output_tokens
            && self.temperature == request.temperature.map(f32::to_bits)
            && self.caches.iter().copied().eq(request.user.iter().map(|block| block.cache))
            && self.schema.is(&request.schema)
            && same(&self.system, &request.system)
    }

    /// The body with these words; `None` where they have no places of their own.
    fn filled(&self, user: &[Block]) -> Option<String> {
        if self.pieces.len() != user.len() + 1 {
            return None;
        }
        let size = self.pieces.iter().map(String::len).sum::<usize>();
        let words = user.iter().map(|block| block.text().len() + block.text().len() / 16).sum::<usize>();
        let mut out = String::with_capacity(size + words);
        for (piece, block) in self.pieces.iter().zip(user) {
            out.push_str(piece);
            let quoted = serde_json::to_string(block.text()).ok()?;
            out.push_str(quoted.get(1..quoted.len() - 1)?);
        }
        out.push_str(self.pieces.last()?);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Form;

    #[test]
    fn a_filled_frame_is_the_body_in_every_format_and_dialect() {
        let request = |words: &str, seed| Request {
            system: vec![Block::cached("The codebook \"of\" gulls"), Block::new("and terns")],
            user: vec![
                Block::cached(format!("<<<{words}>>>\n\u{1}\t\"quoted\" \u{1f426}")),
                Block::new("Code it."),
            ],
            schema: Schema::new(
                "coding",
                serde_json::json!({"type": "object", "properties": {"b": {}, "a": {}}}),
            ),
            max_output_tokens: 100,
            temperature: Some(0.5),
            seed,
        };
        for model in ["anthropic:m", "openai:m", "openai-chat:m", "gemini:m", "compat:m@http://localhost/v1"]
        {
            let model: Model = model.parse().unwrap();
            let frames = Frames::default();
            for form in [Form::Schema, Form::Object, Form::Words] {
                for sampling in [true, false] {
                    let dialect = Dialect { form, sampling };
                    let first = request("one", Some(1));
                    let second = Request { user: request("two", None).user, ..first.clone() };
                    for request in [&first, &second, &request("three", None)] {
                        let whole = body(&model, request, dialect).to_string();
                        assert_eq!(frames.body(&model, request, dialect), whole, "{model} {dialect:?}");
                    }
                }
            }
        }
    }
}
