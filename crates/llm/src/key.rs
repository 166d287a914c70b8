//! Keys: read once, sent to their provider only, never shown.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::Provider;

/// A provider's key. It has no serialisation and its debug form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Nothing in it.
    #[error("the key in {0} is empty; put the key there on one line")]
    Empty(String),
    /// A key that no provider gives.
    #[error("the key in {0} holds blanks or unusual characters; put the key alone on one line")]
    Odd(String),
    /// The file cannot be read.
    #[error("cannot read the key file {path}: {why}")]
    Unreadable {
        /// Where it should be.
        path: String,
        /// The cause.
        why: String,
    },
    /// Others may read it.
    #[error("others may read the key file {path} (mode {mode:03o}); run chmod 600 {path}")]
    Open {
        /// Where it is.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
}

impl Key {
    /// The first of the provider's variables that `environment` gives; `None` when it gives none.
    pub fn from_env(
        provider: Provider,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, KeyError> {
        let found = provider.key_variables().iter().find_map(|name| Some((name, environment(name)?)));
        found.map(|(name, value)| Self::parse(&value, &format!("the variable {name}"))).transpose()
    }

    /// The key in a file that only its owner may read.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let shown = path.display().to_string();
        let unreadable =
            |why: std::io::Error| KeyError::Unreadable { path: shown.clone(), why: why.to_string() };
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = about.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(KeyError::Open { path: shown, mode });
            }
        }
        if !about.is_file() {
            return Err(KeyError::Unreadable { path: shown, why: "it is no file".to_owned() });
        }
        let mut text = String::new();
        file.take(16 * 1024).read_to_string(&mut text).map_err(unreadable)?;
        Self::parse(&text, &shown)
    }

    fn parse(text: &str, place: &str) -> Result<Self, KeyError> {
        let key = text.trim();
        if key.is_empty() {
            return Err(KeyError::Empty(place.to_owned()));
        }
        if !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(KeyError::Odd(place.to_owned()));
        }
        Ok(Self(key.to_owned()))
    }

    /// The key itself, for the header of a request.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_shown() {
        let key = Key::parse("sk-secret\n", "test").unwrap();
        assert_eq!(format!("{key:?} {:#?}", Some(&key)).matches("secret").count(), 0);
        assert_eq!(key.reveal(), "sk-secret");
    }

    #[test]
    fn the_environment_gives_the_first_key_that_is_set() {
        let environment = |name: &str| (name == "GOOGLE_API_KEY").then(|| "k".to_owned());
        assert!(Key::from_env(Provider::Gemini, environment).unwrap().is_some());
        assert!(Key::from_env(Provider::Anthropic, environment).unwrap().is_none());
        let empty = Key::from_env(Provider::Gemini, |_| Some(" ".to_owned()));
        assert!(empty.unwrap_err().to_string().contains("GEMINI_API_KEY is empty"));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_must_be_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "sk-1\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Key::from_file(&path), Err(KeyError::Open { mode: 0o644, .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(Key::from_file(&path).unwrap().reveal(), "sk-1");
        assert!(matches!(Key::from_file(&folder.path().join("none")), Err(KeyError::Unreadable { .. })));
    }
}
