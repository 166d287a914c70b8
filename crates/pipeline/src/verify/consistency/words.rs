//! Sentences of a narrative as words with their places.

use std::borrow::Cow;

/// Numbers that narratives write out.
const NUMBERS: [&str; 31] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "twenty-one",
    "twenty-two",
    "twenty-three",
    "twenty-four",
    "twenty-five",
    "twenty-six",
    "twenty-seven",
    "twenty-eight",
    "twenty-nine",
    "thirty",
];

/// A word or a punctuation mark.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In lower case.
    pub(super) lower: Cow<'t, str>,
    /// Whether the first letter is a capital.
    pub(super) capital: bool,
}

/// A sentence of `text`.
#[derive(Clone, Debug)]
pub(super) struct Sentence<'t> {
    pub(super) text: &'t str,
    pub(super) words: Vec<Word<'t>>,
}

impl Sentence<'_> {
    /// The word at `at` in lower case, or nothing.
    pub(super) fn lower(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |w| &w.lower)
    }

    /// First and last byte of words `from..to`.
    pub(super) fn bytes(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.words.get(from).map_or(0, |w| w.start);
        let end = self.words.get(to.saturating_sub(1)).map_or(start, |w| w.end);
        (start, end.max(start))
    }

    /// Whether `name` (lower case) stands at word `at`; answers the number of words.
    pub(super) fn name_at(&self, at: usize, name: &[String]) -> bool {
        !name.is_empty() && name.iter().enumerate().all(|(i, word)| self.lower(at + i) == word)
    }

    /// The clause, parted by semicolons, that holds word `at`.
    pub(super) fn clause(&self, at: usize) -> std::ops::Range<usize> {
        let start = self.words[..at].iter().rposition(|w| w.lower == ";").map_or(0, |i| i + 1);
        let end = self.words[at..].iter().position(|w| w.lower == ";").map_or(self.words.len(), |i| at + i);
        start..end
    }
}

/// The words of `text`, lower case, for names.
pub(super) fn lower_words(text: &str) -> Vec<String> {
    sentences(text).into_iter().flat_map(|s| s.words).map(|w| w.lower.into_owned()).collect()
}

/// The sentences of `text`. A stop between digits, as in "2.2", belongs to the number.
pub(super) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut sentences = Vec::new();
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        if c.is_alphanumeric() {
            while let Some((at, next)) = chars.peek().copied() {
                if !joins(text, at, next) {
                    break;
                }
                end = at + next.len_utf8();
                chars.next();
            }
        }
        let stop = matches!(c, '.' | '!' | '?') && text[end..].chars().next().is_none_or(char::is_whitespace);
        if stop {
            sentences.push(Sentence { text, words: std::mem::take(&mut words) });
            continue;
        }
        words.push(Word { start, end, lower: lower(&text[start..end]), capital: c.is_uppercase() });
    }
    if !words.is_empty() {
        sentences.push(Sentence { text, words });
    }
    sentences
}

fn lower(word: &str) -> Cow<'_, str> {
    let is_lower = word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}

/// Whether `next` goes on with the word before it: letters, digits, `_`, and `.` `-` `,` between digits or letters.
fn joins(text: &str, at: usize, next: char) -> bool {
    if next.is_alphanumeric() || next == '_' {
        return true;
    }
    let after = text[at + next.len_utf8()..].chars().next();
    let before = text[..at].chars().next_back();
    let (Some(before), Some(after)) = (before, after) else { return false };
    match next {
        '.' => before.is_ascii_digit() && after.is_ascii_digit(),
        '-' | '–' => before.is_alphanumeric() && after.is_alphanumeric(),
        _ => false,
    }
}

/// The value of a number in digits (below 1,000) or words.
pub(super) fn number(word: &str) -> Option<usize> {
    if !word.is_empty() && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    NUMBERS.iter().position(|n| *n == word)
}
