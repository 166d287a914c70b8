//! The peers of a draft by what they cover: which are nearest, what each code looks like among them, their passages.

use std::sync::Arc;

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, Field, NONE};
use lacuna_domain::{Codebook, Filter};
use lacuna_pipeline::analyze::drafting::defined_in;
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use super::texts::{Peer, Texts};
use super::{Said, coding, language, name, trust_of};
use crate::error::WebError;
use crate::limits::aside;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::state::{App, Snapshot};
use crate::view::{DocumentLink, Reliability, share};

/// A peer's passage on a code.
#[derive(Clone, Debug, Serialize)]
pub struct PeerPassage {
    /// The peer.
    pub peer: DocumentLink,
    /// What it says.
    pub said: Said,
}

/// A code of the draft beside its peers.
#[derive(Clone, Debug, Serialize)]
pub struct CodeLine {
    /// The code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How far its labels can be trusted.
    pub trust: Reliability,
    /// What the draft says.
    pub draft: Said,
    /// Peers that speak to it.
    pub peers: u64,
    /// Classified peers.
    pub of: u64,
    /// Peers that bind today and speak to it.
    pub binding: u64,
    /// Peers that speak to it, as a list.
    pub peers_href: String,
    /// Best passages of the nearest peers.
    pub nearest: Vec<PeerPassage>,
}

impl CodeLine {
    pub(crate) fn peers_share(&self) -> String {
        share(self.peers as usize, self.of as usize)
    }
}

/// Codes of one dimension, in three parts.
#[derive(Clone, Debug, Serialize)]
pub struct DimensionLines {
    /// The dimension.
    pub id: String,
    /// Name.
    pub name: String,
    /// Codes of the draft.
    pub spoken: Vec<CodeLine>,
    /// Codes to which peers speak and the draft does not, those of most peers first.
    pub missing: Vec<CodeLine>,
}

/// Nearest peers whose texts are read.
const READ: usize = 12;
/// Peers that are put in order; no more are looked at.
const NEAREST: usize = 100;
/// Further peers whose texts are read for single codes.
const SINGLE: usize = 24;
/// Best passages shown for a code.
const PASSAGES: usize = 2;

/// A code with the peers that speak to it.
pub(super) struct Spoken<'a> {
    pub(super) dimension: &'a Dimension,
    code: &'a Code,
    condition: Condition,
    speaking: DocumentSet,
}

/// A draft's peers.
pub(super) struct Draft<'a> {
    pub(super) app: &'a App,
    pub(super) snapshot: &'a Snapshot,
    pub(super) filter: &'a Filter,
    pub(super) peers: DocumentSet,
    /// Every code that documents can speak to, as the codebook orders them.
    codes: Vec<Spoken<'a>>,
}

/// The dimensions whose codes a document speaks to or not.
pub(super) fn coverable(codebook: &Codebook) -> impl Iterator<Item = &Dimension> {
    codebook.dimensions.iter().filter(|d| matches!(d.kind, Kind::Ordinal { .. } | Kind::Flag))
}

/// A peer, read once for all comparisons of the snapshot as far as there is room.
async fn peer(app: &App, snapshot: &Snapshot, number: u32) -> Result<Option<Arc<Peer>>, WebError> {
    if let Some(held) = snapshot.peers.get(&number) {
        return Ok(Some(held));
    }
    // Readers who come together after a start want the same peers.
    let _reading = snapshot.reading_peer(number).await;
    if let Some(held) = snapshot.peers.get(&number) {
        return Ok(Some(held));
    }
    let Some(record) = snapshot.catalogue.record(number) else { return Ok(None) };
    let asked = Asked::read(app, snapshot, record.id(), &mut Params::default()).await?;
    let (_, peer) = read(snapshot, asked).await?;
    Ok(Some(peer))
}

async fn read(snapshot: &Snapshot, asked: Asked) -> Result<(Asked, Arc<Peer>), WebError> {
    let codebook = Arc::clone(&snapshot.codebook);
    let link = DocumentLink::within(&asked.document, &snapshot.catalogue);
    let read = move || {
        let peer = Arc::new(Peer::of(link, &asked, &codebook));
        (asked, peer)
    };
    let (asked, peer) = aside("read a peer", read).await?;
    if let Some(number) = snapshot.catalogue.find(asked.document.id.as_str()) {
        snapshot.peers.put(number, Arc::clone(&peer), peer.bytes());
    }
    Ok((asked, peer))
}

impl<'a> Draft<'a> {
    pub(super) fn of(app: &'a App, snapshot: &'a Snapshot, filter: &'a Filter, peers: DocumentSet) -> Self {
        let spoken = |(dimension, code): (&'a Dimension, &'a Code)| {
            let condition = Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Covered);
            let speaking = &snapshot.catalogue.holding_alone(&condition) & &peers;
            Spoken { dimension, code, condition, speaking }
        };
        let codes = coverable(&snapshot.codebook).flat_map(|d| d.codes.iter().map(move |code| (d, code)));
        let codes = codes.map(spoken).collect();
        Self { app, snapshot, filter, peers, codes }
    }

    /// Documents by how much of what the draft covers they cover too: shared codes over codes of either.
    pub(super) fn alike(&self, asked: &Asked) -> Vec<(u32, f64)> {
        let Some(mine) = coding(asked) else { return vec![] };
        // Counted in a place for each document: the corpus may have a million, and each covers ten codes.
        let mut counts: Vec<(u16, u16)> = vec![(0, 0); self.snapshot.catalogue.len() as usize];
        let mut own = 0_u16;
        for Spoken { dimension, code, speaking, .. } in &self.codes {
            let holds = u16::from(mine.judgement(dimension.id.as_str(), code.id.as_str()).is_some());
            own += holds;
            for number in speaking {
                if let Some((both, all)) = counts.get_mut(number as usize) {
                    (*both, *all) = (*both + holds, *all + 1);
                }
            }
        }
        let likeness = |(number, (shared, all)): (usize, &(u16, u16))| {
            let either = (own + all).saturating_sub(*shared).max(1);
            (number as u32, f64::from(*shared) / f64::from(either))
        };
        let speaking = counts.iter().enumerate().filter(|(_, (_, all))| *all > 0);
        let mut alike: Vec<(u32, f64)> = speaking.map(likeness).collect();
        let nearer = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if alike.len() > NEAREST {
            alike.select_nth_unstable_by(NEAREST, nearer);
            alike.truncate(NEAREST);
        }
        alike.sort_by(nearer);
        alike
    }

    /// For each code to which none of the nearest peers speaks, nor one that is here for a code before it, the peer that
    /// does so most surely; no more than [`SINGLE`].
    fn for_single_codes(&self, alike: &[(u32, f64)]) -> Vec<u32> {
        let mut read: DocumentSet = alike.iter().take(READ).map(|(number, _)| *number).collect();
        let mut single = Vec::new();
        for Spoken { dimension, code, speaking, .. } in &self.codes {
            if single.len() == SINGLE || !speaking.is_disjoint(&read) {
                continue;
            }
            let (dimension, code) = (dimension.id.as_str(), code.id.as_str());
            let surest = self.snapshot.catalogue.likeliest(speaking, dimension, code, 1);
            let surest = surest.first().map(|(number, _)| *number).or_else(|| speaking.min());
            single.extend(surest);
            read.extend(surest);
        }
        single
    }

    /// The nearest peers over all codes, then those that are there for single codes; and how many are nearest.
    pub(super) async fn read(&self, alike: &[(u32, f64)]) -> Result<(Vec<Arc<Peer>>, usize), WebError> {
        let mut read = Vec::new();
        for (number, _) in alike.iter().take(READ) {
            read.extend(self.peer(*number).await?);
        }
        let near = read.len();
        for number in self.for_single_codes(alike) {
            read.extend(self.peer(number).await?);
        }
        Ok((read, near))
    }

    /// Whether a peer is known to be in a language in which no definitions are read. Where the language could not
    /// be told, or there is no text, nothing says so.
    pub(super) fn has_other_languages(&self) -> bool {
        let holding = |language: &str| {
            self.snapshot.catalogue.holding_alone(&Condition::Field(Field::Language, language.to_owned()))
        };
        let read = defined_in().map(holding).fold(holding(NONE), |read, one| read | one);
        !self.peers.is_subset(&read)
    }

    /// A peer.
    pub(super) async fn peer(&self, number: u32) -> Result<Option<Arc<Peer>>, WebError> {
        peer(self.app, self.snapshot, number).await
    }

    /// A document as a peer of others, which it may be.
    pub(super) async fn own(&self, asked: Asked) -> Result<(Asked, Arc<Peer>), WebError> {
        let number = self.snapshot.catalogue.find(asked.document.id.as_str());
        match number.and_then(|number| self.snapshot.peers.get(&number)) {
            Some(held) => Ok((asked, held)),
            None => read(self.snapshot, asked).await,
        }
    }

    /// The codes of each dimension beside the peers.
    pub(super) fn dimensions(&self, texts: &Texts, binding: &DocumentSet) -> Vec<DimensionLines> {
        let by_dimension = self.codes.chunk_by(|a, b| a.dimension.id == b.dimension.id);
        by_dimension.filter_map(|codes| self.lines(codes, texts, binding)).collect()
    }

    fn lines(&self, codes: &[Spoken<'_>], texts: &Texts, binding: &DocumentSet) -> Option<DimensionLines> {
        let dimension = codes.first()?.dimension;
        let mut lines = DimensionLines {
            id: dimension.id.to_string(),
            name: dimension.name.clone(),
            spoken: vec![],
            missing: vec![],
        };
        for spoken in codes {
            let line = self.line(spoken, texts, binding);
            match (line.draft.positive, line.peers) {
                (true, _) => lines.spoken.push(line),
                (false, 1..) => lines.missing.push(line),
                (false, 0) => {}
            }
        }
        lines.missing.sort_by_key(|line| std::cmp::Reverse(line.peers));
        Some(lines)
    }

    fn line(&self, spoken: &Spoken<'_>, texts: &Texts, binding: &DocumentSet) -> CodeLine {
        let Texts { asked, read, .. } = texts;
        let Spoken { dimension, code, condition, speaking } = spoken;
        let draft = match coding(asked) {
            Some(mine) => Said::of(mine, dimension, code, &asked.document.id, language(asked)),
            None => Said::nothing(),
        };
        let key = format!("{}/{}", dimension.id, code.id);
        let mut nearest: Vec<(&Arc<Peer>, &Said)> =
            read.iter().filter_map(|peer| Some((peer, peer.said.get(&key)?))).collect();
        nearest.sort_by_key(|(_, said)| said.glyph != crate::view::Glyph::Full);
        let shown = nearest.into_iter().take(PASSAGES);
        CodeLine {
            code: code.id.to_string(),
            name: name(code),
            href: crate::address::code(dimension.id.as_str(), code.id.as_str()),
            trust: trust_of(self.snapshot, asked, dimension, code),
            draft,
            peers: speaking.len(),
            of: self.peers.len(),
            binding: speaking.intersection_len(binding),
            peers_href: crate::state::list_href(&self.filter.only(condition)),
            nearest: shown
                .map(|(peer, said)| PeerPassage { peer: peer.link.clone(), said: said.clone() })
                .collect(),
        }
    }
}
