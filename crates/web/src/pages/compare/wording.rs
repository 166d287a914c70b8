//! Wording and definitions of all documents, looked through as a whole: which peers of a draft share wording with it,
//! and what they say its terms mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::{DocumentId, Text, TextId};
use lacuna_pipeline::analyze::drafting::{self, Definition, Print, Prints, TEXTS, Wording};
use lacuna_store::catalogue::{Catalogue, DocumentSet};

use super::peers::Draft;
use super::texts::{DEFINITIONS, Peer, Placed};
use crate::error::WebError;
use crate::limits::aside;
use crate::reading::Reading;
use crate::state::{App, Snapshot};

/// Most bytes of text that are looked through as a whole; their fingerprints take about 3 bytes for 8 of text.
const LARGEST: u64 = 128 * 1024 * 1024;
/// Texts read at a time: few, since pages wait meanwhile.
const BATCH: usize = 16;
/// Texts compared with a draft word by word.
const COMPARED: usize = 24;
/// What is being done, for the log.
const LOOKING: &str = "look through the wording of the corpus";

/// Wording and definitions of every document of a snapshot.
#[derive(Debug)]
pub struct CorpusWording {
    prints: Prints,
    terms: Terms,
    /// Documents of each text, by its number.
    documents: Vec<Vec<u32>>,
}

/// What texts say terms mean, by language and term.
type Terms = BTreeMap<(&'static str, String), Vec<Defined>>;

/// What one text says a term means.
#[derive(Debug)]
struct Defined {
    text: u32,
    passage: u32,
    words: Box<str>,
}

impl Defined {
    /// As it stands in a document that has the text.
    fn placed(&self, catalogue: &Catalogue, document: u32) -> Option<Placed> {
        let record = catalogue.record(document)?;
        let id: DocumentId = record.id().parse().ok()?;
        Some(Placed {
            words: self.words.to_string(),
            amount: String::new(),
            title: record.title().to_owned(),
            enactment: record.enactment().name(),
            dead: record.enactment().is_dead(),
            href: crate::address::passage(&id, None, self.passage),
            document: id,
        })
    }
}

/// What was read of the texts so far.
#[derive(Default)]
struct Read {
    prints: Vec<Print>,
    terms: Terms,
}

impl Read {
    fn take(&mut self, number: u32, text: Text) {
        let reading = Reading::of(text);
        let text = &reading.text;
        self.prints.extend(Wording::of(&text.content).prints(number));
        for found in drafting::definitions(&text.content, &reading.passages, text.language.as_deref()) {
            let defined = Defined { text: number, passage: found.passage, words: found.words.into() };
            self.terms.entry((found.language, found.term)).or_default().push(defined);
        }
    }
}

impl Snapshot {
    /// Wording and definitions of all documents, read by whoever asks first; `None` where the texts are too many.
    pub(crate) async fn wording(&self, app: &App) -> Result<Option<&Arc<CorpusWording>>, WebError> {
        Ok(self.wording.get_or_try_init(|| read(app, self)).await?.as_ref())
    }
}

async fn read(app: &App, snapshot: &Snapshot) -> Result<Option<Arc<CorpusWording>>, WebError> {
    if !can_be_read(&snapshot.catalogue) {
        return Ok(None);
    }
    let documents = crate::gathered::documents(app, snapshot).await?;
    let (ids, documents): (Vec<TextId>, Vec<Vec<u32>>) = documents.into_iter().unzip();
    let mut read = Read::default();
    for batch in ids.chunks(BATCH) {
        let texts = app.store().texts(batch).await;
        let texts = texts.map_err(WebError::internal("read texts for their wording"))?;
        let numbered = |text: Text| Some((ids.binary_search(&text.id).ok()? as u32, text));
        let texts: Vec<(u32, Text)> = texts.into_iter().filter_map(numbered).collect();
        let take = move || {
            for (number, text) in texts {
                read.take(number, text);
            }
            read
        };
        read = aside(LOOKING, take).await?;
    }
    let whole = move || CorpusWording { prints: Prints::of(read.prints), terms: read.terms, documents };
    Ok(Some(Arc::new(aside(LOOKING, whole).await?)))
}

fn can_be_read(catalogue: &Catalogue) -> bool {
    let records = (0..catalogue.len() as u32).filter_map(|number| catalogue.record(number));
    let bytes: u64 = records.map(|record| u64::from(record.text_bytes())).sum();
    bytes <= LARGEST && catalogue.len() <= TEXTS as u64
}

impl CorpusWording {
    /// The documents of a text that are among the peers, in order.
    fn with_text(&self, text: u32, peers: &DocumentSet) -> impl Iterator<Item = u32> {
        let documents = self.documents.get(text as usize).into_iter().flatten().copied();
        documents.filter(move |document| peers.contains(*document))
    }

    /// Peers that may share wording, the best first: of each text the first peer that has it, and how many others do.
    fn candidates(&self, own: &Wording, peers: &DocumentSet) -> Vec<(u32, u64)> {
        let among = |text| self.with_text(text, peers).next().is_some();
        let texts = self.prints.sharing(own, among, COMPARED).into_iter();
        let first = |text| {
            let mut with = self.with_text(text, peers);
            Some((with.next()?, with.count() as u64))
        };
        texts.filter_map(first).collect()
    }

    /// What the peers of a draft say in its language that the term `mine` means, those nearest to the draft first and
    /// each text once, as far as there is room; and how many peers define it.
    pub(super) fn defining(
        &self,
        mine: &Definition,
        draft: &Draft<'_>,
        alike: &[(u32, f64)],
    ) -> (Vec<Placed>, u64) {
        let mut peers = 0;
        let mut found: Vec<(usize, u32, &Defined)> = Vec::new();
        for defined in self.terms.get(&(mine.language, mine.term.clone())).into_iter().flatten() {
            let mut with = self.with_text(defined.text, &draft.peers);
            let Some(first) = with.next() else { continue };
            peers += 1 + with.count() as u64;
            let near = alike.iter().position(|(number, _)| *number == first);
            found.push((near.unwrap_or(usize::MAX), first, defined));
        }
        found.sort_unstable_by_key(|(near, first, _)| (*near, *first));
        let placed =
            |(_, first, defined): (usize, u32, &Defined)| defined.placed(&draft.snapshot.catalogue, first);
        (found.into_iter().filter_map(placed).take(DEFINITIONS).collect(), peers)
    }
}

/// A peer that is compared with a draft word by word.
pub(super) struct Compared {
    pub(super) peer: Arc<Peer>,
    /// Other peers with the very same text.
    pub(super) same: u64,
}

/// Where wording of a draft was looked for among its peers.
pub(super) struct Sharing {
    /// Peers compared word by word, one of each text.
    pub(super) read: Vec<Compared>,
    /// Peers whose texts were looked through.
    pub(super) searched: u64,
    /// Of those, peers that have as many words of the draft in a row as a fingerprint is made of.
    pub(super) candidates: u64,
    /// Of those, peers whose text was compared word by word.
    pub(super) compared: u64,
}

impl Sharing {
    /// The nearest peers alone, all of them compared.
    fn nearest(near: &[Arc<Peer>]) -> Self {
        let read = near.iter().map(|peer| Compared { peer: Arc::clone(peer), same: 0 }).collect();
        let count = near.len() as u64;
        Self { read, searched: count, candidates: count, compared: count }
    }
}

impl Draft<'_> {
    /// Looks for the peers that share wording with the draft: among all of them, or among the nearest alone where the
    /// corpus is too large.
    pub(super) async fn sharing(
        &self,
        corpus: Option<&Arc<CorpusWording>>,
        own: &Arc<Peer>,
        near: &[Arc<Peer>],
    ) -> Result<Sharing, WebError> {
        let Some(corpus) = corpus.cloned() else { return Ok(Sharing::nearest(near)) };
        let (own, peers) = (Arc::clone(own), self.peers.clone());
        let candidates = aside(LOOKING, move || corpus.candidates(&own.wording, &peers)).await?;
        let mut sharing = Sharing {
            read: vec![],
            searched: self.peers.len(),
            candidates: candidates.iter().map(|(_, same)| same + 1).sum(),
            compared: 0,
        };
        for (number, same) in candidates.into_iter().take(COMPARED) {
            if let Some(peer) = self.peer(number).await? {
                sharing.compared += same + 1;
                sharing.read.push(Compared { peer, same });
            }
        }
        Ok(sharing)
    }
}
