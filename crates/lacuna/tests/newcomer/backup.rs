//! Backups made and brought back from the command line.

use std::fs;
use std::process::Command;

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
