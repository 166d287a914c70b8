//! Looks for answers that were paid for: questions of many texts that come together are looked up together.

use std::collections::BTreeMap;
use std::time::Duration;

use lacuna_store::Store;
use tokio::sync::{mpsc, oneshot};

/// Questions that wait.
const WAITING: usize = 1_024;
/// Questions looked up at once.
const TOGETHER: usize = 64;
/// How long the first of them waits for others. Texts are prepared ahead of their turn, so nobody waits for this.
const GATHER: Duration = Duration::from_millis(5);

type Found = Result<Option<String>, String>;

/// Where questions go; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Lookups(mpsc::Sender<(String, oneshot::Sender<Found>)>);

impl Lookups {
    /// Starts the task that looks; it ends when the last clone is gone.
    pub(super) fn open(store: Store) -> Self {
        let (sender, mut asked) = mpsc::channel::<(String, oneshot::Sender<Found>)>(WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(TOGETHER);
            while asked.recv_many(&mut batch, TOGETHER).await > 0 {
                tokio::time::sleep(GATHER).await;
                while batch.len() < TOGETHER
                    && let Ok(question) = asked.try_recv()
                {
                    batch.push(question);
                }
                let (requests, waiting): (Vec<String>, Vec<_>) = batch.drain(..).unzip();
                let answers: Result<BTreeMap<String, String>, String> =
                    store.answers(&requests).await.map_err(|error| error.to_string());
                for (request, asker) in requests.iter().zip(waiting) {
                    let found = answers.as_ref().map(|answers| answers.get(request).cloned());
                    // An asker that went away does not need it.
                    let _ = asker.send(found.map_err(Clone::clone));
                }
            }
        });
        Self(sender)
    }

    /// The answer to a request, by its hash.
    pub(super) async fn of(&self, request: String) -> Found {
        let closed = || "the answers of the store are closed".to_owned();
        let (sender, found) = oneshot::channel();
        self.0.send((request, sender)).await.map_err(|_| closed())?;
        found.await.map_err(|_| closed())?
    }
}
