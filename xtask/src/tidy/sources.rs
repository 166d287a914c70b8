//! Rules about source files; pages of documentation are gone through with them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::pages;
use crate::sh;

/// Lines a file may have before its tests.
const LONGEST: usize = 400;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "manager", "misc"];

/// Checks every source file that git knows or would know.
pub(crate) fn check() -> anyhow::Result<Vec<String>> {
    let listed =
        sh::output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut broken = Vec::new();
    for path in listed.lines().map(PathBuf::from) {
        let shown = path.display().to_string();
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if shown.contains("/src/") && EMPTY_NAMES.contains(&stem) {
            broken.push(format!("{shown}: name the thing, not its drawer"));
        }
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        let check = match ending {
            "rs" | "css" | "js" | "html" | "mjs" => check_text,
            "md" => pages::check_text,
            _ => continue,
        };
        if let Ok(text) = fs::read_to_string(sh::root().join(&path)) {
            broken.extend(check(&shown, &text));
        }
    }
    Ok(broken)
}

fn check_text(shown: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let own: Vec<&str> = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").collect();
    let is_test = shown.contains("/tests/") || shown.starts_with("tests/") || shown.ends_with("tests.rs");
    if own.len() > LONGEST && !is_test {
        broken.push(format!("{shown}: {} lines without tests, more than {LONGEST}", own.len()));
    }
    for (number, line) in own.iter().enumerate() {
        // Spelt in halves, so that this file does not find itself.
        for mark in [
            concat!("FIX", "ME"),
            concat!("TO", "DO"),
            concat!("XX", "X"),
            concat!("db", "g!("),
            concat!("unimpl", "emented!"),
        ] {
            if line.contains(mark) {
                broken.push(format!("{shown}:{}: {mark} left behind", number + 1));
            }
        }
    }
    let is_root = shown.ends_with("/src/lib.rs") || shown.ends_with("/src/main.rs");
    if is_root && !text.starts_with("//!") {
        broken.push(format!("{shown}: the crate root must begin with its map"));
    }
    broken
}
