//! The key to the levels of a scale, and what the publish stage says of a coding.

use lacuna_domain::Value;
use lacuna_domain::codebook::{Dimension, Kind};
use serde::Serialize;

use super::Glyph;

/// A level in the key under a strip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LevelKey {
    /// How it looks.
    pub glyph: Glyph,
    /// Its name.
    pub name: String,
}

/// The positive levels of `dimension`, highest first.
pub fn level_keys(dimension: &Dimension) -> Vec<LevelKey> {
    match &dimension.kind {
        Kind::Ordinal { levels } => levels
            .iter()
            .skip(1)
            .rev()
            .map(|level| LevelKey {
                glyph: Glyph::of(dimension, &Value::Level(level.value)),
                name: level.name.clone(),
            })
            .collect(),
        _ => vec![LevelKey { glyph: Glyph::Full, name: "found".to_owned() }],
    }
}
