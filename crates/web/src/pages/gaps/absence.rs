//! `GET /gaps/{dimension}/{code}`: an absence that can be checked: what was looked for in which documents, what came
//! nearest, and which documents speak to the code without counting.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use lacuna_domain::codebook::{Code, Cues, Dimension};
use lacuna_domain::filter::{CodeTest, Condition, Field, NONE};
use lacuna_domain::text::language_name;
use lacuna_pipeline::analyze::gaps::{CodeGap, States, gaps, nearest};
use lacuna_store::catalogue::{Catalogue, DocumentSet, FacetValue, Record, Selection};
use serde::Serialize;

use super::{Asked, cell, exactly};
use crate::error::WebError;
use crate::find::{self, Found};
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Glyph, Provenance, Reliability, Section, SetForm, VerdictView, narrowed, percent};

/// A document that came near, or that speaks to the code without counting.
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

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/absence.html")]
pub struct AbsencePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) set: SetForm,
    pub(crate) on: Date,
    pub(crate) dimension: String,
    pub(crate) dimension_name: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) numbered: bool,
    pub(crate) definition: String,
    pub(crate) code_href: String,
    /// How far labels of the code can be trusted.
    pub(crate) trust: Reliability,
    /// How it stands, with its counts.
    pub(crate) gap: CodeGap,
    /// Documents of the set.
    pub(crate) documents: u64,
    pub(crate) classified: u64,
    /// Classified documents that were there on the day: the denominator of the verdict.
    pub(crate) there: u64,
    pub(crate) standing: u64,
    pub(crate) binding: u64,
    /// The sentence under which every absence stands.
    pub(crate) absence: String,
    /// Languages of the texts that were read, with their number.
    pub(crate) languages: Vec<(String, u64)>,
    /// Terms that point the built-in engine to passages, in the languages of the set.
    pub(crate) cues: BTreeMap<String, Cues>,
    /// What else counts.
    pub(crate) include: Vec<String>,
    /// Documents that speak to it, binding ones first.
    pub(crate) speaking: Vec<AuditRow>,
    pub(crate) speaking_href: Option<String>,
    /// Documents without the label that came nearest.
    pub(crate) nearest: Vec<AuditRow>,
    /// Documents without the label.
    pub(crate) without: u64,
    #[serde(skip)]
    pub(crate) without_href: Option<String>,
    #[serde(skip)]
    pub(crate) back: String,
}

/// Documents named on each side.
const NAMED: usize = 15;

impl AbsencePage {
    pub(crate) fn verdict(&self) -> VerdictView {
        VerdictView(self.gap.verdict)
    }
}

/// The address of the page of a code.
pub(crate) fn path(dimension: &Dimension, code: &str) -> String {
    format!("/gaps/{}/{}", crate::address::segment(dimension.id.as_str()), crate::address::segment(code))
}

fn audit_row(
    record: Record<'_>,
    dimension: &Dimension,
    code: &Code,
    states: &States,
    chance: Option<f32>,
) -> AuditRow {
    let level = record.level(dimension.id.as_str(), code.id.as_str()).unwrap_or(dimension.lowest());
    let value = if dimension.levels().is_empty() {
        lacuna_domain::Value::Flag(level > 0)
    } else {
        lacuna_domain::Value::Level(level)
    };
    let glyph = Glyph::of(dimension, &value);
    let positive = glyph != Glyph::Empty;
    let number = record.number();
    let binding = states.binding().contains(number);
    let form = if binding { "hard law, " } else { "" };
    let place = crate::address::segment(record.id());
    AuditRow {
        id: record.id().to_owned(),
        title: record.title().to_owned(),
        jurisdiction: record.value(Field::Jurisdiction).map(str::to_owned),
        state: record.state_on(states.day()).map_or_else(
            || "not there yet".to_owned(),
            |state| format!("{form}{}", state.name().to_lowercase()),
        ),
        standing: states.standing().contains(number),
        binding,
        level: if positive { dimension.value_name(&value).to_owned() } else { "not found".to_owned() },
        glyph,
        chance,
        href: if positive {
            format!(
                "/documents/{place}#{}",
                crate::address::label_anchor(dimension.id.as_str(), code.id.as_str())
            )
        } else {
            format!("/documents/{place}#d-{}", dimension.id)
        },
    }
}

/// Languages of the classified texts of a selection: only these were read.
fn languages(catalogue: &Catalogue, selection: &Selection) -> Vec<FacetValue> {
    let read = selection.narrowed_to(catalogue, &Condition::Field(Field::Coded, "yes".to_owned()));
    catalogue.field_facet(&read, Field::Language).into_iter().filter(|value| value.count > 0).collect()
}

fn language_words(value: &FacetValue) -> (String, u64) {
    let name = match &value.condition {
        Condition::Field(_, language) if language == NONE => "a language that was not determined".to_owned(),
        _ => value.label.clone(),
    };
    (name, value.count)
}

fn build(app: &App, snapshot: &Snapshot, asked: &Asked, code: &Code, found: &Found) -> Option<AbsencePage> {
    let (catalogue, dimension, selection) = (&snapshot.catalogue, &asked.dimension, &found.selection);
    let states = States::on(catalogue, asked.on);
    let counted = gaps(catalogue, selection, dimension, &states);
    let gap = counted.codes.iter().find(|c| c.code == code.id.as_str())?.clone();
    let own: Vec<(String, String)> = asked.day().into_iter().collect();
    let here = path(dimension, code.id.as_str());
    let set = SetForm::of(&here, &own, &["on"], selection, snapshot);
    let back = narrowed("/gaps", &asked.own(&snapshot.codebook), &asked.filter);
    let chrome = chrome(app, snapshot, asked, code, &back, &counted.absence());
    let languages = languages(catalogue, selection);
    let known = |language: &str| {
        languages.iter().any(|v| matches!(&v.condition, Condition::Field(_, l) if l == language))
    };
    let covered = cell(dimension, code.id.as_str(), false, None);
    let absent = Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Absent);
    let (near, without) = nearest(catalogue, selection.documents(), dimension, code, NAMED);
    let near = near.into_iter().filter_map(|n| Some((catalogue.record(n.number)?, n.chance)));
    Some(AbsencePage {
        provenance: chrome.provenance.clone(),
        chrome,
        on: asked.on,
        dimension: dimension.id.to_string(),
        dimension_name: dimension.name.clone(),
        code: code.id.to_string(),
        name: code.name.clone(),
        numbered: code.group.is_some(),
        definition: code.definition.clone(),
        code_href: crate::address::code(dimension.id.as_str(), code.id.as_str()),
        trust: snapshot.trust(dimension.id.as_str(), code.id.as_str()),
        documents: counted.documents,
        classified: counted.classified,
        there: counted.there,
        standing: counted.standing,
        binding: counted.binding,
        absence: counted.absence(),
        languages: languages.iter().map(language_words).collect(),
        cues: code
            .cues
            .iter()
            .filter(|(l, _)| known(l))
            .map(|(l, c)| (language_name(l).to_owned(), c.clone()))
            .collect(),
        include: code.include.clone(),
        speaking: speaking(snapshot, dimension, code, &states, &(selection.documents() & catalogue.coded())),
        speaking_href: exactly(&asked.filter, &covered),
        nearest: near.map(|(r, chance)| audit_row(r, dimension, code, &states, Some(chance))).collect(),
        without,
        without_href: exactly(&asked.filter, &[absent]),
        back,
        gap,
        set,
    })
}

fn chrome(app: &App, snapshot: &Snapshot, asked: &Asked, code: &Code, back: &str, absence: &str) -> Chrome {
    let own: Vec<(String, String)> = asked.day().into_iter().collect();
    let here = path(&asked.dimension, code.id.as_str());
    let query = narrowed("", &own, &asked.filter);
    let query = query.trim_start_matches('?');
    let name = if code.group.is_some() { format!("{} {}", code.id, code.name) } else { code.name.clone() };
    app.chrome(snapshot, Section::Gaps, &format!("Gap: {name}"))
        .describe(format!("{name}: {absence}"))
        .under("Gaps", back.to_owned())
        .at(app.config(), &narrowed(&here, &own, &asked.filter))
        .with_json(&here, query)
        .with_csv(&here, query)
        .described_as_dataset(app.config())
}

/// The documents that speak to the code: binding, standing, highest level first.
fn speaking(
    snapshot: &Snapshot,
    dimension: &Dimension,
    code: &Code,
    states: &States,
    within: &DocumentSet,
) -> Vec<AuditRow> {
    let catalogue = &snapshot.catalogue;
    let holding =
        |test| catalogue.holding_alone(&Condition::Code(dimension.id.clone(), code.id.clone(), test));
    let all = &holding(CodeTest::Covered) & within;
    let level = |level| holding(CodeTest::Levels { from: level, to: level });
    let levels: Vec<DocumentSet> = match dimension.levels() {
        [] => vec![all.clone()],
        levels => levels.iter().rev().map(|one| level(one.value)).collect(),
    };
    let (standing, binding) = (&all & states.standing(), &all & states.binding());
    let ranks = [binding.clone(), &standing - &binding, &(&all - &standing) - &binding];
    let sets = ranks.iter().flat_map(|rank| levels.iter().map(move |level| rank & level));
    // Of each set the first alone are looked at: most of those that speak are never shown.
    let numbers: Vec<u32> =
        sets.flat_map(|set| set.iter().take(NAMED).collect::<Vec<_>>()).take(NAMED).collect();
    let records = numbers.into_iter().filter_map(|number| catalogue.record(number));
    let row = |record: Record<'_>| {
        let chance = record.chance(dimension.id.as_str(), code.id.as_str());
        audit_row(record, dimension, code, states, chance)
    };
    records.map(row).collect()
}

/// `GET /gaps/{dimension}/{code}`
pub async fn get(
    State(app): State<App>,
    Path((dimension, raw)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let asked = Asked::read(&app, &snapshot, query.as_deref(), Some(&dimension))?;
    let exact = asked.dimension.code(&raw).is_some();
    let (id, format) = if exact { (raw.as_str(), Format::Html) } else { Format::split(&raw) };
    let Some(code) = asked.dimension.code(id).cloned() else {
        let known: Vec<&str> = asked.dimension.codes.iter().map(|c| c.id.as_str()).collect();
        return Err(WebError::NotFound(format!("{} has the codes {}", asked.dimension.id, known.join(", "))));
    };
    if dimension != asked.dimension.id.as_str() && format == Format::Html {
        let own: Vec<(String, String)> = asked.day().into_iter().collect();
        let path = path(&asked.dimension, code.id.as_str());
        return Ok(Redirect::permanent(&narrowed(&path, &own, &asked.filter)).into_response());
    }
    let filter = asked.filter.clone();
    find::drawn(&snapshot, filter, format == Format::Html, move |snapshot, found| {
        let unknown = || WebError::NotFound("there is no such code".to_owned());
        let page = build(&app, snapshot, &asked, &code, found).ok_or_else(unknown)?;
        match format {
            Format::Html => reply::html(&page),
            Format::Json => reply::json(&page),
            Format::Csv => Ok(reply::csv("absence.csv", csv(&page))),
        }
    })
    .await
}

fn csv(page: &AbsencePage) -> String {
    let mut out = String::new();
    csv_row(
        &mut out,
        [
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
        ],
    );
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    for row in page.speaking.iter().chain(&page.nearest) {
        let chance = row.chance.map_or_else(String::new, |p| format!("{p:.3}"));
        let on = page.on.to_string();
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
            ],
        );
    }
    out
}
