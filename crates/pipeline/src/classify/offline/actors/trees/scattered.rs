//! Extremely randomised trees (Geurts, Ernst & Wehenkel 2006): every branch tries a few features with one random cut
//! each and takes the best, and leaves hold the share of positives. They err elsewhere than boosted trees do.

use super::{Forest, LEAF, Node};

/// How to scatter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scatter {
    pub(crate) trees: usize,
    /// Features tried at a branch.
    pub(crate) tried: usize,
    /// Least rows in a leaf.
    pub(crate) least: usize,
    pub(crate) seed: u64,
}

/// Grows trees on `rows`, all of the same width, with 0/1 `targets`. The score of the forest is a share of positives,
/// not a logit. Identical rows give identical trees.
pub(crate) fn scatter(rows: &[&[f32]], targets: &[f32], how: Scatter) -> Forest {
    let mut forest = Forest::default();
    let mut seed = how.seed | 1;
    for _ in 0..how.trees {
        let root = forest.nodes.len();
        forest.roots.push(root as u32);
        forest.nodes.push(leaf(0.0));
        let mut pending = vec![(root, (0..rows.len() as u32).collect::<Vec<u32>>())];
        while let Some((node, inside)) = pending.pop() {
            let Some((feature, cut)) = branch(rows, targets, &inside, how, &mut seed) else {
                forest.nodes[node] = leaf(positives(targets, &inside) / (inside.len() * how.trees) as f32);
                continue;
            };
            let child = forest.nodes.len();
            forest.nodes[node] = Node { feature: feature as u16, value: cut, child: (child - root) as u16 };
            forest.nodes.extend([leaf(0.0); 2]);
            let (low, high): (Vec<u32>, Vec<u32>) =
                inside.into_iter().partition(|&row| rows[row as usize][feature] <= cut);
            pending.extend([(child, low), (child + 1, high)]);
        }
    }
    forest
}

const fn leaf(value: f32) -> Node {
    Node { feature: LEAF, value, child: 0 }
}

fn positives(targets: &[f32], inside: &[u32]) -> f32 {
    inside.iter().map(|&row| targets[row as usize]).sum()
}

/// The best of a few random cuts, none where the rows are alike or too few.
fn branch(
    rows: &[&[f32]],
    targets: &[f32],
    inside: &[u32],
    how: Scatter,
    seed: &mut u64,
) -> Option<(usize, f32)> {
    let (count, all) = (inside.len() as f32, positives(targets, inside));
    if inside.len() < 2 * how.least || all <= 0.0 || all >= count {
        return None;
    }
    let width = rows.first()?.len();
    let mut best: Option<(usize, f32)> = None;
    let mut best_gain = all * all / count + 1e-6;
    for _ in 0..how.tried {
        let feature = (next(seed) % width as u64) as usize;
        let values = || inside.iter().map(|&row| rows[row as usize][feature]);
        let (low, high) = values().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(v), h.max(v)));
        let cut = low + (high - low) * ((next(seed) >> 40) as f32 / (1_u64 << 24) as f32);
        let (mut below, mut hits) = (0_usize, 0.0_f32);
        for (&row, value) in inside.iter().zip(values()) {
            if value <= cut {
                below += 1;
                hits += targets[row as usize];
            }
        }
        let above = inside.len() - below;
        if below < how.least || above < how.least {
            continue;
        }
        let gain = hits * hits / below as f32 + (all - hits) * (all - hits) / above as f32;
        if gain > best_gain {
            best_gain = gain;
            best = Some((feature, cut));
        }
    }
    best
}

/// The next number of a xorshift generator.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_positives_are_learned_and_repeatable() {
        let values: Vec<[f32; 2]> = (0..200_u16).map(|i| [f32::from(i), f32::from(i % 7)]).collect();
        let rows: Vec<&[f32]> = values.iter().map(<[f32; 2]>::as_slice).collect();
        let targets: Vec<f32> = (0..200).map(|i| f32::from(u8::from((60..120).contains(&i)))).collect();
        let how = Scatter { trees: 40, tried: 2, least: 3, seed: 7 };
        let forest = scatter(&rows, &targets, how);
        assert!(forest.score(&[90.0, 1.0]) > 0.9 && forest.score(&[20.0, 1.0]) < 0.1);
        assert_eq!(forest, scatter(&rows, &targets, how));
    }
}
