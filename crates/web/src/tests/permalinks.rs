//! An address that was given out leads somewhere for good: to what it named, or to the release that has it still.

use std::collections::BTreeSet;

use lacuna_domain::coding::Outcome;
use lacuna_domain::{Codebook, Run};
use lacuna_pipeline::publish::release;

use super::*;

/// A day on which the next release is cut.
const LATER: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);

/// The codebook without its first code and the group of that, as its next version has it.
fn next_codebook() -> String {
    let (before, rest) = CODEBOOK.split_once("[[dimension.code]]\nid = \"1.1\"").unwrap();
    let (_, after) = rest.split_once("[[dimension.code]]").unwrap();
    format!("{before}[[dimension.code]]{after}")
        .replace("version = \"1.0\"", "version = \"2.0\"")
        .replace("{ id = \"1\", name = \"Discrimination & toxicity\" }, ", "")
}

/// The run of the sample under the next codebook, with its coding, which names nobody.
fn next_run(world: &World, codebook: &Codebook) -> (Run, Outcome) {
    let mut run = world.run.clone();
    run.config.codebook_version = codebook.version.clone();
    run.config.codebook_hash.clone_from(&codebook.hash);
    (run.id, run.started_at) = (run.config.id(), Clock::fixed().now() + LATER);
    run.finished_at = Some(run.started_at);
    let Outcome::Coded(mut coding) = world.outcome.clone() else { unreachable!("the sample is coded") };
    coding.run = run.id.clone();
    coding.judgements.retain(|judgement| judgement.code().as_str() != "1.1");
    coding.actors.retain(|actor| actor.entities().is_empty());
    (run, Outcome::Coded(coding))
}

/// The store of `old` made anew from its sources, of which only the document of the sample is left: with the releases that
/// were cut, a later version of the codebook, a run under it, and a release of that.
pub(super) async fn moved_on(old: &Site) -> Site {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::new());
    let store = Site::store(folder.path()).await;
    store.put_codebook(CODEBOOK, &world.codebook).await.unwrap();
    store.put_documents(&[incoming(&world, world.document.clone())]).await.unwrap();
    store.start_run(&world.run).await.unwrap();
    let text = world.reading.text.id.clone();
    store.put_outcomes(&world.run.id, &[(text.clone(), world.outcome.clone())]).await.unwrap();
    let source = next_codebook();
    let codebook = Codebook::parse(&source).unwrap();
    store.put_codebook(&source, &codebook).await.unwrap();
    let (run, outcome) = next_run(&world, &codebook);
    store.start_run(&run).await.unwrap();
    store.put_outcomes(&run.id, &[(text, outcome)]).await.unwrap();
    carry_releases(old.app.store(), &store).await;
    let at = Clock::fixed().now() + LATER;
    let (_, new) = release::cut(&store, Some(&run), "the next", at).await.unwrap();
    assert!(new, "other documents and labels make another release");
    let app = App::open(Config::default(), store, Clock::fixed()).await.unwrap();
    Site { _folder: folder, router: crate::router(app.clone()), app, world }
}

async fn carry_releases(from: &Store, to: &Store) {
    for release in from.releases().await.unwrap() {
        let mut files = Vec::new();
        for file in &release.files {
            let content = from.release_file(&release.id, &file.name).await.unwrap().unwrap();
            files.push((file.name.clone(), content));
        }
        assert!(to.put_release(&release, &files).await.unwrap());
    }
}

/// Every address of documents, codes and labels that a site answers.
async fn addresses(site: &Site) -> BTreeSet<String> {
    let snapshot = site.app.snapshot();
    let mut paths = BTreeSet::new();
    for number in snapshot.catalogue.select(&lacuna_domain::Filter::default(), None).documents() {
        let id = snapshot.catalogue.record(number).unwrap().id().parse().unwrap();
        let own = crate::address::document(&id);
        for part in [
            "",
            ".json",
            ".csv",
            "/text",
            "/text.json",
            "/annotations.json",
            "/relations.svg",
            "/cite.bib",
            "/cite.ris",
        ] {
            paths.insert(format!("{own}{part}"));
        }
        for (dimension, code) in site.world.codebook.labelled_codes() {
            paths.insert(format!("{own}/text?code={dimension}/{code}"));
            paths.insert(format!("/embed{own}/{dimension}/{code}"));
        }
    }
    for dimension in &site.world.codebook.dimensions {
        let own = crate::address::dimension(dimension.id.as_str());
        paths.extend([own.clone(), format!("{own}.json"), format!("{own}.csv")]);
        for code in &dimension.codes {
            let own = crate::address::code(dimension.id.as_str(), code.id.as_str());
            paths.extend([own.clone(), format!("{own}.json"), format!("{own}.csv")]);
        }
    }
    let mut answered = BTreeSet::new();
    for path in paths {
        if site.get(&path).await.status == StatusCode::OK {
            answered.insert(path);
        }
    }
    answered
}

#[tokio::test]
async fn every_address_of_an_earlier_release_answers_or_leads_to_that_release() {
    let old = Site::new().await;
    let at = Clock::fixed().now();
    let (first, _) = release::cut(old.app.store(), Some(&old.world.run), "first", at).await.unwrap();
    let given_out = addresses(&old).await;
    assert!(given_out.len() > 50, "{}: {given_out:?}", given_out.len());
    let site = moved_on(&old).await;
    let (mut stayed, mut gone) = (0, BTreeSet::new());
    for path in &given_out {
        let answer = site.get(path).await;
        if answer.status == StatusCode::OK {
            stayed += 1;
            continue;
        }
        assert_eq!(answer.status, StatusCode::GONE, "{path}: {}", answer.body);
        assert!(answer.body.contains(&format!("last published in release {}", first.id)), "{}", answer.body);
        let request = Request::get(path.as_str()).header(header::ACCEPT, "application/json");
        let told = site.ask(request.body(Body::empty()).unwrap()).await.json();
        let link = told["link"].as_str().unwrap();
        assert!(link.starts_with(&format!("/releases/{}/map/", first.id)), "{path} leads to {link}");
        let then = site.get(link).await;
        assert_eq!(then.status, StatusCode::OK, "{path} leads to {link}: {}", then.body);
        gone.insert(path.as_str());
    }
    assert!(stayed > 20, "{stayed} stayed");
    let own = old.document();
    for wanted in ["/documents/file:twin.txt", "/documents/file:bare.txt.json", "/codes/risk/1.1.csv"] {
        assert!(gone.contains(wanted), "{wanted} among {gone:?}");
    }
    assert!(
        gone.contains(format!("/embed{own}/risk/1.1").as_str()),
        "a label that is no longer there: {gone:?}"
    );
    let page = site.get("/documents/file:twin.txt").await.body;
    let link = format!("href=\"/releases/{}/map/documents/file:twin.txt\"", first.id);
    assert!(page.contains(&link) && page.contains("No longer here"), "{page}");
}

#[tokio::test]
async fn what_is_private_now_or_never_was_is_unknown_and_not_gone() {
    let site = Site::new().await;
    let store = site.app.store();
    let at = Clock::fixed().now();
    release::cut(store, Some(&site.world.run), "first", at).await.unwrap();
    let mut twin = site.world.document.clone();
    twin.id = "file:twin.txt".parse().unwrap();
    twin.metadata.private = true;
    store.put_documents(&[incoming(&site.world, twin)]).await.unwrap();
    site.app.refresh().await.unwrap();
    let told = async |id: &str| {
        let answer = site.get(&format!("/documents/{id}.json")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}: {}", answer.body);
        answer.body.replace(id, "ID")
    };
    let (private, never) = (told("file:twin.txt").await, told("file:never.txt").await);
    assert_eq!(private, never, "nobody is told that one of them was published");
    assert_eq!(site.get("/embed/documents/file:twin.txt/risk/1.1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/codes/risk/9.9").await.status, StatusCode::NOT_FOUND);
}

/// Makes the twin private.
async fn hide_twin(site: &Site) {
    let mut twin = site.world.document.clone();
    twin.id = "file:twin.txt".parse().unwrap();
    twin.metadata.private = true;
    site.app.store().put_documents(&[incoming(&site.world, twin)]).await.unwrap();
    site.app.refresh().await.unwrap();
}

#[tokio::test]
async fn files_of_a_release_are_withheld_once_a_document_of_it_is_private() {
    let site = Site::new().await;
    let (store, at) = (site.app.store(), Clock::fixed().now());
    let (first, _) = release::cut(store, Some(&site.world.run), "first", at).await.unwrap();
    let own = format!("/releases/{}", first.id);
    let mut paths: Vec<String> = first.files.iter().map(|file| format!("{own}/{}", file.name)).collect();
    paths.extend(["documents.xlsx", "labels.jsonl"].map(|name| format!("{own}/{name}")));
    for path in &paths {
        assert_eq!(site.get(path).await.status, StatusCode::OK, "{path}");
    }
    hide_twin(&site).await;
    let (second, new) = release::cut(store, Some(&site.world.run), "second", at + LATER).await.unwrap();
    assert!(new, "it has one document less");
    for path in &paths {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::GONE, "{path}: {}", answer.body);
        assert!(answer.body.contains("was made private since") && !answer.body.contains("twin"), "{path}");
    }
    let page = site.get(&own).await.body;
    assert!(
        page.contains("Its files are withheld") && !page.contains(&format!("href=\"{own}/labels")),
        "{page}"
    );
    let map = site.get(&format!("{own}/map/documents.csv")).await;
    assert!(map.status == StatusCode::OK && !map.body.contains("twin"), "{}", map.body);
    let whole = site.get(&format!("/releases/{}/documents.csv", second.id)).await;
    assert_eq!(whole.status, StatusCode::OK, "no document of the second is private");
    for ending in ["", ".json", ".csv"] {
        let query = format!("from={}&to={}", first.id, second.id);
        let diff = site.get(&format!("/releases/diff{ending}?{query}")).await;
        assert_eq!(diff.status, StatusCode::OK, "{}", diff.body);
        assert!(!diff.body.contains("twin"), "the diff tells what was there: {}", diff.body);
    }
}

#[tokio::test]
async fn a_file_of_a_release_has_one_tag_for_ever_and_is_asked_for_again() {
    let site = Site::new().await;
    let at = Clock::fixed().now();
    let (cut, _) = release::cut(site.app.store(), Some(&site.world.run), "first", at).await.unwrap();
    for file in &cut.files {
        let path = format!("/releases/{}/{}", cut.id, file.name);
        let first = site.get(&path).await;
        assert_eq!(first.header("cache-control"), "public, no-cache", "{path}");
        assert_eq!(lacuna_domain::sha256_hex(first.body.as_bytes()), file.sha256, "{path}");
        let tag = first.header("etag");
        assert!(tag.contains(&file.sha256), "{path}: {tag}");
        let again = Request::get(path.as_str()).header(header::IF_NONE_MATCH, tag);
        let again = site.ask(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
    }
}

#[tokio::test]
async fn a_label_that_no_codebook_knows_is_looked_for_nowhere() {
    let site = Site::new().await;
    let at = Clock::fixed().now();
    release::cut(site.app.store(), Some(&site.world.run), "first", at).await.unwrap();
    for label in ["invented/1.1", "risk/9.9", "risk/risk"] {
        let answer = site.get(&format!("/embed{}/{label}", site.document())).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{label}");
        assert!(answer.body.contains("no codebook has a label"), "{label}: {}", answer.body);
    }
    let known = site.get("/embed/documents/file:bare.txt/risk/2.2").await;
    assert!(known.body.contains("with a quote"), "a document without a text has none: {}", known.body);
}

#[tokio::test]
async fn a_code_of_the_present_codebook_is_never_called_gone() {
    let site = Site::new().await;
    let at = Clock::fixed().now();
    release::cut(site.app.store(), Some(&site.world.run), "first", at).await.unwrap();
    let otherwise = || crate::error::WebError::NotFound("the run had no such code".to_owned());
    let told = site.app.no_code("risk", "2.2", otherwise()).await;
    assert_eq!(told.to_string(), otherwise().to_string());
}

/// The sentence that links of the order lead to.
const EFFECT: &str = "This Order takes effect on January 1, 2030.";

/// Gives the order these paragraphs before that sentence, which is the evidence of a label and states a day.
async fn order(site: &Site, before: &str) {
    let words = format!("TRIAL ORDER\n\n{before}\n\n{EFFECT}");
    let (text, outcome) = coded_alone(&site.world, &words, "2.2", 3);
    let Outcome::Coded(mut coding) = outcome else { panic!("it is coded") };
    let start = words.find(EFFECT).unwrap();
    let span = Span::new(&words, start, start + EFFECT.len()).unwrap();
    let passages = crate::reading::Reading::of(text.clone()).passages;
    let passage = passages.iter().find(|passage| passage.span.contains(span)).unwrap().index;
    let draft = Draft {
        dimension: "risk".parse().unwrap(),
        code: "2.2".parse().unwrap(),
        value: lacuna_domain::Value::Level(3),
        confidence: Confidence::High,
        probability: Some(1.0),
        reasoning: "It says so.".to_owned(),
        quotes: vec![],
    };
    let evidence = Evidence::located(&words, vec![span], QuoteState::Exact, passage).unwrap();
    coding.judgements = vec![Judgement::verified(draft, vec![evidence], vec![]).unwrap()];
    coding.actors.clear();
    let store = site.app.store();
    store.put_documents(&[with_other_text(&site.world, "file:order.txt", &text)]).await.unwrap();
    store.put_outcomes(&site.world.run.id, &[(text.id, Outcome::Coded(coding))]).await.unwrap();
    lacuna_pipeline::analyze::relations::find(store, &lacuna_domain::progress::Silent).await.unwrap();
    site.app.refresh().await.unwrap();
}

/// The links to that sentence which leave the site: in a table, in a frame, in an annotation.
async fn links_out(site: &Site) -> [String; 3] {
    let table = site.get("/dates.csv").await;
    let mut rows = csv::Reader::from_reader(&table.bytes[..]).into_records().map(Result::unwrap);
    let row = rows.find(|row| &row[0] == "file:order.txt").expect("it states a day");
    let frame = site.get("/embed/documents/file:order.txt/risk/2.2").await.body;
    let frame = frame.split(" href=\"").find(|rest| rest.contains("Read it in the text")).unwrap();
    let frame = frame.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let annotations = site.get("/documents/file:order.txt/annotations.json").await.json();
    let annotation = annotations["first"]["items"][0]["target"]["source"].as_str().unwrap();
    [row.iter().next_back().unwrap().to_owned(), frame, annotation.to_owned()]
}

/// Whether a link leads to a passage with that sentence.
async fn leads_there(site: &Site, link: &str) -> bool {
    let (page, passage) = link.split_once('#').unwrap();
    let answer = site.get(page).await;
    assert_eq!(answer.status, StatusCode::OK, "{link}");
    let (_, from) = answer.body.split_once(&format!("id=\"{passage}\"")).expect("the passage is on the page");
    from.split_once("class=\"anchor\"").expect("a passage ends in its anchor").0.contains(EFFECT)
}

#[tokio::test]
async fn a_link_to_a_passage_shows_the_words_it_was_made_for_whatever_version_comes() {
    let site = Site::new().await;
    order(&site, "No lamp may be lit at noon.").await;
    let old = links_out(&site).await;
    order(&site, "No lamp may be lit at noon.\n\nNor may one be lit at dawn.").await;
    let new = links_out(&site).await;
    for (old, new) in old.iter().zip(&new) {
        assert_ne!(old, new);
        for link in [old, new] {
            assert!(leads_there(&site, link).await, "{link}");
        }
        let newest = old.replace("?v=1", "?").replace("&v=1", "");
        assert!(!leads_there(&site, &newest).await, "another passage has that number now: {newest}");
    }
}
