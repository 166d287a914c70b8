//! `/embed/…`: a quote or a chart to stand in other people's pages, with a link to its source. These pages alone may be
//! framed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use lacuna_domain::coding::Outcome;
use lacuna_domain::judgement::ActorJudgement;
use lacuna_domain::{Coding, Evidence, Filter, Judgement};

use crate::address;
use crate::error::WebError;
use crate::find::known_columns;
use crate::pages::documents::Asked;
use crate::pages::explore::figure::Figure;
use crate::pages::explore::page::ExplorePage;
use crate::params::Params;
use crate::reply;
use crate::state::App;
use crate::view::{Coverage, Provenance, enactment_of};

/// A quote.
#[derive(Debug, Template)]
#[template(path = "pages/embed_quote.html")]
pub struct EmbedQuote {
    pub(crate) stylesheet: String,
    pub(crate) site: String,
    pub(crate) title: String,
    pub(crate) issuer: String,
    pub(crate) quote: String,
    pub(crate) label: String,
    /// Where the document stands, for readers.
    pub(crate) state: &'static str,
    pub(crate) dead: bool,
    pub(crate) standing: &'static str,
    pub(crate) trust: String,
    pub(crate) trust_href: String,
    pub(crate) href: String,
    pub(crate) document_href: String,
    pub(crate) fiction: bool,
}

/// A chart: how many documents speak to each code of a dimension.
#[derive(Debug, Template)]
#[template(path = "pages/embed_chart.html")]
pub struct EmbedChart {
    pub(crate) stylesheet: String,
    pub(crate) site: String,
    pub(crate) cov: Coverage,
    pub(crate) about: String,
    pub(crate) as_of: String,
    pub(crate) href: String,
    pub(crate) fiction: bool,
}

/// Any chart of `/explore`.
#[derive(Debug, Template)]
#[template(path = "pages/embed_figure.html")]
pub struct EmbedFigure {
    pub(crate) stylesheet: String,
    pub(crate) site: String,
    pub(crate) provenance: Provenance,
    pub(crate) figure: Figure,
    pub(crate) about: String,
    pub(crate) href: String,
    pub(crate) fiction: bool,
}

/// What may frame these pages: anybody; what they may load stays as narrow as everywhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors *";

/// Marks an answer that may be framed, for the layer that sets the headers.
pub fn framable(response: &mut Response) {
    response.headers_mut().remove(header::X_FRAME_OPTIONS);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
}

/// `GET /embed/documents/{id}/{dimension}/{code}`: the strongest quote of a label.
pub async fn quote(
    State(app): State<App>,
    Path((id, dimension, code)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let asked = Asked::read(&app, &snapshot, &id, &mut Params::default()).await?;
    let found = strongest(&asked, &dimension, &code).zip(asked.codebook.dimension(&dimension));
    let Some(((coding, evidence), named)) = found else {
        return Err(app.no_label(&asked.document, &dimension, &code).await);
    };
    let level = coding.judgement(&dimension, &code).map_or("named", |j| named.value_name(j.value()));
    let name = named.code(&code).map_or(code.as_str(), |c| c.name.as_str());
    let filed = if named.kind == lacuna_domain::codebook::Kind::Choice { dimension.as_str() } else { &code };
    let trust = snapshot.trust(&dimension, filed);
    let absolute = |path: String| app.config().absolute(&path).unwrap_or(path);
    let place = address::passage(&asked.document.id, Some((&dimension, &code)), evidence.passage());
    let place = app.lasting(&place, asked.version.as_ref().map(|version| version.number));
    let metadata = &asked.document.metadata;
    let state = enactment_of(&asked.document, &snapshot.catalogue);
    reply::html(&EmbedQuote {
        stylesheet: crate::assets::stylesheet(),
        site: app.config().site.clone(),
        title: metadata.title().to_owned(),
        issuer: metadata.authority.clone().unwrap_or_else(|| "issuer not recorded".to_owned()),
        quote: evidence.quote().to_owned(),
        label: format!("{}: {name} ({level})", named.name),
        state: state.name(),
        dead: state.is_dead(),
        standing: snapshot.provenance.run.as_ref().map_or("", crate::view::RunFacts::standing),
        trust: trust.short(),
        trust_href: absolute(trust.href),
        href: absolute(place),
        document_href: absolute(address::document(&asked.document.id)),
        fiction: metadata.fiction,
    })
}

/// The coding of a document, with the strongest evidence of one of its labels.
fn strongest<'a>(asked: &'a Asked, dimension: &str, code: &str) -> Option<(&'a Coding, &'a Evidence)> {
    let Some(Outcome::Coded(coding)) = &asked.outcome else { return None };
    let coding = coding.as_ref();
    let evidence = coding
        .judgement(dimension, code)
        .map(Judgement::evidence)
        .or_else(|| coding.actor(code).map(ActorJudgement::evidence))
        .and_then(<[_]>::first)?;
    Some((coding, evidence))
}

/// The chart of a page of `/explore` alone, with a link to the page.
pub(crate) fn figure(app: &App, page: ExplorePage) -> Result<Response, WebError> {
    let path = page.asked.href();
    reply::html(&EmbedFigure {
        stylesheet: crate::assets::stylesheet(),
        site: app.config().site.clone(),
        about: crate::view::capital(page.set.words_of()),
        href: app.config().absolute(&path).unwrap_or(path),
        fiction: page.provenance.fiction,
        provenance: page.provenance,
        figure: page.figure,
    })
}

/// `GET /embed/codes/{dimension}?filter`: the coverage of a dimension over a filtered list.
pub async fn chart(
    State(app): State<App>,
    Path(dimension): Path<String>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let filter = Filter::parse_query(query.as_deref().unwrap_or_default(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    known_columns(&snapshot, &filter)?;
    let named = snapshot.codebook.dimension_at(&dimension).ok_or_else(|| {
        WebError::NotFound(format!("the codebook has no dimension {dimension:?}; /codes lists them"))
    })?;
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let found = snapshot.finder.find(&snapshot.catalogue, &filter)?;
    let conditions: Vec<String> = filter.conditions().iter().map(|c| c.label(&snapshot.codebook)).collect();
    let path = crate::state::list_href(&filter);
    reply::html(&EmbedChart {
        stylesheet: crate::assets::stylesheet(),
        site: app.config().site.clone(),
        cov: Coverage::known(&snapshot, &found.selection, named),
        about: if conditions.is_empty() { "all documents".to_owned() } else { conditions.join("; ") },
        as_of: snapshot.provenance.as_of_day(),
        href: app.config().absolute(&path).unwrap_or(path),
        fiction: snapshot.provenance.fiction,
    })
}
