//! `GET /codes/{dimension}`: the question, what the corpus says of it in counts, charts and sentences, its rules, scale and
//! codes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use lacuna_domain::codebook::{Dimension, Kind, Level};
use lacuna_domain::{Codebook, Filter};
use lacuna_pipeline::analyze::findings;
use lacuna_store::catalogue::Selection;
use serde::Serialize;

use crate::error::WebError;
use crate::pages::explore::figure::Figure;
use crate::pages::explore::{Chart, presets};
use crate::pages::gaps::set::Tab;
use crate::pages::standing;
use crate::reply::{self, Charted, Format};
use crate::state::{App, Snapshot};
use crate::view::chart::{PictureFile, coverage_file};
use crate::view::{Chrome, Coverage, Provenance, Section};

/// A code and its definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Defined {
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// What it covers.
    pub definition: String,
    /// Address.
    pub href: String,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/dimension.html")]
pub struct DimensionPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) question: String,
    pub(crate) rules: Vec<String>,
    pub(crate) levels: Vec<Level>,
    /// Types of an actor dimension.
    pub(crate) types: Vec<Defined>,
    pub(crate) codes: Vec<Defined>,
    /// Title of the codebook.
    pub(crate) codebook: String,
    /// Counts; `None` for a codebook other than the one whose labels are shown.
    pub(crate) coverage: Option<Coverage>,
    /// Sentences made from the counts.
    pub(crate) findings: Vec<String>,
    /// Standing charts.
    pub(crate) figures: Vec<Figure>,
    /// Views that many readers ask for.
    pub(crate) presets: Vec<Tab>,
}

impl DimensionPage {
    /// The page of `dimension` of `codebook`.
    pub fn build(
        chrome: Chrome,
        snapshot: &Snapshot,
        codebook: &Codebook,
        dimension: &Dimension,
    ) -> Result<Self, WebError> {
        let all = snapshot.catalogue.select(&Filter::default(), None);
        let defined = |c: &lacuna_domain::codebook::Code| Defined {
            code: c.id.to_string(),
            name: c.name.clone(),
            definition: c.definition.clone(),
            href: crate::address::code(dimension.id.as_str(), c.id.as_str()),
        };
        let shown = codebook.hash == snapshot.codebook.hash;
        let (findings, figures) = if shown {
            let found = findings::of_dimension(&snapshot.catalogue, &all, dimension);
            (found, drawn(snapshot, &all, dimension)?)
        } else {
            (vec![], vec![])
        };
        Ok(Self {
            provenance: chrome.provenance.clone(),
            chrome,
            id: dimension.id.to_string(),
            name: dimension.name.clone(),
            question: dimension.question.clone(),
            rules: dimension.rules.clone(),
            levels: dimension.levels().to_vec(),
            types: match &dimension.kind {
                Kind::Actor { types } => types.iter().map(defined).collect(),
                _ => vec![],
            },
            codes: dimension.codes.iter().map(defined).collect(),
            codebook: format!("{} {}", codebook.title, codebook.version),
            coverage: shown.then(|| Coverage::known(snapshot, &all, dimension)),
            presets: if shown { presets(snapshot, dimension) } else { vec![] },
            findings,
            figures,
        })
    }
}

impl DimensionPage {
    /// The counts of the page as a picture.
    fn file(&self) -> PictureFile {
        self.coverage.as_ref().map_or_else(
            || PictureFile {
                title: self.name.clone(),
                empty: "Labels under this codebook are not counted on this site.".to_owned(),
                ..PictureFile::default()
            },
            |coverage| coverage_file(coverage, "all documents"),
        )
    }
}

/// What a dimension stands for on an axis of a chart.
fn axis(dimension: &Dimension) -> &str {
    if dimension.id.as_str() == "status" { "form" } else { dimension.id.as_str() }
}

/// The standing charts of a dimension.
fn drawn(snapshot: &Snapshot, all: &Selection, dimension: &Dimension) -> Result<Vec<Figure>, WebError> {
    let id = axis(dimension);
    let types: Vec<String> = dimension.codes.iter().map(|role| format!("{id}/{}/types", role.id)).collect();
    let wanted: Vec<(&str, &str, Chart, bool)> = match &dimension.kind {
        Kind::Actor { .. } => {
            types.iter().map(|role| (role.as_str(), "jurisdiction", Chart::Heat, false)).collect()
        }
        Kind::Choice => vec![
            ("year", id, Chart::Timeline, false),
            ("jurisdiction", id, Chart::Bars, false),
            ("enactment", id, Chart::Bars, false),
        ],
        kind => {
            let mut wanted = vec![(id, "jurisdiction", Chart::Heat, false)];
            if matches!(kind, Kind::Ordinal { .. }) {
                wanted.push((id, "jurisdiction", Chart::Heat, true));
            }
            wanted.extend([
                (id, "form", Chart::Bars, false),
                (id, "enactment", Chart::Bars, false),
                (id, "year", Chart::Heat, false),
            ]);
            wanted
        }
    };
    standing::figures(snapshot, all, &wanted, None)
}

fn presets(snapshot: &Snapshot, dimension: &Dimension) -> Vec<Tab> {
    let id = axis(dimension);
    let by = |columns: &str| presets::by(id, columns);
    let mut views = presets::shared(snapshot, &by("jurisdiction"), None);
    let more = [("By authority", "authority"), ("By year", "year")];
    views.extend(more.map(|(name, columns)| (name.to_owned(), by(columns))));
    let beside = match &dimension.kind {
        Kind::Actor { .. } => Some(("Who must do something about what", "/actors".to_owned())),
        Kind::Choice => None,
        _ => Some(("Gaps", format!("/gaps?dimension={}", crate::address::query(id)))),
    };
    let beside = beside.map(|(name, href)| Tab { name: name.to_owned(), href, current: false });
    beside.into_iter().chain(presets::tabs(snapshot, views, None)).collect()
}

/// The first codebook with a dimension of this id or path; the one that is shown goes first.
pub(crate) fn find<'s>(snapshot: &'s Snapshot, name: &str) -> Option<(&'s Arc<Codebook>, &'s Dimension)> {
    snapshot.codebooks.iter().find_map(|book| book.dimension_at(name).map(|d| (book, d)))
}

pub(crate) fn unknown(snapshot: &Snapshot, name: &str) -> WebError {
    let known: Vec<&str> =
        snapshot.codebooks.iter().flat_map(|b| b.dimensions.iter()).map(|d| d.id.as_str()).collect();
    let name: String = name.chars().take(80).collect();
    WebError::NotFound(format!("no dimension is called {name:?}; there are {}", known.join(", ")))
}

/// `GET /codes/{dimension}`
pub async fn get(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    let (stem, form) = match find(&app.snapshot(), &name) {
        Some(_) => (name.as_str(), Charted::Page(Format::Html)),
        None => Charted::split(&name),
    };
    answer(&app, stem, form)
}

/// `GET /api/v1/codes/{dimension}`
pub async fn get_json(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    answer(&app, &name, Charted::Page(Format::Json))
}

fn answer(app: &App, stem: &str, form: Charted) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let (codebook, dimension) = find(&snapshot, stem).ok_or_else(|| unknown(&snapshot, stem))?;
    let path = crate::address::dimension(dimension.id.as_str());
    if stem != dimension.id.as_str() && form == Charted::Page(Format::Html) {
        return Ok(Redirect::permanent(&path).into_response());
    }
    let chrome = app
        .chrome(&snapshot, Section::Codes, &dimension.name)
        .describe(dimension.question.clone())
        .under("Codes", "/codes")
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "")
        .described_as_dataset(app.config());
    let page = DimensionPage::build(chrome, &snapshot, codebook, dimension)?;
    match form {
        Charted::Page(Format::Html) => reply::html(&page),
        Charted::Page(Format::Json) => reply::json(&page),
        Charted::Svg => {
            let file = page.file().svg(app.config(), &page.chrome, &path);
            Ok(reply::svg(&format!("{}.svg", dimension.id), file))
        }
        Charted::Page(Format::Csv) => {
            let counts: Vec<Coverage> = page.coverage.into_iter().collect();
            Ok(reply::csv(&format!("{}.csv", dimension.id), super::coverage_csv(&counts)))
        }
    }
}

/// `GET /{dimension}`, such as `/risks`: leads to the dimension's page.
pub async fn short_form(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let (_, dimension) =
        find(&snapshot, &name).ok_or_else(|| WebError::NotFound("nothing has this address".to_owned()))?;
    Ok(Redirect::permanent(&crate::address::dimension(dimension.id.as_str())).into_response())
}
