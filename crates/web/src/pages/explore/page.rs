//! `GET /explore`, `.json`, `.csv`, `.svg`.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use lacuna_pipeline::analyze::crosstab::Base;
use serde::Serialize;

use super::figure::Figure;
use super::{Asked, Chart, axes, presets, table};
use crate::error::WebError;
use crate::find::{self, Found};
use crate::pages::documents::list::Chip;
use crate::pages::gaps::set::Tab;
use crate::pages::take::embed;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Section, SetForm, capital, narrowed};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/explore.html")]
pub struct ExplorePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) set: SetForm,
    pub(crate) figure: Figure,
    pub(crate) chart: Chart,
    #[serde(skip)]
    pub(crate) asked: Asked,
    #[serde(skip)]
    pub(crate) axes: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) presets: Vec<Tab>,
    /// That there is no such group of codes as the address names.
    #[serde(skip)]
    pub(crate) unknown_group: Option<String>,
    #[serde(skip)]
    pub(crate) svg_href: String,
    /// The chart alone, for a frame in another page.
    #[serde(skip)]
    pub(crate) embed_href: String,
}

impl ExplorePage {
    /// What shares may be of: id, name, and whether they are.
    pub(crate) fn bases(&self) -> [(&'static str, &'static str, bool); 4] {
        Base::ALL.map(|base| (base.id(), base.name(self.asked.unit), base == self.asked.base))
    }

    fn build(app: &App, snapshot: &Snapshot, asked: &Asked, found: &Found) -> Result<Self, WebError> {
        let own = asked.own();
        let figure = Figure::of(snapshot, asked, &found.selection)?;
        let group = asked
            .group_words(&snapshot.codebook)
            .map(|label| Chip { label, without: Asked { group: String::new(), ..asked.clone() }.href() });
        let set = SetForm { part: group, ..SetForm::of("/explore", &own, &[], &found.selection, snapshot) };
        let query = narrowed("", &own, &asked.filter);
        let query = query.trim_start_matches('?');
        let chrome = app
            .chrome(snapshot, Section::Explore, &figure.title)
            .describe(format!("{} for {}. {}.", figure.title, set.words_of(), figure.caption))
            .at(app.config(), &asked.href())
            .with_json("/explore", query)
            .with_csv("/explore", query)
            .described_as_dataset(app.config());
        Ok(Self {
            provenance: chrome.provenance.clone(),
            chrome,
            set,
            chart: asked.chart,
            asked: asked.clone(),
            axes: {
                let mut axes = axes(&snapshot.catalogue);
                let further = asked.further(&axes, &snapshot.codebook);
                axes.extend(further);
                axes
            },
            presets: presets::of_explore(snapshot, asked),
            unknown_group: None,
            embed_href: {
                let path = narrowed("/embed/explore", &own, &asked.filter);
                app.config().absolute(&path).unwrap_or(path)
            },
            svg_href: if query.is_empty() {
                "/explore.svg".to_owned()
            } else {
                format!("/explore.svg?{query}")
            },
            figure,
        })
    }

    /// Conditions of the set as hidden fields of the form that chooses the axes.
    pub(crate) fn conditions(&self) -> Vec<(String, String)> {
        let group = self.asked.own().into_iter().filter(|(name, _)| name == "group");
        group.chain(self.asked.filter.at_page(1).pairs()).collect()
    }

    fn svg(&self, app: &App) -> String {
        self.figure.file(&self.set.words_of()).svg(app.config(), &self.chrome, &self.asked.href())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Json,
    Csv,
    Svg,
    Embed,
}

/// `GET /explore`
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Form::Html, None).await
}

/// `GET /explore.json`
pub async fn get_json(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Form::Json, None).await
}

/// `GET /explore.csv`
pub async fn get_csv(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Form::Csv, headers.get(header::IF_NONE_MATCH)).await
}

/// `GET /explore.svg`: the picture as a file, with title, set, day and source inside.
pub async fn get_svg(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Form::Svg, None).await
}

/// `GET /embed/explore`: the chart alone, for a frame in another page.
pub async fn get_embed(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Form::Embed, None).await
}

async fn answer(
    app: &App,
    query: Option<&str>,
    form: Form,
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut asked = Asked::read(&snapshot, query)?;
    let unknown_group = asked.settle_group(&snapshot.codebook);
    if let (Some(unknown), true) = (&unknown_group, form != Form::Html) {
        return Err(WebError::BadRequest(format!("group: {unknown}")));
    }
    let (app, filter, known) = (app.clone(), asked.filter.clone(), known.cloned());
    find::drawn(&snapshot, filter, form == Form::Html, move |snapshot, found| {
        let page = ExplorePage::build(&app, snapshot, &asked, found)?;
        match form {
            Form::Html => reply::html(&ExplorePage { unknown_group: unknown_group.map(capital), ..page }),
            Form::Json => reply::json(&page),
            Form::Csv => table::csv(page, snapshot, found, known.as_ref()),
            Form::Embed => embed::figure(&app, page),
            Form::Svg => Ok(reply::svg("lacuna-chart.svg", page.svg(&app))),
        }
    })
    .await
}
