//! The folder in which a process makes an index before it takes its place: its own as long as it holds the lock beside
//! it. The system lets go of the locks of a process that dies, so that what it left can be told from what is being made.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::SearchError;

/// What the names of these folders begin with.
const BUILDING: &str = "building-";
/// As many indexes can be made in one place at once.
const PLACES: usize = 100;

/// A folder in which only we make an index.
pub(super) struct Building {
    pub(super) folder: PathBuf,
    /// Held until the index has its place.
    _lock: File,
}

impl Building {
    /// Claims an empty folder within `place`, which is made where it is missing.
    pub(super) fn claim(place: &Path) -> Result<Self, SearchError> {
        std::fs::create_dir_all(place)?;
        for number in 0..PLACES {
            let folder = place.join(format!("{BUILDING}{number}"));
            if let Some(lock) = lock(&folder)? {
                remove(&folder)?;
                std::fs::create_dir(&folder)?;
                return Ok(Self { folder, _lock: lock });
            }
        }
        Err(std::io::Error::other(format!("{PLACES} processes are making the search index")).into())
    }
}

/// The lock of a folder, unless somebody holds it. Its file stays for ever: were it removed and made again, two could
/// hold a lock of one name.
fn lock(folder: &Path) -> std::io::Result<Option<File>> {
    let beside = folder.with_extension("lock");
    let file = File::options().write(true).create(true).truncate(false).open(beside)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes older indexes, and what dead processes were making. Readers that still have an index open keep it.
pub(super) fn clear(place: &Path, keep: &Path) -> Result<(), SearchError> {
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        if path == keep || !path.is_dir() {
            continue;
        }
        let building = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BUILDING));
        if building {
            // Nobody can claim it while it is removed.
            if let Some(_held) = lock(&path)? {
                remove(&path)?;
            }
        } else {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), SearchError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
