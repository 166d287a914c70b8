//! Every page of the map tells search engines of data what its rows are, in JSON-LD that names nothing that is not there.

use lacuna_domain::Clock;
use lacuna_domain::progress::Silent;
use lacuna_pipeline::publish::release;

use super::*;

const JSON_LD: &str = "<script type=\"application/ld+json\">";
const BASE: &str = "https://map.example/ai";

/// What a page says of its rows.
fn described(page: &str) -> Option<Value> {
    let (_, rest) = page.split_once(JSON_LD)?;
    Some(serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap())
}

/// The addresses of this site that a description names.
fn addresses(described: &Value) -> Vec<String> {
    let downloads = described["distribution"].as_array().into_iter().flatten();
    let named = downloads.map(|download| &download["contentUrl"]);
    let named = named.chain([&described["url"], &described["isPartOf"]["url"]]);
    named.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn knowing(base: Option<&str>) -> Config {
    Config { base_url: base.map(str::to_owned), ..Config::default() }
}

fn pages(site: &Site) -> Vec<String> {
    let pages = [
        "/",
        "/documents",
        "/documents?q=incident&risk=2.2",
        "/documents/file:bare.txt",
        "/gaps",
        "/gaps?dimension=scope&on=2024-01-01&vs=all",
        "/gaps/risk/2.2",
        "/explore?rows=risk&columns=form&chart=bars",
        "/domains",
        "/domains/2",
        "/jurisdictions",
        "/jurisdictions/Norvale",
        "/authorities",
        "/authorities/Assembly%20of%20Norvale",
        "/collections",
        "/collections/statutes",
        "/actors",
        "/actors/entities",
        "/actors/entities/assembly%20of%20norvale",
        "/codes",
        "/codes/risk",
        "/codes/risk/2.2",
        "/codes/status/hard_law",
        "/relations",
        "/data",
    ];
    pages.into_iter().map(str::to_owned).chain([site.document()]).collect()
}

#[tokio::test]
async fn every_page_of_the_map_describes_its_rows_and_every_address_in_it_answers() {
    for base in [None, Some(BASE)] {
        let site = Site::with(knowing(base)).await;
        for path in pages(&site) {
            let page = site.get(&path).await.body;
            let told = described(&page).unwrap_or_else(|| panic!("{path} says nothing of its rows: {page}"));
            assert_eq!(told["@context"], "https://schema.org", "{path}");
            assert_eq!(told["@type"], "Dataset", "{path}");
            assert_eq!(told["dateModified"], site.app.snapshot().provenance.as_of_day(), "{path}");
            assert_eq!(told["url"].is_string(), base.is_some(), "{path}: only an absolute address names it");
            assert!(!told["name"].as_str().unwrap().is_empty() && told["description"].is_string(), "{path}");
            assert!(told["disambiguatingDescription"].as_str().unwrap().starts_with("fiction"), "{path}");
            let head = page.split_once("</head>").unwrap().0;
            assert!(head.contains(JSON_LD), "{path} says it in its head");
            let named = addresses(&told);
            assert!(named.len() >= 5, "{path}: {named:?}");
            for address in named {
                let own = address.strip_prefix(base.unwrap_or_default()).unwrap();
                let own = format!("/{}", own.trim_start_matches('/'));
                let answer = site.get(&own).await;
                assert_eq!(answer.status, StatusCode::OK, "{path} names {address}: {}", answer.body);
                assert!(!address.contains("private"), "{path} names {address}");
            }
        }
    }
}

#[tokio::test]
async fn the_labels_of_a_document_are_about_its_instrument() {
    let site = Site::with(knowing(Some(BASE))).await;
    let own = site.document();
    let told = described(&site.get(&own).await.body).unwrap();
    assert_eq!(told["about"]["name"], "Automated Systems Safety Act");
    assert_eq!(told["about"]["url"], "https://norvale.example/act");
    assert_eq!(told["about"]["genre"], "fiction");
    assert_eq!(told["url"], format!("{BASE}{own}"));
    assert_eq!(told["isPartOf"]["url"], format!("{BASE}/data"));
    let kinds =
        told["distribution"].as_array().unwrap().iter().map(|d| d["encodingFormat"].as_str().unwrap());
    let kinds: Vec<&str> = kinds.map(|kind| kind.split([';', '.', '/']).next_back().unwrap()).collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    assert!(kinds.contains(&"csv") && kinds.contains(&"parquet") && kinds.contains(&"sheet"), "{kinds:?}");
    let other = site.get(&format!("{own}?run={}", site.world.run.id.short())).await.body;
    assert!(described(&other).is_some(), "the run that is shown anyway");
}

#[tokio::test]
async fn a_title_cannot_end_the_description() {
    let site = Site::new().await;
    let title = "Act </script><script>alert(1)</script><!--";
    let mut document = site.world.document.clone();
    document.id = "file:sly.txt".parse().unwrap();
    document.metadata.casual_name = Some(title.to_owned());
    site.app.store().put_documents(&[incoming(&site.world, document)]).await.unwrap();
    site.app.refresh().await.unwrap();
    let page = site.get("/documents/file:sly.txt").await.body;
    assert_eq!(described(&page).unwrap()["about"]["name"], title);
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert_eq!(page.matches("</script").count(), 1, "{page}");
}

#[tokio::test]
async fn what_is_no_table_of_the_map_or_nobodys_business_describes_nothing() {
    let site = Site::new().await;
    for path in [
        "/about",
        "/runs",
        "/agreement",
        "/compare?ids=file:twin.txt",
        "/documents?q=(audit",
        "/documents?colour=red",
        "/documents/file:private.txt",
        "/nothing",
        "/review/sign-in",
    ] {
        assert!(!site.get(path).await.body.contains("ld+json"), "{path}");
    }
    let local = Site::with(Config { local: true, ..Config::default() }).await;
    let ask = async |path: &str| {
        let request = Request::get(path).header("host", "127.0.0.1:7373").header(header::ACCEPT, "text/html");
        local.ask(request.body(Body::empty()).unwrap()).await
    };
    let (private, public) = (ask("/documents/file:private.txt").await, ask(&local.document()).await);
    assert_eq!((private.status, public.status), (StatusCode::OK, StatusCode::OK));
    assert!(!private.body.contains("ld+json"), "a private document, where its own machine shows it");
    assert!(described(&public.body).is_some());
}

#[tokio::test]
async fn pages_of_a_release_name_what_lies_in_it() {
    for base in [None, Some(BASE)] {
        let site = Site::with(knowing(base)).await;
        let cut = release::cut(site.app.store(), Some(&site.world.run), "first", Clock::fixed().now()).await;
        let id = cut.unwrap().0.id;
        let inside = format!("{}/releases/{id}", base.unwrap_or_default());
        for page in ["", "/codes/risk/2.2", "/jurisdictions/Norvale", &site.document()] {
            let body = site.get(&format!("/releases/{id}/map{page}")).await.body;
            let told = described(&body).unwrap_or_else(|| panic!("{page}: {body}"));
            assert_eq!(told["isPartOf"]["name"], format!("Lacuna, release {id}"), "{page}");
            for address in addresses(&told) {
                assert!(address.starts_with(&inside), "{page} names {address}");
                let own = address.strip_prefix(base.unwrap_or_default()).unwrap();
                assert_eq!(site.get(own).await.status, StatusCode::OK, "{page} names {address}");
            }
        }
    }
}

#[tokio::test]
async fn pages_of_a_published_site_name_files_that_are_in_it() {
    for base in [None, Some(BASE)] {
        let site = Site::with(knowing(base)).await;
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("site");
        let manifest = crate::publish::publish(&site.app, &out, &Silent).await.unwrap();
        let pages: Vec<&str> = manifest
            .files
            .iter()
            .map(|f| f.path.as_str())
            .filter(|path| path.strip_suffix(".html").is_some())
            .collect();
        let (mut told, mut offering) = (0, vec![]);
        for page in pages {
            let body = std::fs::read_to_string(out.join(page)).unwrap();
            let Some(described) = described(&body) else { continue };
            told += 1;
            if let Some(downloads) = described.get("distribution") {
                assert!(!downloads.as_array().unwrap().is_empty(), "{page} offers nothing");
                offering.push(page);
            }
            for address in addresses(&described) {
                let file = match base {
                    Some(base) => out.join(address.strip_prefix(base).unwrap().trim_start_matches('/')),
                    None => out.join(page).parent().unwrap().join(&address),
                };
                assert!(file.is_file(), "{page} names {address}");
            }
        }
        assert!(told > 20, "{told}");
        assert_eq!(offering, ["codes.html", "data.html", "documents.html", "relations.html"]);
    }
}

#[tokio::test]
async fn a_list_whose_words_cannot_be_read_is_not_told_to_have_no_documents() {
    let site = Site::new().await;
    let description = async |path: &str| {
        let page = site.get(path).await.body;
        let (_, rest) = page.split_once("<meta name=\"description\" content=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let unread = description("/documents?q=(audit").await;
    assert!(unread.starts_with("Cannot read the words") && !unread.contains("0 documents"), "{unread}");
    assert!(description("/documents?q=zirconium").await.starts_with("0 documents, "));
    let one = description("/documents?q=elsewhere").await;
    assert!(one.starts_with("1 document, "), "{one}");
}
