//! Dates that a text states of itself or its parts: from when it takes effect or applies, and until when.

use std::sync::LazyLock;

use jiff::civil::Date;
use lacuna_domain::relation::{Cited, StatedDate, StatedKind};
use lacuna_domain::{Span, TextId};
use regex::Regex;

use super::whole;

/// Dates kept of one text, besides those of the whole instrument.
const MOST: usize = 50;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const DATE: &str = r"(?:(?P<m1>January|February|March|April|May|June|July|August|September|October|November|December) (?P<d1>\d{1,2}), ?(?P<y1>\d{4})|(?P<d2>\d{1,2}) (?P<m2>January|February|March|April|May|June|July|August|September|October|November|December) (?P<y2>\d{4}))";

/// Words by which an instrument or a part of it begins.
pub(super) const IN_FORCE: &str = "(?:takes? effect|(?:enters?|comes?|go(?:es)?) into (?:force|effect|operation)|(?:shall be|is|becomes?) effective|effective(?: date)?)";
/// Words by which one ends.
pub(super) const SUNSET: &str = "(?:expires?|shall expire|sunsets?|(?:is|are) repealed|terminates?|remains? in (?:effect|force) (?:only )?until|ceases? to (?:have|be in) (?:effect|force))";

static PATTERNS: LazyLock<Vec<(StatedKind, Option<Regex>)>> = LazyLock::new(|| {
    let of = |words: &str| Regex::new(&format!(r"(?i)\b{words}[^.;\n]{{0,40}}?{DATE}")).ok();
    vec![
        (StatedKind::Sunset, of(SUNSET)),
        (
            StatedKind::AppliesFrom,
            of(
                "(?:shall apply|applies|apply) (?:to [^.;\\n]{0,60}? )?(?:from|on and after|on or after|beginning|as of)",
            ),
        ),
        (StatedKind::InForce, of(&format!("{IN_FORCE}(?: on| as of|:)?"))),
    ]
});

/// The dates that `text` states, in its order; of those about parts the first ones only.
pub fn stated_dates(id: &TextId, text: &str) -> Vec<StatedDate> {
    let mut found: Vec<StatedDate> = Vec::new();
    for (kind, pattern) in PATTERNS.iter() {
        for captures in pattern.iter().flat_map(|p| p.captures_iter(text)) {
            let part = |one: &str, other: &str| captures.name(one).or_else(|| captures.name(other));
            let Some(date) = part("y1", "y2")
                .zip(part("m1", "m2"))
                .zip(part("d1", "d2"))
                .and_then(|((year, month), day)| date(year.as_str(), month.as_str(), day.as_str()))
            else {
                continue;
            };
            let Some(span) = captures.get(0).and_then(|m| Span::new(text, m.start(), m.end())) else {
                continue;
            };
            let Some(quote) = span.slice(text) else { continue };
            let passage = Cited {
                text: id.clone(),
                start: span.start() as u32,
                end: span.end() as u32,
                quote: quote.split_whitespace().collect::<Vec<_>>().join(" "),
                passage: 0,
            };
            found.push(StatedDate { kind: *kind, date, whole: false, passage });
        }
    }
    found.sort_by_key(|stated| stated.passage.start);
    if !found.is_empty() {
        let ends = whole::ends(text);
        for stated in &mut found {
            stated.whole = ends.contains(&(stated.kind, stated.passage.end as usize));
        }
    }
    let mut place = 0;
    found.retain(|stated| {
        place += 1;
        place <= MOST || stated.whole
    });
    found
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let month = MONTHS.iter().position(|name| *name == month.to_lowercase())? as i8 + 1;
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_apart_by_the_words_before_them() {
        assert!(PATTERNS.iter().all(|(_, pattern)| pattern.is_some()));
        let text = "This Act shall take effect on January 1, 2099. Section 4 shall apply from 2 August 2100. \
                    This section shall remain in effect only until March 3, 2101, and as of that date is repealed. \
                    The report of May 5, 2098 was read.";
        let told: Vec<(StatedKind, String)> =
            stated_dates(&TextId::of(text), text).into_iter().map(|s| (s.kind, s.date.to_string())).collect();
        assert_eq!(
            told,
            [
                (StatedKind::InForce, "2099-01-01".to_owned()),
                (StatedKind::AppliesFrom, "2100-08-02".to_owned()),
                (StatedKind::Sunset, "2101-03-03".to_owned()),
            ]
        );
    }
}
