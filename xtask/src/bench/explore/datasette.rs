//! The exported tables in Datasette, on the same machine in the same run: requests a second of a list with three facets,
//! of one document's row, and of everything as CSV.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::super::pipeline::{document_ids, lacuna};
use super::super::process::Server;
use super::super::report::Report;
use super::super::serve;
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

/// Three ratios; one sentence in the conditions where Datasette cannot be had.
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
            report.conditions.push(format!("Datasette left out: {error:#}"));
            return Ok(());
        }
    };
    let database = tables(binary, data, stores, &python)?;
    let ids = document_ids(binary, data)?;
    let states = ["adopted", "proposed", "defunct"];
    let theirs = |paths: &[String], connections: usize| -> anyhow::Result<f64> {
        let datasette = Datasette::start(&python, &database)?;
        serve::saturate(&datasette.address, paths, connections, seconds)
    };
    let ours = |paths: &[String], connections: usize| -> anyhow::Result<f64> {
        let server = Server::start(binary, data)?;
        serve::get_once(&server.address, "/documents")?;
        serve::saturate(&server.address, paths, connections, seconds)
    };
    let facets = "_facet=jurisdiction&_facet=authority&_facet=enactment&_size=50";
    let kinds: [(&'static str, Vec<String>, Vec<String>, usize); 3] = [
        (
            "datasette_ratio_list",
            states.iter().map(|state| format!("/documents?enactment={state}")).collect(),
            states.iter().map(|state| format!("/tables/documents?enactment={state}&{facets}")).collect(),
            16,
        ),
        (
            "datasette_ratio_row",
            ids.iter().map(|id| format!("/documents/{id}")).collect(),
            (1..=ids.len()).map(|row| format!("/tables/documents/{row}")).collect(),
            16,
        ),
        (
            "datasette_ratio_csv",
            vec!["/documents.csv".to_owned()],
            vec!["/tables/documents.csv?_stream=on&_size=max".to_owned()],
            2,
        ),
    ];
    first_rows(binary, data, &ids, report)?;
    for (key, own, other, connections) in kinds {
        let (own, other) = (ours(&own, connections)?, theirs(&other, connections)?);
        report
            .conditions
            .push(format!("{key}: {own:.1} against {other:.1} requests/s over {connections} connections"));
        report.figure(key, own / other, "times", "≥ 10");
    }
    Ok(())
}

/// Document pages that the server does not hold yet, each asked once: the ratio of rows rests on pages it holds.
fn first_rows(binary: &Path, data: &Path, ids: &[String], report: &mut Report) -> anyhow::Result<()> {
    for (name, ending) in [("page", ""), ("JSON", ".json")] {
        let server = Server::start(binary, data)?;
        serve::get_once(&server.address, "/documents")?;
        let paths: Vec<String> = ids.iter().map(|id| format!("/documents/{id}{ending}")).collect();
        let rate = serve::once_each(&server.address, &paths, 16)?;
        report.conditions.push(format!("first visits of every document's {name}: {rate:.0} requests/s"));
    }
    Ok(())
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
