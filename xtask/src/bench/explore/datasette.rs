//! The exported tables in Datasette, on the same machine in the same run: requests a second of a list with three facets,
//! of one document with its judgements, and of everything as CSV.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::super::pipeline::{document_ids, lacuna};
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
const SHOWN: &str = "a view of a document is one page of Lacuna (catalogue data and every label with its evidence and \
                     quotes), in Datasette the row of its catalogue data and the table of its judgements with their \
                     quotes (/tables/judgements?document=ID&_size=max, without its proposals of facets), two \
                     requests";

/// One thing that both show.
struct Pair {
    key: &'static str,
    own: Vec<View>,
    theirs: Vec<View>,
    connections: usize,
}

/// Ratios to Datasette in the order in which they are reported.
const KEYS: [&str; 4] = ["datasette_ratio_list", ROW, ROW_FIRST, "datasette_ratio_csv"];

/// Says of each ratio why there is none.
pub(super) fn left_out(report: &mut Report, why: &str) {
    for key in KEYS {
        report.unmeasured(key, "times", goal(key), why);
    }
}

/// What is promised of a ratio.
fn goal(key: &str) -> &'static str {
    if key == ROW_FIRST { "printed" } else { "≥ 10" }
}

/// Four ratios; none, and why, where Datasette cannot be had.
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
    for Pair { key, own, theirs, connections } in pairs(&document_ids(binary, data)?) {
        let (first, steady) = ours(binary, data, &own, connections, seconds)?;
        let datasette = Datasette::start(&python, &database)?;
        let other = serve::saturate(&datasette.address, &theirs, connections, seconds)?;
        report.conditions.push(format!(
            "{key}: {steady:.1} against {other:.1} views/s over {connections} connections; each of ours asked once \
             after a fresh start {first:.1}"
        ));
        report.figure(key, steady / other, "times", goal(key));
        if key == ROW {
            report.figure(ROW_FIRST, first / other, "times", goal(ROW_FIRST));
        }
    }
    Ok(())
}

/// Key of the ratio of documents, most of which are pages that the server holds.
const ROW: &str = "datasette_ratio_row";
/// Key of the same where each was asked once.
const ROW_FIRST: &str = "datasette_ratio_row_first";

fn pairs(ids: &[String]) -> [Pair; 3] {
    let facets = "_facet=jurisdiction&_facet=authority&_facet=enactment&_size=50";
    let states = ["adopted", "proposed", "defunct"];
    let lists = |start: &str, end: &str| {
        states.iter().map(|state| vec![format!("{start}?enactment={state}{end}")]).collect::<Vec<View>>()
    };
    let their_document = |(place, id): (usize, &String)| {
        let row = format!("/tables/documents/{}", place + 1);
        vec![row, format!("/tables/judgements?document={id}&_size=max&_nosuggest=1")]
    };
    [
        Pair {
            key: "datasette_ratio_list",
            own: lists("/documents", ""),
            theirs: lists("/tables/documents", &format!("&{facets}")),
            connections: 16,
        },
        Pair {
            key: ROW,
            own: ids.iter().map(|id| vec![format!("/documents/{id}")]).collect(),
            theirs: ids.iter().enumerate().map(their_document).collect(),
            connections: 16,
        },
        Pair {
            key: "datasette_ratio_csv",
            own: vec![vec!["/documents.csv".to_owned()]],
            theirs: vec![vec!["/tables/documents.csv?_stream=on&_size=max".to_owned()]],
            connections: 2,
        },
    ]
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
