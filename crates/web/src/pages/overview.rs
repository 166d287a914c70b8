//! `GET /`: within a minute a visitor sees what the corpus covers and what it leaves open.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_domain::Filter;
use lacuna_domain::filter::{Field, Sort};
use lacuna_pipeline::analyze::crosstab::Base;
use lacuna_store::catalogue::{Catalogue, FacetValue};
use serde::Serialize;

use crate::error::WebError;
use crate::pages::documents::row::Row;
use crate::pages::explore::svg::svg_of;
use crate::pages::explore::{Asked, Chart};
use crate::pages::standing::GapSummary;
use crate::reply;
use crate::state::{App, Snapshot, list_href};
use crate::view::chart::{Grid, Mark, Picture, PictureFile, timeline};
use crate::view::{Bar, Chrome, Coverage, Provenance, Section, coverages, s, verb};

/// A value of a catalogue field with its count.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldLine {
    /// Name for readers.
    pub label: String,
    /// Its share of all documents.
    pub bar: Bar,
    /// The documents counted.
    pub href: String,
}

/// A catalogue field with its most frequent values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldBlock {
    /// Parameter name.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Most frequent first.
    pub lines: Vec<FieldLine>,
    /// Values that are not listed.
    pub left_out: usize,
    /// All values as a chart, as a file.
    #[serde(skip)]
    pub svg_href: String,
}

/// One year in the histogram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearBar {
    /// The year.
    pub year: String,
    /// Documents whose most recent dated event lies in it.
    pub count: u64,
    /// The documents counted.
    pub href: String,
    /// Left edge of the bar.
    #[serde(skip)]
    pub x: usize,
    /// Height of the bar, 0 to 60.
    #[serde(skip)]
    pub height: usize,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/overview.html")]
pub struct OverviewPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// Different texts among the coded documents.
    pub(crate) distinct_texts: u64,
    /// How the codes of the main dimension stand today.
    pub(crate) gaps: Option<GapSummary>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) fields: Vec<FieldBlock>,
    pub(crate) years: Vec<YearBar>,
    pub(crate) undated: u64,
    pub(crate) newest: Vec<Row>,
}

impl OverviewPage {
    /// The page of a snapshot.
    pub fn build(chrome: Chrome, snapshot: &Snapshot) -> Self {
        let catalogue = &snapshot.catalogue;
        let all = catalogue.select(&Filter::default(), None);
        let fields = [Field::Jurisdiction, Field::Authority, Field::Enactment, Field::Language];
        let blocks = fields.into_iter().map(|f| field_block(catalogue, f, &catalogue.field_facet(&all, f)));
        let (years, undated) = years(&catalogue.year_facet(&all));
        let day = jiff::tz::Offset::UTC.to_datetime(chrome.provenance.as_of).date();
        let main = crate::pages::gaps::first(&snapshot.codebook);
        Self {
            gaps: main.map(|dimension| GapSummary::of(day, snapshot, &all, dimension, |_| true)),
            provenance: chrome.provenance.clone(),
            chrome,
            distinct_texts: catalogue.distinct_texts(catalogue.coded()),
            coverage: coverages(snapshot, &all),
            fields: blocks.filter(|b| !b.lines.is_empty()).collect(),
            years,
            undated,
            newest: newest(snapshot),
        }
    }

    /// The first ordinal dimension: the map's main table.
    pub(crate) fn main_coverage(&self) -> Option<&Coverage> {
        self.coverage.iter().find(|c| c.kind == "ordinal")
    }

    /// The other dimensions.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Coverage> {
        let main = self.main_coverage().map(|c| c.id.clone());
        self.coverage.iter().filter(move |c| Some(&c.id) != main.as_ref())
    }

    /// The histogram as a file.
    fn years_file(&self) -> PictureFile {
        let undated = self.undated;
        let notes = [
            (undated > 0).then(|| {
                format!("{undated} document{} {} no date.", s(undated), verb(undated, "carries", "carry"))
            }),
            (self.years.len() == YEARS)
                .then(|| format!("Only the latest {YEARS} years with a document are drawn.")),
        ];
        PictureFile {
            title: "Most recent dated event, by year".to_owned(),
            about: format!(
                "All documents. Number of documents by the year of their most recent dated event, as catalogued; {} \
                 document{} in all.",
                self.provenance.documents,
                s(self.provenance.documents)
            ),
            pictures: (!self.years.is_empty())
                .then(|| (String::new(), drawn(&self.years)))
                .into_iter()
                .collect(),
            empty: "No document carries a date.".to_owned(),
            notes: notes.into_iter().flatten().collect(),
            ..PictureFile::default()
        }
    }

    /// Width of the histogram.
    pub(crate) fn years_width(&self) -> usize {
        self.years.len() * 30
    }
}

/// Years as columns over time.
fn drawn(years: &[YearBar]) -> Picture {
    let mark = |bar: &YearBar| Mark { count: bar.count, href: bar.href.clone(), ..Mark::default() };
    timeline(&Grid {
        rows: years.iter().map(|bar| bar.year.clone()).collect(),
        columns: vec![],
        marks: years.iter().map(|bar| vec![mark(bar)]).collect(),
        totals: vec![],
        unit: "documents".to_owned(),
    })
}

const VALUES: usize = 8;
/// Years of the histogram.
const YEARS: usize = 14;

fn field_block(catalogue: &Catalogue, field: Field, values: &[FacetValue]) -> FieldBlock {
    let of = catalogue.len() as usize;
    let line = |value: &FacetValue| FieldLine {
        label: value.label.clone(),
        bar: Bar { full: value.count as usize, half: 0, of },
        href: list_href(&Filter::default().with(&value.condition)),
    };
    FieldBlock {
        id: field.id().to_owned(),
        name: field.name().to_owned(),
        lines: values.iter().take(VALUES).map(line).collect(),
        left_out: values.len().saturating_sub(VALUES),
        svg_href: {
            let asked = Asked { base: Base::All, ..Asked::new(field.id(), "", Chart::Bars) };
            svg_of(&asked.href())
        },
    }
}

fn years(values: &[FacetValue]) -> (Vec<YearBar>, u64) {
    use lacuna_domain::filter::{Condition, Years};
    let mut dated: Vec<(i16, &FacetValue)> = Vec::new();
    let mut undated = 0;
    for value in values {
        match value.condition {
            Condition::Years(Years::Range { from: Some(year), .. }) => dated.push((year, value)),
            _ => undated += value.count,
        }
    }
    dated.sort_by_key(|(year, _)| *year);
    // Earlier years are rare and would squeeze the rest; the list of documents filters by them all the same.
    let skip = dated.len().saturating_sub(YEARS);
    let dated = dated.split_off(skip);
    let most = dated.iter().map(|(_, v)| v.count).max().unwrap_or(1).max(1);
    let bar = |(place, (year, value)): (usize, (i16, &FacetValue))| YearBar {
        year: year.to_string(),
        count: value.count,
        href: list_href(&Filter::default().with(&value.condition)),
        x: place * 30,
        height: (value.count * 60).div_ceil(most) as usize,
    };
    (dated.into_iter().enumerate().map(bar).collect(), undated)
}

fn newest(snapshot: &Snapshot) -> Vec<Row> {
    let filter = Filter { sort: Some(Sort::Newest), per_page: 8, ..Filter::default() };
    let selection = snapshot.catalogue.select(&filter, None);
    let page = snapshot.catalogue.page(&selection);
    let records = page.documents.iter().filter_map(|number| snapshot.catalogue.record(*number));
    records.map(|record| Row::of(record, &snapshot.codebook)).collect()
}

fn page(app: &App) -> OverviewPage {
    let snapshot = app.snapshot();
    let documents = snapshot.provenance.documents;
    let chrome = app
        .chrome(&snapshot, Section::Overview, "what AI-governance documents cover, and what they leave open")
        .describe(format!(
            "What {documents} AI-governance document{} cover{}, with the passage behind every label.",
            s(documents),
            verb(documents, "s", "")
        ))
        .at(app.config(), "/")
        .with_json("/overview", "")
        .with_csv("/overview", "")
        .described_as_dataset(app.config());
    OverviewPage::build(chrome, &snapshot)
}

/// `GET /`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    reply::html(&page(&app))
}

/// `GET /overview.json`
pub async fn get_json(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&page(&app))
}

/// `GET /overview/years.svg`
pub async fn get_years(State(app): State<App>) -> Result<Response, WebError> {
    let page = page(&app);
    Ok(reply::svg("years.svg", page.years_file().svg(app.config(), &page.chrome, "/")))
}

/// `GET /overview.csv`
pub async fn get_csv(State(app): State<App>) -> Result<Response, WebError> {
    Ok(reply::csv("overview.csv", crate::pages::codes::coverage_csv(&page(&app).coverage)))
}
