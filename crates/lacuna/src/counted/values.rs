//! Values that no document has: most are misspelt.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anyhow::bail;
use lacuna_domain::Filter;
use lacuna_domain::filter::{Condition, NONE};
use lacuna_store::catalogue::Catalogue;

/// Values named when one is unknown.
const NEAREST: usize = 5;

/// Refuses a value that no document has: zeros, or nothing found, would read as a finding where a name is misspelt.
pub(crate) fn check_values(catalogue: &Catalogue, filter: &Filter, drafts: u64) -> anyhow::Result<()> {
    for condition in filter.conditions() {
        let Condition::Field(field, given) = &condition else { continue };
        if !catalogue.holding_alone(&condition).is_empty() {
            continue;
        }
        let all = catalogue.select(&Filter::default(), None);
        let mut known: Vec<(usize, u64, String)> = Vec::new();
        for value in catalogue.field_facet(&all, *field).into_iter().filter(|value| value.count > 0) {
            if let Condition::Field(_, name) = value.condition
                && name != NONE
            {
                known.push((shared_pairs(given, &name), value.count, name));
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
        let private = super::left_out(drafts).map(|line| format!(" ({line})")).unwrap_or_default();
        bail!("no document has {}={given}: {mend}{private}", field.id());
    }
    Ok(())
}

/// Pairs of neighbouring letters that two words share: enough to find the name that was meant.
fn shared_pairs(one: &str, other: &str) -> usize {
    let pairs = |text: &str| -> BTreeSet<(char, char)> {
        let letters: Vec<char> = text.to_lowercase().chars().collect();
        letters.iter().copied().zip(letters.iter().copied().skip(1)).collect()
    };
    pairs(one).intersection(&pairs(other)).count()
}
