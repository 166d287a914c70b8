//! How one instrument stands to another: it amends, revokes or implements it, is part of it, or is the same text again.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::enactment::DateKind;
use crate::ids::{DocumentId, TextId};
use crate::judgement::Confidence;

/// What one instrument is or does to another. Read as "`from` KIND `to`".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Changes its text.
    Amends,
    /// Repeals or revokes it.
    Revokes,
    /// Takes its place.
    Supersedes,
    /// Carries it out.
    Implements,
    /// Is a part of it.
    PartOf,
    /// Stands beside it, such as the same bill in the other house.
    CompanionOf,
    /// Has the same text, byte for byte.
    SameTextAs,
    /// Is a translation of it.
    TranslationOf,
}

impl RelationKind {
    /// Every kind, in the order of pages.
    pub const ALL: [Self; 8] = [
        Self::Revokes,
        Self::Supersedes,
        Self::Amends,
        Self::Implements,
        Self::PartOf,
        Self::CompanionOf,
        Self::SameTextAs,
        Self::TranslationOf,
    ];

    /// Stable identifier in addresses and files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Amends => "amends",
            Self::Revokes => "revokes",
            Self::Supersedes => "supersedes",
            Self::Implements => "implements",
            Self::PartOf => "part_of",
            Self::CompanionOf => "companion_of",
            Self::SameTextAs => "same_text_as",
            Self::TranslationOf => "translation_of",
        }
    }

    /// What `from` does, for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amends => "amends",
            Self::Revokes => "repeals or revokes",
            Self::Supersedes => "supersedes",
            Self::Implements => "implements",
            Self::PartOf => "is part of",
            Self::CompanionOf => "is a companion of",
            Self::SameTextAs => "has the same text as",
            Self::TranslationOf => "is a translation of",
        }
    }

    /// What happens to `to`, for readers.
    pub const fn inverse(self) -> &'static str {
        match self {
            Self::Amends => "is amended by",
            Self::Revokes => "is repealed or revoked by",
            Self::Supersedes => "is superseded by",
            Self::Implements => "is implemented by",
            Self::PartOf => "has as a part",
            Self::CompanionOf => "is a companion of",
            Self::SameTextAs => "has the same text as",
            Self::TranslationOf => "is translated as",
        }
    }

    /// The kind with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// Where a relation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationSource {
    /// In the words of the text of `from`.
    Text,
    /// In catalogue data.
    Catalogue,
    /// Brought in or corrected by people, through a file or on a page.
    Imported,
}

impl RelationSource {
    /// Stable identifier in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Catalogue => "catalogue",
            Self::Imported => "imported",
        }
    }
}

/// The words of a text that state something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cited {
    /// The text.
    pub text: TextId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The words.
    pub quote: String,
    /// Index of the passage in which they begin.
    #[serde(default)]
    pub passage: u32,
}

/// One relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// The instrument that does something.
    pub from: DocumentId,
    /// What it does.
    pub kind: RelationKind,
    /// The instrument it does it to; `None` when the citation leads out of the corpus or could mean several.
    pub to: Option<DocumentId>,
    /// As cited, such as "Executive Order 14110".
    pub cited: String,
    /// The part cited, such as "Section 3".
    pub provision: Option<String>,
    /// The passage that says so.
    pub passage: Option<Cited>,
    /// How sure.
    pub confidence: Confidence,
    /// Where it was found.
    pub source: RelationSource,
    /// `false` in an import: the relation found is wrong and is hidden.
    pub holds: bool,
}

impl Relation {
    /// What makes two relations the same for corrections: documents and kind, and where it leads out of the corpus the name
    /// of what is cited.
    pub fn key(&self) -> (&DocumentId, RelationKind, Result<&DocumentId, &str>) {
        (&self.from, self.kind, self.to.as_ref().ok_or(self.cited.as_str()))
    }

    /// Whether it is between these documents, or leads from one of them to an instrument that is not catalogued.
    pub fn is_among(&self, documents: &BTreeSet<DocumentId>) -> bool {
        documents.contains(&self.from) && self.to.as_ref().is_none_or(|to| documents.contains(to))
    }

    /// Whether the other instrument's life ends by it.
    pub const fn ends(&self) -> bool {
        matches!(self.kind, RelationKind::Revokes | RelationKind::Supersedes)
    }
}

/// What a date in a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatedKind {
    /// Takes effect, enters into force.
    InForce,
    /// Applies from.
    AppliesFrom,
    /// Ends by itself: expires, is repealed on, remains in effect until.
    Sunset,
}

impl StatedKind {
    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "takes effect",
            Self::AppliesFrom => "applies from",
            Self::Sunset => "ends",
        }
    }

    /// The kind of date by which documents are found.
    pub const fn date(self) -> DateKind {
        match self {
            Self::InForce => DateKind::InForce,
            Self::AppliesFrom => DateKind::AppliesFrom,
            Self::Sunset => DateKind::Sunset,
        }
    }
}

/// A day in the life of an instrument from which its text counts others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Its adoption or enactment.
    Adopted,
    /// Its entry into force.
    InForce,
    /// Its publication in an official journal.
    Published,
}

impl Anchor {
    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Adopted => "adoption",
            Self::InForce => "entry into force",
            Self::Published => "publication",
        }
    }
}

/// A unit in which texts count time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

impl TimeUnit {
    const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// How long after an anchor a day is: "180 days after the date of enactment".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Delay {
    /// How many units.
    pub count: u32,
    /// Of what.
    pub unit: TimeUnit,
    /// After what.
    pub after: Anchor,
}

impl Delay {
    /// The day that is this long after `from`; `None` beyond the calendar. A month on from the 31st of one is the last day
    /// of a shorter one.
    pub fn counted_from(self, from: Date) -> Option<Date> {
        let span = match self.unit {
            TimeUnit::Day => Span::new().try_days(self.count),
            TimeUnit::Week => Span::new().try_weeks(self.count),
            TimeUnit::Month => Span::new().try_months(self.count),
            TimeUnit::Year => Span::new().try_years(self.count),
        };
        from.checked_add(span.ok()?).ok()
    }
}

/// How a day was counted that a text gives by another. Documents with the same text may have other days to count from, so
/// the day is of one document alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reckoned {
    /// The document of which the day is.
    pub document: DocumentId,
    /// What the text says.
    pub delay: Delay,
    /// The day from which it counts, as the catalogue or the text itself has it.
    pub from: Date,
}

impl Reckoned {
    /// The arithmetic for readers, such as "180 days after adoption on 2099-01-01".
    pub fn words(&self) -> String {
        let Delay { count, unit, after } = self.delay;
        let many = if count == 1 { "" } else { "s" };
        format!("{count} {}{many} after {} on {}", unit.name(), after.name(), self.from)
    }
}

/// A date that a passage of a text states; unless it says so, it may be about a part of the instrument only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatedDate {
    /// What it means.
    pub kind: StatedKind,
    /// The day.
    pub date: Date,
    /// Whether its sentence speaks of the whole instrument, as "This Act takes effect on …" does.
    #[serde(default)]
    pub whole: bool,
    /// The passage.
    pub passage: Cited,
    /// How the day was counted, where the text does not give it outright.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reckoned: Option<Reckoned>,
}

impl StatedDate {
    /// Whether it is a date of `document`, whose text states it: a day that was counted is of one document alone.
    pub fn is_of(&self, document: &DocumentId) -> bool {
        self.reckoned.as_ref().is_none_or(|reckoned| reckoned.document == *document)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn outside_the_corpus_relations_are_told_apart_by_what_they_cite() {
        let relation = |to: Option<&str>, cited: &str| Relation {
            from: "sample:1".parse().unwrap(),
            kind: RelationKind::Amends,
            to: to.map(|id| id.parse().unwrap()),
            cited: cited.to_owned(),
            provision: None,
            passage: None,
            confidence: Confidence::High,
            source: RelationSource::Text,
            holds: true,
        };
        assert_ne!(relation(None, "Lantern Act").key(), relation(None, "Tally Act").key());
        let (named, renamed) =
            (relation(Some("sample:2"), "Lantern Act"), relation(Some("sample:2"), "the Act"));
        assert_eq!(named.key(), renamed.key(), "a document is the same by whatever name");
        assert_ne!(named.key(), relation(None, "Lantern Act").key());
    }

    #[test]
    fn days_are_counted_by_the_calendar_and_the_arithmetic_is_told() {
        let after = Anchor::Adopted;
        for (count, unit, expected) in [
            (1, TimeUnit::Day, date(2099, 2, 1)),
            (180, TimeUnit::Day, date(2099, 7, 30)),
            (2, TimeUnit::Week, date(2099, 2, 14)),
            (1, TimeUnit::Month, date(2099, 2, 28)),
            (5, TimeUnit::Year, date(2104, 1, 31)),
        ] {
            let delay = Delay { count, unit, after };
            assert_eq!(delay.counted_from(date(2099, 1, 31)), Some(expected), "{delay:?}");
        }
        let far = Delay { count: u32::MAX, unit: TimeUnit::Year, after };
        assert_eq!(far.counted_from(date(2099, 1, 31)), None);
        let delay = Delay { count: 180, unit: TimeUnit::Day, after };
        let document: DocumentId = "sample:1".parse().unwrap();
        let reckoned = Reckoned { document, delay, from: date(2099, 1, 31) };
        assert_eq!(reckoned.words(), "180 days after adoption on 2099-01-31");
    }

    #[test]
    fn a_counted_day_is_of_one_document_and_a_stated_one_of_all_with_the_text() {
        let (own, other): (DocumentId, DocumentId) =
            ("sample:1".parse().unwrap(), "sample:2".parse().unwrap());
        let text = TextId::of("text");
        let passage = Cited { text, start: 0, end: 4, quote: "text".to_owned(), passage: 0 };
        let day = date(2099, 1, 31);
        let kind = StatedKind::InForce;
        let outright = StatedDate { kind, date: day, whole: false, passage, reckoned: None };
        assert!(outright.is_of(&own) && outright.is_of(&other));
        let json = serde_json::to_string(&outright).unwrap();
        assert!(!json.contains("reckoned"), "stores of earlier versions hold the same: {json}");
        let delay = Delay { count: 1, unit: TimeUnit::Day, after: Anchor::Published };
        let reckoned = Some(Reckoned { document: own.clone(), delay, from: day });
        let counted = StatedDate { reckoned, ..outright };
        assert!(counted.is_of(&own) && !counted.is_of(&other));
    }
}
