//! One document as the catalogue knows it.

use jiff::Timestamp;
use jiff::civil::Date;
use lacuna_domain::CodeId;
use lacuna_domain::codebook::Kind;
use lacuna_domain::document::{Enactment, Version};
use lacuna_domain::filter::Field;
use serde::{Deserialize, Serialize};

use super::Catalogue;
use super::build::CatalogueInput;
use super::labels::Labelled;

/// When the current text of a document came, and which of its versions that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Arrival {
    second: i64,
    nanosecond: i32,
    /// Number of the version, from 1.
    pub version: u32,
}

impl Arrival {
    pub(super) fn of(version: &Version) -> Self {
        let at = version.ingested_at;
        Self { second: at.as_second(), nanosecond: at.subsec_nanosecond(), version: version.number }
    }

    /// The moment.
    pub fn at(self) -> Timestamp {
        Timestamp::new(self.second, self.nanosecond).unwrap_or_default()
    }
}

/// How a document stands with the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standing {
    /// Its latest text is coded.
    Coded,
    /// Its latest text was left out on purpose.
    Skipped,
    /// Coding was tried and failed; it will be tried again.
    Failed,
    /// The run has not come to it.
    Pending,
    /// There is no text.
    NoText,
}

impl Standing {
    pub(super) const fn of(input: &CatalogueInput) -> Self {
        match (&input.version, &input.outcome) {
            (None, _) => Self::NoText,
            (Some(_), Some(Labelled::Coded(_))) => Self::Coded,
            (Some(_), Some(Labelled::Skipped(_))) => Self::Skipped,
            (Some(_), Some(Labelled::Failed(_))) => Self::Failed,
            (Some(_), None) => Self::Pending,
        }
    }
}

/// A view of one document in a [`Catalogue`].
#[derive(Clone, Copy, Debug)]
pub struct Record<'c> {
    pub(super) catalogue: &'c Catalogue,
    pub(super) number: u32,
}

impl<'c> Record<'c> {
    /// The document's number in this catalogue.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// The document id.
    pub fn id(self) -> &'c str {
        self.catalogue.columns.ids.get(self.number)
    }

    /// The name to show first.
    pub fn title(self) -> &'c str {
        self.catalogue.columns.titles.get(self.number)
    }

    /// The official name.
    pub fn official_name(self) -> &'c str {
        self.catalogue.columns.official_names.get(self.number)
    }

    /// The values of a field, in the order of the source; none where nothing is recorded.
    pub fn values(self, field: Field) -> impl Iterator<Item = &'c str> {
        self.catalogue.columns.fields.get(&field).into_iter().flat_map(move |column| column.of(self.number))
    }

    /// The only or first value of a field.
    pub fn value(self, field: Field) -> Option<&'c str> {
        self.values(field).next()
    }

    /// Where the instrument stands.
    pub fn enactment(self) -> Enactment {
        self.catalogue.columns.enactments.get(self.number as usize).copied().unwrap_or_default()
    }

    /// Who says where it stands, as tables have it; `None` where nobody does.
    pub fn state_source(self) -> Option<&'c str> {
        self.catalogue.columns.state_sources.of(self.number).next()
    }

    /// Date of the most recent dated event.
    pub fn date(self) -> Option<Date> {
        self.catalogue.columns.dates.get(self.number as usize).copied().flatten()
    }

    /// Year of the most recent dated event.
    pub fn year(self) -> Option<i16> {
        self.date().map(Date::year)
    }

    /// Whether it has a text.
    pub fn has_text(self) -> bool {
        self.standing() != Standing::NoText
    }

    /// Bytes of the latest text; 0 without one.
    pub fn text_bytes(self) -> u32 {
        self.catalogue.columns.text_bytes.get(self.number as usize).copied().unwrap_or_default()
    }

    /// When its current text came; `None` without one.
    pub fn arrived(self) -> Option<Arrival> {
        self.catalogue.columns.arrivals.get(self.number as usize).copied().flatten()
    }

    /// Invented for demonstration.
    pub fn fiction(self) -> bool {
        self.catalogue.columns.fiction.contains(self.number)
    }

    /// Not for the public.
    pub fn private(self) -> bool {
        self.catalogue.columns.private.contains(self.number)
    }

    /// How the document stands with the run.
    pub fn standing(self) -> Standing {
        self.catalogue.columns.standings.get(self.number as usize).copied().unwrap_or(Standing::NoText)
    }

    /// Other documents with the same text.
    pub fn duplicates(self) -> impl Iterator<Item = Self> {
        let text = self.catalogue.columns.text_numbers.get(self.number as usize);
        let group = text.and_then(|text| self.catalogue.columns.shared_texts.get(text));
        let others = group.into_iter().flatten().filter(move |other| **other != self.number);
        others.map(move |other| Self { catalogue: self.catalogue, number: *other })
    }

    /// The level of a code, role (1 when somebody holds it) or flag; `None` when the document is not coded or the
    /// codebook has no such code.
    pub fn level(self, dimension: &str, code: &str) -> Option<u8> {
        let slot = self.catalogue.columns.labels.slot(dimension, Some(code))?;
        (self.standing() == Standing::Coded).then(|| self.catalogue.columns.labels.level(self.number, slot))
    }

    /// Codes of an ordinal, flag or actor dimension with their levels, in codebook order; empty when not coded.
    pub fn levels(self, dimension: &str) -> Vec<(&'c CodeId, u8)> {
        let labels = &self.catalogue.columns.labels;
        let named = self.catalogue.codebook.dimension(dimension).filter(|d| d.kind != Kind::Choice);
        let codes = named.map(|d| d.codes.as_slice()).unwrap_or_default();
        let first = codes.first().and_then(|code| labels.slot(dimension, Some(code.id.as_str())));
        let Some(first) = first.filter(|_| self.standing() == Standing::Coded) else { return vec![] };
        // The slots of a dimension stand side by side, in the order of its codes.
        let level = |at: usize| labels.level(self.number, first + at);
        codes.iter().enumerate().map(|(at, code)| (&code.id, level(at))).collect()
    }

    /// How many codes of the dimension stand at each level, highest level first, the lowest left out.
    pub fn tally(self, dimension: &str) -> Vec<(u8, usize)> {
        let Some(of) = self.catalogue.codebook.dimension(dimension) else { return vec![] };
        let levels = self.levels(dimension);
        let above = (of.lowest() + 1..=of.highest()).rev();
        above.map(|level| (level, levels.iter().filter(|(_, l)| *l == level).count())).collect()
    }

    /// The answer in a choice dimension; `None` when not coded or when the text does not decide.
    pub fn choice(self, dimension: &str) -> Option<&'c CodeId> {
        let slot = self.catalogue.columns.labels.slot(dimension, None)?;
        self.catalogue.columns.labels.choice(self.number, slot)
    }

    /// The form: the answer in the dimension `status`, where the codebook has one.
    pub fn form(self) -> Option<&'c CodeId> {
        let is_choice = |d: &&lacuna_domain::codebook::Dimension| matches!(d.kind, Kind::Choice);
        self.catalogue.codebook.dimension("status").filter(is_choice).and_then(|_| self.choice("status"))
    }

    /// The engine's calibrated probability that the document speaks to a code, whatever the label says; `None` when it
    /// is not coded or the engine gave none.
    pub fn chance(self, dimension: &str, code: &str) -> Option<f32> {
        let slot = self.catalogue.columns.labels.slot(dimension, Some(code))?;
        self.catalogue.columns.labels.chances(slot)?.get(self.number)
    }

    /// Where the document stood on a day; `None` when it was not there yet.
    pub fn state_on(self, on: Date) -> Option<Enactment> {
        self.catalogue.state_on(self.number, on)
    }

    /// Types of a role's entities.
    pub fn types(self, dimension: &str, role: &str) -> Vec<&'c CodeId> {
        let slot = self.catalogue.columns.labels.slot(dimension, Some(role));
        slot.map(|slot| self.catalogue.columns.labels.types(self.number, slot)).unwrap_or_default()
    }
}
