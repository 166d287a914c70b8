//! Two runs side by side: every label on which they differ is a row of the table, and nothing is told of private documents.

use std::collections::BTreeSet;
use std::future::pending;
use std::time::Duration;

use axum::http::StatusCode;
use lacuna_domain::Run;
use lacuna_domain::coding::Outcome;
use serde_json::json;

use super::{ENDINGS, Site, coded_alone, with_other_text};
use crate::config::Config;

/// A second engine beside that of the sample.
fn second(site: &Site) -> Run {
    let mut run = site.world.run.clone();
    run.config.parameters.insert("weights".to_owned(), "other".to_owned());
    (run.id, run.name, run.finished_at) = (run.config.id(), "A second engine".to_owned(), None);
    run
}

/// A site where two runs coded so many texts: each says of a text what the other does not. The address of their comparison.
async fn disagreeing(texts: usize, private: bool, config: Config) -> (Site, String) {
    let site = Site::with(config).await;
    let (store, world, run) = (site.app.store(), &site.world, second(&site));
    let (mut coming, mut ones, mut others) = (vec![], vec![], vec![]);
    for number in 0..texts {
        let words = format!("Whoever keeps lamp {number} shall light it.");
        let (text, one) = coded_alone(world, &words, "2.2", 3);
        let Outcome::Coded(mut other) = coded_alone(world, &words, "1.1", 2).1 else { panic!("it is coded") };
        other.run = run.id.clone();
        let mut lamp = with_other_text(world, &format!("file:lamp/{number}.txt"), &text);
        lamp.document.metadata.private = private;
        coming.push(lamp);
        ones.push((text.id.clone(), one));
        others.push((text.id, Outcome::Coded(other)));
    }
    store.put_documents(&coming).await.unwrap();
    store.start_run(&run).await.unwrap();
    for (run, outcomes) in [(&world.run, &ones), (&run, &others)] {
        store.put_outcomes(&run.id, outcomes).await.unwrap();
        store.finish_run(&run.id).await.unwrap();
    }
    site.app.refresh().await.unwrap();
    let path = format!("/runs/{}/beside/{}", world.run.id.short(), run.id.short());
    (site, path)
}

#[tokio::test]
async fn the_table_has_every_label_that_differs_where_the_page_lists_the_first() {
    let (site, path) = disagreeing(260, false, Config::default()).await;
    let told = site.get(&format!("{path}.json")).await.json();
    let differ = |code: &serde_json::Value| code["differ"].as_u64().unwrap();
    let all: u64 = told["codes"].as_array().unwrap().iter().map(differ).sum();
    assert_eq!((told["texts"].as_u64(), all), (Some(260), 520), "two labels of each text that both coded");
    assert_eq!((told["labels"].as_array().unwrap().len(), &told["more"]), (500, &20.into()));
    for ending in ENDINGS {
        let table = site.get(&format!("{path}.{ending}")).await;
        assert_eq!(table.rows(ending) as u64, all, "{ending}");
    }
    let table = site.get(&format!("{path}.csv")).await;
    let mut table = csv::Reader::from_reader(&table.bytes[..]);
    let head = ["run", "other", "text", "documents", "dimension", "code", "value", "other_value"];
    assert_eq!(table.headers().unwrap().iter().collect::<Vec<_>>(), head);
    let mut labels = BTreeSet::new();
    for row in table.records().map(Result::unwrap) {
        assert_eq!(&row[0], site.world.run.id.as_str());
        let values = (&row[6], &row[7]);
        assert_eq!(values, if &row[5] == "2.2" { ("3", "1") } else { ("1", "2") }, "{row:?}");
        assert!(labels.insert((row[2].to_owned(), row[5].to_owned())), "{row:?} comes twice");
    }
    let page = site.get(&path).await.body;
    assert!(page.contains(&format!("20 more are not listed here; the <a href=\"{path}.csv\">")), "{page}");
}

#[tokio::test]
async fn the_comparison_tells_nothing_of_texts_that_private_documents_alone_have() {
    let (site, path) = disagreeing(3, false, Config::default()).await;
    assert_eq!(site.get(&format!("{path}.csv")).await.rows("csv"), 6);
    assert_eq!(site.get(&format!("{path}.json")).await.json()["texts"], 3);

    // More than the page lists, none of which may be.
    let (site, path) = disagreeing(260, true, Config::default()).await;
    assert_eq!(site.get(&format!("{path}.csv")).await.rows("csv"), 0);
    let told = site.get(&format!("{path}.json")).await.json();
    let counted = (&told["texts"], &told["more"], &told["share"]);
    assert_eq!(counted, (&0.into(), &0.into(), &"0.0".into()));
    assert_eq!((&told["codes"], &told["labels"]), (&json!([]), &json!([])));
    let page = site.get(&path).await.body;
    assert!(page.contains("0 texts that both classified") && page.contains("No label differs."), "{page}");
}

#[tokio::test]
async fn runs_that_are_not_there_have_no_table() {
    let site = Site::new().await;
    let run = site.world.run.id.short();
    let answer = site.get(&format!("/runs/{run}/beside/ffffff.csv")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
}

#[tokio::test]
async fn a_comparison_that_takes_too_long_is_given_up_with_a_clear_answer() {
    // Hundreds of texts are read for it, one after the other.
    let config = Config { request_timeout: Duration::from_nanos(1), ..Config::default() };
    let (site, path) = disagreeing(260, false, config).await;
    let answer = site.get(&path).await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT, "{}", answer.body);
    assert!(answer.body.contains("took longer than this site allows"), "{}", answer.body);
}

#[tokio::test]
async fn who_waits_for_a_long_comparison_is_soon_told_of_the_table() {
    let (site, path) = disagreeing(3, false, Config::default()).await;
    let (app, ids) = (site.app.clone(), [site.world.run.id.clone(), second(&site).id]);
    assert!(app.comparisons().get(ids, app.snapshot().revision, pending).await.unwrap().is_none());
    let told = site.get(&path).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE, "{}", told.body);
    assert!(told.headers.contains_key("retry-after"));
    assert!(told.body.contains(&format!("{path}.csv is ready")), "{}", told.body);
    assert_eq!(site.get(&format!("{path}.csv")).await.rows("csv"), 6, "the table waits for nobody");
}
