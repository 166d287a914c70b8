//! What kinds and lengths of text the coded examples cover. A text outside says "not measured": figures of agreement tell
//! nothing about it. Decided from the text alone, never from metadata.

use std::collections::BTreeMap;

use super::model::bytes::{Malformed, Reader, Writer};

/// Examples of a kind from which its texts count as measured.
const ENOUGH: u32 = 8;
/// Bytes of a text that are searched for the marks of its kind.
const SEARCHED: usize = 6_000;
/// Marks of a kind that a text must show.
const SHOWN: usize = 2;

/// Kinds of text and the words that mark them; the earlier kind wins a tie.
const KINDS: [(&str, &[&str]); 8] = [
    (
        "statutes and bills",
        &[
            "be it enacted",
            "a bill",
            "an act",
            "this act",
            "is amended",
            "short title",
            "(a) in general",
            "\nsec. ",
            "\nsection 1",
        ],
    ),
    ("resolutions", &["whereas", "be it resolved", "resolved,", "resolution"]),
    (
        "orders and regulations",
        &[
            "executive order",
            "authority vested",
            "final rule",
            "federal register",
            "memorandum for",
            "regulation",
            "these measures",
            "article 1",
        ],
    ),
    (
        "policies, guidelines and commitments",
        &[
            "we will",
            "our ",
            "guideline",
            "principles",
            "framework",
            "policy",
            "best practice",
            "commitment",
            "standard",
        ],
    ),
    (
        "court decisions",
        &[
            "plaintiff",
            "defendant",
            "appellant",
            "appellee",
            "opinion of the court",
            "affirmed",
            "district court for",
            "the judgment",
            "counsel for",
        ],
    ),
    (
        "contracts",
        &[
            "the parties agree",
            "in witness whereof",
            "hereinafter referred",
            "this agreement is made",
            "party of the first",
            "governing law",
            "shall indemnify",
        ],
    ),
    (
        "research papers",
        &[
            "abstract",
            "et al",
            "doi:",
            "arxiv",
            "we propose",
            "related work",
            "references\n",
            "in this paper",
        ],
    ),
    (
        "speeches and news",
        &[
            "told reporters",
            "said on",
            "mr. speaker",
            "ladies and gentlemen",
            "good morning",
            "transcript",
            "according to a spokes",
            "(applause)",
        ],
    ),
];

/// The kind of a text whose marks are too few.
const UNMARKED: &str = "other texts";

/// The kind that the words of a text speak for.
pub(crate) fn kind(text: &str) -> &'static str {
    let end = text.floor_char_boundary(SEARCHED.min(text.len()));
    let words = text[..end].to_lowercase();
    let shown = |marks: &[&str]| marks.iter().filter(|m| words.contains(**m)).count();
    let mut best = (SHOWN - 1, UNMARKED);
    for (name, marks) in KINDS {
        let count = shown(marks);
        if count > best.0 {
            best = (count, name);
        }
    }
    best.1
}

/// Lengths and kinds of the texts that a model was trained on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    shortest: u32,
    longest: u32,
    kinds: BTreeMap<String, u32>,
}

/// Why a text lies outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// Fewer bytes than any example, or more.
    Length(String),
    /// A kind with hardly an example.
    Kind(&'static str),
}

impl Outside {
    /// A sentence for the reason of a label.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Length(than) => format!(" Not measured: {than}."),
            Self::Kind(kind) => format!(" Not measured: hardly any coded examples among {kind}."),
        }
    }
}

impl Coverage {
    /// Of training texts.
    pub(crate) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut coverage = Self { shortest: u32::MAX, ..Self::default() };
        for text in texts {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            coverage.shortest = coverage.shortest.min(length);
            coverage.longest = coverage.longest.max(length);
            *coverage.kinds.entry(kind(text).to_owned()).or_default() += 1;
        }
        coverage
    }

    /// Where a text lies outside the examples, if it does.
    pub(crate) fn misses(&self, text: &str) -> Option<Outside> {
        let kind = kind(text);
        if self.kinds.get(kind).is_none_or(|&count| count < ENOUGH) {
            return Some(Outside::Kind(kind));
        }
        let kilo = |bytes: u32| format!("{:.1} kB", f64::from(bytes) / 1000.0);
        if text.len() < self.shortest as usize {
            let shortest = kilo(self.shortest);
            return Some(Outside::Length(format!("shorter than any coded example ({shortest})")));
        }
        let longest = kilo(self.longest);
        let longer = text.len() > self.longest as usize;
        longer.then(|| Outside::Length(format!("longer than any coded example ({longest})")))
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.u32(self.shortest);
        to.u32(self.longest);
        to.u32(self.kinds.len() as u32);
        for (kind, count) in &self.kinds {
            to.text(kind);
            to.u32(*count);
        }
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (shortest, longest, count) = (from.u32()?, from.u32()?, from.u32()?);
        let kinds = (0..count).map(|_| Ok((from.text()?, from.u32()?)));
        Ok(Self { shortest, longest, kinds: kinds.collect::<Result<_, Malformed>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_unlike_the_examples_is_not_measured() {
        let bill = |n: usize| {
            format!(
                "A BILL to regulate ferries. Be it enacted: this Act governs pier {n}. {}",
                "x".repeat(80)
            )
        };
        let bills: Vec<String> = (0..9).map(bill).collect();
        let coverage = Coverage::of(bills.iter().map(String::as_str));
        assert_eq!(coverage.misses(&bills[0]), None);
        let long = format!("{} {}", bills[0], "More on ferries. ".repeat(50));
        let sentence = coverage.misses(&long).unwrap().sentence();
        assert!(sentence.contains("longer than any coded example (0.1 kB)"), "{sentence}");
        assert!(matches!(coverage.misses("A bill. An act."), Some(Outside::Length(_))));
        let case = "The plaintiff moved for relief; the defendant opposed. Affirmed. ".repeat(2);
        assert_eq!(coverage.misses(&case), Some(Outside::Kind("court decisions")));
        let mut bytes = Writer::default();
        coverage.write(&mut bytes);
        assert_eq!(Coverage::read(&mut Reader(&bytes.0)).unwrap(), coverage);
    }
}
