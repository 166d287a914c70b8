//! Pending texts become outcomes: once each, whatever the engine does, however often the work is started.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use lacuna_domain::coding::Outcome;
use lacuna_domain::judgement::DraftQuote;
use lacuna_domain::progress::Silent;
use lacuna_domain::text::{Fault, Quality};
use lacuna_domain::{
    Clock, Codebook, Confidence, Document, Draft, Metadata, Passage, RunConfig, Text, TextId, Value,
};
use lacuna_pipeline::classify::{self, ClassifyError, ClassifySummary, Drafts, Engine, Options};
use lacuna_pipeline::verify;
use lacuna_pipeline::verify::checks::{CheckReport, Checker, check_run};
use lacuna_store::{EventKind, Incoming, Location, NewVersion, RunCounts, Store};

const CODEBOOK: &str = r#"
[codebook]
id = "test-book"
version = "1.0"
title = "A book for tests"

[[dimension]]
id = "topic"
name = "Topics"
path = "topics"
question = "Does the text require it?"
kind = "flag"

[[dimension.code]]
id = "testing"
name = "Testing"
definition = "Requires tests of a system"
"#;

type Code = fn(&str, &[Passage], Option<&str>) -> Drafts;

/// Claims `testing` of every text, with a quote that is there or, in a text that says so, one that is not;
/// stops dead on a text that asks for it.
fn claim(text: &str, _: &[Passage], _: Option<&str>) -> Drafts {
    assert!(!text.contains("poison"), "cannot read poison");
    let words =
        if text.contains("lie") { "words that are nowhere in it" } else { "A deployer shall test it." };
    let draft = Draft {
        dimension: "topic".parse().unwrap(),
        code: "testing".parse().unwrap(),
        value: Value::Flag(true),
        confidence: Confidence::High,
        probability: None,
        reasoning: "it says so".to_owned(),
        quotes: vec![DraftQuote { words: words.to_owned(), at: None }],
    };
    Drafts { labels: vec![draft], ..Drafts::default() }
}

/// Answers for every text, poison too.
fn mended(text: &str, passages: &[Passage], language: Option<&str>) -> Drafts {
    claim(&text.replace("poison", "honey"), passages, language)
}

fn engine(codebook: &Codebook, code: Code) -> Engine {
    let config = RunConfig {
        codebook: codebook.id.clone(),
        codebook_version: codebook.version.clone(),
        codebook_hash: codebook.hash.clone(),
        engine: "test".to_owned(),
        parameters: [("segmenter".to_owned(), lacuna_pipeline::segment::SEGMENTER.to_owned())].into(),
    };
    Engine::Function { config, code }
}

fn incoming(n: usize, content: &str, quality: Quality) -> Incoming {
    let metadata = Metadata { official_name: format!("Act {n}"), ..Metadata::default() };
    Incoming {
        document: Document { id: format!("test:{n}").parse().unwrap(), metadata },
        version: Some(NewVersion {
            bytes_hash: lacuna_domain::sha256_hex(content.as_bytes()),
            media_type: "text/plain".to_owned(),
            text: Text::new(content.to_owned(), None, quality),
            page_starts: vec![],
            notes: vec![],
        }),
    }
}

struct World {
    store: Store,
    codebook: Codebook,
    _folder: tempfile::TempDir,
}

impl World {
    /// A store with 200 good texts and those given.
    async fn with(others: &[(&str, Quality)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        let store = Store::open(&location, Clock::fixed()).await.unwrap();
        let codebook = Codebook::parse(CODEBOOK).unwrap();
        store.put_codebook(CODEBOOK, &codebook).await.unwrap();
        let good = (0..200)
            .map(|n| incoming(n, &format!("Section {n}. A deployer shall test it."), Quality::default()));
        let others =
            others.iter().enumerate().map(|(n, (text, quality))| incoming(1000 + n, text, quality.clone()));
        store.put_documents(&good.chain(others).collect::<Vec<_>>()).await.unwrap();
        Self { store, codebook, _folder: folder }
    }

    async fn classify(&self, code: Code) -> ClassifySummary {
        let options = Options { threads: Some(3) };
        let engine = engine(&self.codebook, code);
        classify::run(&self.store, &engine, &self.codebook, &options, Clock::fixed(), &Silent).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pending_text_is_tried_once_and_a_panic_fails_its_text_only() {
    let garbled = Quality {
        faults: vec![Fault { what: "most of it is garbage".to_owned(), fatal: true }],
        ..Quality::default()
    };
    let world = World::with(&[
        ("A deployer shall test it. It is poison.", Quality::default()),
        ("A deployer shall lie.", Quality::default()),
        (" \n", Quality::default()),
        ("(cid:1)(cid:2)", garbled),
    ])
    .await;
    let summary = world.classify(claim).await;
    assert_eq!((summary.coded, summary.positives, summary.rejected), (201, 200, 1));
    let mut reasons: Vec<&str> = summary.skipped.iter().map(|(_, reason)| reason.as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["most of it is garbage", "the text is empty"]);
    assert_eq!(summary.failed.len(), 1);
    assert_eq!(summary.failed[0].1, "the engine stopped on this text: cannot read poison");
    assert!(
        summary.run.finished_at.is_some(),
        "a text that fails does not keep the others from being published"
    );
    let counts = RunCounts { coded: 201, skipped: 2, failed: 1, pending: 1, positives: 200, rejected: 1 };
    assert_eq!(summary.counts, counts);
    let progress = classify::progress_of(&world.store, summary.run.clone(), Clock::fixed()).await.unwrap();
    assert_eq!(progress.texts_per_minute, None, "nobody is at work on what failed");
    assert!(summary.to_string().contains("coded 201, skipped 2, failed 1\n"), "{summary}");

    let again = world.classify(claim).await;
    assert_eq!(
        (again.coded, again.skipped.len(), again.failed.len()),
        (0, 0, 1),
        "only the failed one is tried"
    );
    let mended = world.classify(mended).await;
    assert_eq!((mended.coded, mended.failed.len(), mended.counts.pending), (1, 0, 0));
    let events = world.store.events(0, 100).await.unwrap();
    let of = |kind| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!([of(EventKind::Rejected), of(EventKind::Failed), of(EventKind::Skipped)], [1, 2, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_checked_while_a_run_grows_is_what_a_look_at_the_whole_run_finds() {
    let spaced = "Section 7. A deployer shall  test it. A deployer shall test it.";
    let world = World::with(&[(spaced, Quality::default())]).await;
    let first = world.classify(claim).await;
    let twin = spaced.replace("  ", " ");
    world.store.put_documents(&[incoming(2000, &twin, Quality::default())]).await.unwrap();
    let run = &world.classify(claim).await.run.id;
    assert_eq!(run, &first.run.id);
    let kept: CheckReport = world.store.checks(run).await.unwrap().unwrap();
    let at = Clock::fixed().now();
    let whole = check_run(&world.store, run, &world.codebook, Checker::default(), at).await.unwrap();
    assert_eq!(kept, whole);
    assert_eq!(kept.codings, 202);
    let of = |id: &str| kept.checks.iter().find(|check| check.id == id).unwrap();
    assert_eq!((of("identical-texts").looked_at, of("identical-texts").faults), (1, 0));
    assert_eq!(of("template-echo").faults, 1, "one reasoning for all");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_classifiers_at_once_double_nothing() {
    let world = World::with(&[]).await;
    let (one, two) = tokio::join!(world.classify(claim), world.classify(claim));
    assert_eq!(one.run.id, two.run.id);
    let codings = world.store.codings(&one.run.id, None, 1000).await.unwrap();
    assert_eq!(codings.len(), 200);
    let progress = classify::progress_of(&world.store, one.run, Clock::fixed()).await.unwrap();
    assert_eq!((progress.counts.pending, progress.texts_per_minute), (0, None), "nobody is at work");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_codebook_must_be_known_and_the_engine_made_for_it() {
    let world = World::with(&[]).await;
    let other = Codebook::parse(&CODEBOOK.replace("1.0", "2.0")).unwrap();
    let options = Options::default();
    let strange = engine(&other, claim);
    let run = async |codebook: &Codebook| {
        classify::run(&world.store, &strange, codebook, &options, Clock::fixed(), &Silent).await.unwrap_err()
    };
    let error = run(&other).await;
    assert!(matches!(error, ClassifyError::NoCodebook { .. }), "{error}");
    let error = run(&world.codebook).await;
    assert!(matches!(error, ClassifyError::OtherCodebook { .. }), "{error}");
    assert_eq!(world.store.runs().await.unwrap(), [], "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_checked_against_the_stored_texts() {
    let world = World::with(&[]).await;
    let summary = world.classify(claim).await;
    let report = verify::recheck_run(&world.store, &summary.run.id, &Silent).await.unwrap();
    assert_eq!((report.codings, report.positives, report.quotes), (200, 200, 200));
    assert_eq!(report.breaches, []);

    // A coding of one text filed under another: its quote does not stand there, and the check says so.
    let text = "A developer shall keep records.";
    world.store.put_documents(&[incoming(5000, text, Quality::default())]).await.unwrap();
    let mut coding = world.store.codings(&summary.run.id, None, 1).await.unwrap().remove(0);
    coding.text = TextId::of(text);
    let outcome = Outcome::Coded(Box::new(coding));
    world.store.put_outcomes(&summary.run.id, &[(TextId::of(text), outcome)]).await.unwrap();
    let report = verify::recheck_run(&world.store, &summary.run.id, &Silent).await.unwrap();
    assert_eq!(report.breaches.len(), 1, "{:?}", report.breaches);
    assert!(report.breaches[0].1.contains("is not the text of its spans"), "{:?}", report.breaches);
}
