//! Pages of a made store, each address asked once by one reader, so that no answer is one that the server still holds.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::super::pipeline::{list_addresses, search_addresses};
use super::super::process::Server;
use super::super::report::quantile;
use super::super::serve;

/// How long the server may take to read the store and to open its index.
const PATIENCE: Duration = Duration::from_mins(10);

/// 95th percentiles in milliseconds, and what the server took.
pub(super) struct Times {
    pub(super) search: f64,
    pub(super) facet: f64,
    pub(super) crosstab: f64,
    pub(super) gaps: f64,
    pub(super) rss_mb: f64,
    pub(super) start: f64,
    pub(super) slowest: String,
}

impl Times {
    /// The largest growth of any kind of page.
    pub(super) fn growth_from(&self, small: &Self) -> f64 {
        let pairs = [
            (self.search, small.search),
            (self.facet, small.facet),
            (self.crosstab, small.crosstab),
            (self.gaps, small.gaps),
        ];
        pairs.into_iter().map(|(large, small)| large / small).fold(0.0, f64::max)
    }
}

/// Serves the store and asks.
pub(super) fn measure(binary: &Path, data: &Path) -> anyhow::Result<Times> {
    let server = Server::start_within(binary, data, PATIENCE)?;
    // The index is opened by who asks first; pages that gather once are asked for once.
    for path in ["/documents?q=zebra", "/", "/documents", "/explore", "/gaps"] {
        serve::get_once(&server.address, path)?;
    }
    let mut slowest = Vec::new();
    let mut p95 = |name: &str, paths: Vec<String>| -> anyhow::Result<f64> {
        let mut times = Vec::with_capacity(paths.len());
        for path in paths {
            let start = Instant::now();
            let status = serve::get_once(&server.address, &path)?;
            if status != 200 {
                bail!("GET {path} answered {status}");
            }
            times.push((start.elapsed().as_secs_f64() * 1e3, path));
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((ms, path)) = times.last() {
            slowest.push(format!("{name} {path} {ms:.0} ms"));
        }
        Ok(quantile(&times.iter().map(|(ms, _)| *ms).collect::<Vec<_>>(), 0.95))
    };
    let search = p95("search", search_addresses().into_iter().step_by(2).collect())?;
    let facet = p95("facets", list_addresses())?;
    let crosstab = p95("cross-table", crosstab_addresses())?;
    let gaps = p95("gaps", gaps_addresses())?;
    Ok(Times {
        search,
        facet,
        crosstab,
        gaps,
        rss_mb: server.rss_mb(),
        start: server.start_seconds,
        slowest: slowest.join("; "),
    })
}

pub(super) fn crosstab_addresses() -> Vec<String> {
    const AXES: [&str; 8] =
        ["risk", "sector", "lifecycle", "jurisdiction", "authority", "year", "form", "enactment"];
    let pairs = AXES.iter().flat_map(|rows| AXES.iter().map(move |columns| (rows, columns)));
    pairs
        .filter(|(rows, columns)| rows != columns)
        .map(|(rows, columns)| format!("/explore?rows={rows}&columns={columns}"))
        .collect()
}

pub(super) fn gaps_addresses() -> Vec<String> {
    const SETS: [&str; 6] = [
        "",
        "&jurisdiction=United+States",
        "&enactment=adopted",
        "&form=hard_law",
        "&risk=1.1",
        "&applies_to=Private+sector",
    ];
    let days = (1..=8).flat_map(|month| SETS.iter().map(move |set| (month, set)));
    days.map(|(month, set)| format!("/gaps?on=2025-0{month}-15{set}")).collect()
}
