//! `GET /datapackage.json`: a Frictionless data package (<https://datapackage.org/>) of every table, with a data dictionary.

use axum::extract::State;
use axum::response::Response;
use lacuna_pipeline::publish::export::JudgementRow;
use lacuna_pipeline::publish::tables::dictionary::{meaning_of, type_of};
use serde_json::{Value, json};

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
}

/// Every table.
pub fn tables(snapshot: &Snapshot) -> Vec<Table> {
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
            about: "one row per document: catalogue facts and the level of every code",
            path: "/documents",
            columns: header(&crate::pages::documents::row::csv(snapshot, &[])),
        },
        Table {
            name: "wide",
            about: "one row per document and one named level per code, as published maps have it",
            path: "/wide",
            columns: header(&super::wide::empty(snapshot)),
        },
        Table {
            name: "judgements",
            about: "one row per label of every document, negative ones included, with quotes",
            path: "/judgements",
            columns: JudgementRow::columns().map(str::to_owned).collect(),
        },
        Table {
            name: "relations",
            about: "how documents stand to each other, with the words that say so",
            path: "/relations",
            columns: own(&crate::pages::relations::COLUMNS),
        },
        Table {
            name: "codes",
            about: "how many documents speak to each code",
            path: "/codes",
            columns: header(&crate::pages::codes::coverage_csv(&[])),
        },
    ]
}

/// `GET /datapackage.json`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let config = app.config();
    let absolute = |path: String| config.absolute(&path).unwrap_or(path);
    let resources: Vec<Value> = tables(&snapshot)
        .into_iter()
        .map(|table| {
            let fields: Vec<Value> = table.columns.iter().map(|name| field(name)).collect();
            json!({
                "name": table.name,
                "description": table.about,
                "path": absolute(format!("{}.csv", table.path)),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "profile": "tabular-data-resource",
                "schema": { "fields": fields, "missingValues": [""] },
            })
        })
        .collect();
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

fn field(name: &str) -> Value {
    let meaning = meaning_of(name);
    let mut field = json!({ "name": name, "type": type_of(name).frictionless() });
    if !meaning.is_empty() {
        field["description"] = meaning.into();
    }
    field
}
