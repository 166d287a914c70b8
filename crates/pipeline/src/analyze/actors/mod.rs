//! Who is named in which role, over many texts: names made comparable with the variants as found, and duties, that is an
//! entity and a code that stand in one passage, never in two.
//!
//! In reading order: [`Gathering`] takes codings one by one; [`nobody`] knows names of nobody who acts; [`names`] makes
//! keys, and joins the names that only all texts together tell to be one; [`told`] tells types of targets, by [`cues`]
//! and by what other texts say. [`Gathering::settled`] gives [`Actors`], the same whatever the order of the codings.

mod cues;
mod gathering;
mod names;
mod nobody;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lacuna_domain::TextId;

pub use gathering::Gathering;
pub use told::Told;

/// Where an entity is named in a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The text.
    pub text: TextId,
    /// The role.
    pub role: String,
    /// The passage.
    pub passage: u32,
}

/// An entity under all names that are told to be one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntityEntry {
    /// Names as found, with how often.
    pub variants: BTreeMap<String, u64>,
    /// Where it is named.
    pub mentions: BTreeSet<Mention>,
}

impl EntityEntry {
    /// The variant found most often; of equals the shortest.
    pub fn name(&self) -> &str {
        let best = self.variants.iter().max_by_key(|(name, n)| (**n, std::cmp::Reverse(name.len())));
        best.map_or("", |(name, _)| name)
    }
}

/// An entity of a type and a code in one passage, with the words that say so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// The text.
    pub text: TextId,
    /// The passage.
    pub passage: u32,
    /// The entity as named.
    pub entity: String,
    /// The sentence of the code; empty where no quote of it stands in this passage.
    pub quote: String,
    /// The sentence of the target: a quote of its role in this passage that names it; empty where none does.
    pub target_quote: String,
    /// How the type of the entity was told.
    pub told: Told,
}

/// The key of an entity of this name, as long as it is joined with no other.
pub fn key_of(name: &str) -> String {
    names::key(name)
}

/// What is gathered over the codings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actors {
    /// Entities by the key of their names.
    pub entities: BTreeMap<String, EntityEntry>,
    /// Duties by type of the target and code of the first ordinal dimension. A target whose type cannot be told apart
    /// stands under an empty type. Each stands once, in the order of texts and passages.
    pub duties: BTreeMap<(String, String), Arc<[Duty]>>,
    /// Keys of names that were joined with another entity, each with the key it went to.
    pub joined: BTreeMap<String, String>,
}

impl Actors {
    /// The entity under a key, or under the key of a name that was joined with it, with its own key.
    pub fn entity<'s>(&'s self, key: &'s str) -> Option<(&'s str, &'s EntityEntry)> {
        let (key, entry) = self.entities.get_key_value(names::followed(&self.joined, key))?;
        Some((key, entry))
    }
}
