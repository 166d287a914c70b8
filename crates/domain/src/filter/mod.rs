//! What a list, a chart, an export or a feed is about: one [`Filter`], the whole of which stands in an address.
//!
//! Meaning: several values of one field are alternatives (OR); several fields must all hold (AND). A code is a field
//! of its own: `risk=2.2&risk=7.3` asks for documents that cover both, `risk=2.2:2&risk=2.2:3` for either level of
//! 2.2. A choice dimension gives one answer per document, so its options are alternatives, like the values of a field.
//!
//! | parameter | value |
//! |---|---|
//! | `q` | words, in the language of the search box |
//! | `authority`, `parent_authority`, `jurisdiction`, `collection`, `language`, `applies_to`, `source`, `tag`, `licence` | a value as catalogued, or `(none)` |
//! | `column.NAME`, such as `column.Validated?` | a value of an own column of the catalogue, or `(none)` |
//! | `enactment` | `proposed`, `adopted`, `not_yet_in_force`, `in_force`, `superseded`, `revoked`, `defunct`, `unknown` |
//! | `on` | a day, `2024-06-01`: states are those of that day, and what came later is left out |
//! | `introduced`, `adopted`, `in_force`, `applies_from`, `ended`, `sunset`, `retrieved` | a day, month, year or range: `2024-06-01`, `2024-06`, `2024`, `2024..2025-06`, `2024..`, `..2024`, or `(none)` |
//! | `unreviewed_machine_output`, `fiction`, `reviewed`, `coded` | `yes` or `no` |
//! | `year` | `2024`, `2021-2024`, `2021-`, `-2024` or `(none)`; `from=` and `to=` are taken too |
//! | `binding`, `standing` | a day, `2026-11-27`: hard law in force on it; there and not defunct on it |
//! | a dimension's id or path | `2.2` covered, `2.2:0` not covered, `2.2:3` exactly that level, `2.2:2-3` a range; a role of an actor dimension also `target:ai_developer` |
//! | a choice dimension's id; `form` for `status` | an option, or `undetermined` |
//! | `sort` | `relevance`, `newest`, `oldest`, `title`, `coverage`, `id` |
//! | `page`, `per` | from 1; 1 to 500 documents a page |

mod columns;
mod condition;
mod dates;
mod parse;
mod query;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::enactment::DateKind;
use crate::ids::{CodeId, DimensionId};

pub use columns::{column_of, column_parameter, is_column_text};
pub use condition::Condition;
pub use dates::DateRange;
pub use parse::FilterError;
pub use query::{decode, encode};

/// The value that stands for "nothing is recorded" in open fields and in `year`.
pub const NONE: &str = "(none)";
/// The option that stands for "the text does not decide" in choice dimensions.
pub const UNDETERMINED: &str = "undetermined";

/// A choice of documents, how they are sorted and which page of them is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Search words as typed; empty for none.
    pub words: String,
    /// Wanted values by field; a field without values is absent.
    pub fields: BTreeMap<Field, BTreeSet<String>>,
    /// Wanted values by own column of the catalogue, without white space around names and values; never empty inside.
    pub columns: BTreeMap<String, BTreeSet<String>>,
    /// Wanted years; empty for any.
    pub years: BTreeSet<Years>,
    /// Tests of the state on a day, each with its day.
    pub states: BTreeMap<StateTest, Date>,
    /// Wanted dates by kind; never empty inside.
    pub dates: BTreeMap<DateKind, BTreeSet<DateRange>>,
    /// The day whose enactment states count; `None` for the present ones.
    pub on: Option<Date>,
    /// Tests by code; never empty inside.
    pub codes: BTreeMap<DimensionId, BTreeMap<CodeId, BTreeSet<CodeTest>>>,
    /// Wanted options by choice dimension; never empty inside.
    pub options: BTreeMap<DimensionId, BTreeSet<CodeId>>,
    /// The order asked for; [`Filter::order`] says which one holds.
    pub sort: Option<Sort>,
    /// The page, from 1.
    pub page: u32,
    /// Documents on a page, 1 to [`Filter::MAX_PER_PAGE`].
    pub per_page: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            words: String::new(),
            fields: BTreeMap::new(),
            columns: BTreeMap::new(),
            years: BTreeSet::new(),
            states: BTreeMap::new(),
            dates: BTreeMap::new(),
            on: None,
            codes: BTreeMap::new(),
            options: BTreeMap::new(),
            sort: None,
            page: 1,
            per_page: Self::PER_PAGE,
        }
    }
}

/// A catalogue field that documents are chosen and counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// Issuing authority as catalogued.
    Authority,
    /// Authorities above the issuing one; may be several.
    ParentAuthority,
    /// Jurisdiction.
    Jurisdiction,
    /// Collection; a document may be in several.
    Collection,
    /// Where the instrument stands, by [`Enactment`](crate::document::Enactment) id.
    Enactment,
    /// Main language of the text, ISO 639-1.
    Language,
    /// Whom it applies to, as catalogued; may be several.
    AppliesTo,
    /// The part of the document id before the colon.
    Source,
    /// Tags of the source; may be several.
    Tag,
    /// Terms under which the text may be used.
    Licence,
    /// The archive's own flag, whether summaries and tags may include unreviewed machine output: `yes` or `no`.
    UnreviewedOutput,
    /// Whether the document is invented for demonstration: `yes` or `no`.
    Fiction,
    /// Whether a person decided on any label of the text: `yes` or `no`.
    Reviewed,
    /// Whether the run coded the text: `yes` or `no`.
    Coded,
}

impl Field {
    /// Every field, in the order of addresses and pages.
    pub const ALL: [Self; 14] = [
        Self::Authority,
        Self::ParentAuthority,
        Self::Jurisdiction,
        Self::Collection,
        Self::Enactment,
        Self::Language,
        Self::AppliesTo,
        Self::Source,
        Self::Tag,
        Self::Licence,
        Self::UnreviewedOutput,
        Self::Fiction,
        Self::Reviewed,
        Self::Coded,
    ];

    /// The parameter's name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::ParentAuthority => "parent_authority",
            Self::Jurisdiction => "jurisdiction",
            Self::Collection => "collection",
            Self::Enactment => "enactment",
            Self::Language => "language",
            Self::AppliesTo => "applies_to",
            Self::Source => "source",
            Self::Tag => "tag",
            Self::Licence => "licence",
            Self::UnreviewedOutput => "unreviewed_machine_output",
            Self::Fiction => "fiction",
            Self::Reviewed => "reviewed",
            Self::Coded => "coded",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authority => "Authority",
            Self::ParentAuthority => "Under authority",
            Self::Jurisdiction => "Jurisdiction",
            Self::Collection => "Collection",
            Self::Enactment => "Enactment",
            Self::Language => "Language",
            Self::AppliesTo => "Applies to",
            Self::Source => "Source",
            Self::Tag => "Tag",
            Self::Licence => "Licence",
            Self::UnreviewedOutput => "Unreviewed machine output",
            Self::Fiction => "Fiction",
            Self::Reviewed => "Reviewed",
            Self::Coded => "Classified",
        }
    }

    /// The field of this parameter name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == id)
    }

    /// Whether its values are `yes` and `no`.
    pub const fn is_yes_no(self) -> bool {
        matches!(self, Self::UnreviewedOutput | Self::Fiction | Self::Reviewed | Self::Coded)
    }
}

/// A condition on the year of the most recent dated event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Years {
    /// From one year to another, both included; at least one end is given.
    Range {
        /// First year.
        from: Option<i16>,
        /// Last year.
        to: Option<i16>,
    },
    /// No date is recorded.
    Undated,
}

impl Years {
    /// One year.
    pub const fn one(year: i16) -> Self {
        Self::Range { from: Some(year), to: Some(year) }
    }

    /// Whether a document of this year is meant.
    pub fn holds(self, year: Option<i16>) -> bool {
        match (self, year) {
            (Self::Undated, None) => true,
            (Self::Range { from, to }, Some(year)) => {
                from.is_none_or(|from| from <= year) && to.is_none_or(|to| year <= to)
            }
            _ => false,
        }
    }
}

/// A condition on where an instrument stood on a day, told from its dated history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateTest {
    /// Hard law by its text, and in force on the day: never a draft, nothing defunct, nothing revoked.
    Binding,
    /// There on the day, and not defunct.
    Standing,
}

impl StateTest {
    /// Every test, in the order of addresses.
    pub const ALL: [Self; 2] = [Self::Binding, Self::Standing];

    /// The parameter's name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Binding => "binding",
            Self::Standing => "standing",
        }
    }

    /// Name for readers, to be followed by the day.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Binding => "Binding on",
            Self::Standing => "Not defunct on",
        }
    }

    /// The test of this parameter name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.id() == id)
    }
}

/// A condition on one code of a coded document. No test holds for a document that is not coded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeTest {
    /// Any level above the lowest; for a flag yes, for a role at least one entity.
    Covered,
    /// The lowest level; for a flag no, for a role nobody.
    Absent,
    /// A level in this range, both ends included.
    Levels {
        /// Lowest level wanted.
        from: u8,
        /// Highest level wanted.
        to: u8,
    },
    /// A role with this type of actor.
    Type(CodeId),
}

/// Orders of a list. Equal documents stand in the order of their ids, so every order is total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Best match of the words first.
    Relevance,
    /// Most recent activity first, undated last.
    Newest,
    /// Oldest activity first, undated last.
    Oldest,
    /// By title.
    Title,
    /// Most codes covered first.
    Coverage,
    /// By document id, numbers by value.
    Id,
}

impl Sort {
    /// Every order, as pages offer them.
    pub const ALL: [Self; 6] =
        [Self::Relevance, Self::Newest, Self::Oldest, Self::Title, Self::Coverage, Self::Id];

    /// The parameter's value.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Title => "title",
            Self::Coverage => "coverage",
            Self::Id => "id",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relevance => "Best match",
            Self::Newest => "Newest first",
            Self::Oldest => "Oldest first",
            Self::Title => "Title",
            Self::Coverage => "Most codes covered",
            Self::Id => "Document id",
        }
    }

    /// The order with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.id() == id)
    }
}

impl Filter {
    /// Documents on a page when nothing is asked for.
    pub const PER_PAGE: u32 = 25;
    /// Most documents on a page; exports have no cap.
    pub const MAX_PER_PAGE: u32 = 500;
    /// The last page of any list that can be asked for.
    pub const MAX_PAGE: u32 = 1_000_000;

    /// The order that holds: the one asked for, else best match when there are words, else newest first.
    pub fn order(&self) -> Sort {
        match self.sort {
            Some(Sort::Relevance) | None if self.words.is_empty() => Sort::Newest,
            Some(sort) => sort,
            None => Sort::Relevance,
        }
    }

    /// Whether every document passes.
    pub fn is_open(&self) -> bool {
        self.words.is_empty()
            && self.fields.is_empty()
            && self.columns.is_empty()
            && self.years.is_empty()
            && self.states.is_empty()
            && self.dates.is_empty()
            && self.on.is_none()
            && self.codes.is_empty()
            && self.options.is_empty()
    }

    /// The same choice at another page.
    #[must_use]
    pub fn at_page(&self, page: u32) -> Self {
        Self { page: page.max(1), ..self.clone() }
    }

    /// The same choice in another order, from its first page.
    #[must_use]
    pub fn sorted_by(&self, sort: Sort) -> Self {
        Self { sort: Some(sort), page: 1, ..self.clone() }
    }
}
