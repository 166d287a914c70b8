//! Which type a target has, told from what the codings say. An engine gives types to a role as a whole, without evidence
//! of their own; which of several types each entity has is told only where something tells it, and how is kept. Cue terms
//! in the sentence are no such thing: they stand there for the other actors as often.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::TextId;

use super::cues::Kinds;
use super::names::{followed, key};

/// Texts that must name an entity where the role has one type, before it has that type in another text.
pub(super) const ENOUGH: usize = 2;

/// Texts, at most [`ENOUGH`], in which a role of one type names an entity, by key and type.
pub(super) type Sure = BTreeMap<String, BTreeMap<String, BTreeSet<TextId>>>;

/// How the type of a target was told, the surest way first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// The role has one type in this text.
    OneType,
    /// Another role of this text, which has one type, names the entity too.
    OtherRole,
    /// Two other texts or more, in which the role has one type, name the entity, and all have this type.
    Elsewhere,
    /// Of the types of the role, this one has the longest cue term in the name.
    Name,
    /// The only target not told otherwise, and the only type that no other target has.
    Remaining,
    /// Nothing tells it.
    #[default]
    Untold,
}

impl Told {
    /// In words for readers.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OneType => "the role has one type",
            Self::OtherRole => "another role of this text",
            Self::Elsewhere => "named so elsewhere",
            Self::Name => "its name",
            Self::Remaining => "the only type left",
            Self::Untold => "not told apart",
        }
    }
}

/// Whom a text names in a role.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// Types of the role.
    pub(super) held: Vec<String>,
    /// Names of its entities.
    pub(super) names: BTreeSet<String>,
    /// Keys of entities of the text's other roles that have one type, each with that type.
    pub(super) beside: BTreeSet<(String, String)>,
}

/// Moves what is sure to the keys that entities have in the end.
pub(super) fn settled(sure: Sure, joined: &BTreeMap<String, String>) -> Sure {
    let mut settled = Sure::new();
    for (key, kinds) in sure {
        let own = settled.entry(followed(joined, &key).to_owned()).or_default();
        for (kind, texts) in kinds {
            own.entry(kind).or_default().extend(texts);
        }
    }
    settled
}

/// Tells types.
#[derive(Debug)]
pub(super) struct Teller<'s> {
    pub(super) kinds: &'s Kinds,
    pub(super) sure: &'s Sure,
    pub(super) joined: &'s BTreeMap<String, String>,
}

impl Teller<'_> {
    /// Types of the entities of a role, by their keys in the end. Those that nothing tells are not there.
    pub(super) fn tell(&self, role: &Named) -> BTreeMap<String, (String, Told)> {
        let named: Vec<(&str, String)> =
            role.names.iter().map(|name| (name.as_str(), self.settled(&key(name)))).collect();
        let mut told: BTreeMap<String, (String, Told)> = BTreeMap::new();
        for (name, key) in &named {
            if !told.contains_key(key)
                && let Some(found) = self.by_itself(name, key, role)
            {
                told.insert(key.clone(), found);
            }
        }
        let left: BTreeSet<&String> =
            named.iter().map(|(_, key)| key).filter(|key| !told.contains_key(*key)).collect();
        let open: Vec<&String> =
            role.held.iter().filter(|kind| !told.values().any(|(known, _)| known == *kind)).collect();
        if let (1, Some(key), [kind]) = (left.len(), left.first(), open.as_slice()) {
            told.insert((*key).clone(), ((*kind).clone(), Told::Remaining));
        }
        told
    }

    fn settled(&self, key: &str) -> String {
        followed(self.joined, key).to_owned()
    }

    /// The type of an entity without regard to the others of its role.
    fn by_itself(&self, name: &str, key: &str, role: &Named) -> Option<(String, Told)> {
        let is_held = |kind: &&str| role.held.iter().any(|held| held == kind);
        if let [only] = role.held.as_slice() {
            return Some((only.clone(), Told::OneType));
        }
        let beside = self.in_other_roles(key, role).filter(is_held).map(|kind| (kind, Told::OtherRole));
        let found = beside
            .or_else(|| self.elsewhere(key).filter(is_held).map(|kind| (kind, Told::Elsewhere)))
            .or_else(|| self.kinds.named(name, &role.held).map(|kind| (kind, Told::Name)));
        found.map(|(kind, told)| (kind.to_owned(), told))
    }

    /// The type that all other roles of one type have which name the entity.
    fn in_other_roles<'r>(&self, key: &str, role: &'r Named) -> Option<&'r str> {
        let is_same = |beside: &&(String, String)| followed(self.joined, &beside.0) == key;
        let kinds: BTreeSet<&str> =
            role.beside.iter().filter(is_same).map(|(_, kind)| kind.as_str()).collect();
        kinds.first().copied().filter(|_| kinds.len() == 1)
    }

    /// The type that an entity has in all texts that leave no doubt, where they are enough.
    fn elsewhere(&self, key: &str) -> Option<&str> {
        let mut kinds = self.sure.get(key)?.iter();
        match (kinds.next(), kinds.next()) {
            (Some((kind, texts)), None) if texts.len() >= ENOUGH => Some(kind),
            _ => None,
        }
    }
}
