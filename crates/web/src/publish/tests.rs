//! A publication fails of a page that went missing, and of a part of one.

use lacuna_domain::Filter;
use lacuna_domain::filter::Field;
use lacuna_domain::progress::Silent;
use lacuna_domain::relation::{Cited, RelationKind, StatedDate, StatedKind};
use serde_json::Value;

use super::*;
use crate::tests::{Site, relation};

/// What the publication of the sample says when its answers are changed so.
async fn told(change: impl FnOnce(&mut Answers)) -> Vec<String> {
    told_of(&Site::new().await, change).await
}

async fn told_of(site: &Site, change: impl FnOnce(&mut Answers)) -> Vec<String> {
    let edition = Edition::present(&site.app);
    let mut answers = answers(&edition, &Silent).await.unwrap();
    change(&mut answers);
    match assembled(&edition, answers).await {
        Ok(_) => vec![],
        Err(PublishError::Links(links)) => links,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_lost_page_fails_the_publication_which_names_it_and_who_leads_there() {
    assert_eq!(told(|_| ()).await, Vec::<String>::new(), "every link of the sample leads somewhere");
    for (lost, from) in [
        ("/codes/risk/2.2", "codes/risk.html"),
        ("/jurisdictions/Norvale", "jurisdictions.html"),
        ("/documents/file:twin.txt/text", "documents/file_twin.txt.html"),
        ("/documents.csv", "documents.html"),
    ] {
        let links = told(|answers| drop(answers.remove(lost).unwrap())).await;
        let expected = format!("{from} → {lost}");
        assert!(links.contains(&expected), "{expected} among {links:?}");
    }
}

/// An address of a site, and what its publication says when that one is lost.
async fn lost(site: &Site, is: impl Fn(&str) -> bool) -> (String, Vec<String>) {
    let mut lost = String::new();
    let links = told_of(site, |answers| {
        lost = answers.keys().find(|address| is(address)).unwrap().clone();
        drop(answers.remove(&lost));
    });
    let links = links.await;
    (lost, links)
}

#[tokio::test]
async fn the_table_that_a_run_promises_and_the_sentences_of_a_duty_are_pages_too() {
    let of_run =
        |address: &str| address.strip_prefix("/runs/").and_then(|run| run.strip_suffix(".csv")).is_some();
    let (table, links) = lost(&Site::new().await, of_run).await;
    let page = table.trim_start_matches('/').replace(".csv", ".html");
    assert!(links.contains(&format!("{page} → {table}")), "{table} among {links:?}");
    let ruled = crate::tests::actors::ruled().await;
    let (duty, links) = lost(&ruled, |address| address.starts_with("/actors/duties/")).await;
    assert!(links.contains(&format!("actors.html → {duty}")), "{duty} among {links:?}");
}

#[tokio::test]
async fn a_part_of_a_page_that_no_page_has_fails_it_too() {
    let links = told(|answers| {
        let text = answers.get_mut("/documents/file:twin.txt/text").unwrap();
        let html = String::from_utf8(std::mem::take(&mut text.body)).unwrap();
        text.body = html.replace(" id=\"p-", " id=\"q-").into_bytes();
    })
    .await;
    let text = "documents/file_twin.txt/text.html#p-";
    assert!(links.iter().any(|link| link.contains(text)), "{links:?}");
}

#[tokio::test]
async fn addresses_in_tables_are_those_of_files_of_the_site() {
    let site = Site::new().await;
    let text = site.world.reading.text.id.clone();
    let passage = Cited { text: text.clone(), start: 0, end: 9, quote: "AUTOMATED".to_owned(), passage: 0 };
    let relation = relation("file:twin.txt", RelationKind::Implements, site.world.document.id.as_str());
    let date = jiff::civil::date(2031, 5, 6);
    let stated = StatedDate { kind: StatedKind::InForce, date, whole: true, passage, reckoned: None };
    let dates = BTreeMap::from([(text, vec![stated])]);
    site.app.store().replace_found_relations(&[relation], &dates).await.unwrap();
    site.app.refresh().await.unwrap();
    let edition = Edition::present(&site.app);
    let answers = answers(&edition, &Silent).await.unwrap();
    let files = assembled(&edition, answers).await.unwrap();
    for (table, columns) in [("relations.csv", &["from_href", "to_href"][..]), ("dates.csv", &["href"][..])] {
        let mut reader = csv::Reader::from_reader(&files[table][..]);
        let head = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!rows.is_empty(), "{table}");
        for column in columns {
            let at = head.iter().position(|name| name == *column).unwrap();
            for row in &rows {
                let file = row[at].split('#').next().unwrap();
                assert!(files.contains_key(file), "{table}: there is no file {file:?}");
            }
        }
    }
    let config = Config { base_url: Some("https://map.example/ai".to_owned()), ..Config::default() };
    let there = in_tables(&config, "/documents/file:twin.txt/text#p-3");
    assert_eq!(there, "https://map.example/ai/documents/file_twin.txt/text.html#p-3");
}

#[tokio::test]
async fn the_search_holds_every_quote_and_the_list_behind_every_facet() {
    let site = Site::new().await;
    let edition = Edition::present(&site.app);
    let files = assembled(&edition, answers(&edition, &Silent).await.unwrap()).await.unwrap();
    let read = |name: &str| std::str::from_utf8(&files[name]).unwrap();
    let quotes = read("assets/quotes.js");
    for words in ["within ten days", "Be it enacted by the Assembly of Norvale", "AI system shall test it"] {
        assert!(quotes.contains(words), "{words} in {quotes}");
    }
    let data = read("assets/documents.js").strip_prefix("window.lacunaDocuments = ").unwrap();
    let data: Value = serde_json::from_str(data.trim_end().trim_end_matches(';')).unwrap();
    let snapshot = site.app.snapshot();
    let mut names = Vec::new();
    for facet in data["facets"].as_array().unwrap() {
        names.push(facet["name"].as_str().unwrap());
        for value in facet["values"].as_array().unwrap() {
            let (name, of) = (value[0].as_str().unwrap(), value[1].as_str().unwrap());
            let list = &data["lists"][format!("{name}={of}")]["documents"];
            let filter = Filter::parse([(name, of)], &snapshot.codebook).unwrap();
            let found = snapshot.catalogue.select(&filter, None).len();
            assert_eq!(list.as_array().unwrap().len() as u64, found, "{name}={of}");
            assert!(found > 0, "{name}={of}");
        }
    }
    let fields = [Field::Jurisdiction, Field::Authority, Field::Enactment].map(Field::name);
    for name in fields.into_iter().chain(["Legal form", "Risk coverage", "Technical scope"]) {
        assert!(names.contains(&name), "{name} among {names:?}");
    }
}
