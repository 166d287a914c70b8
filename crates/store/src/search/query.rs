//! The language of the search box.
//!
//! | written | finds documents with |
//! |---|---|
//! | `bias audit` | both words, in any form ("audits", "audited") |
//! | `"bias audit"` | these words side by side, as written |
//! | `"bias audit"~5`, `bias NEAR/5 audit` | both within five words of each other, in any form |
//! | `bias OR fairness`, `bias AND audit`, `NOT bias`, `-bias` | as it says; AND binds closer than OR |
//! | `bias NEAR/5 (audit OR "impact test")` | any of these near it; of a phrase all words, which also stand side by side |
//! | `discrimin*` | words that start so |
//! | `title:act`, `text:act`, `id:agora:18*` | in the title, in the text, by document id |
//! | `jurisdiction:colorado`, `authority:"trade commission"`, `tag:disclos*` | in what the catalogue says: every field that is a filter |
//! | `risk:2.2`, `form:hard_law`, `year:2021-2024`, `adopted:2024`, `column.Validated?:yes`, `column."Checked by":me` | codes, forms, years, dates and own columns, with the values that an address takes |
//! | `year:(none)`, `jurisdiction:(none)` | nothing recorded of it |
//! | `title:(act OR order)`, `actor:(target:developer OR proposer)` | groups |
//!
//! Signs without a letter or digit, such as a `§` that stands alone, are passed over where there are words.

use lacuna_domain::filter::{Condition, Field, FilterError};

use super::lexer::{Lexeme, lexemes};
use super::parameters::Parameters;

/// A parsed search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Query {
    /// A word in any of its forms.
    Word(Scope, String),
    /// Words that start so.
    Prefix(Scope, String),
    /// Words side by side.
    Phrase(Scope, String),
    /// Words within a distance.
    Near(Scope, String, u32),
    /// What passes any of these conditions of the catalogue.
    Passing(Vec<Condition>),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    /// Title and text.
    #[default]
    Anywhere,
    Title,
    Text,
    Id,
    /// The values of a field of the catalogue.
    Fact(Field),
    /// One of the [`Parameters`] of an address.
    Parameter(usize),
}

/// Why a search cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {}: {problem}; {mend}", position + 1)]
pub struct QueryError {
    /// Where, in characters from 0.
    pub position: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub mend: String,
}

/// Most words, phrases and prefixes in one search.
const MAX_LEAVES: usize = 50;
/// What is said of a search that is too much work, and what to do.
const TOO_LARGE: &str = "the search is too large";
const LESS: &str = "leave some words or brackets out";
/// Deepest nesting of brackets.
const MAX_DEPTH: usize = 20;

/// Parses a search. An empty one is an error: the caller asks only when there are words.
pub(super) fn parse(text: &str, parameters: &Parameters<'_>) -> Result<Query, QueryError> {
    let lexemes = lexemes(text, parameters)?;
    let end = text.chars().count();
    let mut parser = Parser { parameters, lexemes, next: 0, end, leaves: 0 };
    let query = parser.or(Scope::default(), 0)?;
    match parser.peek() {
        None => Ok(query),
        Some(_) => {
            Err(parser.error("a closing bracket without an opening one", "remove it or add ( before it"))
        }
    }
}

/// What is wrong at a place, and what to do.
pub(super) fn error(position: usize, problem: impl Into<String>, mend: impl Into<String>) -> QueryError {
    QueryError { position, problem: problem.into(), mend: mend.into() }
}

struct Parser<'p> {
    parameters: &'p Parameters<'p>,
    lexemes: Vec<(usize, Lexeme)>,
    next: usize,
    end: usize,
    leaves: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.next).map(|(_, lexeme)| lexeme)
    }

    fn position(&self) -> usize {
        self.lexemes.get(self.next).map_or(self.end, |(position, _)| *position)
    }

    fn error(&self, problem: &str, mend: &str) -> QueryError {
        error(self.position(), problem, mend)
    }

    fn or(&mut self, scope: Scope, depth: usize) -> Result<Query, QueryError> {
        let mut all = vec![self.and(scope, depth)?];
        while self.peek() == Some(&Lexeme::Or) {
            self.next += 1;
            all.push(self.and(scope, depth)?);
        }
        Ok(one_or(all, Query::Or))
    }

    fn and(&mut self, scope: Scope, depth: usize) -> Result<Query, QueryError> {
        let mut all = vec![self.not(scope, depth)?];
        loop {
            match self.peek() {
                None | Some(Lexeme::Or | Lexeme::Close) => break,
                Some(Lexeme::And) => self.next += 1,
                Some(Lexeme::Near(distance)) => {
                    let distance = *distance;
                    let near = self.near(scope, all.pop(), distance, depth)?;
                    all.push(near);
                    continue;
                }
                Some(_) => {}
            }
            all.push(self.not(scope, depth)?);
        }
        Ok(one_or(all, Query::And))
    }

    fn near(
        &mut self,
        scope: Scope,
        left: Option<Query>,
        distance: u32,
        depth: usize,
    ) -> Result<Query, QueryError> {
        let mend = "write word NEAR/5 word; phrases, and words joined by OR in brackets, can stand there too";
        let wants = "NEAR stands between two words";
        let at = self.position();
        self.next += 1;
        let right_at = self.position();
        let right = self.leaf(scope, depth)?;
        let Some(left) = left.filter(can_be_near) else { return Err(error(at, wants, mend)) };
        if !can_be_near(&right) {
            return Err(error(right_at, wants, mend));
        }
        self.leaves += alternatives(&left) * alternatives(&right);
        if self.leaves > MAX_LEAVES {
            return Err(error(at, TOO_LARGE, LESS));
        }
        let mixed = "words that are near each other stand in one field";
        near(&left, &right, distance)
            .ok_or_else(|| error(right_at, mixed, "name title: or text: before both, or before neither"))
    }

    fn not(&mut self, scope: Scope, depth: usize) -> Result<Query, QueryError> {
        if self.peek() == Some(&Lexeme::Not) {
            self.next += 1;
            return Ok(Query::Not(Box::new(self.leaf(scope, depth)?)));
        }
        self.leaf(scope, depth)
    }

    fn leaf(&mut self, scope: Scope, depth: usize) -> Result<Query, QueryError> {
        self.leaves += 1;
        if depth > MAX_DEPTH || self.leaves > MAX_LEAVES {
            return Err(self.error(TOO_LARGE, LESS));
        }
        let Some(lexeme) = self.peek().cloned() else {
            return Err(
                self.error("a word is missing at the end", "add one or remove the operator before it")
            );
        };
        match lexeme {
            Lexeme::Word(word) => self.word(scope, word),
            Lexeme::Phrase(words, distance) => self.phrase(scope, words, distance),
            Lexeme::Field(inner) => {
                self.next += 1;
                self.leaf(inner, depth + 1)
            }
            Lexeme::Open => {
                self.next += 1;
                let query = self.or(scope, depth + 1)?;
                if self.peek() != Some(&Lexeme::Close) {
                    return Err(self.error("a closing bracket is missing", "add ) or remove the opening one"));
                }
                self.next += 1;
                Ok(query)
            }
            Lexeme::Close => {
                Err(self.error("a word is missing before the bracket", "add one or remove the brackets"))
            }
            Lexeme::And | Lexeme::Or | Lexeme::Not | Lexeme::Near(_) => {
                Err(self
                    .error("an operator where a word should be", "add a word, or write it in small letters"))
            }
        }
    }

    fn word(&mut self, scope: Scope, word: String) -> Result<Query, QueryError> {
        if !word.chars().any(char::is_alphanumeric) {
            return Err(self.error("there is no letter or digit here", "remove it or write a word"));
        }
        if let Scope::Parameter(at) = scope {
            let query = self.passing(at, &word)?;
            self.next += 1;
            return Ok(query);
        }
        let query = match word.strip_suffix('*') {
            None => Query::Word(scope, word),
            Some(start)
                if scope != Scope::Id && start.chars().filter(|c| c.is_alphanumeric()).count() < 2 =>
            {
                return Err(self
                    .error("the beginning of the word is too short", "write at least two letters before *"));
            }
            Some(start) => Query::Prefix(scope, start.to_owned()),
        };
        self.next += 1;
        Ok(query)
    }

    fn phrase(&mut self, scope: Scope, words: String, distance: Option<u32>) -> Result<Query, QueryError> {
        let query = match (distance, scope) {
            (Some(_), Scope::Id | Scope::Fact(_) | Scope::Parameter(_)) => {
                let apart = "a distance is one between words of a title or text";
                return Err(self.error(apart, "leave ~ and the number out"));
            }
            (Some(distance), _) => Query::Near(scope, words, distance),
            (None, Scope::Parameter(at)) => self.passing(at, &words)?,
            (None, _) => Query::Phrase(scope, words),
        };
        self.next += 1;
        Ok(query)
    }

    fn passing(&self, parameter: usize, value: &str) -> Result<Query, QueryError> {
        let conditions = self.parameters.conditions(parameter, value);
        let error =
            |told: FilterError| self.error(&told.problem, &format!("use {}", told.allowed.join(", ")));
        conditions.map(Query::Passing).map_err(error)
    }
}

/// Whether it can stand beside NEAR: a word or phrase of a title or text, or alternatives of such. What the catalogue says
/// and ids have no places in a text.
fn can_be_near(query: &Query) -> bool {
    match query {
        Query::Word(scope, _) | Query::Phrase(scope, _) => !matches!(scope, Scope::Id | Scope::Fact(_)),
        Query::Or(any) => any.iter().all(can_be_near),
        _ => false,
    }
}

fn alternatives(query: &Query) -> usize {
    if let Query::Or(any) = query { any.iter().map(alternatives).sum() } else { 1 }
}

/// Two words or phrases within a distance, in either order; of alternatives, any pair. The words of a phrase are all
/// within the distance, and side by side in the document. `None` where they are looked for in different fields.
fn near(left: &Query, right: &Query, distance: u32) -> Option<Query> {
    let pair = |left: &Query, right: &Query| near(left, right, distance);
    match (left, right) {
        (Query::Or(any), right) => {
            any.iter().map(|left| pair(left, right)).collect::<Option<_>>().map(Query::Or)
        }
        (left, Query::Or(any)) => {
            any.iter().map(|right| pair(left, right)).collect::<Option<_>>().map(Query::Or)
        }
        (Query::Word(scope, left), Query::Word(other, right)) if scope == other => {
            Some(Query::Near(*scope, format!("{left} {right}"), distance))
        }
        (
            Query::Word(scope, one) | Query::Phrase(scope, one),
            Query::Word(other, two) | Query::Phrase(other, two),
        ) if scope == other => {
            let phrases = [left, right].into_iter().filter(|part| matches!(part, Query::Phrase(..))).cloned();
            let orders = [format!("{one} {two}"), format!("{two} {one}")];
            let either = Query::Or(orders.map(|words| Query::Near(*scope, words, distance)).to_vec());
            Some(Query::And(phrases.chain([either]).collect()))
        }
        _ => None,
    }
}

/// The only one, or `many` of all.
pub(super) fn one_or(mut all: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    match (all.len(), all.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            all.extend(last);
            many(all)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::{Catalogue, TEST_CODEBOOK};

    fn parse(text: &str) -> Result<Query, QueryError> {
        let codebook = lacuna_domain::Codebook::parse(TEST_CODEBOOK).unwrap();
        let catalogue = Catalogue::build(vec![], &codebook, None);
        super::parse(text, &Parameters::of(&catalogue))
    }

    fn shown(query: &Query) -> String {
        let at = |scope: &Scope| match scope {
            Scope::Anywhere => String::new(),
            Scope::Title => "title:".to_owned(),
            Scope::Text => "text:".to_owned(),
            Scope::Id => "id:".to_owned(),
            Scope::Fact(field) => format!("{}:", field.id()),
            Scope::Parameter(at) => format!("parameter {at}:"),
        };
        let list = |all: &[Query], word: &str| {
            format!("({})", all.iter().map(shown).collect::<Vec<_>>().join(&format!(" {word} ")))
        };
        match query {
            Query::Word(scope, word) => format!("{}{word}", at(scope)),
            Query::Prefix(scope, word) => format!("{}{word}*", at(scope)),
            Query::Phrase(scope, words) => format!("{}\"{words}\"", at(scope)),
            Query::Near(scope, words, distance) => format!("{}\"{words}\"~{distance}", at(scope)),
            Query::Passing(conditions) => {
                let codebook = lacuna_domain::Codebook::parse(TEST_CODEBOOK).unwrap();
                let labels = conditions.iter().map(|condition| condition.label(&codebook));
                format!("[{}]", labels.collect::<Vec<_>>().join(" | "))
            }
            Query::And(all) => list(all, "AND"),
            Query::Or(all) => list(all, "OR"),
            Query::Not(inner) => format!("NOT {}", shown(inner)),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(shown(&parse(text).unwrap()), expected, "{text}");
    }

    #[test]
    fn and_binds_closer_than_or_and_is_what_a_space_means() {
        check("bias", "bias");
        check("bias audit", "(bias AND audit)");
        check("bias audit OR fairness", "((bias AND audit) OR fairness)");
        check("bias AND (audit OR \"impact assessment\")", "(bias AND (audit OR \"impact assessment\"))");
        check("bias -audit NOT (a OR b)", "(bias AND NOT audit AND NOT (a OR b))");
        check("“bias audit”~5 discrimin*", "(\"bias audit\"~5 AND discrimin*)");
        check("bias NEAR/3 audit report", "(\"bias audit\"~3 AND report)");
        check("a NEAR b", "\"a b\"~10");
        check("bias NEAR/3 (audit OR test)", "(\"bias audit\"~3 OR \"bias test\"~3)");
        check(
            "bias NEAR/4 \"impact test\"",
            "(\"impact test\" AND (\"bias impact test\"~4 OR \"impact test bias\"~4))",
        );
        check(
            "title:act text:\"high risk\" id:agora:18*",
            "(title:act AND text:\"high risk\" AND id:agora:18*)",
        );
        check("title:(act OR order)", "(title:act OR title:order)");
        check("high-risk e-mail", "(high-risk AND e-mail)");
        check("android and orwell", "(android AND and AND orwell)");
        check("http://example.org", "http://example.org");
    }

    #[test]
    fn signs_beside_words_are_passed_over() {
        check("§ 7152", "7152");
        check("6 U.S.C. § 7152 – audit", "(6 AND U.S.C. AND 7152 AND audit)");
        check("bias & (§ audit)", "(bias AND audit)");
        check("title:act *", "title:act");
        assert!(parse("§ – &").is_err() && parse("bias AND §").is_err() && parse("title:§ act").is_err());
    }

    #[test]
    fn facts_of_the_catalogue_are_fields_too() {
        check("jurisdiction:us bias", "(jurisdiction:us AND bias)");
        check("-applies_to:government tag:disclos*", "(NOT applies_to:government AND tag:disclos*)");
        check("authority:(\"trade office\" OR senate)", "(authority:\"trade office\" OR authority:senate)");
    }

    #[test]
    fn parameters_of_an_address_are_fields_with_its_values() {
        check("risk:2.2 bias", "([2.2 Security: covered] AND bias)");
        check("risk:(2.2:3 OR 7.3:0)", "([2.2 Security: Good] OR [7.3 Robustness: not covered])");
        check("-form:hard_law", "NOT [Form: Hard law]");
        check("year:2021-2024 OR year:\"(none)\"", "([Year: 2021 to 2024] OR [Year: Not recorded])");
        check("year:(none) bias", "([Year: Not recorded] AND bias)");
        check("year:(2024 OR (none))", "([Year: 2024] OR [Year: Not recorded])");
        check("jurisdiction:(none) title:(none)", "(jurisdiction:(none) AND title:none)");
        check("actor:target:developer", "[Target: AI developer]");
    }

    #[test]
    fn values_in_brackets_keep_the_colons_of_their_field() {
        check(
            "actor:(target:developer OR target:deployer)",
            "([Target: AI developer] OR [Target: AI deployer])",
        );
        check("lifecycle:(deploy:0) bias", "([Deploy: not covered] AND bias)");
        check("id:(agora:18 OR (file:a OR -file:b))", "(id:agora:18 OR (id:file:a OR NOT id:file:b))");
        check("lifecycle:(deploy:0 OR form:hard_law)", "([Deploy: not covered] OR [Form: Hard law])");
        for text in ["actor:(target:developer) target:developer", "actor:(title:(target:developer))"] {
            assert!(parse(text).unwrap_err().problem.contains("no field"), "{text}: the brackets are closed");
        }
    }

    #[test]
    fn the_name_of_an_own_column_may_have_spaces_and_signs() {
        let names = ["Checked", "Checked by", "Ratio: a (b)", "“Odd” one"];
        let metadata = lacuna_domain::Metadata {
            extra: names.map(|name| (name.to_owned(), "yes".to_owned())).into(),
            ..lacuna_domain::Metadata::default()
        };
        let document = lacuna_domain::Document { id: "demo:1".parse().unwrap(), metadata };
        let input = crate::catalogue::CatalogueInput::bare(document);
        let codebook = lacuna_domain::Codebook::parse(TEST_CODEBOOK).unwrap();
        let catalogue = Catalogue::build(vec![input], &codebook, None);
        let parse = |text: &str| super::parse(text, &Parameters::of(&catalogue));
        for (text, name) in [
            ("column.Checked:yes", "Checked"),
            ("column.\"Checked\":yes", "Checked"),
            ("column.\"Checked by\":yes", "Checked by"),
            ("column.“Checked by”:yes", "Checked by"),
            ("column.Checked by:yes", "Checked by"),
            ("column.Ratio: a (b):\"yes\"", "Ratio: a (b)"),
            ("column.\"\"Odd\" one\":(yes)", "“Odd” one"),
        ] {
            let condition = Condition::Column(name.to_owned(), "yes".to_owned());
            assert_eq!(parse(text), Ok(Query::Passing(vec![condition])), "{text}");
        }
        let none = Condition::Column("Checked by".to_owned(), "(none)".to_owned());
        assert_eq!(parse("column.\"Checked by\":(none)"), Ok(Query::Passing(vec![none])));
        for text in ["bias column.Nobody:yes", "bias column.\"No body\":yes"] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.position, error.problem.contains("no column")), (5, true), "{error}");
        }
        assert_eq!(parse("column.5"), Ok(Query::Word(Scope::Anywhere, "column.5".to_owned())));
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        let messages: Vec<String> = [
            "bias \"audit",
            "bias AND",
            "(bias",
            "bias)",
            "OR bias",
            "colour:red",
            "bias risk:9.9",
            "year:recent",
            "risk:\"2.2 7.3\"~5",
            "a*",
            "\"a b\"~0",
            "()",
            "\"\"",
            "bias NEAR/999 audit",
            "bias NEAR (a AND b)",
            "(a b) NEAR bias",
            "bias NEAR jurisdiction:us",
            "title:bias NEAR audit",
            "jurisdiction:\"a b\"~5",
            "§",
        ]
        .map(|text| parse(text).unwrap_err().to_string())
        .to_vec();
        insta::assert_snapshot!(messages.join("\n"), @r#"
        character 6: the quotation mark is never closed; close it with " or remove it
        character 9: a word is missing at the end; add one or remove the operator before it
        character 6: a closing bracket is missing; add ) or remove the opening one
        character 5: a closing bracket without an opening one; remove it or add ( before it
        character 1: an operator where a word should be; add a word, or write it in small letters
        character 1: there is no field "colour"; use title:, text:, id: or one of authority:, parent_authority:, jurisdiction:, collection:, enactment:, language:, applies_to:, source:, tag:, licence:, unreviewed_machine_output:, fiction:, reviewed:, coded:, risk:, lifecycle:, form:, actor:, year:, introduced:, adopted:, in_force:, applies_from:, ended:, sunset:, retrieved:, binding:, standing:, such as id:colour:red for the document of that id, or put the words in quotation marks
        character 11: Risk coverage has no such code; use 2.1, 2.2, 7.3
        character 6: not a year of four digits; use 2024, 2021-2024, 2021-, -2024, (none)
        character 6: a distance is one between words of a title or text; leave ~ and the number out
        character 1: the beginning of the word is too short; write at least two letters before *
        character 7: the distance is missing or too wide; write a number from 1 to 100
        character 2: a word is missing before the bracket; add one or remove the brackets
        character 1: there is nothing between the quotation marks; write words there
        character 11: the distance is missing or too wide; write a number from 1 to 100
        character 11: NEAR stands between two words; write word NEAR/5 word; phrases, and words joined by OR in brackets, can stand there too
        character 7: NEAR stands between two words; write word NEAR/5 word; phrases, and words joined by OR in brackets, can stand there too
        character 11: NEAR stands between two words; write word NEAR/5 word; phrases, and words joined by OR in brackets, can stand there too
        character 17: words that are near each other stand in one field; name title: or text: before both, or before neither
        character 14: a distance is one between words of a title or text; leave ~ and the number out
        character 1: there is no letter or digit here; remove it or write a word
        "#);
    }

    #[test]
    fn alternatives_near_alternatives_are_bounded_by_their_pairs() {
        let any = |letter: char, count: usize| {
            (0..count).map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(" OR ")
        };
        assert!(parse(&format!("({}) NEAR ({})", any('a', 4), any('b', 4))).is_ok());
        let error = parse(&format!("({}) NEAR ({})", any('a', 20), any('b', 20))).unwrap_err();
        assert_eq!(error.problem, TOO_LARGE);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "[ab\"()*~:NOTEARD/0-9 -]{0,40}|\\PC{0,30}") {
            let _ = parse(&text);
        }
    }
}
