//! OpenAI Chat Completions, and how other servers speak it: <https://platform.openai.com/docs/api-reference/chat>.
//!
//! `prompt_tokens` includes what was read from the cache.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dialect, Form, Reading, in_words, parse};
use crate::{Block, Request, Stop, Usage};

/// Whose server it is. Others know fewer and older names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    OpenAi,
    Other,
}

pub(super) fn body(model: &str, request: &Request, dialect: Dialect, server: Server) -> Value {
    let mut user = request.user.clone();
    if dialect.form != Form::Schema {
        user.push(Block::new(in_words(request)));
    }
    let mut messages = Vec::new();
    for (role, blocks) in [("system", &request.system), ("user", &user)] {
        if !blocks.is_empty() {
            messages.push(json!({"role": role, "content": content(blocks, server)}));
        }
    }
    let mut body = json!({"model": model, "messages": messages});
    let longest = if server == Server::OpenAi { "max_completion_tokens" } else { "max_tokens" };
    body[longest] = json!(request.max_output_tokens);
    match dialect.form {
        Form::Schema => {
            let schema =
                json!({"name": request.schema.name(), "schema": request.schema.json(), "strict": true});
            body["response_format"] = json!({"type": "json_schema", "json_schema": schema});
        }
        Form::Object => body["response_format"] = json!({"type": "json_object"}),
        Form::Words => {}
    }
    if dialect.sampling {
        if let Some(temperature) = request.temperature {
            body["temperature"] = json!(temperature);
        }
        if let Some(seed) = request.seed {
            body["seed"] = json!(seed);
        }
    }
    body
}

/// Parts for OpenAI; one string for servers that may not know parts.
fn content(blocks: &[Block], server: Server) -> Value {
    match server {
        Server::OpenAi => blocks.iter().map(|block| json!({"type": "text", "text": block.text()})).collect(),
        Server::Other => Value::from(blocks.iter().map(Block::text).collect::<Vec<_>>().join("\n\n")),
    }
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    id: String,
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Counted,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
struct Counted {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    prompt_tokens_details: Option<Details>,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u64>,
    #[serde(default)]
    cache_write_tokens: Option<u64>,
}

pub(super) fn read(body: &[u8]) -> Result<Reading, String> {
    let completion: Completion = parse(body)?;
    let choice = completion.choices.into_iter().next().ok_or("no choice in the answer")?;
    let details = completion.usage.prompt_tokens_details.unwrap_or_default();
    let cached = details.cached_tokens.unwrap_or(0);
    let written = details.cache_write_tokens.unwrap_or(0);
    let usage = Usage {
        input_fresh: completion.usage.prompt_tokens.saturating_sub(cached + written),
        input_cached: cached,
        cache_write: written,
        output: completion.usage.completion_tokens,
    };
    let (text, stop) = match (choice.message.refusal, choice.finish_reason.as_deref()) {
        (Some(words), _) => (words, Stop::Refusal),
        (None, reason) => {
            let stop = match reason {
                Some("stop" | "tool_calls") => Stop::Complete,
                Some("length") => Stop::Length,
                Some("content_filter") => Stop::Refusal,
                other => Stop::Other(other.unwrap_or("none").to_owned()),
            };
            (choice.message.content.unwrap_or_default(), stop)
        }
    };
    Ok(Reading { text, usage, stop, id: completion.id })
}
