//! PDF files → text with page offsets: through PDFium where a library is found, else in pure Rust with a note.

mod builtin;
mod pdfium;

use std::path::Path;

use jiff::civil::Date;

use super::{ExtractError, damaged};
use crate::ingest::{Extracted, dates, decode};

/// What the version confesses when PDFium was not there.
pub(super) const READING_ORDER: &str = "reading order and spacing may be wrong, and letters outside the Latin script may be missing: read by the built-in \
     PDF extractor, as no PDFium library was found";
/// What the version confesses when no page has text.
const SCANNED: &str =
    "no text layer: the pages are images; run text recognition (OCR) on the file and ingest it again";

/// What either extractor finds.
#[derive(Debug, Default)]
struct Pages {
    /// Text of each page in order.
    texts: Vec<String>,
    title: Option<String>,
    /// As in the file: `D:20240527…`.
    created: Option<String>,
    language: Option<String>,
    notes: Vec<String>,
}

/// Whether PDFium can be loaded from `library` (a file or its folder) or the system; without it the built-in extractor
/// reads PDF files and their versions say so.
pub fn pdfium_found(library: Option<&Path>) -> bool {
    pdfium::found(library)
}

/// Extracts a PDF file; `library` is the PDFium library to try before that of the system.
pub(super) fn extract(bytes: &[u8], library: Option<&Path>) -> Result<Extracted, ExtractError> {
    if memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_none() {
        return Err(damaged("the PDF file", "it does not start as one; check the name or download it again"));
    }
    let pages = match pdfium::extract(bytes, library) {
        Some(pages) => pages?,
        None => builtin::extract(bytes)?,
    };
    Ok(assemble(pages))
}

/// Joins pages. A page that ends in the middle of a sentence is joined to the next by a line break, others by a blank
/// line; each page starts at the first byte of its text.
fn assemble(pages: Pages) -> Extracted {
    let mut text = String::new();
    let mut page_starts = Vec::new();
    for page in &pages.texts {
        let page = decode::even_out(page);
        let page = page.trim_matches(['\n', ' ', '\u{c}']);
        if !text.is_empty() && !page.is_empty() {
            let ended = text.ends_with(['.', ':', ';', '!', '?', '。', '；', '”', '"']);
            text.push_str(if ended { "\n\n" } else { "\n" });
        }
        page_starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        text.push_str(page);
    }
    let mut notes = pages.notes;
    if text.trim().is_empty() {
        text.clear();
        page_starts.clear();
        notes.push(SCANNED.to_owned());
    }
    Extracted {
        text,
        title: pages.title.filter(|title| is_title(title)).map(|title| title.trim().to_owned()),
        date: pages.created.as_deref().and_then(date),
        language: pages.language,
        page_starts,
        notes,
    }
}

/// `D:20240527…` as a date.
fn date(created: &str) -> Option<Date> {
    let digits = created.trim().strip_prefix("D:").unwrap_or(created.trim());
    digits.get(..8).and_then(dates::parse)
}

/// Many writers put the file name of the draft into the title.
fn is_title(title: &str) -> bool {
    let lower = title.trim().to_lowercase();
    let endings = [".doc", ".docx", ".pdf", ".indd", ".rtf", ".odt", ".html", ".tex", ".dvi"];
    !lower.is_empty()
        && lower != "untitled"
        && !lower.starts_with("microsoft word")
        && !endings.iter().any(|e| lower.ends_with(e))
}
