//! What a drafter wants to see of a text beside others: its definitions, its numeric thresholds, and wording that it
//! shares with another text.

mod amounts;
mod definitions;
mod prints;
mod wording;

use lacuna_domain::fold::even;

pub use amounts::{Measure, Threshold, thresholds};
pub use definitions::{Definition, defined_in, definitions};
pub use prints::{PRINTED_WORDS, Print, Prints, TEXTS};
pub use wording::{Borrowed, Original, SHARED_WORDS, Wording, borrowed};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment;

    const TEXT: &str = "SEC. 1. DEFINITIONS.\n\n(a) “Deployer” means a person that uses a system.\n\n(b) A covered model is one trained with more than 10^26 floating-point operations, or by a company with 500 employees. A fine of $1,000,000 is due within 30 days.\n";

    #[test]
    fn definitions_and_thresholds_are_read_with_their_places() {
        let passages = segment(TEXT);
        let terms = definitions(TEXT, &passages, Some("en"));
        assert_eq!(terms.iter().map(|d| d.term.as_str()).collect::<Vec<_>>(), ["deployer"]);
        let amounts = thresholds(TEXT, &passages, Some("en"));
        let found: Vec<(Measure, &str)> = amounts.iter().map(|t| (t.measure, t.amount.as_str())).collect();
        assert!(found.iter().any(|(m, a)| *m == Measure::Compute && a.starts_with("10^26")), "{found:?}");
        assert!(found.contains(&(Measure::Money, "$1,000,000")), "{found:?}");
        assert!(found.contains(&(Measure::Time, "30 days")), "{found:?}");
        assert!(found.contains(&(Measure::People, "500 employees")), "{found:?}");
    }
}
