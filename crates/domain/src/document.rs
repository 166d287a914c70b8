//! Governance instruments, their metadata and their versions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, TextId, VersionId};

/// A governance instrument as catalogued: its id and what is known about it besides its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// `source:id`.
    pub id: DocumentId,
    /// Catalogue data; never seen by an engine.
    pub metadata: Metadata,
}

/// Catalogue data of a document. Engines never see it: labels depend on the text alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Official name, or the best title found in the file.
    pub official_name: String,
    /// Name in common use.
    pub casual_name: Option<String>,
    /// Issuing authority as catalogued.
    pub authority: Option<String>,
    /// Jurisdiction, resolved through the authority and its parents.
    pub jurisdiction: Option<String>,
    /// Authorities above the issuing one, nearest first.
    pub parent_authorities: Vec<String>,
    /// Collections the document belongs to.
    pub collections: Vec<String>,
    /// Whom it applies to, as catalogued: `government`, `private sector`.
    pub applies_to: Vec<String>,
    /// Where the instrument stands; never mixed with its form.
    pub enactment: Enactment,
    /// What happened when, oldest first.
    pub history: Vec<StatusEvent>,
    /// Page of the instrument.
    pub link: Option<String>,
    /// Where the text was taken from.
    pub text_source: Option<String>,
    /// When the text was taken from there.
    pub retrieved: Option<Date>,
    /// The archive's short summary.
    pub short_summary: Option<String>,
    /// The archive's long summary.
    pub long_summary: Option<String>,
    /// The archive's own flag: summaries and tags may include unreviewed machine output.
    pub unreviewed_machine_output: bool,
    /// Terms under which the text may be used, where known.
    pub licence: Option<String>,
    /// Invented for demonstration; every page and export says so.
    pub fiction: bool,
    /// Never published, exported or served to the public.
    pub private: bool,
    /// Columns that no field above stands for, by their name in the source.
    pub extra: BTreeMap<String, String>,
}

impl Metadata {
    /// The name to show first: casual where there is one, else official.
    pub fn title(&self) -> &str {
        self.casual_name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&self.official_name)
    }

    /// The year that lists sort and filter by: that of the most recent dated event.
    pub fn year(&self) -> Option<i16> {
        self.history.iter().filter_map(|event| event.date).max().map(Date::year)
    }
}

/// Where an instrument stands. Metadata, never asserted from the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enactment {
    /// Introduced, not yet decided.
    Proposed,
    /// Passed or adopted.
    Enacted,
    /// Binding today.
    InForce,
    /// Lapsed, failed, withdrawn or revoked.
    Defunct,
    /// The source does not say.
    #[default]
    Unknown,
}

impl Enactment {
    /// Every state, in the order a list shows them.
    pub const ALL: [Self; 5] = [Self::Proposed, Self::Enacted, Self::InForce, Self::Defunct, Self::Unknown];

    /// Stable identifier in addresses and exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Enacted => "enacted",
            Self::InForce => "in_force",
            Self::Defunct => "defunct",
            Self::Unknown => "unknown",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "Proposed",
            Self::Enacted => "Enacted",
            Self::InForce => "In force",
            Self::Defunct => "Defunct",
            Self::Unknown => "Not recorded",
        }
    }

    /// Whether an instrument in this state is in force: what the catalogue calls enacted counts, since catalogues seldom
    /// say from which day it applies.
    pub const fn in_force(self) -> bool {
        matches!(self, Self::Enacted | Self::InForce)
    }

    /// Whether an instrument in this state is no more.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Defunct)
    }

    /// The state with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }
}

/// Where an instrument stood on the day `on`, by a history in order; `None` when it was not there yet.
///
/// The last step dated on or before the day decides. A step without a date is taken to follow the dated ones before it,
/// except that one into a dead state holds on every day: what cannot be shown to have been alive counts as dead.
pub fn state_on(history: impl IntoIterator<Item = (Option<Date>, Enactment)>, on: Date) -> Option<Enactment> {
    let (mut state, mut waiting) = (None, false);
    for (date, entered) in history {
        match date {
            Some(date) if date > on => waiting = true,
            Some(_) => state = Some(entered),
            None if entered.is_dead() => return Some(entered),
            None if !waiting => state = Some(entered),
            None => {}
        }
    }
    state
}

/// One dated step in the life of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEvent {
    /// The state entered.
    pub state: Enactment,
    /// When, where the source says so.
    pub date: Option<Date>,
    /// The source's own word, such as "Enacted".
    pub source_word: String,
}

/// One text of a document at one time. Never changed once stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Content address.
    pub id: VersionId,
    /// The document.
    pub document: DocumentId,
    /// 1 for the first version, counting up in the order of arrival.
    pub number: u32,
    /// SHA-256 of the original bytes.
    pub bytes_hash: String,
    /// Media type of the original, such as `application/pdf`.
    pub media_type: String,
    /// The extracted text.
    pub text: TextId,
    /// When it came into the store.
    pub ingested_at: Timestamp,
    /// Byte offset in the text at which each page starts; empty where the format has no pages.
    pub page_starts: Vec<u32>,
    /// What the extraction of this version must confess, such as a doubtful reading order.
    pub notes: Vec<String>,
}

impl Version {
    /// The page, from 1, on which byte `offset` lies, where the format has pages.
    pub fn page_at(&self, offset: usize) -> Option<usize> {
        let after = self.page_starts.partition_point(|start| *start as usize <= offset);
        (after > 0).then_some(after)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_state_on_a_day_follows_the_dates_and_a_dead_bill_stays_dead() {
        let bill = [
            (Some(date(2023, 1, 10)), Enactment::Proposed),
            (Some(date(2023, 6, 1)), Enactment::Enacted),
            (Some(date(2025, 2, 1)), Enactment::Defunct),
        ];
        let on = |y, m, d| state_on(bill, date(y, m, d));
        assert_eq!(on(2022, 12, 31), None);
        assert_eq!(on(2023, 5, 31), Some(Enactment::Proposed));
        assert_eq!(on(2023, 6, 1), Some(Enactment::Enacted));
        assert_eq!(on(2026, 1, 1), Some(Enactment::Defunct));
        let undated = [(Some(date(2023, 1, 10)), Enactment::Proposed), (None, Enactment::Defunct)];
        assert_eq!(state_on(undated, date(2023, 2, 1)), Some(Enactment::Defunct));
        let enacted = [(Some(date(2024, 1, 10)), Enactment::Proposed), (None, Enactment::Enacted)];
        assert_eq!(state_on(enacted, date(2023, 2, 1)), None);
        assert_eq!(state_on(enacted, date(2024, 2, 1)), Some(Enactment::Enacted));
    }
}
