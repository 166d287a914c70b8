//! `GET /actors`: roles by type, the flow from proposer to target, and who must do something about what.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_domain::Filter;
use lacuna_domain::codebook::{Code, Dimension};
use lacuna_domain::filter::{CodeTest, Condition};
use serde::Serialize;

use super::Named;
use crate::error::WebError;
use crate::pages::explore::figure::Figure;
use crate::pages::explore::{Asked, Chart};
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot, list_href};
use crate::view::chart::{Flow, Grid, Mark, Node, Picture, PictureFile, flow, heat};
use crate::view::{Chrome, Provenance, Section};

/// A pair of types in neighbouring roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The first role.
    pub from_role: String,
    /// Its type.
    pub from: String,
    /// The second role.
    pub to_role: String,
    /// Its type.
    pub to: String,
    /// Documents in which both hold.
    pub documents: u64,
    /// The documents.
    pub href: String,
}

/// A cell of the matrix of duties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutyCell {
    /// Type of the target; empty where it cannot be told.
    pub kind: String,
    /// Name of the type.
    pub kind_name: String,
    /// The code.
    pub code: String,
    /// Name of the code.
    pub code_name: String,
    /// Passages, each counted for every document that has it, as the sentences are listed.
    pub passages: u64,
    /// Documents with such a passage.
    pub documents: u64,
    /// The sentences.
    pub href: String,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/actors.html")]
pub struct ActorsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) classified: u64,
    /// Classified documents in which names and duties were looked for; fewer where only a sample is gathered.
    pub(crate) searched: u64,
    pub(crate) roles: Vec<Figure>,
    pub(crate) pairs: Vec<Pair>,
    #[serde(skip)]
    pub(crate) flow: Option<Picture>,
    pub(crate) duties: Vec<DutyCell>,
    #[serde(skip)]
    pub(crate) matrix: Option<Picture>,
    /// The entities named in most documents.
    pub(crate) entities: Vec<super::list::Entry>,
    pub(crate) entity_count: usize,
    pub(crate) subject: String,
}

/// Roles in the order of the flow, as far as the codebook has them.
const ORDER: [&str; 4] = ["proposer", "enforcer", "monitor", "target"];
/// Entities named on this page.
const NAMED: usize = 24;

fn build(app: &App, snapshot: &Snapshot, named: &Named) -> Result<ActorsPage, WebError> {
    let chrome = app
        .chrome(snapshot, Section::Actors, "Actors")
        .describe("Who proposes, who must act, who enforces and who watches, as the texts name them.")
        .under("Explore", "/explore")
        .at(app.config(), "/actors")
        .with_json("/actors", "")
        .with_csv("/actors", "")
        .gathered(named.extent)
        .described_as_dataset(app.config());
    let all = snapshot.catalogue.select(&Filter::default(), None);
    let classified = snapshot.catalogue.coded().len();
    let mut page = ActorsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        classified,
        searched: named.extent.searched(classified),
        roles: vec![],
        pairs: vec![],
        flow: None,
        duties: vec![],
        matrix: None,
        entities: super::list::entries(snapshot, named, None, "").into_iter().take(NAMED).collect(),
        entity_count: named.actors.entities.len(),
        subject: super::subject(&snapshot.codebook).map_or_else(String::new, |d| d.name.clone()),
    };
    let Some((dimension, types)) = super::dimension(&snapshot.codebook) else { return Ok(page) };
    for role in &dimension.codes {
        let asked = Asked::new(&format!("{}/{}/types", dimension.id, role.id), "", Chart::Bars);
        page.roles.push(Figure::of(snapshot, &asked, &all)?);
    }
    let roles: Vec<&Code> = ORDER.iter().filter_map(|role| dimension.code(role)).collect();
    page.pairs = pairs(snapshot, dimension, &roles, types);
    page.flow = (!page.pairs.is_empty()).then(|| draw_flow(snapshot, dimension, &roles, types, &page.pairs));
    page.duties = duties(snapshot, named, types);
    page.matrix = draw_matrix(snapshot, types, &page.duties);
    Ok(page)
}

fn held(dimension: &Dimension, role: &Code, kind: &Code) -> Condition {
    Condition::Code(dimension.id.clone(), role.id.clone(), CodeTest::Type(kind.id.clone()))
}

fn pairs(snapshot: &Snapshot, dimension: &Dimension, roles: &[&Code], types: &[Code]) -> Vec<Pair> {
    let catalogue = &snapshot.catalogue;
    let mut pairs = Vec::new();
    for pair in roles.windows(2) {
        let [from, to] = pair else { continue };
        for left in types {
            let (here, documents) =
                (held(dimension, from, left), catalogue.holding_alone(&held(dimension, from, left)));
            for right in types {
                let there = held(dimension, to, right);
                let count = documents.intersection_len(&catalogue.holding_alone(&there));
                if count > 0 {
                    pairs.push(Pair {
                        from_role: from.id.to_string(),
                        from: left.id.to_string(),
                        to_role: to.id.to_string(),
                        to: right.id.to_string(),
                        documents: count,
                        href: list_href(&Filter::default().with(&here).with(&there)),
                    });
                }
            }
        }
    }
    pairs
}

fn draw_flow(
    snapshot: &Snapshot,
    dimension: &Dimension,
    roles: &[&Code],
    types: &[Code],
    pairs: &[Pair],
) -> Picture {
    let node = |role: &Code, kind: &Code| {
        let condition = held(dimension, role, kind);
        Node {
            name: kind.name.clone(),
            mark: Mark {
                count: snapshot.catalogue.holding_alone(&condition).len(),
                href: list_href(&Filter::default().with(&condition)),
                ..Mark::default()
            },
        }
    };
    let columns: Vec<Vec<Node>> =
        roles.iter().map(|role| types.iter().map(|t| node(role, t)).collect()).collect();
    let place = |id: &str| types.iter().position(|t| t.id.as_str() == id);
    let column = |id: &str| roles.iter().position(|r| r.id.as_str() == id);
    let flows: Vec<Flow> = pairs
        .iter()
        .filter_map(|pair| {
            let mark = Mark { count: pair.documents, href: pair.href.clone(), ..Mark::default() };
            Some(Flow {
                column: column(&pair.from_role)?,
                from: place(&pair.from)?,
                to: place(&pair.to)?,
                mark,
            })
        })
        .collect();
    let heads: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
    flow(&heads, &columns, &flows)
}

fn duties(snapshot: &Snapshot, named: &Named, types: &[Code]) -> Vec<DutyCell> {
    let Some(subject) = super::subject(&snapshot.codebook) else { return vec![] };
    let mut cells = Vec::new();
    for ((kind, code), found) in &named.actors.duties {
        let places: BTreeSet<(u32, u32)> = found
            .iter()
            .flat_map(|duty| named.of(&duty.text).iter().map(|document| (*document, duty.passage)))
            .collect();
        let documents: BTreeSet<u32> = places.iter().map(|(document, _)| *document).collect();
        cells.push(DutyCell {
            kind: kind.clone(),
            kind_name: kind_name(types, kind),
            code: code.clone(),
            code_name: subject.code(code).map_or_else(String::new, |c| c.short.clone()),
            passages: places.len() as u64,
            documents: documents.len() as u64,
            href: crate::address::duties(kind, code),
        });
    }
    cells
}

/// Name of a type; an empty one is told in words.
pub(super) fn kind_name(types: &[Code], kind: &str) -> String {
    let known = types.iter().find(|t| t.id.as_str() == kind);
    known.map_or_else(|| "Type not told apart".to_owned(), |t| t.name.clone())
}

fn draw_matrix(snapshot: &Snapshot, types: &[Code], duties: &[DutyCell]) -> Option<Picture> {
    let subject = super::subject(&snapshot.codebook)?;
    if duties.is_empty() {
        return None;
    }
    let mut kinds: Vec<String> = types.iter().map(|t| t.id.to_string()).collect();
    kinds.push(String::new());
    kinds.retain(|kind| duties.iter().any(|d| &d.kind == kind));
    let row = |code: &Code| {
        let mark = |kind: &String| {
            let cell = duties.iter().find(|d| &d.kind == kind && d.code == code.id.as_str());
            Mark {
                count: cell.map_or(0, |c| c.passages),
                href: crate::address::duties(kind, code.id.as_str()),
                ..Mark::default()
            }
        };
        kinds.iter().map(mark).collect()
    };
    let grid = Grid {
        rows: subject.codes.iter().map(|c| format!("{} {}", c.id, c.short)).collect(),
        columns: kinds.iter().map(|kind| kind_name(types, kind)).collect(),
        marks: subject.codes.iter().map(row).collect(),
        totals: vec![],
        unit: "passages".to_owned(),
    };
    Some(heat(&grid))
}

/// `GET /actors`
pub async fn get(State(app): State<App>, format: Format) -> Result<Response, WebError> {
    answer(&app, format).await
}

async fn answer(app: &App, format: Format) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let page = build(app, &snapshot, super::named(app, &snapshot).await?)?;
    match format {
        Format::Html => reply::html(&page),
        Format::Json => reply::json(&page),
        Format::Csv => Ok(reply::csv("actors.csv", csv(&page))),
    }
}

impl ActorsPage {
    /// The file of one of the page's pictures, counted from `searched` documents.
    fn file(&self, title: &str, counts: &str, picture: Option<&Picture>, searched: u64) -> PictureFile {
        PictureFile {
            title: title.to_owned(),
            about: format!("All documents, {} of them classified. {counts}", self.classified),
            pictures: picture.map(|picture| (String::new(), picture.clone())).into_iter().collect(),
            empty: format!("No document of {searched} classified has anything to count here."),
            notes: vec![format!(
                "Nothing counted means: {}.",
                lacuna_pipeline::analyze::gaps::absence(searched)
            )],
            ..PictureFile::default()
        }
    }
}

/// `GET /actors/flow.svg`
pub async fn get_flow(State(app): State<App>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let page = build(&app, &snapshot, super::named(&app, &snapshot).await?)?;
    let counts = "Number of documents in which one role has the left type and the next role the right one. A document with \
                  several types stands in several bands, so bands do not add up to documents.";
    let file = page.file("From proposer to target", counts, page.flow.as_ref(), page.classified);
    Ok(reply::svg("actors-flow.svg", file.svg(app.config(), &page.chrome, "/actors")))
}

/// `GET /actors/duties.svg`
pub async fn get_duties(State(app): State<App>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let page = build(&app, &snapshot, super::named(&app, &snapshot).await?)?;
    let counts = format!(
        "Number of passages in which a target is named and a code of {} is spoken to. Both stand in one passage; nothing \
         is joined across a document. Documents with the same text count each.",
        page.subject
    );
    let title = "Who must do something about what";
    let file = page.file(title, &counts, page.matrix.as_ref(), page.searched);
    Ok(reply::svg("actors-duties.svg", file.svg(app.config(), &page.chrome, "/actors")))
}

fn csv(page: &ActorsPage) -> String {
    let mut out = String::new();
    csv_row(&mut out, ["table", "role", "type", "other_role", "other", "documents", "passages", "fiction"]);
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    for pair in &page.pairs {
        let documents = pair.documents.to_string();
        csv_row(
            &mut out,
            ["flow", &pair.from_role, &pair.from, &pair.to_role, &pair.to, &documents, "", fiction],
        );
    }
    for cell in &page.duties {
        let (documents, passages) = (cell.documents.to_string(), cell.passages.to_string());
        csv_row(&mut out, ["duties", "target", &cell.kind, "", &cell.code, &documents, &passages, fiction]);
    }
    out
}
