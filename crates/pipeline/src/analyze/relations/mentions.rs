//! Instruments that a text names, by number or by name, whatever it says of them.

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

/// Numbered instruments: the beginning of their keys, and how they are written; the groups make the rest of the key.
static NUMBERED: LazyLock<Vec<(&str, Option<Regex>)>> = LazyLock::new(|| {
    let body = r"[（(](?:EU|EC|EEC|UE|CE|CEE|EG|EWG|Euratom)(?:,\s?Euratom)?[)）]\s?";
    let number = r"(?:(?:No|Nr\.|n[.º°o]{1,2}|núm\.)\s?)?(\d{2,4}/\d{1,5})";
    let named = r"\b(?:Regulations?|Directives?|(?:\w+v|V)erordnung(?:en)?|Richtlinien?|règlements?|reglamentos?|directivas?|regolament[oi]|direttiv[ae]|regulamentos?|diretivas?)\s|(?:规则|条例|指令|規則)\s?";
    let decided = r"\b(?:Decisions?|Beschluss(?:es)?|décisions?|decisión|decisione|decisão)\s";
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
            pattern(r"\b(lei(?:\scomplementar)?|decreto(?:-lei)?)\sn[.º°]{1,2}\s?([\d.]{1,9}(?:/\d{2,4})?)"),
        ),
    ]
});

/// The instruments that `text` names by number.
pub(super) fn numbered(text: &str) -> Vec<Mention> {
    let found = NUMBERED.iter().flat_map(|(prefix, pattern)| {
        let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(text));
        found.filter_map(move |captures| mention(key(prefix, &captures), &captures))
    });
    found.collect()
}

/// The instruments that `text` names, whose main language is `language` where known.
pub(super) fn mentions(text: &str, language: Option<&str>) -> Vec<Mention> {
    let mut found = numbered(text);
    for table in tables(language) {
        let taken: Vec<(usize, usize)> = found.iter().map(|known| (known.start, known.end)).collect();
        let free = |one: &Mention| !taken.iter().any(|(from, to)| one.start < *to && *from < one.end);
        found.extend(named(table, text).filter(free));
    }
    found
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

/// The keys of the numbers that an instrument bears by its name or the head of its text. What follows a verb is the number of
/// another, as in "Order 44, Revoking Order 31".
pub(super) fn own_numbers(text: &str) -> Vec<String> {
    numbered(own_part(text)).into_iter().map(|mention| mention.key).collect()
}

/// The key of the name at the beginning of an instrument's name, in languages whose patterns tell one: "Hafengesetz (HG)".
pub(super) fn own_act(name: &str) -> Option<String> {
    let own = own_part(name);
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

fn own_part(text: &str) -> &str {
    let verb = ANOTHER.as_ref().and_then(|verb| verb.find(text));
    verb.and_then(|verb| text.get(..verb.start())).unwrap_or(text)
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
    let parts: Vec<String> = captures.iter().skip(1).flatten().map(|group| part(group.as_str())).collect();
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
        assert!(NUMBERED.iter().all(|(_, pattern)| pattern.is_some()) && ANOTHER.is_some());
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
            ("a Lei nº 13.709/2099", "pt:lei-13709/2099"),
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
        for text in ["This Act names none.", "Decision 12/34", "On 12/2099 nothing happened", "Acting on it"]
        {
            assert_eq!(keys(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_name_tells_its_own_number_and_not_that_of_what_it_changes() {
        for (name, own) in [
            ("Executive Order 44, Revoking Executive Order 31", "eo:44"),
            ("Verordnung (EU) 2099/2 zur Änderung der Verordnung (EU) 2099/1", "eu:2099/2"),
            ("Règlement (UE) 2099/2 modifiant le règlement (UE) 2099/1", "eu:2099/2"),
            ("Ley 12/2099, por la que se modifica la Ley 3/2098", "es:ley-12/2099"),
        ] {
            assert_eq!(own_numbers(name), [own], "{name}");
        }
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
