//! Two people and a store: what is compared, over which parts of the documents, and what is left out.

use std::collections::BTreeMap;

use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Codebook, Document, Metadata, Run, Text, Value, sha256_hex};
use lacuna_store::{Incoming, Location, NewVersion, Store};

use super::gather::{By, Options};
use super::report::{Agreement, estimate};
use super::study::Measure;
use super::{AgreeError, agree};
use crate::review::LabellerSpec;
use crate::review::statement::codes;

struct World {
    _folder: tempfile::TempDir,
    store: Store,
    codebook: Codebook,
    runs: Vec<Run>,
}

/// Place, language, sentences and form of eight documents; the first half are short and of Norvale.
fn document(number: usize) -> (&'static str, &'static str, usize, &'static str) {
    if number < 4 { ("Norvale", "en", 2, "hard_law") } else { ("Ostmark", "de", 90, "soft_law") }
}

impl World {
    /// Ada and Ben agree on Norvale; of Ostmark Ben calls half of the risks by another level.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
        let codebook = crate::codebooks::ai_governance().unwrap();
        store.put_codebook(crate::codebooks::AI_GOVERNANCE, &codebook).await.unwrap();
        let mut runs = Vec::new();
        for name in ["Ada", "Ben"] {
            let run = LabellerSpec::person(name, Mode::Blind).run(&codebook, Clock::fixed().now()).unwrap();
            store.start_run(&run).await.unwrap();
            runs.push(run);
        }
        let world = Self { _folder: folder, store, codebook, runs };
        for number in 0..8 {
            let (place, language, sentences, _) = document(number);
            let words = format!("Order {number}. {}", "The harbour office keeps a log. ".repeat(sentences));
            let text = Text::new(words.clone(), Some(language.to_owned()), Quality::default());
            let metadata = Metadata {
                official_name: format!("Order {number}"),
                jurisdiction: Some(place.to_owned()),
                private: number == 7,
                ..Metadata::default()
            };
            let version = NewVersion {
                bytes_hash: sha256_hex(words.as_bytes()),
                media_type: "text/plain".to_owned(),
                text: text.clone(),
                page_starts: vec![],
                notes: vec![],
            };
            let document = Document { id: format!("sample:{number}").parse().unwrap(), metadata };
            world.store.put_documents(&[Incoming { document, version: Some(version) }]).await.unwrap();
            for (at, run) in world.runs.iter().enumerate() {
                let sheet = world.sheet(number, at, run, &text);
                world.store.put_sheets(&[sheet]).await.unwrap();
            }
        }
        world
    }

    fn sheet(&self, number: usize, who: usize, run: &Run, text: &Text) -> Sheet {
        let other = who == 1 && number.is_multiple_of(2) && number >= 4;
        let (_, _, _, form) = document(number);
        let decisions = codes(&self.codebook).into_iter().enumerate().map(|(at, (dimension, code))| {
            let level = 1 + (at % 3) as u8;
            let value = match dimension.as_str() {
                "risk" => Value::Level(if other { 4 - level } else { level }),
                "sector" => Value::Level(level),
                "status" => Value::Choice(Some(form.parse().unwrap())),
                _ => Value::Flag(at % 2 == 0),
            };
            Decision::new(dimension, code, value)
        });
        Sheet {
            document: format!("sample:{number}").parse().unwrap(),
            text: Some(text.id.clone()),
            codebook: self.codebook.id.clone(),
            run: run.id.clone(),
            labeller: run.name.clone(),
            mode: Mode::Blind,
            validated: false,
            at: Clock::fixed().now(),
            decisions: decisions.collect(),
            notes: BTreeMap::new(),
        }
    }

    async fn agree(&self, by: Option<By>) -> Agreement {
        let options = Options { by, draws: 200, ..Options::default() };
        agree(&self.store, &self.runs, options, Clock::fixed().now()).await.unwrap()
    }
}

/// Documents of each group, and the headline of risk.
fn groups(found: &Agreement) -> Vec<(String, usize, f64)> {
    let risk = |group: &super::report::GroupAgreement| {
        let (_, headline) = group.dimensions.iter().find(|(id, _)| id == "risk").unwrap();
        (headline.value.unwrap() * 1e6).round() / 1e6
    };
    found.pairs[0].groups.iter().map(|g| (g.group.clone(), g.documents, risk(g))).collect()
}

#[tokio::test]
async fn agreement_is_told_for_parts_of_the_documents() {
    let world = World::new().await;
    for (by, first, second) in [
        ("jurisdiction", "Norvale", "Ostmark"),
        ("form", "Hard law", "Soft law"),
        ("length", "under 2,000 characters", "2,000 to 10,000 characters"),
        ("language", "en", "de"),
    ] {
        let mut found = groups(&world.agree(By::from_id(by)).await);
        found.sort_by_key(|(name, ..)| name != first);
        // Two of the three public documents of Ostmark are read the other way round: a third of 1, two thirds of -1.
        let expected = [(first.to_owned(), 4, 1.0), (second.to_owned(), 3, -0.333_333)];
        assert_eq!(found, expected, "by {by}");
    }
    assert!(world.agree(None).await.pairs[0].groups.is_empty());
    assert_eq!(By::from_id("weather"), None);
}

#[tokio::test]
async fn private_documents_and_other_texts_are_compared_by_nobody() {
    let world = World::new().await;
    let found = world.agree(None).await;
    assert_eq!((found.documents, found.other_text), (7, 0), "the eighth is private");
    assert_eq!(found.pairs[0].words, "agreement between people");
    let other = Text::new("Order 0 as amended.".to_owned(), Some("en".to_owned()), Quality::default());
    let later = world.sheet(0, 1, &world.runs[1], &other);
    world.store.put_sheets(&[later]).await.unwrap();
    let found = world.agree(None).await;
    assert_eq!((found.documents, found.other_text), (6, 1), "they read different texts of the first");
}

#[tokio::test]
async fn the_worst_code_stands_beside_the_mean_and_what_does_not_vary_is_undefined() {
    let world = World::new().await;
    let found = world.agree(None).await;
    let dimension = |id: &str| found.pairs[0].dimensions.iter().find(|d| d.dimension == id).unwrap();
    // Every code has one level in all documents of Ada: no code varies there, so kappa of a code is 0 or undefined.
    let risk = dimension("risk");
    assert!(estimate(&risk.mean, Measure::Percent).value.unwrap() < 1.0);
    assert!(risk.worst.as_ref().unwrap().value <= estimate(&risk.mean, risk.headline).value.unwrap());
    let sector = dimension("sector");
    assert_eq!(sector.undefined, sector.codes.len(), "both give one level to each code");
    assert_eq!(estimate(&sector.mean, sector.headline).value, None);
    assert_eq!(estimate(&sector.mean, Measure::Percent).value, Some(1.0));
    assert!(sector.worst.is_none());
}

#[tokio::test]
async fn one_labeller_or_two_codebooks_are_refused() {
    let world = World::new().await;
    let at = Clock::fixed().now();
    let one = agree(&world.store, &world.runs[..1], Options::default(), at).await;
    assert!(matches!(one, Err(AgreeError::One)), "{one:?}");
    let mut other = world.runs[1].clone();
    other.config.codebook = "ours".parse().unwrap();
    let two = agree(&world.store, &[world.runs[0].clone(), other], Options::default(), at).await;
    assert!(matches!(two, Err(AgreeError::OtherCodebook { .. })), "{two:?}");
}

#[tokio::test]
async fn the_appendix_names_what_a_sceptic_asks_for() {
    use crate::publish::reliability_report::{Material, html, markdown};
    use crate::review::sample::{Design, Sample, SampleUnit};
    let world = World::new().await;
    let found = world.agree(None).await;
    let pair = &found.pairs[0];
    world.store.put_agreement(&world.runs[0].id, &world.runs[1].id, found.at, pair).await.unwrap();
    let units = (0..7).map(|n| SampleUnit {
        document: format!("sample:{n}").parse().unwrap(),
        stratum: String::new(),
        probability: 0.25,
        drawn: n < 3,
    });
    let sample = Sample {
        name: "spring".to_owned(),
        design: Design::Simple,
        n: 3,
        seed: 11,
        run: world.runs[0].id.to_string(),
        codebook_hash: world.codebook.hash.clone(),
        units: units.collect(),
    };
    world.store.put_sample("spring", &sample).await.unwrap();
    let (run, at) = (world.runs[0].clone(), Clock::fixed().now());
    let material = Material::read(&world.store, run, world.codebook.clone(), "9.9.9", at).await.unwrap();
    let text = markdown(&material);
    for wanted in [
        "Written by Lacuna 9.9.9",
        &format!("SHA-256 `{}`", world.codebook.hash),
        &format!("id `{}`", world.runs[0].id),
        &format!("SHA-256 `{}`", material.corpus),
        "- Ada (blind), 8 documents: agreement with people",
        "design Simple, seed 11, 3 of 7 documents, each with a known probability from 0.2500 to 0.2500",
        "Ada (blind) read 3, Ben (blind) read 3",
        "2000 draws, seed 7",
        "Agreement between people, 7 documents",
        "Worst code: ",
        "Examples of differences, the reference first: ",
        "Good against No coverage",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing from {text}");
    }
    assert!(!text.contains("sample:7"), "the private document is in no example");
    let page = html(&material);
    assert!(
        page.contains("<h1>Reliability of the labels</h1>")
            && page.contains("<table>")
            && !page.contains("<script")
    );
}
