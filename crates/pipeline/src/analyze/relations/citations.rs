//! Citations of other instruments in a text, with what the text does to them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lacuna_domain::relation::RelationKind;
use lacuna_domain::{Confidence, Span};
use regex::{Captures, Regex};

/// A citation next to a verb that says what is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// What is done.
    pub kind: RelationKind,
    /// What is cited: `eo:14110`, `omb:24-10`, `eu:2024/1689`, `pl:116-260`, or `act:` with the name evened out.
    pub key: String,
    /// As cited.
    pub cited: String,
    /// The part cited, such as "Section 3".
    pub provision: Option<String>,
    /// How plain the words are.
    pub confidence: Confidence,
    /// The words around, as a reader should see them.
    pub span: Span,
}

/// A pattern that the tests compile; one that does not compile matches nothing.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static NUMBERED: LazyLock<Vec<(&str, Option<Regex>)>> = LazyLock::new(|| {
    vec![
        (
            "eo",
            pattern(r"\b(?:Executive Order|EO|E\.O\.)\s+(?:No\.\s*|Number\s+)?(\d{1,5}(?:[-–]\d{1,4})?)\b"),
        ),
        ("omb", pattern(r"\bM-(\d{2}-\d{2})\b")),
        ("eu", pattern(r"\b(?:Regulation|Directive) (?:\((?:EU|EC)\)\s*)?(?:No\s+)?(\d{2,4}/\d{1,4})\b")),
        ("pl", pattern(r"\b(?:Public Law|Pub\. ?L\.)\s+(?:No\.\s*)?(\d{2,3}[-–]\d{1,3})\b")),
    ]
});

static ACT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b((?:[A-Z][\w’'&-]*,? (?:(?:of|and|for|in|the|to|on|or|by|with|from) ){0,3}){1,14}Act(?: of \d{4})?)\b",
    )
});

static PROVISION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b((?:sections?|sec\.|title|article|part|chapter|division|subtitle|subsection|paragraph)\s+[\w().–-]{1,20})\s+(?:of|in|to)\s+(?:the\s+)?$",
    )
});

static DONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^;]{0,90}?\b(?:is|are)\s+(?:hereby\s+|further\s+)?(amended|revoked|repealed|rescinded|superseded)\b",
    )
});

static DOING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(revokes?|revoking|rescinds?|rescinding|repeals?|repealing|supersedes?|superseding|replaces|amends?|amending|implements?|implementing|implementation of|(?:as )?(?:required|directed|called for) (?:by|in)|pursuant to|in accordance with)\s+(?:the\s+)?$",
    )
});

static REVOKED_BY_THIS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?i)\bthis (?:executive )?(?:order|memorandum|act) (?:hereby )?(?:revokes|rescinds|repeals)\b")
});

static ANOTHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:amend|revo[ck]|repeal|rescind|rescission|implement|supersed|replac)\w*\b")
});

/// The citations of `text` that stand next to such a verb, each kind of each instrument once, in the order of the text.
pub fn citations(text: &str) -> Vec<Citation> {
    let revokes = REVOKED_BY_THIS.as_ref().is_some_and(|pattern| pattern.is_match(text));
    let mut best: BTreeMap<(RelationKind, String), Citation> = BTreeMap::new();
    let mut take = |key: String, found: &Captures<'_>| {
        let Some(whole) = found.get(0) else { return };
        let Some(citation) = read(text, key, whole.start(), whole.end(), revokes) else { return };
        let at = (citation.kind, citation.key.clone());
        let better = best.get(&at).is_none_or(|known| citation.confidence > known.confidence);
        if better {
            best.insert(at, citation);
        }
    };
    for (prefix, pattern) in NUMBERED.iter() {
        for found in pattern.iter().flat_map(|p| p.captures_iter(text)) {
            take(format!("{prefix}:{}", found[1].replace('–', "-")), &found);
        }
    }
    for found in ACT.iter().flat_map(|p| p.captures_iter(text)) {
        take(format!("act:{}", super::names::even(&found[1])), &found);
    }
    let mut citations: Vec<Citation> = best.into_values().collect();
    citations.sort_by_key(|citation| citation.span.start());
    citations
}

/// The numbers that an instrument bears by its name or the head of its text. What follows a verb is the number of another,
/// as in "Order 44, Revoking Order 31".
pub(super) fn numbers(text: &str) -> Vec<String> {
    let own = ANOTHER.as_ref().and_then(|verb| verb.find(text)).map_or(text, |verb| &text[..verb.start()]);
    let found = NUMBERED.iter().flat_map(|(prefix, pattern)| {
        let found = pattern.iter().flat_map(|p| p.captures_iter(own));
        found.map(move |c| format!("{prefix}:{}", c[1].replace('–', "-")))
    });
    found.collect()
}

fn read(text: &str, key: String, start: usize, end: usize, revokes: bool) -> Option<Citation> {
    let (from, to) = window(text, start, end);
    let (before, after) = (&text[from..start], &text[end..to]);
    let provision = PROVISION.as_ref().and_then(|p| p.captures(before));
    let verb_end = provision.as_ref().and_then(|found| found.get(0)).map_or(before.len(), |m| m.start());
    let provision = provision.and_then(|found| found.get(1)).map(|m| m.as_str().to_owned());
    let (kind, confidence) = deed(&before[..verb_end], after, revokes)?;
    // Who repeals one section of an act amends the act.
    let partial = provision.is_some() && kind == RelationKind::Revokes;
    let kind = if partial { RelationKind::Amends } else { kind };
    let confidence = match confidence {
        Confidence::High if key.starts_with("act:") => Confidence::Medium,
        other => other,
    };
    let cited = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let lead = text[from..].len() - text[from..].trim_start().len();
    let span = Span::new(text, from + lead, from + text[from..to].trim_end().len())?;
    Some(Citation { kind, key, cited, provision, confidence, span })
}

fn deed(before: &str, after: &str, revokes: bool) -> Option<(RelationKind, Confidence)> {
    if let Some(found) = DONE.as_ref().and_then(|p| p.captures(after)) {
        let kind = match found[1].to_lowercase().as_str() {
            "amended" => RelationKind::Amends,
            "superseded" => RelationKind::Supersedes,
            _ => RelationKind::Revokes,
        };
        return Some((kind, Confidence::High));
    }
    if revokes && before.trim_end().to_lowercase().ends_with("the revoked") {
        return Some((RelationKind::Revokes, Confidence::Medium));
    }
    let found = DOING.as_ref()?.captures(before)?;
    let verb = found[1].to_lowercase();
    Some(match verb.as_str() {
        v if v.starts_with("revo") || v.starts_with("resc") || v.starts_with("repeal") => {
            (RelationKind::Revokes, Confidence::High)
        }
        v if v.starts_with("super") || v == "replaces" => (RelationKind::Supersedes, Confidence::High),
        v if v.starts_with("amend") => (RelationKind::Amends, Confidence::High),
        v if v.starts_with("implement") => (RelationKind::Implements, Confidence::High),
        "pursuant to" | "in accordance with" => (RelationKind::Implements, Confidence::Low),
        _ => (RelationKind::Implements, Confidence::Medium),
    })
}

/// Bytes before and after a citation that are looked at.
const AROUND: usize = 200;

/// The sentence around a citation, as far as it can be told, within [`AROUND`] bytes on either side.
fn window(text: &str, start: usize, end: usize) -> (usize, usize) {
    let mut from = start.saturating_sub(AROUND);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (end + AROUND).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    // No word is cut at either end.
    if from > 0 {
        from += text[from..start].find(char::is_whitespace).unwrap_or_default();
    }
    if to < text.len() {
        to = end + text[end..to].rfind(char::is_whitespace).unwrap_or(to - end);
    }
    let before = &text[from..start];
    let mut breaks = before.char_indices().filter(|(at, c)| *c == '\n' || sentence_ends(before, *at, *c));
    let from = from + breaks.next_back().map_or(0, |(at, c)| at + c.len_utf8());
    let after = &text[end..to];
    let stop = after.char_indices().find(|(at, c)| *c == '\n' || sentence_ends(after, *at, *c));
    let to = stop.map_or(to, |(at, c)| end + at + if c == '\n' { 0 } else { c.len_utf8() });
    (from, to)
}

/// A full stop after a word of three letters or more and before a capital.
fn sentence_ends(text: &str, at: usize, c: char) -> bool {
    c == '.'
        && text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count() >= 3
        && text[at + 1..].starts_with(' ')
        && text[at + 1..].trim_start().starts_with(|c: char| c.is_uppercase() || c == '(')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let line = |c: Citation| {
            let provision = c.provision.map_or_else(String::new, |p| format!(" [{p}]"));
            format!("{} {}{provision} {}", c.kind.id(), c.key, c.confidence.id())
        };
        citations(text).into_iter().map(line).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(NUMBERED.iter().all(|(_, pattern)| pattern.is_some()));
        for pattern in [&ACT, &PROVISION, &DONE, &DOING, &REVOKED_BY_THIS, &ANOTHER] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn a_verb_beside_a_citation_makes_a_relation() {
        for (text, expected) in [
            ("Executive Order 90210 of May 1 is hereby revoked.", "revokes eo:90210 high"),
            (
                "Section 5 of the Harbour Lights Act of 1999 (9 U.S.C. 12) is amended by striking “dim”.",
                "amends act:harbour lights act of 1999 [Section 5] medium",
            ),
            (
                "Section 4 of the Harbour Lights Act (9 U.S.C. 12) is repealed.",
                "amends act:harbour lights act [Section 4] medium",
            ),
            ("This memorandum supersedes M-77-10.", "supersedes omb:77-10 high"),
            (
                "as required by section 3 of Executive Order 90210, each agency shall",
                "implements eo:90210 [section 3] medium",
            ),
            ("Taken pursuant to Executive Order 90210.", "implements eo:90210 low"),
            ("The order amends Regulation (EU) 2099/1.", "amends eu:2099/1 high"),
            (
                "This order revokes certain policies.\nReview actions under the revoked Executive Order 90210 of May.",
                "revokes eo:90210 medium",
            ),
        ] {
            assert_eq!(told(text), [expected], "{text}");
        }
    }

    #[test]
    fn a_mere_mention_does_not() {
        for text in [
            "Executive Order 90210 was a landmark. The committee is amended in its composition.",
            "actions under the revoked Executive Order 90210 of May",
            "This Act may be cited as the Harbour Lights Act.",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }
}
