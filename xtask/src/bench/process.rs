//! Whole processes, timed from outside, with the peak memory that the kernel reports.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Wall seconds and peak resident megabytes of one finished process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Wall time in seconds.
    pub(crate) seconds: f64,
    /// Peak resident set in megabytes (10^6 bytes).
    pub(crate) rss_mb: f64,
}

/// Runs a command to its end, sampling its peak memory.
pub(crate) fn measure(command: &mut Command) -> anyhow::Result<Usage> {
    let start = Instant::now();
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("start the process")?;
    let mut peak: f64 = 0.0;
    let status = loop {
        peak = peak.max(peak_rss_mb(child.id()).unwrap_or(0.0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        bail!("the measured process ended with {status}");
    }
    Ok(Usage { seconds: start.elapsed().as_secs_f64(), rss_mb: peak })
}

/// Peak resident set of a live process, from `/proc`.
pub(crate) fn peak_rss_mb(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// A server that is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// Seconds from start to the first answered request.
    pub(crate) start_seconds: f64,
}

impl Server {
    /// Starts `lacuna serve` on `data` and waits half a minute for `/healthz`.
    pub(crate) fn start(binary: &Path, data: &Path) -> anyhow::Result<Self> {
        Self::start_within(binary, data, Duration::from_secs(30))
    }

    /// Starts `lacuna serve` on `data` and waits for `/healthz`.
    pub(crate) fn start_within(binary: &Path, data: &Path, patience: Duration) -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let start = Instant::now();
        let child = Command::new(binary)
            .arg("--data")
            .arg(data)
            .args(["serve", "--bind", &address])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self { child, address, start_seconds: 0.0 };
        while start.elapsed() < patience {
            if super::serve::get_once(&server.address, "/healthz").is_ok_and(|status| status == 200) {
                server.start_seconds = start.elapsed().as_secs_f64();
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server did not answer /healthz within {} seconds", patience.as_secs())
    }

    /// Peak resident memory so far.
    pub(crate) fn rss_mb(&self) -> f64 {
        peak_rss_mb(self.child.id()).unwrap_or(f64::NAN)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
