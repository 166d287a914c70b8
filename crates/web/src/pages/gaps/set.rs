//! `GET /gaps`: for a chosen set, which codes nothing speaks to, and which only drafts, dead or non-binding documents.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::civil::Date;
use lacuna_domain::filter::{Condition, Field, StateTest};
use lacuna_pipeline::analyze::findings;
use lacuna_pipeline::analyze::gaps::{CodeGap, Gaps, States, Verdict, gaps};
use lacuna_store::catalogue::Selection;
use serde::Serialize;

use super::matrix::{IN_DATA, Matrix, SHOWN};
use super::row::{Counts, GapRow, VerdictGroup};
use super::said::SaidEndedAmong;
use super::{Asked, cell, csv, exactly, picture};
use crate::error::WebError;
use crate::find::{self, Found};
use crate::reply::{self, Charted, Format};
use crate::state::{App, Snapshot};
use crate::view::corrected;
use crate::view::{Chrome, Provenance, Section, SetForm, VerdictView, narrowed, share};

/// A link of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tab {
    /// Name for readers.
    pub name: String,
    /// Address.
    pub href: String,
    /// Whether it holds now.
    pub current: bool,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/gaps.html")]
pub struct GapsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) set: SetForm,
    /// The day on which states are asked for.
    pub(crate) on: Date,
    /// Whether that is the day of which pages of documents tell.
    #[serde(skip)]
    pub(crate) is_today: bool,
    #[serde(skip)]
    pub(crate) tabs: Vec<Tab>,
    /// The dimension.
    pub(crate) dimension: String,
    pub(crate) dimension_name: String,
    /// Name of the highest level.
    pub(crate) full_name: String,
    /// Documents of the set.
    pub(crate) documents: u64,
    pub(crate) classified: u64,
    /// Classified documents that were there on the day: the denominator of every verdict.
    pub(crate) there: u64,
    pub(crate) standing: u64,
    pub(crate) binding: u64,
    /// Those of the binding documents that the text of another says it ended.
    pub(crate) said_ended: SaidEndedAmong,
    #[serde(skip)]
    pub(crate) binding_href: Option<String>,
    #[serde(skip)]
    pub(crate) standing_href: Option<String>,
    pub(crate) knows_form: bool,
    pub(crate) ranked: bool,
    /// The sentence under which every absence stands.
    pub(crate) absence: String,
    pub(crate) findings: Vec<String>,
    pub(crate) rows: Vec<GapRow>,
    pub(crate) matrix: Matrix,
    /// Name and figures of the other set.
    pub(crate) versus: Option<Versus>,
    /// Values of `vs` with their names.
    #[serde(skip)]
    pub(crate) versus_options: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) versus_value: String,
    #[serde(skip)]
    pub(crate) presets: Vec<Tab>,
    /// The address of the page.
    #[serde(skip)]
    pub(crate) path: String,
    /// The query of the codes by jurisdiction as files.
    #[serde(skip)]
    pub(crate) places_query: String,
}

/// The other set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Versus {
    /// Its conditions in words.
    pub name: String,
    /// The page without it.
    #[serde(skip)]
    pub without: String,
    /// Its classified documents.
    pub classified: u64,
    /// Those of them that are not defunct on the day.
    pub standing: u64,
    /// Those of them that bind.
    pub binding: u64,
    /// Whether there are enough to be ranked.
    pub ranked: bool,
}

impl GapsPage {
    /// The page with at most `places` jurisdictions.
    fn build(app: &App, snapshot: &Snapshot, asked: &Asked, found: &Found, places: usize) -> Self {
        let catalogue = &snapshot.catalogue;
        let selection = &found.selection;
        let own = asked.own(&snapshot.codebook);
        let states = States::on(catalogue, asked.on);
        let counted = gaps(catalogue, selection, &asked.dimension, &states);
        let other = asked.versus.as_ref().map(|(_, filter)| {
            let selection = catalogue.select(filter, None);
            gaps(catalogue, &selection, &asked.dimension, &states)
        });
        let set = SetForm::of("/gaps", &own, &["on", "vs"], selection, snapshot);
        let query = narrowed("", &own, &asked.filter);
        let query = query.trim_start_matches('?');
        let chrome = app
            .chrome(snapshot, Section::Gaps, "Gaps")
            .describe(format!("What {} leave open: {}.", set.words_of(), counted.absence()))
            .at(app.config(), &narrowed("/gaps", &own, &asked.filter))
            .with_json("/gaps", query)
            .with_csv("/gaps", query)
            .described_as_dataset(app.config());
        let coded = Condition::Field(Field::Coded, "yes".to_owned());
        let state = |test| exactly(&asked.filter, &[Condition::State(test, asked.on), coded.clone()]);
        Self {
            provenance: chrome.provenance.clone(),
            chrome,
            on: asked.on,
            is_today: asked.on == app.today(),
            tabs: tabs(snapshot, asked),
            dimension: asked.dimension.id.to_string(),
            dimension_name: asked.dimension.name.clone(),
            full_name: asked.dimension.levels().last().map_or("found".to_owned(), |l| l.name.clone()),
            documents: counted.documents,
            classified: counted.classified,
            there: counted.there,
            standing: counted.standing,
            binding: counted.binding,
            said_ended: SaidEndedAmong::of(snapshot, selection, &states),
            binding_href: state(StateTest::Binding),
            standing_href: state(StateTest::Standing),
            knows_form: counted.knows_form,
            ranked: counted.ranked,
            absence: counted.absence(),
            findings: findings::of_gaps(&counted),
            rows: rows(snapshot, asked, selection, &counted, other.as_ref()),
            matrix: Matrix::of(snapshot, asked, selection, &states, places),
            versus: versus(snapshot, asked, other.as_ref()),
            versus_options: versus_options(snapshot),
            versus_value: asked.versus.as_ref().map_or_else(String::new, |(text, _)| text.clone()),
            presets: presets(snapshot, asked),
            path: narrowed("/gaps", &own, &asked.filter),
            // Places do not stand beside another set.
            places_query: narrowed("", &asked.alone().own(&snapshot.codebook), &asked.filter),
            set,
        }
    }

    /// Rows by verdict, the widest gap first; one group where nothing is ranked.
    pub(crate) fn groups(&self) -> Vec<VerdictGroup<'_>> {
        let of = |verdict: Verdict| VerdictGroup {
            verdict: VerdictView(verdict),
            rows: self.rows.iter().filter(|row| row.gap.verdict == verdict).collect(),
        };
        Verdict::ALL.into_iter().map(of).filter(|group| !group.rows.is_empty()).collect()
    }

    /// Codes that no binding document covers at the highest level.
    pub(crate) fn open(&self) -> usize {
        self.rows.iter().filter(|row| row.gap.verdict != Verdict::Covered).count()
    }

    /// Share of the classified documents that bind.
    pub(crate) fn binding_share(&self) -> String {
        share(self.binding as usize, self.classified as usize)
    }
}

fn rows(
    snapshot: &Snapshot,
    asked: &Asked,
    selection: &Selection,
    counted: &Gaps,
    other: Option<&Gaps>,
) -> Vec<GapRow> {
    let day: Vec<(String, String)> = asked.day().into_iter().collect();
    let within = selection.documents() & snapshot.catalogue.coded();
    let covered = |gap: &CodeGap| cell(&asked.dimension, &gap.code, false, None).into_iter().next();
    let row = |gap: &CodeGap| {
        let versus = other.and_then(|other| other.codes.iter().find(|code| code.code == gap.code));
        let beside = versus.zip(asked.versus.as_ref());
        GapRow {
            counts: Counts::of(asked, &asked.filter, gap),
            audit_href: narrowed(&super::absence::path(&asked.dimension, &gap.code), &day, &asked.filter),
            versus: versus.cloned(),
            versus_counts: beside.map(|(there, (_, filter))| Counts::of(asked, filter, there)),
            of: counted.codes.iter().map(|c| c.any).max().unwrap_or(0),
            trust: snapshot.trust(asked.dimension.id.as_str(), &gap.code),
            corrected: covered(gap).map(|c| corrected(snapshot, &within, &c)).unwrap_or_default(),
            gap: gap.clone(),
        }
    };
    counted.codes.iter().map(row).collect()
}

fn tabs(snapshot: &Snapshot, asked: &Asked) -> Vec<Tab> {
    let tab = |dimension: &lacuna_domain::codebook::Dimension| {
        let there = Asked { dimension: dimension.clone(), ..asked.clone() };
        Tab {
            name: dimension.name.clone(),
            href: narrowed("/gaps", &there.own(&snapshot.codebook), &asked.filter),
            current: dimension.id == asked.dimension.id,
        }
    };
    super::dimensions(&snapshot.codebook).map(tab).collect()
}

fn versus(snapshot: &Snapshot, asked: &Asked, other: Option<&Gaps>) -> Option<Versus> {
    let ((_, filter), other) = (asked.versus.as_ref()?, other?);
    let labels: Vec<String> = filter.conditions().iter().map(|c| c.label(&snapshot.codebook)).collect();
    Some(Versus {
        name: if labels.is_empty() { "all documents".to_owned() } else { labels.join("; ") },
        without: narrowed("/gaps", &asked.alone().own(&snapshot.codebook), &asked.filter),
        classified: other.classified,
        standing: other.standing,
        binding: other.binding,
        ranked: other.ranked,
    })
}

fn versus_options(snapshot: &Snapshot) -> Vec<(String, String)> {
    let catalogue = &snapshot.catalogue;
    let all = catalogue.select(&lacuna_domain::Filter::default(), None);
    let mut options = vec![("all".to_owned(), format!("all documents ({})", all.len()))];
    let field = |field| catalogue.field_facet(&all, field);
    let plain = field(Field::Jurisdiction).into_iter().chain(catalogue.year_facet(&all));
    let plain = plain.map(|value| (value.label.clone(), value));
    // The name of a collection or source alone does not say what it names.
    let named = field(Field::Collection).into_iter().chain(field(Field::Source));
    let named = named.map(|value| (value.condition.label(&snapshot.codebook), value));
    for (label, value) in plain.chain(named).filter(|(_, value)| value.count > 0) {
        let filter = lacuna_domain::Filter::default().with(&value.condition);
        options.push((filter.query(), format!("{label} ({})", value.count)));
    }
    options
}

/// Sets that many readers ask for, where the catalogue knows their values.
fn presets(snapshot: &Snapshot, asked: &Asked) -> Vec<Tab> {
    let own = asked.own(&snapshot.codebook);
    let all = snapshot.catalogue.select(&lacuna_domain::Filter::default(), None);
    let mut wanted: Vec<(String, Condition)> = Vec::new();
    for value in snapshot.catalogue.field_facet(&all, Field::Jurisdiction).into_iter().take(3) {
        wanted.push((value.label, value.condition));
    }
    for value in snapshot.catalogue.field_facet(&all, Field::AppliesTo) {
        if value.label != "Not recorded" {
            wanted.push((format!("applies to {}", value.label.to_lowercase()), value.condition));
        }
    }
    let tab = |(name, condition): (String, Condition)| Tab {
        name,
        current: asked.filter == lacuna_domain::Filter::default().with(&condition),
        href: narrowed("/gaps", &own, &lacuna_domain::Filter::default().with(&condition)),
    };
    wanted.into_iter().map(tab).collect()
}

/// `GET /gaps`, and the same with `.json`, `.csv` or `.svg` at its end.
pub async fn get(
    State(app): State<App>,
    form: Charted,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let draw = move |app: &App, page: &GapsPage| match form {
        Charted::Page(Format::Html) => reply::html(page),
        Charted::Page(Format::Json) => reply::json(page),
        Charted::Page(Format::Csv) => Ok(reply::csv("gaps.csv", csv::of(page))),
        Charted::Svg => Ok(reply::svg("gaps.svg", picture::codes(app, page))),
    };
    answer(&app, query.as_deref(), form, draw).await
}

/// `GET /gaps/places.svg`
pub async fn get_places(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let draw = |app: &App, page: &GapsPage| Ok(reply::svg("gaps-places.svg", picture::places(app, page)));
    answer(&app, query.as_deref(), Charted::Svg, draw).await
}

/// The page that an address asks for, as `draw` draws it; one for readers says itself what programs are refused for.
async fn answer(
    app: &App,
    query: Option<&str>,
    form: Charted,
    draw: impl FnOnce(&App, &GapsPage) -> Result<Response, WebError> + Send + 'static,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let asked = Asked::read(app, &snapshot, query, None)?;
    let places = if form == Charted::Page(Format::Json) { IN_DATA } else { SHOWN };
    let (app, filter) = (app.clone(), asked.filter.clone());
    find::drawn(&snapshot, filter, form == Charted::Page(Format::Html), move |snapshot, found| {
        draw(&app, &GapsPage::build(&app, snapshot, &asked, found, places))
    })
    .await
}
