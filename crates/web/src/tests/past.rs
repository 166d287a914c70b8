//! The map of a release stays what it was while the store goes on.

use lacuna_domain::Clock;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::text::{Quality, Text};
use lacuna_pipeline::publish::release;
use lacuna_pipeline::review::LabellerSpec;
use lacuna_store::{Incoming, NewVersion, Store};

use super::{Site, incoming};
use crate::config::Config;

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
    let an_hour_later = Clock::new(|| Clock::fixed().now() + jiff::SignedDuration::from_hours(1));
    let later = Store::open(store.location(), an_hour_later).await.unwrap();
    later.put_documents(&coming).await.unwrap();
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

/// Addresses behind the links of a feed.
fn links(feed: &str) -> Vec<&str> {
    feed.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What names the entries of a feed.
fn names(feed: &str) -> Vec<&str> {
    let entries = feed.split("<entry>").skip(1).filter_map(|entry| entry.split_once("<id>"));
    entries.filter_map(|(_, rest)| rest.split("</id>").next()).collect()
}

#[tokio::test]
async fn the_map_of_a_release_has_a_feed_of_its_own() {
    let (site, id) = went_on().await;
    let map = format!("/releases/{id}/map");
    let (now, then) = (site.get("/feed.atom").await.body, site.get(&format!("{map}/feed.atom")).await);
    assert_eq!(then.status, 200, "{}", then.body);
    assert!(then.header("content-type").starts_with("application/atom+xml"));
    assert_eq!(names(&then.body).len(), 2, "{}", then.body);
    assert!(!then.body.contains("A title given later"), "{}", then.body);
    for link in links(&then.body) {
        assert!(link.starts_with(&map), "{link} leads out of the release");
        assert_eq!(site.get(&link.replace("&amp;", "&")).await.status, 200, "{link}");
    }
    for name in names(&then.body) {
        assert!(name.starts_with("urn:uuid:") && !now.contains(name), "{name} is that of the present page");
    }
    assert!(site.get(&format!("{map}/documents")).await.body.contains(&format!("{map}/feed.atom")));
}

#[tokio::test]
async fn the_tables_of_a_release_are_described_and_lie_beside_their_description() {
    let (site, id) = went_on().await;
    let map = format!("/releases/{id}/map");
    let package = site.get(&format!("{map}/datapackage.json")).await.json();
    let resources = package["resources"].as_array().unwrap();
    assert!(resources.len() > 5, "{package}");
    for resource in resources {
        let path = format!("{map}/{}", resource["path"].as_str().unwrap());
        let table = site.get(&path).await;
        assert_eq!(table.status, 200, "{path}: {}", table.body);
        let columns = resource["schema"]["fields"].as_array().unwrap().len();
        assert_eq!(table.body.lines().next().unwrap().split(',').count(), columns, "{path}");
        for private in ["twin.txt", "late.txt"] {
            assert!(!table.body.contains(private), "{path} has {private}");
        }
    }
    let own = site.world.document.id.as_str();
    let (now, then) = (site.get("/judgements.csv").await, site.get(&format!("{map}/judgements.csv")).await);
    let of_own = |csv: &str| csv.lines().filter(|line| line.contains(own)).count();
    assert_eq!(of_own(&now.body), 0, "its text of today is not coded");
    assert!(of_own(&then.body) > 3, "that of the release is: {}", then.body);
    let lines = site.get(&format!("{map}/judgements.jsonl")).await;
    assert_eq!(lines.rows("jsonl"), then.rows("csv"));
    assert!(
        lines.body.contains("\"evidence\":[{"),
        "with quotes nested in them, as everywhere: {}",
        lines.body
    );
    assert!(site.get(&format!("{map}/CITATION.cff")).await.body.starts_with("cff-version"));
    let data = site.get(&format!("{map}/data")).await.body;
    assert!(data.contains(&format!("href=\"{map}/documents.csv\"")), "{data}");
    let rows = site.get(&format!("{map}/documents.json")).await.body;
    assert!(rows.contains(&format!("\"{map}/documents/")), "links of data lead to the same release: {rows}");
}

#[tokio::test]
async fn the_first_page_of_a_map_is_named_by_an_address_that_answers() {
    let base = "https://map.example";
    let site = Site::with(Config { base_url: Some(base.to_owned()), ..Config::default() }).await;
    let at = Clock::fixed().now();
    let (cut, _) = release::cut(site.app.store(), Some(&site.world.run), "", at).await.unwrap();
    let map = format!("/releases/{}/map", cut.id);
    for address in [map.clone(), format!("{map}/")] {
        let page = site.get(&address).await;
        assert_eq!(page.status, 200, "{address}: {}", page.body);
        let canonical = format!("<link rel=\"canonical\" href=\"{base}{map}\">");
        assert!(page.body.contains(&canonical), "{address}: {}", page.body);
    }
    let cite = site.get(&format!("{map}/CITATION.cff")).await.body;
    assert!(cite.contains(&format!("url: \"{base}{map}\"\n")), "{cite}");
    let feed = site.get(&format!("{map}/feed.atom")).await.body;
    assert!(links(&feed).iter().all(|link| link.starts_with(&format!("{base}{map}"))), "{feed}");
}

#[tokio::test]
async fn decisions_that_came_after_a_release_are_not_in_its_map() {
    let (site, id) = went_on().await;
    let later = Clock::fixed().now() + jiff::SignedDuration::from_hours(24);
    let (store, world) = (site.app.store(), &site.world);
    let people = LabellerSpec::person("ada", Mode::Assisted).run(&world.codebook, later).unwrap();
    store.start_run(&people).await.unwrap();
    let value = lacuna_domain::Value::Level(1);
    let sheet = Sheet {
        document: "file:bare.txt".parse().unwrap(),
        text: None,
        codebook: world.codebook.id.clone(),
        run: people.id,
        labeller: "ada".to_owned(),
        mode: Mode::Assisted,
        validated: false,
        at: later,
        decisions: vec![Decision::new("risk".parse().unwrap(), "1.1".parse().unwrap(), value)],
        notes: std::collections::BTreeMap::new(),
    };
    store.put_sheets(&[sheet]).await.unwrap();
    site.app.refresh().await.unwrap();
    let reviewed = async |map: &str| {
        site.get(&format!("{map}/documents.json?reviewed=yes")).await.json()["total"].as_u64().unwrap()
    };
    assert_eq!(reviewed("").await, 1);
    assert_eq!(reviewed(&format!("/releases/{id}/map")).await, 0, "nobody had decided by then");
}
