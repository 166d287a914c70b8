//! The process is killed at 50 points of ingest and classify; the next run finishes the work, and the store then
//! holds what an unbroken run leaves: nothing lost, nothing doubled.
#![expect(clippy::expect_used, reason = "helpers of a test")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lacuna_domain::coding::Outcome;
use lacuna_domain::{Clock, Coding};
use lacuna_store::{Location, Store};

const KILLS: u32 = 50;
const DOCUMENTS: usize = 80;

#[test]
fn a_process_killed_at_any_moment_loses_nothing_and_doubles_nothing() {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let source = ground.path().join("source");
    write_documents(&source);

    let unbroken = ground.path().join("unbroken");
    let ingest = timed(|| finish(&unbroken, &source, 0));
    let classify = timed(|| finish(&unbroken, &source, 1));
    let expected = content(&unbroken);
    assert_eq!(expected.lines().filter(|line| line.starts_with("coding ")).count(), DOCUMENTS);

    let mut random = Seeded(20_261_126);
    let mut killed = [0; 2];
    let mut halfway = 0;
    for n in 0..KILLS {
        let data = ground.path().join(format!("killed-{n}"));
        // Evenly spread over the whole duration, each point moved at random within its share.
        let share = (f64::from(n) + random.fraction()) / f64::from(KILLS);
        let point = (ingest + classify).mul_f64(share);
        let stage = usize::from(point >= ingest);
        for earlier in 0..stage {
            finish(&data, &source, earlier);
        }
        let delay = if stage == 0 { point } else { point.saturating_sub(ingest) };
        killed[stage] += u32::from(kill_after(&data, &source, stage, delay));
        let left = content(&data);
        halfway += u32::from(!left.is_empty() && left != expected);
        for stage in 0..STAGES.len() {
            finish(&data, &source, stage);
        }
        let now = content(&data);
        assert!(
            now == expected,
            "killed after {delay:?} of stage {stage}:\n{}",
            first_difference(&now, &expected)
        );
        std::fs::remove_dir_all(&data).expect("the folder goes");
    }
    println!(
        "killed in ingest {}, in classify {}; {halfway} stores were left half done",
        killed[0], killed[1]
    );
    assert!(killed[0] >= 5 && killed[1] >= 5, "too few kills hit a running process: {killed:?}");
    assert!(halfway >= 5, "too few kills left anything to finish: {halfway}");
}

#[test]
fn a_file_size_limit_is_told_and_the_next_run_finishes() {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let (source, data) = (ground.path().join("source"), ground.path().join("data"));
    write_documents(&source);
    let program = env!("CARGO_BIN_EXE_lacuna");
    // 400 blocks of 1 kB: room for the layout and some of the documents.
    let output = Command::new("bash")
        .args(["-c", "ulimit -f 400; exec \"$@\"", "bash", program, "--data"])
        .arg(&data)
        .arg("ingest")
        .arg(&source)
        .output()
        .expect("bash starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(
        words.contains("no room left to write to") && words.contains("raise the file-size limit"),
        "{words}"
    );
    finish(&data, &source, 0);
    finish(&data, &source, 1);
    assert_eq!(content(&data).lines().filter(|line| line.starts_with("coding ")).count(), DOCUMENTS);
}

const STAGES: [&str; 2] = ["ingest", "classify"];

/// `lacuna ingest SOURCE` or `lacuna classify` on the store in `data`.
fn command(data: &Path, source: &Path, stage: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
    command.arg("--data").arg(data).arg(STAGES[stage]).stdout(Stdio::null()).stderr(Stdio::piped());
    if stage == 0 {
        command.arg(source);
    } else {
        command.args(["--threads", "2"]);
    }
    command
}

fn finish(data: &Path, source: &Path, stage: usize) {
    let output = command(data, source, stage).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether the process was still at work when it was killed.
fn kill_after(data: &Path, source: &Path, stage: usize, delay: Duration) -> bool {
    let mut child = command(data, source, stage).stderr(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(delay);
    let running = child.try_wait().expect("the child is asked").is_none();
    child.kill().expect("the child is killed");
    child.wait().expect("the child is gone");
    running
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Everything the store holds except when it came there, in a fixed order, one line each.
fn content(data: &Path) -> String {
    let location = Location::Folder(data.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        // Killed before the layout was there, the folder holds no store yet.
        let Ok(store) = Store::open_read_only(&location, Clock::fixed()).await else { return String::new() };
        let content = lines(&store).await.expect("the store can be read");
        store.close().await;
        content
    })
}

async fn lines(store: &Store) -> Result<String, lacuna_store::StoreError> {
    let mut lines = String::new();
    let mut line = |kind: &str, what: &dyn std::fmt::Debug| writeln!(lines, "{kind} {what:?}").expect("room");
    for document in store.documents().await? {
        line("document", &document);
        for mut version in store.versions(&document.id).await? {
            version.ingested_at = Clock::fixed().now();
            line("version", &version);
            line("text", &store.text(&version.text).await?);
        }
        line("sheets", &store.sheets_of(&document.id).await?.len());
    }
    lines += &run_lines(store).await?;
    let mut line = |kind: &str, what: &dyn std::fmt::Debug| writeln!(lines, "{kind} {what:?}").expect("room");
    line("codebooks", &store.codebooks().await?.len());
    line("entries", &store.catalogue_entries().await?);
    let mut events: Vec<_> =
        store.events(0, 100_000).await?.into_iter().map(|event| (event.text, event.message)).collect();
    events.sort();
    line("events", &events);
    Ok(lines)
}

async fn run_lines(store: &Store) -> Result<String, lacuna_store::StoreError> {
    let mut lines = String::new();
    let mut line = |kind: &str, what: &dyn std::fmt::Debug| writeln!(lines, "{kind} {what:?}").expect("room");
    for run in store.runs().await? {
        line("run", &(&run.id, run.finished_at.is_some(), store.run_counts(&run.id).await?));
        for state in store.outcome_states(&run.id).await? {
            match store.outcome(&run.id, &state.text).await? {
                Some(Outcome::Coded(coding)) => line("coding", &timeless(*coding)),
                other => line("outcome", &other),
            }
        }
    }
    Ok(lines)
}

fn timeless(mut coding: Coding) -> Coding {
    coding.coded_at = Clock::fixed().now();
    coding
}

fn first_difference(now: &str, expected: &str) -> String {
    let pair = now.lines().zip(expected.lines()).find(|(now, expected)| now != expected);
    let cut = |line: &str| line.chars().take(300).collect::<String>();
    pair.map_or_else(
        || format!("{} lines instead of {}", now.lines().count(), expected.lines().count()),
        |(now, expected)| format!("now      {}\nexpected {}", cut(now), cut(expected)),
    )
}

/// Instruments of an invented country, long enough that the stages take a while; every tenth is a copy of another.
fn write_documents(source: &Path) {
    std::fs::create_dir_all(source).expect("a folder");
    for n in 0..DOCUMENTS + DOCUMENTS / 10 {
        let kind = if n < DOCUMENTS { n } else { n - DOCUMENTS };
        let mut text = format!("Republic of Veldt\n\nArtificial Intelligence Act No. {kind}\n\n");
        for section in 1..=20 {
            write!(
                text,
                "SEC. {section}. Duties.\n\n(a) A developer of an artificial intelligence system shall test the \
                 system for bias and discrimination before it is placed on the market, and shall keep a record of \
                 test {kind}.{section}.\n\n(b) The Office of Machines may inspect the personal data, the security \
                 and the energy use of the system, and shall report to the Parliament of Veldt each year.\n\n"
            )
            .expect("room");
        }
        std::fs::write(source.join(format!("act-{n}.txt")), text).expect("the file is written");
    }
}

/// A small generator, so that the points are the same each time.
struct Seeded(u64);

impl Seeded {
    /// A number from 0 to 1.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1 << 24)
    }
}
