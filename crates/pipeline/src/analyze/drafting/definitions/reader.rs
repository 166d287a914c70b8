//! The forms in which one language defines terms, looked for in a passage. Whatever is asked of the words beside a quoted
//! term is anchored there and bounded, so that cost grows with the words.

use std::sync::LazyLock;

use regex::Regex;

use super::super::even;
use super::languages::{ENUMERATOR, Language};
use super::quotes::{Quoted, quoted};

/// The patterns of a language.
pub(super) struct Reader {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    opens: Pattern,
    /// What may stand between such words and a term.
    lead: Pattern,
    /// What stands before the term of an entry.
    entry: Pattern,
    /// What stands before a term with which a sentence or an entry begins.
    begins: Pattern,
    by: Pattern,
    understood: Pattern,
    means: Pattern,
    unless: Pattern,
    is: Pattern,
    bare: Pattern,
    listed: Pattern,
}

/// Where entries of a list may begin in a passage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entries {
    /// Nowhere.
    None,
    /// At its beginning.
    First,
    /// From this byte on.
    After(usize),
}

/// What a passage says in one language.
#[derive(Debug)]
pub(super) struct Read {
    /// Terms in lower case, each with the byte at which it stands, in order.
    pub(super) terms: Vec<(usize, String)>,
    /// Whether it announces a list of terms.
    pub(super) announces: bool,
}

/// A pattern that ignores case; without words, or where it does not compile, it matches nothing. The tests compile all.
struct Pattern(Option<Regex>);

impl Pattern {
    fn of(words: &str, make: impl Fn(&str) -> String) -> Self {
        if words.is_empty() {
            return Self(None);
        }
        Self(Regex::new(&format!("(?i){}", make(words))).ok())
    }

    fn is_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }

    fn ends(&self, text: &str) -> Vec<usize> {
        self.0.iter().flat_map(|pattern| pattern.find_iter(text).map(|found| found.end())).collect()
    }

    fn start(&self, text: &str) -> Option<usize> {
        self.0.as_ref()?.find(text).map(|found| found.start())
    }

    /// The first group of each match, with the beginnings of the match and of the group.
    fn terms<'t>(&self, text: &'t str) -> impl Iterator<Item = (usize, usize, &'t str)> {
        self.0.iter().flat_map(move |pattern| {
            pattern.captures_iter(text).filter_map(|found| {
                let term = found.iter().skip(1).flatten().next()?;
                Some((found.get(0)?.start(), term.start(), term.as_str()))
            })
        })
    }
}

/// Bytes before a term in which words are looked for.
const NEAR: usize = 200;
/// What may stand between a term and its verb: an abbreviation in brackets, words between commas.
const GAP: &str = r"(?:\s*[(（][^()（）]{1,60}[)）])?(?:,[^.;:,]{1,60},)?,?\s*";
/// The beginning of an explanation after an announced term. A hyphen joins the term to the next word.
static EXPLAINED: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::of(r#"^(?:\s|[,:：=(]|–|—)[\s,:：=–—-]{0,6}[\p{L}\p{N}(«„“"]"#, str::to_owned));

impl Reader {
    /// The patterns of `language`.
    pub(super) fn of(language: &Language) -> Self {
        let Language { code, opens, by, article, understood, means, unless, is, bare, listed } = language;
        let optional = |words: &str, after: &str| match words {
            "" => String::new(),
            words => format!("(?:(?:{words}){after})?"),
        };
        let (led, article) = (optional(by, r"\s+"), optional(article, r"\s*"));
        let enumerated = format!(r"(?:^|[\s;:.。]){ENUMERATOR}");
        let anchored = |words: &str| format!("^{GAP}(?:{words})");
        let made = str::to_owned;
        Self {
            code,
            opens: Pattern::of(opens, made),
            lead: Pattern::of(ENUMERATOR, |one| format!(r"^[\s:：。]*(?:{one})?{led}{article}$")),
            entry: Pattern::of(&enumerated, |one| format!(r"(?:^\s*|{one}){led}{article}$")),
            begins: Pattern::of(&enumerated, |one| format!(r"(?:^\s*|[.;。；]\s+|{one}){article}$")),
            by: Pattern::of(by, |words| format!(r"\b(?:{words})\s+{article}$")),
            understood: Pattern::of(understood, anchored),
            means: Pattern::of(means, anchored),
            unless: Pattern::of(unless, |words| format!(r"\b(?:{words})\s+{article}$")),
            is: Pattern::of(is, |words| format!(r"^\s*(?:{words})")),
            bare: Pattern::of(bare, made),
            listed: Pattern::of(listed, |words| format!("{enumerated}(?:{words})")),
        }
    }

    /// The forms whose patterns do not compile.
    #[cfg(test)]
    pub(super) fn broken(&self) -> Vec<&'static str> {
        let language = super::LANGUAGES.iter().find(|language| language.code == self.code);
        let Some(language) = language else { return vec!["no table"] };
        let made = [
            ("enumerator", &self.lead),
            ("enumerator", &self.entry),
            ("enumerator", &self.begins),
            (language.opens, &self.opens),
            (language.by, &self.by),
            (language.understood, &self.understood),
            (language.means, &self.means),
            (language.unless, &self.unless),
            (language.is, &self.is),
            (language.bare, &self.bare),
            (language.listed, &self.listed),
        ];
        let broken = |(words, pattern): &(&str, &Pattern)| !words.is_empty() && pattern.0.is_none();
        made.into_iter().filter(broken).map(|(words, _)| words).collect()
    }

    /// The terms that a passage defines; `entries` says where those of a list may begin that was announced before it.
    pub(super) fn read(&self, words: &str, entries: Entries) -> Read {
        let opened = self.opens.ends(words);
        let list = opened.iter().copied().find(|end| is_list(words, *end));
        let entries = match (entries, list) {
            (Entries::None, Some(from)) => Entries::After(from),
            (entries, _) => entries,
        };
        let mut found: Vec<Quoted<'_>> = Vec::new();
        for quoted in quoted(words) {
            if self.defines(words, quoted, &opened, entries) {
                // A term may have words of its own in marks.
                while found.last().is_some_and(|inner| inner.start > quoted.start) {
                    found.pop();
                }
                found.push(quoted);
            }
        }
        let begins = |(whole, term, _): &(usize, usize, &str)| match entries {
            Entries::None => false,
            Entries::First => *whole == 0,
            Entries::After(from) => *term >= from,
        };
        let listed = self.listed.terms(words).filter(begins);
        let unquoted = self.bare.terms(words).chain(listed).map(|(_, at, term)| (at, term));
        let quoted = found.into_iter().map(|quoted| (quoted.start, quoted.words));
        let mut terms: Vec<(usize, String)> =
            quoted.chain(unquoted).map(|(at, term)| (at, even(term).to_lowercase())).collect();
        terms.sort_by_key(|(at, _)| *at);
        Read { terms, announces: list.is_some() }
    }

    /// Whether words beside quoted ones say that they mean something.
    fn defines(&self, words: &str, quoted: Quoted<'_>, opened: &[usize], entries: Entries) -> bool {
        let (Some(before), Some(after)) = (words.get(..quoted.start), words.get(quoted.end..)) else {
            return false;
        };
        let near = before.get(before.ceil_char_boundary(before.len().saturating_sub(NEAR))..);
        let near = near.unwrap_or_default();
        let announced =
            || self.is_opened(words, quoted.start, opened) || self.is_entry(before, near, entries);
        (EXPLAINED.is_in(after) && announced())
            || (self.means.is_in(after) && !self.unless.is_in(near))
            || (self.understood.is_in(after) && self.by.is_in(near))
            || (self.is.is_in(after) && self.begins.is_in(near))
    }

    /// Whether a term at `start` follows words that announce it.
    fn is_opened(&self, words: &str, start: usize, opened: &[usize]) -> bool {
        let last = opened.partition_point(|end| *end <= start).checked_sub(1).and_then(|at| opened.get(at));
        last.and_then(|end| words.get(*end..start)).is_some_and(|between| self.lead.is_in(between))
    }

    /// Whether a term after the words `before`, of which `near` are the last, is that of an entry.
    fn is_entry(&self, before: &str, near: &str, entries: Entries) -> bool {
        match entries {
            Entries::None => false,
            Entries::First => near.len() == before.len() && self.entry.start(near) == Some(0),
            Entries::After(from) => from <= before.len() && self.entry.is_in(near),
        }
    }
}

/// Whether words that end at this byte are the last or stand before a colon.
fn is_list(words: &str, end: usize) -> bool {
    let rest = words.get(end..).unwrap_or_default().trim_start();
    rest.is_empty()
        || rest.starts_with([':', '：', '。'])
        || words.get(..end).is_some_and(|own| own.ends_with(':'))
}
