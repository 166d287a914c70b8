//! What happens when the ground gives way: other processes, no permission, no room, no database.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests, and children that speak to them"
)]

mod ground;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use ground::{Ground, id, incoming};
use lacuna_domain::Clock;
use lacuna_store::{Arrival, Location, Store, StoreError};

/// Not a test of its own: the body of the child processes that the tests below start from this very program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(folder) = std::env::var_os("LACUNA_TEST_CHILD") else { return };
    let location = Location::Folder(folder.into());
    let read_only = std::env::var_os("LACUNA_TEST_READ_ONLY").is_some();
    let done = if read_only { read(&location).await } else { write(&location).await };
    match done {
        Ok(()) => println!("child: done"),
        Err(error) => println!("child: {error}"),
    }
}

async fn write(location: &Location) -> Result<(), StoreError> {
    let store = Store::open(location, Clock::fixed()).await?;
    for batch in 0..20 {
        let documents: Vec<_> = (0..5).map(|n| document(batch * 5 + n)).collect();
        store.put_documents(&documents).await?;
    }
    Ok(())
}

async fn read(location: &Location) -> Result<(), StoreError> {
    let store = Store::open_read_only(location, Clock::fixed()).await?;
    println!("child: {} documents", store.documents().await?.len());
    Ok(())
}

fn document(n: u32) -> lacuna_store::Incoming {
    incoming(&format!("test:{n}"), &format!("Act {n}"), &format!("Section {n}. {}", "A duty. ".repeat(500)))
}

/// This program as the child above on `folder`, behind `wrapper`.
fn child_command(wrapper: &[&str], folder: &Path) -> Command {
    let program = std::env::current_exe().expect("the path of this program");
    let mut words: Vec<&std::ffi::OsStr> = wrapper.iter().map(std::ffi::OsStr::new).collect();
    words.push(program.as_os_str());
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["child", "--exact", "--nocapture"]);
    command.env("LACUNA_TEST_CHILD", folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> =
        text.lines().filter_map(|line| line.split_once("child: ").map(|(_, said)| said)).collect();
    assert!(!lines.is_empty(), "the child said nothing: {text}{}", String::from_utf8_lossy(&output.stderr));
    lines.join("\n")
}

#[tokio::test]
async fn several_processes_on_one_new_store_work_side_by_side() {
    let ground = Ground::sqlite();
    let folder = ground.location.folder().unwrap().to_owned();
    let children: Vec<_> = (0..4).map(|_| child_command(&[], &folder).spawn().unwrap()).collect();
    for child in children {
        assert_eq!(said(&child.wait_with_output().unwrap()), "done");
    }
    let store = ground.store().await;
    assert_eq!(store.documents().await.unwrap().len(), 100);
    assert_eq!(store.latest_versions().await.unwrap().len(), 100, "nothing lost, nothing doubled");
    assert_eq!(store.revision().await.unwrap(), 20, "whoever came later changed nothing");
}

#[tokio::test]
async fn two_writers_on_one_postgresql_store_work_side_by_side() {
    let Some(ground) = Ground::postgres().await else { return };
    let (one, two) = tokio::join!(ground.store(), ground.store());
    let documents: Vec<_> = (0..50).map(document).collect();
    let (first, second) = tokio::join!(one.put_documents(&documents), two.put_documents(&documents));
    let mut arrivals = [first.unwrap(), second.unwrap()].concat();
    arrivals.sort_unstable();
    assert_eq!(arrivals[..50], [Arrival::New; 50]);
    assert_eq!(arrivals[50..], [Arrival::Unchanged; 50]);
    assert_eq!(one.documents().await.unwrap().len(), 50);
    one.close().await;
    two.close().await;
    ground.give_up().await;
}

#[tokio::test]
async fn a_folder_that_forbids_writing_is_told_and_can_still_be_read() {
    let ground = Ground::sqlite();
    let folder = ground.location.folder().unwrap().to_owned();
    let store = ground.store().await;
    store.put_documents(&[document(1), document(2)]).await.unwrap();
    store.close().await;
    let Some(nobody) = unprivileged(&folder) else {
        println!("skipped: this user may write everywhere and setpriv is not there to become another");
        return;
    };
    let nobody: Vec<&str> = nobody.iter().map(String::as_str).collect();

    let words = said(&child_command(&nobody, &folder).output().unwrap());
    assert!(words.contains("lacuna.db cannot be written to; give the user write permission"), "{words}");
    let words = said(&child_command(&nobody, &folder.join("new")).output().unwrap());
    assert!(words.contains("as the data folder") && words.contains("--data"), "{words}");
    let words = said(&child_command(&nobody, &folder).env("LACUNA_TEST_READ_ONLY", "1").output().unwrap());
    assert_eq!(words, "2 documents\ndone");
    set_mode(&folder, 0o755);
}

/// A prefix that runs a command as somebody who may read but not write `folder`; `None` where there is no way.
fn unprivileged(folder: &Path) -> Option<Vec<String>> {
    set_mode(folder.parent()?, 0o755);
    set_mode(&folder.join("lacuna.db"), 0o444);
    set_mode(folder, 0o555);
    if std::fs::File::create(folder.join("probe")).is_err() {
        return Some(vec!["env".to_owned()]);
    }
    std::fs::remove_file(folder.join("probe")).ok()?;
    let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"].map(str::to_owned);
    let program = std::env::current_exe().ok()?;
    let may_run = Command::new(&nobody[0]).args(&nobody[1..]).arg("test").arg("-x").arg(program).status();
    may_run.is_ok_and(|status| status.success()).then(|| nobody.to_vec())
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the mode is set");
}

#[tokio::test]
async fn a_full_disk_is_told_and_what_was_committed_is_kept() {
    let ground = Ground::sqlite();
    let folder = ground.location.folder().unwrap().to_owned();
    // 600 blocks of 1 kB: room for the layout and some batches of 5 documents of 4 kB, not for 20.
    let limited = ["bash", "-c", "trap '' XFSZ; ulimit -f 600; exec \"$@\"", "bash"];
    let words = said(&child_command(&limited, &folder).output().unwrap());
    assert!(
        words.contains("no room left to write to") && words.contains("raise the file-size limit"),
        "{words}"
    );

    let store = ground.store().await;
    let kept = store.documents().await.unwrap();
    assert!(
        !kept.is_empty() && kept.len() < 100 && kept.len() % 5 == 0,
        "whole batches only: {}",
        kept.len()
    );
    assert_eq!(store.latest_versions().await.unwrap().len(), kept.len());
    assert_eq!(said(&child_command(&[], &folder).output().unwrap()), "done");
    assert_eq!(store.documents().await.unwrap().len(), 100, "the next run finishes the work");
}

#[tokio::test]
async fn a_store_that_is_not_there_or_no_database_is_told() {
    let ground = Ground::sqlite();
    let error = Store::open_read_only(&ground.location, Clock::fixed()).await.unwrap_err();
    assert!(error.to_string().contains("holds no store yet; fill one with `lacuna ingest`"), "{error}");

    let folder = ground.location.folder().unwrap();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(
        folder.join("lacuna.db"),
        "this is no database, though it is long enough to be asked".repeat(99),
    )
    .unwrap();
    for error in [
        Store::open(&ground.location, Clock::fixed()).await.unwrap_err(),
        Store::open_read_only(&ground.location, Clock::fixed()).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("is not a readable database"), "{error}");
    }
    std::fs::write(folder.join("lacuna.db"), "").unwrap();
    let error = Store::open_read_only(&ground.location, Clock::fixed()).await.unwrap_err();
    assert!(error.to_string().contains("holds no store yet"), "{error}");

    let file = Location::Folder(folder.join("lacuna.db"));
    let error = Store::open(&file, Clock::fixed()).await.unwrap_err();
    assert!(error.to_string().contains("as the data folder"), "{error}");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_without_its_password() {
    let at = |url: &str| Location::Postgres(url.to_owned());
    let bad = Store::open(&at("mysql://db/map"), Clock::fixed()).await.unwrap_err();
    assert!(bad.to_string().contains("write it as postgres://user@host:5432/name"), "{bad}");
    let bad = Store::open(&at("postgres://db:port/map"), Clock::fixed()).await.unwrap_err();
    assert!(bad.to_string().contains("cannot be used"), "{bad}");
    let nobody = Store::open(&at("postgres://ada:s3cret@127.0.0.1:9/map"), Clock::fixed()).await.unwrap_err();
    assert!(matches!(nobody, StoreError::Unreachable { .. }), "{nobody:?}");
    assert!(nobody.to_string().contains("postgres://ada@127.0.0.1:9/map"), "{nobody}");
    assert!(!nobody.to_string().contains("s3cret"), "{nobody}");
}

#[tokio::test]
async fn a_batch_that_fails_leaves_no_trace() {
    let ground = Ground::sqlite();
    let store = ground.store().await;
    let run = lacuna_domain::RunId::of(b"a run that was never started");
    let text = lacuna_domain::TextId::of("a text that was never stored");
    let outcomes = [(text, lacuna_domain::coding::Outcome::Skipped("no".to_owned()))];
    let error = store.put_outcomes(&run, &outcomes).await.unwrap_err();
    assert!(matches!(error, StoreError::Dangling { .. }), "{error:?}");
    assert_eq!(store.revision().await.unwrap(), 0);
    store.put_documents(&[document(1)]).await.unwrap();
    assert!(store.document(&id("test:1")).await.unwrap().is_some(), "the store works on");
}
