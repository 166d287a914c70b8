//! `lacuna classify` with a language model is killed at random points with 16 calls in flight; the next start goes on.
//! A kill costs at most the calls in flight, no row is lost, and the labels are those of an unbroken run.
#![expect(clippy::expect_used, reason = "helpers of a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::Clock;
use lacuna_pipeline::classify::model::written;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::codebooks::ai_governance;
use lacuna_pipeline::segment::segment;
use lacuna_store::{Location, Store};
use mock_llm::{Behaviour, Latency, Mock, SeenRequest};

const KILLS: u64 = 20;
const DOCUMENTS: usize = 120;
const IN_FLIGHT: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_pays_again_at_most_what_was_in_flight() {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let source = ground.path().join("source");
    write_documents(&source);
    let answerer = honest();
    let behaviour = || Behaviour {
        answerer: Arc::clone(&answerer),
        latency: Latency::Fixed(Duration::from_millis(150)),
        ..Behaviour::default()
    };
    let mock = Mock::start(behaviour()).await.expect("the mock starts");
    let unbroken = ground.path().join("unbroken");
    ingest(&unbroken, &source);
    finish(&unbroken, &mock.v1());
    let expected = export(&unbroken, "judgements");
    assert_eq!(mock.rows().len(), DOCUMENTS);

    let data = ground.path().join("killed");
    // The address is part of the model's name, so that the mock stays and is counted from here.
    let before = mock.rows().len();
    ingest(&data, &source);
    let mut state = 20_261_127_u64;
    let mut running = 0;
    for _ in 0..KILLS {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let delay = Duration::from_millis(250 + (state >> 33) % 500);
        let mut child = classify(&data, &mock.v1()).spawn().expect("the program starts");
        tokio::time::sleep(delay).await;
        running += u64::from(child.try_wait().expect("asked").is_none());
        child.kill().expect("killed");
        child.wait().expect("gone");
    }
    finish(&data, &mock.v1());
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for row in mock.rows().iter().skip(before) {
        *times.entry(row.hash.clone()).or_default() += 1;
    }
    let repaid: usize = times.values().map(|n| n - 1).sum();
    println!("{running} of {KILLS} kills hit a running process; {repaid} calls were paid again");
    assert_eq!(times.len(), DOCUMENTS);
    assert!(running >= 3, "too few kills hit a running process");
    assert!(repaid <= running as usize * IN_FLIGHT, "{repaid} calls were paid again");
    assert_eq!(export(&data, "judgements"), expected);
}

/// When a process that works with batches is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// As soon as the provider has taken its batch, whether or not it has heard of that.
    Taken,
    /// So long after its start; it submits what it has once no question came for a second and a half.
    After(Duration),
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_paid_once_wherever_the_process_is_killed() {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let source = ground.path().join("source");
    write_documents(&source);
    let millis = |millis| Moment::After(Duration::from_millis(millis));
    let taken = [Moment::Taken; 4].into_iter();
    let moments = taken.chain([400, 1_500, 1_600, 1_700, 1_900, 3_000].map(millis));
    let answerer = honest();
    let mut rounds = tokio::task::JoinSet::new();
    for (number, moment) in moments.enumerate() {
        let (data, source) = (ground.path().join(format!("data-{number}")), source.clone());
        let answerer = Arc::clone(&answerer);
        rounds.spawn(async move { killed_once(&data, &source, answerer, moment).await });
    }
    let nameless = rounds.join_all().await.into_iter().filter(|nameless| *nameless).count();
    println!("{nameless} of 10 kills left a batch whose id at the provider was not known yet");
}

/// Starts, kills and finishes; whether the kill left a batch without its id at the provider.
async fn killed_once(data: &Path, source: &Path, answerer: mock_llm::Answerer, moment: Moment) -> bool {
    let mock = Mock::start(Behaviour { answerer, batch_polls: 2, ..Behaviour::default() });
    let mock = mock.await.expect("the mock starts");
    ingest(data, source);
    let batch = || {
        let mut command = lacuna(data);
        command.args([
            "classify",
            "--engine",
            "openai:m",
            "--endpoint",
            &mock.v1(),
            "--batch",
            "--batch-poll",
            "1",
        ]);
        command.env("OPENAI_API_KEY", "sk-mock");
        command
    };
    let mut child = batch().spawn().expect("the program starts");
    match moment {
        Moment::After(time) => tokio::time::sleep(time).await,
        Moment::Taken => {
            while mock.batches() == 0 && child.try_wait().expect("asked").is_none() {
                tokio::task::yield_now().await;
            }
        }
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    let location = Location::Folder(data.to_owned());
    let store = Store::open(&location, Clock::fixed()).await.expect("the store opens");
    let open = store.open_batches("openai:m").await.expect("read");
    let nameless = open.iter().any(|batch| batch.body.contains("\"id\":\"\""));
    store.close().await;
    let output = tokio::task::block_in_place(|| batch().output()).expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let hashes: BTreeSet<String> = mock.rows().iter().map(|row| row.hash.clone()).collect();
    assert_eq!((hashes.len(), mock.rows().len()), (DOCUMENTS, DOCUMENTS), "each question is paid once");
    nameless
}

/// Answers as the built-in engine codes.
fn honest() -> mock_llm::Answerer {
    let codebook = ai_governance().expect("the codebook");
    let offline = OfflineEngine::new(&codebook).expect("the engine");
    Arc::new(move |request: &SeenRequest| {
        let user = request.user_text();
        let document = user.split("document begins>>>\n").nth(1).and_then(|rest| rest.split("\n<<<").next());
        let text = document.unwrap_or_default();
        written(&offline.code(text, &segment(text), Some("en")), &codebook)
    })
}

fn lacuna(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
    command.arg("--data").arg(data).arg("--quiet").stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn ingest(data: &Path, source: &Path) {
    let output = lacuna(data).arg("ingest").arg(source).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn classify(data: &Path, address: &str) -> Command {
    let mut command = lacuna(data);
    command.arg("classify").arg("--engine").arg(format!("compat:m@{address}"));
    command.arg("--concurrency").arg(IN_FLIGHT.to_string());
    command
}

fn finish(data: &Path, address: &str) {
    let output = classify(data, address).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every judgement, without the time at which it was made.
fn export(data: &Path, what: &str) -> Vec<String> {
    let output =
        lacuna(data).args(["export", what]).stdout(Stdio::piped()).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let timeless = |line: &str| {
        let mut row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if let Some(row) = row.as_object_mut() {
            row.retain(|name, _| !name.ends_with("_at"));
        }
        row.to_string()
    };
    text.lines().map(timeless).collect()
}

fn write_documents(source: &Path) {
    std::fs::create_dir_all(source).expect("a folder");
    for n in 0..DOCUMENTS {
        let text = format!(
            "Republic of Veldt\n\nMachines Act No. {n}\n\nSEC. 1. Duties.\n\n(a) A developer of an artificial intelligence system shall \
             test the system for algorithmic discrimination before it is placed on the market, and shall keep record {n}.\n\n(b) The Office \
             of Machines may inspect the security of the system and shall report to the Parliament of Veldt each year.\n"
        );
        std::fs::write(source.join(format!("act-{n}.txt")), text).expect("the file is written");
    }
}
