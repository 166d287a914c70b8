//! `GET /actors`: roles by type, the flow from proposer to target, and who must do something about what.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::codebook::{Code, Dimension};
use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_store::catalogue::{Axis, AxisValue, Unit};
use serde::Serialize;

use super::{Asked, Cell, of_set};
use crate::error::WebError;
use crate::pages::explore::figure::Figure;
use crate::pages::explore::{self, Chart};
use crate::reply::{self, Charted, Format, csv_row};
use crate::state::{App, list_href};
use crate::view::chart::{Flow, Grid, Mark, Node, Picture, PictureFile, flow, heat};
use crate::view::{Chrome, Provenance, Section, SetForm, capital};

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
    pub(crate) set: SetForm,
    /// Classified documents of the set.
    pub(crate) classified: u64,
    /// Those of them in which names and duties were looked for; fewer where only a sample is gathered.
    pub(crate) searched: u64,
    pub(crate) roles: Vec<Figure>,
    pub(crate) pairs: Vec<Pair>,
    #[serde(skip)]
    pub(crate) flow: Option<Picture>,
    pub(crate) duties: Vec<DutyCell>,
    #[serde(skip)]
    pub(crate) matrix: Option<Picture>,
    /// The entities named in most documents, whatever the set.
    pub(crate) entities: Vec<super::list::Entry>,
    pub(crate) entity_count: usize,
    pub(crate) subject: String,
    /// The sentence under which an absence of duties stands.
    #[serde(skip)]
    pub(crate) absence: String,
    #[serde(skip)]
    pub(crate) flow_svg: String,
    #[serde(skip)]
    pub(crate) duties_svg: String,
}

/// Roles in the order of the flow, as far as the codebook has them.
const ORDER: [&str; 4] = ["proposer", "enforcer", "monitor", "target"];

fn build(asked: Asked<'_>) -> Result<ActorsPage, WebError> {
    let Asked { app, snapshot, named, selection } = asked;
    let set = SetForm::of("/actors", &Vec::new(), &[], selection, snapshot);
    let about = "Who proposes, who must act, who enforces and who watches, as the texts name them";
    let (query, searched) = (asked.query(), named.searched(snapshot, selection));
    let chrome = app
        .chrome(snapshot, Section::Actors, "Actors")
        .describe(format!("{about}, for {}.", set.words_of()))
        .under("Explore", "/explore")
        .at(app.config(), &asked.at("/actors"))
        .with_json("/actors", &query)
        .with_csv("/actors", &query)
        .gathered(named.extent)
        .described_as_dataset(app.config());
    let mut page = ActorsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        set,
        classified: selection.documents().intersection_len(snapshot.catalogue.coded()),
        searched,
        roles: vec![],
        pairs: vec![],
        flow: None,
        duties: vec![],
        matrix: None,
        entities: named.counted.most.clone(),
        entity_count: named.actors.entities.len(),
        subject: super::subject(&snapshot.codebook).map_or_else(String::new, |d| d.name.clone()),
        absence: lacuna_pipeline::analyze::gaps::absence(searched),
        flow_svg: asked.at("/actors/flow.svg"),
        duties_svg: asked.at("/actors/duties.svg"),
    };
    let Some((dimension, types)) = super::dimension(&snapshot.codebook) else { return Ok(page) };
    for role in &dimension.codes {
        let rows = format!("{}/{}/types", dimension.id, role.id);
        let filter = asked.filter().clone();
        let bars = explore::Asked { filter, ..explore::Asked::new(&rows, "", Chart::Multiples) };
        page.roles.push(Figure::of(snapshot, &bars, selection)?);
    }
    let roles: Vec<&Code> = ORDER.iter().filter_map(|role| dimension.code(role)).collect();
    page.pairs = pairs(asked, dimension, &roles);
    page.flow = (!page.pairs.is_empty()).then(|| draw_flow(asked, dimension, &roles, &page.pairs));
    page.duties = duties(asked, types);
    page.matrix = draw_matrix(asked, types, &page.duties);
    Ok(page)
}

/// The types of actors in one role.
fn types_in(dimension: &Dimension, role: &Code) -> Axis {
    Axis::Types(dimension.id.clone(), role.id.clone())
}

/// The type that a value of such an axis stands for.
fn kind_of(value: &AxisValue) -> &str {
    match &value.condition {
        Condition::Code(_, _, CodeTest::Type(kind)) => kind.as_str(),
        _ => "",
    }
}

fn pairs(asked: Asked<'_>, dimension: &Dimension, roles: &[&Code]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for pair in roles.windows(2) {
        let [from, to] = pair else { continue };
        let (rows, columns) = (types_in(dimension, from), types_in(dimension, to));
        let table = asked.snapshot.catalogue.crosstab(asked.selection, &rows, &columns);
        for (row, cells) in table.rows.iter().zip(&table.cells) {
            for (column, documents) in table.columns.iter().zip(cells).filter(|(_, count)| **count > 0) {
                pairs.push(Pair {
                    from_role: from.id.to_string(),
                    from: kind_of(row).to_owned(),
                    to_role: to.id.to_string(),
                    to: kind_of(column).to_owned(),
                    documents: *documents,
                    href: list_href(&asked.filter().only(&row.condition).only(&column.condition)),
                });
            }
        }
    }
    pairs
}

fn draw_flow(asked: Asked<'_>, dimension: &Dimension, roles: &[&Code], pairs: &[Pair]) -> Picture {
    let values = |role: &&Code| {
        asked.snapshot.catalogue.axis(asked.selection, &types_in(dimension, role), Unit::Documents)
    };
    let values: Vec<Vec<AxisValue>> = roles.iter().map(values).collect();
    let node = |value: &AxisValue| Node {
        name: value.label.clone(),
        mark: Mark {
            count: value.count,
            href: list_href(&asked.filter().only(&value.condition)),
            ..Mark::default()
        },
    };
    let columns: Vec<Vec<Node>> = values.iter().map(|values| values.iter().map(node).collect()).collect();
    let column = |id: &str| roles.iter().position(|r| r.id.as_str() == id);
    let place =
        |column: usize, kind: &str| values.get(column)?.iter().position(|value| kind_of(value) == kind);
    let band = |pair: &Pair| -> Option<Flow> {
        let start = column(&pair.from_role)?;
        let mark = Mark { count: pair.documents, href: pair.href.clone(), ..Mark::default() };
        Some(Flow { column: start, from: place(start, &pair.from)?, to: place(start + 1, &pair.to)?, mark })
    };
    let flows: Vec<Flow> = pairs.iter().filter_map(band).collect();
    let heads: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
    flow(&heads, &columns, &flows)
}

/// The cells of the matrix that have passages in the set.
fn duties(asked: Asked<'_>, types: &[Code]) -> Vec<DutyCell> {
    let Some(subject) = super::subject(&asked.snapshot.codebook) else { return vec![] };
    let set = asked.selection.documents();
    let mut cells = Vec::new();
    for Cell { kind, code, texts } in &asked.named.counted.duties {
        let (mut documents, mut passages) = (0, 0);
        for (of_text, of_each) in texts {
            let here = of_text.intersection_len(set);
            documents += here;
            passages += here * of_each;
        }
        if documents == 0 {
            continue;
        }
        cells.push(DutyCell {
            kind: kind.clone(),
            kind_name: kind_name(types, kind),
            code: code.clone(),
            code_name: subject.code(code).map_or_else(String::new, |c| c.short.clone()),
            passages,
            documents,
            href: asked.at(&crate::address::duties(kind, code)),
        });
    }
    cells
}

/// Name of a type; an empty one is told in words.
pub(super) fn kind_name(types: &[Code], kind: &str) -> String {
    let known = types.iter().find(|t| t.id.as_str() == kind);
    known.map_or_else(|| "Type not told apart".to_owned(), |t| t.name.clone())
}

fn draw_matrix(asked: Asked<'_>, types: &[Code], duties: &[DutyCell]) -> Option<Picture> {
    let subject = super::subject(&asked.snapshot.codebook)?;
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
                href: asked.at(&crate::address::duties(kind, code.id.as_str())),
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
pub async fn get(
    State(app): State<App>,
    format: Format,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let draw = move |asked: Asked<'_>| -> Result<Response, WebError> {
        let page = build(asked)?;
        match format {
            Format::Html => reply::html(&page),
            Format::Json => reply::json(&page),
            Format::Csv => Ok(reply::csv("actors.csv", csv(&page))),
        }
    };
    of_set(&app, query.as_deref(), Charted::Page(format), draw).await
}

impl ActorsPage {
    /// The file of one of the page's pictures, counted from `searched` documents.
    fn file(&self, title: &str, counts: &str, picture: Option<&Picture>, searched: u64) -> PictureFile {
        PictureFile {
            title: title.to_owned(),
            about: format!(
                "{}, {} of them classified. {counts}",
                capital(self.set.words_of()),
                self.classified
            ),
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
pub async fn get_flow(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let draw = |asked: Asked<'_>| -> Result<Response, WebError> {
        let page = build(asked)?;
        let counts = "Number of documents in which one role has the left type and the next role the right one. A document with \
                      several types stands in several bands, so bands do not add up to documents.";
        let file = page.file("From proposer to target", counts, page.flow.as_ref(), page.classified);
        Ok(reply::svg("actors-flow.svg", file.svg(asked.app.config(), &page.chrome, &asked.at("/actors"))))
    };
    of_set(&app, query.as_deref(), Charted::Svg, draw).await
}

/// `GET /actors/duties.svg`
pub async fn get_duties(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let draw = |asked: Asked<'_>| -> Result<Response, WebError> {
        let page = build(asked)?;
        let counts = format!(
            "Number of passages in which a target is named and a code of {} is spoken to. Both stand in one passage; \
             nothing is joined across a document. Documents with the same text count each.",
            page.subject
        );
        let title = "Who must do something about what";
        let file = page.file(title, &counts, page.matrix.as_ref(), page.searched);
        Ok(reply::svg("actors-duties.svg", file.svg(asked.app.config(), &page.chrome, &asked.at("/actors"))))
    };
    of_set(&app, query.as_deref(), Charted::Svg, draw).await
}

fn csv(page: &ActorsPage) -> String {
    let mut out = String::new();
    csv_row(
        &mut out,
        ["table", "role", "type", "other_role", "other", "documents", "passages", "fiction", "set"],
    );
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    let set = page.set.words_of();
    for pair in &page.pairs {
        let documents = pair.documents.to_string();
        csv_row(
            &mut out,
            ["flow", &pair.from_role, &pair.from, &pair.to_role, &pair.to, &documents, "", fiction, &set],
        );
    }
    for cell in &page.duties {
        let (documents, passages) = (cell.documents.to_string(), cell.passages.to_string());
        csv_row(
            &mut out,
            ["duties", "target", &cell.kind, "", &cell.code, &documents, &passages, fiction, &set],
        );
    }
    out
}
