//! What must be known to read a chart rightly.

use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_pipeline::analyze::crosstab::Line;
use lacuna_store::catalogue::Unit;

use super::Chart;
use super::shares::{CELLS, Shares};
use super::shown::Frame;

/// Documents below which shares are not compared.
pub(super) const FEWEST: u64 = 10;

/// What must be known to read a chart rightly, where its table stands below it.
pub(super) fn notes(frame: &Frame<'_>) -> Vec<String> {
    let what = if is_dotted(frame) { DOTS } else { "The table" };
    let counts = counting(frame).into_iter().chain(corrected(frame.shares, what));
    counts.chain(reading(frame)).collect()
}

/// The same of a chart that stands alone.
pub(super) fn file_notes(frame: &Frame<'_>) -> Vec<String> {
    let dots = corrected(frame.shares, DOTS).filter(|_| is_dotted(frame));
    counting(frame).into_iter().chain(dots).chain(reading(frame)).collect()
}

/// How a picture shows corrected shares.
const DOTS: &str = "Dots and lines";

/// Whether corrected shares are drawn.
fn is_dotted(frame: &Frame<'_>) -> bool {
    frame.asked.chart == Chart::Bars && frame.spec.columns.is_none()
}

/// What numbers count that are not what they seem to be.
fn counting(frame: &Frame<'_>) -> Vec<String> {
    let asked = frame.asked;
    let mut notes = Vec::new();
    if asked.unit == Unit::Texts {
        let lists = "Each number counts texts; its list shows every document that has one of them.";
        notes.push(lists.to_owned());
    }
    if asked.chart.is_stacked() && frame.spec.columns.is_some() && frame.series.overlap {
        let one = if asked.unit == Unit::Texts { "text" } else { "document" };
        notes.push(format!(
            "Series overlap: a {one} may stand in several parts of a bar, so parts do not add up; the number at a bar \
             counts each {one} once."
        ));
    }
    let mut cells = frame.table.panels.iter().flat_map(|panel| panel.cells.iter().flatten());
    if cells.any(|cell| cell.within < cell.count) {
        let unit = asked.unit_words();
        notes.push(format!("A share counts those {unit} alone that are among the {unit} it is a share of."));
    }
    if asked.good && !asked.has_levels(&frame.snapshot.codebook) {
        notes.push("No axis has levels, so the choice of the highest level changes nothing.".to_owned());
    }
    notes
}

/// Where shares with the machine's errors taken out stand, and whence they come; or why there are none.
fn corrected(shares: &Shares, what: &str) -> Option<String> {
    if let Some(cells) = shares.too_many() {
        return Some(format!(
            "Shares corrected for the machine’s errors are counted of at most {CELLS} cells, and these are {cells}; \
             choose fewer values by a filter to see corrected shares."
        ));
    }
    let first = shares.first()?;
    Some(format!(
        "{what} show shares corrected for the machine’s errors with 95 % intervals, from {} documents that people \
         read ({}).",
        first.read, first.sample
    ))
}

/// What a share of few documents and a count of nothing do not say.
fn reading(frame: &Frame<'_>) -> Vec<String> {
    let (asked, table) = (frame.asked, frame.table);
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
