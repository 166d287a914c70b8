//! `GET /wide.csv`: one row per document with its first day of every kind of date and one column per code, named as the
//! tables of published maps name them: `subdomain_1_1_coverage`, `sector_information_coverage`, …

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::filter::Field;
use lacuna_store::catalogue::{Record, Standing};

use crate::error::WebError;
use crate::pages::documents::days::{self, Days};
use crate::params::Params;
use crate::reply::{self, csv_row};
use crate::state::{App, Snapshot};
use crate::view::Reliability;
use crate::{find, pieces};

const FACTS: [&str; 9] = [
    "document",
    "title",
    "authority",
    "jurisdiction",
    "enactment",
    "date",
    "language",
    "classified",
    "fiction",
];

/// `GET /wide.csv`
pub async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let params = Params::parse(query.as_deref())?;
    let (numbers, tag) = find::listed(&snapshot, params, String::new()).await?;
    let trust = trust(&snapshot);
    let head = head(&snapshot.codebook, &trust);
    let source = Arc::clone(&snapshot);
    let rows = pieces::some_at_a_time(&numbers).map(move |some| rows(&source, &trust, &some));
    let table = pieces::table(head, rows);
    Ok(reply::stream("wide.csv", reply::CSV, tag, headers.get(header::IF_NONE_MATCH), table))
}

/// The names of the columns.
fn head(codebook: &Codebook, trust: &[(String, String)]) -> String {
    let mut out = String::new();
    let columns = columns(codebook);
    let names = columns.iter().chain(trust.iter().map(|(name, _)| name)).map(String::as_str);
    csv_row(&mut out, FACTS.into_iter().chain(days::columns()).chain(names).chain(["state_source"]));
    out
}

fn rows(snapshot: &Snapshot, trust: &[(String, String)], numbers: &[u32]) -> String {
    let mut out = String::new();
    let days = Days::of(&snapshot.catalogue, &numbers.iter().copied());
    for record in numbers.iter().filter_map(|number| snapshot.catalogue.record(*number)) {
        let coded = record.standing() == Standing::Coded;
        let text = |field: Field| record.value(field).unwrap_or_default().to_owned();
        let mut cells = vec![
            record.id().to_owned(),
            record.title().to_owned(),
            text(Field::Authority),
            text(Field::Jurisdiction),
            record.enactment().id().to_owned(),
            record.date().map(|date| date.to_string()).unwrap_or_default(),
            text(Field::Language),
            coded.to_string(),
            record.fiction().to_string(),
        ];
        cells.extend(days.cells(record.number()));
        let dimensions = &snapshot.codebook.dimensions;
        cells.extend(dimensions.iter().flat_map(|dimension| values(record, dimension, coded)));
        let trust = trust.iter().map(|(_, value)| if coded { value.as_str() } else { "" });
        let last = [record.state_source().unwrap_or_default()];
        csv_row(&mut out, cells.iter().map(String::as_str).chain(trust).chain(last));
    }
    out
}

/// The table without rows.
pub(super) fn empty(snapshot: &Snapshot) -> String {
    head(&snapshot.codebook, &trust(snapshot))
}

/// What is known of the labels of each column, as names and values of more columns: the same in every row, so that a row
/// taken out alone still says it.
fn trust(snapshot: &Snapshot) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut push = |column: &str, trust: Reliability| {
        let stem = column.strip_suffix("_coverage").unwrap_or(column);
        let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let known = &trust.columns;
        found.push((format!("{stem}_precision"), number(known.code_precision)));
        found.push((format!("{stem}_recall"), number(known.code_recall)));
        found.push((format!("{stem}_measured"), known.code_measured_against.clone()));
    };
    for dimension in &snapshot.codebook.dimensions {
        let id = dimension.id.as_str();
        let columns = of(dimension);
        if dimension.kind == Kind::Choice {
            for column in &columns {
                push(column, snapshot.trust(id, id));
            }
        } else {
            for (column, code) in columns.iter().zip(&dimension.codes) {
                push(column, snapshot.trust(id, code.id.as_str()));
            }
        }
    }
    found
}

fn columns(codebook: &Codebook) -> Vec<String> {
    codebook.dimensions.iter().flat_map(of).collect()
}

/// The columns of one dimension, in the order of its codes.
pub(super) fn of(dimension: &Dimension) -> Vec<String> {
    let name = |code: &str| code.replace(['.', '-'], "_");
    if dimension.kind == Kind::Choice {
        return vec![name(dimension.id.as_str())];
    }
    let codes = dimension.codes.iter().map(|code| code.id.as_str());
    codes.map(|code| format!("{}_{}_coverage", stem(dimension, code), name(code))).collect()
}

/// Numbered codes such as `1.1` are subdomains; others bear the name of their dimension.
fn stem<'d>(dimension: &'d Dimension, code: &str) -> &'d str {
    let numbered = code.contains('.') && code.starts_with(|c: char| c.is_ascii_digit());
    if numbered { "subdomain" } else { dimension.id.as_str() }
}

/// Names of levels, "yes" and "no" for flags, types of a role's actors; blank where the document was not classified.
fn values(record: Record<'_>, dimension: &Dimension, coded: bool) -> Vec<String> {
    let id = dimension.id.as_str();
    if dimension.kind == Kind::Choice {
        return vec![record.choice(id).map(ToString::to_string).unwrap_or_default()];
    }
    if !coded {
        return vec![String::new(); dimension.codes.len()];
    }
    let name = |code: &lacuna_domain::CodeId, level: u8| match &dimension.kind {
        Kind::Ordinal { levels } => {
            levels.iter().find(|l| l.value == level).map_or_else(|| level.to_string(), |l| l.name.clone())
        }
        Kind::Actor { .. } if level > 0 => {
            let types = record.types(id, code.as_str());
            types.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        Kind::Actor { .. } => String::new(),
        _ => if level > 0 { "yes" } else { "no" }.to_owned(),
    };
    record.levels(id).into_iter().map(|(code, level)| name(code, level)).collect()
}
