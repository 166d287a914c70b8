//! Questions that come when their answer is there already, or on its way.

use lacuna_domain::{Clock, RunId, TextId};
use lacuna_llm::{Block, Key, Provider, Schema, Settings};
use lacuna_store::Location;
use mock_llm::{Behaviour, Mock};

use super::*;

/// One store and one provider, to which processes come.
struct World {
    store: Store,
    mock: Mock,
    budget: Arc<Budget>,
    meter: Arc<Meter>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        Self {
            store: Store::open(&location, Clock::fixed()).await.unwrap(),
            mock: Mock::start(behaviour).await.unwrap(),
            budget: Arc::new(Budget::new(Some(Micros(100)), Micros(0))),
            meter: Arc::default(),
            _folder: folder,
        }
    }

    /// A process; it goes on until it is told to stop.
    async fn process(&self) -> (Batcher, watch::Sender<bool>) {
        let settings = Settings { endpoint: Some(self.mock.v1()), ..Settings::default() };
        let key = Key::from_env(Provider::OpenAi, |_| Some("k".to_owned())).unwrap();
        let client = Client::new(model(), key.as_ref(), settings, Clock::fixed()).unwrap();
        let (told, stop) = watch::channel(false);
        let means = Means {
            store: self.store.clone(),
            client: Arc::new(client),
            prices: Prices::parse("date = \"2026-11-01\"\n[providers]").unwrap(),
            budget: Arc::clone(&self.budget),
            meter: Arc::clone(&self.meter),
            every: Duration::from_millis(20),
            stop,
        };
        (Batcher::start(means).await, told)
    }

    /// Asks the one question of these tests, with money set aside for it.
    async fn ask(&self, batcher: &Batcher) -> Result<Answer, NoReply> {
        self.budget.reserve(Micros(60)).await.unwrap();
        let request = Request {
            system: vec![],
            user: vec![Block::new("Which harms?")],
            schema: Schema::new("harms", serde_json::json!({"type": "object", "properties": {}})),
            max_output_tokens: 100,
            temperature: None,
            seed: None,
        };
        let (run, text) = (RunId::of(b"run"), TextId::of("text"));
        let entry = Entry { run, text, step: "1".to_owned(), model: model(), guess: 1 };
        batcher.ask(entry, request, Micros(60)).await
    }

    /// Batches taken, answers paid for, answers found in the store.
    fn counts(&self) -> (usize, usize, u64) {
        (self.mock.batches(), self.mock.rows().len(), self.meter.cached.load(Ordering::Relaxed))
    }
}

fn model() -> lacuna_llm::Model {
    "openai:m".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_was_answered_after_it_was_looked_up_is_not_submitted_again() {
    let world = World::new(Behaviour::default()).await;
    let (process, _told) = world.process().await;
    let first = world.ask(&process).await.unwrap();
    assert_eq!(world.counts(), (1, 1, 0));
    // Whoever looked before the first answer was stored asks now; what was set aside for it is free again each time.
    assert_eq!(world.ask(&process).await.unwrap().json_text, first.json_text);
    assert_eq!(world.ask(&process).await.unwrap().json_text, first.json_text);
    assert_eq!(world.counts(), (1, 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_for_a_batch_that_is_taken_up_is_set_aside_before_anything_else_takes_it() {
    let mut world = World::new(Behaviour { batch_polls: 1_000, ..Behaviour::default() }).await;
    let (one, told) = world.process().await;
    let stopper = async {
        while world.mock.batches() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        told.send_replace(true);
    };
    let (given_up, ()) = tokio::join!(world.ask(&one), stopper);
    assert!(given_up.is_err());
    // The next process has a budget of its own, and nobody asks again what the batch holds.
    world.budget = Arc::new(Budget::new(Some(Micros(100)), Micros(0)));
    let (next, _told) = world.process().await;
    let too_much = timeout(Duration::from_millis(300), world.budget.reserve(Micros(60))).await;
    assert!(too_much.is_err(), "sixty are for the question that is out already");
    world.budget.reserve(Micros(40)).await.unwrap();
    drop(next);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_takes_up_the_batch_of_another_that_gave_its_text_up() {
    let world = World::new(Behaviour { batch_polls: 100, ..Behaviour::default() }).await;
    // Both run before there is a batch; then the first submits one and is told to stop.
    let ((one, told), (other, _told)) = (world.process().await, world.process().await);
    let stopper = async {
        while world.mock.batches() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        told.send_replace(true);
    };
    let (given_up, ()) = tokio::join!(world.ask(&one), stopper);
    assert!(matches!(given_up, Err(NoReply::Run(_))));
    world.ask(&other).await.unwrap();
    assert_eq!(world.counts(), (1, 1, 0), "the question is paid once");
}
