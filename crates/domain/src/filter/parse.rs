//! Reads a filter from the pairs of an address; errors name the parameter and what it takes.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    CodeTest, Condition, DateRange, Field, Filter, NONE, Sort, StateTest, UNDETERMINED, Years, column_of,
    column_parameter, decode, is_column_text,
};
use crate::codebook::{Codebook, Dimension, Kind};
use crate::enactment::{DateKind, Enactment};
use crate::ids::CodeId;

/// Why an address is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter}={given}: {problem}; use {}", allowed.join(", "))]
pub struct FilterError {
    /// The parameter.
    pub parameter: String,
    /// Its value, cut to 80 characters.
    pub given: String,
    /// What is wrong.
    pub problem: String,
    /// What the parameter takes; for an unknown parameter, the known ones.
    pub allowed: Vec<String>,
}

/// Longest search text, in bytes.
const MAX_WORDS: usize = 1000;
/// Most conditions in one filter.
const MAX_CONDITIONS: usize = 200;

impl Filter {
    /// Reads decoded pairs. Empty values are passed over, as forms send them. A parameter that no filter has is an
    /// error: a page that has parameters of its own takes them out first.
    pub fn parse<K: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (K, V)>,
        codebook: &Codebook,
    ) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        let (mut from, mut to) = (None, None);
        let mut count = 0;
        for (name, value) in pairs {
            let (name, value) = (name.as_ref(), value.as_ref());
            if value.trim().is_empty() {
                continue;
            }
            count += 1;
            let pair = Pair { name, value };
            if count > MAX_CONDITIONS {
                return Err(
                    pair.error("there are too many conditions", [format!("at most {MAX_CONDITIONS}")])
                );
            }
            match name {
                "from" => from = Some(pair.year(value.trim())?),
                "to" => to = Some(pair.year(value.trim())?),
                _ => filter.take(pair, codebook)?,
            }
        }
        if from.is_some() || to.is_some() {
            filter.years.insert(Years::Range { from, to });
        }
        Ok(filter)
    }

    /// Reads an address query, with or without its `?`.
    pub fn parse_query(query: &str, codebook: &Codebook) -> Result<Self, FilterError> {
        let pairs = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self::parse(pairs, codebook)
    }

    fn take(&mut self, pair: Pair<'_>, codebook: &Codebook) -> Result<(), FilterError> {
        let Pair { name, value } = pair;
        match name {
            "q" if value.len() > MAX_WORDS => {
                return Err(pair.error("the search is too long", [format!("at most {MAX_WORDS} bytes")]));
            }
            "q" => value.trim().clone_into(&mut self.words),
            "year" => drop(self.years.insert(pair.years()?)),
            "on" => self.on = Some(pair.day()?),
            "sort" => self.sort = Some(pair.one_of(&Sort::ALL, Sort::id)?),
            "page" => self.page = pair.number(Self::MAX_PAGE)?,
            "per" => self.per_page = pair.number(Self::MAX_PER_PAGE)?,
            _ => {
                let condition = if let Some(field) = Field::from_id(name) {
                    Condition::Field(field, pair.field(field)?)
                } else if let Some(column) = column_of(name) {
                    pair.column(column)?
                } else if let Some(test) = StateTest::from_id(name) {
                    Condition::State(test, pair.day()?)
                } else if let Some(kind) = DateKind::from_id(name) {
                    Condition::Date(kind, pair.dates()?)
                } else {
                    let id = if name == "form" { "status" } else { name };
                    let Some(dimension) = codebook.dimension_at(id) else {
                        return Err(pair.unknown_parameter(codebook));
                    };
                    pair.label(dimension)?
                };
                *self = Self { page: self.page, ..self.with(&condition) };
            }
        }
        Ok(())
    }
}

/// One parameter and its value, with everything that can be said against them.
#[derive(Clone, Copy)]
struct Pair<'p> {
    name: &'p str,
    value: &'p str,
}

impl Pair<'_> {
    fn error(self, problem: &str, allowed: impl IntoIterator<Item = String>) -> FilterError {
        let cut = |text: &str| text.chars().take(80).collect();
        FilterError {
            parameter: cut(self.name),
            given: cut(self.value),
            problem: problem.to_owned(),
            allowed: allowed.into_iter().collect(),
        }
    }

    fn unknown_parameter(self, codebook: &Codebook) -> FilterError {
        let mut known: BTreeSet<String> = codebook.dimensions.iter().map(|d| d.id.to_string()).collect();
        known.extend(["q", "year", "on", "sort", "page", "per"].map(str::to_owned));
        known.extend(DateKind::ALL.map(|kind| kind.id().to_owned()));
        known.extend(Field::ALL.map(|field| field.id().to_owned()));
        known.insert(column_parameter("NAME"));
        known.extend(StateTest::ALL.map(|test| test.id().to_owned()));
        if known.remove("status") {
            known.insert("form".to_owned());
        }
        self.error("there is no such parameter", known)
    }

    fn one_of<T: Copy>(self, all: &[T], id: fn(T) -> &'static str) -> Result<T, FilterError> {
        let found = all.iter().copied().find(|one| id(*one) == self.value.trim());
        found.ok_or_else(|| self.error("there is no such value", all.iter().map(|one| id(*one).to_owned())))
    }

    fn number(self, most: u32) -> Result<u32, FilterError> {
        let number = self.value.trim().parse().ok().filter(|n| (1..=most).contains(n));
        number.ok_or_else(|| self.error("not a number in range", [format!("a number from 1 to {most}")]))
    }

    fn year(self, text: &str) -> Result<i16, FilterError> {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let year = digits.then(|| text.parse().ok()).flatten();
        let allowed = ["2024", "2021-2024", "2021-", "-2024", NONE];
        year.ok_or_else(|| self.error("not a year of four digits", allowed.map(str::to_owned)))
    }

    fn years(self) -> Result<Years, FilterError> {
        let value = self.value.trim();
        if value == NONE {
            return Ok(Years::Undated);
        }
        let Some((from, to)) = value.split_once('-') else { return Ok(Years::one(self.year(value)?)) };
        let side = |text: &str| (!text.is_empty()).then(|| self.year(text)).transpose();
        let (from, to) = (side(from)?, side(to)?);
        if from.is_none() && to.is_none() {
            return self.year("").map(Years::one);
        }
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(self.error("the range ends before it starts", ["the earlier year first".to_owned()]));
        }
        Ok(Years::Range { from, to })
    }

    fn dates(self) -> Result<DateRange, FilterError> {
        let allowed = ["2024-06-01", "2024-06", "2024", "2024..2025-06", "2024..", "..2024", NONE];
        DateRange::parse(self.value)
            .ok_or_else(|| self.error("not a day, month, year or range", allowed.map(str::to_owned)))
    }

    fn day(self) -> Result<Date, FilterError> {
        let day = match DateRange::parse(self.value) {
            Some(DateRange::Range { from, to }) if from == to => from,
            _ => None,
        };
        day.ok_or_else(|| self.error("not a day", ["2024-06-01".to_owned()]))
    }

    fn field(self, field: Field) -> Result<String, FilterError> {
        let id = match field {
            Field::Enactment => match Enactment::from_id(self.value.trim()) {
                Some(state) => state.id(),
                None => self.one_of(&Enactment::ALL, Enactment::id)?.id(),
            },
            _ if field.is_yes_no() => self.one_of(&["yes", "no"], |word| word)?,
            _ => self.value,
        };
        Ok(id.to_owned())
    }

    /// A condition on an own column; whether there is such a column only the catalogue knows.
    fn column(self, name: &str) -> Result<Condition, FilterError> {
        let value = self.value.trim();
        if !is_column_text(name) || !is_column_text(value) {
            let allowed = ["1 to 200 characters for the name of the column and for the value".to_owned()];
            return Err(self.error("no column is counted by so long or so short a text", allowed));
        }
        Ok(Condition::Column(name.to_owned(), value.to_owned()))
    }

    /// A condition on a code, role or option of the dimension.
    fn label(self, dimension: &Dimension) -> Result<Condition, FilterError> {
        let value = self.value.trim();
        let (code, test) = value.split_once(':').map_or((value, None), |(code, test)| (code, Some(test)));
        let known = dimension.code(code).map(|code| code.id.clone());
        let id = dimension.id.clone();
        if let Kind::Choice = dimension.kind {
            let undetermined = (code == UNDETERMINED).then(|| code.parse().ok()).flatten();
            let options = dimension.codes.iter().map(|c| c.id.to_string()).chain([UNDETERMINED.to_owned()]);
            return match (known.or(undetermined), test) {
                (Some(option), None) => Ok(Condition::Option(id, option)),
                _ => Err(self.error(&format!("{} has no such option", dimension.name), options)),
            };
        }
        let Some(code) = known else {
            let codes = dimension.codes.iter().map(|c| c.id.to_string());
            return Err(self.error(&format!("{} has no such code", dimension.name), codes));
        };
        let test = test.map_or(Some(CodeTest::Covered), |test| code_test(dimension, test));
        let test = test.ok_or_else(|| self.error("there is no such level", tests_of(dimension, &code)))?;
        Ok(Condition::Code(id, code, test))
    }
}

/// The canonical test: the whole positive range reads "covered", the lowest level "absent".
fn code_test(dimension: &Dimension, text: &str) -> Option<CodeTest> {
    if let Kind::Actor { types } = &dimension.kind
        && let Some(found) = types.iter().find(|t| t.id.as_str() == text)
    {
        return Some(CodeTest::Type(found.id.clone()));
    }
    if text == "0" || text == "absent" {
        return Some(CodeTest::Absent);
    }
    let (lowest, highest) = (dimension.lowest(), dimension.highest());
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (from.parse::<u8>().ok()?, to.parse::<u8>().ok()?);
    if from < lowest || to > highest || from > to {
        return None;
    }
    Some(match (from, to) {
        (from, to) if from == lowest && to == lowest => CodeTest::Absent,
        (from, to) if from == lowest + 1 && to == highest => CodeTest::Covered,
        (from, to) => CodeTest::Levels { from, to },
    })
}

fn tests_of(dimension: &Dimension, code: &CodeId) -> Vec<String> {
    let mut allowed = vec![code.to_string(), format!("{code}:0")];
    allowed.extend(dimension.levels().iter().skip(1).map(|level| format!("{code}:{}", level.value)));
    if dimension.levels().len() > 2 {
        allowed.push(format!("{code}:{}-{}", dimension.lowest(), dimension.highest()));
    }
    if let Kind::Actor { types } = &dimension.kind {
        allowed.extend(types.iter().map(|t| format!("{code}:{}", t.id)));
    }
    allowed
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const CODEBOOK: &str = r#"
[codebook]
id = "small"
version = "1"
title = "Small"

[[dimension]]
id = "risk"
path = "risks"
name = "Risk coverage"
kind = "ordinal"
level = [{ value = 1, name = "No coverage" }, { value = 2, name = "Minimal" }, { value = 3, name = "Good" }]
code = [
  { id = "2.1", name = "Privacy", definition = "Privacy." },
  { id = "2.2", name = "Security", definition = "Security." },
]

[[dimension]]
id = "lifecycle"
name = "Lifecycle"
kind = "flag"
code = [{ id = "deploy", name = "Deploy", definition = "Release." }]

[[dimension]]
id = "status"
name = "Form"
kind = "choice"
code = [
  { id = "hard_law", name = "Hard law", definition = "Binding." },
  { id = "soft_law", name = "Soft law", definition = "Not binding." },
]

[[dimension]]
id = "actor"
name = "Actors"
kind = "actor"
type = [{ id = "ai_developer", name = "AI developer", definition = "Builds." }]
code = [{ id = "target", name = "Target", definition = "Must act." }]
"#;

    fn codebook() -> Codebook {
        Codebook::parse(CODEBOOK).unwrap()
    }

    fn parse(query: &str) -> Result<Filter, FilterError> {
        Filter::parse_query(query, &codebook())
    }

    fn canonical(query: &str) -> String {
        parse(query).unwrap().query()
    }

    #[test]
    fn different_ways_of_asking_have_one_address() {
        assert_eq!(canonical(""), "");
        assert_eq!(canonical("?page=1&per=25&q=&jurisdiction="), "");
        assert_eq!(canonical("risks=2.2:2-3&risk=2.1:1"), "risk=2.1:0&risk=2.2");
        assert_eq!(canonical("status=soft_law&form=hard_law"), "form=hard_law&form=soft_law");
        assert_eq!(canonical("from=2021&to=2024&q=+a%20b+"), "q=a+b&year=2021-2024");
        assert_eq!(canonical("page=3&authority=B&authority=A"), "authority=A&authority=B&page=3");
        assert_eq!(
            canonical("lifecycle=deploy:1&lifecycle=deploy:absent"),
            "lifecycle=deploy&lifecycle=deploy:0"
        );
        assert_eq!(canonical("actor=target:ai_developer"), "actor=target:ai_developer");
        assert_eq!(
            canonical("on=2024-06-01&enactment=enacted&adopted=2024-01..2024-12"),
            "enactment=adopted&adopted=2024&on=2024-06-01"
        );
        assert_eq!(canonical("form=undetermined&year=(none)"), "year=(none)&form=undetermined");
        assert_eq!(
            canonical(
                "year=2024&column.Validated?=+True&column.Validated%3F=(none)&parent_authority=B&column.A="
            ),
            "parent_authority=B&column.Validated%3F=(none)&column.Validated%3F=True&year=2024"
        );
    }

    #[test]
    fn errors_name_the_parameter_and_what_it_takes() {
        let messages: Vec<String> = [
            "risk=9.9",
            "risk=2.2:4",
            "lifecycle=deploy:2",
            "form=law",
            "enactment=passed",
            "year=24",
            "year=2024-2021",
            "sort=best",
            "adopted=soon",
            "on=2024",
            "per=0",
            "page=x",
            "reviewed=maybe",
            "colour=red",
            "actor=target:x",
            "column.=x",
            "fiction=perhaps",
        ]
        .map(|query| parse(query).unwrap_err().to_string())
        .to_vec();
        insta::assert_snapshot!(messages.join("\n"), @"
        risk=9.9: Risk coverage has no such code; use 2.1, 2.2
        risk=2.2:4: there is no such level; use 2.2, 2.2:0, 2.2:2, 2.2:3, 2.2:1-3
        lifecycle=deploy:2: there is no such level; use deploy, deploy:0
        form=law: Form has no such option; use hard_law, soft_law, undetermined
        enactment=passed: there is no such value; use proposed, adopted, not_yet_in_force, in_force, superseded, revoked, defunct, unknown
        year=24: not a year of four digits; use 2024, 2021-2024, 2021-, -2024, (none)
        year=2024-2021: the range ends before it starts; use the earlier year first
        sort=best: there is no such value; use relevance, newest, oldest, title, coverage, id
        adopted=soon: not a day, month, year or range; use 2024-06-01, 2024-06, 2024, 2024..2025-06, 2024.., ..2024, (none)
        on=2024: not a day; use 2024-06-01
        per=0: not a number in range; use a number from 1 to 500
        page=x: not a number in range; use a number from 1 to 1000000
        reviewed=maybe: there is no such value; use yes, no
        colour=red: there is no such parameter; use actor, adopted, applies_from, applies_to, authority, binding, coded, collection, column.NAME, enactment, ended, fiction, form, in_force, introduced, jurisdiction, language, licence, lifecycle, on, page, parent_authority, per, q, retrieved, reviewed, risk, sort, source, standing, sunset, tag, unreviewed_machine_output, year
        actor=target:x: there is no such level; use target, target:0, target:ai_developer
        column.=x: no column is counted by so long or so short a text; use 1 to 200 characters for the name of the column and for the value
        fiction=perhaps: there is no such value; use yes, no
        ");
    }

    #[test]
    fn a_facet_link_adds_and_a_chip_removes() {
        let filter = parse(
            "q=bias&risk=2.2&jurisdiction=Northmark&on=2025-01-01&in_force=2024..&column.Checked=no&page=4",
        )
        .unwrap();
        for condition in filter.conditions() {
            assert!(filter.contains(&condition));
            let without = filter.without(&condition);
            assert!(!without.contains(&condition) && without.page == 1);
            assert_eq!(without.with(&condition), filter.at_page(1));
            assert_eq!(filter.toggled(&condition).toggled(&condition), filter.at_page(1));
        }
        let other = Condition::Field(Field::Jurisdiction, "Tessara".to_owned());
        assert_eq!(
            filter.only(&other).query(),
            "q=bias&jurisdiction=Tessara&column.Checked=no&in_force=2024-01-01..&on=2025-01-01&risk=2.2"
        );
        assert_eq!(
            filter.with(&other).query(),
            "q=bias&jurisdiction=Northmark&jurisdiction=Tessara&column.Checked=no&in_force=2024-01-01..&on=2025-01-01&risk=2.2"
        );
        let unchecked = Condition::Column("Checked".to_owned(), NONE.to_owned());
        assert_eq!(filter.only(&unchecked).columns["Checked"], BTreeSet::from([NONE.to_owned()]));
        assert_eq!(unchecked.label(&codebook()), "Checked: Not recorded");
        let language = |code: &str| Condition::Field(Field::Language, code.to_owned()).label(&codebook());
        assert_eq!(
            ["zh", "xx", NONE].map(language),
            ["Language: Chinese", "Language: xx", "Language: Not recorded"]
        );
        let labels: Vec<String> = filter.conditions().iter().map(|c| c.label(&codebook())).collect();
        assert_eq!(
            labels,
            [
                "Words: bias",
                "Jurisdiction: Northmark",
                "Checked: no",
                "In force: 2024-01-01 or later",
                "As of: 2025-01-01",
                "2.2 Security: covered"
            ]
        );
    }

    /// Names and values of own columns as catalogues have them: whatever somebody wrote into a table.
    fn any_columns() -> impl Strategy<Value = BTreeMap<String, BTreeSet<String>>> {
        let hostile = ["a b&c=d%25+e;f#g", "column.x", "政策来源", "\"<q>'", NONE, "%", "=", "from"];
        let long = "x".repeat(200);
        let text = prop_oneof![
            "\\PC{1,12}",
            prop::sample::select(hostile.to_vec()).prop_map(str::to_owned),
            Just(long),
        ]
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("not blank", |text| !text.is_empty());
        let values = proptest::collection::btree_set(text.clone(), 1..3);
        proptest::collection::btree_map(text, values, 0..3)
    }

    #[test]
    fn names_of_columns_are_bounded_in_length_and_number() {
        let named = |length: usize| format!("column.{}=x", "n".repeat(length));
        assert!(parse(&named(200)).is_ok() && parse(&named(201)).is_err());
        assert!(parse(&format!("column.n={}", "v".repeat(201))).is_err());
        let many = |count: usize| (0..count).map(|n| format!("column.{n}=x")).collect::<Vec<_>>().join("&");
        assert_eq!(parse(&many(MAX_CONDITIONS)).unwrap().columns.len(), MAX_CONDITIONS);
        assert!(parse(&many(MAX_CONDITIONS + 1)).is_err());
        let blank = "language=&".repeat(2 * MAX_CONDITIONS);
        assert!(parse(&format!("{blank}language=en")).is_ok(), "what a form leaves blank is no condition");
    }

    fn any_filter() -> impl Strategy<Value = Filter> {
        let values = proptest::collection::btree_set("\\PC{1,12}", 1..3);
        let open = prop::sample::select(vec![Field::Authority, Field::ParentAuthority, Field::Tag]);
        let years = (1900i16..2100, 0i16..50).prop_map(|(from, more)| Years::Range {
            from: (more != 1).then_some(from),
            to: (more != 2).then_some(from + more),
        });
        let tests = ["2.1", "2.2:0", "2.2:2", "2.2:3", "2.1:1-2", "2.2:1-3"];
        let risks = proptest::collection::vec(prop::sample::select(tests.to_vec()), 0..4);
        let rest = (prop::option::of(prop::sample::select(Sort::ALL.to_vec())), 1u32..9999, 1u32..=500);
        (
            "\\PC{0,20}",
            (proptest::collection::btree_map(open, values, 0..3), any_columns()),
            prop::option::of(years),
            risks,
            rest,
        )
            .prop_map(|(words, (fields, columns), years, risks, (sort, page, per_page))| {
                let risks = risks.into_iter().map(|test| ("risk", test));
                let mut filter = Filter::parse(risks, &codebook()).unwrap();
                words.trim().clone_into(&mut filter.words);
                filter.fields = fields;
                filter.fields.retain(|_, values| {
                    values.retain(|value| !value.trim().is_empty());
                    !values.is_empty()
                });
                filter.years = years.into_iter().collect();
                Filter { columns, sort, page, per_page, ..filter }
            })
    }

    proptest! {
        #[test]
        fn every_filter_survives_its_address(filter in any_filter()) {
            prop_assert_eq!(parse(&filter.query()).unwrap(), filter.clone());
            prop_assert_eq!(Filter::parse(filter.pairs(), &codebook()).unwrap(), filter);
        }

        #[test]
        fn no_query_string_breaks_the_parser(query in "\\PC{0,60}") {
            if let Ok(filter) = parse(&query) {
                prop_assert_eq!(parse(&filter.query()).unwrap(), filter);
            }
        }

        #[test]
        fn percent_encoding_is_undone(text in any::<String>()) {
            prop_assert_eq!(decode(&super::super::encode(&text)), text);
        }
    }
}
