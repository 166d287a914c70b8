//! How common something is, when a machine labelled every document and people labelled a sample drawn with known
//! probabilities. The naive share of machine labels carries the machine's errors; these estimates do not, whatever the
//! machine does, as long as the probabilities are right.
//!
//! Formulas follow Egami, Hinck, Stewart and Wei 2023 (design-based supervised learning, arXiv:2306.04746) and
//! Angelopoulos, Duchi and Zrnic 2023 (prediction-powered inference, arXiv:2311.01453).

/// 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// An estimate with its standard error and 95 % interval (normal, not clipped to the unit interval).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Estimated {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimated {
    fn of(value: f64, standard_error: f64) -> Self {
        Self { value, standard_error, low: value - Z * standard_error, high: value + Z * standard_error }
    }
}

/// One document: what the machine says, and what people say where they were asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// 1 where the machine says yes, else 0; or its score.
    pub machine: f64,
    /// The probability with which the document could come into the sample, above 0.
    pub probability: f64,
    /// What people say, where the document was drawn and read.
    pub people: Option<f64>,
}

/// The naive share of machine labels with the interval that a reader might be tempted to print.
pub fn naive(units: &[Unit]) -> Option<Estimated> {
    let machine: Vec<f64> = units.iter().map(|unit| unit.machine).collect();
    let error = (variance(&machine)? / machine.len() as f64).sqrt();
    Some(Estimated::of(mean(&machine)?, error))
}

/// The corrected value of each document: `g + (R / π) (Y - g)`, with `g` what the machine says.
pub fn pseudo_outcomes(units: &[Unit]) -> Vec<f64> {
    let one = |unit: &Unit| {
        let correction = unit.people.map_or(0.0, |people| (people - unit.machine) / unit.probability);
        unit.machine + correction
    };
    units.iter().map(one).collect()
}

/// Design-based supervised learning: the mean of the corrected values, the documents taken as a sample of more such
/// documents. `None` with fewer than two documents.
pub fn design_based(units: &[Unit]) -> Option<Estimated> {
    let corrected = pseudo_outcomes(units);
    let error = (variance(&corrected)? / corrected.len() as f64).sqrt();
    Some(Estimated::of(mean(&corrected)?, error))
}

/// The same mean with the standard error of a fixed collection of documents that were drawn independently of each other
/// (Poisson sampling): `N⁻² Σ R (1 - π) / π² (Y - g)²`.
pub fn fixed_collection(units: &[Unit]) -> Option<Estimated> {
    let corrected = pseudo_outcomes(units);
    let squares = units.iter().filter_map(|unit| {
        let (p, off) = (unit.probability, unit.people? - unit.machine);
        Some((1.0 - p) / (p * p) * off * off)
    });
    let variance = squares.sum::<f64>() / (units.len() as f64).powi(2);
    Some(Estimated::of(mean(&corrected)?, variance.sqrt()))
}

/// Prediction-powered inference: `labelled` are pairs of what people and the machine say of documents drawn with equal
/// chances, `unlabelled` is what the machine says of the others. `lambda` 1 is the classical form, 0 uses people alone,
/// `None` tunes it to the smallest standard error.
pub fn prediction_powered(
    labelled: &[(f64, f64)],
    unlabelled: &[f64],
    lambda: Option<f64>,
) -> Option<Estimated> {
    let (n, rest) = (labelled.len() as f64, unlabelled.len() as f64);
    if labelled.len() < 2 || unlabelled.is_empty() {
        return None;
    }
    let lambda = lambda.unwrap_or_else(|| tuned(labelled, unlabelled));
    let people: Vec<f64> = labelled.iter().map(|(y, _)| *y).collect();
    let machine: Vec<f64> = labelled.iter().map(|(_, f)| *f).collect();
    let off: Vec<f64> = labelled.iter().map(|(y, f)| y - lambda * f).collect();
    let value = mean(&people)? + lambda * (mean(unlabelled)? - mean(&machine)?);
    let error = population_variance(&off)? / n + lambda * lambda * population_variance(unlabelled)? / rest;
    Some(Estimated::of(value, error.sqrt()))
}

/// `cov(Y, f) / ((1 + n / N) var(f))`, kept between 0 and 1; the variance is over all documents.
fn tuned(labelled: &[(f64, f64)], unlabelled: &[f64]) -> f64 {
    let n = labelled.len() as f64;
    let y = labelled.iter().map(|(y, _)| y).sum::<f64>() / n;
    let f = labelled.iter().map(|(_, f)| f).sum::<f64>() / n;
    let together = labelled.iter().map(|(a, b)| (a - y) * (b - f)).sum::<f64>() / n;
    let all: Vec<f64> = labelled.iter().map(|(_, f)| *f).chain(unlabelled.iter().copied()).collect();
    let spread = variance(&all).unwrap_or(0.0);
    if spread <= 0.0 {
        0.0
    } else {
        (together / ((1.0 + n / unlabelled.len() as f64) * spread)).clamp(0.0, 1.0)
    }
}

/// A collection in which only the documents that people read are told one by one; of the others it is enough to know how
/// many the machine says yes to, so that a chart of a million documents costs no more than its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// The documents read, each with what people say of it.
    pub read: Vec<Unit>,
    /// The other documents to which the machine says yes.
    pub yes: u64,
    /// The other documents.
    pub rest: u64,
}

impl Counted {
    /// Documents in all.
    pub fn len(&self) -> u64 {
        self.rest + self.read.len() as u64
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`naive`].
    pub fn naive(&self) -> Option<Estimated> {
        self.over(self.read.iter().map(|unit| unit.machine))
    }

    /// As [`design_based`].
    pub fn design_based(&self) -> Option<Estimated> {
        self.over(pseudo_outcomes(&self.read).into_iter())
    }

    /// As [`prediction_powered`] with lambda 1.
    pub fn prediction_powered(&self) -> Option<Estimated> {
        if self.read.len() < 2 || self.rest == 0 {
            return None;
        }
        let off: Vec<f64> = self.read.iter().filter_map(|unit| Some(unit.people? - unit.machine)).collect();
        let share = self.yes as f64 / self.rest as f64;
        let error = population_variance(&off)? / off.len() as f64 + share * (1.0 - share) / self.rest as f64;
        Some(Estimated::of(share + mean(&off)?, error.sqrt()))
    }

    /// Mean and error of `values` of the documents read, and of 1 and 0 of the others.
    fn over(&self, values: impl Iterator<Item = f64>) -> Option<Estimated> {
        let (all, yes) = (self.len() as f64, self.yes as f64);
        let (sum, squares) = values.fold((yes, yes), |(sum, squares), v| (sum + v, squares + v * v));
        if self.len() < 2 {
            return None;
        }
        let spread = ((squares - sum * sum / all) / (all - 1.0)).max(0.0);
        Some(Estimated::of(sum / all, (spread / all).sqrt()))
    }
}

/// The chance of each document to be drawn when those of which the engine is less sure are to be read more often:
/// proportional to `√(1 - c)`, mixed with an equal share `t`, with `n` documents drawn on average and none below `least`.
/// After Gligorić, Zrnic and others, NAACL 2025.
pub fn by_confidence(confidence: &[f64], n: usize, t: f64, least: f64) -> Vec<f64> {
    let documents = confidence.len() as f64;
    let doubt: Vec<f64> = confidence.iter().map(|c| (1.0 - c.clamp(0.0, 1.0)).sqrt()).collect();
    let all: f64 = doubt.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let wanted = n as f64;
    doubt
        .iter()
        .map(|d| ((1.0 - t) * wanted * d / all + t * wanted / documents.max(1.0)).clamp(least, 1.0))
        .collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn variance(values: &[f64]) -> Option<f64> {
    let middle = mean(values)?;
    let squares: f64 = values.iter().map(|v| (v - middle).powi(2)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

fn population_variance(values: &[f64]) -> Option<f64> {
    let middle = mean(values)?;
    Some(values.iter().map(|v| (v - middle).powi(2)).sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests;
