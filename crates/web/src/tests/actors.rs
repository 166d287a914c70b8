//! Who must do something about what: whose type each target has, and how that was told, stands beside the sentence.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use lacuna_domain::coding::{Outcome, PartHit};
use lacuna_domain::judgement::{ActorDraft, DraftQuote};
use lacuna_domain::run::Labeller;
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Codebook, Coding, Confidence, Draft, Run, RunConfig, Text, Value};
use lacuna_pipeline::classify::Drafts;
use lacuna_pipeline::codebooks::AI_GOVERNANCE;
use lacuna_pipeline::{segment, verify};

use super::{Site, incoming, with_other_text};
use crate::config::Config;
use crate::view::chart::escape;

/// What an invented rule says, whom an engine takes for targets, and the types it gives them together.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

const RULES: [Rule; 4] = [
    (
        "The Tide Registry and the Harbour Commission shall secure the system.",
        &["Tide Registry", "Harbour Commission"],
        &["ai_deployer", "governance_actor"],
    ),
    (
        "AI systems of a Harbour Agency shall be secure.",
        &["AI systems", "Harbour Agency"],
        &["ai_deployer", "governance_actor"],
    ),
    (
        "The Harbour and Data Office (HDO) shall secure the system.",
        &["Harbour and Data Office"],
        &["ai_deployer"],
    ),
    ("The HDO shall secure the system.", &["HDO"], &["ai_deployer"]),
];

/// A rule in which the first sentence names who must act and the last one says what must be secure.
const APART: Rule = (
    "The Tide Registry shall answer for all that it runs. Systems shall be secured against intrusion.",
    &["Tide Registry"],
    &["ai_deployer"],
);

/// A rule in which each role has a sentence of its own: the role, who has it, and of which type.
const ROLES: [(&str, &str, &str, &str); 4] = [
    ("proposer", "Diet of Ostmark", "governance_actor", "The Diet of Ostmark lays down this rule."),
    ("enforcer", "Guild of Pilots", "affected_stakeholder", "The Guild of Pilots may fine who breaks it."),
    ("monitor", "Cable Works", "infrastructure_provider", "The Cable Works shall watch how it is kept."),
    ("target", "Ferry Line", "ai_deployer", "The Ferry Line shall secure its systems."),
];

fn quote(words: &str) -> Vec<DraftQuote> {
    vec![DraftQuote { words: words.trim().to_owned(), at: None }]
}

/// Who has a role, as `words` say.
fn actor(role: &str, names: &[&str], types: &[&str], words: &str) -> ActorDraft {
    ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: role.parse().unwrap(),
        entities: names.iter().map(|name| (*name).to_owned()).collect(),
        types: types.iter().map(|kind| kind.parse().unwrap()).collect(),
        confidence: Confidence::Medium,
        probability: None,
        reasoning: "They shall act.".to_owned(),
        quotes: quote(words),
    }
}

/// The first sentence of the rule names its targets, the last one speaks to security.
fn coding(run: &Run, codebook: &Codebook, (words, names, types): Rule) -> Coding {
    let mut sentences = words.split_inclusive(". ");
    let first = sentences.next().unwrap();
    let label = Draft {
        dimension: "risk".parse().unwrap(),
        code: "2.2".parse().unwrap(),
        value: Value::Level(3),
        confidence: Confidence::Medium,
        probability: None,
        reasoning: "It is a duty of security.".to_owned(),
        quotes: quote(sentences.last().unwrap_or(first)),
    };
    let hits = BTreeMap::from([("2.2".parse().unwrap(), vec![PartHit { passage: 0, level: 3 }])]);
    let drafts = Drafts {
        labels: vec![label],
        actors: vec![actor("target", names, types, first)],
        parts: BTreeMap::from([("risk".parse().unwrap(), hits)]),
        ..Drafts::default()
    };
    verify::verify(drafts, words, &segment::segment(words), codebook, &run.id, Clock::fixed().now())
}

/// A site that shows a run of the built-in codebook over the rules.
pub(crate) async fn ruled() -> Site {
    ruled_by(Config::default()).await
}

async fn ruled_by(config: Config) -> Site {
    let site = Site::with(config).await;
    let codebook = Codebook::parse(AI_GOVERNANCE).unwrap();
    let config = RunConfig {
        codebook: codebook.id.clone(),
        codebook_version: codebook.version.clone(),
        codebook_hash: codebook.hash.clone(),
        engine: "offline".to_owned(),
        parameters: BTreeMap::new(),
    };
    let run = Run {
        id: config.id(),
        config,
        labeller: Labeller::Machine,
        name: "Invented engine".to_owned(),
        started_at: Clock::fixed().now(),
        finished_at: None,
    };
    let store = site.app.store();
    store.put_codebook(AI_GOVERNANCE, &codebook).await.unwrap();
    store.start_run(&run).await.unwrap();
    for (n, rule) in RULES.into_iter().enumerate() {
        put(&site, &run, &codebook, &n.to_string(), rule).await;
    }
    store.finish_run(&run.id).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// Puts a rule into the store, with what the run says of it.
async fn put(site: &Site, run: &Run, codebook: &Codebook, name: &str, rule: Rule) {
    put_coded(site, run, name, rule.0, coding(run, codebook, rule)).await;
}

/// Puts a text into the store, with what the run says of it.
async fn put_coded(site: &Site, run: &Run, name: &str, words: &str, coding: Coding) {
    let text = Text::new(words.to_owned(), Some("en".to_owned()), Quality::default());
    let mut document = site.world.document.clone();
    document.id = format!("file:rule/{name}.txt").parse().unwrap();
    document.metadata.casual_name = Some(format!("Rule {name}"));
    let mut coming = incoming(&site.world, document);
    let version = coming.version.as_mut().unwrap();
    (version.text, version.bytes_hash) = (text.clone(), text.id.to_string());
    site.app.store().put_documents(&[coming]).await.unwrap();
    let outcome = Outcome::Coded(Box::new(coding));
    site.app.store().put_outcomes(&run.id, &[(text.id, outcome)]).await.unwrap();
}

/// Shows what was put into the store since.
async fn shown(site: &Site, run: &Run) {
    site.app.store().finish_run(&run.id).await.unwrap();
    site.app.refresh().await.unwrap();
}

#[tokio::test]
async fn a_duty_says_how_the_type_of_its_target_was_told() {
    let site = ruled().await;
    for (kind, name, told) in [
        ("governance_actor", "Harbour Commission", "its name"),
        ("ai_deployer", "Tide Registry", "the only type left"),
        ("ai_deployer", "HDO", "the role has one type"),
        ("untold", "Harbour Agency", "not told apart"),
    ] {
        let path = format!("/actors/duties/{kind}/2.2");
        let page = site.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        let shown = format!(">{name}</strong> <span class=\"quiet\">(type: {told})</span>");
        assert!(page.body.contains(&shown), "{path} does not say {shown}: {}", page.body);
        let json = site.get(&format!("{path}.json")).await.json();
        let passages = json["passages"].as_array().unwrap();
        let found = passages.iter().find(|p| p["entities"][0] == name).unwrap();
        assert_eq!(found["told"][0], told, "{path}.json");
        let csv = site.get(&format!("{path}.csv")).await.body;
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let column = rows.headers().unwrap().iter().position(|header| header == "told").unwrap();
        assert!(rows.records().any(|row| row.unwrap()[column].contains(told)), "{path}.csv: {csv}");
    }
}

#[tokio::test]
async fn a_duty_shows_who_and_what_in_two_sentences_or_in_one() {
    let site = ruled().await;
    let snapshot = site.app.snapshot();
    let run = snapshot.run.as_ref().unwrap();
    put(&site, run, &snapshot.codebook, "apart", APART).await;
    shown(&site, run).await;
    let (who, what) = APART.0.split_once(". ").map(|(who, what)| (format!("{who}."), what)).unwrap();
    let path = "/actors/duties/ai_deployer/2.2";
    let json = site.get(&format!("{path}.json")).await.json();
    let passages = json["passages"].as_array().unwrap();
    let apart = passages.iter().find(|p| p["id"] == "file:rule/apart.txt").unwrap();
    assert_eq!((&apart["target_quotes"][0], &apart["quote"]), (&who.as_str().into(), &what.into()));
    let page = site.get(path).await.body;
    let code = json["code_name"].as_str().unwrap();
    let (_, shown) = page.split_once(">The target</p>").unwrap();
    let (shown, _) = shown.split_once("</li>").unwrap();
    let (first, second) = shown.split_once(&format!(">{}</p>", escape(code))).unwrap();
    assert!(first.contains(&format!(">{who}</blockquote>")), "{first}");
    assert!(second.contains(&format!(">{what}</blockquote>")), "{second}");
    assert!(page.contains(&format!(">The target and {}</p>", escape(code))), "{page}");
    assert_eq!(page.matches(&format!(">{}</blockquote>", RULES[3].0)).count(), 1, "{page}");
    let table = site.get(&format!("{path}.csv")).await.body;
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let headers = rows.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let row = rows
        .records()
        .map(Result::unwrap)
        .find(|row| &row[place("document")] == "file:rule/apart.txt")
        .unwrap();
    assert_eq!((&row[place("quote")], &row[place("target_quote")]), (what, who.as_str()));
}

#[tokio::test]
async fn who_is_named_in_a_set_is_counted_as_its_lists_are_long() {
    let site = ruled().await;
    let text = Text::new(RULES[0].0.to_owned(), Some("en".to_owned()), Quality::default());
    let mut twin = with_other_text(&site.world, "file:rule/again.txt", &text);
    twin.document.metadata.jurisdiction = Some("Lysia".to_owned());
    site.app.store().put_documents(&[twin]).await.unwrap();
    site.app.refresh().await.unwrap();
    let set = "jurisdiction=Lysia";
    let page = site.get(&format!("/actors.json?{set}")).await.json();
    assert_eq!((&page["classified"], &page["searched"]), (&1.into(), &1.into()));
    let cells = page["duties"].as_array().unwrap();
    assert_eq!(cells.len(), 2, "one text has two targets: {cells:?}");
    for cell in cells {
        let href = cell["href"].as_str().unwrap();
        assert!(href.ends_with(&format!("?{set}")), "{href}");
        let list = site.get(&href.replacen('?', ".json?", 1)).await.json();
        let listed = list["passages"].as_array().unwrap();
        assert_eq!(cell["passages"], listed.len(), "{cell}");
        assert!(listed.iter().all(|passage| passage["id"] == "file:rule/again.txt"), "{list}");
    }
    let (whole, table) =
        (site.get("/actors.json").await.json(), site.get("/actors.csv?year=1901").await.body);
    assert!(whole["duties"].as_array().unwrap().len() > cells.len(), "{whole}");
    assert_eq!(table.lines().count(), 1, "nothing is of that year: {table}");
    let svg = site.get(&format!("/actors/duties.svg?{set}")).await.body;
    assert!(svg.contains("Jurisdiction: Lysia, 1 of them classified."), "{svg}");
    let body = site.get(&format!("/actors?{set}")).await.body;
    assert!(body.contains("Of all documents: names are not counted for the set above"), "{body}");
    assert!(body.contains(&format!("href=\"/actors/duties.svg?{set}\"")), "{body}");
    assert_eq!(site.get("/actors?colour=red").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn bands_and_bars_of_a_set_lead_to_as_many_documents() {
    let site = super::pictures::drawn().await;
    let mut looked_at = 0;
    for set in ["", "jurisdiction=Norvale", "actor=enforcer:governance_actor", "actor=proposer"] {
        let page = site.get(&format!("/actors.json?{set}")).await.json();
        for pair in page["pairs"].as_array().unwrap() {
            let list = pair["href"].as_str().unwrap().replacen("/documents", "/documents.json", 1);
            assert_eq!(site.get(&list).await.json()["total"], pair["documents"], "{set}: {pair}");
            looked_at += 1;
        }
        for figure in page["roles"].as_array().unwrap() {
            let chart = figure["href"].as_str().unwrap().replacen("/explore", "/explore.json", 1);
            assert_eq!(site.get(&chart).await.json()["figure"]["table"], figure["table"], "{set}: {chart}");
        }
    }
    assert!(looked_at >= 4, "only {looked_at} bands");
    let svg = super::pictures::picture(&site, "/actors/flow.svg?jurisdiction=Norvale").await;
    assert!(svg.contains("<desc>Jurisdiction: Norvale, "), "{svg}");
}

#[tokio::test]
async fn the_flow_goes_from_the_proposer_to_the_enforcer_the_monitor_and_the_target() {
    let site = ruled().await;
    let snapshot = site.app.snapshot();
    let (run, codebook) = (snapshot.run.as_ref().unwrap(), &snapshot.codebook);
    let words = ROLES.map(|(.., sentence)| sentence).join(" ");
    let actors = ROLES.map(|(role, name, kind, sentence)| actor(role, &[name], &[kind], sentence));
    let drafts = Drafts { actors: Vec::from(actors), ..Drafts::default() };
    let coding =
        verify::verify(drafts, &words, &segment::segment(&words), codebook, &run.id, Clock::fixed().now());
    put_coded(&site, run, "roles", &words, coding).await;
    shown(&site, run).await;
    let page = site.get("/actors.json").await.json();
    let pairs: Vec<[String; 5]> = page["pairs"].as_array().unwrap().iter().map(told).collect();
    let step =
        |[from, to]: [(&str, &str, &str, &str); 2]| [from.0, from.2, to.0, to.2, "1"].map(str::to_owned);
    let [proposer, enforcer, monitor, target] = ROLES;
    let steps = [[proposer, enforcer], [enforcer, monitor], [monitor, target]];
    assert_eq!(pairs, steps.map(step), "{page}");

    let figures = page["roles"].as_array().unwrap();
    assert_eq!(figures.len(), ROLES.len());
    let (dimension, types) = crate::pages::actors::dimension(codebook).unwrap();
    for (role, _, kind, _) in ROLES {
        let title = format!("{} by type", dimension.code(role).unwrap().short);
        let figure = figures.iter().find(|figure| figure["title"] == title).expect(role);
        let place = types.iter().position(|known| known.id.as_str() == kind).unwrap();
        let count = &figure["table"]["panels"][0]["cells"][place][0]["count"];
        let list = site.get(&format!("/documents.json?actor={role}:{kind}")).await.json();
        assert_eq!(*count, list["total"], "{role}: {figure}");
        assert!(count.as_u64() >= Some(1), "nobody is {role}: {figure}");
    }
}

/// A step of the flow: role and type, the next role and its type, and documents.
fn told(pair: &serde_json::Value) -> [String; 5] {
    let text = |name: &str| pair[name].as_str().unwrap().to_owned();
    let documents = pair["documents"].to_string();
    [text("from_role"), text("from"), text("to_role"), text("to"), documents]
}

#[tokio::test]
async fn an_entity_is_shown_with_every_name_under_which_it_was_found_and_how_often() {
    let site = ruled().await;
    let snapshot = site.app.snapshot();
    let run = snapshot.run.as_ref().unwrap();
    let again: Rule =
        ("The Harbour and Data Office shall lock the gate.", &["Harbour and Data Office"], &["ai_deployer"]);
    put(&site, run, &snapshot.codebook, "gate", again).await;
    shown(&site, run).await;
    let path = "/actors/entities/harbour%20and%20data%20office";
    let entity = site.get(&format!("{path}.json")).await.json();
    assert_eq!(entity["variants"], serde_json::json!([["Harbour and Data Office", 2], ["HDO", 1]]));
    let page = site.get(path).await.body;
    let (_, found) = page.split_once("Found as: ").unwrap();
    let found = found.split_once("</p>").unwrap().0;
    for named in
        ["Harbour and Data Office</span> <span class=\"quiet\">2<", "HDO</span> <span class=\"quiet\">1<"]
    {
        assert!(found.contains(named), "{found}");
    }
}

#[tokio::test]
async fn who_is_named_is_counted_once_and_a_technology_is_nobody() {
    let site = ruled().await;
    let json = site.get("/actors/entities.json").await.json();
    let keys: Vec<&str> =
        json["entries"].as_array().unwrap().iter().map(|e| e["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["harbour and data office", "harbour agency", "harbour commission", "tide registry"]);
    let long = site.get("/actors/entities/harbour%20and%20data%20office.json").await.json();
    assert_eq!(site.get("/actors/entities/hdo.json").await.json(), long, "the short form leads to the same");
    assert_eq!(long["roles"][0]["places"].as_array().map(Vec::len), Some(2));
    let duties = site.get("/actors.json").await.json();
    let untold = duties["duties"].as_array().unwrap().iter().find(|cell| cell["kind"] == "").unwrap();
    assert_eq!(untold["passages"], 1, "the passage names an agency besides the systems");
}

#[tokio::test]
async fn duties_are_counted_and_drawn_as_they_are_listed() {
    let site = ruled().await;
    let text = Text::new(RULES[0].0.to_owned(), Some("en".to_owned()), Quality::default());
    let twin = with_other_text(&site.world, "file:rule/again.txt", &text);
    site.app.store().put_documents(&[twin]).await.unwrap();
    site.app.refresh().await.unwrap();
    let cells = site.get("/actors.json").await.json()["duties"].as_array().unwrap().clone();
    let svg = site.get("/actors/duties.svg").await.body;
    let table = site.get("/actors.csv").await.body;
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(table.as_bytes()).records().map(Result::unwrap).collect();
    for cell in &cells {
        let list = site.get(&format!("{}.json", cell["href"].as_str().unwrap())).await.json();
        let listed = list["passages"].as_array().unwrap();
        let documents: BTreeSet<&str> = listed.iter().map(|p| p["id"].as_str().unwrap()).collect();
        let counts = [documents.len().to_string(), listed.len().to_string()];
        assert_eq!([cell["documents"].to_string(), cell["passages"].to_string()], counts, "{cell}");
        let [kind, code, kind_name, code_name] =
            ["kind", "code", "kind_name", "code_name"].map(|name| cell[name].as_str().unwrap());
        let row = rows.iter().find(|row| &row[0] == "duties" && &row[2] == kind && &row[4] == code);
        assert_eq!([&row.unwrap()[5], &row.unwrap()[6]], counts, "{cell}");
        let mark = format!("{code} {code_name}, {kind_name}: {} passage", listed.len());
        assert!(svg.contains(&escape(&mark)), "no {mark} in {svg}");
    }
    let doubled = cells.iter().find(|cell| cell["kind"] == "governance_actor").unwrap();
    assert_eq!([doubled["passages"].as_u64(), doubled["documents"].as_u64()], [Some(2); 2], "{doubled}");
}

#[tokio::test]
async fn of_many_texts_a_sample_is_gathered_and_every_page_of_it_says_so() {
    let site = ruled_by(Config { gathered_at_most: 2, ..Config::default() }).await;
    let notice = "Gathered from 2 of 4 classified texts";
    let pages = ["/actors", "/actors/entities", "/actors/duties/ai_deployer/2.2", "/codes/risk/2.2"];
    for path in pages.map(str::to_owned).into_iter().flat_map(|path| [format!("{path}.json"), path]) {
        let page = site.get(&path).await;
        assert!(page.body.contains(notice), "{path} does not say so: {}", page.body);
    }
    let svg = site.get("/actors/duties.svg").await.body;
    assert!(svg.contains(notice), "{svg}");
    assert!(svg.contains("among these 2 documents") && !svg.contains("among these 4"), "{svg}");
    assert!(!ruled().await.get("/actors").await.body.contains("Gathered from"));
}

#[tokio::test]
async fn a_published_site_has_the_sentences_behind_every_number_of_duties() {
    let site = ruled().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    crate::publish::publish(&site.app, &out, &lacuna_domain::progress::Silent).await.unwrap();
    let page = std::fs::read_to_string(out.join("actors.html")).unwrap();
    let cells = site.get("/actors.json").await.json()["duties"].as_array().unwrap().clone();
    assert!(cells.len() > 2, "{cells:?}");
    for cell in cells {
        let href = cell["href"].as_str().unwrap().replace('_', "_5f_");
        let file = format!("{}.html", href.trim_start_matches('/'));
        assert!(page.contains(&format!("href=\"{file}\"")), "{file}: {page}");
        let sentences = std::fs::read_to_string(out.join(&file)).unwrap();
        assert_eq!(
            sentences.matches("</blockquote>").count() as u64,
            cell["passages"].as_u64().unwrap(),
            "{file}"
        );
    }
}

#[tokio::test]
async fn a_long_list_of_duties_is_shown_in_pages_and_its_tables_have_all() {
    let site = ruled().await;
    let text = Text::new(RULES[3].0.to_owned(), Some("en".to_owned()), Quality::default());
    let twin = |n: usize| with_other_text(&site.world, &format!("file:rule/twin{n}.txt"), &text);
    let twins: Vec<_> = (0..130).map(twin).collect();
    site.app.store().put_documents(&twins).await.unwrap();
    site.app.refresh().await.unwrap();
    let path = "/actors/duties/ai_deployer/2.2";
    let all = site.get(&format!("{path}.json")).await.json();
    let listed: Vec<&str> =
        all["passages"].as_array().unwrap().iter().map(|passage| passage["id"].as_str().unwrap()).collect();
    assert!(listed.len() > 130 && all["total"] == listed.len(), "{all}");
    assert_eq!(site.get(&format!("{path}.csv")).await.body.lines().count(), listed.len() + 1);
    let (first, second) = (site.get(path).await.body, site.get(&format!("{path}?page=2")).await.body);
    let shown = |page: &str| page.matches("<p class=\"place\">").count();
    assert_eq!((shown(&first), shown(&second)), (100, listed.len() - 100));
    assert!(
        first.contains(&format!("href=\"{path}?page=2\"")) && first.contains("1 to 100 are shown"),
        "{first}"
    );
    assert!(second.contains(&format!("101 to {} are shown", listed.len())), "{second}");
    for (place, passage) in all["passages"].as_array().unwrap().iter().enumerate() {
        let document = passage["href"].as_str().unwrap().split('?').next().unwrap();
        let page = if place < 100 { &first } else { &second };
        assert!(page.contains(&format!("href=\"{document}?")), "{place}: {document}");
    }
    assert!(site.get(&format!("{path}?page=9")).await.body.contains("has no such page"));
}
