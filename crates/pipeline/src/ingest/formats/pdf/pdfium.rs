//! PDF text through PDFium, which keeps the reading order of columns. The library is loaded at run time.

use std::path::Path;

use pdfium_render::prelude::{
    PdfDocument, PdfDocumentMetadataTagType, Pdfium, PdfiumError, PdfiumInternalError,
};

use super::Pages;
use crate::ingest::formats::{ExtractError, damaged};

/// The pages, or `None` when no library can be loaded from `library` (a file or its folder) or the system.
pub(super) fn extract(bytes: &[u8], library: Option<&Path>) -> Option<Result<Pages, ExtractError>> {
    let pdfium = load(library)?;
    Some(match pdfium.load_pdf_from_byte_slice(bytes, None) {
        Ok(document) => read(&document),
        Err(PdfiumError::PdfiumLibraryInternalError(
            PdfiumInternalError::PasswordError | PdfiumInternalError::SecurityError,
        )) => Err(ExtractError::Encrypted),
        Err(_) => Err(damaged("the PDF file", "it is cut off or damaged; download it again")),
    })
}

/// Whether a library can be loaded from `library` or the system.
pub(super) fn found(library: Option<&Path>) -> bool {
    load(library).is_some()
}

fn load(library: Option<&Path>) -> Option<Pdfium> {
    let named = library.and_then(|path| {
        let path = if path.is_dir() {
            Pdfium::pdfium_platform_library_name_at_path(path)
        } else {
            path.to_path_buf()
        };
        Pdfium::bind_to_library(path).ok()
    });
    named.or_else(|| Pdfium::bind_to_system_library().ok()).map(Pdfium::new)
}

fn read(document: &PdfDocument<'_>) -> Result<Pages, ExtractError> {
    let tag = |tag| document.metadata().get(tag).map(|found| found.value().to_owned());
    let mut pages = Pages {
        title: tag(PdfDocumentMetadataTagType::Title),
        created: tag(PdfDocumentMetadataTagType::CreationDate),
        ..Pages::default()
    };
    for (index, page) in document.pages().iter().enumerate() {
        let text = page.text().ok().map(|text| mend(&text.all()));
        if text.is_none() {
            pages.notes.push(format!("page {} could not be read", index + 1));
        }
        pages.texts.push(text.unwrap_or_default());
    }
    if pages.texts.is_empty() {
        return Err(damaged("the PDF file", "it has no pages; download it again"));
    }
    Ok(pages)
}

/// PDFium writes U+FFFE or U+0002 for a hyphen at the end of a line.
fn mend(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{2}'], "-")
}
