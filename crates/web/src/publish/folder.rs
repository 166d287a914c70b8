//! The folder of a published site: who may be written over, and how, so that a site that stands there is whole until the new
//! one is.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use lacuna_domain::sha256_hex;

use super::{Manifest, PublishError};

const SUMS: &str = "SHA256SUMS";
const MANIFEST: &str = "manifest.json";

/// A folder that is empty, or holds an earlier site, whole or not.
pub(super) struct Folder {
    path: PathBuf,
    /// The files of the earlier site, as it lists them.
    earlier: BTreeSet<String>,
}

impl Folder {
    /// Looks at a folder without changing it, but for making it.
    pub(super) fn open(path: &Path) -> Result<Self, PublishError> {
        let failed = |why| PublishError::Write { path: path.to_owned(), why };
        std::fs::create_dir_all(path).map_err(failed)?;
        let is_empty = std::fs::read_dir(path).map_err(failed)?.next().is_none();
        let mut folder = Self { path: path.to_owned(), earlier: BTreeSet::new() };
        if is_empty {
            return Ok(folder);
        }
        if !path.join(SUMS).is_file() {
            return Err(PublishError::Occupied(path.to_owned()));
        }
        let sums = std::fs::read_to_string(path.join(SUMS)).map_err(failed)?;
        let names = sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name);
        let sound = |name: &&str| !name.starts_with('/') && !name.split('/').any(|part| part == "..");
        folder.earlier = names.filter(sound).map(str::to_owned).collect();
        Ok(folder)
    }

    /// Puts the files in the place of the earlier ones, one after the other and each whole. Stopped on the way, the folder is
    /// still one that may be published into; its checksums say which files are not as they should be.
    pub(super) fn fill(
        self,
        files: &BTreeMap<String, Vec<u8>>,
        manifest: &Manifest,
    ) -> Result<(), PublishError> {
        let json = serde_json::to_string_pretty(manifest).unwrap_or_default();
        let sums = sums(manifest, &json);
        if self.earlier.is_empty() {
            // What stands here belongs to a site from its first file on.
            self.put(SUMS, sums.as_bytes())?;
        }
        for (name, body) in files {
            self.put(name, body)?;
        }
        self.put(MANIFEST, json.as_bytes())?;
        for name in &self.earlier {
            let path = self.path.join(name);
            if !files.contains_key(name) && name != MANIFEST && path.is_file() {
                std::fs::remove_file(&path).map_err(|why| PublishError::Write { path, why })?;
            }
        }
        self.put(SUMS, sums.as_bytes())
    }

    fn put(&self, name: &str, body: &[u8]) -> Result<(), PublishError> {
        let path = self.path.join(name);
        written(&path, body).map_err(|why| PublishError::Write { path, why })
    }
}

/// Writes a file beside its place and moves it there, so that readers see the old one or the new one.
fn written(path: &Path, body: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, body)?;
    std::fs::rename(&beside, path)
}

fn sums(manifest: &Manifest, json: &str) -> String {
    let lines = manifest.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path));
    let own = format!("{}  {MANIFEST}\n", sha256_hex(json.as_bytes()));
    lines.chain([own]).collect()
}
