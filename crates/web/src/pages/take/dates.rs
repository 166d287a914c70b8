//! `GET /dates.csv`: every date that passages of the documents of a filter state, with the words that state it.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::relation::StatedDate;
use lacuna_domain::{DocumentId, TextId};
use lacuna_pipeline::publish::export::DateRow;

use crate::address;
use crate::error::WebError;
use crate::find;
use crate::params::Params;
use crate::reply::{self, csv_row};
use crate::state::App;

/// The names of the columns.
pub(super) fn columns() -> impl Iterator<Item = &'static str> {
    DateRow::COLUMNS.into_iter().chain(["href"])
}

/// `GET /dates.csv`
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let numbers = find::listed(&snapshot, Params::parse(query.as_deref())?).await?;
    let stated = app.stated_by_text().await?;
    let versions = app.latest_versions().await?;
    let texts: BTreeMap<DocumentId, TextId> = versions.into_iter().map(|v| (v.document, v.text)).collect();
    let mut out = String::new();
    csv_row(&mut out, columns());
    for record in numbers.iter().filter_map(|number| snapshot.catalogue.record(*number)) {
        let Ok(id) = record.id().parse::<DocumentId>() else { continue };
        let stated = texts.get(&id).and_then(|text| stated.get(text)).into_iter().flatten();
        for one in stated.filter(|stated| stated.is_of(&id)) {
            let (document, title) = (record.id(), record.title());
            let row = DateRow { document, title, stated: one, fiction: record.fiction() };
            let (cells, href) = (row.cells(), href(&app, &id, one));
            csv_row(&mut out, cells.iter().chain([&href]).map(String::as_str));
        }
    }
    Ok(reply::csv("dates.csv", out))
}

/// The address of the passage, absolute where the site knows its own.
fn href(app: &App, id: &DocumentId, stated: &StatedDate) -> String {
    let href = address::passage(id, None, stated.passage.passage);
    app.config().absolute(&href).unwrap_or_else(|| app.within(&href))
}
