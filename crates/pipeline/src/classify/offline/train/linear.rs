//! Logistic models of many outputs over one set of sparse rows, trained together by `AdaGrad`: one pass over a row serves
//! all outputs. Deterministic: fixed seed, fixed order, one thread per model.

use super::super::lexicon::HashIndex;
use super::super::model::features::Sparse;
use super::super::model::stack::sigmoid;

/// The features that a model knows, with a dense index each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    /// Hashes in ascending order.
    pub(crate) hashes: Vec<u32>,
    index: HashIndex<u32, u32>,
}

impl Vocabulary {
    /// Of ascending, distinct hashes.
    pub(crate) fn of(hashes: Vec<u32>) -> Self {
        let index = hashes.iter().enumerate().map(|(i, &h)| (h, i as u32)).collect();
        Self { hashes, index }
    }

    /// Features that occur in at least `least` of the groups of rows.
    pub(crate) fn common<'r>(groups: impl Iterator<Item = &'r [Sparse]>, least: u32) -> Self {
        let mut counts: HashIndex<u32, u32> = HashIndex::default();
        for rows in groups {
            let mut seen: Vec<u32> = rows.iter().flatten().map(|&(hash, _)| hash).collect();
            seen.sort_unstable();
            seen.dedup();
            for hash in seen {
                *counts.entry(hash).or_insert(0) += 1;
            }
        }
        let mut hashes: Vec<u32> = counts.iter().filter(|&(_, &n)| n >= least).map(|(&h, _)| h).collect();
        hashes.sort_unstable();
        Self::of(hashes)
    }

    /// Features that occur in at least `least` rows.
    pub(crate) fn of_rows<'r>(rows: impl Iterator<Item = &'r Sparse>, least: u32) -> Self {
        Self::common(rows.map(std::slice::from_ref), least)
    }

    /// The known features of `row` by dense index.
    pub(crate) fn known(&self, row: &Sparse) -> Vec<(u32, f32)> {
        row.iter().filter_map(|&(hash, value)| Some((*self.index.get(&hash)?, value))).collect()
    }
}

/// Rows and what is wanted of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Task {
    /// Rows by dense feature index.
    pub(crate) rows: Vec<Vec<(u32, f32)>>,
    /// Positive outputs of each row, with weight.
    pub(crate) positives: Vec<Vec<(u32, f32)>>,
    /// Weight of the negative case for each output, by kind of row.
    pub(crate) negatives: Vec<Vec<f32>>,
    /// Kind of each row, an index into `negatives`.
    pub(crate) kinds: Vec<u32>,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    pub(crate) epochs: usize,
    pub(crate) rate: f32,
    /// Penalty at every row that has the feature.
    pub(crate) ridge: f32,
    /// Penalty on a pass over all rows, however few have the feature: keeps rare features small.
    pub(crate) shrink: f32,
    pub(crate) bias: f32,
}

/// Weights of `outputs` models, feature by feature.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    /// Number of outputs.
    pub(crate) outputs: usize,
    /// `features × outputs`.
    pub(crate) weights: Vec<f32>,
    /// One per output.
    pub(crate) biases: Vec<f32>,
}

impl Linear {
    /// Margins of a row into `out`.
    pub(crate) fn margins(&self, row: &[(u32, f32)], out: &mut [f32]) {
        out.copy_from_slice(&self.biases);
        for &(feature, value) in row {
            let at = feature as usize * self.outputs;
            for (sum, weight) in out.iter_mut().zip(&self.weights[at..at + self.outputs]) {
                *sum += weight * value;
            }
        }
    }

    /// Trains on `task`.
    pub(crate) fn train(task: &Task, features: usize, outputs: usize, recipe: Recipe) -> Self {
        let size = features * outputs;
        let mut model = Self { outputs, weights: vec![0.0; size], biases: vec![recipe.bias; outputs] };
        let (mut squares, mut bias_squares) = (vec![1e-3_f32; size], vec![1e-3_f32; outputs]);
        let mut order: Vec<u32> = (0..task.rows.len() as u32).collect();
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut penalties = vec![0_u32; features];
        for (feature, _) in task.rows.iter().flatten() {
            penalties[*feature as usize] += 1;
        }
        let penalties: Vec<f32> =
            penalties.iter().map(|&n| recipe.ridge + recipe.shrink / n.max(1) as f32).collect();
        let (mut margins, mut slopes) = (vec![0.0_f32; outputs], vec![0.0_f32; outputs]);
        for _ in 0..recipe.epochs {
            shuffle(&mut order, &mut seed);
            for &row in &order {
                let row = row as usize;
                model.margins(&task.rows[row], &mut margins);
                let weights = &task.negatives[task.kinds[row] as usize];
                for ((slope, margin), weight) in slopes.iter_mut().zip(&margins).zip(weights) {
                    *slope = weight * sigmoid(*margin);
                }
                for &(output, weight) in &task.positives[row] {
                    slopes[output as usize] = weight * (sigmoid(margins[output as usize]) - 1.0);
                }
                step(&mut model.biases, &mut bias_squares, &slopes, 1.0, recipe.rate, 0.0);
                for &(feature, value) in &task.rows[row] {
                    let at = feature as usize * outputs;
                    let (w, q) = (&mut model.weights[at..at + outputs], &mut squares[at..at + outputs]);
                    step(w, q, &slopes, value, recipe.rate, penalties[feature as usize]);
                }
            }
        }
        model
    }
}

fn step(weights: &mut [f32], squares: &mut [f32], slopes: &[f32], value: f32, rate: f32, ridge: f32) {
    for ((weight, square), slope) in weights.iter_mut().zip(squares.iter_mut()).zip(slopes) {
        let gradient = slope * value + ridge * *weight;
        *square += gradient * gradient;
        *weight -= rate * gradient / square.sqrt();
    }
}

fn shuffle(order: &mut [u32], seed: &mut u64) {
    for i in (1..order.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        order.swap(i, (*seed % (i as u64 + 1)) as usize);
    }
}
