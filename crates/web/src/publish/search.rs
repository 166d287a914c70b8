//! Search and filters of a published site: data as script files, so that they load from a folder too, and a small script
//! of our own.

use lacuna_domain::codebook::Kind;
use lacuna_domain::coding::Outcome;
use lacuna_domain::filter::Field;
use lacuna_domain::{DocumentId, Filter};
use serde_json::{Value, json};

use super::links::file_of;
use crate::state::{App, Snapshot};

/// The script.
pub(super) const SCRIPT: &str = include_str!("search.js");

/// The page that the script fills.
pub(super) fn page(app: &App) -> String {
    let style = crate::assets::stylesheet();
    let fiction = if app.snapshot().provenance.fiction {
        "<div class=\"fiction\" role=\"note\"><strong>Fiction.</strong> This site holds sample documents invented for demonstration.</div>"
    } else {
        ""
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Search</title>\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"stylesheet\" href=\"{}\">\n</head>\n<body>\n\
         {fiction}<header class=\"site\"><div class=\"bar\"><a class=\"brand\" href=\"index.html\">Start</a> <a href=\"codes.html\">Codes</a> \
         <a href=\"data.html\">Data</a></div></header>\n<main id=\"main\">\n<h1>Search</h1>\n\
         <form id=\"form\" role=\"search\"><label for=\"q\">Words in names, summaries, codes and quotes</label> \
         <input id=\"q\" name=\"q\" type=\"search\" autocomplete=\"off\"> <button>Search</button></form>\n\
         <p id=\"filters\"></p>\n<p id=\"count\" role=\"status\">Searching in a published site needs JavaScript; \
         <a href=\"documents.csv\">the table of all documents</a> does not.</p>\n<ol id=\"results\" class=\"results\"></ol>\n</main>\n\
         <script src=\"assets/documents.js\"></script>\n<script src=\"assets/quotes.js\"></script>\n\
         <script src=\"assets/search.js\"></script>\n</body>\n</html>\n",
        style.trim_start_matches('/')
    )
}

/// Catalogue facts and levels of every document, and the names of codes.
pub(super) fn documents(snapshot: &Snapshot) -> String {
    let catalogue = &snapshot.catalogue;
    let selection = catalogue.select(&Filter::default(), None);
    let rows: Vec<Value> = catalogue
        .in_order(&selection)
        .into_iter()
        .filter_map(|number| {
            let record = catalogue.record(number)?;
            let id: DocumentId = record.id().parse().ok()?;
            let values = |field: Field| record.values(field).collect::<Vec<_>>();
            let mut codes = serde_json::Map::new();
            for dimension in &snapshot.codebook.dimensions {
                let dimension_id = dimension.id.as_str();
                if dimension.kind == Kind::Choice {
                    if let Some(choice) = record.choice(dimension_id) {
                        let name = if dimension_id == "status" { "form" } else { dimension_id };
                        codes.insert(name.to_owned(), json!({ choice.as_str(): 1 }));
                    }
                    continue;
                }
                let above = record.levels(dimension_id).into_iter().filter(|(_, l)| *l > dimension.lowest());
                let levels: serde_json::Map<String, Value> =
                    above.map(|(code, level)| (code.to_string(), level.into())).collect();
                codes.insert(dimension_id.to_owned(), levels.into());
            }
            Some(json!({
                "id": record.id(), "title": record.title(), "official": record.official_name(),
                "href": file_of(&crate::address::document(&id)), "year": record.year(),
                "authority": values(Field::Authority), "jurisdiction": values(Field::Jurisdiction),
                "collection": values(Field::Collection), "enactment": [record.enactment().id()],
                "language": values(Field::Language), "applies_to": values(Field::AppliesTo),
                "source": values(Field::Source), "tag": values(Field::Tag), "fiction": record.fiction(),
                "coded": values(Field::Coded), "codes": codes,
            }))
        })
        .collect();
    let names: serde_json::Map<String, Value> = snapshot
        .codebook
        .dimensions
        .iter()
        .map(|dimension| {
            let codes: serde_json::Map<String, Value> =
                dimension.codes.iter().map(|code| (code.id.to_string(), code.name.clone().into())).collect();
            (dimension.id.to_string(), codes.into())
        })
        .collect();
    script("lacunaDocuments", &json!({ "documents": rows, "names": names }))
}

/// Summaries, and the strongest quote of every positive label, by document id.
pub(super) async fn quotes(app: &App, snapshot: &Snapshot) -> String {
    let mut all = serde_json::Map::new();
    for number in snapshot.catalogue.select(&Filter::default(), None).documents() {
        let Some(record) = snapshot.catalogue.record(number) else { continue };
        let Ok(Some(document)) = app.document(record.id()).await else { continue };
        let mut words: Vec<Value> = [&document.metadata.short_summary, &document.metadata.long_summary]
            .into_iter()
            .flatten()
            .map(|summary| summary.clone().into())
            .collect();
        let version = app.versions(&document).await.ok().and_then(|mut versions| versions.pop());
        if let (Some(run), Some(version)) = (&snapshot.run, version)
            && let Ok(Some(Outcome::Coded(coding))) = app.outcome(&run.id, &version.text).await
        {
            let best = coding.judgements.iter().filter_map(|judgement| judgement.evidence().first());
            words.extend(best.map(|evidence| Value::String(evidence.quote().to_owned())));
        }
        all.insert(record.id().to_owned(), words.into());
    }
    script("lacunaQuotes", &all.into())
}

/// Data as a script; nothing in it can end the script element of a page it were pasted into.
fn script(name: &str, value: &Value) -> String {
    format!("window.{name} = {};\n", value.to_string().replace('<', "\\u003c"))
}
