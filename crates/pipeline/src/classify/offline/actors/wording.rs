//! The wording of a name and of its surroundings as hashed features, for the linear scorer.

use std::collections::HashMap;
use std::hash::Hasher;

use super::candidates::{Candidate, Mention, Reading};
use super::hashing::{Fast, Fnv};
use super::lexicon::flag;

/// Number of buckets.
pub(super) const BUCKETS: usize = 1 << 13;
/// Mentions of a name whose surroundings are read.
const MENTIONS: usize = 24;

/// Bucket numbers and values of one candidate, by bucket.
pub(super) type Wording = Vec<(u16, f32)>;

/// The wording of every candidate.
pub(super) fn wordings(reading: &Reading<'_>) -> Vec<Wording> {
    reading.candidates.iter().map(|c| wording(reading, c)).collect()
}

fn bucket(kind: u8, parts: &[&str]) -> u16 {
    let mut hash = Fnv::default();
    hash.write(&[kind]);
    for part in parts {
        hash.write(part.as_bytes());
        hash.write(&[0xff]);
    }
    (hash.finish() % BUCKETS as u64) as u16
}

fn wording(reading: &Reading<'_>, candidate: &Candidate) -> Wording {
    let words: Vec<&str> = candidate.key.split(' ').collect();
    let mut name =
        vec![bucket(0, &[&candidate.key]), bucket(1, &[words[0]]), bucket(2, &[words[words.len() - 1]])];
    name.extend(words.iter().map(|w| bucket(3, &[w])));
    name.extend(words.windows(2).map(|w| bucket(4, w)));
    if let Some(full) = candidate.full {
        name.push(bucket(5, &[reading.candidates[full].key.split(' ').next().unwrap_or_default()]));
    }
    let mut around = Vec::new();
    let short = candidate.short.iter().flat_map(|s| &reading.candidates[*s].mentions);
    for mention in candidate.mentions.iter().chain(short).filter(|m| !m.trailing).take(MENTIONS) {
        surroundings(reading, mention, &mut around);
    }
    let mut all = Vec::with_capacity(name.len() + around.len());
    for (list, limit) in [(&mut name, 12.0_f32), (&mut around, 24.0)] {
        list.sort_unstable();
        list.dedup();
        let value = 1.0 / (list.len() as f32 / limit).max(1.0).sqrt();
        all.extend(list.iter().map(|b| (*b, value)));
    }
    all
}

fn surroundings(reading: &Reading<'_>, mention: &Mention, around: &mut Vec<u16>) {
    let words = &reading.words;
    let (start, end) = (mention.tokens.0 as usize, mention.tokens.1 as usize);
    let mut before = start;
    while before > 0 && words.tokens[before - 1].has(flag::DETERMINER) {
        before -= 1;
    }
    let left = |n: usize| before.checked_sub(n).map_or("", |i| words.word(i));
    let right = |n: usize| words.word(end + n);
    let whole = u8::from(mention.beyond == 0);
    around.push(bucket(10 + whole, &[left(1)]));
    around.push(bucket(12, &[left(2), left(1)]));
    around.push(bucket(13 + whole, &[right(0)]));
    around.push(bucket(15, &[right(0), right(1)]));
    if words.tokens.get(end).is_some_and(|t| t.has(flag::MODAL)) {
        around.push(bucket(16, &[right(1), right(2)]));
    }
    if mention.frames.is_bound() {
        let sentence = &reading.sentences[mention.sentence as usize];
        let tail = words.tokens.partition_point(|t| (t.start as usize) < sentence.bytes.end).min(end + 14);
        for index in end..tail {
            let token = &words.tokens[index];
            if token.verb > 0 && !token.has(flag::MODAL) {
                around.push(bucket(17, &[words.word(index)]));
            }
        }
    }
    let heading = reading.sentences[mention.sentence as usize].heading_tokens.clone();
    for index in heading.take(8) {
        if words.tokens[index].is_word() && !words.tokens[index].has(flag::STOP) {
            around.push(bucket(18, &[words.word(index)]));
        }
    }
}

/// Positions of words in a list.
pub(super) fn positions(words: &[&'static str]) -> HashMap<&'static str, usize, Fast> {
    words.iter().enumerate().map(|(index, word)| (*word, index)).collect()
}
