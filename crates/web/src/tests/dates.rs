//! Dates are kept apart: each kind chooses documents by the form and stands in every table of documents, and what a passage
//! states has a table of its own.

use jiff::civil::date;
use lacuna_domain::Clock;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::progress::Silent;
use lacuna_domain::text::{Quality, Text};
use lacuna_pipeline::analyze::relations;
use lacuna_pipeline::publish::release;
use lacuna_store::{Incoming, NewVersion};

use super::*;

const LAW: &str = "file:law.txt";
/// What the text of the law says of days.
const CLAUSES: &str = "SEC. 3. EFFECTIVE DATE.\n\nThis Act takes effect on January 1, 2030, and expires on December 31, \
                       2035.\n\nSEC. 4. RECORDS.\n\nSection 2 shall apply from 2 August 2031.\n";
/// The first day of each kind that catalogue or text have of the law.
const DAYS: [(&str, &str); 7] = [
    ("introduced", "2023-02-01"),
    ("adopted", "2024-03-01"),
    ("in_force", "2030-01-01"),
    ("applies_from", "2031-08-02"),
    ("ended", "2035-12-31"),
    ("sunset", "2035-12-31"),
    ("retrieved", "2025-05-06"),
];

/// A site with an invented law that has every kind of day, and a private copy of it.
async fn with_a_dated_law() -> Site {
    let site = Site::new().await;
    let words = format!("{}\n{CLAUSES}", crate::sample::TEXT);
    let text = Text::new(words, Some("en".to_owned()), Quality::default());
    let made = [(LAW, false), ("file:hidden-law.txt", true)].map(|(id, private)| {
        let mut document = site.world.document.clone();
        document.id = id.parse().unwrap();
        document.metadata.private = private;
        document.metadata.enactment = Enactment::Adopted;
        document.metadata.retrieved = Some(date(2025, 5, 6));
        let steps = [(Enactment::Proposed, date(2023, 2, 1)), (Enactment::Adopted, date(2024, 3, 1))];
        let event = |(state, day): (Enactment, _)| StatusEvent {
            state,
            date: Some(day),
            source_word: state.name().to_owned(),
        };
        document.metadata.history = steps.map(event).to_vec();
        let version = NewVersion {
            bytes_hash: "dd".to_owned(),
            media_type: "text/plain".to_owned(),
            text: text.clone(),
            page_starts: vec![],
            notes: vec![],
        };
        Incoming { document, version: Some(version) }
    });
    site.app.store().put_documents(&made).await.unwrap();
    relations::find(site.app.store(), &Silent).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// The rows of a table as the cells of some columns.
fn cells(table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &&str| {
        header
            .iter()
            .position(|column| column == *name)
            .unwrap_or_else(|| panic!("no column {name}: {header:?}"))
    };
    let places: Vec<usize> = columns.iter().map(place).collect();
    let row = |row: csv::StringRecord| places.iter().map(|place| row[*place].to_owned()).collect();
    reader.records().map(Result::unwrap).map(row).collect()
}

/// Whether a table has the days of the law, each in the column of its kind.
#[track_caller]
fn tells_the_days(place: &str, table: &str) {
    let mut columns = vec!["document"];
    columns.extend(DAYS.map(|(kind, _)| kind));
    let law = cells(table, &columns).into_iter().find(|row| row[0] == LAW);
    let law = law.unwrap_or_else(|| panic!("{place} has no row of the law: {table}"));
    assert_eq!(law[1..], DAYS.map(|(_, day)| day.to_owned()), "{place}");
    assert!(!table.contains("hidden-law"), "{place} tells of a private document");
}

/// What a browser sends of a form that is left as it is, in the order of the form.
pub(super) fn sent(page: &str, class: &str) -> String {
    let form =
        page.split_once(&format!("<form class=\"{class}\"")).unwrap().1.split_once("</form>").unwrap().0;
    let attribute = |tag: &str, name: &str| {
        let value = tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap());
        value.unwrap_or_default().to_owned()
    };
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split('<').skip(1) {
        if tag.starts_with("input ") {
            fields.push((attribute(tag, "name"), attribute(tag, "value")));
        } else if tag.starts_with("select ") {
            fields.push((attribute(tag, "name"), String::new()));
        } else if tag.starts_with("option ") && tag.split('>').next().unwrap().ends_with(" selected") {
            fields.last_mut().unwrap().1 = attribute(tag, "value");
        }
    }
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", crate::address::query(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Where the form of the list leads with these fields.
async fn led(site: &Site, query: &str) -> String {
    let answer = site.get(&format!("/documents?{query}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{query}: {}", answer.body);
    answer.header("location").to_owned()
}

#[tokio::test]
async fn the_form_holds_the_days_of_the_address_and_leads_back_to_it() {
    let site = with_a_dated_law().await;
    let address = "/documents?adopted=2024-01-01..2024-06-30&in_force=(none)&sunset=2035-12-31..";
    let page = site.get(address).await.body;
    let (_, form) =
        page.split_once("<details open><summary>Dates</summary>").expect("the part is shown open");
    let form = form.split_once("</details>").unwrap().0;
    for field in [
        "<option value=\"adopted\" selected>Adopted</option>",
        "name=\"date_from\" value=\"2024-01-01\"",
        "name=\"date_until\" value=\"2024-06-30\"",
        "<option value=\"sunset\" selected>Sunset</option>",
        "name=\"date_from\" value=\"2035-12-31\"",
        "<option value=\"\">add a date…</option>",
    ] {
        assert!(form.contains(field), "no {field} in {form}");
    }
    assert_eq!(form.matches("name=\"date_from\"").count(), 3, "two that hold and one to add: {form}");
    let hidden = |name: &str| page.contains(&format!("<input type=\"hidden\" name=\"{name}\""));
    assert!(hidden("in_force") && !hidden("adopted") && !hidden("sunset"), "each condition is sent once");
    assert!(page.contains("Adopted: 2024-01-01 to 2024-06-30"), "a chip drops it: {page}");

    assert_eq!(led(&site, &sent(&page, "filterform")).await, address);
    let bare = site.get("/documents").await.body;
    assert!(bare.contains("<details><summary>Dates</summary>"), "without a date it is folded: {bare}");
    assert_eq!(
        led(&site, &sent(&bare, "filterform")).await,
        "/documents",
        "empty fields leave nothing behind"
    );
}

#[tokio::test]
async fn every_kind_of_date_chooses_by_the_fields_of_the_form_what_the_tables_hold() {
    let site = with_a_dated_law().await;
    for (kind, day) in DAYS {
        for (from, until) in [(day, day), (day, ""), ("", day)] {
            let asked = format!("date={kind}&date_from={from}&date_until={until}");
            let page = site.get(&led(&site, &asked).await).await.body;
            let count = page.split_once("role=\"status\"><strong>").unwrap().1.split_once('<').unwrap().0;
            for table in ["documents", "wide"] {
                let csv = site.get(&format!("/{table}.csv?{asked}")).await.body;
                let ids = cells(&csv, &["document"]);
                assert!(ids.iter().any(|row| row[0] == LAW), "{table}?{asked} has not the law");
                assert_eq!(ids.len().to_string(), count, "{table}?{asked}");
            }
        }
        let exact = format!("/documents?{kind}={day}");
        assert_eq!(led(&site, &format!("date={kind}&date_from={day}&date_until={day}")).await, exact);
        let before = site.get(&format!("/documents.json?date={kind}&date_until=1999-12-31")).await.json();
        assert_eq!(before["total"], 0, "{kind}");
    }
}

#[tokio::test]
async fn the_form_of_a_set_takes_the_same_days() {
    let site = with_a_dated_law().await;
    let by_form = "date=adopted&date_from=2024-01-01&date_until=&date=&date_from=&date_until=";
    let (posed, direct) = (format!("/gaps.json?{by_form}"), "/gaps.json?adopted=2024-01-01..");
    let (posed, direct) = (site.get(&posed).await.json(), site.get(direct).await.json());
    assert_eq!((&posed["documents"], &posed["documents"]), (&direct["documents"], &1.into()));
    let page = site.get("/gaps?adopted=2024-01-01..").await.body;
    let again = sent(&page, "setgrid");
    assert!(again.contains("date=adopted&date_from=2024-01-01&date_until=&date=&"), "{again}");
    assert!(!again.contains("adopted=2024"), "the condition is sent once: {again}");
}

#[tokio::test]
async fn days_that_choose_nothing_are_explained() {
    let site = Site::new().await;
    for (query, said) in [
        ("date=&date_from=2024-01-01", "say which date is meant; use introduced"),
        ("date=q&date_from=2024-01-01", "say which date is meant"),
        ("date=adopted&date_from=2024-06-01&date_until=2024-01-01", "the days end before they start"),
        ("date=adopted&date_from=soon", "not a day, month, year or range"),
    ] {
        let answer = site.get(&format!("/documents?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.body.contains(said), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn every_table_of_documents_has_the_days_under_the_same_names() {
    let site = with_a_dated_law().await;
    for table in ["/documents.csv", "/wide.csv"] {
        tells_the_days(table, &site.get(table).await.body);
    }
    let cut = release::cut(site.app.store(), Some(&site.world.run), "", Clock::fixed().now()).await.unwrap();
    let file = site.get(&format!("/releases/{}/documents.csv", cut.0.id)).await.body;
    tells_the_days("the release", &file);
    let package = site.get("/datapackage.json").await.json();
    for table in package["resources"].as_array().unwrap().iter().take(2) {
        let fields = table["schema"]["fields"].as_array().unwrap();
        for (kind, _) in DAYS {
            let field = fields.iter().find(|field| field["name"] == kind).unwrap();
            assert_eq!(field["type"], "date", "{}.{kind}", table["name"]);
        }
    }
}

#[tokio::test]
async fn what_passages_state_of_days_is_a_table_that_leads_to_them() {
    let site = with_a_dated_law().await;
    let csv = site.get("/dates.csv").await.body;
    assert!(!csv.contains("hidden-law"), "{csv}");
    let rows = cells(&csv, &["document", "kind", "date", "whole", "quote", "href"]);
    let told: Vec<String> = rows.iter().map(|row| row[..4].join(" ")).collect();
    assert_eq!(
        told,
        [
            format!("{LAW} in_force 2030-01-01 true"),
            format!("{LAW} sunset 2035-12-31 true"),
            format!("{LAW} applies_from 2031-08-02 false"),
        ]
    );
    for row in &rows {
        let (path, passage) = row[5].split_once('#').unwrap();
        let text = site.get(path).await.body;
        let (_, from) = text.split_once(&format!("id=\"{passage}\"")).expect("the passage is on the page");
        let passage = from.split_once("</p>").map_or(from, |(passage, _)| passage);
        assert!(passage.contains(&row[4]), "{:?} stands in {passage}", row[4]);
    }
    for (filter, expected) in [("adopted=2024-03-01", 3), ("adopted=2025", 0), ("q=records", 3)] {
        for ending in ENDINGS {
            let table = site.get(&format!("/dates.{ending}?{filter}")).await;
            assert_eq!(table.status, StatusCode::OK, "{ending}?{filter}: {}", table.body);
            assert_eq!(table.rows(ending), expected, "{ending}?{filter}");
        }
    }
    assert!(site.get("/data").await.body.contains("href=\"/dates.parquet\""));
}

#[tokio::test]
async fn the_timeline_of_a_document_is_its_days_in_order_with_who_says_so() {
    let site = with_a_dated_law().await;
    let page = site.get(&format!("/documents/{LAW}.json")).await.json();
    let timeline = page["related"]["timeline"].as_array().unwrap();
    let stated = cells(&site.get("/dates.csv").await.body, &["quote", "passage"]);
    let said: Vec<String> = stated.iter().map(|row| format!("text: “{}”", row[0])).collect();
    let [begins, ends, part] = said.as_slice() else { panic!("three days are stated: {said:?}") };
    let told: Vec<[&str; 3]> = timeline
        .iter()
        .map(|moment| ["date", "what", "source"].map(|field| moment[field].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ["2023-02-01", "Proposed", "catalogue: “Proposed”"],
            ["2024-03-01", "Adopted", "catalogue: “Adopted”"],
            ["2025-05-06", "Text retrieved", "catalogue"],
            ["2030-01-01", "In force", "its own text"],
            ["2030-01-01", "The whole takes effect", begins.as_str()],
            ["2031-08-02", "A passage applies from", part.as_str()],
            ["2035-12-31", "Defunct", "its own text"],
            ["2035-12-31", "The whole ends", ends.as_str()],
        ]
    );
    for (row, said) in stated.iter().zip(&said) {
        let moment = timeline.iter().find(|moment| moment["source"] == said.as_str()).unwrap();
        assert!(moment["href"].as_str().unwrap().ends_with(&format!("#p-{}", row[1])), "{moment}");
    }
}

#[tokio::test]
async fn a_release_holds_the_days_that_passages_state() {
    let site = with_a_dated_law().await;
    let cut = release::cut(site.app.store(), Some(&site.world.run), "", Clock::fixed().now()).await.unwrap();
    let id = cut.0.id;
    let file = site.get(&format!("/releases/{id}/dates.csv")).await.body;
    let columns = ["document", "title", "kind", "date", "whole", "passage", "quote", "fiction"];
    let now = cells(&site.get("/dates.csv").await.body, &columns);
    assert_eq!(cells(&file, &columns), now);
    assert!(now.iter().all(|row| row[7] == "true"), "fiction says so in every row");
    // The text goes on to say nothing of days; the release has what it said.
    let mut amended = incoming(&site.world, site.world.document.clone());
    amended.document.id = LAW.parse().unwrap();
    site.app.store().put_documents(&[amended]).await.unwrap();
    site.app.refresh().await.unwrap();
    assert_eq!(cells(&site.get("/dates.csv").await.body, &columns).len(), 0);
    assert_eq!(site.get(&format!("/releases/{id}/dates.csv")).await.body, file);
}
