//! The documents of an audit: those that speak to a code and those without its label, the first of each for the page, all of
//! them for the table.

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::response::Response;
use lacuna_domain::codebook::{Code, Dimension};
use lacuna_domain::filter::{CodeTest, Condition, Field};
use lacuna_pipeline::analyze::gaps::{States, parted};
use lacuna_store::catalogue::{Catalogue, DocumentSet, Record, Selection};
use serde::Serialize;

use super::Asked;
use crate::error::WebError;
use crate::pieces::{self, some_at_a_time};
use crate::reply::{self, csv_row};
use crate::state::Snapshot;
use crate::view::{Glyph, percent};

/// A document that came near, or that speaks to the code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditRow {
    /// The id.
    pub id: String,
    /// Name to show first.
    pub title: String,
    /// Jurisdiction.
    pub jurisdiction: Option<String>,
    /// Where it stood on the day.
    pub state: String,
    /// Whether it stood on the day.
    pub standing: bool,
    /// Whether it bound on the day.
    pub binding: bool,
    /// Name of its level.
    pub level: String,
    /// How the level looks.
    #[serde(skip)]
    pub glyph: Glyph,
    /// The engine's calibrated probability that it speaks to the code.
    pub chance: Option<f32>,
    /// Its page, at the label or at what was looked for.
    pub href: String,
}

impl AuditRow {
    /// The probability in words.
    pub(crate) fn chance_words(&self) -> String {
        percent(self.chance)
    }
}

/// Columns of the table; the last says which list a row is of.
const COLUMNS: [&str; 11] = [
    "document",
    "title",
    "jurisdiction",
    "level",
    "probability",
    "state",
    "standing",
    "binding",
    "on",
    "fiction",
    "list",
];

/// A code, the day, and the classified documents of a set on either side.
#[derive(Clone, Debug)]
pub(super) struct Audit {
    dimension: Dimension,
    code: Code,
    states: States,
    speaking: DocumentSet,
    without: DocumentSet,
}

impl Audit {
    /// Of `code` among the documents of `selection`.
    pub(super) fn of(catalogue: &Catalogue, asked: &Asked, code: &Code, selection: &Selection) -> Self {
        let (speaking, without) = parted(catalogue, selection.documents(), &asked.dimension, code);
        Self {
            dimension: asked.dimension.clone(),
            code: code.clone(),
            states: States::on(catalogue, asked.on),
            speaking,
            without,
        }
    }

    /// Where instruments stood on the day.
    pub(super) const fn states(&self) -> &States {
        &self.states
    }

    /// How many documents are without the label.
    pub(super) fn without(&self) -> u64 {
        self.without.len()
    }

    /// The documents that speak to the code, at most `most`: binding, standing, highest level first.
    pub(super) fn speaking(&self, catalogue: &Catalogue, most: usize) -> Vec<u32> {
        let (dimension, code) = (&self.dimension.id, &self.code.id);
        let level = |from| {
            let test = CodeTest::Levels { from, to: from };
            catalogue.holding_alone(&Condition::Code(dimension.clone(), code.clone(), test))
        };
        let levels: Vec<DocumentSet> = match self.dimension.levels() {
            [] => vec![self.speaking.clone()],
            levels => levels.iter().rev().map(|one| level(one.value)).collect(),
        };
        let (standing, binding) =
            (&self.speaking & self.states.standing(), &self.speaking & self.states.binding());
        let ranks = [binding.clone(), &standing - &binding, &(&self.speaking - &standing) - &binding];
        let sets = ranks.iter().flat_map(|rank| levels.iter().map(move |level| rank & level));
        // Of each set no more are looked at than are wanted: a page shows few of those that speak.
        sets.flat_map(|set| set.iter().take(most).collect::<Vec<_>>()).take(most).collect()
    }

    /// The documents without the label that came nearest, at most `most`, the likeliest first; those for which the engine gave
    /// no probability are left out.
    pub(super) fn nearest(&self, catalogue: &Catalogue, most: usize) -> Vec<u32> {
        let (dimension, code) = (self.dimension.id.as_str(), self.code.id.as_str());
        let likeliest = catalogue.likeliest(&self.without, dimension, code, most);
        likeliest.into_iter().map(|(number, _)| number).collect()
    }

    /// Every document without the label: the likeliest first, at last those without a probability.
    fn all_without(&self, catalogue: &Catalogue) -> Vec<u32> {
        let mut all = self.nearest(catalogue, usize::MAX);
        let known: DocumentSet = all.iter().copied().collect();
        all.extend(&self.without - &known);
        all
    }

    /// What is shown of the documents with these numbers.
    pub(super) fn rows(&self, catalogue: &Catalogue, numbers: &[u32]) -> Vec<AuditRow> {
        let records = numbers.iter().filter_map(|number| catalogue.record(*number));
        records.map(|record| self.row(record)).collect()
    }

    fn row(&self, record: Record<'_>) -> AuditRow {
        let (dimension, code) = (self.dimension.id.as_str(), self.code.id.as_str());
        let level = record.level(dimension, code).unwrap_or(self.dimension.lowest());
        let value = if self.dimension.levels().is_empty() {
            lacuna_domain::Value::Flag(level > 0)
        } else {
            lacuna_domain::Value::Level(level)
        };
        let glyph = Glyph::of(&self.dimension, &value);
        let positive = glyph != Glyph::Empty;
        let binding = self.states.binding().contains(record.number());
        let form = if binding { "hard law, " } else { "" };
        let place = crate::address::segment(record.id());
        AuditRow {
            id: record.id().to_owned(),
            title: record.title().to_owned(),
            jurisdiction: record.value(Field::Jurisdiction).map(str::to_owned),
            state: record.state_on(self.states.day()).map_or_else(
                || "not there yet".to_owned(),
                |state| format!("{form}{}", state.name().to_lowercase()),
            ),
            standing: self.states.standing().contains(record.number()),
            binding,
            level: if positive {
                self.dimension.value_name(&value).to_owned()
            } else {
                "not found".to_owned()
            },
            glyph,
            chance: record.chance(dimension, code),
            href: if positive {
                format!("/documents/{place}#{}", crate::address::label_anchor(dimension, code))
            } else {
                format!("/documents/{place}#d-{dimension}")
            },
        }
    }

    /// Both lists whole, as a table that is written while it is read.
    pub(super) fn table(
        self,
        snapshot: &Arc<Snapshot>,
        known: Option<&HeaderValue>,
    ) -> Result<Response, WebError> {
        let catalogue = &snapshot.catalogue;
        let (speaking, without) = (self.speaking(catalogue, usize::MAX), self.all_without(catalogue));
        let (day, first) = (self.states.day().to_string(), speaking.len().to_string());
        let asked = [self.dimension.id.as_str(), self.code.id.as_str(), day.as_str(), first.as_str()];
        let records = speaking.iter().chain(&without).filter_map(|number| catalogue.record(*number));
        let made_of = asked.into_iter().chain(records.map(Record::id));
        let tag = reply::tag_of_rows(snapshot, snapshot.run.as_ref(), made_of)?;
        let mut head = String::new();
        csv_row(&mut head, COLUMNS);
        let list =
            |name: &'static str, numbers: &[u32]| some_at_a_time(numbers).map(move |some| (name, some));
        let lists = list("speaking", &speaking).chain(list("without", &without));
        let source = Arc::clone(snapshot);
        let rows = lists.map(move |(list, some)| self.csv(&source, list, &some));
        Ok(reply::stream("absence.csv", reply::CSV, tag, known, pieces::table(head, rows)))
    }

    /// Rows of one list.
    fn csv(&self, snapshot: &Snapshot, list: &str, numbers: &[u32]) -> String {
        let mut out = String::new();
        let on = self.states.day().to_string();
        let fiction = if snapshot.provenance.fiction { "fiction" } else { "" };
        let yes_no = |yes: bool| if yes { "yes" } else { "no" };
        for row in self.rows(&snapshot.catalogue, numbers) {
            let chance = row.chance.map_or_else(String::new, |p| format!("{p:.3}"));
            csv_row(
                &mut out,
                [
                    row.id.as_str(),
                    row.title.as_str(),
                    row.jurisdiction.as_deref().unwrap_or_default(),
                    row.level.as_str(),
                    chance.as_str(),
                    row.state.as_str(),
                    yes_no(row.standing),
                    yes_no(row.binding),
                    on.as_str(),
                    fiction,
                    list,
                ],
            );
        }
        out
    }
}
