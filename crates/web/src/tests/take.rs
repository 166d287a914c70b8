//! What readers take away is what they see: the same rows in every format, and a site that stands by itself.

use std::collections::BTreeMap;
use std::path::Path;

use axum::http::StatusCode;
use lacuna_domain::progress::Silent;

use super::Site;

/// A small generator of our own, so that the filters are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn any_filter(dice: &mut Dice) -> String {
    let conditions = [
        "risk=2.2",
        "risk=2.2:3",
        "risk=2.1:0",
        "coded=yes",
        "coded=no",
        "enactment=proposed",
        "enactment=unknown",
        "year=2025",
        "year=(none)",
        "form=hard_law",
        "source=file",
        "on=2030-01-01",
        "introduced=2020..",
        "q=incident",
        "jurisdiction=(none)",
        "language=en",
        "sort=title",
    ];
    let chosen: Vec<&str> = (0..dice.roll(4)).map(|_| conditions[dice.roll(conditions.len())]).collect();
    chosen.join("&")
}

#[tokio::test]
async fn the_count_on_screen_is_the_number_of_rows_in_every_format() {
    let site = Site::new().await;
    let (mut dice, mut not_empty) = (Dice(7), 0);
    for _ in 0..50 {
        let filter = any_filter(&mut dice);
        let page = site.get(&format!("/documents.json?{filter}")).await;
        assert_eq!(page.status, StatusCode::OK, "{filter}: {}", page.body);
        let total = page.json()["total"].as_u64().unwrap() as usize;
        not_empty += usize::from(total > 0);
        for table in ["documents", "wide"] {
            let csv = site.get(&format!("/{table}.csv?{filter}")).await.body;
            assert_eq!(csv.lines().count() - 1, total, "{table}.csv?{filter}");
            let lines = site.get(&format!("/{table}.jsonl?{filter}")).await.body;
            assert_eq!(lines.lines().count(), total, "{table}.jsonl?{filter}");
            let rows = site.get(&format!("/{table}.rows.json?{filter}")).await.json();
            assert_eq!(rows.as_array().unwrap().len(), total, "{table}.rows.json?{filter}");
            for ending in ["xlsx", "parquet"] {
                let answer = site.get(&format!("/{table}.{ending}?{filter}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{table}.{ending}?{filter}");
                assert!(answer.header("content-disposition").contains(&format!("{table}.{ending}")));
            }
        }
    }
    assert!(not_empty > 15, "the filters select something");
}

#[tokio::test]
async fn descriptions_citations_feeds_and_embeds_say_what_the_pages_say() {
    let site = Site::new().await;
    let package = site.get("/datapackage.json").await.json();
    assert_eq!(package["resources"].as_array().unwrap().len(), 5);
    for resource in package["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        let csv = site.get(path).await;
        let fields = resource["schema"]["fields"].as_array().unwrap();
        assert_eq!(csv.body.lines().next().unwrap().split(',').count(), fields.len(), "{path}");
    }
    assert!(site.get("/CITATION.cff").await.body.starts_with("cff-version: 1.2.0"));
    let own = site.document();
    assert!(site.get(&format!("{own}/cite.bib")).await.body.starts_with("@misc{"));
    assert!(site.get(&format!("{own}/cite.ris")).await.body.contains("TY  - LEGAL"));
    let annotations = site.get(&format!("{own}/annotations.json")).await.json();
    assert!(annotations["total"].as_u64().unwrap() > 3);
    let feed = site.get("/feed.atom?risk=2.2").await.body;
    assert_eq!(feed.matches("<entry>").count(), 2, "{feed}");
    assert!(feed.contains("Matched by: ") && !feed.contains("file:private"));
    let quote = site.get(&format!("/embed{own}/risk/2.2")).await;
    assert!(quote.header("content-security-policy").contains("frame-ancestors *"), "{}", quote.body);
    assert_eq!(quote.header("x-frame-options"), "");
    assert!(quote.body.contains("shall test it against attacks"));
    assert_eq!(site.get("/embed/codes/risk").await.status, StatusCode::OK);
    assert_eq!(site.get("/documents").await.header("x-frame-options"), "DENY");
    let data = site.get("/data").await.body;
    let json = data.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(json).unwrap()["@type"], "Dataset");
}

fn read_all(folder: &Path, into: &mut BTreeMap<String, Vec<u8>>, root: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into, root);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            into.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

#[tokio::test]
async fn a_published_site_stands_by_itself_and_comes_out_the_same_again() {
    let site = Site::new().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    let first = crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    read_all(&out, &mut before, &out);
    let second = crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
    read_all(&out, &mut after, &out);
    assert_eq!(first, second);
    assert_eq!(before, after, "unchanged data give the same bytes");
    assert_eq!(before.len(), first.files.len() + 2);
    for (name, body) in before.iter().filter(|(name, _)| name.strip_suffix(".html").is_some()) {
        let html = String::from_utf8_lossy(body);
        for attribute in [" href=\"/", " src=\"/", " action=\"/"] {
            assert!(!html.contains(attribute), "{name} needs a server for {attribute}");
        }
    }
    assert!(!before.values().any(|body| String::from_utf8_lossy(body).contains("file:private")));
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("letter.txt"), "mine").unwrap();
    let error = crate::publish::publish(&site.app, &taken, &Silent).await.unwrap_err().to_string();
    assert!(error.contains("neither empty nor a published site"), "{error}");
}
