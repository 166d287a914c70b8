//! A question that comes when its answer is there already.

use lacuna_domain::{Clock, RunId, TextId};
use lacuna_llm::{Block, Key, Provider, Schema, Settings};
use lacuna_store::Location;
use mock_llm::{Behaviour, Mock};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_was_answered_after_it_was_looked_up_is_not_submitted_again() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, Clock::fixed()).await.unwrap();
    let mock = Mock::start(Behaviour::default()).await.unwrap();
    let settings = Settings { endpoint: Some(mock.v1()), ..Settings::default() };
    let key = Key::from_env(Provider::OpenAi, |_| Some("k".to_owned())).unwrap();
    let model: lacuna_llm::Model = "openai:m".parse().unwrap();
    let client = Client::new(model.clone(), key.as_ref(), settings, Clock::fixed()).unwrap();
    let (budget, meter) = (Arc::new(Budget::new(Some(Micros(100)), Micros(0))), Arc::new(Meter::default()));
    let (_told, stop) = watch::channel(false);
    let batcher = Batcher::start(Means {
        store,
        client: Arc::new(client),
        prices: Prices::parse("date = \"2026-11-01\"\n[providers]").unwrap(),
        budget: Arc::clone(&budget),
        meter: Arc::clone(&meter),
        every: Duration::from_millis(20),
        stop,
    });
    let request = Request {
        system: vec![],
        user: vec![Block::new("Which harms?")],
        schema: Schema::new("harms", serde_json::json!({"type": "object", "properties": {}})),
        max_output_tokens: 100,
        temperature: None,
        seed: None,
    };
    let entry =
        Entry { run: RunId::of(b"run"), text: TextId::of("text"), step: "1".to_owned(), model, guess: 1 };
    let ask = || async {
        budget.reserve(Micros(60)).await.unwrap();
        batcher.ask(entry.clone(), request.clone(), Micros(60)).await.unwrap()
    };
    let first = ask().await;
    assert_eq!((mock.batches(), meter.cached.load(Ordering::Relaxed)), (1, 0));
    // Whoever looked before the first answer was stored asks now; what was set aside for it is free again each time.
    assert_eq!(ask().await.json_text, first.json_text);
    assert_eq!(ask().await.json_text, first.json_text);
    assert_eq!((mock.batches(), mock.rows().len(), meter.cached.load(Ordering::Relaxed)), (1, 1, 2));
}
