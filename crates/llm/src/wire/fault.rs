//! What an HTTP status and its body mean, for all providers alike.

use serde_json::Value;

/// What to do about an answer that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Ask again later: too many requests.
    Throttled,
    /// Ask again later: the provider's own trouble.
    Server,
    KeyRejected(String),
    NoCredit(String),
    UnknownModel(String),
    ContextTooLong(String),
    /// The request is not taken as it is; perhaps in a plainer dialect.
    BadRequest(String),
    /// Not this wire format at all.
    NotJson(String),
}

/// Reads a status other than 200 with its body.
pub(crate) fn fault(status: u16, body: &[u8]) -> Fault {
    let text = String::from_utf8_lossy(body);
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let words = json.as_ref().map_or_else(|| excerpt(&text), words);
    let low = words.to_lowercase();
    let says = |list: &[&str]| list.iter().any(|word| low.contains(word));
    if says(&["insufficient_quota", "credit balance is too low", "insufficient credits"]) || status == 402 {
        return Fault::NoCredit(words);
    }
    match status {
        429 => Fault::Throttled,
        408 | 409 | 425 | 500.. => Fault::Server,
        401 | 403 => Fault::KeyRejected(words),
        _ if json.is_none() && (status == 404 || text.trim_start().starts_with('<')) => {
            Fault::NotJson(excerpt(&text))
        }
        300..=399 => Fault::NotJson(format!("a redirection (status {status})")),
        404 => Fault::UnknownModel(words),
        413 => Fault::ContextTooLong(words),
        400 | 422 if says(&["api key not valid", "api_key_invalid", "invalid x-api-key"]) => {
            Fault::KeyRejected(words)
        }
        400 | 422
            if says(&[
                "context_length_exceeded",
                "prompt is too long",
                "maximum context length",
                "context window",
                "context size",
                "input token count",
                "too many tokens",
                "exceeds the maximum number of tokens",
            ]) =>
        {
            Fault::ContextTooLong(words)
        }
        400 if says(&["model_not_found", "invalid model", "is not a valid model", "unknown model"]) => {
            Fault::UnknownModel(words)
        }
        _ => Fault::BadRequest(words),
    }
}

/// The message and code of an error body, wherever a provider puts them.
fn words(json: &Value) -> String {
    let error = json.get(0).unwrap_or(json);
    let error = error.get("error").unwrap_or(error);
    let mut said: Vec<&str> = ["message", "code", "type", "status", "param", "detail"]
        .iter()
        .filter_map(|key| error.get(key)?.as_str())
        .collect();
    if said.is_empty() {
        said.extend(error.as_str());
    }
    if said.is_empty() { excerpt(&json.to_string()) } else { excerpt(&said.join("; ")) }
}

/// The first words of a text, on one line.
pub(crate) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = line.char_indices().nth(300).map_or(line.len(), |(at, _)| at);
    line[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Fault {
        fault(status, body.as_bytes())
    }

    #[test]
    fn statuses_of_all_providers_are_understood() {
        type Row = (u16, String, fn(String) -> Fault);
        let error = |fields: &str| format!(r#"{{"error":{{{fields}}}}}"#);
        let table: Vec<Row> = vec![
            (404, error(r#""type":"not_found_error","message":"model: none""#), Fault::UnknownModel),
            (404, r#"{"error":"model 'x' not found"}"#.to_owned(), Fault::UnknownModel),
            (400, error(r#""message":"long","code":"context_length_exceeded""#), Fault::ContextTooLong),
            (429, error(r#""message":"over","code":"insufficient_quota""#), Fault::NoCredit),
            (400, format!("[{}]", error(r#""message":"API key not valid.""#)), Fault::KeyRejected),
            (401, error(r#""message":"who?""#), Fault::KeyRejected),
            (404, "404 page not found".to_owned(), Fault::NotJson),
            (400, "<html><body>Bad gateway".to_owned(), Fault::NotJson),
            (302, String::new(), Fault::NotJson),
            (400, error(r#""message":"no""#), Fault::BadRequest),
            (529, "overloaded".to_owned(), |_| Fault::Server),
            (502, "<html>".to_owned(), |_| Fault::Server),
            (429, "{}".to_owned(), |_| Fault::Throttled),
        ];
        for (status, body, expected) in table {
            let got = of(status, &body);
            let kind = std::mem::discriminant(&expected(String::new()));
            assert_eq!(std::mem::discriminant(&got), kind, "{status} {body} gave {got:?}");
        }
    }

    #[test]
    fn the_words_of_an_error_are_found() {
        assert_eq!(
            of(404, r#"{"error":"model 'x' not found"}"#),
            Fault::UnknownModel("model 'x' not found".to_owned())
        );
        assert_eq!(excerpt(&"é".repeat(1000)).chars().count(), 300);
    }
}
