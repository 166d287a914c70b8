//! Test, bench and doc-check commands: `cargo xtask help`.
//!
//! - [`mod@test`]: everything that must pass, with what it needs installed and started.
//! - [`tidy`]: rules that no compiler checks.
//! - [`mod@bench`]: figures with their conditions.
//! - [`train`]: the weights of the built-in engine.
//! - [`mock`]: a language-model provider to try things on.
//! - [`docs`]: reference pages made from the code.

mod bench;
mod chromium;
mod docs;
mod mock;
mod packages;
mod postgres;
mod sh;
mod test;
mod tidy;
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Test, bench and doc-check commands of Lacuna")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run all tests, installing or starting what they need
    Test(test::Args),
    /// Check the rules that no compiler checks
    Tidy,
    /// Print figures with their conditions
    Bench(bench::Args),
    /// Serve a language-model provider for tests: all wire formats, latency, limits, faults
    MockLlm(mock::Args),
    /// Train the weights of the built-in engine from ../shared/codings/dev
    Train,
    /// Write the reference pages, or check that they are true
    Docs(docs::Args),
}

#[expect(clippy::print_stderr, reason = "the command line of the workshop speaks on standard error")]
fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Test(args) => test::run(&args),
        Command::Tidy => tidy::run(),
        Command::Bench(args) => bench::run(&args),
        Command::MockLlm(args) => mock::run(&args),
        Command::Train => train::run(),
        Command::Docs(args) => docs::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
