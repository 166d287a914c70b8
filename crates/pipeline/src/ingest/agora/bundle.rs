//! Where the files of a release lie: in a folder, or in memory after a zip was unpacked.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::ingest::IngestError;

/// The files of a release, by their path within it.
#[derive(Debug)]
pub(in crate::ingest) enum Bundle {
    /// A folder.
    Folder(PathBuf),
    /// Unpacked files.
    Memory(BTreeMap<String, Vec<u8>>),
}

impl Bundle {
    /// The release inside unpacked files, whose `documents.csv` may lie in a folder of its own; `None` when there is
    /// no such file.
    pub(in crate::ingest) fn of_unpacked(files: BTreeMap<String, Vec<u8>>) -> Option<Self> {
        let tail = "documents.csv";
        let prefix = files
            .keys()
            .filter(|path| path.as_str() == tail || path.ends_with(&format!("/{tail}")))
            .map(|path| path[..path.len() - tail.len()].to_owned())
            .min_by_key(String::len)?;
        let inside = files
            .into_iter()
            .filter_map(|(path, bytes)| path.strip_prefix(&prefix).map(|inner| (inner.to_owned(), bytes)));
        Some(Self::Memory(inside.collect()))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(name).is_file(),
            Self::Memory(files) => files.contains_key(name),
        }
    }

    /// The bytes of a file, `None` when it is not there.
    pub(in crate::ingest) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, IngestError> {
        match self {
            Self::Memory(files) => Ok(files.get(name).cloned()),
            Self::Folder(folder) => match std::fs::read(folder.join(name)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(why) => Err(IngestError::Read { path: folder.join(name), why }),
            },
        }
    }

    /// The bytes of a file that must be there.
    pub(super) fn require(&self, name: &str) -> Result<Vec<u8>, IngestError> {
        let path = match self {
            Self::Folder(folder) => folder.join(name),
            Self::Memory(_) => PathBuf::from(name),
        };
        self.read(name)?.ok_or(IngestError::NotFound(path))
    }
}
