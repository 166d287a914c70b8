//! Finds cue terms in a text: all terms of a codebook and the engine's own signal words in one pass over the tokens.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::tokens::{Tokens, fnv, fnv_on, is_spaceless};

/// Hashes keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv(bytes);
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value ^ (value >> 32);
    }
    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A map whose keys are hashes; used for look-ups only, never iterated where order matters.
pub(crate) type HashIndex<K, V> = HashMap<K, V, BuildHasherDefault<Ready>>;

/// One word of a term.
#[derive(Clone, Debug)]
struct Word {
    text: Box<str>,
    prefix: bool,
}

/// A term and the group that its hits are filed under.
#[derive(Clone, Debug)]
struct Term {
    words: Vec<Word>,
    group: u32,
    language: [u8; 2],
    shown: Box<str>,
}

/// A compiled set of terms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexicon {
    terms: Vec<Term>,
    exact: HashIndex<u64, Vec<u32>>,
    prefixes: HashIndex<u64, Vec<u32>>,
    prefix_lengths: Vec<usize>,
}

/// A term found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// First token.
    pub(crate) first: u32,
    /// One past the last token.
    pub(crate) end: u32,
    /// The term's group.
    pub(crate) group: u32,
    /// Which term.
    pub(crate) term: u32,
}

impl Lexicon {
    /// Adds `term` in `language` (two letters) under `group`; `*` at a word's end matches any ending.
    pub(crate) fn add(&mut self, term: &str, language: &str, group: u32) {
        let words = words_of(term);
        let Some(first) = words.first() else { return };
        let id = self.terms.len() as u32;
        if first.prefix {
            let length = first.text.len();
            self.prefixes.entry(fnv(first.text.as_bytes())).or_default().push(id);
            if !self.prefix_lengths.contains(&length) {
                self.prefix_lengths.push(length);
                self.prefix_lengths.sort_unstable();
            }
        } else {
            self.exact.entry(fnv(first.text.as_bytes())).or_default().push(id);
        }
        let bytes = language.as_bytes();
        let language = [bytes.first().copied().unwrap_or(b'?'), bytes.get(1).copied().unwrap_or(b'?')];
        self.terms.push(Term { words, group, language, shown: term.trim().into() });
    }

    /// The term as the codebook writes it, without `*`.
    pub(crate) fn shown(&self, term: u32) -> String {
        self.terms.get(term as usize).map_or_else(String::new, |t| t.shown.replace('*', ""))
    }

    /// Every hit in the order of tokens; overlapping hits are all given. `language` limits terms to that language and
    /// English; `None` takes all.
    pub(crate) fn find(&self, tokens: &Tokens, language: Option<&str>) -> Vec<Hit> {
        let allowed = language.filter(|l| l.len() == 2).map(|l| [l.as_bytes()[0], l.as_bytes()[1]]);
        let mut hits = Vec::new();
        for (at, token) in tokens.items().iter().enumerate() {
            if let Some(ids) = self.exact.get(&token.hash) {
                self.extend(&mut hits, tokens, at, ids, allowed);
            }
            let word = tokens.word(token).as_bytes();
            let (mut hash, mut hashed) = (fnv(b""), 0);
            for &length in self.prefix_lengths.iter().take_while(|&&l| l <= word.len()) {
                hash = fnv_on(hash, &word[hashed..length]);
                hashed = length;
                if let Some(ids) = self.prefixes.get(&hash) {
                    self.extend(&mut hits, tokens, at, ids, allowed);
                }
            }
        }
        hits
    }

    fn extend(&self, hits: &mut Vec<Hit>, tokens: &Tokens, at: usize, ids: &[u32], allowed: Option<[u8; 2]>) {
        for &id in ids {
            let term = &self.terms[id as usize];
            let speaks = allowed.is_none_or(|l| term.language == l || term.language == *b"en");
            if speaks && term.matches(tokens, at) {
                let end = (at + term.words.len()) as u32;
                hits.push(Hit { first: at as u32, end, group: term.group, term: id });
            }
        }
    }
}

impl Term {
    fn matches(&self, tokens: &Tokens, at: usize) -> bool {
        let Some(window) = tokens.items().get(at..at + self.words.len()) else { return false };
        self.words.iter().zip(window).all(|(word, token)| {
            let text = tokens.word(token);
            if word.prefix { text.starts_with(&*word.text) } else { text == &*word.text }
        })
    }
}

fn words_of(term: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for piece in term.split(|c: char| !(c.is_alphanumeric() || c == '*')) {
        let prefix = piece.ends_with('*');
        let bare = piece.trim_matches('*').to_lowercase();
        if bare.is_empty() {
            continue;
        }
        let mut run = String::new();
        for c in bare.chars() {
            if is_spaceless(c) {
                if !run.is_empty() {
                    words.push(Word { text: std::mem::take(&mut run).into(), prefix: false });
                }
                words.push(Word { text: c.to_string().into(), prefix: false });
            } else {
                run.push(c);
            }
        }
        if !run.is_empty() {
            words.push(Word { text: run.into(), prefix });
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(terms: &[&str], text: &str) -> Vec<String> {
        let mut lexicon = Lexicon::default();
        for term in terms {
            lexicon.add(term, "en", 0);
        }
        let tokens = Tokens::of(text);
        lexicon.find(&tokens, Some("en")).iter().map(|h| lexicon.shown(h.term)).collect()
    }

    #[test]
    fn terms_match_whole_words_prefixes_and_spaceless_scripts() {
        assert_eq!(found(&["bias*", "race"], "Biased models embrace no race."), ["bias", "race"]);
        assert_eq!(found(&["red team*"], "red-teaming of models"), ["red team"]);
        assert_eq!(found(&["深度合成"], "互联网信息服务深度合成管理规定"), ["深度合成"]);
        assert!(found(&["art"], "The article starts").is_empty());
    }
}
