//! Words of a text as the index keeps them.
//!
//! A text is folded with [`lacuna_domain::fold`], which undoes line-break hyphens, ligatures and the OCR fault "Al";
//! then words lose their diacritics, Chinese and Japanese are cut into overlapping pairs of characters, and the parts
//! of a hyphenated word stand both apart and joined, so that "deep-fake" and "deepfake" find each other. Nobody can tell
//! whether a hyphen at a line's end belongs to the word: the parts stand beside what it was joined to. Letters with
//! dots between them and no space, "A.I." or "U.S.C.", are one word as if written without dots, so that phrases and
//! distances count it once; its letters stand beside it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use frostem::{Algorithm, Stemmer};
use lacuna_domain::fold::{Folded, Mode, fold, fold_str, is_cjk};
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
    /// Place among the words; what stands beside them has the place of the first word it is read from.
    pub(super) position: usize,
    /// What it is read as.
    pub(super) reading: Reading,
}

/// What a [`Token`] is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A word with a place of its own: phrases and distances are made of these.
    Word,
    /// Joined from the parts of a hyphenated word, beside them.
    Joined,
    /// One letter of an abbreviation with dots, beside the abbreviation, or the last character of a Chinese or Japanese
    /// run, which no pair starts with.
    Letter,
    /// What stands on one side of a hyphen at a line's end, beside the word that was joined there.
    Part,
}

impl Token {
    /// Whether phrases and distances count it.
    pub(super) fn is_word(&self) -> bool {
        self.reading == Reading::Word
    }
}

/// What a stemmed word starts with in the index, where it stands beside the word itself.
const STEM_MARK: char = '~';

/// The words of `text`, by position; a joined word follows its last part, an abbreviation its last letter, and the parts
/// at a line's end follow their word.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let folded = fold(text, Mode::Search);
    let mut cutter =
        Cutter { text, folded: &folded, tokens: Vec::new(), position: 0, chain: None, dotted: None };
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
    cutter.abbreviate();
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
    /// Words with single dots between them so far.
    dotted: Option<Dotted>,
}

/// A run of words with dots and nothing else between them.
struct Dotted {
    /// Where its first word stands among the tokens.
    first: usize,
    /// Its letters; none where one of its words is longer than a letter, as in "a.b.example" or "1.2.3".
    letters: usize,
    /// The last thing seen was the dot.
    open: bool,
}

/// Longer runs are lists rather than abbreviations.
const MOST_LETTERS: usize = 8;

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
        self.follow_dots(&word);
        let position = self.position;
        let reading = Reading::Word;
        self.tokens.push(Token { word: word.clone().into_owned(), start, end, position, reading });
        self.parts(start, end);
        match &mut self.chain {
            Some(chain) if chain.open && self.text.get(chain.end..start).is_some_and(is_hyphen) => {
                chain.letters.push_str(&word);
                (chain.parts, chain.end, chain.open) = (chain.parts + 1, end, false);
                let (word, start, position) = (chain.letters.clone(), chain.start, chain.position);
                if chain.parts <= 4 {
                    self.tokens.push(Token { word, start, end, position, reading: Reading::Joined });
                }
            }
            chain => {
                *chain =
                    Some(Chain { letters: word.into_owned(), start, position, end, parts: 1, open: false });
            }
        }
        self.position += 1;
    }

    /// What stands on either side of a hyphen at a line's end within the word at `start..end` of the text.
    fn parts(&mut self, start: usize, end: usize) {
        let word = self.text.get(start..end).unwrap_or_default();
        if !word.contains(is_line_break) {
            return;
        }
        let mut at = start;
        for line in word.split_inclusive(is_line_break) {
            let part = line.trim_end_matches(|c: char| c.is_whitespace() || is_hyphen_mark(c)).trim_start();
            let begin = at + line.len() - line.trim_start().len();
            at += line.len();
            let word = plain(&fold_str(part, Mode::Search)).into_owned();
            if !word.is_empty() {
                let (end, position) = (begin + part.len(), self.position);
                self.tokens.push(Token { word, start: begin, end, position, reading: Reading::Part });
            }
        }
    }

    /// Takes the next word into the run of words with dots, or begins another run with it.
    fn follow_dots(&mut self, word: &str) {
        let letter = is_letter(word);
        match &mut self.dotted {
            Some(run) if run.open => {
                let goes_on = letter && (1..MOST_LETTERS).contains(&run.letters);
                (run.letters, run.open) = (if goes_on { run.letters + 1 } else { 0 }, false);
            }
            _ => {
                self.abbreviate();
                let first = self.tokens.len();
                self.dotted = Some(Dotted { first, letters: usize::from(letter), open: false });
            }
        }
    }

    /// Ends the run of words with dots: two letters and more become one word, at the place of the first.
    fn abbreviate(&mut self) {
        let Some(run) = self.dotted.take().filter(|run| run.letters > 1) else { return };
        let letters = self.tokens.split_off(run.first);
        let Some((start, position)) = letters.first().map(|first| (first.start, first.position)) else {
            return;
        };
        let (mut joined, mut end) = (String::new(), start);
        // "nona" of "non-A.I." goes: the hyphen belongs to the whole abbreviation.
        for letter in letters.into_iter().filter(Token::is_word) {
            joined.push_str(&letter.word);
            end = letter.end;
            self.tokens.push(Token { position, reading: Reading::Letter, ..letter });
        }
        let ends_in_dot = self.text.get(end..).is_some_and(|rest| rest.starts_with('.'));
        end += usize::from(ends_in_dot);
        let word = plain(&joined).into_owned();
        self.tokens.push(Token { word, start, end, position, reading: Reading::Word });
        (self.position, self.chain) = (position + 1, None);
    }

    /// Pairs of neighbours, and beside them the last character, which begins no pair; a character that stands alone by
    /// itself.
    fn cjk(&mut self, from: usize, to: usize) {
        self.abbreviate();
        self.chain = None;
        let run = &self.folded.as_str()[from..to];
        let bounds: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        let width = if bounds.len() > 2 { 2 } else { 1 };
        for pair in bounds.windows(width + 1) {
            let (first, last) = (pair[0], pair[width]);
            let Some((start, end)) = self.folded.original(from + first, from + last) else { continue };
            let word = run[first..last].to_owned();
            let (position, reading) = (self.position, Reading::Word);
            self.tokens.push(Token { word, start, end, position, reading });
            self.position += 1;
        }
        if let [.., first, last] = bounds[..]
            && width == 2
            && let Some((start, end)) = self.folded.original(from + first, from + last)
        {
            let (word, position) = (run[first..last].to_owned(), self.position - 1);
            self.tokens.push(Token { word, start, end, position, reading: Reading::Letter });
        }
        // A gap, so that pairs of different runs are no neighbours.
        self.position += 1;
    }

    fn other(&mut self, c: char) {
        match &mut self.dotted {
            Some(run) if c == '.' && !run.open => run.open = true,
            _ => self.abbreviate(),
        }
        match &mut self.chain {
            Some(chain) if c == '-' && !chain.open => chain.open = true,
            _ => self.chain = None,
        }
    }
}

/// Whether what stands between two words is a hyphen, at a line's end or not; a dash has space around it or is longer.
fn is_hyphen(between: &str) -> bool {
    let mut chars = between.chars();
    chars.next().is_some_and(is_hyphen_mark)
        && (chars.as_str().is_empty()
            || (chars.as_str().starts_with(['\n', '\r']) && chars.all(char::is_whitespace)))
}

const fn is_hyphen_mark(c: char) -> bool {
    matches!(c, '-' | '\u{ad}' | '\u{2010}' | '\u{2011}')
}

/// Whether a line ends here, as [`lacuna_domain::fold`] sees it.
const fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The words of a text in order, those that a hyphen at a line's end set apart as their parts: the other way to read it.
pub(super) fn parted(tokens: &[Token]) -> Vec<&Token> {
    let next = tokens.iter().skip(1).map(Some).chain([None]);
    let apart = |next: Option<&Token>| next.is_some_and(|next| next.reading == Reading::Part);
    let read = tokens.iter().zip(next).filter(|(token, next)| match token.reading {
        Reading::Word => !apart(*next),
        Reading::Part => true,
        Reading::Joined | Reading::Letter => false,
    });
    read.map(|(token, _)| token).collect()
}

/// Whether a word is one letter, of any script.
fn is_letter(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
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
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn faults_and_spellings_meet() {
        assert_eq!(words("Al Als AI"), ["ai", "ais", "ai"]);
        assert_eq!(words("regu\u{ad}lation Sécurité Straße"), ["regulation", "securite", "strasse"]);
        assert_eq!(words("deep-fake"), ["deep", "fake", "deepfake"]);
        assert_eq!(
            words("state-of-the-art"),
            ["state", "of", "stateof", "the", "stateofthe", "art", "stateoftheart"]
        );
        assert_eq!(words("l’autorité"), ["l", "autorite"]);
        assert_eq!(words("人工智能 AI，法"), ["人工", "工智", "智能", "能", "ai", "法"]);
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
        let all = tokens("of U.S. law");
        let places: Vec<(&str, usize)> = all.iter().map(|t| (t.word.as_str(), t.position)).collect();
        assert_eq!(places, [("of", 0), ("u", 1), ("s", 1), ("us", 1), ("law", 2)]);
    }

    /// The text of each word that stands for letters with dots.
    fn abbreviations(text: &str) -> Vec<&str> {
        let all = tokens(text);
        let after_letter = all.windows(2).filter(|pair| pair[0].reading == Reading::Letter);
        let found = after_letter.map(|pair| &pair[1]).filter(|token| token.is_word());
        found.map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn a_hyphen_at_a_line_s_end_is_read_in_both_ways() {
        let all = tokens("a high-\n  performance chip, co-\u{2010}\r\nordi-\nnated");
        let places: Vec<(&str, usize)> = all.iter().map(|t| (t.word.as_str(), t.position)).collect();
        assert_eq!(places[..4], [("a", 0), ("highperformance", 1), ("high", 1), ("performance", 1)]);
        assert_eq!(places[4..], [("chip", 2), ("coordinated", 3), ("co", 3), ("ordi", 3), ("nated", 3)]);
        let read: Vec<&str> = parted(&all).iter().map(|token| token.word.as_str()).collect();
        assert_eq!(read, ["a", "high", "performance", "chip", "co", "ordi", "nated"]);
        assert_eq!(words("High-\nRisk"), ["high", "risk", "highrisk"], "a capital begins a word");
    }

    #[test]
    fn letters_with_dots_are_one_word_with_the_letters_beside_it() {
        assert_eq!(
            words("A.I. A.I É.U. A.l."),
            ["a", "i", "ai", "a", "i", "ai", "e", "u", "eu", "a", "l", "ai"]
        );
        assert_eq!(words("non-A.I.-driven"), ["non", "a", "i", "ai", "driven"]);
        assert_eq!(words("Ａ．Ｉ．法"), ["a", "i", "ai", "法"]);
        assert_eq!(
            abbreviations("“A.I.”, A.I-made, e.g. 5 U.S.C. 552 (a.i)"),
            ["A.I.", "A.I", "e.g.", "U.S.C.", "a.i"]
        );
    }

    #[test]
    fn initials_domains_and_numbers_are_no_abbreviations() {
        for text in ["Mr. A. Inhofe", "A.\nI.", "A..I", "(a)(i)", "A.Inhofe", "1.2.3", "1.a.b", "a.1.b"] {
            assert_eq!(abbreviations(text), Vec::<&str>::new(), "{text:?}");
        }
        assert_eq!(words("a.b.example"), ["a", "b", "example"]);
        assert_eq!(words("example.a.b"), ["example", "a", "b"]);
        assert_eq!(abbreviations("a.b.c.d.e.f.g.h.i"), Vec::<&str>::new(), "a list");
    }

    proptest! {
        #[test]
        fn any_text_is_cut_at_its_characters_and_words_come_in_order(
            text in "[A-Ca-cÉß㏂．. 1人\u{301}\u{ad}\n-]{0,40}|\\PC{0,40}"
        ) {
            let all = tokens(&text);
            for token in &all {
                prop_assert!(text.get(token.start..token.end).is_some(), "{token:?}");
            }
            let places: Vec<usize> = all.iter().filter(|t| t.is_word()).map(|t| t.position).collect();
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        }
    }
}
