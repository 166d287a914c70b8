//! Headings that a word and a number name, in the languages of the samples.

use super::label::{Mark, Set, Shape, Word, simple};
use super::numerals::{letters, roman};

/// Words of named headings, lower case, in the languages of the samples.
const NAMES: &[(&str, Word)] = &[
    ("abschnitt", Word::Section),
    ("anexo", Word::Annex),
    ("anhang", Word::Annex),
    ("anlage", Word::Annex),
    ("annex", Word::Annex),
    ("annexe", Word::Annex),
    ("appendix", Word::Annex),
    ("art.", Word::Article),
    ("article", Word::Article),
    ("artigo", Word::Article),
    ("artikel", Word::Article),
    ("artículo", Word::Article),
    ("articulo", Word::Article),
    ("articolo", Word::Article),
    ("attachment", Word::Annex),
    ("book", Word::Division),
    ("capítulo", Word::Chapter),
    ("capitulo", Word::Chapter),
    ("chapitre", Word::Chapter),
    ("chapter", Word::Chapter),
    ("commitment", Word::Commitment),
    ("division", Word::Division),
    ("exhibit", Word::Annex),
    ("goal", Word::Commitment),
    ("guideline", Word::Commitment),
    ("kapitel", Word::Chapter),
    ("objective", Word::Commitment),
    ("part", Word::Part),
    ("partie", Word::Part),
    ("pillar", Word::Commitment),
    ("principle", Word::Commitment),
    ("recommendation", Word::Commitment),
    ("rule", Word::Section),
    ("schedule", Word::Annex),
    ("sec.", Word::Section),
    ("secs.", Word::Section),
    ("section", Word::Section),
    ("sección", Word::Section),
    ("subchapter", Word::Chapter),
    ("subpart", Word::Part),
    ("subtitle", Word::Title),
    ("teil", Word::Part),
    ("title", Word::Title),
    ("titre", Word::Title),
    ("título", Word::Title),
];

/// A named heading such as `SEC. 3.` or `Article 5` at the start of `body`: its bytes and its mark.
pub(super) fn named(body: &str) -> Option<(usize, Mark)> {
    let length = body.find(|c: char| !(c.is_alphabetic() || c == '.')).unwrap_or(body.len());
    let token = &body[..length];
    if token.len() > 20 || !token.starts_with(char::is_uppercase) {
        return None;
    }
    let lower = token.to_lowercase();
    let word = NAMES.iter().find(|(name, _)| *name == lower)?.1;
    let rest = body[length..].trim_start();
    let lead = body.len() - rest.len();
    if lead == length {
        return None;
    }
    let (width, value) = number_token(rest)?;
    let end = lead + width;
    let shouted = token.trim_end_matches('.').chars().all(char::is_uppercase);
    names_a_heading(&body[end..], body[..end].ends_with(['.', ':']), shouted)
        .then(|| (end, simple(Shape::Named(word), (Set::Digit, value))))
}

/// Whether what follows `Section 5` makes it a heading rather than a reference such as "Section 5 of the Act".
fn names_a_heading(after: &str, stopped: bool, shouted: bool) -> bool {
    let text = after.trim_start();
    let Some(first) = text.chars().next() else { return true };
    if stopped {
        return !first.is_lowercase();
    }
    if matches!(first, '—' | '–' | '-' | ':' | '|' | '[' | '“' | '"') {
        return true;
    }
    if !first.is_uppercase() {
        return shouted && text.len() < after.len() && first == '(';
    }
    text.len() < after.len()
}

/// Bytes and value of a section number such as `22757.1.`, `3`, `IV`, `396-b.` or `53B-26-301`.
pub(super) fn number_token(rest: &str) -> Option<(usize, u32)> {
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '–')))
        .unwrap_or(rest.len());
    let token = before_caption(&rest[..length]).trim_end_matches(['.', '-', '–']);
    let digits: String =
        token.chars().rev().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let digits: String = digits.chars().rev().collect();
    let value = if digits.is_empty() {
        roman(token).or_else(|| letters(token)).or_else(|| spelled(token))?
    } else {
        digits.get(..digits.len().min(9))?.parse().ok()?
    };
    let stop = rest[token.len()..].starts_with(['.', ':', ')']);
    (!token.is_empty()).then_some((token.len() + usize::from(stop), value))
}

/// `V` of `V--PROMOTING`: a dash and a word begin the caption.
fn before_caption(token: &str) -> &str {
    let dash = token.match_indices(['-', '–']).find(|(at, dash)| {
        let after = &token[at + dash.len()..];
        after.starts_with('-') || after.bytes().take_while(u8::is_ascii_alphabetic).count() >= 3
    });
    dash.map_or(token, |(at, _)| &token[..at])
}

fn spelled(word: &str) -> Option<u32> {
    const WORDS: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let lower = word.to_lowercase();
    let ordinal =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let premier = matches!(lower.as_str(), "premier" | "primero" | "1er").then_some(0);
    let at = WORDS
        .iter()
        .position(|w| *w == lower)
        .or_else(|| ordinal.iter().position(|w| *w == lower))
        .or(premier);
    at.map(|at| at as u32 + 1)
}
