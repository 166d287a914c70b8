//! The desk of a coder: what a press keeps, what the machine's word is good for, and what the queue says.

use super::*;

/// Cara, who has the document assisted: assignment 3.
async fn assisted(site: &Site) -> Browser<'_> {
    let store = site.app.store();
    let hash = password::hash(PASSWORD, &[9; 16]).unwrap();
    store.put_user("cara", Role::Coder, &hash).await.unwrap();
    let documents = [site.world.document.id.clone()];
    store.assign("cara", &documents, &site.world.codebook.id, Mode::Assisted, "triage").await.unwrap();
    Browser::signed_in(site, "cara").await
}

const ASSISTED: &str = "/review/code/3";

#[tokio::test(flavor = "multi_thread")]
async fn keys_pressed_in_one_moment_are_all_kept() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let csrf = ada.csrf().await;
    let cookies = ada.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
    let quotes = [
        "A deployer of an AI system shall test it against attacks before use.",
        "report each security incident to the Digital Safety Office within ten days",
    ];
    let presses = [
        vec![("value", "3")],
        vec![("value", "3"), ("quote", quotes[0])],
        vec![("value", "3"), ("quote", quotes[1])],
        vec![("value", "3"), ("reason", "It must test and tell.")],
        vec![("value", "3"), ("confidence", "high")],
    ];
    let send = |fields: &Vec<(&str, &str)>| {
        let base = [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2")];
        let body = form(&base.into_iter().chain(fields.iter().copied()).collect::<Vec<_>>());
        let request = Request::post(CODE)
            .header(header::COOKIE, &cookies)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        request.unwrap()
    };
    let answers = site.ask_all(presses.iter().map(send)).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    let page = ada.get(CODE).await.body;
    for kept in [quotes[0], quotes[1], "It must test and tell."] {
        assert!(page.contains(kept), "{kept} is lost");
    }
    assert!(page.contains("name=\"confidence\" value=\"high\" checked"));
}

#[tokio::test]
async fn a_coder_at_the_machine_s_side_takes_its_word_over_with_its_quotes() {
    let site = site().await;
    let mut cara = assisted(&site).await;
    let csrf = cara.csrf().await;
    assert!(cara.get(ASSISTED).await.body.contains("The machine says: Good"));
    let adopt =
        |dimension, code| [("csrf", csrf.as_str()), ("dimension", dimension), ("code", code), ("adopt", "1")];
    let stands = cara.press(ASSISTED, &adopt("risk", "2.2")).await.json();
    assert_eq!((&stands["value"], stands["quotes"].as_array().unwrap().len()), (&"3".into(), 2), "{stands}");
    let stands = cara.press(ASSISTED, &adopt("actor", "proposer")).await.json();
    assert_eq!(stands["entities"], serde_json::json!(["Assembly of Norvale"]));
    assert_eq!((&stands["value"], &stands["types"][0]), (&"true".into(), &"governance_actor".into()));
    let stands = cara.press(ASSISTED, &adopt("risk", "2.1")).await.json();
    assert_eq!(stands["value"], "1", "that it found nothing is a word too");
    let sheets = site.app.store().sheets_of(&site.world.document.id).await.unwrap();
    assert!(sheets.is_empty(), "two others read it blind still");
}

#[tokio::test]
async fn an_answer_comes_before_what_is_said_of_it_and_types_are_those_of_the_codebook() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let csrf = ada.csrf().await;
    let base = [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2")];
    for alone in [("confidence", "high"), ("reason", "Because."), ("drop", "0")] {
        let fields: Vec<_> = base.into_iter().chain([alone]).collect();
        let answer = ada.press(CODE, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{alone:?} decides nothing");
        assert!(answer.body.contains("give an answer first"));
    }
    let role = [("csrf", csrf.as_str()), ("dimension", "actor"), ("code", "enforcer")];
    let press = |more: &[(&'static str, &'static str)]| {
        role.into_iter().chain(more.iter().copied()).collect::<Vec<_>>()
    };
    let named = press(&[("entities", "Digital Safety Office"), ("types", ""), ("types", "governance_actor")]);
    let stands = ada.press(CODE, &named).await.json();
    assert_eq!(
        (&stands["value"], &stands["types"]),
        (&"true".into(), &serde_json::json!(["governance_actor"]))
    );
    let unknown = ada.press(CODE, &press(&[("types", "sea_captain")])).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let nobody = ada.press(CODE, &press(&[("value", "false")])).await.json();
    assert_eq!((&nobody["entities"], &nobody["types"]), (&serde_json::json!([]), &serde_json::json!([])));
    let page = ada.get(&format!("{CODE}?dimension=actor")).await.body;
    assert!(page.contains("name=\"types\" value=\"governance_actor\""), "{page}");
}

#[tokio::test]
async fn the_queue_says_how_far_each_document_came_and_what_to_go_on_with() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let page = ada.get("/review").await.body;
    assert!(page.contains("not begun") && page.contains("Begin with Automated Systems Safety Act"), "{page}");
    let csrf = ada.csrf().await;
    let of = lacuna_pipeline::review::statement::codes(&site.world.codebook).len();
    for code in ["1.1", "2.2"] {
        ada.press(CODE, &[("csrf", &csrf), ("dimension", "risk"), ("code", code), ("value", "1")]).await;
    }
    let page = ada.get("/review").await.body;
    assert!(page.contains(&format!("2 of {of} codes")) && page.contains("Go on with"), "{page}");
}

#[tokio::test]
async fn what_is_settled_takes_the_quotes_of_whoever_said_so() {
    let site = site().await;
    let (mut ada, mut ben) = (Browser::signed_in(&site, "ada").await, Browser::signed_in(&site, "ben").await);
    let (a, b) = (ada.csrf().await, ben.csrf().await);
    let quote = "A deployer of an AI system shall test it against attacks before use.";
    let ones = [("csrf", a.as_str()), ("dimension", "risk"), ("code", "2.2"), ("value", "1")];
    ada.press(CODE, &ones).await;
    let twos =
        [("csrf", b.as_str()), ("dimension", "risk"), ("code", "2.2"), ("value", "2"), ("quote", quote)];
    ben.press("/review/code/2", &twos).await;
    ada.post("/review/code/1/done", &[("csrf", &a)]).await;
    ben.post("/review/code/2/done", &[("csrf", &b)]).await;
    site.app.refresh().await.unwrap();
    let mut joan = Browser::signed_in(&site, "joan").await;
    let path = format!("/review/adjudicate/{}", crate::address::segment(site.world.document.id.as_str()));
    let page = joan.get(&path).await.body;
    assert!(page.contains("<strong>1</strong> to settle of 1") && page.contains("/text#p-"), "{page}");
    assert!(
        page.contains("Minimal <span class=\"quiet\">ben (blind)</span>"),
        "who says what stands beside it"
    );
    let public = site.get(&site.document()).await.body;
    for mark in
        ["disputed: ada (blind): No coverage; ben (blind): Minimal", "reviewed: ada (blind): No coverage"]
    {
        assert!(public.contains(mark), "{mark} is missing from {public}");
    }
    let csrf = joan.csrf().await;
    let settle = [
        ("csrf", csrf.as_str()),
        ("dimension", "risk"),
        ("code", "2.2"),
        ("value", "2"),
        ("quotes_of", "same"),
        ("reason", "One element."),
    ];
    assert_eq!(joan.post(&path, &settle).await.status, StatusCode::SEE_OTHER);
    let sheets = site.app.store().sheets_of(&site.world.document.id).await.unwrap();
    let settled = sheets.iter().find(|sheet| sheet.mode == Mode::Adjudicated).unwrap();
    assert_eq!(settled.decisions[0].evidence[0].quote(), quote);
    let page = joan.get(&path).await.body;
    assert!(page.contains("<strong>0</strong> to settle of 1") && page.contains("again</summary>"), "{page}");
}

#[tokio::test]
async fn a_report_names_its_label_as_the_codebook_does() {
    let site = site().await;
    let mut reader = Browser::new(&site);
    let path = format!("{}/report", site.document());
    for label in ["risk/2.2", "status/status"] {
        let token = hidden(&reader.get(&format!("{path}?label={label}")).await.body, "form");
        reader.post(&path, &[("form", token.as_str()), ("label", label), ("reason", "It is not so.")]).await;
    }
    let page = site.get("/reports").await.body;
    assert!(
        page.contains("</a>: 2.2 AI system security vulnerabilities and attacks</h2>")
            && page.contains("</a>: Legal form</h2>"),
        "{page}"
    );
}
