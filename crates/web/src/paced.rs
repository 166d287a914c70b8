//! What moves all the time and costs something to count, such as how far runs came.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::WebError;

/// What takes less is counted whenever somebody asks.
const CHEAP: Duration = Duration::from_millis(50);
/// How much longer than its counting took a count is held: all readers together cost a twentieth of a processor.
const HELD: u32 = 20;

/// Counts by key. One is made at a time, and held for twenty times as long as it took.
#[derive(Debug)]
pub(crate) struct Paced<K, V>(Mutex<BTreeMap<K, Count<V>>>);

#[derive(Debug)]
struct Count<V> {
    value: Arc<V>,
    good_until: Instant,
}

impl<K, V> Default for Paced<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, V> Paced<K, V> {
    /// The count of `key`: the one that is held, or else made by `count`.
    pub(crate) async fn get(
        &self,
        key: K,
        count: impl Future<Output = Result<V, WebError>>,
    ) -> Result<Arc<V>, WebError> {
        let mut held = self.0.lock().await;
        let began = Instant::now();
        if let Some(count) = held.get(&key).filter(|count| began < count.good_until) {
            return Ok(Arc::clone(&count.value));
        }
        let value = Arc::new(count.await?);
        let took = began.elapsed();
        if took >= CHEAP {
            let good_until = Instant::now() + took * HELD;
            held.insert(key, Count { value: Arc::clone(&value), good_until });
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is got when counting would give `value` after so many milliseconds.
    async fn got(paced: &Paced<&str, u32>, value: u32, milliseconds: u64) -> u32 {
        let count = async {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            Ok(value)
        };
        *paced.get("key", count).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_dear_is_counted_once_in_twenty_times_as_long() {
        let paced = Paced::default();
        assert_eq!(got(&paced, 1, 3_000).await, 1);
        assert_eq!(got(&paced, 2, 3_000).await, 1, "held");
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!(got(&paced, 3, 3_000).await, 1, "still held");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(got(&paced, 4, 3_000).await, 4, "made anew");
        let other = paced.get("other", async { Ok(7) }).await.unwrap();
        assert_eq!(*other, 7, "each key for itself");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_cheap_is_always_what_is_so_now() {
        let paced = Paced::default();
        assert_eq!(got(&paced, 1, 10).await, 1);
        assert_eq!(got(&paced, 2, 10).await, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn readers_who_ask_together_wait_for_one_count() {
        let paced = Paced::default();
        let (first, second) = tokio::join!(got(&paced, 1, 3_000), got(&paced, 2, 3_000));
        assert_eq!((first, second), (1, 1));
    }
}
