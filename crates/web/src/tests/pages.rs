//! Every address answers, says what it must, and leads on.

use super::*;
use crate::config::Report;
use crate::pages::api::endpoints::ENDPOINTS;
use crate::pages::api::pictures::PICTURES;

#[tokio::test]
async fn every_page_answers_without_script_or_inline_style() {
    let site = Site::new().await;
    let own = site.document();
    let run = crate::address::run(&site.world.run.id);
    let pages = [
        "/".to_owned(),
        "/documents".to_owned(),
        "/documents?q=incident".to_owned(),
        "/documents?risk=2.2:3&jurisdiction=Norvale&sort=title".to_owned(),
        "/documents?jurisdiction=Nowhere".to_owned(),
        own.clone(),
        format!("{own}?part=p-2"),
        format!("{own}/text"),
        format!("{own}/text?code=risk/2.2"),
        "/documents/file:bare.txt".to_owned(),
        "/gaps".to_owned(),
        "/gaps?dimension=scope&on=2024-01-01&vs=all".to_owned(),
        "/gaps/risk/2.2".to_owned(),
        "/explore".to_owned(),
        "/explore?rows=risk&columns=form&chart=bars&level=good".to_owned(),
        "/explore?rows=year&columns=enactment&chart=timeline".to_owned(),
        "/explore?rows=adopted/quarter&columns=form&chart=timeline".to_owned(),
        "/explore?rows=risk&columns=jurisdiction&stack=form&chart=multiples&unit=texts&of=row".to_owned(),
        "/explore?rows=actor/enforcer/types&columns=authority&chart=table".to_owned(),
        "/domains".to_owned(),
        "/domains/2".to_owned(),
        "/jurisdictions".to_owned(),
        "/jurisdictions/Norvale".to_owned(),
        "/authorities/Assembly%20of%20Norvale".to_owned(),
        "/collections/statutes".to_owned(),
        "/actors".to_owned(),
        "/actors/entities".to_owned(),
        format!("/compare?ids={}", crate::address::query(site.world.document.id.as_str())),
        format!("/compare?ids={},file:twin.txt", crate::address::query(site.world.document.id.as_str())),
        "/compare/with-corpus?id=file:twin.txt".to_owned(),
        "/codes".to_owned(),
        "/codes/risk".to_owned(),
        "/codes/actor/enforcer".to_owned(),
        "/codes/status/hard_law".to_owned(),
        "/codes/risk/2.2".to_owned(),
        "/runs".to_owned(),
        run,
        "/about".to_owned(),
        "/docs".to_owned(),
        "/api".to_owned(),
    ];
    for (number, path) in pages.iter().enumerate() {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        // A description of the page's rows is data, which no browser runs.
        let page = answer.body.replace("<script type=\"application/ld+json\">", "");
        assert!(!page.contains("<script"), "{path} carries a script");
        assert!(!answer.body.contains(" style=\""), "{path} carries an inline style");
        assert!(!answer.body.contains(" onclick="), "{path}");
        assert!(answer.body.contains("Fiction."), "{path} does not say that the store holds samples");
        assert_eq!(answer.body.matches("<h1").count(), 1, "{path} has not one main heading");
        crate::sample::keep(&format!("site-{number}"), answer.body);
    }
}

#[tokio::test]
async fn every_endpoint_of_the_api_answers_and_is_described() {
    let site = Site::new().await;
    for endpoint in ENDPOINTS {
        let id = if endpoint.path.contains("/runs/") {
            site.world.run.id.short().to_owned()
        } else {
            crate::address::segment(site.world.document.id.as_str())
        };
        let path = endpoint.path.replace("{id}", &id).replace("{dimension}", "risk").replace("{code}", "2.2");
        let answer = site.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), endpoint.answers, "{path}");
        let first = answer.body.lines().next().unwrap_or_default();
        let sound = serde_json::from_str::<Value>(&answer.body).is_ok();
        assert!(sound || serde_json::from_str::<Value>(first).is_ok(), "{path} is no JSON");
    }
    let routes: Vec<&str> = include_str!("../routes.rs")
        .lines()
        .filter_map(|line| line.split('"').nth(1))
        .filter(|path| path.starts_with("/api/v1/") && !path.ends_with("openapi.json"))
        .collect();
    let described: Vec<&str> = ENDPOINTS.iter().map(|e| e.path).collect();
    for route in &routes {
        assert!(described.contains(route), "{route} is served and not described");
    }
    assert_eq!(routes.len(), described.len());
    let description = site.get("/api/v1/openapi.json").await.json();
    assert_eq!(description["paths"].as_object().unwrap().len(), ENDPOINTS.len() + PICTURES.len());
}

#[tokio::test]
async fn data_stands_beside_every_page() {
    let site = Site::new().await;
    let own = site.document();
    let run = crate::address::run(&site.world.run.id);
    for path in [
        "/overview",
        "/gaps",
        "/gaps/risk/2.2",
        "/explore",
        "/domains",
        "/domains/2",
        "/jurisdictions/Norvale",
        "/actors",
        "/documents",
        &own,
        &format!("{own}/text"),
        "/codes",
        "/codes/risk/2.2",
        "/runs",
        &run,
    ] {
        let answer = site.get(&format!("{path}.json")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}.json: {}", answer.body);
        assert!(answer.json()["provenance"]["fiction"].as_bool().unwrap(), "{path}.json hides the fiction");
    }
    let text = format!("{own}/text");
    for path in [
        "/overview",
        "/documents",
        &own,
        &text,
        "/codes",
        "/codes/risk",
        "/codes/risk/2.2",
        "/runs",
        &run,
        "/judgements",
    ] {
        let answer = site.get(&format!("{path}.csv")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}.csv: {}", answer.body);
        assert!(answer.body.lines().count() > 1, "{path}.csv is empty");
        let columns = answer.body.lines().next().unwrap().split(',').count();
        assert!(columns > 3, "{path}.csv has no header");
    }
}

#[tokio::test]
async fn a_filter_counts_what_its_list_shows() {
    let site = Site::new().await;
    let all = site.get("/documents.json").await.json();
    assert_eq!((all["total"].as_u64(), all["coded"].as_u64()), (Some(3), Some(2)), "private is not counted");
    let some = site.get("/documents.json?risk=2.2:3").await.json();
    assert_eq!(some["rows"].as_array().unwrap().len(), 2);
    assert_eq!(some["rows"][0]["tally"], "1 Good, 1 Minimal");
    let none = site.get("/documents?risk=2.1&q=incident").await;
    assert!(none.body.contains("No document among these 3"), "an empty list says of how many");
    let found = site.get("/documents.json?q=incident&per=5").await.json();
    assert_eq!(found["total"], 2, "{found}");
    assert!(found["rows"][0]["snippet"]["href"].as_str().unwrap().contains("/text#p-"));
}

#[tokio::test]
async fn every_choice_of_a_filter_counts_the_list_behind_it() {
    let site = super::reliability::sampled(Config::default(), 15).await;
    let mut seen = std::collections::BTreeSet::new();
    for start in ["/documents", "/documents?tag=harbours", "/documents?tag=harbours&risk=2.2:1"] {
        let page = site.get(start).await.body;
        let shown =
            site.get(&start.replacen("documents", "documents.json", 1)).await.json()["total"].as_u64();
        let filters = page.split_once("id=\"filters\"").unwrap().1.split_once("</aside>").unwrap().0;
        let until =
            |text: &str, end: &str| text.split_once(end).map(|(before, _)| before.to_owned()).unwrap();
        for choice in filters.split("<li><a href=\"").skip(1) {
            let (href, rest) = choice.split_once('"').unwrap();
            let label = until(rest.split_once("<span>").unwrap().1, "<");
            let count =
                until(rest.split_once("<span class=\"n\"").unwrap().1.split_once('>').unwrap().1, "<");
            let says = match count.strip_prefix('+') {
                Some(more) => more.parse::<u64>().ok().zip(shown).map(|(more, shown)| shown + more),
                None => count.parse().ok(),
            };
            let href =
                href.replace("&#38;", "&").replace("&amp;", "&").replacen("documents", "documents.json", 1);
            let behind = site.get(&href).await.json()["total"].as_u64();
            assert!(label.starts_with('✓') || behind == says, "{start} to {href}: {behind:?}, not {count}");
            seen.insert(format!("{label} {count}"));
        }
    }
    for choice in ["harbours 10", "audits 30", "audits +20", "Yes 15", "Ostmark 24"] {
        assert!(seen.contains(choice), "no {choice} among {seen:?}");
    }
}

#[tokio::test]
async fn errors_are_pages_for_people_and_json_for_programs() {
    let site = Site::new().await;
    let page = site.get("/nothing/here").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("What to do:"), "{}", page.body);
    let data = site.get("/api/v1/documents/file:unknown.txt").await;
    assert_eq!(data.status, StatusCode::NOT_FOUND);
    assert_eq!(data.json()["message"], "no document is called \"file:unknown.txt\"");
    for (path, words) in [
        ("/documents?colour=red", "colour"),
        ("/documents?risk=9.9", "9.9"),
        ("/documents?page=minus", "page"),
        ("/documents?q=%22open", ""),
        ("/documents/file:twin.txt?part=x", "part=x"),
        ("/documents/file:twin.txt/text?code=risk", "code=risk"),
        ("/documents/file:twin.txt?v=0&x=%FF", "v=0"),
    ] {
        let answer = site.get(path).await;
        assert!(
            answer.status.is_client_error() || (words.is_empty() && answer.status.is_success()),
            "{path}: {}",
            answer.status
        );
        assert!(answer.body.contains(words), "{path} does not name {words}: {}", answer.body);
    }
    let posted = Request::builder().method(Method::POST).uri("/documents").body(Body::empty()).unwrap();
    let posted = site.ask(posted).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(posted.header("allow").contains("GET"));
}

#[tokio::test]
async fn private_documents_are_served_to_nobody() {
    let site = Site::new().await;
    for path in [
        "/documents/file:private.txt",
        "/documents/file:private.txt/text",
        "/documents/file:private.txt.json",
    ] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/judgements.jsonl", "/documents.csv", "/"] {
        assert!(!site.get(path).await.body.contains("file:private"), "{path}");
    }
}

#[tokio::test]
async fn documents_with_one_text_know_each_other() {
    let site = Site::new().await;
    let page = site.get("/documents/file:twin.txt").await.body;
    assert!(page.contains("The same text, byte for byte, also stands under"), "{page}");
    assert!(page.contains(&site.document()));
    let bare = site.get("/documents/file:bare.txt").await.body;
    assert!(bare.contains("no text for this document") && bare.contains("no denominator"), "{bare}");
}

#[tokio::test]
async fn a_label_can_be_reported_by_file_or_address() {
    let site = Site::new().await;
    let path = format!("{}/correction?label=risk/2.2", site.document());
    let file = site.get(&path).await;
    assert!(file.header("content-disposition").contains("attachment"));
    let file = file.json();
    assert_eq!((&file["dimension"], &file["code"]), (&"risk".into(), &"2.2".into()));
    assert!(file["quotes_now"][0].as_str().unwrap().starts_with("A deployer"));
    assert!(file["label_proposed"].is_null());
    let report = Report::Address("mailto:editor@map.example".to_owned());
    let site = Site::with(Config { report, ..Config::default() }).await;
    let sent = site.get(&path).await;
    assert_eq!(sent.status, StatusCode::TEMPORARY_REDIRECT);
    assert!(sent.header("location").starts_with("mailto:editor@map.example?subject=Label%20risk/2.2"));
}

/// A run whose narratives, checks and fallen claims touch the document of the site and a private one with words of its
/// own.
async fn run_with_events(site: &Site) -> String {
    use lacuna_domain::coding::{Outcome, Remark, RemarkKind};
    use lacuna_domain::text::{Quality, Text};
    use lacuna_pipeline::verify::checks::{Check, CheckReport, Place};
    let (store, world) = (site.app.store(), &site.world);
    let mut run = world.run.clone();
    run.config.parameters.insert("prompt".to_owned(), "other".to_owned());
    run.id = run.config.id();
    store.start_run(&run).await.unwrap();
    let hidden =
        Text::new("HIDDEN HARBOUR RULE\n\nNobody shall know of it.\n".to_owned(), None, Quality::default());
    let mut private = world.document.clone();
    private.id = "file:hidden.txt".parse().unwrap();
    private.metadata.private = true;
    let mut coming = super::incoming(world, private);
    if let Some(version) = &mut coming.version {
        (version.text, version.bytes_hash) = (hidden.clone(), hidden.id.to_string());
    }
    store.put_documents(&[coming]).await.unwrap();
    let Outcome::Coded(coding) = &world.outcome else { panic!("the sample is coded") };
    let told = |words: &str| Remark { kind: RemarkKind::Narrative, message: words.to_owned() };
    let mut own = coding.clone();
    own.run = run.id.clone();
    own.asides.remarks = vec![told("risk: it said \"10-12 subdomains\"; the labels say 2")];
    let mut other = own.clone();
    other.text = hidden.id.clone();
    other.asides.remarks = vec![told("risk: it said \"nobody shall know\"; the labels say 2")];
    for rejection in &mut other.rejections {
        for tried in &mut rejection.tried {
            tried.words = "words of the hidden rule".to_owned();
        }
    }
    let outcomes = [(own.text.clone(), Outcome::Coded(own)), (hidden.id.clone(), Outcome::Coded(other))];
    store.put_outcomes(&run.id, &outcomes).await.unwrap();
    store.finish_run(&run.id).await.unwrap();
    let place = |text: &lacuna_domain::TextId, byte| vec![Place { text: text.to_string(), byte }];
    let duty = world.reading.text.content.find("A deployer of an AI system shall").unwrap();
    let check = Check {
        id: "long-quotes".to_owned(),
        name: "Quotes have at most 60 words".to_owned(),
        looked_at: 9,
        faults: 2,
        examples: vec![
            "risk/2.2: 61 words “A deployer”".to_owned(),
            "risk/2.2: 70 words “Nobody”".to_owned(),
        ],
        places: vec![place(&world.reading.text.id, duty), place(&hidden.id, 0)],
    };
    let report = CheckReport { at: Some(Clock::fixed().now()), codings: 2, checks: vec![check] };
    store.put_checks(&run.id, Clock::fixed().now(), &report).await.unwrap();
    site.app.refresh().await.unwrap();
    format!("/runs/{}", run.id.short())
}

#[tokio::test]
async fn the_page_of_a_run_tells_of_replaced_narratives_and_leads_to_what_its_checks_found() {
    let site = Site::new().await;
    let path = run_with_events(&site).await;
    let page = site.get(&path).await.body;
    assert!(page.contains("narrative contradicted its labels and was replaced"), "{page}");
    assert!(page.contains("it said &#34;10-12 subdomains&#34;; the labels say 2"), "{page}");
    let link = format!("href=\"{}/text#p-", site.document());
    assert!(page.contains("61 words") && page.contains(&link), "{page}");
    assert!(page.contains("data must be erased"), "the claim that fell");
    let json = site.get(&format!("{path}.json")).await.json();
    assert_eq!(json["checks"]["checks"][0]["faults"], 2);
}

#[tokio::test]
async fn the_page_of_a_run_has_no_word_of_a_private_document() {
    let site = Site::new().await;
    let path = run_with_events(&site).await;
    let beside = format!("{path}/beside/{}", site.world.run.id.short());
    for path in [path.clone(), format!("{path}.json"), format!("{path}.csv"), beside] {
        let body = site.get(&path).await.body.to_lowercase();
        for word in ["nobody shall know", "“nobody”", "hidden"] {
            assert!(!body.contains(word), "{path} tells {word}");
        }
    }
}

#[tokio::test]
async fn beside_the_corpus_a_document_has_as_many_peers_as_their_lists_show() {
    let site = Site::new().await;
    for set in ["", "&q=developer+OR+audit"] {
        let page = site.get(&format!("/compare/with-corpus.json?id=file:twin.txt{set}")).await.json();
        let mut compared = 0;
        for dimension in page["dimensions"].as_array().unwrap() {
            let lines =
                ["spoken", "missing"].into_iter().flat_map(|part| dimension[part].as_array().unwrap());
            for line in lines.filter(|line| line["peers"].as_u64() > Some(0)) {
                let list =
                    line["peers_href"].as_str().unwrap().replacen("/documents?", "/documents.json?", 1);
                assert_eq!(site.get(&list).await.json()["total"], line["peers"], "{list}");
                compared += 1;
            }
        }
        assert!(compared > 0 || !set.is_empty(), "somebody speaks to something");
    }
}

#[tokio::test]
async fn an_empty_list_of_a_code_says_what_an_absence_says_and_leads_to_its_audit() {
    let site = Site::new().await;
    let codes = &site.world.codebook.dimension("risk").unwrap().codes;
    let mut empty = None;
    for code in codes {
        let list = format!("/documents?jurisdiction=Norvale&risk={}", code.id);
        let total = site.get(&list.replace("/documents?", "/documents.json?")).await.json()["total"].as_u64();
        empty = empty.or((total == Some(0)).then_some((list, code.id.clone())));
    }
    let (list, code) = empty.expect("the sample leaves a risk open");
    let page = site.get(&list).await.body;
    assert!(page.contains("no AI-specific instrument among these 2 documents; laws of general"), "{page}");
    let audit = format!("/gaps/risk/{code}?jurisdiction=Norvale");
    assert!(page.contains(&format!("href=\"{audit}\"")), "{page}");
    assert_eq!(site.get(&audit).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_empty_list_of_any_kind_of_code_says_so_also_beside_words() {
    let site = Site::new().await;
    for (asked, label, audit) in [
        ("q=incident&risk=2.1", "2.1 Compromise of privacy: covered", Some("/gaps/risk/2.1?q=incident")),
        ("scope=frontier_ai", "Frontier AI: covered", Some("/gaps/scope/frontier_ai")),
        ("jurisdiction=Norvale&actor=enforcer", "Enforcer: covered", None),
        ("actor=enforcer:governance_actor", "Enforcer: Governance actor", None),
        ("form=soft_law", "Legal form: Soft law", None),
        ("risk=2.1:2&risk=2.1:3", "2.1 Compromise of privacy: Minimal", Some("/gaps/risk/2.1")),
    ] {
        let data = site.get(&format!("/documents.json?{asked}")).await.json();
        let said = &data["absent"][0];
        assert_eq!((&data["total"], said["label"].as_str()), (&0.into(), Some(label)), "{asked}: {data}");
        assert_eq!(said["audit"].as_str(), audit, "{asked}");
        let page = site.get(&format!("/documents?{asked}")).await.body;
        let sentence = format!("{label}: no AI-specific instrument among these 2 documents; laws of general");
        assert!(page.contains(&sentence), "{asked}: {page}");
        let leads = page.contains("What was looked for, and what came nearest</a>");
        assert_eq!(leads, audit.is_some(), "{asked}: {page}");
    }
    let undecided = site.get("/documents.json?form=undetermined").await.json();
    assert_eq!((&undecided["total"], &undecided["absent"]), (&0.into(), &serde_json::json!([])));
    let unread = site.get(&format!("/documents?risk=2.1&q={}", vec!["word"; 60].join("%20OR%20"))).await.body;
    assert!(unread.contains("role=\"alert\""), "{unread}");
    assert!(!unread.contains("no AI-specific instrument"), "nothing was looked for: {unread}");
}

#[tokio::test]
async fn a_run_that_failed_on_many_texts_shows_the_first_and_every_table_has_all() {
    let site = Site::new().await;
    let mut run = site.world.run.clone();
    run.config.parameters.insert("prompt".to_owned(), "other".to_owned());
    run.id = run.config.id();
    site.app.store().start_run(&run).await.unwrap();
    let (mut coming, mut outcomes) = (Vec::new(), Vec::new());
    for number in 0..205 {
        let words = format!("Rule {number} on testing.\n");
        let (text, coding) = super::coded_alone(&site.world, &words, "2.2", 2);
        coming.push(super::with_other_text(&site.world, &format!("file:rule-{number}.txt"), &text));
        // Two of them came to something, of which nothing fell.
        let failed = Outcome::Failed(format!("the key was refused at text {number}"));
        outcomes.push((text.id.clone(), if number < 2 { coding } else { failed }));
    }
    outcomes.push((site.world.reading.text.id.clone(), site.world.outcome.clone()));
    site.app.store().put_documents(&coming).await.unwrap();
    site.app.store().put_outcomes(&run.id, &outcomes).await.unwrap();
    site.app.refresh().await.unwrap();

    let path = format!("/runs/{}", run.id.short());
    let page = site.get(&path).await.body;
    assert_eq!(page.matches("the key was refused").count(), 200);
    assert!(page.contains(&format!("These are the first 200; the <a href=\"{path}.csv\">CSV</a> has all.")));
    let json = site.get(&format!("{path}.json")).await.json();
    assert_eq!((&json["more_left_out"], &json["more_fell"]), (&true.into(), &false.into()));
    assert_eq!(json["left_out"].as_array().unwrap().len(), 200);
    let fell = json["fell"].as_array().unwrap().len();
    assert!(fell > 0);
    for ending in super::ENDINGS {
        let table = site.get(&format!("{path}.{ending}")).await;
        assert_eq!(table.rows(ending), 203 + fell, "{ending}");
    }
    let tag = site.get(&format!("{path}.csv")).await.header("etag").to_owned();
    let request = Request::get(format!("{path}.csv")).header(header::IF_NONE_MATCH, tag);
    assert_eq!(site.ask(request.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
}
