//! The chosen set of documents on pages that count: which conditions hold, and a form that changes them.

use std::sync::Arc;

use lacuna_domain::Filter;
use lacuna_domain::codebook::Kind;
use lacuna_domain::filter::{CodeTest, Condition, Field, column_parameter};
use lacuna_store::catalogue::{FacetValue, Selection};
use serde::Serialize;

use crate::address;
use crate::kept::Shelf;
use crate::pages::documents::list::Chip;
use crate::state::Snapshot;

use super::own_columns::{OwnColumns, VALUES};
use super::{DateForm, YearForm, capital, unposed};

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

/// What a form offers to narrow a set by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Conditions to add.
    pub selects: Vec<SetSelect>,
    /// Own columns of the catalogue for which the form has no room.
    pub left_out: usize,
}

/// The chosen set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetForm {
    /// Where the form leads.
    pub action: String,
    /// The page's own parameters and the conditions that the form does not set, decoded.
    #[serde(skip)]
    pub hidden: Own,
    /// Every condition and those of the page's own parameters that its template does not put into a form of its own,
    /// decoded: for that form, which changes no condition.
    #[serde(skip)]
    pub held: Own,
    /// What holds, with the way to drop it.
    pub chips: Vec<Chip>,
    /// What alone the page shows of the set, such as one group of codes, with the way to see all of it.
    pub part: Option<Chip>,
    /// The page without any condition.
    #[serde(skip)]
    pub open_href: String,
    /// That the catalogue lacks a column which a condition names: nothing counted is a finding then.
    #[serde(skip)]
    pub unknown_column: Option<String>,
    /// What the form offers.
    #[serde(skip)]
    pub offer: Arc<Offer>,
    /// Words.
    pub words: String,
    /// Years.
    #[serde(skip)]
    pub years: YearForm,
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
    /// those that the page's template puts into a form of its own.
    pub fn of(path: &str, own: &Own, posed: &[&str], selection: &Selection, snapshot: &Snapshot) -> Self {
        let filter = selection.filter();
        let chip = |condition: Condition| Chip {
            label: condition.label(&snapshot.codebook),
            without: narrowed(path, own, &filter.without(&condition)),
        };
        let beside = own.iter().filter(|(name, _)| !posed.contains(&name.as_str())).cloned();
        Self {
            action: path.to_owned(),
            hidden: own.iter().cloned().chain(unposed(filter)).collect(),
            held: beside.chain(filter.at_page(1).pairs()).collect(),
            chips: filter.conditions().into_iter().map(chip).collect(),
            part: None,
            open_href: narrowed(path, own, &Filter::default()),
            unknown_column: unknown_column(filter, snapshot),
            offer: snapshot.offers.of(selection, snapshot),
            words: filter.words.clone(),
            years: YearForm::of(filter),
            dates: DateForm::of(filter),
            documents_href: crate::state::list_href(filter),
        }
    }

    /// The conditions in words, for titles; "all documents" without any; then what alone is shown of them.
    pub fn words_of(&self) -> String {
        let all = self.chips.is_empty().then_some("all documents");
        let labels = self.chips.iter().chain(&self.part).map(|chip| chip.label.as_str());
        all.into_iter().chain(labels).collect::<Vec<_>>().join("; ")
    }
}

/// That the catalogue lacks a column which `filter` names, with those that it has; no document passes then.
pub(crate) fn unknown_column(filter: &Filter, snapshot: &Snapshot) -> Option<String> {
    snapshot.catalogue.check_columns(filter).err().map(|unknown| capital(unknown.to_string()))
}

/// Bytes of what forms offer that are held with one snapshot.
const HELD: usize = 512 * 1024;

/// What forms offer to narrow a set by, for the sets asked for last: counting it looks at every value of every field and
/// code, and most pages show the same few sets.
#[derive(Debug)]
pub struct Offers(Shelf<String, Offer>);

impl Default for Offers {
    fn default() -> Self {
        Self(Shelf::new(HELD))
    }
}

impl Offers {
    fn of(&self, selection: &Selection, snapshot: &Snapshot) -> Arc<Offer> {
        let filter = selection.filter();
        // What words find is not told by the filter alone: their index may have been behind.
        if !filter.words.is_empty() {
            return Arc::new(offer(selection, snapshot));
        }
        let key = filter.at_page(1).query();
        if let Some(held) = self.0.get(&key) {
            return held;
        }
        let made = Arc::new(offer(selection, snapshot));
        let options = made.selects.iter().flat_map(|select| &select.options);
        let bytes = options.map(|(value, label)| 48 + value.len() + label.len()).sum::<usize>() + key.len();
        self.0.put(key, Arc::clone(&made), bytes);
        made
    }
}

/// Fields that the form offers, in the order of importance.
const FIRST: [Field; 6] = [
    Field::Jurisdiction,
    Field::Enactment,
    Field::AppliesTo,
    Field::Authority,
    Field::Collection,
    Field::Language,
];

fn offer(selection: &Selection, snapshot: &Snapshot) -> Offer {
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
    let mut selects: Vec<SetSelect> = FIRST
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
    // Further fields are offered like the catalogue's own columns, where documents differ in them.
    let further = super::FIELDS.into_iter().filter(|field| !FIRST.contains(field));
    let further = further.map(|field| (field, catalogue.field_facet(selection, field)));
    for (field, mut values) in further.filter(|(_, values)| values.len() > 1) {
        values.truncate(VALUES);
        selects.push(select(field.id(), field.name(), &values));
    }
    let own = catalogue.own_columns().map(|name| (name, catalogue.column_facet(selection, name)));
    let own: Vec<(&str, Vec<FacetValue>)> = own.collect();
    let own = OwnColumns::of(own.iter().map(|(name, values)| (*name, values.as_slice())));
    selects.extend(own.offered.iter().map(|c| select(&column_parameter(c.name), c.name, &c.values)));
    selects.retain(|select| !select.options.is_empty());
    Offer { selects, left_out: own.left_out.len() }
}

/// A condition as a pair of an address.
pub(crate) fn parameter(condition: &Condition) -> Option<(String, String)> {
    Filter::default().with(condition).pairs().into_iter().next()
}
