//! No public query is without a bound, what is refused says what to do, and the access log names nobody.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ConnectInfo;

use super::*;

fn from(address: [u8; 4], path: &str) -> Request<Body> {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 4711))));
    request
}

#[tokio::test]
async fn above_the_rate_a_reader_is_told_how_long_to_wait_and_what_to_take_instead() {
    let site = Site::with(Config { requests_per_minute: Some(3), ..Config::default() }).await;
    for _ in 0..3 {
        assert_eq!(site.ask(from([192, 0, 2, 7], "/about")).await.status, StatusCode::OK);
    }
    let refused = site.ask(from([192, 0, 2, 7], "/documents.csv")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=60).contains(&refused.header("retry-after").parse().unwrap()));
    assert!(refused.body.contains("take whole tables from /data"), "{}", refused.body);
    assert_eq!(site.ask(from([192, 0, 2, 8], "/about")).await.status, StatusCode::OK, "others go on");
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_given_up_with_a_clear_answer() {
    let site = Site::with(Config { request_timeout: Duration::from_nanos(1), ..Config::default() }).await;
    // The search index is not made yet, and takes longer than this to make.
    let answer = site.get("/documents?q=incident").await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert!(answer.body.contains("took longer than this site allows"), "{}", answer.body);
    assert!(answer.body.contains("narrow the filters"));
}

#[tokio::test]
async fn what_asks_for_too_much_is_refused_by_name() {
    let site = Site::new().await;
    let per = site.get("/documents?per=501").await;
    assert_eq!(per.status, StatusCode::BAD_REQUEST);
    assert!(per.body.contains("1 to 500"), "{}", per.body);
    let many = vec!["word"; 60].join("%20OR%20");
    let page = site.get(&format!("/documents?q={many}")).await;
    assert_eq!(page.status, StatusCode::OK, "the page explains it in place");
    assert!(page.body.contains("role=\"alert\""), "{}", page.body);
    let long = "x".repeat(1100);
    for (path, words) in [("/documents.json", &many), ("/documents.json", &long), ("/documents", &long)] {
        let refused = site.get(&format!("{path}?q={words}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "nobody is given an empty table");
    }
    assert!(site.get(&format!("/documents?q={long}")).await.body.contains("at most 1000 bytes"));
    let seven = site.get("/compare?ids=file:twin.txt,file:bare.txt,a:1,a:2,a:3,a:4,a:5").await;
    assert!(seven.status.is_client_error(), "at most six documents side by side");
    let body = Body::from(vec![b'x'; 70_000]);
    let large = site.ask(Request::post("/review/sign-in").body(body).unwrap()).await;
    assert!(large.status.is_client_error(), "{}", large.status);
}

/// Lines of a log, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_access_log_has_no_address_no_words_no_agent_and_no_cookie() {
    let site = Site::new().await;
    let lines = Lines::default();
    let kept = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || kept.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(log);
    for path in ["/about?who=tattletale", "/documents?q=tattletale", "/nothing?q=tattletale"] {
        let mut request = from([192, 0, 2, 77], path);
        for (name, value) in [
            ("user-agent", "Snoop/1.0"),
            ("cookie", "session=letmein"),
            ("referer", "https://snoop.example/"),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        site.ask(request).await;
    }
    drop(guard);
    let said = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let access: Vec<&str> = said.lines().filter(|line| line.contains("lacuna::access")).collect();
    assert_eq!(access.len(), 3, "{said}");
    assert!(
        access[0].contains("method=GET")
            && access[0].contains("path=\"/about\"")
            && access[0].contains("status=")
    );
    for word in ["192.0.2.77", "tattletale", "snoop", "letmein"] {
        assert!(!said.to_lowercase().contains(word), "the log tells {word}: {said}");
    }
}
