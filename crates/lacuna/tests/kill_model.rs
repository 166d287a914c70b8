//! `lacuna classify` with a language model is killed at random points with 16 calls in flight; the next start goes on.
//! A kill costs at most the calls in flight, no row is lost, and the labels are those of an unbroken run.
#![expect(clippy::expect_used, reason = "helpers of a test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lacuna_pipeline::classify::model::written;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::codebooks::ai_governance;
use lacuna_pipeline::segment::segment;
use mock_llm::{Behaviour, Latency, Mock, SeenRequest};

const KILLS: u64 = 20;
const DOCUMENTS: usize = 120;
const IN_FLIGHT: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_pays_again_at_most_what_was_in_flight() {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let source = ground.path().join("source");
    write_documents(&source);
    let codebook = ai_governance().expect("the codebook");
    let offline = OfflineEngine::new(&codebook).expect("the engine");
    let answer = move |request: &SeenRequest| {
        let user = request.user_text();
        let document = user.split("document begins>>>\n").nth(1).and_then(|rest| rest.split("\n<<<").next());
        let text = document.unwrap_or_default();
        written(&offline.code(text, &segment(text), Some("en")), &codebook)
    };
    let answerer: mock_llm::Answerer = Arc::new(answer);
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
