//! What review keeps from whom: roles, sessions, forms, passwords, and the labels that a blind coder must not see.

use super::*;
use crate::tests::table;

/// Who may call a route at least; `None` is everybody. A route of review, or one that takes a form, is named here.
fn least(method: &Method, route: &str) -> Option<Role> {
    match route {
        "/review/code/{assignment}" | "/review/code/{assignment}/done" => Some(Role::Coder),
        "/review/adjudicate"
        | "/review/adjudicate/{document}"
        | "/review/private"
        | "/review/relations/{document}"
        | "/review/reports"
        | "/review/reports/{report}" => Some(Role::Adjudicator),
        "/review/assign" => Some(Role::Admin),
        "/review" | "/review/sign-out" => Some(Role::Reader),
        // Drafts are taken on this machine alone, with a token of the process; anywhere else the address is not there.
        "/review/sign-in" | "/reports" | "/documents/{id}/report" | "/drafts" => None,
        _ => {
            let told = !route.starts_with("/review") && *method != Method::POST;
            assert!(told, "{method} {route} is new; name it with its role");
            None
        }
    }
}

#[tokio::test]
async fn every_route_asks_for_its_role() {
    let site = site().await;
    let all =
        "csrf=x&dimension=risk&code=2.2&value=2&state=accepted&outcome=x&name=ada&mode=blind&documents=x";
    let mut asked = 0;
    for (method, route) in table::routes() {
        let Some(least) = least(&method, &route) else { continue };
        let path = table::example(&site, &route);
        let body = (method == Method::POST).then(|| all.to_owned());
        let nobody = Browser::new(&site).send(method.clone(), &path, body.clone(), false).await;
        let turned_away =
            nobody.status == StatusCode::UNAUTHORIZED || nobody.header("location") == "/review/sign-in";
        assert!(turned_away, "{method} {path} answers {} to nobody", nobody.status);
        for (name, role) in [("rita", Role::Reader), ("ada", Role::Coder), ("joan", Role::Adjudicator)] {
            let mut browser = Browser::signed_in(&site, name).await;
            let answer = browser.send(method.clone(), &path, body.clone(), false).await;
            if role < least {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} lets {name} in");
                assert!(answer.body.contains("this needs the role"), "{method} {path} does not say why");
            }
            // Whoever may come in still needs the token of the session.
            if role >= least && method == Method::POST {
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{method} {path} takes a form from elsewhere"
                );
                assert!(answer.body.contains("not of your session"), "{method} {path}: {}", answer.body);
            }
            asked += 1;
        }
    }
    assert!(asked >= 33, "{asked}");
}

#[tokio::test]
async fn no_route_at_all_tells_what_a_coder_said_before_all_have_finished() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let (csrf, secret) = (ada.csrf().await, "because ada thinks so");
    let fields =
        [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2"), ("value", "2"), ("reason", secret)];
    assert_eq!(ada.press(CODE, &fields).await.status, StatusCode::OK);
    assert!(ada.get(CODE).await.body.contains(secret), "she sees her own");
    ada.post("/review/code/1/done", &[("csrf", &csrf)]).await;
    site.app.refresh().await.unwrap();
    let mut ben = Browser::signed_in(&site, "ben").await;
    let mut joan = Browser::signed_in(&site, "joan").await;
    let mut root = Browser::signed_in(&site, "root").await;
    let mut nobody = Browser::new(&site);
    let mut told = 0;
    for (method, route) in table::routes() {
        if method != Method::GET {
            continue;
        }
        let path = table::example(&site, &route);
        let endings = if path.contains('.') || route.starts_with("/review") {
            &[""][..]
        } else {
            &["", ".json", ".csv"]
        };
        for ending in endings {
            let path = format!("{path}{ending}");
            for browser in [&mut nobody, &mut ben, &mut joan, &mut root] {
                let answer = browser.get(&path).await;
                assert!(!answer.body.contains(secret), "{path} tells");
                told += 1;
            }
        }
    }
    assert!(told > 500, "{told}");
    // When Ben has finished too, whoever settles reads her reason.
    let csrf = ben.csrf().await;
    ben.post("/review/code/2/done", &[("csrf", &csrf)]).await;
    site.app.refresh().await.unwrap();
    let settle = format!("/review/adjudicate/{}", crate::address::segment(site.world.document.id.as_str()));
    assert!(joan.get(&settle).await.body.contains(secret), "the words looked for are the right ones");
}

#[tokio::test]
async fn every_address_with_labels_is_closed_to_a_blind_coder() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let open = [
        "/about",
        "/about.json",
        "/docs",
        "/docs/{*path}",
        "/api",
        "/healthz",
        "/robots.txt",
        "/assets/{file}",
    ];
    let mut closed = 0;
    for (method, route) in table::routes() {
        let shows_none = open.contains(&route.as_str()) || route == "/api/v1/openapi.json";
        if method != Method::GET || route.starts_with("/review") || shows_none {
            continue;
        }
        let path = table::example(&site, &route);
        // What the site holds ready for others is closed too.
        site.get(&path).await;
        assert_eq!(ada.get(&path).await.status, StatusCode::FORBIDDEN, "{path} is open to a blind coder");
        closed += 1;
    }
    assert!(closed > 100, "{closed}");
}

#[tokio::test]
async fn a_form_without_the_token_of_its_session_changes_nothing() {
    let site = site().await;
    let (mut ada, mut ben) = (Browser::signed_in(&site, "ada").await, Browser::signed_in(&site, "ben").await);
    let stolen = ben.csrf().await;
    for csrf in ["", "x", stolen.as_str()] {
        let fields = [("csrf", csrf), ("dimension", "risk"), ("code", "2.2"), ("value", "3")];
        assert_eq!(ada.post(CODE, &fields).await.status, StatusCode::FORBIDDEN, "{csrf:?}");
        assert_eq!(ada.post("/review/code/1/done", &[("csrf", csrf)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ada.post("/review/sign-out", &[("csrf", csrf)]).await.status, StatusCode::FORBIDDEN);
    }
    assert!(!ada.get(CODE).await.body.contains("checked"), "nothing was decided");
    let mut stranger = Browser::new(&site);
    let answer =
        stranger.post("/review/sign-in", &[("form", "x"), ("name", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a form from elsewhere signs nobody in");
}

#[tokio::test]
async fn a_planted_session_is_worth_nothing() {
    let site = site().await;
    let mut victim = Browser::new(&site);
    victim.cookies.insert("lacuna_session".to_owned(), "planted".to_owned());
    assert_eq!(victim.sign_in("ada", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let first = victim.cookies["lacuna_session"].clone();
    assert_ne!(first, "planted", "signing in makes a new token");
    let mut thief = Browser::new(&site);
    thief.cookies.insert("lacuna_session".to_owned(), "planted".to_owned());
    assert_eq!(thief.get(CODE).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(victim.sign_in("ada", PASSWORD).await.status, StatusCode::SEE_OTHER);
    thief.cookies.insert("lacuna_session".to_owned(), first);
    assert_eq!(
        thief.get(CODE).await.status,
        StatusCode::UNAUTHORIZED,
        "the old session ended with the new one"
    );
    let csrf = victim.csrf().await;
    let kept = victim.cookies["lacuna_session"].clone();
    assert_eq!(victim.post("/review/sign-out", &[("csrf", &csrf)]).await.status, StatusCode::SEE_OTHER);
    thief.cookies.insert("lacuna_session".to_owned(), kept);
    assert_eq!(thief.get(CODE).await.status, StatusCode::UNAUTHORIZED, "signed out is signed out");
    site.app.store().remove_user("ben").await.unwrap();
    assert_eq!(Browser::new(&site).sign_in("ben", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn guessing_passwords_stops_soon() {
    let site = site().await;
    let mut guesser = Browser::new(&site);
    for _ in 0..10 {
        let answer = guesser.sign_in("ada", "wrong password").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.body.contains("Name or password is wrong"), "the answer does not tell which");
    }
    assert_eq!(
        guesser.sign_in("ada", PASSWORD).await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "even the right one"
    );
    assert_eq!(guesser.sign_in("ben", PASSWORD).await.status, StatusCode::SEE_OTHER, "others go on");
    let log = site.app.store().audit_lines(100).await.unwrap();
    assert_eq!(log.iter().filter(|line| line.action == "failed sign-in").count(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_guessed_all_at_once_are_counted_one_by_one() {
    let site = site().await;
    let mut guesser = Browser::new(&site);
    let form_token = hidden(&guesser.get("/review/sign-in").await.body, "form");
    let cookies = guesser.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
    let guess = |number: u32| {
        let body = form(&[("form", &form_token), ("name", "ada"), ("password", &format!("guess {number}"))]);
        let request = Request::post("/review/sign-in")
            .header(header::COOKIE, &cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        request.unwrap()
    };
    let answers = site.ask_all((0..40).map(guess)).await;
    let heard = answers.iter().filter(|answer| answer.status == StatusCode::UNAUTHORIZED).count();
    let late = answers.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).count();
    assert_eq!((heard, late), (10, 30));
}

#[tokio::test]
async fn no_other_screen_of_review_shows_a_blind_coder_the_labels_of_her_document() {
    let site = site().await;
    let (store, own) = (site.app.store(), site.world.document.id.clone());
    let twin: lacuna_domain::DocumentId = "file:twin.txt".parse().unwrap();
    // The same document assisted, and another one with the same words.
    let both = [own.clone(), twin.clone()];
    store.assign("ada", &both, &site.world.codebook.id, Mode::Assisted, "triage").await.unwrap();
    let mut ada = Browser::signed_in(&site, "ada").await;
    let csrf = ada.csrf().await;
    let assisted: Vec<i64> = store.assignments_of("ada").await.unwrap().iter().map(|a| a.id).collect();
    assert_eq!(assisted, [1, 3, 4]);
    for id in [3, 4] {
        let path = format!("/review/code/{id}");
        let page = ada.get(&path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!page.body.contains("The machine says") && page.body.contains("to code blind"));
        let adopt = [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2"), ("adopt", "1")];
        assert_eq!(ada.press(&path, &adopt).await.status, StatusCode::FORBIDDEN);
    }
    // Nor does the mode that is hers take anything over.
    let adopt = [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2"), ("adopt", "1")];
    assert_eq!(ada.press(CODE, &adopt).await.status, StatusCode::BAD_REQUEST);
    // Somebody who settles disputes and codes too.
    store.assign("joan", &[twin], &site.world.codebook.id, Mode::Blind, "by hand").await.unwrap();
    let mut reader = Browser::new(&site);
    let path = format!("{}/report", site.document());
    let token = hidden(&reader.get(&format!("{path}?label=risk/2.2")).await.body, "form");
    let filed = [("form", token.as_str()), ("label", "risk/2.2"), ("reason", "It is too high.")];
    assert_eq!(reader.post(&path, &filed).await.status, StatusCode::SEE_OTHER);
    let mut root = Browser::signed_in(&site, "root").await;
    assert!(root.get("/review/reports").await.body.contains("It is too high."));
    let mut joan = Browser::signed_in(&site, "joan").await;
    assert!(
        !joan.get("/review/reports").await.body.contains("It is too high."),
        "it says what the machine says"
    );
    let settle = format!("/review/adjudicate/{}", crate::address::segment(own.as_str()));
    assert_eq!(joan.get(&settle).await.status, StatusCode::FORBIDDEN);
    let csrf = joan.csrf().await;
    let fields = [("csrf", csrf.as_str()), ("dimension", "risk"), ("code", "2.2"), ("value", "3")];
    assert_eq!(joan.post(&settle, &fields).await.status, StatusCode::FORBIDDEN);
    // Finished, she sees it.
    let csrf = ada.csrf().await;
    ada.post("/review/code/1/done", &[("csrf", &csrf)]).await;
    assert!(ada.get("/review/code/3").await.body.contains("The machine says"));
}

#[tokio::test]
async fn a_blind_coder_sees_no_label_of_anybody() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let own = site.document();
    let page = ada.get(CODE).await.body;
    assert!(page.contains("A deployer of an AI system shall test"), "the text is there");
    assert!(page.contains("A bias audit alone?"), "so are boundary cases");
    assert!(!page.contains("The machine says") && !page.contains("Section 2 speaks of"), "{page}");
    for path in [
        own.clone(),
        format!("{own}.json"),
        format!("{own}/text"),
        format!("{own}.csv"),
        format!("/api/v1{own}"),
    ] {
        assert_eq!(ada.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // A list, a chart or a file tells as much, in every format, from the site's own memory too.
    for path in [
        "/documents?risk=2.2:3",
        "/codes/risk/2.2",
        "/judgements.csv",
        "/judgements.jsonl",
        "/api/v1/judgements",
        "/wide.csv",
        "/wide.xlsx",
        "/wide.parquet",
        "/explore",
        "/explore.csv",
        "/compare",
        "/gaps",
        "/domains",
        "/feed.atom",
        "/data",
        "/agreement.json",
        "/releases",
    ] {
        site.get(path).await;
        let answer = ada.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let words = ada.get("/explore").await.body;
    assert!(words.contains("you have a document to code blind"), "{words}");
    for path in ["/review", "/docs", "/about"] {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn pages_of_review_run_only_the_script_of_this_site_and_are_not_kept() {
    let site = site().await;
    let mut ada = Browser::signed_in(&site, "ada").await;
    let page = ada.get(CODE).await;
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert!(!page.header("content-security-policy").contains("unsafe"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(!page.body.contains(" style=\"") && !page.body.contains(" onclick="));
    let public = site.get("/documents").await;
    assert!(!public.header("content-security-policy").contains("script-src"), "public pages run none");
    crate::sample::keep("review-coding", page.body);
}

#[tokio::test]
async fn where_labels_are_for_people_signed_in_nobody_reads_them_signed_out() {
    let site = site_with(Config { signed_in_only: true, ..Config::default() }).await;
    let mut rita = Browser::signed_in(&site, "rita").await;
    let (mut nobody, mut asked) = (Browser::new(&site), 0);
    for (method, route) in table::routes() {
        if method != Method::GET || route.starts_with("/review") {
            continue;
        }
        let path = table::example(&site, &route);
        // A reader who is signed in may look, and what was made for her is not given to others.
        let hers = rita.get(&path).await;
        assert!(
            ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&hers.status),
            "{path} is closed to a reader who is signed in"
        );
        let answer = nobody.get(&path).await;
        if answer.status != StatusCode::UNAUTHORIZED {
            assert!(
                !answer.body.contains("Automated Systems Safety Act"),
                "{path} is open and names documents"
            );
            asked += 1;
        }
    }
    assert!(asked < 10, "{asked} addresses are open to everybody");
    assert_eq!(nobody.get("/docs").await.status, StatusCode::OK);
    assert_eq!(nobody.get("/review/sign-in").await.status, StatusCode::OK);
}
