//! Counts: "approximately 10-12 subdomains", "all six stages", "two of six stages", "5 Good".

use std::ops::RangeInclusive;

use super::words::{Sentence, number};
use super::{Contradiction, Labels};

const ABOUT: &[&str] = &["approximately", "about", "around", "roughly", "circa", "nearly", "almost", "some"];
/// Words after which a count is of something else than all that is covered.
const RELATIVE: &[&str] = &[
    "other",
    "others",
    "further",
    "additional",
    "more",
    "remaining",
    "another",
    "new",
    "main",
    "primary",
    "principal",
    "secondary",
    "major",
];
/// Verbs by which a narrative says that codes are covered.
const COVERING: &[&str] = &[
    "covered",
    "addressed",
    "governed",
    "named",
    "used",
    "mentioned",
    "coded",
    "apply",
    "applies",
    "present",
    "identified",
    "touched",
    "regulated",
];

/// A number a narrative states.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Amount {
    /// Counts that make it true.
    counts: RangeInclusive<usize>,
    /// "all": as many as there are.
    all: bool,
    /// "two of six": six.
    of: Option<usize>,
    /// First word.
    from: usize,
    /// One past the last word.
    to: usize,
}

/// The contradictions in the counts of `sentence`; `context` is the dimension spoken of last.
pub(super) fn check(
    sentence: &Sentence<'_>,
    labels: &[Labels<'_>],
    context: Option<usize>,
) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        let Some(amount) = amount(sentence, at) else {
            at += 1;
            continue;
        };
        at = amount.to.max(at + 1);
        if let Some((dimension, end)) = unit(sentence, amount.to, labels) {
            found.extend(of_units(sentence, &amount, &labels[dimension], end));
        } else if let Some((level, end)) = level_after(sentence, amount.to, labels, context) {
            found.extend(of_level(sentence, &amount, labels, context, level, end));
        }
    }
    found
}

/// The dimension whose unit or name stands in the sentence, the first one.
pub(super) fn dimension_named(sentence: &Sentence<'_>, labels: &[Labels<'_>]) -> Option<usize> {
    (0..sentence.words.len()).find_map(|at| labels.iter().position(|l| is_unit(sentence, at, l)))
}

fn is_unit(sentence: &Sentence<'_>, at: usize, labels: &Labels<'_>) -> bool {
    let units = &labels.dimension.units;
    let words = labels.words;
    units.many != "codes" && (sentence.name_at(at, &words.unit) || sentence.name_at(at, &words.units))
}

/// A count of units is true when it is the number covered, or, with a level right beside it, the number at the level.
fn of_units(
    sentence: &Sentence<'_>,
    amount: &Amount,
    labels: &Labels<'_>,
    end: usize,
) -> Option<Contradiction> {
    let wrong_total = amount.of.is_some_and(|of| of != labels.total() && of != labels.positives());
    let holds =
        |count: usize| if amount.all { count == labels.total() } else { amount.counts.contains(&count) };
    let covered = match level_before(sentence, amount.from, labels)
        .or_else(|| level_behind(sentence, end, labels))
    {
        Some(level) => holds(labels.at(level)),
        None if amount.counts == (0..=0) => {
            labels.positives() == 0 || !claims_nothing(sentence, end) || speaks_of_level(sentence, labels)
        }

        None => holds(labels.positives()) || (speaks_of_level(sentence, labels) && some_level(labels, holds)),
    };
    let all_wrong = amount.all && amount.of.is_some_and(|of| of != labels.total());
    (wrong_total || all_wrong || !covered).then(|| labels.contradiction(sentence, amount.from, end, None))
}

fn some_level(labels: &Labels<'_>, holds: impl Fn(usize) -> bool) -> bool {
    labels.dimension.levels().iter().skip(1).any(|level| holds(labels.at(level.value)))
}

/// Whether "no sector" claims that none is covered, as against "no sector is a main addressee".
fn claims_nothing(sentence: &Sentence<'_>, end: usize) -> bool {
    let at = (end..end + 2)
        .find(|at| !matches!(sentence.lower(*at), "is" | "are" | "was" | "were"))
        .unwrap_or(end);
    COVERING.contains(&sentence.lower(at)) || matches!(sentence.lower(at), "" | ";" | "," | ":" | ")")
}

fn speaks_of_level(sentence: &Sentence<'_>, labels: &Labels<'_>) -> bool {
    (0..sentence.words.len()).any(|at| level_at(sentence, at, labels).is_some())
}

/// "5 Good" is true when a dimension in question has as many codes at the level.
fn of_level(
    sentence: &Sentence<'_>,
    amount: &Amount,
    labels: &[Labels<'_>],
    context: Option<usize>,
    level: u8,
    end: usize,
) -> Option<Contradiction> {
    let about: Vec<&Labels<'_>> = match context {
        Some(index) => labels.get(index).into_iter().collect(),
        None => labels.iter().filter(|l| l.dimension.levels().len() > 1).collect(),
    };
    let first = about.first()?;
    let holds = about
        .iter()
        .any(|l| amount.counts.contains(&l.at(level)) || (amount.all && l.at(level) == l.positives()));
    (!holds).then(|| first.contradiction(sentence, amount.from, end, None))
}

/// The number that begins at word `at`.
fn amount(sentence: &Sentence<'_>, at: usize) -> Option<Amount> {
    let word = sentence.lower(at);
    let next = |from: usize| number(sentence.lower(from));
    if word == "between" && sentence.lower(at + 2) == "and" {
        let (low, high) = (next(at + 1)?, next(at + 3)?);
        return Some(of_total(sentence, low.min(high)..=low.max(high), false, at, at + 4));
    }
    if word == "all" {
        let counted = usize::from(sentence.lower(at + 1) == "of")
            + usize::from(sentence.lower(at + 1 + usize::from(sentence.lower(at + 1) == "of")) == "the");
        let of = next(at + 1 + counted);
        let to = at + 1 + counted + usize::from(of.is_some());
        return Some(Amount { counts: 0..=usize::MAX, all: true, of, from: at, to });
    }
    if matches!(word, "no" | "none" | "neither") {
        return Some(of_total(sentence, 0..=0, false, at, at + 1));
    }
    if word == "both" {
        return Some(of_total(sentence, 2..=2, false, at, at + 1));
    }
    let (bound, from) = bound(sentence, at);
    let (low, high, to) = range(sentence, from)?;
    let counts = match bound {
        Bound::About if low == high => low - low / 10..=high + high / 10,
        Bound::Exact | Bound::About => low..=high,
        Bound::AtLeast => low..=usize::MAX,
        Bound::MoreThan => low + 1..=usize::MAX,
        Bound::AtMost => 0..=high,
        Bound::LessThan => 0..=high.saturating_sub(1),
    };
    Some(of_total(sentence, counts, false, at, to))
}

/// The amount with what follows as "of the six".
fn of_total(
    sentence: &Sentence<'_>,
    counts: RangeInclusive<usize>,
    all: bool,
    from: usize,
    to: usize,
) -> Amount {
    let mut at = to;
    let mut of = None;
    if sentence.lower(at) == "of" {
        at += 1 + usize::from(matches!(sentence.lower(at + 1), "the" | "its" | "all"));
        of = number(sentence.lower(at));
        at += usize::from(of.is_some());
    }
    Amount { counts, all, of, from, to: at }
}

enum Bound {
    Exact,
    About,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
}

/// What stands before a number, and where the number begins.
fn bound(sentence: &Sentence<'_>, at: usize) -> (Bound, usize) {
    match (sentence.lower(at), sentence.lower(at + 1)) {
        ("at", "least") => (Bound::AtLeast, at + 2),
        ("at", "most") | ("up", "to") | ("no", "more") => (Bound::AtMost, at + 2),
        ("more", "than") => (Bound::MoreThan, at + 2),
        ("fewer" | "less", "than") => (Bound::LessThan, at + 2),
        ("over", _) => (Bound::MoreThan, at + 1),
        ("only" | "exactly" | "just", _) => (Bound::Exact, at + 1),
        (word, _) if ABOUT.contains(&word) => (Bound::About, at + 1),
        _ => (Bound::Exact, at),
    }
}

/// "10-12", "10 to 12", "twelve".
fn range(sentence: &Sentence<'_>, at: usize) -> Option<(usize, usize, usize)> {
    let word = sentence.lower(at);
    if let Some((low, high)) = word.split_once(['-', '–'])
        && let (Some(low), Some(high)) = (number(low), number(high))
        && low < high
        && number(word).is_none()
    {
        return Some((low, high, at + 1));
    }
    let low = number(word)?;
    if matches!(sentence.lower(at + 1), "to" | "or" | "–" | "-")
        && let Some(high) = number(sentence.lower(at + 2))
        && low < high
    {
        return Some((low, high, at + 3));
    }
    Some((low, low, at + 1))
}

/// The dimension whose unit follows word `at` with at most three words between, and the end of the unit.
fn unit(sentence: &Sentence<'_>, at: usize, labels: &[Labels<'_>]) -> Option<(usize, usize)> {
    for skipped in 0..4 {
        let here = at + skipped;
        if let Some(dimension) = labels.iter().position(|l| is_unit(sentence, here, l)) {
            return Some((dimension, here + 1));
        }
        let word = sentence.lower(here);
        let stops = word.is_empty()
            || !word.starts_with(char::is_alphabetic)
            || RELATIVE.contains(&word)
            || number(word).is_some()
            || matches!(
                word,
                "of" | "and"
                    | "or"
                    | "to"
                    | "in"
                    | "at"
                    | "for"
                    | "with"
                    | "is"
                    | "are"
                    | "by"
                    | "on"
                    | "the"
            );
        if stops {
            return None;
        }
    }
    None
}

/// "good coverage of ten subdomains": the level right before the number.
fn level_before(sentence: &Sentence<'_>, at: usize, labels: &Labels<'_>) -> Option<u8> {
    let mut back = at;
    for skipped in
        [&["of", "for", "in", "across", "on", "to"][..], &["coverage", "treatment", "level", "scores"][..]]
    {
        if back > 0 && skipped.contains(&sentence.lower(back - 1)) {
            back -= 1;
        }
    }
    if back == at {
        return None;
    }
    let level = (1..=3)
        .filter(|length| back >= *length)
        .find_map(|length| level_at(sentence, back - length, labels).filter(|(_, end)| *end >= back));
    level.map(|(level, _)| level)
}

/// "five subdomains at Good", "with good coverage": the level right after the unit.
fn level_behind(sentence: &Sentence<'_>, end: usize, labels: &Labels<'_>) -> Option<u8> {
    let mut at = end;
    while at < end + 4
        && matches!(
            sentence.lower(at),
            "at" | "with"
                | "are"
                | "is"
                | "rated"
                | "scored"
                | "receive"
                | "receives"
                | "get"
                | "the"
                | "level"
                | "covered"
        )
    {
        at += 1;
    }
    (at > end).then(|| level_at(sentence, at, labels).map(|(level, _)| level)).flatten()
}

/// "5 Good", "four at Good", "9 rated Minimal".
fn level_after(
    sentence: &Sentence<'_>,
    at: usize,
    labels: &[Labels<'_>],
    context: Option<usize>,
) -> Option<(u8, usize)> {
    let mut here = at;
    while here < at + 2
        && matches!(sentence.lower(here), "at" | "with" | "rated" | "scored" | "as" | "are" | "is")
    {
        here += 1;
    }
    let about = context.and_then(|index| labels.get(index));
    let mut all = labels.iter().filter(|l| about.is_none_or(|a| std::ptr::eq(a, *l)));
    all.find_map(|l| level_at(sentence, here, l))
}

/// The level named at word `at`, and the end of its name. A level whose name is an everyday word in lower case, such
/// as "good", counts only beside "coverage", "level" or a score.
pub(super) fn level_at(sentence: &Sentence<'_>, at: usize, labels: &Labels<'_>) -> Option<(u8, usize)> {
    labels.words.levels.iter().find_map(|(level, name)| {
        let adverb = name.len() == 1 && sentence.lower(at).strip_suffix("ly") == Some(&name[0]);
        if adverb {
            return Some((*level, at + 1));
        }
        if !sentence.name_at(at, name) {
            return None;
        }
        let end = at + name.len();
        let capital = sentence.words.get(at).is_some_and(|w| w.capital) && at > 0;
        let beside = matches!(sentence.lower(end), "coverage" | "level" | "treatment" | "(" | ":" | "score")
            || matches!(sentence.lower(end), "" | ")" | "," | ";")
                && at > 0
                && number(sentence.lower(at - 1)).is_some();
        let before = at.checked_sub(1).map_or("", |b| sentence.lower(b));
        let rated = matches!(before, "at" | "rated" | "scored" | "is" | "are" | "both" | "all")
            || (before == "(" && sentence.lower(end) == ")");
        let everyday = name.len() == 1 && name[0].len() <= 5;
        (capital || beside || !everyday || rated).then_some((*level, end))
    })
}
