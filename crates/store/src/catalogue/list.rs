//! Orders and pages of a selection.

use std::cmp::{Ordering, Reverse};

use lacuna_domain::filter::Sort;
use roaring::RoaringBitmap;

use super::Catalogue;
use super::select::Selection;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Document numbers, in order; empty behind the last page.
    pub documents: Vec<u32>,
    /// Documents in the whole list.
    pub total: u64,
    /// This page, from 1.
    pub page: u32,
    /// Pages there are, at least 1.
    pub pages: u32,
    /// Place of the first document shown, from 1; 0 on an empty page.
    pub first: u64,
}

impl Catalogue {
    /// Every document of the selection in the order its filter asks for.
    pub fn in_order(&self, selection: &Selection) -> Vec<u32> {
        let mut documents: Vec<u32> = selection.documents.iter().collect();
        self.sort(&mut documents, selection, usize::MAX);
        documents
    }

    /// The page of the selection that its filter asks for.
    pub fn page(&self, selection: &Selection) -> Page {
        let (page, per_page) = (selection.filter.page.max(1), selection.filter.per_page.max(1));
        let total = selection.len();
        let pages = u32::try_from(total.div_ceil(u64::from(per_page))).unwrap_or(u32::MAX).max(1);
        let start = (page as usize - 1).saturating_mul(per_page as usize);
        let length = selection.len() as usize;
        if start >= length {
            return Page { documents: vec![], total, page, pages, first: 0 };
        }
        let end = (start + per_page as usize).min(length);
        let mut documents = self.foremost(selection, end);
        self.sort(&mut documents, selection, end);
        let documents = documents[start..end].to_vec();
        Page { documents, total, page, pages, first: start as u64 + 1 }
    }

    /// Documents among which the first `wanted` of the order are: by date those of as many years as hold so many, since
    /// a page shows a few of very many.
    fn foremost(&self, selection: &Selection, wanted: usize) -> Vec<u32> {
        let dated =
            self.columns.years.iter().filter(|(year, _)| year.is_some()).map(|(_, documents)| documents);
        let years: Vec<&RoaringBitmap> = match selection.filter.order() {
            Sort::Newest => dated.rev().collect(),
            Sort::Oldest => dated.collect(),
            _ => return selection.documents.iter().collect(),
        };
        let mut found = Vec::new();
        for documents in years.into_iter().chain(self.columns.years.get(&None)) {
            if found.len() >= wanted {
                break;
            }
            found.extend(documents & &selection.documents);
        }
        found
    }

    /// Puts the first `wanted` documents in order; the rest follows in any order.
    fn sort(&self, documents: &mut Vec<u32>, selection: &Selection, wanted: usize) {
        match selection.filter.order() {
            Sort::Id => {}
            Sort::Title => top(documents, wanted, |row| self.columns.title_ranks.get(row as usize).copied()),
            Sort::Newest => top(documents, wanted, |row| Reverse(self.date(row))),
            Sort::Oldest => top(documents, wanted, |row| (self.date(row).is_none(), self.date(row))),
            Sort::Coverage => top(documents, wanted, |row| Reverse(self.columns.labels.covered(row))),
            Sort::Relevance => top(documents, wanted, |row| Reverse(Score(selection.score(row)))),
        }
    }

    fn date(&self, row: u32) -> Option<jiff::civil::Date> {
        self.columns.dates.get(row as usize).copied().flatten()
    }
}

impl Selection {
    /// The document's score for the filter's words; 0 without words.
    pub fn score(&self, number: u32) -> f32 {
        let at = self.scores.binary_search_by_key(&number, |(document, _)| *document);
        at.ok().and_then(|at| self.scores.get(at)).map_or(0.0, |(_, score)| *score)
    }
}

/// Sorts by key, then by number, as far as `wanted` goes.
fn top<K: Ord>(documents: &mut Vec<u32>, wanted: usize, key: impl Fn(u32) -> K) {
    let mut keyed: Vec<(K, u32)> = documents.iter().map(|row| (key(*row), *row)).collect();
    if wanted < keyed.len() && wanted > 0 {
        keyed.select_nth_unstable(wanted - 1);
        keyed[..wanted].sort_unstable();
    } else {
        keyed.sort_unstable();
    }
    *documents = keyed.into_iter().map(|(_, row)| row).collect();
}

/// A score that can be compared.
struct Score(f32);

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}
