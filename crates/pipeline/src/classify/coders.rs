//! Codes texts on threads that may block, and what both kinds of engine make of a text.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use lacuna_domain::coding::Outcome;
use lacuna_domain::{Clock, Codebook, RunId, Text, TextId};
use tokio::sync::mpsc::{Receiver, Sender};

use super::Engine;
use crate::segment::segment;
use crate::verify::checks::{Look, Shared};
use crate::verify::verify;

/// A text and what became of it.
#[derive(Debug)]
pub(super) struct Coded {
    pub(super) text: TextId,
    pub(super) bytes: u64,
    pub(super) outcome: Outcome,
    /// What the checks of the run take of it.
    pub(super) look: Option<Look>,
}

impl Coded {
    /// What became of `text`, looked at where the run is checked. A look that stops dead costs no coding: the checks at the
    /// end of the run take that one again.
    pub(super) fn of(text: Text, outcome: Outcome, codebook: &Codebook, shared: Option<&Shared>) -> Self {
        let look = match (&outcome, shared) {
            (Outcome::Coded(coding), Some(shared)) => {
                let look = || Look::at(coding, &text.content, codebook, shared);
                catch_unwind(AssertUnwindSafe(look)).ok()
            }
            _ => None,
        };
        Self { bytes: text.content.len() as u64, text: text.id, outcome, look }
    }
}

/// What a coder needs besides the texts.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) engine: Engine,
    pub(super) codebook: Arc<Codebook>,
    pub(super) shared: Option<Arc<Shared>>,
    pub(super) run: RunId,
    pub(super) clock: Clock,
}

impl Bench {
    /// Starts blocking threads that code texts until there are none left or nobody takes the results.
    pub(super) fn spawn(
        &self,
        threads: usize,
        texts: Receiver<Text>,
        results: &Sender<Coded>,
    ) -> Vec<tokio::task::JoinHandle<()>> {
        let texts = Arc::new(Mutex::new(texts));
        (0..threads)
            .map(|_| {
                let (bench, texts, results) = (self.clone(), Arc::clone(&texts), results.clone());
                tokio::task::spawn_blocking(move || {
                    while let Some(text) = next(&texts) {
                        let outcome = bench.outcome(&text);
                        let coded = Coded::of(text, outcome, &bench.codebook, bench.shared.as_deref());
                        if results.blocking_send(coded).is_err() {
                            return;
                        }
                    }
                })
            })
            .collect()
    }

    /// What becomes of a text; a panic of the engine fails this text only.
    pub(super) fn outcome(&self, text: &Text) -> Outcome {
        if let Some(reason) = unfit(text) {
            return Outcome::Skipped(reason);
        }
        let coding = catch_unwind(AssertUnwindSafe(|| {
            let passages = segment(&text.content);
            let drafts = self.engine.code(text, &passages).unwrap_or_default();
            verify(drafts, &text.content, &passages, &self.codebook, &self.run, self.clock.now())
        }));
        match coding {
            Ok(coding) => Outcome::Coded(Box::new(coding)),
            Err(panic) => Outcome::Failed(format!("the engine stopped on this text: {}", words(&*panic))),
        }
    }
}

/// The next text; a poisoned lock means that another coder died, and then this one ends too.
fn next(texts: &Mutex<Receiver<Text>>) -> Option<Text> {
    texts.lock().ok()?.blocking_recv()
}

/// Why a text is not to be coded, if so.
pub(super) fn unfit(text: &Text) -> Option<String> {
    if text.content.trim().is_empty() {
        return Some("the text is empty".to_owned());
    }
    let faults: Vec<&str> =
        text.quality.faults.iter().filter(|fault| fault.fatal).map(|fault| fault.what.as_str()).collect();
    (!faults.is_empty()).then(|| faults.join("; "))
}

pub(super) fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".to_owned())
}
