//! `GET /datapackage.json`: a Frictionless data package (<https://datapackage.org/>) of every table, with a data dictionary.

use axum::extract::State;
use axum::response::Response;
use lacuna_domain::Codebook;
use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_pipeline::publish::export::JudgementRow;
use lacuna_pipeline::publish::tables::dictionary::{meaning_of, type_of};
use serde_json::{Value, json};

use super::wide;
use crate::config::Config;
use crate::error::WebError;
use crate::reply;
use crate::state::{App, Snapshot};

/// A table of the package: name, what it holds, address without ending, columns.
#[derive(Debug)]
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// What its rows are.
    pub about: &'static str,
    /// Address without its ending.
    pub path: &'static str,
    /// Column names.
    pub columns: Vec<String>,
    /// The columns that together name a row; none where a row has no such name.
    pub key: &'static [&'static str],
}

/// Every table that there is: before anything was classified there are no labels to list.
pub fn tables(snapshot: &Snapshot) -> Vec<Table> {
    let mut tables = described(snapshot);
    tables.retain(|table| table.path != JUDGEMENTS || snapshot.run.is_some());
    tables
}

const JUDGEMENTS: &str = "/judgements";

fn described(snapshot: &Snapshot) -> Vec<Table> {
    let header = |csv: &str| -> Vec<String> {
        csv.lines()
            .next()
            .unwrap_or_default()
            .split(',')
            .map(|name| name.trim_matches('"').to_owned())
            .collect()
    };
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    vec![
        Table {
            name: "documents",
            about: "one row per document: catalogue facts, days and the level of every code",
            path: "/documents",
            columns: header(&crate::pages::documents::row::csv(snapshot, &[])),
            key: &["document"],
        },
        Table {
            name: "wide",
            about: "one row per document with its days and one named level per code, as published maps have it",
            path: "/wide",
            columns: header(&super::wide::empty(snapshot)),
            key: &["document"],
        },
        Table {
            name: "judgements",
            about: "one row per label of every document, negative ones included, with quotes",
            path: JUDGEMENTS,
            columns: JudgementRow::columns().map(str::to_owned).collect(),
            key: &[],
        },
        Table {
            name: "relations",
            about: "how documents stand to each other, with the words that say so",
            path: "/relations",
            columns: own(&crate::pages::relations::COLUMNS),
            key: &[],
        },
        Table {
            name: "stated_dates",
            about: "the days that passages of the documents state, with the words that state them",
            path: "/dates",
            columns: super::dates::columns().map(str::to_owned).collect(),
            key: &[],
        },
        Table {
            name: "codes",
            about: "how many documents speak to each code",
            path: "/codes",
            columns: header(&crate::pages::codes::coverage_csv(&[])),
            key: &["dimension", "code"],
        },
    ]
}

/// `GET /datapackage.json`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let config = app.config();
    let resources: Vec<Value> =
        tables(&snapshot).iter().map(|table| resource(config, &snapshot.codebook, table)).collect();
    let run = snapshot.run.as_ref();
    reply::json(&json!({
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "profile": "tabular-data-package",
        "name": "lacuna-map",
        "title": config.site,
        "description": "What AI-governance documents cover, code by code, with the passage behind every label.",
        "created": snapshot.provenance.as_of.to_string(),
        "version": format!("{}-{}", snapshot.provenance.as_of_day(), run.map_or("no-run", |r| r.id.short())),
        "fiction": snapshot.provenance.fiction,
        "resources": resources,
    }))
}

/// The address of a file of the site in its descriptions: absolute where the site knows its own; else relative, since a package
/// with a path from the root of wherever it lies is refused as unsafe. Descriptions lie beside the files, on a server and
/// in a published site.
pub(super) fn beside(config: &Config, path: &str) -> String {
    config.absolute(path).unwrap_or_else(|| path.trim_start_matches('/').to_owned())
}

fn resource(config: &Config, codebook: &Codebook, table: &Table) -> Value {
    let fields: Vec<Value> = table.columns.iter().map(|name| field(codebook, table.name, name)).collect();
    let mut schema = json!({ "fields": fields, "missingValues": [""] });
    if !table.key.is_empty() {
        schema["primaryKey"] = table.key.into();
    }
    json!({
        "name": table.name,
        "description": table.about,
        "path": beside(config, &format!("{}.csv", table.path)),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": schema,
    })
}

fn field(codebook: &Codebook, table: &str, name: &str) -> Value {
    let meaning = of_code(codebook, table, name).unwrap_or_else(|| meaning_of(table, name));
    let mut field = json!({ "name": name, "type": type_of(name).frictionless() });
    if !meaning.is_empty() {
        field["description"] = meaning.into();
    }
    field
}

const BLANK: &str = "blank where the document was not classified";

/// What a column of labels means, which the codebook alone can tell; `None` where it is no column of labels.
fn of_code(codebook: &Codebook, table: &str, column: &str) -> Option<String> {
    codebook.dimensions.iter().find_map(|dimension| {
        let columns = match table {
            "documents" => labelled(dimension),
            "wide" => wide::of(dimension),
            _ => return None,
        };
        let place = columns.iter().position(|name| name == column)?;
        if dimension.kind == Kind::Choice {
            return Some(options(dimension));
        }
        let code = dimension.codes.get(place)?;
        Some(if table == "wide" { named_level(dimension, code) } else { level(dimension, code) })
    })
}

/// The columns of a dimension in the table of documents.
fn labelled(dimension: &Dimension) -> Vec<String> {
    if dimension.kind == Kind::Choice {
        return vec![dimension.id.to_string()];
    }
    dimension.codes.iter().map(|code| format!("{}:{}", dimension.id, code.id)).collect()
}

fn options(dimension: &Dimension) -> String {
    let options: Vec<String> =
        dimension.codes.iter().map(|code| format!("{} ({})", code.id, code.name)).collect();
    format!("{}: {}; {BLANK} or the text does not decide", dimension.name, options.join(", "))
}

fn level(dimension: &Dimension, code: &Code) -> String {
    let what = format!("{} ({})", code.name, code.id);
    match &dimension.kind {
        Kind::Ordinal { levels } => {
            let levels: Vec<String> = levels.iter().map(|l| format!("{} {}", l.value, l.name)).collect();
            format!("level of coverage of {what}: {}; {BLANK}", levels.join(", "))
        }
        Kind::Actor { .. } => {
            format!("{what}: 1 where the text names somebody in this role, else 0; {BLANK}")
        }
        Kind::Flag | Kind::Choice => format!("{}: {what}, 1 for yes, 0 for no; {BLANK}", dimension.name),
    }
}

fn named_level(dimension: &Dimension, code: &Code) -> String {
    let what = format!("{} ({})", code.name, code.id);
    match &dimension.kind {
        Kind::Ordinal { levels } => {
            let levels: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
            format!("name of the level of coverage of {what}: {}; {BLANK}", levels.join(", "))
        }
        Kind::Actor { .. } => {
            format!("{what}: types of those whom the text names in this role, joined by \"; \"; {BLANK}")
        }
        Kind::Flag | Kind::Choice => format!("{}: {what}, yes or no; {BLANK}", dimension.name),
    }
}
