//! The sentences beside each dimension, made from the labels by the publish stage.

use std::collections::BTreeMap;

use lacuna_domain::{Codebook, Coding};

/// Sentences by dimension, and the tally of the whole.
#[derive(Clone, Debug, Default)]
pub struct Told {
    by_dimension: BTreeMap<String, String>,
    /// Such as `6 subdomains (4 Good, 2 Minimal)`.
    pub tally: Option<String>,
}

impl Told {
    /// The sentences of one dimension.
    pub fn of(&self, dimension: &str) -> Option<String> {
        self.by_dimension.get(dimension).cloned()
    }
}

/// The narratives of `coding`.
pub fn narratives(_coding: &Coding, _codebook: &Codebook) -> Told {
    Told::default()
}
