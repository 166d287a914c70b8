//! The site as a whole, asked over its router: a small store, every address, the headers, the errors.

use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use lacuna_domain::coding::Outcome;
use lacuna_domain::document::Document;
use lacuna_domain::relation::{Relation, RelationKind, RelationSource};
use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Confidence, Draft, Evidence, Judgement, QuoteState, Span};
use lacuna_store::{Incoming, Location, NewVersion, Store};
use serde_json::Value;
use tower::ServiceExt;

use crate::config::Config;
use crate::sample::{CODEBOOK, World};
use crate::state::App;

pub(crate) mod actors;
mod beside;
mod bounds;
mod charts;
mod dates;
mod dead;
mod delivery;
mod described;
mod drafts;
mod editions;
mod exports;
mod feed;
mod files;
mod forms;
mod hidden;
mod package;
mod pages;
mod past;
mod permalinks;
mod picture_numbers;
mod pictures;
mod relating;
mod reliability;
mod review;
mod runs_beside;
mod searching;
mod table;
mod take;
mod terms;
mod versions;
mod withdrawn;
mod wording;
mod words;

/// The formats of every table.
pub(crate) const ENDINGS: [&str; 5] = ["csv", "jsonl", "rows.json", "xlsx", "parquet"];

pub(crate) struct Site {
    pub(crate) _folder: tempfile::TempDir,
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) world: World,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// Rows of a table in the format of this ending, counted by a reader of that format.
    pub(crate) fn rows(&self, ending: &str) -> usize {
        use parquet::file::reader::{FileReader, SerializedFileReader};
        match ending {
            "csv" => csv::Reader::from_reader(&self.bytes[..]).records().map(Result::unwrap).count(),
            "jsonl" => self.body.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(),
            "rows.json" => self.json().as_array().unwrap().len(),
            "xlsx" => {
                let mut book = zip::ZipArchive::new(std::io::Cursor::new(&self.bytes)).unwrap();
                let mut sheet = String::new();
                let mut file = book.by_name("xl/worksheets/sheet1.xml").unwrap();
                std::io::Read::read_to_string(&mut file, &mut sheet).unwrap();
                sheet.matches("<row ").count() - 1
            }
            "parquet" => {
                let file = SerializedFileReader::new(bytes::Bytes::from(self.bytes.clone())).unwrap();
                usize::try_from(file.metadata().file_metadata().num_rows()).unwrap()
            }
            other => panic!("no format {other}"),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) fn incoming(world: &World, document: Document) -> Incoming {
    let version = &world.versions[0];
    Incoming {
        document,
        version: Some(NewVersion {
            bytes_hash: version.bytes_hash.clone(),
            media_type: version.media_type.clone(),
            text: world.reading.text.clone(),
            page_starts: version.page_starts.clone(),
            notes: version.notes.clone(),
        }),
    }
}

/// A text of these words alone, and a coding of it that speaks to one risk at one level, as surely as can be.
pub(crate) fn coded_alone(world: &World, words: &str, code: &str, level: u8) -> (Text, Outcome) {
    let text = Text::new(words.to_owned(), Some("en".to_owned()), Quality::default());
    let span = Span::new(words, 0, words.len()).unwrap();
    let evidence = Evidence::located(words, vec![span], QuoteState::Exact, 0).unwrap();
    let draft = Draft {
        dimension: "risk".parse().unwrap(),
        code: code.parse().unwrap(),
        value: lacuna_domain::Value::Level(level),
        confidence: Confidence::High,
        probability: Some(1.0),
        reasoning: "It says so.".to_owned(),
        quotes: vec![],
    };
    let Outcome::Coded(coding) = &world.outcome else { panic!("the sample is coded") };
    let mut coding = coding.clone();
    coding.text = text.id.clone();
    coding.judgements = vec![Judgement::verified(draft, vec![evidence], vec![]).unwrap()];
    (text, Outcome::Coded(coding))
}

/// A document like the sample with another text.
pub(crate) fn with_other_text(world: &World, id: &str, text: &Text) -> Incoming {
    let mut document = world.document.clone();
    document.id = id.parse().unwrap();
    let mut coming = incoming(world, document);
    let version = coming.version.as_mut().unwrap();
    (version.text, version.bytes_hash) = (text.clone(), text.id.to_string());
    coming
}

/// A text says in words that nobody kept how one document stands to another; imported, it is what people say.
pub(crate) fn relation(from: &str, kind: RelationKind, to: &str) -> Relation {
    Relation {
        from: from.parse().unwrap(),
        kind,
        to: Some(to.parse().unwrap()),
        cited: "the Act".to_owned(),
        provision: None,
        passage: None,
        confidence: Confidence::High,
        source: RelationSource::Text,
        holds: true,
    }
}

async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        bytes: bytes.to_vec(),
    }
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::new();
        let store = Self::store(folder.path()).await;
        store.put_codebook(CODEBOOK, &world.codebook).await.unwrap();
        let mut twin = world.document.clone();
        twin.id = "file:twin.txt".parse().unwrap();
        twin.metadata.casual_name = Some("The same text elsewhere".to_owned());
        let mut private = world.document.clone();
        private.id = "file:private.txt".parse().unwrap();
        private.metadata.private = true;
        let mut bare = world.document.clone();
        bare.id = "file:bare.txt".parse().unwrap();
        bare.metadata.casual_name = Some("Catalogued without a text".to_owned());
        let mut all = vec![world.document.clone(), twin, private];
        let mut coming: Vec<Incoming> = all.drain(..).map(|d| incoming(&world, d)).collect();
        coming.push(Incoming { document: bare, version: None });
        store.put_documents(&coming).await.unwrap();
        store.start_run(&world.run).await.unwrap();
        store
            .put_outcomes(&world.run.id, &[(world.reading.text.id.clone(), world.outcome.clone())])
            .await
            .unwrap();
        store.finish_run(&world.run.id).await.unwrap();
        let app = App::open(config, store, Clock::fixed()).await.unwrap();
        Self { _folder: folder, router: crate::router(app.clone()), app, world }
    }

    async fn store(folder: &Path) -> Store {
        Store::open(&Location::Folder(folder.to_owned()), Clock::fixed()).await.unwrap()
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        answer(self.router.clone(), request).await
    }

    /// Asks everything at once.
    async fn ask_all(&self, requests: impl IntoIterator<Item = Request<Body>>) -> Vec<Answer> {
        let asked = requests.into_iter().map(|request| tokio::spawn(answer(self.router.clone(), request)));
        let mut answers = Vec::new();
        for asked in asked.collect::<Vec<_>>() {
            answers.push(asked.await.unwrap());
        }
        answers
    }

    /// As a browser asks.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "text/html,*/*").body(Body::empty());
        self.ask(request.unwrap()).await
    }

    fn document(&self) -> String {
        crate::address::document(&self.world.document.id)
    }
}
