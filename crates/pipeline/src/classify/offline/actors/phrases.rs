//! Finds noun phrases that may name an actor: a head noun with its modifiers, or a run of capitalised words, each
//! with the continuations a full name may have ("Director of the National Institute of …").

use std::ops::Range;

use super::formulas;
use super::lexicon::flag;
use super::tokens::{Case, Token, Words};

/// A noun phrase and the names it may stand for, all as token ranges.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each a feature of its own")]
pub(super) struct Phrase {
    /// First token of the base, after determiners.
    pub(super) start: usize,
    /// One past the last token of the base.
    pub(super) base_end: usize,
    /// Ends of the base and of each continuation, ascending.
    pub(super) ends: Vec<usize>,
    /// Whether the phrase stands inside a longer one.
    pub(super) nested: bool,
    /// Whether a determiner that a name keeps stands before it.
    pub(super) quantified: bool,
    /// Head class of the base, 0 for none.
    pub(super) head: u8,
    /// Whether the base is written with capitals (and the sentence is not).
    pub(super) capital: bool,
    /// Whether words of the same run follow the head, so that the head may be a modifier.
    pub(super) trailing: bool,
}

impl Phrase {
    /// One past the last token of the longest reading.
    pub(super) fn end(&self) -> usize {
        self.ends.last().copied().unwrap_or(self.base_end)
    }
}

/// Most tokens a phrase may have.
const LONGEST: usize = 28;

/// The phrases of one sentence, by start.
pub(super) fn phrases(words: &Words<'_>, sentence: Range<usize>, heading: bool) -> Vec<Phrase> {
    let finder = Finder::new(words, sentence, heading);
    let mut found: Vec<Phrase> = Vec::new();
    let mut at = finder.range.start;
    while at < finder.range.end {
        let end = finder.run_end(at);
        if end == at {
            at += 1;
            continue;
        }
        finder.phrases_of_run(at, end, &mut found);
        at = end;
    }
    found.extend(formulas::issuers(words, finder.range.clone()));
    found.sort_by_key(|p| (p.start, std::cmp::Reverse(p.end())));
    mark_nested(&mut found);
    found
}

fn mark_nested(found: &mut [Phrase]) {
    let mut reach = 0;
    for phrase in found {
        phrase.nested = phrase.start < reach;
        reach = reach.max(phrase.end());
    }
}

struct Finder<'w, 't> {
    words: &'w Words<'t>,
    range: Range<usize>,
    heading: bool,
    shouting: bool,
}

impl<'w, 't> Finder<'w, 't> {
    fn new(words: &'w Words<'t>, range: Range<usize>, heading: bool) -> Self {
        let tokens = &words.tokens[range.clone()];
        let letters = tokens.iter().filter(|t| t.is_word() && t.case != Case::Number).count();
        let upper = tokens.iter().filter(|t| t.case == Case::Upper).count();
        let shouting = letters >= 4 && upper * 10 > letters * 6;
        Self { words, range, heading, shouting }
    }

    fn token(&self, index: usize) -> Option<&Token> {
        if self.range.contains(&index) { self.words.tokens.get(index) } else { None }
    }

    fn capital(&self, index: usize) -> bool {
        !self.shouting && self.token(index).is_some_and(Token::is_capital)
    }

    /// Whether the token may stand inside a noun phrase.
    fn content(&self, index: usize) -> bool {
        let Some(token) = self.token(index) else { return false };
        if !token.is_word() || token.case == Case::Number {
            return false;
        }
        if token.has(flag::STOP) {
            return self.capital(index)
                && self.words.word(index) == "under"
                && self.token(index + 1).is_some_and(|t| t.has(flag::TITLE));
        }
        !token.has(flag::VERB) || (self.capital(index) && index > self.range.start && !self.heading)
    }

    fn run_end(&self, at: usize) -> usize {
        (at..self.range.end.min(at + LONGEST))
            .find(|i| !self.content(*i))
            .unwrap_or(self.range.end.min(at + LONGEST))
    }

    fn phrases_of_run(&self, start: usize, end: usize, found: &mut Vec<Phrase>) {
        if let Some(phrase) = self.honoured(start, end) {
            found.push(phrase);
            return;
        }
        self.possessed(start, end, found);
        let heads: Vec<usize> = (start..end).filter(|i| self.words.tokens[*i].head > 0).collect();
        let Some(&last) = heads.last() else {
            self.names_without_head(start, end, found);
            return;
        };
        for (position, &head) in heads.iter().enumerate() {
            let next = heads.get(position + 1).copied();
            let separate =
                next.is_none_or(|n| n > head + 1 && !(self.capital(head) && self.capital(head + 1)));
            if !separate || (head != last && !self.capital(head)) {
                continue;
            }
            let base_start = self.base_start(start, head);
            let capital = self.capital(head) || self.shouting;
            self.push_joined(base_start, head + 1, found);
            self.push(base_start, head + 1, end > head + 1, capital, found);
            if base_start < head && self.words.tokens[base_start].has(flag::QUALIFIER) {
                self.push(base_start + 1, head + 1, end > head + 1, capital, found);
            }
        }
    }

    /// "Mr. Nunn of Iowa".
    fn honoured(&self, start: usize, end: usize) -> Option<Phrase> {
        let first = self.token(start)?;
        if !first.has(flag::HONORIFIC) || !first.is_capital() {
            return None;
        }
        let dot = end == start + 1 && self.is_mark(end, ".");
        let name = start + 1 + usize::from(dot);
        let limit = self.range.end.min(name + 6);
        let inside = |i: usize| {
            (self.token(i).is_some_and(|t| t.is_capital() && !t.has(flag::STOP)))
                || (self.is_mark(i, ".") && i > name && self.words.word(i - 1).len() == 1)
        };
        let name_end = (name..limit).find(|i| !inside(*i)).unwrap_or(limit);
        if name_end == name {
            return None;
        }
        let mut phrase = self.phrase(start, name_end, false, true);
        phrase.head = 0;
        if self.token(name_end).is_some_and(|t| t.has(flag::OF)) && self.capital(name_end + 1) {
            let state = (name_end + 1..self.range.end.min(name_end + 4)).find(|i| !self.capital(*i));
            phrase.ends.push(state.unwrap_or(name_end + 2));
        }
        Some(phrase)
    }

    fn is_mark(&self, index: usize, mark: &str) -> bool {
        self.token(index).is_some() && self.words.word(index) == mark
    }

    fn base_start(&self, run: usize, head: usize) -> usize {
        if self.capital(head) {
            let mut start = head;
            while start > run && self.capital(start - 1) {
                start -= 1;
            }
            return start;
        }
        run.max((head + 1).saturating_sub(7))
    }

    fn names_without_head(&self, start: usize, end: usize, found: &mut Vec<Phrase>) {
        if self.heading || self.shouting {
            return;
        }
        let mut at = start;
        while at < end {
            if !self.capital(at) {
                at += 1;
                continue;
            }
            let stop = (at..end).find(|i| !self.capital(*i)).unwrap_or(end);
            let lone = stop == at + 1 && at == self.range.start && self.words.tokens[at].case != Case::Upper;
            let short = self.words.tokens[at].end - self.words.tokens[at].start < 2;
            if !lone && !short && stop - at <= 9 {
                self.push_joined(at, stop, found);
                self.push(at, stop, false, true, found);
            }
            at = stop;
        }
    }

    /// "Science and Technology Directorate": the capitalised run before "and" may belong to the name.
    fn push_joined(&self, start: usize, end: usize, found: &mut Vec<Phrase>) {
        if !self.capital(start) {
            self.push_coordinated(start, end, found);
            return;
        }
        let joined = start >= self.range.start + 2
            && self.token(start - 1).is_some_and(|t| t.has(flag::CONJUNCTION))
            && self.words.word(start - 1) != "or"
            && self.capital(start - 2)
            && self.content(start - 2)
            && !self.token(start).is_some_and(|t| t.has(flag::TITLE));
        if !joined {
            return;
        }
        let mut first = start - 2;
        while first > self.range.start && self.capital(first - 1) && self.content(first - 1) {
            first -= 1;
        }
        if self.token(start - 2).is_some_and(|t| t.head > 0 && !t.has(flag::TITLE)) {
            return;
        }
        self.push(first, end, false, true, found);
    }

    /// "Governor's Office of Planning": the owner may belong to the name.
    fn possessed(&self, start: usize, end: usize, found: &mut Vec<Phrase>) {
        let owned = start >= self.range.start + 2
            && self.words.tokens[start - 1].case == Case::Possessive
            && self.content(start - 2);
        if !owned {
            return;
        }
        let Some(head) = (start..end).rev().find(|i| self.words.tokens[*i].head > 0) else { return };
        let mut first = start - 2;
        while first > self.range.start && self.content(first - 1) && start - first < 6 {
            first -= 1;
        }
        self.push(first, head + 1, end > head + 1, self.capital(head), found);
    }

    /// "law enforcement and prosecuting agencies": two modifiers of one described class.
    fn push_coordinated(&self, start: usize, end: usize, found: &mut Vec<Phrase>) {
        let follows = start >= self.range.start + 2
            && self.token(start - 1).is_some_and(|t| t.has(flag::CONJUNCTION))
            && self.content(start - 2)
            && self.words.tokens[start - 2].head == 0;
        if !follows {
            return;
        }
        let mut first = start - 2;
        while first > self.range.start && self.content(first - 1) && start - first < 6 {
            first -= 1;
        }
        let opens = first == self.range.start || self.token(first - 1).is_none_or(|t| t.verb == 0);
        if opens && (first..start - 1).all(|i| self.words.tokens[i].head == 0) {
            self.push(first, end, false, false, found);
        }
    }

    fn phrase(&self, start: usize, base_end: usize, trailing: bool, capital: bool) -> Phrase {
        let quantified =
            start > self.range.start && self.token(start - 1).is_some_and(|t| t.has(flag::QUANTIFIER));
        let head = self.words.tokens[base_end - 1].head;
        Phrase { start, base_end, ends: vec![base_end], nested: false, quantified, head, capital, trailing }
    }

    fn push(&self, start: usize, base_end: usize, trailing: bool, capital: bool, found: &mut Vec<Phrase>) {
        let mut phrase = self.phrase(start, base_end, trailing, capital);
        if let Some(end) = self.company_end(base_end) {
            phrase.ends.push(end);
        } else if !trailing {
            if self.is_mark(base_end, "(")
                && self.is_mark(base_end + 2, ")")
                && self.token(base_end + 1).is_some_and(|t| t.case == Case::Upper)
            {
                phrase.ends.push(base_end + 3);
            }
            self.continue_name(&mut phrase);
        }
        found.push(phrase);
    }

    /// "Acme (Harbour) Works Co., Ltd.": suffixes after a comma and bracketed places belong to a company's name.
    fn company_end(&self, base_end: usize) -> Option<usize> {
        let mut at = base_end;
        if self.is_mark(at, "(") && self.capital(at + 1) && self.is_mark(at + 2, ")") && self.capital(at + 3)
        {
            at = self.run_end(at + 3);
        }
        let mut end = None;
        for _ in 0..3 {
            let skip = (0..3).find(|n| self.token(at + n).is_some_and(Token::is_word)).unwrap_or(0);
            if self.token(at + skip).is_some_and(|t| t.has(flag::COMPANY_SUFFIX) && t.is_capital()) {
                at += skip + 1;
                end = Some(at);
            }
        }
        let inside = self.token(at.wrapping_sub(1)).is_some_and(|t| t.has(flag::COMPANY_SUFFIX));
        end.or_else(|| (at > base_end && inside).then_some(at))
    }

    fn continue_name(&self, phrase: &mut Phrase) {
        for _ in 0..6 {
            let end = phrase.end();
            if end - phrase.start > LONGEST {
                return;
            }
            let Some(next) = self.continuation(phrase, end) else { return };
            phrase.ends.push(next);
        }
    }

    /// One past the last token of the next continuation of a name that ends at `end`.
    fn continuation(&self, phrase: &Phrase, end: usize) -> Option<usize> {
        let token = self.token(end)?;
        if token.has(flag::CONJUNCTION) && self.words.word(end) != "or" {
            return self.joined_capitals(phrase, end);
        }
        if self.is_mark(end, ",") {
            return if phrase.ends.len() > 1 { self.listed_capitals(end) } else { None };
        }
        if !token.has(flag::OF | flag::LINK) {
            return None;
        }
        let determiners =
            (end + 1..end + 3).take_while(|i| self.token(*i).is_some_and(|t| t.has(flag::DETERMINER)));
        let start = end + 1 + determiners.count();
        let run = self.run_end(start);
        if run == start {
            return None;
        }
        let head = (start..run).rev().find(|i| self.words.tokens[*i].head > 0);
        if self.capital(start) {
            let capitals = (start..run).find(|i| !self.capital(*i)).unwrap_or(run);
            return Some(head.map_or(capitals, |h| capitals.max(h + 1)));
        }
        let of = token.has(flag::OF);
        let forward = of || (self.words.word(end) == "for" && !phrase.capital);
        if !forward {
            return None;
        }
        Some(head.map_or(run.min(start + 5), |h| h + 1))
    }

    /// "… and Human Services" after a capitalised word.
    fn joined_capitals(&self, phrase: &Phrase, end: usize) -> Option<usize> {
        if self.words.word(end - 1) == "senate"
            && self.words.word(end + 1) == "the"
            && self.words.word(end + 2) == "house"
            && self.capital(end + 2)
        {
            let long = self.words.word(end + 3) == "of" && self.capital(end + 4);
            return Some(end + if long { 5 } else { 3 });
        }
        let fits = self.capital(end - 1)
            && self.capital(end + 1)
            && self.content(end + 1)
            && !self.token(end + 1).is_some_and(|t| t.has(flag::TITLE | flag::HONORIFIC));
        if !fits || phrase.ends.len() == 1 {
            return None;
        }
        let run = self.run_end(end + 1);
        let next = (end + 1..run).find(|i| !self.capital(*i)).unwrap_or(run);
        let own = self.words.tokens[end + 1].head > 0 && self.token(next).is_some_and(|t| t.has(flag::OF));
        (!own).then_some(next)
    }

    /// ", Science, and Transportation" after a capitalised word: a list inside a name ends with "and".
    fn listed_capitals(&self, end: usize) -> Option<usize> {
        let mut at = end;
        for _ in 0..6 {
            if !self.is_mark(at, ",") {
                return None;
            }
            at += 1;
            let last = self.token(at).is_some_and(|t| t.has(flag::CONJUNCTION));
            at += usize::from(last);
            if !self.capital(at) || !self.content(at) || self.token(at).is_some_and(|t| t.has(flag::TITLE)) {
                return None;
            }
            let run = self.run_end(at);
            at = (at..run).find(|i| !self.capital(*i)).unwrap_or(run);
            if last {
                return Some(at);
            }
            if self.token(at).is_some_and(|t| t.has(flag::CONJUNCTION)) && self.capital(at + 1) {
                let run = self.run_end(at + 1);
                return (at + 1..run).find(|i| !self.capital(*i)).or(Some(run));
            }
        }
        None
    }
}
