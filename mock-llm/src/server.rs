//! The provider itself: takes calls, keeps its limits, pays its ledger, answers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::batches::Batches;
use crate::behaviour::{Behaviour, Fault, chance};
use crate::cache::{Cache, Counted};
use crate::formats::{self, Format, SeenRequest};
use crate::http::{Call, Connection, Reply};
use crate::ledger::{Ledger, Row};
use crate::limits::Limit;
use crate::{answers, tokens};

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests for an answer, of whatever end.
    pub requests: u64,
    /// Answers paid and sent, batches left out.
    pub answered: u64,
    /// Requests refused with 429.
    pub throttled: u64,
    /// Requests struck by a fault.
    pub faults: u64,
    /// Most requests that were in flight at once.
    pub most_in_flight: usize,
    /// Requests in flight now.
    pub in_flight: usize,
}

/// A provider that serves until it is dropped.
#[derive(Debug)]
pub struct Mock {
    state: Arc<State>,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) behaviour: Behaviour,
    pub(crate) cache: Cache,
    pub(crate) ledger: Ledger,
    pub(crate) batches: Batches,
    requests: Option<Limit>,
    tokens: Option<Limit>,
    struck: Mutex<BTreeMap<String, u32>>,
    bodies: Mutex<Vec<(String, Vec<u8>)>>,
    seen: AtomicU64,
    answered: AtomicU64,
    throttled: AtomicU64,
    faults: AtomicU64,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl Mock {
    /// Serves on a free port of this machine.
    pub async fn start(behaviour: Behaviour) -> std::io::Result<Self> {
        Self::start_on(behaviour, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Serves on `address`.
    pub async fn start_on(behaviour: Behaviour, address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            ledger: Ledger::open(behaviour.ledger.as_deref())?,
            requests: behaviour.requests_per_minute.map(|limit| Limit::per_minute(f64::from(limit))),
            tokens: behaviour.tokens_per_minute.map(|limit| Limit::per_minute(limit as f64)),
            behaviour,
            cache: Cache::default(),
            batches: Batches::default(),
            struck: Mutex::default(),
            bodies: Mutex::default(),
            seen: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            throttled: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Ok(Self { state, address, serving })
    }

    /// `http://127.0.0.1:PORT`, the base address for Anthropic and Gemini.
    pub fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `http://127.0.0.1:PORT/v1`, the base address for OpenAI and compatible clients.
    pub fn v1(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        self.state.counters()
    }

    /// The bodies kept so far, with their paths, in the order in which they came; they are kept no longer.
    pub fn take_bodies(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut *self.state.bodies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Batches taken so far.
    pub fn batches(&self) -> usize {
        self.state.batches.taken()
    }

    /// Every paid answer so far.
    pub fn rows(&self) -> Vec<Row> {
        self.state.ledger.rows()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(stream, Arc::clone(&state)));
    }
}

async fn connection(stream: TcpStream, state: Arc<State>) {
    let mut connection = Connection::new(stream);
    while let Some(call) = connection.next().await {
        let reply = if state.stalls(&call) {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_mins(10)) => {}
                () = connection.gone() => {}
            }
            Reply::Nothing
        } else {
            state.reply(&call).await
        };
        if !connection.send(reply).await {
            return;
        }
    }
}

impl State {
    fn counters(&self) -> Counters {
        Counters {
            requests: self.seen.load(Ordering::SeqCst),
            answered: self.answered.load(Ordering::SeqCst),
            throttled: self.throttled.load(Ordering::SeqCst),
            faults: self.faults.load(Ordering::SeqCst),
            most_in_flight: self.most_in_flight.load(Ordering::SeqCst),
            in_flight: self.in_flight.load(Ordering::SeqCst),
        }
    }

    /// Whether a stall strikes this call; only then is the rest of it not looked at.
    fn stalls(&self, call: &Call) -> bool {
        if !self.behaviour.faults.iter().any(|rule| rule.fault == Fault::Stall) {
            return false;
        }
        let Some((format, model)) = formats::of_path(&call.path) else { return false };
        let Ok(body) = serde_json::from_slice::<Value>(&call.body) else { return false };
        let Some(seen) = formats::read(format, model, body, &call.body) else { return false };
        let stalls = self.fault(&seen, Some(Fault::Stall)) == Some(Fault::Stall);
        self.seen.fetch_add(u64::from(stalls), Ordering::SeqCst);
        stalls
    }

    async fn reply(&self, call: &Call) -> Reply {
        if call.path == "/mock/counters" {
            return self.show();
        }
        let (format, model) = match formats::of_path(&call.path) {
            Some(found) if call.method == "POST" => found,
            _ => return self.batch_call(call).await,
        };
        self.seen.fetch_add(1, Ordering::SeqCst);
        if let Some(refusal) = self.locked(format, call) {
            return refusal;
        }
        let wrong =
            |words: &str| Reply::json(400, &formats::error(format, 400, words, "invalid_request_error"));
        let Ok(body) = serde_json::from_slice::<Value>(&call.body) else {
            return wrong("the body is no JSON");
        };
        let Some(seen) = formats::read(format, model, body, &call.body) else {
            return wrong("the request is not understood");
        };
        if seen.model.contains("unknown") {
            let words = format!("the model {} does not exist", seen.model);
            return Reply::json(404, &formats::error(format, 404, &words, "model_not_found"));
        }
        if self.behaviour.keep_bodies {
            let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
            bodies.push((call.path.clone(), call.body.clone()));
        }
        let place = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(place, Ordering::SeqCst);
        let reply = self.one(call, &seen, place).await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        reply
    }

    fn show(&self) -> Reply {
        let Counters { requests, answered, throttled, faults, most_in_flight, in_flight } = self.counters();
        let value = json!({"requests": requests, "answered": answered, "throttled": throttled, "faults": faults, "most_in_flight": most_in_flight, "in_flight": in_flight});
        Reply::json(200, &value)
    }

    /// The refusal of a call without the right key.
    pub(crate) fn locked(&self, format: Format, call: &Call) -> Option<Reply> {
        let key = self.behaviour.key.as_deref()?;
        let given = match format {
            Format::Anthropic => call.header("x-api-key"),
            Format::Gemini => call.header("x-goog-api-key"),
            _ => call.header("authorization").and_then(|value| value.strip_prefix("Bearer ")),
        };
        let words = "the key is not known here";
        (given != Some(key))
            .then(|| Reply::json(401, &formats::error(format, 401, words, "authentication_error")))
    }

    async fn one(&self, call: &Call, seen: &SeenRequest, place: usize) -> Reply {
        if let Some(wait) = self.too_much(seen, place) {
            self.throttled.fetch_add(1, Ordering::SeqCst);
            return throttle(seen.format, wait);
        }
        let fault = self.fault(seen, None);
        self.faults.fetch_add(u64::from(fault.is_some()), Ordering::SeqCst);
        if let Some(reply) = fault.and_then(|fault| unpaid(seen, fault)) {
            return reply;
        }
        let counted = self.cache.count(seen);
        let latency = self.latency(&seen.hash);
        let (body, counted) = self.answer(seen, fault, counted);
        tokio::time::sleep(latency).await;
        self.ledger.pay(Row::new(&seen.hash, counted, latency, false)).await;
        self.answered.fetch_add(1, Ordering::SeqCst);
        if fault == Some(Fault::Cut) {
            return Reply::Half { body: body.to_string().into_bytes() };
        }
        let reply = Reply::json(200, &body).header("x-request-id", format!("req_{}", &seen.hash[..12]));
        match (fault, call.header("x-client-request-id")) {
            (Some(Fault::WrongId), _) => reply.header("x-client-request-id", "another-request".to_owned()),
            (_, Some(id)) => reply.header("x-client-request-id", id.to_owned()),
            (_, None) => reply,
        }
    }

    /// The answer with its usage; the same request always gets the same.
    pub(crate) fn answer(
        &self,
        seen: &SeenRequest,
        fault: Option<Fault>,
        counted: Counted,
    ) -> (Value, Counted) {
        let text = answers::spoilt((self.behaviour.answerer)(seen), fault);
        let output = if fault == Some(Fault::Refusal) { 6 } else { tokens::count(&text) };
        let counted = Counted { output, ..counted };
        (formats::answer(seen, &text, counted, fault), counted)
    }

    fn latency(&self, hash: &str) -> Duration {
        let latency = self.behaviour.latency.of(hash);
        match self.behaviour.slow {
            Some((share, factor)) if chance(hash, "slow") < share => latency.mul_f64(factor),
            _ => latency,
        }
    }

    /// How long to wait, when the request is more than the provider lets through.
    fn too_much(&self, seen: &SeenRequest, place: usize) -> Option<Duration> {
        if self.behaviour.in_flight.is_some_and(|most| place > most) {
            return Some(Duration::from_secs(1));
        }
        if let Some(Err(wait)) = self.requests.as_ref().map(|limit| limit.take(1.0)) {
            return Some(wait);
        }
        let limit = self.tokens.as_ref()?;
        let size: u64 = seen.system.iter().chain(&seen.user).map(|block| tokens::count(&block.text)).sum();
        limit.take(size as f64).err()
    }

    /// The fault that strikes now, counted. With `only`, other faults are neither found nor counted.
    fn fault(&self, seen: &SeenRequest, only: Option<Fault>) -> Option<Fault> {
        let mut struck = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        let stalling = Some(Fault::Stall) == only;
        let rules = self.behaviour.faults.iter().filter(|rule| (rule.fault == Fault::Stall) == stalling);
        for rule in rules {
            let count = struck.entry(format!("{} {:?}", seen.hash, rule.fault)).or_insert(0);
            if rule.takes(&seen.hash, *count) && (rule.fault != Fault::NoSchema || asks_schema(seen)) {
                *count += 1;
                return Some(rule.fault);
            }
        }
        None
    }
}

const fn asks_schema(seen: &SeenRequest) -> bool {
    seen.schema.is_some()
}

fn throttle(format: Format, wait: Duration) -> Reply {
    let error = formats::error(format, 429, "too many requests", "rate_limit_error");
    Reply::json(429, &error).header("retry-after", wait.as_secs_f64().ceil().max(1.0).to_string())
}

/// Replies that nobody pays for.
fn unpaid(seen: &SeenRequest, fault: Fault) -> Option<Reply> {
    let say = |status, words: &str, code: &str| {
        Reply::json(status, &formats::error(seen.format, status, words, code))
    };
    Some(match fault {
        Fault::Status(status) => say(status, "something went wrong here", "api_error"),
        Fault::Hangup => Reply::Nothing,
        Fault::Endless => Reply::Endless,
        Fault::Html => Reply::Full {
            status: 200,
            headers: vec![("content-type", "text/html".to_owned())],
            body: b"<!doctype html><title>Sign in</title><p>Please sign in to this network.".to_vec(),
        },
        Fault::Throttle => throttle(seen.format, Duration::from_secs(1)),
        Fault::NoSchema => say(
            400,
            "response_format of type json_schema is not supported by this model",
            "invalid_request_error",
        ),
        Fault::TooLong => {
            say(400, "prompt is too long: 300000 tokens > 200000 maximum", "context_length_exceeded")
        }
        _ => return None,
    })
}
