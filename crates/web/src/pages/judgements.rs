//! `GET /judgements.csv`, `/judgements.jsonl`, `/api/v1/judgements`: one row per label of every document that passes a
//! filter, negative ones included, written while it is read.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::{Stream, TryStreamExt as _, stream};
use lacuna_domain::{DocumentId, Run};
use lacuna_pipeline::publish::export::{ExportError, Format, Judgements, Scope};

use crate::error::WebError;
use crate::params::Params;
use crate::past::Past;
use crate::state::App;
use crate::{find, pieces, reply};

/// `GET /judgements.csv`
pub async fn get_csv(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, &headers, query.as_deref(), Format::Csv).await
}

/// `GET /judgements.jsonl` and `GET /api/v1/judgements`
pub async fn get_jsonl(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, &headers, query.as_deref(), Format::Jsonl).await
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    query: Option<&str>,
    format: Format,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let run = match params.take("run") {
        Some(prefix) => snapshot.run_named(&prefix),
        None => snapshot.run.as_ref(),
    };
    let run =
        run.ok_or_else(|| WebError::NotFound("there is no such run; /runs lists them".to_owned()))?.clone();
    let (media_type, name) = match format {
        Format::Csv => (reply::CSV, "judgements.csv"),
        Format::Jsonl => ("application/jsonl", "judgements.jsonl"),
    };
    let (numbers, tag) = find::listed(&snapshot, params, format!("{} {media_type}", run.id)).await?;
    let ids: Vec<DocumentId> =
        numbers.iter().filter_map(|number| snapshot.catalogue.record(*number)?.id().parse().ok()).collect();
    let known = headers.get(header::IF_NONE_MATCH);
    Ok(reply::stream(name, media_type, tag, known, body(app, run, ids, format)))
}

fn body(app: &App, run: Run, ids: Vec<DocumentId>, format: Format) -> Body {
    let app = app.clone();
    let open = async move {
        let held = |past: &Past| ids.iter().filter_map(|id| past.member(id).cloned()).collect::<Vec<_>>();
        let members = app.past().map(held);
        let scope = members.as_deref().map_or(Scope::These(&ids), Scope::Held);
        Judgements::open(app.store(), &run, scope, format).await
    };
    pieces::body(move || stream::once(open).map_ok(written).try_flatten())
}

/// What of the labels is still to be written.
fn written(labels: Judgements) -> impl Stream<Item = Result<Bytes, ExportError>> + Send {
    stream::try_unfold(labels, |mut labels| async move {
        let piece = labels.piece().await?;
        Ok(piece.map(|piece| (Bytes::from(piece), labels)))
    })
}
