//! Which passages of two texts belong together. Equal ones are found first: from the edges, by those that stand once in
//! either text, by the shortest way from one text to the other where it is short, and else by turn; what lies between them
//! is paired by the words it has in common. Work grows with the number of words, not with its square: only words that are
//! rare between two equal passages make passages candidates, and a passage has few of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use lacuna_domain::fold::{Mode, fold_str};

use crate::analyze::drafting::Wording;

/// Places of a passage in the old and in the new text.
pub(super) type Pair = (usize, usize);

/// Most passages between two equal ones that may have a word by which they are paired.
const RARE: usize = 8;
/// Most passages with which one is compared: those that have most rare words in common with it.
const CANDIDATES: usize = 8;
/// Most passages that the shortest way from one text to the other may drop and put in.
const APART: usize = 1_000;
/// Most steps of all such ways together: of long texts fewer passages may be dropped and put in.
const STEPS: usize = 50_000_000;

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

    /// Its words, each once.
    fn distinct(&self) -> impl Iterator<Item = u64> {
        self.bag.chunk_by(|a, b| a == b).filter_map(|same| same.first().copied())
    }

    /// How many words it has in common with `other`, each as often as both have it; `None` where that is less than half
    /// of the words of both. What is too long or too short for that is not looked at.
    fn likeness(&self, other: &Self) -> Option<usize> {
        let both = self.bag.len() + other.bag.len();
        let enough = |common: usize| common * 4 >= both;
        let within_reach = enough(self.bag.len().min(other.bag.len()));
        within_reach.then(|| self.common(other)).filter(|common| enough(*common))
    }

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
    type Step = fn(&Gap<'_>) -> Vec<Pair>;
    let steps: [Step; 8] = [edges, same, edges, shortest, by_turn, edges, reworded, edges];
    let apart = (STEPS / (old.len() + new.len()).max(1)).min(APART);
    let mut pairs: Vec<Pair> = Vec::new();
    for step in steps {
        for gap in gaps(&pairs, old, new, apart) {
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
    /// Most passages that [`shortest`] may drop and put in.
    apart: usize,
}

impl Gap<'_> {
    /// Where equal passages end that follow each other from these places on, in the old text.
    fn equal_until(&self, (old, new): Pair) -> usize {
        let rest = (self.old.get(old..).unwrap_or_default(), self.new.get(new..).unwrap_or_default());
        old + rest.0.iter().zip(rest.1).take_while(|(a, b)| a.key == b.key).count()
    }
}

fn gaps<'l>(pairs: &[Pair], old: &'l [Line], new: &'l [Line], apart: usize) -> Vec<Gap<'l>> {
    let mut at = (0, 0);
    let mut gaps = Vec::new();
    for next in pairs.iter().copied().chain([(old.len(), new.len())]) {
        let lines = (old.get(at.0..next.0), new.get(at.1..next.1));
        if let (Some(old @ [_, ..]), Some(new @ [_, ..])) = lines {
            gaps.push(Gap { at, old, new, apart });
        }
        at = (next.0 + 1, next.1 + 1);
    }
    gaps
}

/// Equal passages with which the gap begins and ends.
fn edges(gap: &Gap<'_>) -> Vec<Pair> {
    let Gap { old, new, .. } = gap;
    let first = gap.equal_until((0, 0));
    let room = old.len().min(new.len()) - first;
    let backwards = old.iter().rev().zip(new.iter().rev()).take(room);
    let last = backwards.take_while(|(a, b)| a.key == b.key).count();
    let (old, new) = (old.len() - last, new.len() - last);
    (0..first).map(|at| (at, at)).chain((0..last).map(|at| (old + at, new + at))).collect()
}

/// Equal passages that stand once in either text.
fn same(gap: &Gap<'_>) -> Vec<Pair> {
    equal(gap, 1)
}

/// Equal passages, the first with the first, the second with the second.
fn by_turn(gap: &Gap<'_>) -> Vec<Pair> {
    equal(gap, usize::MAX)
}

/// Equal passages by turn, where neither text has more than `most` of them.
fn equal(gap: &Gap<'_>, most: usize) -> Vec<Pair> {
    let key = |line: &Line| [line.key];
    let (old, new) = (Places::of(gap.old, key), Places::of(gap.new, key));
    let mut weighed = Vec::new();
    for before in old.0.chunk_by(|(a, _), (b, _)| a == b) {
        let Some((key, at)) = before.first() else { continue };
        let after = new.with(*key);
        if before.len().max(after.len()) <= most {
            let weight = gap.old.get(*at).map_or(1, |line| line.bag.len() + 1);
            weighed.extend(before.iter().zip(after).map(|((_, old), (_, new))| ((*old, *new), weight)));
        }
    }
    heaviest(weighed, gap.new.len())
}

/// The equal passages that the shortest way from the old text to the new one keeps (Myers' greedy algorithm); none where
/// it drops and puts in more than `apart` passages.
fn shortest(gap: &Gap<'_>) -> Vec<Pair> {
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for changes in 0..=gap.apart {
        let mut round = Vec::with_capacity(changes + 1);
        for dropped in 0..=changes {
            let (old, _) = furthest(rounds.last(), dropped);
            let until = gap.equal_until((old, old + changes - 2 * dropped));
            round.push(until);
            if until >= gap.old.len() && until + changes - 2 * dropped >= gap.new.len() {
                rounds.push(round);
                return kept(&rounds);
            }
        }
        rounds.push(round);
    }
    Vec::new()
}

/// How far in the old text a way comes that drops so many passages, by one change more than the ways of the round before;
/// and how many of those it dropped before that change.
fn furthest(before: Option<&Vec<usize>>, dropped: usize) -> (usize, usize) {
    let at = |dropped: usize| before.and_then(|round| round.get(dropped)).copied();
    let put_in = at(dropped).map(|old| (old, dropped));
    let drop = dropped.checked_sub(1).and_then(|less| Some((at(less)? + 1, less)));
    put_in.max(drop).unwrap_or_default()
}

/// The pairs of the way that ends last in the last round. A round has a place for each number of dropped passages.
fn kept(rounds: &[Vec<usize>]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut dropped = rounds.last().map_or(0, |round| round.len().saturating_sub(1));
    for (changes, round) in rounds.iter().enumerate().rev() {
        let before = changes.checked_sub(1).and_then(|before| rounds.get(before));
        let (from, less) = furthest(before, dropped);
        let until = round.get(dropped).copied().unwrap_or(from);
        pairs.extend((from..until).map(|old| (old, old + changes - 2 * dropped)));
        dropped = less;
    }
    pairs
}

/// Passages of which at least half of the words stand in both.
fn reworded(gap: &Gap<'_>) -> Vec<Pair> {
    let (old, new) = (Places::of(gap.old, Line::distinct), Places::of(gap.new, Line::distinct));
    let mut weighed = Vec::new();
    for (at, line) in gap.old.iter().enumerate() {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        let rare = line.distinct().filter(|word| old.with(*word).len() <= RARE);
        for (_, place) in rare.map(|word| new.with(word)).filter(|places| places.len() <= RARE).flatten() {
            *shared.entry(*place).or_default() += 1;
        }
        let mut near: Vec<(usize, usize)> = shared.into_iter().collect();
        near.sort_by_key(|(_, words)| Reverse(*words));
        let like = |place: usize| Some(((at, place), line.likeness(gap.new.get(place)?)?));
        weighed.extend(near.into_iter().take(CANDIDATES).filter_map(|(place, _)| like(place)));
    }
    heaviest(weighed, gap.new.len())
}

/// Marks of passages, each with the place of a passage that has it, in order.
struct Places(Vec<(u64, usize)>);

impl Places {
    fn of<'l, M: IntoIterator<Item = u64>>(lines: &'l [Line], marks: impl Fn(&'l Line) -> M) -> Self {
        let placed = |(at, line): (usize, &'l Line)| marks(line).into_iter().map(move |mark| (mark, at));
        let mut places: Vec<(u64, usize)> = lines.iter().enumerate().flat_map(placed).collect();
        places.sort_unstable();
        Self(places)
    }

    /// The places that have a mark.
    fn with(&self, mark: u64) -> &[(u64, usize)] {
        let from = self.0.partition_point(|(other, _)| *other < mark);
        let rest = self.0.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|(other, _)| *other == mark)).unwrap_or_default()
    }
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
