//! Releases: what the map says on one day, cut into files that never change, and what changed between two of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::{Document, Run, sha256_hex};
use lacuna_store::{Inventory, Release, ReleaseFile, Store};
use serde::Serialize;

use super::export::{self, DateRow, EXTRA, ExportError, ExportValue, Format, JudgementRow, Scope};
use super::export::{armed, defused};
use crate::analyze::relations::write_relations;

/// Columns of `labels.csv` in a release: positive labels only, each with its strongest quote.
pub const LABEL_COLUMNS: [&str; 10] = [
    "document",
    "dimension",
    "code",
    "value",
    "level",
    "confidence",
    "probability",
    "entity",
    "quote",
    "passage",
];

/// The file of a release that holds its [`Inventory`](lacuna_store::Inventory), from which its pages are drawn again.
pub const INVENTORY: &str = "inventory.json";

/// Cuts a release of what the public may see, and says whether it is new: unchanged data on the same day make none. It is not
/// older than the labels that it holds, though they come from a machine whose clock is ahead.
pub async fn cut(
    store: &Store,
    run: Option<&Run>,
    note: &str,
    at: Timestamp,
) -> Result<(Release, bool), ExportError> {
    let labelled = match run {
        Some(run) => store.last_outcome_at(&run.id).await?,
        None => None,
    };
    let at = labelled.map_or(at, |labelled| at.max(labelled));
    // What is coded or decided while the files are written comes after the release, in its files as in its map.
    let (files, documents, labels) = files(&store.as_of(at), run).await?;
    let described: Vec<ReleaseFile> = files
        .iter()
        .map(|(name, content)| ReleaseFile {
            name: name.clone(),
            sha256: sha256_hex(content.as_bytes()),
            bytes: content.len() as u64,
            rows: if name == INVENTORY { documents } else { rows(content) },
        })
        .collect();
    let parts: Vec<String> = described.iter().map(|file| format!("{} {}", file.sha256, file.name)).collect();
    let content = sha256_hex(parts.join("\n").as_bytes());
    let release = Release {
        id: format!("{}-{}", at.strftime("%Y-%m-%d"), &content[..8]),
        at,
        content,
        run: run.map(|run| run.id.to_string()),
        codebook: run.map_or_else(String::new, |run| {
            format!("{} {}", run.config.codebook, run.config.codebook_version)
        }),
        documents,
        labels,
        note: note.to_owned(),
        files: described,
    };
    let known = store.releases().await?.into_iter().find(|known| known.content == release.content);
    if let Some(known) = known {
        return Ok((known, false));
    }
    let new = store.put_release(&release, &files).await?;
    Ok((release, new))
}

/// The files of a release, with how many documents and positive labels they hold.
async fn files(store: &Store, run: Option<&Run>) -> Result<(Vec<(String, String)>, u64, u64), ExportError> {
    let mut table = Vec::new();
    let written = export::documents(store, run, Scope::All, Format::Csv, &mut table).await?;
    let documents = text(&table);
    let (labels, count) = match run {
        Some(run) => labels(store, run).await?,
        None => (String::new(), 0),
    };
    let inventory = store.inventory(run.map(|run| &run.id)).await?;
    let mut related = Vec::new();
    write_relations(inventory.relations.all(), &mut related)
        .map_err(|error| std::io::Error::other(error.to_string()))?;
    let dates = stated_dates(&inventory)?;
    let inventory = serde_json::to_string(&inventory).map_err(std::io::Error::from)?;
    let files = vec![
        ("documents.csv".to_owned(), documents),
        ("labels.csv".to_owned(), labels),
        ("relations.csv".to_owned(), text(&related)),
        ("dates.csv".to_owned(), dates),
        (INVENTORY.to_owned(), inventory),
    ];
    Ok((files, written.documents, count))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn labels(store: &Store, run: &Run) -> Result<(String, u64), ExportError> {
    let codebook = store.codebook(&run.config.codebook_hash).await?;
    let codebook = codebook.ok_or_else(|| ExportError::NoCodebook(run.config.codebook.to_string()))?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(LABEL_COLUMNS)?;
    let mut count = 0;
    for document in store.documents().await?.iter().filter(|d: &&Document| !d.metadata.private) {
        let rows = export::judgement_rows(store, run, &codebook, document).await?;
        for row in rows.iter().filter(|row| !row.evidence.is_empty()) {
            writer.write_record(cells(row))?;
            count += 1;
        }
    }
    Ok((finished(writer)?, count))
}

/// `dates.csv`: every date that passages of the documents state.
fn stated_dates(inventory: &Inventory) -> Result<String, ExportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(DateRow::COLUMNS)?;
    for member in &inventory.documents {
        let (document, metadata) = (member.document.id.as_str(), &member.document.metadata);
        let (title, fiction) = (metadata.title(), metadata.fiction);
        let by_text = inventory.stated.as_ref();
        let stated = member.version.as_ref().and_then(|version| by_text?.get(&version.text));
        for stated in stated.into_iter().flatten().filter(|stated| stated.is_of(&member.document.id)) {
            let row = DateRow { document, title, stated, fiction };
            writer.write_record(row.cells().map(|cell| defused(&cell)))?;
        }
    }
    finished(writer)
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String, ExportError> {
    let bytes = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(text(&bytes))
}

fn cells(row: &JudgementRow) -> [String; 10] {
    let value = match &row.value {
        ExportValue::Number(number) => number.to_string(),
        ExportValue::Option(option) => option.clone(),
        ExportValue::Undetermined => String::new(),
    };
    let best = row.evidence.first();
    [
        row.document.clone(),
        row.dimension.clone(),
        row.code.clone(),
        value,
        row.level.clone(),
        row.confidence.unwrap_or_default().to_owned(),
        row.probability.map(|p| format!("{p:.3}")).unwrap_or_default(),
        defused(row.entity.as_deref().unwrap_or_default()),
        defused(best.map(|e| e.quote.as_str()).unwrap_or_default()),
        best.map(|e| e.passage.to_string()).unwrap_or_default(),
    ]
}

fn rows(content: &str) -> u64 {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content.as_bytes());
    reader.records().flatten().count() as u64
}

/// A label that one release has and the other has not, or has at another level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LabelChange {
    /// Document id.
    pub document: String,
    /// Dimension.
    pub dimension: String,
    /// Code or role.
    pub code: String,
    /// Entity, on labels of roles.
    pub entity: String,
    /// Level before; blank where there was no label.
    pub before: String,
    /// Level after; blank where there is none.
    pub after: String,
    /// The sentence responsible: of the label gained, or of the one lost.
    pub quote: String,
}

/// What changed from one release to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReleaseDiff {
    /// Documents gained.
    pub gained: BTreeSet<String>,
    /// Documents lost.
    pub lost: BTreeSet<String>,
    /// Documents whose text or catalogue data changed, with the columns that did.
    pub changed: BTreeMap<String, Vec<String>>,
    /// Labels gained, lost or at another level.
    pub labels: Vec<LabelChange>,
}

impl ReleaseDiff {
    /// What is left of it where nothing is told of some documents.
    #[must_use]
    pub fn without(mut self, hidden: &BTreeSet<String>) -> Self {
        self.gained.retain(|id| !hidden.contains(id));
        self.lost.retain(|id| !hidden.contains(id));
        self.changed.retain(|id, _| !hidden.contains(id));
        self.labels.retain(|label| !hidden.contains(&label.document));
        self
    }
}

/// What changed between `documents.csv` and `labels.csv` of two releases.
pub fn diff(before: (&str, &str), after: (&str, &str)) -> ReleaseDiff {
    let (old, new) = (by_document(before.0), by_document(after.0));
    let mut diff = ReleaseDiff {
        gained: new.keys().filter(|id| !old.contains_key(*id)).cloned().collect(),
        lost: old.keys().filter(|id| !new.contains_key(*id)).cloned().collect(),
        ..ReleaseDiff::default()
    };
    for (id, now) in &new {
        let Some(then) = old.get(id) else { continue };
        let columns = changed_columns(then, now);
        if !columns.is_empty() {
            diff.changed.insert(id.clone(), columns);
        }
    }
    let (old, new) = (by_label(before.1), by_label(after.1));
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let (then, now) = (old.get(key), new.get(key));
        let level =
            |label: Option<&(String, String)>| label.map(|(level, _)| level.clone()).unwrap_or_default();
        if level(then) != level(now) {
            let quote = now.or(then).map(|(_, quote)| quote.clone()).unwrap_or_default();
            let [document, dimension, code, entity] = key.clone();
            let (before, after) = (level(then), level(now));
            diff.labels.push(LabelChange { document, dimension, code, entity, before, after, quote });
        }
    }
    diff
}

/// Document, dimension and code of every row of `labels.csv` of a release.
pub fn labels_of(labels: &str) -> impl Iterator<Item = [String; 3]> {
    let reader = csv::ReaderBuilder::new().flexible(true).from_reader(labels.as_bytes());
    reader.into_records().flatten().filter_map(|row| {
        let cell = |at: usize| row.get(at).map(str::to_owned);
        Some([cell(0)?, cell(1)?, cell(2)?])
    })
}

/// The names of the actors of a release, from its `labels.csv`.
pub fn entities_of(labels: &str) -> impl Iterator<Item = String> {
    let reader = csv::ReaderBuilder::new().flexible(true).from_reader(labels.as_bytes());
    let column = LABEL_COLUMNS.iter().position(|name| *name == "entity").unwrap_or_default();
    let cells = reader.into_records().flatten().filter_map(move |row| row.get(column).map(str::to_owned));
    cells.filter(|name| !name.is_empty())
}

/// The ids of the documents of a release, from its `documents.csv`.
pub fn documents_of(documents: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(documents.as_bytes());
    let column = reader.headers().ok().and_then(|names| names.iter().position(|name| name == "document"));
    let Some(column) = column else { return vec![] };
    reader.into_records().flatten().filter_map(|row| row.get(column).map(str::to_owned)).collect()
}

/// The columns in which two rows differ. A column of the source that is not there is a blank one: a release has those that
/// any of its documents has, so that one document can bring a column to the rows of all others. Any other that is not
/// there is unknown to the version that cut the release, which says nothing of the document.
fn changed_columns(then: &Row, now: &Row) -> Vec<String> {
    let all: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let told = |column: &&String| {
        column.starts_with(EXTRA) || (then.contains_key(*column) && now.contains_key(*column))
    };
    let differs = |column: &&String| {
        then.get(*column).map_or("", String::as_str) != now.get(*column).map_or("", String::as_str)
    };
    all.into_iter().filter(told).filter(differs).cloned().collect()
}

/// The cells of a row by their column.
type Row = BTreeMap<String, String>;

fn by_document(csv: &str) -> BTreeMap<String, Row> {
    records(csv).into_iter().filter_map(|row| Some((row.get("document")?.clone(), row))).collect()
}

fn by_label(csv: &str) -> BTreeMap<[String; 4], (String, String)> {
    let keyed = records(csv).into_iter().filter_map(|row| {
        let cell = |name: &str| row.get(name).cloned();
        let key = [cell("document")?, cell("dimension")?, cell("code")?, cell("entity")?];
        Some((key, (cell("level")?, cell("quote")?)))
    });
    keyed.collect()
}

/// The rows of a CSV file of a release, with the words as the texts have them.
fn records(csv: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
    let Ok(headers) = reader.headers().cloned() else { return vec![] };
    let named =
        |record: csv::StringRecord| headers.iter().map(str::to_owned).zip(record.iter().map(armed)).collect();
    reader.records().filter_map(Result::ok).map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_names_documents_columns_and_labels_with_their_sentence() {
        let documents = |rows: &str| format!("document,enactment,text\n{rows}");
        let labels = |rows: &str| {
            format!("document,dimension,code,value,level,confidence,probability,entity,quote,passage\n{rows}")
        };
        let before = documents("a:1,proposed,t1\na:2,adopted,t2\n");
        let after = documents("a:1,adopted,t1\na:3,adopted,t3\n");
        let old = labels("a:1,risk,2.2,2,Minimal,high,,,Old words.,1\na:1,risk,7.3,3,Good,high,,,Gone.,2\n");
        let new = labels("a:1,risk,2.2,3,Good,high,,,New words.,1\n");
        let diff = diff((&before, &old), (&after, &new));
        assert_eq!((diff.gained.len(), diff.lost.len()), (1, 1));
        assert_eq!(diff.changed["a:1"], ["enactment"]);
        let told: Vec<String> =
            diff.labels.iter().map(|l| format!("{} {}→{} {}", l.code, l.before, l.after, l.quote)).collect();
        assert_eq!(told, ["2.2 Minimal→Good New words.", "7.3 Good→ Gone."]);
        assert_eq!(super::diff((&before, &old), (&before, &old)), ReleaseDiff::default());
        let hidden = ["a:1", "a:2", "a:3"].map(str::to_owned).into();
        assert_eq!(diff.without(&hidden), ReleaseDiff::default());
        assert_eq!(documents_of(&before), ["a:1", "a:2"]);
        let named: Vec<String> = labels_of(&old).map(|label| label.join(" ")).collect();
        assert_eq!(named, ["a:1 risk 2.2", "a:1 risk 7.3"]);
    }

    #[test]
    fn a_catalogue_column_that_only_one_document_has_changes_no_other() {
        let before = "document,title\na:1,One\na:2,Two\n";
        let after = "document,title,extra: Tags\na:1,One,\na:2,Two,health\n";
        let gained = diff((before, ""), (after, ""));
        assert_eq!(gained.changed, BTreeMap::from([("a:2".to_owned(), vec!["extra: Tags".to_owned()])]));
        let lost = diff((after, ""), (before, ""));
        assert_eq!(lost.changed, gained.changed, "a column that goes with something in it is a change");
    }

    #[test]
    fn a_column_that_the_older_release_could_not_have_is_no_change_of_its_documents() {
        let before = "document,title\na:1,One\n";
        let after = "document,title,adopted\na:1,One,2024-03-01\n";
        assert_eq!(diff((before, ""), (after, "")), ReleaseDiff::default());
        let later = "document,title,adopted\na:1,One,2024-04-01\n";
        let moved = diff((after, ""), (later, "")).changed;
        assert_eq!(moved, BTreeMap::from([("a:1".to_owned(), vec!["adopted".to_owned()])]));
    }

    #[test]
    fn a_diff_quotes_the_words_of_the_text_and_not_those_of_the_spreadsheet() {
        let quote = "- keep a log;";
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(LABEL_COLUMNS).unwrap();
        let cells =
            ["a:1", "risk", "2.2", "2", "Minimal", "high", "", &defused("@Office"), &defused(quote), "1"];
        writer.write_record(cells).unwrap();
        let labels = text(&writer.into_inner().unwrap());
        assert!(labels.contains("'- keep a log;"), "the file itself is safe to open: {labels}");
        let diff = diff(("", ""), ("", &labels));
        assert_eq!((diff.labels[0].quote.as_str(), diff.labels[0].entity.as_str()), (quote, "@Office"));
    }
}
