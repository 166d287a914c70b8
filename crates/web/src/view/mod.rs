//! Pieces that several pages show, as plain structs: each serialises to JSON and is drawn by a template part.

use lacuna_domain::filter::Field;

pub mod chart;
mod chrome;
mod coverage;
mod dataset;
mod date_form;
mod facts;
mod graph;
mod label;
mod levels;
mod outline;
mod own_columns;
mod parts;
mod provenance;
mod related;
pub mod reliability;
pub mod review_mark;
mod role;
mod said;
mod section;
mod set;
mod strip;
mod verdict;
mod year_form;

pub use chrome::{Chrome, Crumb, Section};
pub(crate) use coverage::corrected;
pub use coverage::{Coverage, coverages};
pub(crate) use dataset::{Dataset, in_script};
pub use date_form::{DateForm, DateGroup};
pub(crate) use facts::enactment_of;
pub use facts::{DocumentLink, Event, Facts, VersionFacts};
pub use graph::{Graph, Neighbour};
pub(crate) use label::code_href;
pub use label::{Glyph, LabelView, QuoteView, RejectionView, Where, percent};
pub use levels::{LevelKey, level_keys};
pub use outline::{Outline, OutlineEntry};
pub(crate) use own_columns::{OwnColumn, OwnColumns, offers_choice};
pub use parts::PartView;
pub use provenance::{Provenance, RunFacts, day};
pub use related::{Banner, Moment, Related, RelationView, words_href};
pub use reliability::{Reliability, Trusts};
pub(crate) use role::type_name;
pub use role::{EntityView, RoleView};
pub use said::{SaidEnded, SaidEndings};
pub(crate) use section::kind;
pub use section::{DimensionSection, dimension_sections};
pub(crate) use set::unknown_column;
pub use set::{Offer, Offers, Own, SetForm, SetSelect, narrowed};
pub(crate) use strip::share;
pub use strip::{Bar, Cell, Strip, StripGroup};
pub use verdict::VerdictView;
pub use year_form::{YearForm, unposed};

/// Every field, in the order in which readers are offered them: as facets, as axes, in forms.
pub(crate) const FIELDS: [Field; 14] = [
    Field::Jurisdiction,
    Field::Authority,
    Field::Enactment,
    Field::Collection,
    Field::ParentAuthority,
    Field::AppliesTo,
    Field::Language,
    Field::Source,
    Field::Tag,
    Field::Licence,
    Field::UnreviewedOutput,
    Field::Fiction,
    Field::Reviewed,
    Field::Coded,
];

/// `text` with a capital letter at its beginning.
pub(crate) fn capital(text: impl AsRef<str>) -> String {
    let mut letters = text.as_ref().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The ending of a counted noun: none for one, `s` for any other number.
pub(crate) fn s(count: impl std::fmt::Display) -> &'static str {
    if count.to_string() == "1" { "" } else { "s" }
}

/// The first `most` of all, and how many are left out.
pub(crate) fn at_most<T>(most: usize, mut all: Vec<T>) -> (Vec<T>, usize) {
    let left_out = all.len().saturating_sub(most);
    all.truncate(most);
    (all, left_out)
}

/// `one` for one, `many` for any other number.
pub(crate) fn verb<'w>(count: impl std::fmt::Display, one: &'w str, many: &'w str) -> &'w str {
    if count.to_string() == "1" { one } else { many }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn readers_are_offered_every_field_of_the_catalogue() {
        assert_eq!(BTreeSet::from(FIELDS), BTreeSet::from(Field::ALL));
    }
}
