//! The codebooks that ship with Lacuna.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::CodebookError;

/// The id by which people and files call the built-in codebook.
pub const AI_GOVERNANCE_ID: &str = "ai-governance";
/// `codebooks/ai-governance-1.toml`, the built-in codebook.
pub const AI_GOVERNANCE: &str = include_str!("../../../codebooks/ai-governance-1.toml");

/// `codebooks/example-small.toml`, a small codebook to start one's own from.
pub const EXAMPLE: &str = include_str!("../../../codebooks/example-small.toml");

/// The built-in codebook, read and checked.
pub fn ai_governance() -> Result<Codebook, CodebookError> {
    Codebook::parse(AI_GOVERNANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_codebook_has_its_six_dimensions() {
        let codebook = ai_governance().unwrap();
        let sizes: Vec<_> = codebook.dimensions.iter().map(|d| (d.id.as_str(), d.codes.len())).collect();
        let wanted =
            [("risk", 24), ("sector", 14), ("lifecycle", 6), ("scope", 10), ("actor", 4), ("status", 3)];
        assert_eq!(sizes, wanted);
        assert_eq!(codebook.id.as_str(), AI_GOVERNANCE_ID);
        assert_eq!(codebook.labelled_codes().count(), 24 + 14 + 6 + 10 + 1);
        for code in codebook.dimensions.iter().flat_map(|d| &d.codes) {
            assert!(code.cues.contains_key("en"), "{} has no English cues", code.id);
        }
    }

    #[test]
    fn the_example_is_a_good_codebook_of_every_kind() {
        let codebook = Codebook::parse(EXAMPLE).unwrap();
        assert_eq!(codebook.dimensions.len(), 4);
    }
}
