//! What a set of documents leaves open: for each code, whether anything speaks to it, well, in force and with binding
//! force on a day; and for an empty cell, what was looked for and what came nearest.
//!
//! Binding means hard law by its text *and* in force on the day: by the catalogue's dates or, where it has none, by days
//! that the text sets for the whole instrument, and not ended by another. A draft, a defunct bill or a revoked order
//! never counts as binding, however good its label. A document that came after the day counts for no verdict of that
//! day. An absence is always one among counted documents.

use jiff::civil::Date;
use lacuna_domain::codebook::{Code, Dimension};
use lacuna_domain::filter::{CodeTest, Condition, StateTest};
use lacuna_store::catalogue::{Catalogue, DocumentSet, Selection};
use serde::Serialize;

use super::FEWEST;

#[cfg(test)]
mod tests;

/// How a code stands in a set, the widest gap first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No document that was there on the day speaks to it.
    NoDocument,
    /// Documents that were there speak to it, but each is defunct on the day.
    OnlyDefunct,
    /// Standing documents speak to it, but none of them binds.
    OnlyNonBinding,
    /// Binding documents speak to it, none at the highest level.
    OnlyMinimal,
    /// At least one binding document covers it at the highest level.
    Covered,
}

impl Verdict {
    /// Every verdict, the widest gap first.
    pub const ALL: [Self; 5] =
        [Self::NoDocument, Self::OnlyDefunct, Self::OnlyNonBinding, Self::OnlyMinimal, Self::Covered];

    /// Stable identifier in exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoDocument => "no_document",
            Self::OnlyDefunct => "only_defunct",
            Self::OnlyNonBinding => "only_non_binding",
            Self::OnlyMinimal => "only_minimal",
            Self::Covered => "covered",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDocument => "No document",
            Self::OnlyDefunct => "Only defunct",
            Self::OnlyNonBinding => "Only non-binding",
            Self::OnlyMinimal => "Binding, but only in passing",
            Self::Covered => "Covered well by binding documents",
        }
    }

    /// What it says, for a key.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NoDocument => "no document of the set that was there on the day speaks to it",
            Self::OnlyDefunct => "documents that were there speak to it, but each was defunct on the day",
            Self::OnlyNonBinding => "standing documents speak to it, but none is hard law in force",
            Self::OnlyMinimal => "hard law in force speaks to it, but nowhere at the highest level",
            Self::Covered => "at least one document that is hard law in force covers it at the highest level",
        }
    }
}

/// One code in the set. Every count is of classified documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeGap {
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// Short name.
    pub short: String,
    /// Name of the group, where the dimension has groups.
    pub group: Option<String>,
    /// How it stands.
    pub verdict: Verdict,
    /// Whether documents speak to it, none of them at the highest level, whatever the verdict.
    pub none_at_highest: bool,
    /// Documents above the lowest level.
    pub any: u64,
    /// Documents at the highest level.
    pub full: u64,
    /// Documents above the lowest level that were there on the day, defunct or not: what the verdict is made from.
    pub there_any: u64,
    /// Standing documents above the lowest level.
    pub standing_any: u64,
    /// Standing documents at the highest level.
    pub standing_full: u64,
    /// Binding documents above the lowest level.
    pub binding_any: u64,
    /// Binding documents at the highest level.
    pub binding_full: u64,
    /// How many of the documents without the label the engine expects to speak to the code after all: the sum of its
    /// calibrated probabilities. `None` where it gave none, or nobody asked.
    pub expected_missed: Option<f64>,
}

/// The gaps of one dimension in a set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gaps {
    /// The dimension.
    pub dimension: String,
    /// Name of the dimension.
    pub name: String,
    /// The day on which states are asked for.
    pub on: Date,
    /// Documents of the set.
    pub documents: u64,
    /// Those of them that are classified: the denominator.
    pub classified: u64,
    /// Classified documents that were there on the day, defunct or not: the denominator of every verdict.
    pub there: u64,
    /// Classified documents that are there and not defunct on the day.
    pub standing: u64,
    /// Classified documents that are hard law in force on the day.
    pub binding: u64,
    /// Whether the codebook can tell hard law at all.
    pub knows_form: bool,
    /// Whether enough documents were there on the day to rank codes; below [`FEWEST`] they keep the order of the
    /// codebook.
    pub ranked: bool,
    /// Every code, the widest gap first where ranked.
    pub codes: Vec<CodeGap>,
}

/// Which documents stand and which bind on a day, gathered once for many sets.
#[derive(Clone, Debug)]
pub struct States {
    on: Date,
    there: DocumentSet,
    standing: DocumentSet,
    binding: DocumentSet,
}

impl States {
    /// The states on the day `on`.
    pub fn on(catalogue: &Catalogue, on: Date) -> Self {
        Self {
            on,
            there: catalogue.states_on(on).into_values().fold(DocumentSet::new(), |all, some| all | some),
            standing: catalogue.in_state(StateTest::Standing, on),
            binding: catalogue.in_state(StateTest::Binding, on),
        }
    }

    /// The day.
    pub const fn day(&self) -> Date {
        self.on
    }

    /// Documents that are there and not defunct on the day.
    pub const fn standing(&self) -> &DocumentSet {
        &self.standing
    }

    /// Documents that are hard law in force on the day.
    pub const fn binding(&self) -> &DocumentSet {
        &self.binding
    }
}

/// The gaps of `dimension` among the documents of `selection` on the day of `states`.
pub fn gaps(catalogue: &Catalogue, selection: &Selection, dimension: &Dimension, states: &States) -> Gaps {
    let mut found = verdicts(catalogue, selection, dimension, states);
    let classified = selection.documents() & catalogue.coded();
    for gap in &mut found.codes {
        gap.expected_missed = dimension
            .code(&gap.code)
            .and_then(|code| expected_missed(catalogue, &classified, dimension, code));
    }
    found
}

/// The same without what may have been missed, which costs more than all else: for many sets side by side.
pub fn verdicts(
    catalogue: &Catalogue,
    selection: &Selection,
    dimension: &Dimension,
    states: &States,
) -> Gaps {
    let on = states.on;
    let classified = selection.documents() & catalogue.coded();
    let there = &classified & &states.there;
    let standing = &classified & &states.standing;
    let binding = &classified & &states.binding;
    let sets = Sets {
        catalogue,
        dimension,
        classified: &classified,
        there: &there,
        standing: &standing,
        binding: &binding,
    };
    let mut codes: Vec<CodeGap> = dimension.codes.iter().map(|code| sets.code(code)).collect();
    let ranked = there.len() >= FEWEST;
    if ranked {
        codes.sort_by_key(|c| {
            (c.verdict, c.binding_full, c.binding_any, c.standing_full, c.standing_any, c.full, c.any)
        });
    }
    Gaps {
        dimension: dimension.id.to_string(),
        name: dimension.name.clone(),
        on,
        documents: selection.len(),
        classified: classified.len(),
        there: there.len(),
        standing: standing.len(),
        binding: binding.len(),
        knows_form: catalogue.knows_form(),
        ranked,
        codes,
    }
}

struct Sets<'s> {
    catalogue: &'s Catalogue,
    dimension: &'s Dimension,
    classified: &'s DocumentSet,
    there: &'s DocumentSet,
    standing: &'s DocumentSet,
    binding: &'s DocumentSet,
}

impl Sets<'_> {
    fn code(&self, code: &Code) -> CodeGap {
        let (any, full) = speaking(self.catalogue, self.dimension, code);
        let group = code.group.as_deref().and_then(|id| self.dimension.groups.iter().find(|g| g.id == id));
        let mut found = CodeGap {
            code: code.id.to_string(),
            name: code.name.clone(),
            short: code.short.clone(),
            group: group.map(|g| g.name.clone()),
            verdict: Verdict::NoDocument,
            none_at_highest: false,
            any: any.intersection_len(self.classified),
            full: full.intersection_len(self.classified),
            there_any: any.intersection_len(self.there),
            standing_any: any.intersection_len(self.standing),
            standing_full: full.intersection_len(self.standing),
            binding_any: any.intersection_len(self.binding),
            binding_full: full.intersection_len(self.binding),
            expected_missed: None,
        };
        found.verdict = found.judge();
        found.none_at_highest = found.any > 0 && found.full == 0;
        found
    }
}

/// How many classified documents without the label the engine expects to speak to a code; `None` where it does not say.
fn expected_missed(
    catalogue: &Catalogue,
    classified: &DocumentSet,
    dimension: &Dimension,
    code: &Code,
) -> Option<f64> {
    let missing = classified - &speaking(catalogue, dimension, code).0;
    let (expected, sure) = catalogue.expected(&missing, dimension.id.as_str(), code.id.as_str());
    (missing.is_empty() || sure > 0).then_some(expected)
}

/// The documents that speak to a code at all, and those at its highest level.
fn speaking(catalogue: &Catalogue, dimension: &Dimension, code: &Code) -> (DocumentSet, DocumentSet) {
    let test = |test: CodeTest| {
        catalogue.holding_alone(&Condition::Code(dimension.id.clone(), code.id.clone(), test))
    };
    let highest = dimension.highest();
    (test(CodeTest::Covered), test(CodeTest::Levels { from: highest, to: highest }))
}

impl CodeGap {
    const fn judge(&self) -> Verdict {
        if self.there_any == 0 {
            Verdict::NoDocument
        } else if self.standing_any == 0 {
            Verdict::OnlyDefunct
        } else if self.binding_any == 0 {
            Verdict::OnlyNonBinding
        } else if self.binding_full == 0 {
            Verdict::OnlyMinimal
        } else {
            Verdict::Covered
        }
    }
}

impl Gaps {
    /// How many codes have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.codes.iter().filter(|code| code.verdict == verdict).count()
    }

    /// Classified documents that came after the day, and so count for no verdict.
    pub const fn later(&self) -> u64 {
        self.classified - self.there
    }

    /// The sentence under which every absence stands.
    pub fn absence(&self) -> String {
        let (there, on) = (self.there, self.on);
        if self.later() == 0 {
            return absence(self.classified);
        }
        if there == 0 {
            return format!(
                "none of the {} classified documents was there on {on}, so nothing is said of that day",
                self.classified
            );
        }
        let were = match there {
            1 => "1 document that was".to_owned(),
            n => format!("{n} documents that were"),
        };
        format!("no AI-specific instrument among the {were} there on {on}, of {}; {GENERAL}", self.classified)
    }
}

/// What no absence of this corpus can tell.
const GENERAL: &str = "laws of general application are not in this corpus";

/// The sentence under which every absence among `n` documents stands. Nothing is absent from an empty set.
pub fn absence(n: u64) -> String {
    match n {
        0 => "no classified document is in this set, so nothing is said of what exists".to_owned(),
        1 => format!("no AI-specific instrument among this 1 document; {GENERAL}"),
        n => format!("no AI-specific instrument among these {n} documents; {GENERAL}"),
    }
}

/// The classified documents of `within` that speak to the code, and those that do not.
pub fn parted(
    catalogue: &Catalogue,
    within: &DocumentSet,
    dimension: &Dimension,
    code: &Code,
) -> (DocumentSet, DocumentSet) {
    let classified = within & catalogue.coded();
    let (any, _) = speaking(catalogue, dimension, code);
    (&classified & &any, &classified - &any)
}
