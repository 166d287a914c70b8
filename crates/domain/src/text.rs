//! Content-addressed texts: the thing that is segmented, coded and quoted.

use serde::{Deserialize, Serialize};

use crate::ids::TextId;

/// An extracted text and what was measured on it. Two byte-identical texts are one `Text`, so they get one coding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// SHA-256 of `content`.
    pub id: TextId,
    /// The extracted text, never altered after extraction.
    pub content: String,
    /// ISO 639-1 code of the main language, or `None` when it could not be told.
    pub language: Option<String>,
    /// Whether the text is good enough to be coded.
    pub quality: Quality,
}

impl Text {
    /// Addresses `content`.
    pub fn new(content: String, language: Option<String>, quality: Quality) -> Self {
        Self { id: TextId::of(&content), content, language, quality }
    }
}

/// What the ingest stage measured on a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Share of letters among non-space characters, 0 to 1.
    pub letter_share: f64,
    /// Share of characters that stand for a missing glyph: `(cid:12)`, U+FFFD, private use.
    pub garbage_share: f64,
    /// Faults found, in the reader's words; a text with any fatal fault is kept but not classified.
    pub faults: Vec<Fault>,
}

impl Quality {
    /// Whether the text may be classified.
    pub fn usable(&self) -> bool {
        !self.faults.iter().any(|fault| fault.fatal)
    }
}

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What is wrong, such as "reading order may be mixed (pure-Rust PDF extractor)".
    pub what: String,
    /// Whether it keeps the text from being classified.
    pub fatal: bool,
}

/// English name of an ISO 639-1 code, or the code itself where it has none here.
pub fn language_name(code: &str) -> &str {
    match code {
        "en" => "English",
        "fr" => "French",
        "es" => "Spanish",
        "de" => "German",
        "zh" => "Chinese",
        "ja" => "Japanese",
        "ko" => "Korean",
        "pt" => "Portuguese",
        "it" => "Italian",
        "nl" => "Dutch",
        "ar" => "Arabic",
        "he" => "Hebrew",
        "ru" => "Russian",
        "uk" => "Ukrainian",
        "pl" => "Polish",
        "sv" => "Swedish",
        "tr" => "Turkish",
        "hi" => "Hindi",
        other => other,
    }
}
