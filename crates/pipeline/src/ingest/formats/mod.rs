//! The input formats: what names them, and how each becomes an [`Extracted`].
//!
//! Plain text and Markdown are read in this process. HTML, DOCX and PDF are hostile: they go through the
//! [`child`](super::child) process with its limits, which calls [`parse`].

mod blocks;
mod docx;
mod html;
mod markdown;
mod numbering;
mod pdf;
mod plain;

pub use pdf::pdfium_found;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Extracted, Options, child, files};

/// An input format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// A Word document.
    Docx,
    /// A PDF file with a text layer.
    Pdf,
}

/// Why no text could be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ExtractError {
    /// There is nothing in it.
    #[error("there is no text in the file")]
    Empty,
    /// A password is needed.
    #[error("the file is encrypted; save a copy without a password and ingest that")]
    Encrypted,
    /// It is not what its name says, or broken.
    #[error("{format} cannot be read: {why}")]
    Damaged {
        /// What it should be.
        format: String,
        /// What is wrong and, where known, what to do.
        why: String,
    },
    /// Over a size limit.
    #[error("{0}")]
    TooLarge(String),
    /// The parser took too long.
    #[error("the parser took over {0} s and was stopped; split the file or save it anew in another format")]
    TimedOut(u64),
    /// The parser died.
    #[error(
        "the parser died, most likely for want of memory (limit {0} MB) or by a fault in the file; save it anew or as plain text"
    )]
    Crashed(u64),
    /// The child process could not be started or spoken to.
    #[error("the extraction process cannot be used: {0}")]
    NoChild(String),
}

impl Format {
    /// The format that the ending of a file name stands for.
    pub fn of_path(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "txt" | "text" => Some(Self::Plain),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "docx" => Some(Self::Docx),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The format that a `Content-Type` header stands for.
    pub(super) fn of_media_type(header: &str) -> Option<Self> {
        let media_type = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let all = [Self::Plain, Self::Markdown, Self::Html, Self::Docx, Self::Pdf];
        match media_type.as_str() {
            "application/xhtml+xml" => Some(Self::Html),
            other => all.into_iter().find(|format| format.media_type() == other),
        }
    }

    /// Media type of the original.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
        }
    }

    /// Whether its parser is kept in a process of its own.
    pub const fn hostile(self) -> bool {
        matches!(self, Self::Html | Self::Docx | Self::Pdf)
    }
}

/// The format by content where the content leaves no doubt, else as named: a PDF saved as `.txt` is a PDF.
pub(super) fn sniff(named: Format, bytes: &[u8]) -> Format {
    let start = &bytes[..bytes.len().min(1024)];
    if memchr::memmem::find(start, b"%PDF-").is_some() && named != Format::Docx {
        return Format::Pdf;
    }
    let text = String::from_utf8_lossy(&start[..start.len().min(64)])
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_lowercase();
    let page = text.starts_with("<!doctype html") || text.starts_with("<html");
    if page && matches!(named, Format::Plain | Format::Pdf) { Format::Html } else { named }
}

/// Extracts text from the bytes of one file, hostile formats in the child process.
pub(super) fn extract(format: Format, bytes: Vec<u8>, options: &Options) -> Result<Extracted, ExtractError> {
    if format == Format::Html && bytes.len() as u64 > options.limits.html_bytes {
        return Err(ExtractError::TooLarge(files::too_large(bytes.len() as u64, options.limits.html_bytes)));
    }
    let extracted = match format {
        Format::Plain => plain::extract(&bytes),
        Format::Markdown => markdown::extract(&bytes),
        Format::Html | Format::Docx | Format::Pdf => child::extract(format, bytes, options)?,
    };
    // A PDF without text is a scan: the document is kept, and the version says what is missing.
    if extracted.text.trim().is_empty() && format != Format::Pdf {
        Err(ExtractError::Empty)
    } else {
        Ok(extracted)
    }
}

/// Parses a hostile format; called in the child process only.
pub(super) fn parse(
    format: Format,
    bytes: &[u8],
    pdfium: Option<&PathBuf>,
) -> Result<Extracted, ExtractError> {
    match format {
        Format::Plain => Ok(plain::extract(bytes)),
        Format::Markdown => Ok(markdown::extract(bytes)),
        Format::Html => Ok(html::extract(bytes)),
        Format::Docx => docx::extract(bytes),
        Format::Pdf => pdf::extract(bytes, pdfium.map(PathBuf::as_path)),
    }
}

fn damaged(format: &str, why: impl Into<String>) -> ExtractError {
    ExtractError::Damaged { format: format.to_owned(), why: why.into() }
}
