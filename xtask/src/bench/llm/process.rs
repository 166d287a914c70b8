//! `lacuna classify` as a process that can be watched, timed and killed.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::bail;
use mock_llm::Mock;

use super::corpus::lacuna;
use crate::bench::process::peak_rss_mb;

/// What a finished process took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Took {
    pub(super) wall: Duration,
    /// Processor time, user and system.
    pub(super) cpu: Duration,
}

/// The command that classifies `data` through `mock`.
pub(super) fn classify(binary: &Path, data: &Path, mock: &Mock, at_once: usize) -> Command {
    let mut command = lacuna(binary, data);
    command.args(["classify", "--engine", "openai-chat:mock", "--endpoint", &mock.v1()]);
    command.args(["--concurrency", &at_once.to_string()]).env("OPENAI_API_KEY", "sk-mock");
    command
}

/// Starts a command without its words.
pub(super) fn start(command: &mut Command) -> anyhow::Result<Child> {
    Ok(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

/// Runs a command to its end.
pub(super) async fn finish(command: &mut Command) -> anyhow::Result<Took> {
    let begun = Instant::now();
    let mut child = start(command)?;
    let mut cpu = Duration::ZERO;
    loop {
        cpu = cpu_of(child.id()).unwrap_or(cpu);
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("classify ended with {status}");
            }
            return Ok(Took { wall: begun.elapsed(), cpu });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Peak memory of a child in megabytes.
pub(super) fn peak_mb(child: &Child) -> f64 {
    peak_rss_mb(child.id()).unwrap_or(f64::NAN)
}

/// User and system time of a live process, of all its threads, from `/proc` in ticks of 10 ms.
fn cpu_of(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = stat.rsplit_once(") ")?.1;
    let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}
