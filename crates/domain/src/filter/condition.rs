//! Single conditions: what a facet link adds, a chip removes and a table cell points at.

use jiff::civil::Date;

use super::{CodeTest, DateRange, Field, Filter, NONE, StateTest, UNDETERMINED, Years};
use crate::codebook::Codebook;
use crate::enactment::{DateKind, Enactment};
use crate::ids::{CodeId, DimensionId};
use crate::text::language_name;

/// What readers are told of [`NONE`].
const NOT_RECORDED: &str = "Not recorded";

/// One condition of a filter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// Search words.
    Words(String),
    /// A value of a field.
    Field(Field, String),
    /// A value of an own column of the catalogue, by the column's name.
    Column(String, String),
    /// A year or range of years.
    Years(Years),
    /// A test of the state on a day.
    State(StateTest, Date),
    /// A range of one kind of date.
    Date(DateKind, DateRange),
    /// The day whose enactment states count.
    On(Date),
    /// A test of a code.
    Code(DimensionId, CodeId, CodeTest),
    /// An option of a choice dimension.
    Option(DimensionId, CodeId),
}

impl Condition {
    /// The condition in a reader's words, such as "Jurisdiction: Colorado" or "2.2 Security: Good".
    pub fn label(&self, codebook: &Codebook) -> String {
        format!("{}: {}", self.subject_label(codebook), self.value_label(codebook))
    }

    /// What the condition is about in a reader's words, such as "Jurisdiction" or "2.2 Security".
    pub fn subject_label(&self, codebook: &Codebook) -> String {
        match self {
            Self::Words(_) => "Words".to_owned(),
            Self::Field(field, _) => field.name().to_owned(),
            Self::Column(name, _) => name.clone(),
            Self::Years(_) => "Year".to_owned(),
            Self::State(test, _) => test.name().to_owned(),
            Self::Date(kind, _) => kind.name().to_owned(),
            Self::On(_) => "As of".to_owned(),
            Self::Code(dimension, code, _) => code_name(codebook, dimension, code),
            Self::Option(dimension, _) => {
                let named = codebook.dimension(dimension.as_str());
                named.map_or_else(|| dimension.to_string(), |d| d.name.clone())
            }
        }
    }

    /// The value alone in a reader's words, such as "Colorado" or "Good".
    pub fn value_label(&self, codebook: &Codebook) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Field(field, value) => field_value_name(*field, value).to_owned(),
            Self::Column(_, value) if value == NONE => NOT_RECORDED.to_owned(),
            Self::Column(_, value) => value.clone(),
            Self::Years(years) => years_name(*years),
            Self::State(_, on) => on.to_string(),
            Self::Date(_, range) => range.name(),
            Self::On(date) => date.to_string(),
            Self::Code(dimension, _, test) => test_name(codebook, dimension, test),
            Self::Option(dimension, option) => option_name(codebook, dimension, option),
        }
    }
}

fn field_value_name(field: Field, value: &str) -> &str {
    match (field, value) {
        (_, NONE) => NOT_RECORDED,
        (Field::Enactment, _) => match Enactment::from_id(value) {
            Some(state) => state.name(),
            None => value,
        },
        (Field::Language, _) => language_name(value),
        (field, "yes") if field.is_yes_no() => "Yes",
        (field, "no") if field.is_yes_no() => "No",
        _ => value,
    }
}

fn years_name(years: Years) -> String {
    match years {
        Years::Undated => NOT_RECORDED.to_owned(),
        Years::Range { from: Some(from), to: Some(to) } if from == to => from.to_string(),
        Years::Range { from: Some(from), to: Some(to) } => format!("{from} to {to}"),
        Years::Range { from: Some(from), to: None } => format!("{from} or later"),
        Years::Range { from: None, to: Some(to) } => format!("{to} or earlier"),
        Years::Range { from: None, to: None } => "any".to_owned(),
    }
}

fn code_name(codebook: &Codebook, dimension: &DimensionId, code: &CodeId) -> String {
    let named = codebook.dimension(dimension.as_str()).and_then(|d| d.code(code.as_str()));
    match named {
        Some(named) if code.as_str().starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{code} {}", named.short)
        }
        Some(named) => named.short.clone(),
        None => code.to_string(),
    }
}

fn test_name(codebook: &Codebook, dimension: &DimensionId, test: &CodeTest) -> String {
    let dimension = codebook.dimension(dimension.as_str());
    let level = |wanted: u8| {
        let levels = dimension.map(crate::codebook::Dimension::levels).unwrap_or_default();
        levels.iter().find(|l| l.value == wanted).map_or_else(|| wanted.to_string(), |l| l.name.clone())
    };
    match test {
        CodeTest::Covered => "covered".to_owned(),
        CodeTest::Absent => "not covered".to_owned(),
        CodeTest::Levels { from, to } if from == to => level(*from),
        CodeTest::Levels { from, to } => format!("{} to {}", level(*from), level(*to)),
        CodeTest::Type(id) => {
            let kind = dimension.map(|d| &d.kind);
            let Some(crate::codebook::Kind::Actor { types }) = kind else { return id.to_string() };
            types.iter().find(|t| &t.id == id).map_or_else(|| id.to_string(), |t| t.name.clone())
        }
    }
}

fn option_name(codebook: &Codebook, dimension: &DimensionId, option: &CodeId) -> String {
    if option.as_str() == UNDETERMINED {
        return "Not determined".to_owned();
    }
    let named = codebook.dimension(dimension.as_str()).and_then(|d| d.code(option.as_str()));
    named.map_or_else(|| option.to_string(), |code| code.name.clone())
}

impl Filter {
    /// Every condition, in the order of the address.
    pub fn conditions(&self) -> Vec<Condition> {
        let words = (!self.words.is_empty()).then(|| Condition::Words(self.words.clone()));
        let fields = self
            .fields
            .iter()
            .flat_map(|(field, values)| values.iter().map(|value| Condition::Field(*field, value.clone())));
        let columns = self.columns.iter().flat_map(|(name, values)| {
            values.iter().map(|value| Condition::Column(name.clone(), value.clone()))
        });
        let dates = self
            .dates
            .iter()
            .flat_map(|(kind, ranges)| ranges.iter().map(|range| Condition::Date(*kind, *range)));
        let codes = self.codes.iter().flat_map(|(dimension, codes)| {
            codes.iter().flat_map(move |(code, tests)| {
                tests.iter().map(move |test| Condition::Code(dimension.clone(), code.clone(), test.clone()))
            })
        });
        let options = self.options.iter().flat_map(|(dimension, options)| {
            options.iter().map(|option| Condition::Option(dimension.clone(), option.clone()))
        });
        words
            .into_iter()
            .chain(fields)
            .chain(columns)
            .chain(self.years.iter().copied().map(Condition::Years))
            .chain(self.states.iter().map(|(test, on)| Condition::State(*test, *on)))
            .chain(dates)
            .chain(self.on.map(Condition::On))
            .chain(codes)
            .chain(options)
            .collect()
    }

    /// Whether the condition is one of the filter's.
    pub fn contains(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Words(words) => &self.words == words,
            Condition::Field(field, value) => self.fields.get(field).is_some_and(|v| v.contains(value)),
            Condition::Column(name, value) => self.columns.get(name).is_some_and(|v| v.contains(value)),
            Condition::Years(years) => self.years.contains(years),
            Condition::State(test, on) => self.states.get(test) == Some(on),
            Condition::Date(kind, range) => self.dates.get(kind).is_some_and(|ranges| ranges.contains(range)),
            Condition::On(date) => self.on == Some(*date),
            Condition::Code(dimension, code, test) => {
                let tests = self.codes.get(dimension).and_then(|codes| codes.get(code));
                tests.is_some_and(|tests| tests.contains(test))
            }
            Condition::Option(dimension, option) => {
                self.options.get(dimension).is_some_and(|options| options.contains(option))
            }
        }
    }

    /// The filter with one condition more, from its first page. Words replace words, a day replaces a day.
    #[must_use]
    pub fn with(&self, condition: &Condition) -> Self {
        let mut filter = self.at_page(1);
        match condition.clone() {
            Condition::Words(words) => filter.words = words,
            Condition::Field(field, value) => {
                filter.fields.entry(field).or_default().insert(value);
            }
            Condition::Column(name, value) => {
                filter.columns.entry(name).or_default().insert(value);
            }
            Condition::Years(years) => {
                filter.years.insert(years);
            }
            Condition::State(test, on) => {
                filter.states.insert(test, on);
            }
            Condition::Date(kind, range) => {
                filter.dates.entry(kind).or_default().insert(range);
            }
            Condition::On(date) => filter.on = Some(date),
            Condition::Code(dimension, code, test) => {
                filter.codes.entry(dimension).or_default().entry(code).or_default().insert(test);
            }
            Condition::Option(dimension, option) => {
                filter.options.entry(dimension).or_default().insert(option);
            }
        }
        filter
    }

    /// The filter without this condition, from its first page.
    #[must_use]
    pub fn without(&self, condition: &Condition) -> Self {
        let mut filter = self.at_page(1);
        match condition {
            Condition::Words(_) => filter.words.clear(),
            Condition::Field(field, value) => {
                filter.fields.entry(*field).or_default().remove(value);
            }
            Condition::Column(name, value) => {
                filter.columns.entry(name.clone()).or_default().remove(value);
            }
            Condition::Years(years) => {
                filter.years.remove(years);
            }
            Condition::State(test, _) => {
                filter.states.remove(test);
            }
            Condition::Date(kind, range) => {
                filter.dates.entry(*kind).or_default().remove(range);
            }
            Condition::On(_) => filter.on = None,
            Condition::Code(dimension, code, test) => {
                filter
                    .codes
                    .entry(dimension.clone())
                    .or_default()
                    .entry(code.clone())
                    .or_default()
                    .remove(test);
            }
            Condition::Option(dimension, option) => {
                filter.options.entry(dimension.clone()).or_default().remove(option);
            }
        }
        filter.tidied()
    }

    /// The filter without any condition on what this one is about: its field, its own column, its code, its choice
    /// dimension, the year, a kind of date, the day, the words.
    #[must_use]
    pub fn without_subject(&self, condition: &Condition) -> Self {
        let mut filter = self.at_page(1);
        match condition {
            Condition::Words(_) => filter.words.clear(),
            Condition::Field(field, _) => {
                filter.fields.remove(field);
            }
            Condition::Column(name, _) => {
                filter.columns.remove(name);
            }
            Condition::Years(_) => filter.years.clear(),
            Condition::State(test, _) => {
                filter.states.remove(test);
            }
            Condition::Date(kind, _) => {
                filter.dates.remove(kind);
            }
            Condition::On(_) => filter.on = None,
            Condition::Code(dimension, code, _) => {
                filter.codes.entry(dimension.clone()).or_default().remove(code);
            }
            Condition::Option(dimension, _) => {
                filter.options.remove(dimension);
            }
        }
        filter.tidied()
    }

    /// The filter in which this condition is the only one on its subject. The count beside a facet value is the length
    /// of the list of this filter.
    #[must_use]
    pub fn only(&self, condition: &Condition) -> Self {
        self.without_subject(condition).with(condition)
    }

    /// The filter with the condition added, or removed when it is there.
    #[must_use]
    pub fn toggled(&self, condition: &Condition) -> Self {
        if self.contains(condition) { self.without(condition) } else { self.with(condition) }
    }

    fn tidied(mut self) -> Self {
        self.fields.retain(|_, values| !values.is_empty());
        self.columns.retain(|_, values| !values.is_empty());
        self.options.retain(|_, options| !options.is_empty());
        self.dates.retain(|_, ranges| !ranges.is_empty());
        for codes in self.codes.values_mut() {
            codes.retain(|_, tests| !tests.is_empty());
        }
        self.codes.retain(|_, codes| !codes.is_empty());
        self
    }
}
