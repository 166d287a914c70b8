//! Makes documents of about 2 kB by putting passages of the AGORA sample together anew, has them coded by the built-in
//! engine, and says how fast that went.
//!
//! Every second passage is one that the engine quotes as evidence in its own document, so that the labels of the short
//! documents are about as many as those of the long ones they come from, each code about as often; tests say how nearly.
//! Catalogue data is that of a document of the
//! sample, without its long summary.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Coding, Document, DocumentId, Metadata, Text, sha256_hex};
use lacuna_pipeline::analyze::agreement::bootstrap::Random;
use lacuna_pipeline::segment::segment;
use lacuna_store::{Incoming, Location, NewVersion, Store};
use serde_json::{Value, json};

use super::super::pipeline::lacuna;
use super::super::process;
use super::super::report::Report;
use crate::sh;

/// Bytes of a made text, about.
const BYTES: usize = 2_000;
/// Shorter and longer passages are left out, in bytes.
const PIECE: std::ops::Range<usize> = 60..900;
/// Documents stored at once.
const BATCH: usize = 1_000;

/// The store of `docs` documents, made when it is not there yet; its rates come from when it was made. With `reindex` its
/// search index is made again.
pub(super) fn ensure(
    binary: &Path,
    seed: &Path,
    stores: &Path,
    (docs, reindex): (usize, bool),
    report: &mut Report,
) -> anyhow::Result<PathBuf> {
    let folder = stores.join(docs.to_string());
    let whole = folder.join("rates.json");
    if !whole.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        fs::write(&whole, make(binary, seed, &folder, docs)?.to_string())?;
    }
    let mut rates: Value = serde_json::from_str(&fs::read_to_string(&whole)?)?;
    if reindex {
        index(binary, &folder, &mut rates)?;
        fs::write(&whole, rates.to_string())?;
    }
    tell(&rates, docs, report)?;
    Ok(folder)
}

/// Puts the rates into the report, and when and by what they were measured: a kept store may be older than this build.
fn tell(rates: &Value, docs: usize, report: &mut Report) -> anyhow::Result<()> {
    let line = told(rates, docs);
    sh::say(&line);
    report.conditions.push(line);
    for (key, name) in
        [("import_docs_per_s", "import"), ("classify_docs_per_s", "classify"), ("index_docs_per_s", "index")]
    {
        report.figure(key, docs as f64 / rates[name].as_f64().context(name)?, "documents/s", "printed");
    }
    report.figure("classify_rss_mb", rates["classify_mb"].as_f64().unwrap_or(f64::NAN), "MB", "printed");
    report.figure("index_rss_mb", rates["index_mb"].as_f64().unwrap_or(f64::NAN), "MB", "printed");
    report.conditions.push(format!("codes covered per document: {}", rates["positives"]));
    Ok(())
}

fn told(rates: &Value, docs: usize) -> String {
    let run = rates["run"].as_str().map_or_else(String::new, |run| format!(" under run {run}"));
    format!(
        "import and coding of {docs} documents{run}: {}; their index: {}",
        measured(rates, "day", "version"),
        measured(rates, "index_day", "index_version")
    )
}

/// When and by what; the rates of older stores do not say.
fn measured(rates: &Value, day: &str, version: &str) -> String {
    match (rates[day].as_str(), rates[version].as_str()) {
        (Some(day), Some(version)) => format!("measured on {day} by {version}"),
        _ => "measured before days and versions were put down".to_owned(),
    }
}

fn make(binary: &Path, seed: &Path, folder: &Path, docs: usize) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let start = std::time::Instant::now();
    runtime.block_on(fill(seed, folder, docs))?;
    let import = start.elapsed().as_secs_f64();
    sh::say(&format!("{docs} documents stored in {import:.1} s"));
    let classify = process::measure(lacuna(binary, folder).arg("classify"))?;
    sh::say(&format!("coded in {:.1} s", classify.seconds));
    let mut rates = json!({
        "import": import,
        "classify": classify.seconds,
        "classify_mb": classify.rss_mb,
        "positives": runtime.block_on(positives(folder))?,
        "day": today(),
        "version": version(binary)?,
        "run": runs(folder)?.into_iter().next(),
    });
    index(binary, folder, &mut rates)?;
    Ok(rates)
}

fn today() -> String {
    clock().now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string()
}

/// What the binary says of itself, and the state of the repository that it was built from where that can be told.
fn version(binary: &Path) -> anyhow::Result<String> {
    let version = sh::output(Command::new(binary).arg("--version"))?;
    let state = sh::output(Command::new("git").args(["describe", "--always", "--dirty"])).unwrap_or_default();
    let state = if state.is_empty() { state } else { format!(" ({})", state.trim()) };
    Ok(format!("{}{state}", version.trim()))
}

/// The first digits of every run of a store, as addresses have them, the one started last first.
pub(super) fn runs(folder: &Path) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = open(folder).await?;
        let runs = store.runs().await?;
        store.close().await;
        let ids: Vec<String> = runs.iter().map(|run| run.id.short().to_owned()).collect();
        anyhow::Ok(ids)
    })
}

/// Makes the search index, and puts down how long that took: the first search makes it, the second only opens it.
fn index(binary: &Path, folder: &Path, rates: &mut Value) -> anyhow::Result<()> {
    let old = folder.join("index");
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    let first = process::measure(lacuna(binary, folder).args(["search", "transparency"]))?;
    let second = process::measure(lacuna(binary, folder).args(["search", "transparency"]))?;
    sh::say(&format!("indexed in {:.1} s", first.seconds - second.seconds));
    rates["index"] = json!((first.seconds - second.seconds).max(0.001));
    rates["index_mb"] = json!(first.rss_mb);
    rates["index_day"] = json!(today());
    rates["index_version"] = json!(version(binary)?);
    Ok(())
}

async fn positives(folder: &Path) -> anyhow::Result<f64> {
    let store = open(folder).await?;
    let run = store.runs().await?.into_iter().next().context("find the run")?;
    let counts = store.run_counts(&run.id).await?;
    Ok((counts.positives as f64 / counts.coded.max(1) as f64 * 10.0).round() / 10.0)
}

async fn open(folder: &Path) -> anyhow::Result<Store> {
    Ok(Store::open(&Location::Folder(folder.to_owned()), clock()).await?)
}

#[expect(clippy::disallowed_methods, reason = "xtask is a binary: it reads the clock itself")]
fn clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

async fn fill(seed: &Path, folder: &Path, docs: usize) -> anyhow::Result<()> {
    let material = Material::read(&open(seed).await?).await?;
    let store = open(folder).await?;
    let mut random = Random(5);
    for start in (0..docs).step_by(BATCH) {
        let batch: anyhow::Result<Vec<_>> =
            (start..docs.min(start + BATCH)).map(|number| material.document(number, &mut random)).collect();
        store.put_documents(&batch?).await?;
    }
    store.close().await;
    Ok(())
}

/// What made documents are put together from.
struct Material {
    catalogue: Vec<Metadata>,
    /// Passages that are evidence of a label.
    speaking: Vec<String>,
    /// All passages.
    any: Vec<String>,
}

impl Material {
    async fn read(store: &Store) -> anyhow::Result<Self> {
        let mut material = Self { catalogue: vec![], speaking: vec![], any: vec![] };
        for mut document in store.documents().await? {
            document.metadata.long_summary = None;
            document.metadata.extra.retain(|name, _| name.eq_ignore_ascii_case("tags"));
            material.catalogue.push(document.metadata);
        }
        let run = store.runs().await?.into_iter().next().context("find the run of the sample")?;
        for coding in store.codings(&run.id, None, usize::from(u16::MAX)).await? {
            if let Some(text) = store.text(&coding.text).await? {
                material.take(&text.content, &coding);
            }
        }
        Ok(material)
    }

    /// Takes the passages of a text.
    fn take(&mut self, text: &str, coding: &Coding) {
        let evidence = coding.judgements.iter().flat_map(lacuna_domain::Judgement::evidence);
        let speaking: BTreeSet<u32> = evidence.map(lacuna_domain::Evidence::passage).collect();
        for passage in segment(text) {
            let words = passage.trimmed(text);
            if PIECE.contains(&words.len()) {
                if speaking.contains(&passage.index) {
                    self.speaking.push(words.to_owned());
                }
                self.any.push(words.to_owned());
            }
        }
    }

    fn document(&self, number: usize, random: &mut Random) -> anyhow::Result<Incoming> {
        let mut metadata = self.catalogue[random.below(self.catalogue.len())].clone();
        metadata.official_name = format!("{} [{number}]", metadata.official_name);
        metadata.casual_name = metadata.casual_name.map(|name| format!("{name} [{number}]"));
        let mut content = String::with_capacity(BYTES + PIECE.end);
        while content.len() < BYTES - PIECE.end / 3 {
            for pool in [&self.speaking, &self.any] {
                content.push_str(&pool[random.below(pool.len())]);
                content.push_str("\n\n");
            }
        }
        let quality = Quality { letter_share: 0.95, ..Quality::default() };
        Ok(Incoming {
            document: Document { id: DocumentId::new("made", &number.to_string())?, metadata },
            version: Some(NewVersion {
                bytes_hash: sha256_hex(content.as_bytes()),
                media_type: "text/plain".to_owned(),
                text: Text::new(content, Some("en".to_owned()), quality),
                page_starts: vec![],
                notes: vec![],
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lacuna_domain::{Codebook, RunId};
    use lacuna_pipeline::classify::offline::OfflineEngine;
    use lacuna_pipeline::codebooks::AI_GOVERNANCE;
    use lacuna_pipeline::verify::verify;

    use super::*;
    use crate::bench::pipeline::shared;

    /// Documents made for a test.
    const MADE: usize = 1_000;

    /// How far labels of made documents may be from those of the texts they are made of.
    struct Tolerance {
        /// Between the shares of documents that have a code, for any one code.
        code: f64,
        /// The same on average over all codes.
        mean: f64,
        /// Between 1 and how many times as many labels a document has.
        labels: f64,
    }

    /// The texts of every so many files of a folder.
    fn texts(folder: &Path, step: usize) -> Vec<String> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files: BTreeSet<PathBuf> = files.collect();
        let text = |file: &PathBuf| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
        files.iter().step_by(step).map(text).collect()
    }

    /// Of each code, the share of documents that have it.
    fn shares(codings: &[Coding]) -> BTreeMap<String, f64> {
        let mut shares = BTreeMap::new();
        for label in codings.iter().flat_map(|coding| &coding.judgements) {
            let code = format!("{}/{}", label.dimension(), label.code());
            *shares.entry(code).or_insert(0.0) += 1.0 / codings.len() as f64;
        }
        shares
    }

    /// Checks that documents made of these texts have the labels that the texts have, about as often.
    fn keeps_frequencies(texts: &[String], within: &Tolerance) {
        let codebook = Codebook::parse(AI_GOVERNANCE).unwrap();
        let engine = OfflineEngine::new(&codebook).unwrap();
        let coded = |text: &str| {
            let passages = segment(text);
            let drafts = engine.code(text, &passages, Some("en"));
            verify(drafts, text, &passages, &codebook, &RunId::of(b"test"), Clock::fixed().now())
        };
        let seed: Vec<Coding> = texts.iter().map(|text| coded(text)).collect();
        let mut material = Material { catalogue: vec![Metadata::default()], speaking: vec![], any: vec![] };
        for (text, coding) in texts.iter().zip(&seed) {
            material.take(text, coding);
        }
        let mut random = Random(5);
        let mut made = |number| material.document(number, &mut random).unwrap().version.unwrap();
        let made: Vec<Coding> = (0..MADE).map(|number| coded(&made(number).text.content)).collect();

        let (seed, made) = (shares(&seed), shares(&made));
        let codes: BTreeSet<&String> = seed.keys().chain(made.keys()).collect();
        assert!(codes.len() > 40, "{codes:?}");
        let share = |of: &BTreeMap<String, f64>, code: &String| of.get(code).copied().unwrap_or(0.0);
        let apart: BTreeMap<&String, f64> =
            codes.into_iter().map(|code| (code, (share(&made, code) - share(&seed, code)).abs())).collect();
        let far: Vec<_> = apart.iter().filter(|(_, apart)| **apart > within.code).collect();
        assert!(far.is_empty(), "more than {} apart: {far:?}", within.code);
        let mean = apart.values().sum::<f64>() / apart.len() as f64;
        assert!(mean <= within.mean, "{mean} apart on average: {apart:?}");
        let labels = made.values().sum::<f64>() / seed.values().sum::<f64>();
        assert!((labels - 1.0).abs() <= within.labels, "{labels} times as many labels a document");
    }

    #[test]
    fn documents_made_of_the_samples_have_each_label_about_as_often() {
        let samples = texts(&sh::root().join("samples/release-1/fulltext"), 1);
        keeps_frequencies(&samples, &Tolerance { code: 0.45, mean: 0.15, labels: 0.6 });
    }

    #[test]
    fn documents_made_of_the_agora_sample_have_each_label_about_as_often() {
        let Ok(shared) = shared() else {
            assert!(
                sh::env("CI").as_deref() != Some("true"),
                "LACUNA_SHARED must name a folder under CI=true"
            );
            println!("skipped: there is no folder of shared data");
            return;
        };
        // A third of it, since a build for tests codes slowly.
        let agora = texts(&shared.join("agora/fulltext"), 3);
        keeps_frequencies(&agora, &Tolerance { code: 0.3, mean: 0.06, labels: 0.15 });
    }

    /// Rates as the first stores were kept with.
    fn first() -> Value {
        let text = r#"{"import":2.0,"classify":4.0,"classify_mb":88.5,"index":5.0,"index_mb":131.8,"positives":10.2}"#;
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn rates_of_a_kept_store_say_when_and_by_what_they_were_measured() {
        let mut rates = first();
        rates["day"] = json!("2026-11-28");
        rates["version"] = json!("lacuna 0.1.0 (f0d511f)");
        rates["run"] = json!("e9f280cc8dc3");
        let line = told(&rates, 10);
        assert!(
            line.contains("run e9f280cc8dc3: measured on 2026-11-28 by lacuna 0.1.0 (f0d511f)"),
            "{line}"
        );
        assert!(line.ends_with("their index: measured before days and versions were put down"), "{line}");
    }

    #[test]
    fn rates_of_an_older_store_are_told_without_a_day() {
        let mut report = Report::default();
        tell(&first(), 10, &mut report).unwrap();
        let line = report.conditions.remove(0);
        assert!(line.starts_with("import and coding of 10 documents: measured before"), "{line}");
    }
}
