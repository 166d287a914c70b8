//! How a document stands to others, what became of it, and when.

use jiff::civil::Date;
use lacuna_domain::document::Document;
use lacuna_domain::enactment::{DateKind, Enactment, Life, Position, StateSource};
use lacuna_domain::relation::{Relation, StatedDate};
use lacuna_domain::{DocumentId, RelationKind, Terms};
use lacuna_store::RelationBook;
use lacuna_store::catalogue::Catalogue;
use serde::Serialize;

use super::DocumentLink;
use super::graph::Graph;
use super::said::SaidEnded;
use crate::address;

/// One relation as its document's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RelationView {
    /// `revokes`, `amends`, …
    pub kind: &'static str,
    /// What this document does, or what is done to it.
    pub words: &'static str,
    /// Whether the other document does it to this one.
    pub incoming: bool,
    /// Title of the other document, or what is cited where the corpus has none.
    pub other: String,
    /// Id of the other document.
    pub other_id: Option<String>,
    /// Its page.
    pub href: Option<String>,
    /// Where it stands, for readers, where the corpus has it.
    pub enactment: Option<&'static str>,
    /// Whether it is no more.
    pub dead: bool,
    /// The part cited.
    pub provision: Option<String>,
    /// The words that say so.
    pub quote: Option<String>,
    /// The text page at those words.
    pub quote_href: Option<String>,
    /// `high`, `medium`, `low`.
    pub confidence: &'static str,
    /// Where it was found, for readers.
    pub source: &'static str,
}

/// A banner at the top of the page of a document whose life has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Banner {
    /// Such as "Revoked".
    pub state: &'static str,
    /// Since when.
    pub since: Option<String>,
    /// What did it, where known.
    pub by: Option<DocumentLink>,
    /// Who says so where no other document did it.
    pub says: &'static str,
    /// What its labels are now.
    pub labels: &'static str,
}

/// One entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moment {
    /// The day, or that none is recorded.
    pub date: String,
    /// What happened.
    pub what: String,
    /// Who says so.
    pub source: String,
    /// Where to read it.
    pub href: Option<String>,
}

/// Everything of the sort.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Related {
    /// A banner where the life has ended.
    pub banner: Option<Banner>,
    /// Others whose texts say that they ended it, though it is not dead for that.
    pub said_ended: Vec<SaidEnded>,
    /// The state on the day of the page, with what other documents did to this one and what its text sets.
    pub state: &'static str,
    /// Whether it is no more in that state.
    pub dead: bool,
    /// Who says so, for readers; empty where nobody does.
    pub state_by: &'static str,
    /// The same as tables have it: `catalogue: ` and its word, `own text`, or the id of the document that ended it.
    pub state_source: String,
    /// Relations, what ended it first.
    pub relations: Vec<RelationView>,
    /// The life in dates.
    pub timeline: Vec<Moment>,
    /// The neighbours as a picture.
    #[serde(skip)]
    pub graph: Option<Graph>,
}

impl Related {
    /// Everything about `document` on a day; documents that `catalogue` does not have are not named.
    pub fn of(
        document: &Document,
        book: &RelationBook,
        catalogue: &Catalogue,
        stated: &[StatedDate],
        on: Date,
    ) -> Self {
        let stated: Vec<StatedDate> =
            stated.iter().filter(|stated| stated.is_of(&document.id)).cloned().collect();
        let life = book.life(&document.id, &document.metadata, Terms::of(&stated));
        let link = |id: &DocumentId| catalogue.record_of(id.as_str()).and_then(DocumentLink::of_record);
        let mut relations: Vec<RelationView> =
            book.of(&document.id).filter_map(|r| RelationView::of(r, book, &document.id, &link)).collect();
        relations.sort_by_key(|relation| !relation.ends());
        let position = life.on(on);
        let dead = position.state.is_dead();
        let banner = dead.then(|| Banner::of(&position, &life, &link));
        let text = address::text(&document.id);
        let mut timeline: Vec<Moment> = life
            .steps()
            .iter()
            .filter(|step| step.state != Enactment::Unknown || step.date.is_some())
            .map(|step| {
                let (source, href) = match &step.source {
                    StateSource::Catalogue(word) => (format!("catalogue: “{word}”"), None),
                    StateSource::Document(by) => match link(by) {
                        Some(by) => (by.title, Some(by.href)),
                        None => ("another document".to_owned(), None),
                    },
                    StateSource::Text => ("its own text".to_owned(), Some(text.clone())),
                    StateSource::Nobody => ("not recorded".to_owned(), None),
                };
                let what = if step.state == Enactment::Unknown { "Dated" } else { step.state.name() };
                Moment { date: day(step.date), what: what.to_owned(), source, href }
            })
            .collect();
        let metadata = &document.metadata;
        for kind in [DateKind::AppliesFrom, DateKind::Retrieved] {
            if let Some(date) = life.date(kind, metadata) {
                let source = "catalogue".to_owned();
                timeline.push(Moment {
                    date: date.to_string(),
                    what: kind.name().to_owned(),
                    source,
                    href: None,
                });
            }
        }
        timeline.extend(stated.iter().map(|stated| Moment {
            date: stated.date.to_string(),
            what: format!("{} {}", if stated.whole { "The whole" } else { "A passage" }, stated.kind.name()),
            source: said(stated),
            href: Some(format!("{text}#p-{}", stated.passage.passage)),
        }));
        timeline.sort();
        let graph = Graph::of(document.metadata.title(), &relations);
        let (state, state_by) = (position.state.name(), said_by(&position.source));
        let state_source = position.told_by();
        let said_ended = SaidEnded::of(&document.id, &position, on, book, &link);
        Self { banner, said_ended, state, dead, state_by, state_source, relations, timeline, graph }
    }
}

impl Banner {
    fn of(ended: &Position, life: &Life, link: &dyn Fn(&DocumentId) -> Option<DocumentLink>) -> Self {
        // Only what was adopted is superseded or revoked; what is called defunct may be a bill that failed.
        let lived =
            ended.state != Enactment::Defunct || life.steps().iter().any(|step| step.state.in_force());
        Self {
            state: ended.state.name(),
            since: ended.since.map(|date| date.to_string()),
            by: match &ended.source {
                StateSource::Document(by) => link(by),
                _ => None,
            },
            says: match ended.source {
                StateSource::Text => "Its own text sets that day.",
                _ => "The catalogue says so; it does not say by what.",
            },
            labels: if lived {
                "Labels of an instrument that is no longer in force."
            } else {
                "Labels of an instrument that is no longer in force, or never was."
            },
        }
    }
}

/// Who says where an instrument stands, in words for readers.
pub(super) const fn said_by(source: &StateSource) -> &'static str {
    match source {
        StateSource::Document(_) => "by another document",
        StateSource::Catalogue(_) => "by the catalogue",
        StateSource::Text => "by its text",
        StateSource::Nobody => "",
    }
}

/// The words that state a day, and how it was counted where they do not give it outright.
fn said(stated: &StatedDate) -> String {
    let counted = stated.reckoned.as_ref().map(|reckoned| format!(" ({})", reckoned.words()));
    format!("text: “{}”{}", stated.passage.quote, counted.unwrap_or_default())
}

fn day(date: Option<Date>) -> String {
    date.map_or_else(|| "no date".to_owned(), |date| date.to_string())
}

/// Where the words of a relation can be read in the current text of its document; `None` where they cannot.
pub fn words_href(book: &RelationBook, relation: &Relation) -> Option<String> {
    book.readable(relation).map(|cited| address::passage(&relation.from, None, cited.passage))
}

impl RelationView {
    fn of(
        relation: &Relation,
        book: &RelationBook,
        own: &DocumentId,
        link: &dyn Fn(&DocumentId) -> Option<DocumentLink>,
    ) -> Option<Self> {
        let incoming = &relation.from != own;
        let other = if incoming { link(&relation.from) } else { relation.to.as_ref().and_then(link) };
        // A private document is not named, and neither is that there is one.
        if (incoming || relation.to.is_some()) && other.is_none() {
            return None;
        }
        Some(Self {
            kind: relation.kind.id(),
            words: if incoming { relation.kind.inverse() } else { relation.kind.name() },
            incoming,
            other: other.as_ref().map_or_else(|| relation.cited.clone(), |other| other.title.clone()),
            other_id: other.as_ref().map(|other| other.id.to_string()),
            enactment: other.as_ref().map(|other| other.enactment),
            dead: other.as_ref().is_some_and(|other| other.dead),
            href: other.map(|other| other.href),
            provision: relation.provision.clone(),
            quote: relation.passage.as_ref().map(|passage| passage.quote.clone()),
            quote_href: words_href(book, relation),
            confidence: relation.confidence.id(),
            source: match relation.source {
                lacuna_domain::relation::RelationSource::Text => "by the words of the text",
                lacuna_domain::relation::RelationSource::Catalogue => "by the catalogue",
                lacuna_domain::relation::RelationSource::Imported => "brought in by people",
            },
        })
    }

    /// Whether it is shown at once; the rest stands behind a summary.
    pub fn leads_inside(&self) -> bool {
        self.href.is_some()
    }

    /// Whether the kind ends the other's life.
    pub fn ends(&self) -> bool {
        matches!(RelationKind::from_id(self.kind), Some(RelationKind::Revokes | RelationKind::Supersedes))
    }
}
