//! What must be known to read a chart rightly.

use lacuna_domain::filter::{CodeTest, Condition, Field};
use lacuna_pipeline::analyze::crosstab::{Line, Spec, Table};
use lacuna_store::catalogue::Axis;

use super::shares::Shares;
use super::{Asked, Chart};

/// Documents below which shares are not compared.
pub(super) const FEWEST: u64 = 10;

/// What must be known to read a chart rightly, where its table stands below it.
pub(super) fn notes(spec: &Spec, asked: &Asked, table: &Table, shares: &Shares) -> Vec<String> {
    let what = if is_dotted(spec, asked) { DOTS } else { "The table" };
    let counts = counting(spec, asked).into_iter().chain(corrected(shares, what));
    counts.chain(reading(asked, table)).collect()
}

/// The same of a chart that stands alone.
pub(super) fn file_notes(spec: &Spec, asked: &Asked, table: &Table, shares: &Shares) -> Vec<String> {
    let dots = corrected(shares, DOTS).filter(|_| is_dotted(spec, asked));
    counting(spec, asked).into_iter().chain(dots).chain(reading(asked, table)).collect()
}

/// How a picture shows corrected shares.
const DOTS: &str = "Dots and lines";

/// Whether corrected shares are drawn.
fn is_dotted(spec: &Spec, asked: &Asked) -> bool {
    asked.chart == Chart::Bars && spec.columns.is_none()
}

/// That parts of bars are no parts of a whole, where they are not.
fn counting(spec: &Spec, asked: &Asked) -> Option<String> {
    let several = |axis: &Axis| {
        matches!(
            axis,
            Axis::Codes(..)
                | Axis::Types(..)
                | Axis::Field(Field::ParentAuthority | Field::Collection | Field::AppliesTo | Field::Tag)
        )
    };
    let parts = matches!(asked.chart, Chart::Bars | Chart::Timeline);
    (parts && spec.columns.as_ref().is_some_and(several)).then(|| {
        "A document may stand in several parts of a bar, so bars do not add up to documents.".to_owned()
    })
}

/// Where shares with the machine's errors taken out stand, and whence they come.
fn corrected(shares: &Shares, what: &str) -> Option<String> {
    let first = shares.first()?;
    Some(format!(
        "{what} show shares corrected for the machine’s errors with 95 % intervals, from {} documents that people \
         read ({}).",
        first.read, first.sample
    ))
}

/// What a share of few documents and a count of nothing do not say.
fn reading(asked: &Asked, table: &Table) -> Vec<String> {
    let mut notes = Vec::new();
    let few = table.panels.iter().flat_map(|p| p.cells.iter().flatten()).any(|cell| cell.of < FEWEST);
    if asked.chart == Chart::Heat && asked.compares() && few {
        notes.push(format!("Shares of fewer than {FEWEST} documents are not shaded."));
    }
    // A type of actor that nobody has in a role is no absence of a subject.
    let of_type = |line: &Line| matches!(line.condition, Condition::Code(_, _, CodeTest::Type(_)));
    let empty = table.rows.iter().find(|row| row.count == 0 && !of_type(row));
    if let Some(empty) = empty.filter(|_| table.classified > 0) {
        notes.push(format!(
            "Nothing counted, such as for “{}”, means: {}.",
            empty.label,
            lacuna_pipeline::analyze::gaps::absence(table.classified)
        ));
    }
    notes
}
