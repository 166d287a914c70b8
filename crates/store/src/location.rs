//! Where a store lives.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a store lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder of this machine; the database is `lacuna.db` in it.
    Folder(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

impl Location {
    /// The database file of a folder store.
    pub fn database_file(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join("lacuna.db")),
            Self::Postgres(_) => None,
        }
    }

    /// The folder of a folder store, where derived files such as the search index may lie beside the database.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Postgres(_) => None,
        }
    }
}

/// Never shows a password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.join("lacuna.db").display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

fn without_password(url: &str) -> String {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    let Some((scheme, rest)) = address.split_once("://") else { return "postgres://…".to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let shown = |url: &str| Location::Postgres(url.to_owned()).to_string();
        assert_eq!(shown("postgres://ada:s3cret@db:5432/map?password=x"), "postgres://ada@db:5432/map");
        assert_eq!(shown("postgres://ada:p@ss@db/map"), "postgres://ada@db/map");
        assert_eq!(shown("postgres://db/map"), "postgres://db/map");
        assert_eq!(shown("s3cret"), "postgres://…");
    }
}
