//! Asks a provider, again where that helps, and records every attempt.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lacuna_domain::Clock;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep};

use crate::flow::{Gate, Jitter, Turn, retry_after};
use crate::send::{self, Lost, Received};
use crate::wire::{self, Dialect, Fault, Frames, Learned};
use crate::{
    Answer, AskError, Attempt, AttemptOutcome, AttemptSink, Key, Model, Request, RequestHash, Settings, Stop,
    Usage,
};

/// Names a request to the provider; one that echoes it lets us see whose answer came.
const REQUEST_ID: &str = "x-client-request-id";
/// Attempts at an endpoint that never answered anything.
const STRANGER_ATTEMPTS: u32 = 4;
/// Attempts at something that answers 200 with what is no answer.
const MALFORMED_ATTEMPTS: u32 = 2;

/// A connection to one model of one provider, shared by any number of tasks.
#[derive(Debug)]
pub struct Client {
    pub(crate) model: Model,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    pub(crate) headers: HeaderMap,
    pub(crate) base: String,
    /// Where one answer is asked for.
    url: reqwest::Url,
    gate: Gate,
    jitter: Jitter,
    learned: Learned,
    pub(crate) frames: Frames,
    /// Whether the endpoint ever answered.
    met: AtomicBool,
}

/// What one attempt came to, for the loop around it.
enum Turnout {
    Answer(Answer),
    /// Worth another attempt, after what the provider asks for.
    Again {
        outcome: AttemptOutcome,
        words: String,
        wait: Option<Duration>,
    },
    /// Worth another attempt at once, in a plainer dialect.
    Plainer(Dialect),
    Over(AskError, AttemptOutcome),
}

/// An attempt's result with what the ledger wants to know of it.
struct Tried {
    turnout: Turnout,
    status: Option<u16>,
    usage: Usage,
    provider_id: Option<String>,
}

impl Client {
    /// A client for `model`. `clock` stamps attempts; waiting goes by the monotonic clock.
    pub fn new(model: Model, key: Option<&Key>, settings: Settings, clock: Clock) -> Result<Self, AskError> {
        let provider = model.provider();
        if key.is_none() && !provider.works_without_key() {
            let variable = provider.key_variables().first().copied().unwrap_or_default();
            return Err(AskError::MissingKey { provider: provider.to_string(), variable });
        }
        let base = settings.endpoint.as_deref().unwrap_or_else(|| model.base_address());
        let base = base.trim_end_matches('/').to_owned();
        let address = |why: String| AskError::Address { endpoint: base.clone(), why };
        let url = reqwest::Url::parse(&base).map_err(|error| address(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(address("it begins neither with http:// nor with https://".to_owned()));
        }
        let whole = format!("{base}{}", wire::path(&model));
        let url = reqwest::Url::parse(&whole).map_err(|error| address(error.to_string()))?;
        let http = send::http(&settings).map_err(|error| address(error.to_string()))?;
        let mut headers = wire::headers(provider, key);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self {
            gate: Gate::new(&settings),
            jitter: Jitter::new(settings.seed),
            learned: Learned::default(),
            frames: Frames::default(),
            met: AtomicBool::new(false),
            model,
            settings,
            clock,
            http,
            headers,
            base,
            url,
        })
    }

    /// Who answers.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Asks once, with as many HTTP attempts as that takes; every attempt is in `sink` before this returns.
    /// A refusal is an answer with [`crate::Stop::Refusal`].
    pub async fn ask(&self, request: &Request, sink: &dyn AttemptSink) -> Result<Answer, AskError> {
        let hash = request.hash(&self.model);
        let tokens = if self.gate.counts_tokens() { request.input_tokens() } else { 0 };
        let mut deadline = None;
        let (mut number, mut malformed, mut last) = (0, 0, String::new());
        loop {
            let turn = self.gate.turn(tokens).await;
            sink.allow(&hash, number + 1).await.map_err(AskError::Stopped)?;
            // Waiting for a place and for money may take any time. What is sent after the deadline would be given up at once
            // and counted as one that may have been paid for.
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.settings.deadline);
            if Instant::now() >= deadline {
                return Err(self.too_late(number, last));
            }
            number += 1;
            let tried = self.attempt(&hash, number, request, turn, deadline, sink).await?;
            let (outcome, words, wait) = match tried {
                Turnout::Answer(answer) => return Ok(answer),
                Turnout::Over(error, _) => return Err(error),
                Turnout::Plainer(dialect) => {
                    self.learned.remember(dialect);
                    continue;
                }
                Turnout::Again { outcome, words, wait } => (outcome, words, wait),
            };
            last.clone_from(&words);
            malformed += u32::from(outcome == AttemptOutcome::Malformed);
            if malformed >= MALFORMED_ATTEMPTS {
                return Err(AskError::NotJson { endpoint: self.base.clone(), excerpt: words });
            }
            self.pause(number, words, wait, deadline).await?;
        }
    }

    /// Waits before the next attempt, or says why there is none.
    async fn pause(
        &self,
        made: u32,
        words: String,
        asked: Option<Duration>,
        deadline: Instant,
    ) -> Result<(), AskError> {
        let stranger = !self.met.load(Ordering::Relaxed);
        let most = self.settings.attempts.max(1).min(if stranger { STRANGER_ATTEMPTS } else { u32::MAX });
        if made >= most {
            return Err(if stranger {
                AskError::Unreachable { endpoint: self.base.clone(), why: words }
            } else {
                AskError::Exhausted { attempts: made, last: words }
            });
        }
        let wait = self.jitter.wait(made, asked);
        if Instant::now() + wait >= deadline {
            return Err(self.too_late(made, words));
        }
        sleep(wait).await;
        Ok(())
    }

    const fn too_late(&self, attempts: u32, last: String) -> AskError {
        AskError::Deadline { seconds: self.settings.deadline.as_secs(), attempts, last }
    }

    /// The wait between exchanges about a batch; `asked` is what the provider asks for.
    pub(crate) async fn pause_batch(
        &self,
        made: u32,
        last: String,
        asked: Option<Duration>,
    ) -> Result<(), AskError> {
        let deadline = Instant::now() + self.settings.deadline;
        self.pause(made, last, asked, deadline).await
    }

    /// Notes that the endpoint answered.
    pub(crate) fn meet(&self) {
        self.met.store(true, Ordering::Relaxed);
    }

    /// Makes one attempt and records it.
    async fn attempt(
        &self,
        hash: &RequestHash,
        number: u32,
        request: &Request,
        turn: Turn<'_>,
        deadline: Instant,
        sink: &dyn AttemptSink,
    ) -> Result<Turnout, AskError> {
        let dialect = self.learned.dialect();
        let id = format!("{}-{number}", &hash.as_str()[..32]);
        let body = self.frames.body(&self.model, request, dialect);
        let sending =
            self.http.post(self.url.clone()).headers(self.headers.clone()).header(REQUEST_ID, &id).body(body);
        let (at, start) = (self.clock.now(), Instant::now());
        let time = self.settings.attempt_timeout.min(deadline.saturating_duration_since(start));
        let received = send::send(sending, self.settings.answer_bytes, time).await;
        let latency = start.elapsed();
        let mut tried = match received {
            Ok(received) => self.read(&received, &id, dialect),
            Err(lost) => self.lost(lost),
        };
        if let Turnout::Answer(answer) = &mut tried.turnout {
            answer.latency = latency;
        }
        let (outcome, wait) = tried.turnout.outcome();
        let used = (tried.usage != Usage::default()).then_some(tried.usage);
        let attempt = Attempt {
            request: hash.clone(),
            number,
            status: tried.status,
            usage: tried.usage,
            latency,
            at,
            outcome,
            provider_id: tried.provider_id,
            batch: false,
        };
        let answer = if let Turnout::Answer(answer) = &tried.turnout { Some(answer) } else { None };
        let recorded = sink.record(attempt, answer).await;
        // The place is given back after the answer is kept: a process that is killed has lost at most as many answers as it
        // has places.
        turn.done(outcome, used.map(|u| u.input_fresh + u.input_cached + u.cache_write + u.output), wait);
        recorded.map_err(AskError::Ledger)?;
        Ok(tried.turnout)
    }

    fn read(&self, received: &Received, id: &str, dialect: Dialect) -> Tried {
        self.meet();
        let mut tried = Tried {
            turnout: Turnout::Over(
                AskError::NotJson { endpoint: self.base.clone(), excerpt: String::new() },
                AttemptOutcome::Malformed,
            ),
            status: Some(received.status),
            usage: Usage::default(),
            provider_id: provider_id(&received.headers),
        };
        if received.status != 200 {
            tried.turnout = self.refused(received, dialect);
            return tried;
        }
        let Ok(reading) = wire::read(self.model.provider(), &received.body, dialect) else {
            tried.turnout = Turnout::Again {
                outcome: AttemptOutcome::Malformed,
                words: wire::excerpt(&String::from_utf8_lossy(&received.body)),
                wait: None,
            };
            return tried;
        };
        tried.usage = reading.usage;
        if !reading.id.is_empty() {
            tried.provider_id = Some(reading.id.clone());
        }
        let echoed = received.headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        tried.turnout = match echoed.filter(|echoed| *echoed != id) {
            Some(other) => Turnout::Over(
                AskError::WrongId { sent: id.to_owned(), got: other.to_owned() },
                AttemptOutcome::Malformed,
            ),
            None => Turnout::Answer(Answer {
                json_text: reading.text,
                usage: reading.usage,
                stop: reading.stop,
                provider_id: reading.id,
                latency: Duration::ZERO,
            }),
        };
        tried
    }

    fn refused(&self, received: &Received, dialect: Dialect) -> Turnout {
        let status = received.status;
        let again = |outcome, wait| Turnout::Again { outcome, words: format!("status {status}"), wait };
        let over = |error| Turnout::Over(error, AttemptOutcome::Rejected);
        let (provider, model) = (self.model.provider().to_string(), self.model.to_string());
        match wire::fault(status, &received.body) {
            Fault::Throttled => {
                again(AttemptOutcome::Throttled, retry_after(&received.headers, self.clock.now()))
            }
            Fault::Server => {
                again(AttemptOutcome::ServerFault, retry_after(&received.headers, self.clock.now()))
            }
            Fault::KeyRejected(detail) => over(AskError::KeyRejected { provider, status, detail }),
            Fault::NoCredit(detail) => over(AskError::NoCredit { provider, detail }),
            Fault::UnknownModel(detail) => over(AskError::UnknownModel { model, detail }),
            Fault::ContextTooLong(detail) => over(AskError::ContextTooLong { model, detail }),
            Fault::NotJson(excerpt) => over(AskError::NotJson { endpoint: self.base.clone(), excerpt }),
            Fault::BadRequest(detail) => dialect
                .without(&detail)
                .map_or_else(|| over(AskError::BadRequest { status, detail }), Turnout::Plainer),
        }
    }

    fn lost(&self, lost: Lost) -> Tried {
        let again = |outcome, words| Turnout::Again { outcome, words, wait: None };
        let (turnout, status) = match lost {
            Lost::NoConnection(why) => (again(AttemptOutcome::NoConnection, why), None),
            Lost::Cut(why) => {
                self.meet();
                (again(AttemptOutcome::Cut, format!("the connection broke: {why}")), None)
            }
            Lost::TimedOut => {
                self.meet();
                (again(AttemptOutcome::TimedOut, "nothing came in time".to_owned()), None)
            }
            Lost::TooLarge { status } => {
                let error = AskError::TooLarge { limit: self.settings.answer_bytes };
                (Turnout::Over(error, AttemptOutcome::TooLarge), Some(status))
            }
        };
        Tried { turnout, status, usage: Usage::default(), provider_id: None }
    }
}

impl Turnout {
    /// What the ledger and the gate hear of it.
    const fn outcome(&self) -> (AttemptOutcome, Option<Duration>) {
        match self {
            Self::Answer(answer) if matches!(answer.stop, Stop::Refusal) => (AttemptOutcome::Refused, None),
            Self::Answer(_) => (AttemptOutcome::Answered, None),
            Self::Again { outcome, wait, .. } => (*outcome, *wait),
            Self::Plainer(_) => (AttemptOutcome::Rejected, None),
            Self::Over(_, outcome) => (*outcome, None),
        }
    }
}

/// The provider's own id of the exchange.
fn provider_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("request-id").or_else(|| headers.get("x-request-id"))?;
    Some(value.to_str().ok()?.to_owned())
}
