//! `GET /codes/{dimension}/{code}`: what a code means, the documents at each of its levels, and its best quotes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use lacuna_domain::codebook::{Boundary, Code, Cues, Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, Field, Sort};
use lacuna_domain::{Codebook, Filter};
use lacuna_store::catalogue::Axis;
use serde::Serialize;

use super::dimension::{find, unknown};
use super::quotes::BestQuote;
use crate::error::WebError;
use crate::limits::aside;
use crate::pages::documents::{list, row::Row};
use crate::reply::{self, Charted, Format};
use crate::state::{App, Snapshot, list_href};
use crate::view::{Bar, Chrome, Glyph, Provenance, Reliability, Section, at_most, corrected};
use lacuna_pipeline::analyze::corrected::Corrected;

/// Something the code does not cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// What.
    pub text: String,
    /// The code that covers it.
    pub see: Option<String>,
    /// Address of that code.
    pub href: Option<String>,
}

/// Documents at one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtLevel {
    /// Name of the level.
    pub name: String,
    /// When it applies.
    pub rule: String,
    /// How it looks.
    pub glyph: Glyph,
    /// Documents at it.
    pub count: u64,
    /// Some of them, newest first; all of them are behind `href`.
    pub documents: Vec<Row>,
    /// The list of all of them.
    pub href: String,
}

/// Counts in one jurisdiction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// The jurisdiction.
    pub name: String,
    /// Counts over its coded documents.
    pub bar: Bar,
    /// The documents counted.
    pub href: String,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/code.html")]
pub struct CodePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) dimension: String,
    pub(crate) dimension_name: String,
    pub(crate) kind: &'static str,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) numbered: bool,
    pub(crate) group: Option<String>,
    pub(crate) definition: String,
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<Excluded>,
    pub(crate) boundary: Vec<Boundary>,
    pub(crate) cues: std::collections::BTreeMap<String, Cues>,
    pub(crate) codebook: String,
    /// Whether labels under this codebook are shown.
    pub(crate) counted: bool,
    pub(crate) bar: Bar,
    pub(crate) levels: Vec<AtLevel>,
    pub(crate) quotes: Vec<BestQuote>,
    pub(crate) places: Vec<Place>,
    /// Jurisdictions with classified documents that are not shown.
    pub(crate) places_left_out: usize,
    /// How far labels of this code by the run that is shown can be trusted.
    pub(crate) reliability: Reliability,
    /// How common it is once the machine's errors are taken out, where people read a sample.
    pub(crate) corrected: Vec<Corrected>,
    pub(crate) before: Option<(String, String)>,
    pub(crate) after: Option<(String, String)>,
}

/// Documents named at each level; the rest is one link away.
const NAMED: usize = 12;
/// Jurisdictions shown.
const PLACES: usize = 20;

impl CodePage {
    /// The page of `code`.
    pub fn build(
        chrome: Chrome,
        snapshot: &Snapshot,
        codebook: &Codebook,
        dimension: &Dimension,
        code: &Code,
        quotes: Vec<BestQuote>,
    ) -> Self {
        let counted = codebook.hash == snapshot.codebook.hash;
        let levels = if counted { levels(snapshot, dimension, code) } else { vec![] };
        let count = |glyph: Glyph| levels.iter().filter(|l| l.glyph == glyph).map(|l| l.count).sum::<u64>();
        let bar = Bar {
            full: count(Glyph::Full) as usize,
            half: count(Glyph::Half) as usize,
            of: snapshot.provenance.coded,
        };
        let place = dimension.codes.iter().position(|c| c.id == code.id).unwrap_or(0);
        let neighbour = |at: Option<usize>| {
            let other = dimension.codes.get(at?)?;
            let name = other
                .group
                .as_ref()
                .map_or_else(|| other.short.clone(), |_| format!("{} {}", other.id, other.short));
            Some((name, crate::address::code(dimension.id.as_str(), other.id.as_str())))
        };
        let filed =
            if matches!(dimension.kind, Kind::Choice) { dimension.id.as_str() } else { code.id.as_str() };
        let coded = snapshot.catalogue.coded();
        let places = if counted { places(snapshot, dimension, code) } else { vec![] };
        let (places, places_left_out) = at_most(PLACES, places);
        Self {
            corrected: if counted { corrected(snapshot, coded, &covered(dimension, code)) } else { vec![] },
            reliability: snapshot.trust(dimension.id.as_str(), filed),
            provenance: chrome.provenance.clone(),
            chrome,
            dimension: dimension.id.to_string(),
            dimension_name: dimension.name.clone(),
            kind: crate::view::kind(dimension),
            code: code.id.to_string(),
            name: code.name.clone(),
            numbered: code.group.is_some(),
            group: code
                .group
                .as_deref()
                .and_then(|id| dimension.groups.iter().find(|g| g.id == id))
                .map(|g| g.name.clone()),
            definition: code.definition.clone(),
            include: code.include.clone(),
            exclude: code.exclude.iter().map(|e| excluded(dimension, e)).collect(),
            boundary: code.boundary.clone(),
            cues: code.cues.clone(),
            codebook: format!("{} {}", codebook.title, codebook.version),
            counted,
            bar,
            levels,
            quotes,
            places,
            places_left_out,
            before: neighbour(place.checked_sub(1)),
            after: neighbour(Some(place + 1)),
        }
    }
}

fn excluded(dimension: &Dimension, exclusion: &lacuna_domain::codebook::Exclusion) -> Excluded {
    let see = exclusion.see.as_ref().and_then(|id| dimension.code(id.as_str()));
    Excluded {
        text: exclusion.text.clone(),
        see: see.map(|c| format!("{} {}", c.id, c.short)),
        href: see.map(|c| crate::address::code(dimension.id.as_str(), c.id.as_str())),
    }
}

fn conditions(dimension: &Dimension, code: &Code) -> Vec<(Condition, String, String, Glyph)> {
    let test = |test: CodeTest| Condition::Code(dimension.id.clone(), code.id.clone(), test);
    let plain =
        |condition: Condition, name: &str, glyph: Glyph| (condition, name.to_owned(), String::new(), glyph);
    match &dimension.kind {
        Kind::Ordinal { levels } => levels
            .iter()
            .rev()
            .map(|level| {
                let glyph = Glyph::of(dimension, &lacuna_domain::Value::Level(level.value));
                let condition = if glyph == Glyph::Empty {
                    test(CodeTest::Absent)
                } else {
                    test(CodeTest::Levels { from: level.value, to: level.value })
                };
                (condition, level.name.clone(), level.rule.clone(), glyph)
            })
            .collect(),
        Kind::Flag => vec![
            plain(test(CodeTest::Covered), "Found", Glyph::Full),
            plain(test(CodeTest::Absent), "Not found by this engine", Glyph::Empty),
        ],
        Kind::Choice => {
            vec![plain(
                Condition::Option(dimension.id.clone(), code.id.clone()),
                "Documents of this form",
                Glyph::Full,
            )]
        }
        Kind::Actor { .. } => vec![
            plain(test(CodeTest::Covered), "Somebody named", Glyph::Full),
            plain(test(CodeTest::Absent), "Nobody named, as far as this engine found", Glyph::Empty),
        ],
    }
}

fn levels(snapshot: &Snapshot, dimension: &Dimension, code: &Code) -> Vec<AtLevel> {
    conditions(dimension, code)
        .into_iter()
        .map(|(condition, name, rule, glyph)| {
            let mut filter = Filter { sort: Some(Sort::Newest), ..Filter::default() }.with(&condition);
            let href = list_href(&Filter { sort: None, ..filter.clone() });
            filter.per_page = NAMED as u32;
            let selection = snapshot.catalogue.select(&filter, None);
            let numbers =
                if glyph == Glyph::Empty { vec![] } else { snapshot.catalogue.page(&selection).documents };
            let records = numbers.iter().filter_map(|n| snapshot.catalogue.record(*n));
            AtLevel {
                name,
                rule,
                glyph,
                count: selection.len(),
                documents: records.map(|r| Row::of(r, &snapshot.codebook)).collect(),
                href,
            }
        })
        .collect()
}

fn places(snapshot: &Snapshot, dimension: &Dimension, code: &Code) -> Vec<Place> {
    if matches!(dimension.kind, Kind::Choice) {
        return vec![];
    }
    let catalogue = &snapshot.catalogue;
    let all = catalogue.select(&Filter::default(), None);
    let columns = Axis::Levels(dimension.id.clone(), code.id.clone());
    let table = catalogue.crosstab(&all, &Axis::Field(Field::Jurisdiction), &columns);
    let covered = Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Covered);
    table
        .rows
        .iter()
        .zip(&table.cells)
        .map(|(row, cells)| {
            let of: u64 = cells.iter().sum();
            let full = cells.last().copied().unwrap_or(0);
            let none = cells.first().copied().unwrap_or(0);
            Place {
                name: row.label.clone(),
                bar: Bar { full: full as usize, half: (of - full - none) as usize, of: of as usize },
                href: list_href(&Filter::default().with(&row.condition).with(&covered)),
            }
        })
        .filter(|place| place.bar.of > 0)
        .collect()
}

/// `GET /codes/{dimension}/{code}`
pub async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    Path((name, raw)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let exact = find(&snapshot, &name).is_some_and(|(_, d)| d.code(&raw).is_some());
    let html = Charted::Page(Format::Html);
    let (id, form) = if exact { (raw.as_str(), html) } else { Charted::split(&raw) };
    answer(&app, &snapshot, &name, id, (form, headers.get(header::IF_NONE_MATCH))).await
}

/// `GET /api/v1/codes/{dimension}/{code}`
pub async fn get_json(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    answer(&app, &app.snapshot(), &name, &id, (Charted::Page(Format::Json), None)).await
}

async fn answer(
    app: &App,
    snapshot: &Arc<Snapshot>,
    name: &str,
    id: &str,
    (form, known): (Charted, Option<&HeaderValue>),
) -> Result<Response, WebError> {
    let (codebook, dimension) = find(snapshot, name).ok_or_else(|| unknown(snapshot, name))?;
    let Some(code) = dimension.code(id) else {
        return Err(app.no_code(name, id, no_code(dimension, id)).await);
    };
    let path = crate::address::code(dimension.id.as_str(), code.id.as_str());
    if name != dimension.id.as_str() && form == Charted::Page(Format::Html) {
        return Ok(Redirect::permanent(&path).into_response());
    }
    if form == Charted::Page(Format::Csv) {
        let file = format!("{}-{}.csv", dimension.id, code.id);
        return table(snapshot, file, covered(dimension, code), known).await;
    }
    let chrome = app
        .chrome(snapshot, Section::Codes, &title(code))
        .describe(code.definition.clone())
        .under("Codes", "/codes")
        .under(dimension.name.clone(), crate::address::dimension(dimension.id.as_str()))
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "")
        .described_as_dataset(app.config());
    let (quotes, extent) = super::quotes::of(app, snapshot, dimension, code).await?;
    let chrome = chrome.gathered(extent);
    let page = CodePage::build(chrome, snapshot, codebook, dimension, code, quotes);
    match form {
        Charted::Page(Format::Json) => reply::json(&page),
        Charted::Page(_) => reply::html(&page),
        Charted::Svg => {
            let file = super::picture::file(&page).svg(app.config(), &page.chrome, &path);
            Ok(reply::svg(&format!("{}-{}.svg", dimension.id, code.id), file))
        }
    }
}

/// The documents that pass `condition` as the table `file`.
async fn table(
    snapshot: &Arc<Snapshot>,
    file: String,
    condition: Condition,
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    let (snapshot, known) = (Arc::clone(snapshot), known.cloned());
    // Putting very many in order takes a while; other requests go on meanwhile.
    let listed = move || {
        let selection = snapshot.catalogue.select(&Filter::default().with(&condition), None);
        list::csv(&snapshot, &file, &snapshot.catalogue.in_order(&selection), known.as_ref())
    };
    aside("list documents", listed).await?
}

fn no_code(dimension: &Dimension, id: &str) -> WebError {
    let known: Vec<&str> = dimension.codes.iter().map(|c| c.id.as_str()).collect();
    let id: String = id.chars().take(80).collect();
    WebError::NotFound(format!("{} has no code {id:?}; it has {}", dimension.id, known.join(", ")))
}

fn title(code: &Code) -> String {
    if code.group.is_some() { format!("{} {}", code.id, code.name) } else { code.name.clone() }
}

/// That a document speaks to the code.
pub(crate) fn covered(dimension: &Dimension, code: &Code) -> Condition {
    match dimension.kind {
        Kind::Choice => Condition::Option(dimension.id.clone(), code.id.clone()),
        _ => Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Covered),
    }
}

/// `GET /{dimension}/{code}`, such as `/risks/2.2`: leads to the code's page.
pub async fn short_form(
    State(app): State<App>,
    Path((name, code)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let known = find(&snapshot, &name).and_then(|(_, d)| d.code(&code).map(|c| (d, c)));
    let (dimension, code) = known.ok_or_else(|| WebError::NotFound("nothing has this address".to_owned()))?;
    let path = crate::address::code(dimension.id.as_str(), code.id.as_str());
    Ok(Redirect::permanent(&path).into_response())
}
