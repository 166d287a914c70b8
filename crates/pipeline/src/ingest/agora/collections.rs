//! Collections of a release: those it names, and names that reached a document's row in pieces.

use std::cmp::Reverse;

use lacuna_domain::Metadata;
use lacuna_store::{CatalogueEntry, EntryKind};

use crate::ingest::table::Table;

/// The collections of a release.
#[derive(Debug, Default)]
pub(super) struct Collections {
    entries: Vec<CatalogueEntry>,
    with_commas: Vec<Pieces>,
}

/// A name with commas, and what is left of it where it was cut at each.
#[derive(Debug)]
struct Pieces {
    name: String,
    pieces: Vec<String>,
}

impl Collections {
    /// Reads `collections.csv`; rows without a name are passed over.
    pub(super) fn read(table: &Table) -> Self {
        let named = table.rows().filter(|row| !row.get("Name").is_empty());
        let entries: Vec<CatalogueEntry> = named
            .map(|row| CatalogueEntry {
                kind: EntryKind::Collection,
                name: row.get("Name").to_owned(),
                description: row.get("Description").to_owned(),
                jurisdiction: None,
                parent: None,
            })
            .collect();
        let mut with_commas: Vec<Pieces> =
            entries.iter().filter_map(|entry| Pieces::of(&entry.name)).collect();
        with_commas.sort_by_key(|known| Reverse(known.pieces.len()));
        Self { entries, with_commas }
    }

    /// Catalogue entries, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = CatalogueEntry> {
        self.entries.iter().cloned()
    }

    /// Puts names together that the archive has cut at their commas, the longest first: where a document is in all
    /// the pieces of a known name, it is in the collection of that name.
    pub(super) fn resolve(&self, metadata: &mut Metadata) {
        let collections = &mut metadata.collections;
        for known in &self.with_commas {
            if known.pieces.iter().all(|piece| collections.contains(piece)) {
                collections.retain(|name| *name != known.name && !known.pieces.contains(name));
                collections.push(known.name.clone());
            }
        }
    }
}

impl Pieces {
    /// The pieces of a name; `None` where it has no comma.
    fn of(name: &str) -> Option<Self> {
        let cut = name.split(',').map(str::trim).filter(|piece| !piece.is_empty());
        let pieces: Vec<String> = cut.map(str::to_owned).collect();
        (pieces.len() > 1).then(|| Self { name: name.to_owned(), pieces })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_cut_at_its_commas_is_put_together() {
        let csv = "Name,Description\nTides,\nand lamps,\n\"Tides, ferries\",Both.\n\
                   \"Tides, ferries, and lamps\",All of the harbour.\nHarbour picks,Chosen.\n";
        let collections = Collections::read(&Table::parse("collections.csv", csv.as_bytes()).unwrap());
        assert_eq!(collections.entries().count(), 5);
        let resolved = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let mut metadata = Metadata { collections: names, ..Metadata::default() };
            collections.resolve(&mut metadata);
            metadata.collections
        };
        let whole = "Tides, ferries, and lamps";
        assert_eq!(resolved(&["Harbour picks", "and lamps", "Tides", "ferries"]), ["Harbour picks", whole]);
        assert_eq!(resolved(&["Harbour picks", whole]), ["Harbour picks", whole]);
        assert_eq!(resolved(&["Tides", "ferries"]), ["Tides, ferries"]);
        assert_eq!(resolved(&["Tides", "and lamps"]), ["Tides", "and lamps"], "not all of a name");
    }
}
