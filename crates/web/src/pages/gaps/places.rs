//! `GET /gaps/places.csv`: the codes by jurisdiction as a table, a row for each code in each of them, all of them.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use lacuna_pipeline::analyze::gaps::{States, verdicts};
use lacuna_store::catalogue::{FacetValue, Record, Selection};

use super::Asked;
use super::csv::figures;
use super::matrix::jurisdictions;
use crate::error::WebError;
use crate::find;
use crate::limits::Later;
use crate::pieces;
use crate::reply::{self, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Own, SetForm};

/// Columns, named as in the table of all places together.
const COLUMNS: [&str; 20] = [
    "dimension",
    "code",
    "name",
    "jurisdiction",
    "verdict",
    "documents",
    "documents_at_highest",
    "standing",
    "standing_at_highest",
    "binding",
    "binding_at_highest",
    "of_classified",
    "of_there",
    "of_standing",
    "of_binding",
    "few",
    "on",
    "set",
    "fiction",
    "run",
];

/// What the rows are counted from.
#[derive(Debug)]
struct Table {
    snapshot: Arc<Snapshot>,
    asked: Asked,
    selection: Selection,
    states: States,
}

/// `GET /gaps/places.csv`
pub async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let asked = Asked::read(&app, &snapshot, query.as_deref(), None)?;
    let (filter, known) = (asked.filter.clone(), headers.get(header::IF_NONE_MATCH).cloned());
    let later = Later::of_page();
    find::drawn(&snapshot, filter, false, move |snapshot, found| {
        let states = States::on(&snapshot.catalogue, asked.on);
        let selection = found.selection.clone();
        let table = Table { snapshot: Arc::clone(snapshot), asked, selection, states };
        let tag = table.tag()?;
        Ok(reply::stream("gaps-places.csv", reply::CSV, tag, known.as_ref(), table.body(later)))
    })
    .await
}

impl Table {
    fn tag(&self) -> Result<HeaderValue, WebError> {
        let (day, conditions) = (self.asked.on.to_string(), self.asked.filter.query());
        let told = [self.asked.dimension.id.as_str(), day.as_str(), conditions.as_str()];
        // What words find is not told by the filter alone.
        let numbers = self.selection.documents().iter();
        let records = numbers.filter_map(|number| self.snapshot.catalogue.record(number));
        let made_of = told.into_iter().chain(records.map(Record::id));
        reply::tag_of_rows(&self.snapshot, self.snapshot.run.as_ref(), made_of)
    }

    /// Written while it is read, a jurisdiction at a time: each is counted over the whole set, which takes a while.
    fn body(self, later: Later) -> Body {
        let table = Arc::new(self);
        pieces::body(move || {
            let (listing, first) = (Arc::clone(&table), later.clone());
            let listed = async move { first.aside("list jurisdictions", move || listing.places()).await };
            let rows = stream::once(listed).map_ok(move |(places, set)| {
                let (table, later) = (Arc::clone(&table), later.clone());
                let set: Arc<str> = set.into();
                stream::iter(places).then(move |place| {
                    let (table, later, set) = (Arc::clone(&table), later.clone(), Arc::clone(&set));
                    async move { later.aside("count a jurisdiction", move || table.rows(&place, &set)).await }
                })
            });
            let mut head = String::new();
            csv_row(&mut head, COLUMNS);
            stream::iter([Ok(head)]).chain(rows.try_flatten()).map(|piece| piece.map(Bytes::from))
        })
    }

    /// The jurisdictions, and the set in words as its page has it.
    fn places(&self) -> (Vec<FacetValue>, String) {
        let places = jurisdictions(&self.snapshot.catalogue, &self.selection);
        let set = SetForm::of("/gaps", &Own::new(), &[], &self.selection, &self.snapshot);
        (places, set.words_of())
    }

    /// The codes in one place, in codebook order.
    fn rows(&self, place: &FacetValue, set: &str) -> String {
        let Self { snapshot, asked, selection, states } = self;
        let within = selection.narrowed_to(&snapshot.catalogue, &place.condition);
        let found = verdicts(&snapshot.catalogue, &within, &asked.dimension, states);
        let of = [found.classified, found.there, found.standing, found.binding].map(|n| n.to_string());
        let few = if found.ranked { "no" } else { "yes" };
        let fiction = if snapshot.provenance.fiction { "fiction" } else { "" };
        let run = snapshot.run.as_ref().map_or("", |run| run.id.as_str());
        let on = asked.on.to_string();
        let about = [few, &on, set, fiction, run];
        let mut out = String::new();
        for code in &asked.dimension.codes {
            let Some(gap) = found.codes.iter().find(|gap| gap.code == code.id.as_str()) else { continue };
            // What may have been missed is not counted by place.
            let [verdict, counts @ .., _] = figures(gap);
            let named =
                [found.dimension.clone(), gap.code.clone(), gap.name.clone(), place.label.clone(), verdict];
            let counted = named.iter().chain(&counts).chain(&of).map(String::as_str);
            csv_row(&mut out, counted.chain(about));
        }
        out
    }
}
