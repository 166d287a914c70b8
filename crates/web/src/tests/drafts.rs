//! A draft that was coded beside the corpus is read under the run that coded it, and nothing else is.

use axum::body::Body;
use axum::http::Request;
use lacuna_domain::coding::Outcome;

use super::{Answer, Site, coded_alone, with_other_text};
use crate::config::Config;

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
