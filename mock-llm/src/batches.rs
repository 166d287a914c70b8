//! The batch interfaces, kept in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::behaviour::chance;
use crate::formats::{self, Format};
use crate::http::{Call, Reply};
use crate::ledger::Row;
use crate::server::State;

/// When every batch was made, so that answers are the same at any time: the moment of [`lacuna_domain::Clock::fixed`].
const CREATED_AT: &str = "2026-01-01T00:00:00Z";
/// The same in seconds since 1970.
const CREATED: i64 = 1_767_225_600;

/// Files and batches by id.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    files: BTreeMap<String, String>,
    batches: BTreeMap<String, Batch>,
    /// Items that were submitted before, by custom id.
    before: BTreeSet<String>,
    /// Submissions that were taken without a word.
    silenced: u32,
    count: u64,
}

#[derive(Clone, Debug)]
struct Batch {
    number: u64,
    /// The name that the client gave it.
    tag: Option<String>,
    format: Format,
    model: Option<String>,
    /// Custom ids with bodies, in the order of submission.
    items: Vec<(String, Value)>,
    expired: BTreeSet<String>,
    polls: u32,
    /// Made once, at the first fetch.
    results: Option<Vec<(String, Option<Value>)>>,
}

impl Batches {
    /// How many were submitted.
    pub(crate) fn taken(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).batches.len()
    }
}

impl State {
    /// Answers a call about batches; 404 for anything else.
    pub(crate) async fn batch_call(&self, call: &Call) -> Reply {
        let path = call.path.trim_start_matches("/v1beta").trim_start_matches("/v1");
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let format = if path.contains("messages/batches") {
            Format::Anthropic
        } else if call.path.starts_with("/v1beta") {
            Format::Gemini
        } else {
            Format::Chat
        };
        if let Some(refusal) = self.locked(format, call) {
            return refusal;
        }
        let reply = match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["messages", "batches"]) => self.submit_anthropic(call),
            ("GET", ["messages", "batches", id]) => self.poll(id),
            ("GET", ["messages", "batches", id, "results"]) => self.results(id).await,
            ("POST", ["files"]) => self.upload(call),
            ("POST", ["batches"]) => self.submit_openai(call),
            ("GET", ["messages", "batches?limit=100"] | ["batches?limit=100" | "batches?pageSize=100"]) => {
                Some(self.list(format))
            }
            ("GET", ["batches", id]) if format == Format::Chat => self.poll(id),
            ("GET", ["files", id, "content"]) => self.results(id.trim_start_matches("out_")).await,
            ("POST", ["models", model]) if model.ends_with(":batchGenerateContent") => {
                self.submit_gemini(call, model)
            }
            ("GET", ["batches", id]) => self.poll_gemini(id).await,
            _ => None,
        };
        if reply.is_some() && self.is_silent(call) {
            return self.behaviour.batch_silent_status.map_or(Reply::Nothing, |status| {
                Reply::json(status, &formats::error(format, status, "no answer in time", "api_error"))
            });
        }
        reply
            .unwrap_or_else(|| Reply::json(404, &formats::error(format, 404, "not found", "not_found_error")))
    }

    /// Whether this submission is taken without a word.
    fn is_silent(&self, call: &Call) -> bool {
        let submits = call.method == "POST" && !call.path.ends_with("/files");
        let mut kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = submits && kept.silenced < self.behaviour.batch_silent;
        kept.silenced += u32::from(silent);
        silent
    }

    /// All batches of a format, the newest first, on one page.
    fn list(&self, format: Format) -> Reply {
        let kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = |batch: &Batch| match format {
            Format::Anthropic | Format::Gemini => batch.format == format,
            _ => !matches!(batch.format, Format::Anthropic | Format::Gemini),
        };
        let mut found: Vec<(&String, &Batch)> = kept.batches.iter().filter(|(_, b)| alike(b)).collect();
        found.sort_by_key(|(_, batch)| std::cmp::Reverse(batch.number));
        let rows: Vec<Value> = found
            .into_iter()
            .map(|(id, batch)| match format {
                Format::Anthropic => json!({"id": id, "type": "message_batch", "created_at": CREATED_AT,
                    "processing_status": "in_progress", "request_counts": {"processing": batch.items.len()}}),
                Format::Gemini => json!({"name": format!("batches/{id}"), "done": false,
                    "metadata": {"displayName": batch.tag, "createTime": CREATED_AT}}),
                _ => json!({"id": id, "object": "batch", "created_at": CREATED, "metadata": {"lacuna": batch.tag}}),
            })
            .collect();
        Reply::json(
            200,
            &match format {
                Format::Gemini => json!({"operations": rows}),
                _ => json!({"object": "list", "data": rows, "has_more": false}),
            },
        )
    }

    fn keep(
        &self,
        format: Format,
        model: Option<String>,
        tag: Option<&str>,
        items: Vec<(String, Value)>,
    ) -> String {
        let mut kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        let id = format!("batch_{}", kept.count);
        let expired = items
            .iter()
            .map(|(id, _)| id.clone())
            .filter(|id| !kept.before.contains(id) && chance(id, "expires") < self.behaviour.batch_expired)
            .collect();
        kept.before.extend(items.iter().map(|(id, _)| id.clone()));
        let (number, tag) = (kept.count, tag.map(str::to_owned));
        let batch = Batch { number, tag, format, model, items, expired, polls: 0, results: None };
        kept.batches.insert(id.clone(), batch);
        id
    }

    fn submit_anthropic(&self, call: &Call) -> Option<Reply> {
        let body: Value = serde_json::from_slice(&call.body).ok()?;
        let items = body["requests"].as_array()?.iter();
        let items = items.map(|item| Some((item["custom_id"].as_str()?.to_owned(), item["params"].clone())));
        let id = self.keep(Format::Anthropic, None, None, items.collect::<Option<_>>()?);
        Some(Reply::json(
            200,
            &json!({"id": id, "type": "message_batch", "processing_status": "in_progress"}),
        ))
    }

    fn upload(&self, call: &Call) -> Option<Reply> {
        let text = String::from_utf8_lossy(&call.body);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('{')).collect();
        let mut kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        let id = format!("file-{}", kept.count);
        kept.files.insert(id.clone(), lines.join("\n"));
        drop(kept);
        text.contains("name=\"purpose\"\r\n\r\nbatch\r\n")
            .then(|| Reply::json(200, &json!({"id": id, "object": "file"})))
    }

    fn submit_openai(&self, call: &Call) -> Option<Reply> {
        let body: Value = serde_json::from_slice(&call.body).ok()?;
        let file = {
            let kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.files.get(body["input_file_id"].as_str()?)?.clone()
        };
        let format = formats::of_path(body["endpoint"].as_str()?)?.0;
        let mut items = Vec::new();
        for line in file.lines() {
            let mut item: Value = serde_json::from_str(line).ok()?;
            items.push((item["custom_id"].as_str()?.to_owned(), item["body"].take()));
        }
        let id = self.keep(format, None, body["metadata"]["lacuna"].as_str(), items);
        Some(Reply::json(200, &json!({"id": id, "object": "batch", "status": "validating"})))
    }

    fn submit_gemini(&self, call: &Call, model: &str) -> Option<Reply> {
        let body: Value = serde_json::from_slice(&call.body).ok()?;
        let model = model.split(':').next()?.to_owned();
        let items = body["batch"]["inputConfig"]["requests"]["requests"].as_array()?.iter();
        let items =
            items.map(|item| Some((item["metadata"]["key"].as_str()?.to_owned(), item["request"].clone())));
        let id = self.keep(
            Format::Gemini,
            Some(model),
            body["batch"]["displayName"].as_str(),
            items.collect::<Option<_>>()?,
        );
        let state = json!({"state": "BATCH_STATE_PENDING"});
        Some(Reply::json(200, &json!({"name": format!("batches/{id}"), "metadata": state})))
    }

    /// One more poll of a batch: whether it has ended, its items, its expired ones.
    fn look(&self, id: &str) -> Option<(bool, Batch)> {
        let mut kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = kept.batches.get_mut(id)?;
        batch.polls += 1;
        Some((batch.polls > self.behaviour.batch_polls, batch.clone()))
    }

    fn poll(&self, id: &str) -> Option<Reply> {
        let (ended, batch) = self.look(id)?;
        if let Some(why) = &self.behaviour.batch_refused
            && batch.format != Format::Anthropic
        {
            let errors = json!({"object": "list", "data": [{"code": "refused", "message": why}]});
            return Some(Reply::json(
                200,
                &json!({"id": id, "object": "batch", "status": "failed", "errors": errors}),
            ));
        }
        let (all, expired) = (batch.items.len(), batch.expired.len());
        let done = if ended { all - expired } else { 0 };
        Some(Reply::json(
            200,
            &if batch.format == Format::Anthropic {
                json!({
                    "id": id, "type": "message_batch",
                    "processing_status": if ended { "ended" } else { "in_progress" },
                    "request_counts": {"processing": if ended { 0 } else { all }, "succeeded": done, "errored": 0,
                        "canceled": 0, "expired": if ended { expired } else { 0 }},
                })
            } else {
                json!({
                    "id": id, "object": "batch",
                    "status": match (ended, expired) { (false, _) => "in_progress", (_, 0) => "completed", _ => "expired" },
                    "output_file_id": if ended { json!(format!("out_{id}")) } else { Value::Null },
                    "error_file_id": null,
                    "request_counts": {"total": all, "completed": done, "failed": if ended { expired } else { 0 }},
                })
            },
        ))
    }

    async fn poll_gemini(&self, id: &str) -> Option<Reply> {
        let (ended, batch) = self.look(id)?;
        if let Some(why) = &self.behaviour.batch_refused {
            let (state, error) = (json!({"state": "BATCH_STATE_FAILED"}), json!({"code": 8, "message": why}));
            let name = format!("batches/{id}");
            return Some(Reply::json(
                200,
                &json!({"name": name, "done": true, "metadata": state, "error": error}),
            ));
        }
        let (all, expired) = (batch.items.len(), batch.expired.len());
        let about = json!({
            "state": if ended { "BATCH_STATE_SUCCEEDED" } else { "BATCH_STATE_RUNNING" },
            "batchStats": {"requestCount": all.to_string(),
                "successfulRequestCount": if ended { (all - expired).to_string() } else { "0".to_owned() }},
        });
        let mut operation = json!({"name": format!("batches/{id}"), "done": ended, "metadata": about});
        if ended {
            let results: Vec<Value> = self
                .made(id)
                .await?
                .into_iter()
                .map(|(key, answer)| match answer {
                    Some(answer) => json!({"metadata": {"key": key}, "response": answer}),
                    None => json!({"metadata": {"key": key}, "error": {"code": 4, "message": "deadline exceeded"}}),
                })
                .collect();
            operation["response"] = json!({"inlinedResponses": {"inlinedResponses": results}});
        }
        Some(Reply::json(200, &operation))
    }

    /// The results of a batch, paid when they are made. `None` for an expired item.
    async fn made(&self, id: &str) -> Option<Vec<(String, Option<Value>)>> {
        let batch = {
            let kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.batches.get(id)?.clone()
        };
        if let Some(results) = batch.results {
            return Some(results);
        }
        let mut results = Vec::new();
        for (custom, body) in &batch.items {
            let seen = formats::read(
                batch.format,
                batch.model.as_deref(),
                body.clone(),
                body.to_string().as_bytes(),
            )?;
            if batch.expired.contains(custom) {
                results.push((custom.clone(), None));
                continue;
            }
            let counted = self.cache.count(&seen);
            let (answer, counted) = self.answer(&seen, None, counted);
            self.ledger.pay(Row::new(&seen.hash, counted, Duration::ZERO, true)).await;
            results.push((custom.clone(), Some(answer)));
        }
        if self.behaviour.batch_shuffled {
            results.sort_by_key(|(custom, _)| custom.chars().rev().collect::<String>());
        }
        let mut kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.batches.get_mut(id)?.results = Some(results.clone());
        Some(results)
    }

    async fn results(&self, id: &str) -> Option<Reply> {
        let anthropic = {
            let kept = self.batches.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.batches.get(id)?.format == Format::Anthropic
        };
        let mut text = String::new();
        for (custom, answer) in self.made(id).await? {
            let line = match (anthropic, answer) {
                (true, Some(answer)) => {
                    json!({"custom_id": custom, "result": {"type": "succeeded", "message": answer}})
                }
                (true, None) => json!({"custom_id": custom, "result": {"type": "expired"}}),
                (false, Some(answer)) => json!({"id": "batch_req_1", "custom_id": custom, "error": null,
                    "response": {"status_code": 200, "request_id": "req_1", "body": answer}}),
                (false, None) => json!({"id": "batch_req_1", "custom_id": custom, "response": null,
                    "error": {"code": "batch_expired", "message": "the time ran out"}}),
            };
            text.push_str(&line.to_string());
            text.push('\n');
        }
        let headers = vec![("content-type", "application/jsonl".to_owned())];
        Some(Reply::Full { status: 200, headers, body: text.into_bytes() })
    }
}
