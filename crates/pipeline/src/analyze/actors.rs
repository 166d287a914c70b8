//! Who is named in which role, over many texts: names made comparable with the variants as found, and duties, that is an
//! entity and a code that stand in one passage. Nothing is ever joined across a document.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::{Codebook, Coding, TextId};

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
    /// The sentences; empty where no quote stands in this passage.
    pub quote: String,
}

/// What is gathered over the codings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actors {
    /// Entities by the key of their names.
    pub entities: BTreeMap<String, EntityEntry>,
    /// Duties by type of the target and code of the first ordinal dimension. A target whose type cannot be told apart
    /// stands under an empty type.
    pub duties: BTreeMap<(String, String), BTreeSet<Duty>>,
}

/// The key under which names count as one: lower case, without articles, brackets, possessives and the plural of a class.
pub fn key(name: &str) -> String {
    let plain = name.split(['(', '（', '[']).next().unwrap_or(name);
    let lower = plain.to_lowercase().replace(['’', '\'', '"', '“', '”'], "");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let articles = [
        "the", "a", "an", "any", "each", "such", "every", "la", "le", "les", "el", "los", "der", "die", "das",
    ];
    let start = words.iter().take_while(|word| articles.contains(word)).count();
    let kept = words.get(start..).filter(|w| !w.is_empty()).unwrap_or(&words);
    let mut key = kept.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    // Described classes begin small; proper names keep their ending.
    let class = plain.trim_start().chars().next().is_some_and(char::is_lowercase);
    if class && key.len() > 4 && key.ends_with('s') && !key.ends_with("ss") && !key.ends_with("us") {
        key.pop();
        if key.ends_with("ie") {
            key.truncate(key.len() - 2);
            key.push('y');
        }
    }
    key
}

/// Adds what one coding says.
pub fn gather(into: &mut Actors, coding: &Coding, codebook: &Codebook) {
    for actor in &coding.actors {
        for entity in actor.entities() {
            let key = key(&entity.name);
            if key.is_empty() {
                continue;
            }
            let entry = into.entities.entry(key).or_default();
            let name = entity.name.split_whitespace().collect::<Vec<_>>().join(" ");
            *entry.variants.entry(name).or_default() += 1;
            entry.mentions.insert(Mention {
                text: coding.text.clone(),
                role: actor.role().to_string(),
                passage: entity.at.passage(),
            });
        }
    }
    let ordinal = codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Ordinal { .. }));
    let actors = codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Actor { .. }));
    if let (Some(ordinal), Some(actors)) = (ordinal, actors) {
        duties(into, coding, ordinal, actors);
    }
}

/// Joins targets and codes that stand in one passage.
fn duties(into: &mut Actors, coding: &Coding, ordinal: &Dimension, actors: &Dimension) {
    let Some(target) = coding.actor("target").filter(|a| a.dimension() == &actors.id) else { return };
    let Kind::Actor { types } = &actors.kind else { return };
    let Some(hits) = coding.parts.get(&ordinal.id) else { return };
    let held: Vec<&Code> = types.iter().filter(|t| target.types().contains(&t.id)).collect();
    // Where an entity is named, and every quoted passage that names it again.
    let mut places: BTreeSet<(u32, String)> = BTreeSet::new();
    for entity in target.entities() {
        places.insert((entity.at.passage(), entity.name.clone()));
        let small = entity.name.to_lowercase();
        let again = target.evidence().iter().filter(|e| e.quote().to_lowercase().contains(&small));
        places.extend(again.map(|e| (e.passage(), entity.name.clone())));
    }
    for (code, hits) in hits {
        // A code that fell short of a label joins nothing.
        let Some(judgement) = coding.judgement(ordinal.id.as_str(), code.as_str()) else { continue };
        for (passage, entity) in &places {
            let quoted = judgement.evidence().iter().find(|e| e.passage() == *passage);
            if quoted.is_none() && !hits.iter().any(|hit| hit.passage == *passage) {
                continue;
            }
            let said = quoted.or_else(|| target.evidence().iter().find(|e| e.passage() == *passage));
            let duty = Duty {
                text: coding.text.clone(),
                passage: *passage,
                entity: entity.clone(),
                quote: said
                    .map_or_else(String::new, |e| e.quote().split_whitespace().collect::<Vec<_>>().join(" ")),
            };
            let kind = type_of(entity, &held).map_or_else(String::new, |t| t.id.to_string());
            into.duties.entry((kind, code.to_string())).or_default().insert(duty);
        }
    }
}

/// The type of an entity among those that its role has: the only one, or the only one whose cue terms its name holds.
fn type_of<'c>(name: &str, held: &[&'c Code]) -> Option<&'c Code> {
    if let [only] = held {
        return Some(only);
    }
    let small = name.to_lowercase();
    let named = |code: &&Code| code.cues.values().flat_map(|c| &c.strong).any(|term| holds(&small, term));
    let mut found = held.iter().copied().filter(|code| named(code));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// Whether a name holds a cue term on word boundaries; a `*` at a word's end matches any ending.
fn holds(name: &str, term: &str) -> bool {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let wanted: Vec<&str> = term.split_whitespace().collect();
    let fits = |word: &str, pattern: &str| match pattern.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == pattern,
    };
    !wanted.is_empty()
        && words
            .windows(wanted.len())
            .any(|run| run.iter().zip(&wanted).all(|(word, pattern)| fits(word, pattern)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_dress_are_one_and_others_are_not() {
        assert_eq!(key("The Digital Safety Office"), key("Digital Safety Office (DSO)"));
        assert_eq!(key("developers"), key("a developer"));
        assert_eq!(key("agencies"), key("each agency"));
        assert_ne!(key("United States"), key("united state"));
        assert_ne!(key("Office of Science"), key("Office of Safety"));
    }

    #[test]
    fn cue_terms_are_found_on_word_boundaries() {
        assert!(holds("covered entities and deployers", "covered entit*"));
        assert!(!holds("a reagency", "agency"));
    }
}
