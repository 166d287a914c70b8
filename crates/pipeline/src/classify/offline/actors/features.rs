//! Turns a candidate into numbers for the scorers.

use lacuna_domain::passage::Part;

use super::candidates::{CONTEXTS, Candidate, Mention, Reading};
use super::frames::{self, Frames};
use super::lexicon::{HEADS, flag};
use super::tokens::Case;

/// What a whole text looks like, the same for all its candidates.
pub(super) const DOCUMENT: usize = 17;

const SHAPE: usize = 27;

/// Number of features of a candidate.
pub(super) const COUNT: usize = frames::COUNT + CONTEXTS.len() * 3 + 6 + HEADS.len() + SHAPE + DOCUMENT;

/// The features of every candidate of a reading, row by row.
pub(super) fn rows(reading: &Reading<'_>) -> Vec<Vec<f32>> {
    let document = document(reading);
    let bound: Vec<f32> = reading.candidates.iter().map(|c| weight_bound(reading, c)).collect();
    let all: f32 = bound.iter().sum::<f32>().max(1.0);
    let top = bound.iter().copied().fold(0.0, f32::max).max(1.0);
    reading
        .candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| {
            let mut row = Vec::with_capacity(COUNT);
            frame_counts(reading, candidate, &mut row);
            context_counts(reading, candidate, &mut row);
            (1..=HEADS.len())
                .for_each(|head| row.push(f32::from(u8::from(usize::from(candidate.head) == head))));
            shape(reading, candidate, &mut row);
            row.push(bound[index] / all);
            row.push(bound[index] / top);
            row.extend_from_slice(&document);
            debug_assert_eq!(row.len(), COUNT);
            row
        })
        .collect()
}

fn with_short<'r>(reading: &'r Reading<'_>, candidate: &'r Candidate) -> impl Iterator<Item = &'r Mention> {
    let short = candidate.short.iter().flat_map(|s| &reading.candidates[*s].mentions);
    candidate.mentions.iter().chain(short)
}

fn weight_bound(reading: &Reading<'_>, candidate: &Candidate) -> f32 {
    with_short(reading, candidate).filter(|m| m.frames.is_bound() && !m.trailing && !m.nested).count() as f32
}

fn frame_counts(reading: &Reading<'_>, candidate: &Candidate, row: &mut Vec<f32>) {
    let mut counts = [0.0_f32; frames::COUNT];
    for mention in with_short(reading, candidate).filter(|m| !m.trailing) {
        let mut bits = mention.frames.0;
        while bits != 0 {
            counts[bits.trailing_zeros() as usize] += 1.0;
            bits &= bits - 1;
        }
    }
    row.extend_from_slice(&counts);
}

fn context_counts(reading: &Reading<'_>, candidate: &Candidate, row: &mut Vec<f32>) {
    let mut counts = [0.0_f32; CONTEXTS.len() * 3 + 6];
    for mention in with_short(reading, candidate) {
        let sentence = &reading.sentences[mention.sentence as usize];
        for (index, context) in CONTEXTS.iter().enumerate() {
            counts[index] += f32::from(u8::from(sentence.flags & context != 0));
            let bound = mention.frames.is_bound() && sentence.flags & context != 0;
            counts[CONTEXTS.len() + index] += f32::from(u8::from(bound));
            counts[2 * CONTEXTS.len() + index] += f32::from(u8::from(sentence.heading & context != 0));
        }
        let part = match sentence.part {
            Part::Front => 0,
            Part::Recital => 1,
            Part::Definitional => 2,
            Part::Operative => 3,
            Part::Signature => 4,
        };
        counts[3 * CONTEXTS.len() + part] += 1.0;
        counts[3 * CONTEXTS.len() + 5] += f32::from(u8::from(sentence.is_heading));
    }
    row.extend_from_slice(&counts);
}

fn shape(reading: &Reading<'_>, candidate: &Candidate, row: &mut Vec<f32>) {
    let own = candidate.mentions.len().max(1) as f32;
    let share =
        |test: &dyn Fn(&Mention) -> bool| candidate.mentions.iter().filter(|m| test(m)).count() as f32 / own;
    let length = reading.words.text.len().max(1) as f32;
    let first = candidate.mentions.first().map_or(0.0, |m| m.start as f32);
    let last = candidate.mentions.last().map_or(0.0, |m| m.start as f32);
    let words = candidate.key.split(' ').count() as f32;
    let total = with_short(reading, candidate).count() as f32;
    let name = reading.name(candidate);
    let listed = Frames::index("in-list");
    let full = candidate.full.map(|f| &reading.candidates[f]);
    row.extend([
        own,
        total,
        first / length,
        last / length,
        first,
        words,
        share(&|m| m.capital),
        share(&|m| m.beyond > 0),
        candidate.mentions.iter().map(|m| f32::from(m.beyond)).sum::<f32>() / own,
        share(&|m| m.nested),
        share(&|m| m.trailing),
        share(&|m| m.frames.has(listed)),
        share(&|m| m.alone),
        share(&|m| m.frames.is_bound()),
        f32::from(u8::from(candidate.quantified)),
        f32::from(u8::from(candidate.full.is_some())),
        f32::from(u8::from(candidate.defined)),
        candidate.short.len() as f32,
        f32::from(u8::from(candidate.key.contains(" of "))),
        f32::from(u8::from(candidate.key.contains(" for ") || candidate.key.contains(" on "))),
        f32::from(u8::from(candidate.key.contains(" and "))),
        f32::from(u8::from(name.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase))),
        full.map_or(0.0, |f| f.mentions.len() as f32),
        f32::from(u8::from(name.contains("Mr") || name.contains("Ms"))),
        f32::from(u8::from(name.contains("Ltd") || name.contains("Inc"))),
    ]);
}

/// Document features: length and densities per thousand words.
pub(super) fn document(reading: &Reading<'_>) -> [f32; DOCUMENT] {
    let tokens = &reading.words.tokens;
    let words = tokens.iter().filter(|t| t.is_word()).count().max(1) as f32;
    let per = |bits: u32| tokens.iter().filter(|t| t.has(bits)).count() as f32 * 1000.0 / words;
    let any = |name: &str| {
        let index = Frames::index(name);
        let found = reading.candidates.iter().any(|c| c.mentions.iter().any(|m| m.frames.has(index)));
        f32::from(u8::from(found))
    };
    let upper = tokens.iter().filter(|t| t.case == Case::Upper).count() as f32 / words;
    [
        words.ln(),
        reading.candidates.len() as f32 / words,
        per(flag::MODAL),
        per(flag::PENALTY),
        per(flag::SUIT),
        per(flag::REPORTING),
        per(flag::ENFORCEMENT),
        per(flag::MEMBERSHIP),
        per(flag::FIRST_PERSON),
        per(flag::TECHNOLOGY),
        any("by-enacted"),
        any("introduced-bill"),
        any("for-signature"),
        upper,
        any("to-after-report"),
        any("by-brought"),
        reading.candidates.iter().filter(|c| c.mentions.iter().any(|m| m.alone)).count() as f32,
    ]
}
