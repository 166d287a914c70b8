//! The filters beside the list: values of fields and codes, each with the length of the list behind it.

use lacuna_domain::Filter;
use lacuna_domain::codebook::Kind;
use lacuna_domain::filter::{CodeTest, Condition, column_parameter};
use lacuna_store::catalogue::{CodeFacet, FacetValue, Facets};
use serde::Serialize;

use crate::pages::explore::Chart;
use crate::state::{Snapshot, list_href};
use crate::view::{OwnColumn, OwnColumns, Reliability, narrowed, offers_choice};

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Name for readers.
    pub label: String,
    /// Length of the list behind the link, or by how much the list grows, such as `+41`; of what is chosen, its own.
    pub count: String,
    /// Whether it holds now.
    pub chosen: bool,
    /// The list with it added, or dropped when it holds.
    pub href: String,
    /// For a code, how far its labels can be trusted; empty for facts of the catalogue.
    pub trust: String,
    /// The same in one line.
    pub trust_words: String,
    /// For a code, each of its levels, choosing which puts it in the place of the code's other levels.
    pub levels: Vec<Self>,
}

/// The values of one field or dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// Parameter name.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Whether it is shown open.
    pub open: bool,
    /// Most frequent first.
    pub choices: Vec<Choice>,
    /// Further values behind "more".
    pub more: Vec<Choice>,
    /// The table of all values, where there are too many for a list.
    pub all: Option<String>,
}

impl Facet {
    /// Whether its values are labels, of which it is said how far they can be trusted.
    pub(crate) fn has_trust(&self) -> bool {
        self.choices.iter().any(|choice| !choice.trust.is_empty())
    }
}

/// One entry of a select for a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeOption {
    /// Parameter value, such as `2.2:3`.
    pub value: String,
    /// Such as `2.2 Security: Good (41)`.
    pub label: String,
}

/// A select over the codes of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeSelect {
    /// Parameter name.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Its entries.
    pub options: Vec<CodeOption>,
}

/// Values shown before "more".
const SHOWN: usize = 10;

pub(super) fn shown_facets(filter: &Filter, facets: &Facets, snapshot: &Snapshot) -> Vec<Facet> {
    let mut shown: Vec<Facet> = crate::view::FIELDS
        .into_iter()
        .filter_map(|field| {
            let values = facets.fields.get(&field)?;
            offers_choice(values).then(|| facet(snapshot, filter, field.id(), field.name(), values))
        })
        .collect();
    for dimension in &snapshot.codebook.dimensions {
        let values = facets.options.get(&dimension.id);
        let offered =
            values.map(|values| facet(snapshot, filter, dimension.id.as_str(), &dimension.name, values));
        if let Some(facet) = offered.filter(|facet| !facet.choices.is_empty()) {
            shown.insert(3.min(shown.len()), facet);
        }
    }
    if facets.years.len() > 1 {
        shown.push(facet(snapshot, filter, "year", "Year", &facets.years));
    }
    for dimension in &snapshot.codebook.dimensions {
        let codes = facets.codes.get(&dimension.id).into_iter().flatten();
        let choices: Vec<Choice> = codes.filter_map(|code| code_choice(snapshot, filter, code)).collect();
        if !choices.is_empty() {
            let name = format!("{} (found)", dimension.name);
            shown.push(of_choices(dimension.id.as_str(), &name, choices));
        }
    }
    for (place, facet) in shown.iter_mut().enumerate() {
        facet.open = facet.open || place < 3;
    }
    shown
}

/// The catalogue's own columns as the list offers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFacets {
    /// Those whose values stand beside the list.
    pub shown: Vec<Facet>,
    /// Names of the others, each with the table of its values.
    pub further: Vec<(String, String)>,
}

/// The values of the catalogue's own columns.
pub(super) fn own_facets(filter: &Filter, facets: &Facets, snapshot: &Snapshot) -> OwnFacets {
    let all = facets.columns.iter().map(|(name, values)| (name.as_str(), values.as_slice()));
    let columns = OwnColumns::of(all);
    let further = columns.left_out.iter().map(|name| ((*name).to_owned(), table_of(filter, name)));
    OwnFacets {
        shown: columns.offered.iter().map(|column| own_facet(filter, column, snapshot)).collect(),
        further: further.collect(),
    }
}

fn own_facet(filter: &Filter, column: &OwnColumn<'_>, snapshot: &Snapshot) -> Facet {
    let shown = facet(snapshot, filter, &column_parameter(column.name), column.name, &column.values);
    Facet { all: column.cut.then(|| table_of(filter, column.name)), ..shown }
}

/// The table of all values of an own column, over the documents that pass every condition on anything else.
fn table_of(filter: &Filter, column: &str) -> String {
    let rows = ("rows".to_owned(), column_parameter(column));
    let chart = ("chart".to_owned(), Chart::Table.id().to_owned());
    let any = Condition::Column(column.to_owned(), String::new());
    narrowed("/explore", &[rows, chart], &filter.without_subject(&any))
}

fn named(codebook: &lacuna_domain::Codebook, condition: &Condition) -> String {
    let Condition::Code(dimension, code, _) = condition else { return condition.value_label(codebook) };
    let known = codebook.dimension(dimension.as_str()).and_then(|d| d.code(code.as_str()));
    match known {
        Some(known) if known.group.is_some() => format!("{code} {}", known.short),
        Some(known) => known.short.clone(),
        None => code.to_string(),
    }
}

fn facet(snapshot: &Snapshot, filter: &Filter, id: &str, name: &str, values: &[FacetValue]) -> Facet {
    let offered = values.iter().filter(|value| is_offered(value));
    of_choices(id, name, offered.map(|value| choice(snapshot, filter, value)).collect())
}

fn of_choices(id: &str, name: &str, mut choices: Vec<Choice>) -> Facet {
    let open =
        choices.iter().flat_map(|choice| std::iter::once(choice).chain(&choice.levels)).any(|c| c.chosen);
    let more = choices.split_off(SHOWN.min(choices.len()));
    Facet { id: id.to_owned(), name: name.to_owned(), open, choices, more, all: None }
}

const fn is_offered(value: &FacetValue) -> bool {
    value.count > 0 || value.chosen
}

fn choice(snapshot: &Snapshot, filter: &Filter, value: &FacetValue) -> Choice {
    let trust = snapshot.trust_of(&value.condition);
    Choice {
        trust: trust.as_ref().map(Reliability::brief).unwrap_or_default(),
        trust_words: trust.as_ref().map(Reliability::short).unwrap_or_default(),
        label: value.label.clone(),
        count: value.counted(),
        chosen: value.chosen,
        href: list_href(&filter.toggled(&value.condition)),
        levels: vec![],
    }
}

/// A code that is found in any document, with its levels; `None` where no document has it and nobody asks for it.
fn code_choice(snapshot: &Snapshot, filter: &Filter, code: &CodeFacet) -> Option<Choice> {
    let (covered, tests) = code.values.split_first()?;
    if !is_offered(covered) && !tests.iter().any(|value| value.chosen) {
        return None;
    }
    let of_level = |value: &&FacetValue| {
        matches!(value.condition, Condition::Code(_, _, CodeTest::Levels { .. } | CodeTest::Absent))
    };
    let levels = tests.iter().filter(of_level).filter(|value| is_offered(value));
    Some(Choice {
        label: named(&snapshot.codebook, &covered.condition),
        levels: levels.map(|value| level(filter, value)).collect(),
        ..choice(snapshot, filter, covered)
    })
}

/// A level of a code. Beside the whole code it would let nothing more pass, so it takes the place of what is chosen.
fn level(filter: &Filter, value: &FacetValue) -> Choice {
    let chosen = value.chosen;
    let then = if chosen { filter.without(&value.condition) } else { filter.only(&value.condition) };
    Choice {
        label: value.label.clone(),
        count: value.count.to_string(),
        chosen,
        href: list_href(&then),
        trust: String::new(),
        trust_words: String::new(),
        levels: vec![],
    }
}

pub(super) fn selects(facets: &Facets, snapshot: &Snapshot) -> Vec<CodeSelect> {
    let mut selects = Vec::new();
    for dimension in snapshot.codebook.dimensions.iter().filter(|d| !matches!(d.kind, Kind::Choice)) {
        let mut options = Vec::new();
        for code in facets.codes.get(&dimension.id).into_iter().flatten() {
            for value in &code.values {
                let Condition::Code(_, id, test) = &value.condition else { continue };
                let test_words = value.condition.value_label(&snapshot.codebook);
                options.push(CodeOption {
                    value: parameter(id.as_str(), test),
                    label: format!(
                        "{}: {test_words} ({})",
                        named(&snapshot.codebook, &value.condition),
                        value.counted()
                    ),
                });
            }
        }
        selects.push(CodeSelect { id: dimension.id.to_string(), name: dimension.name.clone(), options });
    }
    selects
}

/// A test as the parameter writes it.
fn parameter(code: &str, test: &CodeTest) -> String {
    match test {
        CodeTest::Covered => code.to_owned(),
        CodeTest::Absent => format!("{code}:0"),
        CodeTest::Levels { from, to } if from == to => format!("{code}:{from}"),
        CodeTest::Levels { from, to } => format!("{code}:{from}-{to}"),
        CodeTest::Type(kind) => format!("{code}:{kind}"),
    }
}
