//! Enumerators and named headings at the start of a line: `SEC. 3.`, `§ 22757.1`, `(a)(1)(A)`, `第三条`, `Art. 5`.

use super::heading::looks_like_heading;
use super::names::{named, number_token};
use super::numerals::{han, is_han_digit, letters, roman};

/// What a mark looks like; marks of one look are one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `(a)`.
    Paren,
    /// `a)`.
    Close,
    /// `a.`.
    Dot,
    /// `1.2.3` with this many parts.
    Decimal(u8),
    /// A word and a number; lower ranks hold higher ones.
    Named(Word),
    /// 一、
    HanComma,
    /// `•` and its like.
    Bullet(char),
    /// `##` with this many signs.
    Markdown(u8),
}

/// Words that open a named part of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Annex,
    Division,
    Title,
    Part,
    Chapter,
    Section,
    Article,
    Commitment,
    HanBook,
    HanChapter,
    HanSection,
    HanArticle,
}

impl Word {
    /// Usual depth; a lower one holds a higher one.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Annex => 0,
            Self::Division | Self::HanBook => 1,
            Self::Title => 2,
            Self::Part => 3,
            Self::Chapter | Self::HanChapter => 4,
            Self::HanSection => 5,
            Self::Section => 6,
            Self::Article | Self::HanArticle | Self::Commitment => 7,
        }
    }
}

/// The characters a number is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Digit,
    Lower,
    Upper,
    LowerRoman,
    UpperRoman,
    Han,
    None,
}

/// One way to read a mark.
pub(super) type Reading = (Set, u32);

/// One enumerator with the ways to read it: `(i)` is the first Roman numeral or the ninth letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) shape: Shape,
    pub(super) readings: [Option<Reading>; 2],
}

/// The label of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// Bytes of the line before the label: quote marks of amended text and the like.
    pub(super) start: usize,
    /// Bytes up to the end of the label, its stop included.
    pub(super) end: usize,
    /// `(a)(1)` has two.
    pub(super) marks: Vec<Mark>,
    /// Whether a quote mark stands before it: text that an act inserts elsewhere.
    pub(super) quoted: bool,
}

impl Label {
    /// Whether the label names a section, article, chapter or the like.
    pub(super) fn named(&self) -> Option<Word> {
        match self.marks.first()?.shape {
            Shape::Named(word) => Some(word),
            _ => None,
        }
    }
}

/// The label with which `line` (without white space in front) begins.
pub(super) fn parse(line: &str) -> Option<Label> {
    let body = line.trim_start_matches(|c: char| is_quote(c) || matches!(c, '[' | ' ' | '\u{a0}'));
    let start = line.len() - body.len();
    if start > 12 {
        return None;
    }
    let quoted = line[..start].contains(is_quote);
    let made = |(end, mark): (usize, Mark)| Label { start, end: start + end, marks: vec![mark], quoted };
    let first = body.chars().next()?;
    match first {
        '(' | '（' => paren_chain(body).map(|(end, marks)| Label { start, end: start + end, marks, quoted }),
        '0'..='9' => numbered(body).map(made),
        '#' if start == 0 => markdown(body).map(made),
        '§' => section_sign(body).map(made),
        '第' => han_named(body).map(made),
        _ if is_han_digit(first) => han_comma(body).map(made),
        _ if is_bullet(first) => bullet(body, first).map(made),
        _ if first.is_alphabetic() => named(body).or_else(|| lettered(body)).map(made),
        _ => None,
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '‘' | '’' | '`' | '\'' | '\u{fffd}')
}

pub(super) fn is_bullet(c: char) -> bool {
    matches!(
        c,
        '•' | '●' | '▪' | '■' | '◦' | '‣' | '–' | '—' | '-' | '*' | '·' | '○' | '➢' | '✓' | '\u{f0b7}'
    )
}

fn bullet(body: &str, sign: char) -> Option<(usize, Mark)> {
    let rest = &body[sign.len_utf8()..];
    let strong = matches!(sign, '•' | '●' | '▪' | '■' | '◦' | '‣' | '○' | '➢' | '\u{f0b7}');
    let spaced = rest.starts_with([' ', '\t', '\u{a0}', '\u{2002}', '\u{2003}']);
    let some = rest.trim_start().chars().next().is_some_and(char::is_alphanumeric);
    (some && (spaced || strong)).then(|| (sign.len_utf8(), simple(Shape::Bullet(sign), (Set::None, 0))))
}

fn markdown(body: &str) -> Option<(usize, Mark)> {
    let depth = body.bytes().take_while(|b| *b == b'#').count();
    let fits = depth <= 6 && body[depth..].starts_with(' ');
    fits.then(|| (depth, simple(Shape::Markdown(depth as u8), (Set::None, 0))))
}

pub(super) const fn simple(shape: Shape, reading: Reading) -> Mark {
    Mark { shape, readings: [Some(reading), None] }
}

/// The ways to read a number token, the likelier first.
fn readings(token: &str) -> Option<[Option<Reading>; 2]> {
    if token.is_empty() || token.len() > 12 {
        return None;
    }
    if token.bytes().all(|b| b.is_ascii_digit()) {
        return (token.len() <= 4).then(|| [token.parse().ok().map(|value| (Set::Digit, value)), None]);
    }
    if let Some(value) = han(token) {
        return Some([Some((Set::Han, value)), None]);
    }
    let lower = token.bytes().all(|b| b.is_ascii_lowercase());
    if !lower && !token.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let roman = roman(token).map(|value| (if lower { Set::LowerRoman } else { Set::UpperRoman }, value));
    let letter = letters(token).map(|value| (if lower { Set::Lower } else { Set::Upper }, value));
    match (roman, letter) {
        (None, None) => None,
        (Some(roman), None) => Some([Some(roman), None]),
        (None, Some(letter)) => Some([Some(letter), None]),
        (Some(roman), Some(letter)) if token.eq_ignore_ascii_case("i") => Some([Some(roman), Some(letter)]),
        (Some(roman), Some(letter)) => Some([Some(letter), Some(roman)]),
    }
}

/// `(a)(1)(A)`, at most four, also （一）.
fn paren_chain(body: &str) -> Option<(usize, Vec<Mark>)> {
    let (mut at, mut marks) = (0, Vec::new());
    while marks.len() < 4 {
        let rest = &body[at..];
        let inner = rest.trim_start_matches(' ');
        let Some(open) = inner.chars().next().filter(|c| matches!(c, '(' | '（')) else { break };
        let skipped = rest.len() - inner.len() + open.len_utf8();
        let Some(close) = rest[skipped..].find([')', '）']).filter(|close| *close <= 12) else { break };
        let Some(readings) = readings(rest[skipped..skipped + close].trim()) else { break };
        marks.push(Mark { shape: Shape::Paren, readings });
        let sign = rest[skipped + close..].chars().next().map_or(1, char::len_utf8);
        at += skipped + close + sign;
    }
    (!marks.is_empty()).then_some((at, marks))
}

/// `1.`, `1)`, `1、`, `1.2.3`, `2-3-1701.`, and `5 Corpus Safety`.
fn numbered(body: &str) -> Option<(usize, Mark)> {
    let length =
        body.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '–'))).unwrap_or(body.len());
    let token = body[..length].trim_end_matches(['.', '-', '–']);
    let rest = &body[token.len()..];
    let dotted = rest.starts_with('.');
    if token.contains(['-', '–']) {
        return statute_number(token, rest);
    }
    let parts: Vec<u32> = token.split('.').map_while(|part| part.parse().ok()).collect();
    if parts.len() != token.split('.').count() || parts.iter().any(|part| *part > 99_999) {
        return None;
    }
    let stop = usize::from(dotted);
    let after = &rest[stop..];
    if let [value] = parts[..] {
        let sign = rest.chars().next()?;
        return match sign {
            '.' if value < 1000 && !after.starts_with(|c: char| c.is_ascii_digit()) && opens_text(after) => {
                Some((token.len() + 1, simple(Shape::Dot, (Set::Digit, value))))
            }
            ')' | '）' if value < 200 => {
                Some((token.len() + sign.len_utf8(), simple(Shape::Close, (Set::Digit, value))))
            }
            ' ' if value <= 60 && looks_like_heading(rest.trim()) && rest.len() <= 90 => {
                Some((token.len(), simple(Shape::Dot, (Set::Digit, value))))
            }
            '、' | '．' => Some((token.len() + sign.len_utf8(), simple(Shape::Dot, (Set::Digit, value)))),
            _ => None,
        };
    }
    let big = parts[0] > 200;
    let spaced = after.starts_with([' ', '\t', '\u{a0}']) || after.is_empty();
    let last = *parts.last()?;
    if big {
        return (dotted && spaced)
            .then(|| (token.len() + 1, simple(Shape::Named(Word::Section), (Set::Digit, last))));
    }
    let zero = last == 0;
    let depth = parts.len() as u8 - u8::from(zero);
    let value = if zero { parts[0] } else { last };
    let lower = after.trim_start().starts_with(char::is_lowercase) && parts.len() < 3;
    (spaced && !lower && depth <= 6)
        .then(|| (token.len() + stop, simple(Shape::Decimal(depth), (Set::Digit, value))))
}

/// Whether what follows `1.` can be the text of a provision.
fn opens_text(after: &str) -> bool {
    after.is_empty()
        || after
            .trim_start()
            .chars()
            .next()
            .is_some_and(|c| !c.is_ascii_punctuation() || matches!(c, '(' | '"' | '[' | '*'))
}

/// `2-3-1701.` as American codes number their sections.
fn statute_number(token: &str, rest: &str) -> Option<(usize, Mark)> {
    let parts = token.split(['-', '–']).count();
    let last = token.rsplit(['-', '–']).next()?.split('.').next()?.parse().ok()?;
    (parts <= 4 && token.len() >= 5 && rest.starts_with(". "))
        .then(|| (token.len() + 1, simple(Shape::Named(Word::Section), (Set::Digit, last))))
}

/// `a.`, `a)`, `IV.`, at a word's length.
fn lettered(body: &str) -> Option<(usize, Mark)> {
    let length = body.bytes().take_while(u8::is_ascii_alphabetic).count();
    if length == 0 || length > 6 {
        return None;
    }
    let (token, rest) = body.split_at(length);
    let sign = rest.chars().next()?;
    let shape = match sign {
        '.' => Shape::Dot,
        ')' | '）' => Shape::Close,
        _ => return None,
    };
    let after = &rest[sign.len_utf8()..];
    let spaced = after.starts_with(char::is_whitespace) || after.is_empty();
    let numbered = shape == Shape::Dot && after.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if numbered || !spaced && (shape == Shape::Dot || length > 1) {
        return None;
    }
    Some((length + sign.len_utf8(), Mark { shape, readings: readings(token)? }))
}

/// `§ 22757.1.` and `§§ 3`.
fn section_sign(body: &str) -> Option<(usize, Mark)> {
    let rest = body.trim_start_matches('§').trim_start_matches(char::is_whitespace);
    let lead = body.len() - rest.len();
    let (length, value) = number_token(rest)?;
    Some((lead + length, simple(Shape::Named(Word::Section), (Set::Digit, value))))
}

/// 第三条, 第2章, 第四十一条の二; also Korean 제3조 is left to the numbers.
fn han_named(body: &str) -> Option<(usize, Mark)> {
    let rest = &body['第'.len_utf8()..];
    let digits = rest
        .find(|c: char| !(is_han_digit(c) || c.is_ascii_digit() || c == ' ' || ('０'..='９').contains(&c)))?;
    let number = rest[..digits].trim();
    let value = han(number).or_else(|| number.parse().ok())?;
    let sign = rest[digits..].chars().next()?;
    let word = match sign {
        '编' | '編' | '篇' | '部' => Word::HanBook,
        '章' => Word::HanChapter,
        '节' | '節' => Word::HanSection,
        '条' | '條' => Word::HanArticle,
        _ => return None,
    };
    let end = '第'.len_utf8() + digits + sign.len_utf8();
    Some((end, simple(Shape::Named(word), (Set::Han, value))))
}

/// 一、
fn han_comma(body: &str) -> Option<(usize, Mark)> {
    let digits = body.find(|c: char| !is_han_digit(c))?;
    let sign = body[digits..].chars().next().filter(|c| matches!(c, '、' | '．'))?;
    Some((digits + sign.len_utf8(), simple(Shape::HanComma, (Set::Han, han(&body[..digits])?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(line: &str) -> Option<&str> {
        parse(line).map(|l| &line[l.start..l.end])
    }

    #[test]
    fn labels_of_every_style_are_read() {
        for (line, wanted) in [
            ("SEC. 3. SHORT TITLE.", "SEC. 3."),
            ("Sec. 2.  (1) For purposes", "Sec. 2."),
            ("§ 22757.1. Definitions", "§ 22757.1."),
            ("“§ 15110. Establishment", "§ 15110."),
            ("(a)(1)(A) the deployer", "(a)(1)(A)"),
            ("``(iv) reducing", "(iv)"),
            ("Article 5 Obligations", "Article 5"),
            ("Art. 3. Champ", "Art. 3."),
            ("CHAPTER II", "CHAPTER II"),
            ("PART 170—HEALTH", "PART 170"),
            ("第三条 提供者", "第三条"),
            ("第二章 义务", "第二章"),
            ("（二）记录", "（二）"),
            ("一、总则", "一、"),
            ("Commitment II: Conduct", "Commitment II:"),
            ("2-3-1701. Definitions.", "2-3-1701."),
            ("9.2.2.4 be used", "9.2.2.4"),
            ("1.0 SUBJECT", "1.0"),
            ("b) Matching", "b)"),
            ("IV. Scope", "IV."),
            ("## Purpose", "##"),
            ("• Item", "•"),
        ] {
            assert_eq!(label(line), Some(wanted), "{line}");
        }
    }

    #[test]
    fn references_and_words_are_no_labels() {
        for line in [
            "Section 5 of the Act applies",
            "Article 5, paragraph 2",
            "(as amended) the",
            "3.5 million",
            "I am",
            "part of",
            "No. 5 is",
            "A deployer",
            "2024 was",
        ] {
            assert_eq!(label(line), None, "{line}");
        }
    }
}
