//! Rows of tables of the dates that texts state.

use lacuna_domain::relation::{Reckoned, StatedDate};

/// A date that a passage of a document states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRow<'r> {
    /// Document id.
    pub document: &'r str,
    /// The name to show first.
    pub title: &'r str,
    /// What its text states.
    pub stated: &'r StatedDate,
    /// Invented for demonstration.
    pub fiction: bool,
}

impl DateRow<'_> {
    /// Column names.
    pub const COLUMNS: [&'static str; 9] =
        ["document", "title", "kind", "date", "whole", "passage", "quote", "reckoned", "fiction"];

    /// The cells in the order of the columns, words as they stand in the text.
    pub fn cells(&self) -> [String; 9] {
        let StatedDate { kind, date, whole, passage, reckoned } = self.stated;
        [
            self.document.to_owned(),
            self.title.to_owned(),
            kind.date().id().to_owned(),
            date.to_string(),
            whole.to_string(),
            passage.passage.to_string(),
            passage.quote.clone(),
            reckoned.as_ref().map(Reckoned::words).unwrap_or_default(),
            self.fiction.to_string(),
        ]
    }
}
