//! What sets leave open, alone and beside each other: the figures of the other set are its own, every number leads to
//! its documents, data are whole where pages are bounded, and what is dead or absent says so.

use jiff::civil::date;
use lacuna_domain::document::{Enactment, StatusEvent};

use super::*;

const DAY: &str = "on=2026-01-01";

/// A document with the text of the sample, changed.
fn made(site: &Site, id: &str, state: Enactment, change: impl Fn(&mut Document)) -> Incoming {
    let mut document = site.world.document.clone();
    document.id = id.parse().unwrap();
    document.metadata.enactment = state;
    let source_word = state.name().to_owned();
    document.metadata.history = vec![StatusEvent { state, date: Some(date(2020, 6, 1)), source_word }];
    change(&mut document);
    incoming(&site.world, document)
}

/// A site with ten laws of Ostmark that are in force, drafts of fourteen places, and five documents of one's own.
async fn populated() -> Site {
    let site = Site::new().await;
    let laws = (0..10).map(|n| {
        made(&site, &format!("agora:{n}"), Enactment::InForce, |document| {
            document.metadata.jurisdiction = Some("Ostmark".to_owned());
        })
    });
    let places = (0..14).map(|n| {
        made(&site, &format!("file:place/{n}.txt"), Enactment::Proposed, |document| {
            document.metadata.jurisdiction = Some(format!("Place {n:02}"));
        })
    });
    let own = (0..5).map(|n| {
        made(&site, &format!("file:own/{n}.txt"), Enactment::Adopted, |document| {
            document.metadata.collections = vec!["own".to_owned()];
        })
    });
    let all: Vec<Incoming> = laws.chain(places).chain(own).collect();
    site.app.store().put_documents(&all).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// The address of the gaps of a set in a form, beside another set where one is named.
fn gaps(form: &str, set: &str, other: Option<&str>) -> String {
    let other = other.map(|other| format!("vs={}", crate::address::query(other)));
    let pairs = [Some(DAY.to_owned()), Some(set.to_owned()).filter(|set| set != "all"), other];
    let pairs: Vec<String> = pairs.into_iter().flatten().collect();
    format!("/gaps{form}?{}", pairs.join("&"))
}

fn row<'j>(page: &'j Value, code: &str) -> &'j Value {
    page["rows"].as_array().unwrap().iter().find(|row| row["code"] == code).unwrap()
}

const PAIRS: [(&str, &str); 4] = [
    ("all", "jurisdiction=Ostmark"),
    ("collection=own", "source=agora"),
    ("jurisdiction=Ostmark", "collection=own"),
    ("source=agora", "all"),
];

#[tokio::test]
async fn the_figures_of_the_other_set_are_those_it_has_alone() {
    let site = populated().await;
    for (set, other) in PAIRS {
        let beside = site.get(&gaps(".json", set, Some(other))).await.json();
        let alone = site.get(&gaps(".json", other, None)).await.json();
        for figure in ["classified", "standing", "binding", "ranked"] {
            assert_eq!(beside["versus"][figure], alone[figure], "{figure} of {other} beside {set}");
        }
        let rows = beside["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 3);
        for there in rows {
            let own = row(&alone, there["code"].as_str().unwrap());
            let figures = there["versus"].as_object().unwrap();
            assert!(figures.len() > 10, "{figures:?}");
            for (name, figure) in figures {
                assert_eq!(figure, &own[name.as_str()], "{name} of {other} beside {set}");
            }
        }
    }
    let page = site.get(&gaps("", "all", None)).await.body;
    for option in
        ["<option value=\"collection=own\">Collection: own (5)</option>", "<option value=\"source=agora\">"]
    {
        assert!(page.contains(option), "no {option} in {page}");
    }
}

#[tokio::test]
async fn the_table_has_the_other_set_in_columns_at_its_end() {
    let site = populated().await;
    for (set, other) in PAIRS {
        let alone = site.get(&gaps(".json", other, None)).await.json();
        let table = site.get(&gaps(".csv", set, Some(other))).await;
        let mut table = csv::Reader::from_reader(&table.bytes[..]);
        let heads: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(heads.last().map(String::as_str), Some("versus_of_binding"));
        let place = |head: &str| heads.iter().position(|name| name == head).unwrap();
        assert_eq!(
            (place("run"), place("none_at_highest")),
            (18, 25),
            "earlier columns stay where they were"
        );
        for cells in table.records().map(Result::unwrap) {
            let own = row(&alone, &cells[place("code")]);
            for (head, figure) in [
                ("versus_verdict", "verdict"),
                ("versus_documents", "any"),
                ("versus_documents_at_highest", "full"),
                ("versus_standing", "standing_any"),
                ("versus_binding_at_highest", "binding_full"),
            ] {
                let expected = own[figure].as_str().map_or_else(|| own[figure].to_string(), str::to_owned);
                assert_eq!(cells[place(head)], expected, "{head} of {other} beside {set}");
            }
            let of = alone["classified"].to_string();
            assert_eq!(cells[place("versus_of_classified")], of, "{other} beside {set}");
        }
    }
    let table = site.get(&gaps(".csv", "all", None)).await;
    let mut table = csv::Reader::from_reader(&table.bytes[..]);
    assert!(table.records().map(Result::unwrap).all(|cells| cells.iter().rev().take(12).all(str::is_empty)));
}

#[tokio::test]
async fn numbers_of_the_other_set_lead_to_its_documents() {
    let site = populated().await;
    let mut followed = 0;
    for (set, other) in PAIRS {
        let page = site.get(&gaps("", set, Some(other))).await.body;
        for cell in page.split("<td class=\"versus\">").skip(1) {
            let cell = cell.split("</td>").next().unwrap();
            for link in cell.split("<a href=\"/documents?").skip(1) {
                let (address, rest) = link.split_once("\">").unwrap();
                let number = rest.split("</a>").next().unwrap();
                let address = address.replace("&amp;", "&").replace("&#38;", "&");
                let list = site.get(&format!("/documents.json?{address}")).await.json();
                assert_eq!(list["total"].to_string(), number, "{other} beside {set}: {address}");
                followed += 1;
            }
        }
    }
    assert!(followed >= 9, "only {followed} numbers were followed");
}

#[tokio::test]
async fn every_jurisdiction_has_its_n_and_verdicts_in_data_and_twelve_are_drawn() {
    let site = populated().await;
    let matrix = site.get(&gaps(".json", "all", None)).await.json()["matrix"].clone();
    let places = matrix["places"].as_array().unwrap();
    assert_eq!((places.len(), &matrix["left_out"]), (16, &0.into()), "Norvale, Ostmark and fourteen more");
    assert!(places.iter().all(|place| place["classified"].as_u64() > Some(0)), "{places:?}");
    for row in matrix["rows"].as_array().unwrap() {
        let verdicts = row["cells"].as_array().unwrap().iter().filter(|cell| cell["verdict"].is_string());
        assert_eq!(verdicts.count(), 16, "{row}");
    }
    let page = site.get(&gaps("", "all", None)).await.body;
    assert_eq!(page.matches("<span class=\"quiet\">n = ").count(), 12);
    assert!(page.contains("4 further jurisdictions are not shown"), "{page}");
    let svg = site.get(&format!("/gaps/places.svg?{DAY}")).await.body;
    assert_eq!(svg.matches(">n = ").count(), 12);
    assert!(svg.contains("4 further jurisdictions are not drawn."), "{svg}");
}

#[tokio::test]
async fn data_have_five_hundred_jurisdictions_and_say_how_many_more_there_are() {
    let site = populated().await;
    let more = (0..490).map(|n| {
        made(&site, &format!("file:more/{n}.txt"), Enactment::Proposed, |document| {
            document.metadata.jurisdiction = Some(format!("More {n:03}"));
        })
    });
    site.app.store().put_documents(&more.collect::<Vec<_>>()).await.unwrap();
    site.app.refresh().await.unwrap();
    let matrix = site.get(&gaps(".json", "all", None)).await.json()["matrix"].clone();
    assert_eq!((matrix["places"].as_array().map(Vec::len), &matrix["left_out"]), (Some(500), &6.into()));
}

#[tokio::test]
async fn what_nobody_says_at_the_highest_level_is_marked_beside_any_verdict() {
    let site = populated().await;
    let drafts = format!("{DAY}&enactment=proposed");
    let data = site.get(&format!("/gaps.json?{drafts}")).await.json();
    let told =
        |code: &str| (row(&data, code)["verdict"].clone(), row(&data, code)["none_at_highest"].clone());
    assert_eq!(told("1.1"), ("only_non_binding".into(), true.into()), "each says it in passing");
    assert_eq!(told("2.2"), ("only_non_binding".into(), false.into()), "each says it well");
    assert_eq!(told("2.1"), ("no_document".into(), false.into()), "nobody says it");
    let page = site.get(&format!("/gaps?{drafts}")).await.body;
    let marked: Vec<&str> =
        page.split("<tr").filter(|row| row.contains(">none at the highest level</span>")).collect();
    assert!(marked.len() == 1 && marked[0].contains("Unfair discrimination"), "{marked:?}");
}

#[tokio::test]
async fn what_no_document_says_is_absent_among_counted_documents_only() {
    let site = populated().await;
    let page = site.get("/codes/risk.json").await.json();
    let findings = page["findings"].as_array().unwrap().iter().filter_map(Value::as_str);
    let none: Vec<&str> = findings.filter(|finding| finding.starts_with("Found in none of")).collect();
    let n = page["coverage"]["of"].to_string();
    assert_eq!(none.len(), 1, "{page}");
    let sentence = format!(
        "no AI-specific instrument among these {n} documents; laws of general application are not in this corpus."
    );
    assert!(none[0].contains(&format!("these {n} documents: ")) && none[0].ends_with(&sentence), "{none:?}");
}

#[tokio::test]
async fn what_may_have_been_missed_is_the_sum_of_what_the_audit_lists() {
    let site = populated().await;
    let page = site.get(&gaps(".json", "source=agora", None)).await.json();
    let missed = row(&page, "2.1")["expected_missed"].as_f64().unwrap();
    let audit = site.get(&format!("/gaps/risk/2.1.json?{DAY}&source=agora")).await.json();
    let listed = audit["nearest"].as_array().unwrap();
    assert_eq!(audit["without"].as_u64(), Some(listed.len() as u64), "all of them are listed");
    let sum: f64 = listed.iter().map(|row| row["chance"].as_f64().unwrap()).sum();
    assert!((sum - missed).abs() < 1e-3, "{missed} is not {sum}: {audit}");
    assert!((sum - 6.0).abs() < 0.1, "ten texts that lack it by a chance of 0.4 each: {sum}");
}

#[tokio::test]
async fn the_text_of_a_dead_instrument_says_what_its_page_says() {
    let site = Site::new().await;
    let decree = made(&site, "file:decree.txt", Enactment::Revoked, |_| ());
    site.app.store().put_documents(&[decree]).await.unwrap();
    site.app.refresh().await.unwrap();
    let tag = "<span class=\"tag dead\">Revoked <span class=\"quiet\">by the catalogue</span></span>";
    for page in ["/documents/file:decree.txt", "/documents/file:decree.txt/text"] {
        let body = site.get(page).await.body;
        assert!(body.contains(tag), "{page}: {body}");
        let banner = body.split("<p class=\"notice ended\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(banner.contains("<strong>Revoked on 2020-06-01.</strong>"), "{page}: {banner}");
        assert!(banner.contains("It binds nobody now") && banner.contains("#related\""), "{page}: {banner}");
        assert!(body.contains("Labels of an instrument that is no longer in force."), "{page}");
    }
    let data = site.get("/documents/file:decree.txt/text.json").await.json();
    assert_eq!((&data["dead"], &data["state"]), (&true.into(), &"Revoked".into()));
    let bill = site.get(&format!("{}/text", site.document())).await.body;
    assert!(bill.contains("<span class=\"tag\">Proposed") && !bill.contains("tag dead"), "{bill}");
}

/// A text that alone speaks of frontier AI and is little like the sample.
fn of_frontier(world: &World) -> (Text, Outcome) {
    let (text, outcome) = coded_alone(world, "Whoever trains frontier AI shall say so.", "2.1", 2);
    let Outcome::Coded(mut coding) = outcome else { panic!("it is coded") };
    let draft = Draft {
        dimension: "scope".parse().unwrap(),
        code: "frontier_ai".parse().unwrap(),
        value: lacuna_domain::Value::Flag(true),
        confidence: Confidence::High,
        probability: Some(1.0),
        reasoning: "It says so.".to_owned(),
        quotes: vec![],
    };
    let evidence = coding.judgements[0].evidence().to_vec();
    coding.judgements = vec![Judgement::verified(draft, evidence, vec![]).unwrap()];
    coding.negatives.clear();
    (text, Outcome::Coded(coding))
}

#[tokio::test]
async fn a_code_of_any_dimension_to_which_no_near_peer_speaks_has_the_peer_that_does() {
    let site = Site::new().await;
    let (store, world) = (site.app.store(), &site.world);
    let copies: Vec<Incoming> =
        (0..13).map(|n| made(&site, &format!("file:copy/{n}.txt"), Enactment::Proposed, |_| ())).collect();
    store.put_documents(&copies).await.unwrap();
    let (text, outcome) = of_frontier(world);
    store.put_documents(&[with_other_text(world, "file:frontier.txt", &text)]).await.unwrap();
    store.put_outcomes(&world.run.id, &[(text.id, outcome)]).await.unwrap();
    store.finish_run(&world.run.id).await.unwrap();
    site.app.refresh().await.unwrap();

    let page = site.get("/compare/with-corpus.json?id=file:twin.txt").await.json();
    assert!(!page["nearest"].to_string().contains("file:frontier.txt"), "{}", page["nearest"]);
    let dimensions = page["dimensions"].as_array().unwrap();
    let scope = dimensions.iter().find(|dimension| dimension["id"] == "scope").unwrap();
    assert_eq!(scope["missing"][0]["nearest"][0]["peer"]["id"], "file:frontier.txt", "{scope}");
}

#[tokio::test]
async fn the_languages_in_which_definitions_are_read_are_said_where_a_peer_is_in_another_one() {
    let site = Site::new().await;
    let (store, world) = (site.app.store(), &site.world);
    let page = "/compare/with-corpus?id=file:twin.txt";
    let sentence = "Definitions are read in English, German, French, Spanish, Italian, Portuguese, Chinese and Japanese;";
    assert!(!site.get(page).await.body.contains(sentence));
    let (mut text, outcome) = coded_alone(world, "Niemand mag ongelijk worden behandeld.", "1.1", 2);
    text.language = Some("nl".to_owned());
    store.put_documents(&[with_other_text(world, "file:verordening.txt", &text)]).await.unwrap();
    store.put_outcomes(&world.run.id, &[(text.id, outcome)]).await.unwrap();
    store.finish_run(&world.run.id).await.unwrap();
    site.app.refresh().await.unwrap();
    let body = site.get(page).await.body;
    assert!(body.contains(sentence), "{body}");
}
