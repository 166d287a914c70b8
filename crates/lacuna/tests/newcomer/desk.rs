//! Where a newcomer sits: a folder of files and a store, and the binary run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::text_of;

/// A folder with a store and files of one person.
pub(crate) struct Desk(tempfile::TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
        command.current_dir(self.0.path()).arg("--quiet").arg("--data").arg(self.path("store")).args(words);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("lacuna starts")
    }

    /// Runs a command that must succeed; gives what it printed.
    pub(crate) fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", said(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command that must end with `code`; gives its complaint.
    pub(crate) fn complaint(&self, code: i32, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", said(&output));
        said(&output)
    }

    /// Exported rows by document.
    pub(crate) fn rows(&self) -> BTreeMap<String, Vec<Value>> {
        let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for line in self.done(&["export", "judgements"]).lines() {
            let row: Value = serde_json::from_str(line).expect("a row of JSON");
            rows.entry(text_of(&row, "document")).or_default().push(row);
        }
        rows
    }
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
