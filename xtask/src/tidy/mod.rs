//! Rules that no compiler checks: file lengths, marks left behind, crate boundaries, licences, names, chapters of pages.

mod dependencies;
mod pages;
mod sources;

use anyhow::bail;

use crate::sh;

/// Checks every rule and lists everything that breaks one.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut broken = sources::check()?;
    broken.extend(dependencies::check()?);
    for line in &broken {
        sh::say(line);
    }
    if broken.is_empty() {
        sh::say("tidy: every rule holds");
        return Ok(());
    }
    bail!("{} tidy rules broken", broken.len())
}
