//! Texts that say of themselves that they are translations.

use lacuna_domain::Confidence;
use lacuna_domain::relation::RelationKind;
use regex::Captures;

use super::citations::{Citation, trimmed, window};
use super::languages::tables;
use super::mentions::mentions;
use super::names::even;

/// Bytes at the head of a text in which it may say so.
const HEAD: usize = 2_000;
/// Bytes between the words and an instrument that they mean, such as quotation marks.
const NEAR: usize = 8;
/// Longest name of an instrument that no pattern knows.
const LONGEST: usize = 160;

/// The instrument of which `text` says in its first passages that it is a translation. Of a name that no pattern knows, one
/// can only be sure where the words are plain: "unofficial translation of".
pub(super) fn translation(text: &str, language: Option<&str>) -> Option<Citation> {
    let head = text.get(..text.floor_char_boundary(HEAD))?;
    tables(language).find_map(|table| {
        let found = table.translation.as_ref()?.captures(head)?;
        let whole = found.get(0)?;
        let (key, cited, end) = original(head, &found)?;
        let sure = ["sure", "kind"].iter().any(|group| found.name(group).is_some());
        let confidence = match key.split_once(':') {
            Some(("act", _)) if sure => Confidence::Medium,
            Some(("act", _)) => Confidence::Low,
            _ => Confidence::High,
        };
        let (from, to) = window(text, whole.start(), end);
        let (kind, provision) = (RelationKind::TranslationOf, None);
        Some(Citation { kind, key, cited, provision, confidence, span: trimmed(text, from, to)? })
    })
}

/// Key and name of the instrument, and where they end.
fn original(head: &str, found: &Captures<'_>) -> Option<(String, String, usize)> {
    if let Some(name) = found.name("name") {
        return Some((format!("act:{}", even(name.as_str())), name.as_str().to_owned(), found.get(0)?.end()));
    }
    let from = found.get(0)?.end();
    let rest = head.get(from..)?;
    // The original is in another language than the text.
    if let Some(known) = mentions(rest, None).into_iter().find(|known| known.start <= NEAR) {
        return Some((known.key, known.name, from + known.end));
    }
    let name = rest.trim_start_matches(['“', '"', '„', '«', '‘', '\'']);
    let lead = rest.len() - name.len();
    let name =
        name.get(..name.find(['.', ';', '\n', ',', '(', '”', '"', '“', '»', '’']).unwrap_or(name.len()))?;
    let names_one = name.starts_with(|c: char| !c.is_lowercase()) && even(name).contains(' ');
    (names_one && name.len() <= LONGEST)
        .then(|| (format!("act:{}", even(name)), name.trim().to_owned(), from + lead + name.len()))
}
