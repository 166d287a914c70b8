//! Private documents and people who are signed in: who reads them, at which addresses, and that nothing else of the site
//! changes.

use lacuna_domain::Clock;
use lacuna_pipeline::publish::release;

use super::*;
use crate::tests::hidden::{add_secret, silent};
use crate::tests::table;

const SECRET: &str = "file:harbour.txt";
/// Nobody ever had it; it is as long as the other.
const UNKNOWN: &str = "file:nowhere.txt";

/// Addresses at which an editor reads a document.
fn addresses(id: &str) -> Vec<String> {
    let own = ["", ".json", ".csv", ".xlsx", ".jsonl", "/text", "/text.json", "/text.csv", "/text.rows.json"];
    let beside = ["", ".json", ".csv"];
    let own = own.iter().map(|ending| format!("/documents/{id}{ending}"));
    own.chain(beside.iter().map(|ending| format!("/compare/with-corpus{ending}?id={id}"))).collect()
}

/// A site with a private document, one person of every role, and Cara, a coder who has nothing to code blind.
async fn site_with_a_secret(config: Config) -> Site {
    let site = site_with(config).await;
    let hash = password::hash(PASSWORD, &[9; 16]).unwrap();
    site.app.store().put_user("cara", Role::Coder, &hash).await.unwrap();
    add_secret(&site).await;
    site
}

/// Whoever this is, a private document and one that never was are told apart by nothing.
async fn sees_nothing(browser: &mut Browser<'_>, expected: StatusCode) {
    for (secret, unknown) in addresses(SECRET).iter().zip(addresses(UNKNOWN)) {
        let (told, of_none) = (browser.get(secret).await, browser.get(&unknown).await);
        assert_eq!((told.status, of_none.status), (expected, expected), "{secret}");
        let body = told.body.replace(SECRET, UNKNOWN);
        silent(secret, &body);
        assert_eq!(body, of_none.body, "{secret}");
        assert_eq!(told.headers, of_none.headers, "{secret}");
    }
}

#[tokio::test]
async fn editors_read_a_private_document_and_everybody_else_is_told_that_there_is_none() {
    let site = site_with_a_secret(Config::default()).await;
    for name in ["joan", "root"] {
        let mut editor = Browser::signed_in(&site, name).await;
        for path in addresses(SECRET) {
            let answer = editor.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} is closed to {name}");
            let packed = answer.header("content-type").contains("spreadsheet");
            assert!(packed || answer.body.to_lowercase().contains("quay"), "{path}: {}", answer.body);
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            for header in ["etag", "access-control-allow-origin"] {
                assert_eq!(answer.header(header), "", "{path} has {header}");
            }
            if answer.header("content-type").starts_with("text/html") {
                assert!(answer.body.contains("Private: not published."), "{path} does not say it");
                for absent in ["ld+json", "cite.bib", "annotations.json", "Report this label"] {
                    assert!(!answer.body.contains(absent), "{path} offers {absent}");
                }
            }
        }
    }
    // What was made for them is given to nobody else.
    sees_nothing(&mut Browser::new(&site), StatusCode::NOT_FOUND).await;
    for name in ["rita", "cara"] {
        sees_nothing(&mut Browser::signed_in(&site, name).await, StatusCode::NOT_FOUND).await;
    }
    let mut stranger = Browser::new(&site);
    stranger.cookies.insert("lacuna_session".to_owned(), "planted".to_owned());
    sees_nothing(&mut stranger, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn who_codes_blind_and_who_is_not_signed_in_where_all_must_be_learn_nothing_either() {
    let site = site_with_a_secret(Config { signed_in_only: true, ..Config::default() }).await;
    sees_nothing(&mut Browser::new(&site), StatusCode::UNAUTHORIZED).await;
    sees_nothing(&mut Browser::signed_in(&site, "ada").await, StatusCode::FORBIDDEN).await;
    let documents = [site.world.document.id.clone()];
    site.app
        .store()
        .assign("joan", &documents, &site.world.codebook.id, Mode::Blind, "by hand")
        .await
        .unwrap();
    sees_nothing(&mut Browser::signed_in(&site, "joan").await, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn an_editor_reads_it_at_these_addresses_alone() {
    let site = site_with_a_secret(Config::default()).await;
    let mut joan = Browser::signed_in(&site, "joan").await;
    let open =
        ["/documents/{id}", "/documents/{id}/text", "/documents/{id}/text.json", "/documents/{id}/text.csv"];
    let own = crate::address::segment(site.world.document.id.as_str());
    let mut closed =
        vec![format!("/compare?ids={SECRET}"), format!("/compare.json?ids=file:twin.txt,{SECRET}")];
    for (method, route) in table::routes() {
        if method == Method::GET && route.contains("documents/{id}") && !open.contains(&route.as_str()) {
            closed.push(table::example(&site, &route).replace(&own, SECRET));
        }
    }
    let cut = release::cut(site.app.store(), Some(&site.world.run), "first", Clock::fixed().now()).await;
    let map = format!("/releases/{}/map", cut.unwrap().0.id);
    closed.extend(addresses(SECRET).iter().take(7).map(|path| format!("{map}{path}")));
    assert!(closed.len() > 15, "{closed:?}");
    for path in closed {
        let answer = joan.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        silent(&path, &answer.body.replace(SECRET, UNKNOWN));
    }
}

#[tokio::test]
async fn lists_counts_feeds_and_files_are_the_same_for_an_editor() {
    let site = site_with_a_secret(Config::default()).await;
    let (mut nobody, mut joan) = (Browser::new(&site), Browser::signed_in(&site, "joan").await);
    let mut asked = 0;
    for (method, route) in table::routes() {
        if method != Method::GET || route.starts_with("/review/private") {
            continue;
        }
        let path = table::example(&site, &route);
        let endings = if path.contains('.') { &[""][..] } else { &["", ".json", ".csv"] };
        for ending in endings {
            let path = format!("{path}{ending}");
            let answer = joan.get(&path).await;
            silent(&path, &answer.body);
            asked += usize::from(answer.status == StatusCode::OK);
        }
    }
    assert!(asked > 80, "{asked}");
    for path in [
        "/feed.atom",
        "/documents.csv",
        "/documents.json?q=quay",
        "/judgements.csv",
        "/wide.csv",
        "/overview.json",
        "/explore.csv",
        "/datapackage.json",
        "/api/v1/documents",
    ] {
        assert_eq!(joan.get(path).await.body, nobody.get(path).await.body, "{path}");
    }
}

#[tokio::test]
async fn editors_find_private_documents_in_review_and_nobody_else_does() {
    let site = site_with_a_secret(Config::default()).await;
    let mut joan = Browser::signed_in(&site, "joan").await;
    assert!(joan.get("/review").await.body.contains("href=\"/review/private\""));
    let page = joan.get("/review/private").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    for words in [
        "Harbour Secrecy Rule",
        SECRET,
        "2026-01-01",
        "href=\"/documents/file:harbour.txt\"",
        "href=\"/compare/with-corpus?id=file:harbour.txt\"",
    ] {
        assert!(page.body.contains(words), "{words} is missing: {}", page.body);
    }
    assert!(!page.body.contains("file:twin.txt"), "what is published is not among them");
    crate::sample::keep("review-private", page.body);
    for name in ["rita", "cara", "ada"] {
        let mut browser = Browser::signed_in(&site, name).await;
        assert!(!browser.get("/review").await.body.contains("/review/private"), "{name}");
        let refused = browser.get("/review/private").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}");
        silent("/review/private", &refused.body);
    }
}
