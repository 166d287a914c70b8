//! `cargo xtask mock-llm`: the provider for tests and benches, by hand.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args as ClapArgs;
use mock_llm::{Behaviour, Latency, Mock, Rule};

use crate::sh;

/// Options of `cargo xtask mock-llm`.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8765")]
    bind: SocketAddr,
    /// 200ms, 2s or lognormal:MEDIAN:SIGMA
    #[arg(long, default_value = "200ms")]
    latency: Latency,
    /// Share of requests that are slower and by what factor, as 0.01*20
    #[arg(long, value_parser = slow)]
    slow: Option<(f64, f64)>,
    /// Most requests in flight; more get 429
    #[arg(long)]
    in_flight: Option<usize>,
    /// Most requests a minute; more get 429
    #[arg(long)]
    requests_per_minute: Option<u32>,
    /// Most input tokens a minute; more get 429
    #[arg(long)]
    tokens_per_minute: Option<u64>,
    /// A fault, its share and how often it strikes one request, as 503=0.05*2; may be repeated
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<Rule>,
    /// File of paid answers, synced before they are sent
    #[arg(long)]
    ledger: Option<PathBuf>,
    /// The only key that is taken
    #[arg(long)]
    key: Option<String>,
    /// Polls after which a batch has ended
    #[arg(long, default_value_t = 1)]
    batch_polls: u32,
    /// Share of batch items that expire at first
    #[arg(long, default_value_t = 0.0)]
    batch_expired: f64,
}

fn slow(text: &str) -> Result<(f64, f64), String> {
    let wrong = || format!("{text:?} is not SHARE*FACTOR, such as 0.01*20");
    let (share, factor) = text.split_once('*').ok_or_else(wrong)?;
    Ok((share.parse().map_err(|_| wrong())?, factor.parse().map_err(|_| wrong())?))
}

impl Args {
    fn behaviour(&self) -> anyhow::Result<Behaviour> {
        Ok(Behaviour {
            answerer: crate::bench::honest()?,
            latency: self.latency,
            slow: self.slow,
            in_flight: self.in_flight,
            requests_per_minute: self.requests_per_minute,
            tokens_per_minute: self.tokens_per_minute,
            faults: self.faults.clone(),
            ledger: self.ledger.clone(),
            key: self.key.clone(),
            batch_polls: self.batch_polls,
            batch_expired: self.batch_expired,
            ..Behaviour::default()
        })
    }
}

/// Serves until it is interrupted.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mock = Mock::start_on(args.behaviour()?, args.bind).await.context("start the provider")?;
        sh::say(&format!("anthropic and gemini: --endpoint {}", mock.root()));
        sh::say(&format!("openai and compat: --endpoint {}", mock.v1()));
        tokio::signal::ctrl_c().await?;
        sh::say(&format!("{:?}", mock.counters()));
        Ok(())
    })
}
