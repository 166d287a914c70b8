//! Runs both stages over a text.

use super::super::reading::Reading;
use super::evidence::{self, Margins, WIDTH};
use super::features::{Features, Sparse};
use super::layout::Layout;
use super::stack::Verdict;
use super::table::Table;
use super::weights::Weights;

/// What the first stage says of a text.
pub(crate) struct Evidence {
    /// Of every sentence.
    pub(crate) margins: Margins,
    /// Per dimension and code.
    pub(crate) numbers: Vec<Vec<[f32; WIDTH]>>,
}

/// What the model says of a text.
pub(crate) struct Prediction {
    /// Of every sentence.
    pub(crate) margins: Margins,
    /// Per dimension and code, in the order of the layout.
    pub(crate) verdicts: Vec<Vec<Verdict>>,
}

/// The models of the first stage.
#[derive(Clone, Copy)]
pub(crate) struct Tables<'t> {
    pub(crate) sentence: &'t Table,
    pub(crate) classes: &'t Table,
    pub(crate) document: &'t Table,
}

/// What they read: features of each sentence, of the classes in each, and of the whole text.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'r> {
    pub(crate) units: &'r [Sparse],
    pub(crate) classes: &'r [Sparse],
    pub(crate) document: &'r Sparse,
}

/// The first stage on the features of all sentences and of the whole text.
pub(crate) fn evidence(layout: &Layout, tables: Tables<'_>, reading: &Reading, rows: Rows<'_>) -> Evidence {
    let margins = of_rows(tables.sentence, rows.units, layout.outputs);
    let classes = of_rows(tables.classes, rows.classes, layout.class_outputs);
    let mut of_whole = vec![0.0; layout.outputs];
    tables.document.margins(rows.document, &mut of_whole);
    let numbers = evidence::all(layout, reading, (&margins, &classes), &of_whole);
    Evidence { margins, numbers }
}

fn of_rows(table: &Table, rows: &[Sparse], outputs: usize) -> Margins {
    let mut margins = Margins::new(rows.len(), outputs);
    for (at, row) in rows.iter().enumerate() {
        table.margins(row, margins.row_mut(at));
    }
    margins
}

/// Both stages. `weights` fit `layout`.
pub(crate) fn predict(
    layout: &Layout,
    weights: &Weights,
    reading: &Reading,
    features: &Features<'_>,
) -> Prediction {
    let units: Vec<Sparse> = (0..reading.units.len()).map(|unit| features.unit(unit)).collect();
    let classes: Vec<Sparse> = if layout.class_outputs == 0 {
        vec![]
    } else {
        (0..reading.units.len()).map(|unit| features.classes(unit)).collect()
    };
    let (sentence, document) = (&weights.sentence, &weights.document);
    let tables = Tables { sentence, classes: &weights.classes, document };
    let rows = Rows { units: &units, classes: &classes, document: &features.document() };
    let Evidence { margins, numbers } = evidence(layout, tables, reading, rows);
    let verdicts = layout.dimensions.iter().zip(&weights.stacks).zip(&numbers);
    let verdicts = verdicts.map(|((d, stack), numbers)| stack.verdicts(numbers, d.scale)).collect();
    Prediction { margins, verdicts }
}
