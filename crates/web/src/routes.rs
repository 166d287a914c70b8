//! Every address of the site, on one screen.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::pages::{
    about, actors, agreement, api, codes, compare, docs, documents, drafts, explore, gaps, health,
    judgements, overview, relations, review, runs, standing, take,
};
use crate::state::App;
use crate::{assets, past};

/// The routes, without the layers around them.
pub(crate) fn routes() -> Router<App> {
    pages()
        .merge(places())
        .merge(review::routes())
        .merge(take_away())
        .merge(data())
        .fallback(|| async { StatusCode::NOT_FOUND })
}

/// The pages of which the map of a release has some; see [`past`](crate::past).
pub(crate) fn of_release() -> Router<App> {
    pages().merge(places()).merge(take_away()).fallback(|| async { StatusCode::NOT_FOUND })
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(overview::get))
        .route("/overview.json", get(overview::get_json))
        .route("/overview.csv", get(overview::get_csv))
        .route("/overview/years.svg", get(overview::get_years))
        .route("/documents", get(documents::list::get))
        .route("/documents.json", get(documents::list::get))
        .route("/documents.csv", get(documents::list::get))
        .route("/documents/{id}", get(documents::show::get)) // also {id}.json, {id}.csv
        .route("/documents/{id}/text", get(documents::text::get))
        .route("/documents/{id}/text.json", get(documents::text::get))
        .route("/documents/{id}/text.csv", get(documents::text::get))
        .route("/documents/{id}/relations.svg", get(documents::graph::get))
        .route("/documents/{id}/correction", get(documents::correction::get))
        .route("/judgements.csv", get(judgements::get_csv))
        .route("/judgements.jsonl", get(judgements::get_jsonl))
        .route("/explore", get(explore::page::get))
        .route("/explore.json", get(explore::page::get_json))
        .route("/explore.csv", get(explore::page::get_csv))
        .route("/explore.svg", get(explore::page::get_svg))
        .route("/gaps", get(gaps::set::get))
        .route("/gaps.json", get(gaps::set::get))
        .route("/gaps.csv", get(gaps::set::get))
        .route("/gaps.svg", get(gaps::set::get))
        .route("/gaps/places.svg", get(gaps::set::get_places))
        .route("/gaps/places.csv", get(gaps::places::get))
        .route("/gaps/{dimension}/{code}", get(gaps::absence::get)) // also .json, .csv
        .route("/codes", get(codes::list::get))
        .route("/codes.json", get(codes::list::get_json))
        .route("/codes.csv", get(codes::list::get_csv))
        .route("/codes/{dimension}", get(codes::dimension::get)) // also .json, .csv, .svg
        .route("/codes/{dimension}/{code}", get(codes::show::get)) // also .json, .csv, .svg
        .route("/documents/{id}/annotations.json", get(take::annotations::get))
        .route("/documents/{id}/cite.bib", get(take::cite::bib))
        .route("/documents/{id}/cite.ris", get(take::cite::ris))
        .route("/relations", get(relations::get))
        .route("/relations.json", get(relations::get))
        .route("/relations.csv", get(relations::get))
        .route("/runs", get(runs::list::get))
        .route("/runs.json", get(runs::list::get_json))
        .route("/runs.csv", get(runs::list::get_csv))
        .route("/runs/{id}", get(runs::show::get)) // also .json, .csv
        .route("/agreement", get(agreement::get))
        .route("/agreement.json", get(agreement::get_json))
        .route("/agreement.csv", get(agreement::get_csv))
        .route("/runs/{id}/beside/{other}", get(runs::beside::get)) // also .json, .csv
        .route("/about", get(about::get))
        .route("/about.json", get(about::get_json))
        .route("/docs", get(docs::index))
        .route("/docs/{*path}", get(docs::get))
        .route("/api", get(api::get))
        .route("/healthz", get(health::get))
        .route("/robots.txt", get(assets::robots))
        .route("/assets/{file}", get(assets::show))
        .route("/{dimension}", get(codes::dimension::short_form)) // /risks
        .route("/{dimension}/{code}", get(codes::show::short_form)) // /risks/2.2
}

fn places() -> Router<App> {
    Router::new()
        .route("/drafts", get(drafts::get).post(drafts::post))
        .route("/compare", get(compare::side::get))
        .route("/compare.json", get(compare::side::get))
        .route("/compare.csv", get(compare::side::get))
        .route("/compare/with-corpus", get(compare::corpus::get))
        .route("/compare/with-corpus.json", get(compare::corpus::get))
        .route("/compare/with-corpus.csv", get(compare::corpus::get))
        .route("/actors", get(actors::overview::get))
        .route("/actors.json", get(actors::overview::get))
        .route("/actors.csv", get(actors::overview::get))
        .route("/actors/flow.svg", get(actors::overview::get_flow))
        .route("/actors/duties.svg", get(actors::overview::get_duties))
        .route("/actors/entities", get(actors::list::get))
        .route("/actors/entities.json", get(actors::list::get))
        .route("/actors/entities.csv", get(actors::list::get))
        .route("/actors/entities/{name}", get(actors::entity::get)) // also .json, .csv
        .route("/actors/duties/{kind}/{code}", get(actors::duty::get)) // also .json, .csv
        .route("/domains", get(standing::list::domain_list))
        .route("/domains.json", get(standing::list::domain_list))
        .route("/domains.csv", get(standing::list::domain_list))
        .route("/domains.svg", get(standing::list::domain_list))
        .route("/domains/{name}", get(standing::domain::get)) // also .json, .csv, .svg
        .route("/jurisdictions", get(standing::list::jurisdiction_list))
        .route("/jurisdictions.json", get(standing::list::jurisdiction_list))
        .route("/jurisdictions.csv", get(standing::list::jurisdiction_list))
        .route("/jurisdictions.svg", get(standing::list::jurisdiction_list))
        .route("/jurisdictions/{name}", get(standing::field::jurisdiction)) // also .json, .csv, .svg
        .route("/authorities", get(standing::list::authority_list))
        .route("/authorities.json", get(standing::list::authority_list))
        .route("/authorities.csv", get(standing::list::authority_list))
        .route("/authorities.svg", get(standing::list::authority_list))
        .route("/authorities/{name}", get(standing::field::authority)) // also .json, .csv, .svg
        .route("/collections", get(standing::list::collection_list))
        .route("/collections.json", get(standing::list::collection_list))
        .route("/collections.csv", get(standing::list::collection_list))
        .route("/collections.svg", get(standing::list::collection_list))
        .route("/collections/{name}", get(standing::field::collection)) // also .json, .csv, .svg
}

/// What readers take away; every `.csv` of the site is there as `.xlsx`, `.parquet`, `.jsonl` and `.rows.json` too.
fn take_away() -> Router<App> {
    Router::new()
        .route("/data", get(take::data::get))
        .route("/data.json", get(take::data::get_json))
        .route("/datapackage.json", get(take::datapackage::get))
        .route("/CITATION.cff", get(take::cite::cff))
        .route("/wide.csv", get(take::wide::get))
        .route("/dates.csv", get(take::dates::get))
        .route("/feed.atom", get(take::feed::get))
        .route("/embed/explore", get(explore::page::get_embed))
        .route("/embed/codes/{dimension}", get(take::embed::chart))
        .route("/embed/documents/{id}/{dimension}/{code}", get(take::embed::quote))
        .route("/releases", get(take::releases::list))
        .route("/releases.json", get(take::releases::list_json))
        .route("/releases.csv", get(take::releases::list_csv))
        .route("/releases/diff", get(take::releases::changes))
        .route("/releases/diff.json", get(take::releases::changes_json))
        .route("/releases/diff.csv", get(take::releases::changes_csv))
        .route("/releases/{id}", get(take::releases::show)) // also .json
        .route("/releases/{id}/map", get(past::show))
        .route("/releases/{id}/map/", get(past::show))
        .route("/releases/{id}/map/{*page}", get(past::show))
        .route("/releases/{id}/{file}", get(take::releases::file))
}

fn data() -> Router<App> {
    Router::new()
        .route("/api/v1/openapi.json", get(api::openapi::get))
        .route("/api/v1/overview", get(overview::get_json))
        .route("/api/v1/documents", get(documents::list::get))
        .route("/api/v1/documents/{id}", get(documents::show::get_json))
        .route("/api/v1/documents/{id}/text", get(documents::text::get))
        .route("/api/v1/explore", get(explore::page::get_json))
        .route("/api/v1/gaps", get(gaps::set::get))
        .route("/api/v1/judgements", get(judgements::get_jsonl))
        .route("/api/v1/codes", get(codes::list::get_json))
        .route("/api/v1/codes/{dimension}", get(codes::dimension::get_json))
        .route("/api/v1/codes/{dimension}/{code}", get(codes::show::get_json))
        .route("/api/v1/agreement", get(agreement::get_json))
        .route("/api/v1/runs", get(runs::list::get_json))
        .route("/api/v1/runs/{id}", get(runs::show::get_json))
}
