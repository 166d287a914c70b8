//! Rules about crates: who may depend on what, and under which licences.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use crate::sh;

/// What only some crates may name; the workspace members that may.
const RESERVED: [(&[&str], &[&str]); 4] = [
    (&["sqlx", "graphile_worker", "tantivy", "roaring"], &["lacuna-store"]),
    (&["axum", "askama", "tower-http", "utoipa"], &["lacuna-web"]),
    (&["reqwest"], &["lacuna-llm", "lacuna-pipeline", "xtask"]),
    (
        &["tokio"],
        &["lacuna-llm", "lacuna-store", "lacuna-pipeline", "lacuna-web", "lacuna", "mock-llm", "xtask"],
    ),
];

/// Checks boundaries and licences from what cargo resolves.
pub(crate) fn check() -> anyhow::Result<Vec<String>> {
    let text = sh::output(Command::new("cargo").args(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("read cargo metadata")?;
    let mut broken = boundaries(packages);
    broken.extend(licences(packages)?);
    Ok(broken)
}

fn boundaries(packages: &[Value]) -> Vec<String> {
    let mut broken = Vec::new();
    for package in packages.iter().filter(|p| p["source"].is_null()) {
        let name = package["name"].as_str().unwrap_or_default();
        let normal = package["dependencies"].as_array().into_iter().flatten().filter(|d| d["kind"].is_null());
        for dependency in normal.filter_map(|d| d["name"].as_str()) {
            let reserved = RESERVED.iter().find(|(crates, _)| crates.contains(&dependency));
            if let Some((_, allowed)) = reserved
                && !allowed.contains(&name)
            {
                broken.push(format!("{name} depends on {dependency}, which only {} may", allowed.join(", ")));
            }
        }
    }
    broken
}

/// Each crate's licence must offer one of those that `deny.toml` allows.
fn licences(packages: &[Value]) -> anyhow::Result<Vec<String>> {
    let deny = fs::read_to_string(sh::root().join("deny.toml")).context("read deny.toml")?;
    let list = deny.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    let allowed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let mut broken = Vec::new();
    for package in packages.iter().filter(|p| !p["source"].is_null()) {
        let licence = package["license"].as_str().unwrap_or_default();
        if !offers(licence, &allowed) {
            let name = package["name"].as_str().unwrap_or_default();
            broken.push(format!("{name} has the licence {licence:?}, which deny.toml does not allow"));
        }
    }
    Ok(broken)
}

/// Whether an SPDX expression of AND and OR can be met from `allowed`.
fn offers(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let expression = expression.replace('/', " OR ");
    let every = |part: &str| {
        part.split(" AND ").all(|one| {
            let one = one.trim_matches(['(', ')', ' ']);
            one.split(" OR ").any(|name| allowed.contains(name.trim_matches(['(', ')', ' '])))
        })
    };
    if expression.contains('(') { every(&expression) } else { expression.split(" OR ").any(every) }
}
