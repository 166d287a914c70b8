//! Writes the decisions of a run as files that [`import`](super::import()) reads.

use std::collections::BTreeMap;

use lacuna_domain::decision::Sheet;
use lacuna_domain::run::{Labeller, Run};
use lacuna_domain::{Codebook, Document, DocumentId, Text};
use lacuna_store::Store;
use serde_json::Value as Json;

use super::error::ReviewError;
use super::statement::Statement;
use super::{annotation, label_studio, table};

/// The forms in which decisions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// A JSON array of codings in the shape of the coding schema.
    Json,
    /// CSV, one row per decision.
    Csv,
    /// Tasks of Label Studio.
    LabelStudio,
}

impl FileFormat {
    /// The form with this name.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "label-studio" => Some(Self::LabelStudio),
            _ => None,
        }
    }
}

/// The newest word of `run` on every document that is not private, in one file.
pub async fn export(store: &Store, run: &Run, format: FileFormat) -> Result<String, ReviewError> {
    if run.labeller == Labeller::Machine {
        return Err(ReviewError::Machine(run.name.clone()));
    }
    let codebook = store.codebook(&run.config.codebook_hash).await?;
    let codebook = codebook.ok_or_else(|| ReviewError::NoCodebook(run.name.clone()))?;
    let public: BTreeMap<DocumentId, Document> = store
        .documents()
        .await?
        .into_iter()
        .filter(|document| !document.metadata.private)
        .map(|document| (document.id.clone(), document))
        .collect();
    let mut statements: Vec<(Statement, Option<Text>, String)> = Vec::new();
    let sheets = store.sheets_of_run(&run.id).await?;
    for sheets in sheets.chunk_by(|a, b| a.document == b.document) {
        let Some(document) = sheets.first().and_then(|sheet| public.get(&sheet.document)) else { continue };
        let text = match sheets.iter().rev().find_map(|sheet| sheet.text.as_ref()) {
            Some(id) => store.text(id).await?,
            None => None,
        };
        statements.push((
            statement(document, sheets, &codebook, text.as_ref()),
            text,
            document.metadata.title().to_owned(),
        ));
    }
    written(&statements, &codebook, format)
}

fn written(
    statements: &[(Statement, Option<Text>, String)],
    codebook: &Codebook,
    format: FileFormat,
) -> Result<String, ReviewError> {
    let json = match format {
        FileFormat::Csv => {
            let bare: Vec<Statement> = statements.iter().map(|(statement, ..)| statement.clone()).collect();
            return table::write(&bare);
        }
        FileFormat::Json => {
            statements.iter().map(|(statement, ..)| annotation::write(statement, codebook)).collect::<Json>()
        }
        FileFormat::LabelStudio => {
            let placed: Vec<label_studio::Placed<'_>> = statements
                .iter()
                .map(|(statement, text, title)| label_studio::Placed {
                    statement,
                    text: text.as_ref().map_or("", |text| text.content.as_str()),
                    title,
                })
                .collect();
            label_studio::write(&placed)
        }
    };
    serde_json::to_string_pretty(&json).map_err(|error| ReviewError::shape("json", error.to_string()))
}

/// What the labeller of `sheets` says, with the places of quotes that stand in one piece.
fn statement(document: &Document, sheets: &[Sheet], codebook: &Codebook, text: Option<&Text>) -> Statement {
    let id = &document.id;
    let name = if id.source() == "agora" { id.local().to_owned() } else { id.to_string() };
    let coder = sheets.last().map_or_else(String::new, |sheet| sheet.labeller.clone());
    let mut statement = Statement::of(name, coder, codebook, sheets);
    let newest = Sheet::newest(sheets);
    for word in &mut statement.words {
        let Some(decision) = newest.get(&(word.dimension.clone(), word.code.clone())) else { continue };
        for (quote, evidence) in word.quotes.iter_mut().zip(&decision.evidence) {
            quote.at = match (evidence.spans(), text) {
                ([span], Some(text)) => span.code_points(&text.content),
                _ => None,
            };
        }
    }
    statement
}
