//! A published site is the map of one moment: of today, or of a release, which it stays however far the store moves on.

use std::collections::BTreeMap;
use std::path::Path;

use lacuna_domain::Value as Level;
use lacuna_domain::coding::Outcome;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::progress::Silent;
use lacuna_domain::relation::{Cited, RelationKind, StatedDate, StatedKind};
use lacuna_domain::text::{Quality, Text};
use lacuna_pipeline::analyze::agreement::agree;
use lacuna_pipeline::analyze::agreement::gather::Options;
use lacuna_pipeline::analyze::agreement::study::{Estimate, Measure};
use lacuna_pipeline::classify::offline::card::{Card, CodeFigures};
use lacuna_pipeline::publish::release;
use lacuna_pipeline::review::LabellerSpec;
use lacuna_store::Role;

use super::*;
use crate::publish::{PublishError, publish, publish_release};

/// Every file of a folder by its path within.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn words(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8_lossy(files.get(name).unwrap_or_else(|| panic!("no {name}"))).into_owned()
}

/// Two months after the release.
const LATER: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 60);

fn later() -> jiff::Timestamp {
    Clock::fixed().now() + LATER
}

/// The store of a site as it is open two months later.
async fn reopened(site: &Site) -> Store {
    Store::open(site.app.store().location(), Clock::new(later)).await.unwrap()
}

/// A document with a text of its own.
fn with_text(site: &Site, id: &str, words: &str) -> Incoming {
    let mut document = site.world.document.clone();
    document.id = id.parse().unwrap();
    document.metadata.casual_name = Some(format!("Document of {words}"));
    let mut coming = incoming(&site.world, document);
    let version = coming.version.as_mut().unwrap();
    version.text =
        Text::new(format!("{}\n{words}\n", crate::sample::TEXT), Some("en".to_owned()), Quality::default());
    version.bytes_hash = words.to_owned();
    coming
}

/// The coding of the sample for another text that begins like its own.
fn coded(site: &Site, text: &Text) -> Outcome {
    let reading = crate::reading::Reading::of(text.clone());
    Outcome::Coded(Box::new(crate::sample::coding(&site.world.codebook, &site.world.run, &reading)))
}

/// What somebody who sees the machine's labels says of one of the twin's.
async fn one_decision(site: &Site, name: &str, at: jiff::Timestamp) {
    let (store, world) = (site.app.store(), &site.world);
    let people = LabellerSpec::person(name, Mode::Assisted).run(&world.codebook, at).unwrap();
    store.start_run(&people).await.unwrap();
    let sheet = Sheet {
        document: "file:twin.txt".parse().unwrap(),
        text: Some(world.reading.text.id.clone()),
        codebook: world.codebook.id.clone(),
        run: people.id,
        labeller: name.to_owned(),
        mode: Mode::Assisted,
        validated: false,
        at,
        decisions: vec![Decision::new("risk".parse().unwrap(), "2.2".parse().unwrap(), Level::Level(1))],
        notes: BTreeMap::new(),
    };
    store.put_sheets(&[sheet]).await.unwrap();
}

/// A site with a release, at which one text was not coded yet and one could not be, and somebody had decided on a label.
async fn released() -> (Site, String) {
    let site = Site::new().await;
    let store = site.app.store();
    let coming =
        [with_text(&site, "file:pending.txt", "pending"), with_text(&site, "file:failed.txt", "failed")];
    let failed = coming[1].version.as_ref().unwrap().text.id.clone();
    store.put_documents(&coming).await.unwrap();
    let outcome = Outcome::Failed("the engine gave up".to_owned());
    store.put_outcomes(&site.world.run.id, &[(failed, outcome)]).await.unwrap();
    let at = Clock::fixed().now();
    one_decision(&site, "grace", at).await;
    let (cut, _) = release::cut(store, Some(&site.world.run), "first", at).await.unwrap();
    site.app.refresh().await.unwrap();
    (site, cut.id)
}

/// Two months of work: texts are coded that were not, documents and their dates change, people decide and measure, somebody is to
/// code a document blind, training finds something of the weights, another run and another release come.
async fn work_goes_on(site: &Site) {
    let store = reopened(site).await;
    let world = &site.world;
    for (id, words) in [("file:pending.txt", "pending"), ("file:failed.txt", "failed")] {
        let text = with_text(site, id, words).version.unwrap().text;
        store.put_outcomes(&world.run.id, &[(text.id.clone(), coded(site, &text))]).await.unwrap();
    }
    store.finish_run(&world.run.id).await.unwrap();
    let mut renamed = with_text(site, world.document.id.as_str(), "renamed");
    renamed.document.metadata.casual_name = Some("A title given later".to_owned());
    store.put_documents(&[renamed, with_text(site, "file:late.txt", "late")]).await.unwrap();
    dates_and_relations(&store, world).await;
    decisions(&store, world).await;
    let twin = ["file:twin.txt".parse().unwrap()];
    store.assign("cara", &twin, &world.codebook.id, Mode::Blind, "by hand").await.unwrap();
    store.put_card(&card(world).weights, later(), &card(world)).await.unwrap();
    let mut run = world.run.clone();
    run.config.parameters.insert("weights".to_owned(), "other".to_owned());
    (run.id, run.name, run.finished_at) = (run.config.id(), "A second engine".to_owned(), None);
    run.started_at = later();
    store.start_run(&run).await.unwrap();
    store.finish_run(&run.id).await.unwrap();
    store.put_user("ada", Role::Admin, "no password").await.unwrap();
    let (_, new) = release::cut(&store, Some(&world.run), "second", later()).await.unwrap();
    assert!(new, "there is much to tell");
}

/// What training found later of the weights that the sample was coded with.
fn card(world: &World) -> Card {
    let figures = CodeFigures {
        dimension: "risk".to_owned(),
        code: "2.2".to_owned(),
        n: 40,
        positives: 12,
        precision: Some(0.8),
        recall: Some(0.7),
        measure: Measure::Percent,
        agreement: Estimate { value: Some(0.9), ..Estimate::default() },
    };
    let weights = world.run.config.parameters["weights"].clone();
    Card::of_training(weights, &[], &world.codebook).measured_at(vec![figures], later())
}

async fn dates_and_relations(store: &Store, world: &World) {
    let relation = relation("file:late.txt", RelationKind::Supersedes, "file:twin.txt");
    store.put_imported_relations(&[relation]).await.unwrap();
    let text = world.reading.text.id.clone();
    let passage = Cited { text: text.clone(), start: 0, end: 9, quote: "AUTOMATED".to_owned(), passage: 0 };
    let date = jiff::civil::date(2031, 5, 6);
    let stated = StatedDate { kind: StatedKind::InForce, date, whole: true, passage, reckoned: None };
    store.replace_found_relations(&[], &BTreeMap::from([(text, vec![stated])])).await.unwrap();
}

/// Somebody decides on labels of the twin, and agreement with the engine is measured.
async fn decisions(store: &Store, world: &World) {
    let people = LabellerSpec::person("ada", Mode::Assisted).run(&world.codebook, later()).unwrap();
    store.start_run(&people).await.unwrap();
    let decide = |code: &str, level| {
        Decision::new("risk".parse().unwrap(), code.parse().unwrap(), Level::Level(level))
    };
    let sheet = Sheet {
        document: "file:twin.txt".parse().unwrap(),
        text: Some(world.reading.text.id.clone()),
        codebook: world.codebook.id.clone(),
        run: people.id.clone(),
        labeller: "ada".to_owned(),
        mode: Mode::Assisted,
        validated: false,
        at: later(),
        decisions: vec![decide("1.1", 1), decide("2.1", 3), decide("2.2", 2)],
        notes: BTreeMap::new(),
    };
    store.put_sheets(&[sheet]).await.unwrap();
    let options = Options { draws: 20, ..Options::default() };
    let found = agree(store, &[people.clone(), world.run.clone()], options, later()).await.unwrap();
    store.put_agreement(&people.id, &world.run.id, later(), &found.pairs[0]).await.unwrap();
}

/// What `publish_release` writes of a store that is opened anew on this day.
async fn published(
    store: Store,
    clock: Clock,
    id: &str,
) -> (crate::publish::Manifest, BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    let app = App::open(Config::default(), store, clock).await.unwrap();
    let manifest = publish_release(&app, id, &out, &Silent).await.unwrap();
    (manifest, files(&out))
}

#[tokio::test]
async fn a_release_published_again_has_the_same_bytes_though_the_store_moved_on() {
    let (site, id) = released().await;
    let (manifest, before) = published(site.app.store().clone(), Clock::fixed(), &id).await;
    assert_eq!(manifest.release.as_deref(), Some(id.as_str()));
    work_goes_on(&site).await;
    let (again, after) = published(reopened(&site).await, Clock::new(later), &id).await;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, body) in &before {
        assert_eq!(
            String::from_utf8_lossy(body),
            String::from_utf8_lossy(&after[name]),
            "{name} changed with the store"
        );
        assert_eq!(body, &after[name], "{name} changed with the store");
    }
    assert_eq!(manifest, again);
    let page = words(&before, "documents/file_twin.txt.html");
    assert!(page.contains(DECIDED), "somebody had decided by then: {page}");
    let now = tempfile::tempdir().unwrap();
    let app = App::open(Config::default(), reopened(&site).await, Clock::new(later)).await.unwrap();
    let present = publish(&app, now.path(), &Silent).await.unwrap();
    assert_eq!(present.release, None);
    assert_ne!(present.content, manifest.content, "the present map is another");
    assert!(words(&files(now.path()), "documents.html").contains("A title given later"));
}

/// The mark of a label on which one person decided.
const DECIDED: &str = "grace";

#[tokio::test]
async fn who_codes_blind_now_reads_no_decision_in_the_map_of_a_release_either() {
    let (site, id) = released().await;
    let twin = format!("/releases/{id}/map/documents/file:twin.txt");
    assert!(site.get(&twin).await.body.contains(DECIDED));
    let store = reopened(&site).await;
    let assigned = ["file:twin.txt".parse().unwrap()];
    store.assign("cara", &assigned, &site.world.codebook.id, Mode::Blind, "by hand").await.unwrap();
    site.app.refresh().await.unwrap();
    let page = site.get(&twin).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(!page.body.contains(DECIDED), "{}", page.body);
}

#[tokio::test]
async fn a_published_release_stands_alone_and_brings_its_own_files() {
    let (site, id) = released().await;
    work_goes_on(&site).await;
    let (_, files) = published(reopened(&site).await, Clock::new(later), &id).await;
    for name in ["documents.csv", "labels.csv", "relations.csv", "dates.csv", "inventory.json"] {
        let kept = site.app.store().release_file(&id, name).await.unwrap().unwrap();
        assert_eq!(words(&files, &format!("releases/{id}/{name}")), kept, "{name}");
    }
    let page = words(&files, &format!("releases/{id}.html"));
    assert!(page.contains(&format!("href=\"../releases/{id}/labels.xlsx\"")), "{page}");
    let own = words(&files, "documents/file_twin.txt.html");
    assert!(own.contains(&format!("The map of release <a href=\"../releases/{id}.html\">")), "{own}");
    for (name, body) in files.iter().filter(|(name, _)| name.strip_suffix(".html").is_some()) {
        let html = String::from_utf8_lossy(body);
        assert!(!html.contains("as it is now"), "{name} offers a page that is not there");
        assert!(!html.contains(" href=\"/") && !html.contains("A title given later"), "{name}: {html}");
    }
    for of_all_runs in ["agreement.html", "runs.html", "releases.html"] {
        assert!(!files.contains_key(of_all_runs), "{of_all_runs} would change with the next run");
    }
    let failed = words(&files, "documents/file_failed.txt.html");
    assert!(failed.contains("the engine gave up"), "it was coded later: {failed}");
    let data = words(&files, "data.html");
    assert!(data.contains(&format!("href=\"releases/{id}.html\"")), "{data}");
}

#[tokio::test]
async fn what_was_made_private_since_is_not_published_with_its_release() {
    let (site, id) = released().await;
    let mut twin = site.world.document.clone();
    twin.id = "file:twin.txt".parse().unwrap();
    twin.metadata.private = true;
    site.app.store().put_documents(&[incoming(&site.world, twin)]).await.unwrap();
    let (_, files) = published(site.app.store().clone(), Clock::fixed(), &id).await;
    for (name, body) in &files {
        assert!(!name.contains("twin"), "{name}");
        assert!(!String::from_utf8_lossy(body).contains("file:twin.txt"), "{name} names it");
    }
    assert!(!files.contains_key(&format!("releases/{id}/labels.csv")), "its own files name it too");
    assert!(words(&files, "data.html").contains("were made private since"));
}

#[tokio::test]
async fn a_release_is_named_by_its_id_or_the_beginning_of_it() {
    let (site, id) = released().await;
    let folder = tempfile::tempdir().unwrap();
    let day = &id[..10];
    let manifest = publish_release(&site.app, day, &folder.path().join("one"), &Silent).await.unwrap();
    assert_eq!(manifest.release.as_deref(), Some(id.as_str()));
    let out = folder.path().join("none");
    let unknown = publish_release(&site.app, "1999", &out, &Silent).await.unwrap_err();
    assert!(unknown.to_string().contains(&id), "{unknown}");
    assert!(!out.exists(), "nothing is written for a release that is not there");
    let other = [Incoming { document: with_text(&site, "file:late.txt", "late").document, version: None }];
    site.app.store().put_documents(&other).await.unwrap();
    release::cut(site.app.store(), Some(&site.world.run), "", Clock::fixed().now()).await.unwrap();
    let many = publish_release(&site.app, day, &out, &Silent).await.unwrap_err();
    assert!(matches!(&many, PublishError::ManyReleases { found, .. } if found.contains(&id)), "{many}");
}

/// Addresses behind the links of a page, as they stand in it.
fn links(page: &str) -> Vec<&str> {
    page.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn the_page_of_data_names_the_files_that_are_there() {
    let (site, id) = released().await;
    let folder = tempfile::tempdir().unwrap();
    publish(&site.app, folder.path(), &Silent).await.unwrap();
    let files = files(folder.path());
    let data = words(&files, "data.html");
    for table in ["documents", "wide", "relations", "dates", "codes"] {
        for ending in ENDINGS {
            let name = format!("{table}.{ending}");
            assert!(links(&data).contains(&name.as_str()) && files.contains_key(&name), "{name}: {data}");
        }
    }
    for name in ["judgements.csv", "judgements.jsonl", "judgements.xlsx", "judgements.parquet"] {
        assert!(links(&data).contains(&name) && files.contains_key(name), "{name}: {data}");
    }
    let bytes = files["codes.csv"].len();
    let told = if bytes < 1_000 { format!("{bytes} bytes") } else { format!("{} kB", bytes.div_ceil(1_000)) };
    assert!(data.contains(&told), "codes.csv has {told}: {data}");
    let pages = files.keys().filter(|name| name.strip_suffix(".html").is_some()).count();
    let counted = format!("<th scope=\"row\">Pages, besides this one</th><td class=\"n\">{}</td>", pages - 1);
    assert!(data.contains(&counted), "{pages} pages: {data}");
    let main = data.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    for server in ["/api", "feed.atom", "API", "before the"] {
        assert!(!main.contains(server), "{server} needs a server: {main}");
    }
    let releases = words(&files, "releases.html");
    assert!(releases.contains(&id) && releases.contains("lacuna publish DIR --release ID"), "{releases}");
    assert!(!releases.contains(&format!("href=\"releases/{id}")), "its files are not here: {releases}");
    let served = words(&files, "judgements.jsonl").lines().count();
    let csv = Answer {
        status: StatusCode::OK,
        headers: axum::http::HeaderMap::new(),
        body: words(&files, "judgements.csv"),
        bytes: files["judgements.csv"].clone(),
    };
    assert_eq!(csv.rows("csv"), served, "the same labels in both forms");
}

#[tokio::test]
async fn evidence_lies_beside_each_document_and_in_one_file_of_lines() {
    let (site, _) = released().await;
    let folder = tempfile::tempdir().unwrap();
    publish(&site.app, folder.path(), &Silent).await.unwrap();
    let files = files(folder.path());
    let mut named = BTreeMap::new();
    for (name, body) in files.iter().filter(|(name, _)| name.ends_with("/annotations.json")) {
        let told: Value = serde_json::from_slice(body).unwrap();
        for item in told["first"]["items"].as_array().unwrap() {
            let source = item["target"]["source"].as_str().unwrap();
            let text = Path::new(name).parent().unwrap().join(source.split('#').next().unwrap());
            assert!(folder.path().join(&text).is_file(), "{name} leads to {source}");
            let id = item["id"].as_str().unwrap();
            assert!(id.starts_with("urn:uuid:"), "{id}");
            assert!(named.insert(id.to_owned(), item["body"].clone()).is_none(), "{id} names two");
        }
    }
    assert!(named.len() > 5, "{named:?}");
    let lines = words(&files, "annotations.jsonl");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), named.len());
    for line in lines {
        assert_eq!(named.get(line["id"].as_str().unwrap()), Some(&line["body"]));
        let source = line["target"]["source"].as_str().unwrap();
        assert!(folder.path().join(source.split('#').next().unwrap()).is_file(), "{source}");
    }
    let served = site.get(&format!("{}/annotations.json", site.document())).await.json();
    let id = served["first"]["items"][0]["id"].as_str().unwrap();
    assert!(named.contains_key(id), "an annotation has the same name on every site");
}

#[tokio::test]
async fn every_picture_that_a_page_leads_to_is_a_file_beside_it() {
    let (site, id) = released().await;
    let folder = tempfile::tempdir().unwrap();
    publish(&site.app, folder.path(), &Silent).await.unwrap();
    let of_now = files(folder.path());
    let (_, of_release) = published(site.app.store().clone(), Clock::fixed(), &id).await;
    for files in [of_now, of_release] {
        let pictures = |name: &&String| name.strip_suffix(".svg").is_some() && !name.starts_with("assets/");
        let found: Vec<&String> = files.keys().filter(pictures).collect();
        assert!(!found.is_empty(), "pages offer their pictures");
        for name in found {
            let svg = words(&files, name);
            assert!(svg.contains("<svg") && !svg.contains(" href=\"/"), "{name}: {svg}");
            assert!(!svg.contains("Source: Lacuna, /"), "{name} names a page of a server: {svg}");
        }
    }
}

#[tokio::test]
async fn a_site_that_is_told_its_address_names_its_files_by_it() {
    const BASE: &str = "https://map.example/ai";
    let (site, id) = released().await;
    let config = Config { base_url: Some(format!("{BASE}/")), ..Config::default() };
    let app = App::open(config, site.app.store().clone(), Clock::fixed()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    publish(&app, &folder.path().join("now"), &Silent).await.unwrap();
    publish_release(&app, &id, &folder.path().join("then"), &Silent).await.unwrap();
    for edition in ["now", "then"] {
        let files = files(&folder.path().join(edition));
        assert!(words(&files, "CITATION.cff").contains(&format!("url: \"{BASE}")), "{edition}");
        let mut pictures = 0;
        for (name, body) in &files {
            let body = String::from_utf8_lossy(body);
            if name.strip_suffix(".svg").is_some() && !name.starts_with("assets/") {
                pictures += 1;
                let source = body.rsplit_once("Source: ").unwrap().1.split_once('<').unwrap().0;
                assert!(
                    source.split_once(&format!(", {BASE}/")).is_some_and(|(_, rest)| rest.is_empty()),
                    "{source}"
                );
            }
            let Some((_, rest)) = body.split_once("<link rel=\"canonical\" href=\"") else { continue };
            let address = rest.split('"').next().unwrap();
            let file = address.strip_prefix(&format!("{BASE}/")).unwrap();
            assert!(files.contains_key(file), "{name} says that it lies at {address}");
        }
        assert!(pictures > 0, "{edition}");
    }
}

#[tokio::test]
async fn a_document_whose_id_ends_like_a_file_is_published_with_its_text() {
    let site = Site::new().await;
    let ids = ["url:https://norvale.example/act.json", "url:https://norvale.example/act.svg"];
    let coming = ids.map(|id| with_text(&site, id, id));
    site.app.store().put_documents(&coming).await.unwrap();
    site.app.refresh().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    publish(&site.app, folder.path(), &Silent).await.unwrap();
    let files = files(folder.path());
    for ending in ["json", "svg"] {
        let own = format!("documents/url_https__2f__2f_norvale.example_2f_act.{ending}");
        for name in [format!("{own}.html"), format!("{own}/text.html"), format!("{own}/cite.ris")] {
            assert!(files.contains_key(&name), "no {name}");
        }
        assert!(words(&files, "assets/documents.js").contains(&format!("{own}.html")));
    }
}

#[tokio::test]
async fn a_map_without_labels_can_be_published() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Site::store(data.path()).await;
    let world = World::new();
    store.put_documents(&[incoming(&world, world.document.clone())]).await.unwrap();
    let app = App::open(Config::default(), store, Clock::fixed()).await.unwrap();
    let manifest = publish(&app, out.path(), &Silent).await.unwrap();
    assert!(manifest.files.iter().all(|file| !file.path.starts_with("judgements")));
    assert!(manifest.files.iter().any(|file| file.path == "documents.csv"));
}
