//! A feed says of every document what changed, newest first, all of it, page by page.

use lacuna_domain::coding::Outcome;
use lacuna_domain::relation::RelationKind;
use lacuna_domain::{Document, Metadata};
use lacuna_store::Incoming;

use super::{Site, relation};
use crate::config::Config;

/// What stands in an entry of a feed between two tags, of every entry in turn.
fn all<'f>(feed: &'f str, tag: &str) -> Vec<&'f str> {
    let entries = feed.split("<entry>").skip(1);
    let inside = |entry: &'f str| {
        let rest = entry.split_once(&format!("<{tag}>")).unwrap().1;
        rest.split_once(&format!("</{tag}>")).unwrap().0
    };
    entries.map(inside).collect()
}

/// Where the feed says that its next page is.
fn next(feed: &str) -> Option<String> {
    let rest = feed.split_once("rel=\"next\"")?.1.split_once("href=\"")?.1;
    Some(rest.split_once('"')?.0.replace("&amp;", "&"))
}

#[tokio::test]
async fn changed_catalogue_data_relations_and_labels_are_told() {
    let site = Site::new().await;
    let store = site.app.store();
    let own = site.world.document.id.clone();

    let mut renamed = site.world.document.clone();
    renamed.metadata.casual_name = Some("The Renamed Act".to_owned());
    store.put_documents(&[Incoming { document: renamed, version: None }]).await.unwrap();

    let relation = |from: &str| relation(from, RelationKind::Supersedes, own.as_str());
    store.put_imported_relations(&[relation("file:bare.txt"), relation("file:private.txt")]).await.unwrap();

    let mut run = site.world.run.clone();
    run.config.parameters.insert("weights".to_owned(), "other".to_owned());
    (run.id, run.name, run.finished_at) = (run.config.id(), "A second engine".to_owned(), None);
    let Outcome::Coded(mut coding) = site.world.outcome.clone() else { unreachable!() };
    coding.run = run.id.clone();
    let lost = coding.judgements.iter().position(|j| j.code().as_str() == "2.2").unwrap();
    coding.judgements.remove(lost);
    store.start_run(&run).await.unwrap();
    let text = site.world.reading.text.id.clone();
    store.put_outcomes(&run.id, &[(text, Outcome::Coded(coding))]).await.unwrap();
    store.finish_run(&run.id).await.unwrap();
    site.app.refresh().await.unwrap();

    let query = crate::address::query(&format!("id:\"{own}\""));
    let feed = site.get(&format!("/feed.atom?q={query}")).await.body;
    assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
    let told = all(&feed, "summary")[0];
    assert!(told.contains("Catalogue data changed: casual name"), "{told}");
    assert!(told.contains("now “The Renamed Act”") || told.contains("to “The Renamed Act”"), "{told}");
    assert!(told.contains("This is superseded by “Catalogued without a text” (file:bare.txt)"), "{told}");
    assert!(!feed.contains("file:private"), "what is private is told of nobody: {feed}");
    let name = &site.world.codebook.dimension("risk").unwrap().code("2.2").unwrap().name;
    assert!(told.contains(&format!("Coded anew by A second engine; labels lost: {name} (Good)")), "{told}");
}

#[tokio::test]
async fn every_document_of_a_list_is_on_one_page_of_its_feed() {
    let site = Site::new().await;
    let bare = |n: usize| Incoming {
        document: Document {
            id: format!("file:many/{n}.txt").parse().unwrap(),
            metadata: Metadata { official_name: format!("Ordinance {n}"), ..Metadata::default() },
        },
        version: None,
    };
    site.app.store().put_documents(&(0..120).map(bare).collect::<Vec<_>>()).await.unwrap();
    site.app.refresh().await.unwrap();
    let rows = site.get("/documents.csv").await.body.lines().count() - 1;
    let (mut ids, mut pages, mut path) = (std::collections::BTreeSet::new(), 0, "/feed.atom".to_owned());
    loop {
        let feed = site.get(&path).await.body;
        for id in all(&feed, "id") {
            assert!(id.starts_with("urn:uuid:") && id.len() == 45, "a site without an address: {id}");
            assert!(ids.insert(id.to_owned()), "{id} comes twice");
        }
        let times = all(&feed, "updated");
        assert!(times.is_sorted_by(|a, b| a >= b), "the newest change comes first: {times:?}");
        pages += 1;
        let Some(following) = next(&feed) else { break };
        path = following;
    }
    assert_eq!((ids.len(), pages), (rows, 3));

    // Of very many documents the latest are found by going through all in their order, which gives the same.
    let snapshot = site.app.snapshot();
    let (catalogue, changes) = (&snapshot.catalogue, snapshot.changes.get().unwrap());
    let every: lacuna_store::catalogue::DocumentSet = (0..u32::try_from(rows).unwrap()).collect();
    let odd = every.iter().filter(|number| number % 2 == 1).collect();
    for list in [every, odd] {
        for wanted in [1, 50, 120] {
            assert_eq!(changes.walked(&list, wanted), changes.latest(catalogue, &list, wanted));
            assert_eq!(changes.walked(&list, wanted).len() as u64, list.len().min(wanted as u64));
        }
    }
}

#[tokio::test]
async fn a_feed_names_things_by_their_addresses_where_the_site_knows_its_own() {
    let base = "https://map.example";
    let site = Site::with(Config { base_url: Some(base.to_owned()), ..Config::default() }).await;
    let feed = site.get("/feed.atom?risk=2.2").await.body;
    for id in all(&feed, "id") {
        let path = id.strip_prefix(base).unwrap();
        assert_eq!(site.get(path).await.status, axum::http::StatusCode::OK, "{id}");
    }
    assert!(feed.contains(&format!("<id>{base}/feed.atom?risk=2.2</id>")), "{feed}");
    let again = site.get("/feed.atom?risk=2.2").await.body;
    assert_eq!(feed, again, "nothing changed, so nothing is updated");
}

#[tokio::test]
async fn a_feed_leads_to_the_address_listened_on_and_never_to_a_host_that_was_asked_for() {
    let bound = "http://127.0.0.1:7373";
    let site = Site::with(Config { bound: Some(bound.to_owned()), ..Config::default() }).await;
    let request = axum::http::Request::get("/feed.atom?risk=2.2").header("host", "evil.example");
    let feed = site.ask(request.body(axum::body::Body::empty()).unwrap()).await.body;
    assert!(!feed.contains("evil.example"), "{feed}");
    let links: Vec<&str> = feed.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.len() > 3 && links.iter().all(|link| link.starts_with(bound)), "{feed}");
    for id in all(&feed, "id") {
        assert!(id.starts_with("urn:uuid:"), "{id}: the port may be another tomorrow");
    }
    let annotations = site.get(&format!("{}/annotations.json", site.document())).await.json();
    for item in annotations["first"]["items"].as_array().unwrap() {
        assert!(item["id"].as_str().unwrap().starts_with("urn:uuid:"), "{item}");
        assert!(item["target"]["source"].as_str().unwrap().starts_with(&format!("{bound}/documents/")));
    }
    assert!(
        !site.get("/documents").await.body.contains(bound),
        "pages name themselves by a base address alone"
    );
}
