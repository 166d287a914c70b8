//! Cuts quotes out of sentences: 5 to 60 whole words (10 to 150 characters in scripts without spaces), the whole
//! sentence where it fits, else its best clauses.

use lacuna_domain::Span;
use lacuna_domain::judgement::DraftQuote;

use super::reading::{Reading, Unit};
use super::tokens::{Token, is_spaceless};

const WORDS: std::ops::RangeInclusive<usize> = 5..=60;
const CHARACTERS: std::ops::RangeInclusive<usize> = 10..=150;

/// The quote for unit `at`, with the words `focus` (token indices) inside where the sentence is too long; `None` when
/// the text around is too short to quote.
pub(crate) fn quote(
    text: &str,
    reading: &Reading,
    at: usize,
    focus: Option<(usize, usize)>,
) -> Option<DraftQuote> {
    let unit = reading.units.get(at)?;
    let range = sentence_range(text, reading, at, unit, focus)?;
    let items = reading.tokens.items();
    let (first, last) = (items.get(range.0)?, items.get(range.1.checked_sub(1)?)?);
    let span = widened(text, reading, unit, first, last)?;
    Some(DraftQuote { words: span.slice(text)?.to_owned(), at: Some(span) })
}

/// Length by the rule of the script: words, or characters where most tokens are single characters.
fn fits(text: &str, tokens: &[Token]) -> std::cmp::Ordering {
    let spaceless = tokens.iter().filter(|t| text[t.start as usize..].starts_with(is_spaceless)).count();
    let (length, limits) = if spaceless * 2 > tokens.len() {
        let bounds = tokens.first().zip(tokens.last());
        let whole = bounds.map_or("", |(a, b)| &text[a.start as usize..b.end as usize]);
        (whole.chars().count(), CHARACTERS)
    } else {
        (tokens.iter().filter(|t| starts_word(text, t)).count(), WORDS)
    };
    if length < *limits.start() {
        std::cmp::Ordering::Less
    } else if length > *limits.end() {
        std::cmp::Ordering::Greater
    } else {
        std::cmp::Ordering::Equal
    }
}

/// Tokens of one word between spaces count once ("risk-based").
fn starts_word(text: &str, token: &Token) -> bool {
    text[..token.start as usize].chars().next_back().is_none_or(|c| !matches!(c, '-' | '\'' | '’' | '.'))
}

fn sentence_range(
    text: &str,
    reading: &Reading,
    at: usize,
    unit: &Unit,
    focus: Option<(usize, usize)>,
) -> Option<(usize, usize)> {
    let items = reading.tokens.items();
    let (mut first, mut end) = (unit.first, unit.end);
    match fits(text, items.get(first..end)?) {
        std::cmp::Ordering::Equal => Some((first, end)),
        std::cmp::Ordering::Greater => Some(clauses(text, reading, unit, focus)),
        std::cmp::Ordering::Less => {
            for next in reading.units.get(at + 1..)?.iter().take(3) {
                if next.first < end {
                    break;
                }
                end = next.end;
                if fits(text, items.get(first..end)?) != std::cmp::Ordering::Less {
                    break;
                }
            }
            if fits(text, items.get(first..end)?) == std::cmp::Ordering::Less {
                first = reading.units.get(at.checked_sub(1)?)?.first;
            }
            let whole = items.get(first..end)?;
            let cut =
                (1..=whole.len()).rev().find(|&n| fits(text, &whole[..n]) != std::cmp::Ordering::Greater)?;
            (fits(text, &whole[..cut]) == std::cmp::Ordering::Equal).then_some((first, first + cut))
        }
    }
}

/// Whole clauses of a long sentence around the focus, as many as fit; where one clause is itself too long, a window of
/// whole words that begins a little before the focus.
fn clauses(text: &str, reading: &Reading, unit: &Unit, focus: Option<(usize, usize)>) -> (usize, usize) {
    let items = reading.tokens.items();
    let (focus_first, focus_end) = focus.unwrap_or((unit.first, unit.first + 1));
    let mut bounds = vec![unit.first];
    bounds.extend((unit.first + 1..unit.end).filter(|&i| {
        text[items[i - 1].end as usize..items[i].start as usize]
            .contains([',', ';', ':', '—', '(', '，', '；', '。'])
    }));
    bounds.push(unit.end);
    let fitting = |a: usize, b: usize| fits(text, &items[a..b]) != std::cmp::Ordering::Greater;
    let mut low = bounds.partition_point(|&b| b <= focus_first).saturating_sub(1);
    let mut high = bounds.partition_point(|&b| b < focus_end).clamp(low + 1, bounds.len() - 1);
    if !fitting(bounds[low], bounds[high]) {
        let mut first = focus_first.saturating_sub(12).max(bounds[low]);
        let mut end = first + 1;
        while end < unit.end && fitting(first, end + 1) {
            end += 1;
        }
        while first > bounds[low] && fitting(first - 1, end) {
            first -= 1;
        }
        return (first, end);
    }
    loop {
        if low > 0 && fitting(bounds[low - 1], bounds[high]) {
            low -= 1;
        } else if high + 1 < bounds.len() && fitting(bounds[low], bounds[high + 1]) {
            high += 1;
        } else {
            return (bounds[low], bounds[high]);
        }
    }
}

/// The span of the tokens, with the sentence's own closing mark when the quote runs to its end.
fn widened(text: &str, reading: &Reading, unit: &Unit, first: &Token, last: &Token) -> Option<Span> {
    let items = reading.tokens.items();
    let whole_end = items.get(unit.end.checked_sub(1)?).is_some_and(|t| t.end == last.end);
    let end = if whole_end { unit.span.end().max(last.end as usize) } else { last.end as usize };
    let whole_start = items.get(unit.first).is_some_and(|t| t.start == first.start);
    let start = if whole_start { unit.span.start().min(first.start as usize) } else { first.start as usize };
    let slice = text.get(start..end)?;
    let trimmed = slice.trim();
    let start = start + (slice.len() - slice.trim_start().len());
    Span::new(text, start, start + trimmed.len())
}
