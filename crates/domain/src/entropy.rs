//! Randomness is a parameter, as time is: only the binary asks the system for it.

/// Where unpredictable bytes come from.
#[derive(Clone, Copy, Debug)]
pub struct Entropy(fn(&mut [u8]) -> bool);

impl Entropy {
    /// A source that fills a slice, and answers whether it could.
    pub const fn new(fill: fn(&mut [u8]) -> bool) -> Self {
        Self(fill)
    }

    /// `N` unpredictable bytes; `None` when the system has none to give.
    pub fn bytes<const N: usize>(&self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes).then_some(bytes)
    }
}
