//! Every kind of public page over the AGORA sample under load.

use std::path::Path;

use super::super::pipeline::document_ids;
use super::super::process::Server;
use super::super::report::{Report, quantile};
use super::super::serve;
use super::Promise;
use super::kinds::{self, Kinds};

/// 99th percentile of the slowest kind of page under steady load.
const STEADY: Promise = ("agora_page_p99_ms", "ms", "≤ 15");
/// The same of first visits.
const FIRST: Promise = ("agora_first_visit_p99_ms", "ms", "printed");
/// What is measured here.
pub(super) const PROMISED: [Promise; 2] = [STEADY, FIRST];

/// Requests a second, and the connections they come over.
const RATE: f64 = 200.0;
const CONNECTIONS: usize = 50;

/// Loads each kind in turn, then again after a fresh start with each address asked once, so that no answer is one that
/// the server still holds. The figure is the worst 99th percentile under steady load, the conditions name each.
pub(super) fn pages(binary: &Path, data: &Path, seconds: f64, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(binary, data)?;
    let kinds = kinds::of(&server.address, &document_ids(binary, data)?)?;
    report.conditions.push(absent(&kinds));
    let mut worst = 0.0_f64;
    let mut lines = Vec::new();
    for (kind, paths) in &kinds.timed {
        serve::open_loop(&server.address, paths, RATE, CONNECTIONS, 0.5)?;
        let times = serve::open_loop(&server.address, paths, RATE, CONNECTIONS, seconds)?;
        let p99 = quantile(&times, 0.99);
        lines.push(format!("{kind} {p99:.1} ms"));
        worst = worst.max(p99);
    }
    report.conditions.push(format!("p99 by kind of page: {}", lines.join(", ")));
    let (key, unit, goal) = STEADY;
    report.figure(key, worst, unit, goal);
    drop(server);
    first_visits(binary, data, &kinds, report)
}

/// How many kinds there are, and which of the browser tests are not among them.
fn absent(kinds: &Kinds) -> String {
    let without = if kinds.absent.is_empty() { "none".to_owned() } else { kinds.absent.join(", ") };
    format!(
        "{} kinds of page; of those of the browser tests, without a page here: {without}",
        kinds.timed.len()
    )
}

/// Each address once, at the same rate, after a fresh start.
fn first_visits(binary: &Path, data: &Path, kinds: &Kinds, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(binary, data)?;
    // The index is opened by who asks first.
    serve::get_once(&server.address, "/documents?q=zebra")?;
    let mut worst = 0.0_f64;
    let mut lines = Vec::new();
    for (kind, paths) in &kinds.timed {
        let connections = CONNECTIONS.min(paths.len());
        let seconds = paths.len().div_ceil(connections) as f64 * connections as f64 / RATE;
        let times = serve::open_loop(&server.address, paths, RATE, connections, seconds)?;
        let p99 = quantile(&times, 0.99);
        lines.push(format!("{kind} {p99:.1} ms"));
        worst = worst.max(p99);
    }
    report.conditions.push(format!("p99 of first visits by kind of page: {}", lines.join(", ")));
    let (key, unit, goal) = FIRST;
    report.figure(key, worst, unit, goal);
    Ok(())
}
