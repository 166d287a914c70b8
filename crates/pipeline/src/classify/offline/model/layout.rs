//! Which outputs of the linear models stand for which code.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::{Dimension, Kind};

/// The kinds of dimension that models are trained for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Levels from the lowest up; the number is that of the levels.
    Ordinal(u8),
    /// Yes or no.
    Flag,
    /// One of the codes.
    Choice,
}

/// The outputs of a code: any positive value, and the top level of an ordinal scale (else the same).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outputs {
    pub(crate) any: usize,
    pub(crate) top: usize,
}

/// A code with its place.
#[derive(Clone, Debug)]
pub(crate) struct CodePlace {
    pub(crate) id: String,
    /// Index among all codes of the codebook, as cue hits carry it.
    pub(crate) cue: u32,
    pub(crate) outputs: Outputs,
    /// Output of the model of classes, which speaks to yes-or-no codes.
    pub(crate) class: Option<usize>,
}

/// A dimension with its codes.
#[derive(Clone, Debug)]
pub(crate) struct DimensionPlace {
    pub(crate) id: String,
    pub(crate) scale: Scale,
    /// The lowest level's number.
    pub(crate) lowest: u8,
    pub(crate) codes: Vec<CodePlace>,
}

/// All dimensions a model speaks to, in codebook order.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) dimensions: Vec<DimensionPlace>,
    /// Number of outputs, rounded up to a multiple of 8.
    pub(crate) outputs: usize,
    /// Number of outputs of the model of classes, rounded up in the same way.
    pub(crate) class_outputs: usize,
}

impl Layout {
    /// Of every dimension but the actor ones.
    pub(crate) fn of(codebook: &Codebook) -> Self {
        let (mut dimensions, mut cue, mut output, mut classes) = (vec![], 0, 0, 0);
        for dimension in &codebook.dimensions {
            let first = cue;
            cue += dimension.codes.len() as u32;
            let Some(scale) = scale(dimension) else { continue };
            let codes = dimension.codes.iter().zip(first..).map(|(code, cue)| {
                let two = usize::from(matches!(scale, Scale::Ordinal(n) if n > 2));
                let outputs = Outputs { any: output, top: output + two };
                output += 1 + two;
                let class = (scale == Scale::Flag).then_some(classes);
                classes += usize::from(class.is_some());
                CodePlace { id: code.id.to_string(), cue, outputs, class }
            });
            let codes = codes.collect();
            let (id, lowest) = (dimension.id.to_string(), dimension.lowest());
            dimensions.push(DimensionPlace { id, scale, lowest, codes });
        }
        let [outputs, class_outputs] = [output, classes].map(|n: usize| n.div_ceil(8) * 8);
        Self { dimensions, outputs, class_outputs }
    }

    /// What must be alike for weights to fit: names, scales and order.
    pub(crate) fn signature(&self) -> String {
        let lines = self.dimensions.iter().map(|d| {
            let codes: Vec<&str> = d.codes.iter().map(|c| c.id.as_str()).collect();
            format!("{} {:?} {}\n", d.id, d.scale, codes.join(" "))
        });
        lines.collect()
    }
}

fn scale(dimension: &Dimension) -> Option<Scale> {
    match &dimension.kind {
        Kind::Ordinal { levels } => Some(Scale::Ordinal(levels.len() as u8)),
        Kind::Flag => Some(Scale::Flag),
        Kind::Choice => Some(Scale::Choice),
        Kind::Actor { .. } => None,
    }
}
