//! What a person can point `lacuna ingest` at.

use std::path::{Path, PathBuf};

/// A source as named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, a folder or an AGORA release (folder or zip); see [`detect`].
    Path(PathBuf),
    /// A pattern such as `texts/**/*.pdf`.
    Pattern(String),
    /// A page or file on the web.
    Url(String),
    /// The official AGORA release at this address.
    Agora(String),
}

/// What a path holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A folder with `documents.csv` and its companions.
    Release,
    /// A zip file; its content decides whether it is a release.
    Zip,
    /// Any other folder.
    Folder,
    /// A single file.
    File,
}

impl Source {
    /// Reads an argument: an address when it starts with a scheme, a path when it exists, else a pattern when it has
    /// `*`, `?` or `[`.
    pub fn parse(argument: &str) -> Self {
        let lower = argument.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            return Self::Url(argument.to_owned());
        }
        let path = PathBuf::from(argument);
        if !path.exists() && argument.contains(['*', '?', '[']) {
            return Self::Pattern(argument.to_owned());
        }
        Self::Path(path)
    }
}

/// What `path` holds, `None` when there is nothing. A folder is a release when it has `documents.csv` beside
/// `authorities.csv`, `collections.csv` or `fulltext/`.
pub fn detect(path: &Path) -> Option<PathKind> {
    let metadata = std::fs::metadata(path).ok()?;
    if metadata.is_dir() {
        let beside = ["authorities.csv", "collections.csv", "fulltext"];
        let release =
            path.join("documents.csv").is_file() && beside.iter().any(|name| path.join(name).exists());
        return Some(if release { PathKind::Release } else { PathKind::Folder });
    }
    let zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    Some(if zip { PathKind::Zip } else { PathKind::File })
}
