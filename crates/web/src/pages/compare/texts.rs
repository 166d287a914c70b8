//! What the texts of a draft and of its peers have beside each other: definitions, thresholds, shared wording.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::codebook::{Code, Dimension};
use lacuna_domain::fold::even;
use lacuna_domain::{Codebook, DocumentId};
use lacuna_pipeline::analyze::drafting::{self, Borrowed, Definition, Measure, Original, Threshold, Wording};
use serde::Serialize;

use super::Said;
use super::marked::Marked;
use super::peers::coverable;
use super::wording::{Compared, Sharing};
use crate::pages::documents::Asked;
use crate::view::DocumentLink;

/// A term beside what peers say it means.
#[derive(Clone, Debug, Serialize)]
pub struct TermLine {
    /// The term.
    pub term: String,
    /// The language in which it and all beside it are defined, as an ISO 639-1 code.
    pub language: &'static str,
    /// In the draft.
    pub draft: Placed,
    /// In peers, the nearest first.
    pub peers: Vec<Placed>,
    /// Peers that define it; more than are shown where they are many.
    pub defining: u64,
}

/// Words with their place.
#[derive(Clone, Debug, Serialize)]
pub struct Placed {
    /// The words.
    pub words: String,
    /// What stands out in them, such as an amount.
    pub amount: String,
    /// The document.
    #[serde(skip)]
    pub(super) document: DocumentId,
    /// Name of the document.
    pub title: String,
    /// Where the document stands, for readers.
    pub enactment: &'static str,
    /// Whether the document is no more.
    pub dead: bool,
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

/// Wording shared with peers.
#[derive(Clone, Debug, Serialize)]
pub struct SharedLine {
    /// The words of the draft.
    pub words: String,
    /// How many.
    pub count: usize,
    /// The passage of the draft.
    pub href: String,
    /// A peer that has all of them.
    pub peer: DocumentLink,
    /// The passage of the peer.
    pub peer_href: String,
    /// Other peers with the very same text as that one.
    pub same: u64,
    /// Peers compared that have all the words: that one, those with its text, and others with the same run.
    pub having: u64,
    /// Other peers, one of each text, that have these words too, or a run of them.
    pub others: Vec<DocumentLink>,
}

/// The wording of a draft that its peers have too.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The longest runs.
    pub(super) lines: Vec<SharedLine>,
    /// Words of the draft in all runs, each counted once.
    pub(super) words: usize,
    /// The draft's passages with the words of all runs marked.
    pub(super) marked: Marked,
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
    pub(super) wording: Wording,
    /// One past the last byte of each passage.
    ends: Vec<usize>,
}

/// Thresholds of one measure shown of the draft; of a peer there are [`THEIRS`].
const OWN: usize = 8;
const THEIRS: usize = 2;
/// Definitions of peers shown of a term.
pub(super) const DEFINITIONS: usize = 3;
/// Shared runs shown.
pub(super) const RUNS: usize = 40;

impl Peer {
    /// A document as it was read, with the link to it; `codebook` is that of the run that is shown.
    pub(super) fn of(link: DocumentLink, asked: &Asked, codebook: &Codebook) -> Self {
        let mut peer = Self {
            link,
            said: said(asked, codebook),
            definitions: vec![],
            thresholds: vec![],
            wording: Wording::default(),
            ends: vec![],
        };
        if let Some(reading) = &asked.reading {
            let (text, passages) = (reading.text.content.as_str(), reading.passages.as_slice());
            let language = reading.text.language.as_deref();
            peer.definitions = drafting::definitions(text, passages, language);
            peer.thresholds = firsts(drafting::thresholds(text, passages, language));
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
            document: self.link.id.clone(),
            title: self.link.title.clone(),
            enactment: self.link.enactment,
            dead: self.link.dead,
            href: crate::address::passage(&self.link.id, None, passage),
        }
    }

    /// The passage in which this byte of its text stands.
    pub(super) fn passage_at(&self, byte: usize) -> u32 {
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
    /// The peers compared word by word.
    pub(super) sharing: Sharing,
}

impl Texts {
    /// The nearest peers over all codes.
    fn near(&self) -> &[Arc<Peer>] {
        self.read.get(..self.nearest).unwrap_or(&self.read)
    }

    /// The terms of the draft. `defining` gives what peers say of a term, and how many define it.
    pub(super) fn terms(&self, defining: impl Fn(&Definition) -> (Vec<Placed>, u64)) -> Vec<TermLine> {
        let line = |mine: &Definition| {
            let (peers, defining) = defining(mine);
            let draft = self.own.placed(mine.passage, &mine.words, "");
            TermLine { term: mine.term.clone(), language: mine.language, draft, peers, defining }
        };
        let mut terms: Vec<TermLine> = self.own.definitions.iter().map(line).collect();
        terms.sort_by_key(|term| term.peers.is_empty());
        terms
    }

    /// What the nearest peers say in its language that the term `mine` means, and how many of them define it.
    pub(super) fn defining(&self, mine: &Definition) -> (Vec<Placed>, u64) {
        let same = self.near().iter().flat_map(|peer| {
            let found = peer.definitions.iter().filter(|theirs| theirs.defines_term_of(mine));
            found.map(|definition| peer.placed(definition.passage, &definition.words, ""))
        });
        let mut found: Vec<Placed> = same.collect();
        let peers = found.len() as u64;
        found.truncate(DEFINITIONS);
        (found, peers)
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

    /// The wording of the draft that the peers compared have too, the longest runs first. A run within a longer one of
    /// another peer is told with that one: copies of one text do not keep out what others share.
    pub(super) fn shared(&self) -> Shared {
        let Some(reading) = &self.asked.reading else { return Shared::default() };
        let original = Original::of(&self.own.wording);
        let with = |compared| runs_with(&original, compared);
        let mut runs: Vec<(Borrowed, &Compared)> = self.sharing.read.iter().flat_map(with).collect();
        runs.sort_by_key(|(run, _)| Reverse(run.words));
        let words = self.own.wording.within(runs.iter().map(|(run, _)| (run.start, run.end)));
        let marked = Marked::of(reading, &self.own, &runs);
        let mut lines: Vec<(Borrowed, SharedLine)> = Vec::new();
        for (run, compared) in runs {
            let holds = |longer: &Borrowed| longer.start <= run.start && run.end <= longer.end;
            if let Some((longer, line)) = lines.iter_mut().find(|(longer, _)| holds(longer)) {
                line.also(compared, (longer.start, longer.end) == (run.start, run.end));
            } else if lines.len() < RUNS {
                let line = self.line(&run, compared, &reading.text.content);
                lines.push((run, line));
            }
        }
        Shared { lines: lines.into_iter().map(|(_, line)| line).collect(), words, marked }
    }

    fn line(&self, run: &Borrowed, compared: &Compared, text: &str) -> SharedLine {
        let Compared { peer, same } = compared;
        let words = text.get(run.start..run.end).unwrap_or_default();
        let (own, other) = (self.own.passage_at(run.start), peer.passage_at(run.other));
        SharedLine {
            words: even(words),
            count: run.words,
            href: crate::address::passage(&self.own.link.id, None, own),
            peer: peer.link.clone(),
            peer_href: crate::address::passage(&peer.link.id, None, other),
            same: *same,
            having: 1 + same,
            others: vec![],
        }
    }
}

fn runs_with<'c>(original: &Original<'_>, compared: &'c Compared) -> Vec<(Borrowed, &'c Compared)> {
    let runs = original.shared_with(&compared.peer.wording).into_iter();
    runs.map(|run| (run, compared)).collect()
}

impl SharedLine {
    /// That a peer has a run of the words too, or all of them; what it has all of must be told before its shorter runs.
    fn also(&mut self, Compared { peer, same }: &Compared, all: bool) {
        let link = &peer.link;
        if self.peer.id != link.id && self.others.iter().all(|other| other.id != link.id) {
            self.having += if all { 1 + same } else { 0 };
            self.others.push(link.clone());
        }
    }
}

impl TermLine {
    /// Whether peers define it that are not shown.
    pub(crate) fn is_cut(&self) -> bool {
        self.defining > self.peers.len() as u64
    }
}
