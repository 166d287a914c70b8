//! A set of documents, known by their places, as a part of a query; which documents are in it has no weight in ranking.

use std::sync::Arc;

use roaring::RoaringBitmap;
use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TantivyError};

use super::index::PLACE;

/// Matches the documents at these places.
#[derive(Clone, Debug)]
pub(super) struct Among(pub(super) Arc<RoaringBitmap>);

impl Query for Among {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Among {
    fn scorer(&self, segment: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let places = segment.fast_fields().column_first_or_default::<u64>(PLACE)?;
        let mut held = BitSet::with_max_value(segment.max_doc());
        let within = |document: &DocId| {
            u32::try_from(places.get_val(*document)).is_ok_and(|place| self.0.contains(place))
        };
        for document in (0..segment.max_doc()).filter(within) {
            held.insert(document);
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(held), 0.0)))
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        if self.scorer(segment, 1.0)?.seek(document) != document {
            return Err(TantivyError::InvalidArgument(format!("document {document} is not in the set")));
        }
        Ok(Explanation::new("among a set of documents", 0.0))
    }
}
