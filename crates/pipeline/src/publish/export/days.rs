//! The days of documents and where they stand, by the rules by which pages tell them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Position};
use lacuna_domain::relation::StatedDate;
use lacuna_domain::{Document, Terms, TextId, Version};
use lacuna_store::catalogue::Audience;
use lacuna_store::{RelationBook, Store, StoreError};

/// What is known of the days of documents.
pub(super) struct Days {
    book: RelationBook,
    stated: BTreeMap<TextId, Vec<StatedDate>>,
    /// The day on which documents stand where they do.
    on: Date,
}

/// What is known of the life of one document.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The first day of each kind.
    pub(super) days: BTreeMap<DateKind, Option<Date>>,
    /// Where it stands, and who says so.
    pub(super) position: Position,
}

impl Days {
    /// Reads what is known. What a document outside `public` did to another is not told.
    pub(super) async fn read(store: &Store, public: &[Document]) -> Result<Self, StoreError> {
        let public = public.iter().map(|document| document.id.clone()).collect();
        Ok(Self {
            book: store.relation_book(Audience::Public).await?.among(&public),
            stated: store.stated_by_text().await?,
            on: store.day(),
        })
    }

    /// What is known of a document whose latest version is `version`.
    pub(super) fn of(&self, document: &Document, version: Option<&Version>) -> Told {
        let stated = version.and_then(|version| self.stated.get(&version.text)).into_iter().flatten();
        let stated: Vec<StatedDate> = stated.filter(|stated| stated.is_of(&document.id)).cloned().collect();
        let life = self.book.life(&document.id, &document.metadata, Terms::of(&stated));
        let first = |kind| {
            let stated = stated.iter().map(|stated| (stated.kind.date(), stated.date));
            life.days(kind, &document.metadata, stated).first().copied()
        };
        let days = DateKind::ALL.into_iter().map(|kind| (kind, first(kind))).collect();
        Told { days, position: life.on(self.on) }
    }
}
