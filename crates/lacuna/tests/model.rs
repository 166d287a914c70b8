//! `lacuna` with a language model, as a user meets it: keys that do not work, being told to stop, batches that are gone, pages of
//! a run at work, runs side by side, and the filter that needs no store.
#![expect(clippy::unwrap_used, reason = "steps of a test story")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lacuna_pipeline::classify::model::written;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::codebooks::ai_governance;
use lacuna_pipeline::segment::segment;
use mock_llm::{Behaviour, Latency, Mock, SeenRequest};
use serde_json::Value;

struct World {
    ground: tempfile::TempDir,
    mock: Mock,
}

impl World {
    /// A store of `documents` acts, and a provider that codes as the built-in engine does.
    async fn with(documents: usize, change: impl FnOnce(&mut Behaviour)) -> Self {
        let codebook = ai_governance().unwrap();
        let offline = OfflineEngine::new(&codebook).unwrap();
        let answer = move |request: &SeenRequest| {
            let user = request.user_text();
            let document =
                user.split("document begins>>>\n").nth(1).and_then(|rest| rest.split("\n<<<").next());
            let text = document.unwrap_or_default();
            written(&offline.code(text, &segment(text), Some("en")), &codebook)
        };
        let mut behaviour = Behaviour { answerer: Arc::new(answer), ..Behaviour::default() };
        change(&mut behaviour);
        let world =
            Self { ground: tempfile::tempdir().unwrap(), mock: Mock::start(behaviour).await.unwrap() };
        let source = world.ground.path().join("source");
        std::fs::create_dir_all(&source).unwrap();
        for n in 0..documents {
            std::fs::write(source.join(format!("act-{n}.txt")), act(n)).unwrap();
        }
        let done = world.lacuna().arg("ingest").arg(&source).output().unwrap();
        assert!(done.status.success(), "{}", said(&done));
        world
    }

    fn data(&self) -> PathBuf {
        self.ground.path().join("data")
    }

    fn lacuna(&self) -> Command {
        lacuna(&self.data())
    }

    fn classify(&self, words: &[&str]) -> Command {
        let mut command = self.lacuna();
        command.args(["classify", "--engine", "openai-chat:m", "--endpoint", &self.mock.v1()]);
        command.args(["--concurrency", "8"]).args(words).env("OPENAI_API_KEY", "sk-right");
        command
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.lacuna().arg("--json").args(words).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn lacuna(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
    command.arg("--data").arg(data).arg("--quiet").stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("OPENAI_API_KEY").env_remove("LACUNA_KEY_FILE");
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn act(n: usize) -> String {
    format!(
        "Republic of Veldt\n\nMachines Act No. {n}\n\nSEC. 1. Duties.\n\n(a) A developer of an artificial intelligence system shall test the \
         system for algorithmic discrimination before it is placed on the market, and shall keep record {n}.\n\n(b) The Office of Machines may \
         inspect the security of the system and shall report to the Parliament of Veldt each year.\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_missing_empty_or_rejected_is_named_and_nothing_is_lost() {
    let world = World::with(6, |b| b.key = Some("sk-right".to_owned())).await;
    let fails = |command: &mut Command, code: i32, words: &[&str]| {
        let output = command.output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        for word in words {
            assert!(said.contains(word), "{word:?} is not in {said}");
        }
    };
    fails(world.classify(&[]).env_remove("OPENAI_API_KEY"), 1, &["no key for openai", "set OPENAI_API_KEY"]);
    fails(world.classify(&[]).env("OPENAI_API_KEY", " "), 1, &["OPENAI_API_KEY is empty"]);
    assert_eq!(world.mock.counters().requests, 0, "nothing is sent without a key");
    let file = world.ground.path().join("key");
    std::fs::write(&file, "sk-wrong\n").unwrap();
    let path = file.to_str().unwrap();
    fails(&mut world.classify(&["--key-file", path]), 1, &["others may read the key file", "chmod 600"]);
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let rejected = &mut world.classify(&["--key-file", path]);
    fails(rejected, 2, &["rejects the key (status 401)", "coded 0", "6 are still to do"]);
    assert!(!said(&rejected.output().unwrap()).contains("sk-wrong"), "a key is never shown");

    let done = world.classify(&[]).output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(world.mock.rows().len(), 6, "each text is paid for once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_budget_price_file_or_model_is_named_before_or_at_the_first_call() {
    let world = World::with(2, |_| ()).await;
    for (budget, words) in [("0", "allows no call"), ("-1", "below zero"), ("five", "no amount of dollars")] {
        let output = world.classify(&[&format!("--budget={budget}")]).output().unwrap();
        assert_eq!(output.status.code(), Some(64));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    let prices = world.ground.path().join("prices.toml");
    std::fs::write(&prices, "date = \"2026-01-01\"\n[providers.openai]\nsource = 7\n").unwrap();
    let output = world.classify(&["--prices", prices.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("malformed at line 3"), "{}", said(&output));
    let output = world.classify(&["--budget", "5.00"]).output().unwrap();
    assert!(said(&output).contains("does not know openai-chat:m"), "{}", said(&output));
    assert_eq!(world.mock.counters().requests, 0);
    let mut unknown = world.lacuna();
    unknown.args(["classify", "--engine", "openai-chat:unknown", "--endpoint", &world.mock.v1()]);
    let output = unknown.env("OPENAI_API_KEY", "k").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains("unknown to its provider") && said.contains("2 are still to do"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_waits_for_what_is_in_flight_and_goes_on_where_it_stopped() {
    let world = World::with(60, |b| b.latency = Latency::Fixed(Duration::from_millis(400))).await;
    let child = world.classify(&[]).spawn().unwrap();
    while world.mock.counters().answered < 9 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // While it works, the pages and the command say how far it is.
    tokio::time::sleep(Duration::from_millis(600)).await;
    pages_of_a_run_at_work(&world).await;

    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let output = child.wait_with_output().unwrap();
    let words = said(&output);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("stopped: told to stop; run the command again to go on"), "{words}");
    let paid = world.mock.rows().len();
    let runs = world.json(&["runs"]);
    assert_eq!(runs[0]["spend"]["answered"], paid, "what was in flight is in the ledger: {runs}");
    let pending = runs[0]["counts"]["pending"].as_u64().unwrap();
    assert!((9..60).contains(&paid) && pending == 60 - paid as u64, "{paid} paid, {runs}");

    let done = world.classify(&[]).output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(world.mock.rows().len(), 60, "no call was paid twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_the_provider_has_no_more_is_named_and_forgotten_when_asked() {
    let mut willing = None;
    let mut world = World::with(4, |b| {
        willing = Some(b.clone());
        b.batch_polls = u32::MAX;
    })
    .await;
    let batch = ["--batch", "--batch-poll", "1"];
    let child = world.classify(&batch).spawn().unwrap();
    while world.mock.batches() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(said(&output).contains("told to stop"), "{}", said(&output));

    // The provider has lost what it had.
    world.mock = Mock::start(willing.unwrap()).await.unwrap();
    let output = world.classify(&batch).output().unwrap();
    let words = said(&output);
    assert_eq!(output.status.code(), Some(2), "{words}");
    let id = words.split("run the command again with --forget-batch ").nth(1).unwrap_or_default();
    let id = id.split(|c: char| c != '_' && !c.is_ascii_alphanumeric()).next().unwrap();
    assert!(id.starts_with("batch_"), "the batch is named: {words}");
    assert_eq!((world.mock.batches(), world.mock.rows().len()), (0, 0), "its questions wait for it");

    let forgetting = [&batch[..], &["--forget-batch", id]].concat();
    let without = world.classify(&forgetting[3..]).output().unwrap();
    assert_eq!(without.status.code(), Some(64), "{}", said(&without));
    let other = world.classify(&["--batch", "--forget-batch", "batch_of_nobody"]).output().unwrap();
    let complaint = said(&other);
    assert_eq!(other.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("no open batch of this engine has the id batch_of_nobody"), "{complaint}");
    let done = world.classify(&forgetting).output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!((world.mock.batches(), world.mock.rows().len()), (1, 4), "they are asked again, once");
    assert_eq!(world.classify(&forgetting).output().unwrap().status.code(), Some(1), "it is forgotten");
}

async fn pages_of_a_run_at_work(world: &World) {
    let runs = world.json(&["runs"]);
    assert!(runs[0]["counts"]["pending"].as_u64().unwrap() > 0, "{runs}");
    assert!(runs[0]["texts_per_minute"].as_f64().unwrap() > 0.0, "{runs}");
    assert!(runs[0]["seconds_left"].as_u64().is_some(), "{runs}");
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut server = world.lacuna().args(["serve", "--bind", &address]).spawn().unwrap();
    let id = runs[0]["run"]["id"].as_str().unwrap();
    for path in ["/runs".to_owned(), format!("/runs/{id}")] {
        let page = page(&mut server, &address, &path).await.to_lowercase();
        for words in ["texts a minute", "min left", "calls,", "pending", "failed"] {
            assert!(page.contains(words), "{words:?} is not on {path}: {page}");
        }
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn page(server: &mut Child, address: &str, path: &str) -> String {
    for _ in 0..400 {
        assert!(server.try_wait().unwrap().is_none(), "the server ended");
        if let Ok(mut stream) = TcpStream::connect(address) {
            stream.write_all(format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n").as_bytes()).unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).unwrap();
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    String::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_side_by_side_show_which_labels_flip() {
    let world = World::with(8, |_| ()).await;
    for words in [&[][..], &["--permute", "7"]] {
        let done = world.classify(words).output().unwrap();
        assert!(done.status.success(), "{}", said(&done));
    }
    let runs = world.json(&["runs"]);
    let ids: Vec<&str> =
        runs.as_array().unwrap().iter().map(|run| run["run"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "another order of codes is another run");
    let same = world.json(&["stability", "--runs", &ids.join(",")]);
    assert_eq!((same["texts"].as_u64(), same["rate"].as_f64()), (Some(8), Some(0.0)), "{same}");

    // A third run by a provider that answers something else.
    let other = World::with(0, |b| b.answerer = Arc::new(mock_llm::from_schema)).await;
    let mut third = world.lacuna();
    third.args(["classify", "--engine", &format!("compat:m@{}", other.mock.v1())]);
    assert!(third.output().unwrap().status.success());
    let all = world.json(&["runs"]);
    let all: Vec<&str> =
        all.as_array().unwrap().iter().map(|run| run["run"]["id"].as_str().unwrap()).collect();
    let flips = world.json(&["stability", "--runs", &all.join(",")]);
    assert!(flips["rate"].as_f64().unwrap() > 0.0, "{flips}");
    let flipped = flips["codes"].as_array().unwrap().iter().filter(|code| code["flipped"] != 0).count();
    assert!(flipped > 0, "{flips}");
}

#[test]
fn the_filter_gives_one_line_for_one_line_errors_too_and_keeps_nothing() {
    let ground = tempfile::tempdir().unwrap();
    let run = |input: &str| {
        let mut child = lacuna(ground.path()).arg("code").stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let line = |n: usize| serde_json::json!({"id": format!("a{n}"), "text": act(n)}).to_string();
    let input = format!("{}\nnot JSON\n{{\"id\": \"b\"}}\n{}\n", line(1), line(2));
    let output = run(&input);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let rows: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 4);
    assert_eq!((&rows[0]["id"], &rows[3]["id"]), (&Value::from("a1"), &Value::from("a2")));
    assert!(rows[0]["labels"].as_array().is_some_and(|labels| !labels.is_empty()), "{}", rows[0]);
    assert!(rows[1]["error"].is_string() && rows[1]["line"] == 2, "{}", rows[1]);
    assert!(rows[2]["error"].is_string() && rows[2]["line"] == 3, "{}", rows[2]);
    assert_eq!(run(&input).stdout, output.stdout, "the same again");
    assert_eq!(std::fs::read_dir(ground.path()).unwrap().count(), 0, "no store was made");
}

#[test]
fn the_filter_takes_no_more_memory_for_ten_times_the_lines() {
    let ground = tempfile::tempdir().unwrap();
    let peak = |lines: usize| {
        let mut child = lacuna(ground.path()).arg("code").stdin(Stdio::piped()).spawn().unwrap();
        let (mut into, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let mut all = String::new();
            from.read_to_string(&mut all).unwrap();
            all.lines().count()
        });
        for n in 0..lines {
            writeln!(into, "{}", serde_json::json!({"id": n.to_string(), "text": act(n)})).unwrap();
        }
        into.flush().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let peak: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
        drop(into);
        assert!(child.wait().unwrap().success());
        assert_eq!(reader.join().unwrap(), lines);
        peak
    };
    let (few, many) = (peak(400), peak(4_000));
    assert!(many < few + 12 * 1024, "{few} kB for 400 lines, {many} kB for 4,000");
}
