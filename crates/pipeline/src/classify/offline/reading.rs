//! What the engine reads off a text before it judges: sentences with their place, force and cue hits.

use lacuna_domain::passage::{Kind, Part, Passage};
use lacuna_domain::{Codebook, Span};

use super::classes::{self, CLASSES, ClassHit};
use super::lexicon::{Hit, Lexicon};
use super::signals::{self, SIGNALS, Signal, Signals};
use super::tokens::{Tokens, fnv};

/// How strongly a cue speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Names the code by itself.
    Strong,
    /// Counts where the sentence speaks of AI.
    Weak,
}

/// A cue that counts, in a sentence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CueHit {
    /// Index of the code among [`Cues::codes`].
    pub(crate) code: u32,
    /// Strong or weak.
    pub(crate) strength: Strength,
    /// Which term.
    pub(crate) term: u32,
    /// The words hit.
    pub(crate) first: u32,
    /// One past the last word.
    pub(crate) end: u32,
}

/// A sentence as the engine sees it.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Bytes covered.
    pub(crate) span: Span,
    /// First token.
    pub(crate) first: usize,
    /// One past the last token.
    pub(crate) end: usize,
    /// Index of the passage.
    pub(crate) passage: u32,
    /// Shape of the passage.
    pub(crate) kind: Kind,
    /// What the passage does.
    pub(crate) part: Part,
    /// Signals of the sentence itself.
    pub(crate) own: Signals,
    /// Own signals and the force of the lead-in ("The agency shall—") that governs a list item.
    pub(crate) signals: Signals,
    /// Whether the sentence, its heading or a neighbour speaks of AI.
    pub(crate) near_ai: bool,
    /// Cues that count.
    pub(crate) cues: Vec<CueHit>,
    /// Words of the classes, in their order; of each class at most one at a word.
    pub(crate) classes: Vec<ClassHit>,
}

impl Unit {
    /// How the sentence speaks to AI: itself and with force, itself, near AI with force, or none of these; 0 to 3.
    pub(crate) fn setting(&self) -> u64 {
        match (self.own.has(Signal::Ai), self.near_ai, self.is_operative()) {
            (true, _, true) => 0,
            (true, _, false) => 1,
            (false, true, true) => 2,
            _ => 3,
        }
    }

    /// Operative words in an operative place.
    pub(crate) fn is_operative(&self) -> bool {
        self.signals.is_operative()
            && !matches!(self.part, Part::Recital | Part::Definitional | Part::Signature)
    }
}

/// All cue terms of a codebook together with the engine's signal words.
#[derive(Clone, Debug)]
pub(crate) struct Cues {
    lexicon: Lexicon,
    codes: u32,
    keys: Vec<u64>,
}

/// A text read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Its words.
    pub(crate) tokens: Tokens,
    /// Its sentences.
    pub(crate) units: Vec<Unit>,
}

impl Cues {
    /// Compiles the cues of every code, in the order of dimensions and codes.
    pub(crate) fn of(codebook: &Codebook) -> Self {
        let mut lexicon = Lexicon::default();
        let mut index = 0;
        let mut keys = Vec::new();
        let codes = codebook.dimensions.iter().flat_map(|d| d.codes.iter().map(move |code| (&d.id, code)));
        for (dimension, code) in codes {
            keys.push(fnv(format!("{dimension}/{}", code.id).as_bytes()));
            for (language, cues) in &code.cues {
                for (offset, terms) in [&cues.strong, &cues.weak, &cues.not].into_iter().enumerate() {
                    for term in terms {
                        lexicon.add(term, language, index * 3 + offset as u32);
                    }
                }
            }
            index += 1;
        }
        signals::add_to(&mut lexicon, index * 3);
        classes::add_to(&mut lexicon, index * 3 + SIGNALS as u32);
        Self { lexicon, codes: index, keys }
    }

    /// A name for each code, by its index.
    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The term as the codebook writes it.
    pub(crate) fn shown(&self, term: u32) -> String {
        self.lexicon.shown(term)
    }

    /// The codes, by index, of which `words` hold a cue that counts.
    pub(crate) fn named(&self, words: &str, language: Option<&str>) -> Vec<u32> {
        let hits = self.lexicon.find(&Tokens::of(words), language);
        self.cues_of(&hits).iter().map(|hit| hit.code).collect()
    }

    /// Reads a text; `language` limits the terms to that language and English.
    pub(crate) fn read(&self, text: &str, passages: &[Passage], language: Option<&str>) -> Reading {
        let tokens = Tokens::of(text);
        let hits = self.lexicon.find(&tokens, language);
        let mut units = Vec::new();
        let mut lead = LeadIns::default();
        for passage in passages {
            for &span in &passage.sentences {
                let Some(words) = span.slice(text) else { continue };
                let (first, end) = (tokens.at_byte(span.start()), tokens.at_byte(span.end()));
                let inside = hits_between(&hits, first, end);
                let own = self.signals_of(inside);
                let signals = own.with(lead.above(passage));
                lead.note(passage, words, signals);
                let cues = self.cues_of(inside);
                units.push(Unit {
                    span,
                    first,
                    end,
                    passage: passage.index,
                    kind: passage.kind,
                    part: passage.part,
                    own,
                    signals,
                    near_ai: false,
                    cues,
                    classes: self.classes_of(inside),
                });
            }
        }
        mark_near_ai(&mut units, passages);
        Reading { tokens, units }
    }

    fn signals_of(&self, hits: &[Hit]) -> Signals {
        let first = self.codes * 3;
        let own = hits.iter().filter(|h| h.group >= first && h.group < first + SIGNALS as u32);
        Signals(own.fold(0, |bits, h| bits | 1 << (h.group - first)))
    }

    fn classes_of(&self, hits: &[Hit]) -> Vec<ClassHit> {
        let first = self.codes * 3 + SIGNALS as u32;
        let classes = hits.iter().filter(|h| h.group >= first && h.group < first + CLASSES as u32);
        let class =
            |h: &Hit| ClassHit { class: (h.group - first) as u8, term: h.term, first: h.first, end: h.end };
        let mut found: Vec<ClassHit> = classes.map(class).collect();
        found.sort_by_key(|h| (h.first, h.class, std::cmp::Reverse(h.end)));
        found.dedup_by_key(|h| (h.first, h.class));
        found
    }

    fn cues_of(&self, hits: &[Hit]) -> Vec<CueHit> {
        let cues = hits.iter().filter(|h| h.group < self.codes * 3 && h.group % 3 != 2);
        cues.filter(|hit| {
            let not = hit.group - hit.group % 3 + 2;
            !hits.iter().any(|n| n.group == not && n.first < hit.end && hit.first < n.end)
        })
        .map(|hit| CueHit {
            code: hit.group / 3,
            strength: if hit.group % 3 == 0 { Strength::Strong } else { Strength::Weak },
            term: hit.term,
            first: hit.first,
            end: hit.end,
        })
        .collect()
    }
}

/// Marks sentences that speak of AI, stand under a heading that does, or have one that does among the two before or
/// right after.
fn mark_near_ai(units: &mut [Unit], passages: &[Passage]) {
    let own: Vec<bool> = units.iter().map(|u| u.own.has(Signal::Ai)).collect();
    let mut speaking = vec![false; passages.len()];
    for (unit, ai) in units.iter().zip(&own) {
        if let Some(passage) = speaking.get_mut(unit.passage as usize) {
            *passage |= ai;
        }
    }
    for (at, unit) in units.iter_mut().enumerate() {
        let parent = passages.get(unit.passage as usize).and_then(|p| p.parent);
        let heading = parent.and_then(|p| speaking.get(p as usize)).is_some_and(|s| *s);
        let around = own.get(at.saturating_sub(2)..(at + 2).min(own.len())).unwrap_or_default();
        unit.near_ai = heading || around.iter().any(|a| *a);
    }
}

/// Hits that lie wholly in tokens `first..end`; `hits` are in the order of their first token.
fn hits_between(hits: &[Hit], first: usize, end: usize) -> &[Hit] {
    let from = hits.partition_point(|h| (h.first as usize) < first);
    let to = hits.partition_point(|h| (h.first as usize) < end);
    hits.get(from..to).unwrap_or_default()
}

/// The lead-ins open at a place, outermost first.
#[derive(Default)]
struct LeadIns {
    open: Vec<(u8, u32, Signals)>,
}

impl LeadIns {
    /// The force that `passage` takes over from lead-ins above it.
    fn above(&mut self, passage: &Passage) -> Signals {
        if passage.kind == Kind::Heading {
            self.open.clear();
        }
        self.open.retain(|&(level, index, _)| index == passage.index || level < passage.level);
        self.open
            .iter()
            .filter(|&&(_, index, _)| index != passage.index)
            .fold(Signals::default(), |all, &(_, _, signals)| all.with(signals))
    }

    /// Remembers a sentence that ends in a colon or dash as the lead-in of what follows.
    fn note(&mut self, passage: &Passage, words: &str, signals: Signals) {
        let opens = words.trim_end().ends_with([':', '—', '–', '：']) || words.trim_end().ends_with("--");
        if opens && signals.is_operative() {
            self.open.push((passage.level, passage.index, signals.force()));
        }
    }
}
