//! A good label on a dead bill looks dead wherever it stands, in words and without colour; what lives or waits does not.

use jiff::civil::date;
use lacuna_domain::coding::Outcome;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::relation::{Relation, RelationKind};
use lacuna_domain::text::Quality;
use lacuna_domain::{Confidence, Draft, Evidence, Judgement, QuoteState, Span, Text, Value};
use lacuna_store::Incoming;

use super::{Site, incoming, relation};
use crate::reading::Reading;
use crate::sample::{TEXT, coding};

/// A bill that failed, a decree that was revoked, a law in force and one that waits; all of them invented.
const BILL: &str = "file:bill.txt";
const DECREE: &str = "file:decree.txt";
const LAW: &str = "file:law.txt";
const WAITING: &str = "file:waiting.txt";

/// The sentence that stands in the text of one document alone.
fn sentence(id: &str) -> String {
    format!("The engine of {id} can treat riders of lifts unequally.")
}

/// A document with a text of its own, whose label of unfair discrimination rests on its own sentence.
async fn put(site: &Site, id: &str, state: Enactment) {
    let (own, run) = (sentence(id), &site.world.run);
    let words = format!("{TEXT}\nSEC. 3. RIDERS.\n\n{own}\n");
    let text = Text::new(words, Some("en".to_owned()), Quality::default());
    let reading = Reading::of(text.clone());
    let start = text.content.find(&own).unwrap();
    let passage = reading.passages.iter().find(|p| p.span.start() <= start && start < p.span.end()).unwrap();
    let span = Span::new(&text.content, start, start + own.len()).unwrap();
    let evidence = Evidence::located(&text.content, vec![span], QuoteState::Exact, passage.index).unwrap();
    let draft = Draft {
        dimension: "risk".parse().unwrap(),
        code: "1.1".parse().unwrap(),
        value: Value::Level(2),
        confidence: Confidence::of(0.6),
        probability: Some(0.6),
        reasoning: "Section 3 speaks of it.".to_owned(),
        quotes: vec![],
    };
    let mut coded = coding(&site.world.codebook, run, &reading);
    coded.judgements[0] = Judgement::verified(draft, vec![evidence], vec![]).unwrap();

    let mut document = site.world.document.clone();
    document.id = id.parse().unwrap();
    document.metadata.casual_name = Some(format!("Instrument {id}"));
    document.metadata.enactment = state;
    let source_word = state.name().to_owned();
    document.metadata.history = vec![StatusEvent { state, date: Some(date(2025, 6, 1)), source_word }];
    let mut coming = incoming(&site.world, document);
    let version = coming.version.as_mut().unwrap();
    (version.text, version.bytes_hash) = (text.clone(), text.id.to_string());
    site.app.store().put_documents(&[coming]).await.unwrap();
    let outcome = Outcome::Coded(Box::new(coded));
    site.app.store().put_outcomes(&run.id, &[(text.id, outcome)]).await.unwrap();
}

/// A site with the four of them beside the proposed bills of the sample.
async fn with_the_dead_and_the_living() -> Site {
    let site = Site::new().await;
    for (id, state) in [
        (BILL, Enactment::Defunct),
        (DECREE, Enactment::Revoked),
        (LAW, Enactment::InForce),
        (WAITING, Enactment::NotYetInForce),
    ] {
        put(&site, id, state).await;
    }
    site.app.refresh().await.unwrap();
    site
}

/// What follows the first `open` of a page that has `what` before the next one.
#[track_caller]
fn piece<'p>(page: &'p str, open: &str, what: &str) -> &'p str {
    let found = page.split(open).skip(1).find(|piece| piece.contains(what));
    found.unwrap_or_else(|| panic!("no {open} has {what}: {page}"))
}

/// Whether the class of the style sheet is on anything of a piece of a page.
fn looks_dead(piece: &str) -> bool {
    piece.split("class=\"").skip(1).any(|class| {
        let names = class.split('"').next().unwrap_or_default();
        names.split(' ').any(|name| name == "dead")
    })
}

fn link_to(id: &str) -> String {
    format!("href=\"/documents/{id}\"")
}

#[tokio::test]
async fn rows_of_dead_instruments_are_hatched_and_say_their_state() {
    let site = with_the_dead_and_the_living().await;
    let lists = ["/documents", "/documents?q=riders", "/", "/codes/risk/1.1", "/jurisdictions/Norvale"];
    for path in lists {
        let page = site.get(path).await.body;
        let row = piece(&page, "<li", &link_to(BILL));
        assert!(row.starts_with(" class=\"dead\">"), "{path}: {row}");
        assert!(row.contains("<span class=\"tag dead\">Defunct</span>"), "{path}: {row}");
        assert!(row.contains("1 Good, 1 Minimal · defunct</p>"), "{path}: {row}");
        assert!(row.contains("l4-4m4 0l-8 8"), "the strip is not hatched on {path}: {row}");
        assert!(piece(&page, "<li", &link_to(DECREE)).contains("1 Minimal · revoked</p>"), "{path}");
        for (id, state) in [(LAW, "In force"), (WAITING, "Not yet in force")] {
            let row = piece(&page, "<li", &link_to(id));
            assert!(!looks_dead(row) && row.contains(state), "{path}: {row}");
            assert!(row.contains("1 Good, 1 Minimal</p>") && !row.contains("l4-4"), "{path}: {row}");
        }
    }
    let page = site.get("/documents").await.body;
    let bill = piece(&page, "<li", "Automated Systems Safety Act");
    assert!(bill.contains("Proposed") && !looks_dead(bill), "a draft is not dead: {bill}");
}

#[tokio::test]
async fn of_every_state_the_data_say_whether_it_is_dead() {
    let site = Site::new().await;
    let bare = Enactment::ALL.map(|state| {
        let mut document = site.world.document.clone();
        document.id = format!("file:state/{}.txt", state.id()).parse().unwrap();
        document.metadata.enactment = state;
        document.metadata.history = vec![];
        Incoming { document, version: None }
    });
    site.app.store().put_documents(&bare).await.unwrap();
    site.app.refresh().await.unwrap();
    let list = site.get("/documents.json").await.json();
    let rows = list["rows"].as_array().unwrap();
    let mut dead: Vec<&str> =
        rows.iter().filter(|row| row["dead"] == true).map(|row| row["enactment"].as_str().unwrap()).collect();
    dead.sort_unstable();
    assert_eq!(dead, ["defunct", "revoked", "superseded"]);
    assert_eq!(rows.iter().filter(|row| row["dead"] == false).count(), rows.len() - 3);
}

#[tokio::test]
async fn labels_on_the_page_of_a_dead_instrument_look_dead_and_say_why() {
    let site = with_the_dead_and_the_living().await;
    let bill = site.get(&format!("/documents/{BILL}")).await.body;
    let label = piece(&bill, "<article class=\"label", "id=\"risk-2.2\"");
    assert!(label.starts_with(" g2 dead\""), "{label}");
    assert!(label.contains("<strong>Good</strong> <span class=\"tag dead\">Defunct</span>"), "{label}");
    let role = piece(&bill, "<article class=\"label", "id=\"actor-proposer\"");
    assert!(role.starts_with(" g2 dead\"") && role.contains(">Defunct</span>"), "{role}");
    assert!(bill.contains("<section class=\"glance dead\""), "{bill}");
    let failed = "Labels of an instrument that is no longer in force, or never was.";
    assert!(bill.contains(failed), "{bill}");

    let decree = site.get(&format!("/documents/{DECREE}")).await.body;
    assert!(decree.contains("Labels of an instrument that is no longer in force. "), "{decree}");
    assert!(looks_dead(&decree) && !decree.contains("or never was"), "what is revoked had been adopted");

    for id in [LAW, WAITING, "file:twin.txt"] {
        let page = site.get(&format!("/documents/{id}")).await.body;
        assert!(!looks_dead(&page) && !page.contains("no longer in force"), "{id}: {page}");
    }
    for (id, expected) in [(BILL, true), (DECREE, true), (LAW, false), (WAITING, false)] {
        let data = site.get(&format!("/documents/{id}.json")).await.json();
        assert_eq!(data["related"]["dead"], expected, "{id}");
    }
}

#[tokio::test]
async fn a_quote_says_that_its_instrument_is_dead_on_the_page_of_its_code_and_in_other_peoples_pages() {
    let site = with_the_dead_and_the_living().await;
    let page = site.get("/codes/risk/1.1").await.body;
    let bill = piece(&page, "<li", &sentence(BILL));
    assert!(bill.starts_with(" class=\"dead\">"), "{bill}");
    assert!(bill.contains("<span class=\"tag dead\">from a defunct instrument</span>"), "{bill}");
    assert!(piece(&page, "<li", &sentence(DECREE)).contains("from a revoked instrument"), "{page}");
    assert!(!looks_dead(piece(&page, "<li", &sentence(LAW))), "{page}");
    let data = site.get("/codes/risk/1.1.json").await.json();
    for (id, state, dead) in [(BILL, "Defunct", true), (LAW, "In force", false)] {
        let quote = data["quotes"].as_array().unwrap().iter().find(|quote| quote["document"] == id).unwrap();
        assert!(quote["enactment"] == state && quote["dead"] == dead, "{quote}");
    }

    let bill = site.get(&format!("/embed/documents/{BILL}/risk/2.2")).await.body;
    assert!(bill.contains("<figure class=\"dead\">") && bill.contains("from a defunct instrument"), "{bill}");
    let law = site.get(&format!("/embed/documents/{LAW}/risk/2.2")).await.body;
    assert!(law.contains("<figure>") && !looks_dead(&law), "{law}");
}

#[tokio::test]
async fn beside_each_other_the_dead_are_told_from_the_living() {
    let site = with_the_dead_and_the_living().await;
    let page = site.get(&format!("/compare?ids={BILL},{LAW}")).await.body;
    let (bill, law) = (piece(&page, "<th", &link_to(BILL)), piece(&page, "<th", &link_to(LAW)));
    assert!(bill.starts_with(" scope=\"col\" class=\"dead\">"), "{bill}");
    assert!(bill.contains("<span class=\"tag dead\">Defunct</span>"), "{bill}");
    assert!(law.starts_with(" scope=\"col\">") && law.contains("In force"), "{law}");
    let cell = |id: &str| piece(&page, "<td", &sentence(id));
    assert!(cell(BILL).starts_with(" class=\"dead\">") && cell(LAW).starts_with('>'), "{page}");
    let data = site.get(&format!("/compare.json?ids={BILL},{LAW}")).await.json();
    assert!(data["columns"][0]["dead"] == true && data["columns"][1]["dead"] == false, "{data}");

    let path = format!("/compare/with-corpus?id={LAW}");
    let page = site.get(&path).await.body;
    let dead = format!(
        "<a {} dir=\"auto\" class=\"dead\">Instrument {BILL}</a> <span class=\"tag dead\">Defunct</span>",
        link_to(BILL)
    );
    let alive = format!("<a {} dir=\"auto\">Instrument {WAITING}</a>", link_to(WAITING));
    assert!(page.contains(&dead) && page.contains(&alive), "{page}");
    let data = site.get(&path.replacen('?', ".json?", 1)).await.json();
    let nearest = data["nearest"].as_array().unwrap();
    for (id, expected) in [(BILL, true), (WAITING, false)] {
        let peer = nearest.iter().find(|peer| peer[0]["id"] == id).unwrap();
        assert_eq!(peer[0]["dead"], expected, "{peer}");
    }
}

#[tokio::test]
async fn an_entity_is_named_by_the_living_and_by_the_dead() {
    let site = with_the_dead_and_the_living().await;
    let page = site.get("/actors/entities/assembly%20of%20norvale").await.body;
    let place = |id: &str| piece(&page, "<li", &format!("href=\"/documents/{id}/text"));
    assert!(place(BILL).starts_with(" class=\"dead\">") && place(BILL).contains(">Defunct</span>"), "{page}");
    assert!(!looks_dead(place(LAW)) && place(LAW).contains("In force"), "{page}");
}

#[tokio::test]
async fn what_was_superseded_looks_dead_where_relations_name_it() {
    let site = with_the_dead_and_the_living().await;
    let relation = relation(LAW, RelationKind::Supersedes, DECREE);
    let also = Relation { to: Some("file:twin.txt".parse().unwrap()), ..relation.clone() };
    site.app.store().put_imported_relations(&[relation, also]).await.unwrap();
    site.app.refresh().await.unwrap();

    let page = site.get("/relations").await.body;
    let decree = piece(&page, "<td", &link_to(DECREE));
    assert!(decree.starts_with(" class=\"dead\">") && decree.contains(">Revoked</span>"), "{decree}");
    let twin = piece(&page, "<td", &link_to("file:twin.txt"));
    assert!(twin.starts_with(" class=\"dead\">"), "the catalogue calls it proposed, people say: {twin}");
    assert!(twin.contains("<span class=\"tag dead\">Superseded</span>"), "{twin}");
    assert!(!looks_dead(piece(&page, "<td", &link_to(LAW))), "{page}");
    let data = site.get("/relations.json").await.json();
    let rows = data["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["from_dead"] == false && row["to_dead"] == true), "{data}");

    let law = site.get(&format!("/documents/{LAW}")).await.body;
    let named = format!(
        "<li class=\"dead\"><span class=\"verb\">supersedes</span> <a {} dir=\"auto\">Instrument {DECREE}</a> \
         <span class=\"tag dead\">Revoked</span>",
        link_to(DECREE)
    );
    assert!(law.contains(&named), "{law}");
    let drawn = format!("<a {} class=\"dead\"><title>", link_to(DECREE));
    assert!(law.contains(&drawn), "the picture does not show it: {law}");
    assert!(!law.contains("class=\"label g2 dead\""), "its own labels live: {law}");
}

/// How light a colour is, as WCAG counts it.
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
    let linear = |c: f64| if c <= 0.04 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5))
}

#[test]
fn what_is_muted_stays_readable_in_light_and_in_dark_and_over_its_hatching() {
    let style = String::from_utf8(crate::assets::content("style.css").unwrap()).unwrap();
    assert!(style.contains("transparent 0 3px, var(--line) 3px 4px"), "what the hatching is drawn with");
    // Light, then dark; the third is of paper.
    let schemes = style.split(":root {").skip(1).take(2);
    for scheme in schemes.map(|scheme| scheme.split('}').next().unwrap()) {
        let colour = |name: &str| {
            let value = scheme.split_once(&format!("--{name}: ")).unwrap().1;
            luminance(value.split(';').next().unwrap())
        };
        for ground in ["paper", "panel", "raise", "half-bg", "line"] {
            let (words, ground_is) = (colour("soft"), colour(ground));
            let contrast = (words.max(ground_is) + 0.05) / (words.min(ground_is) + 0.05);
            assert!(contrast >= 4.5, "soft on {ground}: {contrast:.2}");
        }
    }
}
