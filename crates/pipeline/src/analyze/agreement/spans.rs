//! Whether two labellers point at the same words.

use serde::{Deserialize, Serialize};

/// Agreement on evidence over the labels that both give and both support with a passage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EvidenceAgreement {
    /// Labels that both give.
    pub both: usize,
    /// Of these, labels for which both name a passage: the denominator of the shares.
    pub compared: usize,
    /// Of these, labels for which at least one byte is in the evidence of both.
    pub overlapping: usize,
    /// Mean over them of the F1 of shared bytes.
    pub mean_f1: Option<f64>,
}

impl EvidenceAgreement {
    /// Share of the compared labels whose evidence overlaps.
    pub fn share(&self) -> Option<f64> {
        (self.compared > 0).then(|| self.overlapping as f64 / self.compared as f64)
    }

    /// Adds one label that both give, with the byte ranges that each names.
    pub fn add(&mut self, a: &[(usize, usize)], b: &[(usize, usize)]) {
        self.both += 1;
        if a.is_empty() || b.is_empty() {
            return;
        }
        let f1 = byte_f1(a, b);
        let before = self.mean_f1.unwrap_or(0.0) * self.compared as f64;
        self.compared += 1;
        self.overlapping += usize::from(f1 > 0.0);
        self.mean_f1 = Some((before + f1) / self.compared as f64);
    }
}

/// Twice the shared bytes over the bytes of both; ranges may overlap within one side.
pub fn byte_f1(a: &[(usize, usize)], b: &[(usize, usize)]) -> f64 {
    let (a, b) = (merged(a), merged(b));
    let length = |ranges: &[(usize, usize)]| ranges.iter().map(|(s, e)| e - s).sum::<usize>();
    let shared: usize =
        a.iter().flat_map(|(s, e)| b.iter().map(move |(t, f)| (*e.min(f)).saturating_sub(*s.max(t)))).sum();
    let all = length(&a) + length(&b);
    if all == 0 { 0.0 } else { 2.0 * shared as f64 / all as f64 }
}

fn merged(ranges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (start, end) in sorted {
        match out.last_mut().filter(|last| start <= last.1) {
            Some(last) => last.1 = last.1.max(end),
            None => out.push((start, end)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_words_are_counted_once() {
        assert!((byte_f1(&[(0, 10)], &[(5, 15)]) - 0.5).abs() < 1e-12);
        assert!((byte_f1(&[(0, 10), (2, 8)], &[(0, 10)]) - 1.0).abs() < 1e-12);
        assert!(byte_f1(&[(0, 10)], &[(10, 20)]).abs() < 1e-12);
        let mut evidence = EvidenceAgreement::default();
        evidence.add(&[(0, 10)], &[(0, 10)]);
        evidence.add(&[(0, 10)], &[(50, 60)]);
        evidence.add(&[(0, 10)], &[]);
        assert_eq!((evidence.both, evidence.compared, evidence.overlapping), (3, 2, 1));
        assert_eq!((evidence.share(), evidence.mean_f1), (Some(0.5), Some(0.5)));
    }
}
