//! From what a reader typed to words, phrases and operators, each with its place.

use lacuna_domain::filter::{Field, NONE, column_of};

use super::parameters::Parameters;
use super::query::{QueryError, Scope, error};

/// The distance of `NEAR` without a number.
const NEAR: u32 = 10;
/// The widest distance.
const MAX_NEAR: u32 = 100;

/// What stands in a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lexeme {
    Open,
    Close,
    And,
    Or,
    Not,
    Near(u32),
    Field(Scope),
    Word(String),
    Phrase(String, Option<u32>),
}

/// Everything that stands in a search, in order, each with its place in characters.
pub(super) fn lexemes(text: &str, parameters: &Parameters<'_>) -> Result<Vec<(usize, Lexeme)>, QueryError> {
    Lexer { parameters, chars: text.chars().collect(), at: 0, field: None, brackets: vec![] }.all()
}

struct Lexer<'p> {
    parameters: &'p Parameters<'p>,
    chars: Vec<char>,
    at: usize,
    /// The field that was named right before.
    field: Option<Scope>,
    /// The fields that the open brackets are about.
    brackets: Vec<Option<Scope>>,
}

impl Lexer<'_> {
    fn all(mut self) -> Result<Vec<(usize, Lexeme)>, QueryError> {
        let mut lexemes = Vec::new();
        while let Some(&c) = self.chars.get(self.at) {
            let position = self.at;
            let lexeme = match c {
                _ if c.is_whitespace() => {
                    self.at += 1;
                    continue;
                }
                '(' if self.starts_none() => {
                    self.at += NONE.len();
                    Lexeme::Word(NONE.to_owned())
                }
                '(' => {
                    self.at += 1;
                    let about = self.about();
                    self.brackets.push(about);
                    Lexeme::Open
                }
                ')' => {
                    self.at += 1;
                    self.brackets.pop();
                    Lexeme::Close
                }
                c if is_mark(c) => self.phrase(position)?,
                '-' if self.starts_exclusion() => {
                    self.at += 1;
                    Lexeme::Not
                }
                _ => self.word(position)?,
            };
            self.field = if let Lexeme::Field(scope) = &lexeme { Some(*scope) } else { None };
            lexemes.push((position, lexeme));
        }
        Ok(without_signs(lexemes))
    }

    /// The field of which values stand here.
    fn about(&self) -> Option<Scope> {
        self.field.or_else(|| self.brackets.last().copied().flatten())
    }

    /// `(none)` as a value, not as a word in brackets.
    fn starts_none(&self) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        matches!(self.about(), Some(Scope::Fact(_) | Scope::Parameter(_)))
            && NONE.chars().eq(rest.iter().copied().take(NONE.len()))
    }

    /// A minus before a word, not one between words or alone.
    fn starts_exclusion(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at));
        let after = self.chars.get(self.at + 1);
        before.is_none_or(|c| c.is_whitespace() || *c == '(')
            && after.is_some_and(|c| !c.is_whitespace() && *c != '-' && *c != ')')
    }

    fn phrase(&mut self, position: usize) -> Result<Lexeme, QueryError> {
        let closes = |c: char| matches!(c, '"' | '“' | '”' | '«' | '»');
        let start = self.at + 1;
        let length = self.chars.get(start..).unwrap_or_default().iter().position(|c| closes(*c));
        let Some(length) = length else {
            return Err(error(
                position,
                "the quotation mark is never closed",
                "close it with \" or remove it",
            ));
        };
        let words: String = self.chars[start..start + length].iter().collect();
        self.at = start + length + 1;
        if !words.chars().any(char::is_alphanumeric) {
            return Err(error(position, "there is nothing between the quotation marks", "write words there"));
        }
        if self.chars.get(self.at) != Some(&'~') {
            return Ok(Lexeme::Phrase(words, None));
        }
        self.at += 1;
        let distance = self.number(position + length + 3)?;
        Ok(Lexeme::Phrase(words, Some(distance)))
    }

    fn number(&mut self, position: usize) -> Result<u32, QueryError> {
        let digits: String =
            self.chars.get(self.at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        let number = digits.parse().ok().filter(|n| (1..=MAX_NEAR).contains(n));
        number.ok_or_else(|| {
            error(
                position,
                "the distance is missing or too wide",
                format!("write a number from 1 to {MAX_NEAR}"),
            )
        })
    }

    fn word(&mut self, position: usize) -> Result<Lexeme, QueryError> {
        let ends = |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '“' | '”' | '«' | '»');
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let word: String = rest[..length].iter().collect();
        // Right after a field whose values have colons, no other begins.
        if !has_colons(self.field)
            && let Some((length, scope)) = self.field_of(&word, position)?
        {
            self.at += length;
            return Ok(Lexeme::Field(scope));
        }
        self.at += length;
        Ok(match word.as_str() {
            "AND" | "&&" => Lexeme::And,
            "OR" | "||" => Lexeme::Or,
            "NOT" => Lexeme::Not,
            "NEAR" => Lexeme::Near(NEAR),
            _ => match word.strip_prefix("NEAR/") {
                Some(digits) => {
                    self.at -= digits.chars().count();
                    Lexeme::Near(self.number(position + 5)?)
                }
                None => Lexeme::Word(word),
            },
        })
    }

    /// The field that a word begins with, and the characters up to its value.
    fn field_of(&self, word: &str, position: usize) -> Result<Option<(usize, Scope)>, QueryError> {
        if let Some(beginning) = column_of(word) {
            return self.own_column(word, beginning, position);
        }
        let Some((name, after)) = word.split_once(':') else { return Ok(None) };
        if let Some(scope) = self.scope_named(name) {
            return Ok(Some((name.chars().count() + 1, scope)));
        }
        let is_name = !name.is_empty() && name.chars().all(char::is_alphabetic) && !after.starts_with("//");
        if !is_name || has_colons(self.about()) {
            return Ok(None);
        }
        let problem = format!("there is no field {name:?}");
        let facts = Field::ALL.into_iter().map(|field| format!("{}:", field.id()));
        let facts = facts.chain(self.parameters.names().map(|name| format!("{name}:")));
        let facts = facts.collect::<Vec<_>>().join(", ");
        let mend = format!(
            "use title:, text:, id: or one of {facts}, such as id:{word} for the document of that id, or put the words \
             in quotation marks"
        );
        Err(error(position, problem, mend))
    }

    /// The own column that a word begins to name, and the characters up to its value; `beginning` is of its name.
    fn own_column(
        &self,
        word: &str,
        beginning: &str,
        position: usize,
    ) -> Result<Option<(usize, Scope)>, QueryError> {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let plain: String = rest.iter().map(|c| if is_mark(*c) { '"' } else { *c }).collect();
        if let Some((at, length)) = self.parameters.own_column(&plain) {
            return Ok(Some((length, Scope::Parameter(at))));
        }
        let quoted = beginning.is_empty() && rest.get(word.chars().count()).is_some_and(|c| is_mark(*c));
        if !quoted && !beginning.contains(':') {
            return Ok(None);
        }
        let mend = "use column.NAME: or column.\"NAME\": with a name that the list of documents offers, or put the words in \
                    quotation marks";
        Err(error(position, "the catalogue has no column of this name", mend))
    }

    fn scope_named(&self, name: &str) -> Option<Scope> {
        match name {
            "title" => Some(Scope::Title),
            "text" => Some(Scope::Text),
            "id" => Some(Scope::Id),
            _ => {
                let parameter = || self.parameters.named(name).map(Scope::Parameter);
                Field::from_id(name).map(Scope::Fact).or_else(parameter)
            }
        }
    }
}

/// Whether it is a quotation mark.
pub(super) const fn is_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// Whether values of a field hold colons, such as `2.2:3` and `agora:18`.
const fn has_colons(field: Option<Scope>) -> bool {
    matches!(field, Some(Scope::Id | Scope::Parameter(_)))
}

/// Passes over signs that hold no letter or digit, such as the `§` of `§ 7152`, where a word or phrase stands beside
/// them. A sign that an operator or a field is about stays, so that its error says where.
fn without_signs(lexemes: Vec<(usize, Lexeme)>) -> Vec<(usize, Lexeme)> {
    let sign =
        |lexeme: &Lexeme| matches!(lexeme, Lexeme::Word(word) if !word.chars().any(char::is_alphanumeric));
    let word = |lexeme: &Lexeme| matches!(lexeme, Lexeme::Word(_) | Lexeme::Phrase(..)) && !sign(lexeme);
    if !lexemes.iter().any(|(_, lexeme)| word(lexeme)) {
        return lexemes;
    }
    let mut kept: Vec<(usize, Lexeme)> = Vec::with_capacity(lexemes.len());
    for (position, lexeme) in lexemes {
        let bound = kept
            .last()
            .is_some_and(|(_, before)| matches!(before, Lexeme::Not | Lexeme::Near(_) | Lexeme::Field(_)));
        if bound || !sign(&lexeme) {
            kept.push((position, lexeme));
        }
    }
    kept
}
