//! A linear model of many outputs in eight bits a weight: one row per feature, one scale per output.

use super::super::lexicon::HashIndex;
use super::bytes::{Malformed, Reader, Writer};
use super::features::Sparse;

/// Quantised weights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Feature hashes in ascending order.
    hashes: Vec<u32>,
    index: HashIndex<u32, u32>,
    /// Inverse document frequency of each feature; empty where values are taken as they are.
    idf: Vec<f32>,
    biases: Vec<f32>,
    /// Size of one step of each output.
    steps: Vec<f32>,
    /// `features × outputs`.
    weights: Vec<i8>,
}

impl Table {
    /// Keeps the `keep` features with the largest effect (largest weight over all outputs) and quantises.
    pub(crate) fn quantised(
        hashes: &[u32],
        idf: &[f32],
        weights: &[f32],
        biases: &[f32],
        keep: usize,
    ) -> Self {
        let outputs = biases.len();
        let row = |f: usize| &weights[f * outputs..(f + 1) * outputs];
        let mut ranked: Vec<(f32, usize)> =
            (0..hashes.len()).map(|f| (row(f).iter().fold(0.0_f32, |m, w| m.max(w.abs())), f)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(keep);
        let mut kept: Vec<usize> = ranked.into_iter().map(|(_, f)| f).collect();
        kept.sort_unstable();
        let mut steps = vec![1e-6_f32; outputs];
        for &f in &kept {
            for (step, weight) in steps.iter_mut().zip(row(f)) {
                *step = step.max(weight.abs() / 127.0);
            }
        }
        let quantised = |f: usize| row(f).iter().zip(&steps).map(|(w, s)| (w / s).round() as i8);
        let small: Vec<i8> = kept.iter().flat_map(|&f| quantised(f).collect::<Vec<_>>()).collect();
        let hashes: Vec<u32> = kept.iter().map(|&f| hashes[f]).collect();
        let idf = if idf.is_empty() { vec![] } else { kept.iter().map(|&f| idf[f]).collect() };
        Self::of(hashes, idf, biases.to_vec(), steps, small)
    }

    fn of(hashes: Vec<u32>, idf: Vec<f32>, biases: Vec<f32>, steps: Vec<f32>, weights: Vec<i8>) -> Self {
        let index = hashes.iter().zip(0..).map(|(&h, i)| (h, i)).collect();
        Self { hashes, index, idf, biases, steps, weights }
    }

    /// Number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.biases.len()
    }

    /// Margins of a row of features into `out`, which has one place per output.
    pub(crate) fn margins(&self, row: &Sparse, out: &mut [f32]) {
        out.fill(0.0);
        let norm = self.norm(row);
        let outputs = self.outputs();
        for &(hash, value) in row {
            let Some(&at) = self.index.get(&hash) else { continue };
            let at = at as usize;
            let value = self.idf.get(at).map_or(value, |idf| value * idf * norm);
            let weights = &self.weights[at * outputs..(at + 1) * outputs];
            for (sum, weight) in out.iter_mut().zip(weights) {
                *sum += f32::from(*weight) * value;
            }
        }
        for ((sum, step), bias) in out.iter_mut().zip(&self.steps).zip(&self.biases) {
            *sum = *sum * step + bias;
        }
    }

    /// The weight of one feature for one output.
    pub(crate) fn weight(&self, hash: u32, output: usize) -> f32 {
        let at = self.index.get(&hash).map(|&at| at as usize * self.outputs() + output);
        at.and_then(|at| self.weights.get(at)).map_or(0.0, |w| f32::from(*w) * self.steps[output])
    }

    /// What brings a weighted row to the length [`LENGTH`].
    fn norm(&self, row: &Sparse) -> f32 {
        if self.idf.is_empty() {
            return 1.0;
        }
        let known =
            row.iter().filter_map(|&(hash, value)| Some(value * self.idf[*self.index.get(&hash)? as usize]));
        LENGTH / known.map(|v| v * v).sum::<f32>().sqrt().max(1e-6)
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.u32s(&self.hashes);
        to.f32s(&self.idf);
        to.f32s(&self.biases);
        to.f32s(&self.steps);
        to.i8s(&self.weights);
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (hashes, idf, biases, steps) = (from.u32s()?, from.f32s()?, from.f32s()?, from.f32s()?);
        let weights = from.i8s()?;
        let fits = steps.len() == biases.len() && weights.len() == hashes.len() * biases.len();
        if fits && (idf.is_empty() || idf.len() == hashes.len()) {
            return Ok(Self::of(hashes, idf, biases, steps, weights));
        }
        Err(Malformed)
    }
}

/// Euclidean length of a document row after weighting.
pub(crate) const LENGTH: f32 = 6.0;
