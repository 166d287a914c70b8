//! The map of a release stays what it was while the store goes on.

use lacuna_domain::Clock;
use lacuna_domain::text::{Quality, Text};
use lacuna_pipeline::publish::release;
use lacuna_store::{Incoming, NewVersion};

use super::{Site, incoming};

/// A site with a release, whose store went on afterwards: the document has a new title and a text that is not coded yet, its
/// twin was made private, and one came in.
async fn went_on() -> (Site, String) {
    let site = Site::new().await;
    let store = site.app.store();
    let cut = release::cut(store, Some(&site.world.run), "first", Clock::fixed().now()).await.unwrap();
    let mut renamed = site.world.document.clone();
    renamed.metadata.casual_name = Some("A title given later".to_owned());
    let mut twin = renamed.clone();
    twin.id = "file:twin.txt".parse().unwrap();
    twin.metadata.private = true;
    let mut late = renamed.clone();
    late.id = "file:late.txt".parse().unwrap();
    let text = Text::new("Another text.\n".to_owned(), Some("en".to_owned()), Quality::default());
    let version = NewVersion {
        bytes_hash: "bb".to_owned(),
        media_type: "text/plain".to_owned(),
        text,
        page_starts: vec![],
        notes: vec![],
    };
    let coming = [
        Incoming { document: renamed, version: Some(version) },
        incoming(&site.world, twin),
        incoming(&site.world, late),
    ];
    store.put_documents(&coming).await.unwrap();
    assert!(site.app.refresh().await.unwrap());
    (site, cut.0.id)
}

#[tokio::test]
async fn pages_of_a_release_show_what_was_then() {
    let (site, id) = went_on().await;
    let (own, map) = (site.document(), format!("/releases/{id}/map"));
    let offered = site.get(&format!("/releases/{id}")).await.body;
    assert!(offered.contains(&format!("href=\"{map}\"")), "{offered}");

    let title = site.world.document.metadata.title().to_owned();
    let (now, then) = (site.get(&own).await.body, site.get(&format!("{map}{own}")).await.body);
    assert!(now.contains("A title given later") && !now.contains("Version 1 of"), "{now}");
    assert!(then.contains(&title) && !then.contains("A title given later"), "{then}");
    let quote = "<blockquote";
    assert_eq!(
        (now.contains(quote), then.contains(quote)),
        (false, true),
        "the text of today is not coded, that of the release is"
    );
    assert!(then.contains(&format!("The map of release <a href=\"/releases/{id}\">")), "{then}");
    assert!(then.contains(&format!("<a href=\"{own}\">This page as it is now</a>")), "{then}");
    assert!(then.contains(&format!("href=\"{map}{own}/text")), "links lead to the same release");
    let others = then.split(" href=\"/documents").skip(1).filter_map(|rest| rest.split('"').next());
    let others: Vec<&str> = others.filter(|rest| !rest.ends_with("/report")).collect();
    assert_eq!(others, [own.trim_start_matches("/documents")], "and to the present page and reports only");
    assert!(then.contains("href=\"/assets/"), "what pages are made of is shared");
}

#[tokio::test]
async fn lists_and_counts_of_a_release_are_its_own() {
    let (site, id) = went_on().await;
    let map = format!("/releases/{id}/map");
    let count = async |path: &str| site.get(path).await.json()["total"].as_u64().unwrap();
    assert_eq!(count("/documents.json").await, 3, "one came in, one was made private");
    assert_eq!(count(&format!("{map}/documents.json")).await, 2, "what is private now is left out");
    let rows = site.get(&format!("{map}/documents.csv")).await.body;
    assert!(!rows.contains("late.txt") && !rows.contains("twin.txt"), "{rows}");
    assert_eq!(site.get(&format!("{map}/documents/file%3Alate.txt")).await.status, 404);
    assert_eq!(site.get(&format!("{map}/documents/file%3Atwin.txt")).await.status, 404);
    for page in ["", "/gaps", "/explore", "/codes/risk/2.2", "/actors", "/relations", "/domains/2"] {
        let answer = site.get(&format!("{map}{page}")).await;
        assert_eq!(answer.status, 200, "{page}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_a_release_cannot_show_says_so() {
    let (site, id) = went_on().await;
    let map = format!("/releases/{id}/map");
    for page in ["/review", "/documents/x/risk/2.2/report", "/releases"] {
        let answer = site.get(&format!("{map}{page}")).await;
        assert_eq!(answer.status, 404, "{page}");
        assert!(answer.body.contains("is no page of a release"), "{}", answer.body);
    }
    let words = site.get(&format!("{map}/documents?q=audit")).await.body;
    assert!(words.contains("words are looked for in the present texts only"), "{words}");
    for file in ["documents.json", "documents.csv"] {
        let answer = site.get(&format!("{map}/{file}?q=audit")).await;
        assert_eq!(answer.status, 400, "a program is not given an empty table: {}", answer.body);
        assert!(answer.body.contains("in the present texts only"), "{}", answer.body);
    }
    let unknown = site.get("/releases/2020-01-01-abcdef01/map").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("/releases lists them"), "{}", unknown.body);
}

#[tokio::test]
async fn what_holds_of_a_page_holds_of_it_in_a_release() {
    let (site, id) = went_on().await;
    let map = format!("/releases/{id}/map");
    let (now, then) =
        (site.get("/embed/codes/risk").await, site.get(&format!("{map}/embed/codes/risk")).await);
    assert_eq!(then.status, 200, "{}", then.body);
    for name in ["content-security-policy", "x-frame-options"] {
        assert_eq!(now.header(name), then.header(name), "a chart of a release can be put in a frame, too");
    }
    assert_ne!(
        then.header("content-security-policy"),
        site.get(&map).await.header("content-security-policy")
    );
    assert!(then.body.contains(&format!("href=\"{map}/")), "and leads to its release: {}", then.body);
}
