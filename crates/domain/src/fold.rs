//! One even form of a text for finding words in it, with the way back to the original bytes.
//!
//! [`fold`] applies NFKC (Unicode Standard Annex 15) and then evens out what extraction, typing and quoting change:
//! white space, quote marks, dashes, soft and line-break hyphens, ligatures, invisible characters, glyph garbage such
//! as `(cid:12)`, and the OCR fault "Al" for the word "AI". The stored text is never altered; a [`Folded`] is a copy
//! that knows where each of its bytes came from.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// What the folded copy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To locate quotes: case is kept; a hyphen or dash, with the white space around it, goes away, because nobody
    /// can tell whether the hyphen at a line's end belongs to the word. A dash between two digits stays.
    Locate,
    /// To search: lower case; only line-break hyphens go away, other dashes become `-`.
    Search,
}

/// A folded copy of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    pieces: Vec<Piece>,
}

/// A stretch of the folded text. `whole` pieces come from `start..end` as one; others map byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    folded: u32,
    start: u32,
    end: u32,
    whole: bool,
}

impl Folded {
    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of the original text from which the folded bytes `start..end` come, on character boundaries of the
    /// original when `start` and `end` are boundaries of the folded text. Empty or outlying ranges answer `None`.
    pub fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        if start >= end || end > self.text.len() {
            return None;
        }
        let (first, last) = (self.piece_at(start)?, self.piece_at(end - 1)?);
        let from = if first.whole {
            first.start as usize
        } else {
            first.start as usize + start - first.folded as usize
        };
        let to =
            if last.whole { last.end as usize } else { last.start as usize + end - last.folded as usize };
        Some((from, to))
    }

    fn piece_at(&self, folded: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|p| p.folded as usize <= folded);
        self.pieces.get(after.checked_sub(1)?)
    }
}

/// Folds `text`. Linear in its length; bytes beyond 4 GiB are left out.
pub fn fold(text: &str, mode: Mode) -> Folded {
    let mut folder = Folder { text, mode, out: Folded::default(), at: 0 };
    folder.out.text.reserve(text.len());
    folder.run();
    folder.out
}

/// Only the folded text, for needles.
pub fn fold_str(text: &str, mode: Mode) -> String {
    fold(text, mode).text
}

/// The words of `text` as they are, with one space between any two.
pub fn even(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Folder<'t> {
    text: &'t str,
    mode: Mode,
    out: Folded,
    at: usize,
}

const PLAIN: u8 = 0;
const SPACE: u8 = 1;
const SPECIAL: u8 = 2;

/// Class of each byte: copied as it is, a plain space, or looked at one by one.
const CLASS: [u8; 256] = {
    let mut class = [PLAIN; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte < 0x20 || byte >= 0x7f {
            class[byte] = SPECIAL;
        }
        byte += 1;
    }
    class[b' ' as usize] = SPACE;
    class[b'-' as usize] = SPECIAL;
    class[b'"' as usize] = SPECIAL;
    class[b'\'' as usize] = SPECIAL;
    class[b'`' as usize] = SPECIAL;
    class[b'(' as usize] = SPECIAL;
    class[b'A' as usize] = SPECIAL;
    class
};

impl Folder<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && self.at < u32::MAX as usize - 64 {
            let start = self.at;
            let mut end = start;
            while end < bytes.len() && CLASS[bytes[end] as usize] == PLAIN {
                end += 1;
            }
            end = self.before_combining(start, end);
            if end > start
                && bytes[start] == b'l'
                && self.mode == Mode::Locate
                && self.out.text.ends_with('A')
            {
                self.put("I", start, start + 1);
                self.at = start + 1;
                continue;
            }
            if end > start {
                self.copy(start, end);
                self.at = end;
                continue;
            }
            self.special(bytes[start]);
        }
    }

    /// `end`, or one less where a combining mark follows the last byte of the run.
    fn before_combining(&self, start: usize, end: usize) -> usize {
        if end > start && self.text.as_bytes().get(end).is_some_and(|b| *b >= 0xcc) && self.combining_at(end)
        {
            return end - 1;
        }
        end
    }

    fn combining_at(&self, at: usize) -> bool {
        self.text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(joins_the_last)
    }

    fn special(&mut self, byte: u8) {
        let bytes = self.text.as_bytes();
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b'-' => self.gap(),
            b'"' | b'\'' | b'`' => self.quote_marks(),
            b'(' if self.text[self.at..].starts_with("(cid:") => self.glyph_garbage(),
            b'A' => {
                self.copy(self.at, self.at + 1);
                self.at += 1;
                if self.mode == Mode::Search && bytes.get(self.at) == Some(&b'l') && self.is_ocr_ai() {
                    self.put("i", self.at, self.at + 1);
                    self.at += 1;
                }
            }
            0..0x20 | 0x7f => self.at += 1,
            _ => self.character(),
        }
    }

    /// Searching: whether the "l" here makes an "Al" that ends a word and does not follow a capital: "Al" and "Als",
    /// not "Alabama". (Locating, every "Al" is read as "AI": a text and its quote are treated alike.)
    fn is_ocr_ai(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let after = rest.chars().find(|c| !is_invisible(*c) && *c != '\u{ad}');
        let before = self.text[..self.at - 1].chars().next_back();
        let ends = after.is_none_or(|c| !c.is_alphanumeric()) || is_plural_end(rest);
        ends && before.is_none_or(|c| !c.is_alphanumeric() || c.is_lowercase())
            && !self.combining_at(self.at + 1)
    }

    /// One character and the marks that combine with it.
    fn character(&mut self) {
        let rest = &self.text[self.at..];
        let mut chars = rest.char_indices();
        let Some((_, first)) = chars.next() else { return };
        let width = first.len_utf8();
        if !first.is_ascii() && (first.is_whitespace() || is_dash(first) || first == '\u{ad}') {
            return self.gap();
        }
        if is_quote_mark(first) {
            return self.quote_marks();
        }
        if is_invisible(first) {
            self.at += width;
            return;
        }
        let end = chars.find(|(_, c)| !joins_the_last(*c)).map_or(rest.len(), |(at, _)| at);
        let (start, end) = (self.at, self.at + end);
        self.at = end;
        if end - start == width && (first.is_ascii() || is_cjk(first)) {
            return self.copy(start, end);
        }
        let folded: String = self.text[start..end].nfkc().filter(|c| !is_invisible(*c)).collect();
        if folded == self.text[start..end] && self.mode == Mode::Locate {
            self.copy(start, end);
        } else {
            self.put(&folded, start, end);
        }
    }

    /// `(cid:12)` and its like.
    fn glyph_garbage(&mut self) {
        let digits = self.text.as_bytes()[self.at + 5..].iter().take_while(|b| b.is_ascii_digit()).count();
        let close = self.at + 5 + digits;
        if digits > 0 && self.text.as_bytes().get(close) == Some(&b')') {
            self.at = close + 1;
        } else {
            self.copy(self.at, self.at + 1);
            self.at += 1;
        }
    }

    /// A run of quote marks becomes one `"`; an apostrophe inside a word too, so that all its forms are one.
    fn quote_marks(&mut self) {
        let start = self.at;
        let length: usize =
            self.text[start..].chars().take_while(|c| is_quote_mark(*c)).map(char::len_utf8).sum();
        self.at = start + length;
        self.put("\"", start, self.at);
    }

    /// White space, dashes and soft hyphens up to the next character of another kind.
    fn gap(&mut self) {
        let start = self.at;
        let mut gap = Gap::default();
        for c in self.text[start..].chars() {
            match c {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => {
                    gap.space = true;
                    gap.line_break = true;
                }
                '\u{ad}' if gap.hyphen == Hyphen::None => gap.hyphen = Hyphen::Soft,
                '\u{ad}' => {}
                _ if c.is_whitespace() => gap.space = true,
                _ if is_dash(c) => {
                    gap.hyphen = Hyphen::Dash;
                    gap.line_break = false;
                }
                _ if is_invisible(c) => {}
                _ => break,
            }
            self.at += c.len_utf8();
        }
        self.emit_gap(start, gap);
    }

    fn emit_gap(&mut self, start: usize, gap: Gap) {
        let before = self.out.text.chars().next_back();
        let after = self.text[self.at..].chars().next();
        let (Some(before), Some(after)) = (before, after) else {
            // White space at either end of the text, dashes included: nothing to keep apart.
            return;
        };
        if gap.hyphen == Hyphen::Dash {
            let digits = before.is_ascii_digit() && after.is_ascii_digit();
            let joined = match self.mode {
                Mode::Locate => !digits,
                Mode::Search => gap.line_break && before.is_alphabetic() && after.is_lowercase(),
            };
            if !joined {
                self.put("-", start, self.at);
            }
            return;
        }
        if gap.space && gap.hyphen == Hyphen::None && !(is_cjk(before) && is_cjk(after)) {
            self.put(" ", start, self.at);
        }
    }

    /// Copies original bytes as they are (in lower case when searching).
    fn copy(&mut self, start: usize, end: usize) {
        let folded = self.out.text.len() as u32;
        let linear = self
            .out
            .pieces
            .last()
            .is_some_and(|p| !p.whole && folded as usize - p.folded as usize == start - p.start as usize);
        if !linear {
            self.out.pieces.push(Piece { folded, start: start as u32, end: 0, whole: false });
        }
        self.out.text.push_str(&self.text[start..end]);
        if self.mode == Mode::Search {
            self.out.text[folded as usize..].make_ascii_lowercase();
        }
    }

    /// Puts `folded` for the original bytes `start..end` as one.
    fn put(&mut self, folded: &str, start: usize, end: usize) {
        if folded.is_empty() {
            return;
        }
        if folded.len() == 1 && end - start == 1 {
            let at = self.out.text.len();
            let linear = self
                .out
                .pieces
                .last()
                .is_some_and(|p| !p.whole && at - p.folded as usize == start - p.start as usize);
            if linear {
                self.out.text.push_str(folded);
                return;
            }
        }
        let at = self.out.text.len() as u32;
        self.out.pieces.push(Piece { folded: at, start: start as u32, end: end as u32, whole: true });
        if self.mode == Mode::Search {
            self.out.text.extend(folded.chars().flat_map(char::to_lowercase));
        } else {
            self.out.text.push_str(folded);
        }
    }
}

/// What stands between two visible characters.
#[derive(Clone, Copy, Default)]
struct Gap {
    space: bool,
    line_break: bool,
    hyphen: Hyphen,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Hyphen {
    #[default]
    None,
    Soft,
    Dash,
}

fn is_plural_end(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('s') && chars.next().is_none_or(|c| !c.is_alphanumeric())
}

/// Whether `c` belongs to the character before it under NFKC.
fn joins_the_last(c: char) -> bool {
    c >= '\u{300}'
        && (canonical_combining_class(c) != 0
            || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}' | '\u{3099}' | '\u{309a}'))
}

/// Hyphens, dashes and minus signs.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Quote marks of every kind, apostrophes and primes among them, and U+FFFD, which mostly stands for a lost one.
pub fn is_quote_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '\u{fffd}' | '\u{b4}' | '«' | '»' | '\u{2018}'..='\u{201f}' | '\u{2032}'..='\u{2036}' | '‹' | '›'
            | '「'..='』' | '\u{301d}'..='\u{301f}' | '\u{ff02}' | '\u{ff07}' | '\u{ff40}' | '｢' | '｣'
    )
}

/// Characters without a shape of their own.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' | '\u{61c}' | '\u{180e}'
        )
}

/// Whether `c` is of a script written without spaces between words: Han, kana, and their punctuation.
pub const fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locate(text: &str) -> String {
        fold_str(text, Mode::Locate)
    }

    #[test]
    fn what_extraction_changes_is_evened_out() {
        for (a, b) in [
            ("a  deployer\r\n  shall\u{a0}test", "a deployer shall test"),
            ("“high-risk” system’s ``use''", "\"high-risk\" system's \"use\""),
            ("In General.—The", "In General.--The"),
            ("neces-\n   sary", "necessary"),
            ("red-\nteaming", "red-teaming"),
            ("neces\u{ad}sary", "necessary"),
            ("ﬁnancial ﬂow", "financial flow"),
            ("Al and OpenAl's Als", "AI and OpenAI's AIs"),
            ("the (cid:12)model", "the model"),
            ("人工\n智能（AI）", "人工智能(AI)"),
            ("cafe\u{301}", "café"),
        ] {
            assert_eq!(locate(a), locate(b), "{a:?} and {b:?}");
        }
        assert_ne!(fold_str("Alabama METAl", Mode::Search), fold_str("AIabama METAI", Mode::Search));
        assert_ne!(locate("5-10"), locate("510"));
    }

    #[test]
    fn search_folds_case_and_keeps_dashes() {
        assert_eq!(
            fold_str("Red-Teaming of Al, neces-\nsary É", Mode::Search),
            "red-teaming of ai, necessary é"
        );
    }

    #[test]
    fn folded_bytes_know_where_they_came_from() {
        let text = "The “high-\n risk”  ﬁnancial Al — 人工\n智能 cafe\u{301}.";
        let folded = fold(text, Mode::Locate);
        let mut last = 0;
        for (at, c) in folded.as_str().char_indices() {
            let (start, end) = folded.original(at, at + c.len_utf8()).unwrap();
            assert!(start >= last || c == 'i', "{c:?}");
            assert!(text.get(start..end).is_some());
            last = start;
        }
        let at = folded.as_str().find("financial").unwrap();
        let (start, end) = folded.original(at, at + 9).unwrap();
        assert_eq!(&text[start..end], "ﬁnancial");
    }
}
