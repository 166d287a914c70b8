//! Coded documents as training takes them, and the reader for files of the published coding schema.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A coded text.
#[derive(Clone, Debug)]
pub struct Coded {
    /// Name, for reports and for the order of documents.
    pub id: String,
    /// The text.
    pub text: String,
    /// ISO 639-1 code of its main language, where known.
    pub language: Option<String>,
    /// Positive labels; every other code of a dimension named in `dimensions` is negative.
    pub labels: Vec<CodedLabel>,
    /// Actor roles.
    pub actors: Vec<CodedActor>,
}

/// One positive label of a coded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodedLabel {
    /// The dimension.
    pub dimension: String,
    /// The code; for a choice dimension the option chosen.
    pub code: String,
    /// Level of an ordinal scale; 1 for a flag or choice.
    pub level: u8,
    /// Quotes that stand in the text.
    pub quotes: Vec<String>,
}

/// One actor role of a coded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodedActor {
    /// The role.
    pub role: String,
    /// Names as the text has them.
    pub entities: Vec<String>,
    /// Types.
    pub types: Vec<String>,
    /// Quotes that stand in the text.
    pub quotes: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    document_id: String,
    status: Status,
    risks: BTreeMap<String, Scored>,
    sectors: BTreeMap<String, Scored>,
    lifecycle: BTreeMap<String, Flagged>,
    scope: BTreeMap<String, Flagged>,
    actors: BTreeMap<String, Role>,
}

#[derive(Deserialize)]
struct Status {
    value: String,
    quotes: Vec<String>,
}

#[derive(Deserialize)]
struct Scored {
    score: u8,
    quotes: Vec<String>,
}

#[derive(Deserialize)]
struct Flagged {
    quotes: Vec<String>,
}

#[derive(Deserialize)]
struct Role {
    entities: Vec<String>,
    types: Vec<String>,
    quotes: Vec<String>,
}

/// Reads one file of the coding schema (one coding of one document by one coder) together with the document's text.
pub fn read(json: &str, text: String, language: Option<String>) -> Result<Coded, serde_json::Error> {
    let file: File = serde_json::from_str(json)?;
    let label = |dimension: &str, code: String, level: u8, quotes: Vec<String>| CodedLabel {
        dimension: dimension.to_owned(),
        code,
        level,
        quotes,
    };
    let mut labels = vec![label("status", file.status.value, 1, file.status.quotes)];
    labels.extend(file.risks.into_iter().map(|(code, l)| label("risk", code, l.score, l.quotes)));
    labels.extend(file.sectors.into_iter().map(|(code, l)| label("sector", code, l.score, l.quotes)));
    labels.extend(file.lifecycle.into_iter().map(|(code, l)| label("lifecycle", code, 1, l.quotes)));
    labels.extend(file.scope.into_iter().map(|(code, l)| label("scope", code, 1, l.quotes)));
    let actor = |(role, r): (String, Role)| CodedActor {
        role,
        entities: r.entities,
        types: r.types,
        quotes: r.quotes,
    };
    let actors = file.actors.into_iter().map(actor).collect();
    Ok(Coded { id: file.document_id, text, language, labels, actors })
}

/// Why a folder of codings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or folder.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file that does not follow the schema.
    #[error("{}: not of the coding schema: {error}", .path.display())]
    Schema {
        /// Which.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
}

/// Reads every first coding (`ID.json`, not `ID.b.json`) of a folder with its text from `texts/ID.txt`, in the order of
/// their ids. The texts are taken to be English.
pub fn read_folder(codings: &Path, texts: &Path) -> Result<Vec<Coded>, FolderError> {
    let io = |path: &Path, error| FolderError::Io { path: path.to_owned(), error };
    let mut ids: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(codings).map_err(|e| io(codings, e))? {
        let name = entry.map_err(|e| io(codings, e))?.file_name();
        let id = name.to_str().and_then(|n| n.strip_suffix(".json"));
        ids.extend(id.filter(|id| !id.contains('.')).map(str::to_owned));
    }
    ids.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let one = |id: &String| {
        let (path, text) = (codings.join(format!("{id}.json")), texts.join(format!("{id}.txt")));
        let json = std::fs::read_to_string(&path).map_err(|e| io(&path, e))?;
        let text = std::fs::read_to_string(&text).map_err(|e| io(&text, e))?;
        read(&json, text, Some("en".to_owned())).map_err(|error| FolderError::Schema { path, error })
    };
    ids.iter().map(one).collect()
}
