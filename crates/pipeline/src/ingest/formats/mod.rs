//! The input formats: what names them, and how each becomes an [`Extracted`].
//!
//! Plain text and Markdown are read in this process; HTML, DOCX and PDF are hostile and go through the
//! [`child`](super::child) process with its limits.

mod blocks;
mod markdown;
mod plain;

use std::path::Path;

use super::{Extracted, Options};

/// An input format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
}

/// Why no text could be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
pub enum ExtractError {
    /// There is nothing in it.
    #[error("there is no text in the file")]
    Empty,
}

impl Format {
    /// The format that the ending of a file name stands for.
    pub fn of_path(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "txt" | "text" => Some(Self::Plain),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }

    /// Media type of the original.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Markdown => "text/markdown",
        }
    }

    /// Whether its parser is kept in a process of its own.
    pub const fn hostile(self) -> bool {
        false
    }
}

/// The format by content where the content leaves no doubt, else as named.
pub(super) const fn sniff(named: Format, _bytes: &[u8]) -> Format {
    named
}

/// Extracts text from the bytes of one file.
pub(super) fn extract(format: Format, bytes: Vec<u8>, _options: &Options) -> Result<Extracted, ExtractError> {
    let extracted = match format {
        Format::Plain => plain::extract(&bytes),
        Format::Markdown => markdown::extract(&bytes),
    };
    if extracted.text.trim().is_empty() { Err(ExtractError::Empty) } else { Ok(extracted) }
}
