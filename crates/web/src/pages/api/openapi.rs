//! `GET /api/v1/openapi.json`: the table of endpoints as OpenAPI 3.1.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::endpoints::{ENDPOINTS, Endpoint, FILTER, Parameter};
use super::pictures::PICTURES;
use crate::error::WebError;
use crate::reply;
use crate::state::App;

/// `GET /api/v1/openapi.json`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&description(app.config().base_url.as_deref()))
}

/// The description; `base` becomes its server.
pub fn description(base: Option<&str>) -> Value {
    let paths: Map<String, Value> = ENDPOINTS
        .iter()
        .chain(PICTURES)
        .map(|e| (e.path.to_owned(), json!({ "get": operation(e) })))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lacuna",
            "version": "1",
            "description": "What AI-governance documents cover, with the passage behind every label. Reading needs no key. Labels of machine runs are not reviewed. Counts come with their denominator: documents that were not classified leave it.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": base.unwrap_or("/") }],
        "paths": paths,
        "components": { "schemas": { "Problem": problem() } }
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let filter: &[Parameter] = if endpoint.filtered { FILTER } else { &[] };
    let parameters: Vec<Value> = endpoint.parameters.iter().chain(filter).map(parameter).collect();
    let path = endpoint.path.trim_start_matches("/api/v1").trim_start_matches('/');
    let name: String = path.replace(['/', '{', '}', '.'], "_").replace("__", "_");
    // A picture is XML, everything else one JSON object or several.
    let kind = if endpoint.answers.ends_with("xml") { "string" } else { "object" };
    json!({
        "operationId": format!("get_{}", name.trim_end_matches('_')),
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": endpoint.holds,
                "content": { endpoint.answers: { "schema": { "type": kind } } }
            },
            "4XX": error("The request cannot be answered; the message says why."),
            "5XX": error("Something failed on this site.")
        }
    })
}

fn parameter(p: &Parameter) -> Value {
    let mut value = json!({
        "name": p.name,
        "in": p.place,
        "required": p.place == "path",
        "description": p.about,
        "schema": { "type": "string" }
    });
    if !p.example.is_empty() {
        value["example"] = p.example.into();
    }
    value
}

fn error(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["status", "error", "message", "hint"],
        "properties": {
            "status": { "type": "integer", "description": "HTTP status" },
            "error": { "type": "string", "description": "short name of the status" },
            "message": { "type": "string", "description": "what is wrong" },
            "hint": { "type": "string", "description": "what to do next" },
            "link": { "type": "string", "description": "with 410: the address that a release still has" }
        }
    })
}
