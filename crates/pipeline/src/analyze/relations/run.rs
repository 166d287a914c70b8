//! The shell: reads documents and texts, finds relations and stated dates, and puts them into the store.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::progress::Progress;
use lacuna_domain::relation::{Cited, Relation, RelationKind, RelationSource, StatedDate};
use lacuna_domain::{Confidence, Document, DocumentId, TextId};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use super::citations::{Citation, citations};
use super::dates::stated_dates;
use super::names::{Names, even};
use crate::segment::segment;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelationSummary {
    /// Relations, by kind.
    pub found: BTreeMap<&'static str, usize>,
    /// Those that lead to a document of the corpus, by kind.
    pub joined: BTreeMap<&'static str, usize>,
    /// Texts that state a date of theirs.
    pub dated_texts: usize,
    /// Whether the store changed.
    pub changed: bool,
}

/// What is read of one document.
struct Read {
    document: Document,
    text: Option<TextId>,
    citations: Vec<Citation>,
    quotes: Vec<String>,
    /// Passages in which the citations begin.
    places: Vec<u32>,
}

/// Finds relations and stated dates anew and puts them in the place of those found before; imports stay as they are.
pub async fn find(store: &Store, progress: &dyn Progress) -> Result<RelationSummary, StoreError> {
    let documents = store.documents().await?;
    let mut texts: BTreeMap<DocumentId, TextId> = BTreeMap::new();
    for version in store.latest_versions().await? {
        texts.insert(version.document, version.text);
    }
    progress.start("relations", Some(documents.len() as u64));
    let (mut names, mut dates) = (Names::default(), BTreeMap::new());
    let mut read = Vec::with_capacity(documents.len());
    for document in documents {
        let text = match texts.get(&document.id) {
            Some(id) => store.text(id).await?,
            None => None,
        };
        let content = text.as_ref().map_or("", |text| text.content.as_str());
        names.add(&document, content);
        let id = text.as_ref().map(|text| text.id.clone());
        let citations = citations(content);
        let mut stated = id.as_ref().map(|id| stated_dates(id, content)).unwrap_or_default();
        let wanted = !citations.is_empty() || !stated.is_empty();
        let passages = if wanted { segment(content) } else { vec![] };
        let place = |at: usize| passages.partition_point(|p| p.span.end() <= at) as u32;
        for one in &mut stated {
            one.passage.passage = place(one.passage.start as usize);
        }
        let places = citations.iter().map(|citation| place(citation.span.start())).collect();
        if let Some(id) = &id {
            dates.insert(id.clone(), stated);
        }
        let quote = |c: &Citation| c.span.slice(content).unwrap_or_default().to_owned();
        let quotes = citations.iter().map(quote).collect();
        read.push(Read { document, text: id, citations, quotes, places });
        progress.advance(1);
    }
    let relations = relations(&read, &names);
    summary(store, &relations, &dates).await
}

async fn summary(
    store: &Store,
    relations: &[Relation],
    dates: &BTreeMap<TextId, Vec<StatedDate>>,
) -> Result<RelationSummary, StoreError> {
    let mut summary = RelationSummary::default();
    for relation in relations {
        *summary.found.entry(relation.kind.id()).or_default() += 1;
        if relation.to.is_some() {
            *summary.joined.entry(relation.kind.id()).or_default() += 1;
        }
    }
    summary.dated_texts = dates.values().filter(|stated| !stated.is_empty()).count();
    summary.changed = store.replace_found_relations(relations, dates).await?;
    Ok(summary)
}

fn relations(read: &[Read], names: &Names) -> Vec<Relation> {
    let mut found: Vec<Relation> = read.iter().flat_map(|one| from_text(one, names)).collect();
    found.extend(read.iter().flat_map(|one| from_columns(&one.document, read)));
    found.extend(read.iter().filter_map(|one| part_of(&one.document, names)));
    found.extend(same_texts(read));
    found.extend(companions(read));
    // Who revokes an instrument does not carry it out, whatever is done pursuant to it.
    let ended: BTreeSet<_> =
        found.iter().filter(|r| r.ends()).map(|r| (r.from.clone(), r.to.clone())).collect();
    found.retain(|r| r.kind != RelationKind::Implements || !ended.contains(&(r.from.clone(), r.to.clone())));
    found.sort();
    found.dedup();
    found
}

fn from_text<'r>(one: &'r Read, names: &'r Names) -> impl Iterator<Item = Relation> + 'r {
    one.citations.iter().zip(&one.quotes).zip(&one.places).filter_map(|((citation, quote), place)| {
        let to = names.resolve(&citation.key, &one.document.id).cloned();
        // What is only done under an act outside the corpus is no news.
        if to.is_none() && citation.confidence == Confidence::Low {
            return None;
        }
        let passage = one.text.as_ref().map(|text| Cited {
            text: text.clone(),
            start: citation.span.start() as u32,
            end: citation.span.end() as u32,
            quote: quote.clone(),
            passage: *place,
        });
        Some(Relation {
            from: one.document.id.clone(),
            kind: citation.kind,
            to,
            cited: citation.cited.clone(),
            provision: citation.provision.clone(),
            passage,
            confidence: citation.confidence,
            source: RelationSource::Text,
            holds: true,
        })
    })
}

fn catalogued(
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

/// Columns such as `Amends` or `Translation of`, whose values are ids, several parted by `;`.
fn from_columns(document: &Document, read: &[Read]) -> Vec<Relation> {
    let mut found = Vec::new();
    for (column, values) in &document.metadata.extra {
        let name = even(column);
        let kind = match name.as_str() {
            "repeals" => Some(RelationKind::Revokes),
            name => RelationKind::from_id(&name.replace(' ', "_")),
        };
        let Some(kind) = kind else { continue };
        for value in values.split(';').map(str::trim).filter(|value| !value.is_empty()) {
            let full = format!("{}:{value}", document.id.source());
            let to = read
                .iter()
                .map(|one| &one.document.id)
                .find(|id| id.as_str() == value || id.as_str() == full);
            found.push(catalogued(&document.id, kind, to.cloned(), value.to_owned(), Confidence::High));
        }
    }
    found
}

/// "Harbour Act of 2099, Title V, Section 505" is part of "Harbour Act of 2099".
fn part_of(document: &Document, names: &Names) -> Option<Relation> {
    const PARTS: [&str; 10] = [
        ", Title ",
        ", Section ",
        ", Sec. ",
        ", Sec ",
        ", Division ",
        ", Part ",
        ", Chapter ",
        ", Subtitle ",
        ", General Prov",
        ", Article ",
    ];
    let name = document.metadata.title();
    let base = PARTS.iter().filter_map(|part| name.find(part)).min().map(|at| name[..at].trim())?;
    let to = names.resolve(&format!("act:{}", even(base)), &document.id).cloned();
    let confidence = if to.is_some() { Confidence::High } else { Confidence::Medium };
    Some(catalogued(&document.id, RelationKind::PartOf, to, base.to_owned(), confidence))
}

fn same_texts(read: &[Read]) -> Vec<Relation> {
    let mut by_text: BTreeMap<&TextId, Vec<&Document>> = BTreeMap::new();
    for one in read {
        if let Some(text) = &one.text {
            by_text.entry(text).or_default().push(&one.document);
        }
    }
    pairs(by_text.into_values(), RelationKind::SameTextAs, Confidence::High)
}

/// Documents of one authority with the same official name and the same title, but different texts: the same bill in the
/// other house, or introduced again.
fn companions(read: &[Read]) -> Vec<Relation> {
    let mut by_name: BTreeMap<(String, String, &str), Vec<&Read>> = BTreeMap::new();
    for one in read {
        let metadata = &one.document.metadata;
        let Some(authority) = metadata.authority.as_deref() else { continue };
        let key = (even(&metadata.official_name), even(metadata.title()), authority);
        by_name.entry(key).or_default().push(one);
    }
    let groups =
        by_name.into_iter().filter(|((name, ..), _)| name.split(' ').count() >= 3).map(|(_, group)| {
            let mut texts = BTreeSet::new();
            let different =
                group.into_iter().filter(|one| one.text.as_ref().is_some_and(|text| texts.insert(text)));
            different.map(|one| &one.document).collect::<Vec<_>>()
        });
    pairs(groups, RelationKind::CompanionOf, Confidence::Medium)
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
