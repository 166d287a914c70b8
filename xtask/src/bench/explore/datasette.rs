//! The exported tables in Datasette, on the same machine in the same run: requests a second of a list with three facets,
//! of one document with its judgements, and of everything as CSV.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use lacuna_domain::filter::encode;
use serde_json::Value;

use super::super::pipeline::lacuna;
use super::super::process::Server;
use super::super::report::Report;
use super::super::serve::{self, View};
use crate::sh;

const VERSION: &str = "datasette==0.65.2";

/// Reads the CSV files named after the database into tables of their own, with an index on what is filtered.
const LOAD: &str = r"
import csv, sqlite3, sys
csv.field_size_limit(1 << 30)
db = sqlite3.connect(sys.argv[1])
for path in sys.argv[2:]:
    name = path.rsplit('/', 1)[1].removesuffix('.csv')
    with open(path, newline='', encoding='utf-8') as file:
        rows = csv.reader(file)
        head = next(rows)
        db.execute('create table %s (%s)' % (name, ', '.join('[%s] text' % h for h in head)))
        db.executemany('insert into %s values (%s)' % (name, ', '.join('?' * len(head))), rows)
        for column in ('document', 'jurisdiction', 'authority', 'enactment'):
            if column in head:
                db.execute('create index %s_%s on %s ([%s])' % (name, column, name, column))
db.commit()
db.execute('analyze')
";

/// What each side shows, for the conditions.
const SHOWN: &str = "lists have the same conditions and 50 documents a page on both sides; a view of a document is one \
                     page of Lacuna (catalogue data and every label with its evidence and quotes), in Datasette the \
                     row of its catalogue data and the table of its judgements with their quotes \
                     (/tables/judgements?document=ID&_size=max), two requests; Datasette's proposals of facets are \
                     left out";

/// Lists with different conditions: the fewest that are enough to say something of lists, and the most.
const LISTS: std::ops::Range<usize> = 60..72;

/// One thing that both show.
struct Pair {
    /// Of steady load, when most of ours are answers that the server holds.
    key: &'static str,
    /// Where each of ours was asked once.
    first: &'static str,
    own: Vec<View>,
    theirs: Vec<View>,
    connections: usize,
}

/// Keys of [`Pair`]s in the order in which they are reported.
const LIST: [&str; 2] = ["datasette_ratio_list", "datasette_ratio_list_first"];
const ROW: [&str; 2] = ["datasette_ratio_row", "datasette_ratio_row_first"];
const CSV: [&str; 2] = ["datasette_ratio_csv", "datasette_ratio_csv_first"];

/// Says of each ratio why there is none.
pub(super) fn left_out(report: &mut Report, why: &str) {
    for [key, first] in [LIST, ROW, CSV] {
        report.unmeasured(key, "times", STEADY, why);
        report.unmeasured(first, "times", FIRST, why);
    }
}

/// What is promised of a ratio under steady load, and of first visits.
const STEADY: &str = "≥ 10";
const FIRST: &str = "printed";

/// Two ratios of each pair; none, and why, where Datasette cannot be had.
pub(super) fn compare(
    binary: &Path,
    data: &Path,
    stores: &Path,
    seconds: f64,
    report: &mut Report,
) -> anyhow::Result<()> {
    let python = match installed(stores) {
        Ok(python) => python,
        Err(error) => {
            let why = format!(
                "{VERSION} cannot be installed here ({error:#}); run again where Python 3 and its packages can be had"
            );
            left_out(report, &why);
            return Ok(());
        }
    };
    let database = tables(binary, data, stores, &python)?;
    report
        .conditions
        .push(format!("{VERSION}, its settings as they come but for limits of size and time; {SHOWN}"));
    for Pair { key, first: first_key, own, theirs, connections } in pairs(&catalogue(binary, data)?)? {
        let (first, steady) = ours(binary, data, &own, connections, seconds)?;
        let datasette = Datasette::start(&python, &database)?;
        let other = serve::saturate(&datasette.address, &theirs, connections, seconds)?;
        report.conditions.push(format!(
            "{key}: {} different views, {steady:.1} against {other:.1} a second over {connections} connections; each \
             of ours asked once after a fresh start {first:.1}",
            own.len()
        ));
        report.figure(key, steady / other, "times", STEADY);
        report.figure(first_key, first / other, "times", FIRST);
    }
    Ok(())
}

/// What the catalogue says of each document.
fn catalogue(binary: &Path, data: &Path) -> anyhow::Result<Vec<Value>> {
    let lines = sh::output(lacuna(binary, data).args(["export", "documents", "--format", "jsonl"]))?;
    lines.lines().map(|line| serde_json::from_str(line).context("read the exported documents")).collect()
}

fn pairs(catalogue: &[Value]) -> anyhow::Result<[Pair; 3]> {
    let facets = "_facet=jurisdiction&_facet=authority&_facet=enactment&_size=50&_nosuggest=1";
    let conditions = conditions(catalogue);
    if conditions.len() < LISTS.start {
        bail!("the catalogue has {} different lists, and {} are needed", conditions.len(), LISTS.start);
    }
    let lists = |start: &str, end: &str| {
        conditions.iter().map(|set| vec![format!("{start}?{set}&{end}")]).collect::<Vec<View>>()
    };
    let ids: Vec<&str> = catalogue.iter().filter_map(|row| row["document"].as_str()).collect();
    let their_document = |(place, id): (usize, &&str)| {
        let row = format!("/tables/documents/{}", place + 1);
        vec![row, format!("/tables/judgements?document={id}&_size=max&_nosuggest=1")]
    };
    Ok([
        Pair {
            key: LIST[0],
            first: LIST[1],
            own: lists("/documents", "per=50"),
            theirs: lists("/tables/documents", facets),
            connections: 16,
        },
        Pair {
            key: ROW[0],
            first: ROW[1],
            own: ids.iter().map(|id| vec![format!("/documents/{id}")]).collect(),
            theirs: ids.iter().enumerate().map(their_document).collect(),
            connections: 16,
        },
        Pair {
            key: CSV[0],
            first: CSV[1],
            own: vec![vec!["/documents.csv".to_owned()]],
            theirs: vec![vec!["/tables/documents.csv?_stream=on&_size=max".to_owned()]],
            connections: 2,
        },
    ])
}

/// The conditions, of one or two facts, that most documents meet, as both sides write them.
fn conditions(catalogue: &[Value]) -> Vec<String> {
    const FACTS: [&[&str]; 6] = [
        &["enactment"],
        &["jurisdiction"],
        &["authority"],
        &["jurisdiction", "enactment"],
        &["authority", "enactment"],
        &["jurisdiction", "authority"],
    ];
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let met = catalogue.iter().flat_map(|row| FACTS.iter().filter_map(move |facts| condition(row, facts)));
    for condition in met {
        *counted.entry(condition).or_default() += 1;
    }
    let mut largest: Vec<(String, usize)> = counted.into_iter().collect();
    largest.sort_by_key(|(_, documents)| Reverse(*documents));
    largest.into_iter().take(LISTS.end).map(|(condition, _)| condition).collect()
}

/// What a document meets of these facts, where all of them are known.
fn condition(row: &Value, facts: &[&str]) -> Option<String> {
    let pair = |fact: &&str| Some(format!("{fact}={}", encode(row[*fact].as_str()?)));
    Some(facts.iter().map(pair).collect::<Option<Vec<String>>>()?.join("&"))
}

/// Views a second of a fresh server: each asked once, and under steady load, when most are pages that it holds.
fn ours(
    binary: &Path,
    data: &Path,
    views: &[View],
    connections: usize,
    seconds: f64,
) -> anyhow::Result<(f64, f64)> {
    let server = Server::start(binary, data)?;
    // The first page of a process pays for what all share.
    serve::get_once(&server.address, "/runs")?;
    let first = serve::once_each(&server.address, views, connections)?;
    let steady = serve::saturate(&server.address, views, connections, seconds)?;
    Ok((first, steady))
}

/// The interpreter of a virtual environment with Datasette in it.
fn installed(stores: &Path) -> anyhow::Result<PathBuf> {
    let folder = stores.join("datasette-env");
    let python = folder.join("bin/python");
    if !folder.join("bin/datasette").exists() {
        sh::output(Command::new("python3").arg("-m").arg("venv").arg(&folder))?;
        sh::output(Command::new(&python).args(["-m", "pip", "install", "--quiet", VERSION]))?;
    }
    Ok(python)
}

fn tables(binary: &Path, data: &Path, stores: &Path, python: &Path) -> anyhow::Result<PathBuf> {
    let database = stores.join("tables.db");
    if database.exists() {
        fs::remove_file(&database)?;
    }
    let server = Server::start(binary, data)?;
    let documents = stores.join("documents.csv");
    fs::write(&documents, serve::body_of(&server.address, "/documents.csv")?)?;
    let judgements = stores.join("judgements.csv");
    fs::write(
        &judgements,
        sh::output(lacuna(binary, data).args(["export", "judgements", "--format", "csv"]))?,
    )?;
    sh::output(Command::new(python).arg("-c").arg(LOAD).arg(&database).arg(&documents).arg(&judgements))?;
    fs::remove_file(&documents)?;
    fs::remove_file(&judgements)?;
    Ok(database)
}

/// A Datasette that is stopped when this is dropped.
struct Datasette {
    child: Child,
    address: String,
}

impl Datasette {
    fn start(python: &Path, database: &Path) -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let program = python.parent().context("find the folder of the interpreter")?.join("datasette");
        let child = Command::new(program)
            .args(["serve", "-h", "127.0.0.1", "-p", &port.to_string(), "-i"])
            .arg(database)
            .args(["--setting", "max_csv_mb", "0", "--setting", "facet_time_limit_ms", "5000"])
            .args(["--setting", "sql_time_limit_ms", "10000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, address: format!("127.0.0.1:{port}") };
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            if serve::get_once(&server.address, "/tables/documents/1").is_ok_and(|status| status == 200) {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("Datasette did not answer within 30 seconds")
    }
}

impl Drop for Datasette {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn catalogue(authorities: usize) -> Vec<Value> {
        let row = |number: usize| {
            let (authority, enactment) =
                (format!("Office {}", number / 2), ["adopted", "proposed"][number % 2]);
            let document = format!("a:{number}");
            json!({ "document": document, "jurisdiction": null, "authority": authority, "enactment": enactment })
        };
        (0..2 * authorities).map(row).collect()
    }

    #[test]
    fn both_sides_are_asked_for_the_same_many_different_lists_the_largest_first() {
        let pairs = pairs(&catalogue(30)).unwrap();
        let [lists, rows, _] = &pairs;
        assert_eq!((lists.own.len(), lists.theirs.len()), (LISTS.end, LISTS.end));
        assert_eq!(lists.own[0], ["/documents?enactment=adopted&per=50"]);
        assert_eq!(lists.own[2], ["/documents?authority=Office+0&per=50"]);
        let theirs = &lists.theirs[2][0];
        assert!(
            theirs.starts_with("/tables/documents?authority=Office+0&_facet=") && theirs.contains("_size=50")
        );
        assert_eq!(rows.own.len(), 60);
        let different: std::collections::BTreeSet<&View> = lists.own.iter().collect();
        assert_eq!(different.len(), lists.own.len());
    }

    #[test]
    fn too_few_lists_are_no_comparison() {
        assert!(super::pairs(&catalogue(10)).is_err());
    }
}
