//! Names of nobody who acts. Engines take "AI systems must be safe" for a duty of the systems; such names, and words that
//! stand for another name of their text, are no entities. The judgements that hold them stay as they are.

use lacuna_domain::Codebook;

use super::cues::{Kinds, Term, split};
use super::names::{is_short, words};

/// The dimension whose cue terms are names of technology.
const TECHNOLOGY: &str = "scope";
/// Nouns of technology: a name made of these and of [`BESIDE`] is that of a thing.
const THINGS: [&str; 9] =
    ["ai", "algorithm", "artificial", "chatbot", "deepfake", "model", "software", "system", "technology"];
/// Words that stand beside them.
const BESIDE: [&str; 29] = [
    "and",
    "application",
    "automated",
    "autonomous",
    "based",
    "covered",
    "decision",
    "enabled",
    "foundation",
    "frontier",
    "general",
    "generative",
    "high",
    "impact",
    "intelligence",
    "language",
    "large",
    "learning",
    "machine",
    "making",
    "of",
    "or",
    "other",
    "product",
    "purpose",
    "risk",
    "service",
    "technologie",
    "tool",
];
/// Words for whoever was named before, another one in each text.
const PRONOUNS: [&str; 46] = [
    "all", "another", "any", "each", "every", "he", "her", "him", "i", "it", "me", "one", "others", "she",
    "such", "that", "them", "these", "they", "this", "those", "us", "we", "which", "who", "whom", "you",
    "elle", "elles", "il", "ils", "nous", "on", "vous", "ella", "ellos", "nosotros", "usted", "ustedes",
    "er", "es", "ihr", "sie", "wir", "我们", "他们",
];

/// Knows names of nobody who acts.
#[derive(Clone, Debug)]
pub(super) struct Nobody {
    technology: Vec<Term>,
}

impl Nobody {
    /// By the cue terms of the codebook's technology, those left out that name a type of actors, such as "model
    /// developer".
    pub(super) fn of(codebook: &Codebook, kinds: &Kinds) -> Self {
        let codes = codebook.dimension(TECHNOLOGY).map(|d| d.codes.as_slice()).unwrap_or_default();
        let cues =
            codes.iter().flat_map(|code| code.cues.values()).flat_map(|c| c.strong.iter().chain(&c.weak));
        let of_things = |cue: &&String| !kinds.name_any(&split(&cue.to_lowercase()));
        Self { technology: cues.filter(of_things).map(|cue| Term::new(cue)).collect() }
    }

    /// Whether a name is that of a technology or stands for another name.
    pub(super) fn is(&self, name: &str) -> bool {
        let said = words(name).join(" ");
        let small = said.to_lowercase().replace("a.i", "ai");
        let words = split(&small);
        // In capitals the same letters are short forms: the US, WHO.
        let is_pronoun = !is_short(&said) && matches!(words.as_slice(), [only] if PRONOUNS.contains(only));
        is_pronoun || is_thing(&words) || self.technology.iter().any(|term| term.is(&words))
    }
}

fn is_thing(words: &[&str]) -> bool {
    let among = |list: &[&str], word: &str| list.contains(&word.strip_suffix('s').unwrap_or(word));
    words.iter().any(|word| among(&THINGS, word))
        && words.iter().all(|word| among(&THINGS, word) || among(&BESIDE, word))
}
