//! Cue terms of the codebook, looked for in names.

use lacuna_domain::CodeId;
use lacuna_domain::codebook::Code;

/// A cue term as words in small letters; each may have any ending.
#[derive(Clone, Debug)]
pub(super) struct Term(Vec<(String, bool)>);

impl Term {
    pub(super) fn new(cue: &str) -> Self {
        let small = cue.to_lowercase();
        let words = small.split(|c: char| !c.is_alphanumeric() && c != '*');
        let words = words.map(|word| (word.trim_end_matches('*').to_owned(), word.ends_with('*')));
        Self(words.filter(|(word, _)| !word.is_empty()).collect())
    }

    /// Whether these words are the term and nothing else.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        let fits = |(word, (stem, open)): (&&str, &(String, bool))| {
            if *open { word.starts_with(stem.as_str()) } else { *word == stem }
        };
        words.len() == self.0.len() && words.iter().zip(&self.0).all(fits)
    }

    /// Whether the term stands among these words.
    pub(super) fn stands_in(&self, words: &[&str]) -> bool {
        !self.0.is_empty() && words.windows(self.0.len()).any(|run| self.is(run))
    }
}

/// Words of a name in small letters.
pub(super) fn split(small: &str) -> Vec<&str> {
    small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Types of actors with the terms that name each by themselves. Weak cues are left out: measured on texts whose role has
/// one type, a weak cue in a name told the right one in 56 of 100 cases, a strong one in 89.
#[derive(Clone, Debug)]
pub(super) struct Kinds(Vec<(String, Vec<Term>)>);

impl Kinds {
    pub(super) fn of(types: &[Code]) -> Self {
        let terms =
            |kind: &Code| kind.cues.values().flat_map(|c| &c.strong).map(|cue| Term::new(cue)).collect();
        Self(types.iter().map(|kind| (kind.id.to_string(), terms(kind))).collect())
    }

    /// Those of `types` that the codebook has, in its order.
    pub(super) fn known(&self, types: &[CodeId]) -> Vec<String> {
        let is_given = |kind: &&String| types.iter().any(|given| given.as_str() == kind.as_str());
        self.0.iter().map(|(kind, _)| kind).filter(is_given).cloned().collect()
    }

    /// Whether a term of any type stands among these words.
    pub(super) fn name_any(&self, words: &[&str]) -> bool {
        self.0.iter().flat_map(|(_, terms)| terms).any(|term| term.stands_in(words))
    }

    /// The one of the types `held` whose term in the name is the longest: "department of" says more than "department".
    pub(super) fn named(&self, name: &str, held: &[String]) -> Option<&str> {
        let small = name.to_lowercase();
        let words = split(&small);
        let longest = |terms: &[Term]| {
            terms.iter().filter(|term| term.stands_in(&words)).map(|term| term.0.len()).max().unwrap_or(0)
        };
        let lengths: Vec<(usize, &str)> = self
            .0
            .iter()
            .filter(|(kind, _)| held.contains(kind))
            .map(|(kind, terms)| (longest(terms), kind.as_str()))
            .collect();
        let most = lengths.iter().map(|(length, _)| *length).max().filter(|length| *length > 0)?;
        let mut best = lengths.iter().filter(|(length, _)| *length == most);
        match (best.next(), best.next()) {
            (Some((_, kind)), None) => Some(*kind),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cue_terms_are_found_on_word_boundaries() {
        assert!(Term::new("covered entit*").stands_in(&split("covered entities and deployers")));
        assert!(!Term::new("agency").stands_in(&split("a reagency")));
        assert!(Term::new("Cloud-Anbieter*").stands_in(&split("jeder cloud-anbieter")));
        assert!(!Term::new("*").stands_in(&split("anybody")), "a term without words is nowhere");
    }
}
