//! Finds the words of a quote in a text.
//!
//! A quote counts as found where its words stand byte for byte, where they stand in the folded copy
//! ([`lacuna_domain::fold`]), or where the parts around its ellipses stand in order and close together. A find never
//! begins or ends inside a word or a number, so "lawful use" is not found in "unlawful use".

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use lacuna_domain::fold::{self, Folded, Mode};
use lacuna_domain::{QuoteState, Span};
use memchr::memmem::Finder;

use super::elision;
use super::near;

/// Parts around an ellipsis may stand at most this many folded bytes apart.
const GAP: usize = 1_200;
/// Occurrences looked at for one needle.
const CANDIDATES: usize = 4_096;
/// Occurrences of a first part from which the following parts are tried.
const STARTS: usize = 64;

/// A text ready to be searched for quotes. Making one is free; the folded copy is made when first needed.
#[derive(Debug)]
pub struct Locator<'t> {
    text: &'t str,
    folded: OnceLock<Folded>,
    lower: OnceLock<String>,
    /// What became of quotes without a hint: those of language models are looked for when their claim is judged, lowered and
    /// verified.
    known: Mutex<BTreeMap<Box<str>, Located>>,
}

/// What became of a quote that was looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// How it was found.
    pub state: QuoteState,
    /// Where; empty when absent. For `near` the most similar place, which is no evidence.
    pub spans: Vec<Span>,
    /// Why it does not verify.
    pub why: Option<Miss>,
}

/// Why a quote is no evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Miss {
    /// Under three words or eight characters (four characters of Chinese or Japanese): it could stand anywhere.
    TooShort,
    /// Its words are not in the text.
    NotFound,
    /// Something similar is; `similarity` is 1 minus edit distance over the quote's length, at least 0.9.
    Similar {
        /// 0.9 to 1.
        similarity: f32,
    },
}

impl Located {
    fn found(state: QuoteState, spans: Vec<Span>) -> Self {
        Self { state, spans, why: None }
    }

    const fn absent(why: Miss) -> Self {
        Self { state: QuoteState::Absent, spans: Vec::new(), why: Some(why) }
    }
}

impl<'t> Locator<'t> {
    /// A locator for `text`.
    pub const fn new(text: &'t str) -> Self {
        Self { text, folded: OnceLock::new(), lower: OnceLock::new(), known: Mutex::new(BTreeMap::new()) }
    }

    /// The text.
    pub const fn text(&self) -> &'t str {
        self.text
    }

    /// Finds `words`; `hint` says where they should stand, is checked first, and decides between several places.
    pub fn locate(&self, words: &str, hint: Option<Span>) -> Located {
        let words = words.trim();
        if hint.is_some() {
            return self.search(words, hint);
        }
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(located) = known().get(words) {
            return located.clone();
        }
        let located = self.search(words, None);
        known().insert(words.into(), located.clone());
        located
    }

    fn search(&self, words: &str, hint: Option<Span>) -> Located {
        if !tells(words) {
            return Located::absent(Miss::TooShort);
        }
        if let Some(span) = self.exact(words, hint) {
            return Located::found(QuoteState::Exact, vec![span]);
        }
        if let Some(span) = self.normalised(words, hint) {
            return Located::found(QuoteState::Normalised, vec![span]);
        }
        if let Some(spans) = self.elided(words) {
            return Located::found(QuoteState::Elided, spans);
        }
        match near::nearest(self.folded().as_str(), &needle(words)) {
            Some(near) => Located {
                state: QuoteState::Near,
                spans: self.span_of(near.start, near.end).into_iter().collect(),
                why: Some(Miss::Similar { similarity: near.similarity }),
            },
            None => Located::absent(Miss::NotFound),
        }
    }

    /// Where the text names `name` as words of its own, nearest to `hint`; no minimum length and, in the last resort,
    /// whatever the case ("BE IT ENACTED BY THE LEGISLATURE"). For entities.
    pub fn mention(&self, name: &str, hint: Option<Span>) -> Option<(Span, QuoteState)> {
        let name = name.trim();
        if !name.chars().any(char::is_alphanumeric) {
            return None;
        }
        let exact = self.exact(name, hint).map(|span| (span, QuoteState::Exact));
        exact
            .or_else(|| self.normalised(name, hint).map(|span| (span, QuoteState::Normalised)))
            .or_else(|| self.in_any_case(name, hint).map(|span| (span, QuoteState::Normalised)))
    }

    fn in_any_case(&self, name: &str, hint: Option<Span>) -> Option<Span> {
        // Lower case of ASCII letters moves no byte, so offsets stay those of the folded copy.
        let lower = self.lower.get_or_init(|| self.folded().as_str().to_ascii_lowercase());
        self.matches_in(lower, &needle(name).to_ascii_lowercase(), hint)
    }

    /// In how many places `words` stand after folding.
    pub fn occurrences(&self, words: &str) -> usize {
        let needle = needle(words);
        if needle.is_empty() {
            return 0;
        }
        let finder = Finder::new(&needle);
        finder
            .find_iter(self.folded().as_str().as_bytes())
            .filter_map(|at| self.span_of(at, at + needle.len()))
            .filter(|span| !cuts_a_word(self.text, *span))
            .count()
    }

    fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| fold::fold(self.text, Mode::Locate))
    }

    /// Original span of folded bytes.
    fn span_of(&self, start: usize, end: usize) -> Option<Span> {
        let (start, end) = self.folded().original(start, end)?;
        Span::new(self.text, start, end)
    }

    fn exact(&self, words: &str, hint: Option<Span>) -> Option<Span> {
        if let Some(hint) = hint
            && let Some(at) = hint.slice(self.text).and_then(|slice| slice.find(words))
        {
            let start = hint.start() + at;
            let span = Span::new(self.text, start, start + words.len())?;
            if !cuts_a_word(self.text, span) {
                return Some(span);
            }
        }
        let found = Finder::new(words);
        let spans = found
            .find_iter(self.text.as_bytes())
            .take(CANDIDATES)
            .filter_map(|at| Span::new(self.text, at, at + words.len()))
            .filter(|span| !cuts_a_word(self.text, *span));
        nearest_to(spans, hint)
    }

    fn normalised(&self, words: &str, hint: Option<Span>) -> Option<Span> {
        let full = needle(words);
        let bare = full.trim_end_matches(['.', ',', ';', ':', '"']);
        let found = self.folded_matches(&full, hint);
        if found.is_some() || bare.len() == full.len() {
            return found;
        }
        self.folded_matches(bare, hint)
    }

    fn folded_matches(&self, needle: &str, hint: Option<Span>) -> Option<Span> {
        self.matches_in(self.folded().as_str(), needle, hint)
    }

    /// The match of `needle` in a copy with the offsets of the folded one, nearest to `hint` or first.
    fn matches_in(&self, copy: &str, needle: &str, hint: Option<Span>) -> Option<Span> {
        if needle.is_empty() {
            return None;
        }
        let finder = Finder::new(needle);
        let spans = finder
            .find_iter(copy.as_bytes())
            .take(CANDIDATES)
            .filter_map(|at| self.span_of(at, at + needle.len()))
            .filter(|span| !cuts_a_word(self.text, *span));
        nearest_to(spans, hint)
    }

    fn elided(&self, words: &str) -> Option<Vec<Span>> {
        let parts: Vec<String> = elision::parts(words)?
            .into_iter()
            .map(|part| needle(part).trim_end_matches(['.', ',', ';', ':', '"']).to_owned())
            .collect();
        if parts.iter().any(|part| !tells(part)) {
            return None;
        }
        let haystack = self.folded().as_str();
        let first = parts.first()?;
        Finder::new(first)
            .find_iter(haystack.as_bytes())
            .take(STARTS)
            .find_map(|at| self.parts_from(&parts, at))
    }

    /// The spans of `parts` where the first stands at folded byte `at` and each other follows within [`GAP`].
    fn parts_from(&self, parts: &[String], at: usize) -> Option<Vec<Span>> {
        let haystack = self.folded().as_str().as_bytes();
        let mut spans = Vec::with_capacity(parts.len());
        let (mut from, mut reach) = (at, 0);
        for part in parts {
            let window = haystack.get(from..(from + reach + part.len()).min(haystack.len()))?;
            let (start, span) = Finder::new(part).find_iter(window).find_map(|found| {
                let start = from + found;
                let span = self.span_of(start, start + part.len())?;
                (!cuts_a_word(self.text, span)).then_some((start, span))
            })?;
            if spans.last().is_some_and(|last: &Span| last.end() > span.start()) {
                return None;
            }
            spans.push(span);
            (from, reach) = (start + part.len(), GAP);
        }
        Some(spans)
    }
}

/// The folded form of a quote, without the quote marks around it.
fn needle(words: &str) -> String {
    let trimmed = words.trim().trim_matches(|c: char| fold::is_quote_mark(c) || c.is_whitespace());
    fold::fold_str(trimmed, Mode::Locate)
}

/// The span nearest to `hint`, or the first.
fn nearest_to(mut spans: impl Iterator<Item = Span>, hint: Option<Span>) -> Option<Span> {
    match hint {
        None => spans.next(),
        Some(hint) => spans.min_by_key(|span| (span.start().abs_diff(hint.start()), span.start())),
    }
}

/// Whether the quote says enough to be evidence; see [`Miss::TooShort`].
fn tells(words: &str) -> bool {
    let (mut count, mut characters, mut unspaced, mut inside) = (0, 0, 0, false);
    for c in words.chars() {
        let word = c.is_alphanumeric();
        unspaced += usize::from(word && is_unspaced(c));
        characters += usize::from(word);
        count += usize::from(word && !inside);
        inside = if word { true } else { inside && !c.is_whitespace() };
    }
    unspaced >= 4 || (count >= 3 && characters >= 8)
}

/// Scripts written without spaces between words.
fn is_unspaced(c: char) -> bool {
    fold::is_cjk(c) || matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Whether `span` begins or ends inside a word or a number. A footnote number glued to a word's end is no part of it.
fn cuts_a_word(text: &str, span: Span) -> bool {
    let (before, after) = (&text[..span.start()], &text[span.end()..]);
    let Some(inside) = span.slice(text) else { return true };
    let (Some(first), Some(last)) = (inside.chars().next(), inside.chars().next_back()) else { return true };
    let glued =
        |a: char, b: char| a.is_alphanumeric() && b.is_alphanumeric() && !is_unspaced(a) && !is_unspaced(b);
    let cut_start = before.chars().next_back().is_some_and(|c| glued(c, first))
        || (first.is_ascii_digit() && ends_in_digit_and_mark(before));
    let cut_end =
        after.chars().next().is_some_and(|c| glued(last, c) && !(last.is_alphabetic() && c.is_ascii_digit()))
            || (last.is_ascii_digit() && starts_with_mark_and_digit(after));
    cut_start || cut_end
}

fn ends_in_digit_and_mark(before: &str) -> bool {
    let mut back = before.bytes().rev();
    matches!(back.next(), Some(b',' | b'.')) && back.next().is_some_and(|b| b.is_ascii_digit())
}

fn starts_with_mark_and_digit(after: &str) -> bool {
    let mut bytes = after.bytes();
    matches!(bytes.next(), Some(b',' | b'.')) && bytes.next().is_some_and(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[path = "locate_tests.rs"]
mod tests;
