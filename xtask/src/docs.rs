//! Reference pages made from the code, and the check that they are true.

use std::fs;

use anyhow::{Context, bail};
use clap::Args as ClapArgs;

use crate::sh;

/// Options of `cargo xtask docs`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Change nothing, fail when a page is not what the code says
    #[arg(long)]
    check: bool,
}

/// Writes or checks the reference pages.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if args.check { check() } else { write() }
}

/// Fails when a page is not what the code says.
pub(crate) fn check() -> anyhow::Result<()> {
    for (path, wanted) in pages() {
        let found = fs::read_to_string(sh::root().join(&path)).unwrap_or_default();
        if found != wanted {
            bail!("{path} is not what the code says; run `cargo xtask docs`");
        }
    }
    Ok(())
}

fn write() -> anyhow::Result<()> {
    for (path, wanted) in pages() {
        let path = sh::root().join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, wanted).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// Every generated page: path in the repository and content.
fn pages() -> Vec<(String, String)> {
    lacuna::reference::pages()
        .into_iter()
        .map(|(name, text)| (format!("docs/reference/{name}"), text))
        .collect()
}
