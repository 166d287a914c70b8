//! Works on many texts at once, each as far as it can go: a slow call holds up its own text only.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use lacuna_domain::coding::{Outcome, PartHit, Remark, RemarkKind};
use lacuna_domain::{Clock, CodeId, Coding, DimensionId, Passage, RunId, Text};
use lacuna_llm::Micros;
use lacuna_store::Store;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::batcher::{Batcher, Means};
use super::books::{Books, Meter};
use super::budget::Budget;
use super::claims::Bench;
use super::desk::{Counter, Desk};
use super::dialogue::{NoReply, Said, Sample, talk};
use super::engine::{ModelEngine, Source, Terms};
use super::ensemble;
use super::grounds::Grounds;
use super::lookups::Lookups;
use super::replay::{Recorder, Recording};
use crate::classify::coders::{Coded, unfit, words};
use crate::segment::segment;
use crate::verify::checks::Shared;
use crate::verify::consistency::Names;
use crate::verify::{consistency, verify_on};

/// A run of language models at work.
#[derive(Debug)]
pub(in crate::classify) struct ModelWork {
    engine: Arc<ModelEngine>,
    terms: Arc<Terms>,
    counters: Vec<Counter>,
    budget: Arc<Budget>,
    meter: Arc<Meter>,
    run: RunId,
    clock: Clock,
    names: Names,
    halted: watch::Sender<Option<String>>,
}

/// Where the work stands, for progress lines.
#[derive(Clone, Copy, Debug)]
pub(in crate::classify) struct Standing {
    pub(in crate::classify) attempts: u64,
    pub(in crate::classify) cached: u64,
    pub(in crate::classify) spent: Micros,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls, {} answers from before, {}", self.attempts, self.cached, self.spent)
    }
}

impl ModelWork {
    /// Opens ledger, budget, recorders and batches for a run of `engine`.
    pub(in crate::classify) async fn open(
        store: &Store,
        engine: &Arc<ModelEngine>,
        terms: &Arc<Terms>,
        run: &RunId,
        clock: Clock,
    ) -> Result<Arc<Self>, String> {
        terms.check(engine).map_err(|error| error.to_string())?;
        let spent = store.spend(run).await.map_err(|error| error.to_string())?;
        let spent = Micros(spent.micros);
        let budget = Budget::shared(terms.budget, spent, store, run, clock, terms.batch.is_some());
        let meter = Arc::new(Meter::default());
        let books = Books::open(store.clone(), budget.holder().map(str::to_owned));
        let lookups = Lookups::open(store.clone());
        let mut counters = Vec::new();
        for (index, source) in engine.members.iter().enumerate() {
            let recorder = terms.record.as_ref().map(|folder| {
                let folder = if engine.members.len() > 1 {
                    folder.join(format!("engine-{}", index + 1))
                } else {
                    folder.clone()
                };
                let about = format!("recorded by lacuna {}", env!("CARGO_PKG_VERSION"));
                let settings = engine.prompt.settings();
                let model = source.model().clone();
                Recorder::open(
                    &folder,
                    &Recording::new(source.name(), model, about, engine.samples, settings),
                )
            });
            let batcher = match (source, terms.batch) {
                (Source::Live(client), Some(every)) => {
                    let (store, client, prices) = (store.clone(), Arc::clone(client), terms.prices.clone());
                    let (budget, meter, stop) = (Arc::clone(&budget), Arc::clone(&meter), terms.stop.clone());
                    Some(Batcher::start(Means { store, client, prices, budget, meter, every, stop }).await)
                }
                _ => None,
            };
            counters.push(Counter {
                lookups: lookups.clone(),
                run: run.clone(),
                source: source.clone(),
                terms: Arc::clone(terms),
                books: books.clone(),
                budget: Arc::clone(&budget),
                meter: Arc::clone(&meter),
                batcher,
                recorder: recorder.transpose().map_err(|error| error.to_string())?,
            });
        }
        Ok(Arc::new(Self {
            engine: Arc::clone(engine),
            terms: Arc::clone(terms),
            counters,
            budget,
            meter,
            run: run.clone(),
            clock,
            names: Names::of(engine.prompt.codebook()),
            halted: watch::Sender::new(None),
        }))
    }

    /// Why the work ended before every text was tried, if it did.
    pub(in crate::classify) fn halted(&self) -> Option<String> {
        self.halted.borrow().clone()
    }

    /// What was done and spent so far.
    pub(in crate::classify) fn standing(&self) -> Standing {
        use std::sync::atomic::Ordering::Relaxed;
        Standing {
            attempts: self.meter.attempts.load(Relaxed),
            cached: self.meter.cached.load(Relaxed),
            spent: self.budget.spent(),
        }
    }

    /// Starts to work on `texts`; ends when there are none left, or when the work halts and what is in flight is done.
    pub(in crate::classify) fn spawn(
        self: &Arc<Self>,
        mut texts: Receiver<Text>,
        results: Sender<Coded>,
        shared: Option<Arc<Shared>>,
    ) -> JoinHandle<()> {
        let work = Arc::clone(self);
        let most =
            if work.terms.batch.is_some() { work.terms.texts.max(2_000) } else { work.terms.texts.max(1) };
        tokio::spawn(async move {
            let mut open = JoinSet::new();
            let mut halts = work.halted.subscribe();
            loop {
                if open.len() >= most {
                    // Outcomes go their own way; only the room matters here.
                    let _ = open.join_next().await;
                }
                if work.should_stop() {
                    break;
                }
                // Without the second, a worker whose texts all wait in the queue would wait for them for ever.
                let text = tokio::select! {
                    text = texts.recv() => text,
                    _ = halts.wait_for(Option::is_some) => break,
                };
                let Some(text) = text else { break };
                let (work, results, shared) = (Arc::clone(&work), results.clone(), shared.clone());
                open.spawn(async move {
                    if let Some(outcome) = work.outcome(&text).await {
                        let coded =
                            Coded::of(text, outcome, work.engine.prompt.codebook(), shared.as_deref());
                        // A closed channel means that committing failed, which is told elsewhere.
                        let _ = results.send(coded).await;
                    }
                });
            }
            drop(texts);
            while open.join_next().await.is_some() {}
            work.budget.rest().await;
        })
    }

    fn should_stop(&self) -> bool {
        if *self.terms.stop.borrow() {
            self.halt(super::desk::TOLD_TO_STOP.to_owned());
        }
        self.halted().is_some()
    }

    fn halt(&self, why: String) {
        self.halted.send_if_modified(|halted| {
            let first = halted.is_none();
            halted.get_or_insert(why);
            first
        });
    }

    /// What becomes of a text; nothing when the work halts before it is known.
    async fn outcome(&self, text: &Text) -> Option<Outcome> {
        if let Some(reason) = unfit(text) {
            return Some(Outcome::Skipped(reason));
        }
        let coded = AssertUnwindSafe(self.code(text)).catch_unwind().await;
        match coded {
            Ok(Ok(coding)) => Some(Outcome::Coded(Box::new(coding))),
            Ok(Err(NoReply::Text(reason))) => Some(Outcome::Failed(reason)),
            Ok(Err(NoReply::Run(why))) => {
                self.halt(why);
                None
            }
            Err(panic) => {
                Some(Outcome::Failed(format!("the engine stopped on this text: {}", words(&*panic))))
            }
        }
    }

    async fn code(&self, text: &Text) -> Result<Coding, NoReply> {
        let passages = segment(&text.content);
        let sheet = self.engine.prompt.lay_out(&text.content, &passages);
        let grounds =
            Grounds::new(&text.content, text.language.as_deref(), &sheet.addressed, &self.engine.cues);
        let bench = Bench::new(&sheet, &grounds);
        let mut asked = Vec::new();
        for counter in &self.counters {
            for number in 0..self.engine.samples {
                let (bench, prompt, ceilings) = (&bench, &self.engine.prompt, &self.engine.ceilings);
                let (text, sample) = (text.id.clone(), Sample { number, of: self.engine.samples });
                asked.push(async move {
                    let desk = Desk { counter, text };
                    talk(&desk, prompt, bench, ceilings, sample).await
                });
            }
        }
        let mut codings = Vec::with_capacity(asked.len());
        for said in futures_util::future::join_all(asked).await {
            codings.push(self.coding(said?, &bench, &passages));
        }
        let codebook = self.engine.prompt.codebook();
        let none = || NoReply::Text("no answer was asked for".to_owned());
        let mut coding = ensemble::combine(codings, codebook).ok_or_else(none)?;
        coding.parts = parts(&coding);
        Ok(coding)
    }

    fn coding(&self, said: Said, bench: &Bench<'_>, passages: &[Passage]) -> Coding {
        let codebook = self.engine.prompt.codebook();
        let Said { drafts, summaries, mut remarks } = said;
        let (grounds, locator) = (Some(bench.grounds), bench.locator());
        let mut coding = verify_on(grounds, locator, drafts, passages, codebook, &self.run, self.clock.now());
        for (dimension, narrative) in summaries {
            match consistency::check_by(&self.names, &narrative, &coding, codebook).first() {
                None if narrative.is_empty() => {}
                None => drop(coding.asides.narratives.insert(dimension, narrative)),
                Some(wrong) => remarks.push(Remark {
                    kind: RemarkKind::Narrative,
                    message: format!("{dimension}: it said {:?}; {}", wrong.said, wrong.labels_say),
                }),
            }
        }
        coding.asides.remarks = remarks;
        coding
    }
}

/// The passages of the evidence, each with the level of its label.
fn parts(coding: &Coding) -> BTreeMap<DimensionId, BTreeMap<CodeId, Vec<PartHit>>> {
    let mut parts: BTreeMap<DimensionId, BTreeMap<CodeId, Vec<PartHit>>> = BTreeMap::new();
    for judgement in &coding.judgements {
        let level = judgement.level().unwrap_or(1);
        let hits = parts.entry(judgement.dimension().clone()).or_default();
        let hits = hits.entry(judgement.code().clone()).or_default();
        for evidence in judgement.evidence() {
            if !hits.iter().any(|hit| hit.passage == evidence.passage()) {
                hits.push(PartHit { passage: evidence.passage(), level });
            }
        }
        hits.sort_by_key(|hit| hit.passage);
    }
    parts
}
