//! Backups made and brought back from the command line.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::desk::Desk;
use crate::{BILL, text_of};

#[test]
fn a_backup_comes_back_whole_and_a_damaged_one_takes_nobodys_place() {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["ingest", "bills"]);
    desk.done(&["classify"]);
    let before = desk.rows();
    let told: Value = serde_json::from_str(&desk.done(&["backup", "kept/one.db", "--json"])).expect("JSON");
    assert_eq!(told["documents"], 1);
    let sum = fs::read_to_string(desk.path("kept/one.db.sha256")).expect("a checksum");
    assert_eq!(sum, format!("{}  one.db\n", text_of(&told, "sha256")), "as sha256sum writes it");
    assert!(desk.complaint(1, &["backup", "kept/one.db"]).contains("name a new file"));

    desk.file("bills/later.txt", "A later text about an artificial intelligence system.\n");
    desk.done(&["ingest", "bills"]);
    assert!(desk.complaint(1, &["restore", "kept/one.db"]).contains("--replace"));
    fs::copy(desk.path("kept/one.db"), desk.path("kept/bad.db")).expect("a copy");
    fs::write(desk.path("kept/bad.db.sha256"), "00  bad.db\n").expect("a file");
    let refused = desk.complaint(1, &["restore", "kept/bad.db", "--replace"]);
    assert!(refused.contains("take another copy of the backup"), "{refused}");
    let mut bytes = fs::read(desk.path("kept/bad.db")).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(desk.path("kept/bad.db"), bytes).expect("a file");
    fs::remove_file(desk.path("kept/bad.db.sha256")).expect("no checksum");
    assert_ne!(
        desk.run(&["restore", "kept/bad.db", "--replace"]).status.code(),
        Some(0),
        "read through first"
    );
    assert!(desk.done(&["show", "file:later.txt"]).contains("later"), "the store is as it was");

    desk.done(&["restore", "kept/one.db", "--replace"]);
    assert_eq!(desk.rows(), before);
    assert!(desk.path("store/lacuna.db.before").exists(), "what was there is kept");
    assert_eq!(desk.complaint(1, &["show", "file:later.txt"]).matches("file:later.txt").count().min(1), 1);
}

/// The names of what the folder of a store holds, sorted.
fn files_of(desk: &Desk) -> Vec<String> {
    let there = fs::read_dir(desk.path("store")).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> = there.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A server of the store of a desk, once it listens.
struct Server(Child);

impl Server {
    fn of(desk: &Desk) -> Self {
        let mut command = desk.command(&["serve", "--bind", "127.0.0.1:0"]);
        let mut server = Self(command.stdout(Stdio::piped()).spawn().expect("lacuna starts"));
        let words = server.0.stdout.take().expect("its words");
        let mut first = String::new();
        BufReader::new(words).read_line(&mut first).expect("a line");
        assert!(first.contains("http://"), "{first}");
        server
    }
}

impl Drop for Server {
    /// Kills it, so that it cannot put its log away.
    fn drop(&mut self) {
        // One that has ended needs no killing.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A desk with a backup of one document, in the log of whose store is another one: its server was killed.
fn killed() -> Desk {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["ingest", "bills"]);
    desk.done(&["backup", "kept/one.db"]);
    let server = Server::of(&desk);
    desk.file("bills/later.txt", "A later text about an artificial intelligence system.\n");
    desk.done(&["ingest", "bills"]);
    drop(server);
    let log = fs::metadata(desk.path("store/lacuna.db-wal")).expect("the killed server leaves a log");
    assert!(log.len() > 0, "what came last is in the log");
    desk
}

/// How many documents a file brings back.
fn restored(desk: &Desk, file: &str) -> Value {
    let told = desk.done(&["restore", file, "--replace", "--json"]);
    serde_json::from_str::<Value>(&told).expect("JSON")["documents"].clone()
}

#[test]
fn a_store_whose_server_was_killed_is_kept_whole_by_restore() {
    let desk = killed();
    let refused = desk.complaint(1, &["restore", "store/lacuna.db", "--replace"]);
    assert!(refused.contains("lacuna.db-wal"), "a file without its log is not all: {refused}");
    assert_eq!(restored(&desk, "kept/one.db"), 1);
    assert_eq!(restored(&desk, "store/lacuna.db.before"), 2, "what was set aside is a store in one file");
    assert!(desk.done(&["show", "file:later.txt"]).contains("later"));
    assert_eq!(
        restored(&desk, "store/lacuna.db.before.2"),
        1,
        "what is set aside next has a name of its own"
    );
    assert_eq!(restored(&desk, "store/lacuna.db.before"), 2, "and the one before is still there");
}

#[test]
fn a_store_whose_log_cannot_be_put_into_it_stays_where_it_is() {
    let desk = killed();
    // SQLite needs a file of this name to read the log.
    let index = desk.path("store/lacuna.db-shm");
    fs::remove_file(&index).expect("an index of the log");
    fs::create_dir(&index).expect("a folder in its way");
    desk.complaint(1, &["restore", "kept/one.db", "--replace"]);
    assert!(desk.path("store/lacuna.db").exists() && desk.path("store/lacuna.db-wal").exists());
    assert!(!desk.path("store/lacuna.db.before").exists(), "nothing was moved");
    fs::remove_dir(&index).expect("the way is free");
    assert_eq!(restored(&desk, "kept/one.db"), 1);
    assert_eq!(restored(&desk, "store/lacuna.db.before"), 2);
}

#[test]
fn a_log_without_its_store_is_kept_and_not_read_as_that_of_the_backup() {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["ingest", "bills"]);
    desk.done(&["backup", "kept/one.db"]);
    fs::remove_file(desk.path("store/lacuna.db")).expect("a store");
    desk.file("store/lacuna.db-wal", "the log of a store that is gone");
    desk.done(&["restore", "kept/one.db"]);
    let kept = fs::read_to_string(desk.path("store/lacuna.db.before-wal")).expect("the log");
    assert_eq!(kept, "the log of a store that is gone");
    assert!(desk.done(&["show", "file:hiring.txt"]).contains("file:hiring.txt"));
}

#[test]
fn a_store_that_is_served_is_not_replaced() {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["ingest", "bills"]);
    desk.done(&["backup", "kept/one.db"]);
    let server = Server::of(&desk);
    let refused = desk.complaint(1, &["restore", "kept/one.db", "--replace"]);
    assert!(refused.contains("is busy with another process; wait for it to finish or stop it"), "{refused}");
    assert!(!desk.path("store/lacuna.db.before").exists(), "the store is where it was");
    drop(server);
    desk.file("store/index/of-what-was-there", "counted of it");
    desk.done(&["restore", "kept/one.db", "--replace"]);
    assert_eq!(files_of(&desk), ["lacuna.db", "lacuna.db.before"], "what was counted of it is gone");
}

#[test]
fn a_store_that_cannot_be_read_gives_way_to_a_backup_and_is_kept_as_it_is() {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["ingest", "bills"]);
    desk.done(&["backup", "kept/one.db"]);
    let words = "this is no database, it only has its name";
    desk.file("store/lacuna.db", words);
    // From a log of its own the store would be made whole again.
    for log in ["store/lacuna.db-wal", "store/lacuna.db-shm"].map(|log| desk.path(log)) {
        if log.exists() {
            fs::remove_file(log).expect("a log");
        }
    }
    desk.done(&["restore", "kept/one.db", "--replace"]);
    assert_eq!(fs::read_to_string(desk.path("store/lacuna.db.before")).expect("a file"), words);
    assert!(desk.done(&["show", "file:hiring.txt"]).contains("file:hiring.txt"));
}

/// A schema of its own in the PostgreSQL that `DATABASE_URL` names, or nothing.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests are told where PostgreSQL is through the environment, and say when they are skipped"
)]
fn postgres(name: &str) -> Option<String> {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "DATABASE_URL must be set under CI=true");
        println!("skipped: DATABASE_URL names no PostgreSQL database");
        return None;
    };
    let schema = format!("lacuna_{name}_{}", std::process::id());
    let made = Command::new("psql").args([&url, "-qc", &format!("CREATE SCHEMA {schema}")]).status();
    assert!(made.is_ok_and(|status| status.success()), "psql makes a schema");
    let join = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{join}options=-c%20search_path%3D{schema}"))
}

#[test]
fn a_backup_goes_from_postgresql_into_a_folder_and_back_into_postgresql() {
    let (Some(one), Some(other)) = (postgres("one"), postgres("other")) else { return };
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["--database", &one, "ingest", "bills"]);
    desk.done(&["--database", &one, "classify"]);
    let rows = desk.done(&["--database", &one, "export", "judgements"]);
    desk.done(&["--database", &one, "backup", "kept/map.db"]);
    desk.done(&["restore", "kept/map.db"]);
    assert_eq!(desk.done(&["export", "judgements"]), rows, "PostgreSQL into a folder");
    desk.done(&["backup", "kept/folder.db"]);
    desk.done(&["--database", &other, "restore", "kept/folder.db"]);
    assert_eq!(desk.done(&["--database", &other, "export", "judgements"]), rows, "a folder into PostgreSQL");
    let refused = desk.complaint(1, &["--database", &other, "restore", "kept/map.db"]);
    assert!(refused.contains("holds a store"), "{refused}");
    desk.done(&["--database", &other, "restore", "kept/map.db", "--replace"]);
    assert_eq!(desk.done(&["--database", &other, "export", "judgements"]), rows);
}
