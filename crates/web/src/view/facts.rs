//! Catalogue facts of a document and of the text that is shown.

use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::text::language_name;
use lacuna_domain::{Document, DocumentId, Text, TextId, Version, VersionId};
use lacuna_store::catalogue::{Catalogue, Record};
use serde::Serialize;

use crate::address;

/// A document by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentLink {
    /// The id.
    pub id: DocumentId,
    /// Name for readers.
    pub title: String,
    /// Address.
    pub href: String,
    /// Where it stands, for readers.
    pub enactment: &'static str,
    /// Whether it is no more.
    pub dead: bool,
}

impl DocumentLink {
    /// The link to `document`, which stands where its own metadata say.
    pub fn of(document: &Document) -> Self {
        Self::to(document.id.clone(), title_of(document), document.metadata.enactment)
    }

    /// The link to `document`, which stands where lists have it.
    pub fn within(document: &Document, catalogue: &Catalogue) -> Self {
        Self::to(document.id.clone(), title_of(document), enactment_of(document, catalogue))
    }

    /// The link to a document of a catalogue; `None` where its id is none.
    pub fn of_record(record: Record<'_>) -> Option<Self> {
        Some(Self::to(record.id().parse().ok()?, record.title().to_owned(), record.enactment()))
    }

    fn to(id: DocumentId, title: String, state: Enactment) -> Self {
        Self { href: address::document(&id), id, title, enactment: state.name(), dead: state.is_dead() }
    }
}

/// Where `document` stands as lists have it, with what other documents did to it and what its text sets; where its own
/// metadata say when `catalogue` does not have it.
pub(crate) fn enactment_of(document: &Document, catalogue: &Catalogue) -> Enactment {
    catalogue.record_of(document.id.as_str()).map_or(document.metadata.enactment, Record::enactment)
}

/// The name of a document, or its id where the catalogue has none.
pub(crate) fn title_of(document: &Document) -> String {
    let title = document.metadata.title().trim();
    if title.is_empty() { document.id.to_string() } else { title.to_owned() }
}

/// A dated step in the life of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `proposed`, `adopted`, …
    pub state: &'static str,
    /// Name for readers.
    pub name: &'static str,
    /// The day, or `date not recorded`.
    pub date: String,
    /// The source's own word, where it says something else.
    pub source_word: String,
}

impl Event {
    fn of(event: &StatusEvent) -> Self {
        let name = event.state.name();
        let word = event.source_word.trim();
        Self {
            state: event.state.id(),
            name,
            date: event.date.map_or_else(|| "date not recorded".to_owned(), |d| d.to_string()),
            source_word: if word.eq_ignore_ascii_case(name) { String::new() } else { word.to_owned() },
        }
    }
}

/// What the catalogue says of a document; no engine has seen it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// The id.
    pub id: DocumentId,
    /// Name to show first.
    pub title: String,
    /// Official name.
    pub official_name: String,
    /// Name in common use.
    pub casual_name: Option<String>,
    /// Issuing authority.
    pub authority: Option<String>,
    /// Authorities above it, nearest first.
    pub parent_authorities: Vec<String>,
    /// Jurisdiction.
    pub jurisdiction: Option<String>,
    /// Collections.
    pub collections: Vec<String>,
    /// Whom it applies to.
    pub applies_to: Vec<String>,
    /// `proposed`, `adopted`, … of the catalogue.
    pub enactment: &'static str,
    /// Name of that state for readers.
    pub enactment_name: &'static str,
    /// What happened when, oldest first.
    pub history: Vec<Event>,
    /// Page of the instrument.
    pub link: Option<String>,
    /// Where the text was taken from.
    pub text_source: Option<String>,
    /// When it was taken from there.
    pub retrieved: Option<String>,
    /// Terms of use.
    pub licence: Option<String>,
    /// The archive's short summary.
    pub short_summary: Option<String>,
    /// The archive's long summary.
    pub long_summary: Option<String>,
    /// The archive's own flag on summaries and tags.
    pub unreviewed_machine_output: bool,
    /// Invented for demonstration.
    pub fiction: bool,
    /// Columns of the source without a field of their own.
    pub extra: std::collections::BTreeMap<String, String>,
}

impl Facts {
    /// The facts of `document`.
    pub fn of(document: &Document) -> Self {
        let m = &document.metadata;
        Self {
            id: document.id.clone(),
            title: title_of(document),
            official_name: m.official_name.clone(),
            casual_name: filled(m.casual_name.as_deref()),
            authority: filled(m.authority.as_deref()),
            parent_authorities: m.parent_authorities.clone(),
            jurisdiction: filled(m.jurisdiction.as_deref()),
            collections: m.collections.clone(),
            applies_to: m.applies_to.clone(),
            enactment: m.enactment.id(),
            enactment_name: m.enactment.name(),
            history: m.history.iter().map(Event::of).collect(),
            link: web_link(m.link.as_deref()),
            text_source: filled(m.text_source.as_deref()),
            retrieved: m.retrieved.map(|d| d.to_string()),
            licence: filled(m.licence.as_deref()),
            short_summary: filled(m.short_summary.as_deref()),
            long_summary: filled(m.long_summary.as_deref()),
            unreviewed_machine_output: m.unreviewed_machine_output,
            fiction: m.fiction,
            extra: m.extra.clone(),
        }
    }

    /// The official name where it differs from the title.
    pub fn subtitle(&self) -> Option<&str> {
        let official = self.official_name.trim();
        (!official.is_empty() && official != self.title).then_some(official)
    }

    /// Whether the instrument's state is known.
    pub fn enactment_known(&self) -> bool {
        self.enactment != Enactment::Unknown.id()
    }

    /// The source of the text as a link, where it is one.
    pub fn text_source_link(&self) -> Option<String> {
        web_link(self.text_source.as_deref())
    }

    /// The list filtered by the authority.
    pub fn authority_href(&self) -> String {
        address::filtered("authority", self.authority.as_deref().unwrap_or_default())
    }

    /// The list filtered by the jurisdiction.
    pub fn jurisdiction_href(&self) -> String {
        address::filtered("jurisdiction", self.jurisdiction.as_deref().unwrap_or_default())
    }

    /// The list filtered by a collection.
    pub fn collection_href(&self, collection: &str) -> String {
        address::filtered("collection", collection)
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Only web addresses become links; a catalogue must not be able to plant a script.
fn web_link(text: Option<&str>) -> Option<String> {
    let link = filled(text)?;
    let lower = link.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")).then_some(link)
}

/// The text that is shown: which version, from when, and what its extraction must confess.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionFacts {
    /// Content address.
    pub id: VersionId,
    /// 1 for the first.
    pub number: u32,
    /// Versions in all.
    pub of: usize,
    /// Whether a newer version exists.
    pub superseded: bool,
    /// Hash of the text.
    pub text: TextId,
    /// Hash of the original bytes.
    pub bytes_hash: String,
    /// Media type of the original.
    pub media_type: String,
    /// When it came into the store.
    pub ingested: String,
    /// The day on which the text read so: when it was retrieved, else when it came in.
    pub as_of: String,
    /// Main language.
    pub language: Option<String>,
    /// Characters of the text.
    pub characters: usize,
    /// Pages of the original; 0 where the format has none.
    pub pages: usize,
    /// What the extraction confesses.
    pub notes: Vec<String>,
    /// Address of the page that shows this version.
    pub href: String,
}

impl VersionFacts {
    /// The facts of `version` with `text`, one of `of` versions of `document`.
    pub fn of(document: &Document, version: &Version, text: Option<&Text>, of: usize) -> Self {
        let ingested = super::provenance::day(version.ingested_at);
        let faults = text.into_iter().flat_map(|t| t.quality.faults.iter().map(|f| f.what.clone()));
        let superseded = (version.number as usize) < of;
        let own = address::document(&document.id);
        Self {
            id: version.id.clone(),
            number: version.number,
            of,
            superseded,
            text: version.text.clone(),
            bytes_hash: version.bytes_hash.clone(),
            media_type: version.media_type.clone(),
            as_of: document.metadata.retrieved.map_or_else(|| ingested.clone(), |d| d.to_string()),
            ingested,
            language: text.and_then(|t| t.language.clone()),
            characters: text.map_or(0, |t| t.content.chars().count()),
            pages: version.page_starts.len(),
            notes: version.notes.iter().cloned().chain(faults).collect(),
            href: if superseded { format!("{own}?v={}", version.number) } else { own },
        }
    }

    /// Name of the language for readers.
    pub(crate) fn language_name(&self) -> &str {
        self.language.as_deref().map_or("not determined", language_name)
    }
}
