//! The data package describes its tables as they are, to the cell: as a server gives them, as they lie in a published site, and
//! so does a release of its files.

use std::collections::BTreeSet;

use lacuna_domain::progress::Silent;
use lacuna_domain::relation::RelationKind;
use lacuna_domain::{Clock, sha256_hex};
use lacuna_pipeline::analyze::relations;
use lacuna_pipeline::publish::release;
use serde_json::Value;

use super::{Site, relation};

/// A site with a row in every table.
async fn with_every_table() -> Site {
    let site = Site::new().await;
    let words =
        "TRIAL ORDER\n\nThis Order takes effect on January 1, 2030. =SUM(1) is \"no\" formula, it says.";
    let (text, outcome) = super::coded_alone(&site.world, words, "2.2", 3);
    let mut order = super::with_other_text(&site.world, "file:order.txt", &text);
    order.document.metadata.casual_name = Some("=Trial, \"second\" reading".to_owned());
    let store = site.app.store();
    store.put_documents(&[order]).await.unwrap();
    store.put_outcomes(&site.world.run.id, &[(text.id.clone(), outcome)]).await.unwrap();
    relations::find(store, &Silent).await.unwrap();
    let relation = relation("file:order.txt", RelationKind::Amends, site.world.document.id.as_str());
    store.put_imported_relations(&[relation]).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// Whether a cell is what a Frictionless field of this type takes.
fn parses(cell: &str, kind: &str) -> bool {
    match kind {
        "integer" => cell.parse::<i64>().is_ok(),
        "number" => cell.parse::<f64>().is_ok_and(f64::is_finite),
        "boolean" => ["true", "false"].contains(&cell),
        "date" => cell.parse::<jiff::civil::Date>().is_ok_and(|day| day.to_string() == cell),
        "string" => true,
        other => panic!("no type {other}"),
    }
}

/// Holds a table against what the package says of it, and answers its rows.
fn conforming(resource: &Value, table: &[u8]) -> usize {
    let name = resource["name"].as_str().unwrap();
    let schema = &resource["schema"];
    let word = |field: &Value, key: &str| field[key].as_str().unwrap().to_owned();
    let fields = schema["fields"].as_array().unwrap().iter();
    let (columns, kinds): (Vec<String>, Vec<String>) =
        fields.map(|field| (word(field, "name"), word(field, "type"))).unzip();
    // A row that is longer or shorter than the first is an error of this reader.
    let mut reader = csv::Reader::from_reader(table);
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), columns, "{name}");
    let key = schema["primaryKey"].as_array().into_iter().flatten();
    let key: Vec<usize> = key.map(|of| columns.iter().position(|column| of == column).unwrap()).collect();
    let (mut known, mut rows) = (BTreeSet::new(), 0);
    for row in reader.records().map(Result::unwrap) {
        for ((cell, kind), column) in row.iter().zip(&kinds).zip(&columns) {
            assert!(cell.is_empty() || parses(cell, kind), "{name}.{column}: {cell:?} is no {kind}");
        }
        let own: Vec<String> = key.iter().map(|at| row[*at].to_owned()).collect();
        assert!(own.iter().all(|cell| !cell.is_empty()), "{name}: a key is never blank: {row:?}");
        assert!(known.insert(own) || key.is_empty(), "{name}: a key comes twice: {row:?}");
        rows += 1;
    }
    rows
}

#[tokio::test]
async fn every_table_is_as_the_data_package_says() {
    let site = with_every_table().await;
    let package = site.get("/datapackage.json").await.json();
    let resources = package["resources"].as_array().unwrap();
    let mut keyed = 0;
    for resource in resources {
        let path = resource["path"].as_str().unwrap();
        let rows = conforming(resource, &site.get(&format!("/{path}")).await.bytes);
        assert!(rows > 0, "{path} has rows to hold against it");
        keyed += usize::from(resource["schema"]["primaryKey"].is_array());
    }
    assert_eq!(keyed, 3, "documents, wide and codes");

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
    let read = |name: &str| std::fs::read(out.join(name)).unwrap();
    let package: Value = serde_json::from_slice(&read("datapackage.json")).unwrap();
    assert_eq!(package["resources"].as_array().unwrap().len(), resources.len());
    for resource in package["resources"].as_array().unwrap() {
        let table = read(resource["path"].as_str().unwrap());
        assert!(conforming(resource, &table) > 0);
        assert_eq!(resource["bytes"], table.len());
        assert_eq!(resource["hash"], format!("sha256:{}", sha256_hex(&table)));
    }
}

#[tokio::test]
async fn the_files_of_a_release_are_as_it_describes_them() {
    let site = with_every_table().await;
    let (store, at) = (site.app.store(), Clock::fixed().now());
    let (release, _) = release::cut(store, Some(&site.world.run), "", at).await.unwrap();
    let mut tables = 0;
    for file in &release.files {
        let content = store.release_file(&release.id, &file.name).await.unwrap().unwrap();
        assert_eq!(file.bytes, content.len() as u64, "{}", file.name);
        assert_eq!(file.sha256, sha256_hex(content.as_bytes()), "{}", file.name);
        if file.name.strip_suffix(".csv").is_some() {
            let rows = csv::Reader::from_reader(content.as_bytes()).records().map(Result::unwrap).count();
            assert_eq!(file.rows, rows as u64, "{}", file.name);
            tables += usize::from(rows > 0);
        }
    }
    assert_eq!(tables, 4, "documents, labels, relations and dates");
}
