//! No public query is without a bound, what is refused says what to do, and the access log names nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ConnectInfo;

use super::*;
use crate::proxies::Proxies;

/// As a peer of the network asks, with lines of `X-Forwarded-For`.
fn through(peer: &str, forwarded: &[&str], path: &str) -> Request<Body> {
    let mut request = Request::get(path).header("host", "map.example");
    for line in forwarded {
        request = request.header("x-forwarded-for", *line);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
    request
}

fn from(peer: &str, path: &str) -> Request<Body> {
    through(peer, &[], path)
}

/// A site that lets each reader ask three times at once.
async fn strict(trusted: &[&str]) -> Site {
    let nets = trusted.iter().map(|net| net.parse().unwrap()).collect();
    let trusted_proxies = Proxies::new(nets);
    let requests_per_minute = NonZeroU32::new(12);
    Site::with(Config { requests_per_minute, trusted_proxies, ..Config::default() }).await
}

/// How many of ten requests are let through.
async fn allowed(site: &Site, peer: &str, forwarded: &[&str]) -> usize {
    let mut allowed = 0;
    for _ in 0..10 {
        let status = site.ask(through(peer, forwarded, "/about")).await.status;
        assert!([StatusCode::OK, StatusCode::TOO_MANY_REQUESTS].contains(&status), "{status}");
        allowed += usize::from(status == StatusCode::OK);
    }
    allowed
}

#[tokio::test]
async fn above_the_rate_a_reader_is_told_how_long_to_wait_and_what_to_take_instead() {
    let site = strict(&[]).await;
    assert_eq!(allowed(&site, "192.0.2.7", &[]).await, 3);
    let refused = site.ask(from("192.0.2.7", "/documents.csv")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "5");
    for words in ["12 a minute, 3 of them at once", "wait 5 seconds", "/data", "/releases", "/documents.csv"]
    {
        assert!(refused.body.contains(words), "{words} is missing: {}", refused.body);
    }
    assert_eq!(refused.header("cache-control"), "no-store", "nobody else is given it");
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
    assert_eq!(site.ask(from("192.0.2.8", "/about")).await.status, StatusCode::OK, "others go on");
}

#[tokio::test]
async fn who_copies_the_site_meets_a_limit_that_nobody_had_to_set() {
    let site = Site::new().await;
    let mut asked = 0;
    while site.ask(from("192.0.2.7", "/robots.txt")).await.status == StatusCode::OK {
        asked += 1;
        assert!(asked < 1_000, "nothing stops a scraper");
    }
    assert_eq!(asked, 300, "a reader who opens many pages at once is not stopped");
    for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        for _ in 0..350 {
            let status = site.ask(from(peer, "/robots.txt")).await.status;
            assert_eq!(status, StatusCode::OK, "who sits at the machine is not counted");
        }
    }
    let open = Site::with(Config { requests_per_minute: None, ..Config::default() }).await;
    for _ in 0..350 {
        assert_eq!(open.ask(from("192.0.2.7", "/robots.txt")).await.status, StatusCode::OK, "switched off");
    }
}

#[tokio::test]
async fn a_reader_who_forges_the_header_of_proxies_stays_who_they_are() {
    let site = strict(&["10.0.0.0/8"]).await;
    let mut allowed = 0;
    for number in 0..10 {
        let forged = format!("198.51.100.{number}");
        let answer = site.ask(through("192.0.2.7", &[&forged], "/about")).await;
        allowed += usize::from(answer.status == StatusCode::OK);
    }
    assert_eq!(allowed, 3, "each forged address was taken for another reader");
    // Nor does what they write reach through a proxy that adds their own address.
    let mut allowed = 0;
    for number in 0..10 {
        let forged = format!("198.51.100.{number}, 192.0.2.8");
        let answer = site.ask(through("10.0.0.1", &[&forged], "/about")).await;
        allowed += usize::from(answer.status == StatusCode::OK);
    }
    assert_eq!(allowed, 3);
}

#[tokio::test]
async fn behind_trusted_proxies_every_reader_is_counted_alone() {
    let site = strict(&["127.0.0.1", "10.0.0.0/8"]).await;
    assert_eq!(allowed(&site, "127.0.0.1", &["192.0.2.7"]).await, 3);
    assert_eq!(allowed(&site, "127.0.0.1", &["192.0.2.8"]).await, 3, "another reader of the same proxy");
    assert_eq!(
        allowed(&site, "127.0.0.1", &["192.0.2.9, 10.0.0.4"]).await,
        3,
        "two proxies, one behind the other"
    );
    assert_eq!(
        allowed(&site, "10.0.0.4", &["198.51.100.1", "192.0.2.9"]).await,
        0,
        "the same reader by one of them"
    );
    assert_eq!(allowed(&site, "127.0.0.1", &["2001:db8::1"]).await, 3);
    assert_eq!(allowed(&site, "127.0.0.1", &["[2001:db8::2]:4711"]).await, 0, "one network is one reader");
    assert_eq!(allowed(&site, "127.0.0.1", &[]).await, 10, "who sits at the machine is not counted");
}

#[tokio::test]
async fn readers_of_a_proxy_that_nobody_named_share_one_limit_and_the_log_says_so_once() {
    let (site, log) = (strict(&[]).await, Lines::default());
    let guard = log.take();
    assert_eq!(allowed(&site, "127.0.0.1", &["192.0.2.7"]).await, 3);
    assert_eq!(allowed(&site, "127.0.0.1", &["192.0.2.8"]).await, 0);
    drop(guard);
    let said = log.said();
    assert_eq!(said.matches("--trusted-proxy").count(), 1, "{said}");
    assert!(!said.contains("192.0.2") && !said.contains("127.0.0.1"), "the log names somebody: {said}");
}

#[tokio::test]
async fn private_documents_on_one_s_own_machine_are_not_served_even_to_a_trusted_proxy() {
    let trusted_proxies = Proxies::new(vec!["127.0.0.1".parse().unwrap()]);
    let site = Site::with(Config { local: true, trusted_proxies, ..Config::default() }).await;
    let mut request = through("127.0.0.1", &["127.0.0.1"], "/documents/file:private.txt");
    request.headers_mut().insert("host", "localhost:7373".parse().unwrap());
    assert_eq!(site.ask(request).await.status, StatusCode::FORBIDDEN);
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
    let body = Body::from(vec![b'x'; 70_000]);
    let large = site.ask(Request::post("/review/sign-in").body(body).unwrap()).await;
    assert!(large.status.is_client_error(), "{}", large.status);
}

/// A site with so many ships more, which record three things that only two of them share.
async fn fleet(ships: usize) -> Site {
    let site = Site::new().await;
    launch(&site, ships).await;
    site
}

/// Adds them to a site.
async fn launch(site: &Site, ships: usize) {
    let made = (0..ships).map(|ship| {
        let mut document = site.world.document.clone();
        document.id = format!("file:ship/{ship}.txt").parse().unwrap();
        // A column of which no two documents share a value is not counted by.
        let value = ship.max(1).to_string();
        if ship == 0 {
            // No quarter stands whole in the day on which the others were introduced.
            let day = document.metadata.history[0].date.unwrap();
            document.metadata.history[0].date = Some(day.tomorrow().unwrap());
        }
        document.metadata.extra.extend(["Hull", "Mast", "Sail"].map(|part| (part.to_owned(), value.clone())));
        incoming(&site.world, document)
    });
    site.app.store().put_documents(&made.collect::<Vec<_>>()).await.unwrap();
    site.app.refresh().await.unwrap();
}

#[tokio::test]
async fn a_chart_of_millions_of_cells_is_refused_in_every_form_with_what_to_do() {
    let site = fleet(131).await;
    let (two, three) =
        ("rows=column.Hull&columns=column.Mast", "rows=column.Hull&columns=column.Mast&stack=column.Sail");
    let do_this = "choose fewer values by a filter, or leave out an axis";
    for form in ["/explore", "/explore.json", "/explore.csv", "/explore.svg", "/embed/explore"] {
        let refused = site.get(&format!("{form}?{three}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{form}: {}", refused.body);
        // Of each axis 130 values, and that none is recorded.
        assert!(refused.body.contains("2248091 cells") && refused.body.contains(do_this), "{}", refused.body);
        for done in [two.to_owned(), format!("{three}&column.Hull=7")] {
            let drawn = site.get(&format!("{form}?{done}")).await;
            assert_eq!(drawn.status, StatusCode::OK, "{form}?{done}: {}", drawn.body);
        }
    }
}

#[tokio::test]
async fn corrected_shares_have_a_bound_of_their_own_and_a_chart_beyond_it_is_drawn_without_them() {
    let site = super::reliability::sampled(Config::default(), 15).await;
    launch(&site, 82).await;
    // Three codes, and of each column 81 values and that none is recorded.
    let many = "rows=risk&columns=column.Hull&stack=column.Mast";
    let note = "are counted of at most 20000 cells, and these are 20172; choose fewer values by a filter";
    let told = async |query: &str| {
        let figure = site.get(&format!("/explore.json?{query}")).await.json()["figure"].clone();
        let shares = figure["corrected"].as_array().unwrap().len();
        (shares > 0, figure["notes"].to_string().contains(note))
    };
    let filled = async |query: &str| {
        let csv = site.get(&format!("/explore.csv?{query}")).await;
        let mut rows = csv::Reader::from_reader(&csv.bytes[..]);
        let mut rows = rows.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
        rows.any(|row| !row["corrected_share"].is_empty())
    };
    assert_eq!(told(many).await, (false, true));
    assert!(!filled(many).await, "their cells are blank");
    assert!(site.get(&format!("/explore?{many}")).await.body.contains(note));
    let fewer = "rows=risk&columns=column.Hull";
    assert_eq!(told(fewer).await, (true, false));
    assert!(filled(fewer).await);
    // A label chose the documents of each row: with fewer values too there would be no share.
    assert_eq!(told(&format!("{many}&of=row&coded=yes")).await, (false, false));
}

#[tokio::test]
async fn a_table_of_many_cells_is_written_while_it_is_read_and_has_each_of_them_once() {
    let site = fleet(131).await;
    let path = "/explore.csv?rows=column.Hull&columns=column.Mast&of=row";
    let table = site.get(path).await;
    let mut reader = csv::Reader::from_reader(&table.bytes[..]);
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let places: BTreeSet<_> = rows.iter().map(|row| (&row["row"], &row["column"])).collect();
    assert_eq!((rows.len(), places.len()), (131 * 131, 131 * 131));
    for row in &rows {
        let (count, of) = match (row["row"].as_str(), row["column"].as_str()) {
            (hull, mast) if hull != mast => ("0", None),
            ("1", _) => ("2", Some("2")),
            ("Not recorded", _) => continue,
            _ => ("1", Some("1")),
        };
        assert_eq!(row["count"], count, "{row:?}");
        assert!(of.is_none_or(|of| row["of"] == of), "{row:?}");
    }
    let again = Request::get(path).header(header::IF_NONE_MATCH, table.header("etag"));
    assert_eq!(site.ask(again.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
    let others = site.get(&format!("{path}&column.Sail=7&column.Sail=8")).await;
    assert_eq!(others.rows("csv"), 4, "of a narrower set");
}

#[tokio::test]
async fn an_axis_on_which_nothing_stands_does_not_let_millions_of_rows_and_panels_through() {
    let site = fleet(708).await;
    let empty = "columns=introduced/quarter&introduced=2025-03-01";
    let one = site.get(&format!("/explore.json?rows=column.Hull&{empty}")).await;
    assert_eq!(one.status, StatusCode::OK, "{}", one.body);
    let table = &one.json()["figure"]["table"];
    assert_eq!(
        (table["rows"].as_array().unwrap().len(), &table["columns"]),
        (708, &serde_json::json!([])),
        "no quarter is chosen as a whole"
    );
    let refused = site.get(&format!("/explore.csv?rows=column.Hull&stack=column.Mast&{empty}")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    assert!(refused.body.contains("501264 cells"), "{}", refused.body);
}

#[tokio::test]
async fn six_documents_stand_side_by_side_and_a_seventh_is_refused() {
    let site = fleet(7).await;
    let ids: Vec<String> = (0..7).map(|ship| format!("file:ship/{ship}.txt")).collect();
    let six = site.get(&format!("/compare.json?ids={}", ids[..6].join(","))).await;
    assert_eq!(six.status, StatusCode::OK, "{}", six.body);
    assert_eq!(six.json()["columns"].as_array().unwrap().len(), 6);
    for path in ["/compare", "/compare.json", "/compare.csv"] {
        for seven in [ids.join(","), format!("{}&add={}", ids[..6].join(","), ids[6])] {
            let refused = site.get(&format!("{path}?ids={seven}")).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}?ids={seven}");
            assert!(refused.body.contains("at most 6 documents stand side by side"), "{}", refused.body);
        }
    }
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

impl Lines {
    /// Keeps what is logged until the guard is dropped.
    fn take(&self) -> tracing::subscriber::DefaultGuard {
        let kept = self.clone();
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || kept.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_default(log)
    }

    fn said(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn the_access_log_has_no_address_no_words_no_agent_and_no_cookie() {
    let trusted_proxies = Proxies::new(vec!["192.0.2.77".parse().unwrap()]);
    let site = Site::with(Config { trusted_proxies, ..Config::default() }).await;
    let log = Lines::default();
    let guard = log.take();
    for path in ["/about?who=tattletale", "/documents?q=tattletale", "/nothing?q=tattletale"] {
        let mut request = through("192.0.2.77", &["198.51.100.9"], path);
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
    let said = log.said();
    let access: Vec<&str> = said.lines().filter(|line| line.contains("lacuna::access")).collect();
    assert_eq!(access.len(), 3, "{said}");
    assert!(
        access[0].contains("method=GET")
            && access[0].contains("path=\"/about\"")
            && access[0].contains("status=")
    );
    for word in ["192.0.2.77", "198.51.100.9", "tattletale", "snoop", "letmein"] {
        assert!(!said.to_lowercase().contains(word), "the log tells {word}: {said}");
    }
}
