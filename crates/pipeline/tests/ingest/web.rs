//! Fetching: a server on loopback that redirects, stalls, bombs and resumes.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use lacuna_domain::Clock;
use lacuna_domain::progress::Progress;
use lacuna_pipeline::ingest::{IngestError, Options, Source, Summary, run};
use lacuna_store::{Location, Store};

use crate::made::{Folder, options, zip};

/// Answers requests with what `answer` makes of the path and the `Range` header, in whole HTTP.
fn serve(answer: impl Fn(&str, Option<&str>) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(stream), answer) = (stream, Arc::clone(&answer)) else { return };
            std::thread::spawn(move || respond(stream, &*answer));
        }
    });
    address
}

fn respond(mut stream: TcpStream, answer: &dyn Fn(&str, Option<&str>) -> Vec<u8>) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let range = lines.iter().find_map(|line| line.to_lowercase().strip_prefix("range: ").map(str::to_owned));
    let _ = stream.write_all(&answer(path, range.as_deref()));
}

fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Keeps the notes.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn start(&self, _stage: &str, _total: Option<u64>) {}
    fn advance(&self, _units: u64) {}
    fn note(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

async fn ingest(
    folder: &Folder,
    source: Source,
    options: &Options,
    heard: &Heard,
) -> Result<Summary, IngestError> {
    let store = Store::open(&Location::Folder(folder.path().to_path_buf()), Clock::fixed()).await.unwrap();
    run(&store, &source, options, Clock::fixed(), heard).await
}

async fn fetch(address: &str, options: &Options) -> Result<Summary, String> {
    let source = Source::parse(address);
    ingest(&Folder::new(), source, options, &Heard::default()).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn pages_are_fetched_within_bounds() {
    let page = "<html><body><p>A deployer shall test the system.</p></body></html>";
    let address = serve(move |path, _| match path {
        "/act" => http("200 OK", "content-type: text/html; charset=utf-8\r\n", page.as_bytes()),
        "/moved" => http("302 Found", "location: /act\r\n", b""),
        "/circle" => http("302 Found", "location: /circle\r\n", b""),
        "/big.txt" => http("200 OK", "content-type: text/plain\r\n", &vec![b'a'; 3 << 20]),
        "/slow.txt" => {
            std::thread::sleep(std::time::Duration::from_secs(3));
            http("200 OK", "", b"late")
        }
        "/picture" => http("200 OK", "content-type: image/png\r\n", b"png"),
        _ => http("404 Not Found", "", b""),
    });
    let closed = options();
    let mut open = Options { allow_private: true, ..options() };
    open.limits.fetch_bytes = 2 << 20;

    let refused = fetch(&format!("{address}/act"), &closed).await.unwrap_err();
    assert!(refused.contains("inside a private network; pass --allow-private"), "{refused}");
    assert_eq!(fetch(&format!("{address}/act"), &open).await.unwrap().new, 1);
    assert_eq!(fetch(&format!("{address}/moved"), &open).await.unwrap().new, 1);
    for (path, said) in [
        ("/circle", "leads from address to address"),
        ("/big.txt", "larger than 2 MB"),
        ("/picture", "\"image/png\", which cannot be read"),
        ("/none", "answered 404"),
    ] {
        let error = fetch(&format!("{address}{path}"), &open).await.unwrap_err();
        assert!(error.contains(said), "{path}: {error}");
    }
    open.limits.fetch_seconds = 1;
    let error = fetch(&format!("{address}/slow.txt"), &open).await.unwrap_err();
    assert!(error.contains("took over 1 s"), "{error}");
}

#[tokio::test]
async fn the_release_is_fetched_in_parts_and_its_checksum_told() {
    let release = zip(&[
        ("agora/documents.csv", b"AGORA ID,Official name\n7,Lamp Act\n"),
        ("agora/authorities.csv", b"Name\n"),
        ("agora/fulltext/7.txt", b"A deployer shall test the system."),
    ]);
    let checksum = lacuna_domain::sha256_hex(&release);
    let served = Arc::new(release);
    let bytes = Arc::clone(&served);
    let address = serve(move |_, range| {
        match range.and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()) {
            None => {
                // The line breaks after a hundred bytes.
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len());
                [head.as_bytes(), &bytes[..100]].concat()
            }
            Some(from) => {
                let from: usize = from;
                let range = format!("content-range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len());
                http("206 Partial Content", &range, &bytes[from..])
            }
        }
    });
    let folder = Folder::new();
    let heard = Heard::default();
    let first =
        ingest(&folder, Source::Agora(address.clone()), &options(), &heard).await.unwrap_err().to_string();
    assert!(first.contains("open https://agora.eto.tech in a browser"), "{first}");
    let summary = ingest(&folder, Source::Agora(address), &options(), &heard).await.unwrap();
    assert_eq!((summary.new, summary.failed.len()), (1, 0));
    assert!(heard.0.lock().unwrap().iter().any(|line| line.ends_with(&format!("SHA-256 {checksum}"))));
}
