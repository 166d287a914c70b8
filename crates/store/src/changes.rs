//! What changed of documents besides their texts, noted when it changes: catalogue data, relations, labels from one run
//! to the next. Append only. Feeds tell it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::relation::{Relation, RelationKind};
use lacuna_domain::run::Labeller;
use lacuna_domain::{CodeId, Coding, DimensionId, Document, DocumentId, Metadata, Run, RunId, TextId};
use lacuna_domain::{Value as Label, sha256_hex};
use serde::{Deserialize, Serialize};

use crate::catalogue::Labels;
use crate::db::Tx;
use crate::documents::of_texts;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, Value, args, json, list};

/// Codings compared at a time.
const PAGE: i64 = 250;
/// Characters of a value of catalogue data that are kept.
const SHORT: usize = 120;

/// What changed of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was catalogued without a text.
    Catalogued,
    /// Its catalogue data, field by field.
    Metadata(Vec<FieldChange>),
    /// A relation in which it stands came up.
    Related(Link),
    /// A relation in which it stood holds no longer.
    Unrelated(Link),
    /// Its labels, between the run that was shown before and the one that takes its place.
    Labels(Vec<LabelMove>),
}

/// A field of catalogue data with its values in short; a value is missing where there is none, or where it is long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Name of the field.
    pub field: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// Two documents and how one stands to the other: `from` KIND `to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The document that does something.
    pub from: DocumentId,
    /// What.
    pub kind: RelationKind,
    /// To which.
    pub to: DocumentId,
}

/// A label that one coding of a text has and another has not, or has with another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelMove {
    /// Dimension.
    pub dimension: DimensionId,
    /// Code; of a choice, the dimension itself; of an actor dimension, the role.
    pub code: CodeId,
    /// Before; `None` where nothing was claimed.
    pub before: Option<Label>,
    /// After; `None` where nothing is claimed.
    pub after: Option<Label>,
}

/// A change and when it was noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

/// The labels that differ between two codings, in the order of dimensions and codes.
pub fn moves(before: &Coding, after: &Coding) -> Vec<LabelMove> {
    differing(&Labels::from(before), &Labels::from(after))
}

fn differing(before: &Labels, after: &Labels) -> Vec<LabelMove> {
    let (before, after) = (before.claims(), after.claims());
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differs = keys.into_iter().filter(|key| before.get(key) != after.get(key));
    let one = |key: &(DimensionId, CodeId)| LabelMove {
        dimension: key.0.clone(),
        code: key.1.clone(),
        before: before.get(key).cloned(),
        after: after.get(key).cloned(),
    };
    differs.map(one).collect()
}

impl Store {
    /// When each document changed last up to `until`, its text apart; changes of labels are those that led to `run`.
    pub async fn changed_at(
        &self,
        run: Option<&RunId>,
        until: Timestamp,
    ) -> Result<BTreeMap<DocumentId, Timestamp>, StoreError> {
        let sql = "SELECT document, max(at) FROM changes WHERE (run IS NULL OR run = $1) AND at <= $2 \
                   GROUP BY document ORDER BY document";
        let rows = self.db.fetch(sql, args![run.map_or("", RunId::as_str), until]).await?;
        rows.iter().map(|row| Ok((row.parse(0)?, row.parse(1)?))).collect()
    }

    /// The changes of a document up to `until`, the newest first, at most `limit`.
    pub async fn changes_of(
        &self,
        document: &DocumentId,
        run: Option<&RunId>,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Changed>, StoreError> {
        let sql = "SELECT at, body FROM changes WHERE document = $1 AND (run IS NULL OR run = $2) AND at <= $3 \
                   ORDER BY at DESC, id LIMIT $4";
        let args = args![document, run.map_or("", RunId::as_str), until, limit as i64];
        let one = |row: &Row| Ok(Changed { at: row.parse(0)?, change: row.json(1)? });
        self.db.fetch(sql, args).await?.iter().map(one).collect()
    }

    /// Notes, before `run` takes the place of the run that is shown now, which labels of which documents will change by
    /// that. Work that was stopped may be done again.
    pub(crate) async fn note_labels(&self, run: &RunId) -> Result<(), StoreError> {
        let Some(after) = self.run(run).await?.filter(|run| run.labeller == Labeller::Machine) else {
            return Ok(());
        };
        let shown = self.newest_finished_run(&after.config.codebook).await?;
        let Some(before) = shown.filter(|shown| shown.id != after.id) else { return Ok(()) };
        let at = self.clock.now();
        let mut from = String::new();
        loop {
            let sql = "SELECT a.text, b.body, a.body FROM outcomes a JOIN outcomes b ON b.text = a.text \
                       WHERE a.run = $1 AND a.state = 'coded' AND b.run = $2 AND b.state = 'coded' AND a.text > $3 \
                       ORDER BY a.text LIMIT $4";
            let rows = self.db.fetch(sql, args![&after.id, &before.id, from.as_str(), PAGE]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            last.text(0)?.clone_into(&mut from);
            let mut tx = self.db.begin().await?;
            for row in &rows {
                let moves = differing(&row.packed_json(1)?, &row.packed_json(2)?);
                if !moves.is_empty() {
                    labels(&mut tx, &row.parse(0)?, (&before, &after), &moves, at).await?;
                }
            }
            tx.commit().await?;
        }
    }
}

/// Notes what happened to the labels of the documents that have a text now.
async fn labels(
    tx: &mut Tx,
    text: &TextId,
    (before, after): (&Run, &Run),
    moves: &[LabelMove],
    at: Timestamp,
) -> Result<(), StoreError> {
    let documents = tx.fetch(of_texts!(), list([Value::from(text)])).await?;
    let body = json(&Change::Labels(moves.to_vec()));
    let mut rows = Vec::new();
    for row in &documents {
        let document = row.text(1)?;
        let finished = before.finished_at.map(|at| at.to_string()).unwrap_or_default();
        let key = format!("{document}\n{}\n{}\n{finished}", before.id, after.id);
        rows.push(args![sha256_hex(key.as_bytes()), document, at, after.id.as_str(), body.as_str()]);
    }
    append(tx, rows).await
}

/// The row of a change that is no change of labels.
fn row(document: &DocumentId, at: Timestamp, change: &Change) -> Vec<Value> {
    let body = json(change);
    let key = format!("{document}\n{at:.9}\n{body}");
    args![sha256_hex(key.as_bytes()), document, at, Value::Null, body]
}

async fn append(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let head = "INSERT INTO changes (id, document, at, run, body)";
    tx.insert(head, rows, " ON CONFLICT (id) DO NOTHING").await
}

/// Notes that a document came without a text.
pub(crate) async fn catalogued(tx: &mut Tx, document: &DocumentId, at: Timestamp) -> Result<(), StoreError> {
    append(tx, vec![row(document, at, &Change::Catalogued)]).await
}

/// Notes what changed in the catalogue data of a document. Of a private one nothing is kept, and of one that was private
/// that it is so no longer.
pub(crate) async fn metadata(
    tx: &mut Tx,
    before: &Document,
    after: &Document,
    at: Timestamp,
) -> Result<(), StoreError> {
    if after.metadata.private {
        return Ok(());
    }
    let fields = if before.metadata.private {
        vec![FieldChange { field: "private".to_owned(), before: None, after: None }]
    } else {
        fields(&before.metadata, &after.metadata)
    };
    append(tx, vec![row(&after.id, at, &Change::Metadata(fields))]).await
}

fn fields(before: &Metadata, after: &Metadata) -> Vec<FieldChange> {
    let (before, after) = (flat(before), flat(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let short = |value: Option<&String>| value.filter(|v| v.chars().count() <= SHORT).cloned();
    let one = |name: &String| FieldChange {
        field: name.clone(),
        before: short(before.get(name)),
        after: short(after.get(name)),
    };
    differs.map(one).collect()
}

/// Catalogue data by field, columns of its source beside the fields; what is empty is left out.
fn flat(metadata: &Metadata) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let Ok(serde_json::Value::Object(all)) = serde_json::to_value(metadata) else { return fields };
    for (name, value) in all {
        match value {
            serde_json::Value::Object(columns) => {
                fields.extend(columns.iter().map(|(column, value)| (column.clone(), plain(value))));
            }
            value => _ = fields.insert(name, plain(&value)),
        }
    }
    fields.retain(|_, value| !value.is_empty());
    fields
}

/// A value as people read it; lists with commas, steps of a history as day and state.
fn plain(value: &serde_json::Value) -> String {
    use serde_json::Value::{Array, Bool, Null, Number, Object, String as Text};
    match value {
        Null | Bool(false) => String::new(),
        Bool(true) => "yes".to_owned(),
        Number(number) => number.to_string(),
        Text(text) => text.replace('_', " "),
        Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Object(parts) => {
            let parts = parts.values().map(plain).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(" ")
        }
    }
}

/// Notes the relations between documents that hold now and did not, and the other way round, with both documents.
pub(crate) async fn relations(
    tx: &mut Tx,
    before: &[Relation],
    after: &[Relation],
    at: Timestamp,
) -> Result<(), StoreError> {
    let (before, after) = (links(before), links(after));
    let came = after.difference(&before).map(|link| (link, Change::Related(link.clone())));
    let went = before.difference(&after).map(|link| (link, Change::Unrelated(link.clone())));
    let both = came.chain(went);
    let rows = both.flat_map(|(link, change)| [row(&link.from, at, &change), row(&link.to, at, &change)]);
    append(tx, rows.collect()).await
}

fn links(relations: &[Relation]) -> BTreeSet<Link> {
    let link = |r: &Relation| {
        let to = r.to.clone().filter(|to| *to != r.from)?;
        Some(Link { from: r.from.clone(), kind: r.kind, to })
    };
    relations.iter().filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use lacuna_domain::enactment::Enactment;

    use super::*;

    #[test]
    fn fields_that_differ_are_named_with_short_values_only() {
        let before = Metadata {
            official_name: "Register Act".to_owned(),
            enactment: Enactment::Proposed,
            extra: [("Tags".to_owned(), "audit".to_owned())].into(),
            ..Metadata::default()
        };
        let after = Metadata {
            enactment: Enactment::InForce,
            long_summary: Some("long ".repeat(100)),
            collections: vec!["Towns".to_owned(), "Ports".to_owned()],
            extra: BTreeMap::new(),
            ..before.clone()
        };
        let told = fields(&before, &after);
        let told: Vec<_> =
            told.iter().map(|f| (f.field.as_str(), f.before.as_deref(), f.after.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("Tags", Some("audit"), None),
                ("collections", None, Some("Towns, Ports")),
                ("enactment", Some("proposed"), Some("in force")),
                ("long_summary", None, None),
            ]
        );
    }
}
