//! What an empty list says that asks for codes: it is an absence, which is told in the words of all absences and can be
//! audited.

use lacuna_domain::Filter;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_pipeline::analyze::gaps::absence;
use serde::Serialize;

use crate::pages::gaps::absence::path;
use crate::state::Snapshot;
use crate::view::narrowed;

/// A code for which no document of a list stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Absent {
    /// The condition, such as `7.5 Lack of oversight: good`.
    pub(crate) label: String,
    /// What its absence says, with the documents in which it was looked for.
    pub(crate) says: String,
    /// What was looked for and what came nearest.
    pub(crate) audit: String,
}

/// Each code that a filter without documents asks for, among the classified documents that pass everything else. Lists found by
/// words say nothing of codes.
pub(super) fn absent(filter: &Filter, snapshot: &Snapshot) -> Vec<Absent> {
    if !filter.words.is_empty() {
        return vec![];
    }
    filter.conditions().iter().filter_map(|condition| one(filter, condition, snapshot)).collect()
}

fn one(filter: &Filter, condition: &Condition, snapshot: &Snapshot) -> Option<Absent> {
    let Condition::Code(dimension, code, test) = condition else { return None };
    let audited = |d: &&Dimension| matches!(d.kind, Kind::Ordinal { .. } | Kind::Flag);
    let dimension = snapshot.codebook.dimension(dimension.as_str()).filter(audited)?;
    if *test == CodeTest::Absent {
        return None;
    }
    let rest = filter.without(condition);
    let among = snapshot.catalogue.select(&rest, None);
    let classified = among.documents().intersection_len(snapshot.catalogue.coded());
    let path = path(dimension, code.as_str());
    Some(Absent {
        label: condition.label(&snapshot.codebook),
        says: absence(classified),
        audit: narrowed(&path, &[], &rest),
    })
}
