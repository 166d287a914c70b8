//! From a filter to documents: the catalogue's bitmaps, and the search index where there are words.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::HeaderValue;
use lacuna_domain::{Codebook, DocumentId, Filter, RunId};
use lacuna_store::Store;
use lacuna_store::catalogue::{Audience, Catalogue, Record, Selection};
use lacuna_store::search::{self, Search, SearchError, SearchIndex};
use tokio::sync::OnceCell;

use crate::address;
use crate::error::WebError;
use crate::limits::aside;
use crate::outliving::outliving;
use crate::pages::documents::row::{Piece, Snippet};
use crate::params::Params;
use crate::reply;
use crate::state::Snapshot;

/// What a filter found.
#[derive(Debug)]
pub struct Found {
    /// The documents.
    pub selection: Selection,
    /// What cannot be read in the words; then no document passes.
    pub problem: Option<String>,
    /// Where words were looked for, how they were understood, and the index that answered.
    words: Option<(search::Found, Arc<Opened>)>,
}

impl Found {
    /// The documents that pass another filter with the same words.
    pub(crate) fn among(&self, catalogue: &Catalogue, filter: &Filter) -> Selection {
        catalogue.select(filter, self.words.as_ref().map(|(words, _)| &words.matches))
    }

    /// The same where the words can be read; an error for those to whom nothing found would read as a finding.
    pub fn readable(self) -> Result<Self, WebError> {
        if let Some(problem) = &self.problem {
            return Err(WebError::BadRequest(format!("q: {problem}")));
        }
        Ok(self)
    }
}

/// Words to documents. The index is opened, or made when it is missing or old, in a task that outlives whoever asks first:
/// the server's own watcher does so as soon as it runs. One that fails over its bytes is forgotten once, and then opened
/// with every byte checked, or made again.
#[derive(Debug)]
pub struct Finder {
    store: Store,
    opened: RwLock<Arc<Opened>>,
    /// Whether the index is of the texts that are shown.
    present: bool,
}

/// The index, once somebody asked for it.
#[derive(Debug, Default)]
struct Opened {
    index: OnceCell<Arc<SearchIndex>>,
    /// The index joined to the catalogue.
    search: OnceCell<Search>,
    /// Whether the one before it failed over its bytes.
    doubted: bool,
}

/// How long a reader waits for an index that is being made.
const PATIENCE: Duration = Duration::from_secs(8);
/// Passages shown of one document.
const PASSAGES: usize = 3;

/// Why words find nothing in the map of a release.
const PAST: &str =
    "words are looked for in the present texts only; search the present map, or leave the words out";

impl Finder {
    /// The finder over what `store` holds.
    pub fn new(store: &Store) -> Self {
        Self { store: store.clone(), opened: RwLock::default(), present: true }
    }

    /// The finder for the documents of a release, which looks for no words: the index is of the present texts.
    pub fn of_release(store: &Store) -> Self {
        Self { present: false, ..Self::new(store) }
    }

    fn opened(&self) -> Arc<Opened> {
        Arc::clone(&self.opened.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the index of the store, which is opened or made whether or not somebody still waits.
    pub async fn ready(&self, catalogue: &Catalogue) -> Result<(), WebError> {
        let opened = self.opened();
        let joined = async {
            let (store, shared) = (self.store.clone(), Arc::clone(&opened));
            let made =
                async move { shared.index.get_or_try_init(|| open(&store, shared.doubted)).await.cloned() };
            Ok::<_, WebError>(Search::new(outliving(made).await?, catalogue))
        };
        let search = opened.search.get_or_try_init(|| joined).await;
        search.map(|_| ())
    }

    /// Waits for the index where `filter` has words to look for in it. A reader who comes while it is being made waits for
    /// some seconds and is then told so.
    pub async fn ready_for(&self, catalogue: &Catalogue, filter: &Filter) -> Result<(), WebError> {
        if !self.present || filter.words.trim().is_empty() || self.opened().search.initialized() {
            return Ok(());
        }
        tokio::time::timeout(PATIENCE, self.ready(catalogue)).await.unwrap_or_else(|_| Err(being_made()))
    }

    /// What is told of an index that failed. Where its bytes may be at fault it is forgotten, for the server's watcher
    /// or the next reader to look at; one that was looked at already is not, or each failure would have it read through.
    fn failed(&self, opened: &Arc<Opened>, doing: &'static str, error: SearchError) -> WebError {
        if opened.doubted || !error.may_be_damage() {
            return WebError::internal(doing)(error);
        }
        tracing::warn!(%error, "the search index is looked at again");
        let mut present = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&present, opened) {
            *present = Arc::new(Opened { doubted: true, ..Opened::default() });
        }
        being_made()
    }

    /// The documents that pass `filter`, after [`ready_for`](Self::ready_for). Takes milliseconds; for a thread that may
    /// block.
    pub fn find(&self, catalogue: &Catalogue, filter: &Filter) -> Result<Found, WebError> {
        if filter.words.trim().is_empty() {
            return Ok(Found { selection: catalogue.select(filter, None), problem: None, words: None });
        }
        if !self.present {
            let selection = catalogue.select(filter, None);
            return Ok(Found { selection, problem: Some(PAST.to_owned()), words: None });
        }
        let opened = self.opened();
        // Forgotten since it was ready, it is about to be made.
        let search = opened.search.get().ok_or_else(being_made)?;
        let (words, problem) = match search.find(catalogue, &filter.words, filter.on) {
            Ok(words) => (Some(words), None),
            Err(SearchError::Query(query)) => (None, Some(format!("cannot read the words: {query}"))),
            Err(other) => return Err(self.failed(&opened, "search", other)),
        };
        let selection = catalogue.select(filter, words.as_ref().map(|words| &words.matches));
        Ok(Found { selection, problem, words: words.map(|words| (words, opened)) })
    }

    /// The passages of a document in which the words stand, the best first; none without words, and where they stand in
    /// its title only.
    pub fn snippets(&self, found: &Found, number: u32, id: &str) -> Result<Vec<Snippet>, WebError> {
        let (Some((words, opened)), Ok(id)) = (&found.words, id.parse::<DocumentId>()) else {
            return Ok(vec![]);
        };
        let Some(search) = opened.search.get() else { return Ok(vec![]) };
        let hits = search
            .passages(words, number, PASSAGES)
            .map_err(|error| self.failed(opened, "cut a snippet", error))?;
        let shown = hits.into_iter().map(|hit| Snippet {
            href: address::passage(&id, None, hit.passage),
            place: hit.heading,
            before: hit.snippet.cut_before,
            after: hit.snippet.cut_after,
            pieces: pieces(&hit.snippet.text, &hit.snippet.marks),
        });
        Ok(shown.collect())
    }
}

async fn open(store: &Store, doubted: bool) -> Result<Arc<SearchIndex>, WebError> {
    let segment = lacuna_pipeline::segment::segment;
    let on_disk = match store.location().folder().map(|data| data.join("index")) {
        None => None,
        Some(folder) if doubted => Some(SearchIndex::mend(store, &folder, segment).await),
        Some(folder) => Some(SearchIndex::refresh(store, &folder, segment).await),
    };
    let on_disk = on_disk.and_then(|index| {
        index.inspect_err(|error| tracing::warn!(%error, "the search index is kept in memory")).ok()
    });
    let index = match on_disk {
        Some(index) => index,
        None => SearchIndex::in_memory(store, segment)
            .await
            .map_err(WebError::internal("make the search index"))?,
    };
    Ok(Arc::new(index))
}

fn being_made() -> WebError {
    let told = "the search index is being made; pages without words in their filter are ready";
    WebError::NotReady(told.to_owned())
}

fn pieces(text: &str, marks: &[(usize, usize)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |from: usize, to: usize, hit: bool| {
        if let Some(words) = text.get(from..to).filter(|w| !w.is_empty()) {
            pieces.push(Piece { text: words.to_owned(), hit });
        }
    };
    let mut done = 0;
    for (start, end) in marks {
        push(done, *start, false);
        push(*start, *end, true);
        done = *end;
    }
    push(done, text.len(), false);
    pieces
}

/// Refuses a filter that names an own column which the catalogue does not have, for programs, feeds and pictures: nothing
/// found would read as a finding. A page for readers says so itself, beside the way to drop the condition.
pub fn known_columns(snapshot: &Snapshot, filter: &Filter) -> Result<(), WebError> {
    let checked = snapshot.catalogue.check_columns(filter);
    checked.map_err(|unknown| WebError::BadRequest(unknown.to_string()))
}

/// What `draw` makes of the documents that pass a filter, on a thread that may block. Words that cannot be read are an
/// error; of an unknown column a page for readers tells itself.
pub(crate) async fn drawn<T: Send + 'static>(
    snapshot: &Arc<Snapshot>,
    filter: Filter,
    for_readers: bool,
    draw: impl FnOnce(&Arc<Snapshot>, &Found) -> Result<T, WebError> + Send + 'static,
) -> Result<T, WebError> {
    if !for_readers {
        known_columns(snapshot, &filter)?;
    }
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let snapshot = Arc::clone(snapshot);
    let find = move || {
        let found = snapshot.finder.find(&snapshot.catalogue, &filter)?.readable()?;
        draw(&snapshot, &found)
    };
    aside("draw what was found", find).await?
}

/// The documents that pass the filter of an address, by their numbers, in its order, with the tag of a table of them that is
/// made of `more` too; for tables, where words that cannot be read are an error.
pub async fn listed(
    snapshot: &Arc<Snapshot>,
    params: Params,
    more: String,
) -> Result<(Vec<u32>, HeaderValue), WebError> {
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    // Putting very many in order and hashing their ids takes a while; other requests go on meanwhile.
    drawn(snapshot, filter, false, move |snapshot, found| {
        let numbers = snapshot.catalogue.in_order(&found.selection);
        let ids = numbers.iter().filter_map(|number| snapshot.catalogue.record(*number)).map(Record::id);
        let tag = reply::tag_of_rows(snapshot, snapshot.run.as_ref(), ids.chain([more.as_str()]))?;
        Ok((numbers, tag))
    })
    .await
}

/// The catalogue of what the public may see.
pub async fn catalogue(
    store: &Store,
    codebook: &Codebook,
    run: Option<&RunId>,
) -> Result<Catalogue, WebError> {
    Catalogue::load(store, run, codebook, Audience::Public)
        .await
        .map_err(WebError::internal("build the catalogue"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{StatusCode, header};

    use crate::tests::Site;

    #[tokio::test]
    async fn while_the_index_is_made_words_are_told_to_come_back_and_other_pages_answer() {
        let site = Site::new().await;
        let opened = site.app.snapshot().finder.opened();
        let making = tokio::spawn(async move {
            let _ = opened.search.get_or_try_init(std::future::pending::<Result<_, ()>>).await;
        });
        tokio::task::yield_now().await;
        tokio::time::pause();
        let early = site.get("/documents?q=incident").await;
        tokio::time::resume();
        assert_eq!(early.status, StatusCode::SERVICE_UNAVAILABLE, "{}", early.body);
        assert_eq!(early.headers.get(header::RETRY_AFTER).unwrap(), "10");
        assert!(early.body.contains("the search index is being made"), "{}", early.body);
        assert_eq!(site.get("/documents").await.status, StatusCode::OK);
        // Whoever made it went away, and the next reader makes it.
        making.abort();
        assert_eq!(site.get("/documents.json?q=incident").await.json()["total"], 2);
    }

    #[tokio::test]
    async fn an_index_is_made_to_its_end_though_who_asked_for_it_went_away() {
        let site = Site::new().await;
        let snapshot = site.app.snapshot();
        let opened = snapshot.finder.opened();
        tokio::select! {
            biased;
            ready = snapshot.finder.ready(&snapshot.catalogue) => panic!("{ready:?} at once"),
            () = std::future::ready(()) => {}
        }
        let made = async {
            while !opened.index.initialized() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), made).await.expect("nobody goes on making it");
    }
}
