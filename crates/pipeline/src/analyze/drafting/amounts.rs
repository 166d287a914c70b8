//! Numbers with a unit: sums of money, lengths of time, shares, counts of people and of operations. Numbers are read
//! whole and from left to right, so that nothing found begins inside one; a unit is looked for after that.

mod units;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use lacuna_domain::Passage;
use regex::Regex;
use serde::Serialize;

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

/// The numeric thresholds of a text.
pub fn thresholds(text: &str, passages: &[Passage]) -> Vec<Threshold> {
    let mut found = Vec::new();
    for passage in passages {
        let words = passage.trimmed(text);
        for (measure, place) in amounts(words) {
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

/// The amounts of a text with their places, in order.
fn amounts(text: &str) -> Vec<(Measure, Range<usize>)> {
    let Some(patterns) = PATTERNS.as_ref() else { return vec![] };
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

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| Patterns::new().ok());

/// All but the first are anchored: they are asked at the place where a number ends.
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
}

/// What stands between a number or its magnitude and a unit: `30 days`, `30-day`, `15 millions d'euros`.
const JOIN: &str = r"(?:\s+d[ei]\s+|\s+d['’]|[\s-]+)";

impl Patterns {
    fn new() -> Result<Self, regex::Error> {
        let words = units::WORDS.join("|");
        let any = |table: [&str; 6]| format!(r"(?:{})(?-u:\b)", table.join("|"));
        let unit = |pattern: String| Regex::new(&format!("(?i)^{pattern}"));
        let (people, times, shares) = (any(units::PEOPLE), any(units::TIMES), any(units::SHARES));
        let qualified = format!(r"(?:{}\s+)*", any(units::QUALIFIERS));
        Ok(Self {
            begin: Regex::new(&format!(
                r"(?i)[0-9]|(?-u:\b)(?:{words})(?-u:\b)(?:[\s-](?:(?:and|et|y|e)\s)?(?:{words})(?-u:\b))*"
            ))?,
            figure: Regex::new(r"^\s?\([0-9][0-9.,\s]*\)")?,
            power: Regex::new(
                r"^(?:\s?\(?\^\s?\(?[0-9]+(?:[.,][0-9]+)*\)?|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?:[^.;,]{0,40}operations)?",
            )?,
            magnitude: unit(format!(r"(?:\s?(?:(?:Mio|Mrd)\.|{}))+", any(units::MAGNITUDES)))?,
            currency: unit(format!(r"(?:{JOIN})?(?:[$€£¥₹₩]|{})", any(units::CURRENCIES)))?,
            units: vec![
                (Measure::Compute, unit(format!(r"(?:{JOIN})?{}", any(units::COMPUTE)))?),
                (Measure::Share, unit(format!(r"\s*(?:%|{shares})"))?),
                (Measure::People, unit(format!("{JOIN}{qualified}{people}"))?),
                (Measure::Time, unit(format!("{JOIN}{qualified}{times}"))?),
            ],
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
        let telling = |measure: Measure| !one_word || matches!(measure, Measure::Time | Measure::Share);
        self.units.iter().filter(|(measure, _)| telling(*measure)).find_map(|(measure, unit)| {
            let unit = unit.find(after(text, end))?;
            Some((*measure, start..end + unit.end()))
        })
    }
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
    let floor = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (floor(start.saturating_sub(110)), floor((end + 110).min(text.len())));
    let words = super::even(text.get(from..to).unwrap_or_default());
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < text.len() { " …" } else { "" });
    format!("{before}{words}{after}")
}
