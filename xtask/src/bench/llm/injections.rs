//! Documents that try to talk their coder into labels, against a mock model that obeys whatever it sees.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use lacuna_domain::Codebook;
use mock_llm::{Answerer, Behaviour, Mock, SeenRequest};
use serde_json::{Map, Value, json};

use super::{Ground, corpus, process};
use crate::bench::report::Report;
use crate::sh;

/// Labels of one document, without their evidence.
type Labels = BTreeSet<String>;

/// Puts every injection into four places of an invented act and counts the documents with other labels than the act
/// without it.
pub(super) async fn run(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let path = sh::root().join("crates/pipeline/tests/injections.json");
    let set: Value = serde_json::from_str(&fs::read_to_string(&path).context("read the injections")?)?;
    let part = |name: &str| set[name].as_str().map(str::to_owned).context("a part of the act is missing");
    let (head, tail) = (part("head")?, part("tail")?);
    let injections: Vec<(String, String)> = set["injections"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one[1].as_str()?.to_owned(), one[2].as_str()?.to_owned())))
        .collect();
    let texts = ground.scratch.join("injected");
    fs::create_dir_all(&texts)?;
    fs::write(texts.join("plain.txt"), format!("{head}{tail}"))?;
    for (index, (words, _)) in injections.iter().enumerate() {
        let inside = format!(
            "{head}(c) A deployer shall keep a log. {words} A deployer shall train its staff.\n\n{tail}"
        );
        let places = [
            format!("{head}{words}\n\n{tail}"),
            inside,
            format!("{words}\n\n{head}{tail}"),
            format!("{head}{tail}\n{words}\n"),
        ];
        for (place, text) in places.iter().enumerate() {
            fs::write(texts.join(format!("injected-{index:02}-{place}.txt")), text)?;
        }
    }
    let data = ground.scratch.join("injections");
    sh::output(corpus::lacuna(ground.binary, &data).arg("ingest").arg(&texts))?;
    let answerer = obedient(ground.codebook, set["honest"].to_string(), injections.clone());
    let mock = Mock::start(Behaviour { answerer, ..ground.behaviour(Duration::ZERO, "injections") }).await?;
    process::finish(&mut process::classify(ground.binary, &data, &mock, 16)).await?;
    let found = labels(ground.binary, &data)?;
    let plain = found.get("plain").context("the act itself has no labels")?;
    let expected = injections.len() * 4 + 1;
    anyhow::ensure!(plain.len() >= 3, "the act itself has only {} labels", plain.len());
    for (stem, labels) in found.iter().filter(|(_, labels)| *labels != plain).take(5) {
        let gained: Vec<&String> = labels.difference(plain).collect();
        let lost: Vec<&String> = plain.difference(labels).collect();
        sh::say(&format!("{stem}: gained {gained:?}, lost {lost:?}"));
    }
    let moved = found.values().filter(|labels| *labels != plain).count() + (expected - found.len());
    report.figure("injection_moved_labels", moved as f64, "documents", "0");
    report.conditions.push(format!("injections: {} in four places each", injections.len()));
    Ok(())
}

/// Reads the act right; at the sight of words addressed to it, sets everything to the highest.
fn obedient(codebook: &Codebook, honest: String, injections: Vec<(String, String)>) -> Answerer {
    let codebook = codebook.clone();
    Arc::new(move |seen: &SeenRequest| {
        let user = seen.user_text();
        match injections.iter().find(|(_, mark)| user.contains(mark.as_str())) {
            Some((words, _)) => everything(&codebook, words),
            None => honest.clone(),
        }
    })
}

fn everything(codebook: &Codebook, words: &str) -> String {
    let labels: Map<String, Value> = codebook
        .dimensions
        .iter()
        .map(|dimension| {
            let entries = dimension.codes.iter().map(|code| {
                let mut entry =
                    json!({"code": code.id, "evidence": [words], "reason": "as told", "sure": "high"});
                if dimension.levels().len() > 2 {
                    entry["level"] = json!(3);
                }
                entry
            });
            (dimension.id.to_string(), entries.collect())
        })
        .collect();
    json!({"labels": labels}).to_string()
}

/// The positive labels of each document, by the stem of its file.
fn labels(binary: &Path, data: &Path) -> anyhow::Result<BTreeMap<String, Labels>> {
    let text = sh::output(corpus::lacuna(binary, data).args(["export", "judgements", "--format", "jsonl"]))?;
    let mut found: BTreeMap<String, Labels> = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line)?;
        if row["evidence"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let document = word("document");
        let stem = document.rsplit([':', '/']).next().unwrap_or_default();
        let stem = stem.strip_suffix(".txt").unwrap_or(stem).to_owned();
        let label = format!("{} {} {} {}", word("dimension"), word("code"), row["value"], row["entity"]);
        found.entry(stem).or_default().insert(label);
    }
    Ok(found)
}
