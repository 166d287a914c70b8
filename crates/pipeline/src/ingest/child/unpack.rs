//! Unpacks a zip file into memory, in the child process.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Component, Path};

use zip::ZipArchive;

use crate::ingest::formats::ExtractError;

/// The most files that a zip file may hold.
const MAX_FILES: usize = 100_000;

/// Every file in `bytes` by its path. Names that lead out of the archive make the whole of it suspect and refuse it,
/// as do encrypted entries and more than `limit` bytes in all, counted while unpacking: headers may lie.
pub(super) fn unpack(bytes: Vec<u8>, limit: u64) -> Result<BTreeMap<String, Vec<u8>>, ExtractError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| fault(error.to_string()))?;
    if archive.len() > MAX_FILES {
        return Err(fault(format!("it holds {} files, over the limit of {MAX_FILES}", archive.len())));
    }
    let mut left = limit;
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| fault(error.to_string()))?;
        let name = entry.name().map_err(|error| fault(error.to_string()))?.replace('\\', "/");
        if !stays_inside(&name) {
            return Err(fault(format!(
                "the entry {name:?} leads out of the archive; do not trust this file"
            )));
        }
        if entry.encrypted() {
            return Err(ExtractError::Encrypted);
        }
        if name.ends_with('/') {
            continue;
        }
        let mut content = Vec::new();
        let read = entry
            .by_ref()
            .take(left + 1)
            .read_to_end(&mut content)
            .map_err(|error| fault(error.to_string()))?;
        left = left.checked_sub(read as u64).ok_or_else(|| too_much(limit))?;
        files.insert(name, content);
    }
    Ok(files)
}

/// Why an archive that unpacks to more than `limit` bytes is refused.
pub(in crate::ingest) fn too_much(limit: u64) -> ExtractError {
    let what = format!(
        "it unpacks to more than {} MB; unpack it by hand and give the folder if you trust it",
        limit >> 20
    );
    ExtractError::TooLarge(what)
}

fn stays_inside(name: &str) -> bool {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !name.contains('\0') && !name.contains(':') && Path::new(name).components().all(plain)
}

fn fault(why: impl Into<String>) -> ExtractError {
    ExtractError::Damaged { format: "the zip file".to_owned(), why: why.into() }
}
