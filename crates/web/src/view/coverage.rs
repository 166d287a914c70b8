//! How often the codes of a dimension are found over all coded documents.

use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, UNDETERMINED};
use lacuna_domain::{CodeId, Filter};
use lacuna_store::catalogue::{Catalogue, DocumentSet, Selection};
use serde::Serialize;

use super::{Bar, Reliability};
use crate::address;
use crate::state::{Snapshot, list_href};
use lacuna_pipeline::analyze::corrected::Corrected;

/// One code and how many documents speak to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeLine {
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// Short name.
    pub short: String,
    /// Counts over coded documents.
    pub bar: Bar,
    /// Address of the code's page.
    pub href: String,
    /// The documents counted at the highest level.
    pub full_href: String,
    /// The documents counted at the levels between, where there are any.
    pub half_href: Option<String>,
    /// The documents counted at any positive level.
    pub any_href: String,
    /// How far labels of the code can be trusted; `None` where it is not asked for.
    pub trust: Option<Reliability>,
    /// The share with the machine's errors taken out, one for each sample of which people read enough.
    pub corrected: Vec<Corrected>,
}

/// The codes of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineGroup {
    /// Name of the group; empty where the dimension has none.
    pub name: String,
    /// Its codes.
    pub lines: Vec<CodeLine>,
}

/// One dimension over all coded documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// The dimension's id.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// The question.
    pub question: String,
    /// `ordinal`, `flag`, `choice` or `actor`.
    pub kind: &'static str,
    /// Coded documents: the denominator.
    pub of: usize,
    /// Name of the highest level.
    pub full_name: String,
    /// Name of the levels between; empty when there are none.
    pub half_name: String,
    /// In codebook order.
    pub groups: Vec<LineGroup>,
    /// Address of the dimension's page.
    pub href: String,
}

impl Coverage {
    /// The coverage of `dimension` over the coded documents of `selection`.
    pub fn of(catalogue: &Catalogue, selection: &Selection, dimension: &Dimension) -> Self {
        let lines = match dimension.kind {
            Kind::Choice => choice_lines(catalogue, selection, dimension),
            _ => code_lines(catalogue, selection, dimension),
        };
        let levels = dimension.levels();
        Self {
            id: dimension.id.to_string(),
            name: dimension.name.clone(),
            question: dimension.question.clone(),
            kind: super::section::kind(dimension),
            of: selection.documents().intersection_len(catalogue.coded()) as usize,
            full_name: levels.last().map_or_else(|| full_name(dimension).to_owned(), |l| l.name.clone()),
            half_name: levels
                .iter()
                .skip(1)
                .take(levels.len().saturating_sub(2))
                .map(|l| l.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            groups: grouped(dimension, lines),
            href: address::dimension(dimension.id.as_str()),
        }
    }

    /// The coverage of `dimension` with what is known of each code: how far its labels can be trusted, and its share of
    /// the classified documents of `selection` with the machine's errors taken out, where people read enough of them.
    pub fn known(snapshot: &Snapshot, selection: &Selection, dimension: &Dimension) -> Self {
        let catalogue = &snapshot.catalogue;
        let mut coverage = Self::of(catalogue, selection, dimension);
        let choice = matches!(dimension.kind, Kind::Choice);
        let within = selection.documents() & catalogue.coded();
        for line in coverage.groups.iter_mut().flat_map(|group| &mut group.lines) {
            let filed = if choice { dimension.id.as_str() } else { line.code.as_str() };
            line.trust = Some(snapshot.trust(dimension.id.as_str(), filed));
            if let Ok(code) = line.code.parse::<CodeId>() {
                let condition = if choice {
                    Condition::Option(dimension.id.clone(), code)
                } else {
                    Condition::Code(dimension.id.clone(), code, CodeTest::Covered)
                };
                line.corrected = corrected(snapshot, &within, &condition);
            }
        }
        coverage
    }

    /// Whether lines say how far their labels can be trusted.
    pub fn shows_trust(&self) -> bool {
        self.lines().any(|line| line.trust.is_some())
    }

    /// Columns of the table.
    pub fn columns(&self) -> usize {
        4 + usize::from(!self.half_name.is_empty()) + usize::from(self.shows_trust())
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = &CodeLine> {
        self.groups.iter().flat_map(|g| g.lines.iter())
    }

    /// Codes found in no document at the highest level, then the rarest; at most `limit`.
    pub fn rarest(&self, limit: usize) -> Vec<&CodeLine> {
        let mut lines: Vec<&CodeLine> = self.lines().collect();
        lines.sort_by_key(|l| (l.bar.full, l.bar.any()));
        lines.truncate(limit);
        lines
    }

    /// The most frequent codes; at most `limit`.
    pub fn most(&self, limit: usize) -> Vec<&CodeLine> {
        let mut lines: Vec<&CodeLine> = self.lines().collect();
        lines.sort_by_key(|l| std::cmp::Reverse((l.bar.any(), l.bar.full)));
        lines.truncate(limit);
        lines
    }

    /// Whether codes are numbered, so that the number is worth showing.
    pub fn numbered(&self) -> bool {
        self.groups.iter().any(|group| !group.name.is_empty())
    }
}

/// The corrected share of the documents `within` for which a condition on labels holds.
pub(crate) fn corrected(snapshot: &Snapshot, within: &DocumentSet, condition: &Condition) -> Vec<Corrected> {
    if snapshot.decided.is_empty() {
        return vec![];
    }
    let holds = snapshot.catalogue.holding_alone(condition);
    snapshot.decided.share(within, &[(condition, &holds)])
}

const fn full_name(dimension: &Dimension) -> &'static str {
    match dimension.kind {
        Kind::Actor { .. } => "named",
        Kind::Choice => "chosen",
        _ => "found",
    }
}

fn code_lines(
    catalogue: &Catalogue,
    selection: &Selection,
    dimension: &Dimension,
) -> Vec<(Option<String>, CodeLine)> {
    let table = catalogue.code_table(selection, dimension);
    let filter = selection.filter();
    table
        .into_iter()
        .filter_map(|counts| {
            let code = dimension.code(counts.code.as_str())?;
            let highest = dimension.highest();
            let full = counts.levels.iter().find(|(level, _)| *level == highest).map_or(0, |(_, n)| *n);
            let with = |test: CodeTest| {
                let condition = Condition::Code(dimension.id.clone(), counts.code.clone(), test);
                list_href(&filter.with(&condition))
            };
            let graded = dimension.levels().len() > 2;
            let levels = |from: u8, to: u8| with(CodeTest::Levels { from, to });
            let line = CodeLine {
                code: code.id.to_string(),
                name: code.name.clone(),
                short: code.short.clone(),
                bar: Bar {
                    full: full as usize,
                    half: counts.covered.saturating_sub(full) as usize,
                    of: counts.coded as usize,
                },
                href: address::code(dimension.id.as_str(), code.id.as_str()),
                full_href: if graded { levels(highest, highest) } else { with(CodeTest::Covered) },
                half_href: graded.then(|| levels(dimension.lowest() + 1, highest - 1)),
                any_href: with(CodeTest::Covered),
                trust: None,
                corrected: vec![],
            };
            Some((code.group.clone(), line))
        })
        .collect()
}

fn choice_lines(
    catalogue: &Catalogue,
    selection: &Selection,
    dimension: &Dimension,
) -> Vec<(Option<String>, CodeLine)> {
    let of = selection.documents().intersection_len(catalogue.coded()) as usize;
    let line = |id: &CodeId, name: &str| {
        let condition = Condition::Option(dimension.id.clone(), id.clone());
        let filter: Filter = selection.filter().only(&condition);
        let full = catalogue.count(&filter) as usize;
        let list = list_href(&filter);
        CodeLine {
            code: id.to_string(),
            name: name.to_owned(),
            short: name.to_owned(),
            bar: Bar { full, half: 0, of },
            href: if dimension.code(id.as_str()).is_some() {
                address::code(dimension.id.as_str(), id.as_str())
            } else {
                list.clone()
            },
            any_href: list.clone(),
            full_href: list,
            half_href: None,
            trust: None,
            corrected: vec![],
        }
    };
    let mut lines: Vec<(Option<String>, CodeLine)> =
        dimension.codes.iter().map(|c| (None, line(&c.id, &c.name))).collect();
    if let Ok(undetermined) = UNDETERMINED.parse::<CodeId>() {
        let undetermined = line(&undetermined, "Not determined");
        if undetermined.bar.full > 0 {
            lines.push((None, undetermined));
        }
    }
    lines
}

fn grouped(dimension: &Dimension, lines: Vec<(Option<String>, CodeLine)>) -> Vec<LineGroup> {
    let mut groups: Vec<(Option<String>, LineGroup)> = Vec::new();
    for (id, line) in lines {
        if let Some((_, group)) = groups.last_mut().filter(|(last, _)| *last == id) {
            group.lines.push(line);
        } else {
            let name = id
                .as_deref()
                .and_then(|id| dimension.groups.iter().find(|g| g.id == id))
                .map_or_else(String::new, |g| g.name.clone());
            groups.push((id, LineGroup { name, lines: vec![line] }));
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The coverage of every dimension, in the order of the codebook, with what is known of each code.
pub fn coverages(snapshot: &Snapshot, selection: &Selection) -> Vec<Coverage> {
    snapshot.codebook.dimensions.iter().map(|d| Coverage::known(snapshot, selection, d)).collect()
}
