//! `lacuna serve`: the map on this machine, without any key or network.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_web::intake::LARGEST;
use lacuna_web::limits::REQUESTS_PER_MINUTE;
use lacuna_web::proxies::{Net, Proxies};
use lacuna_web::{App, Config, Report};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Faults alone.
const QUIET_LOG: &str = "warn";

/// Options of `lacuna serve`.
#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna serve
  lacuna serve --bind 0.0.0.0:80 --base-url https://map.example --report mailto:editor@map.example
  lacuna serve --trusted-proxy 127.0.0.1 --base-url https://map.example")]
pub struct Args {
    /// Address and port to listen on, or a port of this machine alone; port 0 takes a free one
    #[arg(long, visible_alias = "port", value_name = "ADDRESS", default_value = "127.0.0.1:7373", env = "LACUNA_BIND", value_parser = address)]
    bind: SocketAddr,
    /// Address under which readers reach the site, for canonical links, feeds and annotations [default: none; feeds and
    /// annotations lead to the address listened on, unless that is every address of the machine or a proxy is trusted]
    #[arg(long, value_name = "URL", env = "LACUNA_BASE_URL")]
    base_url: Option<String>,
    /// Requests that one address of the network, or one IPv6 network (/64), may make in a minute, a quarter of them at
    /// once; 0 for no limit. Who asks from this machine itself is not counted
    #[arg(long, value_name = "N", default_value_t = REQUESTS_PER_MINUTE, env = "LACUNA_REQUESTS_PER_MINUTE")]
    requests_per_minute: u32,
    /// Proxy that is believed when it says in X-Forwarded-For for whom it asks, as an address such as 127.0.0.1 or a net
    /// such as 10.0.0.0/8; give it again, or with commas, for more [default: none, and the header is not read]
    #[arg(long, value_name = "ADDRESS-OR-NET", env = "LACUNA_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<Net>,
    /// Where "report this label" leads: mailto:… or https://… [default: a correction file to download]
    #[arg(long, value_name = "ADDRESS", env = "LACUNA_REPORT")]
    report: Option<Report>,
    /// Run whose labels are shown, by id or the beginning of it [default: the newest finished run of ai-governance]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Show private documents to whoever asks; only on this machine: the address must be a loopback one, and requests that
    /// name another host or came through a proxy, even a trusted one, are refused
    #[arg(long)]
    local: bool,
    /// Show pages and files with labels to people who are signed in only: while a sample is coded blind, nobody can read
    /// them by signing out
    #[arg(long, env = "LACUNA_SIGNED_IN_ONLY")]
    signed_in_only: bool,
    /// What is logged to standard error, such as `warn,lacuna::access=info` for one line a request without anything personal
    #[arg(long, value_name = "FILTER", default_value = QUIET_LOG, env = "LACUNA_LOG", value_parser = log_filter)]
    log: String,
    /// Open the map in a browser
    #[arg(long)]
    open: bool,
}

impl Args {
    /// What `lacuna demo` serves with.
    pub(crate) fn local(bind: SocketAddr, open: bool) -> Self {
        Self {
            bind,
            base_url: None,
            requests_per_minute: REQUESTS_PER_MINUTE,
            trusted_proxy: vec![],
            report: None,
            run: None,
            local: false,
            signed_in_only: false,
            log: QUIET_LOG.to_owned(),
            open,
        }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    on(listen(args.bind).await?, &args, context).await
}

/// An address with its port; a port alone means this machine.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse::<u16>().map_or_else(
        |_| {
            text.parse()
                .map_err(|_| "write an address and port, such as 127.0.0.1:8080, or a port alone".to_owned())
        },
        |port| Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
    )
}

/// A filter as `tracing` understands it, checked.
fn log_filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("{error}; write levels such as warn,lacuna::access=info")),
    }
}

/// Logs to standard error, in plain lines.
fn start_log(filter: &str) -> anyhow::Result<()> {
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(filter)?);
    // A log that somebody set up before stays.
    let _ = log.with_writer(std::io::stderr).with_ansi(false).try_init();
    Ok(())
}

/// Takes the address, or says what to do when it is taken.
pub(crate) async fn listen(bind: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(bind).await.with_context(|| {
        format!("listen on {bind}; name a free address with --bind, such as --bind 127.0.0.1:0")
    })
}

/// Where others reach a server that listens on `bound`; `None` where it listens on every address of the machine, none of which
/// is known to be the one that readers use.
fn reachable(bound: SocketAddr) -> Option<String> {
    (!bound.ip().is_unspecified()).then(|| format!("http://{bound}"))
}

/// Serves until the process is told to stop.
pub(crate) async fn on(listener: TcpListener, args: &Args, context: &Context) -> anyhow::Result<Exit> {
    if args.local && !listener.local_addr()?.ip().is_loopback() {
        anyhow::bail!(
            "--local shows private documents, so it needs a loopback address, such as --bind 127.0.0.1:7373"
        );
    }
    start_log(&args.log).context("start the log")?;
    let store = context.store().await.context("open the store")?;
    let run = match &args.run {
        Some(name) => Some(chosen_run(&store, Some(name)).await?.id),
        None => None,
    };
    let config = Config {
        base_url: args.base_url.clone(),
        bound: reachable(listener.local_addr()?).filter(|_| args.trusted_proxy.is_empty()),
        requests_per_minute: NonZeroU32::new(args.requests_per_minute),
        trusted_proxies: Proxies::new(args.trusted_proxy.clone()),
        report: args.report.clone().unwrap_or(Report::File),
        run,
        local: args.local,
        signed_in_only: args.signed_in_only,
        intake: args.local.then(|| super::intake::into(&store, context.clock)),
        body_limit: if args.local { LARGEST + 4096 } else { Config::default().body_limit },
        entropy: context.entropy,
        ..Config::default()
    };
    let app = App::open(config, store, context.clock).await.context("read the store")?;
    let address = format!("http://{}", listener.local_addr()?);
    output::text(&format!("the map is at {address} (stop with Ctrl-C)"))?;
    if args.open {
        open(&address);
    }
    lacuna_web::serve(app, listener, stopped()).await.context("serve the map")?;
    Ok(Exit::Done)
}

/// Resolves when the process is told to stop.
pub(crate) async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    // Without a signal to wait for, the server runs until it is killed.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Opens the system's browser; when there is none, the printed address has to do.
fn open(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let _ = Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(given: &str) -> Args {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let line = ["serve"].into_iter().chain(given.split_whitespace());
        <Line as clap::Parser>::try_parse_from(line).unwrap().args
    }

    #[test]
    fn rates_are_limited_unless_switched_off_and_proxies_are_named_one_or_many() {
        assert_eq!(parsed("").requests_per_minute, REQUESTS_PER_MINUTE);
        assert_eq!(NonZeroU32::new(parsed("--requests-per-minute 0").requests_per_minute), None);
        let named = parsed("--trusted-proxy 127.0.0.1,::1 --trusted-proxy 10.0.0.0/8").trusted_proxy;
        assert!(named.len() == 3 && named[2].contains(std::net::IpAddr::from([10u8, 9, 8, 7])), "{named:?}");
    }

    #[test]
    fn feeds_lead_to_an_address_that_somebody_can_ask() {
        let of = |bound: &str| reachable(bound.parse().unwrap());
        assert_eq!(of("127.0.0.1:7373").as_deref(), Some("http://127.0.0.1:7373"));
        assert_eq!(of("[::1]:80").as_deref(), Some("http://[::1]:80"));
        for every in ["0.0.0.0:80", "[::]:80"] {
            assert_eq!(of(every), None, "{every}");
        }
    }

    #[test]
    fn a_port_alone_stays_on_this_machine() {
        assert_eq!(address("8080").unwrap().to_string(), "127.0.0.1:8080");
        assert_eq!(address("0.0.0.0:80").unwrap().to_string(), "0.0.0.0:80");
        for wrong in ["80800", "localhost", "-1", ""] {
            assert!(address(wrong).unwrap_err().contains("port"), "{wrong}");
        }
    }
}
