//! Every kind of page over the AGORA sample under load.

use std::path::Path;

use super::super::pipeline::{document_ids, list_addresses, search_addresses};
use super::super::process::Server;
use super::super::report::{Report, quantile};
use super::super::serve;
use super::map::{crosstab_addresses, gaps_addresses};

/// Requests a second, and the connections they come over.
const RATE: f64 = 200.0;
const CONNECTIONS: usize = 50;

/// Loads each kind in turn, then again after a fresh start with each address asked once, so that no answer is one that
/// the server still holds. The figure is the worst 99th percentile under steady load, the conditions name each.
pub(super) fn pages(binary: &Path, data: &Path, seconds: f64, report: &mut Report) -> anyhow::Result<()> {
    let mut kinds = kinds(&document_ids(binary, data)?);
    let server = Server::start(binary, data)?;
    let mut worst = 0.0_f64;
    let mut lines = Vec::new();
    for (kind, paths) in &mut kinds {
        let all = paths.len();
        // A few documents of the sample have no text, and no page of it.
        paths.retain(|path| serve::get_once(&server.address, path).is_ok_and(|status| status == 200));
        anyhow::ensure!(paths.len() * 100 >= all * 99, "{} of {all} pages of {kind} answer", paths.len());
        serve::open_loop(&server.address, paths, RATE, CONNECTIONS, 0.5)?;
        let times = serve::open_loop(&server.address, paths, RATE, CONNECTIONS, seconds)?;
        let p99 = quantile(&times, 0.99);
        lines.push(format!("{kind} {p99:.1} ms"));
        worst = worst.max(p99);
    }
    report.conditions.push(format!("p99 by kind of page: {}", lines.join(", ")));
    report.figure("agora_page_p99_ms", worst, "ms", "≤ 15");
    drop(server);
    first_visits(binary, data, &kinds, report)
}

/// Each address once, at the same rate, after a fresh start.
fn first_visits(
    binary: &Path,
    data: &Path,
    kinds: &[(&'static str, Vec<String>)],
    report: &mut Report,
) -> anyhow::Result<()> {
    let server = Server::start(binary, data)?;
    // The index is opened by who asks first.
    serve::get_once(&server.address, "/documents?q=zebra")?;
    let mut worst = 0.0_f64;
    let mut lines = Vec::new();
    for (kind, paths) in kinds {
        let connections = CONNECTIONS.min(paths.len());
        let seconds = paths.len().div_ceil(connections) as f64 * connections as f64 / RATE;
        let times = serve::open_loop(&server.address, paths, RATE, connections, seconds)?;
        let p99 = quantile(&times, 0.99);
        lines.push(format!("{kind} {p99:.1} ms"));
        worst = worst.max(p99);
    }
    report.conditions.push(format!("p99 of first visits by kind of page: {}", lines.join(", ")));
    report.figure("agora_first_visit_p99_ms", worst, "ms", "printed");
    Ok(())
}

/// Kinds of pages with addresses of each, as different as there are.
fn kinds(ids: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let each = |start: &str, end: &str| ids.iter().map(|id| format!("{start}{id}{end}")).collect::<Vec<_>>();
    let one = |path: &str| vec![path.to_owned()];
    let pairs = ids.windows(2).map(|pair| format!("/compare?ids={},{}", pair[0], pair[1])).collect();
    let lists = list_addresses();
    let csv = lists.iter().map(|path| path.replace("/documents?", "/documents.csv?")).collect();
    vec![
        ("overview", one("/")),
        ("document", each("/documents/", "")),
        ("text", each("/documents/", "/text")),
        ("document.json", each("/documents/", ".json")),
        ("list", lists),
        ("list.csv", csv),
        ("search", search_addresses()),
        ("codes", one("/codes")),
        ("code", (1..=7).map(|domain| format!("/codes/risk/{domain}.1")).collect()),
        ("explore", crosstab_addresses()),
        ("gaps", gaps_addresses()),
        ("compare", pairs),
        ("with-corpus", each("/compare/with-corpus?id=", "")),
        ("domain", (1..=7).map(|domain| format!("/domains/{domain}")).collect()),
        ("jurisdiction", one("/jurisdictions/United%20States")),
        ("actors", one("/actors")),
        ("entities", one("/actors/entities")),
        ("relations", one("/relations")),
        ("runs", one("/runs")),
        ("data", one("/data")),
        ("about", one("/about")),
    ]
}
