//! Identifiers as types of their own, parsed at the edge and trusted inside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::hash;

/// Why a string is not an identifier of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not `source:id`.
    #[error("{0:?} is not a document id; write it as source:id, such as agora:1831 or file:drafts/bill.docx")]
    Document(String),
    /// Not 64 hexadecimal digits.
    #[error("{0:?} is not a content hash of 64 hexadecimal digits")]
    Hash(String),
    /// Not a slug.
    #[error("{0:?} is not an identifier; use 1 to 64 of a-z, 0-9, '.', '_' and '-'")]
    Slug(String),
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> Result<(), IdError> = $parse;
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_id!(
    /// `source:id`, such as `agora:1831` or `file:drafts/bill.docx`; at most 400 bytes, no control characters.
    DocumentId,
    check_document
);
text_id!(
    /// The content address of a text: SHA-256 of its UTF-8 bytes.
    TextId,
    check_hash
);
text_id!(
    /// One text of one document at one time: SHA-256 over document id, original bytes' hash and text id.
    VersionId,
    check_hash
);
text_id!(
    /// The content address of a [`RunConfig`](crate::run::RunConfig).
    RunId,
    check_hash
);
text_id!(
    /// A codebook's name, such as `ai-governance`.
    CodebookId,
    check_slug
);
text_id!(
    /// A dimension of a codebook, such as `risk`.
    DimensionId,
    check_slug
);
text_id!(
    /// A code within a dimension, such as `2.2` or `information`.
    CodeId,
    check_slug
);

impl DocumentId {
    /// Joins a source such as `agora` and an id within it.
    pub fn new(source: &str, id: &str) -> Result<Self, IdError> {
        format!("{source}:{id}").parse()
    }

    /// The part before the first colon.
    pub fn source(&self) -> &str {
        self.0.split_once(':').map_or("", |(source, _)| source)
    }

    /// The part after the first colon.
    pub fn local(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(_, id)| id)
    }
}

impl TextId {
    /// The address of `text`.
    pub fn of(text: &str) -> Self {
        Self(hash::sha256_hex(text.as_bytes()))
    }

    /// The first 12 digits, enough to tell texts of one store apart on a page.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl VersionId {
    /// The address of a version; see the type.
    pub fn of(document: &DocumentId, bytes_hash: &str, text: &TextId) -> Self {
        Self(hash::sha256_parts(&[document.0.as_bytes(), bytes_hash.as_bytes(), text.0.as_bytes()]))
    }

    /// The first 12 digits, enough to tell versions of one store apart on a page.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl RunId {
    /// The address of canonical configuration bytes.
    pub fn of(canonical: &[u8]) -> Self {
        Self(hash::sha256_hex(canonical))
    }

    /// The first 12 digits, enough to tell runs of one store apart on a page.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

fn check_document(text: &str) -> Result<(), IdError> {
    let fail = || Err(IdError::Document(text.chars().take(80).collect()));
    let Some((source, id)) = text.split_once(':') else { return fail() };
    let source_ok = source.starts_with(|c: char| c.is_ascii_lowercase())
        && source.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if !source_ok
        || id.is_empty()
        || id.trim() != id
        || text.len() > 400
        || text.chars().any(char::is_control)
    {
        return fail();
    }
    Ok(())
}

fn check_hash(text: &str) -> Result<(), IdError> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Ok(());
    }
    Err(IdError::Hash(text.chars().take(80).collect()))
}

fn check_slug(text: &str) -> Result<(), IdError> {
    let ok = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
    if ok { Ok(()) } else { Err(IdError::Slug(text.chars().take(80).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_ids_need_a_source_and_an_id() {
        let id: DocumentId = "agora:1831".parse().unwrap();
        assert_eq!((id.source(), id.local()), ("agora", "1831"));
        for bad in ["1831", ":1", "agora:", "AGORA:1", "file:a\nb", "file: a"] {
            assert!(bad.parse::<DocumentId>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn ids_are_checked_when_read_from_json() {
        assert!(serde_json::from_str::<TextId>("\"xyz\"").is_err());
        assert!(serde_json::from_str::<CodeId>("\"2.2\"").is_ok());
        assert!(serde_json::from_str::<CodeId>("\"A B\"").is_err());
    }
}
