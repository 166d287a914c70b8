//! How documents stand to each other: a list in pages, and what a text alone says of another instrument.

use std::collections::BTreeMap;

use jiff::civil::date;
use lacuna_domain::TextId;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::relation::{Cited, Relation, RelationKind};
use lacuna_store::Incoming;

use super::{Site, incoming, relation};
use crate::sample::TEXT;

/// A law in force, one that says it revokes it, and a bill that would revoke the other; all of them invented.
const OLD: &str = "file:old.txt";
const NEW: &str = "file:new.txt";
const BILL: &str = "file:bill.txt";

fn instrument(site: &Site, id: &str, state: Enactment) -> Incoming {
    let mut document = site.world.document.clone();
    document.id = id.parse().unwrap();
    document.metadata.casual_name = Some(format!("Instrument {id}"));
    document.metadata.enactment = state;
    let source_word = "Gazetted".to_owned();
    document.metadata.history = vec![StatusEvent { state, date: Some(date(2025, 6, 1)), source_word }];
    incoming(&site.world, document)
}

fn found(from: &str, kind: RelationKind, to: Result<&str, &str>) -> Relation {
    let quote = "The instrument is hereby revoked.".to_owned();
    Relation {
        to: to.ok().map(|id| id.parse().unwrap()),
        cited: to.unwrap_or_else(|cited| cited).to_owned(),
        passage: Some(Cited { text: TextId::of(TEXT), start: 0, end: 4, quote, passage: 1 }),
        ..relation(from, kind, OLD)
    }
}

async fn with(relations: &[Relation]) -> Site {
    let site = Site::new().await;
    let states = [(OLD, Enactment::InForce), (NEW, Enactment::InForce), (BILL, Enactment::Proposed)];
    let all = states.map(|(id, state)| instrument(&site, id, state));
    site.app.store().put_documents(&all).await.unwrap();
    site.app.store().replace_found_relations(relations, &BTreeMap::new()).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

#[tokio::test]
async fn every_relation_is_on_one_page_of_the_list_and_in_the_tables() {
    let outside = (0..230).map(|act| format!("Lantern Act {act}")).collect::<Vec<_>>();
    let mut all: Vec<Relation> =
        outside.iter().map(|act| found(NEW, RelationKind::Amends, Err(act.as_str()))).collect();
    all.push(found(NEW, RelationKind::Implements, Ok(OLD)));
    let site = with(&all).await;
    let total = site.get("/relations.json").await.json()["total"].as_u64().unwrap();
    assert!(total >= 231, "documents with one text stand in relation too: {total}");
    let mut shown = 0;
    for (number, path) in [(1, "/relations"), (2, "/relations?page=2"), (3, "/relations?page=3")] {
        let page = site.get(path).await.body;
        let rows = page.split("<tbody>").nth(1).unwrap().matches("<tr>").count() as u64;
        shown += rows;
        assert_eq!(page.contains("rel=\"next\""), number < 3, "{path}: {page}");
        assert!(page.contains(&format!("href=\"/documents/{NEW}\"")), "{path}");
        assert!(page.contains(&format!("href=\"/documents/{NEW}/text#p-1\"")), "no way to the words: {path}");
    }
    assert_eq!(shown, total);
    assert_eq!(site.get("/relations.csv").await.rows("csv") as u64, total);
    assert_eq!(site.get("/relations.jsonl").await.rows("jsonl") as u64, total);

    let amending = site.get("/relations?kind=amends").await.body;
    let next = amending.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    assert!(next.contains("kind=amends") && next.contains("page=2"), "the kind is lost: {next}");
    let third = site.get("/relations.json?kind=amends&page=3").await.json();
    assert_eq!((third["total"].as_u64(), third["rows"].as_array().unwrap().len()), (Some(230), 30));
    assert!(site.get("/relations?page=9").await.body.contains("has no such page"));
    for bad in ["0", "x", "-1"] {
        assert_eq!(site.get(&format!("/relations?page={bad}")).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_long_list_of_relations_is_written_while_it_is_read_with_the_bytes_of_its_pages() {
    let acts = (0..5_001).map(|act| format!("Lantern Act {act}")).collect::<Vec<_>>();
    let all: Vec<Relation> =
        acts.iter().map(|act| found(NEW, RelationKind::Amends, Err(act.as_str()))).collect();
    let site = with(&all).await;
    let whole = site.get("/relations.json?kind=amends").await;
    let tag = whole.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let (rows, total) = (whole.json()["rows"].clone(), whole.json()["total"].clone());
    assert_eq!((rows.as_array().unwrap().len(), total.as_u64()), (5_001, Some(5_001)));
    let last = site.get("/relations.json?kind=amends&page=51").await;
    assert_eq!(last.json()["rows"].as_array().unwrap()[..], rows.as_array().unwrap()[5_000..]);
    assert!(last.header("etag").starts_with('"'), "a short one is made in one piece");
    let head = |page: &str| page.split_once("\"rows\"").unwrap().0.to_owned();
    assert_eq!(head(&whole.body), head(&last.body));
    assert_ne!(site.get("/relations.json").await.header("etag"), tag, "other rows, another tag");
}

#[tokio::test]
async fn what_people_confirmed_leads_to_its_words_in_the_text_of_today_or_nowhere() {
    let quoted = |passage: u32, relation: Relation| {
        let cited = relation.passage.clone().unwrap();
        Relation {
            passage: Some(Cited { text: TextId::of("An earlier text."), passage, ..cited }),
            ..relation
        }
    };
    let amending = found(NEW, RelationKind::Amends, Ok(OLD));
    let site = with(std::slice::from_ref(&amending)).await;
    let implementing = found(NEW, RelationKind::Implements, Ok(BILL));
    let said = [quoted(71, amending), quoted(81, implementing)];
    site.app.store().put_imported_relations(&said).await.unwrap();
    site.app.refresh().await.unwrap();
    let rows = site.get("/relations.json").await.json()["rows"].clone();
    let row = |kind: &str| rows.as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap().clone();
    let (amends, implements) = (row("amends"), row("implements"));
    assert_eq!(amends["source"], "imported");
    assert_eq!(amends["quote_href"], format!("/documents/{NEW}/text#p-1"), "it is found there now");
    assert!(implements["quote_href"].is_null(), "nobody knows where it stands now: {implements}");
    assert!(implements["quote"].is_string(), "the words stay: {implements}");
    let page = site.get(&format!("/documents/{NEW}")).await.body;
    assert!(page.contains(&format!("/documents/{NEW}/text#p-1\"")), "{page}");
    assert!(!page.contains("#p-71\"") && !page.contains("#p-81\""), "{page}");
}

#[tokio::test]
async fn the_table_of_relations_leads_to_both_documents() {
    let to_acts = Err("Lantern Act");
    let site =
        with(&[found(NEW, RelationKind::Amends, to_acts), found(NEW, RelationKind::Implements, Ok(OLD))])
            .await;
    let table = site.get("/relations.csv").await.body;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(head[9..], ["from_href", "to_href"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let row = |kind: &str| rows.iter().find(|row| &row[2] == kind).unwrap();
    let (new, old) = (format!("/documents/{NEW}"), format!("/documents/{OLD}"));
    assert_eq!((&row("implements")[9], &row("implements")[10]), (new.as_str(), old.as_str()));
    assert_eq!((&row("amends")[9], &row("amends")[10]), (new.as_str(), ""));
}

#[tokio::test]
async fn what_a_text_alone_says_ended_a_law_is_told_and_counted_though_the_law_stays_in_force() {
    let revoking = found(NEW, RelationKind::Revokes, Ok(OLD));
    let site = with(&[revoking.clone(), found(BILL, RelationKind::Revokes, Ok(NEW))]).await;
    let told = "says that it repeals or revokes this. It still counts as in force by the catalogue.";
    for path in [format!("/documents/{OLD}"), format!("/documents/{OLD}/text")] {
        let page = site.get(&path).await.body;
        assert!(page.contains(told), "{path}: {page}");
        assert!(page.contains(&format!("href=\"/documents/{NEW}/text#p-1\">Read the words</a>")), "{path}");
    }
    let data = site.get(&format!("/documents/{OLD}.json")).await.json();
    assert_eq!(data["related"]["said_ended"][0]["by"]["id"], NEW, "{data}");
    assert_eq!(data["related"]["state_source"], "catalogue: Gazetted");
    let text = site.get(&format!("/documents/{OLD}/text.json")).await.json();
    assert_eq!(text["said_ended"][0]["kind"], "revokes");
    let new = site.get(&format!("/documents/{NEW}")).await.body;
    assert!(!new.contains("says that it repeals"), "a bill ends nothing: {new}");

    let gaps = site.get("/gaps.json").await.json();
    assert_eq!(
        (gaps["said_ended"]["count"].as_u64(), gaps["binding"].as_u64()),
        (Some(1), Some(2)),
        "{gaps}"
    );
    assert_eq!(gaps["said_ended"]["documents"][0]["id"], OLD);
    let page = site.get("/gaps").await.body;
    assert!(page.contains("<a href=\"#said\">1 is said to be revoked or superseded</a>"), "{page}");
    assert!(page.contains("The page of each says which text says so"), "{page}");
    let past = site.get("/gaps?on=2025-06-02").await.body;
    assert!(past.contains("id=\"said\""), "{past}");
    assert!(!past.contains("The page of each says"), "pages of documents tell of today: {past}");
    let before = site.get("/gaps.json?on=2025-05-31").await.json();
    assert_eq!(before["said_ended"]["count"], 0, "nobody had said so then");

    // Once people say so too, the law is dead and there is nothing left to tell.
    site.app.store().put_imported_relations(&[revoking]).await.unwrap();
    site.app.refresh().await.unwrap();
    assert!(!site.get(&format!("/documents/{OLD}")).await.body.contains(told));
    let gaps = site.get("/gaps.json").await.json();
    assert_eq!(
        (gaps["said_ended"]["count"].as_u64(), gaps["binding"].as_u64()),
        (Some(0), Some(1)),
        "{gaps}"
    );
}

#[tokio::test]
async fn tables_of_documents_say_who_says_where_an_instrument_stands() {
    let site = with(&[]).await;
    let revoking = found(NEW, RelationKind::Revokes, Ok(OLD));
    site.app.store().put_imported_relations(&[revoking]).await.unwrap();
    site.app.refresh().await.unwrap();
    let list = site.get("/documents.json").await.json();
    let listed = list["rows"].as_array().unwrap();
    let sources = [(OLD, NEW), (NEW, "catalogue: Gazetted"), (BILL, "catalogue: Gazetted")];
    for table in ["/documents.csv", "/wide.csv"] {
        let body = site.get(table).await.body;
        let mut reader = csv::Reader::from_reader(body.as_bytes());
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(head.last().unwrap(), "state_source", "{table}");
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        for (id, source) in sources {
            let row = rows.iter().find(|row| &row[0] == id).unwrap();
            assert_eq!(&row[head.len() - 1], source, "{table}: {id}");
        }
    }
    for (id, source) in sources {
        assert_eq!(listed.iter().find(|row| row["id"] == id).unwrap()["state_source"], source, "{id}");
    }
}
