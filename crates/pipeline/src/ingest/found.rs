//! What the pure part of ingest works with: extracted texts, and notes on single files.

use std::fmt;

use jiff::civil::Date;
use lacuna_domain::Text;
use lacuna_store::NewVersion;
use serde::{Deserialize, Serialize};

use super::{language, quality};

/// What a format's extractor finds in the bytes of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    /// The text. Blocks are parted by a blank line. Headings that the format marks stand on a line of their own,
    /// as in Markdown: one to six `#`, a space, the heading. List items start with their number or `- `. Table rows
    /// are lines, their cells parted by ` | `. Plain text files are kept as they are.
    pub text: String,
    /// A title, where the format has one or the text starts with a heading.
    pub title: Option<String>,
    /// A date of the instrument or the file, where the format has one.
    pub date: Option<Date>,
    /// What the format declares as its language; kept as metadata, since labels depend on the text alone.
    pub language: Option<String>,
    /// Byte offset in `text` at which each page starts, where the format has pages.
    pub page_starts: Vec<u32>,
    /// What the extraction must confess.
    pub notes: Vec<String>,
}

/// A text fit for becoming a version: what was extracted, with its language and quality measured.
pub(super) fn measured(bytes_hash: String, media_type: &str, extracted: Extracted) -> NewVersion {
    let Extracted { text, page_starts, notes, .. } = extracted;
    let (language, quality) = (language::detect(&text), quality::measure(&text));
    let text = Text::new(text, language, quality);
    NewVersion { bytes_hash, media_type: media_type.to_owned(), text, page_starts, notes }
}

/// Something said of one file, row or document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Noted {
    /// Path, id, or file and line.
    pub item: String,
    /// What is said.
    pub reason: String,
}

impl Noted {
    /// Says `reason` of `item`.
    pub fn new(item: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { item: item.into(), reason: reason.into() }
    }
}

impl fmt::Display for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.item, self.reason)
    }
}
