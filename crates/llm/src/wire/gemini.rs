//! Gemini `generateContent`: <https://ai.google.dev/api/generate-content>.
//!
//! `promptTokenCount` includes what was read from the cache; hidden reasoning is counted apart and priced as output.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Dialect, Form, Reading, in_words, parse};
use crate::{Block, Request, Stop, Usage};

pub(crate) fn body(request: &Request, dialect: Dialect) -> Value {
    let part = |block: &Block| json!({"text": block.text()});
    let system: Vec<Value> = request.system.iter().map(part).collect();
    let mut user: Vec<Value> = request.user.iter().map(part).collect();
    if dialect.form != Form::Schema {
        user.push(json!({"text": in_words(request)}));
    }
    let mut config = json!({"maxOutputTokens": request.max_output_tokens});
    if dialect.form != Form::Words {
        config["responseMimeType"] = json!("application/json");
    }
    if dialect.form == Form::Schema {
        config["responseSchema"] = plain(request.schema.json());
    }
    if dialect.sampling {
        if let Some(temperature) = request.temperature {
            config["temperature"] = json!(temperature);
        }
        if let Some(seed) = request.seed {
            // The field holds 32 bits.
            config["seed"] = json!(seed & 0x7fff_ffff);
        }
    }
    json!({
        "systemInstruction": {"parts": system},
        "contents": [{"role": "user", "parts": user}],
        "generationConfig": config,
    })
}

/// The schema in the subset of OpenAPI that `responseSchema` takes, properties in their order.
fn plain(schema: &Value) -> Value {
    const KNOWN: [&str; 13] = [
        "type",
        "format",
        "title",
        "description",
        "nullable",
        "enum",
        "items",
        "maxItems",
        "minItems",
        "properties",
        "required",
        "minimum",
        "maximum",
    ];
    match schema {
        Value::Object(map) => {
            let mut out = Map::new();
            for (key, value) in map.iter().filter(|(key, _)| KNOWN.contains(&key.as_str())) {
                let value = match (key.as_str(), value) {
                    ("properties", Value::Object(all)) => {
                        out.insert("propertyOrdering".to_owned(), all.keys().cloned().collect());
                        Value::Object(all.iter().map(|(name, one)| (name.clone(), plain(one))).collect())
                    }
                    ("items", one) => plain(one),
                    // A list of types is no OpenAPI: the first that is not null, and nullable.
                    ("type", Value::Array(types)) => {
                        out.insert("nullable".to_owned(), Value::Bool(types.iter().any(|t| t == "null")));
                        types.iter().find(|t| *t != "null").cloned().unwrap_or_default()
                    }
                    // Only strings can be enumerated.
                    ("enum", Value::Array(all)) if !all.iter().all(Value::is_string) => continue,
                    (_, value) => value.clone(),
                };
                out.insert(key.clone(), value);
            }
            Value::Object(out)
        }
        other => other.clone(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Counted>,
    #[serde(rename = "responseId")]
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names are those of the wire format")]
struct Counted {
    prompt_token_count: u64,
    cached_content_token_count: u64,
    candidates_token_count: u64,
    thoughts_token_count: u64,
}

pub(super) fn read(body: &[u8]) -> Result<Reading, String> {
    let response: Response = parse(body)?;
    let counted = response.usage_metadata.unwrap_or_default();
    let usage = Usage {
        input_fresh: counted.prompt_token_count.saturating_sub(counted.cached_content_token_count),
        input_cached: counted.cached_content_token_count,
        cache_write: 0,
        output: counted.candidates_token_count + counted.thoughts_token_count,
    };
    let id = response.id.unwrap_or_default();
    if let Some(reason) = response.prompt_feedback.and_then(|feedback| feedback.block_reason) {
        return Ok(Reading { text: reason, usage, stop: Stop::Refusal, id });
    }
    let candidate = response.candidates.into_iter().next().ok_or("no candidate in the answer")?;
    let stop = match candidate.finish_reason.as_deref() {
        Some("STOP") => Stop::Complete,
        Some("MAX_TOKENS") => Stop::Length,
        Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII") => Stop::Refusal,
        other => Stop::Other(other.unwrap_or("none").to_owned()),
    };
    let parts = candidate.content.map(|content| content.parts).unwrap_or_default();
    let text = parts.iter().filter(|part| !part.thought).map(|part| part.text.as_str()).collect();
    Ok(Reading { text, usage, stop, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_put_in_openapi_terms() {
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["level", "type"],
            "properties": {
                "level": {"type": "integer", "enum": [1, 2, 3]},
                "type": {"type": ["string", "null"], "enum": ["a", "b"]},
            },
        });
        assert_eq!(
            plain(&schema),
            json!({
                "type": "object",
                "required": ["level", "type"],
                "propertyOrdering": ["level", "type"],
                "properties": {
                    "level": {"type": "integer"},
                    "type": {"type": "string", "nullable": true, "enum": ["a", "b"]},
                },
            })
        );
    }
}
