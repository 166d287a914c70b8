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
/// How much longer than its counting took a count is held: however many ask, one count costs a twentieth of a processor.
const HELD: u32 = 20;

/// Counts by key. One is made at a time, and held for twenty times as long as it took, or until the store moves where it is
/// settled.
#[derive(Debug)]
pub(crate) struct Paced<K, V>(Mutex<BTreeMap<K, Count<V>>>);

#[derive(Debug)]
struct Count<V> {
    value: Arc<V>,
    good_until: Instant,
    /// The revision of the store until which nothing can change it.
    settled_at: Option<i64>,
}

/// A count, and whether it stays as it is while the store rests.
pub(crate) struct Counted<V> {
    pub(crate) value: V,
    pub(crate) settled: bool,
}

impl<K, V> Default for Paced<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, V> Paced<K, V> {
    /// The count of `key` while the store is at `revision`: the one that is held, or else made by `count`.
    pub(crate) async fn get(
        &self,
        key: K,
        revision: i64,
        count: impl Future<Output = Result<Counted<V>, WebError>>,
    ) -> Result<Arc<V>, WebError> {
        let mut held = self.0.lock().await;
        let began = Instant::now();
        let good = |count: &&Count<V>| began < count.good_until || count.settled_at == Some(revision);
        if let Some(count) = held.get(&key).filter(good) {
            return Ok(Arc::clone(&count.value));
        }
        let Counted { value, settled } = count.await?;
        let value = Arc::new(value);
        let took = began.elapsed();
        if settled || took >= CHEAP {
            let dear = if took >= CHEAP { took * HELD } else { Duration::ZERO };
            let settled_at = settled.then_some(revision);
            held.insert(
                key,
                Count { value: Arc::clone(&value), good_until: Instant::now() + dear, settled_at },
            );
        } else {
            held.remove(&key);
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
            Ok(Counted { value, settled: false })
        };
        *paced.get("key", 1, count).await.unwrap()
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
        let other = paced.get("other", 1, async { Ok(Counted { value: 7, settled: false }) }).await.unwrap();
        assert_eq!(*other, 7, "each key for itself");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_cheap_is_always_what_is_so_now() {
        let paced = Paced::default();
        assert_eq!(got(&paced, 1, 10).await, 1);
        assert_eq!(got(&paced, 2, 10).await, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_settled_is_held_until_the_store_moves() {
        let paced = Paced::default();
        for (revision, value, expected) in [(1, 1, 1), (1, 2, 1), (2, 3, 3)] {
            let count = async { Ok(Counted { value, settled: true }) };
            assert_eq!(*paced.get("key", revision, count).await.unwrap(), expected);
            tokio::time::sleep(Duration::from_hours(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn readers_who_ask_together_wait_for_one_count() {
        let paced = Paced::default();
        let (first, second) = tokio::join!(got(&paced, 1, 3_000), got(&paced, 2, 3_000));
        assert_eq!((first, second), (1, 1));
    }
}
