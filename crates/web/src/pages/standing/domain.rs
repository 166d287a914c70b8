//! `GET /domains/{n}`: one group of codes, such as a risk domain.

use axum::extract::{Path, State};
use axum::response::Response;
use lacuna_domain::Filter;
use lacuna_domain::codebook::{Dimension, Group};
use lacuna_pipeline::analyze::findings;

use super::{GapSummary, StandingPage, figures};
use crate::error::WebError;
use crate::pages::explore::{Asked, Chart, presets};
use crate::pages::gaps::set::Tab;
use crate::reply::{self, Charted, Format};
use crate::state::{App, Snapshot};
use crate::view::{Coverage, Section};

/// The first dimension with groups, and its groups.
pub(crate) fn grouped(codebook: &lacuna_domain::Codebook) -> Option<&Dimension> {
    codebook.dimensions.iter().find(|d| !d.groups.is_empty())
}

fn build(
    app: &App,
    snapshot: &Snapshot,
    dimension: &Dimension,
    group: &Group,
) -> Result<StandingPage, WebError> {
    let catalogue = &snapshot.catalogue;
    let all = catalogue.select(&Filter::default(), None);
    let id = dimension.id.as_str();
    let inside =
        |code: &str| dimension.code(code).is_some_and(|c| c.group.as_deref() == Some(group.id.as_str()));
    let wanted = [
        (id, "jurisdiction", Chart::Heat, false),
        (id, "jurisdiction", Chart::Heat, true),
        (id, "form", Chart::Bars, false),
        (id, "enactment", Chart::Bars, false),
        (id, "year", Chart::Heat, false),
        (id, "sector", Chart::Heat, false),
    ];
    let path = path(group);
    let chrome = app
        .chrome(snapshot, Section::Explore, &group.name)
        .describe(format!(
            "{}: what the documents of the corpus cover, and what they leave open.",
            group.name
        ))
        .under("Domains", "/domains")
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "")
        .described_as_dataset(app.config());
    let mut coverage = Coverage::known(snapshot, &all, dimension);
    coverage.groups.retain(|g| g.name == group.name);
    let codes: Vec<String> = dimension.group_codes(&group.id).map(|c| c.short.clone()).collect();
    // Findings are made from the codes of this domain alone.
    let mut narrowed = dimension.clone();
    narrowed.codes.retain(|c| c.group.as_deref() == Some(group.id.as_str()));
    Ok(StandingPage {
        provenance: chrome.provenance.clone(),
        chrome,
        kind: format!("{}, domain {}", dimension.name, group.id),
        name: group.name.clone(),
        lead: format!(
            "{} {}: {}.",
            codes.len(),
            if codes.len() == 1 { &dimension.units.one } else { &dimension.units.many },
            codes.join(", ")
        ),
        documents: all.len(),
        classified: all.documents().intersection_len(catalogue.coded()),
        list_href: "/documents".to_owned(),
        gaps: Some(GapSummary::of(app.today(), snapshot, &all, dimension, inside)),
        findings: findings::of_dimension(catalogue, &all, &narrowed),
        coverage: vec![coverage],
        figures: figures(snapshot, &all, &wanted, Some(&group.id))?,
        inside_name: String::new(),
        inside: vec![],
        inside_left_out: 0,
        inside_svg: String::new(),
        presets: presets(snapshot, id, &group.id),
        newest: vec![],
    })
}

/// The address of a group's page.
fn path(group: &Group) -> String {
    format!("/domains/{}", crate::address::segment(&group.id))
}

fn presets(snapshot: &Snapshot, dimension: &str, group: &str) -> Vec<Tab> {
    let by = |columns: &str| Asked { group: group.to_owned(), ..presets::by(dimension, columns) };
    let mut views = presets::shared(snapshot, &by("jurisdiction"), None);
    let more = [("By authority", "authority"), ("By year", "year"), ("By language", "language")];
    views.extend(more.map(|(name, columns)| (name.to_owned(), by(columns))));
    presets::tabs(snapshot, views, None)
}

/// `GET /domains/{n}`
pub async fn get(State(app): State<App>, Path(raw): Path<String>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let dimension = grouped(&snapshot.codebook);
    let known = |id: &str| dimension.and_then(|d| Some((d, d.groups.iter().find(|g| g.id == id)?)));
    let html = Charted::Page(Format::Html);
    let (id, form) = if known(&raw).is_some() { (raw.as_str(), html) } else { Charted::split(&raw) };
    let Some((dimension, group)) = known(id) else {
        return Err(WebError::NotFound("there is no such domain; /domains lists them".to_owned()));
    };
    let page = build(&app, &snapshot, dimension, group)?;
    match form {
        Charted::Page(Format::Html) => reply::html(&page),
        Charted::Page(Format::Json) => reply::json(&page),
        Charted::Svg => Ok(reply::svg("domain.svg", page.svg(&app, "all documents", &path(group)))),
        Charted::Page(Format::Csv) => {
            Ok(reply::csv("domain.csv", crate::pages::codes::coverage_csv(&page.coverage)))
        }
    }
}
