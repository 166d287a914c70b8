//! What the sentence model, the document model and the cues say of each code in a text, as numbers.

use lacuna_domain::passage::{Kind, Part};

use super::super::reading::{Reading, Strength, Unit};
use super::super::rules;
use super::super::signals::{Signal, Signals};
use super::layout::{CodePlace, DimensionPlace, Layout};
use super::stack::sigmoid;

/// Numbers per code.
pub(crate) const WIDTH: usize = 35;

/// Margins of every sentence: `units × outputs`.
pub(crate) struct Margins {
    outputs: usize,
    values: Vec<f32>,
}

impl Margins {
    /// All zero.
    pub(crate) fn new(units: usize, outputs: usize) -> Self {
        Self { outputs, values: vec![0.0; units * outputs] }
    }

    /// Of one sentence and output.
    pub(crate) fn of(&self, unit: usize, output: usize) -> f32 {
        self.values[unit * self.outputs + output]
    }

    /// Of one sentence.
    pub(crate) fn row_mut(&mut self, unit: usize) -> &mut [f32] {
        &mut self.values[unit * self.outputs..(unit + 1) * self.outputs]
    }
}

/// The numbers of every code of every dimension; `margins` are those of the sentence model and of the model of classes,
/// `document` those of the document model.
pub(crate) fn all(
    layout: &Layout,
    reading: &Reading,
    margins: (&Margins, &Margins),
    document: &[f32],
) -> Vec<Vec<[f32; WIDTH]>> {
    let whole = Whole::of(reading);
    let of = |d: &DimensionPlace| {
        let codes = d.codes.iter();
        let code = |c: &CodePlace| {
            let mut n = numbers(reading, &whole, margins.0, document, c);
            if let Some(output) = c.class {
                classes(&mut n, reading, &whole, margins.1, output);
            }
            n
        };
        codes.map(code).collect()
    };
    layout.dimensions.iter().map(of).collect()
}

/// Facts of the text that serve all codes.
struct Whole {
    throughout: bool,
    tokens: f32,
    ai_share: f32,
    operative_share: f32,
    operative: Vec<bool>,
}

impl Whole {
    fn of(reading: &Reading) -> Self {
        let count = (reading.units.len() as f32).max(1.0);
        let operative: Vec<bool> = reading.units.iter().map(Unit::is_operative).collect();
        Self {
            throughout: rules::ai_throughout(reading),
            tokens: reading.tokens.items().len() as f32,
            ai_share: reading.units.iter().filter(|u| u.own.has(Signal::Ai)).count() as f32 / count,
            operative_share: operative.iter().filter(|o| **o).count() as f32 / count,
            operative,
        }
    }
}

/// Stands for the margin of a sentence that is not there.
const NONE: f32 = -6.0;

fn numbers(
    reading: &Reading,
    whole: &Whole,
    margins: &Margins,
    document: &[f32],
    place: &CodePlace,
) -> [f32; WIDTH] {
    let outputs = place.outputs;
    let count = reading.units.len();
    let mut ranked: Vec<(f32, usize)> = (0..count).map(|u| (margins.of(u, outputs.any), u)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut top: Vec<f32> = (0..count).map(|u| margins.of(u, outputs.top)).collect();
    top.sort_by(|a, b| b.total_cmp(a));
    let any: Vec<f32> = ranked.iter().map(|&(m, _)| m).collect();
    let operative: Vec<f32> = ranked.iter().filter(|(_, u)| whole.operative[*u]).map(|&(m, _)| m).collect();
    let front = |u: usize| reading.units[u].kind == Kind::Heading || reading.units[u].part == Part::Front;
    let mut n = [0.0; WIDTH];
    n[0] = at(&any, 0);
    n[1] = at(&any, 1);
    n[2] = mean(&any, 3);
    n[3] = mean(&any, 6);
    n[4] = chances(&any).ln_1p();
    n[5] = chances(&operative).ln_1p();
    n[6] = at(&operative, 0);
    n[7] = at(&top, 0);
    n[8] = mean(&top, 3);
    n[9] = chances(&top).ln_1p();
    n[10] = (any.partition_point(|&m| m > 0.0) as f32).ln_1p();
    n[11] = chances(&any) / (count as f32).max(1.0);
    n[12] = ranked.iter().find(|(_, u)| front(*u)).map_or(NONE, |&(m, _)| m);
    n[13] = document[outputs.any];
    n[14] = document[outputs.top];
    cues(&mut n, reading, whole, place.cue);
    n[21] = whole.tokens.ln_1p();
    n[22] = whole.ai_share;
    let best = ranked.iter().take(3).filter(|(m, _)| *m > -2.0);
    n[23] = best.fold(Signals::default(), |s, (_, u)| s.with(reading.units[*u].signals)).elements() as f32;
    n[24] = mean(&operative, 3);
    n[25] = whole.operative_share;
    let near: Vec<f32> = ranked.iter().filter(|(_, u)| reading.units[*u].near_ai).map(|&(m, _)| m).collect();
    n[26] = at(&near, 0);
    n[27] = chances(&near).ln_1p();
    n
}

/// Best sentence and sum of chances by the model of classes: of all sentences, of those with force, of those that name AI.
fn classes(n: &mut [f32; WIDTH], reading: &Reading, whole: &Whole, margins: &Margins, output: usize) {
    let (mut best, mut sum) = ([NONE; 3], [0.0_f32; 3]);
    for (at, unit) in reading.units.iter().enumerate() {
        let margin = margins.of(at, output);
        for (i, counts) in [true, whole.operative[at], unit.own.has(Signal::Ai)].into_iter().enumerate() {
            if counts {
                best[i] = best[i].max(margin);
                sum[i] += sigmoid(margin);
            }
        }
    }
    for i in 0..3 {
        n[29 + i * 2] = best[i];
        n[30 + i * 2] = sum[i].ln_1p();
    }
}

fn at(values: &[f32], i: usize) -> f32 {
    values.get(i).copied().unwrap_or(NONE)
}

/// Mean of the first `n` values, missing ones taken as [`NONE`].
fn mean(values: &[f32], n: usize) -> f32 {
    values.iter().copied().chain(std::iter::repeat(NONE)).take(n).sum::<f32>() / n as f32
}

/// Sum of the chances that margins stand for.
fn chances(margins: &[f32]) -> f32 {
    margins.iter().copied().map(sigmoid).sum()
}

fn cues(n: &mut [f32; WIDTH], reading: &Reading, whole: &Whole, cue: u32) {
    let (mut strong, mut weak, mut operative, mut heading, mut near) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let mut terms: Vec<u32> = vec![];
    for unit in &reading.units {
        for hit in unit.cues.iter().filter(|h| h.code == cue) {
            match hit.strength {
                Strength::Strong => {
                    strong += 1;
                    near += u32::from(unit.near_ai);
                    operative += u32::from(unit.is_operative());
                    heading += u32::from(unit.kind == Kind::Heading || unit.part == Part::Front);
                }
                Strength::Weak => weak += u32::from(whole.throughout || unit.own.has(Signal::Ai)),
            }
            if !terms.contains(&hit.term) {
                terms.push(hit.term);
            }
        }
    }
    n[15] = (strong as f32).ln_1p();
    n[16] = (weak as f32).ln_1p();
    n[17] = (operative as f32).ln_1p();
    n[18] = (heading as f32).ln_1p();
    n[19] = (terms.len() as f32).ln_1p();
    n[20] = (strong as f32 * 1000.0 / whole.tokens.max(200.0)).ln_1p();
    n[28] = (near as f32).ln_1p();
}
