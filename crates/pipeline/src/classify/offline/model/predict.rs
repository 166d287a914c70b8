//! Runs both stages over a text.

use lacuna_domain::Passage;

use super::super::reading::{Cues, Reading};
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

/// The first stage on the features of all sentences and of the whole text.
pub(crate) fn evidence(
    layout: &Layout,
    (sentence, document): (&Table, &Table),
    reading: &Reading,
    (units, whole): (&[Sparse], &Sparse),
) -> Evidence {
    let mut margins = Margins::new(units.len(), layout.outputs);
    for (unit, row) in units.iter().enumerate() {
        sentence.margins(row, margins.row_mut(unit));
    }
    let mut of_whole = vec![0.0; layout.outputs];
    document.margins(whole, &mut of_whole);
    let numbers = evidence::all(layout, reading, &margins, &of_whole);
    Evidence { margins, numbers }
}

/// Both stages. `weights` fit `layout`.
pub(crate) fn predict(
    layout: &Layout,
    cues: &Cues,
    weights: &Weights,
    reading: &Reading,
    passages: &[Passage],
) -> Prediction {
    let features = Features::new(reading, passages, cues.keys());
    let units: Vec<Sparse> = (0..reading.units.len()).map(|unit| features.unit(unit)).collect();
    let tables = (&weights.sentence, &weights.document);
    let Evidence { margins, numbers } = evidence(layout, tables, reading, (&units, &features.document()));
    let verdicts = layout.dimensions.iter().zip(&weights.stacks).zip(&numbers);
    let verdicts = verdicts.map(|((d, stack), numbers)| stack.verdicts(numbers, d.scale)).collect();
    Prediction { margins, verdicts }
}
