//! One line of the table of gaps.

use lacuna_domain::Filter;
use lacuna_domain::filter::StateTest;
use lacuna_pipeline::analyze::corrected::Corrected;
use lacuna_pipeline::analyze::gaps::CodeGap;
use serde::Serialize;

use super::{Asked, cell, exactly};
use crate::view::{Reliability, VerdictView};

/// A count that leads to the documents counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Documents.
    pub n: u64,
    /// The list of exactly these documents, where an address can say it.
    pub href: Option<String>,
}

/// The counts of one code in one set, each with its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Documents at any level.
    pub any: Count,
    /// Standing documents at any level.
    pub standing: Count,
    /// Binding documents at any level.
    pub binding: Count,
    /// Binding documents at the highest level.
    pub binding_full: Count,
}

impl Counts {
    /// The counts of `gap`, which was counted in the set of `filter` on the day of the page.
    pub(super) fn of(asked: &Asked, filter: &Filter, gap: &CodeGap) -> Self {
        let link = |n: u64, full: bool, state: Option<StateTest>| {
            let conditions = cell(&asked.dimension, &gap.code, full, state.map(|test| (test, asked.on)));
            Count { n, href: (n > 0).then(|| exactly(filter, &conditions)).flatten() }
        };
        Self {
            any: link(gap.any, false, None),
            standing: link(gap.standing_any, false, Some(StateTest::Standing)),
            binding: link(gap.binding_any, false, Some(StateTest::Binding)),
            binding_full: link(gap.binding_full, true, Some(StateTest::Binding)),
        }
    }
}

/// One code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GapRow {
    /// The code and its counts.
    #[serde(flatten)]
    pub gap: CodeGap,
    /// The counts with their lists.
    #[serde(skip)]
    pub counts: Counts,
    /// What was looked for, and what came nearest.
    pub audit_href: String,
    /// The same code in the other set.
    pub versus: Option<CodeGap>,
    /// Its counts there with their lists.
    #[serde(skip)]
    pub versus_counts: Option<Counts>,
    /// How far labels of the code can be trusted.
    pub trust: Reliability,
    /// Share of the classified documents of the set with the machine’s errors taken out.
    pub corrected: Vec<Corrected>,
    /// The denominator of the bar.
    #[serde(skip)]
    pub of: u64,
}

impl GapRow {
    /// How it stands in the other set.
    pub(crate) fn other(&self) -> Option<VerdictView> {
        self.versus.as_ref().map(|gap| VerdictView(gap.verdict))
    }

    /// How many documents the engine may have missed, in words.
    pub(crate) fn sure(&self) -> String {
        match self.gap.expected_missed {
            None => "no figure".to_owned(),
            Some(missed) if missed < 0.05 => "<0.1".to_owned(),
            Some(missed) => format!("{missed:.1}"),
        }
    }

    /// Left edge and width of a segment of the bar, 0 to 100.
    pub(crate) fn part(&self, from: u64, to: u64) -> (String, String) {
        let place = |n: u64| if self.of == 0 { 0.0 } else { 100.0 * n as f64 / self.of as f64 };
        (format!("{:.2}", place(from)), format!("{:.2}", place(to) - place(from)))
    }
}

/// Rows of one verdict.
#[derive(Debug)]
pub(crate) struct VerdictGroup<'p> {
    pub(crate) verdict: VerdictView,
    pub(crate) rows: Vec<&'p GapRow>,
}
