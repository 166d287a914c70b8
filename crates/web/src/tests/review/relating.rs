//! Editors correct how documents stand to each other; nobody else can, and nobody else is shown how.

use std::collections::BTreeMap;

use lacuna_domain::DocumentId;
use lacuna_domain::relation::{Relation, RelationKind, RelationSource};

use super::*;

const TWIN: &str = "file:twin.txt";
const FORMS: &str = "Correct its relations";

/// Where the forms of the sample are sent.
fn action(site: &Site) -> String {
    format!("/review/relations/{}", crate::address::segment(site.world.document.id.as_str()))
}

/// The twin says that it amends the sample.
async fn amended(site: &Site) {
    let relation = relation(TWIN, RelationKind::Amends, site.world.document.id.as_str());
    site.app.store().replace_found_relations(&[relation], &BTreeMap::new()).await.unwrap();
    site.app.refresh().await.unwrap();
}

/// Kind, other side and source of every relation that holds.
async fn holding(site: &Site) -> Vec<(RelationKind, String, RelationSource)> {
    let all = site.app.store().relations().await.unwrap();
    let other =
        |relation: &Relation| relation.to.as_ref().map_or(relation.cited.clone(), DocumentId::to_string);
    all.iter().map(|relation| (relation.kind, other(relation), relation.source)).collect()
}

#[tokio::test]
async fn an_editor_says_what_is_wrong_and_right_and_missing_and_the_log_tells() {
    let site = site().await;
    amended(&site).await;
    let own = site.world.document.id.to_string();
    let (path, action) = (site.document(), action(&site));
    let mut joan = Browser::signed_in(&site, "joan").await;
    let page = joan.get(&path).await;
    assert!(page.body.contains(FORMS) && page.header("cache-control") == "no-store", "{}", page.body);
    let csrf = hidden(&page.body, "csrf");
    let known = |says| {
        [("csrf", csrf.as_str()), ("says", says), ("from", TWIN), ("kind", "amends"), ("to", own.as_str())]
    };

    let wrong = joan.post(&action, &known("no")).await;
    assert_eq!(
        (wrong.status, wrong.header("location")),
        (StatusCode::SEE_OTHER, format!("{path}#correct").as_str())
    );
    assert!(holding(&site).await.is_empty(), "what is wrong is hidden");
    assert!(
        joan.get(&path).await.body.contains("People say: wrong; it is hidden."),
        "it can be taken back at once"
    );
    site.app.refresh().await.unwrap();
    assert!(!site.get(&path).await.body.contains("is amended by"));

    assert_eq!(joan.post(&action, &known("yes")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(holding(&site).await, [(RelationKind::Amends, own.clone(), RelationSource::Imported)]);

    let add = |to, cited| {
        [("csrf", csrf.as_str()), ("says", "new"), ("kind", "implements"), ("to", to), ("cited", cited)]
    };
    assert_eq!(joan.post(&action, &add("", "Tally Act")).await.status, StatusCode::SEE_OTHER);
    let tally = (RelationKind::Implements, "Tally Act".to_owned(), RelationSource::Imported);
    assert!(holding(&site).await.contains(&tally));
    for (to, cited) in [("file:nowhere.txt", ""), ("", ""), (own.as_str(), ""), ("no id", "")] {
        let refused = joan.post(&action, &add(to, cited)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{to}: {}", refused.body);
    }
    assert_eq!(holding(&site).await.len(), 2, "what was refused is not there");
    let log = site.app.store().audit_lines(100).await.unwrap();
    let said = log.iter().filter(|line| line.action == "correct relation" && line.name == "joan");
    let said: Vec<&str> = said.map(|line| line.subject.as_str()).collect();
    assert!(said.contains(&format!("{TWIN} amends {own}: does not hold").as_str()), "{said:?}");
    assert_eq!(said.len(), 3, "what was refused was not said: {said:?}");
}

#[tokio::test]
async fn nobody_but_editors_sees_the_forms_or_can_send_one() {
    let site = site().await;
    amended(&site).await;
    let (path, action) = (site.document(), action(&site));
    Browser::signed_in(&site, "joan").await.get(&path).await;
    assert!(
        !site.get(&path).await.body.contains(FORMS),
        "what was made for an editor is given to nobody else"
    );
    let mut rita = Browser::signed_in(&site, "rita").await;
    assert!(!rita.get(&path).await.body.contains(FORMS));
    let csrf = rita.csrf().await;
    let own = site.world.document.id.to_string();
    let wrong =
        |csrf| [("csrf", csrf), ("says", "no"), ("from", TWIN), ("kind", "amends"), ("to", own.as_str())];
    assert_eq!(rita.post(&action, &wrong(csrf.as_str())).await.status, StatusCode::FORBIDDEN);
    let mut joan = Browser::signed_in(&site, "joan").await;
    assert_eq!(
        joan.post(&action, &wrong(csrf.as_str())).await.status,
        StatusCode::FORBIDDEN,
        "the token of another"
    );
    assert_eq!(holding(&site).await.len(), 1, "nothing changed");
}

/// What one's own machine answers to a request for this path, or to a form.
async fn here(site: &Site, path: &str, sent: Option<String>, origin: &str) -> Answer {
    let method = if sent.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder().method(method).uri(path).header("host", "localhost:7373");
    let request = request.header("accept", "text/html").header("origin", origin);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    site.ask(request.body(Body::from(sent.unwrap_or_default())).unwrap()).await
}

#[tokio::test]
async fn on_one_s_own_machine_everybody_is_an_editor_and_on_published_pages_nobody() {
    let site = site_with(Config { local: true, ..Config::default() }).await;
    amended(&site).await;
    let (path, action, own) = (site.document(), action(&site), "http://localhost:7373");
    let page = here(&site, &path, None, own).await.body;
    assert!(page.contains(FORMS), "{page}");
    let (csrf, id) = (hidden(&page, "csrf"), site.world.document.id.to_string());
    let wrong = |csrf: &str| {
        Some(form(&[("csrf", csrf), ("says", "no"), ("from", TWIN), ("kind", "amends"), ("to", id.as_str())]))
    };
    for (token, origin) in [("x", own), ("", own), (csrf.as_str(), "https://elsewhere.example")] {
        assert_eq!(
            here(&site, &action, wrong(token), origin).await.status,
            StatusCode::FORBIDDEN,
            "{origin}"
        );
    }
    assert_eq!(here(&site, &action, wrong(&csrf), own).await.status, StatusCode::SEE_OTHER);
    assert!(holding(&site).await.is_empty());

    let site = site_with(Config { local: true, published: true, ..Config::default() }).await;
    amended(&site).await;
    assert!(!here(&site, &site.document(), None, own).await.body.contains(FORMS));
}
