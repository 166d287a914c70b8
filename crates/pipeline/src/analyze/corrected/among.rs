//! Shares of one set of documents, counted for many claims: what all of them need is found once.

use lacuna_store::catalogue::DocumentSet;

use super::{Claim, Corrected, Decided, Drawn, LEAST, Sampled, is_label};
use crate::analyze::estimate::{Counted, Unit};

/// Documents that shares are of, in each sample of which people read enough of them, with what holds of them so far.
#[derive(Debug)]
pub struct Among<'d> {
    decided: &'d Decided,
    /// Whether any claim is a matter of labels, so that there is something to correct.
    labels: bool,
    parts: Vec<Part<'d>>,
}

/// The same in one sample.
#[derive(Debug)]
struct Part<'d> {
    sample: &'d Sampled,
    /// Documents that could be drawn.
    of: u64,
    /// Those of which all claims hold by the machine's labels and the catalogue.
    says: DocumentSet,
    /// Documents that people read, each with whether all claims hold by what they say.
    read: Vec<(&'d Drawn, bool)>,
}

impl<'d> Among<'d> {
    pub(super) fn of(decided: &'d Decided, within: &DocumentSet) -> Self {
        let parts = decided.samples.iter().filter_map(|sample| Part::of(sample, within)).collect();
        Self { decided, labels: false, parts }
    }

    /// The same shares, of those of their documents alone of which this holds too.
    #[must_use]
    pub fn and(&self, claim: Claim<'_>) -> Self {
        let parts = self.parts.iter().filter_map(|part| part.and(self.decided, claim)).collect();
        Self { decided: self.decided, labels: self.labels || is_label(claim.0), parts }
    }

    /// The share of which all claims hold, once for each sample; none where no claim is a matter of labels.
    pub fn shares(&self) -> Vec<Corrected> {
        if !self.labels {
            return vec![];
        }
        self.parts.iter().filter_map(Part::share).collect()
    }
}

impl<'d> Part<'d> {
    /// `None` where people read too few of the documents.
    fn of(sample: &'d Sampled, within: &DocumentSet) -> Option<Self> {
        let says = &sample.frame & within;
        let drawn = sample.drawn.iter().filter(|drawn| says.contains(drawn.number));
        let read: Vec<(&Drawn, bool)> = drawn.map(|drawn| (drawn, true)).collect();
        (read.len() >= LEAST).then(|| Self { sample, of: says.len(), says, read })
    }

    /// `None` where people have not said of every document.
    fn and(&self, decided: &Decided, (condition, holds): Claim<'_>) -> Option<Self> {
        let mut read = Vec::with_capacity(self.read.len());
        for (drawn, so_far) in &self.read {
            let too = if is_label(condition) {
                decided.holds(condition, drawn)?
            } else {
                holds.contains(drawn.number)
            };
            read.push((*drawn, *so_far && too));
        }
        Some(Self { sample: self.sample, of: self.of, says: &self.says & holds, read })
    }

    fn share(&self) -> Option<Corrected> {
        let number = |yes: bool| f64::from(u8::from(yes));
        let unit = |(drawn, people): &(&Drawn, bool)| Unit {
            machine: number(self.says.contains(drawn.number)),
            probability: drawn.probability,
            people: Some(number(*people)),
        };
        let read: Vec<Unit> = self.read.iter().map(unit).collect();
        let yes = self.says.len() - read.iter().filter(|unit| unit.machine > 0.0).count() as u64;
        let counted = Counted { rest: self.of - read.len() as u64, yes, read };
        Some(Corrected {
            sample: self.sample.name.clone(),
            read: counted.read.len(),
            of: counted.len(),
            naive: counted.naive()?,
            design_based: counted.design_based()?,
            prediction_powered: counted.prediction_powered().filter(|_| self.sample.simple),
        })
    }
}
