//! Values that no document has: most are misspelt.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anyhow::bail;
use lacuna_domain::Filter;
use lacuna_domain::filter::{Condition, NONE, column_parameter};
use lacuna_store::catalogue::{Catalogue, FacetValue, Selection};

/// Values named when one is unknown.
const NEAREST: usize = 5;

/// Refuses a column that the catalogue does not have and a value that no document has: zeros, or nothing found, would read
/// as a finding where a name is misspelt.
pub(crate) fn check_values(catalogue: &Catalogue, filter: &Filter, drafts: u64) -> anyhow::Result<()> {
    let private = || super::left_out(drafts).map(|line| format!(" ({line})")).unwrap_or_default();
    if let Err(unknown) = catalogue.check_columns(filter) {
        bail!("{unknown}{}", private());
    }
    let all = catalogue.select(&Filter::default(), None);
    for condition in filter.conditions() {
        let Some((parameter, given)) = asked(&condition) else { continue };
        if !catalogue.holding_alone(&condition).is_empty() {
            continue;
        }
        let mut known: Vec<(usize, u64, String)> = Vec::new();
        for value in values(catalogue, &all, &condition).into_iter().filter(|value| value.count > 0) {
            if let Some((_, name)) = asked(&value.condition).filter(|(_, name)| *name != NONE) {
                known.push((shared_pairs(given, name), value.count, name.to_owned()));
            }
        }
        known.sort_by_key(|(alike, count, _)| Reverse((*alike, *count)));
        let of = known.len();
        let nearest: Vec<String> = known.into_iter().take(NEAREST).map(|(_, _, name)| name).collect();
        let mend = match of {
            0 => "none has any value there".to_owned(),
            _ if of <= NEAREST => format!("known values are {}", nearest.join("; ")),
            _ => format!("nearest of {of} known values are {}", nearest.join("; ")),
        };
        bail!("no document has {parameter}={given}: {mend}{}", private());
    }
    Ok(())
}

/// The parameter and the value of a condition on what catalogues record.
fn asked(condition: &Condition) -> Option<(String, &str)> {
    match condition {
        Condition::Field(field, value) => Some((field.id().to_owned(), value.as_str())),
        Condition::Column(name, value) => Some((column_parameter(name), value.as_str())),
        _ => None,
    }
}

/// The values that documents have where the condition asks for one.
fn values(catalogue: &Catalogue, all: &Selection, condition: &Condition) -> Vec<FacetValue> {
    match condition {
        Condition::Field(field, _) => catalogue.field_facet(all, *field),
        Condition::Column(name, _) => catalogue.column_facet(all, name),
        _ => vec![],
    }
}

/// Pairs of neighbouring letters that two words share: enough to find the name that was meant.
fn shared_pairs(one: &str, other: &str) -> usize {
    let pairs = |text: &str| -> BTreeSet<(char, char)> {
        let letters: Vec<char> = text.to_lowercase().chars().collect();
        letters.iter().copied().zip(letters.iter().copied().skip(1)).collect()
    };
    pairs(one).intersection(&pairs(other)).count()
}
