//! Columns of the catalogue: strings in one buffer, field values as numbers with a bitmap each.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use lacuna_domain::filter::NONE;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

/// One string per document in one buffer: 4 bytes of overhead each.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct TextColumn {
    buffer: String,
    ends: Vec<u32>,
}

impl TextColumn {
    pub(super) fn push(&mut self, text: &str) {
        self.buffer.push_str(text);
        self.ends.push(self.buffer.len() as u32);
    }

    pub(super) fn get(&self, row: u32) -> &str {
        let at = row as usize;
        let end = self.ends.get(at).copied().unwrap_or_default() as usize;
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or_default() as usize };
        self.buffer.get(start..end).unwrap_or_default()
    }

    pub(super) fn len(&self) -> u32 {
        self.ends.len() as u32
    }
}

/// Different values in ascending order, each with the bitmap of its documents; those without a value have the value
/// [`NONE`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Values {
    names: Vec<Box<str>>,
    documents: Vec<RoaringBitmap>,
}

impl Values {
    /// Every value with its documents, in ascending order.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, &RoaringBitmap)> {
        self.names.iter().map(AsRef::as_ref).zip(&self.documents)
    }

    /// The documents with this value.
    pub(super) fn documents(&self, value: &str) -> Option<&RoaringBitmap> {
        let number = self.names.binary_search_by(|one| one.as_ref().cmp(value)).ok()?;
        self.documents.get(number)
    }
}

impl From<BTreeMap<Box<str>, RoaringBitmap>> for Values {
    fn from(sorted: BTreeMap<Box<str>, RoaringBitmap>) -> Self {
        let (names, documents) = sorted.into_iter().unzip();
        Self { names, documents }
    }
}

/// Values of one field, and per document the numbers of its values.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FieldColumn {
    values: Values,
    /// Where each document's numbers end in `numbers`.
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl FieldColumn {
    /// Every value with its documents.
    pub(super) const fn values(&self) -> &Values {
        &self.values
    }

    /// The values of one document, in the order of the source; without [`NONE`].
    pub(super) fn of(&self, row: u32) -> impl Iterator<Item = &str> {
        let at = row as usize;
        let end = self.ends.get(at).copied().unwrap_or_default() as usize;
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or_default() as usize };
        let numbers = self.numbers.get(start..end).unwrap_or_default();
        let names = numbers.iter().filter_map(|n| self.values.names.get(*n as usize));
        names.map(AsRef::as_ref).filter(|name| *name != NONE)
    }
}

/// Collects a [`FieldColumn`] document by document.
#[derive(Debug, Default)]
pub(super) struct FieldBuilder {
    known: HashMap<Box<str>, u32>,
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl FieldBuilder {
    /// Adds the values of the next document; blank ones and repetitions are passed over.
    pub(super) fn push<'v>(&mut self, values: impl IntoIterator<Item = &'v str>) {
        let start = self.numbers.len();
        for value in values.into_iter().map(str::trim).filter(|value| !value.is_empty()) {
            let number = self.number(value);
            if !self.numbers[start..].contains(&number) {
                self.numbers.push(number);
            }
        }
        if self.numbers.len() == start {
            let number = self.number(NONE);
            self.numbers.push(number);
        }
        self.ends.push(self.numbers.len() as u32);
    }

    fn number(&mut self, value: &str) -> u32 {
        let next = self.known.len() as u32;
        if let Some(number) = self.known.get(value) {
            return *number;
        }
        self.known.insert(value.into(), next);
        next
    }

    pub(super) fn finish(self) -> FieldColumn {
        let mut sorted: Vec<(Box<str>, u32)> = self.known.into_iter().collect();
        sorted.sort();
        let mut renumbered = vec![0; sorted.len()];
        for (new, (_, old)) in sorted.iter().enumerate() {
            renumbered[*old as usize] = new as u32;
        }
        let numbers: Vec<u32> = self.numbers.into_iter().map(|old| renumbered[old as usize]).collect();
        let mut documents = vec![RoaringBitmap::new(); sorted.len()];
        let mut start = 0;
        for (row, end) in self.ends.iter().enumerate() {
            for number in &numbers[start..*end as usize] {
                documents[*number as usize].insert(row as u32);
            }
            start = *end as usize;
        }
        let names = sorted.into_iter().map(|(value, _)| value).collect();
        FieldColumn { values: Values { names, documents }, ends: self.ends, numbers }
    }
}

/// Orders ids as people count: `agora:9` before `agora:10`. Equal only for equal texts.
pub(super) fn natural_order(left: &str, right: &str) -> Ordering {
    let (mut before, mut after) = (left, right);
    loop {
        let (long, wide) = (digits(before), digits(after));
        if long > 0 && wide > 0 {
            let (small, large) =
                (before[..long].trim_start_matches('0'), after[..wide].trim_start_matches('0'));
            let order = small.len().cmp(&large.len()).then_with(|| small.cmp(large));
            if order != Ordering::Equal {
                return order;
            }
            (before, after) = (&before[long..], &after[wide..]);
            continue;
        }
        let (mut rest, mut other) = (before.chars(), after.chars());
        match (rest.next(), other.next()) {
            (Some(one), Some(two)) if one == two => (before, after) = (rest.as_str(), other.as_str()),
            (None, None) => return left.cmp(right),
            (one, two) => return one.cmp(&two),
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_as_people_count() {
        let mut ids = ["agora:10", "agora:9", "file:b2/x", "file:b10/x", "agora:09", "agora:1"];
        ids.sort_by(|a, b| natural_order(a, b));
        assert_eq!(ids, ["agora:1", "agora:09", "agora:9", "agora:10", "file:b2/x", "file:b10/x"]);
    }

    #[test]
    fn a_value_is_stored_once_and_none_is_a_value() {
        let mut builder = FieldBuilder::default();
        builder.push(["b", " a ", "b"]);
        builder.push([""]);
        builder.push(["a"]);
        let column = builder.finish();
        let values: Vec<(&str, Vec<u32>)> =
            column.values().each().map(|(v, d)| (v, d.iter().collect())).collect();
        assert_eq!(values, [("(none)", vec![1]), ("a", vec![0, 2]), ("b", vec![0])]);
        assert_eq!(column.of(0).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(column.of(1).count(), 0);
    }
}
