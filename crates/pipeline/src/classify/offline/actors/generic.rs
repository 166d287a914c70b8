//! Roles by cue terms alone: for codebooks and languages without trained weights. Always of low confidence.

use std::collections::BTreeMap;

use lacuna_domain::{CodeId, Span};

use super::candidates::Reading;
use super::cues::{CueFinder, Hit, Strength};
use super::evidence;
use super::finding::Finding;

/// Most names taken for a role.
const NAMES: usize = 3;
/// Cue sentences looked at for a role.
const SENTENCES: usize = 40;

/// A finding per role: names in the sentences that hold a cue of the role.
pub(super) fn findings(
    reading: &Reading<'_>,
    roles: &CueFinder,
    types: &CueFinder,
    type_ids: &[CodeId],
    role_count: usize,
    language: &str,
) -> Vec<Finding> {
    let role_hits = roles.hits(&reading.words.lower, language);
    let type_hits = types.hits(&reading.words.lower, language);
    (0..role_count).map(|role| finding(reading, role, &role_hits, &type_hits, type_ids)).collect()
}

fn finding(reading: &Reading<'_>, role: usize, roles: &[Hit], types: &[Hit], type_ids: &[CodeId]) -> Finding {
    let of_role = |strength| roles.iter().filter(move |h| h.code == role && h.strength == strength);
    let mut hits: Vec<&Hit> = of_role(Strength::Strong).take(SENTENCES).collect();
    if hits.is_empty() {
        hits = of_role(Strength::Weak).take(SENTENCES).collect();
    }
    let mut counts: BTreeMap<(usize, usize), (usize, usize, usize)> = BTreeMap::new();
    let mut names: BTreeMap<String, (usize, (usize, usize), usize)> = BTreeMap::new();
    for hit in &hits {
        let Some(sentence) = sentence_at(reading, hit.start) else { continue };
        for (start, end) in names_in(reading, sentence, types) {
            let nearness = hit.start.abs_diff(end).min(hit.end.abs_diff(start));
            let entry = counts.entry((start, end)).or_insert((0, nearness, sentence));
            entry.0 += 1;
            entry.1 = entry.1.min(nearness);
        }
    }
    for ((start, end), (_, nearness, sentence)) in counts {
        let key = super::candidates::normalise(&reading.words.text[start..end]);
        let entry = names.entry(key).or_insert((0, (start, end), sentence));
        entry.0 += 1000 / (10 + nearness);
    }
    let mut ranked: Vec<_> = names.into_values().filter(|(score, ..)| *score > 0).collect();
    ranked.sort_by_key(|(score, (start, _), _)| (std::cmp::Reverse(*score), *start));
    ranked.truncate(NAMES);
    let entities =
        ranked.iter().map(|(_, (start, end), _)| reading.words.text[*start..*end].to_owned()).collect();
    let mut quotes = Vec::new();
    for (_, (start, end), sentence) in &ranked {
        if let Some(quote) = evidence::quote(reading, *sentence, *start..*end)
            && !quotes.contains(&quote)
        {
            quotes.push(quote);
        }
    }
    let inside =
        |hit: &&Hit| ranked.iter().any(|(_, (start, end), _)| hit.start >= *start && hit.end <= *end);
    let mut found: Vec<usize> = types.iter().filter(inside).map(|h| h.code).collect();
    found.sort_unstable();
    found.dedup();
    let types = found.iter().filter_map(|t| type_ids.get(*t).cloned()).collect();
    Finding { entities, types, probability: None, quotes, reasoning: None }
}

/// Names in one sentence, as byte ranges: capitalised or described names, else cue terms of actor types.
fn names_in(reading: &Reading<'_>, sentence: usize, types: &[Hit]) -> Vec<(usize, usize)> {
    let bytes = &reading.sentences[sentence].bytes;
    let mut names: Vec<(usize, usize)> = Vec::new();
    for mention in reading.mentions_in(sentence) {
        if !mention.nested && !mention.trailing && mention.beyond == 0 {
            names.push((mention.start as usize, mention.end as usize));
        }
    }
    let from = types.partition_point(|h| h.start < bytes.start);
    for hit in types[from..].iter().take_while(|h| h.end <= bytes.end) {
        let covered = names.iter().any(|(start, end)| hit.start < *end && hit.end > *start);
        if !covered && Span::new(reading.words.text, hit.start, hit.end).is_some() {
            names.push(whole_word(reading.words.text, hit.start, hit.end));
        }
    }
    names
}

/// Stretches a cue to the end of its word where words are spaced.
fn whole_word(text: &str, start: usize, end: usize) -> (usize, usize) {
    let rest = &text[end..];
    let more: usize =
        rest.chars().take_while(|c| c.is_alphanumeric() && (*c as u32) < 0x0e00).map(char::len_utf8).sum();
    (start, end + more)
}

fn sentence_at(reading: &Reading<'_>, byte: usize) -> Option<usize> {
    let index = reading.sentences.partition_point(|s| s.bytes.end <= byte);
    reading.sentences.get(index).is_some_and(|s| s.bytes.start <= byte).then_some(index)
}
