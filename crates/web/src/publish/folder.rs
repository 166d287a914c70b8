//! The folder of a published site: who may be written over, and how, so that a site that stands there is whole until the new
//! one is.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use lacuna_domain::sha256_hex;

use super::{Manifest, PublishError};

const SUMS: &str = "SHA256SUMS";
const MANIFEST: &str = "manifest.json";

/// A folder that is empty, or holds an earlier site, whole or not.
pub(super) struct Folder {
    path: PathBuf,
    /// The files of the earlier site by name, each with its hash, as the site lists them.
    earlier: BTreeMap<String, String>,
}

impl Folder {
    /// Looks at a folder without changing it, but for making it.
    pub(super) fn open(path: &Path) -> Result<Self, PublishError> {
        let failed = |why| PublishError::Write { path: path.to_owned(), why };
        std::fs::create_dir_all(path).map_err(failed)?;
        let is_empty = std::fs::read_dir(path).map_err(failed)?.next().is_none();
        let mut folder = Self { path: path.to_owned(), earlier: BTreeMap::new() };
        if is_empty {
            return Ok(folder);
        }
        let occupied = || PublishError::Occupied(path.to_owned());
        let sums = read(&path.join(SUMS)).map_err(failed)?.ok_or_else(occupied)?;
        let lines = sums.lines().filter_map(|line| line.split_once("  "));
        let sound = |name: &str| !name.starts_with('/') && !name.split('/').any(|part| part == "..");
        let lines = lines.filter(|(_, name)| sound(name));
        folder.earlier = lines.map(|(hash, name)| (name.to_owned(), hash.to_owned())).collect();
        // Others write checksums too: a site of ours lists its manifest, which is put in place last.
        let manifest = read(&path.join(MANIFEST)).map_err(failed)?;
        let ours = manifest.is_none_or(|json| serde_json::from_str::<Manifest>(&json).is_ok());
        if ours && folder.earlier.contains_key(MANIFEST) { Ok(folder) } else { Err(occupied()) }
    }

    /// Puts the files in the place of the earlier ones, one after the other and each whole. Stopped on the way, the folder is
    /// still one that may be published into; its checksums list what stands there of both sites, and say which files are not as
    /// they should be.
    pub(super) fn fill(
        self,
        files: &BTreeMap<String, Vec<u8>>,
        manifest: &Manifest,
    ) -> Result<(), PublishError> {
        let json = serde_json::to_string_pretty(manifest).unwrap_or_default();
        let sums = sums(manifest, &json);
        // What stands here belongs to a site from its first file on, that of the one as that of the other.
        let mut both = self.earlier.clone();
        both.extend(sums.clone());
        self.put(SUMS, listed(&both).as_bytes())?;
        for (name, body) in files {
            self.put(name, body)?;
        }
        self.put(MANIFEST, json.as_bytes())?;
        for name in self.earlier.keys().filter(|name| !sums.contains_key(*name)) {
            let path = self.path.join(name);
            for path in [beside(&path), path] {
                if path.is_file() {
                    std::fs::remove_file(&path).map_err(|why| PublishError::Write { path, why })?;
                }
            }
        }
        self.put(SUMS, listed(&sums).as_bytes())
    }

    fn put(&self, name: &str, body: &[u8]) -> Result<(), PublishError> {
        let path = self.path.join(name);
        written(&path, body).map_err(|why| PublishError::Write { path, why })
    }
}

/// The words of a file; `None` where there is none.
fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(words) => Ok(Some(words)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}

/// Writes a file beside its place and moves it there, so that readers see the old one or the new one.
fn written(path: &Path, body: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = beside(path);
    std::fs::write(&beside, body)?;
    std::fs::rename(&beside, path)
}

/// Where a file is written before it is whole.
fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    beside.into()
}

/// The hash of every file of a site, by its name.
fn sums(manifest: &Manifest, json: &str) -> BTreeMap<String, String> {
    let files = manifest.files.iter().map(|file| (file.path.clone(), file.sha256.clone()));
    files.chain([(MANIFEST.to_owned(), sha256_hex(json.as_bytes()))]).collect()
}

/// Hashes of files as `sha256sum` writes them.
fn listed(sums: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = sums.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect();
    lines.concat()
}
