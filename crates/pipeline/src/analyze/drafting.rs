//! What a drafter wants to see of a text beside others: its definitions, its numeric thresholds, and wording that it
//! shares with another text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use lacuna_domain::Passage;
use regex::Regex;
use serde::Serialize;

/// A term and what it is said to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The term, in lower case.
    pub term: String,
    /// The passage.
    pub passage: u32,
    /// The words of the passage, cut after 400 characters.
    pub words: String,
}

/// What a number measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Operations or parameters of a model.
    Compute,
    /// Sums of money.
    Money,
    /// People, users, employees.
    People,
    /// Lengths of time.
    Time,
    /// Shares.
    Share,
}

impl Measure {
    /// Every measure, in the order pages show them.
    pub const ALL: [Self; 5] = [Self::Compute, Self::Money, Self::People, Self::Time, Self::Share];

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compute => "Compute",
            Self::Money => "Money",
            Self::People => "People",
            Self::Time => "Time",
            Self::Share => "Shares",
        }
    }
}

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Threshold {
    /// What it measures.
    pub measure: Measure,
    /// As written, such as `10^26 floating-point operations`.
    pub amount: String,
    /// The passage.
    pub passage: u32,
    /// The words around it, cut after 240 characters.
    pub words: String,
}

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

static MEANS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quoted = r#"["“‘'']{1,2}([^"”’“]{2,70})["”’'']{1,2}[^.;]{0,60}?\b(?:means|shall mean|has the (?:same )?meaning|have the meanings?|refers to)\b"#;
    Regex::new(quoted).ok()
});

/// The definitions of a text: quoted terms that are said to mean something.
pub fn definitions(text: &str, passages: &[Passage]) -> Vec<Definition> {
    let Some(means) = MEANS.as_ref() else { return vec![] };
    let mut found: Vec<Definition> = Vec::new();
    for passage in passages {
        let words = passage.trimmed(text);
        // Every pattern ends in one of these; few passages have either.
        if !words.contains("mean") && !words.contains("refers to") {
            continue;
        }
        for captures in means.captures_iter(words) {
            let Some(term) = captures.get(1) else { continue };
            let term = term.as_str().trim().trim_end_matches(',').to_lowercase();
            if found.iter().all(|d| d.term != term) {
                found.push(Definition { term, passage: passage.index, words: cut(words, 400) });
            }
        }
    }
    found
}

static AMOUNTS: LazyLock<Vec<(Measure, Regex)>> = LazyLock::new(|| {
    let number = r"\d[\d,.]*(?:\s*(?:thousand|million|billion|trillion))?";
    let patterns = [
        (Measure::Compute, r"10\s?\^\s?\(?\d{2}\)?(?:[^.;,]{0,40}operations)?".to_owned()),
        (
            Measure::Compute,
            format!(
                r"(?i){number}\s*(?:FLOPs?|integer or floating|floating[- ]point operations|parameters)\b"
            ),
        ),
        (Measure::Money, format!(r"(?i)(?:[$€£¥]|USD|EUR)\s?{number}")),
        (
            Measure::People,
            format!(
                r"(?i){number}\s+(?:or more\s+)?(?:monthly\s+|active\s+)*(?:users|individuals|persons|people|employees|consumers|customers)\b"
            ),
        ),
        (
            Measure::Time,
            format!(
                r"(?i){number}\s+(?:calendar\s+|business\s+|working\s+)?(?:hours?|days?|weeks?|months?|years?)\b"
            ),
        ),
        (Measure::Share, format!(r"(?i){number}\s*(?:%|per ?cent\b)")),
    ];
    patterns
        .into_iter()
        .filter_map(|(measure, pattern)| Some((measure, Regex::new(&pattern).ok()?)))
        .collect()
});

/// The numeric thresholds of a text.
pub fn thresholds(text: &str, passages: &[Passage]) -> Vec<Threshold> {
    let mut found = Vec::new();
    for passage in passages {
        let words = passage.trimmed(text);
        if !words.contains(char::is_numeric) {
            continue;
        }
        for (measure, pattern) in AMOUNTS.iter() {
            for amount in pattern.find_iter(words) {
                found.push(Threshold {
                    measure: *measure,
                    amount: amount.as_str().split_whitespace().collect::<Vec<_>>().join(" "),
                    passage: passage.index,
                    words: around(words, amount.start(), amount.end()),
                });
            }
        }
    }
    found.sort_by_key(|threshold| (threshold.measure, threshold.passage));
    found
}

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

    /// The hash of every [`SHARED_WORDS`] words in a row, each made from the one before it.
    fn shingles(&self) -> impl Iterator<Item = u64> {
        const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
        let leaving = (1..SHARED_WORDS).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let mut hash = 0_u64;
        self.0.iter().enumerate().filter_map(move |(at, word)| {
            if let Some(left) = at.checked_sub(SHARED_WORDS).and_then(|left| self.0.get(left)) {
                hash = hash.wrapping_sub(left.hash.wrapping_mul(leaving));
            }
            hash = hash.wrapping_mul(BASE).wrapping_add(word.hash);
            (at + 1 >= SHARED_WORDS).then_some(hash)
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
        for shingle in words.shingles() {
            let (at, bit) = original.place(shingle);
            if let Some(block) = original.bits.get_mut(at) {
                *block |= bit;
            }
        }
        original
    }

    /// Block and bit of a run, from the upper half of its hash: the lower ends in the lower ends of its words' hashes.
    fn place(&self, shingle: u64) -> (usize, u64) {
        let mixed = (shingle ^ (shingle >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20;
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
        for (at, shingle) in other.shingles().enumerate().filter(|(_, shingle)| self.may_hold(*shingle)) {
            places.entry(shingle).or_insert(at);
        }
        if places.is_empty() {
            return vec![];
        }
        let (mine, theirs) = (&self.words.0, &other.0);
        let (mut found, mut next) = (Vec::new(), 0);
        for (at, shingle) in self.words.shingles().enumerate() {
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

fn cut(text: &str, most: usize) -> String {
    let even = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if even.chars().count() <= most {
        return even;
    }
    even.chars().take(most).chain(['…']).collect()
}

/// Words around a place, from the sentence before to the sentence after where they are short.
fn around(text: &str, start: usize, end: usize) -> String {
    let floor = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (floor(start.saturating_sub(110)), floor((end + 110).min(text.len())));
    let words = text.get(from..to).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < text.len() { " …" } else { "" });
    format!("{before}{words}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment;

    const TEXT: &str = "SEC. 1. DEFINITIONS.\n\n(a) “Deployer” means a person that uses a system.\n\n(b) A covered model is one trained with more than 10^26 floating-point operations, or by a company with 500 employees. A fine of $1,000,000 is due within 30 days.\n";

    #[test]
    fn definitions_and_thresholds_are_read_with_their_places() {
        let passages = segment(TEXT);
        let terms = definitions(TEXT, &passages);
        assert_eq!(terms.iter().map(|d| d.term.as_str()).collect::<Vec<_>>(), ["deployer"]);
        let amounts = thresholds(TEXT, &passages);
        let found: Vec<(Measure, &str)> = amounts.iter().map(|t| (t.measure, t.amount.as_str())).collect();
        assert!(found.iter().any(|(m, a)| *m == Measure::Compute && a.starts_with("10^26")), "{found:?}");
        assert!(found.contains(&(Measure::Money, "$1,000,000")), "{found:?}");
        assert!(found.contains(&(Measure::Time, "30 days")), "{found:?}");
        assert!(found.contains(&(Measure::People, "500 employees")), "{found:?}");
    }

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
}
