//! Binding documents that the text of another says it ended: they count as binding, and readers are told.

use lacuna_pipeline::analyze::gaps::States;
use lacuna_store::catalogue::Selection;
use serde::Serialize;

use crate::state::Snapshot;
use crate::view::DocumentLink;

/// Documents that are named; no condition of a list says the same.
const NAMED: usize = 50;

/// Those of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidEndedAmong {
    /// How many of the binding documents that are counted.
    pub count: u64,
    /// The first of them.
    pub documents: Vec<DocumentLink>,
}

impl SaidEndedAmong {
    /// Those of the binding documents that `selection` counts on the day of `states`.
    pub(super) fn of(snapshot: &Snapshot, selection: &Selection, states: &States) -> Self {
        let counted = selection.documents() & snapshot.catalogue.coded();
        let said = counted & states.binding() & snapshot.said_ended.by(states.day());
        let records = said.iter().filter_map(|number| snapshot.catalogue.record(number));
        let documents = records.filter_map(DocumentLink::of_record).take(NAMED).collect();
        Self { count: said.len(), documents }
    }
}
