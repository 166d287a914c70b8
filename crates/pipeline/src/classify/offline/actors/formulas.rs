//! Enacting and sponsoring formulas, whose names do not follow the grammar of other phrases.

use std::ops::Range;

use super::lexicon::flag;
use super::phrases::Phrase;
use super::tokens::{Case, Words};

/// Issuers named by the formulas of one sentence.
pub(super) fn issuers(words: &Words<'_>, sentence: Range<usize>) -> Vec<Phrase> {
    let mut found = Vec::new();
    for at in sentence.clone() {
        match words.word(at) {
            "enacted" | "resolved" | "ordained" if words.word(at + 1) == "by" => {
                found.extend(enacted_by(words, at + 2, sentence.end));
            }
            "enact" | "ordain" if at > sentence.start + 1 && words.word(at - 1) == "do" => {
                found.extend(people(words, sentence.start, at - 1));
            }
            "introduced" | "sponsored" if words.word(at + 1) == "by" => {
                sponsors(words, at + 2, sentence.end, &mut found);
            }
            "m" if words.word(at + 2) == "of" && words.word(at + 3) == "a" => found.extend(member(words, at)),
            _ => {}
        }
    }
    found
}

fn issuer(start: usize, ends: Vec<usize>) -> Phrase {
    let base_end = ends.first().copied().unwrap_or(start + 1);
    Phrase {
        start,
        base_end,
        ends,
        nested: false,
        quantified: false,
        head: 0,
        capital: true,
        trailing: false,
    }
}

fn skip_determiners(words: &Words<'_>, mut at: usize) -> usize {
    while words.tokens.get(at).is_some_and(|t| t.has(flag::DETERMINER)) {
        at += 1;
    }
    at
}

/// "Be it enacted by the X in Y assembled, That …": X, and X with its assembly.
fn enacted_by(words: &Words<'_>, from: usize, limit: usize) -> Option<Phrase> {
    let start = skip_determiners(words, from);
    let mut end = start;
    let mut shorter = None;
    while end < limit.min(start + 30) {
        let word = words.word(end);
        let represented = word == "," && matches!(words.word(end + 1), "represented" | "in");
        if matches!(word, ":" | "—" | "-" | ";" | "that" | "as" | "." | "(") || (word == "," && !represented)
        {
            break;
        }
        if word == "," || (word == "in" && matches!(words.word(end + 2), "assembled" | "convened")) {
            shorter = shorter.or(Some(end));
        }
        end += 1;
    }
    if end == start {
        return None;
    }
    let mut ends: Vec<usize> = shorter.into_iter().filter(|s| *s > start).collect();
    ends.push(end);
    Some(issuer(start, ends))
}

/// "The people of the State of X do enact as follows".
fn people(words: &Words<'_>, sentence: usize, end: usize) -> Option<Phrase> {
    let from = (sentence.max(end.saturating_sub(20))..end).find(|i| words.word(*i) == "people")?;
    let comma = (from..end).find(|i| words.word(*i) == ",");
    let mut ends: Vec<usize> = comma.into_iter().collect();
    ends.push(if words.word(end - 1) == "," { end - 1 } else { end });
    ends.dedup();
    Some(issuer(from, ends))
}

/// "INTRODUCED BY ALDER, B. BIRCH AND CEDAR": surnames in capitals.
fn sponsors(words: &Words<'_>, from: usize, limit: usize, found: &mut Vec<Phrase>) {
    let mut at = from;
    while at < limit.min(from + 160) {
        let mut end = at;
        while end < limit
            && (words.tokens[end].is_capital() || (words.word(end) == "." && words.word(end - 1).len() == 1))
            && !words.tokens[end].has(flag::STOP)
        {
            end += 1;
        }
        if end == at || words.tokens[end - 1].case != Case::Upper {
            return;
        }
        found.push(issuer(at, vec![end]));
        at = end;
        while at < limit && (words.word(at) == "," || words.tokens[at].has(flag::CONJUNCTION)) {
            at += 1;
        }
    }
}

/// "M. of A. ALDER".
fn member(words: &Words<'_>, at: usize) -> Option<Phrase> {
    let name = at + 5;
    words.tokens.get(name).filter(|t| t.case == Case::Upper)?;
    Some(issuer(at, vec![name + 1]))
}
