//! Groups documents that are duplicates or versions of one another, so that cross-validation never tests on a text
//! that training has seen in another dress.

use super::super::tokens::Tokens;

const SHINGLE: usize = 6;
const SKETCH: usize = 400;
/// Share of the smaller sketch that two versions have in common.
const SHARED: f64 = 0.5;

/// The group of each text: texts of which half the 6-word runs of the shorter stand in the longer are one group, and
/// so on from text to text. Numbers are those of the group's first text.
pub(crate) fn groups(texts: &[&str]) -> Vec<usize> {
    let sketches: Vec<Vec<u64>> = texts.iter().map(|text| sketch(text)).collect();
    let mut parent: Vec<usize> = (0..texts.len()).collect();
    for a in 0..texts.len() {
        for b in 0..a {
            if alike(&sketches[a], &sketches[b]) {
                let (x, y) = (root(&parent, a), root(&parent, b));
                let (low, high) = (x.min(y), x.max(y));
                parent[high] = low;
            }
        }
    }
    (0..texts.len()).map(|i| root(&parent, i)).collect()
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

/// The hashes of the text's word runs that fall below a threshold common to all texts, so that sketches of a text and
/// of a part of it can be compared; short texts keep the smallest ones in any case.
fn sketch(text: &str) -> Vec<u64> {
    let tokens = Tokens::of(text);
    let mut hashes: Vec<u64> = tokens
        .items()
        .windows(SHINGLE)
        .map(|run| {
            run.iter().fold(0_u64, |h, t| (h.rotate_left(9) ^ t.hash).wrapping_mul(0x9e37_79b9_7f4a_7c15))
        })
        .map(|h| h ^ (h >> 29))
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    let common = hashes.partition_point(|&h| h < u64::MAX / 16);
    hashes.truncate(common.max(SKETCH.min(hashes.len())));
    hashes
}

fn alike(a: &[u64], b: &[u64]) -> bool {
    let limit = a.last().copied().unwrap_or(0).min(b.last().copied().unwrap_or(0));
    let (a, b) = (&a[..a.partition_point(|&h| h <= limit)], &b[..b.partition_point(|&h| h <= limit)]);
    let (mut i, mut j, mut shared) = (0, 0, 0_usize);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let smaller = a.len().min(b.len());
    smaller >= 10 && shared as f64 >= SHARED * smaller as f64
}

/// Assigns each group to one of `folds`, largest groups first, each to the fold that has fewest texts.
pub(crate) fn folds(groups: &[usize], folds: usize) -> Vec<usize> {
    let mut sizes: Vec<(usize, usize)> = Vec::new();
    for &group in groups {
        match sizes.iter_mut().find(|(g, _)| *g == group) {
            Some((_, size)) => *size += 1,
            None => sizes.push((group, 1)),
        }
    }
    // The spread by hash keeps neighbours in the catalogue from sharing a fold.
    let spread = |g: usize| (g as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    sizes.sort_by_key(|&(group, size)| (std::cmp::Reverse(size), spread(group)));
    let mut load = vec![0_usize; folds];
    let mut fold_of = std::collections::BTreeMap::new();
    for (group, size) in sizes {
        let fold = (0..folds).min_by_key(|&f| load[f]).unwrap_or(0);
        load[fold] += size;
        fold_of.insert(group, fold);
    }
    groups.iter().map(|g| fold_of.get(g).copied().unwrap_or(0)).collect()
}
