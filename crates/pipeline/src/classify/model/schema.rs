//! The form of an answer, as a JSON schema made from the codebook.
//!
//! Keys are chosen so that their alphabetical order is the order of thought, because some providers and many JSON
//! libraries sort them: `code`, `evidence`, `holders`, `kinds`, `level`, `option`, `reason`, `sure`. Every property is
//! required and nothing else is allowed, which is what strict schema modes ask for. Lists of claimed codes only keep
//! the answer short: what is not claimed costs nothing.

use lacuna_domain::codebook::{Code, Codebook, Dimension, Kind};
use serde_json::{Map, Value, json};

/// The schema of an answer that covers every dimension; with `summaries`, one to three sentences per dimension follow.
pub(super) fn schema(codebook: &Codebook, summaries: bool) -> Value {
    let mut labels = Map::new();
    for dimension in &codebook.dimensions {
        let mut list = json!({ "type": "array", "items": entry(dimension) });
        if matches!(dimension.kind, Kind::Choice) {
            list["maxItems"] = json!(1);
        }
        labels.insert(dimension.id.to_string(), list);
    }
    let mut top = Map::new();
    top.insert("labels".to_owned(), object(labels));
    if summaries {
        let texts = codebook.dimensions.iter().map(|d| (d.id.to_string(), json!({ "type": "string" })));
        let texts: Map<String, Value> = texts.collect();
        top.insert("summaries".to_owned(), object(texts));
    }
    object(top)
}

fn entry(dimension: &Dimension) -> Value {
    let mut fields = Map::new();
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let ids = |codes: &[Code]| -> Value {
        json!({ "type": "string", "enum": codes.iter().map(|c| c.id.as_str()).collect::<Vec<_>>() })
    };
    let mut field = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    match &dimension.kind {
        Kind::Choice => {
            field("option", ids(&dimension.codes));
        }
        Kind::Flag => {
            field("code", ids(&dimension.codes));
        }
        Kind::Ordinal { levels } => {
            let positive: Vec<u8> = levels.iter().skip(1).map(|l| l.value).collect();
            field("code", ids(&dimension.codes));
            field("level", json!({ "type": "integer", "enum": positive }));
        }
        Kind::Actor { types } => {
            field("code", ids(&dimension.codes));
            field("holders", texts.clone());
            field("kinds", json!({ "type": "array", "items": ids(types) }));
        }
    }
    field("evidence", texts);
    field("reason", text);
    field("sure", json!({ "type": "string", "enum": ["high", "medium", "low"] }));
    object(fields)
}

/// An object with exactly these properties.
fn object(properties: impl Into<Map<String, Value>>) -> Value {
    let properties = properties.into();
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_comes_before_the_answer_and_the_answer_before_the_reason() {
        let codebook = crate::codebooks::ai_governance().unwrap();
        let schema = schema(&codebook, true);
        for dimension in &codebook.dimensions {
            let entry = &schema["properties"]["labels"]["properties"][dimension.id.as_str()]["items"];
            let keys: Vec<&str> =
                entry["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            assert!(keys.is_sorted(), "{keys:?}");
            let at = |name: &str| keys.iter().position(|k| *k == name);
            let answer = at("level").or(at("option")).or(at("holders")).or(at("reason")).unwrap();
            assert!(at("evidence").unwrap() < answer && answer <= at("reason").unwrap());
            assert_eq!(entry["required"].as_array().unwrap().len(), keys.len());
        }
        let levels =
            &schema["properties"]["labels"]["properties"]["risk"]["items"]["properties"]["level"]["enum"];
        assert_eq!(levels, &json!([2, 3]));
    }
}
