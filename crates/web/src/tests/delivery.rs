//! How answers travel: compressed, kept by browsers, and made anew when the store moves on.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::error::WebError;

#[tokio::test]
async fn pages_follow_the_store() {
    let site = Site::new().await;
    assert!(!site.app.refresh().await.unwrap(), "nothing moved");
    let mut new = site.world.document.clone();
    new.id = "file:new.txt".parse().unwrap();
    new.metadata.fiction = false;
    site.app.store().put_documents(&[Incoming { document: new, version: None }]).await.unwrap();
    assert!(site.app.refresh().await.unwrap());
    assert_eq!(site.get("/documents.json").await.json()["total"], 4);
    assert_eq!(site.get("/healthz").await.json()["documents"], 4);
}

#[tokio::test]
async fn short_forms_lead_to_codes_and_assets_can_be_kept() {
    let site = Site::new().await;
    for (short, long) in
        [("/risks/2.2", "/codes/risk/2.2"), ("/risks", "/codes/risk"), ("/codes/risks", "/codes/risk")]
    {
        let answer = site.get(short).await;
        assert!(answer.status.is_redirection(), "{short}");
        assert_eq!(answer.header("location"), long);
    }
    let style = site.get(&crate::assets::stylesheet()).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));
    let known = Request::get(crate::assets::stylesheet())
        .header(header::IF_NONE_MATCH, style.header("etag"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(site.ask(known).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(site.get("/assets/..%2F..%2FCargo.toml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_follow_the_store_though_gathering_takes_for_ever() {
    use crate::gathered::Gathered;
    let site = Site::with(Config { refresh: Duration::from_millis(5), ..Config::default() }).await;
    let before = site.app.snapshot();
    let shared = Arc::clone(&before);
    let gathering = tokio::spawn(async move {
        let never = std::future::pending::<Result<Gathered, WebError>>;
        shared.gathered.get_or_try_init(never).await.map(|_| ())
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = tokio::spawn(crate::serve(site.app.clone(), listener, std::future::pending()));
    // The store rests for some ticks, so that what readers share is waited for.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut other = site.world.document.clone();
    other.id = "file:other.txt".parse().unwrap();
    site.app.store().put_documents(&[super::incoming(&site.world, other)]).await.unwrap();
    let followed = async {
        while site.app.snapshot().revision == before.revision {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), followed).await.expect("pages follow");
    served.abort();
    gathering.abort();
}

#[tokio::test]
async fn what_all_readers_share_can_be_gathered_before_anybody_asks_and_says_the_same() {
    let (asked, ready) = (Site::new().await, Site::new().await);
    ready.app.snapshot().prepare(&ready.app).await.unwrap();
    assert!(ready.app.snapshot().gathered.initialized(), "before anybody asked");
    assert!(!asked.app.snapshot().gathered.initialized(), "nobody asked");
    assert_eq!(ready.get("/healthz").await.json()["gathered"], true);
    assert_eq!(asked.get("/healthz").await.json()["gathered"], false);
    for (path, words) in [
        ("/codes/risk/2.2", "A deployer of an AI system shall test it"),
        ("/actors/entities", "/actors/entities/"),
        ("/actors", "Enforcer"),
    ] {
        let page = ready.get(path).await;
        assert!(page.body.contains(words), "{path}: {}", page.body);
        assert_eq!(page.body, asked.get(path).await.body, "{path}");
    }
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let site = Site::new().await;
    let request =
        Request::get("/documents").header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
    assert_eq!(site.ask(request).await.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again_until_the_store_moves_on() {
    let site = Site::new().await;
    let ask = async |path: &str, tag: &str| {
        let request = Request::get(path)
            .header(header::ACCEPT_ENCODING, "gzip")
            .header(header::IF_NONE_MATCH, tag)
            .body(Body::empty());
        site.ask(request.unwrap()).await
    };
    let own = site.document();
    let mut tags = vec![];
    for path in ["/", "/documents", "/documents.json?per=1", "/codes/risk/2.2", &own] {
        let first = ask(path, "\"other\"").await;
        assert_eq!((first.status, first.header("content-encoding")), (StatusCode::OK, "gzip"), "{path}");
        let tag = first.header("etag").to_owned();
        let again = ask(path, &tag).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), tag);
        assert!(!again.header("content-security-policy").is_empty(), "{path}");
        let other = ask(path, "\"other\"").await;
        assert_eq!((other.body, other.headers), (first.body, first.headers), "{path}: held as it was made");
        tags.push((path, tag));
    }
    assert!(site.get("/documents").await.body.contains("</html>"), "not compressed for those who do not ask");
    assert_eq!(ask("/documents?colour=red", "*").await.status, StatusCode::BAD_REQUEST);
    let mut new = site.world.document.clone();
    new.id = "file:new.txt".parse().unwrap();
    site.app.store().put_documents(&[Incoming { document: new, version: None }]).await.unwrap();
    site.app.refresh().await.unwrap();
    let list = ask("/documents", &tags[1].1).await;
    assert_eq!(list.status, StatusCode::OK, "the list grew");
    assert!(site.get("/documents").await.body.contains("file:new.txt"));
}

#[tokio::test]
async fn tables_feeds_and_citations_are_not_sent_again_either() {
    let site = Site::new().await;
    let own = site.document();
    let mut tags = std::collections::BTreeSet::new();
    let paths = [
        "/documents.csv",
        "/documents.xlsx",
        "/documents.jsonl",
        "/documents.rows.json",
        "/feed.atom",
        "/CITATION.cff",
    ];
    for path in paths.map(str::to_owned).into_iter().chain([format!("{own}/cite.bib")]) {
        let tag = site.get(&path).await.header("etag").to_owned();
        let request = Request::get(&path).header(header::IF_NONE_MATCH, &tag).body(Body::empty());
        let again = site.ask(request.unwrap()).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path} {tag}");
        assert!(tags.insert(tag), "{path} has a tag of its own");
    }
}

#[tokio::test]
async fn caches_may_keep_pages_and_tables_and_ask_before_they_give_them_again() {
    let site = Site::new().await;
    for path in [
        "/",
        "/documents",
        "/documents.json",
        "/documents.csv",
        "/documents.xlsx",
        "/documents.rows.json",
        "/judgements.csv",
        "/explore.svg?rows=risk",
        "/feed.atom",
        "/CITATION.cff",
        "/api/v1/documents",
    ] {
        let first = site.get(path).await;
        assert_eq!((first.status, first.header("cache-control")), (StatusCode::OK, "no-cache"), "{path}");
        let known = Request::get(path).header(header::IF_NONE_MATCH, first.header("etag"));
        let again = site.ask(known.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (again.status, again.header("cache-control")),
            (StatusCode::NOT_MODIFIED, "no-cache"),
            "{path}"
        );
    }
}
