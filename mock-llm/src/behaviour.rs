//! How the provider behaves.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::hash::sha256_hex;

use crate::SeenRequest;

/// What is answered to a request: the text of the answer, meant to be JSON of the request's schema.
pub type Answerer = Arc<dyn Fn(&SeenRequest) -> String + Send + Sync>;

/// Everything that can be ordered. [`Behaviour::default`] answers at once, without limits, from the schema alone.
#[derive(Clone)]
pub struct Behaviour {
    /// What is answered.
    pub answerer: Answerer,
    /// How long an answer takes.
    pub latency: Latency,
    /// Requests that take this many times longer: share and factor.
    pub slow: Option<(f64, f64)>,
    /// Most requests in flight; more are refused with 429.
    pub in_flight: Option<usize>,
    /// Most requests a minute; more are refused with 429 and Retry-After. A second's worth may come at once.
    pub requests_per_minute: Option<u32>,
    /// Most input tokens a minute, in the same way.
    pub tokens_per_minute: Option<u64>,
    /// Faults; the first rule that takes a request decides.
    pub faults: Vec<Rule>,
    /// Where paid answers are written, synced before they are sent. `None` keeps the ledger in memory only.
    pub ledger: Option<PathBuf>,
    /// Keeps the bodies of requests, for a client that is to send the same ones: path and body.
    pub keep_bodies: bool,
    /// The key to ask for; `None` takes any or none.
    pub key: Option<String>,
    /// Polls after which a batch has ended.
    pub batch_polls: u32,
    /// Items of a batch that expire when they are submitted for the first time, as a share.
    pub batch_expired: f64,
    /// Submissions of batches that are taken but not answered: the connection closes without a word …
    pub batch_silent: u32,
    /// … or, where this is set, with this status, as a gateway answers that lost patience.
    pub batch_silent_status: Option<u16>,
    /// Why batches are refused as a whole once they were taken, as for want of credit.
    pub batch_refused: Option<String>,
    /// Whether results of a batch come in another order than they were submitted.
    pub batch_shuffled: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            answerer: Arc::new(crate::from_schema),
            latency: Latency::Fixed(Duration::ZERO),
            slow: None,
            in_flight: None,
            requests_per_minute: None,
            tokens_per_minute: None,
            faults: Vec::new(),
            ledger: None,
            keep_bodies: false,
            key: None,
            batch_polls: 1,
            batch_expired: 0.0,
            batch_silent: 0,
            batch_silent_status: None,
            batch_refused: None,
            batch_shuffled: true,
        }
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Behaviour")
            .field("latency", &self.latency)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// How long an answer takes. Which request gets which latency follows from its hash, so that every client meets the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    /// Always the same.
    Fixed(Duration),
    /// Log-normal with this median and this standard deviation of the logarithm.
    LogNormal {
        /// Half of the answers are faster.
        median: Duration,
        /// Spread; 0.5 puts 5 % beyond 2.3 medians.
        sigma: f64,
    },
}

impl Latency {
    /// The latency of the request with this hash.
    pub fn of(&self, hash: &str) -> Duration {
        match *self {
            Self::Fixed(time) => time,
            Self::LogNormal { median, sigma } => {
                // Box-Muller.
                let (a, b) = (chance(hash, "latency a").max(1e-12), chance(hash, "latency b"));
                let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
                median.mul_f64((sigma * normal).exp())
            }
        }
    }
}

impl FromStr for Latency {
    type Err = String;

    /// `200ms`, `2s` or `lognormal:200ms:0.5`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no latency; write 200ms, 2s or lognormal:200ms:0.5");
        let time = |text: &str| {
            let (number, unit) = text
                .strip_suffix("ms")
                .map(|n| (n, 1e-3))
                .or_else(|| Some((text.strip_suffix('s')?, 1.0)))?;
            let seconds = number.parse::<f64>().ok()? * unit;
            (0.0..1e6).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
        };
        let Some(rest) = text.strip_prefix("lognormal:") else {
            return time(text).map(Self::Fixed).ok_or_else(wrong);
        };
        let (median, sigma) = rest.split_once(':').ok_or_else(wrong)?;
        let sigma = sigma.parse().ok().filter(|s: &f64| (0.0..10.0).contains(s)).ok_or_else(wrong)?;
        Ok(Self::LogNormal { median: time(median).ok_or_else(wrong)?, sigma })
    }
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A server error of this status.
    Status(u16),
    /// Nothing comes for ten minutes.
    Stall,
    /// The connection is closed before anything is sent.
    Hangup,
    /// The connection is closed in the middle of the answer, which is paid.
    Cut,
    /// The body never ends.
    Endless,
    /// HTML with status 200.
    Html,
    /// The answer's text ends in the middle; the exchange around it is whole.
    TruncatedJson,
    /// Codes that no codebook has, and levels that no scale has.
    WrongLabel,
    /// Quotes that are in no document.
    InventedQuote,
    /// The model declines.
    Refusal,
    /// The answer ends at its length.
    Length,
    /// The answer is marked as that of another request.
    WrongId,
    /// 429 with Retry-After of one second.
    Throttle,
    /// 400 with the words of a provider that does not know schemas.
    NoSchema,
    /// 400 with the words of a provider that reads no further.
    TooLong,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "stall" => Self::Stall,
            "hangup" => Self::Hangup,
            "cut" => Self::Cut,
            "endless" => Self::Endless,
            "html" => Self::Html,
            "truncated-json" => Self::TruncatedJson,
            "wrong-label" => Self::WrongLabel,
            "invented-quote" => Self::InventedQuote,
            "refusal" => Self::Refusal,
            "length" => Self::Length,
            "wrong-id" => Self::WrongId,
            "throttle" => Self::Throttle,
            "no-schema" => Self::NoSchema,
            "too-long" => Self::TooLong,
            other => Self::Status(
                other
                    .parse()
                    .ok()
                    .filter(|status| (400..600).contains(status))
                    .ok_or_else(|| format!("{text:?} is no fault; write a status such as 503, or stall, hangup, cut, endless, html, truncated-json, wrong-label, invented-quote, refusal, length, wrong-id, throttle, no-schema, too-long"))?,
            ),
        })
    }
}

/// Which requests a fault strikes: a share of them, chosen by hash, and each only so many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// The part of all requests, from 0 to 1.
    pub share: f64,
    /// How many times one request is struck before it is answered.
    pub times: u32,
}

impl Rule {
    /// A fault that strikes every request once.
    pub const fn once(fault: Fault) -> Self {
        Self { fault, share: 1.0, times: 1 }
    }

    /// A fault that strikes every request every time.
    pub const fn always(fault: Fault) -> Self {
        Self { fault, share: 1.0, times: u32::MAX }
    }

    /// Whether it strikes the request with this hash that was struck `before` times.
    pub(crate) fn takes(&self, hash: &str, before: u32) -> bool {
        before < self.times && chance(hash, &format!("{:?}", self.fault)) < self.share
    }
}

impl FromStr for Rule {
    type Err = String;

    /// `FAULT`, `FAULT=SHARE` or `FAULT=SHARE*TIMES`, such as `503=0.05*2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (fault, rest) = text.split_once('=').unwrap_or((text, "1"));
        let (share, times) = rest.split_once('*').unwrap_or((rest, "1"));
        let wrong =
            || format!("{text:?} is no rule; write FAULT=SHARE or FAULT=SHARE*TIMES, such as 503=0.05*2");
        let share = share.parse().ok().filter(|s| (0.0..=1.0).contains(s)).ok_or_else(wrong)?;
        Ok(Self { fault: fault.parse()?, share, times: times.parse().map_err(|_| wrong())? })
    }
}

/// A number from 0 up to 1 that follows from a hash and a purpose.
pub(crate) fn chance(hash: &str, purpose: &str) -> f64 {
    let digits = sha256_hex(format!("{hash} {purpose}").as_bytes());
    u64::from_str_radix(&digits[..13], 16).unwrap_or(0) as f64 / (1u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read() {
        assert_eq!("200ms".parse(), Ok(Latency::Fixed(Duration::from_millis(200))));
        let spread = Latency::LogNormal { median: Duration::from_secs(2), sigma: 0.5 };
        assert_eq!("lognormal:2s:0.5".parse(), Ok(spread));
        assert!("soon".parse::<Latency>().is_err());
        assert_eq!("503=0.05*2".parse(), Ok(Rule { fault: Fault::Status(503), share: 0.05, times: 2 }));
        assert_eq!("cut".parse(), Ok(Rule::once(Fault::Cut)));
        assert!("flood=1".parse::<Rule>().is_err() && "cut=2".parse::<Rule>().is_err());
        let hashes: Vec<String> = (0..2_000).map(|n| sha256_hex(format!("{n}").as_bytes())).collect();
        let mut times: Vec<f64> = hashes.iter().map(|hash| spread.of(hash).as_secs_f64()).collect();
        times.sort_by(f64::total_cmp);
        assert!((1.9..2.1).contains(&times[1_000]), "{}", times[1_000]);
        let struck =
            hashes.iter().filter(|hash| Rule { fault: Fault::Cut, share: 0.1, times: 1 }.takes(hash, 0));
        assert!((150..250).contains(&struck.count()));
    }
}
