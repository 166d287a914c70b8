//! Stories of review: coding, disagreeing, settling, reporting, and nothing lost on the way.

use super::*;

#[tokio::test]
async fn what_a_blind_coder_says_is_told_when_all_have_finished() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let own = site.document();
    let csrf = ada.csrf().await;
    let secret = "because ada thinks so";
    let fields =
        [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2"), ("value", "2"), ("reason", secret)];
    assert_eq!(ada.press(CODE, &fields).await.status, StatusCode::OK);
    ada.post("/review/code/1/done", &[("csrf", &csrf)]).await;
    site.app.refresh().await.unwrap();
    // Ben has not finished: nobody sees what Ada said.
    let mut ben = Browser::signed_in(&site, "ben").await;
    let mut joan = Browser::signed_in(&site, "joan").await;
    assert_eq!(ben.get(CODE).await.status, StatusCode::NOT_FOUND, "another coder's assignment");
    let theirs = [("csrf", ben.csrf().await), ("dimension", "risk".to_owned()), ("code", "2.2".to_owned())];
    let theirs: Vec<(&str, &str)> = theirs.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(ben.post(CODE, &theirs).await.status, StatusCode::NOT_FOUND);
    let run = site.app.snapshot().runs.iter().find(|r| r.name == "ada (blind)").unwrap().id.clone();
    for path in [
        "/review/code/2".to_owned(),
        "/review/adjudicate".to_owned(),
        format!("/judgements.csv?run={}", run.short()),
    ] {
        let (ben, joan) = (ben.get(&path).await.body, joan.get(&path).await.body);
        assert!(!ben.contains(secret) && !joan.contains(secret), "{path} tells");
    }
    assert!(!site.get(&own).await.body.contains(secret), "nor does the public page");
    let csrf = ben.csrf().await;
    ben.post("/review/code/2/done", &[("csrf", &csrf)]).await;
    assert!(site.get(&own).await.body.contains("ada"), "both have finished: now it may be read");
    assert_eq!(ben.get(&own).await.status, StatusCode::OK);
    let again = ben.post("/review/code/2/done", &[("csrf", &csrf)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "after the labels were shown it is blind no more");
}

#[tokio::test]
async fn two_people_disagree_and_a_third_settles_it_with_nothing_overwritten() {
    let site = site().await;
    let (mut ada, mut ben) = (Browser::signed_in(&site, "ada").await, Browser::signed_in(&site, "ben").await);
    let (a, b) = (ada.csrf().await, ben.csrf().await);
    let script = "<script>alert(1)</script>";
    let quote = "A deployer of an AI system shall test it against attacks before use.";
    let first =
        [("csrf", a.as_str()), ("dimension", "risk"), ("code", "2.2"), ("quote", quote), ("reason", script)];
    let stands = ada.press(CODE, &first).await.json();
    assert_eq!(
        (&stands["value"], &stands["quotes"][0]),
        (&"2".into(), &quote.into()),
        "a quote alone is the weakest yes"
    );
    ada.press(CODE, &[("csrf", &a), ("dimension", "risk"), ("code", "2.2"), ("value", "3")]).await;
    ben.press("/review/code/2", &[("csrf", &b), ("dimension", "risk"), ("code", "2.2"), ("value", "1")])
        .await;
    let page = ada.get(CODE).await.body;
    assert!(page.contains(quote) && page.contains("&#60;script&#62;") && !page.contains(script), "{page}");
    let lost = ada
        .press(
            CODE,
            &[("csrf", &a), ("dimension", "risk"), ("code", "2.2"), ("quote", "words that are not there")],
        )
        .await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
    ada.post("/review/code/1/done", &[("csrf", &a)]).await;
    ben.post("/review/code/2/done", &[("csrf", &b)]).await;
    site.app.refresh().await.unwrap();
    let mut joan = Browser::signed_in(&site, "joan").await;
    let path = format!("/review/adjudicate/{}", crate::address::segment(site.world.document.id.as_str()));
    assert!(joan.get("/review/adjudicate").await.body.contains("Automated Systems Safety Act"));
    let page = joan.get(&path).await.body;
    assert!(page.contains("ada (blind): Good") && page.contains("ben (blind): No coverage"), "{page}");
    assert!(page.contains(quote) && !page.contains(script));
    let csrf = joan.csrf().await;
    let run = hidden(&page, "quotes_of");
    let settle = [
        ("csrf", csrf.as_str()),
        ("dimension", "risk"),
        ("code", "2.2"),
        ("value", "3"),
        ("quotes_of", &run),
        ("reason", "Two elements."),
    ];
    assert_eq!(joan.post(&path, &settle).await.status, StatusCode::SEE_OTHER);
    let sheets = site.app.store().sheets_of(&site.world.document.id).await.unwrap();
    assert_eq!(
        sheets.iter().filter(|s| s.labeller == "ada").count(),
        3,
        "each press is a row, finishing is one more"
    );
    assert!(sheets.iter().any(|s| s.mode == Mode::Adjudicated && s.labeller == "joan"));
    let public = site.get(&site.document()).await.body;
    assert!(public.contains("adjudicated") && !public.contains(script), "{public}");
}

#[tokio::test]
async fn a_report_gets_a_public_answer() {
    let site = site().await;
    let mut reader = Browser::new(&site);
    let path = format!("{}/report", site.document());
    assert!(
        site.get(&site.document()).await.body.contains("/report?label=risk/2.2"),
        "it stands beside the label"
    );
    let page = reader.get(&format!("{path}?label=risk/2.2")).await;
    let token = hidden(&page.body, "form");
    let script = "<img src=x onerror=alert(1)>";
    let filed =
        [("form", token.as_str()), ("label", "risk/2.2"), ("proposed", "Minimal"), ("reason", script)];
    assert_eq!(
        Browser::new(&site).post(&path, &filed).await.status,
        StatusCode::FORBIDDEN,
        "not from elsewhere"
    );
    assert_eq!(reader.post(&path, &filed).await.status, StatusCode::SEE_OTHER);
    let open = site.get("/reports").await.body;
    assert!(open.contains("open") && !open.contains("onerror"), "words that nobody has read are not shown");
    let mut joan = Browser::signed_in(&site, "joan").await;
    let queue = joan.get("/review/reports").await.body;
    assert!(queue.contains("&#60;img") && !queue.contains(script), "{queue}");
    let csrf = joan.csrf().await;
    let answer = [("csrf", csrf.as_str()), ("state", "declined"), ("outcome", "The text has two elements.")];
    assert_eq!(joan.post("/review/reports/1", &answer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(joan.post("/review/reports/1", &answer).await.status, StatusCode::CONFLICT, "decided once");
    let closed = site.get("/reports").await.body;
    assert!(
        closed.contains("The text has two elements.")
            && closed.contains("declined")
            && !closed.contains(script)
    );
}
