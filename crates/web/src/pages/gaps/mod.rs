//! `/gaps…`: what a chosen set of documents leaves open.

pub mod absence;
pub mod audit;
mod csv;
pub mod matrix;
mod picture;
pub mod places;
pub mod row;
pub mod said;
pub mod set;

use jiff::civil::Date;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, Field, StateTest};
use lacuna_domain::{Codebook, Filter};

use crate::error::WebError;
use crate::params::Params;
use crate::state::{App, Snapshot, list_href};
use crate::view::{Own, narrowed};

/// What an address under `/gaps` asks.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The day on which states are asked for.
    pub(crate) on: Date,
    /// Whether the address names the day.
    pub(crate) on_given: bool,
    /// The dimension.
    pub(crate) dimension: Dimension,
    /// The set.
    pub(crate) filter: Filter,
    /// The other set, as the parameter `vs` writes it, and read.
    pub(crate) versus: Option<(String, Filter)>,
}

impl Asked {
    /// Reads the parameters; `dimension` is the path's, where it has one.
    pub(crate) fn read(
        app: &App,
        snapshot: &Snapshot,
        query: Option<&str>,
        dimension: Option<&str>,
    ) -> Result<Self, WebError> {
        let mut params = Params::parse(query)?;
        let on = params.take("on");
        let day = match &on {
            None => app.today(),
            Some(text) => text
                .trim()
                .parse()
                .map_err(|_| WebError::BadRequest("on takes a day such as 2026-11-27".to_owned()))?,
        };
        let named = params.take("dimension");
        let dimension = asked_dimension(&snapshot.codebook, dimension.or(named.as_deref()))?.clone();
        let bad = |error: lacuna_domain::filter::FilterError| WebError::BadRequest(error.to_string());
        let versus = match params.take("vs") {
            None => None,
            Some(text) => Some((text.trim().to_owned(), other_set(text.trim(), snapshot)?)),
        };
        let filter = Filter::parse(params.rest(), &snapshot.codebook).map_err(bad)?;
        Ok(Self { on: day, on_given: on.is_some(), dimension, filter, versus })
    }

    /// The page's own parameters.
    pub(crate) fn own(&self, codebook: &Codebook) -> Own {
        let mut own = of_dimension(codebook, &self.dimension);
        own.extend(self.day());
        own.extend(self.versus.iter().map(|(text, _)| ("vs".to_owned(), text.clone())));
        own
    }

    /// The same without another set beside it.
    pub(crate) fn alone(&self) -> Self {
        Self { versus: None, ..self.clone() }
    }

    /// The day as a parameter, where the address names it.
    pub(crate) fn day(&self) -> Option<(String, String)> {
        self.on_given.then(|| ("on".to_owned(), self.on.to_string()))
    }
}

/// The set that `vs` names. What names no set is an error: it would read as all documents.
fn other_set(text: &str, snapshot: &Snapshot) -> Result<Filter, WebError> {
    if text == "all" {
        return Ok(Filter::default());
    }
    let bad = |problem: &str| {
        let given: String = text.chars().take(80).collect();
        let takes = "use all, or conditions such as jurisdiction=Colorado";
        WebError::BadRequest(format!("vs={given}: {problem}; {takes}"))
    };
    let refused = |error: &dyn std::fmt::Display| WebError::BadRequest(format!("vs: {error}"));
    let filter = Filter::parse_query(text, &snapshot.codebook).map_err(|error| refused(&error))?;
    snapshot.catalogue.check_columns(&filter).map_err(|unknown| refused(&unknown))?;
    let named = |pair: &str| pair.split_once('=').is_some_and(|(_, value)| !value.trim().is_empty());
    let mut pairs = text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
    if filter.conditions().is_empty() || !pairs.all(named) {
        return Err(bad("this names no set to compare with"));
    }
    if !filter.words.is_empty() {
        return Err(bad("words are not looked for in the other set"));
    }
    Ok(filter)
}

/// The dimension as a parameter, where it is not the first.
fn of_dimension(codebook: &Codebook, dimension: &Dimension) -> Own {
    let usual = first(codebook).is_some_and(|first| first.id == dimension.id);
    if usual { Own::new() } else { vec![("dimension".to_owned(), dimension.id.to_string())] }
}

/// Addresses of the gaps of every dimension and of the audit of every code, over all documents and within each
/// jurisdiction.
pub(crate) fn addresses(snapshot: &Snapshot) -> Vec<String> {
    let all = snapshot.catalogue.select(&Filter::default(), None);
    let places = snapshot.catalogue.field_facet(&all, Field::Jurisdiction);
    let places = places.into_iter().map(|value| Filter::default().with(&value.condition));
    let mut addresses = Vec::new();
    for filter in std::iter::once(Filter::default()).chain(places) {
        for dimension in dimensions(&snapshot.codebook) {
            addresses.push(narrowed("/gaps", &of_dimension(&snapshot.codebook, dimension), &filter));
            let audits = dimension.codes.iter().map(|code| absence::path(dimension, code.id.as_str()));
            addresses.extend(audits.map(|path| narrowed(&path, &[], &filter)));
        }
    }
    addresses
}

/// Dimensions whose codes can be covered or not.
pub(crate) fn dimensions(codebook: &Codebook) -> impl Iterator<Item = &Dimension> {
    codebook.dimensions.iter().filter(|d| matches!(d.kind, Kind::Ordinal { .. } | Kind::Flag))
}

pub(crate) fn first(codebook: &Codebook) -> Option<&Dimension> {
    dimensions(codebook).next()
}

fn asked_dimension<'c>(codebook: &'c Codebook, name: Option<&str>) -> Result<&'c Dimension, WebError> {
    let known = || dimensions(codebook).map(|d| d.id.as_str()).collect::<Vec<_>>().join(", ");
    let found = match name {
        None => first(codebook),
        Some(name) => dimensions(codebook).find(|d| d.id.as_str() == name || d.path == name),
    };
    found.ok_or_else(|| WebError::NotFound(format!("gaps are counted for the dimensions {}", known())))
}

/// The list of the documents of `filter` for which the conditions hold too; `None` where the filter already speaks of
/// the same things, so that no address says exactly that.
pub(crate) fn exactly(filter: &Filter, conditions: &[Condition]) -> Option<String> {
    let mut exact = filter.at_page(1);
    for condition in conditions {
        let free = exact.without_subject(condition) == exact || exact.contains(condition);
        if !free {
            return None;
        }
        exact = exact.only(condition);
    }
    Some(list_href(&exact))
}

/// Conditions of one cell: the code at any level or the highest, and the state.
pub(crate) fn cell(
    dimension: &Dimension,
    code: &str,
    full: bool,
    state: Option<(StateTest, Date)>,
) -> Vec<Condition> {
    let Some(code) = dimension.code(code) else { return vec![] };
    let highest = dimension.highest();
    let test = if full && dimension.levels().len() > 2 {
        CodeTest::Levels { from: highest, to: highest }
    } else {
        CodeTest::Covered
    };
    let mut conditions = vec![Condition::Code(dimension.id.clone(), code.id.clone(), test)];
    conditions.extend(state.map(|(test, on)| Condition::State(test, on)));
    conditions
}
