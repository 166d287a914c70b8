//! Pages of a made store, asked for by one reader one after the other: each address once, so that no answer is one that
//! the server still holds, then all of a kind again, when most are.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::super::pipeline::{list_addresses, search_addresses};
use super::super::process::Server;
use super::super::report::{Report, quantile};
use super::super::serve;

/// How long the server may take to read the store and to open its index.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a page is waited for.
const PAGE: Duration = Duration::from_mins(1);
/// What a server answers that gives a page up by itself.
const GIVEN_UP: u16 = 504;

/// A kind of page and the keys of its figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// Its name.
    pub(super) name: &'static str,
    /// Key of the 95th percentile of first visits.
    pub(super) first: &'static str,
    /// Key of the 95th percentile of the same addresses asked for again.
    pub(super) held: &'static str,
    /// What the product promises of first visits.
    pub(super) goal: &'static str,
}

macro_rules! kind {
    ($name:literal, $goal:literal) => {
        Kind {
            name: $name,
            first: concat!($name, "_p95_ms"),
            held: concat!($name, "_held_p95_ms"),
            goal: $goal,
        }
    };
}

/// Kinds of which the product promises something.
pub(super) const PROMISED: [Kind; 4] =
    [kind!("search", "≤ 100"), kind!("facet", "≤ 200"), kind!("crosstab", "≤ 200"), kind!("gaps", "≤ 500")];

/// What asking for one kind of page came to.
#[derive(Debug)]
pub(super) struct Timed {
    kind: Kind,
    /// Milliseconds of first visits, or why there are none.
    first: Result<Vec<f64>, String>,
    /// The same of second visits.
    held: Result<Vec<f64>, String>,
    /// How many addresses there are, and the slowest.
    slowest: String,
}

/// What was measured of one store.
#[derive(Debug)]
pub(super) struct Found {
    kinds: Vec<Timed>,
    /// Peak memory when the promised kinds were asked for, in megabytes.
    pub(super) rss_mb: f64,
    /// Peak memory when all were.
    pub(super) rss_all_mb: f64,
    /// Seconds from start to the first answer.
    pub(super) start: f64,
    /// Seconds from that answer until what all readers share was gathered.
    pub(super) gathered: f64,
}

impl Found {
    /// Puts the times of every kind into the report.
    pub(super) fn tell(&self, report: &mut Report) {
        for timed in &self.kinds {
            timed.tell(report);
        }
        let slowest: Vec<&str> = self.kinds.iter().map(|timed| timed.slowest.as_str()).collect();
        report.conditions.push(format!("slowest first visits of each kind: {}", slowest.join("; ")));
    }

    /// By kind, how often as long the median of its first visits is as in `small`; of those that both answered. Most kinds have
    /// few addresses, so that a 95th percentile would be the one visit that something else disturbed.
    pub(super) fn growth_from(&self, small: &Self) -> Vec<(&'static str, f64)> {
        let ratio = |(large, small): (&Timed, &Timed)| {
            let (large_ms, small_ms) = large.first.as_ref().ok().zip(small.first.as_ref().ok())?;
            Some((large.kind.name, quantile(large_ms, 0.5) / quantile(small_ms, 0.5)))
        };
        self.kinds.iter().zip(&small.kinds).filter_map(ratio).collect()
    }

    /// Kinds that were not answered.
    pub(super) fn unanswered(&self) -> Vec<&'static str> {
        self.kinds.iter().filter(|timed| timed.first.is_err()).map(|timed| timed.kind.name).collect()
    }
}

impl Timed {
    fn tell(&self, report: &mut Report) {
        let mut tell = |key, found: &Result<Vec<f64>, String>, goal| match found {
            Ok(times) => report.figure(key, quantile(times, 0.95), "ms", goal),
            Err(why) => report.unmeasured(key, "ms", goal, why),
        };
        tell(self.kind.first, &self.first, self.kind.goal);
        tell(self.kind.held, &self.held, "printed");
    }
}

/// Serves the store of `docs` documents and asks.
pub(super) fn measure(binary: &Path, data: &Path, docs: usize) -> anyhow::Result<Found> {
    let server = Server::start_within(binary, data, PATIENCE)?;
    let address = server.address.as_str();
    let started = Instant::now();
    // The index is opened by who asks first.
    serve::get_once(address, "/documents?q=zebra")?;
    let mut kinds = vec![timed(address, kind!("overview", "printed"), &["/".to_owned()])?];
    // Pages that gather once are asked for once.
    for path in ["/documents", "/explore", "/gaps"] {
        serve::get_once(address, path)?;
    }
    for (kind, paths) in PROMISED.into_iter().zip(promised_addresses()) {
        kinds.push(timed(address, kind, &paths)?);
    }
    let rss_mb = server.rss_mb();
    for (kind, paths) in more(docs) {
        kinds.push(timed(address, kind, &paths)?);
    }
    let gathered = gathered(address, started)?;
    let run = super::kinds::runs(address)?.into_iter().map(|run| format!("/{run}"));
    let runs = std::iter::once(String::new()).chain(run).map(|run| format!("/runs{run}")).collect();
    for (kind, paths) in shared(docs, runs) {
        kinds.push(timed(address, kind, &paths)?);
    }
    Ok(Found { kinds, rss_mb, rss_all_mb: server.rss_mb(), start: server.start_seconds, gathered })
}

/// Seconds since `started` when what all readers share is gathered: the server begins with it when it starts, and pages
/// that show it wait. The one asked for here is none of those that are timed.
fn gathered(address: &str, started: Instant) -> anyhow::Result<f64> {
    loop {
        match serve::get_within(address, "/codes/risk/1.2", PAGE)? {
            Some(200) => return Ok(started.elapsed().as_secs_f64()),
            Some(GIVEN_UP) | None if started.elapsed() < PATIENCE => {}
            other => bail!("GET /codes/risk/1.2 answered {other:?} after {} s", started.elapsed().as_secs()),
        }
    }
}

/// Asks for each address once, then for each again.
fn timed(address: &str, kind: Kind, paths: &[String]) -> anyhow::Result<Timed> {
    let first = match visits(address, paths)? {
        Ok(times) => times,
        Err(why) => {
            let slowest = format!("{} not answered", kind.name);
            let held = Err("its first visit was not answered".to_owned());
            return Ok(Timed { kind, first: Err(why), held, slowest });
        }
    };
    let held = visits(address, paths)?;
    let slowest = first.iter().zip(paths).max_by(|a, b| a.0.total_cmp(b.0));
    let slowest = slowest.map_or_else(String::new, |(ms, path)| format!("{path} {ms:.0} ms"));
    let slowest = format!("{} (of {}) {slowest}", kind.name, paths.len());
    Ok(Timed { kind, first: Ok(first), held, slowest })
}

/// Milliseconds of each address, one after the other. The first that is given up ends it, since more of its kind would
/// only take as long: then the answer says which.
fn visits(address: &str, paths: &[String]) -> anyhow::Result<Result<Vec<f64>, String>> {
    let mut times = Vec::with_capacity(paths.len());
    for path in paths {
        let start = Instant::now();
        let status = serve::get_within(address, path, PAGE)?;
        let took = start.elapsed();
        match status {
            Some(200) => times.push(took.as_secs_f64() * 1e3),
            Some(GIVEN_UP) => {
                return Ok(Err(format!("the server gave {path} up after {} s", took.as_secs())));
            }
            Some(status) => bail!("GET {path} answered {status}"),
            None => return Ok(Err(format!("{path} was not answered within {} s", PAGE.as_secs()))),
        }
    }
    Ok(Ok(times))
}

/// Addresses of [`PROMISED`], in the same order.
fn promised_addresses() -> [Vec<String>; 4] {
    let search = search_addresses().into_iter().step_by(2).collect();
    [search, list_addresses(), crosstab_addresses(), gaps_addresses()]
}

/// Kinds of which nothing is promised by name, with few addresses each.
fn more(docs: usize) -> Vec<(Kind, Vec<String>)> {
    let of_documents = |start: &str, count: usize| -> Vec<String> {
        made_ids(docs, count).map(|id| format!("{start}{id}")).collect()
    };
    let pairs = made_ids(docs, 13).zip(made_ids(docs, 13).skip(1));
    let pairs = pairs.map(|(one, other)| format!("/compare?ids={one},{other}")).collect();
    vec![
        (kind!("stack", "printed"), stack_addresses()),
        (kind!("domain", "printed"), numbered("/domains/", "")),
        (kind!("dimension", "printed"), each("/codes/", &["risk", "sector", "lifecycle", "status"])),
        (kind!("jurisdiction", "printed"), each("/jurisdictions/", &["United%20States"])),
        (kind!("relations", "printed"), each("/relations", &[""])),
        (kind!("feed", "printed"), numbered("/feed.atom?risk=", ".1")),
        (kind!("document", "printed"), of_documents("/documents/", 40)),
        (kind!("compare", "printed"), pairs),
    ]
}

/// Kinds that show what is gathered once for all readers.
fn shared(docs: usize, runs: Vec<String>) -> Vec<(Kind, Vec<String>)> {
    let with_corpus = made_ids(docs, 5).map(|id| format!("/compare/with-corpus?id={id}")).collect();
    vec![
        (kind!("code", "printed"), numbered("/codes/risk/", ".1")),
        (kind!("actors", "printed"), each("/actors", &["", "/entities"])),
        (kind!("with_corpus", "printed"), with_corpus),
        (kind!("run", "printed"), runs),
    ]
}

/// One address for each name.
fn each(start: &str, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{start}{name}")).collect()
}

/// One address for each of the seven domains of risk.
pub(super) fn numbered(start: &str, end: &str) -> Vec<String> {
    (1..=7).map(|domain| format!("{start}{domain}{end}")).collect()
}

/// Ids of `count` made documents from all over a store of `docs`.
fn made_ids(docs: usize, count: usize) -> impl Iterator<Item = String> {
    let count = count.min(docs);
    (0..count).map(move |place| format!("made:{}", place * docs / count))
}

/// Three axes crossed: one picture for each value of the third.
fn stack_addresses() -> Vec<String> {
    const AXES: [[&str; 3]; 8] = [
        ["risk", "jurisdiction", "year"],
        ["risk", "authority", "year"],
        ["risk", "form", "enactment"],
        ["risk", "sector", "lifecycle"],
        ["sector", "jurisdiction", "form"],
        ["lifecycle", "authority", "enactment"],
        ["jurisdiction", "enactment", "form"],
        ["authority", "year", "form"],
    ];
    let address =
        |[rows, columns, stack]: &[&str; 3]| format!("/explore?rows={rows}&columns={columns}&stack={stack}");
    AXES.iter().map(address).collect()
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
