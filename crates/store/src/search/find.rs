//! Searching: an index joined to a catalogue.

use std::cell::RefCell;
use std::sync::Arc;

use jiff::civil::Date;
use roaring::RoaringBitmap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::SearchError;
use super::damage::sound;
use super::facts::Facts;
use super::index::{PLACE, SearchIndex};
use super::parameters::Parameters;
use super::plan::{Planner, Wanted, Words};
use super::query::{Query, parse};
use crate::catalogue::{Catalogue, Matches};

/// An index and the numbers that one catalogue gives its documents; kept beside the catalogue.
#[derive(Clone, Debug)]
pub struct Search {
    pub(super) index: Arc<SearchIndex>,
    /// The catalogue's number by place in the index; `None` for documents that the catalogue does not have.
    numbers: Vec<Option<u32>>,
    /// Place in the index by the catalogue's number.
    places: Vec<Option<u32>>,
}

/// What a search found.
#[derive(Debug)]
pub struct Found {
    /// Documents and scores, for [`Catalogue::select`].
    pub matches: Matches,
    pub(super) query: Query,
    pub(super) wanted: Wanted,
}

impl Search {
    /// Joins an index to a catalogue.
    pub fn new(index: Arc<SearchIndex>, catalogue: &Catalogue) -> Self {
        let numbers: Vec<Option<u32>> = index.ids.iter().map(|id| catalogue.find(id.as_str())).collect();
        let mut places = vec![None; catalogue.len() as usize];
        for (place, number) in numbers.iter().enumerate() {
            if let Some(slot) = number.and_then(|number| places.get_mut(number as usize)) {
                *slot = Some(place as u32);
            }
        }
        Self { index, numbers, places }
    }

    /// The documents that match what a reader typed; `catalogue` is the one that the index was joined to, and tells what
    /// `jurisdiction:` and the other fields mean, enactment as of `on`.
    pub fn find(&self, catalogue: &Catalogue, words: &str, on: Option<Date>) -> Result<Found, SearchError> {
        let query = parse(words, &Parameters::of(catalogue))?;
        let facts = Facts { catalogue, places: &self.places, on, read: RefCell::default() };
        let plan =
            Planner { fields: self.index.documents.fields, words: self.words(), facts }.plan(&query)?;
        let hits = sound(|| Ok(self.index.documents.reader.searcher().search(&plan, &Scores)?))?;
        let mut scores: Vec<(u32, f32)> = hits
            .into_iter()
            .filter_map(|(place, score)| Some(((*self.numbers.get(place as usize)?)?, score)))
            .collect();
        scores.sort_unstable_by_key(|(number, _)| *number);
        let documents: RoaringBitmap = scores.iter().map(|(number, _)| *number).collect();
        let wanted = Wanted::of(&query, &self.index.stems);
        Ok(Found { matches: Matches { documents, scores }, query, wanted })
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words { stems: &self.index.stems }
    }

    /// The document's place in the index.
    pub(super) fn place(&self, number: u32) -> Option<u32> {
        self.places.get(number as usize).copied().flatten()
    }
}

/// Collects the place and score of every match.
pub(super) struct Scores;

pub(super) struct SegmentScores {
    places: Arc<dyn ColumnValues<u64>>,
    found: Vec<(u32, f32)>,
}

impl Collector for Scores {
    type Fruit = Vec<(u32, f32)>;
    type Child = SegmentScores;

    fn for_segment(
        &self,
        _ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentScores> {
        let places = segment.fast_fields().column_first_or_default::<u64>(PLACE)?;
        Ok(SegmentScores { places, found: vec![] })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(u32, f32)>>) -> tantivy::Result<Vec<(u32, f32)>> {
        Ok(fruits.concat())
    }
}

impl SegmentCollector for SegmentScores {
    type Fruit = Vec<(u32, f32)>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.found.push((self.places.get_val(document) as u32, score));
    }

    fn harvest(self) -> Vec<(u32, f32)> {
        self.found
    }
}
