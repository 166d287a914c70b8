//! The chosen set of documents on pages that count: which conditions hold, and a form that changes them.

use std::sync::Arc;

use lacuna_domain::Filter;
use lacuna_domain::codebook::Kind;
use lacuna_domain::filter::{CodeTest, Condition, Field, Years, column_parameter};
use lacuna_store::catalogue::{FacetValue, Selection};
use serde::Serialize;

use crate::address;
use crate::kept::Shelf;
use crate::pages::documents::list::Chip;
use crate::state::Snapshot;

use super::DateForm;

/// Parameters of a page besides the filter, decoded.
pub type Own = Vec<(String, String)>;

/// A select of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetSelect {
    /// Parameter name.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Parameter values with their labels, such as `Colorado (41)`.
    pub options: Vec<(String, String)>,
}

/// The chosen set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetForm {
    /// Where the form leads.
    pub action: String,
    /// The page's own parameters and the conditions that the form does not set, decoded.
    #[serde(skip)]
    pub hidden: Own,
    /// What holds, with the way to drop it.
    pub chips: Vec<Chip>,
    /// The page without any condition.
    #[serde(skip)]
    pub open_href: String,
    /// Conditions to add.
    #[serde(skip)]
    pub selects: Arc<Vec<SetSelect>>,
    /// Words.
    pub words: String,
    /// First year.
    #[serde(skip)]
    pub year_from: String,
    /// Last year.
    #[serde(skip)]
    pub year_to: String,
    /// Days.
    #[serde(skip)]
    pub dates: DateForm,
    /// The list of the documents of the set.
    pub documents_href: String,
}

/// The address of a page with its own parameters and a filter.
pub fn narrowed(path: &str, own: &[(String, String)], filter: &Filter) -> String {
    let pairs = filter.at_page(1).pairs();
    let all = own.iter().chain(&pairs);
    address::with_query(path, all.map(|(name, value)| (name.as_str(), value.as_str())))
}

impl SetForm {
    /// The set of `selection` on the page at `path`; `own` are the page's parameters that stay, `posed` the names of
    /// those that the page's template puts into the form itself.
    pub fn of(path: &str, own: &Own, posed: &[&str], selection: &Selection, snapshot: &Snapshot) -> Self {
        let filter = selection.filter();
        let chip = |condition: Condition| Chip {
            label: condition.label(&snapshot.codebook),
            without: narrowed(path, own, &filter.without(&condition)),
        };
        let (year_from, year_to) = years(filter);
        let kept = DateForm::rest(filter).at_page(1).pairs();
        let kept = kept.into_iter().filter(|(name, _)| name != "q" && name != "year");
        let hidden = own.iter().filter(|(name, _)| !posed.contains(&name.as_str())).cloned().chain(kept);
        Self {
            action: path.to_owned(),
            hidden: hidden.collect(),
            chips: filter.conditions().into_iter().map(chip).collect(),
            open_href: narrowed(path, own, &Filter::default()),
            selects: snapshot.offers.of(selection, snapshot),
            words: filter.words.clone(),
            year_from,
            year_to,
            dates: DateForm::of(filter),
            documents_href: crate::state::list_href(filter),
        }
    }

    /// The conditions in words, for titles; "all documents" without any.
    pub fn words_of(&self) -> String {
        let labels: Vec<&str> = self.chips.iter().map(|chip| chip.label.as_str()).collect();
        if labels.is_empty() { "all documents".to_owned() } else { labels.join("; ") }
    }
}

fn years(filter: &Filter) -> (String, String) {
    let word = |year: Option<i16>| year.map_or_else(String::new, |y| y.to_string());
    match filter.years.iter().next() {
        Some(Years::Range { from, to }) if filter.years.len() == 1 => (word(*from), word(*to)),
        _ => (String::new(), String::new()),
    }
}

/// Bytes of what forms offer that are held with one snapshot.
const HELD: usize = 512 * 1024;

/// What forms offer to narrow a set by, for the sets asked for last: counting it looks at every value of every field and
/// code, and most pages show the same few sets.
#[derive(Debug)]
pub struct Offers(Shelf<String, Vec<SetSelect>>);

impl Default for Offers {
    fn default() -> Self {
        Self(Shelf::new(HELD))
    }
}

impl Offers {
    fn of(&self, selection: &Selection, snapshot: &Snapshot) -> Arc<Vec<SetSelect>> {
        let filter = selection.filter();
        // What words find is not told by the filter alone: their index may have been behind.
        if !filter.words.is_empty() {
            return Arc::new(selects(selection, snapshot));
        }
        let key = filter.at_page(1).query();
        if let Some(held) = self.0.get(&key) {
            return held;
        }
        let made = Arc::new(selects(selection, snapshot));
        let options = made.iter().flat_map(|select| &select.options);
        let bytes = options.map(|(value, label)| 48 + value.len() + label.len()).sum::<usize>() + key.len();
        self.0.put(key, Arc::clone(&made), bytes);
        made
    }
}

/// Fields that the form offers, in the order of importance.
const FIELDS: [Field; 6] = [
    Field::Jurisdiction,
    Field::Enactment,
    Field::AppliesTo,
    Field::Authority,
    Field::Collection,
    Field::Language,
];

/// Further fields, offered like the catalogue's own columns where documents differ in them.
const FURTHER: [Field; 8] = [
    Field::ParentAuthority,
    Field::Source,
    Field::Tag,
    Field::Licence,
    Field::UnreviewedOutput,
    Field::Fiction,
    Field::Reviewed,
    Field::Coded,
];

/// Values of a further field or own column that a form offers, most documents first.
const OFFERED: usize = 100;

fn selects(selection: &Selection, snapshot: &Snapshot) -> Vec<SetSelect> {
    let (catalogue, codebook) = (&snapshot.catalogue, &snapshot.codebook);
    let option = |value: &FacetValue| {
        let label = if matches!(value.condition, Condition::Code(..)) {
            let subject = value.condition.subject_label(codebook);
            match &value.condition {
                Condition::Code(_, _, CodeTest::Covered) => subject,
                _ => format!("{subject}: {}", value.label),
            }
        } else {
            value.label.clone()
        };
        parameter(&value.condition)
            .map(|(_, parameter)| (parameter, format!("{label} ({})", value.counted())))
    };
    let select = |id: &str, name: &str, values: &[FacetValue]| SetSelect {
        id: id.to_owned(),
        name: name.to_owned(),
        options: values.iter().filter(|v| v.count > 0 && !v.chosen).filter_map(option).collect(),
    };
    let mut selects: Vec<SetSelect> = FIELDS
        .into_iter()
        .map(|field| select(field.id(), field.name(), &catalogue.field_facet(selection, field)))
        .collect();
    for dimension in &codebook.dimensions {
        let id = if dimension.id.as_str() == "status" { "form" } else { dimension.id.as_str() };
        if dimension.kind == Kind::Choice {
            selects.insert(2, select(id, &dimension.name, &catalogue.option_facet(selection, dimension)));
            continue;
        }
        let actor = matches!(dimension.kind, Kind::Actor { .. });
        let facets = catalogue.code_facets(selection, dimension);
        let offered = |v: &FacetValue| match &v.condition {
            Condition::Code(_, _, CodeTest::Covered) => true,
            Condition::Code(_, _, CodeTest::Type(_)) => actor,
            _ => false,
        };
        let values: Vec<FacetValue> = facets.into_iter().flat_map(|f| f.values).filter(offered).collect();
        selects.push(select(id, &dimension.name, &values));
    }
    let further = FURTHER
        .into_iter()
        .map(|field| (field.id().to_owned(), field.name(), catalogue.field_facet(selection, field)));
    let own = catalogue
        .own_columns()
        .map(|name| (column_parameter(name), name, catalogue.column_facet(selection, name)));
    for (id, name, mut values) in further.chain(own).filter(|(_, _, values)| values.len() > 1) {
        values.truncate(OFFERED);
        selects.push(select(&id, name, &values));
    }
    selects.retain(|select| !select.options.is_empty());
    selects
}

/// A condition as a pair of an address.
pub(crate) fn parameter(condition: &Condition) -> Option<(String, String)> {
    Filter::default().with(condition).pairs().into_iter().next()
}
