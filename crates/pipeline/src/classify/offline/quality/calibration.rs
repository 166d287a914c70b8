//! Whether probabilities mean what they say.

/// A label's probability and whether the reader gave the same value.
pub(crate) type Sure = (f32, bool);

/// Mean squared distance between the probability of the value given and its being the reader's (1) or not (0).
pub(crate) fn brier(labels: &[Sure]) -> f64 {
    let squares = labels.iter().map(|&(p, right)| (f64::from(p) - f64::from(u8::from(right))).powi(2));
    squares.sum::<f64>() / (labels.len() as f64).max(1.0)
}

/// Ten bins of probability: labels, mean probability, share right.
pub(crate) fn bins(labels: &[Sure]) -> Vec<(usize, f64, f64)> {
    let bin = |low: usize| {
        let inside: Vec<&Sure> =
            labels.iter().filter(|(p, _)| ((f64::from(*p) * 10.0) as usize).min(9) == low).collect();
        let count = (inside.len() as f64).max(1.0);
        let mean = inside.iter().map(|(p, _)| f64::from(*p)).sum::<f64>() / count;
        let right = inside.iter().filter(|(_, right)| *right).count() as f64 / count;
        (inside.len(), mean, right)
    };
    (0..10).map(bin).filter(|(count, ..)| *count > 0).collect()
}

/// Share of errors among the surest 50, 80, 90, 95 and 100 % of labels.
pub(crate) fn risk_coverage(labels: &[Sure]) -> Vec<(u32, f64)> {
    let mut sorted = labels.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let errors = |percent: u32| {
        let taken = &sorted[..(sorted.len() * percent as usize).div_ceil(100)];
        taken.iter().filter(|(_, right)| !right).count() as f64 / (taken.len() as f64).max(1.0)
    };
    [50, 80, 90, 95, 100].into_iter().map(|percent| (percent, errors(percent))).collect()
}
