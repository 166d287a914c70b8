//! A document beside the corpus as one table: codes, terms, amounts and shared wording, each row with the name of its part.
//! It holds what the page shows, within the page's limits.

use std::collections::BTreeMap;

use lacuna_domain::DocumentId;

use super::corpus::CorpusPage;
use super::texts::{MeasureLine, Placed};
use crate::error::WebError;
use crate::reply::csv_row;
use crate::state::App;

const COLUMNS: [&str; 16] = [
    "dimension",
    "code",
    "name",
    "draft",
    "draft_quote",
    "peers",
    "of_peers",
    "binding_peers",
    "fiction",
    "table",
    "draft_href",
    "peer",
    "peer_enactment",
    "peer_says",
    "peer_quote",
    "peer_href",
];

/// A row; what its part does not have is blank.
#[derive(Clone, Default)]
struct Row<'p> {
    table: &'static str,
    dimension: &'p str,
    code: &'p str,
    /// Of the code, the term or the measure.
    name: &'p str,
    /// The level of the draft, or its amount.
    draft: &'p str,
    draft_quote: &'p str,
    draft_href: &'p str,
    /// Peers of which it holds, peers looked at, and those of which it holds that bind today; of shared wording, peers whose
    /// text has all the words, and peers compared word by word.
    counts: [String; 3],
    peer_id: Option<&'p DocumentId>,
    peer: &'p str,
    peer_enactment: &'p str,
    /// The amount of the peer.
    peer_says: &'p str,
    peer_quote: &'p str,
    peer_href: &'p str,
}

impl<'p> Row<'p> {
    /// The row with the words of the draft.
    fn of_draft(self, own: &'p Placed) -> Self {
        Self { draft: &own.amount, draft_quote: &own.words, draft_href: &own.href, ..self }
    }

    /// The row with the words of a peer.
    fn of_peer(self, theirs: &'p Placed) -> Self {
        Self {
            peer_id: Some(&theirs.document),
            peer: &theirs.title,
            peer_enactment: theirs.enactment,
            peer_says: &theirs.amount,
            peer_quote: &theirs.words,
            peer_href: &theirs.href,
            ..self
        }
    }

    /// Its cells, with the addresses of the draft's words and of the peer's as the table has them.
    fn cells<'r>(&'r self, fiction: &'r str, [draft_href, peer_href]: [&'r str; 2]) -> [&'r str; 16] {
        let [peers, of_peers, binding_peers] = self.counts.each_ref().map(String::as_str);
        [
            self.dimension,
            self.code,
            self.name,
            self.draft,
            self.draft_quote,
            peers,
            of_peers,
            binding_peers,
            fiction,
            self.table,
            draft_href,
            self.peer,
            self.peer_enactment,
            self.peer_says,
            self.peer_quote,
            peer_href,
        ]
    }
}

/// The page as a table. Addresses name the version in which the words stand.
pub(super) async fn csv(app: &App, page: &CorpusPage) -> Result<String, WebError> {
    let rows: Vec<Row<'_>> =
        codes(page).chain(terms(page)).chain(amounts(page)).chain(shared(page)).collect();
    let peers = rows.iter().filter_map(|row| row.peer_id);
    let ids: Vec<DocumentId> = peers.chain([&page.draft.id]).cloned().collect();
    let versions = app.current_versions(&ids).await?;
    let versions: BTreeMap<&DocumentId, u32> =
        versions.iter().map(|version| (&version.document, version.number)).collect();
    let lasting = |id: Option<&DocumentId>, href: &str| match href {
        "" => String::new(),
        href => app.in_tables(&app.lasting(href, id.and_then(|id| versions.get(id).copied()))),
    };
    let mut out = String::new();
    csv_row(&mut out, COLUMNS);
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    for row in &rows {
        let (own, theirs) =
            (lasting(Some(&page.draft.id), row.draft_href), lasting(row.peer_id, row.peer_href));
        csv_row(&mut out, row.cells(fiction, [&own, &theirs]));
    }
    Ok(out)
}

fn codes(page: &CorpusPage) -> impl Iterator<Item = Row<'_>> {
    page.dimensions.iter().flat_map(|dimension| {
        dimension.spoken.iter().chain(&dimension.missing).map(move |line| Row {
            table: "codes",
            dimension: &dimension.id,
            code: &line.code,
            name: &line.name,
            draft: &line.draft.level,
            draft_quote: line.draft.quote.as_deref().unwrap_or_default(),
            draft_href: line.draft.href.as_deref().unwrap_or_default(),
            counts: [line.peers, line.of, line.binding].map(|count| count.to_string()),
            ..Row::default()
        })
    })
}

/// A row for each definition of a peer that the page shows, of a term at most three; one for a term that none of them
/// defines. `peers` counts all that define it.
fn terms(page: &CorpusPage) -> impl Iterator<Item = Row<'_>> {
    page.terms.iter().flat_map(|term| {
        let counts = [term.defining.to_string(), page.searched.to_string(), String::new()];
        let own = Row { table: "terms", name: &term.term, counts, ..Row::default() }.of_draft(&term.draft);
        let beside: Vec<Row<'_>> = term.peers.iter().map(|peer| own.clone().of_peer(peer)).collect();
        if beside.is_empty() { vec![own] } else { beside }
    })
}

/// A row for each amount of the draft, then one for each of the peers, as far as the page shows them: at most eight of
/// either side for a measure.
fn amounts(page: &CorpusPage) -> impl Iterator<Item = Row<'_>> {
    let of = |line: &MeasureLine| Row { table: "amounts", name: line.name, ..Row::default() };
    page.measures.iter().flat_map(move |line| {
        let own = line.draft.iter().map(move |own| of(line).of_draft(own));
        own.chain(line.peers.iter().map(move |theirs| of(line).of_peer(theirs)))
    })
}

/// A row for each run that the page shows, the longest forty.
fn shared(page: &CorpusPage) -> impl Iterator<Item = Row<'_>> {
    page.shared.iter().map(|line| Row {
        table: "shared",
        draft_quote: &line.words,
        draft_href: &line.href,
        counts: [line.having.to_string(), page.compared.to_string(), String::new()],
        peer_id: Some(&line.peer.id),
        peer: &line.peer.title,
        peer_enactment: line.peer.enactment,
        peer_href: &line.peer_href,
        ..Row::default()
    })
}
