//! Comparisons of two runs, each made once for all who ask while the store rests.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use lacuna_domain::RunId;
use lacuna_pipeline::analyze::stability::Stability;
use tokio::time::timeout;

use super::beside::COMPARING;
use crate::error::WebError;

/// How long a page waits for a comparison: whoever waits has the turn of a page, and one that is not made by then may take
/// minutes.
const PATIENCE: Duration = Duration::from_secs(5);
/// Comparisons that are made at once.
const MAKING: usize = 2;
/// Comparisons that are held.
const HELD: usize = 50;

/// What a comparison came to; it failed for a reason that is in the log.
type Made = Result<Arc<Stability>, ()>;

/// Comparisons that are made or held, by the runs. Each goes on when its readers leave.
#[derive(Debug, Default)]
pub(crate) struct Comparisons(Mutex<BTreeMap<[RunId; 2], Comparison>>);

#[derive(Clone, Debug)]
struct Comparison {
    /// The revision of the store that it is of.
    revision: i64,
    made: Shared<BoxFuture<'static, Made>>,
}

impl Comparison {
    fn is_being_made(&self) -> bool {
        self.made.peek().is_none()
    }

    fn has_failed(&self) -> bool {
        matches!(self.made.peek(), Some(Err(())))
    }
}

impl Comparisons {
    /// The comparison of two runs while the store is at `revision`: the one that is held or being made, else that which
    /// `make` begins. `None` where it takes longer than a page waits, or as many others are being made as may be.
    pub(crate) async fn get<F>(
        &self,
        runs: [RunId; 2],
        revision: i64,
        make: impl FnOnce() -> F,
    ) -> Result<Option<Arc<Stability>>, WebError>
    where
        F: Future<Output = Result<Stability, WebError>> + Send + 'static,
    {
        let Some(made) = self.begun(runs, revision, make) else { return Ok(None) };
        let Ok(made) = timeout(PATIENCE, made).await else { return Ok(None) };
        made.map(Some).map_err(|()| WebError::internal(COMPARING)("it failed, for a reason logged before"))
    }

    fn begun<F>(
        &self,
        runs: [RunId; 2],
        revision: i64,
        make: impl FnOnce() -> F,
    ) -> Option<Shared<BoxFuture<'static, Made>>>
    where
        F: Future<Output = Result<Stability, WebError>> + Send + 'static,
    {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = held.get(&runs).filter(|found| found.revision == revision && !found.has_failed())
        {
            return Some(found.made.clone());
        }
        if held.values().filter(|old| old.is_being_made()).count() >= MAKING {
            return None;
        }
        let full = held.len() >= HELD;
        held.retain(|_, old| old.is_being_made() || (old.revision == revision && !full));
        let made = begin(make()).shared();
        held.insert(runs, Comparison { revision, made: made.clone() });
        Some(made)
    }
}

/// Makes a comparison to its end, whether or not somebody still waits for it.
fn begin(
    comparing: impl Future<Output = Result<Stability, WebError>> + Send + 'static,
) -> BoxFuture<'static, Made> {
    let task = tokio::spawn(async move {
        comparing.await.map(Arc::new).map_err(|error| {
            // Whoever asked may be gone; nobody else would log it.
            tracing::error!(doing = COMPARING, cause = ?error, "work in the background failed");
        })
    });
    async move { task.await.unwrap_or(Err(())) }.boxed()
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    fn runs(name: &str) -> [RunId; 2] {
        [RunId::of(b"one"), RunId::of(name.as_bytes())]
    }

    fn of(texts: u64) -> Stability {
        Stability { runs: vec![], texts, codes: vec![], rate: None, differences: vec![] }
    }

    fn texts(made: Result<Option<Arc<Stability>>, WebError>) -> Option<u64> {
        made.unwrap().map(|report| report.texts)
    }

    #[tokio::test(start_paused = true)]
    async fn a_comparison_that_nobody_waits_for_any_more_goes_on_and_is_held_until_the_store_moves() {
        let comparisons = Comparisons::default();
        let long = || async {
            tokio::time::sleep(Duration::from_mins(1)).await;
            Ok(of(3))
        };
        assert_eq!(texts(comparisons.get(runs("two"), 7, long).await), None, "readers wait five seconds");
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(texts(comparisons.get(runs("two"), 7, pending).await), Some(3), "it was made meanwhile");
        assert_eq!(
            texts(comparisons.get(runs("two"), 8, || ready(Ok(of(4)))).await),
            Some(4),
            "the store moved"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn long_comparisons_do_not_keep_others_from_those_that_are_made() {
        let comparisons = Comparisons::default();
        assert_eq!(texts(comparisons.get(runs("short"), 7, || ready(Ok(of(3)))).await), Some(3));
        for long in ["two", "three"] {
            assert_eq!(texts(comparisons.get(runs(long), 7, pending).await), None);
        }
        let began = tokio::time::Instant::now();
        assert_eq!(
            texts(comparisons.get(runs("four"), 7, || ready(Ok(of(4)))).await),
            None,
            "two are being made"
        );
        assert_eq!(texts(comparisons.get(runs("short"), 7, pending).await), Some(3));
        assert_eq!(began.elapsed(), Duration::ZERO, "nobody waited");
    }

    #[tokio::test]
    async fn a_comparison_that_failed_is_an_error_and_is_made_again_for_the_next() {
        let comparisons = Comparisons::default();
        let failed = || ready(Err(WebError::internal("read a coding")("it cannot be read")));
        assert!(comparisons.get(runs("two"), 7, failed).await.is_err());
        assert_eq!(texts(comparisons.get(runs("two"), 7, || ready(Ok(of(3)))).await), Some(3));
    }
}
