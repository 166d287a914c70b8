//! Anthropic Messages: <https://platform.claude.com/docs/en/api/messages>.
//!
//! `input_tokens` excludes what was read from the cache and written to it. At most four cache breakpoints count.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dialect, Form, Reading, in_words, parse};
use crate::{Block, Request, Stop, Usage};

/// Breakpoints that the provider accepts in one request.
const BREAKPOINTS: usize = 4;

pub(super) fn body(model: &str, request: &Request, dialect: Dialect) -> Value {
    let marked = request.system.iter().chain(&request.user).filter(|block| block.cache).count();
    let mut spare = marked.saturating_sub(BREAKPOINTS);
    let system: Vec<Value> = request.system.iter().map(|block| part(block, &mut spare)).collect();
    let mut user: Vec<Value> = request.user.iter().map(|block| part(block, &mut spare)).collect();
    if dialect.form == Form::Words {
        user.push(json!({"type": "text", "text": in_words(request)}));
    }
    let mut body = json!({
        "model": model,
        "max_tokens": request.max_output_tokens,
        "system": system,
        "messages": [{"role": "user", "content": user}],
    });
    match dialect.form {
        Form::Schema => {
            body["output_config"] =
                json!({"format": {"type": "json_schema", "schema": request.schema.json()}});
        }
        Form::Object => {
            body["tools"] = json!([{
                "name": request.schema.name(),
                "description": "Hands in the answer",
                "input_schema": request.schema.json(),
            }]);
            body["tool_choice"] = json!({"type": "tool", "name": request.schema.name()});
        }
        Form::Words => {}
    }
    if let (true, Some(temperature)) = (dialect.sampling, request.temperature) {
        body["temperature"] = json!(temperature);
    }
    body
}

/// A text part; the earliest breakpoints beyond the allowed number are left out, as later ones cover them.
fn part(block: &Block, spare: &mut usize) -> Value {
    if block.cache && *spare == 0 {
        return json!({"type": "text", "text": block.text(), "cache_control": {"type": "ephemeral"}});
    }
    *spare = spare.saturating_sub(usize::from(block.cache));
    json!({"type": "text", "text": block.text()})
}

#[derive(Deserialize)]
struct Message {
    id: String,
    content: Vec<Part>,
    stop_reason: Option<String>,
    usage: Counted,
}

#[derive(Deserialize)]
struct Part {
    r#type: String,
    #[serde(default)]
    text: String,
    input: Option<Value>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the wire format")]
struct Counted {
    input_tokens: u64,
    output_tokens: u64,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
}

pub(super) fn read(body: &[u8]) -> Result<Reading, String> {
    let message: Message = parse(body)?;
    let tool = message.content.iter().find(|part| part.r#type == "tool_use");
    let text = match tool.and_then(|part| part.input.as_ref()) {
        Some(input) => input.to_string(),
        None => message.content.iter().filter(|p| p.r#type == "text").map(|p| p.text.as_str()).collect(),
    };
    let stop = match message.stop_reason.as_deref() {
        Some("end_turn" | "tool_use" | "stop_sequence") => Stop::Complete,
        Some("max_tokens" | "model_context_window_exceeded") => Stop::Length,
        Some("refusal") => Stop::Refusal,
        other => Stop::Other(other.unwrap_or("none").to_owned()),
    };
    let usage = Usage {
        input_fresh: message.usage.input_tokens,
        input_cached: message.usage.cache_read_input_tokens.unwrap_or(0),
        cache_write: message.usage.cache_creation_input_tokens.unwrap_or(0),
        output: message.usage.output_tokens,
    };
    Ok(Reading { text, usage, stop, id: message.id })
}
