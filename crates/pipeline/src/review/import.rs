//! Brings files of decisions into the store.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use lacuna_domain::decision::Sheet;
use lacuna_domain::progress::Progress;
use lacuna_domain::run::Run;
use lacuna_domain::{Clock, Codebook, DocumentId, Text, TextId};
use lacuna_store::Store;
use serde::Serialize;
use serde_json::Value as Json;

use super::error::ReviewError;
use super::labeller::LabellerSpec;
use super::locate::Words;
use super::statement::{Statement, sheet};
use super::{annotation, label_studio, table};

/// Sheets written in one transaction.
const BATCH: usize = 64;

/// How to bring decisions in.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Who is to stand behind them.
    pub labeller: LabellerSpec,
    /// Only the codings of this coder, as the files name them.
    pub coder: Option<String>,
}

/// What an import did.
#[derive(Clone, Debug, Serialize)]
pub struct ImportSummary {
    /// The run under which the decisions are filed.
    pub run: Run,
    /// Files read.
    pub files: usize,
    /// Codings read.
    pub statements: usize,
    /// Sheets that the store did not have yet.
    pub added: usize,
    /// Decisions in the codings.
    pub decisions: usize,
    /// Quotes that stand in the text of their document.
    pub located: usize,
    /// Quotes that do not; their labels are kept with "no passage recorded".
    pub unlocated: usize,
    /// Documents that the store does not have, as the files name them.
    pub unknown_documents: Vec<String>,
    /// Codings made with another version of the codebook, by the version they name.
    pub other_versions: BTreeMap<String, usize>,
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "run {} ({})", self.run.id.short(), self.run.name)?;
        writeln!(f, "{} codings from {} files, {} new", self.statements, self.files, self.added)?;
        write!(f, "{} decisions, {} quotes located", self.decisions, self.located)?;
        write!(f, ", {} not in their text", self.unlocated)?;
        for (version, count) in &self.other_versions {
            write!(f, "\n{count} codings name version {version:?} of the codebook")?;
        }
        for document in &self.unknown_documents {
            write!(f, "\nno document {document:?} in the store; its coding was left out")?;
        }
        Ok(())
    }
}

/// Reads `path`, a file or a folder of files, and adds what the store does not have yet.
pub async fn import(
    store: &Store,
    codebook: &Codebook,
    path: &Path,
    options: &ImportOptions,
    clock: Clock,
    progress: &dyn Progress,
) -> Result<ImportSummary, ReviewError> {
    let files = files(path)?;
    let run = options.labeller.run(codebook, clock.now())?;
    let statements = read(&files, codebook, options.coder.as_deref())?;
    store.start_run(&run).await?;
    progress.start("review import", Some(statements.len() as u64));
    let names = Names::of(store).await?;
    let mut summary = ImportSummary {
        run: run.clone(),
        files: files.len(),
        statements: statements.len(),
        added: 0,
        decisions: 0,
        located: 0,
        unlocated: 0,
        unknown_documents: vec![],
        other_versions: BTreeMap::new(),
    };
    let mut batch = Vec::new();
    for statement in statements {
        if statement.codebook_version != codebook.version && !statement.codebook_version.is_empty() {
            *summary.other_versions.entry(statement.codebook_version.clone()).or_default() += 1;
        }
        let Some((document, text)) = names.find(&statement.document) else {
            summary.unknown_documents.push(statement.document);
            continue;
        };
        let text = match text {
            Some(id) => store.text(id).await?,
            None => None,
        };
        let base = base(document, text.as_ref(), codebook, &run, options, clock);
        batch.push(located(base, statement, text, clock).await?);
        progress.advance(1);
        if batch.len() == BATCH {
            keep(store, &mut batch, &mut summary).await?;
        }
    }
    keep(store, &mut batch, &mut summary).await?;
    Ok(summary)
}

async fn keep(store: &Store, batch: &mut Vec<Sheet>, summary: &mut ImportSummary) -> Result<(), ReviewError> {
    for decision in batch.iter().flat_map(|sheet| &sheet.decisions) {
        summary.decisions += 1;
        summary.located += decision.evidence.len();
        summary.unlocated += decision.unlocated.len();
    }
    summary.added += store.put_sheets(batch).await?;
    batch.clear();
    Ok(())
}

async fn located(
    base: Sheet,
    statement: Statement,
    text: Option<Text>,
    clock: Clock,
) -> Result<Sheet, ReviewError> {
    let work = move || {
        let words = text.as_ref().map(|text| Words::of(&text.content));
        sheet(&base, statement, words.as_ref(), clock.now())
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| ReviewError::Thread(error.to_string()))
}

fn base(
    document: &DocumentId,
    text: Option<&Text>,
    codebook: &Codebook,
    run: &Run,
    options: &ImportOptions,
    clock: Clock,
) -> Sheet {
    Sheet {
        document: document.clone(),
        text: text.map(|text| text.id.clone()),
        codebook: codebook.id.clone(),
        run: run.id.clone(),
        labeller: options.labeller.name.trim().to_owned(),
        mode: options.labeller.mode,
        validated: false,
        at: clock.now(),
        decisions: vec![],
        notes: BTreeMap::new(),
    }
}

/// Documents by the names that files use: the whole id, or the part after the colon where only one document has it.
struct Names {
    by_name: BTreeMap<String, Option<DocumentId>>,
    texts: BTreeMap<DocumentId, TextId>,
}

impl Names {
    async fn of(store: &Store) -> Result<Self, ReviewError> {
        let mut by_name: BTreeMap<String, Option<DocumentId>> = BTreeMap::new();
        for document in store.documents().await? {
            let id = document.id;
            by_name
                .entry(id.local().to_owned())
                .and_modify(|other| *other = None)
                .or_insert_with(|| Some(id.clone()));
            by_name.insert(id.to_string(), Some(id));
        }
        let versions = store.latest_versions().await?;
        let texts = versions.into_iter().map(|version| (version.document, version.text)).collect();
        Ok(Self { by_name, texts })
    }

    fn find(&self, name: &str) -> Option<(&DocumentId, Option<&TextId>)> {
        let id = self.by_name.get(name)?.as_ref()?;
        Some((id, self.texts.get(id)))
    }
}

/// The files that `path` stands for, sorted.
fn files(path: &Path) -> Result<Vec<PathBuf>, ReviewError> {
    let failed = |path: &Path, error: &std::io::Error| ReviewError::Read {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| failed(path, &e))? {
        let file = entry.map_err(|e| failed(path, &e))?.path();
        if file.extension().is_some_and(|end| end == "json" || end == "csv") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// Every coding of `files` by `coder`; codings of one document by two coders are refused.
fn read(files: &[PathBuf], codebook: &Codebook, coder: Option<&str>) -> Result<Vec<Statement>, ReviewError> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for path in files {
        let content = std::fs::read_to_string(path)
            .map_err(|error| ReviewError::Read { path: path.clone(), reason: error.to_string() })?;
        let is_csv = path.extension().is_some_and(|end| end == "csv");
        for statement in parse(&content, &path.display().to_string(), is_csv, codebook)? {
            if coder.is_some_and(|coder| coder != statement.coder) {
                continue;
            }
            if let Some(first) = seen.insert(statement.document.clone(), statement.coder.clone())
                && first != statement.coder
            {
                let (document, second) = (statement.document, statement.coder);
                return Err(ReviewError::TwoCoders { document, first, second });
            }
            statements.push(statement);
        }
    }
    Ok(statements)
}

/// Reads the content of one file: CSV, one coding, a list of codings, or tasks of Label Studio.
pub fn parse(
    content: &str,
    place: &str,
    is_csv: bool,
    codebook: &Codebook,
) -> Result<Vec<Statement>, ReviewError> {
    if is_csv {
        return table::read(content, place, codebook);
    }
    let json: Json =
        serde_json::from_str(content).map_err(|error| ReviewError::shape(place, error.to_string()))?;
    let is_task = |item: &Json| item.get("data").is_some();
    match json {
        Json::Array(items) if items.iter().any(is_task) => {
            label_studio::read(Json::Array(items), place, codebook)
        }
        Json::Array(items) => {
            items.into_iter().map(|item| annotation::read_value(item, place, codebook)).collect()
        }
        one => Ok(vec![annotation::read_value(one, place, codebook)?]),
    }
}
