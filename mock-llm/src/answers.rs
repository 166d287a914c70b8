//! Answers made from the schema alone, and answers spoilt by order.

use serde_json::{Map, Value, json};

use crate::behaviour::Fault;
use crate::formats::SeenRequest;

/// The smallest value that the request's schema allows, as JSON; `{}` without a schema.
pub fn from_schema(request: &SeenRequest) -> String {
    request.schema.as_ref().map_or_else(|| "{}".to_owned(), |schema| smallest(schema).to_string())
}

fn smallest(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(first) = schema["anyOf"].as_array().and_then(|all| all.first()) {
        return smallest(first);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or("null"),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "object" => {
            let properties = schema["properties"].as_object();
            let all = properties.into_iter().flatten();
            Value::Object(all.map(|(name, one)| (name.clone(), smallest(one))).collect::<Map<_, _>>())
        }
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(0);
            (0..count).map(|_| smallest(&schema["items"])).collect()
        }
        "string" => json!("none"),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(0)),
        "boolean" => json!(false),
        _ => Value::Null,
    }
}

/// A text spoilt as the fault says.
pub(crate) fn spoilt(text: String, fault: Option<Fault>) -> String {
    match fault {
        Some(Fault::TruncatedJson | Fault::Length) => {
            let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text[..middle].to_owned()
        }
        Some(fault @ (Fault::WrongLabel | Fault::InventedQuote)) => {
            serde_json::from_str(&text).map_or(text, |value| spoil(value, "", fault).to_string())
        }
        _ => text,
    }
}

/// Values under names that speak of quotes, or of labels, replaced.
fn spoil(value: Value, name: &str, fault: Fault) -> Value {
    let speaks = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match value {
        Value::Object(map) => map
            .into_iter()
            .map(|(name, inner)| {
                let spoilt = spoil(inner, &name, fault);
                (name, spoilt)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(all) => all.into_iter().map(|inner| spoil(inner, name, fault)).collect(),
        Value::String(_) if fault == Fault::InventedQuote && speaks(&["quote", "evidence"]) => {
            json!("Every purple lighthouse shall be audited by a committee of otters on alternate Thursdays.")
        }
        Value::String(_) if fault == Fault::WrongLabel && speaks(&["code", "label", "value"]) => {
            json!("no-such-label")
        }
        Value::Number(_) if fault == Fault::WrongLabel && speaks(&["level", "score"]) => json!(99),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_met_with_the_least() {
        let schema = json!({"type": "object", "properties": {
            "level": {"type": "integer", "enum": [1, 2]},
            "quotes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "note": {"type": ["null", "string"]},
        }});
        assert_eq!(smallest(&schema), json!({"level": 1, "quotes": ["none"], "note": null}));
    }

    #[test]
    fn answers_are_spoilt_by_order() {
        let text = r#"{"code":"a","level":2,"quotes":["x"]}"#.to_owned();
        assert!(spoilt(text.clone(), Some(Fault::WrongLabel)).contains("no-such-label"));
        assert!(spoilt(text.clone(), Some(Fault::InventedQuote)).contains("otters"));
        assert!(serde_json::from_str::<Value>(&spoilt(text.clone(), Some(Fault::TruncatedJson))).is_err());
        assert_eq!(spoilt(text.clone(), Some(Fault::Cut)), text);
    }
}
