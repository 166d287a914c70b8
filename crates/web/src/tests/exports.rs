//! Files for everybody cost little: who stops reading keeps nobody from a page, few tables are written at once, and
//! what is written while it is read is the same file as ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::routing::get;
use futures_util::{StreamExt as _, stream};
use lacuna_domain::Metadata;
use lacuna_pipeline::publish::export::{self, Format, Scope};
use tokio::sync::Semaphore;

use super::*;
use crate::tables;

/// Documents beside those of every test: more than fit into one piece of a file.
const MORE: usize = 300;

/// A site with many documents of the same text.
pub(super) async fn crowded() -> Site {
    let site = Site::new().await;
    let named = |number: usize| {
        let mut document = site.world.document.clone();
        document.id = format!("file:{number:03}.txt").parse().unwrap();
        document.metadata.casual_name = Some(format!("Act {number}, \"revised\""));
        incoming(&site.world, document)
    };
    let coming: Vec<Incoming> = (0..MORE).map(named).collect();
    site.app.store().put_documents(&coming).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// A runtime with a single thread for work that blocks, as a very small machine under load.
fn narrow() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).max_blocking_threads(1).enable_all().build().unwrap()
}

/// The cells of a table by row, each row as long as the first.
fn cells(table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

async fn asked(site: &Site, method: Method, path: &str, name: header::HeaderName, value: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header(name, value);
    site.ask(request.body(Body::empty()).unwrap()).await
}

#[test]
fn readers_who_stop_reading_keep_no_page_from_answering() {
    narrow().block_on(async {
        let site = crowded().await;
        let mut stalled = Vec::new();
        for path in ["/judgements.csv", "/judgements.jsonl", "/wide.csv", "/judgements.csv"] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = site.router.clone().oneshot(request).await.unwrap();
            let mut pieces = response.into_body().into_data_stream();
            pieces.next().await.unwrap().unwrap();
            stalled.push(pieces);
        }
        // Time for whatever would be written ahead of them.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let page = tokio::time::timeout(Duration::from_secs(10), site.get("/documents")).await;
        assert_eq!(page.expect("the page waits for them").status, StatusCode::OK);
        for mut pieces in stalled {
            while let Some(piece) = pieces.next().await {
                piece.expect("who reads on gets the rest");
            }
        }
    });
}

#[test]
fn a_page_that_no_thread_is_free_to_compress_is_sent_as_it_is() {
    narrow().block_on(async {
        let site = Site::new().await;
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || wait.recv().is_ok());
        let ask = asked(&site, Method::GET, "/codes", header::ACCEPT_ENCODING, "gzip");
        let page = tokio::time::timeout(Duration::from_secs(15), ask).await;
        let page = page.expect("the page waits for a thread");
        assert_eq!((page.status, page.header("content-encoding")), (StatusCode::OK, ""));
        assert!(page.body.contains("</html>"), "{}", page.body);
        release.send(()).unwrap();
        assert!(busy.await.unwrap());
        let page = asked(&site, Method::GET, "/codes", header::ACCEPT_ENCODING, "gzip").await;
        assert_eq!(page.header("content-encoding"), "gzip");
    });
}

#[tokio::test]
async fn labels_written_in_pieces_are_the_file_that_the_command_line_writes() {
    let site = crowded().await;
    for (path, format) in [("/judgements.csv", Format::Csv), ("/judgements.jsonl", Format::Jsonl)] {
        let mut whole = Vec::new();
        let run = &site.world.run;
        export::judgements(site.app.store(), run, Scope::All, format, &mut whole).await.unwrap();
        let served = site.get(path).await.body;
        let lines = |file: &str| file.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(lines(&served), lines(std::str::from_utf8(&whole).unwrap()), "{path}");
        assert_eq!(served.len(), whole.len(), "{path}");
    }
    let rows = cells(&site.get("/judgements.csv").await.body);
    assert_eq!(rows.iter().filter(|row| row[0] == "document").count(), 1, "one line of names");
    let of =
        |id: &str| rows.iter().filter(|row| row[0] == id).map(|row| row[2..].to_vec()).collect::<Vec<_>>();
    assert!(of("file:000.txt").len() > 1);
    for number in 1..MORE {
        assert_eq!(of(&format!("file:{number:03}.txt")), of("file:000.txt"), "one text, the same labels");
    }
}

#[tokio::test]
async fn the_wide_table_in_pieces_has_every_document_once_and_is_not_sent_again() {
    let site = crowded().await;
    let whole = site.get("/wide.csv").await;
    let rows = cells(&whole.body);
    let list = cells(&site.get("/documents.csv").await.body);
    let ids = |rows: &[Vec<String>]| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert!(rows.len() > MORE);
    assert_eq!(ids(&rows), ids(&list), "the same documents in the same order");
    assert!(whole.body.ends_with("\r\n") && whole.body.contains("\"Act 299, \"\"revised\"\"\""));
    let row = |id: &str| rows.iter().find(|row| row[0] == id).unwrap()[2..].to_vec();
    assert_eq!(row("file:000.txt"), row("file:299.txt"), "the first piece and the second");
    let tag = whole.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    for method in [Method::GET, Method::HEAD] {
        let again = asked(&site, method, "/wide.csv", header::IF_NONE_MATCH, &tag).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    }
    let head = asked(&site, Method::HEAD, "/wide.csv", header::IF_NONE_MATCH, "\"other\"").await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("etag"), tag);
    assert_ne!(site.get("/wide.csv?source=nowhere").await.header("etag"), tag, "other rows, another tag");
}

#[tokio::test]
async fn a_long_list_is_written_while_it_is_read_and_compressed_on_its_way() {
    let site = Site::new().await;
    let short = site.get("/documents.csv").await;
    assert!(short.header("etag").starts_with('"'), "a short one is made in one piece");
    let bare = |number: usize| {
        let metadata = Metadata { official_name: format!("Ordinance {number}"), ..Metadata::default() };
        let id = format!("file:bare-{number:05}.txt").parse().unwrap();
        Incoming { document: Document { id, metadata }, version: None }
    };
    let coming: Vec<Incoming> = (0..5_001).map(bare).collect();
    site.app.store().put_documents(&coming).await.unwrap();
    site.app.refresh().await.unwrap();
    let long = site.get("/documents.csv").await;
    let tag = long.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let (before, after) = (cells(&short.body), cells(&long.body));
    assert_eq!(after.len(), before.len() + 5_001);
    assert_eq!(after[0], before[0], "the same columns");
    assert!(before.iter().all(|row| after.contains(row)), "the same rows");
    for path in ["/documents.json", "/api/v1/documents"] {
        let page = asked(&site, Method::GET, path, header::IF_NONE_MATCH, &tag).await;
        assert!(page.header("etag").starts_with("W/\""), "{path} is written while it is read too");
        let read = page.json();
        assert_eq!(read["rows"].as_array().unwrap().len(), after.len() - 1, "{path}");
        assert_eq!(read["total"], after.len() - 1, "{path}");
        let first = site.get("/documents.json?per=2").await.body;
        let begin = first.rsplit_once("\n    },").unwrap().0;
        assert!(page.body.contains(begin.split_once("\"rows\": [").unwrap().1), "{path}: {begin}");
        assert_eq!(page.body.split_once("\"rows\"").unwrap().0, first.split_once("\"rows\"").unwrap().0);
        let again = asked(&site, Method::GET, path, header::IF_NONE_MATCH, page.header("etag")).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    }
    let again = asked(&site, Method::GET, "/documents.csv", header::IF_NONE_MATCH, &tag).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let packed = asked(&site, Method::GET, "/documents.csv", header::ACCEPT_ENCODING, "gzip").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 5 < long.bytes.len());
    let mut unpacked = String::new();
    let mut reader = flate2::read::GzDecoder::new(&packed.bytes[..]);
    std::io::Read::read_to_string(&mut reader, &mut unpacked).unwrap();
    assert_eq!(unpacked, long.body);
}

/// A site with a table whose rows come when the gate opens, once for each permit, and how many wait before it.
fn gated(patience: Duration) -> (Router, Arc<Semaphore>, Arc<AtomicUsize>) {
    let (gate, begun) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let (opened, begins) = (Arc::clone(&gate), Arc::clone(&begun));
    let table = move || {
        let (gate, begun) = (Arc::clone(&opened), Arc::clone(&begins));
        async move {
            let rows = stream::once(async move {
                begun.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                Ok::<_, std::io::Error>("name,count\r\nlamp,3\r\n")
            });
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], Body::from_stream(rows))
        }
    };
    (tables::in_every_format(Router::new().route("/table.csv", get(table)), patience), gate, begun)
}

fn ask_table(site: &Router) -> tokio::task::JoinHandle<Answer> {
    let request = Request::get("/table.jsonl").body(Body::empty()).unwrap();
    tokio::spawn(answer(site.clone(), request))
}

/// Waits until two tables are being written, and whether a third one follows.
async fn two_begun(begun: &AtomicUsize) {
    while begun.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(begun.load(Ordering::SeqCst), 2, "two tables at once");
}

#[tokio::test]
async fn two_tables_are_written_at_once_and_the_third_reader_waits() {
    let (site, gate, begun) = gated(Duration::from_mins(1));
    let asked: Vec<_> = (0..3).map(|_| ask_table(&site)).collect();
    two_begun(&begun).await;
    gate.add_permits(3);
    for answer in asked {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body.lines().count(), 1, "{}", answer.body);
        assert_eq!(answer.json()["name"], "lamp");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
    }
    assert_eq!(begun.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn who_waits_too_long_for_a_table_is_told_when_to_come_again() {
    let (site, gate, begun) = gated(Duration::from_millis(200));
    let asked: Vec<_> = (0..2).map(|_| ask_table(&site)).collect();
    two_begun(&begun).await;
    let refused = ask_table(&site).await.unwrap();
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), "10");
    assert!(refused.body.contains("take the CSV beside it"), "{}", refused.body);
    let missing = Request::get("/nothing.jsonl").body(Body::empty()).unwrap();
    let missing = answer(site.clone(), missing).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "what is no table needs no turn");
    assert_eq!(begun.load(Ordering::SeqCst), 2, "nothing was written for them");
    gate.add_permits(3);
    for answer in asked {
        assert_eq!(answer.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(ask_table(&site).await.unwrap().status, StatusCode::OK, "the turns come back");
}

#[tokio::test]
async fn a_table_that_takes_too_long_is_given_up_and_its_turn_comes_back() {
    // A table may take thirty times as long as a reader waits for a turn.
    let (site, gate, begun) = gated(Duration::from_millis(50));
    let given_up = ask_table(&site).await.unwrap();
    assert_eq!(given_up.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(given_up.body.contains("take the CSV beside it, or fewer documents"), "{}", given_up.body);
    assert_eq!(begun.load(Ordering::SeqCst), 1);
    gate.add_permits(2);
    for answer in [ask_table(&site), ask_table(&site)] {
        assert_eq!(answer.await.unwrap().status, StatusCode::OK);
    }
}
