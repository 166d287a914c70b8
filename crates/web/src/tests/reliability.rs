//! How far labels can be trusted, said wherever they are shown; and shares that people's reading corrects.

use axum::http::{Method, StatusCode};
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::{Clock, DocumentId, Value};
use lacuna_pipeline::review::LabellerSpec;
use lacuna_pipeline::review::sample::{Design, Sample, SampleUnit};
use lacuna_pipeline::review::statement::codes;

use super::{Site, incoming, table};
use crate::config::Config;

/// Pages on which no label of this run stands, or that say of all of them at once how they were measured.
const WITHOUT_LABELS: [&str; 28] = [
    "/relations",
    // The measurements themselves.
    "/agreement",
    "/runs",
    "/runs/{id}",
    "/runs/{id}/beside/{other}",
    "/about",
    "/docs",
    "/docs/{*path}",
    "/api",
    "/healthz",
    "/assets/{file}",
    "/drafts",
    // Names of actors without roles; each entity's page has the mark of the role.
    "/actors/entities",
    // Lists of places with counts of documents, not of labels.
    "/domains",
    "/jurisdictions",
    "/authorities",
    "/collections",
    // Where to take tables from; the tables have their columns.
    "/data",
    "/releases",
    "/releases/{id}",
    "/releases/{id}/{file}",
    // Drawn by the routes of this list themselves, for a release; tests/past.rs cuts one.
    "/releases/{id}/map",
    "/releases/{id}/map/",
    "/releases/{id}/map/{*page}",
    "/releases/diff",
    "/review",
    "/review/sign-in",
    "/reports",
];

#[tokio::test]
async fn every_page_that_shows_labels_says_how_far_they_can_be_trusted() {
    let site = Site::new().await;
    let mut looked_at = 0;
    for (method, route) in table::routes() {
        let data = route.rsplit('/').next().unwrap().contains('.') || route.starts_with("/api/v1/");
        let signed =
            route.starts_with("/review/") || route.ends_with("/report") || route.ends_with("/correction");
        if method != Method::GET || data || signed || WITHOUT_LABELS.contains(&route.as_str()) {
            continue;
        }
        let path = match route.as_str() {
            "/documents/{id}/text" => format!("{}?code=risk/2.2", table::example(&site, &route)),
            "/compare" => {
                format!(
                    "/compare?ids={},file:twin.txt",
                    crate::address::query(site.world.document.id.as_str())
                )
            }
            "/compare/with-corpus" => "/compare/with-corpus?id=file:twin.txt".to_owned(),
            _ => table::example(&site, &route),
        };
        let answer = site.get(&path).await;
        if answer.status.is_redirection() {
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(
            answer.body.contains("not measured") || answer.body.contains("Not measured"),
            "{route} shows labels and does not say that nobody measured them"
        );
        looked_at += 1;
    }
    assert!(looked_at > 15, "only {looked_at} pages were looked at");
}

/// Thirty documents more; of all that are coded, people read every second one and find the machine wrong on half of
/// what it says of security.
pub(super) async fn sampled(config: Config, drawn_of: usize) -> Site {
    let site = Site::with(config).await;
    let (store, world) = (site.app.store(), &site.world);
    let made = (0..30_u32).map(|n| {
        let mut document = world.document.clone();
        document.id = format!("file:made/{n:02}.txt").parse().unwrap();
        document.metadata.jurisdiction = Some(if n < 24 { "Ostmark" } else { "Lysia" }.to_owned());
        let tags = if n % 3 == 0 { "audits; harbours" } else { "audits" };
        document.metadata.extra.insert("Tags".to_owned(), tags.to_owned());
        incoming(world, document)
    });
    store.put_documents(&made.collect::<Vec<_>>()).await.unwrap();
    let run = LabellerSpec::person("ada", Mode::Blind).run(&world.codebook, Clock::fixed().now()).unwrap();
    store.start_run(&run).await.unwrap();
    let units: Vec<SampleUnit> = (0..30)
        .map(|n| SampleUnit {
            document: format!("file:made/{n:02}.txt").parse().unwrap(),
            stratum: String::new(),
            probability: 0.5,
            drawn: n % 2 == 0 && n / 2 < drawn_of,
        })
        .collect();
    let sheets: Vec<Sheet> = units
        .iter()
        .filter(|unit| unit.drawn)
        .enumerate()
        .map(|(at, unit)| sheet(&site, &unit.document, run.id.clone(), at % 2 == 0))
        .collect();
    store.put_sheets(&sheets).await.unwrap();
    let sample = Sample {
        name: "spring sample".to_owned(),
        design: Design::Simple,
        n: 15,
        seed: 7,
        run: world.run.id.to_string(),
        codebook_hash: world.codebook.hash.clone(),
        units,
    };
    store.put_sample(&sample.name.clone(), &sample).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// What somebody says who agrees with the machine on everything but security.
fn sheet(site: &Site, document: &DocumentId, run: lacuna_domain::RunId, secure: bool) -> Sheet {
    let value = |dimension: &str, code: &str| match (dimension, code) {
        ("risk", "2.2") => Value::Level(if secure { 3 } else { 1 }),
        ("risk", "1.1") => Value::Level(2),
        ("risk", _) => Value::Level(1),
        ("status", _) => Value::Choice(Some("hard_law".parse().unwrap())),
        (_, code) => Value::Flag(code == "ai_systems" || code == "proposer"),
    };
    let decisions = codes(&site.world.codebook).into_iter().map(|(dimension, code)| {
        let value = value(dimension.as_str(), code.as_str());
        Decision::new(dimension, code, value)
    });
    Sheet {
        document: document.clone(),
        text: Some(site.world.reading.text.id.clone()),
        codebook: site.world.codebook.id.clone(),
        run,
        labeller: "ada".to_owned(),
        mode: Mode::Blind,
        validated: false,
        at: Clock::fixed().now(),
        decisions: decisions.collect(),
        notes: std::collections::BTreeMap::new(),
    }
}

/// The values of a column, by the rows whose first cells hold `row`.
fn column(csv: &str, name: &str, row: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader.headers().unwrap().iter().position(|known| known == name);
    let at = at.unwrap_or_else(|| panic!("no column {name} in {csv}"));
    let rows = reader.records().map(Result::unwrap);
    rows.filter(|record| record.iter().take(4).any(|cell| cell == row))
        .map(|record| record[at].to_owned())
        .collect()
}

#[tokio::test]
async fn shares_are_corrected_on_every_chart_that_has_a_sample() {
    let site = sampled(Config::default(), 15).await;
    // Fifteen of thirty were read with even chances; seven of them do not speak of security: 1 - 7 · 2 / 30 = 0.533.
    for page in [
        "/",
        "/codes",
        "/codes/risk",
        "/codes/risk/2.2",
        "/gaps",
        "/explore?rows=risk&chart=bars",
        "/explore?rows=risk&chart=table",
        "/embed/codes/risk",
        "/domains/2",
    ] {
        let body = site.get(page).await.body;
        assert!(body.contains("53.3 % ("), "{page} shows no corrected share: {body}");
    }
    assert!(site.get("/explore?rows=risk&chart=bars").await.body.contains("class=\"whisker\""));
    assert!(site.get("/explore.svg?rows=risk&chart=bars").await.body.contains("class=\"whisker\""));
    for (table, row) in
        [("/codes.csv", "2.2"), ("/overview.csv", "2.2"), ("/explore.csv?rows=risk", "2.2 Security")]
    {
        let csv = site.get(table).await.body;
        assert_eq!(column(&csv, "corrected_share", row), ["0.5333"], "{table}");
        assert_eq!(column(&csv, "corrected_sample", row), ["spring sample"], "{table}");
    }
    let form = site.get("/explore.json?rows=form").await.json();
    assert_eq!(
        form["figure"]["corrected"][0]["design_based"]["value"], 1.0,
        "people and machine agree on the form"
    );
    let code = site.get("/codes/risk/2.2.json").await.json();
    assert_eq!(code["corrected"][0]["naive"]["value"], 1.0);
    let svg = site.get("/codes/risk/2.2.svg").await.body;
    assert!(svg.contains("; corrected 53.3 % ("), "{svg}");
    assert!(
        svg.contains("with 95 % intervals, from 15 documents that people read (spring sample)."),
        "{svg}"
    );
    assert!(code["corrected"][0]["prediction_powered"]["value"].is_number(), "{}", code["corrected"]);
}

#[tokio::test]
async fn parts_of_the_corpus_are_corrected_by_what_people_read_of_them() {
    let site = sampled(Config::default(), 15).await;
    // Of the twenty-four of Ostmark twelve were read, six of them without security: 1 - 6 · 2 / 24.
    let place = site.get("/jurisdictions/Ostmark").await.body;
    assert!(place.contains("corrected 50.0 % ("), "{place}");
    let crossed = site.get("/explore.csv?rows=risk&columns=jurisdiction&of=column&coded=yes").await.body;
    let shares: Vec<(String, String)> = column(&crossed, "column", "2.2 Security")
        .into_iter()
        .zip(column(&crossed, "corrected_share", "2.2 Security"))
        .collect();
    let of = |place: &str| shares.iter().find(|(name, _)| name == place).map(|(_, share)| share.as_str());
    assert_eq!(of("Ostmark"), Some("0.5000"), "{shares:?}");
    assert_eq!(of("Lysia"), Some(""), "three documents read say nothing of a place");
    // Of all documents, those of Ostmark that speak of security: 12 + 12 of 30 by the machine, half of them by people.
    let crossed = site.get("/explore.csv?rows=risk&columns=jurisdiction").await.body;
    assert!(column(&crossed, "corrected_share", "2.2 Security").contains(&"0.4000".to_owned()), "{crossed}");
    for silent in [
        "rows=risk&unit=texts",
        "rows=jurisdiction",
        "rows=risk&columns=form&of=row",
        "rows=risk&of=all",
        // One of the documents has no text.
        "rows=risk&columns=jurisdiction&of=column",
        "rows=jurisdiction&columns=risk&of=row",
    ] {
        let json = site.get(&format!("/explore.json?{silent}")).await.json();
        assert_eq!(json["figure"]["corrected"], serde_json::json!([]), "{silent}");
    }
}

#[tokio::test]
async fn nothing_is_corrected_without_a_sample_or_before_it_was_read() {
    let few = sampled(Config::default(), 9).await;
    let none = Site::new().await;
    for site in [&few, &none] {
        for page in ["/", "/codes/risk/2.2", "/gaps", "/explore?rows=risk&chart=bars", "/embed/codes/risk"] {
            let body = site.get(page).await.body;
            assert!(!body.contains("orrected"), "{page} corrects by nothing");
        }
    }
    // One of the documents drawn was not read: the chances of the others would be wrong.
    let site = sampled(Config::default(), 15).await;
    let mut sample: Vec<(i64, jiff::Timestamp, Sample)> = site.app.store().samples().await.unwrap();
    let mut wider = sample.remove(0).2;
    wider.name = "half read".to_owned();
    wider.units[1].drawn = true;
    site.app.store().put_sample("half read", &wider).await.unwrap();
    site.app.refresh().await.unwrap();
    let page = site.get("/codes/risk/2.2").await.body;
    assert!(page.contains("spring sample") && !page.contains("half read"), "{page}");
}

async fn appendix(site: &Site) -> [String; 2] {
    use lacuna_pipeline::publish::reliability_report::{Material, html, markdown};
    let (run, codebook) = (site.world.run.clone(), site.world.codebook.clone());
    let material = Material::read(site.app.store(), run, codebook, "9.9.9", Clock::fixed().now());
    let material = material.await.unwrap();
    [markdown(&material), html(&material)]
}

#[tokio::test]
async fn the_appendix_corrects_shares_where_a_sample_was_read_and_says_nothing_where_none_was() {
    let [text, page] = appendix(&sampled(Config::default(), 15).await).await;
    for wanted in [
        "## Shares corrected for the machine’s errors",
        "### spring sample: people read 15 of 30 documents",
        "| 2.2 AI system security vulnerabilities and attacks | 100.0 % | 53.3 % (",
        "| Hard law | 100.0 % | 100.0 % (100.0 % to 100.0 %) |",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing from {text}");
    }
    let row = text.lines().find(|line| line.contains("attacks | 100.0 %")).unwrap();
    assert_eq!(row.matches(" to ").count(), 2, "both estimates have intervals: {row}");
    assert!(page.contains("<td>100.0 %</td><td>53.3 % (") || page.contains("<td>100.0 %</td>\n<td>53.3 % ("));
    for site in [sampled(Config::default(), 9).await, Site::new().await] {
        let [text, page] = appendix(&site).await;
        assert!(!text.contains("orrected") && !page.contains("orrected"), "{text}");
    }
}

#[tokio::test]
async fn a_reading_by_a_language_model_stands_among_no_people_and_samples_say_who_read_them() {
    use lacuna_domain::run::Reader;
    use lacuna_pipeline::analyze::agreement::agree;
    use lacuna_pipeline::analyze::agreement::gather::Options;
    let site = sampled(Config::default(), 15).await;
    let (store, at) = (site.app.store(), Clock::fixed().now());
    let model =
        LabellerSpec { name: "Reading".to_owned(), mode: Mode::Imported, reader: Reader::LanguageModel };
    let model = model.run(&site.world.codebook, at).unwrap();
    store.start_run(&model).await.unwrap();
    let mut sheets = Vec::new();
    for n in 0..15 {
        let document = format!("file:made/{:02}.txt", 2 * n).parse().unwrap();
        let sheet = Sheet { mode: Mode::Imported, ..sheet(&site, &document, model.id.clone(), true) };
        sheets.push(sheet);
    }
    store.put_sheets(&sheets).await.unwrap();
    let ada = store.runs().await.unwrap().into_iter().find(|run| run.name == "ada (blind)").unwrap();
    let options = Options { draws: 50, ..Options::default() };
    let found = agree(store, &[ada.clone(), model.clone()], options, at).await.unwrap();
    store.put_agreement(&ada.id, &model.id, at, &found.pairs[0]).await.unwrap();
    let drawn: Vec<DocumentId> = sheets.iter().map(|sheet| sheet.document.clone()).collect();
    store.assign("ada", &drawn, &site.world.codebook.id, Mode::Blind, "spring sample").await.unwrap();
    let first = store.assignments_of("ada").await.unwrap()[0].id;
    store.set_done(first, true).await.unwrap();
    site.app.refresh().await.unwrap();
    let page = site.get("/agreement").await.body;
    assert!(page.contains("Imported labels beside people and each other"), "{page}");
    assert!(!page.contains("People beside people"), "{page}");
    assert!(page.contains("agreement with a language-model reading") && !page.contains("-0.000"));
    assert!(page.contains("15 of 30 documents, chance 0.5000; ada finished 1 of 15"), "{page}");
    let json = site.get("/agreement.json").await.json();
    assert_eq!(
        (json["people"].as_array().unwrap().len(), json["imported"].as_array().unwrap().len()),
        (0, 1)
    );
    assert_eq!(json["samples"][0]["readers"][0], serde_json::json!(["ada", 1, 15]));
}

#[tokio::test]
async fn the_wide_table_says_in_each_row_how_far_its_labels_can_be_trusted() {
    let site = Site::new().await;
    let csv = site.get("/wide.csv").await.body;
    assert_eq!(column(&csv, "subdomain_2_2_coverage", "file:twin.txt"), ["Good"]);
    assert_eq!(column(&csv, "subdomain_2_2_measured", "file:twin.txt"), ["not measured"]);
    assert_eq!(column(&csv, "status_measured", "file:twin.txt"), ["not measured"]);
    assert_eq!(column(&csv, "subdomain_2_2_precision", "file:bare.txt"), [""], "no labels, nothing to trust");
    assert_eq!(column(&csv, "subdomain_2_2_measured", "file:bare.txt"), [""]);
}
