//! Numbers with a unit: sums of money, lengths of time, shares, counts of people and of operations. Numbers are read
//! whole and from left to right, so that nothing found begins inside one; a unit is looked for after that. Words are those
//! of the passage's language alone: "dos" is two in Spanish and "of the" in Portuguese.

mod units;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use lacuna_domain::Passage;
use regex::Regex;
use serde::Serialize;

use crate::ingest::language;
use units::{LANGUAGES, Language};

/// What a number measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Operations or parameters of a model.
    Compute,
    /// Sums of money.
    Money,
    /// People, users, employees.
    People,
    /// Lengths of time.
    Time,
    /// Shares.
    Share,
}

impl Measure {
    /// Every measure, in the order pages show them.
    pub const ALL: [Self; 5] = [Self::Compute, Self::Money, Self::People, Self::Time, Self::Share];

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compute => "Compute",
            Self::Money => "Money",
            Self::People => "People",
            Self::Time => "Time",
            Self::Share => "Shares",
        }
    }
}

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Threshold {
    /// What it measures.
    pub measure: Measure,
    /// As written, such as `10^26 floating-point operations`.
    pub amount: String,
    /// The passage.
    pub passage: u32,
    /// The words around it, cut after 240 characters.
    pub words: String,
}

/// The numeric thresholds of a text. `main` is the language of passages that have none of their own; where that is not
/// known, each passage is asked for its own.
pub fn thresholds(text: &str, passages: &[Passage], main: Option<&str>) -> Vec<Threshold> {
    let mut found = Vec::new();
    for passage in passages {
        let words = passage.trimmed(text);
        let known = passage.language.as_deref().or(main).map(str::to_owned);
        let spoken = known.or_else(|| language::detect(words)).unwrap_or_default();
        for (measure, place) in amounts(words, &spoken) {
            found.push(Threshold {
                measure,
                amount: super::even(words.get(place.clone()).unwrap_or_default()),
                passage: passage.index,
                words: around(words, place.start, place.end),
            });
        }
    }
    found.sort_by_key(|threshold| (threshold.measure, threshold.passage));
    found
}

/// The amounts of a text with their places, in order. Of a language whose words are not known, figures with signs alone.
fn amounts(text: &str, language: &str) -> Vec<(Measure, Range<usize>)> {
    let spoken = PATTERNS.iter().find(|(code, _)| *code == language).or(PATTERNS.last());
    let Some((_, patterns)) = spoken else { return vec![] };
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(begin) = patterns.begin.find_at(text, at) {
        let number = patterns.number(text, &begin.range());
        let amount = patterns.measured(text, at, &number);
        at = amount.as_ref().map_or(number.place.end, |(_, place)| place.end);
        found.extend(amount);
    }
    found
}

/// A number as it is written.
struct Number {
    place: Range<usize>,
    /// Whether it is one word alone, which says less than a figure: "two persons" is no threshold, "two years" is.
    one_word: bool,
}

/// Of each language, by its code.
static PATTERNS: LazyLock<Vec<(&'static str, Patterns)>> = LazyLock::new(|| {
    let made = |language: &Language| Some((language.code, Patterns::new(language).ok()?));
    LANGUAGES.iter().filter_map(made).collect()
});

/// All but the first and the last are anchored: they are asked at the place where a number ends.
struct Patterns {
    /// A digit, or a number in words.
    begin: Regex,
    /// The figure that repeats words, such as `(30)`.
    figure: Regex,
    /// What follows a ten that is raised to a power.
    power: Regex,
    magnitude: Regex,
    currency: Regex,
    units: Vec<(Measure, Regex)>,
    /// A unit that is one of compute where there are very many.
    parameters: Regex,
    /// A unit that is money or a weight.
    weighty: Regex,
    /// Words by which one can tell; those of money are its first group.
    telling: Regex,
}

/// Digits of the least number of parameters that is one of a model.
const VERY_MANY: usize = 6;
/// Bytes on either side of a number in which words tell what an ambiguous unit is.
const TELLING: usize = 80;

impl Patterns {
    fn new(language: &Language) -> Result<Self, regex::Error> {
        let Language { numbers, and, join, qualifiers, paid, weighed, .. } = language;
        let any = |words: &str| format!(r"(?:{words})(?-u:\b)");
        let both = |shared: &str, own: &str| any(&format!("{shared}|{own}"));
        let unit = |pattern: String| Regex::new(&format!("(?i)^{pattern}"));
        let joined = |words: &str| unit(format!(r"{join}(?:(?:{qualifiers})\s+)*{}", any(words)));
        Ok(Self {
            begin: Regex::new(&format!(
                r"(?i)[0-9]|(?-u:\b)(?:{numbers})(?-u:\b)(?:[\s-](?:(?:{and})\s)?(?:{numbers})(?-u:\b))*"
            ))?,
            figure: Regex::new(r"^\s?\([0-9][0-9.,\s]*\)")?,
            power: Regex::new(
                r"^(?:\s?\(?\^\s?\(?[0-9]+(?:[.,][0-9]+)*\)?|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?:[^.;,]{0,40}operations)?",
            )?,
            magnitude: unit(format!(
                r"(?:\s?(?:(?:Mio|Mrd)\.|{}))+",
                both(units::SHORT_MAGNITUDES, language.magnitudes)
            ))?,
            currency: unit(format!(
                r"(?:{join})?(?:[$€£¥₹₩]|{})",
                both(units::CURRENCY_CODES, language.currencies)
            ))?,
            units: vec![
                (Measure::Compute, unit(format!("(?:{join})?{}", both(units::FLOPS, language.operations)))?),
                (Measure::Share, unit(format!(r"\s*(?:%|{})", any(language.shares)))?),
                (Measure::People, joined(language.people)?),
                (Measure::Time, joined(language.times)?),
            ],
            parameters: unit(format!("{join}{}", any(language.parameters)))?,
            weighty: unit(format!("{join}{}", any(language.weighty)))?,
            telling: Regex::new(&format!(r"(?i)(?-u:\b)(?:({paid})|{weighed})"))?,
        })
    }

    fn number(&self, text: &str, begin: &Range<usize>) -> Number {
        let (first, after) = (after(text, begin.start), after(text, begin.end));
        if first.starts_with(|c: char| c.is_ascii_digit()) {
            return Number { place: begin.start..begin.start + figure_length(first), one_word: false };
        }
        let figure = self.figure.find(after).map_or(0, |figure| figure.end());
        let words = text.get(begin.clone()).unwrap_or_default();
        let one_word = figure == 0 && !words.contains(|c: char| c == '-' || c.is_whitespace());
        Number { place: begin.start..begin.end + figure, one_word }
    }

    /// What the number measures, with its currency or unit; `from` is where what was found before ends.
    fn measured(&self, text: &str, from: usize, number: &Number) -> Option<(Measure, Range<usize>)> {
        let Range { start, end } = number.place;
        if text.get(start..end) == Some("10")
            && let Some(power) = self.power.find(after(text, end))
        {
            return Some((Measure::Compute, start..end + power.end()));
        }
        let magnitude = self.magnitude.find(after(text, end)).map_or(0, |magnitude| magnitude.end());
        let one_word = number.one_word && magnitude == 0;
        let end = end + magnitude;
        let sign = text.get(from..start).and_then(sign_before).map(|sign| from + sign);
        let currency = self.currency.find(after(text, end)).map(|currency| end + currency.end());
        // A currency before the next number belongs to that one.
        let currency = currency.filter(|end| !after(text, *end).trim_start().starts_with(char::is_numeric));
        if sign.is_some() || currency.is_some() {
            return Some((Measure::Money, sign.unwrap_or(start)..currency.unwrap_or(end)));
        }
        if let Some(weight) = self.weighty.find(after(text, end))
            && self.is_paid(text, start, end + weight.end())
        {
            return Some((Measure::Money, start..end + weight.end()));
        }
        let telling = |measure: Measure| !one_word || matches!(measure, Measure::Time | Measure::Share);
        let units = self.units.iter().filter(|(measure, _)| telling(*measure));
        let many = magnitude > 0 || digits(text.get(number.place.clone()).unwrap_or_default()) >= VERY_MANY;
        let parameters = many.then_some((Measure::Compute, &self.parameters));
        units.map(|(measure, unit)| (*measure, unit)).chain(parameters).find_map(|(measure, unit)| {
            let unit = unit.find(after(text, end))?;
            Some((measure, start..end + unit.end()))
        })
    }

    /// Whether words say that an amount which may be a weight is money: the last ones before it in its clause, else the
    /// first ones after it.
    fn is_paid(&self, text: &str, start: usize, end: usize) -> bool {
        let from = text.floor_char_boundary(start.saturating_sub(TELLING));
        let before = text.get(from..start).unwrap_or_default().rsplit(['.', ';']).next().unwrap_or_default();
        let until = text.floor_char_boundary(end + TELLING);
        let next = text.get(end..until).unwrap_or_default().split(['.', ';']).next().unwrap_or_default();
        let told = self.telling.captures_iter(before).last().or_else(|| self.telling.captures(next));
        told.is_some_and(|words| words.get(1).is_some())
    }
}

fn digits(figure: &str) -> usize {
    figure.bytes().filter(u8::is_ascii_digit).count()
}

fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// Where the currency begins with which `before` ends, if it does.
fn sign_before(before: &str) -> Option<usize> {
    let close = before.strip_suffix(char::is_whitespace).unwrap_or(before);
    let begins = |sign: &&str| {
        let rest = close.strip_suffix(*sign)?;
        // Letters that end a longer word are no code.
        let in_word = sign.starts_with(char::is_alphabetic) && rest.ends_with(char::is_alphanumeric);
        (!in_word).then_some(rest.len())
    };
    units::SIGNS.iter().find_map(begins)
}

/// What parts groups of three digits besides points and commas: spaces (also no-break and thin ones), apostrophes.
const PARTS: [char; 7] = [' ', '\u{a0}', '\u{2007}', '\u{2009}', '\u{202f}', '\'', '’'];

/// The length of the figure with which `text` begins, all its groups of digits with it: `35 000 000`, `1,000.50`.
fn figure_length(text: &str) -> usize {
    let digits = |from: usize| after(text, from).bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    // Years and numbers with points are in no groups that spaces part.
    let mut grouped = end <= 3;
    while let Some(part) = after(text, end).chars().next() {
        let next = end + part.len_utf8();
        let more = digits(next);
        let point = matches!(part, '.' | ',') && more > 0;
        if !(point || grouped && more == 3 && PARTS.contains(&part)) {
            break;
        }
        grouped &= !point;
        end = next + more;
    }
    end
}

/// Words around a place, from the sentence before to the sentence after where they are short.
fn around(text: &str, start: usize, end: usize) -> String {
    let from = text.floor_char_boundary(start.saturating_sub(110));
    let to = text.floor_char_boundary(end + 110);
    let words = super::even(text.get(from..to).unwrap_or_default());
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < text.len() { " …" } else { "" });
    format!("{before}{words}{after}")
}
