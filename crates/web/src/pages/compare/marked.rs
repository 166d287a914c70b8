//! The passages of a draft in which words stand that a peer has too, with those words marked.

use std::cmp::Reverse;
use std::ops::Range;

use lacuna_domain::Passage;
use lacuna_pipeline::analyze::drafting::Borrowed;
use serde::Serialize;

use super::texts::Peer;
use super::wording::Compared;
use crate::reading::Reading;

/// Where words of a draft stand in a peer.
#[derive(Clone, Debug, Serialize)]
pub struct Lender {
    /// Name of the peer.
    pub title: String,
    /// The passage that has them, or the first of them.
    pub href: String,
    /// How many words of the draft in a row it has there.
    pub words: usize,
}

/// Words of a draft in a row that are shared with one peer, or with none.
#[derive(Clone, Debug, Serialize)]
pub struct Stretch {
    /// The words.
    pub text: String,
    /// The peer that has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lender: Option<Lender>,
}

/// A passage of a draft with words of peers in it.
#[derive(Clone, Debug, Serialize)]
pub struct MarkedPassage {
    /// The passage in the text.
    pub href: String,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// All its words, in order.
    pub stretches: Vec<Stretch>,
}

/// The first passages that have words of peers, and how many have.
#[derive(Debug, Default)]
pub(super) struct Marked {
    pub(super) passages: Vec<MarkedPassage>,
    pub(super) of: usize,
}

/// Most passages shown.
const PASSAGES: usize = 300;

/// A part of a run that is marked for that run alone.
struct Part<'r> {
    place: Range<usize>,
    run: &'r Borrowed,
    peer: &'r Peer,
}

impl Marked {
    /// The passages of a draft as it was read, with the runs of words that it shares with peers.
    pub(super) fn of(reading: &Reading, own: &Peer, runs: &[(Borrowed, &Compared)]) -> Self {
        let parts = parts(own, runs);
        let mut marked = Self::default();
        for passage in &reading.passages {
            let (from, to) = (passage.span.start(), passage.span.end());
            let first = parts.partition_point(|part| part.place.end <= from);
            let rest = parts.get(first..).unwrap_or_default();
            let here = rest.get(..rest.partition_point(|part| part.place.start < to)).unwrap_or_default();
            if here.is_empty() {
                continue;
            }
            marked.of += 1;
            if marked.of <= PASSAGES {
                marked.passages.push(MarkedPassage {
                    href: crate::address::passage(&own.link.id, None, passage.index),
                    language: reading.language_of(passage.index).map(str::to_owned),
                    stretches: stretches(reading, passage, own, here),
                });
            }
        }
        marked
    }
}

/// The places of all runs, in order and apart: words in several runs are marked for the one that begins first.
fn parts<'r>(own: &Peer, runs: &'r [(Borrowed, &'r Compared)]) -> Vec<Part<'r>> {
    let mut runs: Vec<_> = runs.iter().collect();
    runs.sort_by_key(|(run, _)| (run.start, Reverse(run.end)));
    let mut end = 0;
    let part = |(run, compared): &'r (Borrowed, &'r Compared)| {
        let next = || own.wording.start_of(own.wording.before(end)).unwrap_or(run.end);
        let start = if run.start < end { next() } else { run.start };
        let place = start..run.end;
        end = end.max(run.end);
        (!place.is_empty()).then_some(Part { place, run, peer: &compared.peer })
    };
    runs.into_iter().filter_map(part).collect()
}

/// A passage cut where parts of runs begin and end.
fn stretches(reading: &Reading, passage: &Passage, own: &Peer, parts: &[Part<'_>]) -> Vec<Stretch> {
    let text = reading.text.content.as_str();
    let words = |place: Range<usize>| text.get(place).unwrap_or_default().to_owned();
    let mut at = passage.span.start();
    let to = at + passage.span.slice(text).unwrap_or_default().trim_end().len();
    let mut cut = Vec::new();
    for part in parts {
        let (start, end) = (part.place.start.max(at), part.place.end.min(to));
        cut.push(Stretch { text: words(at..start), lender: None });
        cut.push(Stretch { text: words(start..end), lender: Some(lender(part, own, start)) });
        at = end;
    }
    cut.push(Stretch { text: words(at..to), lender: None });
    cut.retain(|stretch| !stretch.text.is_empty());
    cut
}

/// Where the words of a part stand in its peer that begin at byte `at` of the draft.
fn lender(part: &Part<'_>, own: &Peer, at: usize) -> Lender {
    let Part { run, peer, .. } = part;
    let before = own.wording.before(at) - own.wording.before(run.start);
    let there = peer.wording.start_of(peer.wording.before(run.other) + before).unwrap_or(run.other);
    Lender {
        title: peer.link.title.clone(),
        href: crate::address::passage(&peer.link.id, None, peer.passage_at(there)),
        words: run.words,
    }
}
