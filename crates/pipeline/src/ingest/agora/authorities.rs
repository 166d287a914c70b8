//! Authorities of a release: jurisdiction and parents of each.

use std::collections::BTreeMap;

use lacuna_domain::Metadata;
use lacuna_store::{CatalogueEntry, EntryKind};

use crate::ingest::table::Table;

/// The authorities of a release by name.
#[derive(Debug, Default)]
pub(super) struct Authorities {
    by_name: BTreeMap<String, Authority>,
}

#[derive(Debug)]
struct Authority {
    jurisdiction: Option<String>,
    parent: Option<String>,
}

impl Authorities {
    /// Reads `authorities.csv`; rows without a name are passed over.
    pub(super) fn read(table: &Table) -> Self {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut by_name = BTreeMap::new();
        for row in table.rows() {
            let authority = Authority {
                jurisdiction: filled(row.get("Jurisdiction")),
                parent: filled(row.get("Parent authority")),
            };
            if let Some(name) = filled(row.get("Name")) {
                by_name.entry(name).or_insert(authority);
            }
        }
        Self { by_name }
    }

    /// Catalogue entries, with the jurisdiction resolved.
    pub(super) fn entries(&self) -> impl Iterator<Item = CatalogueEntry> {
        self.by_name.iter().map(|(name, authority)| CatalogueEntry {
            kind: EntryKind::Authority,
            name: name.clone(),
            description: String::new(),
            jurisdiction: self.jurisdiction(name),
            parent: authority.parent.clone(),
        })
    }

    /// Fills in parents and jurisdiction of a document from its authority. A document of several authorities
    /// (parted by `;`) takes them from the first that is known. What the document's own row says stands.
    pub(super) fn resolve(&self, metadata: &mut Metadata) {
        let Some(authority) = &metadata.authority else { return };
        let name = if self.by_name.contains_key(authority) {
            authority.as_str()
        } else {
            let mut parts = authority.split(';').map(str::trim);
            parts.find(|part| self.by_name.contains_key(*part)).unwrap_or(authority)
        };
        if metadata.parent_authorities.is_empty() {
            metadata.parent_authorities = self.line(name).into_iter().skip(1).map(str::to_owned).collect();
        }
        if metadata.jurisdiction.is_none() {
            metadata.jurisdiction = self.jurisdiction(name);
        }
    }

    /// The authority, its parent, the parent's parent …; stops where the table runs in a circle.
    fn line<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut line = vec![name];
        while let Some(parent) =
            line.last().and_then(|last| self.by_name.get(*last)).and_then(|a| a.parent.as_deref())
            && !line.contains(&parent)
        {
            line.push(parent);
        }
        line
    }

    /// The nearest recorded jurisdiction going up. Companies answer to no jurisdiction of their own in the archive;
    /// they are listed under "Private sector" so that lists do not lose them.
    fn jurisdiction(&self, name: &str) -> Option<String> {
        let line = self.line(name);
        let recorded = line.iter().find_map(|n| self.by_name.get(*n).and_then(|a| a.jurisdiction.clone()));
        let companies = || line.iter().any(|n| n.to_lowercase().starts_with("private-sector"));
        recorded.or_else(|| companies().then(|| "Private sector".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jurisdictions_come_from_the_nearest_parent_that_has_one() {
        let csv = "Name,Jurisdiction,Parent authority\nOffice of Lamps,,Ministry of Light\nMinistry of Light,,Crown\n\
                   Crown,Vesland,\nPrivate-sector companies,,\nAcme,,Private-sector companies\nA,,B\nB,,A\n";
        let authorities = Authorities::read(&Table::parse("authorities.csv", csv.as_bytes()).unwrap());
        let resolved = |name: &str| {
            let mut metadata = Metadata { authority: Some(name.to_owned()), ..Metadata::default() };
            authorities.resolve(&mut metadata);
            (metadata.jurisdiction.unwrap_or_default(), metadata.parent_authorities.join(" < "))
        };
        assert_eq!(
            resolved("Office of Lamps"),
            ("Vesland".to_owned(), "Ministry of Light < Crown".to_owned())
        );
        assert_eq!(resolved("Acme").0, "Private sector");
        assert_eq!(resolved("Unknown; Crown").0, "Vesland");
        assert_eq!(resolved("A"), (String::new(), "B".to_owned()));
    }
}
