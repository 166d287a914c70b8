//! The first stage: linear models of sentences, taught by the readers' quotes, and of whole documents.

use super::super::model::features::Sparse;
use super::super::model::layout::Layout;
use super::super::model::predict::Tables;
use super::super::model::table::{LENGTH, Table};
use super::linear::{Linear, Recipe, Task, Vocabulary};
use super::sample::{Read, Sample};

const SENTENCES: Recipe = Recipe { epochs: 5, rate: 0.15, ridge: 1e-4, shrink: 0.0, bias: -4.0 };
const CLASSES: Recipe = Recipe { epochs: 12, rate: 0.05, ridge: 0.0, shrink: 10.0, bias: -4.0 };
const DOCUMENTS: Recipe = Recipe { epochs: 20, rate: 0.03, ridge: 1e-3, shrink: 0.0, bias: -2.0 };
/// Weight of a quoted sentence.
const QUOTED: f32 = 4.0;
/// Weight of a sentence that was not quoted in a document that has the label: readers give three quotes at most.
const PASSED_OVER: f32 = 0.1;
/// Weight of a document that has the label.
const LABELLED: f32 = 1.5;
/// Sentences that a feature of classes must stand in.
const CLASS_ROWS: u32 = 8;
/// Features kept.
const SENTENCE_FEATURES: usize = 12_000;
const DOCUMENT_FEATURES: usize = 5_000;

/// The models of the first stage.
#[derive(Debug, Default)]
pub(crate) struct FirstStage {
    pub(crate) sentence: Table,
    pub(crate) classes: Table,
    pub(crate) document: Table,
}

impl FirstStage {
    /// For reading a text.
    pub(crate) const fn tables(&self) -> Tables<'_> {
        Tables { sentence: &self.sentence, classes: &self.classes, document: &self.document }
    }
}

/// Trains all three.
pub(crate) fn first_stage(samples: &[&Sample<'_>], layout: &Layout) -> FirstStage {
    FirstStage {
        sentence: sentences(samples, layout),
        classes: classes(samples, layout),
        document: documents(samples, layout),
    }
}

fn sentences(samples: &[&Sample<'_>], layout: &Layout) -> Table {
    let vocabulary = Vocabulary::common(samples.iter().map(|s| s.units.as_slice()), 3);
    let mut task = Task::default();
    for (kind, sample) in samples.iter().enumerate() {
        task.negatives.push(negatives(sample.read, layout));
        for (row, quoted) in sample.units.iter().zip(&sample.read.quoted) {
            task.rows.push(vocabulary.known(row));
            task.positives.push(quoted.iter().map(|&output| (output, QUOTED)).collect());
            task.kinds.push(kind as u32);
        }
    }
    let model = Linear::train(&task, vocabulary.hashes.len(), layout.outputs, SENTENCES);
    Table::quantised(&vocabulary.hashes, &[], &model.weights, &model.biases, SENTENCE_FEATURES)
}

/// The model of classes: sentences once more, by kinds of words only, for yes-or-no codes.
fn classes(samples: &[&Sample<'_>], layout: &Layout) -> Table {
    let vocabulary = Vocabulary::of_rows(samples.iter().flat_map(|s| &s.classes), CLASS_ROWS);
    let codes = || layout.dimensions.iter().flat_map(|d| &d.codes);
    let mut output_of = vec![None; layout.outputs];
    for code in codes() {
        output_of[code.outputs.any] = code.class.map(|class| class as u32);
    }
    let mut task = Task::default();
    for (kind, sample) in samples.iter().enumerate() {
        let all = negatives(sample.read, layout);
        let mut weights = vec![0.0; layout.class_outputs];
        for code in codes() {
            if let Some(class) = code.class {
                weights[class] = all[code.outputs.any];
            }
        }
        task.negatives.push(weights);
        for (row, quoted) in sample.classes.iter().zip(&sample.read.quoted) {
            task.rows.push(vocabulary.known(row));
            let positives = quoted.iter().filter_map(|&output| output_of[output as usize]);
            task.positives.push(positives.map(|output| (output, QUOTED)).collect());
            task.kinds.push(kind as u32);
        }
    }
    let model = Linear::train(&task, vocabulary.hashes.len(), layout.class_outputs, CLASSES);
    Table::quantised(&vocabulary.hashes, &[], &model.weights, &model.biases, usize::MAX)
}

/// Weight of the negative case of each output in the sentences of a document.
fn negatives(read: &Read, layout: &Layout) -> Vec<f32> {
    let mut weights = vec![0.0; layout.outputs];
    for (place, steps) in layout.dimensions.iter().zip(&read.steps) {
        for (code, &step) in place.codes.iter().zip(steps) {
            weights[code.outputs.top] = if step > 1 { PASSED_OVER } else { 1.0 };
            weights[code.outputs.any] = if step > 0 { PASSED_OVER } else { 1.0 };
        }
    }
    weights
}

fn documents(samples: &[&Sample<'_>], layout: &Layout) -> Table {
    let rows = samples.iter().map(|s| std::slice::from_ref(&s.document));
    let vocabulary = Vocabulary::common(rows, 4);
    let mut holding = vec![0_u32; vocabulary.hashes.len()];
    for (feature, _) in samples.iter().flat_map(|s| vocabulary.known(&s.document)) {
        holding[feature as usize] += 1;
    }
    let idf = |&n: &u32| (1.0 + samples.len() as f32 / n.max(1) as f32).ln();
    let idf: Vec<f32> = holding.iter().map(idf).collect();
    let mut task = Task { negatives: vec![vec![1.0; layout.outputs]], ..Task::default() };
    for sample in samples {
        task.rows.push(weighted(&vocabulary, &idf, &sample.document));
        task.positives.push(labelled(sample.read, layout));
        task.kinds.push(0);
    }
    let model = Linear::train(&task, vocabulary.hashes.len(), layout.outputs, DOCUMENTS);
    Table::quantised(&vocabulary.hashes, &idf, &model.weights, &model.biases, DOCUMENT_FEATURES)
}

fn weighted(vocabulary: &Vocabulary, idf: &[f32], row: &Sparse) -> Vec<(u32, f32)> {
    let mut row = vocabulary.known(row);
    for (feature, value) in &mut row {
        *value *= idf[*feature as usize];
    }
    let norm = LENGTH / row.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in &mut row {
        *value *= norm;
    }
    row
}

fn labelled(read: &Read, layout: &Layout) -> Vec<(u32, f32)> {
    let mut positives = Vec::new();
    for (place, steps) in layout.dimensions.iter().zip(&read.steps) {
        for (code, &step) in place.codes.iter().zip(steps) {
            if step > 0 {
                positives.push((code.outputs.any as u32, LABELLED));
            }
            if step > 1 && code.outputs.top != code.outputs.any {
                positives.push((code.outputs.top as u32, LABELLED));
            }
        }
    }
    positives
}
