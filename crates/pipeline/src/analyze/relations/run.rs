//! The shell: reads documents and texts, finds relations and stated dates, and puts them into the store.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::progress::Progress;
use lacuna_domain::relation::{Cited, Relation, RelationKind, RelationSource, StatedDate};
use lacuna_domain::{Confidence, Document, DocumentId, Passage, Text, TextId};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use super::catalogued::{from_columns, part_of, same_texts, translations};
use super::citations::{Citation, citations};
use super::companions::companions;
use super::dates::{Statement, stated_days};
use super::names::Names;
use super::reckon::stated_dates;
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
    /// Main language of the text, where known.
    language: Option<String>,
    citations: Vec<Citation>,
    quotes: Vec<String>,
    /// Passages in which the citations begin.
    places: Vec<u32>,
    /// Days that the text states.
    days: Vec<Statement>,
}

impl Read {
    fn of(document: Document, text: Option<Text>) -> Self {
        let Some(text) = text else {
            return Self {
                document,
                text: None,
                language: None,
                citations: vec![],
                quotes: vec![],
                places: vec![],
                days: vec![],
            };
        };
        let Text { id, content, language, .. } = text;
        let citations = citations(&content, language.as_deref());
        let mut days = stated_days(&id, &content, language.as_deref());
        let wanted = !citations.is_empty() || !days.is_empty();
        let passages = if wanted { segment(&content) } else { vec![] };
        let place = |at: usize| passage_at(&passages, at);
        for day in &mut days {
            day.passage.passage = place(day.passage.start as usize);
        }
        let places = citations.iter().map(|citation| place(citation.span.start())).collect();
        let quote = |c: &Citation| c.span.slice(&content).unwrap_or_default().to_owned();
        let quotes = citations.iter().map(quote).collect();
        Self { document, text: Some(id), language, citations, quotes, places, days }
    }
}

/// Index of the passage that holds this byte of a text.
pub(super) fn passage_at(passages: &[Passage], at: usize) -> u32 {
    passages.partition_point(|passage| passage.span.end() <= at) as u32
}

/// Finds relations and stated dates anew and puts them in the place of those found before; imports stay as they are.
pub async fn find(store: &Store, progress: &dyn Progress) -> Result<RelationSummary, StoreError> {
    let documents = store.documents().await?;
    let mut texts: BTreeMap<DocumentId, TextId> = BTreeMap::new();
    for version in store.latest_versions().await? {
        texts.insert(version.document, version.text);
    }
    progress.start("relations", Some(documents.len() as u64));
    let mut names = Names::default();
    let mut read = Vec::with_capacity(documents.len());
    for document in documents {
        let text = match texts.get(&document.id) {
            Some(id) => store.text(id).await?,
            None => None,
        };
        // A draft that is kept private takes no name from the instrument that bears it.
        if !document.metadata.private {
            names.add(&document, text.as_ref().map_or("", |text| text.content.as_str()));
        }
        read.push(Read::of(document, text));
        progress.advance(1);
    }
    let relations = relations(&read, &names);
    summary(store, &relations, &dates(&read)).await
}

/// The dates that each text states, in its order: those it gives outright once, and those counted for each document that has
/// it from the days of that document.
fn dates(read: &[Read]) -> BTreeMap<TextId, Vec<StatedDate>> {
    let mut dates: BTreeMap<TextId, Vec<StatedDate>> = BTreeMap::new();
    for one in read {
        let Some(text) = &one.text else { continue };
        let known = dates.entry(text.clone()).or_default();
        let first = known.is_empty();
        let stated = stated_dates(&one.document, &one.days);
        known.extend(stated.into_iter().filter(|stated| first || stated.reckoned.is_some()));
    }
    for stated in dates.values_mut() {
        stated.sort_by_key(|stated| stated.passage.start);
        stated.dedup();
    }
    dates
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
    let ids = read.iter().map(|one| &one.document.id);
    // Of documents that are alike, the first stands for the others: a public one, where there is one.
    let of_sight = |private: bool| read.iter().filter(move |one| one.document.metadata.private == private);
    let public_first = || of_sight(false).chain(of_sight(true));
    let texts = || public_first().map(|one| (&one.document, one.text.as_ref()));
    let mut found: Vec<Relation> = read.iter().flat_map(|one| from_text(one, names)).collect();
    found.extend(read.iter().flat_map(|one| from_columns(&one.document, &ids, names)));
    let translated = found.iter().filter(|r| r.kind == RelationKind::TranslationOf);
    let translated = translated.filter_map(|r| Some((r.from.clone(), r.to.clone()?))).collect();
    let languages = public_first().map(|one| (&one.document, one.language.as_deref()));
    found.extend(translations(languages, &translated));
    found.extend(read.iter().filter_map(|one| part_of(&one.document, names)));
    found.extend(same_texts(texts()));
    found.extend(companions(texts()));
    // Who revokes an instrument does not carry it out, whatever is done pursuant to it.
    let parties = |relation: &Relation| {
        let (from, _, other) = relation.key();
        (from.clone(), other.cloned().map_err(str::to_owned))
    };
    let ended: BTreeSet<_> = found.iter().filter(|r| r.ends()).map(parties).collect();
    found.retain(|r| r.kind != RelationKind::Implements || !ended.contains(&parties(r)));
    found.sort();
    found.dedup();
    found
}

fn from_text<'r>(one: &'r Read, names: &'r Names) -> impl Iterator<Item = Relation> + 'r {
    one.citations.iter().zip(&one.quotes).zip(&one.places).filter_map(|((citation, quote), place)| {
        let (key, document) = (citation.key.as_str(), &one.document);
        let to = match citation.kind {
            RelationKind::TranslationOf => names.original(key, document),
            _ => names.resolve(key, citation.provision.as_deref(), document),
        };
        let to = to.cloned();
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
            from: document.id.clone(),
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
