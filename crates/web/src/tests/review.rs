//! Review over the router: who may do what, what stays hidden, and that nothing is lost.

use std::sync::atomic::{AtomicU8, Ordering};

use axum::http::HeaderMap;
use lacuna_domain::Entropy;
use lacuna_domain::decision::Mode;
use lacuna_pipeline::review::password;
use lacuna_store::Role;

use super::*;

const PASSWORD: &str = "a long enough password";

/// Bytes that differ from call to call.
fn entropy() -> Entropy {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    Entropy::new(|bytes| {
        bytes.fill(NEXT.fetch_add(1, Ordering::Relaxed));
        true
    })
}

/// A browser: it keeps cookies.
struct Browser<'s> {
    site: &'s Site,
    cookies: std::collections::BTreeMap<String, String>,
}

impl<'s> Browser<'s> {
    fn new(site: &'s Site) -> Self {
        Self { site, cookies: std::collections::BTreeMap::new() }
    }

    async fn signed_in(site: &'s Site, name: &str) -> Self {
        let mut browser = Self::new(site);
        let answer = browser.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()) {
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Strict"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>, json: bool) -> Answer {
        let cookies = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
        let accept = if json { "application/json" } else { "text/html" };
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let answer = self.site.ask(request.body(Body::from(body.unwrap_or_default())).unwrap()).await;
        self.keep(&answer.headers);
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, false).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(form(fields)), false).await
    }

    async fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(form(fields)), true).await
    }

    async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let page = self.get("/review/sign-in").await;
        let form = hidden(&page.body, "form");
        self.post("/review/sign-in", &[("form", &form), ("name", name), ("password", password)]).await
    }

    async fn csrf(&mut self) -> String {
        hidden(&self.get("/review").await.body, "csrf")
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let encode = crate::address::query;
    fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect::<Vec<_>>().join("&")
}

fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = html.find(&mark).unwrap_or_else(|| panic!("no field {name} in {html}")) + mark.len();
    html[at..].split('"').next().unwrap().to_owned()
}

/// A site with one of every role, and the document assigned blind to two coders (assignments 1 and 2).
async fn site() -> Site {
    let site = Site::with(Config { entropy: entropy(), ..Config::default() }).await;
    let store = site.app.store();
    let hash = password::hash(PASSWORD, &[9; 16]).unwrap();
    for (name, role) in [
        ("rita", Role::Reader),
        ("ada", Role::Coder),
        ("ben", Role::Coder),
        ("joan", Role::Adjudicator),
        ("root", Role::Admin),
    ] {
        store.put_user(name, role, &hash).await.unwrap();
    }
    let documents = [site.world.document.id.clone()];
    for name in ["ada", "ben"] {
        store.assign(name, &documents, &site.world.codebook.id, Mode::Blind, "by hand").await.unwrap();
    }
    site.app.refresh().await.unwrap();
    site
}

const CODE: &str = "/review/code/1";

#[tokio::test]
async fn every_route_of_review_asks_for_its_role() {
    let site = site().await;
    let document = format!("/review/adjudicate/{}", crate::address::segment(site.world.document.id.as_str()));
    let routes: [(Method, &str, Role); 11] = [
        (Method::GET, CODE, Role::Coder),
        (Method::POST, CODE, Role::Coder),
        (Method::POST, "/review/code/1/done", Role::Coder),
        (Method::GET, "/review/adjudicate", Role::Adjudicator),
        (Method::GET, &document, Role::Adjudicator),
        (Method::POST, &document, Role::Adjudicator),
        (Method::GET, "/review/reports", Role::Adjudicator),
        (Method::POST, "/review/reports/1", Role::Adjudicator),
        (Method::POST, "/review/assign", Role::Admin),
        (Method::POST, "/review/sign-out", Role::Reader),
        (Method::GET, "/review", Role::Reader),
    ];
    let served = include_str!("../pages/review/mod.rs").matches(".route(\"/review").count();
    assert_eq!(served, 10, "a route was added; name it here with its role");
    let all =
        "csrf=x&dimension=risk&code=2.2&value=2&state=accepted&outcome=x&name=ada&mode=blind&documents=x";
    for (method, path, least) in &routes {
        let body = (*method == Method::POST).then(|| all.to_owned());
        let nobody = Browser::new(&site).send(method.clone(), path, body.clone(), false).await;
        let turned_away =
            nobody.status == StatusCode::UNAUTHORIZED || nobody.header("location") == "/review/sign-in";
        assert!(turned_away, "{method} {path} answers {} to nobody", nobody.status);
        for (name, role) in [("rita", Role::Reader), ("ada", Role::Coder), ("joan", Role::Adjudicator)] {
            if role < *least {
                let answer = Browser::signed_in(&site, name)
                    .await
                    .send(method.clone(), path, body.clone(), false)
                    .await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} lets {name} in");
            }
        }
    }
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
