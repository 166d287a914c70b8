//! Instruments that a text names, by number or by name, whatever it says of them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::languages::{LANGUAGES, Table, pattern, tables};
use super::names::even;

/// An instrument where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// What is named: `eo:14110`, `omb:24-10`, `eu:2024/1689`, `pl:116-260`, `bill:hr-1234-118`, or `act:` with the name evened
    /// out.
    pub(super) key: String,
    /// First byte.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// The words that are the name, without what stands before and after it in the sentence.
    pub(super) name: String,
}

/// Mentions kept of one text, the first ones. The words around each are read in every language, so a hostile text with a
/// number on every line would keep the machine busy for long; the longest laws name a few thousand instruments.
const MOST: usize = 20_000;

/// Numbered instruments: the beginning of their keys, and how they are written; the groups make the rest of the key.
static NUMBERED: LazyLock<Vec<(&str, Option<Regex>)>> = LazyLock::new(|| {
    let body = r"[（(](?:EU|EC|EEC|UE|CE|CEE|EG|EWG|Euratom)(?:,\s?Euratom)?[)）]\s?";
    let number = r"(?:(?:No|Nr\.|n[.º°o]{1,2}|núm\.)\s?)?(\d{2,4}/\d{1,5})";
    // What kind of a kind it is, where that follows: "règlement d’exécution".
    let of = r"(?:\s(?:d['’]exécution|déléguée?s?|de\sejecución|de\sexecução|di\sesecuzione|delegad[oa]s?|delegat[oaie]))?";
    let named = format!(
        r"\b(?:Regulations?|Directives?|(?:\w+v|V)erordnung(?:en)?|(?:\w+r|R)ichtlinien?|règlements?|reglamentos?|directivas?|regolament[oi]|direttiv[ae]|regulamentos?|diretivas?){of}\s|(?:规则|条例|指令|規則)\s?"
    );
    let decided =
        format!(r"\b(?:Decisions?|(?:\w+b|B)eschluss(?:es)?|décisions?|decisión|decisione|decisão){of}\s");
    vec![
        (
            "eo",
            Regex::new(
                r"\b(?:Executive Order|EO|E\.O\.)\s+(?:No\.\s*|Number\s+)?(\d{1,5}(?:[-–]\d{1,4})?)\b",
            )
            .ok(),
        ),
        ("omb", Regex::new(r"\bM-(\d{2}-\d{2})\b").ok()),
        ("eu", pattern(&format!("(?:(?:{named})(?:{body})?{number}|{decided}{body}{number})"))),
        ("pl", Regex::new(r"\b(?:Public Law|Pub\. ?L\.)\s+(?:No\.\s*)?(\d{2,3}[-–]\d{1,3})\b").ok()),
        (
            "bill",
            Regex::new(
                r"\b(H\.\s?R\.|S\.)\s?(\d{1,5}),?\s(?:of\sthe\s|\()?(\d{2,3})(?:th|st|nd|rd)\sCongress\b",
            )
            .ok(),
        ),
        ("fr", pattern(r"\b(loi|décret|ordonnance)\sn[°º]\s?(\d{2,4}-\d{1,4})\b")),
        ("es", pattern(r"\b(ley(?:\sorgánica)?|real\sdecreto(?:-ley|\slegislativo)?)\s(\d{1,4}/\d{4})\b")),
        (
            "it",
            pattern(
                r"\b(legge|decreto(?:\slegislativo|-legge)?)\s(\d{1,2}[º°]?\s\p{L}{5,9}\s\d{4}),\sn\.\s?(\d{1,4})\b",
            ),
        ),
        (
            "pt",
            pattern(
                r"\b(lei(?:\scomplementar)?|decreto(?:-lei)?)\sn[.º°]{1,2}\s?(\d{1,3}(?:\.\d{3})+|\d{1,6}(?:-[A-Z])?)\b(?:/(\d{4}|\d{2})\b|,?\sde\s\d{1,2}[.º°]?\sde\s\p{L}{4,9}\sde\s(\d{4})\b)?",
            ),
        ),
    ]
});

/// The instruments that `text` names by number, in its order.
fn numbered(text: &str) -> Vec<Mention> {
    let found = NUMBERED.iter().flat_map(|(prefix, pattern)| {
        let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(text));
        found.filter_map(move |captures| mention(key(prefix, &captures), &captures))
    });
    in_order(found.collect())
}

fn in_order(mut found: Vec<Mention>) -> Vec<Mention> {
    found.sort_by_key(|one| (one.start, one.end));
    found
}

/// The instruments that `text` names, whose main language is `language` where known, in its order; of very many the first
/// ones.
pub(super) fn mentions(text: &str, language: Option<&str>) -> Vec<Mention> {
    let mut found = numbered(text);
    for table in tables(language) {
        let taken = taken(&found);
        found.extend(named(table, text).filter(|one| is_free(&taken, one)));
        found = in_order(found);
    }
    found.truncate(MOST);
    found
}

/// The places of mentions, which are in order, as places in order that do not overlap.
fn taken(found: &[Mention]) -> Vec<Range<usize>> {
    let mut taken: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for one in found {
        match taken.last_mut() {
            Some(last) if one.start < last.end => last.end = last.end.max(one.end),
            _ => taken.push(one.start..one.end),
        }
    }
    taken
}

/// Whether a mention overlaps none of these places.
fn is_free(taken: &[Range<usize>], one: &Mention) -> bool {
    let next = taken.partition_point(|place| place.end <= one.start);
    taken.get(next).is_none_or(|place| one.end <= place.start)
}

/// The instruments that `text` names by a name of one language.
fn named<'t>(table: &'static Table, text: &'t str) -> impl Iterator<Item = Mention> + 't {
    let found = table.acts.iter().flatten().flat_map(move |pattern| pattern.captures_iter(text));
    found.filter_map(move |captures| {
        let (whole, name) = (captures.get(0)?, captures.get(1)?);
        let lead = table.before_name.as_ref().and_then(|words| words.find(name.as_str()));
        let start = name.start() + lead.map_or(0, |lead| lead.end());
        let name = once_spaced(text.get(start..name.end())?);
        let even = even(&name);
        // "This Act" names none, and neither does a word for a kind of instruments.
        let vague = table.language.deeds.generic.contains(&even.as_str())
            || (table.language.code == "en" && !even.contains(' '));
        let start = if lead.is_some() { start } else { whole.start() };
        (!vague).then(|| Mention { key: format!("act:{even}"), start, end: whole.end(), name })
    })
}

/// The keys of the numbers that an instrument bears by its name: the first one, and those in brackets. What follows a verb
/// is the number of another, as in "Order 44, Revoking Order 31".
pub(super) fn own_numbers(name: &str) -> Vec<String> {
    let own = own_mentions(name).into_iter().enumerate();
    let borne = own.filter(|(place, one)| *place == 0 || in_brackets(name, one.start));
    borne.map(|(_, one)| one.key).collect()
}

/// The key of the memorandum number that the head of a text bears.
pub(super) fn own_memorandum(head: &str) -> Option<String> {
    own_mentions(head).into_iter().map(|one| one.key).find(|key| key.starts_with("omb:"))
}

/// The numbered instruments before the name or head speaks of another.
fn own_mentions(text: &str) -> Vec<Mention> {
    let mut found = numbered(text);
    let own = own_part(text, &found).len();
    found.retain(|one| one.end <= own);
    found
}

fn in_brackets(name: &str, at: usize) -> bool {
    let before = name.get(..at).unwrap_or_default();
    before.matches(['(', '（', '[']).count() > before.matches([')', '）', ']']).count()
}

/// The key of the name at the beginning of an instrument's name, in languages whose patterns tell one: "Hafengesetz (HG)".
pub(super) fn own_act(name: &str) -> Option<String> {
    let own = own_part(name, &numbered(name));
    let mut found =
        tables(None).filter(|table| table.language.code != "en").flat_map(|table| named(table, own));
    // A rule that carries out a law may begin with the name of the law.
    let ends = |one: &Mention| !name.get(one.end..).is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    found.find(|one| one.start == 0 && ends(one)).map(|one| one.key)
}

static ANOTHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = LANGUAGES.map(|language| language.deeds.another);
    pattern(&words.join("|"))
});

/// Kinds of instruments whose names have such a word. Without the capital, and after other words, it is a verb: "rules
/// implementing Regulation …".
static KIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let european = r"(?:^|\b(?:Commission|Council|COMMISSION|COUNCIL)\s)(?:Implementing|IMPLEMENTING)\s(?i:Regulation|Directive|Decision)\b";
    let others = "(?:^|[会會])(?:实施|実施)(?:条例|规则|規則|指令|决定)";
    Regex::new(&format!("{european}|{others}")).ok()
});

/// A name or head up to where it speaks of another instrument; `found` are the numbered ones in it, whose words, such as
/// "regolamento di esecuzione (UE) 2099/3", do not yet do so.
fn own_part<'t>(text: &'t str, found: &[Mention]) -> &'t str {
    let kinds = KIND.iter().flat_map(|kind| kind.find_iter(text)).map(|kind| kind.range());
    let kinds: Vec<Range<usize>> = kinds.chain(taken(found)).collect();
    let mut verbs = ANOTHER.iter().flat_map(|verb| verb.find_iter(text)).map(|verb| verb.start());
    let verb = verbs.find(|verb| !kinds.iter().any(|kind| kind.contains(verb)));
    verb.and_then(|verb| text.get(..verb)).unwrap_or(text)
}

fn mention(key: String, captures: &Captures<'_>) -> Option<Mention> {
    let whole = captures.get(0)?;
    let (start, end) = (whole.start(), whole.end());
    Some(Mention { key, start, end, name: once_spaced(whole.as_str()) })
}

fn key(prefix: &str, captures: &Captures<'_>) -> String {
    let part = |part: &str| {
        let kept = part.trim().to_lowercase().replace('–', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '/')).collect::<String>()
    };
    let mut parts: Vec<String> =
        captures.iter().skip(1).flatten().map(|group| part(group.as_str())).collect();
    // "9.394/96" is the law 9.394/1996; the numbers of Brazilian laws run on from 1946.
    if prefix == "pt"
        && let [_, _, year] = parts.as_mut_slice()
        && year.len() == 2
    {
        let century = if year.as_str() < "46" { "20" } else { "19" };
        year.insert_str(0, century);
    }
    format!("{prefix}:{}", parts.join("-"))
}

/// Words with single spaces between them.
fn once_spaced(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        mentions(text, None).into_iter().map(|mention| mention.key).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(NUMBERED.iter().all(|(_, pattern)| pattern.is_some()));
        assert!(ANOTHER.is_some() && KIND.is_some());
    }

    #[test]
    fn an_instrument_has_one_key_in_whatever_language_it_is_named() {
        for text in [
            "Regulation (EU) 2099/1689",
            "Verordnung (EU) 2099/1689",
            "Durchführungsverordnung (EU) 2099/1689",
            "Règlement (UE) 2099/1689",
            "le règlement (UE) nº 2099/1689",
            "Reglamento (UE) 2099/1689",
            "regolamento (UE) 2099/1689",
            "Regulamento (UE) 2099/1689",
            "Richtlinie (EU) 2099/1689",
            "Decisión (UE) 2099/1689",
            "Règlement d’exécution (UE) 2099/1689",
            "Reglamento de Ejecución (UE) 2099/1689",
            "regolamento delegato (UE) 2099/1689",
            "Decisão de Execução (UE) 2099/1689",
            "Durchführungsbeschluss (EU) 2099/1689",
            "条例（EU）2099/1689",
        ] {
            assert_eq!(keys(text), ["eu:2099/1689"], "{text}");
        }
        for (text, key) in [
            ("Executive Order 90210", "eo:90210"),
            ("H.R. 4321 of the 199th Congress", "bill:hr-4321-199"),
            ("la loi n° 2099-12", "fr:loi-2099-12"),
            ("la Ley Orgánica 3/2099", "es:leyorgánica-3/2099"),
            ("la legge 23 settembre 2099, n. 132", "it:legge-23settembre2099-132"),
            ("a Lei nº 13.709/2099", "pt:lei-13709-2099"),
            ("a Lei nº 13.709, de 14 de agosto de 2099", "pt:lei-13709-2099"),
            ("a Lei nº 13.709/99", "pt:lei-13709-1999"),
            ("o Decreto-Lei n.º 10-A/2099, de 1 de março", "pt:decreto-lei-10-a-2099"),
            ("des Hafenlichtgesetzes", "act:hafenlichtgesetz"),
            ("《港口灯光管理办法》", "act:港口灯光管理办法"),
            ("港湾灯火法", "act:港湾灯火法"),
        ] {
            assert_eq!(keys(text), [key], "{text}");
        }
    }

    #[test]
    fn the_name_of_an_act_begins_after_the_part_that_is_cited() {
        for (text, name) in [
            ("title IV of the Harbour Lights Act", "Harbour Lights Act"),
            ("Title IV of the Harbour Lights Act of 2099", "Harbour Lights Act of 2099"),
            (
                "William M. (Mac) Lantern Harbour Lights Act for Fiscal Year 2099",
                "William M. (Mac) Lantern Harbour Lights Act for Fiscal Year 2099",
            ),
            ("In the Harbour Lights Act", "Harbour Lights Act"),
        ] {
            let names: Vec<String> = mentions(text, Some("en")).into_iter().map(|m| m.name).collect();
            assert_eq!(names, [name], "{text}");
        }
        for text in [
            "This Act names none.",
            "Decision 12/34",
            "On 12/2099 nothing happened",
            "Acting on it",
            "Lei nº ...",
        ] {
            assert_eq!(keys(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn mentions_are_in_the_order_of_the_text_and_do_not_overlap() {
        let text = "Hafengesetz, loi n° 2099-12, Regulation (EU) 2099/1, Lantern Act, Public Law 199-1";
        let expected = ["act:hafengesetz", "fr:loi-2099-12", "eu:2099/1", "act:lantern act", "pl:199-1"]
            .map(str::to_owned);
        assert_eq!(keys(text), expected);
        let at = |start: usize, end: usize| Mention { key: String::new(), start, end, name: String::new() };
        let places = taken(&[at(2, 5), at(4, 7), at(9, 12)]);
        assert_eq!(places, [2..7, 9..12]);
        for (start, end, free) in
            [(0, 2, true), (1, 3, false), (5, 6, false), (7, 9, true), (8, 10, false), (12, 15, true)]
        {
            assert_eq!(is_free(&places, &at(start, end)), free, "{start}..{end}");
        }
    }

    #[test]
    fn of_a_text_with_a_number_on_every_line_the_first_ones_are_kept() {
        let found = mentions(&"M-77-10\n".repeat(MOST + 1), Some("en"));
        assert_eq!((found.len(), found.first().map(|one| one.start)), (MOST, Some(0)));
    }

    #[test]
    fn a_name_tells_its_own_number_and_not_that_of_what_it_changes() {
        for (name, own) in [
            ("Executive Order 44, Revoking Executive Order 31", "eo:44"),
            ("Verordnung (EU) 2099/2 zur Änderung der Verordnung (EU) 2099/1", "eu:2099/2"),
            ("Règlement (UE) 2099/2 modifiant le règlement (UE) 2099/1", "eu:2099/2"),
            ("Ley 12/2099, por la que se modifica la Ley 3/2098", "es:ley-12/2099"),
            ("Loi n° 2099-12 visant à adapter le droit au règlement (UE) 2099/1", "fr:loi-2099-12"),
            ("Loi n° 2099-12 sur les feux, au sens du règlement (UE) 2099/1", "fr:loi-2099-12"),
            ("Commission Implementing Regulation (EU) 2099/3 for Regulation (EU) 2099/1", "eu:2099/3"),
            ("COUNCIL IMPLEMENTING DECISION (EU) 2099/3", "eu:2099/3"),
            ("Delegated Regulation (EU) 2099/3 supplementing Directive (EU) 2099/1", "eu:2099/3"),
            ("Durchführungsverordnung (EU) 2099/3 zur Ergänzung der Richtlinie (EU) 2099/1", "eu:2099/3"),
            ("Reglamento de Ejecución (UE) 2099/3 en ejecución del Reglamento (UE) 2099/1", "eu:2099/3"),
            ("委员会实施条例（EU）2099/3", "eu:2099/3"),
        ] {
            assert_eq!(own_numbers(name), [own], "{name}");
        }
        for name in [
            "Rules of the Port implementing Regulation (EU) 2099/1",
            "Guidelines on lamps established by Regulation (EU) 2099/1",
            "Gesetz zur Anpassung des Rechts an die Verordnung (EU) 2099/1",
        ] {
            assert_eq!(own_numbers(name), Vec::<String>::new(), "{name}");
        }
        let both = own_numbers("H.R. 12 of the 199th Congress (Lantern Act, Public Law 199-1), with M-77-10");
        assert_eq!(both, ["bill:hr-12-199", "pl:199-1"], "what is in brackets is another of its numbers");
        let head = "M-77-10 MEMORANDUM, pursuant to M-77-09";
        assert_eq!(own_memorandum(head).as_deref(), Some("omb:77-10"));
        assert_eq!(own_act("Hafenlichtgesetz (HLG)").as_deref(), Some("act:hafenlichtgesetz"));
        assert_eq!(own_act("《港口灯光管理办法》").as_deref(), Some("act:港口灯光管理办法"));
        assert_eq!(own_act("港湾灯火法実施規則"), None, "it carries out the law");
        for name in [
            "Gesetz zur Änderung des Hafenlichtgesetzes",
            "关于修改《港口灯光管理办法》的决定",
            "Harbour Act",
        ] {
            assert_eq!(own_act(name), None, "{name}");
        }
    }
}
