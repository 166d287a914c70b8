//! Rows of `export documents`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use lacuna_domain::document::StatusEvent;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::text::Fault;
use lacuna_domain::{Document, DocumentId, Text, Version};
use lacuna_store::OutcomeState;
use serde::Serialize;

use super::days::Told;
use super::sink::{Cells, json_cell, option_cell, text_cell};

/// What stands before the name of a column of the source.
pub(crate) const EXTRA: &str = "extra: ";

/// One document with all its metadata.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentRow {
    /// Document id.
    pub document: String,
    /// The name to show first.
    pub title: String,
    /// Official name.
    pub official_name: String,
    /// Name in common use.
    pub casual_name: Option<String>,
    /// Issuing authority as catalogued.
    pub authority: Option<String>,
    /// Authorities above it, nearest first.
    pub parent_authorities: Vec<String>,
    /// Jurisdiction.
    pub jurisdiction: Option<String>,
    /// Collections.
    pub collections: Vec<String>,
    /// Whom it applies to, as catalogued.
    pub applies_to: Vec<String>,
    /// Where the instrument stands by its catalogue.
    pub enactment: &'static str,
    /// Date of the most recent dated event.
    pub date: Option<Date>,
    /// Its year.
    pub year: Option<i16>,
    /// The first day of every kind of date, by the kind's id.
    #[serde(flatten)]
    pub days: BTreeMap<DateKind, Option<Date>>,
    /// What happened when, oldest first.
    pub history: Vec<StatusEvent>,
    /// Page of the instrument.
    pub link: Option<String>,
    /// Where the text was taken from.
    pub text_source: Option<String>,
    /// Short summary of the source.
    pub short_summary: Option<String>,
    /// Long summary of the source.
    pub long_summary: Option<String>,
    /// Summaries may be machine output that nobody reviewed, as the source says.
    pub unreviewed_machine_output: bool,
    /// Terms of use of the text.
    pub licence: Option<String>,
    /// Latest version.
    pub version: Option<String>,
    /// Its number, from 1.
    pub version_number: Option<u32>,
    /// When it came in.
    pub ingested_at: Option<String>,
    /// Media type of the original.
    pub media_type: Option<String>,
    /// SHA-256 of the original bytes.
    pub bytes_hash: Option<String>,
    /// SHA-256 of the text.
    pub text: Option<String>,
    /// Characters of the text, in code points.
    pub text_length: Option<usize>,
    /// Main language, ISO 639-1.
    pub language: Option<String>,
    /// Share of letters among characters that are no space, 0 to 1.
    pub letter_share: Option<f64>,
    /// Faults of the text.
    pub faults: Vec<Fault>,
    /// Notes on how the text was extracted.
    pub notes: Vec<String>,
    /// Other documents with the same text.
    pub same_text_as: Vec<String>,
    /// `coded`, `skipped`, `failed`, or `pending`; null without a text.
    pub coding: Option<&'static str>,
    /// Why it was skipped or failed.
    pub coding_reason: Option<String>,
    /// Invented for demonstration.
    pub fiction: bool,
    /// Where the instrument stands, with what other instruments did to it and what its text sets.
    pub state: &'static str,
    /// Who says so: `catalogue: ` and its word, `own text`, or the id of the document that ended it.
    pub state_source: Option<String>,
    /// Columns of the source that have no place of their own.
    pub extra: BTreeMap<String, String>,
}

impl DocumentRow {
    /// The row of a document; `same` are the documents with its text, itself among them, `told` its life.
    pub(super) fn new(
        document: &Document,
        version: Option<&Version>,
        text: Option<&Text>,
        same: &[&DocumentId],
        state: Option<&OutcomeState>,
        told: Told,
    ) -> Self {
        let metadata = document.metadata.clone();
        let others = same.iter().filter(|id| **id != &document.id);
        Self {
            document: document.id.to_string(),
            title: metadata.title().to_owned(),
            date: metadata.history.iter().filter_map(|event| event.date).max(),
            year: metadata.year(),
            days: told.days,
            official_name: metadata.official_name,
            casual_name: metadata.casual_name,
            authority: metadata.authority,
            parent_authorities: metadata.parent_authorities,
            jurisdiction: metadata.jurisdiction,
            collections: metadata.collections,
            applies_to: metadata.applies_to,
            enactment: metadata.enactment.id(),
            history: metadata.history,
            link: metadata.link,
            text_source: metadata.text_source,
            short_summary: metadata.short_summary,
            long_summary: metadata.long_summary,
            unreviewed_machine_output: metadata.unreviewed_machine_output,
            licence: metadata.licence,
            version: version.map(|v| v.id.to_string()),
            version_number: version.map(|v| v.number),
            ingested_at: version.map(|v| v.ingested_at.to_string()),
            media_type: version.map(|v| v.media_type.clone()),
            bytes_hash: version.map(|v| v.bytes_hash.clone()),
            text: version.map(|v| v.text.to_string()),
            text_length: text.map(|t| t.content.chars().count()),
            language: text.and_then(|t| t.language.clone()),
            letter_share: text.map(|t| t.quality.letter_share),
            faults: text.map(|t| t.quality.faults.clone()).unwrap_or_default(),
            notes: version.map(|v| v.notes.clone()).unwrap_or_default(),
            same_text_as: others.map(ToString::to_string).collect(),
            coding: version.map(|_| state.map_or("pending", |s| s.state)),
            coding_reason: state.and_then(|s| s.reason.clone()),
            fiction: metadata.fiction,
            state: told.position.state.id(),
            state_source: Some(told.position.told_by()).filter(|source| !source.is_empty()),
            extra: metadata.extra,
        }
    }

    /// Column names of the CSV form, those of the source last, each after `extra: `.
    pub fn columns(extra: &BTreeSet<String>) -> Vec<String> {
        const CATALOGUED: [&str; 12] = [
            "document",
            "title",
            "official_name",
            "casual_name",
            "authority",
            "parent_authorities",
            "jurisdiction",
            "collections",
            "applies_to",
            "enactment",
            "date",
            "year",
        ];
        const READ: [&str; 24] = [
            "history",
            "link",
            "text_source",
            "short_summary",
            "long_summary",
            "unreviewed_machine_output",
            "licence",
            "version",
            "version_number",
            "ingested_at",
            "media_type",
            "bytes_hash",
            "text",
            "text_length",
            "language",
            "letter_share",
            "faults",
            "notes",
            "same_text_as",
            "coding",
            "coding_reason",
            "fiction",
            "state",
            "state_source",
        ];
        let own = CATALOGUED.into_iter().chain(DateKind::ALL.map(DateKind::id)).chain(READ);
        own.map(str::to_owned).chain(extra.iter().map(|name| format!("{EXTRA}{name}"))).collect()
    }

    pub(super) fn with_columns(self, extra: &BTreeSet<String>) -> Wide<'_> {
        Wide { row: self, extra }
    }
}

/// A document row and the extra columns that the whole export has.
pub(super) struct Wide<'c> {
    row: DocumentRow,
    extra: &'c BTreeSet<String>,
}

impl Serialize for Wide<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.row.serialize(serializer)
    }
}

impl Cells for Wide<'_> {
    fn cells(&self) -> Result<Vec<String>, serde_json::Error> {
        let row = &self.row;
        let date = |date: Option<Date>| date.map(|d| d.to_string()).unwrap_or_default();
        let mut cells = vec![
            text_cell(&row.document),
            text_cell(&row.title),
            text_cell(&row.official_name),
            option_cell(row.casual_name.as_deref()),
            option_cell(row.authority.as_deref()),
            json_cell(&row.parent_authorities)?,
            option_cell(row.jurisdiction.as_deref()),
            json_cell(&row.collections)?,
            json_cell(&row.applies_to)?,
            row.enactment.to_owned(),
            date(row.date),
            row.year.map(|year| year.to_string()).unwrap_or_default(),
        ];
        cells.extend(DateKind::ALL.map(|kind| date(row.days.get(&kind).copied().flatten())));
        cells.extend([
            json_cell(&row.history)?,
            option_cell(row.link.as_deref()),
            option_cell(row.text_source.as_deref()),
            option_cell(row.short_summary.as_deref()),
            option_cell(row.long_summary.as_deref()),
            row.unreviewed_machine_output.to_string(),
            option_cell(row.licence.as_deref()),
            option_cell(row.version.as_deref()),
            row.version_number.map(|number| number.to_string()).unwrap_or_default(),
            option_cell(row.ingested_at.as_deref()),
            option_cell(row.media_type.as_deref()),
            option_cell(row.bytes_hash.as_deref()),
            option_cell(row.text.as_deref()),
            row.text_length.map(|length| length.to_string()).unwrap_or_default(),
            option_cell(row.language.as_deref()),
            row.letter_share.map(|share| share.to_string()).unwrap_or_default(),
            json_cell(&row.faults)?,
            json_cell(&row.notes)?,
            json_cell(&row.same_text_as)?,
            option_cell(row.coding),
            option_cell(row.coding_reason.as_deref()),
            row.fiction.to_string(),
            row.state.to_owned(),
            option_cell(row.state_source.as_deref()),
        ]);
        cells.extend(self.extra.iter().map(|name| option_cell(row.extra.get(name).map(String::as_str))));
        Ok(cells)
    }
}
