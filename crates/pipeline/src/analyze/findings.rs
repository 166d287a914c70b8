//! Sentences made from counts, with guards: nothing is found among fewer than [`FEWEST`] documents, no percentage stands
//! without its n, and nothing is divided by zero.

use lacuna_domain::codebook::Dimension;
use lacuna_store::catalogue::{Catalogue, Selection};

use super::FEWEST;
use super::gaps::{Gaps, absence};

/// `34 %` of a count; never 0 % for something, nor 100 % for less than all; `None` without a denominator.
pub fn percent(count: u64, of: u64) -> Option<String> {
    if of == 0 || count > of {
        return None;
    }
    let rounded = (100.0 * count as f64 / of as f64).round() as u64;
    Some(match (count, rounded) {
        (0, _) => "0 %".to_owned(),
        (_, 0) => "under 1 %".to_owned(),
        (n, 100) if n < of => "over 99 %".to_owned(),
        (_, percent) => format!("{percent} %"),
    })
}

/// `12 of 40 documents (30 %)`; `None` where a percentage would say nothing.
pub fn proportion(count: u64, of: u64) -> Option<String> {
    (of >= FEWEST).then(|| percent(count, of).map(|p| format!("{count} of {of} ({p})")))?
}

/// What stands out in one dimension among the classified documents of a selection; empty among too few.
pub fn of_dimension(catalogue: &Catalogue, selection: &Selection, dimension: &Dimension) -> Vec<String> {
    let classified = selection.documents().intersection_len(catalogue.coded());
    if classified < FEWEST {
        return vec![];
    }
    let mut table = catalogue.code_table(selection, dimension);
    if table.len() < 2 {
        return vec![];
    }
    let name = |code: &str| dimension.code(code).map_or_else(String::new, |c| c.short.clone());
    table.sort_by_key(|c| std::cmp::Reverse(c.covered));
    let mut found = Vec::new();
    if let (Some(most), Some(least)) = (table.first(), table.last())
        && most.covered > least.covered
    {
        let at = |covered: u64| -> Vec<String> {
            table.iter().filter(|c| c.covered == covered).map(|c| name(c.code.as_str())).collect()
        };
        found.extend(extreme("Most", &at(most.covered), most.covered, classified));
        if least.covered == 0 {
            found.push(format!(
                "Found in none of these {classified} documents: {}. That means: {}.",
                listed(&at(0)),
                absence(classified)
            ));
        } else {
            found.extend(extreme("Least", &at(least.covered), least.covered, classified));
        }
    }
    found.extend(levels_apart(dimension, &table, classified));
    found
}

/// Which codes are found most or least often; codes that tie stand together, so that none seems ahead of the others.
fn extreme(most: &str, names: &[String], covered: u64, classified: u64) -> Option<String> {
    let share = proportion(covered, classified)?;
    Some(match names.len() {
        0 => return None,
        1 => format!("{most} often found is {}: in {share}.", listed(names)),
        2 | 3 => format!("{most} often found are {}: each in {share}.", listed(names)),
        tied => format!("{most} often found: {tied} codes tie, each in {share}."),
    })
}

/// Where documents speak to a code mostly in passing.
fn levels_apart(
    dimension: &Dimension,
    table: &[lacuna_store::catalogue::CodeCounts],
    classified: u64,
) -> Option<String> {
    let levels = dimension.levels();
    let highest = levels.last().filter(|_| levels.len() > 2)?;
    let full = |c: &lacuna_store::catalogue::CodeCounts| {
        c.levels.iter().find(|(level, _)| *level == highest.value).map_or(0, |(_, n)| *n)
    };
    let widest =
        table.iter().filter(|c| c.covered >= FEWEST).min_by_key(|c| full(c) * 1000 / c.covered.max(1))?;
    if full(widest) * 2 >= widest.covered {
        return None;
    }
    let code = dimension.code(widest.code.as_str())?;
    let share = percent(full(widest), widest.covered)?;
    Some(format!(
        "Mostly named in passing: of the {} among {classified} documents that speak to “{}”, {} ({share}) reach “{}”.",
        widest.covered,
        code.short,
        full(widest),
        highest.name
    ))
}

/// What stands out among gaps; empty among too few documents.
pub fn of_gaps(gaps: &Gaps) -> Vec<String> {
    use super::gaps::Verdict;
    if !gaps.ranked {
        return vec![];
    }
    let names = |verdict: Verdict| {
        let names = gaps.codes.iter().filter(|c| c.verdict == verdict).map(|c| c.short.clone());
        names.collect::<Vec<String>>()
    };
    let mut found = Vec::new();
    let among = if gaps.later() == 0 {
        format!("these {}", gaps.classified)
    } else {
        format!("the {} documents (of {}) that were there on {}", gaps.there, gaps.classified, gaps.on)
    };
    for (verdict, words) in [
        (Verdict::NoDocument, "None of"),
        (Verdict::OnlyDefunct, "Only defunct documents among"),
        (Verdict::OnlyNonBinding, "Only documents without binding force among"),
    ] {
        let names = names(verdict);
        if !names.is_empty() {
            found.push(format!("{words} {among} speak to {}.", listed(&names)));
        }
    }
    let minimal = names(Verdict::OnlyMinimal);
    if !minimal.is_empty() {
        found.push(format!(
            "{} of {} codes are named in passing by the {} binding documents, and covered well by none: {}.",
            minimal.len(),
            gaps.codes.len(),
            gaps.binding,
            listed(&minimal)
        ));
    }
    found
}

/// `a`, `a and b`, `a, b and c`; names in quote marks.
fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_percentage_without_a_base_and_none_that_lies_at_its_ends() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(3, 2), None);
        assert_eq!(percent(1, 400).as_deref(), Some("under 1 %"));
        assert_eq!(percent(399, 400).as_deref(), Some("over 99 %"));
        assert_eq!(proportion(3, 9), None);
        assert_eq!(proportion(3, 10).as_deref(), Some("3 of 10 (30 %)"));
    }

    #[test]
    fn names_are_listed_as_people_write_them() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&names), "“a”, “b” and “c”");
        assert_eq!(listed(&names[..1]), "“a”");
    }

    #[test]
    fn codes_that_tie_stand_together() {
        let names = ["Privacy", "Transparency", "Security", "Work"].map(str::to_owned);
        let said = |n: usize| extreme("Most", &names[..n], 17, 19).unwrap();
        assert_eq!(said(1), "Most often found is “Privacy”: in 17 of 19 (89 %).");
        assert_eq!(said(2), "Most often found are “Privacy” and “Transparency”: each in 17 of 19 (89 %).");
        assert!(said(3).contains("“Privacy”, “Transparency” and “Security”"));
        assert_eq!(said(4), "Most often found: 4 codes tie, each in 17 of 19 (89 %).");
        let least = extreme("Least", &names[..2], 1, 19).unwrap();
        assert_eq!(least, "Least often found are “Privacy” and “Transparency”: each in 1 of 19 (5 %).");
        assert_eq!(extreme("Least", &names, 1, 9), None, "nothing is found among too few");
    }

    #[test]
    fn what_half_of_the_documents_cover_well_is_not_called_mostly_named_in_passing() {
        let codebook = crate::codebooks::ai_governance().unwrap();
        let risks = codebook.dimension("risk").unwrap();
        let table = |good: u64| {
            [lacuna_store::catalogue::CodeCounts {
                code: risks.codes[0].id.clone(),
                levels: vec![(1, 20), (2, 20 - good), (3, good)],
                covered: 20,
                coded: 40,
            }]
        };
        assert_eq!(levels_apart(risks, &table(10), 40), None);
        assert!(levels_apart(risks, &table(9), 40).unwrap().contains("of the 20 among 40 documents"));
    }
}
