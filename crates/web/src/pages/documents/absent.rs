//! What an empty list says that asks for codes: it is an absence, which is told in the words of all absences and, where gaps
//! are counted, can be audited.

use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_domain::{CodeId, Codebook, DimensionId, Filter};
use lacuna_pipeline::analyze::gaps::absence;
use serde::Serialize;

use crate::find::Found;
use crate::pages::gaps;
use crate::state::Snapshot;
use crate::view::narrowed;

/// A code for which no document of a list stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Absent {
    /// The condition, such as `7.5 Lack of oversight: good`.
    pub(crate) label: String,
    /// What its absence says, with the documents in which it was looked for.
    pub(crate) says: String,
    /// What was looked for and what came nearest; of levels and flags alone.
    pub(crate) audit: Option<String>,
}

/// Most codes of which it is told that they are absent: each is looked for among the documents anew.
const TOLD: usize = 20;

/// Each code that a filter without documents asks for, the first [`TOLD`], among the classified documents that pass everything
/// else, words among it. Of words that cannot be read nothing is told.
pub(super) fn absent(found: &Found, snapshot: &Snapshot) -> Vec<Absent> {
    if found.problem.is_some() {
        return vec![];
    }
    let filter = found.selection.filter();
    let conditions = filter.conditions();
    let asked =
        conditions.iter().filter_map(|condition| Some((condition, wanted(condition, &snapshot.codebook)?)));
    let mut last: Option<(Filter, u64)> = None;
    let one = |(condition, (dimension, code)): (&Condition, (&DimensionId, &CodeId))| {
        // Other answers to the same question are alternatives: it was looked for in all that pass the rest. They follow each
        // other, and are counted once.
        let rest = filter.without_subject(condition);
        let counted = last.take().filter(|(before, _)| *before == rest);
        let (rest, classified) = counted.unwrap_or_else(|| {
            let among = found.among(&snapshot.catalogue, &rest);
            let classified = among.documents().intersection_len(snapshot.catalogue.coded());
            (rest, classified)
        });
        let audited = gaps::dimensions(&snapshot.codebook).find(|audited| audited.id == *dimension);
        let audit = audited.map(|audited| narrowed(&gaps::absence::path(audited, code.as_str()), &[], &rest));
        last = Some((rest, classified));
        Absent { label: condition.label(&snapshot.codebook), says: absence(classified), audit }
    };
    asked.take(TOLD).map(one).collect()
}

/// The code of the codebook that a condition wants to be there: a level, a flag, a role, a type of actor in it, or an option.
fn wanted<'c>(condition: &'c Condition, codebook: &Codebook) -> Option<(&'c DimensionId, &'c CodeId)> {
    let (dimension, code) = match condition {
        Condition::Code(dimension, code, test) if *test != CodeTest::Absent => (dimension, code),
        Condition::Option(dimension, code) => (dimension, code),
        _ => return None,
    };
    // That a text does not decide is no code.
    codebook.dimension(dimension.as_str())?.code(code.as_str())?;
    Some((dimension, code))
}
