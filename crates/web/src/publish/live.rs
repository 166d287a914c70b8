//! Links of a page become links between files. What only a server answers becomes plain text; any other address that is
//! not published is a page that went missing, and the publication fails of it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use lacuna_domain::filter::decode;

use super::edition::{Edition, TABLES};
use super::links::rewritten;
use crate::address::is_below;
use crate::error::WebError;
use crate::past::without_present;
use crate::state::Snapshot;

/// Addresses below which every answer is made for whoever asks: any chart, any comparison, a feed, a frame, a desk, what
/// programs read, what explains the server, pages of names, and those of duties for which no sentence stands.
const LIVE: [&str; 12] = [
    "/explore",
    "/compare",
    "/feed",
    "/embed",
    "/review",
    "/reports",
    "/drafts",
    "/api",
    "/docs",
    "/healthz",
    "/actors/entities",
    "/actors/duties",
];
/// How addresses end at which readers write something.
const WRITTEN: [&str; 2] = ["/correction", "/report"];
/// Pages of every run and every release; a published release has but its own.
const OF_ALL: [&str; 3] = ["/runs", "/agreement", "/releases"];
/// Pages that are drawn from two runs.
const BESIDE: &str = "/beside/";
/// Endings of a page as data.
const DATA: [&str; 5] = [".json", ".csv", ".jsonl", ".xlsx", ".parquet"];
/// Data whose page has another address, or none.
const ELSEWHERE: [&str; 3] = ["/overview", "/judgements", "/gaps/places"];

/// Leads the links of one edition.
#[derive(Debug)]
pub(super) struct Leader {
    snapshot: Arc<Snapshot>,
    of_release: bool,
    known: BTreeSet<String>,
    /// Addresses of the duties for which sentences stand: they are published, whatever else is live beside them.
    duties: BTreeSet<String>,
    lost: Vec<String>,
}

impl Leader {
    /// For an edition of which the addresses `known` are published.
    pub(super) async fn new(edition: &Edition, known: BTreeSet<String>) -> Result<Self, WebError> {
        Ok(Self {
            snapshot: edition.app.snapshot(),
            of_release: edition.release().is_some(),
            known,
            duties: edition.of_duties().await?.into_iter().collect(),
            lost: Vec::new(),
        })
    }

    /// The markup of the file `own` with its links leading to files; there is no present page beside one of a release.
    pub(super) fn led(&mut self, body: &[u8], own: &str) -> Vec<u8> {
        let mut html = String::from_utf8_lossy(body);
        if self.of_release {
            html = Cow::Owned(without_present(&html));
        }
        let (html, dropped) = rewritten(&html, own, &self.known);
        let lost = dropped.iter().filter(|address| !self.is_live(address));
        let lost: Vec<String> = lost.map(|address| format!("{own} → {address}")).collect();
        self.lost.extend(lost);
        html.into_bytes()
    }

    /// Links to pages that should have been published and were not, each as `page → address`.
    pub(super) fn lost(self) -> Vec<String> {
        self.lost
    }

    /// Whether only a server answers an address.
    fn is_live(&self, address: &str) -> bool {
        let whole = address.split('#').next().unwrap_or_default();
        let (path, query) = whole.split_once('?').map_or((whole, None), |(path, query)| (path, Some(query)));
        let below = |starts: &[&str]| starts.iter().any(|start| is_below(path, start));
        // Another set, version or order of a page that is here.
        (query.is_some() && self.known.contains(path))
            || (below(&LIVE) && !self.duties.contains(path))
            || (self.of_release && below(&OF_ALL))
            || path.starts_with("/releases/")
            || path.contains(BESIDE)
            || WRITTEN.iter().any(|end| path.ends_with(*end))
            || self.is_data(path, query)
            || self.is_of_other_codebook(path)
    }

    /// Whether an address is that of a page as data; the tables that lie beside the pages are none, those of runs among them.
    fn is_data(&self, path: &str, query: Option<&str>) -> bool {
        let found = DATA.iter().find_map(|ending| Some((path.strip_suffix(*ending)?, *ending)));
        let Some((stem, ending)) = found else { return false };
        let table = if ending == ".json" { stem.strip_suffix(".rows") } else { Some(stem) };
        let of_run = ending == ".csv" && stem.starts_with("/runs/");
        let lies_here = query.is_none() && (of_run || table.is_some_and(|table| TABLES.contains(&table)));
        let page = table.unwrap_or(stem);
        !lies_here && (self.known.contains(page) || ELSEWHERE.contains(&page))
    }

    /// Whether an address is that of what only a codebook defines whose labels are not shown: that of an imported file,
    /// or an earlier one.
    fn is_of_other_codebook(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix("/codes/") else { return false };
        let (dimension, code) = rest.split_once('/').map_or((rest, None), |(d, code)| (d, Some(code)));
        let (dimension, code) = (decode(dimension), code.map(decode));
        let defines = |codebook: &lacuna_domain::Codebook| {
            let found = codebook.dimension_at(&dimension);
            found.is_some_and(|found| code.as_deref().is_none_or(|code| found.code(code).is_some()))
        };
        let shown = &self.snapshot.codebook;
        !defines(shown) && self.snapshot.codebooks.iter().any(|codebook| defines(codebook))
    }
}
