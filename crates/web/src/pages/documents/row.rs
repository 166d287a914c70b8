//! One document in a list, and the same as a row of CSV.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::Field;
use lacuna_store::catalogue::{Record, Standing};
use serde::Serialize;

use crate::reply::csv_row;
use crate::state::Snapshot;
use crate::view::Glyph;

use super::days::{self, Days};

/// A piece of a snippet; the pieces in order are the words of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether they match the search.
    pub hit: bool,
}

/// Where the words were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The words around the match.
    pub pieces: Vec<Piece>,
    /// Headings above the passage.
    pub place: String,
    /// Whether the passage begins before the words.
    pub before: bool,
    /// Whether it goes on after them.
    pub after: bool,
    /// Address of the passage.
    pub href: String,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its number in this snapshot's catalogue.
    #[serde(skip)]
    pub number: u32,
    /// The id.
    pub id: String,
    /// Name to show first.
    pub title: String,
    /// Official name, where it differs.
    pub official_name: Option<String>,
    /// Issuing authority as catalogued.
    pub authority: Option<String>,
    /// Jurisdiction.
    pub jurisdiction: Option<String>,
    /// Collections.
    pub collections: Vec<String>,
    /// `proposed`, `adopted`, …
    pub enactment: &'static str,
    /// Name of that state.
    pub enactment_name: &'static str,
    /// Who says so: `catalogue: ` and its word, `own text`, or the id of the document that ended it.
    pub state_source: Option<String>,
    /// Whether it is no more.
    pub dead: bool,
    /// Answer of the form dimension.
    pub form: Option<String>,
    /// Date of the most recent dated event.
    pub date: Option<String>,
    /// Main language of the text.
    pub language: Option<String>,
    /// Invented for demonstration.
    pub fiction: bool,
    /// Why there are no labels; empty when there are.
    pub not_coded: &'static str,
    /// Level of each code of the first ordinal dimension, `(code, level)`; empty when not coded.
    pub levels: Vec<(String, u8)>,
    /// How those levels look.
    #[serde(skip)]
    pub glyphs: Vec<Glyph>,
    /// Such as `4 Good, 2 Minimal`.
    pub tally: String,
    /// Other documents with the same text.
    pub duplicates: usize,
    /// Where the words were found best.
    pub snippet: Option<Snippet>,
    /// Where else they were found, the next best first.
    pub more_snippets: Vec<Snippet>,
    /// Address.
    pub href: String,
}

impl Row {
    /// The row of `record` under `codebook`.
    pub fn of(record: Record<'_>, codebook: &Codebook) -> Self {
        let text = |field| record.value(field).map(str::to_owned);
        let ordinal = strip_dimension(codebook);
        let levels = ordinal.map(|d| record.levels(d.id.as_str())).unwrap_or_default();
        let title = if record.title().trim().is_empty() { record.id() } else { record.title() };
        let official = record.official_name().trim();
        Self {
            number: record.number(),
            id: record.id().to_owned(),
            official_name: (!official.is_empty() && official != title).then(|| official.to_owned()),
            title: title.to_owned(),
            authority: text(Field::Authority),
            jurisdiction: text(Field::Jurisdiction),
            collections: record.values(Field::Collection).map(str::to_owned).collect(),
            enactment: record.enactment().id(),
            enactment_name: record.enactment().name(),
            state_source: record.state_source().map(str::to_owned),
            dead: record.enactment().is_dead(),
            form: form(record, codebook),
            date: record.date().map(|d| d.to_string()),
            language: text(Field::Language),
            fiction: record.fiction(),
            not_coded: super::list::standing_words(record.standing()),
            glyphs: ordinal.map(|d| glyphs(d, &levels)).unwrap_or_default(),
            tally: ordinal.map(|d| tally(d, record)).unwrap_or_default(),
            levels: levels.into_iter().map(|(code, level)| (code.to_string(), level)).collect(),
            duplicates: record.duplicates().count(),
            snippet: None,
            more_snippets: vec![],
            href: format!("/documents/{}", crate::address::segment(record.id())),
        }
    }

    /// Width of the small strip.
    pub(crate) fn strip_width(&self) -> usize {
        self.glyphs.len() * 10
    }

    /// Cells of the small strip: left edge and look.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (usize, Glyph)> {
        self.glyphs.iter().enumerate().map(|(place, glyph)| (place * 10, *glyph))
    }
}

/// The dimension whose codes the small strip shows: the first ordinal one.
pub(crate) fn strip_dimension(codebook: &Codebook) -> Option<&Dimension> {
    codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Ordinal { .. }))
}

fn form(record: Record<'_>, codebook: &Codebook) -> Option<String> {
    let dimension = codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Choice))?;
    let option = record.choice(dimension.id.as_str())?;
    dimension.code(option.as_str()).map(|c| c.name.clone())
}

fn glyphs(dimension: &Dimension, levels: &[(&lacuna_domain::CodeId, u8)]) -> Vec<Glyph> {
    levels.iter().map(|(_, level)| Glyph::of(dimension, &lacuna_domain::Value::Level(*level))).collect()
}

fn tally(dimension: &Dimension, record: Record<'_>) -> String {
    if record.standing() != Standing::Coded {
        return String::new();
    }
    let name = |level: u8| dimension.levels().iter().find(|l| l.value == level).map_or("?", |l| &l.name);
    let counts: Vec<String> = record
        .tally(dimension.id.as_str())
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{count} {}", name(level)))
        .collect();
    if counts.is_empty() { "none found".to_owned() } else { counts.join(", ") }
}

/// The dimensions and codes that have a column each; of a choice, the dimension alone.
fn columns(codebook: &Codebook) -> Vec<(&Dimension, Option<&str>)> {
    let mut codes: Vec<(&Dimension, Option<&str>)> = Vec::new();
    for dimension in &codebook.dimensions {
        if matches!(dimension.kind, Kind::Choice) {
            codes.push((dimension, None));
        } else {
            codes.extend(dimension.codes.iter().map(|c| (dimension, Some(c.id.as_str()))));
        }
    }
    codes
}

/// The columns of facts from the catalogue.
const FACTS: [&str; 12] = [
    "document",
    "title",
    "official_name",
    "authority",
    "jurisdiction",
    "collections",
    "enactment",
    "date",
    "language",
    "fiction",
    "standing",
    "run",
];

/// The rows as CSV: catalogue facts, the first date of every kind, then one column per code of every dimension, blank where not
/// coded, and who says where the instrument stands.
pub fn csv(snapshot: &Snapshot, rows: &[Row]) -> String {
    csv_head(snapshot) + &csv_rows(snapshot, rows)
}

/// The names of the columns.
pub(super) fn csv_head(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    let names: Vec<String> = columns(&snapshot.codebook)
        .iter()
        .map(|(d, code)| code.map_or_else(|| d.id.to_string(), |code| format!("{}:{code}", d.id)))
        .collect();
    let names = names.iter().map(String::as_str).chain(["state_source"]);
    csv_row(&mut out, FACTS.into_iter().chain(days::columns()).chain(names));
    out
}

/// The rows below them.
pub(super) fn csv_rows(snapshot: &Snapshot, rows: &[Row]) -> String {
    let mut out = String::new();
    let codes = columns(&snapshot.codebook);
    let days = Days::of(&snapshot.catalogue, &rows.iter().map(|row| row.number));
    let run = snapshot.run.as_ref().map_or("", |r| r.id.as_str());
    for row in rows {
        let Some(record) = snapshot.catalogue.record(row.number) else { continue };
        let levels: Vec<String> = codes
            .iter()
            .map(|(d, code)| match code {
                Some(code) => record.level(d.id.as_str(), code).map_or_else(String::new, |l| l.to_string()),
                None => record.choice(d.id.as_str()).map_or_else(String::new, ToString::to_string),
            })
            .collect();
        let collections = row.collections.join("; ");
        let optional = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        let facts = [
            row.id.clone(),
            row.title.clone(),
            row.official_name.clone().unwrap_or_else(|| row.title.clone()),
            optional(&row.authority),
            optional(&row.jurisdiction),
            collections,
            row.enactment.to_owned(),
            optional(&row.date),
            optional(&row.language),
            row.fiction.to_string(),
            if row.not_coded.is_empty() { "classified".to_owned() } else { row.not_coded.to_owned() },
            run.to_owned(),
        ];
        let dated = days.cells(row.number);
        let last = [optional(&row.state_source)];
        csv_row(&mut out, facts.iter().chain(&dated).chain(&levels).chain(&last).map(String::as_str));
    }
    out
}
