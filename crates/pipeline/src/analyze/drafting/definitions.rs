//! Terms that a text defines. A term stands between quotation marks, or where its language has another form for it, and
//! words beside it say that it means something; a quoted word without such words is none. Words are those of the
//! passage's language alone.

mod languages;
mod quotes;
mod reader;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::LazyLock;

use lacuna_domain::Passage;
use lacuna_domain::passage::Kind;
use serde::Serialize;

use crate::ingest::language;
use languages::LANGUAGES;
use reader::{Entries, Reader};

/// A term and what it is said to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The term, in lower case, with one space between any two words.
    pub term: String,
    /// The language in which it is defined, as an ISO 639-1 code; the same words are another term in another one.
    pub language: &'static str,
    /// The passage.
    pub passage: u32,
    /// The words of the passage, or of the clause where the term stands far into it, cut after 400 characters.
    pub words: String,
}

impl Definition {
    /// Whether it is of the same term as `other`: the same words in the same language.
    pub fn defines_term_of(&self, other: &Self) -> bool {
        self.language == other.language && self.term == other.term
    }
}

/// Definitions read of one text at most; no real one comes near.
const MOST: usize = 1_000;
/// Characters kept of the words of a definition.
const KEPT: usize = 400;
/// Bytes into a passage beyond which a definition is told from its own clause on.
const FAR: usize = 200;

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| LANGUAGES.iter().map(Reader::of).collect());

/// The languages in which definitions are read, as ISO 639-1 codes.
pub fn defined_in() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|language| language.code)
}

/// The definitions of a text, each term once a language, the first 1,000 of them. `main` is the language of passages that
/// have none of their own; where that is not known, each passage is asked for its own, and if it cannot say, every
/// language is tried.
pub fn definitions(text: &str, passages: &[Passage], main: Option<&str>) -> Vec<Definition> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut list: Option<List> = None;
    for passage in passages {
        let words = passage.trimmed(text);
        let known = passage.language.as_deref().or(main).map(str::to_owned);
        let known = known.or_else(|| language::detect(words));
        list = list.and_then(|list| list.at(passage));
        let (defined, next) = read(words, known.as_deref(), passage, list);
        list = next;
        for (at, term, language) in defined {
            if found.len() == MOST {
                return found;
            }
            if seen.insert((language, term.clone())) {
                found.push(Definition { term, language, passage: passage.index, words: said(words, at) });
            }
        }
    }
    found
}

/// Terms with the bytes at which they stand and their languages.
type Defined = Vec<(usize, String, &'static str)>;

/// The terms of a passage in the first language that has any, and the list that is open after it.
fn read(words: &str, known: Option<&str>, passage: &Passage, list: Option<List>) -> (Defined, Option<List>) {
    let readers = READERS.iter().filter(|reader| known.is_none_or(|known| known == reader.code));
    let mut opened = None;
    for reader in readers {
        let own = list.filter(|list| list.code == reader.code);
        let read = reader.read(words, own.map_or(Entries::None, |list| list.entries(passage)));
        if read.announces && opened.is_none() {
            opened = Some(List { code: reader.code, level: None });
        }
        if !read.terms.is_empty() {
            let terms = read.terms.into_iter().map(|(at, term)| (at, term, reader.code)).collect();
            return (terms, opened.or(list));
        }
    }
    // Without an item to tell where it ends, a list ends with its first passage that has no entry.
    (vec![], opened.or_else(|| list.filter(|list| list.level.is_some())))
}

/// A list of terms that words before it have announced.
#[derive(Clone, Copy, Debug)]
struct List {
    /// The language of the words.
    code: &'static str,
    /// The level of its items, once there is one.
    level: Option<u8>,
}

impl List {
    /// The list as it stands at this passage, unless it has ended before.
    fn at(self, passage: &Passage) -> Option<Self> {
        let level = self.level.or((passage.kind == Kind::Item).then_some(passage.level));
        let ends = match passage.kind {
            Kind::Heading => true,
            Kind::Item => level.is_some_and(|level| passage.level < level),
            Kind::Paragraph | Kind::Table => false,
        };
        (!ends).then_some(Self { level, ..self })
    }

    /// Where entries of the list may begin in the passage: items have one, and items within items have none.
    fn entries(self, passage: &Passage) -> Entries {
        match (passage.kind, self.level) {
            (Kind::Item, Some(level)) if passage.level == level => Entries::First,
            (_, None) => Entries::After(0),
            _ => Entries::None,
        }
    }
}

/// The words in which a term at this byte is defined, cut where they are long.
fn said(words: &str, at: usize) -> String {
    if at <= FAR {
        return cut(words, KEPT);
    }
    let from = words.ceil_char_boundary(at - FAR);
    let near = words.get(from..at).unwrap_or_default();
    let clause = near.rfind(['.', ';', '。', '；', '：', ':']);
    let after = |stop: usize| near.get(stop..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let from = clause.map_or(from, |stop| from + stop + after(stop));
    format!("… {}", cut(words.get(from..).unwrap_or_default(), KEPT))
}

/// The first so many characters, with one space between any two words.
fn cut(text: &str, most: usize) -> String {
    let near = text.get(..text.floor_char_boundary(4 * most)).unwrap_or_default();
    let even = super::even(near);
    if near.len() == text.len() && even.chars().count() <= most {
        return even;
    }
    even.chars().take(most).chain(['…']).collect()
}
