//! Where tests find the archive that is not part of the repository.

use std::path::PathBuf;

/// The folder named by `LACUNA_SHARED`, or `shared` beside the repository; `None`, with a printed `skipped`, when
/// there is none. Under `CI=true` its absence is a failure.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("LACUNA_SHARED").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from("../../../shared"));
    if folder.join("agora").is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "there is no {}", folder.display());
    println!("skipped: {} is not there", folder.display());
    None
}

/// Every text of the archive, by file name, in the order of names.
pub(crate) fn texts() -> Option<Vec<(String, String)>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()?.join("agora/fulltext")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    Some(
        files
            .iter()
            .map(|path| {
                let id = path.file_stem().unwrap().to_string_lossy().into_owned();
                (id, String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())
            })
            .collect(),
    )
}

/// Every coding of `codings/dev` as JSON, with the id of its text.
pub(crate) fn codings() -> Option<Vec<(String, serde_json::Value)>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()?.join("codings/dev")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    Some(
        files
            .iter()
            .map(|path| {
                let coding: serde_json::Value =
                    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
                (coding["document_id"].as_str().unwrap().to_owned(), coding)
            })
            .collect(),
    )
}
