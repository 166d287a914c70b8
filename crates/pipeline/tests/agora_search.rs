//! Search, counts and exports on the real archive: named relevance cases, and figures printed in passing.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of a test, and figures it prints")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use lacuna_domain::progress::Silent;
use lacuna_domain::{Clock, Codebook, Filter};
use lacuna_pipeline::ingest::{self, Options, Source};
use lacuna_pipeline::publish::export::{Format, Scope, documents};
use lacuna_pipeline::segment;
use lacuna_store::catalogue::{Audience, Axis, Catalogue};
use lacuna_store::search::{Search, SearchIndex};
use lacuna_store::{Location, Store};

const CODEBOOK: &str = include_str!("../../../codebooks/ai-governance-1.toml");

/// The shared archive; absent it is `skipped`, and under `CI=true` a failure.
#[expect(clippy::disallowed_methods, reason = "tests find the shared data through the environment")]
fn archive() -> Option<PathBuf> {
    let root = std::path::Path::new("../..");
    let shared = std::env::var("LACUNA_SHARED").map_or_else(|_| root.join("../shared"), PathBuf::from);
    let archive = shared.join("agora");
    if archive.is_dir() {
        return Some(archive);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "no shared data; set LACUNA_SHARED");
    println!("skipped: no shared data");
    None
}

struct World {
    catalogue: Catalogue,
    search: Search,
}

impl World {
    /// Local ids of the documents found, best first, at most `most`.
    fn ids(&self, words: &str, most: usize) -> Vec<String> {
        let found = self.search.find(&self.catalogue, words, None).unwrap();
        let filter = Filter { words: words.to_owned(), ..Filter::default() };
        let selection = self.catalogue.select(&filter, Some(&found.matches));
        let order = self.catalogue.in_order(&selection);
        order
            .iter()
            .take(most)
            .map(|n| self.catalogue.record(*n).unwrap().id().replace("agora:", ""))
            .collect()
    }

    fn count(&self, words: &str) -> u64 {
        self.search.find(&self.catalogue, words, None).unwrap().matches.documents.len()
    }
}

#[tokio::test]
async fn the_archive_is_searched_counted_and_exported() {
    let Some(archive) = archive() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    let source = Source::Path(archive);
    ingest::run(&store, &source, &Options::default(), Clock::fixed(), &Silent).await.unwrap();
    let codebook = Codebook::parse(CODEBOOK).unwrap();

    let start = Instant::now();
    let place = folder.path().join("index");
    drop(SearchIndex::refresh(&store, &place, segment::segment).await.unwrap());
    println!("index made in {:?}", start.elapsed());
    let start = Instant::now();
    let index = SearchIndex::refresh(&store, &place, segment::segment).await.unwrap();
    println!("index opened in {:?}", start.elapsed());
    let start = Instant::now();
    let catalogue = Catalogue::load(&store, None, &codebook, Audience::Public).await.unwrap();
    println!("catalogue of {} documents in {:?}", catalogue.len(), start.elapsed());
    let world = World { search: Search::new(Arc::new(index), &catalogue), catalogue };

    relevance(&world);
    spellings(&world);
    last_words(&world, &store).await;
    counts(&world, &codebook);

    let start = Instant::now();
    let written = documents(&store, None, Scope::All, Format::Csv, std::io::sink()).await.unwrap();
    println!("{} document rows in {:?}", written.rows, start.elapsed());
    assert_eq!(written.rows, world.catalogue.len());
}

/// What a reader who types this wants to see first.
fn relevance(world: &World) {
    for (words, wanted, within) in [
        ("safety commitments china", "1831", 1),
        ("AI safety commitments", "1831", 3),
        ("take it down", "1988", 1),
        ("take it down", "1293", 3),
        ("executive order trustworthy development", "307", 1),
        ("removing barriers american leadership", "1780", 1),
        ("deep-fake minnesota accountability", "1517", 3),
        ("title:\"content origin protection\"", "1270", 1),
        ("id:agora:1831", "1831", 1),
    ] {
        let start = Instant::now();
        let ids = world.ids(words, within);
        println!("{words}: {ids:?} in {:?}", start.elapsed());
        assert!(ids.iter().any(|id| id == wanted), "{words}: {ids:?} lacks {wanted}");
    }
}

fn spellings(world: &World) {
    assert_eq!(world.count("AI"), world.count("Al"));
    assert_eq!(world.count("deepfake"), world.count("deepfakes"));
    assert_eq!(world.count("deep-fake"), world.count("deepfake OR \"deep fake\" OR \"deep fakes\""));
    assert!((270..300).contains(&world.count("AI")), "{} documents write AI", world.count("AI"));
    assert_eq!(world.count("bias OR NOT bias"), world.catalogue.len());
    let (both, one) = (world.count("bias audit"), world.count("bias NEAR/10 audit"));
    assert!(one > 0 && one < both, "{one} of {both}");
}

/// The last words of the longest texts are found, and shown where they stand.
async fn last_words(world: &World, store: &Store) {
    let mut records: Vec<_> =
        (0..world.catalogue.len() as u32).filter_map(|n| world.catalogue.record(n)).collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.text_bytes()));
    for record in &records[..5] {
        let version = store.versions(&record.id().parse().unwrap()).await.unwrap().pop().unwrap();
        let text = store.text(&version.text).await.unwrap().unwrap().content;
        let passages = segment::segment(&text);
        let tail = |passage: &lacuna_domain::Passage| -> Option<String> {
            let words: Vec<&str> = passage.trimmed(&text).split_whitespace().collect();
            let last = words.get(words.len().checked_sub(6)?..)?.join(" ");
            last.chars().all(|c| c.is_ascii() && c != '"').then_some(last)
        };
        let (passage, words) =
            passages.iter().rev().find_map(|p| tail(p).map(|words| (p.index, words))).unwrap();
        let found = world.search.find(&world.catalogue, &format!("\"{words}\""), None).unwrap();
        assert!(found.matches.documents.contains(record.number()), "{}: {words}", record.id());
        let hits = world.search.passages(&found, record.number(), 10).unwrap();
        assert!(!hits.is_empty() && hits.iter().all(|hit| !hit.snippet.marks.is_empty()), "{words}");
        println!(
            "{} ({} bytes): {words:?} in passages {:?}, wanted {passage}",
            record.id(),
            text.len(),
            hits.len()
        );
    }
}

fn counts(world: &World, codebook: &Codebook) {
    let start = Instant::now();
    let open = world.catalogue.select(&Filter::default(), None);
    let facets = world.catalogue.facets(&open);
    println!("facets in {:?}", start.elapsed());
    let mut checked = 0;
    for value in facets.fields.values().flatten().chain(&facets.years) {
        assert_eq!(value.count, world.catalogue.count(&Filter::default().with(&value.condition)));
        checked += 1;
    }
    assert!(checked > 100, "{checked} values");
    let start = Instant::now();
    let axis = |text: &str| Axis::parse(text, codebook).unwrap();
    let table = world.catalogue.crosstab(&open, &axis("authority"), &axis("year"));
    println!("{} × {} cells in {:?}", table.rows.len(), table.columns.len(), start.elapsed());
    assert_eq!(table.documents, world.catalogue.len());
}

#[tokio::test]
async fn a_revoked_order_says_by_what_it_was_revoked_and_had_been_in_force() {
    use jiff::civil::date;
    use lacuna_domain::Enactment;
    use lacuna_domain::enactment::StateSource;
    use lacuna_pipeline::analyze::relations;

    let Some(archive) = archive() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    ingest::run(&store, &Source::Path(archive), &Options::default(), Clock::fixed(), &Silent).await.unwrap();
    let summary = relations::find(&store, &Silent).await.unwrap();
    println!("relations found {:?}, joined {:?}", summary.found, summary.joined);
    assert!(summary.changed && !relations::find(&store, &Silent).await.unwrap().changed);
    let book = store.relation_book(Audience::Public).await.unwrap();
    let document = store.document(&"agora:307".parse().unwrap()).await.unwrap().unwrap();
    let life = book.life(&document.id, &document.metadata, lacuna_domain::Terms::default());
    let after = life.on(date(2025, 6, 1));
    assert_eq!(after.state, Enactment::Revoked);
    assert_eq!(after.source, StateSource::Document("agora:1780".parse().unwrap()));
    assert!(life.on(date(2024, 6, 1)).state.in_force(), "it bound until then");
    let codebook = Codebook::parse(CODEBOOK).unwrap();
    let catalogue = Catalogue::load(&store, None, &codebook, Audience::Public).await.unwrap();
    let count = |query: &str| catalogue.count(&Filter::parse_query(query, &codebook).unwrap());
    assert_eq!(
        (count("enactment=revoked"), count("enactment=defunct"), count("ended=2025-01-20")),
        (1, 316, 1)
    );
    assert_eq!(count("on=2024-06-01&enactment=revoked"), 0);
}
