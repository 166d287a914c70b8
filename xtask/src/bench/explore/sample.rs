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
/// The same of all kinds in turn.
const MIXED: Promise = ("agora_mixed_p99_ms", "ms", "≤ 15");
/// The same of first visits, of the slowest kind.
const FIRST: Promise = ("agora_first_visit_p99_ms", "ms", "printed");
/// What is measured here.
pub(super) const PROMISED: [Promise; 3] = [STEADY, MIXED, FIRST];

/// Requests a second, and the connections they come over.
const RATE: f64 = 200.0;
const CONNECTIONS: usize = 50;
/// Seconds of load before those that count.
const WARM: f64 = 0.5;
/// How often as long as one kind all kinds in turn are asked for, so that each has its share of a percentile.
const MIXED_FOR: f64 = 8.0;

/// Loads each kind in turn, then all of them mixed; then, after a fresh start, each address once, so that no answer is
/// one that the server still holds. Which addresses there are was asked of another server before.
pub(super) fn pages(binary: &Path, data: &Path, seconds: f64, report: &mut Report) -> anyhow::Result<()> {
    let kinds = probed(binary, data)?;
    report.conditions.push(told(&kinds));
    steady(&ready(binary, data)?.address, &kinds, seconds, report)?;
    first_visits(&ready(binary, data)?.address, &kinds, report)
}

/// The kinds of pages that a server of its own answers.
fn probed(binary: &Path, data: &Path) -> anyhow::Result<Kinds> {
    let server = Server::start(binary, data)?;
    kinds::of(&server.address, &document_ids(binary, data)?)
}

/// A fresh server that was asked for nothing but the index, which is opened by who asks first.
fn ready(binary: &Path, data: &Path) -> anyhow::Result<Server> {
    let server = Server::start(binary, data)?;
    serve::get_once(&server.address, "/documents?q=zebra")?;
    Ok(server)
}

/// How many kinds there are, and what of the browser tests is not among them.
fn told(kinds: &Kinds) -> String {
    let listed = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!(
        "{} kinds of page, each address asked of another server before; kinds of the browser tests without a page \
         here: {}; addresses that rightly have none: {}",
        kinds.timed.len(),
        listed(&kinds.absent),
        listed(&kinds.without)
    )
}

/// The worst 99th percentile of the kinds by themselves, each named in the conditions, and that of all mixed.
fn steady(address: &str, kinds: &Kinds, seconds: f64, report: &mut Report) -> anyhow::Result<()> {
    let loaded = |paths: &[String], seconds: f64| -> anyhow::Result<f64> {
        serve::open_loop(address, paths, RATE, CONNECTIONS, WARM)?;
        Ok(quantile(&serve::open_loop(address, paths, RATE, CONNECTIONS, seconds)?, 0.99))
    };
    worst(kinds, STEADY, "p99 by kind of page", report, |paths| loaded(paths, seconds))?;
    let (key, unit, goal) = MIXED;
    report.figure(key, loaded(&mixed(kinds), seconds * MIXED_FOR)?, unit, goal);
    Ok(())
}

/// Each address once, at the same rate.
fn first_visits(address: &str, kinds: &Kinds, report: &mut Report) -> anyhow::Result<()> {
    worst(kinds, FIRST, "p99 of first visits by kind of page", report, |paths| {
        let connections = CONNECTIONS.min(paths.len());
        let seconds = paths.len().div_ceil(connections) as f64 * connections as f64 / RATE;
        Ok(quantile(&serve::open_loop(address, paths, RATE, connections, seconds)?, 0.99))
    })
}

/// Measures every kind; the worst is the figure, and the conditions name each.
fn worst(
    kinds: &Kinds,
    (key, unit, goal): Promise,
    title: &str,
    report: &mut Report,
    measured: impl Fn(&[String]) -> anyhow::Result<f64>,
) -> anyhow::Result<()> {
    let mut worst = 0.0_f64;
    let mut lines = Vec::with_capacity(kinds.timed.len());
    for (kind, paths) in &kinds.timed {
        let p99 = measured(paths)?;
        lines.push(format!("{kind} {p99:.1} ms"));
        worst = worst.max(p99);
    }
    report.conditions.push(format!("{title}: {}", lines.join(", ")));
    report.figure(key, worst, unit, goal);
    Ok(())
}

/// Addresses of all kinds in turn, each kind as often as any other, until the longest was gone through.
fn mixed(kinds: &Kinds) -> Vec<String> {
    let longest = kinds.timed.iter().map(|(_, paths)| paths.len()).max().unwrap_or(0);
    let of_turn = |turn: usize| {
        kinds.timed.iter().filter_map(move |(_, paths)| paths.iter().cycle().nth(turn).cloned())
    };
    (0..longest).flat_map(of_turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_load_asks_for_every_kind_as_often_as_for_any_other() {
        let kind = |name: &str, paths: &[&str]| {
            (name.to_owned(), paths.iter().map(|path| (*path).to_owned()).collect())
        };
        let kinds = Kinds {
            timed: vec![kind("document", &["/d/1", "/d/2", "/d/3"]), kind("gaps", &["/gaps"])],
            absent: vec![],
            without: vec!["text (3 of 9)".to_owned()],
        };
        assert_eq!(mixed(&kinds), ["/d/1", "/gaps", "/d/2", "/gaps", "/d/3", "/gaps"]);
        assert!(
            told(&kinds).contains("2 kinds") && told(&kinds).contains("text (3 of 9)"),
            "{}",
            told(&kinds)
        );
    }
}
