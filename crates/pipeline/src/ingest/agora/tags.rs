//! AGORA's tag columns as a codebook of their own, and the annotators' tags as decisions under it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::run::{Labeller, Run, RunConfig};
use lacuna_domain::{CodeId, Codebook, DimensionId, DocumentId, TextId, Value};
use serde::Serialize;

use crate::ingest::IngestError;
use crate::ingest::table::{Row, boolean};

/// Who set the tags.
pub(crate) const ANNOTATORS: &str = "AGORA annotators";
/// Engine of the run that the tags are filed under.
pub(crate) const ENGINE: &str = "imported:agora-annotators";
/// Id of the generated codebook.
pub(crate) const CODEBOOK: &str = "agora-tags";

/// Families of tags: column prefix and the question a family answers.
const FAMILIES: [(&str, &str); 5] = [
    ("Applications", "Which fields of application does the document speak of?"),
    ("Harms", "Which harms does the document address?"),
    ("Incentives", "Which incentives and penalties does the document set?"),
    ("Risk factors", "Which risk factors does the document address?"),
    ("Strategies", "Which governance strategies does the document use?"),
];

/// The generated codebook with the labels that came with it.
#[derive(Clone, Debug, PartialEq)]
pub struct TagLabels {
    /// The codebook file, as it is stored.
    pub source: String,
    /// The codebook.
    pub codebook: Codebook,
    labels: Vec<Labels>,
}

/// The tags of one document in the order of [`Columns`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Labels {
    document: DocumentId,
    validated: bool,
    set: Vec<bool>,
}

/// The tag columns of a release.
#[derive(Debug)]
pub(super) struct Columns {
    tags: Vec<Tag>,
}

#[derive(Debug)]
struct Tag {
    column: String,
    index: usize,
    family: usize,
    name: String,
    code: String,
    group: Option<String>,
}

impl Columns {
    /// The columns named `Family: Tag` or `Family: Group: Tag`.
    pub(super) fn of(headers: &[String]) -> Self {
        let mut tags = Vec::new();
        for (index, column) in headers.iter().enumerate() {
            let Some((family, name)) = column.trim().split_once(": ") else { continue };
            if let Some(family) =
                FAMILIES.iter().position(|(known, _)| known.eq_ignore_ascii_case(family.trim()))
            {
                let code = name.split(": ").map(slug).collect::<Vec<_>>().join(".");
                let (column, name) = (column.trim().to_owned(), name.trim().to_owned());
                tags.push(Tag { column, index, family, name, code, group: None });
            }
        }
        let nested: BTreeSet<(usize, String)> = tags
            .iter()
            .filter_map(|t| t.name.split_once(": ").map(|(g, _)| (t.family, g.to_owned())))
            .collect();
        for tag in &mut tags {
            let first = tag.name.split(": ").next().unwrap_or_default().to_owned();
            tag.group = Some(first).filter(|name| nested.contains(&(tag.family, name.clone())));
        }
        tags.sort_by_key(|tag| (tag.family, tag.index));
        Self { tags }
    }

    /// Whether `column` is a tag.
    pub(super) fn contains(&self, column: &str) -> bool {
        self.tags.iter().any(|tag| tag.column == column.trim())
    }

    /// The tags of `row`.
    pub(super) fn labels(&self, document: &DocumentId, row: Row<'_>) -> Labels {
        let set = self.tags.iter().map(|tag| boolean(row.at(tag.index)) == Some(true)).collect();
        Labels { document: document.clone(), validated: boolean(row.get("Validated?")) == Some(true), set }
    }

    /// The codebook of these columns with `labels` under it; `None` when there are no tag columns.
    pub(super) fn into_codebook(self, labels: Vec<Labels>) -> Result<Option<TagLabels>, IngestError> {
        if self.tags.is_empty() {
            return Ok(None);
        }
        let file = self.file();
        let source = toml::to_string(&file).unwrap_or_default();
        let codebook = Codebook::parse(&source)?;
        Ok(Some(TagLabels { source, codebook, labels }))
    }

    fn file(&self) -> File<'_> {
        let mut dimension = Vec::new();
        for (family, (name, question)) in FAMILIES.iter().enumerate() {
            let tags: Vec<&Tag> = self.tags.iter().filter(|tag| tag.family == family).collect();
            if tags.is_empty() {
                continue;
            }
            let id = format!("agora-{}", slug(name));
            let groups: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.group.as_deref()).collect();
            dimension.push(FileDimension {
                id,
                name: format!("AGORA {}", name.to_lowercase()),
                kind: "flag",
                question,
                group: groups.into_iter().map(|name| FileGroup { id: slug(name), name }).collect(),
                code: tags.into_iter().map(|tag| code(name, tag)).collect(),
            });
        }
        let head = FileHead {
            id: CODEBOOK,
            version: format!("{}-tags", self.tags.len()),
            title: "AGORA tags",
            description: "Generated from the tag columns of an AGORA release. The labels are those of the archive's \
                          annotators; they name no passage.",
        };
        File { codebook: head, dimension }
    }
}

fn code<'t>(family: &str, tag: &'t Tag) -> FileCode<'t> {
    let last = tag.name.rsplit(": ").next().unwrap_or(&tag.name);
    FileCode {
        id: &tag.code,
        name: &tag.name,
        short: last.chars().take(28).collect(),
        group: tag.group.as_deref().map(slug),
        definition: format!(
            "AGORA's annotators set the tag \"{family}: {}\", as the archive's codebook defines it.",
            tag.name
        ),
    }
}

/// Lower case, words joined by `-`, at most 40 bytes.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if slug.len() > 40 {
        slug.truncate(slug[..=40].rfind('-').unwrap_or(40));
    }
    slug
}

impl TagLabels {
    /// The run that the labels are exported and compared under.
    pub fn run(&self, at: Timestamp) -> Run {
        let config = RunConfig {
            codebook: self.codebook.id.clone(),
            codebook_version: self.codebook.version.clone(),
            codebook_hash: self.codebook.hash.clone(),
            engine: ENGINE.to_owned(),
            parameters: BTreeMap::new(),
        };
        Run {
            id: config.id(),
            config,
            labeller: Labeller::Imported,
            name: ANNOTATORS.to_owned(),
            started_at: at,
            finished_at: Some(at),
        }
    }

    /// One sheet per annotated document, each with a yes or no for every tag. `text` says which text a document has.
    pub fn sheets(&self, at: Timestamp, text: &dyn Fn(&DocumentId) -> Option<TextId>) -> Vec<Sheet> {
        let run = self.run(at).id;
        let codes: Vec<(&DimensionId, &CodeId)> = self.codebook.labelled_codes().collect();
        let sheet = |labels: &Labels| Sheet {
            document: labels.document.clone(),
            text: text(&labels.document),
            codebook: self.codebook.id.clone(),
            run: run.clone(),
            labeller: ANNOTATORS.to_owned(),
            mode: Mode::Imported,
            validated: labels.validated,
            at,
            decisions: codes.iter().zip(&labels.set).map(|(code, set)| decision(*code, *set)).collect(),
            notes: BTreeMap::new(),
        };
        self.labels.iter().map(sheet).collect()
    }
}

fn decision((dimension, code): (&DimensionId, &CodeId), set: bool) -> Decision {
    Decision::new(dimension.clone(), code.clone(), Value::Flag(set))
}

#[derive(Serialize)]
struct File<'t> {
    codebook: FileHead,
    dimension: Vec<FileDimension<'t>>,
}

#[derive(Serialize)]
struct FileHead {
    id: &'static str,
    version: String,
    title: &'static str,
    description: &'static str,
}

#[derive(Serialize)]
struct FileDimension<'t> {
    id: String,
    name: String,
    kind: &'static str,
    question: &'static str,
    group: Vec<FileGroup<'t>>,
    code: Vec<FileCode<'t>>,
}

#[derive(Serialize)]
struct FileGroup<'t> {
    id: String,
    name: &'t str,
}

#[derive(Serialize)]
struct FileCode<'t> {
    id: &'t str,
    name: &'t str,
    short: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    definition: String,
}
