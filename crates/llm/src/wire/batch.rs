//! The batch interfaces: Anthropic Message Batches, OpenAI Batch, Gemini `batchGenerateContent`.
//!
//! - <https://platform.claude.com/docs/en/build-with-claude/batch-processing>
//! - <https://platform.openai.com/docs/guides/batch>
//! - <https://ai.google.dev/gemini-api/docs/batch-api>

use reqwest::Method;
use serde_json::{Value, json};

use super::excerpt;
use crate::{BatchFault, BatchProgress, Model, Provider, RequestHash};

/// Marks the parts of an uploaded form. JSON escapes line ends, so a line like this cannot be in the file.
const BOUNDARY: &str = "----lacuna-batch-of-requests";
const JSON: &str = "application/json";

/// An HTTP call after the base address.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Its content type and bytes.
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
}

/// How a batch is submitted.
pub(crate) enum Submission {
    Direct(Call),
    /// A file first; its id goes into the second call.
    Upload {
        upload: Call,
        then: Box<dyn FnOnce(&str) -> Call + Send>,
    },
}

/// Where a batch stands and where its results are.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) progress: BatchProgress,
    /// Paths of files of results.
    pub(crate) files: Vec<String>,
    /// Results in the status itself.
    pub(crate) inline: Vec<Item>,
    /// Why the provider refused or failed the batch as a whole, if it did.
    pub(crate) refused: Option<String>,
}

/// One result.
#[derive(Debug)]
pub(crate) struct Item {
    /// The id it was submitted under; empty where the provider leaves it out.
    pub(crate) id: String,
    /// The body of the answer.
    pub(crate) result: Result<Value, BatchFault>,
}

impl Call {
    pub(crate) const fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None }
    }

    fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some((JSON, body.to_string().into_bytes())) }
    }

    /// Whether sending it twice changes nothing that costs; an uploaded file that nobody uses does not.
    pub(crate) fn repeatable(&self) -> bool {
        self.method == Method::GET || self.path == "/files"
    }
}

/// Most items and bytes of one batch, a little below the providers' own limits.
pub(crate) const fn limits(provider: Provider) -> (usize, usize) {
    match provider {
        Provider::Anthropic => (100_000, 240_000_000),
        Provider::Gemini => (50_000, 18_000_000),
        _ => (50_000, 190_000_000),
    }
}

/// The calls that submit `items` under the name `tag`, where the provider keeps one; `None` without a batch interface.
pub(crate) fn submission(model: &Model, items: &[(RequestHash, Value)], tag: &str) -> Option<Submission> {
    match model.provider() {
        Provider::Anthropic => {
            let all: Vec<Value> = items
                .iter()
                .map(|(hash, body)| json!({"custom_id": hash.as_str(), "params": body}))
                .collect();
            Some(Submission::Direct(Call::post("/v1/messages/batches", &json!({"requests": all}))))
        }
        Provider::Gemini => {
            let all: Vec<Value> = items
                .iter()
                .map(|(hash, body)| json!({"request": body, "metadata": {"key": hash.as_str()}}))
                .collect();
            let body = json!({"batch": {
                "displayName": tag,
                "inputConfig": {"requests": {"requests": all}},
            }});
            let path = format!("/v1beta/models/{}:batchGenerateContent", model.name());
            Some(Submission::Direct(Call::post(path, &body)))
        }
        Provider::OpenAi => Some(upload(items, "/v1/responses", tag)),
        Provider::OpenAiChat => Some(upload(items, "/v1/chat/completions", tag)),
        Provider::Compat => None,
    }
}

fn upload(items: &[(RequestHash, Value)], endpoint: &'static str, tag: &str) -> Submission {
    let tag = tag.to_owned();
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"lacuna.jsonl\"\r\n\
         Content-Type: application/jsonl\r\n\r\n"
    );
    for (hash, body) in items {
        let line = json!({"custom_id": hash.as_str(), "method": "POST", "url": endpoint, "body": body});
        form.push_str(&line.to_string());
        form.push('\n');
    }
    form.push_str(&format!("\r\n--{BOUNDARY}--\r\n"));
    let body = Some(("multipart/form-data; boundary=----lacuna-batch-of-requests", form.into_bytes()));
    Submission::Upload {
        upload: Call { method: Method::POST, path: "/files".to_owned(), body },
        then: Box::new(move |file| {
            let body = json!({
                "input_file_id": file, "endpoint": endpoint, "completion_window": "24h", "metadata": {"lacuna": tag},
            });
            Call::post("/batches", &body)
        }),
    }
}

/// The id in an answer to a submission or an upload.
pub(crate) fn id(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let id = value.get("id").or_else(|| value.get("name"))?.as_str()?;
    // It becomes part of a path.
    let fits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/.".contains(&b));
    (fits && !id.contains("..")).then(|| id.to_owned())
}

/// The call that asks where a batch stands.
pub(crate) fn status_call(provider: Provider, id: &str) -> Option<Call> {
    let path = match provider {
        Provider::Anthropic => format!("/v1/messages/batches/{id}"),
        Provider::Gemini => format!("/v1beta/{id}"),
        Provider::OpenAi | Provider::OpenAiChat => format!("/batches/{id}"),
        Provider::Compat => return None,
    };
    Some(Call::get(path))
}

/// Reads the answer to [`status_call`].
pub(crate) fn status(provider: Provider, body: &[u8]) -> Result<Status, String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let status = match provider {
        Provider::Anthropic => anthropic_status(&value),
        Provider::Gemini => gemini_status(&value),
        _ => openai_status(&value),
    };
    status.ok_or_else(|| format!("no state of a batch: {}", excerpt(&value.to_string())))
}

fn count(value: &Value, names: &[&str]) -> u64 {
    names
        .iter()
        .filter_map(|name| {
            let count = value.get(name)?;
            count.as_u64().or_else(|| count.as_str()?.parse().ok())
        })
        .sum()
}

fn anthropic_status(value: &Value) -> Option<Status> {
    let state = value["processing_status"].as_str()?.to_owned();
    let ended = state == "ended";
    let counts = &value["request_counts"];
    let progress = BatchProgress {
        ended,
        done: count(counts, &["succeeded"]),
        failed: count(counts, &["errored", "canceled", "expired"]),
        state,
    };
    let id = value["id"].as_str()?;
    let files = if ended { vec![format!("/v1/messages/batches/{id}/results")] } else { Vec::new() };
    Some(Status { progress, files, inline: Vec::new(), refused: None })
}

fn openai_status(value: &Value) -> Option<Status> {
    let state = value["status"].as_str()?.to_owned();
    let ended = ["completed", "failed", "expired", "cancelled"].contains(&state.as_str());
    let refused = ["failed", "cancelled"].contains(&state.as_str()).then(|| {
        let errors = value["errors"]["data"].as_array().into_iter().flatten();
        let words: Vec<&str> = errors.filter_map(|error| error["message"].as_str()).take(3).collect();
        if words.is_empty() { state.clone() } else { excerpt(&words.join("; ")) }
    });
    let counts = &value["request_counts"];
    let progress = BatchProgress {
        ended,
        done: count(counts, &["completed"]),
        failed: count(counts, &["failed"]),
        state,
    };
    let files = ["output_file_id", "error_file_id"]
        .iter()
        .filter_map(|name| Some(format!("/files/{}/content", value.get(name)?.as_str()?)))
        .filter(|_| ended)
        .collect();
    Some(Status { progress, files, inline: Vec::new(), refused })
}

fn gemini_status(value: &Value) -> Option<Status> {
    let about = value.get("metadata").filter(|about| about.get("state").is_some()).unwrap_or(value);
    let state = about["state"].as_str()?.to_owned();
    let ended = ["SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"].iter().any(|word| state.ends_with(word));
    let counts = &about["batchStats"];
    let progress = BatchProgress {
        ended,
        done: count(counts, &["successfulRequestCount"]),
        failed: count(counts, &["failedRequestCount"]),
        state: state.clone(),
    };
    let refused = ["FAILED", "CANCELLED"].iter().any(|word| state.ends_with(word)).then(|| {
        let words = value["error"]["message"].as_str();
        excerpt(words.unwrap_or(&state))
    });
    let holder = value.get("response").or_else(|| about.get("output")).unwrap_or(&Value::Null);
    let list = holder["inlinedResponses"]["inlinedResponses"].as_array();
    let mut inline: Vec<Item> = list.into_iter().flatten().map(gemini_item).collect();
    if !ended {
        inline.clear();
    }
    Some(Status { progress, files: Vec::new(), inline, refused })
}

fn gemini_item(value: &Value) -> Item {
    let id = value["metadata"]["key"].as_str().unwrap_or_default().to_owned();
    let result = match (value.get("response"), value.get("error")) {
        (Some(response), _) => Ok(response.clone()),
        (None, Some(error)) => {
            let words = excerpt(&error.to_string());
            Err(match error["code"].as_i64() {
                // google.rpc.Code: INVALID_ARGUMENT, DEADLINE_EXCEEDED.
                Some(3) => BatchFault::Rejected(words),
                Some(4) => BatchFault::Expired,
                _ => BatchFault::Failed(words),
            })
        }
        (None, None) => Err(BatchFault::Failed("neither an answer nor an error".to_owned())),
    };
    Item { id, result }
}

/// Reads a file of results, one a line.
pub(crate) fn items(provider: Provider, body: &[u8]) -> Result<Vec<Item>, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let mut items = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| format!("line {} of the results: {error}", number + 1))?;
        items.push(match provider {
            Provider::Anthropic => anthropic_item(value),
            _ => openai_item(value),
        });
    }
    Ok(items)
}

fn anthropic_item(mut value: Value) -> Item {
    let id = value["custom_id"].as_str().unwrap_or_default().to_owned();
    let mut result = value["result"].take();
    let result = match result["type"].as_str() {
        Some("succeeded") => Ok(result["message"].take()),
        Some("expired" | "canceled") => Err(BatchFault::Expired),
        _ => {
            let error = result["error"].take();
            let words = excerpt(&error.to_string());
            Err(if error.to_string().contains("invalid_request") {
                BatchFault::Rejected(words)
            } else {
                BatchFault::Failed(words)
            })
        }
    };
    Item { id, result }
}

fn openai_item(mut value: Value) -> Item {
    let id = value["custom_id"].as_str().unwrap_or_default().to_owned();
    let error = value["error"].take();
    let result = if error.is_null() {
        let status = value["response"]["status_code"].as_u64().unwrap_or(0);
        let body = value["response"]["body"].take();
        match status {
            200 => Ok(body),
            400..=428 => Err(BatchFault::Rejected(excerpt(&body.to_string()))),
            _ => Err(BatchFault::Failed(excerpt(&body.to_string()))),
        }
    } else if error["code"]
        .as_str()
        .is_some_and(|code| code.contains("expired") || code.contains("cancelled"))
    {
        Err(BatchFault::Expired)
    } else {
        Err(BatchFault::Failed(excerpt(&error.to_string())))
    };
    Item { id, result }
}

/// Gemini answers in the order of the requests and may leave their keys out: where it names none at all and the numbers
/// agree, the order names them.
pub(crate) fn name_by_order(items: &mut [Item], requests: &[RequestHash]) {
    if items.len() == requests.len() && items.iter().all(|item| item.id.is_empty()) {
        for (item, hash) in items.iter_mut().zip(requests) {
            item.id = hash.to_string();
        }
    }
}
