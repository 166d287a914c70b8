//! Gathers the mentions of each name in a text, joins defined short forms to the names they stand for, and counts
//! the frames in which each stands.

use std::collections::HashMap;
use std::ops::Range;

use lacuna_domain::passage::{Kind, Part, Passage};

use super::frames::{self, Frames};
use super::hashing::Fast;
use super::lexicon::flag;
use super::phrases::{self, Phrase};
use super::tokens::{Case, Token, Words};

/// Bits of a sentence's or heading's context, in the order of features.
pub(super) const CONTEXTS: [u32; 8] = [
    flag::PENALTY,
    flag::SUIT,
    flag::REPORTING,
    flag::ENFORCEMENT,
    flag::DEFINING,
    flag::MEMBERSHIP,
    flag::FIRST_PERSON,
    flag::TECHNOLOGY,
];

/// A sentence and what surrounds it.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    /// Bytes.
    pub(super) bytes: Range<usize>,
    /// Union of the flags of its words.
    pub(super) flags: u32,
    /// Union of the flags of the headings above it.
    pub(super) heading: u32,
    /// Tokens of the nearest heading above it.
    pub(super) heading_tokens: Range<usize>,
    pub(super) part: Part,
    pub(super) is_heading: bool,
    /// Number of words.
    pub(super) words: u32,
}

/// One place where a name stands.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each a feature of its own")]
pub(super) struct Mention {
    pub(super) sentence: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Token at which the phrase starts, and one past its longest reading.
    pub(super) tokens: (u32, u32),
    pub(super) frames: Frames,
    /// Words of the longest reading after this one ends.
    pub(super) beyond: u8,
    pub(super) nested: bool,
    pub(super) trailing: bool,
    pub(super) capital: bool,
    /// Whether the sentence says nothing but this name, as lines of a list of signatories do.
    pub(super) alone: bool,
}

/// A name with all its mentions.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Normalised name.
    pub(super) key: String,
    pub(super) head: u8,
    pub(super) quantified: bool,
    /// Longest name has this many continuations less than this one.
    pub(super) mentions: Vec<Mention>,
    /// The candidate this one is a defined short form of.
    pub(super) full: Option<usize>,
    /// Whether the link was defined in the text and not guessed.
    pub(super) defined: bool,
    /// Short forms of this candidate.
    pub(super) short: Vec<usize>,
}

/// A text read for actors.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    pub(super) words: Words<'t>,
    pub(super) sentences: Vec<Sentence>,
    pub(super) candidates: Vec<Candidate>,
    /// Every mention, in the order of the text.
    pub(super) by_place: Vec<Mention>,
}

/// The form in which names are compared: lower case without articles, marks and runs of white space.
pub(super) fn normalise(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    let joined;
    let name = if name.contains("-\n") || name.contains("- ") {
        joined = unbroken(name);
        joined.as_str()
    } else {
        name
    };
    for word in name
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '-' | '.' | '\u{ad}' | '/' | '‑'))
    {
        let start = key.len();
        if start > 0 {
            key.push(' ');
        }
        let from = key.len();
        key.extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
        if matches!(&key[from..], "" | "the" | "a" | "an") {
            key.truncate(start);
        }
    }
    key
}

/// A name without the hyphens that line ends put into its words.
pub(super) fn unbroken(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for piece in name.split_whitespace() {
        if out.ends_with('-') && piece.starts_with(char::is_alphabetic) {
            out.pop();
        } else if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(piece);
    }
    out
}

impl<'t> Reading<'t> {
    /// Reads `text`, cut into `passages`.
    pub(super) fn new(text: &'t str, passages: &[Passage]) -> Self {
        let words = Words::new(text);
        let mut reader =
            Gatherer { words: &words, index: HashMap::default(), candidates: vec![], short: vec![] };
        let mut sentences = Vec::new();
        let mut at = 0;
        let mut headings: Vec<u32> = vec![0; passages.len()];
        let mut heading_tokens: Vec<Range<usize>> = vec![0..0; passages.len()];
        for (index, passage) in passages.iter().enumerate() {
            let above = passage.parent.and_then(|p| headings.get(p as usize)).copied().unwrap_or(0);
            let heading_above =
                passage.parent.and_then(|p| heading_tokens.get(p as usize)).cloned().unwrap_or(0..0);
            let is_heading = passage.kind == Kind::Heading;
            let whole = [passage.span];
            let spans = if passage.sentences.is_empty() { &whole[..] } else { &passage.sentences[..] };
            for span in spans {
                let range = words.tokens_in(at, span.start()..span.end());
                at = range.end;
                let tokens = &words.tokens[range.clone()];
                let flags = tokens.iter().fold(0, |all, t| all | t.flags);
                headings[index] |= flags | above;
                heading_tokens[index] = range.clone();
                let sentence = Sentence {
                    bytes: span.start()..span.end(),
                    flags,
                    heading: above,
                    heading_tokens: heading_above.clone(),
                    part: passage.part,
                    is_heading,
                    words: tokens.iter().filter(|t| t.is_word()).count() as u32,
                };
                reader.sentence(range, sentences.len() as u32, is_heading);
                sentences.push(sentence);
            }
        }
        let Gatherer { mut candidates, short, index, .. } = reader;
        link_short_forms(&mut candidates, &short, &index);
        let mut by_place: Vec<Mention> = candidates.iter().flat_map(|c| c.mentions.iter().copied()).collect();
        by_place.sort_by_key(|m| (m.sentence, m.start, std::cmp::Reverse(m.end)));
        Self { words, sentences, candidates, by_place }
    }

    /// The mentions inside one sentence, by start.
    pub(super) fn mentions_in(&self, sentence: usize) -> &[Mention] {
        let from = self.by_place.partition_point(|m| (m.sentence as usize) < sentence);
        let count = self.by_place[from..].partition_point(|m| m.sentence as usize == sentence);
        &self.by_place[from..from + count]
    }

    /// The name of a candidate as first written in its most name-like way.
    pub(super) fn name(&self, candidate: &Candidate) -> &'t str {
        let running = |m: &&Mention| !self.sentences[m.sentence as usize].is_heading;
        let mention = candidate.mentions.iter().find(running).or_else(|| candidate.mentions.first());
        mention.and_then(|m| self.words.text.get(m.start as usize..m.end as usize)).unwrap_or_default()
    }
}

struct Gatherer<'w, 't> {
    words: &'w Words<'t>,
    index: HashMap<String, usize, Fast>,
    candidates: Vec<Candidate>,
    /// Short form and the name it stands for, as keys.
    short: Vec<(String, String)>,
}

impl Gatherer<'_, '_> {
    fn sentence(&mut self, range: Range<usize>, number: u32, heading: bool) {
        let found = phrases::phrases(self.words, range.clone(), heading);
        let frames = frames::frames(self.words, range.clone(), &found);
        for (phrase, frames) in found.iter().zip(&frames) {
            self.phrase(phrase, *frames, number, &range);
            if !phrase.nested || phrase.head > 0 {
                self.short_forms(phrase, range.clone());
            }
        }
    }

    fn phrase(&mut self, phrase: &Phrase, frames: Frames, sentence: u32, range: &Range<usize>) {
        let longest = phrase.end();
        for &end in &phrase.ends {
            let beyond = (end..longest).filter(|i| self.words.tokens[*i].is_word()).count();
            let mention = Mention {
                sentence,
                start: self.words.tokens[phrase.start].start,
                end: self.words.tokens[end - 1].end,
                tokens: (phrase.start as u32, longest as u32),
                frames,
                beyond: beyond.min(200) as u8,
                nested: phrase.nested,
                trailing: phrase.trailing,
                capital: phrase.capital,
                alone: phrase.start <= range.start + 1 && end + 1 >= range.end,
            };
            self.mention(mention, phrase.head, false);
            if phrase.quantified {
                let start = self.words.tokens[phrase.start - 1].start;
                self.mention(Mention { start, ..mention }, phrase.head, true);
            }
        }
    }

    fn mention(&mut self, mention: Mention, head: u8, quantified: bool) {
        let name = &self.words.text[mention.start as usize..mention.end as usize];
        let key = normalise(name);
        if key.is_empty() {
            return;
        }
        let next = self.candidates.len();
        let at = *self.index.entry(key.clone()).or_insert(next);
        if at == next {
            let candidate = Candidate {
                key,
                head,
                quantified,
                mentions: vec![],
                full: None,
                defined: false,
                short: vec![],
            };
            self.candidates.push(candidate);
        }
        self.candidates[at].mentions.push(mention);
    }

    fn key(&self, tokens: Range<usize>) -> String {
        normalise(self.words.slice(tokens))
    }

    /// `X (in this Act referred to as the "Y")`, `X (XYZ)` and `"Y" means the X`.
    fn short_forms(&mut self, phrase: &Phrase, sentence: Range<usize>) {
        let end = phrase.end();
        if end < sentence.end && self.words.word(end) == "(" {
            let limit = sentence.end.min(end + 24);
            if let Some(close) = (end..limit).find(|i| self.words.word(i.to_owned()) == ")")
                && let Some(short) = self.bracketed(end + 1..close)
            {
                let full = self.key(phrase.start..end);
                self.short.push((short, full));
            }
        }
        let mut before = phrase.start;
        while before > sentence.start && self.words.tokens[before - 1].has(flag::DETERMINER) {
            before -= 1;
        }
        if before > sentence.start + 2 && self.words.word(before - 1) == "means" {
            let open = (sentence.start..before - 2).rev().find(|i| is_quote(self.words, *i));
            if let Some(open) = open
                && is_quote(self.words, before - 2)
                && before - 2 - open <= 8
            {
                let short = self.key(open + 1..before - 2);
                let full = self.key(phrase.start..end);
                self.short.push((short, full));
            }
        }
    }

    fn bracketed(&self, inside: Range<usize>) -> Option<String> {
        let open = inside.clone().find(|i| is_quote(self.words, *i));
        if let Some(open) = open {
            let close = (open + 1..inside.end).find(|i| is_quote(self.words, *i))?;
            return Some(self.key(open + 1..close));
        }
        let lone = inside.len() == 1 && self.words.tokens[inside.start].case == Case::Upper;
        lone.then(|| self.key(inside))
    }
}

fn is_quote(words: &Words<'_>, index: usize) -> bool {
    words.tokens.get(index).is_some_and(|t: &Token| t.case == Case::Mark)
        && matches!(words.word(index), "\"" | "“" | "”" | "‘" | "’" | "'" | "`")
}

fn link_short_forms(
    candidates: &mut [Candidate],
    short: &[(String, String)],
    index: &HashMap<String, usize, Fast>,
) {
    for (short, full) in short {
        if let (Some(&short), Some(&full)) = (index.get(short), index.get(full))
            && short != full
            && candidates[short].full.is_none()
            && candidates[full].full.is_none()
        {
            candidates[short].full = Some(full);
            candidates[short].defined = true;
        }
    }
    guess_short_forms(candidates);
    let links: Vec<(usize, usize)> =
        candidates.iter().enumerate().filter_map(|(at, c)| c.full.map(|full| (full, at))).collect();
    for (full, at) in links {
        candidates[full].short.push(at);
    }
}

/// A bare head such as "secretary" or "task force" stands for the only longer name with that head, or for the only
/// one that the text establishes.
fn guess_short_forms(candidates: &mut [Candidate]) {
    let established = Frames::index("object-establish");
    let mut longer: HashMap<String, Vec<(usize, bool)>, Fast> = HashMap::default();
    for (at, candidate) in candidates.iter().enumerate() {
        let whole = candidate.mentions.iter().any(|m| m.capital && m.beyond == 0 && !m.trailing);
        if !whole || candidate.full.is_some() || candidate.quantified {
            continue;
        }
        let founded = candidate.mentions.iter().any(|m| m.frames.has(established));
        for head in bare_heads(&candidate.key) {
            longer.entry(head.to_owned()).or_default().push((at, founded));
        }
    }
    for (at, candidate) in candidates.iter_mut().enumerate() {
        if candidate.full.is_none()
            && candidate.head > 0
            && let Some(list) = longer.get(&candidate.key)
        {
            candidate.full = only(list).filter(|full| *full != at);
        }
    }
}

fn only(list: &[(usize, bool)]) -> Option<usize> {
    if let [(one, _)] = list {
        return Some(*one);
    }
    let mut founded = list.iter().filter(|(_, founded)| *founded);
    let first = founded.next()?;
    founded.next().is_none().then_some(first.0)
}

/// The heads by which a longer name may be called: its last word or two before a continuation.
fn bare_heads(key: &str) -> Vec<&str> {
    let base = [" of ", " for ", " on "]
        .iter()
        .filter_map(|link| key.find(link))
        .min()
        .map_or(key, |end| &key[..end]);
    let mut heads = Vec::new();
    let mut spaces = base.rmatch_indices(' ').map(|(at, _)| at);
    let (last, second) = (spaces.next(), spaces.next());
    if base.len() < key.len() {
        heads.push(base);
    }
    heads.extend(last.map(|at| &base[at + 1..]));
    heads.extend(second.map(|at| &base[at + 1..]));
    if base.len() < key.len() && last.is_some() && second.is_none() {
        heads.truncate(2);
    }
    heads.sort_unstable();
    heads.dedup();
    heads
}
