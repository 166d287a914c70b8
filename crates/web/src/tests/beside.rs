//! What sets leave open, alone and beside each other: the figures of the other set are its own, every number leads to
//! its documents, data are whole where pages are bounded, and what is dead or absent says so.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_pipeline::analyze::gaps::Verdict;

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

/// Documents of a collection that have this text.
fn collected(site: &Site, of: usize, collection: &str, text: &Text) -> Vec<Incoming> {
    let made = (0..of).map(|n| {
        let mut coming = with_other_text(&site.world, &format!("file:{}/{n}.txt", text.id), text);
        coming.document.metadata.collections = vec![collection.to_owned()];
        coming
    });
    made.collect()
}

/// Puts documents into the store of a site with what the run says of their texts.
async fn put(site: &Site, documents: &[Incoming], outcomes: &[(Text, Outcome)]) {
    let (store, run) = (site.app.store(), &site.world.run.id);
    store.put_documents(documents).await.unwrap();
    let outcomes: Vec<_> = outcomes.iter().map(|(text, one)| (text.id.clone(), one.clone())).collect();
    store.put_outcomes(run, &outcomes).await.unwrap();
    store.finish_run(run).await.unwrap();
    site.app.refresh().await.unwrap();
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
    for (at, place) in places.iter().enumerate() {
        let enough = place["classified"].as_u64() >= Some(10);
        assert_eq!(enough, place["name"] == "Ostmark", "{place}");
        let open = if enough { 2.into() } else { Value::Null };
        assert_eq!(place["open"], open, "two of three codes, or no ranking: {place}");
        for row in matrix["rows"].as_array().unwrap() {
            assert_eq!(row["cells"][at]["few"], Value::from(!enough), "{place}: {row}");
        }
    }
    assert_eq!(page.matches("<span class=\"quiet\">2 of 3 open</span>").count(), 1, "{page}");
    assert_eq!(page.matches("<span class=\"quiet\">too few to rank</span>").count(), 11, "{page}");
    assert_eq!(page.matches("<td class=\"few\">").count(), 11 * 3, "{page}");
    assert_eq!(svg.matches(">too few to rank</text>").count(), 11, "{svg}");
}

#[tokio::test]
async fn data_have_five_hundred_jurisdictions_and_a_table_has_all_of_them() {
    let site = populated().await;
    let more = (0..490).map(|n| {
        made(&site, &format!("file:more/{n}.txt"), Enactment::Proposed, |document| {
            document.metadata.jurisdiction = Some(format!("More {n:03}"));
        })
    });
    site.app.store().put_documents(&more.collect::<Vec<_>>()).await.unwrap();
    site.app.refresh().await.unwrap();
    let matrix = site.get(&gaps(".json", "all", None)).await.json()["matrix"].clone();
    let places = matrix["places"].as_array().unwrap();
    assert_eq!((places.len(), &matrix["left_out"]), (500, &6.into()));
    let page = site.get(&gaps("", "all", Some("source=agora"))).await.body;
    assert!(page.contains(&format!("<a href=\"/gaps/places.csv?{DAY}\">All jurisdictions as CSV")), "{page}");
    for ending in ENDINGS {
        let table = site.get(&format!("/gaps/places.{ending}?{DAY}")).await;
        assert_eq!((table.status, table.rows(ending)), (StatusCode::OK, 506 * 3), "{ending}");
    }
    let table = site.get(&format!("/gaps/places.csv?{DAY}")).await;
    let lines: Vec<BTreeMap<String, String>> =
        csv::Reader::from_reader(&table.bytes[..]).deserialize().map(Result::unwrap).collect();
    for (at, place) in places.iter().enumerate() {
        let rows = matrix["rows"].as_array().unwrap();
        let of_place: Vec<_> =
            lines.iter().filter(|line| line["jurisdiction"] == place["name"].as_str().unwrap()).collect();
        assert_eq!(of_place.len(), rows.len(), "{place}");
        for (line, row) in of_place.into_iter().zip(rows) {
            let cell = &row["cells"][at];
            assert_eq!(
                (&row["code"], &cell["verdict"]),
                (&line["code"].as_str().into(), &line["verdict"].as_str().into())
            );
            for (told, figure) in [
                ("documents", &cell["any"]),
                ("binding_at_highest", &cell["binding_full"]),
                ("of_classified", &place["classified"]),
                ("of_binding", &place["binding"]),
            ] {
                assert_eq!(line[told], figure.to_string(), "{told} of {place}");
            }
            assert_eq!(line["few"] == "yes", cell["few"] == true, "{place}");
        }
    }
    let tag = table.header("etag").to_owned();
    let again = Request::get(format!("/gaps/places.csv?{DAY}")).header(header::IF_NONE_MATCH, tag);
    assert_eq!(site.ask(again.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
    let one = site.get(&format!("/gaps/places.csv?{DAY}&jurisdiction=Ostmark")).await;
    assert_eq!(one.rows("csv"), 3, "only what is chosen");
    for (table, set) in [(&table, "all documents"), (&one, "Jurisdiction: Ostmark")] {
        let mut rows = csv::Reader::from_reader(&table.bytes[..]);
        let mut rows = rows.deserialize().map(Result::unwrap);
        assert!(rows.all(|row: BTreeMap<String, String>| row["set"] == set), "{set}");
    }
}

#[tokio::test]
async fn codes_are_ranked_by_the_widest_gap_and_of_a_few_documents_as_the_codebook_has_them() {
    let site = populated().await;
    // Drafts that speak well of the first code of the codebook, and in passing of the last.
    let well = coded_alone(&site.world, "Nobody may be treated unequally by a machine.", "1.1", 3);
    let passing = coded_alone(&site.world, "Attacks on machines are a matter of concern.", "2.2", 2);
    let mut drafts = collected(&site, 6, "drafts", &well.0);
    drafts.extend(collected(&site, 6, "drafts", &passing.0));
    put(&site, &drafts, &[well, passing]).await;
    for (set, ranked, order) in [
        ("all", true, ["2.1", "1.1", "2.2"]),
        ("jurisdiction=Ostmark", true, ["2.1", "1.1", "2.2"]),
        ("collection=drafts", true, ["2.1", "2.2", "1.1"]),
        ("collection=own", false, ["1.1", "2.1", "2.2"]),
    ] {
        let page = site.get(&gaps(".json", set, None)).await.json();
        let rows = page["rows"].as_array().unwrap();
        assert_eq!(page["ranked"], ranked, "{set}");
        assert_eq!(rows.iter().map(|row| row["code"].as_str().unwrap()).collect::<Vec<_>>(), order, "{set}");
        let width = |row: &Value| {
            let verdict = Verdict::ALL.iter().position(|verdict| row["verdict"] == verdict.id()).unwrap();
            let counts = ["binding_full", "binding_any", "standing_full", "standing_any", "full", "any"]
                .map(|n| row[n].as_u64());
            (verdict, counts)
        };
        assert_eq!(rows.iter().map(width).is_sorted(), ranked, "{set}: {rows:?}");
        let body = site.get(&gaps("", set, None)).await.body;
        assert_eq!(body.contains("widest gap first"), ranked, "{set}");
    }
}

#[tokio::test]
async fn soft_law_in_force_binds_nobody() {
    let site = populated().await;
    let (text, outcome) = of_soft_law(&site.world);
    let mut guidance = collected(&site, 10, "guidance", &text);
    for one in &mut guidance {
        one.document.metadata.enactment = Enactment::InForce;
        one.document.metadata.history = vec![StatusEvent {
            state: Enactment::InForce,
            date: Some(date(2020, 6, 1)),
            source_word: "In force".to_owned(),
        }];
    }
    put(&site, &guidance, &[(text, outcome)]).await;
    let soft = site.get(&gaps(".json", "collection=guidance", None)).await.json();
    assert_eq!(
        (&soft["classified"], &soft["standing"], &soft["binding"]),
        (&10.into(), &10.into(), &0.into())
    );
    let security = row(&soft, "2.2");
    assert_eq!((&security["verdict"], &security["standing_full"]), (&"only_non_binding".into(), &10.into()));
    let hard = site.get(&gaps(".json", "jurisdiction=Ostmark", None)).await.json();
    assert_eq!((&hard["binding"], &row(&hard, "2.2")["verdict"]), (&10.into(), &"covered".into()));
}

#[tokio::test]
async fn the_table_of_an_audit_has_every_document_of_both_lists_and_says_of_which() {
    let site = populated().await;
    let world = &site.world;
    let speaks = coded_alone(world, "Whoever lets a machine read letters shall pay.", "2.1", 2);
    let near = coded_alone(world, "Attacks on machines are a matter of concern.", "2.2", 2);
    let mut silent = coded_alone(world, "Nobody may be treated unequally by a machine.", "1.1", 3);
    let Outcome::Coded(coding) = &mut silent.1 else { panic!("it is coded") };
    coding.negatives.clear();
    let mut all = collected(&site, 20, "audited", &speaks.0);
    all.extend(collected(&site, 5, "audited", &silent.0));
    all.extend(collected(&site, 20, "audited", &near.0));
    put(&site, &all, &[speaks, near, silent]).await;

    let address = |ending: &str| format!("/gaps/risk/2.1.{ending}?{DAY}&collection=audited");
    let page = site.get(&address("json")).await.json();
    let told = |list: &str| page[list].as_array().map(Vec::len);
    assert_eq!((told("speaking"), told("nearest")), (Some(15), Some(15)), "a page has the first");
    assert_eq!((&page["gap"]["any"], &page["without"]), (&20.into(), &25.into()));
    assert_eq!(page["table_href"], address("csv"), "and leads to all");
    for ending in ENDINGS {
        assert_eq!(site.get(&address(ending)).await.rows(ending), 45, "{ending}");
    }
    let table = site.get(&address("csv")).await;
    let lines: Vec<BTreeMap<String, String>> =
        csv::Reader::from_reader(&table.bytes[..]).deserialize().map(Result::unwrap).collect();
    let lists: Vec<&str> = lines.iter().map(|line| line["list"].as_str()).collect();
    assert_eq!(lists, [["speaking"; 20].as_slice(), ["without"; 25].as_slice()].concat());
    let chances: Vec<&str> = lines[20..].iter().map(|line| line["probability"].as_str()).collect();
    assert_eq!(chances, [["0.600"; 20].as_slice(), [""; 5].as_slice()].concat(), "the likeliest first");
    for (list, shown) in [("speaking", "speaking"), ("without", "nearest")] {
        let of_list = lines.iter().filter(|line| line["list"] == list);
        for (line, row) in of_list.zip(page[shown].as_array().unwrap()) {
            assert_eq!(row["id"], line["document"].as_str(), "the page begins as the table does");
        }
    }
    let documents: BTreeSet<&str> = lines.iter().map(|line| line["document"].as_str()).collect();
    assert_eq!(documents.len(), 45, "each once");
    let tag = table.header("etag").to_owned();
    let again = Request::get(address("csv")).header(header::IF_NONE_MATCH, tag);
    assert_eq!(site.ask(again.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
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

/// A text of soft law that speaks well of security.
fn of_soft_law(world: &World) -> (Text, Outcome) {
    let (text, outcome) =
        coded_alone(world, "Whoever runs a machine should test it against attacks.", "2.2", 3);
    let Outcome::Coded(mut coding) = outcome else { panic!("it is coded") };
    let draft = Draft {
        dimension: "status".parse().unwrap(),
        code: "status".parse().unwrap(),
        value: lacuna_domain::Value::Choice(Some("soft_law".parse().unwrap())),
        confidence: Confidence::High,
        probability: Some(1.0),
        reasoning: "It says should.".to_owned(),
        quotes: vec![],
    };
    let evidence = coding.judgements[0].evidence().to_vec();
    coding.judgements.push(Judgement::verified(draft, evidence, vec![]).unwrap());
    (text, Outcome::Coded(coding))
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
