//! Pages of a made store, asked for by one reader one after the other. The server is started anew a few times, and each
//! start is asked for each address once, so that no answer is one that it still holds; the last one is asked for all of
//! a kind again, when most are, and for whole tables. Every kind of the browser tests of which the store has a page is among
//! them: which it has is asked of a server of its own before.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};

use super::super::process::Server;
use super::super::report::{Report, median, quantile};
use super::super::serve;
use super::asked::{self, Asked, Kind};
use super::generate;
use super::growth::Ratio;
use super::kinds::{self, Further};
use super::tables::{self, Table};

/// Fresh starts whose first visits are taken together: what disturbs one of them moves no median.
const STARTS: usize = 3;
/// How long the server may take to read the store and to open its index.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a page is waited for.
const PAGE: Duration = Duration::from_mins(1);
/// How often a server is asked whether it has gathered what readers share: seldom, so that no page waits for that.
const WATCH: Duration = Duration::from_millis(100);
/// What a server answers that gives a page up by itself.
const GIVEN_UP: u16 = 504;
/// Pages that gather once for themselves: asked for once before their kinds are timed.
const ONCE: [&str; 3] = ["/documents", "/explore", "/gaps"];

/// What asking for one kind of page came to.
#[derive(Debug)]
pub(super) struct Timed {
    name: &'static str,
    /// The figures that it has; without them the conditions tell how long it takes.
    figures: Option<Kind>,
    paths: Vec<String>,
    /// Milliseconds of first visits, by start and then by address, or why there are none.
    first: Result<Vec<Vec<f64>>, String>,
    /// The same of second visits, by address.
    held: Result<Vec<f64>, String>,
}

/// What was measured of one store.
#[derive(Debug)]
pub(super) struct Found {
    docs: usize,
    kinds: Vec<Timed>,
    /// Kinds of the browser tests that are not asked; or why none is that has no figure of its own.
    absent: Result<Vec<String>, String>,
    tables: Vec<Table>,
    /// Peak memory of the last server when everything had been asked for, in megabytes.
    rss_mb: f64,
    /// Seconds from each start to the first answer.
    starts: Vec<f64>,
    /// Seconds from that answer until what all readers share was gathered.
    gathered: Vec<f64>,
}

impl Found {
    /// Puts the times of every kind and table into the report.
    pub(super) fn tell(&self, report: &mut Report) {
        report.conditions.push(format!(
            "{STARTS} fresh starts of the server, each asked for every address once; percentiles and growth are of the \
             median of each address. A search that opens the index, {} were asked for once before, and kinds up to two \
             documents side by side while the server gathered what all readers share",
            ONCE.join(", ")
        ));
        for timed in &self.kinds {
            timed.tell(report);
        }
        tables::tell(&self.tables, report);
        report.conditions.push(self.others());
        let slowest: Vec<String> = self.kinds.iter().map(Timed::slowest).collect();
        report.conditions.push(format!("slowest first visits of each kind: {}", slowest.join("; ")));
        let (key, unit, goal) = super::RSS;
        report.figure(key, self.rss_mb, unit, goal);
        report.conditions.push(format!(
            "seconds of each start: {}; from its first answer until what readers share was gathered: {}",
            listed(&self.starts),
            listed(&self.gathered)
        ));
        report.figure("start_s", median(&self.starts), "s", "printed");
        report.figure("gathered_s", median(&self.gathered), "s", "printed");
    }

    /// What came of the kinds that have no figures, in words.
    fn others(&self) -> String {
        let absent = match &self.absent {
            Ok(absent) => absent.join(", "),
            Err(why) => return format!("other kinds not asked: {why}"),
        };
        let others = self.kinds.iter().filter(|timed| timed.figures.is_none());
        format!(
            "p95 of first visits of every other kind of the browser tests: {}; not asked, with why where this store has a \
             page of them: {absent}",
            others.map(Timed::p95).collect::<Vec<_>>().join(", ")
        )
    }

    /// By kind, how often as long a page takes as in `small`, if that has one too.
    pub(super) fn growth_from(&self, small: &Self) -> Vec<Ratio> {
        let ratio = |large: &Timed| {
            let other = small.kinds.iter().find(|other| other.name == large.name)?;
            let ratio = large.page(self.docs).and_then(|page| Ok(page / other.page(small.docs)?));
            Some((large.name, ratio))
        };
        self.kinds.iter().filter_map(ratio).collect()
    }
}

fn listed(seconds: &[f64]) -> String {
    seconds.iter().map(|seconds| format!("{seconds:.1}")).collect::<Vec<_>>().join(", ")
}

impl Timed {
    fn new((kind, paths): Asked) -> Self {
        Self { figures: Some(kind), ..Self::without_figures((kind.name, paths)) }
    }

    fn without_figures((name, paths): (&'static str, Vec<String>)) -> Self {
        Self {
            name,
            figures: None,
            paths,
            first: Ok(vec![]),
            held: Err("no server was asked again".to_owned()),
        }
    }

    /// Asks a fresh server for each address once, and where it is the last one for each again. A kind that a start
    /// before could not answer is left alone.
    fn visit(&mut self, address: &str, last: bool) -> anyhow::Result<()> {
        let Ok(starts) = &mut self.first else { return Ok(()) };
        match visits(address, &self.paths)? {
            Ok(times) => starts.push(times),
            Err(why) => {
                self.first = Err(why);
                self.held = Err("its first visit was not answered".to_owned());
                return Ok(());
            }
        }
        if last {
            self.held = visits(address, &self.paths)?;
        }
        Ok(())
    }

    /// The median of the starts for each address.
    fn by_address(&self) -> Result<Vec<f64>, String> {
        let starts = self.first.as_ref().map_err(String::clone)?;
        let of =
            |place: usize| starts.iter().filter_map(|times| times.get(place).copied()).collect::<Vec<_>>();
        Ok((0..self.paths.len()).map(|place| median(&of(place))).collect())
    }

    /// Milliseconds that a page of the kind takes: the mean of its addresses.
    fn page(&self, docs: usize) -> Result<f64, String> {
        let times = self.by_address().map_err(|why| format!("over {docs} documents {why}"))?;
        Ok(times.iter().sum::<f64>() / times.len() as f64)
    }

    fn tell(&self, report: &mut Report) {
        let Some(kind) = self.figures else { return };
        let mut tell = |key, times: Result<Vec<f64>, String>, goal| match times {
            Ok(times) => report.figure(key, quantile(&times, 0.95), "ms", goal),
            Err(why) => report.unmeasured(key, "ms", goal, &why),
        };
        tell(kind.first, self.by_address(), kind.goal);
        tell(kind.held, self.held.clone(), "printed");
    }

    /// The 95th percentile of first visits, in words.
    fn p95(&self) -> String {
        match self.by_address() {
            Ok(times) => format!("{} {:.1} ms", self.name, quantile(&times, 0.95)),
            Err(why) => format!("{} not answered ({why})", self.name),
        }
    }

    /// How many addresses there are, and the slowest.
    fn slowest(&self) -> String {
        let Ok(times) = self.by_address() else { return format!("{} not answered", self.name) };
        let slowest = times.iter().zip(&self.paths).max_by(|a, b| a.0.total_cmp(b.0));
        let slowest = slowest.map_or_else(String::new, |(ms, path)| format!("{path} {ms:.0} ms"));
        format!("{} (of {}) {slowest}", self.name, self.paths.len())
    }
}

/// Serves the store of `docs` documents and asks.
pub(super) fn measure(binary: &Path, data: &Path, docs: usize) -> anyhow::Result<Found> {
    let mut groups = asked::groups(docs, &generate::runs(data)?)
        .map(|kinds| kinds.into_iter().map(Timed::new).collect::<Vec<_>>());
    // What has no figure takes none from the rest when it fails.
    let (kinds, absent) = match probed(binary, data, docs, &groups) {
        Ok(Further { kinds, absent }) => (kinds, Ok(absent)),
        Err(why) => (vec![], Err(format!("{why:#}"))),
    };
    let [.., last] = &mut groups;
    last.extend(kinds.into_iter().map(Timed::without_figures));
    let (mut starts, mut gathered) = (vec![], vec![]);
    let (mut tables, mut rss_mb) = (vec![], f64::NAN);
    for start in 1..=STARTS {
        let server = Server::start_within(binary, data, PATIENCE)?;
        starts.push(server.start_seconds);
        gathered.push(visit(&server.address, &mut groups, start == STARTS)?);
        if start == STARTS {
            tables = tables::take(&server.address);
            rss_mb = server.rss_mb();
        }
    }
    let kinds = groups.into_iter().flatten().collect();
    Ok(Found { docs, kinds, absent, tables, rss_mb, starts, gathered })
}

/// The kinds of the browser tests beside those of `groups`, as a server of its own has them that has gathered what readers
/// share.
fn probed(binary: &Path, data: &Path, docs: usize, groups: &[Vec<Timed>; 3]) -> anyhow::Result<Further> {
    let server = Server::start_within(binary, data, PATIENCE)?;
    seconds_until_gathered(&server.address)?;
    let mut known: BTreeSet<&str> = ONCE.into();
    for timed in groups.iter().flatten() {
        known.insert(timed.name);
        known.extend(timed.paths.iter().map(String::as_str));
    }
    kinds::further(&server.address, &asked::others(docs), &known)
}

/// Asks one server for everything; gives the seconds until what all readers share was gathered.
fn visit(address: &str, groups: &mut [Vec<Timed>; 3], last: bool) -> anyhow::Result<f64> {
    let [overview, most, shared] = groups;
    let gathered = watched(address);
    // The index is opened by who asks first.
    serve::get_once(address, "/documents?q=zebra")?;
    overview.iter_mut().try_for_each(|kind| kind.visit(address, last))?;
    for path in ONCE {
        serve::get_once(address, path)?;
    }
    most.iter_mut().try_for_each(|kind| kind.visit(address, last))?;
    let gathered = gathered.join().map_err(|_| anyhow!("the watch on {address} broke off"))??;
    shared.iter_mut().try_for_each(|kind| kind.visit(address, last))?;
    Ok(gathered)
}

/// What [`seconds_until_gathered`] gives: a thread of its own asks, while pages are asked for.
fn watched(address: &str) -> JoinHandle<anyhow::Result<f64>> {
    let address = address.to_owned();
    thread::spawn(move || seconds_until_gathered(&address))
}

/// Seconds from now until the server says that what all readers share is gathered, which it begins with when it starts.
fn seconds_until_gathered(address: &str) -> anyhow::Result<f64> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if kinds::json(address, "/healthz")?["gathered"] == true {
            return Ok(started.elapsed().as_secs_f64());
        }
        thread::sleep(WATCH);
    }
    bail!("what readers share was not gathered within {} s", PATIENCE.as_secs())
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

#[cfg(test)]
mod tests {
    use super::super::asked::PROMISED;
    use super::*;

    /// A store of so many documents in which a kind of page took these times, by start and then by address.
    fn found(docs: usize, first: Result<Vec<Vec<f64>>, String>) -> Found {
        let paths = vec!["/a".to_owned(), "/b".to_owned()];
        let kinds = vec![Timed { first, ..Timed::new((PROMISED[0], paths)) }];
        let absent = Ok(vec!["release".to_owned()]);
        Found { docs, kinds, absent, tables: vec![], rss_mb: 1.0, starts: vec![1.0], gathered: vec![1.0] }
    }

    #[test]
    fn time_per_page_is_the_mean_over_addresses_of_the_median_of_starts() {
        let small = found(10, Ok(vec![vec![1.0, 3.0], vec![1.0, 3.0], vec![900.0, 3.0]]));
        let large = found(1_000, Ok(vec![vec![4.0, 800.0], vec![2.0, 16.0], vec![4.0, 16.0]]));
        let medians = format!("{:?}", large.kinds[0].by_address());
        assert_eq!(medians, "Ok([4.0, 16.0])", "one disturbed start moves nothing");
        let growth = format!("{:?}", large.growth_from(&small));
        assert_eq!(growth, "[(\"search\", Ok(5.0))]", "(4 + 16) / (1 + 3)");
        assert!(large.kinds[0].slowest().contains("/b 16 ms"), "{}", large.kinds[0].slowest());
    }

    #[test]
    fn a_kind_without_figures_is_told_in_the_conditions_and_counts_for_the_growth() {
        let text = |docs, ms| {
            let timed = Timed::without_figures(("text", vec!["/a".to_owned()]));
            let mut found = found(docs, Ok(vec![vec![1.0, 1.0]]));
            found.kinds.push(Timed { first: Ok(vec![vec![ms]]), ..timed });
            found
        };
        let (small, large) = (text(10, 2.0), text(1_000, 8.0));
        assert_eq!(large.growth_from(&small).pop(), Some(("text", Ok(4.0))));
        assert_eq!(
            large.growth_from(&found(10, Ok(vec![vec![1.0, 1.0]]))).len(),
            1,
            "the small store has no text"
        );
        let mut report = Report::default();
        large.tell(&mut report);
        let told = report.conditions.join("\n");
        assert!(
            told.contains("tests: text 8.0 ms; not asked") && told.contains("of them: release"),
            "{told}"
        );
        let why = "GET /actors answered 500".to_owned();
        let told = Found { absent: Err(why), ..found(10, Ok(vec![])) }.others();
        assert_eq!(told, "other kinds not asked: GET /actors answered 500");
    }

    #[test]
    fn a_kind_that_was_not_answered_has_no_growth_but_a_reason() {
        let small = found(10, Ok(vec![vec![1.0, 3.0]]));
        let large = found(1_000, Err("/b was not answered within 60 s".to_owned()));
        let (kind, ratio) = large.growth_from(&small).remove(0);
        let why = ratio.unwrap_err();
        assert!(kind == "search" && why.contains("over 1000 documents /b was not answered"), "{why}");
        assert!(small.growth_from(&large).remove(0).1.is_err(), "on either side");
    }
}
