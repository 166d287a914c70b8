//! Wording that a draft borrows, and definitions of its terms, are found in whichever peer has them.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use lacuna_domain::coding::Outcome;
use lacuna_domain::text::Quality;
use lacuna_domain::{Coding, Confidence, Draft, Evidence, Judgement, QuoteState, Span, Text, Value};
use lacuna_pipeline::analyze::drafting::Wording;
use serde_json::Value as Json;

use super::{Site, incoming, with_other_text};
use crate::config::Config;
use crate::reading::Reading;
use crate::sample::{TEXT, coding};

/// Fourteen words of the draft that stand in the text of the lender alone.
const BORROWED: &str = "shall write down each lift with its weight, hour and reason in a bound";
/// Words of the draft that stand in a private text too.
const SECRET: &str = "No person shall move a load above a public path while children play below it.";
const LENDER: &str = "file:yard/lender.txt";
const DRAFT: &str = "/compare/with-corpus?id=file:draft.txt";

/// A document with a text of its own, and a coding of that text.
async fn put(site: &Site, id: &str, place: &str, words: &str, code: impl Fn(&Text) -> Coding) {
    put_in(site, "en", id, place, words, code).await;
}

/// The same in another language.
async fn put_in(
    site: &Site,
    language: &str,
    id: &str,
    place: &str,
    words: &str,
    code: impl Fn(&Text) -> Coding,
) {
    let text = Text::new(words.to_owned(), Some(language.to_owned()), Quality::default());
    let mut document = site.world.document.clone();
    document.id = id.parse().unwrap();
    document.metadata.casual_name = Some(format!("Instrument {id}"));
    document.metadata.jurisdiction = Some(place.to_owned());
    document.metadata.private = place == "nowhere";
    let mut coming = incoming(&site.world, document);
    let version = coming.version.as_mut().unwrap();
    (version.text, version.bytes_hash) = (text.clone(), text.id.to_string());
    let (store, outcome) = (site.app.store(), Outcome::Coded(Box::new(code(&text))));
    store.put_documents(&[coming]).await.unwrap();
    store.put_outcomes(&site.world.run.id, &[(text.id, outcome)]).await.unwrap();
}

/// A coding with one label, by which a text is little like the sample.
fn slightly(site: &Site, text: &Text) -> Coding {
    let Outcome::Coded(sample) = &site.world.outcome else { panic!("the sample is coded") };
    let end = text.content.find('\n').unwrap();
    let span = Span::new(&text.content, 0, end).unwrap();
    let evidence = Evidence::located(&text.content, vec![span], QuoteState::Exact, 0).unwrap();
    let draft = Draft {
        dimension: "risk".parse().unwrap(),
        code: "1.1".parse().unwrap(),
        value: Value::Level(2),
        confidence: Confidence::of(0.6),
        probability: Some(0.6),
        reasoning: "The title speaks of it.".to_owned(),
        quotes: vec![],
    };
    Coding {
        text: text.id.clone(),
        judgements: vec![Judgement::verified(draft, vec![evidence], vec![]).unwrap()],
        actors: vec![],
        rejections: vec![],
        parts: BTreeMap::new(),
        ..(**sample).clone()
    }
}

/// A site on one's own machine with fourteen copies of the sample's text, which the draft repeats, and five rules of
/// yards, which are little like it.
async fn with_a_borrowing_draft() -> Site {
    let site = Site::with(Config { local: true, ..Config::default() }).await;
    let copies: Vec<_> = (0..12)
        .map(|n| {
            let mut document = site.world.document.clone();
            document.id = format!("file:copy/{n}.txt").parse().unwrap();
            incoming(&site.world, document)
        })
        .collect();
    site.app.store().put_documents(&copies).await.unwrap();
    let few = |text: &Text| slightly(&site, text);
    for n in 1..5 {
        let rule = format!("YARD RULE {n} (FICTION)\n\n“Crane” means engine number {n} of the yard.\n");
        put(&site, &format!("file:yard/{n}.txt"), "Ostmark", &rule, few).await;
    }
    let lender = format!(
        "HARBOUR RULE (FICTION)\n\n“Crane” means a machine that lifts.\n\nEvery crane is blue.\n\nThe keeper of a \
         crane {BORROWED} book.\n"
    );
    put(&site, LENDER, "Lysia", &lender, few).await;
    put(&site, "file:secret.txt", "nowhere", &format!("SECRET RULE (FICTION)\n\n{SECRET}\n"), few).await;
    let draft = format!(
        "{TEXT}\nSEC. 3. CRANES.\n\n“Crane” means an engine with a hook.\n\nAn operator {BORROWED} ledger.\n\n{SECRET}\n"
    );
    let much = |text: &Text| coding(&site.world.codebook, &site.world.run, &Reading::of(text.clone()));
    put(&site, "file:draft.txt", "Norvale", &draft, much).await;
    site.app.refresh().await.unwrap();
    site
}

async fn ask(site: &Site, path: &str) -> super::Answer {
    let answer =
        site.ask(Request::get(path).header("host", "127.0.0.1:7373").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer
}

async fn json(site: &Site, set: &str) -> Json {
    ask(site, &format!("{}{set}", DRAFT.replacen('?', ".json?", 1))).await.json()
}

fn lines<'j>(page: &'j Json, id: &str) -> Vec<&'j Json> {
    page["shared"].as_array().unwrap().iter().filter(|line| line["peer"]["id"] == id).collect()
}

#[tokio::test]
async fn words_borrowed_from_a_peer_that_is_not_near_are_found_with_their_passage() {
    let site = with_a_borrowing_draft().await;
    let page = json(&site, "").await;
    assert_eq!(page["nearest"].as_array().unwrap().len(), 12);
    assert!(!page["nearest"].to_string().contains(LENDER), "it is not among the nearest");
    let found = lines(&page, LENDER);
    assert_eq!(found.len(), 1, "{}", page["shared"]);
    assert_eq!((&found[0]["words"], &found[0]["count"]), (&Json::from(BORROWED), &Json::from(14)));
    let href = found[0]["peer_href"].as_str().unwrap();
    let (path, passage) = href.split_once('#').unwrap();
    let text = ask(&site, path).await.body;
    let (_, from) = text.split_once(&format!("id=\"{passage}\"")).expect("the passage is on the page");
    let place = from.find("write down each lift").expect("the words are in it");
    assert!(!from[..place].contains("id=\"p-"), "and in no later one");

    let html = ask(&site, DRAFT).await.body;
    assert!(html.contains(&format!("<mark>{BORROWED}</mark>")), "{html}");
    assert!(html.contains("Looked for in all 19 peers."), "{html}");
}

#[tokio::test]
async fn copies_of_one_text_are_one_line_and_count_with_the_peers_that_were_compared() {
    let site = with_a_borrowing_draft().await;
    let page = json(&site, "").await;
    for (field, number) in [("peers", 19), ("searched", 19), ("candidates", 15), ("compared", 15)] {
        assert_eq!(page[field], number, "{field}");
    }
    let shared = page["shared"].as_array().unwrap();
    assert_eq!(shared.len(), 2, "the sample's text, and what was borrowed: {shared:?}");
    assert_eq!(shared[0]["same"], 13, "fourteen documents have the sample's text");
    let words: u64 = shared.iter().map(|line| line["count"].as_u64().unwrap()).sum();
    assert_eq!(page["shared_words"], words, "no word stands in both");
    assert!(page["own_words"].as_u64() > Some(words));
}

#[tokio::test]
async fn what_stands_outside_the_chosen_peers_is_not_told() {
    let site = with_a_borrowing_draft().await;
    let page = json(&site, "&jurisdiction=Norvale").await;
    assert_eq!(page["searched"], 14);
    assert!(lines(&page, LENDER).is_empty() && !page["shared"].to_string().contains("each lift"));
    assert_eq!(page["terms"][0]["defining"], 0, "{}", page["terms"]);
    let page = json(&site, "&jurisdiction=Lysia").await;
    assert_eq!((&page["searched"], lines(&page, LENDER).len()), (&Json::from(1), 1));
    assert_eq!(page["terms"][0]["peers"][0]["title"], format!("Instrument {LENDER}"));
}

#[tokio::test]
async fn terms_stand_beside_definitions_of_all_peers() {
    let site = with_a_borrowing_draft().await;
    let page = json(&site, "").await;
    let term = &page["terms"][0];
    assert_eq!((&term["term"], &term["defining"]), (&Json::from("crane"), &Json::from(5)));
    assert_eq!(term["peers"].as_array().unwrap().len(), 3);
    assert_eq!(term["peers"][0]["words"], "“Crane” means engine number 1 of the yard.");
    let html = ask(&site, DRAFT).await.body;
    assert!(html.contains("3 of 5 peers that define it, the nearest first."), "{html}");
}

#[tokio::test]
async fn a_term_stands_beside_definitions_of_its_own_language_alone() {
    let site = with_a_borrowing_draft().await;
    let few = |text: &Text| slightly(&site, text);
    for (language, id, words) in [
        ("en", "file:pilot-en.txt", "PILOT RULE (FICTION)\n\n“Pilot” means a boat.\n"),
        ("de", "file:pilot-de.txt", "LOTSENREGEL (FIKTION)\n\n„Pilot“ bezeichnet den Lotsen.\n"),
        ("de", "file:entwurf.txt", "LOTSENGESETZ (FIKTION)\n\n„Pilot“ bezeichnet eine Person.\n"),
    ] {
        put_in(&site, language, id, "Norvale", words, few).await;
    }
    site.app.refresh().await.unwrap();
    let page = ask(&site, "/compare/with-corpus.json?id=file:entwurf.txt").await.json();
    let term = &page["terms"][0];
    assert_eq!((&term["term"], &term["language"]), (&Json::from("pilot"), &Json::from("de")));
    let peers = term["peers"].as_array().unwrap();
    assert_eq!((peers.len(), &term["defining"]), (1, &Json::from(1)), "{term}");
    assert_eq!(peers[0]["title"], "Instrument file:pilot-de.txt");
}

#[tokio::test]
async fn thresholds_stand_beside_those_of_the_peers_and_lead_to_their_passages() {
    let site = Site::with(Config { local: true, ..Config::default() }).await;
    let much = |text: &Text| coding(&site.world.codebook, &site.world.run, &Reading::of(text.clone()));
    let fined = |amount: &str| format!("{TEXT}\nSEC. 3. FINES.\n\nA fine is at most {amount}.\n");
    put(&site, "file:fines.txt", "Ostmark", &fined("3 million euros"), much).await;
    put(&site, "file:draft.txt", "Norvale", &fined("5 million euros"), much).await;
    site.app.refresh().await.unwrap();
    let page = json(&site, "").await;
    let money: Vec<&Json> =
        page["measures"].as_array().unwrap().iter().filter(|line| line["name"] == "Money").collect();
    assert_eq!(money.len(), 1, "one line of each measure: {}", page["measures"]);
    let amounts = |side: &str| -> Vec<String> {
        let all = money[0][side].as_array().unwrap().iter();
        all.map(|one| one["amount"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(amounts("draft"), ["5 million euros"]);
    assert_eq!(amounts("peers"), ["3 million euros"]);

    let theirs = &money[0]["peers"][0];
    assert_eq!(theirs["title"], "Instrument file:fines.txt");
    let (path, passage) = theirs["href"].as_str().unwrap().split_once('#').unwrap();
    let text = ask(&site, path).await.body;
    let (_, from) = text.split_once(&format!("id=\"{passage}\"")).expect("the passage is on the page");
    let place = from.find("3 million euros").expect("the amount is in it");
    assert!(!from[..place].contains("id=\"p-"), "and in no later one");
    let html = ask(&site, DRAFT).await.body;
    let line = html.split_once("<h3>Money</h3>").unwrap().1.split("<h3>").next().unwrap();
    for side in ["<strong>5 million euros</strong>", "<strong>3 million euros</strong>"] {
        assert!(line.contains(side), "{side}: {line}");
    }
}

#[tokio::test]
async fn the_table_file_of_a_comparison_holds_all_that_its_page_sets_beside_each_other() {
    let site = with_a_borrowing_draft().await;
    let page = json(&site, "").await;
    let file = ask(&site, &DRAFT.replacen('?', ".csv?", 1)).await.body;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let of = |table: &str| rows.iter().filter(|row| row["table"] == table).collect::<Vec<_>>();
    let length = |list: &Json| list.as_array().unwrap().len();
    let all = |name: &str| page[name].as_array().unwrap().iter();

    let codes = all("dimensions").map(|one| length(&one["spoken"]) + length(&one["missing"]));
    assert_eq!(of("codes").len(), codes.sum::<usize>());
    assert_eq!(of("terms").len(), all("terms").map(|term| length(&term["peers"]).max(1)).sum::<usize>());
    let amounts = all("measures").map(|line| length(&line["draft"]) + length(&line["peers"]));
    assert_eq!(of("amounts").len(), amounts.sum::<usize>());
    assert_eq!(of("shared").len(), all("shared").count());

    let lasting = |href: &Json| href.as_str().unwrap().replacen('#', "?v=1#", 1);
    let crane = &page["terms"][0];
    let beside = of("terms")[0];
    assert_eq!(beside["draft_href"], lasting(&crane["draft"]["href"]));
    assert_eq!(beside["peer_href"], lasting(&crane["peers"][0]["href"]));
    for (column, said) in [
        ("name", &crane["term"]),
        ("draft_quote", &crane["draft"]["words"]),
        ("peer", &crane["peers"][0]["title"]),
        ("peer_quote", &crane["peers"][0]["words"]),
    ] {
        assert_eq!(*said, beside[column].as_str(), "{column}: {beside:?}");
    }
    assert_eq!((beside["peers"].as_str(), beside["of_peers"].as_str()), ("5", "19"));
    let borrowed = of("shared").into_iter().find(|row| row["draft_quote"] == BORROWED).unwrap();
    assert_eq!(borrowed["peer_href"], lasting(&lines(&page, LENDER)[0]["peer_href"]));
    ask(&site, borrowed["peer_href"].split_once('#').unwrap().0).await;
    let copied = of("shared").into_iter().find(|row| row["draft_quote"] != BORROWED).unwrap();
    for (row, peers) in [(borrowed, "1"), (copied, "14")] {
        assert_eq!((row["peers"].as_str(), row["of_peers"].as_str()), (peers, "15"), "{row:?}");
    }
    let ten = of("amounts").into_iter().find(|row| row["draft"] == "ten days").unwrap();
    assert!(ten["name"] == "Time" && ten["draft_quote"].contains("within ten days"), "{ten:?}");
}

#[tokio::test]
async fn two_different_texts_with_the_same_run_are_two_peers_that_have_it() {
    let site = with_a_borrowing_draft().await;
    let words =
        format!("QUAY RULE (FICTION)\n\nEach hoist is red.\n\nThe warden of a hoist {BORROWED} roll.\n");
    put(&site, "file:yard/quay.txt", "Lysia", &words, |text| slightly(&site, text)).await;
    site.app.refresh().await.unwrap();
    let file = ask(&site, &DRAFT.replacen('?', ".csv?", 1)).await.body;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let borrowed: Vec<_> = rows.iter().filter(|row| row["draft_quote"] == BORROWED).collect();
    assert_eq!(borrowed.len(), 1, "{rows:?}");
    assert_eq!((borrowed[0]["peers"].as_str(), borrowed[0]["of_peers"].as_str()), ("2", "16"));
    let page = json(&site, "").await;
    let line = page["shared"].as_array().unwrap().iter().find(|line| line["words"] == BORROWED).unwrap();
    assert_eq!((&line["having"], &line["same"]), (&Json::from(2), &Json::from(0)), "{line}");
    assert_eq!(line["others"].as_array().map(Vec::len), Some(1), "{line}");
}

#[tokio::test]
async fn a_private_text_is_never_among_the_peers() {
    let site = with_a_borrowing_draft().await;
    for path in [DRAFT.to_owned(), DRAFT.replacen('?', ".json?", 1)] {
        let body = ask(&site, &path).await.body;
        assert!(!body.contains("file:secret.txt") && !body.contains("children play"), "{path}: {body}");
    }
    let own = ask(&site, "/compare/with-corpus.json?id=file:secret.txt").await.json();
    let shared = own["shared"].as_array().unwrap();
    assert_eq!(shared[0]["peer"]["id"], "file:draft.txt", "a private draft has public peers: {shared:?}");
}

#[tokio::test]
async fn a_corpus_too_large_to_be_looked_through_is_said_to_be() {
    let site = with_a_borrowing_draft().await;
    site.app.snapshot().wording.set(None).unwrap();
    let page = json(&site, "").await;
    assert_eq!((&page["searched"], &page["peers"]), (&Json::from(12), &Json::from(19)));
    assert!(lines(&page, LENDER).is_empty());
    let html = ask(&site, DRAFT).await.body;
    assert!(html.contains("Looked for in the 12 nearest of 19 peers; the corpus is too large"), "{html}");
}

#[tokio::test]
async fn borrowed_words_are_marked_in_the_draft_s_own_text_and_lead_to_their_passage() {
    let site = with_a_borrowing_draft().await;
    let page = json(&site, "").await;
    let marked = page["marked"].as_array().unwrap();
    assert_eq!(page["marked_of"], marked.len());
    let stretches = |passage: &Json| passage["stretches"].as_array().unwrap().clone();
    let all: Vec<Json> = marked.iter().flat_map(stretches).collect();
    let lent = all.iter().filter(|stretch| stretch.get("lender").is_some());
    let words: usize = lent.map(|stretch| Wording::of(stretch["text"].as_str().unwrap()).len()).sum();
    assert_eq!(page["shared_words"], words, "every shared word is marked once");

    let own = marked.iter().map(stretches).find(|passage| passage[0]["text"] == "An operator ").unwrap();
    assert_eq!((&own[1]["text"], &own[2]["text"]), (&Json::from(BORROWED), &Json::from(" ledger.")));
    let lender = &own[1]["lender"];
    assert_eq!((&lender["title"], &lender["words"]), (&format!("Instrument {LENDER}").into(), &14.into()));
    assert_eq!(lender["href"], lines(&page, LENDER)[0]["peer_href"]);

    let html = ask(&site, DRAFT).await.body;
    let mark = format!(
        "shared with Instrument {LENDER}: </span><mark title=\"In a run of 14 words, also in Instrument {LENDER}\">{BORROWED}</mark>"
    );
    assert!(html.contains(&mark), "{html}");
    let counted = format!("{words} words in {} passages", marked.len());
    assert!(html.contains(&counted), "{counted}: {html}");
}

#[tokio::test]
async fn a_text_whose_language_could_not_be_told_is_not_called_one_of_another_language() {
    let site = with_a_borrowing_draft().await;
    assert_eq!(json(&site, "").await["terms_unread"], false);
    for (language, unread) in [(None, false), (Some("fr"), false), (Some("nl"), true)] {
        let id = format!("file:yard/{language:?}.txt");
        let words = format!("YARD RULE IN {language:?} (FICTION)\n\nNo crane.\n");
        let text = Text::new(words, language.map(str::to_owned), Quality::default());
        let outcome = Outcome::Coded(Box::new(slightly(&site, &text)));
        let store = site.app.store();
        store
            .put_documents(&[with_other_text(&site.world, &id.replace(['"', '(', ')'], "-"), &text)])
            .await
            .unwrap();
        store.put_outcomes(&site.world.run.id, &[(text.id, outcome)]).await.unwrap();
        site.app.refresh().await.unwrap();
        assert_eq!(json(&site, "").await["terms_unread"], unread, "{language:?}");
    }
}
