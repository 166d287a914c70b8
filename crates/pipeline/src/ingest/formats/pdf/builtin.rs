//! PDF text in pure Rust, for machines without PDFium. Good on files of one column in Latin script; the version says
//! that its reading order may be wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, Object, PlainTextOutput, output_doc_page};

use super::{Pages, READING_ORDER};
use crate::ingest::formats::{ExtractError, damaged};

/// The pages. The parser panics on odd files; that costs the page, not the document.
pub(super) fn extract(bytes: &[u8]) -> Result<Pages, ExtractError> {
    let opened = catch_unwind(AssertUnwindSafe(|| open(bytes)));
    let document = opened.unwrap_or_else(|_| Err(unreadable(bytes)))?;
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    // Of an encrypted file the parser may keep no object at all.
    if numbers.is_empty() {
        return Err(unreadable(bytes));
    }
    let mut pages = Pages { notes: vec![READING_ORDER.to_owned()], ..Pages::default() };
    for number in numbers {
        let text = catch_unwind(AssertUnwindSafe(|| page(&document, number))).ok().flatten();
        if text.is_none() {
            pages.notes.push(format!("page {number} could not be read"));
        }
        pages.texts.push(text.unwrap_or_default());
    }
    pages.title = information(&document, b"Title");
    pages.created = information(&document, b"CreationDate");
    pages.language = document.catalog().ok().and_then(|c| c.get(b"Lang").ok()).and_then(string);
    Ok(pages)
}

fn open(bytes: &[u8]) -> Result<Document, ExtractError> {
    let mut document = Document::load_mem(bytes).map_err(|_| unreadable(bytes))?;
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(ExtractError::Encrypted);
    }
    Ok(document)
}

/// Why a file could not be opened at all: the parser's own reasons do not tell a password from damage.
fn unreadable(bytes: &[u8]) -> ExtractError {
    if memchr::memmem::find(bytes, b"/Encrypt").is_some() { ExtractError::Encrypted } else { cut_off() }
}

fn page(document: &Document, number: u32) -> Option<String> {
    let mut text = String::new();
    output_doc_page(document, &mut PlainTextOutput::new(&mut text), number).ok()?;
    // Justified lines come with several spaces between words.
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

fn information(document: &Document, key: &[u8]) -> Option<String> {
    let entry = document.trailer.get(b"Info").ok()?;
    let information = match entry {
        Object::Reference(id) => document.get_dictionary(*id).ok()?,
        other => other.as_dict().ok()?,
    };
    information.get(key).ok().and_then(string)
}

/// A PDF text string: UTF-16 with a mark, else near enough to Latin-1.
fn string(object: &Object) -> Option<String> {
    let bytes = object.as_str().ok()?;
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

fn cut_off() -> ExtractError {
    damaged("the PDF file", "it is cut off or damaged; download it again")
}
