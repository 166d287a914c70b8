//! Standing pages: a domain of the codebook, a jurisdiction, an authority, a collection, each with its charts, findings
//! and presets; and the list of each kind.

pub mod domain;
pub mod field;
pub mod list;

use askama::Template;
use lacuna_domain::Filter;
use lacuna_domain::codebook::Dimension;
use lacuna_domain::filter::{Condition, Sort};
use lacuna_pipeline::analyze::crosstab::Base;
use lacuna_pipeline::analyze::findings;
use lacuna_pipeline::analyze::gaps::{States, Verdict, gaps};
use lacuna_store::catalogue::Selection;
use serde::Serialize;

use crate::error::WebError;
use crate::pages::documents::row::Row;
use crate::pages::explore::figure::Figure;
use crate::pages::explore::{Asked, Chart};
use crate::pages::gaps::set::Tab;
use crate::state::{App, Snapshot};
use crate::view::chart::{PictureFile, coverage_file};
use crate::view::{Bar, Chrome, Coverage, Provenance, VerdictView, narrowed};

/// A value of another field within the page's documents.
#[derive(Clone, Debug, Serialize)]
pub struct Inside {
    /// Name.
    pub name: String,
    /// Documents, of those of the page.
    pub bar: Bar,
    /// The documents.
    pub href: String,
}

/// One of these pages.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/standing.html")]
pub struct StandingPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) lead: String,
    pub(crate) documents: u64,
    pub(crate) classified: u64,
    pub(crate) list_href: String,
    pub(crate) gaps: Option<GapSummary>,
    pub(crate) findings: Vec<String>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) inside_name: String,
    pub(crate) inside: Vec<Inside>,
    /// Further values inside, which are not shown.
    pub(crate) inside_left_out: usize,
    /// All values inside as a chart, as a file.
    #[serde(skip)]
    pub(crate) inside_svg: String,
    pub(crate) presets: Vec<Tab>,
    pub(crate) newest: Vec<Row>,
}

impl StandingPage {
    /// The coverage of the page as a picture; `set` names its documents in words, `path` is its address.
    pub(crate) fn svg(&self, app: &App, set: &str, path: &str) -> String {
        let file = match self.coverage.first() {
            Some(coverage) => {
                let file = coverage_file(coverage, set);
                PictureFile { title: format!("{}: {}", self.name, file.title), ..file }
            }
            None => PictureFile {
                title: self.name.clone(),
                empty: "The codebook has no codes that can be covered or not.".to_owned(),
                ..PictureFile::default()
            },
        };
        file.svg(app.config(), &self.chrome, path)
    }
}

/// How many codes stand how, and where to read more.
#[derive(Clone, Debug, Serialize)]
pub struct GapSummary {
    /// Classified documents.
    pub classified: u64,
    /// Those of them that bind today.
    pub binding: u64,
    /// Whether there are enough documents to rank.
    pub ranked: bool,
    /// Each verdict with the codes that have it, the widest gap first.
    pub verdicts: Vec<VerdictLine>,
    /// The page of all gaps of the set.
    pub href: String,
    /// The sentence under which every absence stands.
    pub absence: String,
}

/// A verdict and its codes.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictLine {
    /// The verdict.
    pub verdict: VerdictView,
    /// Codes with their audits.
    pub codes: Vec<(String, String)>,
}

impl GapSummary {
    /// The summary for `selection`; `within` keeps some codes of the dimension only.
    pub(crate) fn of(
        on: jiff::civil::Date,
        snapshot: &Snapshot,
        selection: &Selection,
        dimension: &Dimension,
        within: impl Fn(&str) -> bool,
    ) -> Self {
        let states = States::on(&snapshot.catalogue, on);
        let counted = gaps(&snapshot.catalogue, selection, dimension, &states);
        let first = crate::pages::gaps::first(&snapshot.codebook).is_some_and(|d| d.id == dimension.id);
        let own: Vec<(String, String)> =
            (!first).then(|| ("dimension".to_owned(), dimension.id.to_string())).into_iter().collect();
        let line = |verdict: Verdict| {
            let codes = counted.codes.iter().filter(|c| c.verdict == verdict && within(&c.code)).map(|c| {
                let name =
                    if c.group.is_some() { format!("{} {}", c.code, c.short) } else { c.short.clone() };
                let path = crate::pages::gaps::absence::path(dimension, &c.code);
                (name, narrowed(&path, &[], selection.filter()))
            });
            VerdictLine { verdict: VerdictView(verdict), codes: codes.collect() }
        };
        let mut verdicts: Vec<VerdictLine> = Verdict::ALL.into_iter().map(line).collect();
        verdicts.retain(|line| !line.codes.is_empty());
        Self {
            classified: counted.classified,
            binding: counted.binding,
            ranked: counted.ranked,
            verdicts,
            href: narrowed("/gaps", &own, selection.filter()),
            absence: counted.absence(),
        }
    }
}

/// Charts over the documents of `selection`; those that the codebook cannot answer, or that have too many cells, are left
/// out.
pub(crate) fn figures(
    snapshot: &Snapshot,
    selection: &Selection,
    wanted: &[(&str, &str, Chart, bool)],
    group: Option<&str>,
) -> Result<Vec<Figure>, WebError> {
    let mut figures = Vec::new();
    for (rows, columns, chart, good) in wanted {
        let mut asked = Asked { good: *good, ..Asked::new(rows, columns, *chart) };
        // A corpus has many more documents of one place than of another: counts alone would show that only.
        if *chart == Chart::Heat {
            asked.base = Base::Column;
        }
        asked.filter = selection.filter().at_page(1);
        group.unwrap_or_default().clone_into(&mut asked.group);
        let figure = match Figure::of(snapshot, &asked, selection) {
            Err(WebError::BadRequest(_)) => continue,
            figure => figure?,
        };
        if !figure.is_empty() {
            figures.push(figure);
        }
    }
    Ok(figures)
}

/// What stands out over several dimensions.
pub(crate) fn found(snapshot: &Snapshot, selection: &Selection) -> Vec<String> {
    let dimensions = crate::pages::gaps::dimensions(&snapshot.codebook).take(3);
    let of = |d: &Dimension| {
        let found = findings::of_dimension(&snapshot.catalogue, selection, d);
        found.into_iter().map(|finding| format!("{}: {finding}", d.name)).collect::<Vec<_>>()
    };
    dimensions.flat_map(of).collect()
}

/// The newest documents of a selection.
pub(crate) fn newest(snapshot: &Snapshot, filter: &Filter) -> Vec<Row> {
    let filter = Filter { sort: Some(Sort::Newest), per_page: 8, page: 1, ..filter.clone() };
    let selection = snapshot.catalogue.select(&filter, None);
    let page = snapshot.catalogue.page(&selection);
    let records = page.documents.iter().filter_map(|number| snapshot.catalogue.record(*number));
    records.map(|record| Row::of(record, &snapshot.codebook)).collect()
}

/// The condition that a value of a field holds.
pub(crate) fn value(field: lacuna_domain::filter::Field, value: &str) -> Condition {
    Condition::Field(field, value.to_owned())
}

/// The filter with the states that are in force: in force by the catalogue, or adopted without a day of entry.
pub(crate) fn in_force(filter: &Filter) -> Filter {
    use lacuna_domain::document::Enactment;
    let states = Enactment::ALL.into_iter().filter(|state| state.in_force());
    states.fold(filter.clone(), |filter, state| {
        filter.with(&value(lacuna_domain::filter::Field::Enactment, state.id()))
    })
}
