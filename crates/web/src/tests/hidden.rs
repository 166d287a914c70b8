//! A private document stands in nothing that leaves the machine, whatever is asked and in whatever form.

use lacuna_domain::progress::Silent;
use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Evidence, QuoteState, Span};
use lacuna_pipeline::publish::release;

use super::table::{example, routes};
use super::*;

/// What nobody may read: its id, its name, its issuer and its words.
const HIDDEN: [&str; 5] =
    ["harbour.txt", "harbour secrecy", "harbour board", "harbourland", "nobody shall know of the quay"];
const TEXT: &str =
    "HARBOUR SECRECY RULE\n\nNobody shall know of the quay. A deployer shall test each crane.\n";

/// A site with a private document of its own text, coded like any other.
async fn with_a_secret(config: Config) -> Site {
    let site = Site::with(config).await;
    add_secret(&site).await;
    site
}

/// Brings the private document in.
pub(super) async fn add_secret(site: &Site) {
    let (store, world) = (site.app.store(), &site.world);
    let text = Text::new(TEXT.to_owned(), Some("en".to_owned()), Quality::default());
    let mut document = world.document.clone();
    document.id = "file:harbour.txt".parse().unwrap();
    let metadata = &mut document.metadata;
    metadata.private = true;
    metadata.official_name = "Harbour Secrecy Rule".to_owned();
    metadata.casual_name = None;
    metadata.authority = Some("Harbour Board".to_owned());
    metadata.jurisdiction = Some("Harbourland".to_owned());
    metadata.collections = vec!["harbourland papers".to_owned()];
    metadata.extra.insert("Harbour board grade".to_owned(), "harbour secrecy".to_owned());
    metadata.short_summary = Some("Nobody shall know of the quay.".to_owned());
    let mut coming = incoming(world, document);
    let version = coming.version.as_mut().unwrap();
    (version.text, version.bytes_hash) = (text.clone(), text.id.to_string());
    store.put_documents(&[coming]).await.unwrap();
    let lacuna_domain::coding::Outcome::Coded(coding) = &world.outcome else { panic!("the sample is coded") };
    let mut own = coding.clone();
    own.text = text.id.clone();
    // Its labels rest on its own words.
    let end = TEXT.find(". A deployer").unwrap();
    let start = TEXT.find("Nobody").unwrap();
    let span = Span::new(TEXT, start, end).unwrap();
    let evidence = Evidence::located(TEXT, vec![span], QuoteState::Exact, 1).unwrap();
    own.judgements = own
        .judgements
        .iter()
        .map(|judgement| {
            let draft = lacuna_domain::Draft {
                dimension: judgement.dimension().clone(),
                code: judgement.code().clone(),
                value: judgement.value().clone(),
                confidence: judgement.confidence(),
                probability: judgement.probability(),
                reasoning: "nobody shall know of the quay".to_owned(),
                quotes: vec![],
            };
            lacuna_domain::Judgement::verified(draft, vec![evidence.clone()], vec![]).unwrap()
        })
        .collect();
    let outcome = lacuna_domain::coding::Outcome::Coded(own);
    store.put_outcomes(&world.run.id, &[(text.id.clone(), outcome)]).await.unwrap();
    store.finish_run(&world.run.id).await.unwrap();
    site.app.refresh().await.unwrap();
}

/// What a place says holds nothing of the private document.
#[track_caller]
pub(super) fn silent(place: &str, body: &str) {
    let body = body.to_lowercase();
    for word in HIDDEN {
        assert!(!body.contains(word), "{place} tells {word}");
    }
}

/// Everything that everybody may ask for, in every form that is text.
async fn ask_everything(site: &Site) -> usize {
    let mut asked = 0;
    for (method, route) in routes() {
        if method != Method::GET || route.starts_with("/review") {
            continue;
        }
        let path = example(site, &route);
        let bare = path.rsplit_once('.').filter(|(_, end)| ["csv", "json", "jsonl"].contains(end));
        let bare = bare.map_or(path.as_str(), |(bare, _)| bare);
        for ending in ["", ".json", ".csv", ".jsonl", ".rows.json", ".svg"] {
            let path = format!("{bare}{ending}");
            let answer = site.get(&path).await;
            silent(&path, &answer.body);
            asked += usize::from(answer.status == StatusCode::OK);
        }
    }
    asked
}

#[tokio::test]
async fn no_address_in_any_form_tells_of_a_private_document() {
    let site = with_a_secret(Config::default()).await;
    let asked = ask_everything(&site).await;
    assert!(asked > 120, "only {asked} addresses answered");
    for list in [
        "/documents.json",
        "/documents.csv",
        "/feed.atom",
        "/judgements.csv",
        "/api/v1/judgements",
        "/wide.csv",
    ] {
        for filter in ["", "?risk=2.2", "?coded=yes", "?source=file"] {
            silent(list, &site.get(&format!("{list}{filter}")).await.body);
        }
    }
    for path in [
        "/documents/file:harbour.txt",
        "/embed/documents/file:harbour.txt/risk/2.2",
        "/jurisdictions/Harbourland",
    ] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn nothing_is_counted_or_found_of_a_private_document() {
    let (site, before) = (with_a_secret(Config::default()).await, Site::new().await);
    for words in ["quay", "harbour", "title:harbour", "id:file:harbour.txt", "\"shall know\""] {
        let found = site.get(&format!("/documents.json?q={}", crate::address::query(words))).await.json();
        assert_eq!(found["total"], 0, "{words} is found");
    }
    for page in [
        "/overview",
        "/documents",
        "/gaps",
        "/codes/risk",
        "/codes/risk/2.2",
        "/actors",
        "/jurisdictions",
        "/explore",
    ] {
        let (now, then) =
            (site.get(&format!("{page}.csv")).await.body, before.get(&format!("{page}.csv")).await.body);
        assert_eq!(now, then, "{page} counts it");
    }
}

#[tokio::test]
async fn neither_a_release_nor_a_published_site_holds_a_private_document() {
    for local in [false, true] {
        let site = with_a_secret(Config { local, ..Config::default() }).await;
        let store = site.app.store();
        let cut = release::cut(store, Some(&site.world.run), "first", Clock::fixed().now()).await.unwrap();
        for file in &cut.0.files {
            silent(&file.name, &store.release_file(&cut.0.id, &file.name).await.unwrap().unwrap());
        }
        let map = site.get(&format!("/releases/{}/map/documents.csv", cut.0.id)).await;
        silent("the map of a release", &map.body);
        if local {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let manifest =
            crate::publish::publish(&site.app, &folder.path().join("site"), &Silent).await.unwrap();
        for file in &manifest.files {
            let bytes = std::fs::read(folder.path().join("site").join(&file.path)).unwrap();
            silent(&file.path, &format!("{} {}", file.path, String::from_utf8_lossy(&bytes)));
        }
    }
}

#[tokio::test]
async fn no_script_of_another_site_reads_what_one_s_own_machine_shows() {
    let (local, public) =
        (with_a_secret(Config { local: true, ..Config::default() }).await, Site::new().await);
    for path in [
        "/documents/file:harbour.txt.json",
        "/documents/file:harbour.txt/annotations.json",
        "/documents.json",
    ] {
        let request = Request::get(path).header("host", "localhost:7373").body(Body::empty()).unwrap();
        let answer = local.ask(request).await;
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (StatusCode::OK, ""),
            "{path}"
        );
    }
    assert_eq!(public.get("/documents.json").await.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn no_browser_keeps_what_one_s_own_machine_shows_of_a_private_document() {
    let site = with_a_secret(Config { local: true, ..Config::default() }).await;
    let own = "/documents/file:harbour.txt";
    let parts = ["", ".json", ".csv", "/text", "/annotations.json", "/relations.svg", "/correction"];
    let mut paths: Vec<String> = parts.iter().map(|part| format!("{own}{part}")).collect();
    paths.extend(["/cite.bib", "/cite.ris"].map(|part| format!("{own}{part}")));
    paths.push(format!("/embed{own}/risk/2.2"));
    paths.push("/compare?ids=file:harbour.txt".to_owned());
    let asked = async |path: &str| {
        let request = Request::get(path).header("host", "localhost:7373").body(Body::empty()).unwrap();
        site.ask(request).await
    };
    for path in &paths {
        let answer = asked(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("etag"), "", "{path}");
    }
    let style = asked(&crate::assets::stylesheet()).await;
    assert!(style.header("cache-control").contains("immutable"), "what pages are made of is kept");
}

#[tokio::test]
async fn what_a_private_document_would_do_to_a_law_counts_for_nobody() {
    let site = with_a_secret(Config::default()).await;
    let pages = ["/documents.csv", "/gaps.json", &site.document()];
    let mut before = Vec::new();
    for page in pages {
        before.push(site.get(page).await.body);
    }
    let relation = relation("file:harbour.txt", RelationKind::Supersedes, site.world.document.id.as_str());
    site.app.store().put_imported_relations(&[relation]).await.unwrap();
    assert!(site.app.refresh().await.unwrap());
    for (page, before) in pages.iter().zip(before) {
        assert_eq!(site.get(page).await.body, before, "{page}");
    }
}

/// More than are kept of a code.
const MANY: usize = 7;

/// The quotes of security with their documents, as everybody reads them.
async fn quotes(site: &Site) -> Vec<(String, String)> {
    let page = site.get("/codes/risk/2.2.json").await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page["quotes"].as_array().unwrap().iter().map(|q| (text(&q["document"]), text(&q["quote"]))).collect()
}

#[tokio::test]
async fn texts_that_no_public_document_has_now_crowd_no_quote_out() {
    let public = quotes(&Site::new().await).await;
    assert_eq!(public.len(), 1, "{public:?}");
    for private in [true, false] {
        let site = Site::new().await;
        let (store, world) = (site.app.store(), &site.world);
        for n in 0..MANY {
            let words =
                format!("Whoever runs machine {n} of the harbour shall keep it safe from every attack.");
            let (text, outcome) = coded_alone(world, &words, "2.2", 3);
            // Before the sample in every list, so that it would be named first.
            let id = format!("file:aside/{n}.txt");
            let mut coming = with_other_text(world, &id, &text);
            coming.document.metadata.private = private;
            store.put_documents(&[coming]).await.unwrap();
            store.put_outcomes(&world.run.id, &[(text.id, outcome)]).await.unwrap();
            if !private {
                let later = Text::new(format!("Repealed, {n}."), Some("en".to_owned()), Quality::default());
                store.put_documents(&[with_other_text(world, &id, &later)]).await.unwrap();
            }
        }
        store.finish_run(&world.run.id).await.unwrap();
        site.app.refresh().await.unwrap();
        assert_eq!(quotes(&site).await, public, "private: {private}");
    }
}

#[tokio::test]
async fn a_quote_is_credited_to_a_document_that_still_has_its_text() {
    let site = Site::new().await;
    let public = quotes(&site).await;
    let mut former = site.world.document.clone();
    former.id = "file:aside.txt".parse().unwrap();
    let later = Text::new("Repealed.".to_owned(), Some("en".to_owned()), Quality::default());
    let store = site.app.store();
    store.put_documents(&[incoming(&site.world, former)]).await.unwrap();
    store.put_documents(&[with_other_text(&site.world, "file:aside.txt", &later)]).await.unwrap();
    site.app.refresh().await.unwrap();
    assert_eq!(quotes(&site).await, public);
}
