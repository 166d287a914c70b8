//! What the texts of a draft and of its nearest peers have beside each other: definitions, thresholds, shared wording.

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::Codebook;
use lacuna_domain::codebook::{Code, Dimension};
use lacuna_pipeline::analyze::drafting::{self, Definition, Measure, Original, Threshold, Wording};
use serde::Serialize;

use super::Said;
use super::peers::coverable;
use crate::pages::documents::Asked;
use crate::view::DocumentLink;

/// A term beside what peers say it means.
#[derive(Clone, Debug, Serialize)]
pub struct TermLine {
    /// The term.
    pub term: String,
    /// In the draft.
    pub draft: Placed,
    /// In peers.
    pub peers: Vec<Placed>,
}

/// Words with their place.
#[derive(Clone, Debug, Serialize)]
pub struct Placed {
    /// The words.
    pub words: String,
    /// What stands out in them, such as an amount.
    pub amount: String,
    /// Name of the document.
    pub title: String,
    /// The passage.
    pub href: String,
}

/// Thresholds of one measure.
#[derive(Clone, Debug, Serialize)]
pub struct MeasureLine {
    /// Name.
    pub name: &'static str,
    /// In the draft.
    pub draft: Vec<Placed>,
    /// In the nearest peers.
    pub peers: Vec<Placed>,
}

/// Wording shared with a peer.
#[derive(Clone, Debug, Serialize)]
pub struct SharedLine {
    /// The words of the draft.
    pub words: String,
    /// How many.
    pub count: usize,
    /// The passage of the draft.
    pub href: String,
    /// The peer.
    pub peer: DocumentLink,
    /// The passage of the peer.
    pub peer_href: String,
}

/// What comparisons need of one document, read once for all of them; neither its text nor its whole coding.
#[derive(Debug)]
pub struct Peer {
    pub(super) link: DocumentLink,
    /// Codes to which it speaks, by `dimension/code`.
    pub(super) said: BTreeMap<String, Said>,
    definitions: Vec<Definition>,
    /// The first of each measure.
    thresholds: Vec<Threshold>,
    wording: Wording,
    /// One past the last byte of each passage.
    ends: Vec<usize>,
}

/// Thresholds of one measure shown of the draft; of a peer there are [`THEIRS`].
const OWN: usize = 8;
const THEIRS: usize = 2;

impl Peer {
    /// A document as it was read; `codebook` is that of the run that is shown.
    pub(super) fn of(asked: &Asked, codebook: &Codebook) -> Self {
        let mut peer = Self {
            link: DocumentLink::of(&asked.document),
            said: said(asked, codebook),
            definitions: vec![],
            thresholds: vec![],
            wording: Wording::default(),
            ends: vec![],
        };
        if let Some(reading) = &asked.reading {
            let (text, passages) = (reading.text.content.as_str(), reading.passages.as_slice());
            peer.definitions = drafting::definitions(text, passages);
            peer.thresholds = firsts(drafting::thresholds(text, passages));
            peer.wording = Wording::of(text);
            peer.ends = passages.iter().map(|passage| passage.span.end()).collect();
        }
        peer
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let said = self.said.values().map(|said| 512 + said.quote.as_ref().map_or(0, String::len));
        let defined = self.definitions.iter().map(|d| 96 + d.term.len() + d.words.len());
        let amounts = self.thresholds.iter().map(|t| 96 + t.amount.len() + t.words.len());
        let words = self.wording.len() * 16 + self.ends.len() * 8;
        1024 + words + said.chain(defined).chain(amounts).sum::<usize>()
    }

    fn placed(&self, passage: u32, words: &str, amount: &str) -> Placed {
        Placed {
            words: words.to_owned(),
            amount: amount.to_owned(),
            title: self.link.title.clone(),
            href: crate::address::passage(&self.link.id, None, passage),
        }
    }

    fn passage_at(&self, byte: usize) -> u32 {
        self.ends.partition_point(|end| *end <= byte).min(self.ends.len().saturating_sub(1)) as u32
    }

    fn amounts(&self, measure: Measure, most: usize) -> impl Iterator<Item = Placed> {
        let found = self.thresholds.iter().filter(move |t| t.measure == measure).take(most);
        found.map(|t| self.placed(t.passage, &t.words, &t.amount))
    }
}

fn said(asked: &Asked, codebook: &Codebook) -> BTreeMap<String, Said> {
    let Some(coding) = super::coding(asked) else { return BTreeMap::new() };
    let codes =
        coverable(codebook).flat_map(|dimension| dimension.codes.iter().map(move |code| (dimension, code)));
    let one = |(dimension, code): (&Dimension, &Code)| {
        let said = Said::of(coding, dimension, code, &asked.document.id, super::language(asked));
        said.positive.then(|| (format!("{}/{}", dimension.id, code.id), said))
    };
    codes.filter_map(one).collect()
}

/// The first [`OWN`] thresholds of each measure; they come sorted by measure.
fn firsts(thresholds: Vec<Threshold>) -> Vec<Threshold> {
    let mut kept: Vec<Threshold> = Vec::new();
    for threshold in thresholds {
        let full = kept.len().checked_sub(OWN).and_then(|at| kept.get(at));
        if full.is_none_or(|earlier| earlier.measure != threshold.measure) {
            kept.push(threshold);
        }
    }
    kept
}

/// The draft and the peers whose texts are read.
pub(super) struct Texts {
    pub(super) asked: Asked,
    /// The draft as a peer of others.
    pub(super) own: Arc<Peer>,
    pub(super) read: Vec<Arc<Peer>>,
    /// Of those the nearest over all codes; the others are there for single codes.
    pub(super) nearest: usize,
}

impl Texts {
    /// The nearest peers over all codes.
    fn near(&self) -> &[Arc<Peer>] {
        self.read.get(..self.nearest).unwrap_or(&self.read)
    }

    pub(super) fn terms(&self) -> Vec<TermLine> {
        let line = |mine: &Definition| {
            let same = self.near().iter().flat_map(|peer| {
                let found = peer.definitions.iter().filter(|d| d.term == mine.term);
                found.map(|d| peer.placed(d.passage, &d.words, ""))
            });
            TermLine {
                peers: same.take(3).collect(),
                draft: self.own.placed(mine.passage, &mine.words, ""),
                term: mine.term.clone(),
            }
        };
        let mut terms: Vec<TermLine> = self.own.definitions.iter().map(line).collect();
        terms.sort_by_key(|term| term.peers.is_empty());
        terms
    }

    pub(super) fn measures(&self) -> Vec<MeasureLine> {
        let line = |measure: Measure| MeasureLine {
            name: measure.name(),
            draft: self.own.amounts(measure, OWN).collect(),
            peers: self.near().iter().flat_map(|peer| peer.amounts(measure, THEIRS)).take(8).collect(),
        };
        let lines = Measure::ALL.into_iter().map(line);
        lines.filter(|line| !line.draft.is_empty() || !line.peers.is_empty()).collect()
    }

    pub(super) fn shared(&self) -> Vec<SharedLine> {
        let Some(reading) = &self.asked.reading else { return vec![] };
        let original = Original::of(&self.own.wording);
        let mut lines = Vec::new();
        for peer in self.near().iter().filter(|peer| peer.link.id != self.own.link.id) {
            for run in original.shared_with(&peer.wording) {
                let words = reading.text.content.get(run.start..run.end).unwrap_or_default();
                let (own, other) = (self.own.passage_at(run.start), peer.passage_at(run.other));
                lines.push(SharedLine {
                    words: words.split_whitespace().collect::<Vec<_>>().join(" "),
                    count: run.words,
                    href: crate::address::passage(&self.own.link.id, None, own),
                    peer: peer.link.clone(),
                    peer_href: crate::address::passage(&peer.link.id, None, other),
                });
            }
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.count));
        lines
    }
}
