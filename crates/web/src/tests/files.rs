//! Files are not sent again to who has them, releases are a table like any other, and a chart says where it comes from.

use lacuna_domain::{Clock, Document, Metadata};
use lacuna_pipeline::publish::release;

use super::*;

async fn asked(site: &Site, method: Method, path: &str, known: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header(header::IF_NONE_MATCH, known);
    site.ask(request.body(Body::empty()).unwrap()).await
}

fn bare(id: &str) -> Incoming {
    let metadata = Metadata { official_name: format!("Ordinance {id}"), ..Metadata::default() };
    Incoming { document: Document { id: id.parse().unwrap(), metadata }, version: None }
}

#[tokio::test]
async fn all_labels_are_not_sent_again_until_the_store_or_the_filter_changes() {
    let site = Site::new().await;
    let mut tags = std::collections::BTreeSet::new();
    for path in [
        "/judgements.csv",
        "/judgements.csv?risk=2.2",
        "/judgements.jsonl",
        "/judgements.xlsx",
        "/judgements.rows.json",
    ] {
        let first = asked(&site, Method::GET, path, "\"other\"").await;
        assert_eq!(first.status, StatusCode::OK, "{path}");
        assert!(!first.bytes.is_empty(), "{path}");
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{path}: it may be compressed on its way: {tag}");
        for method in [Method::GET, Method::HEAD] {
            let again = asked(&site, method.clone(), path, &tag).await;
            assert_eq!(
                (again.status, again.body.as_str()),
                (StatusCode::NOT_MODIFIED, ""),
                "{method} {path}"
            );
            assert_eq!(again.header("etag"), tag, "{method} {path}");
        }
        assert!(tags.insert(tag), "{path} has a tag of its own");
    }
    let tag = site.get("/judgements.csv").await.header("etag").to_owned();
    site.app.store().put_documents(&[bare("file:new.txt")]).await.unwrap();
    site.app.refresh().await.unwrap();
    let later = asked(&site, Method::GET, "/judgements.csv", &tag).await;
    assert_eq!(later.status, StatusCode::OK, "the store moved on");
    assert_ne!(later.header("etag"), tag);
}

#[tokio::test]
async fn who_asks_for_the_head_of_a_file_gets_that_and_no_body() {
    let site = Site::new().await;
    for path in ["/judgements.csv", "/judgements.jsonl", "/api/v1/judgements", "/documents.csv", "/documents"]
    {
        // The head comes first: what is kept of it must not be an empty page.
        let head = asked(&site, Method::HEAD, path, "\"other\"").await;
        let whole = asked(&site, Method::GET, path, "\"other\"").await;
        assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0), "{path}");
        assert!(whole.bytes.len() > 100, "{path}: {}", whole.body);
        assert!(!head.header("etag").is_empty(), "{path}");
        assert_eq!(head.headers, whole.headers, "{path}");
    }
}

#[tokio::test]
async fn the_head_of_a_table_in_another_format_tells_no_length_of_an_empty_one() {
    let site = Site::new().await;
    for table in ["documents", "judgements", "codes"] {
        for ending in ["xlsx", "parquet", "rows.json"] {
            let path = format!("/{table}.{ending}");
            let head = asked(&site, Method::HEAD, &path, "\"other\"").await;
            let whole = asked(&site, Method::GET, &path, "\"other\"").await;
            assert_eq!((head.status, whole.status), (StatusCode::OK, StatusCode::OK), "{path}");
            assert!(head.bytes.is_empty() && whole.rows(ending) > 1, "{path}");
            for name in ["content-type", "content-disposition", "etag"] {
                assert!(!head.header(name).is_empty(), "{path} has no {name}");
                assert_eq!(head.header(name), whole.header(name), "{path}: {name}");
            }
            assert_eq!(head.header("content-length"), "", "{path} would have to be written to know");
        }
    }
}

#[tokio::test]
async fn labels_of_words_that_cannot_be_read_are_no_empty_file() {
    let site = Site::new().await;
    let answer = site.get("/judgements.csv?q=(audit").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(answer.body.contains("a closing bracket is missing"), "{}", answer.body);
}

/// The cells of a table by row.
fn cells(table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn releases_are_a_table_of_what_their_page_shows() {
    let site = Site::new().await;
    let (store, at) = (site.app.store(), Clock::fixed().now());
    let (first, _) = release::cut(store, None, "before any label", at).await.unwrap();
    let (second, _) = release::cut(store, Some(&site.world.run), "", at).await.unwrap();
    let page = site.get("/releases").await;
    assert!(page.body.contains("href=\"/releases.csv\""), "{}", page.body);
    let listed = site.get("/releases.json").await.json();
    let rows = cells(&site.get("/releases.csv").await.body);
    assert_eq!(
        rows[0],
        ["release", "cut", "documents", "positive_labels", "codebook", "run", "content", "note"]
    );
    assert_eq!(rows.len() - 1, listed["releases"].as_array().unwrap().len());
    for release in [&first, &second] {
        let row = rows.iter().find(|row| row[0] == release.id).unwrap();
        let told = [release.documents.to_string(), release.labels.to_string()];
        assert_eq!(row[2..4], told);
        assert_eq!((&row[6], &row[7]), (&release.content, &release.note));
        assert!(page.body.contains(&release.id));
    }
    for ending in ENDINGS {
        assert_eq!(site.get(&format!("/releases.{ending}")).await.rows(ending), 2, "{ending}");
    }
}

#[tokio::test]
async fn what_changed_between_releases_has_a_row_for_every_document_and_label() {
    let site = Site::new().await;
    let (store, at) = (site.app.store(), Clock::fixed().now());
    let (before, _) = release::cut(store, None, "", at).await.unwrap();
    let mut renamed = site.world.document.clone();
    renamed.metadata.casual_name = Some("A title given later".to_owned());
    let mut withdrawn = bare("file:bare.txt");
    withdrawn.document.metadata.private = true;
    let coming = [incoming(&site.world, renamed), withdrawn, bare("file:new.txt")];
    store.put_documents(&coming).await.unwrap();
    let (after, _) = release::cut(store, Some(&site.world.run), "", at).await.unwrap();
    let query = format!("from={}&to={}", before.id, after.id);
    let diff = site.get(&format!("/releases/diff.json?{query}")).await.json();
    let table = cells(&site.get(&format!("/releases/diff.csv?{query}")).await.body);
    let old = ["document", "dimension", "code", "entity", "before", "after", "quote"];
    assert_eq!(table[0][..7], old, "readers of the old columns find them where they were");
    assert_eq!(table[0][7..], ["what", "columns"]);
    let of = |what: &str| table.iter().filter(|row| row[7] == what).collect::<Vec<_>>();
    assert_eq!(of("document gained")[0][0], "file:new.txt");
    assert!(of("document lost").is_empty(), "nothing is told of what is private now");
    let changed = diff["diff"]["changed"][site.world.document.id.as_str()].as_array().unwrap();
    let told = of("document changed").into_iter().find(|row| row[0] == site.world.document.id.as_str());
    let columns: Vec<&str> = told.unwrap()[8].split("; ").collect();
    assert!(columns.contains(&"casual_name"), "{columns:?}");
    assert_eq!(columns, changed.iter().map(|column| column.as_str().unwrap()).collect::<Vec<_>>());
    let labels = diff["diff"]["labels"].as_array().unwrap();
    assert!(!labels.is_empty());
    assert_eq!(of("label gained").len(), labels.len(), "there was none before");
    assert!(of("label gained").iter().all(|row| row[4].is_empty() && !row[6].is_empty()));
    let backwards = format!("from={}&to={}", after.id, before.id);
    let table = cells(&site.get(&format!("/releases/diff.csv?{backwards}")).await.body);
    assert_eq!(table.iter().filter(|row| row[7] == "label lost").count(), labels.len());
    let lost: Vec<_> = table.iter().filter(|row| row[7] == "document lost").map(|row| &row[0]).collect();
    assert_eq!(lost, ["file:new.txt"]);
    for ending in ENDINGS {
        let answer = site.get(&format!("/releases/diff.{ending}?{backwards}")).await;
        assert_eq!(answer.rows(ending), table.len() - 1, "{ending}");
    }
}

#[tokio::test]
async fn a_chart_taken_away_says_which_site_it_comes_from() {
    for (base, source) in [
        (None, "Source: Lacuna, /explore?rows=risk"),
        (Some("https://map.example".to_owned()), "Source: https://map.example/explore?rows=risk"),
    ] {
        let site = Site::with(Config { base_url: base, ..Config::default() }).await;
        let chart = site.get("/explore.svg?rows=risk&columns=form&chart=bars").await.body;
        assert!(chart.contains(source), "{chart}");
    }
}
