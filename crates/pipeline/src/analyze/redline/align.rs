//! Which passages of two texts belong together. Equal ones are found first, from the edges and from passages that stand
//! once in either text; what lies between them is paired by the words it has in common. Time grows with the number of
//! words, not with its square: only words that are rare between two equal passages make passages candidates.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use lacuna_domain::fold::{Mode, fold_str};

use crate::analyze::drafting::Wording;

/// Places of a passage in the old and in the new text.
pub(super) type Pair = (usize, usize);

/// Most passages between two equal ones that may have a word by which they are paired.
const RARE: usize = 8;

/// A passage as it is compared.
#[derive(Debug)]
pub(super) struct Line {
    /// Its words, with one space between any two.
    pub(super) words: String,
    /// Hash of the folded words: case, quote marks and dashes do not matter.
    key: u64,
    /// Hashes of its words, the least first.
    bag: Vec<u64>,
}

impl Line {
    pub(super) fn of(words: String) -> Self {
        let mut hasher = DefaultHasher::new();
        fold_str(&words, Mode::Search).hash(&mut hasher);
        let mut bag: Vec<u64> = Wording::of(&words).hashes().collect();
        bag.sort_unstable();
        Self { key: hasher.finish(), bag, words }
    }

    /// How many words it has in common with `other`, each as often as both have it.
    fn common(&self, other: &Self) -> usize {
        let (mut common, mut theirs) = (0, other.bag.iter().peekable());
        for word in &self.bag {
            while theirs.next_if(|their| *their < word).is_some() {}
            common += usize::from(theirs.next_if_eq(&word).is_some());
        }
        common
    }
}

/// The passages that belong together, in the order of both texts.
pub(super) fn pairs(old: &[Line], new: &[Line]) -> Vec<Pair> {
    let steps: [fn(&Gap<'_>) -> Vec<Pair>; 5] = [edges, same, edges, reworded, edges];
    let mut pairs: Vec<Pair> = Vec::new();
    for step in steps {
        for gap in gaps(&pairs, old, new) {
            let (before, after) = gap.at;
            pairs.extend(step(&gap).into_iter().map(|(old, new)| (before + old, after + new)));
        }
        pairs.sort_unstable();
    }
    pairs
}

/// Passages of both texts between two pairs.
struct Gap<'l> {
    /// Places of the first.
    at: Pair,
    old: &'l [Line],
    new: &'l [Line],
}

fn gaps<'l>(pairs: &[Pair], old: &'l [Line], new: &'l [Line]) -> Vec<Gap<'l>> {
    let mut at = (0, 0);
    let mut gaps = Vec::new();
    for next in pairs.iter().copied().chain([(old.len(), new.len())]) {
        let lines = (old.get(at.0..next.0), new.get(at.1..next.1));
        if let (Some(old @ [_, ..]), Some(new @ [_, ..])) = lines {
            gaps.push(Gap { at, old, new });
        }
        at = (next.0 + 1, next.1 + 1);
    }
    gaps
}

/// Equal passages with which the gap begins and ends.
fn edges(gap: &Gap<'_>) -> Vec<Pair> {
    let Gap { old, new, .. } = gap;
    let first = old.iter().zip(*new).take_while(|(a, b)| a.key == b.key).count();
    let room = old.len().min(new.len()) - first;
    let backwards = old.iter().rev().zip(new.iter().rev()).take(room);
    let last = backwards.take_while(|(a, b)| a.key == b.key).count();
    let (old, new) = (old.len() - last, new.len() - last);
    (0..first).map(|at| (at, at)).chain((0..last).map(|at| (old + at, new + at))).collect()
}

/// Equal passages that stand once in either text.
fn same(gap: &Gap<'_>) -> Vec<Pair> {
    let weighed = candidates(gap, |line| std::slice::from_ref(&line.key), 1)
        .into_iter()
        .filter_map(|(old, new)| Some(((old, new), gap.old.get(old)?.bag.len() + 1)));
    heaviest(weighed.collect(), gap.new.len())
}

/// Passages of which at least half of the words stand in both.
fn reworded(gap: &Gap<'_>) -> Vec<Pair> {
    let weighed = candidates(gap, |line| line.bag.as_slice(), RARE).into_iter().filter_map(|(old, new)| {
        let (before, after) = (gap.old.get(old)?, gap.new.get(new)?);
        let common = before.common(after);
        (common * 4 >= before.bag.len() + after.bag.len()).then_some(((old, new), common))
    });
    heaviest(weighed.collect(), gap.new.len())
}

/// Passages that have a mark in common which at most `most` passages of either text have.
fn candidates(gap: &Gap<'_>, marks: fn(&Line) -> &[u64], most: usize) -> Vec<Pair> {
    let (old, new) = (places(gap.old, marks), places(gap.new, marks));
    let mut found = Vec::new();
    for (mark, before) in old.iter().filter(|(_, before)| before.len() <= most) {
        for after in new.get(mark).filter(|after| after.len() <= most).into_iter().flatten() {
            found.extend(before.iter().map(|before| (*before, *after)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The passages that have each mark.
fn places(lines: &[Line], marks: fn(&Line) -> &[u64]) -> HashMap<u64, Vec<usize>> {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        for mark in marks(line) {
            let with = places.entry(*mark).or_default();
            if with.last() != Some(&at) {
                with.push(at);
            }
        }
    }
    places
}

/// Of weighed candidates those that follow each other in both texts and together weigh most. `width` is one more than
/// the last place in the new text.
fn heaviest(mut candidates: Vec<(Pair, usize)>, width: usize) -> Vec<Pair> {
    // Of one old passage the last new one comes first, so that no chain holds it twice.
    candidates.sort_unstable_by_key(|((old, new), _)| (*old, Reverse(*new)));
    let mut chains = Chains(vec![(0, 0); width + 1]);
    let mut before = Vec::with_capacity(candidates.len());
    for (place, ((_, new), weight)) in candidates.iter().enumerate() {
        let (weighs, last) = chains.before(*new);
        before.push(last);
        chains.put(*new, (weighs + weight, place + 1));
    }
    let (_, mut last) = chains.before(width);
    let mut chain = Vec::new();
    while let Some(place) = last.checked_sub(1) {
        chain.extend(candidates.get(place).map(|(pair, _)| *pair));
        last = before.get(place).copied().unwrap_or(0);
    }
    chain.reverse();
    chain
}

/// The heaviest chain that ends at or before each place of the new text, as a Fenwick tree: its weight, and one more than
/// its last candidate, 0 for none.
struct Chains(Vec<(usize, usize)>);

impl Chains {
    fn before(&self, new: usize) -> (usize, usize) {
        let (mut best, mut at) = ((0, 0), new);
        while at > 0 {
            best = best.max(self.0.get(at).copied().unwrap_or_default());
            at &= at - 1;
        }
        best
    }

    fn put(&mut self, new: usize, chain: (usize, usize)) {
        let mut at = new + 1;
        while let Some(held) = self.0.get_mut(at) {
            *held = chain.max(*held);
            at += at & at.wrapping_neg();
        }
    }
}
