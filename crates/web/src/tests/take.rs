//! What readers take away is what they see: the same rows in every format, and a site that stands by itself.

use std::collections::BTreeMap;
use std::path::Path;

use axum::http::StatusCode;
use lacuna_domain::progress::Silent;

use super::exports::crowded;
use super::table::{example, routes};
use super::{ENDINGS, Site};

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

/// How many documents the page of a list says that it has.
async fn count_on_screen(site: &Site, filter: &str) -> usize {
    let page = site.get(&format!("/documents?{filter}")).await;
    assert_eq!(page.status, StatusCode::OK, "{filter}: {}", page.body);
    let (_, count) =
        page.body.split_once("<p id=\"count\" role=\"status\"><strong>").expect("the list is counted");
    count.split_once("</strong>").unwrap().0.parse().unwrap()
}

#[tokio::test]
async fn the_count_on_screen_is_the_number_of_rows_in_every_format() {
    let site = Site::new().await;
    let (mut dice, mut not_empty) = (Dice(7), 0);
    for _ in 0..50 {
        let filter = any_filter(&mut dice);
        let total = count_on_screen(&site, &filter).await;
        not_empty += usize::from(total > 0);
        for table in ["documents", "wide"] {
            for ending in ENDINGS {
                let answer = site.get(&format!("/{table}.{ending}?{filter}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{table}.{ending}?{filter}");
                assert_eq!(answer.rows(ending), total, "{table}.{ending}?{filter}");
                if ["xlsx", "parquet"].contains(&ending) {
                    assert!(answer.header("content-disposition").contains(&format!("{table}.{ending}")));
                }
            }
        }
    }
    assert!(not_empty > 15, "the filters select something");
}

#[tokio::test]
async fn the_count_on_screen_is_the_number_of_rows_where_a_page_shows_a_part_of_them() {
    let site = crowded().await;
    let (mut dice, mut longer) = (Dice(11), 0);
    for _ in 0..50 {
        let filter = any_filter(&mut dice);
        let total = count_on_screen(&site, &filter).await;
        let list = site.get(&format!("/documents.json?{filter}&page=1")).await.json();
        assert_eq!(list["total"], total, "{filter}");
        longer += usize::from(list["rows"].as_array().unwrap().len() < total);
        // The other formats are written from this one, and compared over the small site.
        assert_eq!(site.get(&format!("/documents.csv?{filter}")).await.rows("csv"), total, "{filter}");
    }
    assert!(longer > 10, "only {longer} lists were longer than their page");
}

#[tokio::test]
async fn every_table_of_the_site_has_the_same_rows_in_every_format() {
    let site = Site::new().await;
    let mut tables: Vec<String> = routes()
        .into_iter()
        .filter(|(method, route)| method == axum::http::Method::GET && !route.starts_with("/review"))
        .filter_map(|(_, route)| route.strip_suffix(".csv").map(|table| example(&site, table)))
        .collect();
    for inner in ["{id}", "{id}/text"] {
        tables.push(example(&site, &format!("/documents/{inner}")));
    }
    for route in
        ["/codes/{dimension}", "/codes/{dimension}/{code}", "/gaps/{dimension}/{code}", "/domains/{name}"]
    {
        tables.push(example(&site, route));
    }
    tables
        .extend(["/explore?rows=risk&columns=form", "/explore?rows=year&chart=timeline"].map(str::to_owned));
    assert!(tables.len() > 20, "{tables:?}");
    let mut rows = 0;
    for table in tables.iter().filter(|table| !table.contains("/releases/")) {
        let (path, query) = table.split_once('?').map_or((table.as_str(), ""), |(path, query)| (path, query));
        let query = if path == "/compare" { "ids=file:twin.txt" } else { query };
        let query = if path == "/compare/with-corpus" { "id=file:twin.txt" } else { query };
        let mut counts = vec![];
        for ending in ENDINGS {
            let answer = site.get(&format!("{path}.{ending}?{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}.{ending}: {}", answer.body);
            counts.push(answer.rows(ending));
        }
        assert!(counts.iter().all(|count| *count == counts[0]), "{path} {ENDINGS:?} {counts:?}");
        rows += counts[0];
    }
    assert!(rows > 50, "only {rows} rows were counted");
}

#[tokio::test]
async fn a_feed_says_what_changed_and_why_it_matched() {
    let site = Site::new().await;
    let mut changed = super::incoming(&site.world, site.world.document.clone());
    let version = changed.version.as_mut().unwrap();
    let text = "A NEW ACT\n\nThe Office shall watch every zirconium register.\n".to_owned();
    version.text =
        lacuna_domain::Text::new(text, Some("en".to_owned()), lacuna_domain::text::Quality::default());
    version.bytes_hash = "bb".to_owned();
    site.app.store().put_documents(&[changed]).await.unwrap();
    site.app.refresh().await.unwrap();
    let feed = site.get("/feed.atom?q=zirconium").await.body;
    assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
    assert!(feed.contains("The text changed: version 2"), "{feed}");
    assert!(feed.contains("watch every zirconium register"), "the words that matched: {feed}");
    let feed = site.get("/feed.atom?risk=2.2:3").await.body;
    assert!(feed.contains("New document with its text") && feed.contains("(Good)"), "{feed}");
    assert!(
        site.get("/documents?risk=2.2").await.body.contains("feed.atom?risk=2.2"),
        "a list names its feed"
    );
}

#[tokio::test]
async fn the_citation_of_the_map_has_what_a_citation_file_must_have() {
    let citation = Site::new().await.get("/CITATION.cff").await.body;
    let mut lines = citation.lines();
    for start in [
        "cff-version: 1.2.0",
        "message: \"",
        "type: dataset",
        "title: \"",
        "authors:",
        "  - name: \"",
        "date-released: 20",
        "version: \"",
    ] {
        let line = lines.next().unwrap_or_default();
        let closed = !start.ends_with('"') || (line.len() > start.len() && line.ends_with('"'));
        assert!(line.starts_with(start) && closed, "{start}: {citation}");
    }
}

#[tokio::test]
async fn descriptions_citations_feeds_and_embeds_say_what_the_pages_say() {
    let site = Site::new().await;
    let package = site.get("/datapackage.json").await.json();
    assert_eq!(package["resources"].as_array().unwrap().len(), 6);
    for resource in package["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        let csv = site.get(&format!("/{path}")).await;
        let fields = resource["schema"]["fields"].as_array().unwrap();
        assert_eq!(csv.body.lines().next().unwrap().split(',').count(), fields.len(), "{path}");
    }
    let wide = site.get("/wide.csv").await.body;
    assert!(wide.lines().next().unwrap().contains("subdomain_2_2_coverage"), "{wide}");
    let own = site.document();
    assert!(site.get(&format!("{own}/cite.bib")).await.body.starts_with("@misc{"));
    assert!(site.get(&format!("{own}/cite.ris")).await.body.contains("TY  - LEGAL"));
    let annotations = site.get(&format!("{own}/annotations.json")).await.json();
    assert!(annotations["total"].as_u64().unwrap() > 3);
    for item in annotations["first"]["items"].as_array().unwrap() {
        let quote = &item["target"]["selector"][0];
        let part = |name: &str| quote[name].as_str().unwrap();
        let words = format!("{}{}{}", part("prefix"), part("exact"), part("suffix"));
        assert!(crate::sample::TEXT.contains(&words), "{words:?} stands in the text");
    }
    let feed = site.get("/feed.atom?risk=2.2").await.body;
    assert_eq!(feed.matches("<entry>").count(), 2, "{feed}");
    assert!(feed.contains("Matched by: ") && !feed.contains("file:private"));
    let quote = site.get(&format!("/embed{own}/risk/2.2")).await;
    assert!(quote.header("content-security-policy").contains("frame-ancestors *"), "{}", quote.body);
    assert_eq!(quote.header("x-frame-options"), "");
    assert!(quote.body.contains("shall test it against attacks"));
    assert_eq!(site.get("/embed/codes/risk").await.status, StatusCode::OK);
    assert_eq!(site.get("/documents").await.header("x-frame-options"), "DENY");
    assert_eq!(json_ld(&site.get("/data").await.body)["@type"], "Dataset");
}

#[tokio::test]
async fn the_data_package_says_what_every_column_means() {
    let site = Site::new().await;
    let package = site.get("/datapackage.json").await.json();
    let mut told = BTreeMap::new();
    for resource in package["resources"].as_array().unwrap() {
        let table = resource["name"].as_str().unwrap();
        for field in resource["schema"]["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let meaning = field["description"].as_str().unwrap_or_default();
            assert!(!meaning.is_empty(), "{table}.{name} has no description");
            told.insert(format!("{table}.{name}"), (field["type"].clone(), meaning.to_owned()));
        }
    }
    let meaning = |column: &str| told[column].1.as_str();
    assert_eq!(
        meaning("documents.risk:2.1"),
        "level of coverage of Compromise of privacy (2.1): 1 No coverage, 2 Minimal, 3 Good; \
         blank where the document was not classified"
    );
    assert!(
        meaning("wide.subdomain_2_1_coverage").starts_with("name of the level of coverage of Compromise")
    );
    assert!(meaning("wide.status").starts_with("Legal form: hard_law (Hard law), soft_law (Soft law)"));
    assert_eq!(told["wide.classified"].0, "boolean");
}

#[tokio::test]
async fn descriptions_lead_to_files_beside_them_or_to_the_address_of_the_site() {
    for (base_url, prefix) in
        [(None, ""), (Some("https://map.example/ai/".to_owned()), "https://map.example/ai/")]
    {
        let site = Site::with(crate::config::Config { base_url, ..crate::config::Config::default() }).await;
        let package = site.get("/datapackage.json").await.json();
        assert_eq!(package["resources"][0]["path"], format!("{prefix}documents.csv"));
        let data = json_ld(&site.get("/data").await.body);
        assert_eq!(data["distribution"][0]["contentUrl"], format!("{prefix}documents.csv"));
        assert_eq!(data["url"].as_str(), (!prefix.is_empty()).then_some("https://map.example/ai/data"));

        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("site");
        crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
        let read = |name: &str| std::fs::read(out.join(name)).unwrap();
        let package: serde_json::Value = serde_json::from_slice(&read("datapackage.json")).unwrap();
        for resource in package["resources"].as_array().unwrap() {
            let body = read(resource["path"].as_str().unwrap().strip_prefix(prefix).unwrap());
            assert_eq!(resource["bytes"], body.len());
            assert_eq!(resource["hash"], format!("sha256:{}", lacuna_domain::sha256_hex(&body)));
        }
        let data = json_ld(&String::from_utf8(read("data.html")).unwrap());
        let downloads = data["distribution"].as_array().unwrap();
        assert!(downloads.len() > 10, "{downloads:?}");
        for download in downloads {
            read(download["contentUrl"].as_str().unwrap().strip_prefix(prefix).unwrap());
        }
    }
}

#[tokio::test]
async fn a_comparison_of_releases_is_not_called_cut_short_where_it_is_whole() {
    use lacuna_domain::Clock;
    use lacuna_pipeline::publish::release::cut;

    let site = Site::new().await;
    let (store, at) = (site.app.store(), Clock::fixed().now());
    let (before, _) = cut(store, None, "", at).await.unwrap();
    let (after, _) = cut(store, Some(&site.world.run), "", at).await.unwrap();
    let page = site.get(&format!("/releases/diff?from={}&to={}", before.id, after.id)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("<td>Good</td>") && !page.body.contains("the CSV has all"), "{}", page.body);
}

/// The schema.org description in a page.
fn json_ld(page: &str) -> serde_json::Value {
    let json = page.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(json).unwrap()
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
    for file in [
        "domains/2.html",
        "jurisdictions/Norvale.html",
        "gaps/risk/2.2.html",
        "gaps_3f_jurisdiction_3d_Norvale.html",
        "gaps/risk/2.2_3f_jurisdiction_3d_Norvale.html",
        "agreement.html",
        "actors.html",
        "codes/risk.html",
    ] {
        assert!(before.contains_key(file), "{file} is not published");
    }
    assert!(
        String::from_utf8_lossy(&before["domains/2.html"]).contains("<svg class=\"chart\""),
        "charts are in it"
    );
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("letter.txt"), "mine").unwrap();
    let error = crate::publish::publish(&site.app, &taken, &Silent).await.unwrap_err().to_string();
    assert!(error.contains("neither empty nor a published site"), "{error}");
}

/// Every file of a folder by its path within.
fn files_of(folder: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    read_all(folder, &mut files, folder);
    files
}

#[tokio::test]
async fn a_published_site_stands_until_the_new_one_is_whole() {
    let site = Site::new().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    // Stopped among its first files: only what the sums list is there, and the next run goes on.
    std::fs::create_dir(&out).unwrap();
    let listed =
        ["index.html", "../elsewhere.txt", "gone.html", "manifest.json"].map(|name| format!("00  {name}\n"));
    std::fs::write(out.join("SHA256SUMS"), listed.concat()).unwrap();
    std::fs::write(out.join("gone.html"), "of an earlier site").unwrap();
    let elsewhere = folder.path().join("elsewhere.txt");
    std::fs::write(&elsewhere, "mine").unwrap();
    crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
    let whole = files_of(&out);
    assert!(!whole.contains_key("gone.html"), "what the new site has not is gone");
    assert!(whole.keys().all(|name| !name.contains(".new")), "nothing half written is left");
    assert!(elsewhere.is_file(), "nothing outside the folder is touched");

    // A page that fails, here for want of the table it reads, leaves the site as it is.
    let other = Site::new().await;
    other.app.store().clone().close().await;
    assert!(crate::publish::publish(&other.app, &out, &Silent).await.is_err());
    assert_eq!(files_of(&out), whole);
}

#[tokio::test]
async fn what_an_interrupted_publication_left_goes_with_the_next() {
    let site = Site::new().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
    let first = files_of(&out);
    let mut late = site.world.document.clone();
    late.id = "file:late.txt".parse().unwrap();
    site.app.store().put_documents(&[super::incoming(&site.world, late.clone())]).await.unwrap();
    site.app.refresh().await.unwrap();
    // A folder that stands in the place of a file stops it after the documents.
    std::fs::remove_file(out.join("search.html")).unwrap();
    std::fs::create_dir_all(out.join("search.html/in the way")).unwrap();
    assert!(crate::publish::publish(&site.app, &out, &Silent).await.is_err());
    assert!(out.join("documents/file_late.txt.html").is_file(), "it was put in place");
    std::fs::remove_dir_all(out.join("search.html")).unwrap();
    late.metadata.private = true;
    site.app.store().put_documents(&[super::incoming(&site.world, late)]).await.unwrap();
    site.app.refresh().await.unwrap();
    crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&files_of(&out)), names(&first), "nothing of the document is left");
}

#[tokio::test]
async fn a_folder_with_checksums_of_others_is_no_published_site() {
    let site = Site::new().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, sums, manifest) in [
        ("own", "00  thesis.txt\n", None),
        ("app", "00  thesis.txt\n00  manifest.json\n", Some("{\"name\": \"An app\"}")),
    ] {
        let out = folder.path().join(name);
        std::fs::create_dir(&out).unwrap();
        std::fs::write(out.join("thesis.txt"), "mine").unwrap();
        std::fs::write(out.join("SHA256SUMS"), sums).unwrap();
        if let Some(manifest) = manifest {
            std::fs::write(out.join("manifest.json"), manifest).unwrap();
        }
        let before = files_of(&out);
        let error = crate::publish::publish(&site.app, &out, &Silent).await.unwrap_err().to_string();
        assert!(error.contains("neither empty nor a published site"), "{name}: {error}");
        assert_eq!(files_of(&out), before, "{name}");
    }
}

#[tokio::test]
async fn a_site_published_on_another_day_from_the_same_data_has_the_same_bytes() {
    use lacuna_domain::Clock;

    let site = Site::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut contents = Vec::new();
    for (name, years) in [("one", 0), ("two", 9)] {
        // The clock of the second is nine years on: what binds "today" is still that of the data.
        let config =
            crate::config::Config { as_of: Some(Clock::fixed().now()), ..crate::config::Config::default() };
        let clock = if years == 0 { Clock::fixed() } else { Clock::new(|| Clock::fixed().now() + LATER) };
        let app = crate::state::App::open(config, site.app.store().clone(), clock).await.unwrap();
        let out = folder.path().join(name);
        contents.push(crate::publish::publish(&app, &out, &Silent).await.unwrap());
    }
    assert_eq!(contents[0], contents[1]);
}

/// Nine years.
const LATER: jiff::SignedDuration = jiff::SignedDuration::from_hours(9 * 365 * 24);
