//! `cargo xtask test`: every test there is, with what it needs.

use std::process::Command;

use clap::Args as ClapArgs;

use crate::postgres::Postgres;
use crate::{chromium, docs, packages, sh, tidy};

/// Options of `cargo xtask test`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Leave the browser tests out
    #[arg(long)]
    no_browser: bool,
}

/// Runs every test: tidy rules, unit and story tests on SQLite and PostgreSQL, documentation, pages in Chromium.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    sh::say(
        "This checks the tidy rules, runs all Rust tests (the store also on PostgreSQL), then the pages in Chromium.",
    );
    sh::say(
        "It needs PostgreSQL, Node 20 and Chromium; what is missing is installed from package registries after asking.",
    );
    tidy::run()?;
    let postgres = Postgres::ensure()?;
    let cargo =
        |words: &[&str]| sh::run(Command::new("cargo").args(words).env("DATABASE_URL", &postgres.url));
    cargo(&["build", "--package", "lacuna"])?;
    cargo(&["test", "--workspace", "--no-fail-fast"])?;
    docs::check()?;
    if !args.no_browser {
        browser()?;
    }
    sh::say("All tests passed.");
    Ok(())
}

/// The stories that a browser walks, against a server with the built-in samples.
fn browser() -> anyhow::Result<()> {
    let chromium = chromium::ensure()?;
    if !sh::found("npm") {
        packages::install(&["nodejs", "npm"], "testing the pages in a browser")?;
    }
    let folder = sh::root().join("tests/browser");
    sh::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--prefix"]).arg(&folder))?;
    sh::run(
        Command::new("node")
            .args(["--test", "--test-concurrency=1", "tests/browser/"])
            .env("CHROMIUM", chromium)
            .env("LACUNA_BINARY", sh::target().join("debug/lacuna")),
    )
}
