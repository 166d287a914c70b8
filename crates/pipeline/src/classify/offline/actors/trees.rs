//! Boosted regression trees with logistic loss over quantised features (Friedman 2001, "Greedy function
//! approximation", with the second-order leaf weights of Chen & Guestrin 2016): small, fast to train, deterministic.

pub(crate) mod scattered;

/// How to grow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth {
    pub(crate) trees: usize,
    pub(crate) depth: usize,
    pub(crate) rate: f32,
    /// L2 penalty on leaf weights.
    pub(crate) penalty: f32,
    /// Least sum of second derivatives in a leaf.
    pub(crate) least: f32,
}

/// A branch or leaf; a leaf has `feature == LEAF` and its weight in `value`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    feature: u16,
    value: f32,
    /// Index of the child for values at most `value`; the other child follows it.
    child: u16,
}

const LEAF: u16 = u16::MAX;
const BINS: usize = 32;

/// A sum of trees: boosted ones on the logit scale, scattered ones as a share.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Forest {
    bias: f32,
    nodes: Vec<Node>,
    roots: Vec<u32>,
}

/// The logistic function.
pub(crate) fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl Forest {
    /// Logit, or share, for a row of features.
    pub(crate) fn score(&self, row: &[f32]) -> f32 {
        let mut sum = self.bias;
        for &root in &self.roots {
            let tree = &self.nodes[root as usize..];
            let mut at = 0_usize;
            while let Some(node) = tree.get(at) {
                if node.feature == LEAF {
                    sum += node.value;
                    break;
                }
                let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                at = usize::from(node.child) + usize::from(value > node.value);
            }
        }
        sum
    }

    /// Little-endian bytes: bias, count of roots, count of nodes, roots, nodes of 8 bytes.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.bias.to_le_bytes());
        bytes.extend((self.roots.len() as u32).to_le_bytes());
        bytes.extend((self.nodes.len() as u32).to_le_bytes());
        for root in &self.roots {
            bytes.extend(root.to_le_bytes());
        }
        for node in &self.nodes {
            bytes.extend(node.feature.to_le_bytes());
            bytes.extend(node.child.to_le_bytes());
            bytes.extend(node.value.to_le_bytes());
        }
    }

    /// Reads what [`Forest::write`] wrote and moves `bytes` past it; `None` when it is cut short.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let bias = f32::from_le_bytes(take(bytes)?);
        let roots = u32::from_le_bytes(take(bytes)?);
        let count = u32::from_le_bytes(take(bytes)?);
        let roots: Option<Vec<u32>> = (0..roots).map(|_| Some(u32::from_le_bytes(take(bytes)?))).collect();
        let nodes: Option<Vec<Node>> = (0..count)
            .map(|_| {
                let feature = u16::from_le_bytes(take(bytes)?);
                let child = u16::from_le_bytes(take(bytes)?);
                Some(Node { feature, child, value: f32::from_le_bytes(take(bytes)?) })
            })
            .collect();
        let forest = Self { bias, roots: roots?, nodes: nodes? };
        let sound = forest.roots.iter().all(|r| (*r as usize) < forest.nodes.len());
        sound.then_some(forest)
    }
}

/// The next `N` bytes.
pub(crate) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

/// Rows of features, quantised by column.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Vec<u8>>,
    cuts: Vec<Vec<f32>>,
    rows: usize,
}

impl Table {
    /// Quantises `rows`, all of the same width.
    pub(crate) fn new(rows: &[&[f32]]) -> Self {
        let width = rows.first().map_or(0, |r| r.len());
        let mut cuts = Vec::with_capacity(width);
        let mut columns = Vec::with_capacity(width);
        for column in 0..width {
            let mut values: Vec<f32> = rows.iter().map(|r| r[column]).collect();
            values.sort_by(f32::total_cmp);
            let cut = cuts_of(&values);
            columns.push(rows.iter().map(|r| cut.partition_point(|c| *c < r[column]) as u8).collect());
            cuts.push(cut);
        }
        Self { columns, cuts, rows: rows.len() }
    }
}

/// Upper bounds of at most [`BINS`] bins: every distinct value when few, else quantiles of the distinct values
/// weighted half by rank and half by count, so that long tails of zeros leave bins for the rest.
fn cuts_of(sorted: &[f32]) -> Vec<f32> {
    let mut distinct = sorted.to_vec();
    distinct.dedup();
    if distinct.len() <= BINS {
        distinct.pop();
        return distinct;
    }
    let half = BINS / 2;
    let mut cuts: Vec<f32> = (1..half).map(|i| sorted[i * (sorted.len() - 1) / half]).collect();
    cuts.extend((1..half).map(|i| distinct[i * (distinct.len() - 1) / half]));
    cuts.sort_by(f32::total_cmp);
    cuts.dedup();
    cuts
}

#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f32,
    curvature: f32,
}

impl Sums {
    fn gain(self, penalty: f32) -> f32 {
        self.gradient * self.gradient / (self.curvature + penalty)
    }

    fn minus(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, curvature: self.curvature - other.curvature }
    }

    fn plus(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, curvature: self.curvature + other.curvature }
    }
}

/// Trains on `table` with 0/1 `targets` and row `weights`.
pub(crate) fn grow(table: &Table, targets: &[f32], weights: &[f32], growth: Growth) -> Forest {
    let total: f32 = weights.iter().sum::<f32>().max(1e-6);
    let mean = targets.iter().zip(weights).map(|(t, w)| t * w).sum::<f32>() / total;
    let mean = mean.clamp(1e-4, 1.0 - 1e-4);
    let mut forest = Forest { bias: (mean / (1.0 - mean)).ln(), ..Forest::default() };
    let mut logits = vec![forest.bias; table.rows];
    let mut slopes = vec![Sums::default(); table.rows];
    for _ in 0..growth.trees {
        for (index, slope) in slopes.iter_mut().enumerate() {
            let p = logistic(logits[index]);
            *slope = Sums {
                gradient: weights[index] * (p - targets[index]),
                curvature: weights[index] * (p * (1.0 - p)).max(1e-6),
            };
        }
        grow_tree(table, &slopes, growth, &mut forest, &mut logits);
    }
    forest
}

/// Sums of slopes by feature and bin, flattened.
type Histogram = Vec<Sums>;

const SLOTS: usize = BINS + 2;

struct Pending {
    node: usize,
    rows: Vec<u32>,
    sums: Sums,
    histogram: Histogram,
    depth: usize,
}

fn grow_tree(table: &Table, slopes: &[Sums], growth: Growth, forest: &mut Forest, logits: &mut [f32]) {
    let root = forest.nodes.len();
    forest.roots.push(root as u32);
    forest.nodes.push(Node { feature: LEAF, value: 0.0, child: 0 });
    let rows: Vec<u32> = (0..table.rows as u32).collect();
    let sums = slopes.iter().fold(Sums::default(), |all, s| all.plus(*s));
    let histogram = histogram(table, slopes, &rows);
    let mut pending = vec![Pending { node: root, rows, sums, histogram, depth: 0 }];
    while let Some(leaf) = pending.pop() {
        let split = if leaf.depth < growth.depth { best_split(table, &leaf, growth) } else { None };
        let Some((feature, bin, left)) = split else {
            let value = -growth.rate * leaf.sums.gradient / (leaf.sums.curvature + growth.penalty);
            forest.nodes[leaf.node].value = value;
            leaf.rows.iter().for_each(|r| logits[*r as usize] += value);
            continue;
        };
        let child = forest.nodes.len();
        forest.nodes[leaf.node] =
            Node { feature: feature as u16, value: table.cuts[feature][bin], child: (child - root) as u16 };
        forest.nodes.extend([Node { feature: LEAF, value: 0.0, child: 0 }; 2]);
        let column = &table.columns[feature];
        let (low, high): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|r| usize::from(column[**r as usize]) <= bin);
        let depth = leaf.depth + 1;
        let (low_bins, high_bins) =
            split_histogram(table, slopes, leaf.histogram, &low, &high, depth < growth.depth);
        pending.push(Pending { node: child, rows: low, sums: left, histogram: low_bins, depth });
        let right = leaf.sums.minus(left);
        pending.push(Pending { node: child + 1, rows: high, sums: right, histogram: high_bins, depth });
    }
}

fn histogram(table: &Table, slopes: &[Sums], rows: &[u32]) -> Histogram {
    let mut histogram = vec![Sums::default(); table.columns.len() * SLOTS];
    for (column, sums) in table.columns.iter().zip(histogram.chunks_exact_mut(SLOTS)) {
        for &row in rows {
            let bin = usize::from(column[row as usize]);
            sums[bin] = sums[bin].plus(slopes[row as usize]);
        }
    }
    histogram
}

/// Counts the smaller side and subtracts it from the parent for the other.
fn split_histogram(
    table: &Table,
    slopes: &[Sums],
    mut parent: Histogram,
    low: &[u32],
    high: &[u32],
    needed: bool,
) -> (Histogram, Histogram) {
    if !needed {
        return (vec![], vec![]);
    }
    let low_is_small = low.len() <= high.len();
    let small = histogram(table, slopes, if low_is_small { low } else { high });
    for (whole, part) in parent.iter_mut().zip(&small) {
        *whole = whole.minus(*part);
    }
    if low_is_small { (small, parent) } else { (parent, small) }
}

/// The best cut of a leaf: feature, bin of the lower side's upper bound, sums of the lower side.
fn best_split(table: &Table, leaf: &Pending, growth: Growth) -> Option<(usize, usize, Sums)> {
    let whole = leaf.sums.gain(growth.penalty);
    let mut best: Option<(usize, usize, Sums)> = None;
    let mut best_gain = 1e-3;
    for (feature, sums) in leaf.histogram.chunks_exact(SLOTS).enumerate() {
        let mut left = Sums::default();
        for (bin, sum) in sums.iter().enumerate().take(table.cuts[feature].len()) {
            left = left.plus(*sum);
            let right = leaf.sums.minus(left);
            if left.curvature < growth.least || right.curvature < growth.least {
                continue;
            }
            let gain = left.gain(growth.penalty) + right.gain(growth.penalty) - whole;
            if gain > best_gain {
                best_gain = gain;
                best = Some((feature, bin, left));
            }
        }
    }
    best
}
