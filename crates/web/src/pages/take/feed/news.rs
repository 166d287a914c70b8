//! What changed of a document, in words: its text, its catalogue data, its relations, its labels, what people decided.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{DocumentId, Value};
use lacuna_store::catalogue::{Catalogue, DocumentSet, Record};
use lacuna_store::{Change, FieldChange, LabelMove, Link, moves};

use crate::error::WebError;
use crate::state::{App, Snapshot};

/// Changes told of one document; older ones are left out.
const TOLD: usize = 6;
/// Labels or fields told of one change.
const LISTED: usize = 10;

/// When documents changed after they came, by number: few of a large corpus, so that a feed looks up few.
#[derive(Debug, Default)]
pub struct Changes {
    /// Catalogue data, relations or labels.
    changed: BTreeMap<u32, Timestamp>,
    /// What people decided on labels.
    decided: BTreeMap<u32, Timestamp>,
    /// All documents, the latest change first: a page of a feed shows a few of very many.
    order: Vec<u32>,
}

/// Of so few documents, those that changed last are found by looking at each; of more, by going through all in their order.
const FEW: u64 = 4_096;

impl Changes {
    /// The first `wanted` documents of a list, the latest change first.
    pub(crate) fn latest(&self, catalogue: &Catalogue, list: &DocumentSet, wanted: usize) -> Vec<u32> {
        if list.len() > FEW {
            return self.walked(list, wanted);
        }
        let mut latest = self.ordered(catalogue, list.iter());
        latest.truncate(wanted);
        latest
    }

    /// The first `wanted` documents of a list that come by in the order of all.
    pub(crate) fn walked(&self, list: &DocumentSet, wanted: usize) -> Vec<u32> {
        self.order.iter().copied().filter(|number| list.contains(*number)).take(wanted).collect()
    }

    /// Documents, the latest change first; those of one moment by their number.
    fn ordered(&self, catalogue: &Catalogue, numbers: impl Iterator<Item = u32>) -> Vec<u32> {
        let at = |record: Record<'_>| self.of(record).as_ref().map(News::at);
        let keyed = numbers.filter_map(|number| Some((Reverse(at(catalogue.record(number)?)), number)));
        let mut keyed: Vec<(Reverse<Option<Timestamp>>, u32)> = keyed.collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, number)| number).collect()
    }

    /// What came and changed of a document; `None` where nothing ever did.
    pub(super) fn of(&self, record: Record<'_>) -> Option<News> {
        let at = |times: &BTreeMap<u32, Timestamp>| times.get(&record.number()).copied();
        let version = record.arrived().map(|arrival| (arrival.at(), arrival.version));
        let news = News { version, changed: at(&self.changed), decided: at(&self.decided) };
        (news != News::default()).then_some(news)
    }
}

/// When what of a document came or changed last; at least one of them is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// Its current text, with the number of the version.
    version: Option<(Timestamp, u32)>,
    /// Catalogue data, relations or labels.
    changed: Option<Timestamp>,
    /// What people decided on its labels.
    decided: Option<Timestamp>,
}

impl News {
    /// The last of them all.
    pub(super) fn at(&self) -> Timestamp {
        let times = [self.version.map(|(at, _)| at), self.changed, self.decided];
        times.into_iter().flatten().max().unwrap_or_default()
    }
}

/// What changed, up to the moment of which the site tells.
pub(super) async fn changes(app: &App, snapshot: &Snapshot) -> Result<Changes, WebError> {
    let run = snapshot.run.as_ref().map(|run| &run.id);
    let changed = app.store().changed_at(run, app.now()).await;
    let decided = app.store().decided_at().await;
    let numbered = |times: BTreeMap<DocumentId, Timestamp>| {
        let known = times.into_iter();
        known.filter_map(|(id, at)| Some((snapshot.catalogue.find(id.as_str())?, at))).collect()
    };
    let mut changes = Changes {
        changed: numbered(changed.map_err(WebError::internal("read what changed"))?),
        decided: numbered(decided.map_err(WebError::internal("read when decisions came"))?),
        order: Vec::new(),
    };
    changes.order =
        changes.ordered(&snapshot.catalogue, 0..snapshot.catalogue.len().try_into().unwrap_or(u32::MAX));
    Ok(changes)
}

/// What changed of a document, the newest first, each with its day.
pub(super) async fn told(
    app: &App,
    snapshot: &Snapshot,
    id: &DocumentId,
    news: Option<News>,
) -> Result<String, WebError> {
    let Some(news) = news else { return Ok("Catalogued without a text.".to_owned()) };
    let mut all: Vec<(Timestamp, String)> = Vec::new();
    if let Some((at, number)) = news.version {
        let words = match number {
            1 => "New document with its text".to_owned(),
            _ => format!("The text changed: version {number}{}", relabelled(app, snapshot, id).await?),
        };
        all.push((at, words));
    }
    if news.changed.is_some() {
        let run = snapshot.run.as_ref().map(|run| &run.id);
        let changes = app.store().changes_of(id, run, app.now(), TOLD).await;
        for changed in changes.map_err(WebError::internal("read the changes of a document"))? {
            all.extend(in_words(snapshot, id, &changed.change).map(|words| (changed.at, words)));
        }
    }
    all.extend(news.decided.map(|at| (at, "People decided on its labels".to_owned())));
    all.sort_by_key(|(at, _)| Reverse(*at));
    all.truncate(TOLD);
    let told = all.iter().map(|(at, words)| format!("{}: {words}.", crate::view::day(*at)));
    Ok(told.collect::<Vec<_>>().join(" "))
}

/// What the new text did to the labels, where both texts are coded.
async fn relabelled(app: &App, snapshot: &Snapshot, id: &DocumentId) -> Result<String, WebError> {
    let Some(run) = snapshot.run.as_ref() else { return Ok(String::new()) };
    let Some(document) = app.document(id.as_str()).await? else { return Ok(String::new()) };
    let versions = app.versions(&document).await?;
    let [.., old, new] = versions.as_slice() else { return Ok(String::new()) };
    let before = app.outcome(&run.id, &old.text).await?;
    let after = app.outcome(&run.id, &new.text).await?;
    let Some(Outcome::Coded(after)) = after else { return Ok("; not classified yet".to_owned()) };
    let Some(Outcome::Coded(before)) = before else { return Ok(String::new()) };
    let moves = moves(&before, &after);
    if moves.is_empty() {
        return Ok("; its labels are as before".to_owned());
    }
    Ok(format!("; labels {}", labels(snapshot, &moves)))
}

fn in_words(snapshot: &Snapshot, id: &DocumentId, change: &Change) -> Option<String> {
    match change {
        Change::Catalogued => Some("Catalogued without a text".to_owned()),
        Change::Metadata(fields) => Some(format!("Catalogue data changed: {}", data(fields))),
        Change::Related(link) => related(snapshot, id, link),
        Change::Unrelated(link) => {
            related(snapshot, id, link).map(|words| format!("Holds no longer: {words}"))
        }
        Change::Labels(moves) => {
            let run = snapshot.run.as_ref().map_or("another run", |run| run.name.as_str());
            Some(format!("Coded anew by {run}; labels {}", labels(snapshot, moves)))
        }
    }
}

/// How it stands to another document; nothing where that one is not shown here.
fn related(snapshot: &Snapshot, id: &DocumentId, link: &Link) -> Option<String> {
    let (other, does) =
        if link.from == *id { (&link.to, link.kind.name()) } else { (&link.from, link.kind.inverse()) };
    let other =
        snapshot.catalogue.find(other.as_str()).and_then(|number| snapshot.catalogue.record(number))?;
    Some(format!("This {does} “{}” ({})", other.title(), other.id()))
}

fn data(fields: &[FieldChange]) -> String {
    let one = |field: &FieldChange| {
        let name = field.field.replace('_', " ");
        match (&field.before, &field.after) {
            (Some(before), Some(after)) => format!("{name} from “{before}” to “{after}”"),
            (None, Some(after)) => format!("{name} now “{after}”"),
            (Some(before), None) => format!("{name} no longer “{before}”"),
            (None, None) => name,
        }
    };
    listed(fields.iter().map(one))
}

/// Labels gained first, then those at another level, then those lost.
fn labels(snapshot: &Snapshot, moves: &[LabelMove]) -> String {
    let label = |moved: &LabelMove, value: &Value| {
        let dimension = snapshot.codebook.dimension(moved.dimension.as_str());
        let code = dimension.and_then(|d| d.code(moved.code.as_str()).map(|code| code.name.as_str()));
        let name = code.or(dimension.map(|d| d.name.as_str())).unwrap_or(moved.code.as_str()).to_owned();
        let level = match value {
            Value::Flag(_) => None,
            value => dimension.map(|d| d.value_name(value).to_owned()),
        };
        (name, level)
    };
    let with = |(name, level): (String, Option<String>)| match level {
        Some(level) => format!("{name} ({level})"),
        None => name,
    };
    let of = |wanted: fn(&LabelMove) -> bool| moves.iter().filter(move |moved| wanted(moved));
    let gained =
        of(|m| m.before.is_none()).filter_map(|m| m.after.as_ref().map(|value| with(label(m, value))));
    let lost = of(|m| m.after.is_none()).filter_map(|m| m.before.as_ref().map(|value| with(label(m, value))));
    let changed = of(|m| m.before.is_some() && m.after.is_some()).filter_map(|m| {
        let (name, after) = label(m, m.after.as_ref()?);
        let (_, before) = label(m, m.before.as_ref()?);
        Some(format!("{name} from {} to {}", before.unwrap_or_default(), after.unwrap_or_default()))
    });
    let parts = [
        ("gained", gained.collect::<Vec<_>>()),
        ("changed", changed.collect::<Vec<_>>()),
        ("lost", lost.collect::<Vec<_>>()),
    ];
    let told = parts.into_iter().filter(|(_, labels)| !labels.is_empty());
    let told = told.map(|(what, labels)| format!("{what}: {}", listed(labels.into_iter())));
    told.collect::<Vec<_>>().join("; ")
}

fn listed(items: impl ExactSizeIterator<Item = String>) -> String {
    let more = items.len().saturating_sub(LISTED);
    let mut words = items.take(LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        words.push_str(&format!(" and {more} more"));
    }
    words
}
