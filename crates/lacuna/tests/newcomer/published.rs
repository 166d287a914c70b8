//! A published site, checked as whoever received it would: by its checksums and its manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lacuna_domain::sha256_hex;
use serde_json::Value;

use crate::desk::Desk;
use crate::{BILL, text_of};

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).expect("bytes"));
        }
    }
    found
}

#[test]
fn every_checksum_of_a_published_site_is_that_of_its_file_and_the_same_again_is_the_same_bytes() {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.done(&["ingest", "bills"]);
    desk.done(&["classify"]);
    desk.done(&["publish", "site"]);
    let site = files(&desk.path("site"));
    let hashes: BTreeMap<&str, String> = site
        .iter()
        .filter(|(name, _)| *name != "SHA256SUMS")
        .map(|(name, bytes)| (name.as_str(), sha256_hex(bytes)))
        .collect();

    let sums = String::from_utf8_lossy(&site["SHA256SUMS"]);
    let listed: BTreeMap<&str, String> = sums
        .lines()
        .map(|line| line.split_once("  ").expect("a hash and a name"))
        .map(|(hash, name)| (name, hash.to_owned()))
        .collect();
    assert_eq!(listed, hashes, "every file and no other has its sum");

    let manifest: Value = serde_json::from_slice(&site["manifest.json"]).expect("JSON");
    let told = manifest["files"].as_array().expect("files");
    assert_eq!(told.len(), hashes.len() - 1, "all but itself");
    for file in told {
        let path = text_of(file, "path");
        assert_eq!(text_of(file, "sha256"), hashes[path.as_str()], "{path}");
        assert_eq!(file["bytes"], site[&path].len(), "{path}");
    }

    desk.done(&["publish", "site"]);
    desk.done(&["publish", "elsewhere"]);
    for again in ["site", "elsewhere"] {
        let again = files(&desk.path(again));
        let changed: Vec<&String> = site.keys().filter(|name| again.get(*name) != site.get(*name)).collect();
        assert!(changed.is_empty() && again.len() == site.len(), "{changed:?}");
    }
}
