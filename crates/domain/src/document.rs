//! Governance instruments, their metadata and their versions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use crate::enactment::{Enactment, StatusEvent, state_on};
use crate::enactment::{Life, Position};
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
    /// The day from which its duties apply, where that differs from entry into force.
    pub applies_from: Option<Date>,
    /// The day on which it ends by itself.
    pub sunset: Option<Date>,
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

impl Document {
    /// Where the instrument stood on a day, by its own catalogue entry alone. Where what other instruments did to it is
    /// known too, ask [`Life::of`], and what its own text sets, [`Life::by_its_text`].
    pub fn enactment_on(&self, date: Date) -> Position {
        Life::of(&self.metadata, &[]).on(date)
    }
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
