//! Where a run stands, from the store alone, so that any process can tell.

use std::time::Duration;

use lacuna_domain::{Clock, Run};
use lacuna_llm::Micros;
use lacuna_store::{RunCounts, Spend, Store, StoreError};
use serde::Serialize;

/// The pace is that of the outcomes of this long.
const LOOK_BACK: Duration = Duration::from_mins(10);
/// Without an outcome for this long, the run is taken to rest.
const RESTING: Duration = Duration::from_mins(3);

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunProgress {
    /// The run.
    pub run: Run,
    /// Its texts.
    pub counts: RunCounts,
    /// What its calls cost so far.
    pub spend: Spend,
    /// Texts a minute over the last ten minutes; `None` while the run rests, and where nothing is left to do
    /// but what failed.
    pub texts_per_minute: Option<f64>,
    /// Seconds until nothing is left to do at this pace.
    pub seconds_left: Option<u64>,
}

/// Where `run` stands now.
pub async fn progress_of(store: &Store, run: Run, clock: Clock) -> Result<RunProgress, StoreError> {
    let now = clock.now();
    let counts = store.run_counts(&run.id).await?;
    let spend = store.spend(&run.id).await?;
    let pace = store.pace(&run.id, now - LOOK_BACK).await?;
    let recent = pace.last.is_some_and(|last| now.duration_since(last).unsigned_abs() < RESTING);
    // What failed stays pending, also when the run is over.
    let left = counts.pending.saturating_sub(counts.failed);
    let at_work = recent && left > 0;
    let per_second = match (pace.first, pace.texts) {
        (Some(first), texts) if at_work && texts > 1 => {
            let seconds = now.duration_since(first).as_secs_f64().max(1.0);
            Some(texts as f64 / seconds)
        }
        _ => None,
    };
    let seconds_left = per_second.map(|rate| (left as f64 / rate).ceil() as u64);
    Ok(RunProgress { run, counts, spend, texts_per_minute: per_second.map(|rate| rate * 60.0), seconds_left })
}

impl RunProgress {
    /// "12.0 texts a minute, about 4 min left"; nothing while the run rests.
    pub fn pace_line(&self) -> Option<String> {
        let rate = self.texts_per_minute?;
        let left = self.seconds_left.map(|seconds| format!(", about {} min left", seconds.div_ceil(60)));
        let digits = usize::from(rate < 10.0);
        Some(format!("{rate:.digits$} texts a minute{}", left.unwrap_or_default()))
    }

    /// "120 calls, 118 answers, $0.42"; nothing for a run that asks nobody.
    pub fn spend_line(&self) -> Option<String> {
        let Spend { calls, answered, micros, unpriced, .. } = self.spend;
        let unknown = if unpriced > 0 { " (price not known for some)" } else { "" };
        (calls > 0).then(|| format!("{calls} calls, {answered} answers, {}{unknown}", Micros(micros)))
    }
}
