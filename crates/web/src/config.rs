//! Settings of the site. The binary fills them from arguments, environment and file.

use std::num::NonZeroU32;
use std::time::Duration;

use lacuna_domain::{Entropy, RunId};

use crate::intake::Intake;
use crate::limits::REQUESTS_PER_MINUTE;
use crate::proxies::Proxies;

/// Settings of the site.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the site, shown in its head. Default: `Lacuna`.
    pub site: String,
    /// Absolute address under which readers reach the site, without a slash at its end, such as
    /// `https://map.example`. Used for canonical links and in correction files. Default: none.
    pub base_url: Option<String>,
    /// The address that the server listens on, without a slash at its end, where others can use it. Feeds and annotations lead
    /// there where no [`base_url`](Self::base_url) is set. Default: none.
    pub bound: Option<String>,
    /// Where "report this label" leads. Default: a correction file to download.
    pub report: Report,
    /// The run whose labels are shown. Default: the newest finished run of the codebook `ai-governance`.
    pub run: Option<RunId>,
    /// Whether private documents are shown to whoever asks; then only requests of this machine are answered. Default: no.
    pub local: bool,
    /// Whether pages and files with labels are shown to people who are signed in only, so that a blind coder cannot read
    /// them signed out. Default: no.
    pub signed_in_only: bool,
    /// What becomes of files dropped on the page of drafts, where private documents are shown. Default: none is taken.
    pub intake: Option<Intake>,
    /// Longest time one request may take. Default: 20 seconds.
    pub request_timeout: Duration,
    /// Largest request body taken, in bytes. Default: 65536.
    pub body_limit: usize,
    /// Requests that one address of the network, or one IPv6 network of 64 bits, may make in a minute, a quarter of them at
    /// once; `None` for no limit. Who asks from this machine itself is not counted. Default:
    /// [`REQUESTS_PER_MINUTE`](crate::limits::REQUESTS_PER_MINUTE).
    pub requests_per_minute: Option<NonZeroU32>,
    /// Proxies that are believed when they say for whom they ask. Default: none.
    pub trusted_proxies: Proxies,
    /// Classified texts from which names and best quotes are gathered at most; of more, a sample is read and pages say so.
    /// Default: 50,000.
    pub gathered_at_most: u64,
    /// The moment that pages give as that of their counts. Default: when they were counted.
    pub as_of: Option<jiff::Timestamp>,
    /// Whether pages are made to be published as files, which name no address that only a server answers. Default: no.
    pub published: bool,
    /// How often the store is asked whether it changed. Default: 2 seconds.
    pub refresh: Duration,
    /// Where tokens of sessions come from. Default: nowhere, so that nobody can sign in.
    pub entropy: Entropy,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            site: "Lacuna".to_owned(),
            base_url: None,
            bound: None,
            report: Report::File,
            run: None,
            local: false,
            signed_in_only: false,
            intake: None,
            request_timeout: Duration::from_secs(20),
            body_limit: 64 * 1024,
            requests_per_minute: NonZeroU32::new(REQUESTS_PER_MINUTE),
            trusted_proxies: Proxies::default(),
            gathered_at_most: crate::gathered::AT_MOST,
            as_of: None,
            published: false,
            refresh: Duration::from_secs(2),
            entropy: Entropy::new(|_| false),
        }
    }
}

impl Config {
    /// The absolute form of `path`, where the site knows its own address.
    pub fn absolute(&self, path: &str) -> Option<String> {
        self.base_url.as_deref().map(|base| format!("{}{path}", base.trim_end_matches('/')))
    }
}

/// Where readers report a label that they think is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A ready-made correction file to fill in and send.
    File,
    /// `mailto:…` or `https://…`; subject or title and body are appended as query parameters.
    Address(String),
}

/// A report address that is neither an e-mail nor a web address.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} cannot take reports; give mailto:NAME@HOST or an https:// address")]
pub struct ReportError(pub String);

impl std::str::FromStr for Report {
    type Err = ReportError;

    fn from_str(text: &str) -> Result<Self, ReportError> {
        let ok = ["mailto:", "https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
        if ok { Ok(Self::Address(text.to_owned())) } else { Err(ReportError(text.to_owned())) }
    }
}
