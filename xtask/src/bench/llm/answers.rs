//! What the mock provider answers to the pipeline's questions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lacuna_domain::Codebook;
use lacuna_domain::hash::sha256_hex;
use lacuna_pipeline::classify::model::written;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::segment::segment;
use mock_llm::{Answerer, SeenRequest};
use serde_json::{Map, Value, json};

/// Answers as the built-in engine would, from the document in the request; each document is read once.
pub(crate) fn honest() -> anyhow::Result<Answerer> {
    let codebook = lacuna_pipeline::codebooks::ai_governance()?;
    let engine = OfflineEngine::new(&codebook)?;
    let known: Mutex<HashMap<String, String>> = Mutex::default();
    Ok(Arc::new(move |seen: &SeenRequest| {
        let user = seen.user_text();
        let document = document(&user).unwrap_or(&user);
        let key = sha256_hex(document.as_bytes());
        let held = known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let answer = held.unwrap_or_else(|| {
            let drafts = engine.code(document, &segment(document), Some("en"));
            let answer = written(&drafts, &codebook);
            known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
            answer
        });
        // A peer that cannot say the shape of the labels asks for them as one string; a word before it keeps the peer from
        // reading it as JSON after all.
        let labels = seen.schema.as_ref().map(|schema| &schema["properties"]["labels"]["type"]);
        if labels.is_some_and(|kind| kind == "string") {
            json!({"labels": format!("Coding: {answer}")}).to_string()
        } else {
            answer
        }
    }))
}

/// Answers in next to no time, so that the mock is not the limit of what is measured: three codes, each with a sentence
/// of the document.
pub(super) fn quick(codebook: &Codebook) -> Answerer {
    let labels: Map<String, Value> =
        codebook.dimensions.iter().map(|d| (d.id.to_string(), json!([]))).collect();
    let risk = codebook.dimensions.iter().find(|d| d.id.as_str() == "risk").or(codebook.dimensions.first());
    let codes: Vec<String> =
        risk.into_iter().flat_map(|d| d.codes.iter().take(3).map(|code| code.id.to_string())).collect();
    let dimension = risk.map(|d| d.id.to_string()).unwrap_or_default();
    Arc::new(move |seen: &SeenRequest| {
        let text = seen.user.first().map_or("", |block| block.text.as_str());
        let text = document(text).unwrap_or(text);
        let sentences = text.split_inclusive(". ").filter(|s| s.len() > 40);
        let entries: Vec<Value> = codes
            .iter()
            .zip(sentences)
            .map(|(code, sentence)| {
                json!({"code": code, "evidence": [sentence.trim()], "level": 2, "reason": "It is said there.",
                    "sure": "high"})
            })
            .collect();
        let mut labels = labels.clone();
        labels.insert(dimension.clone(), entries.into());
        json!({"labels": labels}).to_string()
    })
}

/// The words between the two lines that mark a document.
fn document(text: &str) -> Option<&str> {
    let begin = text.find(" document begins>>>\n")? + " document begins>>>\n".len();
    let end = text[begin..].find("\n<<<")? + begin;
    Some(&text[begin..end])
}
