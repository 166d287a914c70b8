//! A fast hasher for short words; answers never depend on the order of a hash table.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Fnv`].
pub(super) type Fast = BuildHasherDefault<Fnv>;

/// FNV-1a over 64 bits (Fowler, Noll, Vo; offset basis and prime as published).
#[derive(Clone, Copy, Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
