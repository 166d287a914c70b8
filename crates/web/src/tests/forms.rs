//! A form that is sent as it stands changes nothing but what it sets, offers a bounded number of values, and counts nothing
//! where a condition names what the catalogue does not have.

use jiff::civil::date;
use lacuna_domain::coding::Outcome;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::text::{Quality, Text};

use super::dates::sent;
use super::*;

/// A site with four documents more: of 2021, 2022, 2023, and without a date.
async fn over_the_years() -> Site {
    let site = Site::new().await;
    let made = [Some(2021), Some(2022), Some(2023), None].map(|year| {
        let mut document = site.world.document.clone();
        document.id = format!("file:of-{}.txt", year.unwrap_or_default()).parse().unwrap();
        let event = |year| StatusEvent {
            state: Enactment::Proposed,
            date: Some(date(year, 3, 1)),
            source_word: "Introduced".to_owned(),
        };
        document.metadata.history = year.map(event).into_iter().collect();
        incoming(&site.world, document)
    });
    site.app.store().put_documents(&made).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

#[tokio::test]
async fn conditions_on_years_and_days_stay_when_any_form_is_sent_as_it_is() {
    let site = over_the_years().await;
    let count = async |address: &str, place: &str| {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        answer.json().pointer(place).and_then(Value::as_u64).unwrap_or_else(|| panic!("{place} of {address}"))
    };
    let all = count("/documents.json", "/total").await;
    let forms = [
        ("/documents", "filterform", "/total"),
        ("/gaps", "setgrid", "/documents"),
        ("/gaps", "inline", "/documents"),
        ("/gaps/risk/2.2", "setgrid", "/documents"),
        ("/gaps/risk/2.2", "inline", "/documents"),
        ("/explore", "setgrid", "/figure/table/documents"),
        ("/explore", "inline axes", "/figure/table/documents"),
    ];
    for held in [
        "year=2021&year=2023",
        "year=(none)",
        "year=2021&year=(none)",
        "year=2021-2022",
        "year=2023",
        "introduced=2021..2022",
        "introduced=2022&year=2021&year=2022",
    ] {
        let expected = count(&format!("/documents.json?{held}"), "/total").await;
        assert!(0 < expected && expected < all, "{held} chooses {expected} of {all}");
        for (page, form, place) in forms {
            let fields = sent(&site.get(&format!("{page}?{held}")).await.body, form);
            let again = count(&format!("{page}.json?{fields}"), place).await;
            assert_eq!(again, expected, "{form} of {page}?{held} sends {fields}");
        }
    }
}

#[tokio::test]
async fn gaps_are_asked_for_by_place_state_form_code_addressee_actor_and_day() {
    let site = over_the_years().await;
    let page = site.get("/gaps").await.body;
    let form = page.split_once("<form class=\"setgrid\"").unwrap().1.split_once("</form>").unwrap().0;
    for (name, value) in [
        ("jurisdiction", "Norvale"),
        ("enactment", "proposed"),
        ("form", "hard_law"),
        ("scope", "ai_systems"),
        ("risk", "2.2"),
        ("applies_to", "private sector"),
        ("actor", "proposer"),
        ("actor", "proposer:governance_actor"),
    ] {
        let offered = form.split_once(&format!("<select name=\"{name}\">")).expect(name).1;
        let offered = offered.split_once("</select>").unwrap().0;
        let label = offered.split_once(&format!("<option value=\"{value}\">")).expect(value).1;
        let (_, count) = label.split_once("</option>").unwrap().0.rsplit_once(" (").unwrap();
        let chosen = site.get(&format!("/gaps.json?{name}={}", crate::address::query(value))).await.json();
        assert_eq!(chosen["documents"].to_string(), count.trim_end_matches(')'), "{name}={value}");
    }
    assert!(sent(&page, "inline").starts_with("on="), "and the day beside it: {page}");
}

#[tokio::test]
async fn the_form_of_a_set_keeps_the_day_and_the_other_set_of_the_page() {
    let site = Site::new().await;
    let page = site.get("/gaps?on=2025-06-01&vs=all").await.body;
    let fields = sent(&page, "setgrid");
    assert!(fields.contains("on=2025-06-01") && fields.contains("vs=all"), "{fields}");
    let fields = sent(&page, "inline");
    assert_eq!(fields.matches("on=2025-06-01").count(), 1, "each is sent once: {fields}");
    assert_eq!(fields.matches("vs=all").count(), 1, "each is sent once: {fields}");
}

#[tokio::test]
async fn what_is_marked_in_a_text_changes_neither_its_version_nor_the_run() {
    let site = Site::new().await;
    let (store, world) = (site.app.store(), &site.world);
    let mut run = world.run.clone();
    run.config.parameters.insert("weights".to_owned(), "other".to_owned());
    (run.id, run.name, run.finished_at) = (run.config.id(), "A second engine".to_owned(), None);
    let Outcome::Coded(mut coding) = world.outcome.clone() else { unreachable!() };
    coding.run = run.id.clone();
    store.start_run(&run).await.unwrap();
    let text = world.reading.text.id.clone();
    store.put_outcomes(&run.id, &[(text, Outcome::Coded(coding))]).await.unwrap();
    store.finish_run(&run.id).await.unwrap();
    let mut changed = incoming(world, world.document.clone());
    let version = changed.version.as_mut().unwrap();
    version.text = Text::new("A later text.\n".to_owned(), Some("en".to_owned()), Quality::default());
    version.bytes_hash = "bb".to_owned();
    store.put_documents(&[changed]).await.unwrap();
    site.app.refresh().await.unwrap();

    let shown = site.app.snapshot().run.as_ref().unwrap().id.clone();
    let other = [&world.run.id, &run.id].into_iter().find(|id| **id != shown).unwrap();
    let kept = format!("v=1&run={}", other.short());
    let text = format!("{}/text", site.document());
    let page = site.get(&format!("{text}?{kept}&code=risk/2.2")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let fields = sent(&page.body, "pick");
    assert!(fields.contains("v=1") && fields.contains(&format!("run={}", other.short())), "{fields}");
    let every =
        page.body.split_once("\">Mark every label</a>").unwrap().0.rsplit_once("<a href=\"").unwrap().1;
    assert_eq!(every.replace("&#38;", "&").replace("&amp;", "&"), format!("?{kept}"));
    let usual = site.get(&format!("/documents/file:twin.txt/text?v=1&run={shown}")).await.body;
    assert!(usual.contains("<form class=\"pick\""), "{usual}");
    assert!(!usual.contains("name=\"v\"") && !usual.contains("name=\"run\""), "it is shown anyway");
}

#[tokio::test]
async fn a_language_has_one_name_in_lists_charts_and_forms() {
    let site = Site::new().await;
    let chart = site.get("/explore.json?rows=language").await.json();
    let rows = chart["figure"]["table"]["rows"].as_array().unwrap().clone();
    assert!(rows.iter().any(|row| row["label"] == "English"), "{rows:?}");
    assert!(rows.iter().all(|row| row["label"] != "en"), "{rows:?}");
    assert!(site.get("/gaps").await.body.contains("<option value=\"en\">English ("));
    assert!(site.get("/documents?language=en").await.body.contains("Language: English"));
}

#[tokio::test]
async fn a_column_that_there_is_not_is_never_a_finding() {
    let site = Site::new().await;
    let known = "its own columns are Number of segments created";
    let beside = "id=file:twin.txt&";
    for program in [
        "/documents.json?",
        "/documents.csv?",
        "/wide.csv?",
        "/judgements.csv?",
        "/gaps.json?",
        "/gaps.csv?",
        "/gaps.svg?",
        "/gaps/places.svg?",
        "/gaps/places.csv?",
        "/gaps/risk/2.2.json?",
        "/gaps/risk/2.2.csv?",
        "/explore.json?",
        "/explore.csv?",
        "/explore.svg?",
        "/embed/explore?",
        "/embed/codes/risk?",
        "/feed.atom?",
        "/api/v1/documents?",
        "/api/v1/gaps?",
        "/api/v1/explore?",
        &format!("/compare/with-corpus.json?{beside}"),
    ] {
        let answer = site.get(&format!("{program}column.Typo=x")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{program}: {}", answer.body);
        assert!(answer.body.contains(known), "{program}: {}", answer.body);
    }
    for page in
        ["/documents?", "/gaps?", "/gaps/risk/2.2?", "/explore?", &format!("/compare/with-corpus?{beside}")]
    {
        let answer = site.get(&format!("{page}column.Typo=x")).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: the reader can take it out");
        assert!(answer.body.contains(known) && answer.body.contains("Typo: x"), "{page}: {}", answer.body);
        let known_one = site.get(&format!("{page}column.Number+of+segments+created=3")).await;
        assert!(!known_one.body.contains(known), "{page}");
    }
    let other = site.get("/gaps?vs=column.Typo%3Dx").await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert!(other.body.contains(known), "{}", other.body);
}

/// A site with fifty documents more that have twenty columns of their own, each with fifty values.
async fn with_many_columns() -> Site {
    let site = Site::new().await;
    let made = (0..50).map(|n| {
        let mut document = site.world.document.clone();
        document.id = format!("file:wide/{n}.txt").parse().unwrap();
        let columns = (0..20).map(|column| (format!("Grade {column:02}"), format!("value {n}")));
        document.metadata.extra.extend(columns);
        incoming(&site.world, document)
    });
    site.app.store().put_documents(&made.collect::<Vec<_>>()).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

#[tokio::test]
async fn own_columns_have_one_bound_over_a_form_and_the_others_are_named() {
    let site = with_many_columns().await;
    for page in ["/gaps", "/explore", "/gaps/risk/2.2"] {
        let body = site.get(page).await.body;
        let form = body.split_once("<form class=\"setgrid\"").unwrap().1.split_once("</form>").unwrap().0;
        // Fifty values and that none is recorded.
        assert_eq!(form.matches("<select name=\"column.").count(), 600 / 51, "{page}");
        assert!(form.contains("no room for 9 further columns"), "{page}: {form}");
    }
    let list = site.get("/documents").await.body;
    assert!(list.matches("href=\"/documents?column.Grade+").count() <= 600);
    assert!(
        list.contains("href=\"/documents?column.Grade+10=value+7\"") && list.contains("9 further columns")
    );
    let further =
        list.split_once("9 further columns</summary>").unwrap().1.split_once("</details>").unwrap().0;
    let tables: Vec<&str> =
        further.split("<a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(tables.len(), 9, "{further}");
    let table = site.get(&tables[8].replace("&#38;", "&").replace("&amp;", "&")).await;
    assert_eq!(table.status, StatusCode::OK, "{}", table.body);
    assert!(
        table.body.replace("%20", "+").contains("column.Grade+19=value+7"),
        "its numbers lead to the documents"
    );
}
