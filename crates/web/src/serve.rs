//! The site as a service: routes inside their layers, and a server that stops when it is told to.

use std::future::Future;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::error::WebError;
use crate::state::App;
use crate::{account, error, kept, limits, local, routes, security, tables, withdrawn};

/// The site over `app`, ready to be called.
pub fn router(app: App) -> Router {
    let config = app.config().clone();
    let inside = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            // Without its query: what somebody looks for is nobody’s business.
            tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
        }))
        .layer(middleware::from_fn_with_state(app.clone(), limits::log))
        .layer(middleware::from_fn(security::headers))
        .layer(middleware::from_fn_with_state(app.clone(), limits::limit))
        .layer(middleware::from_fn_with_state(app.clone(), local::only))
        // What is held is compressed once, below; this is for what is written while it is read.
        .layer(CompressionLayer::new().gzip(true).compress_when(is_streamed))
        .layer(middleware::from_fn_with_state(app.clone(), kept::answer))
        .layer(CompressionLayer::new().gzip(true))
        .layer(middleware::from_fn_with_state(app.clone(), error::dress))
        .layer(middleware::from_fn_with_state(app.clone(), account::guard_blind))
        .layer(CatchPanicLayer::custom(error::after_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, config.request_timeout))
        .layer(middleware::from_fn_with_state(limits::Turns::default(), limits::take_turns))
        .layer(middleware::from_fn_with_state(app.clone(), withdrawn::lead_on))
        .layer(RequestBodyLimitLayer::new(config.body_limit))
        .layer(DefaultBodyLimit::max(config.body_limit));
    tables::in_every_format(routes::routes().layer(inside).with_state(app), config.request_timeout)
}

fn is_streamed(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<kept::Streamed>().is_some()
}

/// Serves the site on `listener` until `shutdown` completes, then finishes the requests at hand. Meanwhile the store is
/// asked now and then whether it moved on, and pages follow it.
pub async fn serve(
    app: App,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let watcher = tokio::spawn(watch(app.clone()));
    let service = router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(shutdown).await;
    watcher.abort();
    served
}

async fn watch(app: App) {
    let mut ticks = tokio::time::interval(app.config().refresh);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // What all readers share takes longer than the store may move on unseen: it is made aside, one snapshot's at a time.
    let mut preparing: Option<JoinHandle<()>> = None;
    loop {
        ticks.tick().await;
        let rests = match follow(&app).await {
            Ok(moved) => !moved,
            Err(error) => {
                tracing::warn!(%error, "cannot follow the store; pages stay as they are");
                false
            }
        };
        if rests && preparing.as_ref().is_none_or(JoinHandle::is_finished) {
            preparing = Some(tokio::spawn(prepare(app.clone())));
        }
    }
}

/// Takes a new snapshot where the store moved on, which it answers, and makes its search ready.
async fn follow(app: &App) -> Result<bool, WebError> {
    let moved = app.refresh().await?;
    let snapshot = app.snapshot();
    snapshot.finder.ready(&snapshot.catalogue).await?;
    Ok(moved)
}

/// Makes ready what all readers share while the store rests, as it does when the server starts.
async fn prepare(app: App) {
    if let Err(error) = app.snapshot().prepare(&app).await {
        tracing::warn!(%error, "cannot gather what readers share; the first of them waits for it");
    }
}
