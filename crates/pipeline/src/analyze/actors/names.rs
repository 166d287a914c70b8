//! Names made comparable: by their dress alone one by one, by what all texts together say at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::EntityEntry;
use super::cues::split;

/// Keys of the names that texts give a short form, by the short form in small letters.
pub(super) type ShortForms = BTreeMap<String, BTreeSet<String>>;

/// Words before a name that are no part of it.
const ARTICLES: [&str; 15] =
    ["the", "a", "an", "any", "each", "such", "every", "la", "le", "les", "el", "los", "der", "die", "das"];
/// Words of a name of which its short form may have no letter.
const LINKS: [&str; 15] =
    ["a", "an", "and", "at", "de", "des", "du", "et", "for", "für", "in", "of", "on", "the", "to"];
/// Letters of the longest short form looked at, and words of the longest name: spelling one with the other tries every
/// way there is.
const SPELT: (usize, usize) = (8, 16);

/// The key under which names count as one: lower case, without articles, brackets, possessives and the plural of a class.
pub(super) fn key(name: &str) -> String {
    let bare = bare(name);
    if is_class(name) { singular(&bare) } else { bare }
}

/// Words of a name as written, without articles, and without quotation marks and what stands in brackets.
pub(super) fn words(name: &str) -> Vec<String> {
    let plain = unbracketed(name).replace(['’', '\'', '"', '“', '”'], "");
    let all: Vec<&str> = plain.split_whitespace().collect();
    let articles = all.iter().take_while(|word| ARTICLES.contains(&word.to_lowercase().as_str())).count();
    let kept = all.get(articles..).filter(|kept| !kept.is_empty()).unwrap_or(&all);
    kept.iter().map(|word| (*word).to_owned()).collect()
}

fn unbracketed(name: &str) -> &str {
    name.split(['(', '（', '[']).next().unwrap_or(name).trim_end()
}

/// A name in small letters, without its dress.
fn bare(name: &str) -> String {
    words(name).join(" ").to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Whether a name ends as a described class does, in a word that begins small: proper names keep their ending.
fn is_class(name: &str) -> bool {
    words(name).last().and_then(|word| word.chars().next()).is_some_and(char::is_lowercase)
}

/// A key without the ending of a plural.
fn singular(key: &str) -> String {
    let is_plural = key.len() > 4 && !["ss", "us", "is"].iter().any(|end| key.ends_with(end));
    let Some(stem) = key.strip_suffix('s').filter(|_| is_plural) else { return key.to_owned() };
    if let Some(stem) = stem.strip_suffix("ie") {
        return format!("{stem}y");
    }
    let hisses = |stem: &&str| ["ss", "sh", "ch", "x", "zz"].iter().any(|end| stem.ends_with(end));
    stem.strip_suffix('e').filter(hisses).unwrap_or(stem).to_owned()
}

/// Short forms, in small letters, that `quote` gives `name` right after it: `dso` for "Digital Safety Office (DSO)".
pub(super) fn short_forms(name: &str, quote: &str) -> BTreeSet<String> {
    let long = unbracketed(name);
    let after = quote.match_indices(long).filter_map(|(at, _)| quote.get(at + long.len()..));
    after.filter_map(|after| short_form(long, after)).map(str::to_lowercase).collect()
}

fn short_form<'q>(long: &str, after: &'q str) -> Option<&'q str> {
    let inside = after.trim_start().strip_prefix(['(', '（'])?.split([')', '）']).next()?;
    let short = inside.split_whitespace().last()?.trim_matches(|c: char| !c.is_alphanumeric());
    (is_short(short) && abbreviates(short, long)).then_some(short)
}

/// Whether a name looks like a short form: one word with capital letters.
pub(super) fn is_short(name: &str) -> bool {
    !name.contains(char::is_whitespace) && name.chars().filter(|c| c.is_uppercase()).count() > 1
}

/// Whether the letters of `short` are the first letters of the words of `long`, each in its turn.
fn abbreviates(short: &str, long: &str) -> bool {
    let letters: Vec<char> =
        short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let long = bare(long);
    let words = split(&long);
    letters.len() <= SPELT.0 && words.len() <= SPELT.1 && spells(&letters, &words)
}

fn spells(letters: &[char], words: &[&str]) -> bool {
    let Some((word, later)) = words.split_first() else { return letters.is_empty() };
    let taken = |(letter, more): (&char, &[char])| word.starts_with(*letter) && spells(more, later);
    letters.split_first().is_some_and(taken) || (LINKS.contains(word) && spells(letters, later))
}

/// Joins the entries that only all texts together tell to be one, and says which key went to which.
pub(super) fn settle(
    entities: &mut BTreeMap<String, EntityEntry>,
    short_forms: &ShortForms,
) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::new();
    for (from, into) in plurals(entities) {
        join(entities, &mut joined, &from, &into);
    }
    for (short, long) in short_forms {
        let long: BTreeSet<String> = long.iter().map(|key| followed(&joined, key).to_owned()).collect();
        // Where two names have one short form nobody can say whose it is elsewhere.
        if let (1, Some(long)) = (long.len(), long.first())
            && entities.get(short).is_some_and(is_only_short)
        {
            join(entities, &mut joined, short, long);
        }
    }
    joined
}

/// The key that a key went to, itself where it stayed.
pub(super) fn followed<'s>(joined: &'s BTreeMap<String, String>, key: &'s str) -> &'s str {
    let mut at = key;
    while let Some(next) = joined.get(at) {
        at = next;
    }
    at
}

/// Pairs of keys of which one is the plural of the other, and some text writes the name as that of a class: the key to
/// be left, then the one to stay. That is the singular where some text has it, so that "United States" is no state.
fn plurals(entities: &BTreeMap<String, EntityEntry>) -> Vec<(String, String)> {
    let pair = |plural: &String| {
        let one = singular(plural);
        let entry = entities.get(&one).filter(|_| one != *plural)?;
        if !entry.variants.keys().any(|name| is_class(name)) {
            return None;
        }
        let is_found = entry.variants.keys().any(|name| bare(name) == one);
        Some(if is_found { (plural.clone(), one) } else { (one, plural.clone()) })
    };
    entities.keys().filter_map(pair).collect()
}

/// Whether every name of an entry is a short form.
fn is_only_short(entry: &EntityEntry) -> bool {
    entry.variants.keys().all(|name| is_short(&words(name).join(" ")))
}

fn join(
    entities: &mut BTreeMap<String, EntityEntry>,
    joined: &mut BTreeMap<String, String>,
    from: &str,
    into: &str,
) {
    let (from, into) = (followed(joined, from).to_owned(), followed(joined, into).to_owned());
    if from == into {
        return;
    }
    let Some(left) = entities.remove(&from) else { return };
    let stays = entities.entry(into.clone()).or_default();
    for (name, n) in left.variants {
        *stays.variants.entry(name).or_default() += n;
    }
    stays.mentions.extend(left.mentions);
    joined.insert(from, into);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_dress_are_one_and_others_are_not() {
        assert_eq!(key("The Digital Safety Office"), key("Digital Safety Office (DSO)"));
        assert_eq!(key("developers"), key("a developer"));
        assert_eq!(key("agencies"), key("each agency"));
        assert_eq!(key("businesses"), key("any business"));
        assert_eq!(key("the United States"), key("UNITED STATES"));
        assert_ne!(key("United States"), key("united state"));
        assert_ne!(key("Office of Science"), key("Office of Safety"));
    }

    #[test]
    fn a_short_form_is_spelt_by_the_words_before_it() {
        let short = |name, quote| short_forms(name, quote).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(short("Harbour and Data Office", "the Harbour and Data Office (the “HDO”) shall"), "hdo");
        assert_eq!(short("Ministry of Tides", "Ministry of Tides (MoT)"), "mot");
        assert_eq!(short("Norvale Freight", "Norvale Freight (Ostmark) shall"), "");
        assert_eq!(short("Director of the Harbour Office", "Director of the Harbour Office (HO)"), "");
        assert_eq!(short("Harbour Office", "Harbour Office shall tell the Tide Office (TO)"), "");
    }

    #[test]
    fn a_long_name_made_to_be_spelt_in_many_ways_costs_nothing() {
        let name = "of ".repeat(4000);
        assert!(short_forms(name.trim(), &format!("{name}(OOOOOOOO)")).is_empty());
    }
}
