//! The providers' lists of batches, newest first, in which a batch is found again whose id was lost on the way.
//!
//! - <https://platform.claude.com/docs/en/api/listing-message-batches>
//! - <https://platform.openai.com/docs/api-reference/batch/list>
//! - <https://ai.google.dev/api/batch-api>

use jiff::Timestamp;
use serde_json::Value;

use super::batch::Call;
use super::excerpt;
use crate::Provider;

/// A batch as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: String,
    /// The name that it was submitted under, where the provider keeps one.
    pub(crate) tag: Option<String>,
    pub(crate) created_at: Option<Timestamp>,
    /// How many items it holds, where the list says.
    pub(crate) items: Option<u64>,
}

/// Whether the provider keeps the tag of a batch. Anthropic keeps nothing of the kind: there a batch is known by its time and
/// size, and in the end by the ids of its results.
pub(crate) const fn keeps_tags(provider: Provider) -> bool {
    !matches!(provider, Provider::Anthropic)
}

/// The call for a page of the list: the first, or the one after `after`; `None` without a batch interface.
pub(crate) fn list_call(provider: Provider, after: Option<&str>) -> Option<Call> {
    let (path, cursor) = match provider {
        Provider::Anthropic => ("/v1/messages/batches?limit=100", "after_id"),
        Provider::Gemini => ("/v1beta/batches?pageSize=100", "pageToken"),
        Provider::OpenAi | Provider::OpenAiChat => ("/batches?limit=100", "after"),
        Provider::Compat => return None,
    };
    Some(Call::get(after.map_or_else(|| path.to_owned(), |after| format!("{path}&{cursor}={after}"))))
}

/// Reads a page, and what to ask the next one after, if there is one.
pub(crate) fn listed(provider: Provider, body: &[u8]) -> Result<(Vec<Listed>, Option<String>), String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let odd = || format!("no list of batches: {}", excerpt(&value.to_string()));
    if let Provider::Gemini = provider {
        // A list without entries has no key for them.
        let operations =
            value.get("operations").map_or(Some(&[][..]), |all| all.as_array().map(Vec::as_slice));
        let entries = operations.ok_or_else(odd)?.iter().filter_map(gemini).collect();
        let next = value["nextPageToken"].as_str().filter(|token| plain(token));
        return Ok((entries, next.map(str::to_owned)));
    }
    let data = value["data"].as_array().ok_or_else(odd)?;
    let read = if let Provider::Anthropic = provider { anthropic } else { openai };
    let entries: Vec<Listed> = data.iter().filter_map(read).collect();
    let next = value["last_id"].as_str().filter(|id| value["has_more"] == true && plain(id));
    Ok((entries, next.map(str::to_owned)))
}

/// Whether a word of the provider can stand in an address.
fn plain(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.=".contains(&b))
}

fn anthropic(value: &Value) -> Option<Listed> {
    let counts = value["request_counts"].as_object();
    Some(Listed {
        id: value["id"].as_str()?.to_owned(),
        tag: None,
        created_at: value["created_at"].as_str().and_then(|at| at.parse().ok()),
        items: counts.map(|counts| counts.values().filter_map(Value::as_u64).sum()),
    })
}

fn openai(value: &Value) -> Option<Listed> {
    Some(Listed {
        id: value["id"].as_str()?.to_owned(),
        tag: value["metadata"]["lacuna"].as_str().map(str::to_owned),
        created_at: value["created_at"].as_i64().and_then(|at| Timestamp::from_second(at).ok()),
        items: None,
    })
}

fn gemini(value: &Value) -> Option<Listed> {
    let about = value.get("metadata").unwrap_or(value);
    Some(Listed {
        id: value["name"].as_str()?.to_owned(),
        tag: about["displayName"].as_str().map(str::to_owned),
        created_at: about["createTime"].as_str().and_then(|at| at.parse().ok()),
        items: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_in_each_format() {
        let anthropic = br#"{"data":[{"id":"b1","created_at":"2026-01-01T00:00:00.5Z","request_counts":
            {"processing":3,"succeeded":2,"errored":0}}],"has_more":true,"last_id":"b1"}"#;
        let (found, next) = listed(Provider::Anthropic, anthropic).unwrap();
        assert_eq!((found[0].items, next.as_deref()), (Some(5), Some("b1")));
        assert!(list_call(Provider::Anthropic, Some("b1")).unwrap().path.ends_with("&after_id=b1"));
        let openai = br#"{"data":[{"id":"b2","created_at":1767225600,"metadata":{"lacuna":"t"}},
            {"id":"b3","metadata":null}],"has_more":false,"last_id":"b3"}"#;
        let (found, next) = listed(Provider::OpenAi, openai).unwrap();
        assert_eq!((found[0].tag.as_deref(), found[1].tag.as_deref(), next), (Some("t"), None, None));
        assert_eq!(found[0].created_at, "2026-01-01T00:00:00Z".parse().ok());
        let gemini = br#"{"operations":[{"name":"batches/b4","metadata":{"displayName":"t",
            "createTime":"2026-01-01T00:00:00Z"}}]}"#;
        let (found, next) = listed(Provider::Gemini, gemini).unwrap();
        assert_eq!((found[0].id.as_str(), found[0].tag.as_deref(), next), ("batches/b4", Some("t"), None));
        assert_eq!(listed(Provider::Gemini, b"{}").unwrap(), (vec![], None));
        assert!(listed(Provider::OpenAi, b"{}").is_err());
    }
}
