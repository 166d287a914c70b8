//! The wire formats, seen from the other side.

use lacuna_domain::hash::sha256_parts;
use serde_json::{Value, json};

use crate::behaviour::Fault;
use crate::cache::Counted;

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Anthropic Messages.
    Anthropic,
    /// OpenAI Responses.
    Responses,
    /// OpenAI Chat Completions and its kin.
    Chat,
    /// Gemini `generateContent`.
    Gemini,
}

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenBlock {
    /// Its words.
    pub text: String,
    /// Whether it ends with a cache breakpoint.
    pub cache: bool,
}

/// A request as the provider understands it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenRequest {
    /// How it was written.
    pub format: Format,
    /// The model asked for.
    pub model: String,
    /// The system prompt, block by block.
    pub system: Vec<SeenBlock>,
    /// The user's message, block by block.
    pub user: Vec<SeenBlock>,
    /// The schema of the answer, where one was given as such.
    pub schema: Option<Value>,
    /// Whether the answer goes back as a tool call.
    pub tool: Option<String>,
    /// SHA-256 of the body: what makes two requests the same to the provider.
    pub hash: String,
}

impl SeenRequest {
    /// All of the system prompt.
    pub fn system_text(&self) -> String {
        joined(&self.system)
    }

    /// All of the user's message.
    pub fn user_text(&self) -> String {
        joined(&self.user)
    }
}

fn joined(blocks: &[SeenBlock]) -> String {
    blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n")
}

/// The format that a path speaks, with the model where the path names it.
pub(crate) fn of_path(path: &str) -> Option<(Format, Option<&str>)> {
    let path = path.split('?').next().unwrap_or(path);
    if let Some(model) = path.strip_suffix(":generateContent") {
        return Some((Format::Gemini, model.rsplit('/').next()));
    }
    let format = match path.trim_start_matches("/v1") {
        "/messages" => Format::Anthropic,
        "/responses" => Format::Responses,
        "/chat/completions" => Format::Chat,
        _ => return None,
    };
    Some((format, None))
}

/// Understands the body of a request, which came as `bytes`.
pub(crate) fn read(
    format: Format,
    model: Option<&str>,
    mut body: Value,
    bytes: &[u8],
) -> Option<SeenRequest> {
    let model = model.or_else(|| body["model"].as_str())?.to_owned();
    let mut seen = SeenRequest {
        format,
        hash: sha256_parts(&[model.as_bytes(), bytes]),
        model,
        system: Vec::new(),
        user: Vec::new(),
        schema: None,
        tool: None,
    };
    let mut out = |path: &str| body.pointer_mut(path).map(Value::take).unwrap_or_default();
    match format {
        Format::Anthropic => {
            seen.system = blocks(out("/system"));
            seen.user = blocks(last(out("/messages"))?["content"].take());
            seen.schema = some(out("/output_config/format/schema"));
            if let Some(name) = out("/tools/0/name").as_str() {
                seen.tool = Some(name.to_owned());
                seen.schema = some(out("/tools/0/input_schema"));
            }
        }
        Format::Responses => {
            roles(&mut seen, out("/input"))?;
            seen.schema = some(out("/text/format/schema"));
        }
        Format::Chat => {
            roles(&mut seen, out("/messages"))?;
            seen.schema = some(out("/response_format/json_schema/schema"));
            if let Some(name) = out("/tools/0/function/name").as_str() {
                seen.tool = Some(name.to_owned());
                seen.schema = some(out("/tools/0/function/parameters"));
            }
        }
        Format::Gemini => {
            seen.system = blocks(out("/systemInstruction/parts"));
            seen.user = blocks(last(out("/contents"))?["parts"].take());
            seen.schema = some(out("/generationConfig/responseSchema"))
                .or_else(|| some(out("/generationConfig/responseJsonSchema")));
        }
    }
    (!seen.user.is_empty()).then_some(seen)
}

/// The last of a list of objects.
fn last(list: Value) -> Option<Value> {
    let Value::Array(mut all) = list else { return None };
    all.pop().filter(Value::is_object)
}

fn roles(seen: &mut SeenRequest, messages: Value) -> Option<()> {
    let Value::Array(messages) = messages else { return None };
    for mut message in messages {
        let system = matches!(message["role"].as_str(), Some("system" | "developer"));
        let blocks = blocks(message.get_mut("content").map(Value::take).unwrap_or_default());
        if system {
            seen.system.extend(blocks);
        } else {
            seen.user.extend(blocks);
        }
    }
    Some(())
}

/// The text parts of a content, which may also be one string.
fn blocks(content: Value) -> Vec<SeenBlock> {
    match content {
        Value::String(text) => vec![SeenBlock { text, cache: false }],
        Value::Array(parts) => parts
            .into_iter()
            .filter_map(|mut part| {
                let Value::String(text) = part.get_mut("text")?.take() else { return None };
                Some(SeenBlock { text, cache: part.get("cache_control").is_some() })
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn some(value: Value) -> Option<Value> {
    (!value.is_null()).then_some(value)
}

/// Writes an answer.
pub(crate) fn answer(seen: &SeenRequest, text: &str, counted: Counted, fault: Option<Fault>) -> Value {
    let refused = fault == Some(Fault::Refusal);
    let cut = fault == Some(Fault::Length);
    let id = &seen.hash[..16];
    match seen.format {
        Format::Anthropic => anthropic(seen, text, counted, [refused, cut]),
        Format::Responses => {
            let part = if refused {
                json!({"type": "refusal", "refusal": "I cannot help with that."})
            } else {
                json!({"type": "output_text", "text": text, "annotations": []})
            };
            json!({
                "id": format!("resp_{id}"), "object": "response", "model": seen.model,
                "status": if cut { "incomplete" } else { "completed" },
                "incomplete_details": if cut { json!({"reason": "max_output_tokens"}) } else { Value::Null },
                "error": null,
                "output": [{"type": "reasoning", "id": "rs_1", "summary": []},
                    {"type": "message", "role": "assistant", "content": [part]}],
                "usage": {
                    "input_tokens": counted.fresh + counted.cached, "output_tokens": counted.output,
                    "input_tokens_details": {"cached_tokens": counted.cached},
                    "output_tokens_details": {"reasoning_tokens": 0},
                },
            })
        }
        Format::Chat => chat(seen, text, counted, [refused, cut]),
        Format::Gemini => {
            let usage = json!({
                "promptTokenCount": counted.fresh + counted.cached,
                "cachedContentTokenCount": counted.cached,
                "candidatesTokenCount": counted.output,
                "totalTokenCount": counted.fresh + counted.cached + counted.output,
            });
            if refused {
                return json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": usage, "responseId": id});
            }
            json!({
                "candidates": [{
                    "content": {"role": "model", "parts": [{"text": "thinking", "thought": true}, {"text": text}]},
                    "finishReason": if cut { "MAX_TOKENS" } else { "STOP" },
                    "index": 0,
                }],
                "usageMetadata": usage,
                "modelVersion": seen.model,
                "responseId": id,
            })
        }
    }
}

fn anthropic(seen: &SeenRequest, text: &str, counted: Counted, [refused, cut]: [bool; 2]) -> Value {
    let stop = match (refused, cut, &seen.tool) {
        (true, ..) => "refusal",
        (_, true, _) => "max_tokens",
        (.., Some(_)) => "tool_use",
        _ => "end_turn",
    };
    let content = match &seen.tool {
        _ if refused => json!([]),
        Some(name) => {
            let input: Value = serde_json::from_str(text).unwrap_or_default();
            json!([{"type": "tool_use", "id": "toolu_1", "name": name, "input": input}])
        }
        None => json!([{"type": "text", "text": text}]),
    };
    json!({
        "id": format!("msg_{}", &seen.hash[..16]), "type": "message", "role": "assistant", "model": seen.model,
        "content": content, "stop_reason": stop, "stop_sequence": null,
        "usage": {
            "input_tokens": counted.fresh,
            "cache_creation_input_tokens": counted.written,
            "cache_read_input_tokens": counted.cached,
            "output_tokens": counted.output,
        },
    })
}

fn chat(seen: &SeenRequest, text: &str, counted: Counted, [refused, cut]: [bool; 2]) -> Value {
    let message = match &seen.tool {
        _ if refused => {
            json!({"role": "assistant", "content": null, "refusal": "I cannot help with that."})
        }
        Some(name) => json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": name, "arguments": text}}]}),
        None => json!({"role": "assistant", "content": text, "refusal": null}),
    };
    json!({
        "id": format!("chatcmpl-{}", &seen.hash[..16]), "object": "chat.completion", "created": 0, "model": seen.model,
        "choices": [{"index": 0, "message": message, "finish_reason": if cut { "length" } else { "stop" }}],
        "usage": {
            "prompt_tokens": counted.fresh + counted.cached, "completion_tokens": counted.output,
            "total_tokens": counted.fresh + counted.cached + counted.output,
            "prompt_tokens_details": {"cached_tokens": counted.cached},
        },
    })
}

/// Writes an error as the format does.
pub(crate) fn error(format: Format, status: u16, words: &str, code: &str) -> Value {
    match format {
        Format::Anthropic => json!({"type": "error", "error": {"type": code, "message": words}}),
        Format::Responses | Format::Chat => {
            json!({"error": {"message": words, "type": code, "param": null, "code": code}})
        }
        Format::Gemini => json!({"error": {"code": status, "message": words, "status": code.to_uppercase()}}),
    }
}
