//! What the text of one instrument says it did to another, where the state of the other does not follow: a text alone ends
//! nothing that the catalogue calls alive, but readers must be told.

use jiff::civil::Date;
use lacuna_domain::DocumentId;
use lacuna_domain::enactment::{Enactment, Position};
use lacuna_domain::relation::Relation;
use lacuna_store::RelationBook;
use lacuna_store::catalogue::{Catalogue, DocumentSet};
use serde::Serialize;

use super::{DocumentLink, words_href};
use crate::address;

/// Another instrument whose text says that it ended this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidEnded {
    /// The other instrument.
    pub by: DocumentLink,
    /// `revokes` or `supersedes`.
    pub kind: &'static str,
    /// The same for readers.
    pub words: &'static str,
    /// Its words.
    pub quote: Option<String>,
    /// Its text, at those words.
    pub href: String,
    /// What counts here all the same, in a sentence for readers.
    pub still: String,
}

impl SaidEnded {
    /// Those that say so of `document` by the day `on`, on which it stands at `position`; none where it is dead anyway.
    pub(super) fn of(
        document: &DocumentId,
        position: &Position,
        on: Date,
        book: &RelationBook,
        link: &dyn Fn(&DocumentId) -> Option<DocumentLink>,
    ) -> Vec<Self> {
        if position.state.is_dead() {
            return vec![];
        }
        let by_then = |(_, since): &(&Relation, Option<Date>)| since.is_none_or(|day| day <= on);
        let one = |(relation, _): (&Relation, Option<Date>)| {
            Some(Self {
                by: link(&relation.from)?,
                kind: relation.kind.id(),
                words: relation.kind.name(),
                quote: relation.passage.as_ref().map(|passage| passage.quote.clone()),
                href: words_href(book, relation).unwrap_or_else(|| address::text(&relation.from)),
                still: still(position),
            })
        };
        let mut said: Vec<Self> = book.said_to_end_one(document).filter(by_then).filter_map(one).collect();
        // A text may say it in several places.
        said.dedup_by(|later, first| later.by.id == first.by.id && later.kind == first.kind);
        said
    }
}

/// What counts of an instrument whatever others say.
fn still(position: &Position) -> String {
    let by = super::related::said_by(&position.source);
    match position.state {
        Enactment::Unknown => "Where it stands is not recorded.".to_owned(),
        state => format!("It still counts as {} {by}.", state.name().to_lowercase()),
    }
}

/// Documents that the text of another says it ended, each with the day since when; those that are dead anyway may be among
/// them. Gathered once for each snapshot.
#[derive(Debug, Default)]
pub struct SaidEndings(Vec<(Date, u32)>);

impl SaidEndings {
    /// Those between documents of `catalogue`.
    pub(crate) fn of(book: &RelationBook, catalogue: &Catalogue) -> Self {
        let one = |(relation, since): (&Relation, Option<Date>)| {
            catalogue.find(relation.from.as_str())?;
            Some((since.unwrap_or(Date::MIN), catalogue.find(relation.to.as_ref()?.as_str())?))
        };
        let mut said: Vec<(Date, u32)> = book.said_to_end().filter_map(one).collect();
        said.sort_unstable();
        said.dedup();
        Self(said)
    }

    /// Those of which it was said by the day `on`.
    pub(crate) fn by(&self, on: Date) -> DocumentSet {
        self.0.iter().take_while(|(since, _)| *since <= on).map(|(_, document)| *document).collect()
    }
}
