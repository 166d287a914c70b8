//! Codes: "strongest 2.2 and 7.3", "Good: 1.1", "transparency (7.4) is minimal".

use super::amounts::{dimension_named, level_at};
use super::words::{Sentence, number};
use super::{Contradiction, Labels};

/// Words by which a clause says that something is not covered.
const DENYING: &[&str] = &[
    "no",
    "not",
    "none",
    "nor",
    "neither",
    "without",
    "except",
    "excluding",
    "beyond",
    "uncovered",
    "absent",
    "lacks",
    "lack",
    "never",
    "cannot",
    "omits",
    "omitted",
    "missing",
    "rather",
    "low",
    "outside",
];
/// Words before a number that is no code.
const REFERRING: &[&str] = &[
    "section",
    "sections",
    "article",
    "articles",
    "clause",
    "paragraph",
    "subsection",
    "version",
    "part",
    "annex",
    "table",
    "figure",
    "chapter",
    "title",
    "rule",
    "art",
    "sec",
    "§",
    "$",
    "v",
    "codebook",
    "appendix",
    "item",
    "point",
];

/// A code named in a sentence.
struct Mention<'l> {
    code: &'l str,
    from: usize,
    to: usize,
}

/// The contradictions in the codes that `sentence` names as covered.
pub(super) fn check(
    sentence: &Sentence<'_>,
    labels: &[Labels<'_>],
    context: Option<usize>,
) -> Vec<Contradiction> {
    let about = dimension_named(sentence, labels).or(context);
    let mut found = Vec::new();
    for (index, labels) in labels.iter().enumerate() {
        let levels = (0..sentence.words.len()).any(|at| level_at(sentence, at, labels).is_some());
        let spoken_of = about == Some(index) || (about.is_none() && levels);
        let mentions = mentions(sentence, labels, spoken_of);
        for (at, mention) in mentions.iter().enumerate() {
            if is_denied(sentence, mention) {
                continue;
            }
            let next = mentions.get(at + 1).map_or(sentence.words.len(), |m| m.from);
            let given = labels.levels.get(mention.code).copied();
            let claimed = claimed_level(sentence, labels, mention, next);
            let (Some(given), Some(claimed)) = (given, claimed) else {
                if given.is_none() {
                    found.push(labels.contradiction(sentence, mention.from, mention.to, Some(mention.code)));
                }
                continue;
            };
            if given != claimed {
                found.push(labels.contradiction(sentence, mention.from, mention.to, Some(mention.code)));
            }
        }
    }
    found
}

/// Codes by id ("2.2", `ai_systems`) and, where the sentence speaks of the dimension, by full name.
fn mentions<'l>(sentence: &Sentence<'_>, labels: &'l Labels<'_>, spoken_of: bool) -> Vec<Mention<'l>> {
    let mut found: Vec<Mention<'l>> = Vec::new();
    for at in 0..sentence.words.len() {
        for index in labels.words.begun_by(sentence.lower(at)) {
            let (id, (id_words, name)) =
                (labels.dimension.codes[*index].id.as_str(), &labels.words.codes[*index]);
            let telling = id.contains(['.', '_', '-']);
            let by_id = telling && sentence.name_at(at, id_words) && !is_reference(sentence, at, id);
            let by_name =
                spoken_of && sentence.name_at(at, name) && (name.len() > 1 || stands_out(sentence, at));
            let width = if by_id { id_words.len() } else { name.len() };
            if by_id || by_name {
                found.push(Mention { code: id, from: at, to: at + width });
            }
        }
    }
    found.sort_by_key(|m| (m.from, m.to));
    found
}

/// Whether a name of one word is written as a name: with a capital, and not inside a longer proper name.
fn stands_out(sentence: &Sentence<'_>, at: usize) -> bool {
    let capital = |at: usize| sentence.words.get(at).is_some_and(|w| w.capital);
    at > 0 && capital(at) && !capital(at - 1) && !capital(at + 1)
}

/// Whether the number is part of a reference, an amount or a share.
fn is_reference(sentence: &Sentence<'_>, at: usize, id: &str) -> bool {
    let numeric = id.starts_with(|c: char| c.is_ascii_digit());
    let before = at.checked_sub(1).map_or("", |b| sentence.lower(b));
    numeric
        && (REFERRING.contains(&before)
            || matches!(sentence.lower(at + 1), "%" | "percent" | "million" | "billion" | "x" | "years"))
}

/// Whether the clause says that the code is not covered, or may not be.
fn is_denied(sentence: &Sentence<'_>, mention: &Mention<'_>) -> bool {
    let clause = sentence.clause(mention.from);
    let before = sentence.words[clause.start..mention.from].iter().any(|w| DENYING.contains(&&*w.lower));
    let after = (mention.to..clause.end.min(mention.to + 6))
        .any(|at| matches!(sentence.lower(at), "not" | "no" | "never" | "uncovered" | "absent"));
    before || after
}

/// The level that the sentence gives the code: a score or level right after it, or the only level of its clause.
fn claimed_level(
    sentence: &Sentence<'_>,
    labels: &Labels<'_>,
    mention: &Mention<'_>,
    next: usize,
) -> Option<u8> {
    if labels.dimension.levels().is_empty() {
        return None;
    }
    let clause = sentence.clause(mention.from);
    let end = clause.end.min(next);
    if let Some(score) = score_after(sentence, labels, mention.to, end) {
        return Some(score);
    }
    let named: Vec<(usize, u8)> = clause
        .clone()
        .filter_map(|at| level_at(sentence, at, labels).map(|(level, _)| (at, level)))
        .collect();
    let scored = clause
        .clone()
        .any(|at| score_after(sentence, labels, at, clause.end).is_some() && sentence.lower(at) == "(");
    match named[..] {
        // The only level of the clause, when it stands before the code or close behind it and opens no new count.
        [(at, only)] if !scored => {
            let counted = at > 0 && number(sentence.lower(at - 1)).is_some();
            let close = at < mention.from || (at < next && at <= mention.to + 3 && !counted);
            close.then_some(only)
        }
        [] => None,
        // "Good: 1.1, 2.1. Minimal: …" in one clause: the nearest level before, when a colon or "of" binds it.
        _ => named
            .iter()
            .rev()
            .find(|(at, _)| *at < mention.from)
            .filter(|(at, _)| {
                (*at..mention.from).any(|i| matches!(sentence.lower(i), ":" | "of"))
                    && named.iter().all(|(other, _)| *other <= *at || *other > mention.to + 3)
            })
            .map(|(_, level)| *level),
    }
}

/// "(3)", "(score 3)", "at 3", "(good)" within a few words after a code.
fn score_after(sentence: &Sentence<'_>, labels: &Labels<'_>, from: usize, end: usize) -> Option<u8> {
    if sentence.lower(from) == "("
        && let Some((level, close)) = level_at(sentence, from + 1, labels)
        && sentence.lower(close) == ")"
    {
        return Some(level);
    }
    let at = (from..end.min(from + 4)).find(|at| {
        let opened = matches!(sentence.lower(*at), "(" | "score" | "at" | "level" | "=");
        opened
            && number(sentence.lower(at + 1)).is_some()
            && (sentence.lower(*at) != "(" || sentence.lower(at + 2) == ")")
    })?;
    let score = number(sentence.lower(at + 1))? as u8;
    labels.dimension.levels().iter().skip(1).any(|level| level.value == score).then_some(score)
}
