//! Narratives: sentences computed from the labels they stand beside, for any codebook.
//!
//! They say what the labels say and nothing of enactment, which is metadata.

use std::cmp::Reverse;
use std::fmt::Write as _;

use lacuna_domain::codebook::{Code, Codebook, Dimension, Kind, Units};
use lacuna_domain::{Coding, DimensionId, Judgement, Value};

/// Codes or entities named before a list ends in "and 3 more".
const NAMED: usize = 8;

/// The narratives of one coding, one per dimension, in codebook order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narratives {
    /// In codebook order.
    pub sections: Vec<Section>,
}

/// The narrative of one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The dimension.
    pub dimension: DimensionId,
    /// One to three sentences.
    pub text: String,
    /// "6 subdomains (4 Good, 2 Minimal)"; for a choice the option's name, for actors "3 of 4 roles".
    pub tally: String,
}

impl Narratives {
    /// The narrative of the dimension with this id.
    pub fn get(&self, dimension: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.dimension.as_str() == dimension)
    }
}

/// The narratives of `coding`, which was made with `codebook`.
pub fn narrate(coding: &Coding, codebook: &Codebook) -> Narratives {
    let sections = codebook.dimensions.iter().map(|dimension| Section {
        dimension: dimension.id.clone(),
        text: sentence(coding, dimension),
        tally: tally(coding, dimension),
    });
    Narratives { sections: sections.collect() }
}

/// The tally of one dimension; see [`Section::tally`].
pub fn tally(coding: &Coding, dimension: &Dimension) -> String {
    let found = positives(coding, dimension);
    let Units { one, many } = &dimension.units;
    match &dimension.kind {
        Kind::Ordinal { .. } if found.is_empty() => format!("0 {many}"),
        Kind::Ordinal { .. } => {
            format!("{} ({})", counted(found.len(), one, many), per_level(&found, dimension).join(", "))
        }
        Kind::Flag => format!("{} of {}", found.len(), counted(dimension.codes.len(), one, many)),
        Kind::Choice => chosen(coding, dimension).map_or("Not determined", |code| &code.name).to_owned(),
        Kind::Actor { .. } => {
            let held =
                coding.actors.iter().filter(|a| a.dimension() == &dimension.id && !a.entities().is_empty());
            format!("{} of {}", held.count(), counted(dimension.codes.len(), "role", "roles"))
        }
    }
}

fn sentence(coding: &Coding, dimension: &Dimension) -> String {
    match &dimension.kind {
        Kind::Ordinal { .. } => ordinal(coding, dimension),
        Kind::Flag => flags(coding, dimension),
        Kind::Choice => choice(coding, dimension),
        Kind::Actor { .. } => actors(coding, dimension),
    }
}

/// Positive judgements of a dimension, the strongest first: level, confidence, number of quotes, codebook order.
fn positives<'c>(coding: &'c Coding, dimension: &Dimension) -> Vec<&'c Judgement> {
    let mut found: Vec<&Judgement> = coding
        .judgements
        .iter()
        .filter(|j| j.dimension() == &dimension.id && j.value().is_positive(dimension.lowest()))
        .collect();
    found.sort_by_key(|j| Reverse((j.level(), j.confidence(), j.evidence().len())));
    found
}

/// "4 Good", "2 Minimal": the highest level first, empty ones left out.
fn per_level(found: &[&Judgement], dimension: &Dimension) -> Vec<String> {
    let levels = dimension.levels().iter().rev();
    let counts =
        levels.map(|level| (found.iter().filter(|j| j.level() == Some(level.value)).count(), &level.name));
    counts.filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect()
}

fn ordinal(coding: &Coding, dimension: &Dimension) -> String {
    let found = positives(coding, dimension);
    let Units { one, many } = &dimension.units;
    if found.is_empty() {
        return format!("None of the {} is covered.", counted(dimension.codes.len(), one, many));
    }
    let verb = if found.len() == 1 { "is" } else { "are" };
    let total = counted(dimension.codes.len(), one, many);
    let mut text =
        format!("{} of {total} {verb} covered ({}).", found.len(), per_level(&found, dimension).join(", "));
    for level in dimension.levels().iter().rev() {
        let names: Vec<String> = found
            .iter()
            .filter(|j| j.level() == Some(level.value))
            .filter_map(|j| dimension.code(j.code().as_str()).map(named))
            .collect();
        if !names.is_empty() {
            let _ = write!(text, " {}: {}.", level.name, listed(&names));
        }
    }
    text
}

fn flags(coding: &Coding, dimension: &Dimension) -> String {
    let total = dimension.codes.len();
    let Units { one, many } = &dimension.units;
    // In codebook order, because stages follow one another.
    let names: Vec<String> = dimension
        .codes
        .iter()
        .filter(|code| coding.judgement(dimension.id.as_str(), code.id.as_str()).is_some())
        .map(named)
        .collect();
    match names.len() {
        0 => format!("None of the {} is addressed.", counted(total, one, many)),
        found if found == total && total > 1 => {
            format!("All {} are addressed: {}.", counted(total, one, many), listed(&names))
        }
        found => {
            let verb = if found == 1 { "is" } else { "are" };
            format!("{found} of {} {verb} addressed: {}.", counted(total, one, many), listed(&names))
        }
    }
}

fn choice(coding: &Coding, dimension: &Dimension) -> String {
    let judgement = positives(coding, dimension).into_iter().next();
    match (judgement, chosen(coding, dimension)) {
        (Some(judgement), Some(code)) => {
            let confidence = judgement.confidence().id();
            format!("{}: {} ({confidence} confidence), told from the text alone.", dimension.name, code.name)
        }
        _ => format!("{}: not determined; nothing in the text decides.", dimension.name),
    }
}

fn chosen<'d>(coding: &Coding, dimension: &'d Dimension) -> Option<&'d Code> {
    let judgement = coding.judgement(dimension.id.as_str(), dimension.id.as_str())?;
    match judgement.value() {
        Value::Choice(Some(code)) => dimension.code(code.as_str()),
        _ => None,
    }
}

fn actors(coding: &Coding, dimension: &Dimension) -> String {
    let Kind::Actor { types } = &dimension.kind else { return String::new() };
    let roles = dimension.codes.iter().map(|role| {
        let actor = coding.actors.iter().find(|a| a.dimension() == &dimension.id && a.role() == &role.id);
        let names: Vec<String> =
            actor.map_or(vec![], |a| a.entities().iter().map(|entity| entity.name.clone()).collect());
        if names.is_empty() {
            return format!("{}: none named.", role.name);
        }
        let given = actor.map_or(&[][..], |a| a.types());
        let given: Vec<String> =
            types.iter().filter(|t| given.contains(&t.id)).map(|t| t.name.to_lowercase()).collect();
        let given = if given.is_empty() { String::new() } else { format!(" ({})", given.join(", ")) };
        format!("{}: {}{given}.", role.name, listed(&names))
    });
    roles.collect::<Vec<_>>().join(" ")
}

/// A code as sentences name it: with its id where the id is a number.
fn named(code: &Code) -> String {
    let numbered = code.id.as_str().starts_with(|c: char| c.is_ascii_digit());
    if numbered { format!("{} ({})", code.name, code.id) } else { code.name.clone() }
}

/// "1 stage", "2 stages".
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// "a, b and c"; names that hold a comma are parted by semicolons; long lists end in "and 3 more".
fn listed(names: &[String]) -> String {
    let comma = if names.iter().any(|n| n.contains(',')) { "; " } else { ", " };
    if names.len() > NAMED {
        return format!("{}{comma}and {} more", names[..NAMED].join(comma), names.len() - NAMED);
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            let and = if comma == "; " { "; and " } else { " and " };
            format!("{}{and}{last}", rest.join(comma))
        }
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
