//! From a parsed search to tantivy queries, and to the words that a snippet marks.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query as Plan, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::SearchError;
use super::facts::Facts;
use super::index::{DocumentFields, PassageFields};
use super::query::{Query, Scope, one_or};
use super::tokens::{Reading, Stems, Token, tokens};

/// How much heavier a word in a title weighs.
const TITLE_BOOST: f32 = 3.0;

/// Builds the query that decides which documents match.
pub(super) struct Planner<'p> {
    pub(super) fields: DocumentFields,
    pub(super) words: Words<'p>,
    pub(super) facts: Facts<'p>,
}

impl Planner<'_> {
    pub(super) fn plan(&self, query: &Query) -> Result<Box<dyn Plan>, SearchError> {
        Ok(match query {
            Query::Word(Scope::Fact(field), words) | Query::Phrase(Scope::Fact(field), words) => {
                self.facts.with_words(*field, words)
            }
            Query::Prefix(Scope::Fact(field), start) => self.facts.with_beginning(*field, start),
            Query::Passing(conditions) => self.facts.passing(conditions),
            Query::Word(Scope::Id, id) => {
                let term = Term::from_field_text(self.fields.id, &id.to_lowercase());
                Box::new(TermQuery::new(term, IndexRecordOption::Basic))
            }
            Query::Prefix(Scope::Id, id) => starting_with(self.fields.id, &id.to_lowercase())?,
            Query::Phrase(Scope::Id, words) => {
                return self.plan(&Query::Word(Scope::Id, words.clone()));
            }
            Query::Word(scope, word) => self.in_scope(*scope, |field| Ok(self.words.word(field, word)))?,
            Query::Prefix(scope, start) => self.in_scope(*scope, |field| self.words.prefix(field, start))?,
            Query::Phrase(scope, words) => {
                self.in_scope(*scope, |field| Ok(phrase(field, &plain_words(&tokens(words)), 0)))?
            }
            Query::Near(scope, words, distance) => {
                self.in_scope(*scope, |field| Ok(self.words.near(field, &tokens(words), *distance)))?
            }
            Query::And(all) => self.all(all)?,
            Query::Or(any) => {
                let plans: Result<Vec<_>, _> = any.iter().map(|query| self.plan(query)).collect();
                Box::new(BooleanQuery::union(plans?))
            }
            Query::Not(_) => self.all(std::slice::from_ref(query))?,
        })
    }

    fn all(&self, all: &[Query]) -> Result<Box<dyn Plan>, SearchError> {
        let mut clauses: Vec<(Occur, Box<dyn Plan>)> = Vec::with_capacity(all.len() + 1);
        for query in all {
            clauses.push(match query {
                Query::Not(inner) => (Occur::MustNot, self.plan(inner)?),
                other => (Occur::Must, self.plan(other)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn in_scope(
        &self,
        scope: Scope,
        plan: impl Fn(Field) -> Result<Box<dyn Plan>, SearchError>,
    ) -> Result<Box<dyn Plan>, SearchError> {
        let title = || Ok::<_, SearchError>(Box::new(BoostQuery::new(plan(self.fields.title)?, TITLE_BOOST)));
        Ok(match scope {
            Scope::Title => title()?,
            Scope::Text | Scope::Id | Scope::Fact(_) | Scope::Parameter(_) => plan(self.fields.body)?,
            Scope::Anywhere => Box::new(BooleanQuery::union(vec![title()?, plan(self.fields.body)?])),
        })
    }
}

/// Builds the parts of a query that look for words in one field.
#[derive(Clone, Copy)]
pub(super) struct Words<'w> {
    pub(super) stems: &'w Stems,
}

impl Words<'_> {
    /// A query for the passages of one document that hold any of the wanted words; `None` when the search looks into no
    /// text.
    pub(super) fn passages(
        self,
        fields: PassageFields,
        query: &Query,
        place: u64,
    ) -> Result<Option<Box<dyn Plan>>, SearchError> {
        self.any_within(Term::from_field_u64(fields.place, place), fields.words, query)
    }

    /// The same of the document as a whole, where phrases run on from passage to passage.
    pub(super) fn whole(
        self,
        fields: DocumentFields,
        query: &Query,
        id: &str,
    ) -> Result<Option<Box<dyn Plan>>, SearchError> {
        self.any_within(Term::from_field_text(fields.id, &id.to_lowercase()), fields.body, query)
    }

    /// A query for what is named by `here` and holds any of the wanted words in `field`.
    fn any_within(
        self,
        here: Term,
        field: Field,
        query: &Query,
    ) -> Result<Option<Box<dyn Plan>>, SearchError> {
        let mut any = Vec::new();
        self.leaves(field, query, &mut any)?;
        if any.is_empty() {
            return Ok(None);
        }
        let here = BoostQuery::new(Box::new(TermQuery::new(here, IndexRecordOption::Basic)), 0.0);
        Ok(Some(Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(here)),
            (Occur::Must, Box::new(BooleanQuery::union(any))),
        ]))))
    }

    fn leaves(self, field: Field, query: &Query, any: &mut Vec<Box<dyn Plan>>) -> Result<(), SearchError> {
        match query {
            Query::And(all) | Query::Or(all) => {
                for query in all {
                    self.leaves(field, query, any)?;
                }
            }
            _ if !in_text(query) => {}
            Query::Word(_, word) => any.push(self.word(field, word)),
            Query::Prefix(_, start) => any.push(self.prefix(field, start)?),
            Query::Phrase(_, words) => any.push(phrase(field, &plain_words(&tokens(words)), 0)),
            Query::Near(_, words, distance) => any.push(self.near(field, &tokens(words), *distance)),
            Query::Not(_) | Query::Passing(_) => {}
        }
        Ok(())
    }

    /// A word in any form; one of several parts as its parts side by side, or joined.
    fn word(self, field: Field, word: &str) -> Box<dyn Plan> {
        let tokens = tokens(word);
        let words: Vec<&Token> = tokens.iter().filter(|token| token.is_word()).collect();
        if let [only] = words.as_slice() {
            if is_single_cjk(&only.word) {
                return starting_with(field, &only.word).unwrap_or_else(|_| Box::new(EmptyQuery));
            }
            return self.any_stem(field, &only.word);
        }
        let joined = tokens.iter().rfind(|token| token.reading == Reading::Joined);
        let joined = joined.map(|token| self.any_stem(field, &token.word));
        let mut plans = vec![self.side_by_side(field, &tokens, 0)];
        plans.extend(joined);
        Box::new(BooleanQuery::union(plans))
    }

    fn any_stem(self, field: Field, word: &str) -> Box<dyn Plan> {
        let term = |stem: &String| -> Box<dyn Plan> {
            Box::new(TermQuery::new(Term::from_field_text(field, stem), IndexRecordOption::WithFreqs))
        };
        let mut plans: Vec<Box<dyn Plan>> = self.stems.stems(word).iter().map(term).collect();
        match (plans.len(), plans.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                plans.extend(last);
                Box::new(BooleanQuery::union(plans))
            }
        }
    }

    /// Words in any form side by side, within `slop` of that.
    fn side_by_side(self, field: Field, tokens: &[Token], slop: u32) -> Box<dyn Plan> {
        let apart: Vec<&Token> = tokens.iter().filter(|token| token.is_word()).collect();
        let mut phrases: Vec<Vec<(usize, String)>> = self
            .stems
            .languages()
            .map(Some)
            .chain([None])
            .map(|language| apart.iter().map(|t| (t.position, self.stems.stem(language, &t.word))).collect())
            .collect();
        phrases.sort();
        phrases.dedup();
        let plans = phrases.iter().map(|words| phrase(field, words, slop)).collect();
        Box::new(BooleanQuery::union(plans))
    }

    /// Both orders for two words, the order given for more.
    fn near(self, field: Field, tokens: &[Token], distance: u32) -> Box<dyn Plan> {
        let mut apart: Vec<Token> = tokens.iter().filter(|token| token.is_word()).cloned().collect();
        let forward = self.side_by_side(field, &apart, distance);
        if apart.len() != 2 {
            return forward;
        }
        apart.reverse();
        for (position, token) in apart.iter_mut().enumerate() {
            token.position = position;
        }
        Box::new(BooleanQuery::union(vec![forward, self.side_by_side(field, &apart, distance)]))
    }

    fn prefix(self, field: Field, start: &str) -> Result<Box<dyn Plan>, SearchError> {
        let mut before: Vec<Token> = tokens(start).into_iter().filter(Token::is_word).collect();
        let Some(last) = before.pop() else { return Ok(Box::new(EmptyQuery)) };
        let mut plans = vec![starting_with(field, &last.word)?];
        if !before.is_empty() {
            plans.push(self.side_by_side(field, &before, 0));
        }
        Ok(Box::new(BooleanQuery::intersection(plans)))
    }
}

/// The words that a search looks for in texts, without those it excludes: what a snippet marks.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Stems of words that count by themselves.
    stems: BTreeSet<String>,
    /// Beginnings of words.
    starts: Vec<String>,
    /// Words that count only side by side.
    pub(super) phrases: Vec<Vec<String>>,
    /// Of words met so far, whether they count by themselves: stemming in every language is dear, and words repeat.
    told: Mutex<HashMap<String, bool>>,
}

impl Wanted {
    pub(super) fn of(query: &Query, stems: &Stems) -> Self {
        let mut wanted = Self::default();
        wanted.add(query, stems);
        wanted
    }

    fn add(&mut self, query: &Query, stems: &Stems) {
        match query {
            Query::And(all) | Query::Or(all) => {
                for query in all {
                    self.add(query, stems);
                }
            }
            _ if !in_text(query) => {}
            Query::Word(_, words) | Query::Near(_, words, _) => {
                for token in tokens(words).into_iter().filter(|token| token.reading != Reading::Letter) {
                    if is_single_cjk(&token.word) {
                        self.starts.push(token.word);
                    } else {
                        self.stems.extend(stems.stems(&token.word));
                    }
                }
            }
            Query::Prefix(_, start) => {
                let last = tokens(start).into_iter().rfind(Token::is_word);
                self.starts.extend(last.map(|token| token.word));
            }
            Query::Phrase(_, words) => {
                self.phrases.push(plain_words(&tokens(words)).into_iter().map(|(_, word)| word).collect());
            }
            Query::Not(_) | Query::Passing(_) => {}
        }
    }

    /// Whether a word of a text counts by itself.
    pub(super) fn holds(&self, word: &str, stems: &Stems) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(holds) = told.get(word) {
            return *holds;
        }
        let holds = self.is_wanted(word, stems);
        told.insert(word.to_owned(), holds);
        holds
    }

    fn is_wanted(&self, word: &str, stems: &Stems) -> bool {
        self.starts.iter().any(|start| word.starts_with(start.as_str()))
            || (!self.stems.is_empty() && stems.stems(word).iter().any(|stem| self.stems.contains(stem)))
    }
}

/// The same search with phrases, words near each other and words of several parts taken apart, so that any of the
/// single words counts: what runs on from one passage into the next stands whole in neither.
pub(super) fn apart(query: &Query) -> Query {
    let each = |words: &str, single: fn(Scope, String) -> Query, scope: Scope| {
        one_or(
            plain_words(&tokens(words)).into_iter().map(|(_, word)| single(scope, word)).collect(),
            Query::Or,
        )
    };
    match query {
        Query::And(all) => Query::And(all.iter().map(apart).collect()),
        Query::Or(any) => Query::Or(any.iter().map(apart).collect()),
        _ if !in_text(query) => query.clone(),
        Query::Word(scope, words) | Query::Near(scope, words, _) => each(words, Query::Word, *scope),
        Query::Phrase(scope, words) => each(words, Query::Phrase, *scope),
        Query::Prefix(..) | Query::Not(_) | Query::Passing(_) => query.clone(),
    }
}

/// Whether a leaf looks into texts.
fn in_text(query: &Query) -> bool {
    match query {
        Query::Word(scope, _)
        | Query::Prefix(scope, _)
        | Query::Phrase(scope, _)
        | Query::Near(scope, ..) => {
            matches!(scope, Scope::Anywhere | Scope::Text)
        }
        Query::And(_) | Query::Or(_) => true,
        Query::Not(_) | Query::Passing(_) => false,
    }
}

fn plain_words(tokens: &[Token]) -> Vec<(usize, String)> {
    tokens.iter().filter(|token| token.is_word()).map(|token| (token.position, token.word.clone())).collect()
}

fn is_single_cjk(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(lacuna_domain::fold::is_cjk) && chars.next().is_none()
}

fn phrase(field: Field, words: &[(usize, String)], slop: u32) -> Box<dyn Plan> {
    match words {
        [] => Box::new(EmptyQuery),
        [(_, only)] => {
            Box::new(TermQuery::new(Term::from_field_text(field, only), IndexRecordOption::WithFreqs))
        }
        many => {
            let terms = many.iter().map(|(at, word)| (*at, Term::from_field_text(field, word))).collect();
            Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop))
        }
    }
}

fn starting_with(field: Field, start: &str) -> Result<Box<dyn Plan>, SearchError> {
    let mut pattern = String::with_capacity(start.len() + 2);
    for c in start.chars() {
        if !c.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push_str(".*");
    Ok(Box::new(RegexQuery::from_pattern(&pattern, field)?))
}
