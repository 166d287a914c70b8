//! Grammatical frames: what the words around a noun phrase make its bearer do or undergo.

use std::ops::Range;

use super::lexicon::{VERBS, flag};
use super::phrases::Phrase;
use super::tokens::Words;

/// Number of frames.
pub(super) const COUNT: usize = NAMES.len() + VERBS.len() * 2;

/// The frames before the two blocks of verb classes (subject of the verb, agent of the participle).
pub(super) const NAMES: &[&str] = &[
    "subject-shall",
    "subject-shall-not",
    "subject-may",
    "subject-may-not",
    "subject-will",
    "subject-should",
    "subject-relative",
    "subject-verb",
    "subject-is-liable",
    "possessive",
    "to-after-report",
    "to-after-apply",
    "to-other",
    "by",
    "by-enacted",
    "by-introduced",
    "by-brought",
    "by-appointed",
    "with-consult",
    "through",
    "directed",
    "against",
    "for-to",
    "object-establish",
    "means",
    "of",
    "for-signature",
    "on-behalf",
    "conditional",
    "relative-clause",
    "introduced-bill",
    "members-of",
    "from",
    "in-list",
    "we-are",
    "defined-term",
    "authority-vested",
];

/// Words that open an aside between a subject and its modal.
const ASIDES: &str = "in acting with after through or as not on if for at under pursuant when where including by subject upon to within using";

/// A set of frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Frames(pub(super) u128);

const _: () = assert!(COUNT <= 128);

impl Frames {
    fn add(&mut self, index: usize) {
        self.0 |= 1 << index;
    }

    fn name(&mut self, name: &str) {
        if let Some(index) = NAMES.iter().position(|n| *n == name) {
            self.add(index);
        }
    }

    pub(super) const fn has(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }

    /// Whether any frame makes the bearer a subject of a modal.
    pub(super) const fn is_bound(self) -> bool {
        self.0 & 0b11_1111 != 0
    }

    /// Position of a frame by name; for rules and reasons.
    pub(super) fn index(name: &str) -> usize {
        NAMES.iter().position(|n| *n == name).unwrap_or(0)
    }

    /// Position of "subject of a verb of this class".
    pub(super) fn does(class: &str) -> usize {
        NAMES.len() + VERBS.iter().position(|(n, _)| *n == class).unwrap_or(0)
    }
}

/// The frames of each phrase of one sentence, in the order of `found`.
pub(super) fn frames(words: &Words<'_>, sentence: Range<usize>, found: &[Phrase]) -> Vec<Frames> {
    let reader = Reader { words, sentence };
    let mut left: Vec<Frames> = Vec::with_capacity(found.len());
    for (index, phrase) in found.iter().enumerate() {
        let mut own = reader.left(phrase);
        if !phrase.nested
            && let Some(previous) = coordinated_before(words, found, index)
            && own.0 & !(1 << Frames::index("conditional")) == 0
        {
            own = left[previous];
            own.name("in-list");
        }
        left.push(own);
    }
    let mut right: Vec<Frames> = vec![Frames::default(); found.len()];
    for (index, phrase) in found.iter().enumerate().rev() {
        let mut own = reader.right(phrase);
        if own.0 == 0
            && !phrase.nested
            && let Some(next) = coordinated_after(words, found, index)
        {
            own = right[next];
            own.name("in-list");
        }
        right[index] = own;
    }
    left.iter().zip(&right).map(|(l, r)| Frames(l.0 | r.0)).collect()
}

fn coordinated_before(words: &Words<'_>, found: &[Phrase], index: usize) -> Option<usize> {
    let phrase = &found[index];
    let previous = (0..index).rev().find(|i| !found[*i].nested && found[*i].start < phrase.start)?;
    only_links(words, found[previous].end(), phrase.start).then_some(previous)
}

fn coordinated_after(words: &Words<'_>, found: &[Phrase], index: usize) -> Option<usize> {
    let phrase = &found[index];
    let next = (index + 1..found.len()).find(|i| !found[*i].nested && found[*i].start >= phrase.end())?;
    only_links(words, phrase.end(), found[next].start).then_some(next)
}

/// Whether only "and", "or", commas and determiners stand between two phrases.
fn only_links(words: &Words<'_>, from: usize, to: usize) -> bool {
    if to <= from || to - from > 4 {
        return false;
    }
    (from..to).all(|i| {
        words.tokens[i].has(flag::CONJUNCTION | flag::DETERMINER)
            || matches!(words.word(i), "," | ";" | "to" | "by")
    }) && (from..to).any(|i| words.tokens[i].has(flag::CONJUNCTION) || matches!(words.word(i), "," | ";"))
}

struct Reader<'w, 't> {
    words: &'w Words<'t>,
    sentence: Range<usize>,
}

impl Reader<'_, '_> {
    fn word(&self, index: usize) -> &str {
        if self.sentence.contains(&index) { self.words.word(index) } else { "" }
    }

    fn has(&self, index: usize, bits: u32) -> bool {
        self.sentence.contains(&index) && self.words.tokens[index].has(bits)
    }

    fn verb(&self, index: usize) -> &'static str {
        if !self.sentence.contains(&index) {
            return "";
        }
        let verb = self.words.tokens[index].verb;
        VERBS.get(usize::from(verb).wrapping_sub(1)).map_or("", |(name, _)| name)
    }

    /// What the words before the phrase say of it.
    fn left(&self, phrase: &Phrase) -> Frames {
        let mut frames = Frames::default();
        let mut at = phrase.start;
        while at > self.sentence.start
            && (self.has(at - 1, flag::DETERMINER) || matches!(self.word(at - 1), "\"" | "“" | "‘" | "'"))
        {
            at -= 1;
        }
        if at == self.sentence.start {
            return frames;
        }
        let before = at - 1;
        match self.word(before) {
            "to" => self.left_of_to(before, &mut frames),
            "by" => self.left_of_by(before, &mut frames),
            "with" => {
                let near = (before.saturating_sub(3)..before).any(|i| {
                    self.verb(i) == "consult"
                        || matches!(
                            self.word(i),
                            "consultation" | "coordination" | "collaboration" | "conjunction"
                        )
                });
                frames.name(if near { "with-consult" } else { "in-list" });
            }
            "through" => frames.name("through"),
            "against" => frames.name("against"),
            "from" => frames.name("from"),
            "of" => self.left_of_of(before, &mut frames),
            "for" => self.left_of_for(phrase, before, &mut frames),
            "means" => frames.name("means"),
            "term" => frames.name("defined-term"),
            "if" | "when" | "where" | "unless" => frames.name("conditional"),
            "as" => {
                if self.word(before.wrapping_sub(1)) == "me" || self.word(before.wrapping_sub(2)) == "me" {
                    frames.name("authority-vested");
                }
            }
            _ => match self.verb(before) {
                "urge" | "require" | "prohibit" => frames.name("directed"),
                "establish" => frames.name("object-establish"),
                _ => {}
            },
        }
        if matches!(self.word(before), "established" | "means" | "behalf") {
            frames.name("object-establish");
        }
        frames
    }

    fn left_of_to(&self, before: usize, frames: &mut Frames) {
        let from = before.saturating_sub(30).max(self.sentence.start);
        for index in (from..before).rev() {
            match self.verb(index) {
                "report" => return frames.name("to-after-report"),
                "disclose" | "issue" | "grant" if before - index < 16 => return frames.name("to-other"),
                _ if matches!(
                    self.word(index),
                    "applies" | "apply" | "applicable" | "addressed" | "applied"
                ) =>
                {
                    return frames.name("to-after-apply");
                }
                _ if matches!(self.word(index), "report" | "briefing" | "reports") && before - index < 8 => {
                    return frames.name("to-after-report");
                }
                _ => {}
            }
        }
        frames.name("to-other");
    }

    fn left_of_by(&self, before: usize, frames: &mut Frames) {
        frames.name("by");
        let from = before.saturating_sub(4).max(self.sentence.start);
        for index in (from..before).rev() {
            let class = self.verb(index);
            match class {
                "enact" => frames.name("by-enacted"),
                "introduce" => frames.name("by-introduced"),
                "enforce" => frames.name("by-brought"),
                "establish" => frames.name("by-appointed"),
                "" | "be" | "have" => continue,
                _ => {}
            }
            let class = self.words.tokens[index].verb;
            frames.add(NAMES.len() + VERBS.len() + usize::from(class) - 1);
            return;
        }
    }

    fn left_of_of(&self, before: usize, frames: &mut Frames) {
        match self.word(before.wrapping_sub(1)) {
            "behalf" => frames.name("on-behalf"),
            "members" | "member" | "consist" | "composed" | "representatives" => frames.name("members-of"),
            _ => frames.name("of"),
        }
    }

    fn left_of_for(&self, phrase: &Phrase, before: usize, frames: &mut Frames) {
        if self.word(phrase.end()) == "to" {
            frames.name("for-to");
        } else if before == self.sentence.start || self.words.word(before.wrapping_sub(1)) == "." {
            frames.name("for-signature");
        }
    }

    /// What the words after the phrase say of it.
    fn right(&self, phrase: &Phrase) -> Frames {
        let mut frames = Frames::default();
        let mut at = self.skip_brackets(phrase.end());
        if self.sentence.contains(&at) && self.words.tokens[at].case == super::tokens::Case::Possessive {
            frames.name("possessive");
            return frames;
        }
        while matches!(self.word(at), "\"" | "”" | "’") {
            at += 1;
        }
        let enacts = self.word(at) == "do" && matches!(self.word(at + 1), "enact" | "ordain");
        if enacts || (self.word(at) == "," && self.word(at + 1) == "represented") {
            frames.name("by-enacted");
            return frames;
        }
        if self.word(at) == "means" {
            frames.name("defined-term");
            return frames;
        }
        if self.has(at, flag::RELATIVE) {
            frames.name("relative-clause");
            if let Some(modal) = self.next_modal(at + 1, 40) {
                frames.name("subject-relative");
                self.modal(modal, &mut frames);
            }
            return frames;
        }
        if self.word(at) == "," {
            at = self.skip_aside(at);
        }
        if self.has(at, flag::MODAL) {
            self.modal(at, &mut frames);
        } else {
            self.plain_verb(at, &mut frames);
        }
        frames
    }

    fn plain_verb(&self, at: usize, frames: &mut Frames) {
        let verb = (at..at + 3).find(|i| !self.has(*i, flag::ADVERB)).unwrap_or(at);
        let class = self.verb(verb);
        if class.is_empty() || self.word(verb) == "to" {
            return;
        }
        if class == "introduce" {
            frames.name("introduced-bill");
        }
        if class == "be" {
            let liable = (verb + 1..verb + 4).any(|i| {
                matches!(self.word(i), "liable" | "guilty" | "subject" | "responsible" | "prohibited")
            });
            frames.name(if liable { "subject-is-liable" } else { "subject-verb" });
        } else if !self.word(verb).ends_with("ing") {
            frames.name("subject-verb");
        }
        frames.add(NAMES.len() + usize::from(self.words.tokens[verb].verb) - 1);
    }

    fn skip_brackets(&self, at: usize) -> usize {
        if self.word(at) != "(" {
            return at;
        }
        let limit = self.sentence.end.min(at + 24);
        (at..limit).find(|i| self.word(*i) == ")").map_or(at, |close| close + 1)
    }

    /// Steps over ", in consultation with …," before a modal.
    fn skip_aside(&self, comma: usize) -> usize {
        let opens = ASIDES.split(' ').any(|word| word == self.word(comma + 1));
        if !opens {
            return comma;
        }
        let limit = self.sentence.end.min(comma + 60);
        (comma + 2..limit)
            .find(|i| self.has(*i, flag::MODAL))
            .filter(|i| matches!(self.word(i - 1), "," | "—" | ")"))
            .unwrap_or(comma)
    }

    fn next_modal(&self, from: usize, within: usize) -> Option<usize> {
        (from..self.sentence.end.min(from + within)).find(|i| self.has(*i, flag::MODAL))
    }

    /// The modal's force and the class of its verb.
    fn modal(&self, at: usize, frames: &mut Frames) {
        let negative = self.has(at + 1, flag::NEGATION);
        let name = match (self.word(at), negative) {
            ("shall" | "must", false) => "subject-shall",
            ("shall" | "must" | "cannot", _) => "subject-shall-not",
            ("may", false) => "subject-may",
            ("may", true) => "subject-may-not",
            ("will", _) => "subject-will",
            _ => "subject-should",
        };
        frames.name(name);
        let mut verb = at + 1;
        while self.has(verb, flag::ADVERB | flag::NEGATION) {
            verb += 1;
        }
        if self.word(verb) == "," {
            let limit = self.sentence.end.min(verb + 50);
            verb = (verb + 1..limit).find(|i| self.word(*i) == ",").map_or(verb, |close| close + 1);
        }
        if self.sentence.contains(&verb) {
            let class = self.words.tokens[verb].verb;
            if class > 0 {
                frames.add(NAMES.len() + usize::from(class) - 1);
            }
            if self.verb(verb) == "be"
                && (verb..verb + 4).any(|i| matches!(self.word(i), "liable" | "guilty" | "subject"))
            {
                frames.name("subject-is-liable");
            }
        }
    }
}
