//! The order in which codes stand in the prompt: that of the codebook, or one drawn from a seed.

use lacuna_domain::codebook::{Code, Codebook, Dimension};

/// The dimensions of a codebook and their codes, in the order in which the prompt shows them.
#[derive(Clone, Debug)]
pub(super) struct Order<'c>(pub(super) Vec<(&'c Dimension, Vec<&'c Code>)>);

impl<'c> Order<'c> {
    /// The codebook's own order without a seed; with one, dimensions and codes are shuffled, the same way each time.
    pub(super) fn of(codebook: &'c Codebook, seed: Option<u64>) -> Self {
        let mut all: Vec<(&Dimension, Vec<&Code>)> =
            codebook.dimensions.iter().map(|d| (d, d.codes.iter().collect())).collect();
        if let Some(seed) = seed {
            let mut state = seed;
            shuffle(&mut all, &mut state);
            for (_, codes) in &mut all {
                shuffle(codes, &mut state);
            }
        }
        Self(all)
    }
}

/// Fisher and Yates, with numbers of `SplitMix64` (Steele, Lea and Flood 2014).
fn shuffle<T>(items: &mut [T], state: &mut u64) {
    for last in (1..items.len()).rev() {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        items.swap(last, (z % (last as u64 + 1)) as usize);
    }
}
