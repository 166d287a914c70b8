//! The wire formats: how each provider wants a request written, and how it writes answers and errors.

mod anthropic;
pub(crate) mod batch;
pub(crate) mod batch_list;
mod chat;
mod dialect;
mod fault;
mod frame;
mod gemini;
mod responses;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

pub(crate) use dialect::{Dialect, Form, Learned};
pub(crate) use fault::{Fault, excerpt, fault};
pub(crate) use frame::Frames;

use crate::{Key, Model, Provider, Request, Stop, Usage};

/// What an answer of any provider says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) text: String,
    pub(crate) usage: Usage,
    pub(crate) stop: Stop,
    pub(crate) id: String,
}

/// The path of a request for one answer, after the base address.
pub(crate) fn path(model: &Model) -> String {
    match model.provider() {
        Provider::Anthropic => "/v1/messages".to_owned(),
        Provider::OpenAi => "/responses".to_owned(),
        Provider::OpenAiChat | Provider::Compat => "/chat/completions".to_owned(),
        Provider::Gemini => format!("/v1beta/models/{}:generateContent", model.name()),
    }
}

/// Headers of every request: the key where the provider looks for it, and versions.
pub(crate) fn headers(provider: Provider, key: Option<&Key>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut add = |name: &'static str, value: &str| {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    match provider {
        Provider::Anthropic => add("anthropic-version", "2023-06-01"),
        Provider::OpenAi | Provider::OpenAiChat | Provider::Gemini | Provider::Compat => {}
    }
    match (provider, key.map(Key::reveal)) {
        (_, None) => {}
        (Provider::Anthropic, Some(key)) => add("x-api-key", key),
        (Provider::Gemini, Some(key)) => add("x-goog-api-key", key),
        (_, Some(key)) => add("authorization", &format!("Bearer {key}")),
    }
    headers
}

/// The body of a request for one answer.
pub(crate) fn body(model: &Model, request: &Request, dialect: Dialect) -> Value {
    match model.provider() {
        Provider::Anthropic => anthropic::body(model.name(), request, dialect),
        Provider::OpenAi => responses::body(model.name(), request, dialect),
        Provider::OpenAiChat => chat::body(model.name(), request, dialect, chat::Server::OpenAi),
        Provider::Compat => chat::body(model.name(), request, dialect, chat::Server::Other),
        Provider::Gemini => gemini::body(request, dialect),
    }
}

/// Reads an answer; `Err` says what is missing.
pub(crate) fn read(provider: Provider, body: &[u8], dialect: Dialect) -> Result<Reading, String> {
    let mut reading = match provider {
        Provider::Anthropic => anthropic::read(body),
        Provider::OpenAi => responses::read(body),
        Provider::OpenAiChat | Provider::Compat => chat::read(body),
        Provider::Gemini => gemini::read(body),
    }?;
    if dialect.form != Form::Schema {
        reading.text = unfenced(&reading.text).to_owned();
    }
    Ok(reading)
}

/// Parses a body into a format's own shape.
fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// The schema in words, for models that get no schema otherwise.
fn in_words(request: &Request) -> String {
    format!(
        "Answer with one JSON object that meets this JSON Schema, without any other words and without a code fence:\n{}",
        request.schema.text()
    )
}

/// A text without the Markdown code fence that some models put around JSON.
fn unfenced(text: &str) -> &str {
    let inner = text.trim();
    let Some(rest) = inner.strip_prefix("```") else { return inner };
    let rest = rest.strip_prefix("json").unwrap_or(rest);
    rest.trim_end().strip_suffix("```").unwrap_or(rest).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_come_off() {
        assert_eq!(unfenced("```json\n{\"a\": 1}\n```\n"), "{\"a\": 1}");
        assert_eq!(unfenced(" {\"a\": \"```\"} "), "{\"a\": \"```\"}");
        assert_eq!(unfenced("```\n{}"), "{}");
    }

    #[test]
    fn keys_go_where_the_provider_looks_and_are_marked_secret() {
        let key = Key::from_env(Provider::OpenAi, |_| Some("sk-1".to_owned())).unwrap();
        for (provider, header) in [
            (Provider::Anthropic, "x-api-key"),
            (Provider::OpenAi, "authorization"),
            (Provider::Gemini, "x-goog-api-key"),
            (Provider::Compat, "authorization"),
        ] {
            let headers = headers(provider, key.as_ref());
            assert!(headers[header].to_str().unwrap().ends_with("sk-1"));
            assert!(!format!("{headers:?}").contains("sk-1"));
        }
    }
}
