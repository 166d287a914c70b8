//! What can stand on the rows and columns of a cross-table, as addresses and the command line write it.

use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::{CodeTest, Field, column_of, column_parameter, is_column_text};
use lacuna_domain::{CodeId, DimensionId};

/// What stands on the rows or columns of a cross-table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The values of a field.
    Field(Field),
    /// The values of an own column of the catalogue.
    Column(String),
    /// Years of the most recent dated event.
    Year,
    /// Years, or quarters of the year, in which a date of this kind lies.
    Period(DateKind, Span),
    /// The codes of an ordinal, flag or actor dimension, each where the test holds.
    Codes(DimensionId, CodeTest),
    /// The levels of one code.
    Levels(DimensionId, CodeId),
    /// The options of a choice dimension.
    Options(DimensionId),
    /// The types of actors in one role.
    Types(DimensionId, CodeId),
}

/// How long the stretches of time on an axis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From January to December.
    Year,
    /// Three months.
    Quarter,
}

impl Span {
    /// Every span, the longest first.
    pub const ALL: [Self; 2] = [Self::Year, Self::Quarter];

    /// Stable identifier in addresses, and the word for readers.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
        }
    }

    /// The span with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.id() == id)
    }
}

/// Why a word is no axis.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no axis; use {}", allowed.join(", "))]
pub struct AxisError {
    /// The word.
    pub given: String,
    /// Words that are.
    pub allowed: Vec<String>,
}

impl AxisError {
    /// The word is cut to 80 characters.
    pub(super) fn of(given: &str, allowed: Vec<String>) -> Self {
        Self { given: given.chars().take(80).collect(), allowed }
    }
}

impl Axis {
    /// Reads `jurisdiction`, `column.Validated?` (an own column of the catalogue, whether or not there is one of this
    /// name), `year`, `adopted/year` and `adopted/quarter` (years and quarters of a kind of date), `form`, `risk` (each
    /// code where covered), `risk:3` (each code at that level), `risk/2.2` (levels of one code), `actor/target/types`
    /// (types of actors in one role).
    pub fn parse(text: &str, codebook: &Codebook) -> Result<Self, AxisError> {
        if let Some(field) = Field::from_id(text) {
            return Ok(Self::Field(field));
        }
        if let Some(name) = column_of(text).filter(|name| is_column_text(name)) {
            return Ok(Self::Column(name.to_owned()));
        }
        if text == "year" {
            return Ok(Self::Year);
        }
        if let Some((kind, span)) = text.split_once('/')
            && let (Some(kind), Some(span)) = (DateKind::from_id(kind), Span::from_id(span))
        {
            return Ok(Self::Period(kind, span));
        }
        let name = text.split([':', '/']).next().unwrap_or_default();
        let name = if name == "form" { "status" } else { name };
        let found = codebook.dimension_at(name).and_then(|dimension| Self::of_dimension(text, dimension));
        found.ok_or_else(|| {
            let mut allowed = Self::words(codebook);
            allowed.push(column_parameter("NAME"));
            AxisError::of(text, allowed)
        })
    }

    /// What can stand on an axis besides the catalogue's own columns, for messages.
    pub(super) fn words(codebook: &Codebook) -> Vec<String> {
        let fields = Field::ALL.iter().map(|field| field.id().to_owned());
        let times = ["year", "adopted/year", "adopted/quarter"].map(str::to_owned);
        fields.chain(times).chain(codebook.dimensions.iter().map(|d| d.id.to_string())).collect()
    }

    /// Whether its values follow each other in time.
    pub const fn is_time(&self) -> bool {
        matches!(self, Self::Year | Self::Period(..))
    }

    fn of_dimension(text: &str, dimension: &Dimension) -> Option<Self> {
        let id = dimension.id.clone();
        if dimension.kind == Kind::Choice {
            return (!text.contains([':', '/'])).then_some(Self::Options(id));
        }
        if let (Some((_, rest)), Kind::Actor { .. }) = (text.split_once('/'), &dimension.kind)
            && let Some(role) = rest.strip_suffix("/types")
        {
            return dimension.code(role).map(|role| Self::Types(id, role.id.clone()));
        }
        if let Some((_, code)) = text.split_once('/') {
            return dimension.code(code).map(|code| Self::Levels(id, code.id.clone()));
        }
        let Some((_, level)) = text.split_once(':') else { return Some(Self::Codes(id, CodeTest::Covered)) };
        let level =
            level.parse().ok().filter(|level| (dimension.lowest()..=dimension.highest()).contains(level))?;
        Some(Self::Codes(id, level_test(Some(dimension), level)))
    }
}

/// The test of one level of a code; the lowest one is that it is absent.
pub(super) fn level_test(dimension: Option<&Dimension>, level: u8) -> CodeTest {
    if dimension.is_some_and(|d| d.lowest() == level) {
        return CodeTest::Absent;
    }
    CodeTest::Levels { from: level, to: level }
}
