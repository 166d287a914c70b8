//! What the texts of a draft and of its nearest peers have beside each other: definitions, thresholds, shared wording.

use std::sync::Arc;

use lacuna_pipeline::analyze::drafting::{Definition, Measure, Original, Threshold};
use serde::Serialize;

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

/// A peer whose text was read.
#[derive(Debug)]
pub struct Peer {
    pub(super) link: DocumentLink,
    pub(super) asked: Asked,
}

impl Peer {
    /// A document as it was read.
    pub(crate) fn of(asked: Asked) -> Self {
        Self { link: DocumentLink::of(&asked.document), asked }
    }

    /// About how many bytes it takes: the text with its words and passages, and the quotes.
    pub(super) fn bytes(&self) -> usize {
        let text = self.asked.reading.as_ref().map_or(0, |reading| reading.text.content.len());
        let quotes = super::coding(&self.asked).into_iter().flat_map(|coding| {
            let judged = coding.judgements.iter().flat_map(lacuna_domain::Judgement::evidence);
            judged.chain(coding.actors.iter().flat_map(lacuna_domain::judgement::ActorJudgement::evidence))
        });
        4096 + text * 5 + quotes.map(|evidence| 256 + evidence.quote().len()).sum::<usize>()
    }
}

/// The draft and the peers whose texts are read.
pub(super) struct Texts {
    pub(super) asked: Asked,
    pub(super) read: Vec<Arc<Peer>>,
    /// Of those the nearest over all codes; the others are there for single codes.
    pub(super) nearest: usize,
}

impl Texts {
    /// The nearest peers over all codes.
    fn near(&self) -> &[Arc<Peer>] {
        self.read.get(..self.nearest).unwrap_or(&self.read)
    }

    fn placed(asked: &Asked, passage: u32, words: &str, amount: &str) -> Placed {
        Placed {
            words: words.to_owned(),
            amount: amount.to_owned(),
            title: DocumentLink::of(&asked.document).title,
            href: crate::address::passage(&asked.document.id, None, passage),
        }
    }

    pub(super) fn terms(&self) -> Vec<TermLine> {
        fn defined(asked: &Asked) -> &[Definition] {
            asked.reading.as_ref().map(|reading| reading.definitions()).unwrap_or_default()
        }
        let others: Vec<(&Peer, &[Definition])> =
            self.near().iter().map(|peer| (&**peer, defined(&peer.asked))).collect();
        let line = |mine: &Definition| {
            let same = others.iter().flat_map(|(peer, all)| {
                let found = all.iter().filter(|d| d.term == mine.term);
                found.map(|d| Self::placed(&peer.asked, d.passage, &d.words, ""))
            });
            TermLine {
                peers: same.take(3).collect(),
                draft: Self::placed(&self.asked, mine.passage, &mine.words, ""),
                term: mine.term.clone(),
            }
        };
        let mut terms: Vec<TermLine> = defined(&self.asked).iter().map(line).collect();
        terms.sort_by_key(|term| term.peers.is_empty());
        terms
    }

    pub(super) fn measures(&self) -> Vec<MeasureLine> {
        fn amounts(asked: &Asked) -> &[Threshold] {
            asked.reading.as_ref().map(|reading| reading.thresholds()).unwrap_or_default()
        }
        let mine = amounts(&self.asked);
        let others: Vec<(&Peer, &[Threshold])> =
            self.near().iter().map(|peer| (&**peer, amounts(&peer.asked))).collect();
        let line = |measure: Measure| {
            let own = mine.iter().filter(|t| t.measure == measure).take(8);
            let theirs = others.iter().flat_map(|(peer, all)| {
                let found = all.iter().filter(|t| t.measure == measure).take(2);
                found.map(|t| Self::placed(&peer.asked, t.passage, &t.words, &t.amount))
            });
            MeasureLine {
                name: measure.name(),
                draft: own.map(|t| Self::placed(&self.asked, t.passage, &t.words, &t.amount)).collect(),
                peers: theirs.take(8).collect(),
            }
        };
        let lines = Measure::ALL.into_iter().map(line);
        lines.filter(|line| !line.draft.is_empty() || !line.peers.is_empty()).collect()
    }

    pub(super) fn shared(&self) -> Vec<SharedLine> {
        let Some(mine) = &self.asked.reading else { return vec![] };
        let passage_at = |passages: &[lacuna_domain::Passage], at: usize| {
            passages.partition_point(|p| p.span.end() <= at).min(passages.len().saturating_sub(1)) as u32
        };
        let original = Original::of(mine.wording());
        let mut lines = Vec::new();
        for peer in self.near() {
            let Some(theirs) = &peer.asked.reading else { continue };
            if peer.asked.document.id == self.asked.document.id {
                continue;
            }
            for run in original.shared_with(theirs.wording()) {
                let words = mine.text.content.get(run.start..run.end).unwrap_or_default();
                let own = passage_at(&mine.passages, run.start);
                let other = passage_at(&theirs.passages, run.other);
                lines.push(SharedLine {
                    words: words.split_whitespace().collect::<Vec<_>>().join(" "),
                    count: run.words,
                    href: crate::address::passage(&self.asked.document.id, None, own),
                    peer: peer.link.clone(),
                    peer_href: crate::address::passage(&peer.asked.document.id, None, other),
                });
            }
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.count));
        lines
    }
}
