//! `GET /documents/{id}/annotations.json`: the evidence of a document as W3C Web Annotations (<https://www.w3.org/TR/annotation-model/>),
//! each with a quote and its place in code points of the text. Annotations are named by addresses where the site was told its
//! own, and those of another site by others; else by UUIDs, which are the same wherever no address was told.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{Evidence, Text};
use serde_json::{Value, json};

use crate::address;
use crate::error::WebError;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::reply;
use crate::state::App;

/// `GET /documents/{id}/annotations.json`
pub async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query.as_deref())?;
    let asked = Asked::read(&app, &snapshot, &id, &mut params).await?;
    params.done(&["v", "run"])?;
    let mut path = address::text(&asked.document.id);
    if !asked.query.is_empty() {
        // Another version or another run has annotations of its own.
        path = format!("{path}?{}", asked.query);
    }
    // The address of an earlier version names it already.
    let newest = asked.versions.last().map(|version| version.number);
    let version = asked.version.as_ref().map(|version| version.number).filter(|own| newest == Some(*own));
    let mut items = Vec::new();
    if let (Some(Outcome::Coded(coding)), Some(reading)) = (&asked.outcome, &asked.reading) {
        let run = asked.run.as_ref().map(|run| (run.id.to_string(), run.name.clone())).unwrap_or_default();
        let mut put = |dimension: &str, code: &str, value: Value, evidence: &Evidence| {
            let name = app.name_of(&format!("{path}#annotation-{}", items.len() + 1));
            let place = app.lasting(&format!("{path}#p-{}", evidence.passage()), version);
            let source = app.reach(&place);
            items.push(annotation((name, source), (dimension, code, value), evidence, &reading.text, &run));
        };
        for judgement in &coding.judgements {
            let value = json!(judgement.value());
            for evidence in judgement.evidence() {
                put(judgement.dimension().as_str(), judgement.code().as_str(), value.clone(), evidence);
            }
        }
        for actor in &coding.actors {
            for entity in actor.entities() {
                put(actor.dimension().as_str(), actor.role().as_str(), json!(entity.name), &entity.at);
            }
        }
    }
    let page = json!({
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": app.name_of(&format!("{path}#annotations")),
        "type": "AnnotationCollection",
        "label": format!("Evidence of {}", asked.document.id),
        "total": items.len(),
        "first": { "type": "AnnotationPage", "startIndex": 0, "items": items },
    });
    let mut response = reply::json(&page)?;
    let kind = "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\"";
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

fn annotation(
    (id, source): (String, String),
    (dimension, code, value): (&str, &str, Value),
    evidence: &Evidence,
    text: &Text,
    (run, name): &(String, String),
) -> Value {
    let places = evidence.spans().iter().filter_map(|span| span.code_points(&text.content));
    let mut selectors: Vec<Value> = places
        .map(|(start, end)| json!({ "type": "TextPositionSelector", "start": start, "end": end }))
        .collect();
    let (prefix, suffix) = around(&text.content, evidence.extent());
    let quote = json!({
        "type": "TextQuoteSelector", "exact": evidence.quote(), "prefix": prefix, "suffix": suffix,
    });
    selectors.insert(0, quote);
    json!({
        "id": id,
        "type": "Annotation",
        "motivation": "classifying",
        "creator": { "type": "Software", "id": format!("urn:lacuna:run:{run}"), "name": name },
        "body": {
            "type": "TextualBody",
            "purpose": "classifying",
            "format": "application/json",
            "value": json!({ "dimension": dimension, "code": code, "value": value }).to_string(),
        },
        "target": { "source": source, "selector": selectors },
    })
}

/// Characters before and after a quote that tell it from the same words elsewhere in the text.
const AROUND: usize = 32;

/// The words before and after a range of bytes; fewer where the text begins or ends.
fn around(text: &str, (start, end): (usize, usize)) -> (&str, &str) {
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let to = after.char_indices().nth(AROUND).map_or(after.len(), |(at, _)| at);
    (&before[from..], &after[..to])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_repeated_sentence_tells_one_from_the_other() {
        let text = "第一条 记录应当保存。 The log is kept. 第二条 记录应当公布,由主管机关按照本法规定的程序和期限向社会公众公布。 The log is kept.";
        let words = "The log is kept.";
        let places: Vec<(&str, &str)> =
            text.match_indices(words).map(|(at, found)| around(text, (at, at + found.len()))).collect();
        assert_eq!(places.len(), 2);
        assert_eq!(places[0].0, "第一条 记录应当保存。 ", "all there is before the first");
        assert_eq!((places[1].0.chars().count(), places[1].1), (AROUND, ""), "no character is cut");
        assert_eq!(places[0].1.chars().count(), AROUND);
        for (before, after) in places {
            assert!(text.contains(&format!("{before}{words}{after}")));
        }
    }
}
