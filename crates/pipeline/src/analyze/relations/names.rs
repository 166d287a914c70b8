//! Which document a citation means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use lacuna_domain::{Document, DocumentId};
use regex::Regex;

use super::mentions::{own_act, own_memorandum, own_numbers};

/// Names and numbers of the documents of a corpus.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_key: BTreeMap<String, BTreeSet<DocumentId>>,
    /// Names without their years, for citations that leave the year out or documents that do.
    loose: BTreeMap<String, Vec<Loose>>,
}

/// A name that means a document only among those of the same authority.
#[derive(Clone, Debug)]
struct Loose {
    document: DocumentId,
    year: Option<String>,
    authority: Option<String>,
}

/// How much of a text's head may give its own number.
const HEAD: usize = 400;
/// Characters of a text in which it gives its own short title.
const TITLE: usize = 6_000;

/// Words by which the name of a document goes on to say which part of an instrument it is.
const PARTS: [&str; 10] = [
    ", Title ",
    ", Section ",
    ", Sec. ",
    ", Sec ",
    ", Division ",
    ", Part ",
    ", Chapter ",
    ", Subtitle ",
    ", General Prov",
    ", Article ",
];

static SHORT_TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(?i)\bthis\s+act\s+(?:may|shall)\s+be\s+(?:known\s+and\s+)?(?:may\s+be\s+)?cited\s+as\s+(?:the\s+)?[“”‘’`'\x22]{1,2}\s*([^“”‘’`\x22\n]{4,160}?)\s*[“”‘’`'\x22]";
    Regex::new(words).ok()
});
static IN_QUOTES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[(“‘\x22]([^()“”\x22]{6,120}?\bAct(?:,? of \d{4}|,? \d{4})?)[)”’\x22,]").ok()
});
static UNIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(sec(?:tions?|\.)?|title|article|part|chapter|division|subtitle)\s+([\w.-]+)").ok()
});
static LAW_LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d{2,3})publ(\d{1,4})\b").ok());

impl Names {
    /// Notes the names of a document; `text` is its text, whose head may bear its memorandum number and its short title.
    pub fn add(&mut self, document: &Document, text: &str) {
        let metadata = &document.metadata;
        let names = [Some(metadata.official_name.as_str()), metadata.casual_name.as_deref()];
        for name in names.into_iter().flatten() {
            self.add_name(document, name);
        }
        let head: String = text.chars().take(HEAD).collect();
        if let Some(own) = own_memorandum(&head) {
            self.put(own, document);
        }
        let part = part_of_name(&metadata.official_name);
        if let Some(law) = law_of_link(metadata.link.as_deref().unwrap_or_default()) {
            self.put(within(law, part.and_then(|(_, part)| units(part).pop())), document);
        }
        // What is kept of a part gives the title of the whole.
        if part.is_none() {
            let head = text.get(..text.floor_char_boundary(TITLE)).unwrap_or_default();
            let titles = SHORT_TITLE.iter().flat_map(|pattern| pattern.captures_iter(head)).take(1);
            for title in titles.filter_map(|title| title.get(1)) {
                self.put_loose(&even(title.as_str()), document);
            }
        }
    }

    fn add_name(&mut self, document: &Document, name: &str) {
        let whole = even(name);
        // A name in Chinese has no spaces.
        if whole.contains(' ') || !whole.is_ascii() {
            self.put(format!("act:{whole}"), document);
            self.put_loose(&whole, document);
        }
        for key in own_numbers(name).into_iter().chain(own_act(name)) {
            self.put(key, document);
        }
        if let Some((base, part)) = part_of_name(name)
            && let Some(unit) = units(part).pop()
        {
            self.put(within(format!("act:{}", even(base)), Some(unit)), document);
        }
        for quoted in IN_QUOTES.iter().flat_map(|pattern| pattern.captures_iter(name)) {
            self.put_loose(&even(&quoted[1]), document);
        }
    }

    fn put(&mut self, key: String, document: &Document) {
        self.by_key.entry(key).or_default().insert(document.id.clone());
    }

    fn put_loose(&mut self, name: &str, document: &Document) {
        let (base, year) = without_year(name);
        if base.contains(' ') {
            let (year, authority) = (year.map(str::to_owned), document.metadata.authority.clone());
            let loose = Loose { document: document.id.clone(), year, authority };
            self.loose.entry(base.to_owned()).or_default().push(loose);
        }
    }

    /// The only document that bears the key, other than the one that cites; `None` when there is none or are several. Where
    /// `provision` is a document of its own, it is that. A name that is the same but for a year, which one of the two does not
    /// give, or that a text gives itself, means a document of the authority that cites.
    pub fn resolve(&self, key: &str, provision: Option<&str>, citing: &Document) -> Option<&DocumentId> {
        let parts = units(provision.unwrap_or_default());
        let part =
            parts.into_iter().find_map(|unit| self.only(&within(key.to_owned(), Some(unit)), &citing.id));
        part.or_else(|| match self.by_key.get(key) {
            Some(_) => self.only(key, &citing.id),
            None => self.loosely(key.strip_prefix("act:")?, citing),
        })
    }

    /// The only document that is meant by the name or number of an instrument in the catalogue data of `citing`, such as
    /// "Executive Order 90210 of May 1, 2099" or "Harbour Act, Section 505".
    pub(super) fn meant(&self, name: &str, citing: &Document) -> Option<&DocumentId> {
        let (base, part) = part_of_name(name).unzip();
        let act = |name: &str| format!("act:{}", even(name));
        let keys = own_numbers(name).into_iter().chain([act(name)]).chain(base.map(act));
        let meant: BTreeSet<&DocumentId> = keys.filter_map(|key| self.resolve(&key, part, citing)).collect();
        meant.first().copied().filter(|_| meant.len() == 1)
    }

    /// The only document other than `translation` that bears the key of its original: a translation may bear it too.
    pub(super) fn original(&self, key: &str, translation: &Document) -> Option<&DocumentId> {
        let mut others = self.by_key.get(key)?.iter().filter(|id| **id != translation.id);
        others.next().filter(|_| others.next().is_none())
    }

    /// The only other document of this name, evened out and with its year.
    pub(super) fn named(&self, name: &str, own: &DocumentId) -> Option<&DocumentId> {
        self.only(&format!("act:{name}"), own)
    }

    fn only(&self, key: &str, citing: &DocumentId) -> Option<&DocumentId> {
        let found = self.by_key.get(key)?;
        let mut others = found.iter().filter(|id| *id != citing);
        let first = others.next()?;
        (others.next().is_none() && !found.contains(citing)).then_some(first)
    }

    fn loosely(&self, name: &str, citing: &Document) -> Option<&DocumentId> {
        let (base, year) = without_year(name);
        let agrees = |own: Option<&str>| own == year || own.is_none() || year.is_none();
        let meant = self.loose.get(base)?.iter();
        let meant = meant
            .filter(|one| one.authority == citing.metadata.authority && agrees(one.year.as_deref()))
            .map(|one| &one.document);
        let meant: BTreeSet<&DocumentId> = meant.collect();
        meant.first().copied().filter(|first| meant.len() == 1 && **first != citing.id)
    }
}

/// "Harbour Act of 2099, Title V, Section 505" as the name of the whole and the words for the part, without its heading.
pub(super) fn part_of_name(name: &str) -> Option<(&str, &str)> {
    let at = PARTS.iter().filter_map(|part| name.find(part)).min()?;
    let (base, part) = name.split_at_checked(at)?;
    Some((base.trim(), part.split(['(', '"', '“', '‘']).next().unwrap_or_default()))
}

/// The units that words for a part name, outermost first as they stand: `section 505`.
fn units(part: &str) -> Vec<String> {
    let unit = |found: regex::Captures<'_>| {
        let kind = found[1].to_lowercase();
        let kind = if kind.starts_with("sec") { "section" } else { kind.as_str() };
        // Of "505(b)(1)" the section counts.
        format!("{kind} {}", found[2].to_lowercase().trim_end_matches('.'))
    };
    UNIT.iter().flat_map(|pattern| pattern.captures_iter(part)).map(unit).collect()
}

fn within(key: String, unit: Option<String>) -> String {
    match unit {
        Some(unit) => format!("{key}#{unit}"),
        None => key,
    }
}

/// The key of the public law to whose official copy an address leads.
fn law_of_link(link: &str) -> Option<String> {
    let found = LAW_LINK.as_ref()?.captures(link)?;
    Some(format!("pl:{}-{}", &found[1], &found[2]))
}

/// "harbour act of 2099" as its name and its year.
fn without_year(name: &str) -> (&str, Option<&str>) {
    let year =
        name.rsplit_once(' ').filter(|(_, last)| last.len() == 4 && last.bytes().all(|b| b.is_ascii_digit()));
    let Some((rest, year)) = year else { return (name, None) };
    let base = rest.trim_end_matches(" for fiscal year").trim_end_matches(" of");
    if base.ends_with(" act") { (base, Some(year)) } else { (name, None) }
}

/// A name without what stands in parentheses, without "the" before it, in small letters and single spaces.
pub(super) fn even(name: &str) -> String {
    let mut depth = 0_i32;
    let kept: String = name
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth <= 0 && *c != ')'
        })
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let kept = kept.to_lowercase();
    let words: Vec<&str> = kept.split_whitespace().skip_while(|word| *word == "the").collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use lacuna_domain::Metadata;

    use super::*;

    fn document(id: &str, official: &str, casual: &str) -> Document {
        let casual_name = Some(casual.to_owned());
        let metadata = Metadata { official_name: official.to_owned(), casual_name, ..Metadata::default() };
        Document { id: id.parse().unwrap(), metadata }
    }

    /// The document of a key for a document that is none of the others.
    fn resolved(names: &Names, key: &str, provision: Option<&str>) -> Option<String> {
        names.resolve(key, provision, &document("sample:99", "Citing", "")).map(ToString::to_string)
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&SHORT_TITLE, &IN_QUOTES, &UNIT, &LAW_LINK] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn a_citation_is_joined_only_when_one_document_is_meant() {
        let mut names = Names::default();
        names.add(&document("sample:1", "The Harbour Lights Act", "Lights (EO 90210)"), "");
        names.add(&document("sample:2", "Tally Act", "Tally Act"), "");
        names.add(&document("sample:3", "Tally Act", "Second tally"), "M-77-10 MEMORANDUM");
        names.add(&document("sample:4", "Executive Order 31, Harbour Lights", "Order 31"), "");
        names.add(&document("sample:5", "Executive Order 44, Revoking Executive Order 31", "Lights out"), "");
        names.add(&document("sample:6", "Executive Order 24-05", "A numbered year"), "");
        let resolve = |key: &str| resolved(&names, key, None);
        assert_eq!(resolve("eo:90210").as_deref(), Some("sample:1"));
        let revoking = document("sample:5", "", "");
        let revoked = names.resolve("eo:31", None, &revoking).map(DocumentId::as_str);
        assert_eq!(revoked, Some("sample:4"), "an order that revokes another does not bear its number");
        assert_eq!(resolve("eo:44").as_deref(), Some("sample:5"));
        assert_eq!((resolve("eo:24-05").as_deref(), resolve("eo:24")), (Some("sample:6"), None));
        assert_eq!(resolve("act:harbour lights act").as_deref(), Some("sample:1"));
        assert_eq!(resolve("omb:77-10").as_deref(), Some("sample:3"));
        assert_eq!(resolve("act:tally act"), None, "two documents bear the name");
        let own = document("sample:1", "", "");
        assert_eq!(names.resolve("eo:90210", None, &own), None, "no document cites itself");
    }

    #[test]
    fn documents_about_an_instrument_do_not_bear_its_number() {
        let mut names = Names::default();
        for (id, official) in [
            ("sample:1", "Regulation (EU) 2099/1 on lamps"),
            ("sample:2", "Loi n° 2099-12 visant à adapter le droit au règlement (UE) 2099/1"),
            (
                "sample:3",
                "Commission Implementing Regulation (EU) 2099/3 on the lamps of Regulation (EU) 2099/1",
            ),
            ("sample:4", "Commission Delegated Regulation (EU) 2099/4 supplementing Regulation (EU) 2099/1"),
            ("sample:5", "Guidelines on lamps established by Regulation (EU) 2099/1"),
            ("sample:6", "Lei nº 13.709, de 14 de agosto de 2099"),
        ] {
            names.add(&document(id, official, ""), "");
        }
        for (key, expected) in [
            ("eu:2099/1", "sample:1"),
            ("fr:loi-2099-12", "sample:2"),
            ("eu:2099/3", "sample:3"),
            ("eu:2099/4", "sample:4"),
            ("pt:lei-13709-2099", "sample:6"),
        ] {
            assert_eq!(resolved(&names, key, None).as_deref(), Some(expected), "{key}");
        }
    }

    #[test]
    fn a_year_may_be_left_out_and_two_years_are_two_acts() {
        let mut names = Names::default();
        names.add(&document("sample:1", "Harbour Lights Act of 2099", "Lights"), "");
        names.add(&document("sample:2", "Omnibus, Division E (\"Lantern Act\")", "Lantern (Division E)"), "");
        let resolve = |key: &str| resolved(&names, key, None);
        assert_eq!(resolve("act:harbour lights act").as_deref(), Some("sample:1"));
        assert_eq!(resolve("act:harbour lights act of 1999"), None, "another act of the same name");
        assert_eq!(resolve("act:lantern act of 2098").as_deref(), Some("sample:2"), "a name in quotes");
        let mut elsewhere = document("sample:9", "Citing", "");
        elsewhere.metadata.authority = Some("Port of Elsewhere".to_owned());
        assert_eq!(names.resolve("act:harbour lights act", None, &elsewhere), None, "they have their own");
    }

    #[test]
    fn a_text_says_how_it_is_cited_and_a_part_does_not_bear_the_name_of_the_whole() {
        let title = "SEC. 1. This Act may be cited as the “Harbour Lights Act of 2099”.";
        let mut names = Names::default();
        names.add(&document("sample:1", "A bill about lamps", "Lamps"), title);
        names.add(&document("sample:2", "Lantern Act, Section 226 (\"Wicks\")", "Wicks"), title);
        names.add(&document("sample:3", "Lantern Act, Title V, Section 9 (\"Oil\")", "Oil"), "");
        assert_eq!(resolved(&names, "act:harbour lights act of 2099", None).as_deref(), Some("sample:1"));
        for (provision, expected) in [
            ("Section 226(b)(3)", Some("sample:2")),
            ("section 9 of title V", Some("sample:3")),
            ("section 4", None),
        ] {
            let found = resolved(&names, "act:lantern act", Some(provision));
            assert_eq!(found.as_deref(), expected, "{provision}");
        }
        assert_eq!(resolved(&names, "act:lantern act", None), None, "the whole is not here");
    }

    #[test]
    fn instruments_of_other_languages_bear_numbers_and_names() {
        let mut names = Names::default();
        names.add(&document("sample:1", "Verordnung (EU) 2099/1 über Hafenlichter", "Hafenlichter"), "");
        names.add(&document("sample:2", "Hafenlichtgesetz (HLG)", "HLG"), "");
        names.add(&document("sample:3", "港口灯光管理办法", ""), "");
        let mut law = document("sample:4", "Lantern Act, Section 226", "");
        law.metadata.link = Some("https://law.example/199/plaws/publ12/PLAW-199publ12.pdf".to_owned());
        names.add(&law, "");
        for (key, provision, expected) in [
            ("eu:2099/1", None, "sample:1"),
            ("act:hafenlichtgesetz", None, "sample:2"),
            ("act:港口灯光管理办法", None, "sample:3"),
            ("pl:199-12", Some("section 226"), "sample:4"),
        ] {
            assert_eq!(resolved(&names, key, provision).as_deref(), Some(expected), "{key}");
        }
        let translation = document("sample:1", "", "");
        assert_eq!(names.original("eu:2099/1", &translation), None, "a text is no translation of itself");
        let other = document("sample:5", "Regulation (EU) 2099/1", "");
        names.add(&other, "");
        assert_eq!(names.original("eu:2099/1", &other).map(DocumentId::as_str), Some("sample:1"));
    }
}
