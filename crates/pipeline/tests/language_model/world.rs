//! A store with texts, a codebook and a mock provider that codes as the built-in engine would.

use std::sync::Arc;

use lacuna_domain::progress::Silent;
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Codebook, Document, Metadata, Text};
use lacuna_llm::{Client, Prices, Settings};
use lacuna_pipeline::classify::model::{ModelEngine, Prompt, PromptSettings, Source, Terms, written};
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::classify::{self, ClassifySummary, Engine, Options};
use lacuna_pipeline::codebooks::{AI_GOVERNANCE, ai_governance};
use lacuna_pipeline::segment::segment;
use lacuna_store::{Incoming, Location, NewVersion, Store};
use mock_llm::{Behaviour, Mock, SeenRequest};

pub(crate) const PRICES: &str = r#"
date = "2026-11-01"
[providers.openai]
source = "a page"
batch = 0.5
[providers.openai.models."m"]
input = 2.0
cached = 0.2
output = 10.0
"#;

/// Answers as the offline engine would of the document in the question.
fn honest(codebook: &Codebook) -> impl Fn(&SeenRequest) -> String + Send + Sync + 'static {
    let (offline, codebook) = (OfflineEngine::new(codebook).unwrap(), codebook.clone());
    move |request: &SeenRequest| {
        let user = request.user_text();
        let document = user.split("document begins>>>\n").nth(1).and_then(|rest| rest.split("\n<<<").next());
        let text = document.unwrap_or(&user);
        written(&offline.code(text, &segment(text), Some("en")), &codebook)
    }
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) codebook: Codebook,
    pub(crate) mock: Mock,
    pub(crate) stop: tokio::sync::watch::Sender<bool>,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    /// In a folder of its own.
    pub(crate) async fn with(texts: usize, change: impl FnOnce(&mut Behaviour)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
        Self { _folder: Some(folder), ..Self::at(store, texts, change).await }
    }

    /// In an empty store.
    pub(crate) async fn at(store: Store, texts: usize, change: impl FnOnce(&mut Behaviour)) -> Self {
        let codebook = ai_governance().unwrap();
        store.put_codebook(AI_GOVERNANCE, &codebook).await.unwrap();
        let incoming: Vec<Incoming> = (0..texts).map(act).collect();
        store.put_documents(&incoming).await.unwrap();
        let mut behaviour = Behaviour { answerer: Arc::new(honest(&codebook)), ..Behaviour::default() };
        change(&mut behaviour);
        let mock = Mock::start(behaviour).await.unwrap();
        let stop = tokio::sync::watch::Sender::new(false);
        Self { store, codebook, mock, stop, _folder: None }
    }

    pub(crate) fn live(&self) -> Source {
        let settings = Settings { endpoint: Some(self.mock.v1()), concurrency: 8, ..Settings::default() };
        let key = lacuna_llm::Key::from_env(lacuna_llm::Provider::OpenAi, |_| Some("k".to_owned())).unwrap();
        Source::Live(Arc::new(
            Client::new("openai:m".parse().unwrap(), key.as_ref(), settings, Clock::fixed()).unwrap(),
        ))
    }

    pub(crate) fn engine(&self, members: Vec<Source>, settings: PromptSettings, samples: u32) -> ModelEngine {
        let prompt = Prompt::new(Arc::new(self.codebook.clone()), settings);
        ModelEngine::new(prompt, members, samples).unwrap()
    }

    pub(crate) fn terms(&self) -> Terms {
        Terms::new(Prices::parse(PRICES).unwrap(), self.stop.subscribe())
    }

    pub(crate) async fn run(&self, engine: ModelEngine, terms: Terms) -> ClassifySummary {
        let engine = Engine::Model(Arc::new(engine), Arc::new(terms));
        classify::run(&self.store, &engine, &self.codebook, &Options::default(), Clock::fixed(), &Silent)
            .await
            .unwrap()
    }

    pub(crate) async fn plain(&self) -> ClassifySummary {
        self.run(self.engine(vec![self.live()], PromptSettings::default(), 1), self.terms()).await
    }
}

pub(crate) fn act(n: usize) -> Incoming {
    let content = format!(
        "Commonwealth of Corvane\n\nMachines Act {n}\n\nSEC. 1. DUTIES.\n\n(a) A deployer of an artificial intelligence system shall test the \
         system for algorithmic discrimination, and shall publish the results of a bias audit each year.\n\n(b) A deployer shall not collect \
         personal data through the system without consent, and shall delete it on request number {n}.\n\nSEC. 2. PENALTIES.\n\nThe Attorney \
         General may bring a civil action against a deployer."
    );
    let metadata = Metadata { official_name: format!("Act {n}"), ..Metadata::default() };
    Incoming {
        document: Document { id: format!("test:{n}").parse().unwrap(), metadata },
        version: Some(NewVersion {
            bytes_hash: lacuna_domain::sha256_hex(content.as_bytes()),
            media_type: "text/plain".to_owned(),
            text: Text::new(content, Some("en".to_owned()), Quality::default()),
            page_starts: vec![],
            notes: vec![],
        }),
    }
}
