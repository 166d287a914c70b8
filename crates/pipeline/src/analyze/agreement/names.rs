//! Whether two labellers name the same actors: F1 of sets of evened-out names.

use std::collections::BTreeSet;

use lacuna_domain::fold::{Mode, fold_str};
use serde::{Deserialize, Serialize};

/// Hits and totals of sets, summed over documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCounts {
    /// In both sets.
    pub shared: usize,
    /// In the first labeller's sets.
    pub first: usize,
    /// In the second labeller's sets.
    pub second: usize,
}

impl SetCounts {
    /// Adds one document.
    pub fn add(&mut self, a: &BTreeSet<String>, b: &BTreeSet<String>) {
        self.shared += a.intersection(b).count();
        self.first += a.len();
        self.second += b.len();
    }

    /// `2 · shared / (first + second)`; undefined when both name nobody.
    pub fn f1(&self) -> Option<f64> {
        let all = self.first + self.second;
        (all > 0).then(|| 2.0 * self.shared as f64 / all as f64)
    }
}

/// Names evened out: folded, lower case, without a leading article.
pub fn evened<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeSet<String> {
    let one = |name: &str| {
        let folded = fold_str(name, Mode::Search).to_lowercase();
        let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        let bare =
            ["the ", "a ", "an ", "each ", "any "].iter().find_map(|article| words.strip_prefix(article));
        bare.unwrap_or(&words).trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
    };
    names.into_iter().map(one).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_and_case_do_not_make_another_actor() {
        let mut counts = SetCounts::default();
        counts.add(&evened(["The Port Office", "deployers"]), &evened(["Port  office", "developers"]));
        assert_eq!(counts, SetCounts { shared: 1, first: 2, second: 2 });
        assert_eq!(counts.f1(), Some(0.5));
        assert_eq!(SetCounts::default().f1(), None);
    }
}
