//! Features of sentences and documents: hashed words and word pairs, cue hits, signals and place. Only hashes are
//! kept, never the words.

use lacuna_domain::passage::{Kind, Part, Passage};

use super::super::reading::{CueHit, Reading, Strength, Unit};
use super::super::signals::SIGNALS;
use super::super::tokens::{Tokens, fnv};

/// A sparse vector: feature hash and value, sorted by hash, each hash once.
pub(crate) type Sparse = Vec<(u32, f32)>;

const CUE: u64 = fnv(b"cue");
const SIGNAL: u64 = fnv(b"signal");
const PLACE: u64 = fnv(b"place");
const HEADING: u64 = fnv(b"heading");
const BEFORE: u64 = fnv(b"before");
const OPERATIVE: u64 = fnv(b"operative");
const NEAR: u64 = fnv(b"near");
const PAIR: u64 = fnv(b"pair");
const CLASS: u64 = fnv(b"class");
const CLOSE: u64 = fnv(b"close");
/// Words that may stand between two classes for them to belong together, and to be close.
const APART: u32 = 6;
const NEXT: u32 = 1;

/// Mixes two hashes into one (the finaliser of splitmix64).
const fn mix(a: u64, b: u64) -> u64 {
    let mut x = a.rotate_left(23) ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The stems of all tokens, as hashes: plural and verb endings cut off, numbers all alike.
pub(crate) fn stems(tokens: &Tokens) -> Vec<u64> {
    tokens.items().iter().map(|t| stem(tokens.word(t))).collect()
}

fn stem(word: &str) -> u64 {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return fnv(b"0");
    }
    if !word.is_ascii() || word.len() < 5 {
        return fnv(word.as_bytes());
    }
    let cut = |ending: &str| word.strip_suffix(ending).filter(|rest| rest.len() >= 4);
    let bare = if let Some(rest) = cut("ies").or_else(|| cut("ied")) {
        return mix(fnv(rest.as_bytes()), 1);
    } else if let Some(rest) = word.strip_suffix('y').filter(|r| r.len() >= 4) {
        return mix(fnv(rest.as_bytes()), 1);
    } else if let Some(rest) = cut("ing").or_else(|| cut("ed")).or_else(|| cut("es")) {
        rest
    } else if word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") {
        &word[..word.len() - 1]
    } else {
        word
    };
    fnv(bare.trim_end_matches('e').as_bytes())
}

/// Function words, by stem; they take no part alone but do in pairs.
fn is_stop(stem: u64) -> bool {
    const STOP: [u64; 32] = [
        fnv(b"the"),
        fnv(b"of"),
        fnv(b"and"),
        fnv(b"to"),
        fnv(b"in"),
        fnv(b"a"),
        fnv(b"or"),
        fnv(b"for"),
        fnv(b"that"),
        fnv(b"by"),
        fnv(b"with"),
        fnv(b"on"),
        fnv(b"as"),
        fnv(b"is"),
        fnv(b"be"),
        fnv(b"such"),
        fnv(b"any"),
        fnv(b"this"),
        fnv(b"an"),
        fnv(b"at"),
        fnv(b"from"),
        fnv(b"it"),
        fnv(b"are"),
        fnv(b"which"),
        fnv(b"under"),
        fnv(b"s"),
        fnv(b"b"),
        fnv(b"c"),
        fnv(b"d"),
        fnv(b"i"),
        fnv(b"ii"),
        fnv(b"0"),
    ];
    STOP.contains(&stem)
}

/// Adds words and neighbouring pairs of `stems` under `space`.
fn words(out: &mut Sparse, stems: &[u64], space: u64, value: f32, pairs: bool) {
    let mut before: Option<u64> = None;
    for &stem in stems {
        let stop = is_stop(stem);
        if !stop {
            out.push((mix(space, stem) as u32, value));
        }
        if pairs {
            if let Some(b) = before {
                out.push((mix(mix(space, PAIR), mix(b, stem)) as u32, value));
            }
            // Function words drop out of pairs, so that "theft of weights" and "weights theft" stay close.
            if !stop {
                before = Some(stem);
            }
        }
    }
}

fn finish(mut out: Sparse) -> Sparse {
    out.sort_by_key(|&(hash, _)| hash);
    out.dedup_by_key(|&mut (hash, _)| hash);
    out
}

/// Reads features off one text.
pub(crate) struct Features<'a> {
    reading: &'a Reading,
    passages: &'a [Passage],
    cue_keys: &'a [u64],
    stems: Vec<u64>,
}

impl<'a> Features<'a> {
    /// Prepares `reading`; `cue_keys` names each code of the codebook independently of its position.
    pub(crate) fn new(reading: &'a Reading, passages: &'a [Passage], cue_keys: &'a [u64]) -> Self {
        Self { reading, passages, cue_keys, stems: stems(&reading.tokens) }
    }

    /// Features of sentence `at`: its words and pairs scaled to its length, its cues, signals and place, the words of
    /// the heading above it and of the sentence before it.
    pub(crate) fn unit(&self, at: usize) -> Sparse {
        let Some(unit) = self.reading.units.get(at) else { return vec![] };
        let own = self.stems.get(unit.first..unit.end).unwrap_or_default();
        let mut out = Sparse::with_capacity(own.len() * 2 + 24);
        let scale = 1.0 / (1.0 + own.len() as f32 / 12.0).sqrt();
        words(&mut out, own, 0, scale, true);
        if let Some(heading) = self.heading(unit) {
            words(&mut out, heading, HEADING, 0.35, false);
        }
        if let Some(before) = at.checked_sub(1).and_then(|b| self.reading.units.get(b)) {
            let stems = self.stems.get(before.first..before.end.min(before.first + 40)).unwrap_or_default();
            words(&mut out, stems, BEFORE, 0.3 * scale.min(0.6), false);
        }
        for cue in &unit.cues {
            out.push((self.cue_feature(cue), 1.0));
            if unit.near_ai {
                out.push((mix(u64::from(self.cue_feature(cue)), NEAR) as u32, 0.7));
            }
        }
        for bit in 0..SIGNALS as u64 {
            if unit.signals.0 & (1 << bit) != 0 {
                out.push((mix(SIGNAL, bit) as u32, 0.5));
            }
        }
        if unit.near_ai {
            out.push((mix(PLACE, NEAR) as u32, 0.5));
        }
        out.push((mix(PLACE, unit.part as u64) as u32, 0.5));
        out.push((mix(PLACE, 16 + u64::from(unit.kind == Kind::Heading)) as u32, 0.5));
        finish(out)
    }

    /// Features of the classes of words in sentence `at`: which there are, in what force and nearness to AI, which follow
    /// which within a few words, and which stand in the heading or lead-in above.
    pub(crate) fn classes(&self, at: usize) -> Sparse {
        let Some(unit) = self.reading.units.get(at) else { return vec![] };
        let mut out = Sparse::with_capacity(unit.classes.len() * 8);
        let setting = 1 + unit.setting();
        out.push((mix(CLASS, mix(PLACE, setting)) as u32, 1.0));
        for (i, hit) in unit.classes.iter().enumerate() {
            let class = u64::from(hit.class);
            out.push((mix(CLASS, class) as u32, 1.0));
            out.push((mix(CLASS, class + (setting << 8)) as u32, 1.0));
            for next in &unit.classes[i + 1..] {
                let Some(gap) = next.first.checked_sub(hit.end) else { continue };
                if gap > APART {
                    break;
                }
                let pair = (class << 8) + u64::from(next.class);
                out.push((mix(CLASS, mix(PAIR, pair)) as u32, 1.0));
                if gap <= NEXT {
                    out.push((mix(CLASS, mix(CLOSE, pair)) as u32, 1.0));
                }
            }
        }
        for hit in self.above(unit).map(|u| u.classes.as_slice()).unwrap_or_default() {
            out.push((mix(CLASS, mix(HEADING, u64::from(hit.class))) as u32, 1.0));
        }
        finish(out)
    }

    /// The first sentence of the passage above.
    fn above(&self, unit: &Unit) -> Option<&Unit> {
        let parent = self.passages.get(unit.passage as usize)?.parent?;
        let first = self.reading.units.partition_point(|u| u.passage < parent);
        self.reading.units.get(first).filter(|u| u.passage == parent)
    }

    fn cue_feature(&self, cue: &CueHit) -> u32 {
        let key = self.cue_keys.get(cue.code as usize).copied().unwrap_or_default();
        mix(mix(CUE, key), u64::from(cue.strength == Strength::Weak)) as u32
    }

    /// The feature of a word alone, for telling which words weighed most.
    pub(crate) fn word_feature(&self, token: usize) -> Option<u32> {
        let stem = *self.stems.get(token)?;
        (!is_stop(stem)).then_some(mix(0, stem) as u32)
    }

    fn heading(&self, unit: &Unit) -> Option<&[u64]> {
        let parent = self.passages.get(self.passages.get(unit.passage as usize)?.parent? as usize)?;
        let first = self.reading.tokens.at_byte(parent.span.start());
        let end = self.reading.tokens.at_byte(parent.span.end()).min(first + 30);
        self.stems.get(first..end)
    }

    /// Features of the whole text: `1 + ln(count)` of words and pairs, and of cue hits.
    pub(crate) fn document(&self) -> Sparse {
        let mut all = Sparse::new();
        for unit in &self.reading.units {
            let own = self.stems.get(unit.first..unit.end).unwrap_or_default();
            words(&mut all, own, 0, 1.0, true);
            for cue in &unit.cues {
                all.push((self.cue_feature(cue), 1.0));
            }
            if unit.near_ai && unit.is_operative() {
                words(&mut all, own, OPERATIVE, 1.0, false);
            }
            if unit.part == Part::Front || unit.kind == Kind::Heading {
                words(&mut all, own, HEADING, 1.0, false);
            }
        }
        all.sort_by_key(|&(hash, _)| hash);
        let mut out = Sparse::new();
        for (hash, value) in all {
            match out.last_mut() {
                Some((last, sum)) if *last == hash => *sum += value,
                _ => out.push((hash, value)),
            }
        }
        for (_, value) in &mut out {
            *value = 1.0 + value.ln();
        }
        out
    }
}
