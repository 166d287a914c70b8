//! AGORA releases: `documents.csv`, `authorities.csv`, `collections.csv`, optional `segments.csv` and
//! `fulltext/<id>.txt`, in a folder or a zip file. Columns are found by name, since releases differ.

mod authorities;
mod bundle;
mod collections;
mod segments;
mod tags;

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::{Document, DocumentId, Metadata};

use self::authorities::Authorities;
pub(super) use self::bundle::Bundle;
use self::collections::Collections;
use self::segments::Segments;
pub use self::tags::TagLabels;
use super::formats::Format;
use super::plan::{Item, Origin, Plan};
use super::table::{Row, Table, boolean};
use super::{IngestError, Noted, columns};

/// Terms of the archive's texts, as its documentation states them.
const LICENCE: &str = "Emerging Technology Observatory AGORA dataset; full text believed open to non-commercial use, \
                       without warranty";

/// Names under which releases have had the id column.
const ID_COLUMNS: [&str; 3] = ["AGORA ID", "Document ID", "ID"];

/// Reads the catalogue of a release; texts are read later, one by one. `source` is the first part of document ids,
/// `agora` unless another was asked for.
pub(super) fn plan(bundle: Bundle, source: Option<&str>) -> Result<Plan, IngestError> {
    let bundle = Arc::new(bundle);
    let documents = Table::parse("documents.csv", &bundle.require("documents.csv")?)?;
    let id_column = documents.require(&ID_COLUMNS)?;
    let mut plan = Plan::default();
    let authorities = optional(&bundle, "authorities.csv", &mut plan)?;
    let authorities = authorities.map(|table| Authorities::read(&table)).unwrap_or_default();
    let collections = optional(&bundle, "collections.csv", &mut plan)?;
    let collections = collections.map(|table| Collections::read(&table)).unwrap_or_default();
    plan.entries.extend(authorities.entries());
    plan.entries.extend(collections.entries());
    plan.failed.extend(documents.refused.iter().cloned());
    let segments = optional(&bundle, "segments.csv", &mut plan)?;
    let segments = segments.map(|table| Segments::read(&table, &mut plan.warnings)).unwrap_or_default();

    let tags = tags::Columns::of(&documents.headers);
    let reader = RowReader {
        id_column,
        source: source.unwrap_or("agora"),
        licence: source.is_none_or(|name| name == "agora").then_some(LICENCE),
        authorities: &authorities,
        collections: &collections,
        tags: &tags,
    };
    let mut lines: BTreeMap<DocumentId, u64> = BTreeMap::new();
    let mut labelled = Vec::new();
    for row in documents.rows() {
        let (document, warnings) = match reader.document(row, &mut lines) {
            Ok(read) => read,
            Err(reason) => {
                plan.failed.push(Noted::new(format!("documents.csv line {}", row.line), reason));
                continue;
            }
        };
        plan.warnings.extend(warnings.into_iter().map(|what| Noted::new(document.id.as_str(), what)));
        if boolean(row.get("Annotated?")) == Some(true) {
            labelled.push(tags.labels(&document.id, row));
        }
        plan.items.push(item(&bundle, &segments, document));
    }
    plan.tags = tags.into_codebook(labelled)?;
    Ok(plan)
}

fn optional(bundle: &Bundle, name: &str, plan: &mut Plan) -> Result<Option<Table>, IngestError> {
    let Some(bytes) = bundle.read(name)? else { return Ok(None) };
    let table = Table::parse(name, &bytes)?;
    plan.warnings.extend(table.refused.iter().cloned());
    Ok(Some(table))
}

fn item(bundle: &Arc<Bundle>, segments: &Segments, mut document: Document) -> Item {
    let name = format!("fulltext/{}.txt", document.id.local());
    let origin = if bundle.has(&name) {
        Origin::Bundled(Arc::clone(bundle), name)
    } else if let Some(text) = segments.text_of(document.id.local()) {
        let what = "put together from the segments of the release, which has no full text".to_owned();
        document.metadata.extra.insert("Note on text".to_owned(), what);
        Origin::Bytes(text.into_bytes().into(), Format::Plain)
    } else {
        Origin::Absent(format!("the release has no {name}"))
    };
    Item { document, origin, named_by_hand: true }
}

struct RowReader<'a> {
    id_column: usize,
    source: &'a str,
    licence: Option<&'static str>,
    authorities: &'a Authorities,
    collections: &'a Collections,
    tags: &'a tags::Columns,
}

impl RowReader<'_> {
    /// The document of a row and what of it could not be read. `lines` holds the ids met so far.
    fn document(
        &self,
        row: Row<'_>,
        lines: &mut BTreeMap<DocumentId, u64>,
    ) -> Result<(Document, Vec<String>), String> {
        let id = row.at(self.id_column);
        if id.is_empty() {
            return Err("the id is blank".to_owned());
        }
        if id.contains(['/', '\\']) || id.contains("..") {
            return Err(format!("id {id:?} would lead outside the release; ids have no '/', '\\' or '..'"));
        }
        let id = DocumentId::new(self.source, id).map_err(|error| error.to_string())?;
        if let Some(first) = lines.get(&id) {
            return Err(format!("id {id} stands in line {first} already; the first row is kept"));
        }
        lines.insert(id.clone(), row.line);
        let mut metadata = Metadata { licence: self.licence.map(str::to_owned), ..Metadata::default() };
        let leave_out = |column: &str| ID_COLUMNS.contains(&column.trim()) || self.tags.contains(column);
        let mut warnings = columns::apply(row, &mut metadata, &leave_out);
        for column in ["Annotated?", "Validated?"].into_iter().filter(|c| boolean(row.get(c)).is_none()) {
            let said = row.get(column);
            warnings.push(format!("{column:?} is {said:?}, neither true nor false; read as false"));
        }
        self.authorities.resolve(&mut metadata);
        self.collections.resolve(&mut metadata);
        flag_cut_name(&mut metadata);
        Ok((Document { id, metadata }, warnings))
    }
}

/// Official names that were cut off at their source stay as they are, with a flag beside them.
fn flag_cut_name(metadata: &mut Metadata) {
    let name = metadata.official_name.trim_end();
    let cut = name.ends_with('…') || name.ends_with("...") || name.chars().count() == 255;
    if cut {
        let what = "the official name is cut off in the source".to_owned();
        metadata.extra.insert("Note on official name".to_owned(), what);
    }
}
