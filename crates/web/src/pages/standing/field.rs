//! `GET /jurisdictions/{name}`, `/authorities/{name}`, `/collections/{name}`.

use axum::extract::{Path, State};
use axum::response::Response;
use lacuna_domain::Filter;
use lacuna_domain::filter::Field;
use lacuna_pipeline::analyze::crosstab::Base;

use super::{GapSummary, Inside, StandingPage, figures, found, newest, value};
use crate::error::WebError;
use crate::pages::explore::svg::svg_of;
use crate::pages::explore::{Asked, Chart, presets};
use crate::pages::gaps::set::Tab;
use crate::reply::{self, Charted, Format};
use crate::state::{App, Snapshot, list_href};
use crate::view::{Bar, Coverage, Section, at_most, narrowed, s, verb};

/// A kind of standing page: a field with its address and its words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of {
    /// The field.
    pub(crate) field: Field,
    /// First part of the address.
    pub(crate) path: &'static str,
    /// Several of them.
    pub(crate) many: &'static str,
    /// The field that is listed within a page.
    pub(crate) inside: Field,
}

impl Of {
    pub(crate) const JURISDICTION: Self = Self {
        field: Field::Jurisdiction,
        path: "/jurisdictions",
        many: "Jurisdictions",
        inside: Field::Authority,
    };
    pub(crate) const AUTHORITY: Self = Self {
        field: Field::Authority,
        path: "/authorities",
        many: "Authorities",
        inside: Field::Collection,
    };
    pub(crate) const COLLECTION: Self = Self {
        field: Field::Collection,
        path: "/collections",
        many: "Collections",
        inside: Field::Authority,
    };

    /// The page of one value.
    pub(crate) fn href(self, name: &str) -> String {
        format!("{}/{}", self.path, crate::address::segment(name))
    }
}

/// Values of the other field shown within a page.
const INSIDE: usize = 12;

fn build(app: &App, snapshot: &Snapshot, of: Of, name: &str, path: &str) -> Result<StandingPage, WebError> {
    let catalogue = &snapshot.catalogue;
    let filter = Filter::default().with(&value(of.field, name));
    let selection = catalogue.select(&filter, None);
    let first = crate::pages::gaps::first(&snapshot.codebook);
    let id = first.map_or_else(String::new, |d| d.id.to_string());
    let wanted = [
        (id.as_str(), "form", Chart::Bars, false),
        ("year", "enactment", Chart::Timeline, false),
        (id.as_str(), "sector", Chart::Heat, false),
        ("actor/target/types", "form", Chart::Bars, false),
    ];
    let shown = if name == lacuna_domain::filter::NONE { "Not recorded" } else { name };
    let chrome = app
        .chrome(snapshot, Section::Explore, shown)
        .describe(format!(
            "What the {} document{} of {shown} {}, and what {} open.",
            selection.len(),
            s(selection.len()),
            verb(selection.len(), "covers", "cover"),
            verb(selection.len(), "it leaves", "they leave"),
        ))
        .under(of.many, of.path)
        .at(app.config(), path)
        .with_json(path, "")
        .with_csv(path, "")
        .described_as_dataset(app.config());
    let mut inside = catalogue.field_facet(&selection, of.inside);
    inside.retain(|v| v.count > 0);
    let (inside, inside_left_out) = at_most(INSIDE, inside);
    Ok(StandingPage {
        provenance: chrome.provenance.clone(),
        chrome,
        kind: of.field.name().to_owned(),
        name: shown.to_owned(),
        lead: String::new(),
        documents: selection.len(),
        classified: selection.documents().intersection_len(catalogue.coded()),
        list_href: list_href(&filter),
        gaps: first.map(|d| GapSummary::of(app.today(), snapshot, &selection, d, |_| true)),
        findings: found(snapshot, &selection),
        coverage: first.map(|d| Coverage::known(snapshot, &selection, d)).into_iter().collect(),
        figures: figures(snapshot, &selection, &wanted, None)?,
        inside_name: of.inside.name().to_owned(),
        inside_svg: {
            let asked = Asked::new(of.inside.id(), "", Chart::Bars);
            svg_of(&Asked { base: Base::All, filter: filter.clone(), ..asked }.href())
        },
        inside: inside
            .into_iter()
            .map(|v| Inside {
                bar: Bar { full: v.count as usize, half: 0, of: selection.len() as usize },
                href: list_href(&filter.with(&v.condition)),
                name: v.label,
            })
            .collect(),
        inside_left_out,
        presets: presets(snapshot, of.field, &id, &filter),
        newest: newest(snapshot, &filter),
    })
}

fn presets(snapshot: &Snapshot, field: Field, first: &str, filter: &Filter) -> Vec<Tab> {
    let by = |columns: &str| Asked { filter: filter.clone(), ..presets::by(first, columns) };
    let mut views = presets::shared(snapshot, &by("jurisdiction"), Some(field));
    let more = [("By year", "year"), ("Risks by sector", "sector")];
    views.extend(more.map(|(name, columns)| (name.to_owned(), by(columns))));
    let mut tabs = presets::tabs(snapshot, views, None);
    tabs.insert(0, Tab { name: "Gaps".to_owned(), href: narrowed("/gaps", &[], filter), current: false });
    tabs
}

/// `GET /jurisdictions/{name}`
pub async fn jurisdiction(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    answer(&app, Of::JURISDICTION, &name)
}

/// `GET /authorities/{name}`
pub async fn authority(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    answer(&app, Of::AUTHORITY, &name)
}

/// `GET /collections/{name}`
pub async fn collection(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    answer(&app, Of::COLLECTION, &name)
}

fn answer(app: &App, of: Of, raw: &str) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let holds = |name: &str| !snapshot.catalogue.holding_alone(&value(of.field, name)).is_empty();
    let (name, form) = if holds(raw) { (raw, Charted::Page(Format::Html)) } else { Charted::split(raw) };
    if !holds(name) {
        let name: String = name.chars().take(80).collect();
        return Err(WebError::NotFound(format!(
            "no document has {} {name:?}; {} lists them",
            of.field.name(),
            of.path
        )));
    }
    let page = build(app, &snapshot, of, name, &of.href(name))?;
    match form {
        Charted::Page(Format::Html) => reply::html(&page),
        Charted::Page(Format::Json) => reply::json(&page),
        Charted::Svg => {
            let set = value(of.field, name).label(&snapshot.codebook);
            Ok(reply::svg("coverage.svg", page.svg(app, &set, &of.href(name))))
        }
        Charted::Page(Format::Csv) => {
            Ok(reply::csv("coverage.csv", crate::pages::codes::coverage_csv(&page.coverage)))
        }
    }
}
