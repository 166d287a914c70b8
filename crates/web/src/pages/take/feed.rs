//! `GET /feed.atom`: the documents of any filtered list, newest change first, with what changed and why each matched.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use lacuna_domain::filter::{CodeTest, Condition, Sort};
use lacuna_domain::{DocumentId, Filter};
use lacuna_store::catalogue::Record;

use super::xml;
use crate::error::WebError;
use crate::find::Found;
use crate::params::Params;
use crate::reply;
use crate::state::{App, Snapshot, list_href};

/// Entries of one feed.
const ENTRIES: usize = 50;

/// When a document's latest version came, and its number.
pub type Arrivals = BTreeMap<DocumentId, (Timestamp, u32)>;

/// `GET /feed.atom`
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let params = Params::parse(query.as_deref())?;
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let found = snapshot.finder.find(&snapshot.catalogue, &filter)?;
    if let Some(problem) = found.problem {
        return Err(WebError::BadRequest(format!("q: {problem}")));
    }
    let arrivals = snapshot.arrivals.get_or_try_init(|| arrivals(&app)).await?;
    let mut entries: Vec<(Option<&(Timestamp, u32)>, Record<'_>)> = found
        .selection
        .documents()
        .iter()
        .filter_map(|number| snapshot.catalogue.record(number))
        .map(|record| (record.id().parse().ok().and_then(|id: DocumentId| arrivals.get(&id)), record))
        .collect();
    entries.sort_by_key(|(arrival, record)| (std::cmp::Reverse(arrival.map(|(at, _)| *at)), record.number()));
    entries.truncate(ENTRIES);
    let feed = feed(&app, &snapshot, &filter, &found, &entries)?;
    Ok(reply::text("application/atom+xml; charset=utf-8", feed))
}

async fn arrivals(app: &App) -> Result<Arrivals, WebError> {
    let versions = app.latest_versions().await?;
    Ok(versions.into_iter().map(|v| (v.document, (v.ingested_at, v.number))).collect())
}

fn feed(
    app: &App,
    snapshot: &Snapshot,
    filter: &Filter,
    found: &Found,
    entries: &[(Option<&(Timestamp, u32)>, Record<'_>)],
) -> Result<String, WebError> {
    let config = app.config();
    let absolute = |path: &str| config.absolute(path).unwrap_or_else(|| path.to_owned());
    let own = absolute(&format!("/feed.atom?{}", filter.query()));
    let list = absolute(&list_href(&filter.sorted_by(Sort::Newest)));
    let conditions: Vec<String> = filter.conditions().iter().map(|c| c.label(&snapshot.codebook)).collect();
    let about = if conditions.is_empty() { "all documents".to_owned() } else { conditions.join("; ") };
    let updated = entries.iter().filter_map(|(arrival, _)| arrival.map(|(at, _)| *at)).max();
    let updated = updated.unwrap_or(snapshot.provenance.as_of);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>{}</id>\n<title>{}</title>\n<updated>{updated}</updated>\n\
         <link rel=\"self\" href=\"{}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
         <author><name>{}</name></author>\n",
        xml(&own),
        xml(&format!("{}: {about}", config.site)),
        xml(&own),
        xml(&list),
        xml(&config.site),
    );
    for (arrival, record) in entries {
        let Ok(id) = record.id().parse::<DocumentId>() else { continue };
        let href = absolute(&crate::address::document(&id));
        let (at, what) = match arrival {
            Some((at, 1)) => (*at, "New document with its text".to_owned()),
            Some((at, number)) => (*at, format!("The text changed: version {number}")),
            None => (snapshot.provenance.as_of, "Catalogued without a text".to_owned()),
        };
        let why = why(snapshot, filter, found, *record)?;
        let fiction = if record.fiction() { " (fiction)" } else { "" };
        out.push_str(&format!(
            "<entry>\n<id>{}</id>\n<title>{}{fiction}</title>\n<updated>{at}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<summary>{}</summary>\n</entry>\n",
            xml(&href),
            xml(record.title()),
            xml(&href),
            xml(&format!("{what}. {why}")),
        ));
    }
    out.push_str("</feed>\n");
    Ok(out)
}

/// Why a document matched: the conditions it meets, with its own level for conditions on codes and the words found.
fn why(snapshot: &Snapshot, filter: &Filter, found: &Found, record: Record<'_>) -> Result<String, WebError> {
    let mut met = Vec::new();
    for condition in filter.conditions() {
        let label = condition.label(&snapshot.codebook);
        match &condition {
            Condition::Words(_) => {
                let snippets = snapshot.finder.snippets(found, record.number(), record.id())?;
                let words =
                    snippets.first().map(|s| s.pieces.iter().map(|p| p.text.as_str()).collect::<String>());
                met.push(words.map_or(label.clone(), |words| format!("{label} (“{words}”)")));
            }
            Condition::Code(dimension, code, test) if *test != CodeTest::Absent => {
                let level = record.level(dimension.as_str(), code.as_str());
                let named = snapshot.codebook.dimension(dimension.as_str());
                let name = named.zip(level).and_then(|(d, level)| {
                    d.levels().iter().find(|l| l.value == level).map(|l| l.name.clone())
                });
                met.push(name.map_or(label.clone(), |name| format!("{label} ({name})")));
            }
            _ => met.push(label),
        }
    }
    let matched = if met.is_empty() { "In the list of all documents".to_owned() } else { met.join("; ") };
    Ok(format!("Matched by: {matched}"))
}
