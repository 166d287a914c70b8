//! Installs system packages that the tests need; asks first unless `CI=true`.

use std::io::{self, BufRead, IsTerminal};
use std::process::Command;

use anyhow::bail;

use crate::sh;

/// Installs Debian packages, unless the person says no.
pub(crate) fn install(packages: &[&str], why: &str) -> anyhow::Result<()> {
    let list = packages.join(" ");
    if !sh::found("apt-get") {
        bail!("{why} needs {list}, and there is no apt-get here; install it by your system's own means");
    }
    if sh::env("CI").as_deref() != Some("true") && !agreed(&list, why)? {
        bail!("{why} needs {list}; install it and run this again");
    }
    let root = sh::output(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |args: &[&str]| {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.args(["-E", "apt-get"]);
        }
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        sh::run(&mut command)
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

fn agreed(list: &str, why: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    sh::say(&format!("{why} needs these system packages: {list}. Install them with apt-get? [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
