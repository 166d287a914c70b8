//! OpenAI Responses: <https://platform.openai.com/docs/api-reference/responses>.
//!
//! `input_tokens` includes what was read from the cache. Nothing is kept at the provider (`store: false`).

use lacuna_domain::hash::sha256_parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dialect, Form, Reading, in_words, parse};
use crate::{Block, Request, Stop, Usage};

pub(super) fn body(model: &str, request: &Request, dialect: Dialect) -> Value {
    let part = |block: &Block| json!({"type": "input_text", "text": block.text()});
    let system: Vec<Value> = request.system.iter().map(part).collect();
    let mut user: Vec<Value> = request.user.iter().map(part).collect();
    let format = match dialect.form {
        Form::Schema => json!({
            "type": "json_schema",
            "name": request.schema.name(),
            "schema": request.schema.json(),
            "strict": true,
        }),
        Form::Object => json!({"type": "json_object"}),
        Form::Words => json!({"type": "text"}),
    };
    if dialect.form != Form::Schema {
        user.push(part(&Block::new(in_words(request))));
    }
    let mut body = json!({
        "model": model,
        "input": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        "text": {"format": format},
        "max_output_tokens": request.max_output_tokens,
        "store": false,
        // Requests with the same beginning are led to the same cache.
        "prompt_cache_key": cache_key(request),
    });
    if let (true, Some(temperature)) = (dialect.sampling, request.temperature) {
        body["temperature"] = json!(temperature);
    }
    body
}

fn cache_key(request: &Request) -> String {
    let parts: Vec<&[u8]> = request.system.iter().map(|block| block.text().as_bytes()).collect();
    sha256_parts(&parts)[..32].to_owned()
}

#[derive(Deserialize)]
struct Response {
    id: String,
    status: Option<String>,
    incomplete_details: Option<Incomplete>,
    #[serde(default)]
    output: Vec<Item>,
    usage: Option<Counted>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    content: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Part {
    r#type: String,
    #[serde(default)]
    text: String,
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
struct Counted {
    input_tokens: u64,
    output_tokens: u64,
    input_tokens_details: Option<Details>,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u64>,
    #[serde(default)]
    cache_write_tokens: Option<u64>,
}

pub(super) fn read(body: &[u8]) -> Result<Reading, String> {
    let response: Response = parse(body)?;
    if let Some(error) = response.error.filter(|error| !error.is_null()) {
        return Err(format!("the response failed: {error}"));
    }
    let counted = response.usage.unwrap_or_default();
    let details = counted.input_tokens_details.unwrap_or_default();
    let cached = details.cached_tokens.unwrap_or(0);
    let written = details.cache_write_tokens.unwrap_or(0);
    let usage = Usage {
        input_fresh: counted.input_tokens.saturating_sub(cached + written),
        input_cached: cached,
        cache_write: written,
        output: counted.output_tokens,
    };
    let parts: Vec<Part> = response.output.into_iter().filter_map(|item| item.content).flatten().collect();
    if let Some(words) = parts.iter().find_map(|part| part.refusal.clone()) {
        return Ok(Reading { text: words, usage, stop: Stop::Refusal, id: response.id });
    }
    let text =
        parts.iter().filter(|part| part.r#type == "output_text").map(|part| part.text.as_str()).collect();
    let reason = response.incomplete_details.and_then(|details| details.reason);
    let stop = match (response.status.as_deref(), reason.as_deref()) {
        (Some("completed") | None, _) => Stop::Complete,
        (Some("incomplete"), Some("max_output_tokens")) => Stop::Length,
        (Some("incomplete"), Some("content_filter")) => Stop::Refusal,
        (Some(other), _) => Stop::Other(other.to_owned()),
    };
    Ok(Reading { text, usage, stop, id: response.id })
}
