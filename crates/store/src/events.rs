//! The event log: what was tried and did not hold. Append only.

use jiff::Timestamp;
use lacuna_domain::{RunId, TextId};
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, Value, args};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A claim fell because its quotes are not in the text; the message is the `Rejection` as JSON.
    Rejected,
    /// A text failed; the message is the reason.
    Failed,
    /// A text was not coded on purpose; the message is the reason.
    Skipped,
    /// Words of a text that are addressed to its coder were withheld from a model; the message is the words.
    Withheld,
    /// A model's narrative contradicted its labels and was replaced; the message says what it said.
    Narrative,
    /// A label was lowered by a rule; the message says which and why.
    Lowered,
}

impl EventKind {
    const ALL: [Self; 6] =
        [Self::Rejected, Self::Failed, Self::Skipped, Self::Withheld, Self::Narrative, Self::Lowered];

    /// Stable identifier.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Withheld => "withheld",
            Self::Narrative => "narrative",
            Self::Lowered => "lowered",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Counts up in the order of writing.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What kind.
    pub kind: EventKind,
    /// In which run.
    pub run: Option<RunId>,
    /// On which text.
    pub text: Option<TextId>,
    /// What, as the kind says.
    pub message: String,
}

impl Store {
    /// The events of one kind in a run, oldest first, at most `limit`.
    pub async fn events_of_run(
        &self,
        run: &RunId,
        kind: EventKind,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT id, at, kind, run, text, message FROM events WHERE run = $1 AND kind = $2 ORDER BY id LIMIT $3";
        self.db.fetch(sql, args![run, kind.id(), limit as i64]).await?.iter().map(event).collect()
    }

    /// At most `limit` events after the one numbered `after` (0 for the first), oldest first.
    pub async fn events(&self, after: i64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT id, at, kind, run, text, message FROM events WHERE id > $1 ORDER BY id LIMIT $2";
        self.db.fetch(sql, args![after, limit as i64]).await?.iter().map(event).collect()
    }
}

/// The values of an event that is new.
pub(crate) fn values(
    kind: EventKind,
    run: &RunId,
    text: &TextId,
    message: &str,
    at: Timestamp,
) -> Vec<Value> {
    args![at, kind.id(), run, text, plain(message)]
}

/// Writes events, in order.
pub(crate) async fn append(tx: &mut Tx, events: Vec<Vec<Value>>) -> Result<(), StoreError> {
    tx.insert("INSERT INTO events (at, kind, run, text, message)", events, "").await
}

/// `message` without U+0000, which PostgreSQL cannot keep in text.
pub(crate) fn plain(message: &str) -> String {
    message.replace('\0', "\u{fffd}")
}

fn event(row: &Row) -> Result<Event, StoreError> {
    let word = row.text(2)?;
    let kind = EventKind::ALL.into_iter().find(|kind| kind.id() == word);
    Ok(Event {
        id: row.int(0)?,
        at: row.parse(1)?,
        kind: kind.ok_or_else(|| row.unreadable(2, format!("unknown kind {word:?}")))?,
        run: row.optional_text(3)?.map(|_| row.parse(3)).transpose()?,
        text: row.optional_text(4)?.map(|_| row.parse(4)).transpose()?,
        message: row.text(5)?.to_owned(),
    })
}
