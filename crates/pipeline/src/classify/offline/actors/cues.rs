//! Finds the cue terms of roles and actor types in a text.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use lacuna_domain::codebook::Code;

/// How much a cue term says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    Strong,
    Weak,
    /// Rules out terms inside it.
    Not,
}

/// A cue term found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// Position of the code in the list the finder was made of.
    pub(super) code: usize,
    pub(super) strength: Strength,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Debug)]
struct Term {
    code: usize,
    strength: Strength,
    open_end: bool,
}

/// The cue terms of a list of codes, by language.
#[derive(Clone, Debug, Default)]
pub(super) struct CueFinder {
    languages: BTreeMap<String, (AhoCorasick, Vec<Term>)>,
}

impl CueFinder {
    pub(super) fn new(codes: &[Code]) -> Self {
        let mut patterns: BTreeMap<String, (Vec<String>, Vec<Term>)> = BTreeMap::new();
        for (code, entry) in codes.iter().enumerate() {
            for (language, cues) in &entry.cues {
                let (words, terms) = patterns.entry(language.clone()).or_default();
                let lists = [
                    (&cues.strong, Strength::Strong),
                    (&cues.weak, Strength::Weak),
                    (&cues.not, Strength::Not),
                ];
                for (term, strength) in lists.iter().flat_map(|(list, s)| list.iter().map(move |t| (t, *s))) {
                    let word = term.trim_end_matches('*').to_lowercase().replace('*', "");
                    if !word.is_empty() {
                        words.push(word);
                        terms.push(Term { code, strength, open_end: term.ends_with('*') });
                    }
                }
            }
        }
        let languages = patterns
            .into_iter()
            .filter_map(|(language, (words, terms))| {
                let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words).ok()?;
                Some((language, (automaton, terms)))
            })
            .collect();
        Self { languages }
    }

    /// Whether there are cues for this language.
    pub(super) fn speaks(&self, language: &str) -> bool {
        self.languages.contains_key(language)
    }

    /// Every cue of `language` in `lower`, a lower-case text, by start; overlapping ones included.
    pub(super) fn hits(&self, lower: &str, language: &str) -> Vec<Hit> {
        let Some((automaton, terms)) = self.languages.get(language) else { return vec![] };
        let mut hits: Vec<Hit> = automaton
            .find_overlapping_iter(lower)
            .filter_map(|found| {
                let term = &terms[found.pattern().as_usize()];
                let fits = bounded(lower, found.start(), found.end(), term.open_end);
                fits.then(|| Hit {
                    code: term.code,
                    strength: term.strength,
                    start: found.start(),
                    end: found.end(),
                })
            })
            .collect();
        hits.sort_by_key(|h| (h.start, h.end, h.code));
        let ruled: Vec<Hit> = hits.iter().copied().filter(|h| h.strength == Strength::Not).collect();
        hits.retain(|h| {
            h.strength != Strength::Not
                && !ruled.iter().any(|n| n.code == h.code && n.start <= h.start && h.end <= n.end)
        });
        hits
    }
}

/// Whether a match stands on word boundaries, where its script has them.
fn bounded(text: &str, start: usize, end: usize, open_end: bool) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    let first = text[start..end].chars().next();
    if first.is_some_and(is_unspaced) {
        return true;
    }
    !joins(text[..start].chars().next_back()) && (open_end || !joins(text[end..].chars().next()))
}

/// Han, kana and Thai are written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}
