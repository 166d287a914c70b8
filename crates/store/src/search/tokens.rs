//! Words of a text as the index keeps them.
//!
//! A text is folded with [`lacuna_domain::fold`], which undoes line-break hyphens, ligatures and the OCR fault "Al";
//! then words lose their diacritics, Chinese and Japanese are cut into overlapping pairs of characters, and the parts
//! of a hyphenated word stand both apart and joined, so that "deep-fake" and "deepfake" find each other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use frostem::{Algorithm, Stemmer};
use lacuna_domain::fold::{Folded, Mode, fold, is_cjk};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Folded.
    pub(super) word: String,
    /// First byte in the original text.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// Place among the words; a joined word has the place of its first part.
    pub(super) position: usize,
    /// Joined from the parts of a hyphenated word.
    pub(super) joined: bool,
}

/// What a stemmed word starts with in the index, where it stands beside the word itself.
const STEM_MARK: char = '~';

/// The words of `text`, by position; a joined word follows its last part.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let folded = fold(text, Mode::Search);
    let mut cutter = Cutter { text, folded: &folded, tokens: Vec::new(), position: 0, chain: None };
    let mut rest = folded.as_str();
    let mut at = 0;
    while let Some(first) = rest.chars().next() {
        let kind = Kind::of(first);
        let length = match kind {
            Kind::Other => first.len_utf8(),
            _ => rest.find(|c| Kind::of(c) != kind).unwrap_or(rest.len()),
        };
        match kind {
            Kind::Word => cutter.word(at, at + length),
            Kind::Cjk => cutter.cjk(at, at + length),
            Kind::Other => cutter.other(first),
        }
        at += length;
        rest = &rest[length..];
    }
    cutter.tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Cjk,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        if c.is_ascii_alphanumeric() {
            Self::Word
        } else if is_cjk(c) && c.is_alphanumeric() {
            Self::Cjk
        } else if c.is_alphanumeric() || is_combining_mark(c) {
            Self::Word
        } else {
            Self::Other
        }
    }
}

struct Cutter<'f> {
    text: &'f str,
    folded: &'f Folded,
    tokens: Vec<Token>,
    position: usize,
    /// Parts of a hyphenated word so far: their joined letters, first byte and position.
    chain: Option<Chain>,
}

struct Chain {
    letters: String,
    start: usize,
    position: usize,
    /// End of the last part.
    end: usize,
    parts: usize,
    /// The last thing seen was the hyphen.
    open: bool,
}

impl Cutter<'_> {
    fn word(&mut self, from: usize, to: usize) {
        let word = plain(&self.folded.as_str()[from..to]);
        let Some((start, end)) = self.folded.original(from, to) else { return };
        if word.is_empty() {
            return;
        }
        let position = self.position;
        self.tokens.push(Token { word: word.clone().into_owned(), start, end, position, joined: false });
        match &mut self.chain {
            Some(chain) if chain.open && self.text.get(chain.end..start).is_some_and(is_hyphen) => {
                chain.letters.push_str(&word);
                (chain.parts, chain.end, chain.open) = (chain.parts + 1, end, false);
                let (word, start, position) = (chain.letters.clone(), chain.start, chain.position);
                if chain.parts <= 4 {
                    self.tokens.push(Token { word, start, end, position, joined: true });
                }
            }
            chain => {
                *chain =
                    Some(Chain { letters: word.into_owned(), start, position, end, parts: 1, open: false });
            }
        }
        self.position += 1;
    }

    /// Pairs of neighbours; a character that stands alone by itself.
    fn cjk(&mut self, from: usize, to: usize) {
        self.chain = None;
        let run = &self.folded.as_str()[from..to];
        let bounds: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        let width = if bounds.len() > 2 { 2 } else { 1 };
        for pair in bounds.windows(width + 1) {
            let (first, last) = (pair[0], pair[width]);
            let Some((start, end)) = self.folded.original(from + first, from + last) else { continue };
            let word = run[first..last].to_owned();
            self.tokens.push(Token { word, start, end, position: self.position, joined: false });
            self.position += 1;
        }
        // A gap, so that pairs of different runs are no neighbours.
        self.position += 1;
    }

    fn other(&mut self, c: char) {
        match &mut self.chain {
            Some(chain) if c == '-' && !chain.open => chain.open = true,
            _ => self.chain = None,
        }
    }
}

/// Whether what stands between two words is a hyphen, at a line's end or not; a dash has space around it or is longer.
fn is_hyphen(between: &str) -> bool {
    let mut chars = between.chars();
    chars.next().is_some_and(|c| matches!(c, '-' | '\u{ad}' | '\u{2010}' | '\u{2011}'))
        && (chars.as_str().is_empty()
            || (chars.as_str().starts_with(['\n', '\r']) && chars.all(char::is_whitespace)))
}

/// A word without diacritics and with its letters in their plain form.
fn plain(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        // The fold mends "Al" only in its capitals; what a reader types, and "AL", is mended here.
        return match word {
            "al" => Cow::Borrowed("ai"),
            "als" => Cow::Borrowed("ais"),
            _ => Cow::Borrowed(word),
        };
    }
    let mut out = String::with_capacity(word.len());
    for c in word.nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            c => out.push(c),
        }
    }
    Cow::Owned(out.nfc().collect())
}

/// Stemmers for the languages that have one.
pub(super) struct Stems(BTreeMap<&'static str, Stemmer>);

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

const LANGUAGES: [(&str, Algorithm); 15] = [
    ("da", Algorithm::Danish),
    ("de", Algorithm::German),
    ("en", Algorithm::English),
    ("es", Algorithm::Spanish),
    ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French),
    ("hu", Algorithm::Hungarian),
    ("it", Algorithm::Italian),
    ("nl", Algorithm::Dutch),
    ("no", Algorithm::Norwegian),
    ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("sv", Algorithm::Swedish),
    ("tr", Algorithm::Turkish),
];

impl Stems {
    /// Stemmers for those of `languages` (ISO 639-1) that have one.
    pub(super) fn of<'l>(languages: impl IntoIterator<Item = &'l str>) -> Self {
        let found = languages.into_iter().filter_map(|language| {
            let language = if matches!(language, "nb" | "nn") { "no" } else { language };
            LANGUAGES.iter().find(|(id, _)| *id == language)
        });
        Self(found.map(|(id, algorithm)| (*id, Stemmer::new(*algorithm))).collect())
    }

    /// Stemmers for every language that has one.
    pub(super) fn all() -> Self {
        Self::of(LANGUAGES.map(|(id, _)| id))
    }

    /// The index form of the stem of a word of a text in `language`; the word's own where there is no stemmer.
    pub(super) fn stem(&self, language: Option<&str>, word: &str) -> String {
        let language = language.map(|l| if matches!(l, "nb" | "nn") { "no" } else { l });
        let stemmer = language.and_then(|language| self.0.get(language));
        marked(&stemmer.map_or(Cow::Borrowed(word), |stemmer| stemmer.stem(word)))
    }

    /// The index forms of all stems a typed word may have, one per language of the index and its own, each once.
    pub(super) fn stems(&self, word: &str) -> Vec<String> {
        let mut stems: Vec<String> = self.0.values().map(|stemmer| marked(&stemmer.stem(word))).collect();
        stems.push(marked(word));
        stems.sort();
        stems.dedup();
        stems
    }

    /// The languages.
    pub(super) fn languages(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

fn marked(stem: &str) -> String {
    let mut out = String::with_capacity(stem.len() + 1);
    out.push(STEM_MARK);
    out.push_str(stem);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn faults_and_spellings_meet() {
        assert_eq!(words("Al Als AI"), ["ai", "ais", "ai"]);
        assert_eq!(words("regu-\nlation Sécurité Straße"), ["regulation", "securite", "strasse"]);
        assert_eq!(words("deep-fake"), ["deep", "fake", "deepfake"]);
        assert_eq!(
            words("state-of-the-art"),
            ["state", "of", "stateof", "the", "stateofthe", "art", "stateoftheart"]
        );
        assert_eq!(words("l’autorité"), ["l", "autorite"]);
        assert_eq!(words("人工智能 AI，法"), ["人工", "工智", "智能", "ai", "法"]);
        assert_eq!(words("Al Gore - a - b"), ["ai", "gore", "a", "b"]);
    }

    #[test]
    fn a_token_knows_where_it_stands() {
        let text = "The ﬁne of high-\nrisk “Al” 人工智能";
        for token in tokens(text) {
            assert!(text.get(token.start..token.end).is_some(), "{token:?}");
        }
        let fine = tokens(text).into_iter().find(|t| t.word == "fine").unwrap();
        assert_eq!(&text[fine.start..fine.end], "ﬁne");
    }

    #[test]
    fn positions_count_words_and_not_joins() {
        let all = tokens("high-risk system");
        let places: Vec<(&str, usize)> = all.iter().map(|t| (t.word.as_str(), t.position)).collect();
        assert_eq!(places, [("high", 0), ("risk", 1), ("highrisk", 0), ("system", 2)]);
    }
}
