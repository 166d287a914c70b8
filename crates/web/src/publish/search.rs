//! Search and filters of a published site: data as script files, so that they load from a folder too, and a small script
//! of our own.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::codebook::Dimension;
use lacuna_domain::coding::Outcome;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::{Condition, Field, Sort, decode};
use lacuna_domain::judgement::ActorJudgement;
use lacuna_domain::{Codebook, Coding, DocumentId, Evidence, Filter, Judgement};
use lacuna_store::catalogue::FacetValue;
use serde_json::{Value, json};

use super::links::{conditions, file_of};
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
         <a href=\"documents.csv\">the table of all documents</a> does not.</p>\n\
         <aside id=\"facets\" class=\"facets\" aria-label=\"Narrow the list\"></aside>\n<p id=\"sorts\"></p>\n\
         <ol id=\"results\" class=\"results\"></ol>\n<nav aria-label=\"Pages\"><ul id=\"pages\" class=\"pages\"></ul></nav>\n</main>\n\
         <script src=\"assets/documents.js\"></script>\n<script src=\"assets/quotes.js\"></script>\n\
         <script src=\"assets/search.js\"></script>\n</body>\n</html>\n",
        style.trim_start_matches('/')
    )
}

/// Catalogue facts and covered codes of every document, its place in every order, its days, and the lists behind the
/// links of `pages` and behind the facets.
pub(super) fn documents<'p>(snapshot: &Snapshot, pages: impl Iterator<Item = &'p str>) -> String {
    let selection = snapshot.catalogue.select(&Filter::default(), None);
    let order = snapshot.catalogue.in_order(&selection);
    let rows: Vec<Value> = order.iter().filter_map(|number| row(snapshot, *number)).collect();
    let places: Places = order.iter().enumerate().map(|(place, number)| (*number, place)).collect();
    let facets = facets(snapshot);
    let offered = facets.iter().flat_map(|facet| &facet.values).map(|value| value.filter.query());
    let pairs: BTreeSet<String> = pages.flat_map(conditions).chain(offered).collect();
    let data = json!({
        "documents": rows, "lists": lists(snapshot, &places, &pairs),
        "facets": facets.iter().map(Facet::json).collect::<Vec<_>>(),
        "orders": orders(snapshot, &places), "days": days(snapshot, &places),
    });
    script("lacunaDocuments", &data)
}

/// What readers narrow the list by.
struct Facet {
    name: String,
    values: Vec<Offer>,
}

/// One value of a facet.
struct Offer {
    /// The condition alone.
    filter: Filter,
    label: String,
}

impl Facet {
    /// Values of `conditions` with their names; a code is its own subject, every other value one of its field.
    fn of<'c>(name: &str, conditions: impl Iterator<Item = &'c Condition>, codebook: &Codebook) -> Self {
        let value = |condition: &Condition| Offer {
            filter: Filter::default().with(condition),
            label: match condition {
                Condition::Code(..) => condition.subject_label(codebook),
                _ => condition.value_label(codebook),
            },
        };
        Self { name: name.to_owned(), values: conditions.map(value).collect() }
    }

    /// Its name, and of each value the pair of the address and its name.
    fn json(&self) -> Value {
        let value =
            |value: &Offer| value.filter.pairs().pop().map(|(name, of)| json!([name, of, value.label]));
        json!({ "name": self.name, "values": self.values.iter().filter_map(value).collect::<Vec<_>>() })
    }
}

/// Jurisdictions, authorities, forms, states and codes that any document has.
fn facets(snapshot: &Snapshot) -> Vec<Facet> {
    let (catalogue, codebook) = (&snapshot.catalogue, &snapshot.codebook);
    let all = catalogue.facets(&catalogue.select(&Filter::default(), None));
    let some = |value: &&FacetValue| value.count > 0;
    let field = |field: Field| {
        let values = all.fields.get(&field).into_iter().flatten().filter(some);
        Facet::of(field.name(), values.map(|value| &value.condition), codebook)
    };
    let options = |dimension: &Dimension| {
        let values = all.options.get(&dimension.id)?.iter().filter(some);
        Some(Facet::of(&dimension.name, values.map(|value| &value.condition), codebook))
    };
    let codes = |dimension: &Dimension| {
        let codes = all.codes.get(&dimension.id)?.iter();
        let values = codes.filter_map(|code| code.values.first()).filter(some);
        Some(Facet::of(&dimension.name, values.map(|value| &value.condition), codebook))
    };
    let mut facets: Vec<Facet> = [Field::Jurisdiction, Field::Authority].map(field).into();
    facets.extend(codebook.dimensions.iter().filter_map(options));
    facets.push(field(Field::Enactment));
    facets.extend(codebook.dimensions.iter().filter_map(codes));
    facets.retain(|facet| !facet.values.is_empty());
    facets
}

/// Places in the order of the published documents, by the numbers of the catalogue.
type Places = BTreeMap<u32, usize>;

fn placed(places: &Places, numbers: impl IntoIterator<Item = u32>) -> Vec<usize> {
    numbers.into_iter().filter_map(|number| places.get(&number).copied()).collect()
}

/// Every order that needs no words, as the catalogue has it; the first is that of a list nobody sorted.
fn orders(snapshot: &Snapshot, places: &Places) -> Vec<Value> {
    let sorts = Sort::ALL.into_iter().filter(|sort| *sort != Sort::Relevance);
    sorts
        .map(|sort| {
            let filter = Filter { sort: Some(sort), ..Filter::default() };
            let order = snapshot.catalogue.in_order(&snapshot.catalogue.select(&filter, None));
            json!({ "id": sort.id(), "name": sort.name(), "documents": placed(places, order) })
        })
        .collect()
}

/// The documents of every day, by the kind of date.
fn days(snapshot: &Snapshot, places: &Places) -> serde_json::Map<String, Value> {
    let of = |kind: DateKind| {
        let days = snapshot.catalogue.by_day(kind);
        let on: BTreeMap<String, Vec<usize>> =
            days.map(|(day, documents)| (day.to_string(), placed(places, documents))).collect();
        (kind.id().to_owned(), json!({ "name": kind.name(), "on": on }))
    };
    DateKind::ALL.into_iter().map(of).collect()
}

fn row(snapshot: &Snapshot, number: u32) -> Option<Value> {
    let record = snapshot.catalogue.record(number)?;
    let id: DocumentId = record.id().parse().ok()?;
    let first = |field: Field| record.values(field).next();
    let mut codes = Vec::new();
    for dimension in &snapshot.codebook.dimensions {
        let name = |code: &str| dimension.code(code).map(|known| format!("{code} {}", known.name));
        let levels = record.levels(dimension.id.as_str()).into_iter();
        codes.extend(
            levels.filter(|(_, l)| *l > dimension.lowest()).filter_map(|(code, _)| name(code.as_str())),
        );
        codes.extend(record.choice(dimension.id.as_str()).and_then(|choice| name(choice.as_str())));
    }
    Some(json!({
        "id": record.id(), "title": record.title(), "official": record.official_name(),
        "href": file_of(&crate::address::document(&id)), "year": record.year(),
        "authority": first(Field::Authority), "jurisdiction": first(Field::Jurisdiction),
        "enactment": record.enactment().id(), "codes": codes,
    }))
}

/// The documents of every condition among `pairs`, as `places` has them, by the condition as the address
/// writes it. The catalogue that counted them for the pages lists them too, so that a number and its list agree.
fn lists(snapshot: &Snapshot, places: &Places, pairs: &BTreeSet<String>) -> serde_json::Map<String, Value> {
    let mut lists = serde_json::Map::new();
    for pair in pairs {
        let Ok(filter) = Filter::parse_query(pair, &snapshot.codebook) else { continue };
        let [condition] = &filter.conditions()[..] else { continue };
        if matches!(condition, Condition::Words(_) | Condition::On(_)) {
            continue;
        }
        let Some((name, value)) = pair.split_once('=') else { continue };
        let found = snapshot.catalogue.select(&filter, None);
        let documents = placed(places, found.documents());
        lists.insert(
            format!("{}={}", decode(name), decode(value)),
            json!({
                "subject": format!("{name} {}", condition.subject_label(&snapshot.codebook)),
                "label": condition.label(&snapshot.codebook),
                "documents": documents,
            }),
        );
    }
    lists
}

/// Summaries, and every quote of every label and of everybody who is named, by document id.
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
            words.extend(quoted(&coding).into_iter().map(Value::from));
        }
        all.insert(record.id().to_owned(), words.into());
    }
    script("lacunaQuotes", &all.into())
}

/// The quotes of a coding in its order, each sentence once: what stands within a longer quote is found with that one.
fn quoted(coding: &Coding) -> Vec<&str> {
    let labels = coding.judgements.iter().flat_map(Judgement::evidence);
    let named = coding.actors.iter().flat_map(ActorJudgement::evidence);
    let mut quotes: Vec<&str> = Vec::new();
    for quote in labels.chain(named).map(Evidence::quote) {
        if !quotes.iter().any(|kept| kept.contains(quote)) {
            quotes.retain(|kept| !quote.contains(*kept));
            quotes.push(quote);
        }
    }
    quotes
}

/// Data as a script; nothing in it can end the script element of a page it were pasted into.
fn script(name: &str, value: &Value) -> String {
    format!("window.{name} = {};\n", value.to_string().replace('<', "\\u003c"))
}
