//! The release archive and the unit for systemd: what somebody installs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::desk::{Desk, said};

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging").join(name)
}

/// Runs a program in a folder; it must succeed. Gives what it printed.
fn done(folder: &Path, program: &Path, words: &[&str]) -> String {
    let output = Command::new(program).current_dir(folder).args(words).output().expect("it starts");
    assert!(output.status.success(), "{} {words:?}: {}", program.display(), said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// Packs a binary into a folder of the desk; gives the archive.
fn packed(desk: &Desk, binary: &str, folder: &str) -> PathBuf {
    PathBuf::from(done(&desk.path(""), &packaging("archive.sh"), &[binary, folder]).trim())
}

fn name_of(archive: &Path) -> String {
    archive.file_name().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn an_archive_unpacks_into_a_binary_that_runs_and_all_that_belongs_to_it() {
    let desk = Desk::new();
    let archive = name_of(&packed(&desk, env!("CARGO_BIN_EXE_lacuna"), "dist"));
    let dist = desk.path("dist");
    done(&dist, Path::new("sha256sum"), &["-c", &format!("{archive}.sha256")]);
    done(&dist, Path::new("tar"), &["-xzf", &archive]);
    let folder = dist.join(concat!("lacuna-", env!("CARGO_PKG_VERSION")));
    for file in ["LICENSE", "README.md", "CHANGELOG.md", "docs/operations.md", "packaging/lacuna.service"] {
        assert!(folder.join(file).is_file(), "{file} is not in {archive}");
    }
    let told = done(&folder, &folder.join("lacuna"), &["--version"]);
    assert_eq!(told.trim(), concat!("lacuna ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_same_binary_packed_again_gives_the_same_bytes() {
    let desk = Desk::new();
    // What a binary says of itself names the archive.
    let binary = desk.file("lacuna", "#!/bin/sh\necho lacuna 7.8.9\n");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o700)).expect("a program");
    let binary = binary.display().to_string();
    let (one, other) = (packed(&desk, &binary, "one"), packed(&desk, &binary, "other"));
    assert!(name_of(&one).starts_with("lacuna-7.8.9-"), "{}", one.display());
    assert!(fs::read(&one).expect("one") == fs::read(&other).expect("other"), "{} differs", one.display());
}

#[test]
fn systemd_understands_every_line_of_the_unit() {
    let desk = Desk::new();
    let unit = fs::read_to_string(packaging("lacuna.service")).expect("the unit");
    let start = "ExecStart=/usr/local/bin/lacuna serve";
    assert!(unit.contains(start), "{unit}");
    // Whether the program is there is looked at too.
    let here = format!("ExecStart={} serve", env!("CARGO_BIN_EXE_lacuna"));
    let unit = desk.file("lacuna.service", &unit.replace(start, &here));
    let Ok(output) = Command::new("systemd-analyze").args(["--man=no", "verify"]).arg(&unit).output() else {
        println!("skipped: there is no systemd-analyze");
        return;
    };
    // What it ignores is no failure to it.
    assert!(output.status.success() && !said(&output).contains("lacuna.service"), "{}", said(&output));
}
