//! `GET /dates.csv`: every date that passages of the documents of a filter state, with the words that state it, written
//! while it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use lacuna_domain::relation::StatedDate;
use lacuna_domain::{DocumentId, TextId, Version};
use lacuna_pipeline::publish::export::DateRow;
use lacuna_store::catalogue::Record;

use crate::error::WebError;
use crate::params::Params;
use crate::reply::{self, csv_row};
use crate::state::{App, Snapshot};
use crate::{address, find, pieces};

/// The names of the columns.
pub(super) fn columns() -> impl Iterator<Item = &'static str> {
    DateRow::COLUMNS.into_iter().chain(["href"])
}

/// `GET /dates.csv`
pub async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    // Rows hold addresses: a site that learns its own has other rows.
    let own = app.config().absolute("/").unwrap_or_default();
    let (numbers, tag) = find::listed(&snapshot, Params::parse(query.as_deref())?, own).await?;
    let mut head = String::new();
    csv_row(&mut head, columns());
    let table = pieces::table_read(head, numbers, move |some| {
        let (app, snapshot) = (app.clone(), Arc::clone(&snapshot));
        async move { rows(&app, &snapshot, &some).await }
    });
    Ok(reply::stream("dates.csv", reply::CSV, tag, headers.get(header::IF_NONE_MATCH), table))
}

/// The rows of some documents.
async fn rows(app: &App, snapshot: &Snapshot, numbers: &[u32]) -> Result<String, WebError> {
    let records = numbers.iter().filter_map(|number| snapshot.catalogue.record(*number));
    let records: Vec<(DocumentId, Record<'_>)> =
        records.filter_map(|record| Some((record.id().parse().ok()?, record))).collect();
    let ids: Vec<DocumentId> = records.iter().map(|(id, _)| id.clone()).collect();
    let versions = app.current_versions(&ids).await?;
    let texts: Vec<TextId> = versions.iter().map(|version| version.text.clone()).collect();
    let stated = app.stated_among(&texts).await?;
    let versions: BTreeMap<&DocumentId, &Version> =
        versions.iter().map(|version| (&version.document, version)).collect();
    let mut out = String::new();
    for (id, record) in &records {
        let Some(version) = versions.get(id) else { continue };
        let stated = stated.get(&version.text).into_iter().flatten();
        for one in stated.filter(|stated| stated.is_of(id)) {
            let (document, title) = (record.id(), record.title());
            let row = DateRow { document, title, stated: one, fiction: record.fiction() };
            let (cells, href) = (row.cells(), href(app, version, one));
            csv_row(&mut out, cells.iter().chain([&href]).map(String::as_str));
        }
    }
    Ok(out)
}

/// The address of the passage in the version that states it, absolute where the site knows its own.
fn href(app: &App, version: &Version, stated: &StatedDate) -> String {
    let place = address::passage(&version.document, None, stated.passage.passage);
    app.in_tables(&app.lasting(&place, Some(version.number)))
}
