//! How one instrument stands to another: it amends, revokes or implements it, is part of it, or is the same text again.

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
    /// Brought in or corrected by people, through a file.
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
    /// What makes two relations the same for corrections.
    pub fn key(&self) -> (&DocumentId, RelationKind, Option<&DocumentId>) {
        (&self.from, self.kind, self.to.as_ref())
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
}
