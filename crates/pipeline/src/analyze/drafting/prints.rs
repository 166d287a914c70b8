//! Which texts of a corpus have wording in common with a text, told from fingerprints by winnowing (Schleimer,
//! Wilkerson and Aiken, 2003): every run of [`PRINTED_WORDS`] words has a hash, and of any few that follow each other
//! the least is kept.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::wording::{SHARED_WORDS, Wording, mixed};

/// Words of the runs of which fingerprints are made: texts that have one in common share at least so many in a row.
pub const PRINTED_WORDS: usize = 8;
/// Texts that fingerprints can tell apart.
pub const TEXTS: usize = 1 << NUMBER_BITS;

/// Runs of which one is kept. [`SHARED_WORDS`] words have just so many, so that texts which share them keep the same.
const WINDOW: usize = SHARED_WORDS - PRINTED_WORDS + 1;
/// Lower bits of a fingerprint, which hold the number of its text.
const NUMBER_BITS: u32 = 24;
const NUMBER: u64 = (1 << NUMBER_BITS) - 1;

/// A fingerprint in a text: 40 bits of its hash above the number of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Print(u64);

impl Print {
    fn of(run: u64, text: u32) -> Self {
        Self((run & !NUMBER) | u64::from(text))
    }

    const fn hash(self) -> u64 {
        self.0 >> NUMBER_BITS
    }

    const fn text(self) -> u32 {
        (self.0 & NUMBER) as u32
    }
}

impl Wording {
    /// The fingerprints of these words as those of the text with this number, which is below [`TEXTS`]; each once, in
    /// the order of hashes. About one for three words, and none of fewer than [`SHARED_WORDS`].
    pub fn prints(&self, text: u32) -> Vec<Print> {
        let runs: Vec<u64> = self.runs(PRINTED_WORDS).map(mixed).collect();
        let least = runs.windows(WINDOW).filter_map(|window| window.iter().min());
        let mut prints: Vec<Print> = least.map(|run| Print::of(*run, text)).collect();
        // Windows that follow each other mostly keep the same run: few are left to be sorted.
        prints.dedup();
        prints.sort_unstable();
        prints.dedup();
        prints
    }
}

/// The fingerprints of all texts of a corpus, 8 bytes each.
#[derive(Debug, Default)]
pub struct Prints(Vec<Print>);

impl Prints {
    /// The fingerprints of texts, each of which comes once, in any order.
    pub fn of(mut prints: Vec<Print>) -> Self {
        prints.sort_unstable();
        prints.shrink_to_fit();
        Self(prints)
    }

    /// Numbers of the texts, of those that `among` takes, that have a fingerprint in common with `wording`: every text
    /// that shares [`SHARED_WORDS`] words in a row with it, and none that does not share [`PRINTED_WORDS`], except where
    /// hashes of 40 bits fall together, as they do for one in thousands of drafts.
    ///
    /// Each of the first `first` has most of the common wording that those before it have not, so that copies of one
    /// text do not keep out another. Where nothing is left to be added, and after `first`, those with most of it come
    /// first.
    pub fn sharing(&self, wording: &Wording, among: impl Fn(u32) -> bool, first: usize) -> Vec<u32> {
        let mut common = self.common(wording);
        let mut places: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (place, prints) in common.iter().enumerate() {
            for print in prints.iter().filter(|print| among(print.text())) {
                places.entry(print.text()).or_default().push(place);
            }
        }
        let mut adds: BTreeMap<u32, usize> = places.iter().map(|(text, own)| (*text, own.len())).collect();
        let mut order = Vec::with_capacity(places.len());
        while order.len() < first
            && let Some(text) = most(&adds)
        {
            order.push(text);
            for place in places.get(&text).into_iter().flatten() {
                // Taken away for all who have it: wording that is there adds nothing once more.
                for print in common.get_mut(*place).map(std::mem::take).unwrap_or_default() {
                    if let Some(left) = adds.get_mut(&print.text()) {
                        *left -= 1;
                    }
                }
            }
        }
        let rest = places.iter().filter(|(text, _)| !order.contains(text));
        let mut rest: Vec<(Reverse<usize>, u32)> =
            rest.map(|(text, own)| (Reverse(own.len()), *text)).collect();
        rest.sort_unstable();
        order.extend(rest.into_iter().map(|(_, text)| text));
        order
    }

    /// For each fingerprint of `wording` that texts of the corpus have: where it stands in them.
    fn common(&self, wording: &Wording) -> Vec<&[Print]> {
        let mut found = Vec::new();
        let mut at = 0;
        for print in wording.prints(0) {
            at = self.seek(at, print);
            let rest = self.0.get(at..).unwrap_or_default();
            let texts = rest.iter().take_while(|other| other.hash() == print.hash()).count();
            found.extend(rest.get(..texts).filter(|same| !same.is_empty()));
            at += texts;
        }
        found
    }

    /// Place of the first fingerprint from `from` on that is not before `wanted`, in steps that grow: what is wanted
    /// comes in order.
    fn seek(&self, from: usize, wanted: Print) -> usize {
        let rest = self.0.get(from..).unwrap_or_default();
        let mut reach = 1;
        while rest.get(reach).is_some_and(|print| *print < wanted) {
            reach *= 2;
        }
        let (low, high) = (reach / 2, rest.len().min(reach + 1));
        let near = rest.get(low..high).unwrap_or_default();
        from + low + near.partition_point(|print| *print < wanted)
    }
}

/// The text that adds most, the first of those that add as much; none where nothing adds anything.
fn most(adds: &BTreeMap<u32, usize>) -> Option<u32> {
    let adding = adds.iter().filter(|(_, count)| **count > 0);
    adding.max_by_key(|(text, count)| (**count, Reverse(**text))).map(|(text, _)| *text)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn words(letter: char, numbers: &[u8]) -> String {
        numbers.iter().map(|number| format!("{letter}{number}")).collect::<Vec<_>>().join(" ")
    }

    /// The numbers of `texts` that share fingerprints with `draft`.
    fn sharing(draft: &str, texts: &[String]) -> Vec<u32> {
        let prints = (0..).zip(texts).flat_map(|(number, text)| Wording::of(text).prints(number));
        Prints::of(prints.collect()).sharing(&Wording::of(draft), |_| true, 2)
    }

    fn share(one: &[u8], other: &[u8], length: usize) -> bool {
        one.windows(length).any(|run| other.windows(length).any(|same| same == run))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn who_shares_twelve_words_is_found_and_who_is_found_shares_eight(
            draft in vec(0_u8..2, 0..60), texts in vec(vec(0_u8..2, 0..60), 0..9),
        ) {
            let written: Vec<String> = texts.iter().map(|text| words('w', text)).collect();
            let found = sharing(&words('w', &draft), &written);
            for (number, text) in (0..).zip(&texts) {
                let is_found = found.contains(&number);
                prop_assert!(is_found || !share(&draft, text, SHARED_WORDS), "{text:?} is missed");
                prop_assert!(!is_found || share(&draft, text, PRINTED_WORDS), "{text:?} shares nothing");
            }
        }

        #[test]
        fn a_run_of_twelve_words_is_found_wherever_it_stands_and_other_words_are_not(
            run in vec(any::<u8>(), SHARED_WORDS..30),
            (before, after) in (vec(any::<u8>(), 0..50), vec(any::<u8>(), 0..50)),
            (before_there, after_there) in (vec(any::<u8>(), 0..50), vec(any::<u8>(), 0..50)),
        ) {
            let shared = words('r', &run);
            let draft = [words('a', &before), shared.clone(), words('b', &after)].join(" ");
            let lender = [words('c', &before_there), shared, words('d', &after_there)].join(" ");
            let other = [words('c', &before_there), words('d', &after_there)].join(" ");
            prop_assert_eq!(sharing(&draft, &[other, lender]), [1]);
        }
    }

    #[test]
    fn copies_of_one_text_do_not_keep_out_another() {
        let (family, rare) =
            (words('f', &(0..90).collect::<Vec<_>>()), words('r', &(0..14).collect::<Vec<_>>()));
        let texts = [&family, &family, &family, &rare].map(String::clone);
        assert_eq!(sharing(&format!("{family} between {rare}"), &texts), [0, 3, 1, 2]);
    }

    #[test]
    fn texts_that_nobody_chose_are_not_found() {
        let text = Wording::of(&words('w', &(0..40).collect::<Vec<_>>()));
        let prints = Prints::of((0..4).flat_map(|number| text.prints(number)).collect());
        assert_eq!(prints.sharing(&text, |number| number % 2 == 1, 9), [1, 3]);
    }
}
