//! Cuts a text into words and marks once, with what the lexicon knows of each word.

use std::ops::Range;

use super::lexicon::{LEXICON, flag};

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// All lower case, or a script without case.
    Lower,
    /// First letter a capital.
    Capital,
    /// Capitals only, at least two letters, or capitals inside the word.
    Upper,
    /// Digits.
    Number,
    /// A mark, not a word.
    Mark,
    /// The possessive ending.
    Possessive,
}

/// A word or mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) case: Case,
    pub(super) flags: u32,
    pub(super) head: u8,
    pub(super) verb: u8,
}

impl Token {
    pub(super) const fn has(&self, bits: u32) -> bool {
        self.flags & bits != 0
    }

    pub(super) const fn is_word(&self) -> bool {
        !matches!(self.case, Case::Mark | Case::Possessive)
    }

    /// Whether the word is written as a name is.
    pub(super) const fn is_capital(&self) -> bool {
        matches!(self.case, Case::Capital | Case::Upper)
    }
}

/// A text with its lower-case twin (same offsets: only ASCII letters are lowered) and its tokens.
#[derive(Debug)]
pub(super) struct Words<'t> {
    pub(super) text: &'t str,
    pub(super) lower: String,
    pub(super) tokens: Vec<Token>,
}

impl<'t> Words<'t> {
    /// Tokens of `text`; linear in its length.
    pub(super) fn new(text: &'t str) -> Self {
        let lower = text.to_ascii_lowercase();
        let mut tokens = Vec::with_capacity(text.len() / 5);
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            if c.is_alphanumeric() {
                let mut end = start + c.len_utf8();
                let mut previous = c;
                while let Some(&(at, next)) = chars.peek() {
                    if next.is_alphanumeric() || joins(text, at, previous, next) {
                        end = at + next.len_utf8();
                        previous = next;
                        chars.next();
                    } else {
                        break;
                    }
                }
                if previous.is_uppercase()
                    && text[start..end].contains('.')
                    && chars.next_if(|(_, next)| *next == '.').is_some()
                {
                    end += 1;
                }
                push_word(&mut tokens, text, &lower, start, end);
            } else if !c.is_whitespace() {
                let possessive = is_possessive(text, start, c);
                if possessive {
                    chars.next();
                }
                tokens.push(mark(start, start + c.len_utf8(), c, possessive));
            }
        }
        Self { text, lower, tokens }
    }

    /// Indices of the tokens inside the byte range, given where the last search ended.
    pub(super) fn tokens_in(&self, from: usize, bytes: Range<usize>) -> Range<usize> {
        let offset = self.tokens[from..].partition_point(|t| (t.start as usize) < bytes.start);
        let first = from + offset;
        let count = self.tokens[first..].partition_point(|t| (t.start as usize) < bytes.end);
        first..first + count
    }

    pub(super) fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |t| &self.lower[t.start as usize..t.end as usize])
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'t str {
        let (Some(first), Some(last)) =
            (self.tokens.get(range.start), self.tokens.get(range.end.wrapping_sub(1)))
        else {
            return "";
        };
        self.text.get(first.start as usize..last.end as usize).unwrap_or_default()
    }
}

/// Whether a mark between two letters belongs to one word: hyphens, slashes and inner full stops.
fn joins(text: &str, at: usize, previous: char, mark: char) -> bool {
    let after = text[at + mark.len_utf8()..].chars().next();
    let followed = after.is_some_and(char::is_alphanumeric);
    match mark {
        '-' | '‑' | '/' | '\u{ad}' => followed && previous.is_alphanumeric(),
        '\'' | '’' => followed && previous.is_alphabetic() && !is_possessive(text, at, mark),
        '.' => {
            previous.is_uppercase() && single_letter_before(text, at) && after.is_some_and(char::is_uppercase)
        }
        _ => false,
    }
}

fn single_letter_before(text: &str, at: usize) -> bool {
    let mut back = text[..at].chars().rev();
    back.next().is_some_and(char::is_uppercase) && back.next().is_none_or(|c| !c.is_alphanumeric())
}

fn push_word(tokens: &mut Vec<Token>, text: &str, lower: &str, start: usize, end: usize) {
    let class = LEXICON.get(&lower[start..end]).copied().unwrap_or_default();
    tokens.push(Token {
        start: start as u32,
        end: end as u32,
        case: case_of(&text[start..end]),
        flags: class.flags,
        head: class.head,
        verb: class.verb,
    });
}

/// Whether an apostrophe at `at` is followed by a final s.
fn is_possessive(text: &str, at: usize, mark: char) -> bool {
    let mut after = text[at + mark.len_utf8()..].chars();
    matches!(mark, '\'' | '’')
        && matches!(after.next(), Some('s' | 'S'))
        && !after.next().is_some_and(char::is_alphanumeric)
}

fn mark(start: usize, end: usize, c: char, possessive: bool) -> Token {
    let case = if possessive { Case::Possessive } else { Case::Mark };
    let flags = if c == '&' { flag::CONJUNCTION | flag::STOP } else { 0 };
    Token { start: start as u32, end: end as u32, case, flags, head: 0, verb: 0 }
}

fn case_of(word: &str) -> Case {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let Some(first) = letters.next() else { return Case::Number };
    if !word.starts_with(char::is_uppercase) {
        return if word.chars().skip(1).any(char::is_uppercase) { Case::Upper } else { Case::Lower };
    }
    debug_assert!(first.is_uppercase());
    let inner = letters.filter(|c| c.is_uppercase()).count();
    if inner >= 1 { Case::Upper } else { Case::Capital }
}
