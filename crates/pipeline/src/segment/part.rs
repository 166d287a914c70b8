//! What a passage does: front matter, recital, definition, operative text or signature, told from words and place.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use lacuna_domain::Passage;
use lacuna_domain::passage::{Kind, Part};

/// Sets `part` of every passage, from top to bottom.
pub(super) fn assign(text: &str, passages: &mut [Passage]) {
    let labelled = passages.iter().filter(|p| p.label.is_some()).count() >= 3;
    let body = passages.iter().position(|p| begins_body(text, p, labelled)).unwrap_or(0);
    let mut lead: Option<(u8, Part)> = None;
    let mut signing = false;
    for index in 0..passages.len() {
        let passage = &passages[index];
        let words = passage.trimmed(text);
        let inherited = passage.parent.and_then(|parent| passages.get(parent as usize)).map(|p| p.part);
        let inherited = inherited.filter(|part| matches!(part, Part::Recital | Part::Definitional));
        if lead.is_some_and(|(level, _)| passage.level <= level || passage.kind == Kind::Heading) {
            lead = None;
        }
        signing = signs(words, passage, text.len()) || (signing && stays_signed(passage, words));
        let part = if signing {
            Part::Signature
        } else if passage.kind == Kind::Heading {
            heading_part(words, passage, index < body).or(inherited).unwrap_or(Part::Operative)
        } else if let Some((_, part)) = lead {
            part
        } else {
            body_part(words, index < body).or(inherited).unwrap_or(Part::Operative)
        };
        if passage.kind == Kind::Item && part == Part::Definitional && inherited.is_none() && lead.is_none() {
            lead = Some((passage.level, part));
        }
        passages[index].part = part;
    }
}

/// The first labelled provision or long paragraph: what stands before it is front matter.
fn begins_body(text: &str, passage: &Passage, labelled: bool) -> bool {
    let words = passage.trimmed(text);
    passage.label.is_some()
        || (!labelled && passage.kind != Kind::Heading && words.len() > 240 && !is_formula(words))
}

fn heading_part(words: &str, passage: &Passage, before_body: bool) -> Option<Part> {
    let head = first(words, 120).to_lowercase();
    if DEFINING_HEADS.stand_in(&head) {
        return Some(Part::Definitional);
    }
    let has = |terms: &[&str]| terms.iter().any(|term| head.contains(term));
    if RECITING_HEADS.stand_in(&head) && !has(&["for purposes of", "for the purposes of"]) {
        return Some(Part::Recital);
    }
    (before_body && passage.label.is_none() || has(&["table of contents", "table des matières", "目录"]))
        .then_some(Part::Front)
}

fn body_part(words: &str, before_body: bool) -> Option<Part> {
    let head = first(words, 260);
    let lower = head.to_lowercase();
    let lower = lower.trim_start_matches(|c: char| !c.is_alphabetic());
    if defines(head, lower) {
        return Some(Part::Definitional);
    }
    if RECITING.iter().any(|start| lower.starts_with(start)) || RECITING_INSIDE.stand_in(lower) {
        return Some(Part::Recital);
    }
    if before_body && words.len() > 120 && !is_formula(words) {
        return (!binds(words)).then_some(Part::Recital);
    }
    (before_body || is_formula(words) || is_furniture(words)).then_some(Part::Front)
}

/// Whether words bind or commit somebody.
fn binds(words: &str) -> bool {
    const BINDING: &[&str] =
        &["shall", "must", "commit", "agree", "pledge", "undertake", "prohibited", "required"];
    let lower = words.to_lowercase();
    lower.split(|c: char| !c.is_alphabetic()).any(|word| BINDING.contains(&word))
}

/// Whether a provision gives the meaning of a term.
fn defines(head: &str, lower: &str) -> bool {
    let quoted = head.trim_start_matches(|c: char| {
        c.is_alphanumeric() || matches!(c, '(' | ')' | '.' | ' ' | '*' | '[' | '-' | '—')
    });
    let opens_quoted =
        quoted.starts_with(['"', '“', '‘', '`', '«', '„', '\'']) && quoted.len() + 8 >= head.len();
    (opens_quoted && MEANING.stand_in(lower)) || DEFINING.stand_in(lower) || bare_definition(lower)
}

/// `Department means the State Department of Education`, without quote marks.
fn bare_definition(lower: &str) -> bool {
    let at = lower
        .find(" means ")
        .or_else(|| lower.find(" has the same meaning as "))
        .or_else(|| lower.find(" has the meaning given"));
    let Some(at) = at else { return false };
    let subject = &lower[..at];
    at <= 90
        && !subject.contains([';', ':'])
        && subject.split_whitespace().count() <= 9
        && !["ways and ", "by ", "through ", "any ", "no ", "other "]
            .iter()
            .any(|w| subject.ends_with(w.trim_end()))
}

fn is_formula(words: &str) -> bool {
    FORMULAS.stand_in(&first(words, 160).to_lowercase())
}

/// Page numbers, running heads and lines of a table of contents.
fn is_furniture(words: &str) -> bool {
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    (words.len() <= 24 && letters <= 4) || words.contains("......") || words.contains(". . . . .")
}

fn signs(words: &str, passage: &Passage, length: usize) -> bool {
    let head = first(words, 80).to_lowercase();
    let late = passage.span.start() * 10 >= length * 7;
    late && words.len() <= 400 && SIGNING.iter().any(|start| head.starts_with(start))
}

/// The first `count` characters.
fn first(words: &str, count: usize) -> &str {
    words.char_indices().nth(count).map_or(words, |(end, _)| &words[..end])
}

/// Terms that are looked for all at once, since every passage is.
struct Terms {
    list: &'static [&'static str],
    automaton: LazyLock<Option<AhoCorasick>>,
}

macro_rules! terms {
    ($($term:literal),* $(,)?) => {{
        const LIST: &[&str] = &[$($term),*];
        Terms { list: LIST, automaton: LazyLock::new(|| AhoCorasick::new(LIST).ok()) }
    }};
}

impl Terms {
    /// Whether one of them stands in `words`.
    fn stand_in(&self, words: &str) -> bool {
        match &*self.automaton {
            Some(automaton) => automaton.is_match(words),
            None => self.list.iter().any(|term| words.contains(term)),
        }
    }
}

fn stays_signed(passage: &Passage, words: &str) -> bool {
    passage.label.is_none() && words.len() <= 300
}

static DEFINING_HEADS: Terms = terms![
    "definition",
    "définition",
    "definicion",
    "begriffsbestimmung",
    "interpretation",
    "glossary",
    "terms used",
    "key terms",
    "terminology",
    "defined terms",
    "meaning of",
    "定义",
    "术语",
    "用语",
];
static RECITING_HEADS: Terms = terms![
    "finding",
    "purpose",
    "recital",
    "preamble",
    "préambule",
    "preámbulo",
    "präambel",
    "sense of congress",
    "background",
    "introduction",
    "policy statement",
    "declaration of policy",
    "statement of policy",
    "legislative intent",
    "considérants",
    "exposé des motifs",
    "considerandos",
    "erwägungsgründe",
    "whereas",
    "foreword",
    "executive summary",
    "前言",
    "序言",
    "引言",
];
const RECITING: &[&str] = &[
    "whereas",
    "having regard",
    "considering",
    "recognizing",
    "recognising",
    "recalling",
    "noting",
    "acknowledging",
    "mindful",
    "affirming",
    "reaffirming",
    "considérant",
    "vu ",
    "vu l",
    "considerando",
    "in erwägung",
    "in anbetracht",
    "the purpose of this",
    "the purposes of this",
    "it is the policy of",
    "it is the intent of",
    "it is the sense of",
    "为了",
    "为规范",
    "为促进",
    "为加强",
];
static RECITING_INSIDE: Terms = terms![
    "congress finds",
    "congress makes the following findings",
    "legislature finds",
    "assembly finds",
    "council finds",
    "board finds",
    "finds and declares",
    "finds as follows",
    "findings.",
    "sense of congress that",
    "purpose.--",
    "purpose.—",
    "purposes.--",
    "purposes.—",
    "findings.--",
    "findings.—",
];
static MEANING: Terms = terms![
    " means",
    " mean ",
    " has the meaning",
    " has the same meaning",
    " have the meaning",
    " shall mean",
    " refers to",
    " includes",
    " is defined",
    " includes any",
    " désigne",
    " signifie",
    " s'entend",
    " significa",
    " se entender",
    " bezeichnet",
    "是指",
    "指的是",
    " designates",
    ": ",
    " include",
];
static DEFINING: Terms = terms![
    "for purposes of this section:",
    "for the purposes of this",
    "as used in this",
    "in this section, the term",
    "in this act, the term",
    "the following definitions",
    "the following terms",
    "the term \"",
    "the term “",
    "the term ``",
    "the term ‘",
    "the terms \"",
    "the terms “",
    "definitions.--",
    "definitions.—",
    "definition.--",
    "definition.—",
    "on entend par",
    "aux fins d",
    "se entenderá por",
    "im sinne dieses",
    "是指",
    "下列用语",
    "means:",
    "words and phrases",
];
static FORMULAS: Terms = terms![
    "be it enacted",
    "do enact",
    "an act to",
    "an act relating",
    "an act concerning",
    "a bill to",
    "in the senate of",
    "in the house of rep",
    "introduced the following bill",
    "introduced by",
    "a resolution",
    "by the authority vested in me",
    "read twice",
    "enacting clause",
];
const SIGNING: &[&str] = &[
    "signed",
    "list of the first",
    "list of signator",
    "done at",
    "in witness whereof",
    "dated",
    "the white house",
    "/s/",
    "fait à",
    "hecho en",
    "dado en",
    "geschehen",
    "signatories",
    "signatures",
    "signature",
    "speaker of the house",
    "president of the senate",
    "approved by the governor",
    "签署",
    "签字",
    "签约",
];
