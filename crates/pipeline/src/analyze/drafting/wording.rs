//! The words of a text, and the runs of them that stand in another text too.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use serde::Serialize;

/// Words that a text shares with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Borrowed {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How many words.
    pub words: usize,
    /// First byte of the same words in the other text.
    pub other: usize,
}

/// Fewest words in a row that count as shared wording.
pub const SHARED_WORDS: usize = 12;

/// The words of a text, ready to be compared with those of others; 16 bytes a word.
#[derive(Clone, Debug, Default)]
pub struct Wording(Vec<Word>);

#[derive(Clone, Copy, Debug)]
struct Word {
    /// Hash of the word in lower case.
    hash: u64,
    start: u32,
    end: u32,
}

impl Wording {
    /// Reads the words of `text`; case and punctuation do not matter.
    pub fn of(text: &str) -> Self {
        use unicode_segmentation::UnicodeSegmentation;
        let word = |(at, word): (usize, &str)| {
            let mut hasher = DefaultHasher::new();
            if word.is_ascii() && !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
                word.hash(&mut hasher);
            } else {
                word.to_lowercase().hash(&mut hasher);
            }
            Word { hash: hasher.finish(), start: at as u32, end: (at + word.len()) as u32 }
        };
        Self(text.unicode_word_indices().map(word).collect())
    }

    /// How many words there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hash of each word, in the order of the text.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|word| word.hash)
    }

    /// How many words begin before this byte of the text.
    pub fn before(&self, byte: usize) -> usize {
        self.0.partition_point(|word| (word.start as usize) < byte)
    }

    /// First byte of the word with this number, counted from 0.
    pub fn start_of(&self, number: usize) -> Option<usize> {
        self.0.get(number).map(|word| word.start as usize)
    }

    /// How many words stand in these places of the text, from a first byte to one past the last; each counts once.
    pub fn within(&self, places: impl IntoIterator<Item = (usize, usize)>) -> usize {
        let mut places: Vec<(usize, usize)> = places.into_iter().collect();
        places.sort_unstable();
        let mut counted = 0;
        let count = |(start, end): (usize, usize)| {
            let (from, to) = (start.max(counted), end.max(counted));
            counted = to;
            self.before(to) - self.before(from)
        };
        places.into_iter().map(count).sum()
    }

    /// The hash of every run of so many words, each made from the one before it.
    pub(super) fn runs(&self, length: usize) -> impl Iterator<Item = u64> {
        const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
        let leaving = (1..length).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let mut hash = 0_u64;
        self.0.iter().enumerate().filter_map(move |(at, word)| {
            if let Some(left) = at.checked_sub(length).and_then(|left| self.0.get(left)) {
                hash = hash.wrapping_sub(left.hash.wrapping_mul(leaving));
            }
            hash = hash.wrapping_mul(BASE).wrapping_add(word.hash);
            (at + 1 >= length).then_some(hash)
        })
    }
}

/// The words of a text with a filter of all their runs of [`SHARED_WORDS`], so that texts that share none are told
/// after one look at their words. Of other runs it takes about one in sixteen for one of the text's.
#[derive(Clone, Debug)]
pub struct Original<'w> {
    words: &'w Wording,
    bits: Vec<u64>,
}

impl<'w> Original<'w> {
    /// Reads the runs of `words`.
    pub fn of(words: &'w Wording) -> Self {
        let size = (words.0.len() / 4).next_power_of_two().max(1);
        let mut original = Self { words, bits: vec![0; size] };
        for shingle in words.runs(SHARED_WORDS) {
            let (at, bit) = original.place(shingle);
            if let Some(block) = original.bits.get_mut(at) {
                *block |= bit;
            }
        }
        original
    }

    /// Block and bit of a run, from the upper half of its hash: the lower ends in the lower ends of its words' hashes.
    fn place(&self, shingle: u64) -> (usize, u64) {
        let mixed = mixed(shingle) >> 20;
        (mixed as usize >> 6 & (self.bits.len() - 1), 1 << (mixed & 63))
    }

    fn may_hold(&self, shingle: u64) -> bool {
        let (at, bit) = self.place(shingle);
        self.bits.get(at).is_some_and(|block| block & bit != 0)
    }

    /// Runs of at least [`SHARED_WORDS`] words that stand in `other` too, in the order of this text; case and
    /// punctuation do not matter.
    pub fn shared_with(&self, other: &Wording) -> Vec<Borrowed> {
        let mut places: HashMap<u64, usize, BuildHasherDefault<Hashed>> = HashMap::default();
        for (at, shingle) in
            other.runs(SHARED_WORDS).enumerate().filter(|(_, shingle)| self.may_hold(*shingle))
        {
            places.entry(shingle).or_insert(at);
        }
        if places.is_empty() {
            return vec![];
        }
        let (mine, theirs) = (&self.words.0, &other.0);
        let (mut found, mut next) = (Vec::new(), 0);
        for (at, shingle) in self.words.runs(SHARED_WORDS).enumerate() {
            let Some(&place) = places.get(&shingle).filter(|_| at >= next) else { continue };
            let pairs = mine.iter().skip(at).zip(theirs.iter().skip(place));
            let length = pairs.take_while(|(a, b)| a.hash == b.hash).count();
            if let (true, Some(first), Some(last), Some(there)) =
                (length >= SHARED_WORDS, mine.get(at), mine.get(at + length.max(1) - 1), theirs.get(place))
            {
                found.push(Borrowed {
                    start: first.start as usize,
                    end: last.end as usize,
                    words: length,
                    other: there.start as usize,
                });
                next = at + length;
            }
        }
        found
    }
}

/// The hash of a run with the whole of it in its upper bits too.
pub(super) const fn mixed(run: u64) -> u64 {
    (run ^ (run >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// Takes a hash of words for what it is, mixed once, since it begins in the lower ends of its words' hashes.
#[derive(Clone, Copy, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = (self.0 ^ hash ^ (hash >> 32)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Runs of at least [`SHARED_WORDS`] words that stand in both texts; see [`Original::shared_with`].
pub fn borrowed(text: &Wording, other: &Wording) -> Vec<Borrowed> {
    Original::of(text).shared_with(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_wording_is_found_whatever_its_case_and_commas_and_chance_is_not() {
        let other = "Preamble. Each deployer of a high risk system shall, before use, test that system against attacks and log it.";
        let mine = "New act. each deployer of a high risk system shall before use test that system against attacks, in public.";
        let found = borrowed(&Wording::of(mine), &Wording::of(other));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(mine[found[0].start..found[0].end].starts_with("each deployer"));
        assert!(mine[found[0].start..found[0].end].ends_with("attacks"));
        let short = Wording::of("A deployer shall test the system.");
        assert!(borrowed(&short, &Wording::of(other)).is_empty());
        assert_eq!(found[0].words, 15);
    }

    #[test]
    fn words_of_places_that_overlap_count_once() {
        let words = Wording::of("one two three four five six");
        assert_eq!(words.within([(0, 7), (4, 13)]), 3, "one two, two three");
        assert_eq!(words.within([(0, 27), (4, 7)]), 6, "a place within a place");
        assert_eq!(words.within([(19, 27), (0, 3)]), 3, "one, five six");
        assert_eq!(words.within([]), 0);
    }
}
