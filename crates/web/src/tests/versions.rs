//! Two versions of a document: what was inserted is marked alone, and who is named in one of them alone is told with the
//! sentence.

use lacuna_domain::coding::Outcome;
use lacuna_domain::judgement::{ActorDraft, ActorJudgement, Entity};
use lacuna_domain::{Confidence, Evidence, QuoteState, Span};
use serde_json::Value as Json;

use super::{Site, coded_alone, with_other_text};
use crate::reading::Reading;

const QUAY: &str = "file:quay.txt";
const INSERTED: &str = "(b) No keeper may sell what a lamp has seen.";

/// The rule of a quay that this office enforces, with these words between its first and its last duty.
fn rule(office: &str, between: &str, last: &str) -> String {
    format!(
        "QUAY RULE (FICTION)\n\n(a) A keeper shall light each lamp at dusk.\n\n{between}({last}) A keeper shall guard the \
         lamps against attacks.\n\nThe {office} shall close a quay whose keeper does not.\n"
    )
}

/// Adds a version in which `office` enforces the rule.
async fn put(site: &Site, office: &str, words: &str) {
    let (text, outcome) = coded_alone(&site.world, words, "2.2", 3);
    let at = |quote: &str| {
        let start = words.find(quote).unwrap();
        let span = Span::new(words, start, start + quote.len()).unwrap();
        let passages = Reading::of(text.clone()).passages;
        let passage = passages.iter().find(|passage| passage.span.contains(span)).unwrap().index;
        Evidence::located(words, vec![span], QuoteState::Exact, passage).unwrap()
    };
    let role = ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: "enforcer".parse().unwrap(),
        entities: vec![office.to_owned()],
        types: if office == "Harbour Office" { vec![] } else { vec!["governance_actor".parse().unwrap()] },
        confidence: Confidence::High,
        probability: Some(0.9),
        reasoning: "It may close a quay.".to_owned(),
        quotes: vec![],
    };
    let named = Entity { name: office.to_owned(), at: at(office) };
    let (role, _) = ActorJudgement::verified(role, vec![named], vec![at("shall close a quay")], vec![]);
    let Outcome::Coded(mut coding) = outcome else { unreachable!() };
    coding.actors = vec![role];
    let store = site.app.store();
    store.put_documents(&[with_other_text(&site.world, QUAY, &text)]).await.unwrap();
    store.put_outcomes(&site.world.run.id, &[(text.id, Outcome::Coded(coding))]).await.unwrap();
}

async fn with_two_versions() -> Site {
    let site = Site::new().await;
    put(&site, "Harbour Office", &rule("Harbour Office", "", "b")).await;
    put(&site, "Crane Board", &rule("Crane Board", &format!("{INSERTED}\n\n"), "c")).await;
    site.app.refresh().await.unwrap();
    site
}

#[tokio::test]
async fn an_inserted_paragraph_is_marked_alone_though_the_next_was_renumbered() {
    let site = with_two_versions().await;
    let page = site.get("/compare?ids=file:quay.txt&v=1,2").await.body;
    assert!(page.contains(&format!("<ins>{INSERTED}</ins>")), "{page}");
    let seen = page.replace("<span class=\"vh\" lang=\"en\"> (end)</span>", "");
    let told = |what: &str| format!("<span class=\"vh\" lang=\"en\">{what}: </span>");
    let renumbered = format!(
        "({}<del>b</del>{}<ins>c</ins>) A keeper shall guard the lamps",
        told("deleted"),
        told("inserted")
    );
    assert!(seen.contains(&renumbered), "{page}");
    assert!(
        page.contains("in the text<span class=\"vh\">, passage 2</span></a>"),
        "each link says its passage: {page}"
    );
    assert!(page.contains("3 changed passages"), "{page}");
}

#[tokio::test]
async fn who_is_named_in_one_version_alone_is_told_with_the_sentence() {
    let site = with_two_versions().await;
    let page = site.get("/compare.json?ids=file:quay.txt&v=1,2").await.json();
    let labels = page["labels"].as_array().unwrap();
    let of = |what: &str| -> Vec<&Json> { labels.iter().filter(|label| label["what"] == what).collect() };
    let [lost] = of("lost")[..] else { panic!("one name was lost: {labels:?}") };
    assert_eq!(
        (&lost["name"], &lost["old"]["level"]),
        (&"Actors: Enforcer".into(), &"Harbour Office".into())
    );
    assert_eq!(lost["old"]["quote"], "The Harbour Office shall close a quay whose keeper does not.");
    assert!(lost["old"]["href"].as_str().unwrap().contains("?v=1&code=actor/enforcer#p-"), "{lost}");
    let [name, types] = of("gained")[..] else { panic!("a name and its type are new: {labels:?}") };
    assert_eq!((&name["new"]["level"], &name["old"]["level"]), (&"Crane Board".into(), &"not named".into()));
    assert_eq!(name["new"]["quote"], "The Crane Board shall close a quay whose keeper does not.");
    assert_eq!(
        (&types["name"], &types["new"]["level"]),
        (&"Actors: Enforcer, types".into(), &"Governance actor".into())
    );
    assert_eq!(labels.len(), 3, "the risk that both speak to is no change: {labels:?}");
}

#[tokio::test]
async fn a_table_of_two_versions_says_which_runs_coded_them() {
    let site = with_two_versions().await;
    let csv = site.get("/compare.csv?ids=file:quay.txt&v=1,2").await.body;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let headers = rows.headers().unwrap().clone();
    assert_eq!(headers.iter().rev().take(2).collect::<Vec<_>>(), ["new_run", "old_run"]);
    let of = |kind: &str| -> Vec<(String, String)> {
        let rows = csv::Reader::from_reader(csv.as_bytes()).into_records().map(Result::unwrap);
        let of_kind = rows.filter(|row| &row[0] == kind);
        of_kind.map(|row| (row[headers.len() - 2].to_owned(), row[headers.len() - 1].to_owned())).collect()
    };
    let run = site.world.run.id.to_string();
    assert_eq!(of("label"), vec![(run.clone(), run); 3]);
    assert!(of("text").iter().all(|runs| *runs == (String::new(), String::new())), "{csv}");
}
