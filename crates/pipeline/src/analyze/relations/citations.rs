//! Citations of other instruments in a text, with what the text does to them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lacuna_domain::relation::RelationKind;
use lacuna_domain::{Confidence, Span};
use regex::Regex;

use super::languages::{Act, Table, pattern, tables};
use super::mentions::{Mention, mentions};
use super::translated;

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

static REVOKED_BY_THIS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"\bthis (?:executive )?(?:order|memorandum|act) (?:hereby )?(?:revokes|rescinds|repeals)\b")
});

/// The citations of `text` that stand next to such a verb, each kind of each instrument once, in the order of the text.
/// `language` is its main language, where known.
pub fn citations(text: &str, language: Option<&str>) -> Vec<Citation> {
    let revokes = REVOKED_BY_THIS.as_ref().is_some_and(|pattern| pattern.is_match(text));
    let mut best: BTreeMap<(RelationKind, String), Citation> = BTreeMap::new();
    let read = mentions(text, language).into_iter().filter_map(|one| read(text, one, language, revokes));
    for citation in read.chain(translated::translation(text, language)) {
        let at = (citation.kind, citation.key.clone());
        let better = best.get(&at).is_none_or(|known| citation.confidence > known.confidence);
        if better {
            best.insert(at, citation);
        }
    }
    let mut citations: Vec<Citation> = best.into_values().collect();
    citations.sort_by_key(|citation| citation.span.start());
    citations
}

fn read(text: &str, mention: Mention, language: Option<&str>, revokes: bool) -> Option<Citation> {
    let Mention { key, start, end, name } = mention;
    let (from, to) = window(text, start, end);
    let (before, after) = (text.get(from..start)?, text.get(end..to)?);
    let Deed { kind, confidence, provision } =
        tables(language).find_map(|table| Deed::of(table, before, after, revokes))?;
    // Who repeals or replaces one section of an act amends the act.
    let partial = provision.is_some() && matches!(kind, RelationKind::Revokes | RelationKind::Supersedes);
    let kind = if partial { RelationKind::Amends } else { kind };
    let confidence = match confidence {
        Confidence::High if key.starts_with("act:") => Confidence::Medium,
        other => other,
    };
    Some(Citation { kind, key, cited: name, provision, confidence, span: trimmed(text, from, to)? })
}

/// What is done to an instrument.
struct Deed {
    kind: RelationKind,
    confidence: Confidence,
    /// The part of the instrument.
    provision: Option<String>,
}

impl Deed {
    /// What the words before and after a citation say in one language.
    fn of(table: &Table, before: &str, after: &str, revokes: bool) -> Option<Self> {
        let part = table.provision.as_ref().and_then(|part| part.captures(before)?.get(1));
        let verb = before.get(..part.map_or(before.len(), |part| part.start()))?;
        let after = past_note(after);
        let later = table.provision_after.as_ref().and_then(|part| part.captures(after));
        let rest = later.as_ref().and_then(|part| after.get(part.get(0)?.end()..)).unwrap_or(after);
        let (kind, confidence) = done(table, verb, rest)
            .or_else(|| {
                (revokes && says_the_revoked(verb)).then_some((RelationKind::Revokes, Confidence::Medium))
            })
            .or_else(|| first(&table.doing, verb))?;
        let provision = part.or_else(|| later.as_ref()?.get(1)).map(|part| part.as_str().to_owned());
        Some(Self { kind, confidence, provision })
    }
}

/// What the words after the citation say, with those before it where a verb embraces it.
fn done(table: &Table, before: &str, after: &str) -> Option<(RelationKind, Confidence)> {
    // To what did something, nothing is done: "as amended by the Harbour Act".
    if table.agent.as_ref().is_some_and(|agent| agent.is_match(before)) {
        return None;
    }
    let said =
        table.done.iter().filter_map(|act| Some((act.words.as_ref()?.captures(after)?.name("deed")?, act)));
    let nearest = said.min_by_key(|(deed, _)| deed.start()).map(|(_, act)| (act.kind, act.confidence));
    nearest.or_else(|| {
        let follows = |act: &&Act| act.after.as_ref().is_some_and(|words| words.is_match(after));
        let mut around = table.around.iter().filter(follows);
        around.find(|act| is_said(act, before)).map(|act| (act.kind, act.confidence))
    })
}

fn first(acts: &[Act], words: &str) -> Option<(RelationKind, Confidence)> {
    acts.iter().find(|act| is_said(act, words)).map(|act| (act.kind, act.confidence))
}

fn is_said(act: &Act, words: &str) -> bool {
    act.words.as_ref().is_some_and(|pattern| pattern.is_match(words))
}

fn says_the_revoked(before: &str) -> bool {
    before.trim_end().to_lowercase().ends_with("the revoked")
}

/// What follows a citation, without a note in parentheses right after it: "(9 U.S.C. 12; Public Law 199–1)".
fn past_note(after: &str) -> &str {
    let trimmed = after.trim_start();
    if !trimmed.starts_with(['(', '（']) {
        return after;
    }
    let mut depth = 0_i32;
    for (at, c) in trimmed.char_indices() {
        depth += i32::from(matches!(c, '(' | '（')) - i32::from(matches!(c, ')' | '）'));
        if depth == 0 {
            return trimmed.get(at + c.len_utf8()..).unwrap_or_default();
        }
    }
    after
}

/// Bytes before and after a citation that are looked at.
const AROUND: usize = 200;

/// The sentence around a citation, as far as it can be told, within [`AROUND`] bytes on either side.
pub(super) fn window(text: &str, start: usize, end: usize) -> (usize, usize) {
    let mut from = text.ceil_char_boundary(start.saturating_sub(AROUND));
    let mut to = text.floor_char_boundary(end + AROUND);
    // No word is cut at either end.
    if from > 0 {
        from += text[from..start].find(char::is_whitespace).unwrap_or_default();
    }
    if to < text.len() {
        to = end + text[end..to].rfind(char::is_whitespace).unwrap_or(to - end);
    }
    let before = &text[from..start];
    let mut breaks = before.char_indices().filter(|(at, c)| sentence_ends(before, *at, *c));
    let from = from + breaks.next_back().map_or(0, |(at, c)| at + c.len_utf8());
    let after = &text[end..to];
    let stop = after.char_indices().find(|(at, c)| sentence_ends(after, *at, *c));
    let to = stop.map_or(to, |(at, c)| end + at + if c == '\n' { 0 } else { c.len_utf8() });
    (from, to)
}

/// A line or a Chinese sentence ends, or a full stop after a word of three letters or more and before a capital.
fn sentence_ends(text: &str, at: usize, c: char) -> bool {
    match c {
        '\n' | '。' => true,
        '.' => {
            text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count() >= 3
                && text[at + 1..].starts_with(' ')
                && text[at + 1..].trim_start().starts_with(|c: char| c.is_uppercase() || c == '(')
        }
        _ => false,
    }
}

/// The place without white space at its ends.
pub(super) fn trimmed(text: &str, from: usize, to: usize) -> Option<Span> {
    let words = text.get(from..to)?;
    let lead = words.len() - words.trim_start().len();
    Span::new(text, from + lead, from + words.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text does, a line each, whether its language is known or not.
    #[track_caller]
    fn told_in(language: &str, text: &str) -> Vec<String> {
        let line = |c: Citation| {
            let provision = c.provision.map_or_else(String::new, |p| format!(" [{p}]"));
            format!("{} {}{provision} {}", c.kind.id(), c.key, c.confidence.id())
        };
        let read = |language| citations(text, language).into_iter().map(line).collect::<Vec<_>>();
        let told = read(Some(language));
        assert_eq!(told, read(None), "in any language: {text}");
        told
    }

    fn told(text: &str) -> Vec<String> {
        assert!(REVOKED_BY_THIS.is_some(), "every pattern compiles");
        told_in("en", text)
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

    /// Language, words and the relation that they make.
    const VERBS: &[(&str, &str, &str)] = &[
        (
            "en",
            "The Lantern Act (9 U.S.C. 12; 1 Stat. 2) and the rules are further amended.",
            "amends act:lantern act medium",
        ),
        (
            "en",
            "Part E of title IV of the Lantern Act is amended.",
            "amends act:lantern act [Part E of title IV] medium",
        ),
        ("en", "This annex forms part of Regulation (EU) 2099/1.", "part_of eu:2099/1 medium"),
        ("de", "Die Verordnung (EU) 2099/1 wird wie folgt geändert:", "amends eu:2099/1 high"),
        (
            "de",
            "In Artikel 5 Absatz 2 der Verordnung (EU) 2099/1 wird folgender Satz angefügt:",
            "amends eu:2099/1 [Artikel 5 Absatz 2] high",
        ),
        (
            "de",
            "§ 3 des Hafenlichtgesetzes erhält folgende Fassung:",
            "amends act:hafenlichtgesetz [§ 3] medium",
        ),
        ("de", "Gesetz zur Änderung des Hafenlichtgesetzes", "amends act:hafenlichtgesetz medium"),
        ("de", "Mit dieser Verordnung wird die Richtlinie (EU) 2099/2 aufgehoben.", "revokes eu:2099/2 high"),
        (
            "de",
            "Die Richtlinie (EU) 2099/2 wird mit Wirkung vom Folgetag aufgehoben.",
            "revokes eu:2099/2 high",
        ),
        ("de", "Gleichzeitig tritt das Hafenlichtgesetz außer Kraft.", "revokes act:hafenlichtgesetz medium"),
        ("de", "Gesetz zur Durchführung der Verordnung (EU) 2099/1", "implements eu:2099/1 high"),
        ("de", "gemäß der Verordnung (EU) 2099/1", "implements eu:2099/1 low"),
        ("fr", "Le règlement (UE) 2099/1 est modifié comme suit :", "amends eu:2099/1 high"),
        ("fr", "L’article 5 du règlement (UE) 2099/1 est abrogé.", "amends eu:2099/1 [article 5] high"),
        ("fr", "La directive (UE) 2099/2 est abrogée.", "revokes eu:2099/2 high"),
        ("fr", "Loi modifiant la loi n° 2098-12", "amends fr:loi-2098-12 high"),
        ("fr", "Décret portant transposition de la directive (UE) 2099/2", "implements eu:2099/2 high"),
        ("es", "El Reglamento (UE) 2099/1 se modifica como sigue:", "amends eu:2099/1 high"),
        ("es", "Queda derogada la Ley 12/2098.", "revokes es:ley-12/2098 high"),
        ("es", "La Ley 12/2098 queda derogada.", "revokes es:ley-12/2098 high"),
        ("es", "Se modifica el artículo 5 de la Ley 12/2098.", "amends es:ley-12/2098 [artículo 5] high"),
        ("it", "Il regolamento (UE) 2099/1 è così modificato:", "amends eu:2099/1 high"),
        ("it", "La direttiva (UE) 2099/2 è abrogata.", "revokes eu:2099/2 high"),
        ("it", "Attuazione della direttiva (UE) 2099/2", "implements eu:2099/2 high"),
        ("pt", "O Regulamento (UE) 2099/1 é alterado do seguinte modo:", "amends eu:2099/1 high"),
        ("pt", "Fica revogada a Lei nº 9.876/2098.", "revokes pt:lei-9876-2098 high"),
        (
            "pt",
            "O art. 5º da Lei nº 9.876/2098 passa a vigorar com a seguinte redação:",
            "amends pt:lei-9876-2098 [art. 5º] high",
        ),
        ("zh", "《港口灯光管理办法》同时废止。", "revokes act:港口灯光管理办法 medium"),
        ("zh", "《港口灯光管理办法》第三条修改为：", "amends act:港口灯光管理办法 [第三条] medium"),
        ("zh", "根据《港口灯光管理办法》，制定本规定。", "implements act:港口灯光管理办法 low"),
        ("ja", "港湾灯火法の一部を次のように改正する。", "amends act:港湾灯火法 medium"),
        ("ja", "港湾灯火法は、廃止する。", "revokes act:港湾灯火法 medium"),
    ];

    #[test]
    fn verbs_of_every_language_of_the_tables_make_relations() {
        for (language, text, expected) in VERBS {
            assert_eq!(told_in(language, text), [*expected], "{text}");
        }
    }

    #[test]
    fn nothing_is_done_to_an_instrument_that_did_something() {
        for (language, text) in [
            ("en", "The fund, as amended by Public Law 199-1, is repealed."),
            ("de", "die zuletzt durch Artikel 2 der Verordnung (EU) 2099/1 geändert worden ist"),
            ("fr", "la loi, modifiée par le règlement (UE) 2099/1, est abrogée"),
            ("es", "la norma, modificada por el Reglamento (UE) 2099/1, queda derogada"),
            ("zh", "该办法经《港口灯光管理办法》修改为现名"),
        ] {
            assert_eq!(told_in(language, text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_translation_says_so_in_its_head() {
        for (language, text, expected) in [
            (
                "en",
                "This is an unofficial translation of the Hafenlichtgesetz.\nSection 1",
                "translation_of act:hafenlichtgesetz medium",
            ),
            (
                "en",
                "Unofficial translation of Verordnung (EU) 2099/1.\nArticle 1",
                "translation_of eu:2099/1 high",
            ),
            (
                "en",
                "This document is an unofficial translation of the “Order on Harbour Lights”.",
                "translation_of act:order on harbour lights medium",
            ),
            (
                "de",
                "Nichtamtliche Übersetzung der Verordnung (EU) 2099/1\n§ 1",
                "translation_of eu:2099/1 high",
            ),
            (
                "fr",
                "Traduction non officielle du règlement (UE) 2099/1\nArticle premier",
                "translation_of eu:2099/1 high",
            ),
            ("zh", "《港口灯光管理办法》非官方译文", "translation_of act:港口灯光管理办法 medium"),
        ] {
            assert_eq!(told_in(language, text), [expected], "{text}");
        }
        for text in [
            "The system supports translation of one language into another.",
            "The clerk shall provide a translation of the notice.",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }
}
