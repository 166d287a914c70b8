//! A PostgreSQL for the tests: the one of `DATABASE_URL`, or a throw-away cluster of its own.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::{packages, sh};

/// A reachable PostgreSQL; a cluster that we started is stopped and removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    /// Where it is reached.
    pub(crate) url: String,
    ours: Option<Cluster>,
}

#[derive(Debug)]
struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
}

impl Postgres {
    /// Uses `DATABASE_URL`, or starts a cluster on a free port of this machine.
    pub(crate) fn ensure() -> anyhow::Result<Self> {
        if let Some(url) = sh::env("DATABASE_URL") {
            return Ok(Self { url, ours: None });
        }
        if binaries().is_none() {
            packages::install(&["postgresql"], "testing the store on PostgreSQL")?;
        }
        let bin = binaries().context("find initdb after installing PostgreSQL; set DATABASE_URL instead")?;
        let cluster =
            Cluster { bin, folder: std::env::temp_dir().join(format!("lacuna-pg-{}", std::process::id())) };
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        cluster.start(port)?;
        let url = format!("postgres://lacuna@127.0.0.1:{port}/postgres");
        sh::say(&format!("PostgreSQL runs for the tests on port {port}"));
        Ok(Self { url, ours: Some(cluster) })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(cluster) = &self.ours {
            let _ = cluster.as_postgres("pg_ctl", &["-m", "immediate", "-w", "stop"]);
            let _ = fs::remove_dir_all(&cluster.folder);
        }
    }
}

impl Cluster {
    fn start(&self, port: u16) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder)?;
        if is_root()? {
            sh::output(Command::new("chown").arg("postgres").arg(&self.folder))?;
        }
        self.as_postgres("initdb", &["-U", "lacuna", "-A", "trust", "-E", "UTF8", "--no-sync"])?;
        let options =
            format!("-p {port} -k {} -c fsync=off -c listen_addresses=127.0.0.1", self.folder.display());
        let log = self.folder.join("log");
        self.as_postgres("pg_ctl", &["-w", "-l", &log.to_string_lossy(), "-o", &options, "start"])
    }

    /// Runs a server program on the cluster; PostgreSQL refuses to run as root.
    fn as_postgres(&self, program: &str, args: &[&str]) -> anyhow::Result<()> {
        let data = self.folder.join("data");
        let mut command = if is_root()? {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
                .arg(self.bin.join(program));
            command
        } else {
            Command::new(self.bin.join(program))
        };
        let status = command
            .arg("-D")
            .arg(&data)
            .args(args)
            .current_dir("/")
            .stdout(fs::File::create("/dev/null")?)
            .status()?;
        if !status.success() {
            bail!("{program} ended with {status}; set DATABASE_URL to use a PostgreSQL of your own");
        }
        Ok(())
    }
}

fn is_root() -> anyhow::Result<bool> {
    Ok(sh::output(Command::new("id").arg("-u"))?.trim() == "0")
}

/// The folder with `initdb`, newest version first.
fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    versions.into_iter().rev().find(|bin: &PathBuf| Path::new(bin).join("initdb").exists())
}
