//! What became of a source: counts, and every file that needs a word.

use std::collections::BTreeMap;
use std::fmt;

use lacuna_store::Arrival;
use serde::Serialize;

use super::Noted;

/// The result of one ingest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Documents not seen before.
    pub new: usize,
    /// Documents with a new text.
    pub changed: usize,
    /// Documents whose catalogue data alone changed.
    pub metadata_changed: usize,
    /// Documents as they were.
    pub unchanged: usize,
    /// Documents taken that have no text in the source, with the reason.
    pub without_text: Vec<Noted>,
    /// Documents taken whose text is too poor to be classified, with the faults.
    pub flagged: Vec<Noted>,
    /// Documents of this source that share their text with another of it.
    pub duplicates: Vec<Noted>,
    /// Files passed over on purpose.
    pub skipped: Vec<Noted>,
    /// Files and rows that could not be taken. Not empty: the command ends with exit code 2.
    pub failed: Vec<Noted>,
    /// What could not be read of documents that were taken.
    pub warnings: Vec<Noted>,
    /// Sheets of imported labels added.
    pub label_sheets: usize,
}

/// How many lines of one kind a terminal shows before it counts the rest; JSON has them all.
const SHOWN: usize = 20;

impl Summary {
    /// Documents that are in the store after this ingest because of it or before it.
    pub const fn taken(&self) -> usize {
        self.new + self.changed + self.metadata_changed + self.unchanged
    }

    /// Whether everything went in.
    pub const fn complete(&self) -> bool {
        self.failed.is_empty()
    }

    pub(super) const fn count(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::New => self.new += 1,
            Arrival::Changed => self.changed += 1,
            Arrival::MetadataChanged => self.metadata_changed += 1,
            Arrival::Unchanged => self.unchanged += 1,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            ("new", self.new),
            ("changed", self.changed),
            ("metadata changed", self.metadata_changed),
            ("unchanged", self.unchanged),
            ("skipped", self.skipped.len()),
            ("failed", self.failed.len()),
        ];
        for (name, count) in counts {
            writeln!(f, "{name:<18}{count:>8}")?;
        }
        if self.label_sheets > 0 {
            writeln!(f, "{:<18}{:>8}", "label sheets", self.label_sheets)?;
        }
        let lists = [
            ("failed", &self.failed),
            ("skipped", &self.skipped),
            ("taken without text", &self.without_text),
            ("taken but too poor to classify", &self.flagged),
            ("same text under several ids", &self.duplicates),
            ("warnings", &self.warnings),
        ];
        lists.into_iter().try_for_each(|(title, notes)| list(f, title, notes))
    }
}

/// Notes with the same reason stand together.
fn list(f: &mut fmt::Formatter<'_>, title: &str, notes: &[Noted]) -> fmt::Result {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}:")?;
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for note in notes {
        by_reason.entry(&note.reason).or_default().push(&note.item);
    }
    for (reason, items) in by_reason.iter().take(SHOWN) {
        let more = items.len().saturating_sub(3);
        let named = items.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(f, "  {named}{more}: {reason}")?;
    }
    let hidden = by_reason.len().saturating_sub(SHOWN);
    if hidden > 0 { writeln!(f, "  … and {hidden} more; --json lists all") } else { Ok(()) }
}
