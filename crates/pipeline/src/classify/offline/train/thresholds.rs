//! Where to cut scores into levels, and how sure a score is.

use super::super::model::stack::sigmoid;

/// How much a mean signed error of 1 costs beside the agreement won.
const BIAS_COST: f64 = 0.5;

/// Thresholds on `scores` for `steps` levels above the lowest that agree best with `wanted`: quadratic-weighted kappa
/// for two or more steps, F1 for one, less a cost for bias.
pub(crate) fn cut(scores: &[f32], wanted: &[u8], steps: usize) -> Vec<f32> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f32::total_cmp);
    let grid: Vec<f32> = (0..80).map(|i| sorted[(sorted.len() - 1) * (200 + i * 10) / 1000]).collect();
    let mut best = (f64::MIN, vec![grid[40]; steps]);
    let mut consider = |cuts: Vec<f32>| {
        let worth = worth(scores, wanted, &cuts);
        if worth > best.0 {
            best = (worth, cuts);
        }
    };
    for (i, &low) in grid.iter().enumerate() {
        match steps {
            1 => consider(vec![low]),
            2 => grid[i..].iter().for_each(|&high| consider(vec![low, high])),
            _ => {}
        }
    }
    if steps > 2 {
        return (0..steps).map(|s| s as f32 + 0.5).collect();
    }
    best.1
}

fn worth(scores: &[f32], wanted: &[u8], cuts: &[f32]) -> f64 {
    let mut table = [[0_u32; 3]; 3];
    for (score, want) in scores.iter().zip(wanted) {
        let given = cuts.iter().filter(|c| score > *c).count();
        table[usize::from(*want).min(2)][given.min(2)] += 1;
    }
    let total = f64::from(table.iter().flatten().sum::<u32>()).max(1.0);
    let cells = (0..3).flat_map(|w| (0..3).map(move |g| (w, g)));
    let bias: f64 =
        cells.clone().map(|(w, g)| (g as f64 - w as f64) * f64::from(table[w][g])).sum::<f64>() / total;
    let agreement = if cuts.len() == 1 {
        let hits = f64::from(table[1][1]);
        2.0 * hits / (2.0 * hits + f64::from(table[0][1]) + f64::from(table[1][0])).max(1.0)
    } else {
        let row = |w: usize| f64::from(table[w].iter().sum::<u32>());
        let column = |g: usize| f64::from(table.iter().map(|r| r[g]).sum::<u32>());
        let square = |w: usize, g: usize| (w as f64 - g as f64).powi(2);
        let seen: f64 = cells.clone().map(|(w, g)| square(w, g) * f64::from(table[w][g])).sum();
        let chance: f64 = cells.map(|(w, g)| square(w, g) * row(w) * column(g)).sum::<f64>() / total;
        1.0 - seen / chance.max(1e-9)
    };
    agreement - BIAS_COST * bias.abs()
}

/// Slope and constant of the logistic curve for "the level is reached" on scores, by Newton steps with a weak prior
/// (Platt's targets).
pub(crate) fn curve(scores: &[f32], reached: &[bool]) -> (f32, f32) {
    let positives = reached.iter().filter(|r| **r).count() as f64;
    let negatives = reached.len() as f64 - positives;
    let (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0));
    let (mut slope, mut constant) = (1.0_f64, -1.0_f64);
    for _ in 0..50 {
        let (mut g, mut h) = ([0.0_f64; 2], [1e-3_f64, 0.0, 1e-3]);
        for (score, reached) in scores.iter().zip(reached) {
            let x = f64::from(*score);
            let p = f64::from(sigmoid((slope * x + constant) as f32));
            let miss = p - if *reached { high } else { low };
            let weight = (p * (1.0 - p)).max(1e-6);
            g = [g[0] + miss * x, g[1] + miss];
            h = [h[0] + weight * x * x, h[1] + weight * x, h[2] + weight];
        }
        let determinant = (h[0] * h[2] - h[1] * h[1]).max(1e-9);
        slope -= ((h[2] * g[0] - h[1] * g[1]) / determinant).clamp(-5.0, 5.0);
        constant -= ((h[0] * g[1] - h[1] * g[0]) / determinant).clamp(-5.0, 5.0);
    }
    (slope as f32, constant as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_curves_find_the_step() {
        let scores: Vec<f32> = (0..300_u16).map(|i| f32::from(i) / 100.0).collect();
        let wanted: Vec<u8> =
            (0..300_u16).map(|i| if i < 180 { 0 } else { u8::from(i >= 240) + 1 }).collect();
        let cuts = cut(&scores, &wanted, 2);
        assert!((cuts[0] - 1.8).abs() < 0.05 && (cuts[1] - 2.4).abs() < 0.05, "{cuts:?}");
        let reached: Vec<bool> = wanted.iter().map(|w| *w > 0).collect();
        let (slope, constant) = curve(&scores, &reached);
        assert!(sigmoid(slope * 2.5 + constant) > 0.9 && sigmoid(slope * 0.5 + constant) < 0.1);
    }
}
