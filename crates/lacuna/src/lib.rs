//! The command line of Lacuna: arguments, environment and config become a call of one stage or of the server.
//!
//! Reading order: [`cli`] (every command and option), [`commands`] (one file each), [`exit`] (what an exit code means).
//!
//! # How to add a command
//! 1. Add `commands/NAME.rs` with an `Args` struct and `pub(crate) async fn run(args, &Context) -> anyhow::Result<Exit>`.
//! 2. Add it to [`cli::Command`] and to the match in [`commands`].
//! 3. `cargo xtask docs` writes it into `docs/reference/commands.md`.

pub mod cli;
mod clock;
mod commands;
mod context;
mod counted;
pub mod exit;
mod output;
mod progress;
pub mod reference;
mod samples;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::exit::Exit;

/// Threads that cut long texts and the like. Each keeps memory of its own, so that a server under load grows with them
/// and gains nothing beyond the processors of a small machine.
const BLOCKING_THREADS: usize = 4;

/// Parses `args`, runs the command and answers the exit code; the only place where errors become words on a terminal.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match cli::Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(usage) => return exit::usage(&usage),
    };
    if let cli::Command::ExtractChild = cli.command {
        return commands::extract_child::run();
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.max_blocking_threads(BLOCKING_THREADS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&error.into(), cli.json),
    };
    let json = cli.json;
    let command = async {
        outlive_file_size_limits();
        commands::run(cli).await
    };
    match runtime.block_on(command) {
        Ok(exit) => exit.into(),
        Err(error) if output::is_broken_pipe(&error) => Exit::Done.into(),
        Err(error) => exit::failed(&error, json),
    }
}

/// A write beyond a file-size limit ends the process, unless somebody listens to the signal; then it is an error like
/// that of a full disk, which says what to do next.
fn outlive_file_size_limits() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        const SIGXFSZ: i32 = 25;
        let _ = signal(SignalKind::from_raw(SIGXFSZ));
    }
}
