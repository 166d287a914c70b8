//! Relations that catalogue data tell: columns, names of parts, equal texts and equal numbers.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::relation::{Relation, RelationKind, RelationSource};
use lacuna_domain::{Confidence, Document, DocumentId, TextId};

use super::mentions::own_numbers;
use super::names::{Names, even, part_of_name};

/// Columns whose value means one instrument, in whatever language a document has it.
const CITATIONS: [&str; 4] = ["official citation", "citation", "celex", "celex number"];

/// A relation that no text says.
pub(super) fn catalogued(
    from: &DocumentId,
    kind: RelationKind,
    to: Option<DocumentId>,
    cited: String,
    confidence: Confidence,
) -> Relation {
    let source = RelationSource::Catalogue;
    Relation {
        from: from.clone(),
        kind,
        to,
        cited,
        provision: None,
        passage: None,
        confidence,
        source,
        holds: true,
    }
}

/// What a column says of its document and those that its values name.
#[derive(Clone, Copy)]
enum Says {
    /// What the document does to them: `Amends`, `Translation of`.
    Does(RelationKind),
    /// What they do to it: `Amended by`.
    Undergoes(RelationKind),
}

impl Says {
    fn of(column: &str) -> Option<Self> {
        Some(match even(column).as_str() {
            "repeals" => Self::Does(RelationKind::Revokes),
            "repealed by" | "revoked by" => Self::Undergoes(RelationKind::Revokes),
            "superseded by" => Self::Undergoes(RelationKind::Supersedes),
            "amended by" => Self::Undergoes(RelationKind::Amends),
            "implemented by" => Self::Undergoes(RelationKind::Implements),
            name => Self::Does(RelationKind::from_id(&name.replace(' ', "_"))?),
        })
    }
}

/// Columns such as `Amends`, `Translation of` or `Repealed by`, whose values are ids, numbers or names, several parted
/// by `;`. Of what an instrument outside the corpus did to a document, nothing is kept: who does something is a document.
pub(super) fn from_columns<'d>(
    document: &Document,
    all: &(impl Iterator<Item = &'d DocumentId> + Clone),
    names: &Names,
) -> Vec<Relation> {
    let mut found = Vec::new();
    for (column, values) in &document.metadata.extra {
        let Some(says) = Says::of(column) else { continue };
        for value in values.split(';').map(str::trim).filter(|value| !value.is_empty()) {
            let full = format!("{}:{value}", document.id.source());
            let by_id = all.clone().find(|id| id.as_str() == value || id.as_str() == full);
            let other = by_id.or_else(|| names.meant(value, document)).cloned();
            let (own, high) = (&document.id, Confidence::High);
            found.extend(match says {
                Says::Does(kind) => Some(catalogued(own, kind, other, value.to_owned(), high)),
                // What a public instrument did would tell of a private one.
                Says::Undergoes(_) if document.metadata.private => None,
                Says::Undergoes(kind) => other.map(|by| {
                    let title = document.metadata.title().to_owned();
                    catalogued(&by, kind, Some(own.clone()), title, high)
                }),
            });
        }
    }
    found
}

/// "Harbour Act of 2099, Title V, Section 505" is part of "Harbour Act of 2099", by either of its names.
pub(super) fn part_of(document: &Document, names: &Names) -> Option<Relation> {
    let metadata = &document.metadata;
    let (base, _) = part_of_name(metadata.title())?;
    let official = part_of_name(&metadata.official_name).map(|(base, _)| base);
    let mut bases = std::iter::once(base).chain(official);
    let to = bases.find_map(|base| names.named(&even(base), &document.id)).cloned();
    let confidence = if to.is_some() { Confidence::High } else { Confidence::Medium };
    Some(catalogued(&document.id, RelationKind::PartOf, to, base.to_owned(), confidence))
}

/// Documents with one text.
pub(super) fn same_texts<'d>(
    documents: impl Iterator<Item = (&'d Document, Option<&'d TextId>)>,
) -> Vec<Relation> {
    let mut by_text: BTreeMap<&TextId, Vec<&Document>> = BTreeMap::new();
    for (document, text) in documents {
        if let Some(text) = text {
            by_text.entry(text).or_default().push(document);
        }
    }
    pairs(by_text.into_values(), RelationKind::SameTextAs, Confidence::High)
}

/// Documents that bear one number in different languages, each with the first; `told` are the pairs of which a text or a column
/// says which of them is the original.
pub(super) fn translations<'d>(
    documents: impl Iterator<Item = (&'d Document, Option<&'d str>)>,
    told: &BTreeSet<(DocumentId, DocumentId)>,
) -> Vec<Relation> {
    let mut by_number: BTreeMap<String, Vec<(&Document, &str)>> = BTreeMap::new();
    for (document, language) in documents {
        let whole = part_of_name(&document.metadata.official_name).is_none();
        if let Some(language) = language.filter(|_| whole) {
            for number in numbers_of(document) {
                by_number.entry(number).or_default().push((document, language));
            }
        }
    }
    let groups = by_number.into_values().map(|group| {
        let mut languages = BTreeSet::new();
        let different = group.into_iter().filter(|(_, language)| languages.insert(*language));
        different.map(|(document, _)| document).collect::<Vec<_>>()
    });
    let mut found = pairs(groups, RelationKind::TranslationOf, Confidence::Medium);
    let known = |from: &DocumentId, to: &DocumentId| told.contains(&(from.clone(), to.clone()));
    found.retain(|r| r.to.as_ref().is_none_or(|to| !known(&r.from, to) && !known(to, &r.from)));
    found
}

/// The number that a document bears, and what its catalogue has for its citation.
fn numbers_of(document: &Document) -> BTreeSet<String> {
    let metadata = &document.metadata;
    let cited = metadata.extra.iter().filter(|(column, _)| CITATIONS.contains(&even(column).as_str()));
    let cited = cited.map(|(_, citation)| format!("citation:{}", even(citation)));
    own_numbers(&metadata.official_name).into_iter().take(1).chain(cited).collect()
}

/// Each document of a group with the first, both ways read the same.
fn pairs<'d>(
    groups: impl Iterator<Item = Vec<&'d Document>>,
    kind: RelationKind,
    confidence: Confidence,
) -> Vec<Relation> {
    let joined = |group: Vec<&'d Document>| {
        let first = group.first().copied();
        let rest = group.into_iter().skip(1);
        rest.filter_map(move |other| {
            let first = first?;
            let cited = first.metadata.title().to_owned();
            Some(catalogued(&other.id, kind, Some(first.id.clone()), cited, confidence))
        })
        .collect::<Vec<_>>()
    };
    groups.flat_map(joined).collect()
}

#[cfg(test)]
mod tests {
    use lacuna_domain::Metadata;

    use super::*;

    fn document(id: &str, official: &str) -> Document {
        let metadata = Metadata { official_name: official.to_owned(), ..Metadata::default() };
        Document { id: id.parse().unwrap(), metadata }
    }

    #[test]
    fn one_number_in_two_languages_is_a_translation_unless_a_text_says_which_way() {
        let mut cited = document("sample:5", "Lantern rules");
        cited.metadata.extra.insert("CELEX".to_owned(), "399L0001".to_owned());
        let mut also = document("sample:6", "Laternenregeln");
        also.metadata.extra.insert("Celex number".to_owned(), "399L0001".to_owned());
        let documents = [
            (document("sample:1", "Regulation (EU) 2099/1 on lamps"), Some("en")),
            (document("sample:2", "Verordnung (EU) 2099/1 über Lampen"), Some("de")),
            (document("sample:3", "Regulation (EU) 2099/1 on lamps, as printed"), Some("en")),
            (
                document("sample:4", "Verordnung (EU) 2099/2 zur Änderung der Verordnung (EU) 2099/1"),
                Some("de"),
            ),
            (document("sample:7", "Loi n° 2099-12 adaptée au règlement (UE) 2099/1"), Some("fr")),
            (cited, Some("en")),
            (also, Some("de")),
        ];
        let told = |told: &BTreeSet<(DocumentId, DocumentId)>| {
            let found =
                translations(documents.iter().map(|(document, language)| (document, *language)), told);
            let pair = |r: &Relation| format!("{} {}", r.from, r.to.as_ref().unwrap());
            found.iter().map(pair).collect::<Vec<_>>()
        };
        assert_eq!(told(&BTreeSet::new()), ["sample:6 sample:5", "sample:2 sample:1"]);
        let says = ("sample:1".parse().unwrap(), "sample:2".parse().unwrap());
        assert_eq!(told(&BTreeSet::from([says])), ["sample:6 sample:5"]);
    }
}
