//! A draft that was coded beside the corpus is read under the run that coded it, and nothing else is.

use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{Clock, Run};

use super::{Answer, Site, coded_alone, with_other_text};
use crate::config::Config;
use crate::sample::{CODEBOOK, World};
use crate::state::App;

const ENGINE: &str = "Engine of drafts";

/// A site on one's own machine with a private and a public document that an unfinished run alone has coded.
async fn with_a_draft() -> Site {
    let site = Site::with(Config { local: true, ..Config::default() }).await;
    let store = site.app.store();
    let mut run = site.world.run.clone();
    run.config.parameters.insert("weights".to_owned(), "other".to_owned());
    (run.id, run.name, run.finished_at) = (run.config.id(), ENGINE.to_owned(), None);
    store.start_run(&run).await.unwrap();
    for (id, words, private) in [
        ("draft:lantern.txt", "A keeper of lanterns shall guard them against attacks.", true),
        ("file:wick.txt", "A keeper of wicks shall guard them against attacks.", false),
    ] {
        let (text, outcome) = coded_alone(&site.world, words, "2.2", 3);
        let Outcome::Coded(mut coding) = outcome else { unreachable!() };
        coding.run = run.id.clone();
        let mut coming = with_other_text(&site.world, id, &text);
        coming.document.metadata.private = private;
        store.put_documents(&[coming]).await.unwrap();
        store.put_outcomes(&run.id, &[(text.id, Outcome::Coded(coding))]).await.unwrap();
    }
    assert!(site.app.refresh().await.unwrap());
    site
}

async fn ask(site: &Site, path: &str) -> Answer {
    let request = Request::get(path).header("host", "localhost:7373").header("accept", "text/html,*/*");
    site.ask(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_draft_is_compared_by_the_run_that_coded_it_and_the_corpus_by_the_run_that_is_shown() {
    let site = with_a_draft().await;
    let page = ask(&site, "/compare/with-corpus.json?id=draft:lantern.txt").await.json();
    assert_eq!(page["classified"], true, "{page}");
    assert_eq!(page["coded_by"]["name"], ENGINE);
    assert_eq!(page["provenance"]["run"]["id"], site.world.run.id.as_str(), "the corpus keeps its run");
    let spoken = page["dimensions"][0]["spoken"].as_array().unwrap();
    let codes: Vec<&str> = spoken.iter().map(|line| line["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["2.2"]);
    let words = ask(&site, "/compare/with-corpus?id=draft:lantern.txt").await.body;
    assert!(words.contains(&format!(">{ENGINE}</a>")), "it says which engine coded it: {words}");

    let twin = ask(&site, "/compare/with-corpus.json?id=file:twin.txt").await.json();
    assert!(twin.get("coded_by").is_none(), "what the shown run coded says nothing of another: {twin}");
}

#[tokio::test]
async fn the_page_of_a_draft_shows_its_coding_unless_another_run_is_asked_for() {
    let site = with_a_draft().await;
    let draft = ask(&site, "/documents/draft:lantern.txt.json").await.json();
    assert_eq!(draft["run"]["name"], ENGINE, "{draft}");
    let shown = site.world.run.id.short();
    let asked = ask(&site, &format!("/documents/draft:lantern.txt.json?run={shown}")).await.json();
    assert_eq!(asked["run"]["name"], site.world.run.name.as_str());
    let public = ask(&site, "/documents/file:wick.txt.json").await.json();
    assert_eq!(public["run"]["name"], site.world.run.name.as_str(), "a public document is the shown run's");
}

#[tokio::test]
async fn beside_other_documents_a_draft_names_the_run_that_coded_it_and_its_reliability() {
    let site = with_a_draft().await;
    let page = ask(&site, "/compare.json?ids=draft:lantern.txt,file:twin.txt").await.json();
    assert_eq!(page["columns"][0]["coded_by"]["name"], ENGINE, "{page}");
    assert!(page["columns"][1].get("coded_by").is_none(), "{page}");
    let blocks = page["blocks"].as_array().unwrap();
    let rows: Vec<_> = blocks.iter().flat_map(|block| block["rows"].as_array().unwrap()).collect();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(row["cells"][0].get("trust").is_some(), "by its own run: {row}");
        assert!(row["cells"][1].get("trust").is_none(), "that of the run that is shown stands once: {row}");
    }
    let csv = ask(&site, "/compare.csv?ids=draft:lantern.txt,file:twin.txt").await.body;
    let mut lines = csv::Reader::from_reader(csv.as_bytes());
    for line in lines.records().map(Result::unwrap) {
        let shown = line.get(line.len() - 1) == Some(site.world.run.id.as_str());
        assert_eq!(shown, line.get(3) == Some("file:twin.txt"), "{line:?}");
    }
    let words = ask(&site, "/compare?ids=draft:lantern.txt,file:twin.txt").await.body;
    assert!(
        words.contains("coded by <a href=\"/runs/") && words.contains(&format!(">{ENGINE}</a>")),
        "{words}"
    );
}

#[tokio::test]
async fn a_run_that_coded_dropped_drafts_alone_is_not_shown_while_another_is_under_way() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::new());
    let store = Site::store(folder.path()).await;
    store.put_codebook(CODEBOOK, &world.codebook).await.unwrap();
    let model = Run { finished_at: None, ..world.run.clone() };
    let mut drafts = model.clone();
    drafts.config.parameters.insert("weights".to_owned(), "other".to_owned());
    (drafts.id, drafts.name) = (drafts.config.id(), ENGINE.to_owned());
    let model = Run { started_at: model.started_at - SignedDuration::from_hours(1), ..model };
    store.start_run(&model).await.unwrap();
    store.start_run(&drafts).await.unwrap();
    let coded = |words: &str, run: &Run| {
        let (text, outcome) = coded_alone(&world, words, "2.2", 3);
        let Outcome::Coded(mut coding) = outcome else { unreachable!() };
        coding.run = run.id.clone();
        (text, Outcome::Coded(coding))
    };
    let (text, outcome) = coded("A keeper of lanterns shall guard them against attacks.", &drafts);
    let mut draft = with_other_text(&world, "draft:lantern.txt", &text);
    draft.document.metadata.private = true;
    let (public, later) = coded("A keeper of wicks shall guard them against attacks.", &model);
    store.put_documents(&[draft, with_other_text(&world, "file:wick.txt", &public)]).await.unwrap();
    store.put_outcomes(&drafts.id, &[(text.id, outcome)]).await.unwrap();

    let app = App::open(Config { local: true, ..Config::default() }, store, Clock::fixed()).await.unwrap();
    let shown = |app: &App| app.snapshot().run.as_ref().map(|run| run.id.clone());
    assert_eq!(shown(&app), None, "nothing public is coded yet");
    app.store().put_outcomes(&model.id, &[(public.id, later)]).await.unwrap();
    app.refresh().await.unwrap();
    assert_eq!(shown(&app), Some(model.id), "though the other was started later");
}
