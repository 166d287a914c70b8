//! The relations of one moment, found by the documents on either side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::civil::Date;
use lacuna_domain::enactment::{Ending, Life};
use lacuna_domain::relation::{Cited, Relation, RelationSource};
use lacuna_domain::{DocumentId, Metadata, Terms, TextId};
use serde::{Deserialize, Serialize};

use super::counting;

/// Every relation that holds, and whose life ended by one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RelationBook {
    relations: Vec<Relation>,
    endings: BTreeMap<DocumentId, Vec<(Ending, bool)>>,
    /// Documents of which people quoted a text that is no longer theirs, with that text.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    moved: BTreeSet<(DocumentId, TextId)>,
    /// Where the relations of each document stand, told when it is asked for first.
    #[serde(skip)]
    sides: OnceLock<Sides>,
}

/// The places of relations among all, in the order of the documents on one side and then of the places.
#[derive(Clone, Debug, Default)]
struct Sides {
    from: Vec<u32>,
    to: Vec<u32>,
}

impl Sides {
    fn of(relations: &[Relation]) -> Self {
        let sorted = |side: Side| {
            let placed = relations.iter().zip(0_u32..);
            let mut placed: Vec<(&DocumentId, u32)> =
                placed.filter_map(|(relation, place)| Some((side.of(relation)?, place))).collect();
            placed.sort_unstable();
            placed.into_iter().map(|(_, place)| place).collect()
        };
        Self { from: sorted(Side::From), to: sorted(Side::To) }
    }
}

/// A side of a relation.
#[derive(Clone, Copy, Debug)]
enum Side {
    From,
    To,
}

impl Side {
    /// The document that stands there; `None` where the corpus has none.
    const fn of(self, relation: &Relation) -> Option<&DocumentId> {
        match self {
            Self::From => Some(&relation.from),
            Self::To => relation.to.as_ref(),
        }
    }
}

impl RelationBook {
    pub(super) fn new(
        relations: Vec<Relation>,
        endings: BTreeMap<DocumentId, Vec<(Ending, bool)>>,
        moved: BTreeSet<(DocumentId, TextId)>,
    ) -> Self {
        Self { relations, endings, moved, sides: OnceLock::new() }
    }

    /// Every relation.
    pub fn all(&self) -> &[Relation] {
        &self.relations
    }

    /// The relations in which a document stands on either side.
    pub fn of(&self, id: &DocumentId) -> impl Iterator<Item = &Relation> {
        let mut places = [self.places(Side::From, id), self.places(Side::To, id)].concat();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(move |place| self.at(place))
    }

    /// The relations by which a text alone says that its instrument ended another, each with the day since when, where known.
    /// That ends nothing which the catalogue calls alive; what could not have ended anything, as a bill could not, says
    /// nothing here.
    pub fn said_to_end(&self) -> impl Iterator<Item = (&Relation, Option<Date>)> {
        self.relations.iter().filter_map(move |relation| self.said(relation))
    }

    /// Those of them by which a text says so of this document.
    pub fn said_to_end_one(&self, id: &DocumentId) -> impl Iterator<Item = (&Relation, Option<Date>)> {
        let places = self.places(Side::To, id).iter();
        places.filter_map(move |place| self.said(self.at(*place)?))
    }

    fn said<'b>(&'b self, relation: &'b Relation) -> Option<(&'b Relation, Option<Date>)> {
        if !relation.ends() || relation.source != RelationSource::Text {
            return None;
        }
        let endings = self.endings.get(relation.to.as_ref()?)?;
        let by_it = |(ending, decided): &&(Ending, bool)| !decided && ending.by == relation.from;
        Some((relation, endings.iter().find(by_it)?.0.on))
    }

    /// The words of a relation where they can be read in the current text of its document.
    pub fn readable<'r>(&self, relation: &'r Relation) -> Option<&'r Cited> {
        let cited = relation.passage.as_ref()?;
        (!self.moved.contains(&(relation.from.clone(), cited.text.clone()))).then_some(cited)
    }

    fn at(&self, place: u32) -> Option<&Relation> {
        self.relations.get(place as usize)
    }

    /// The places of the relations that have a document on one side.
    fn places(&self, side: Side, id: &DocumentId) -> &[u32] {
        let sides = self.sides.get_or_init(|| Sides::of(&self.relations));
        let sorted = match side {
            Side::From => &sides.from,
            Side::To => &sides.to,
        };
        let at_side = |place: u32| self.at(place).and_then(|relation| side.of(relation));
        let first = sorted.partition_point(|place| at_side(*place) < Some(id));
        let last = sorted.partition_point(|place| at_side(*place) <= Some(id));
        sorted.get(first..last).unwrap_or_default()
    }

    /// What of it is between these documents, or leads from one of them to an instrument that is not catalogued.
    #[must_use]
    pub fn among(mut self, documents: &BTreeSet<DocumentId>) -> Self {
        let known = |id: &DocumentId| documents.contains(id);
        self.sides = OnceLock::new();
        self.relations.retain(|relation| relation.is_among(documents));
        self.endings.retain(|id, _| known(id));
        self.moved.retain(|(id, _)| known(id));
        for endings in self.endings.values_mut() {
            endings.retain(|(ending, _)| known(&ending.by));
        }
        self
    }

    /// What other instruments did to a document, as far as it counts.
    pub(crate) fn endings(&self, id: &DocumentId, metadata: &Metadata) -> Vec<Ending> {
        counting(self.endings.get(id).cloned().unwrap_or_default(), metadata)
    }

    /// The life of a document, with what other instruments did to it and what its text sets for the whole of it.
    pub fn life(&self, id: &DocumentId, metadata: &Metadata, terms: Terms) -> Life {
        Life::of(metadata, &self.endings(id, metadata)).by_its_text(terms)
    }
}
