//! Pages that count, asked over the router: every number leads to a list of just as many documents, in every form.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::civil::date;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::filter::Condition;
use lacuna_domain::progress::Silent;
use lacuna_domain::{Document, Entropy, Filter};

use crate::config::Config;
use crate::intake::Intake;
use crate::tests::{ENDINGS, Site, incoming};

/// A site with thirty documents more, of several places, states and years.
async fn populated(config: Config) -> Site {
    let site = Site::with(config).await;
    let states = [Enactment::Proposed, Enactment::Adopted, Enactment::Defunct];
    let made = (0..30_u32).map(|n| {
        let mut document: Document = site.world.document.clone();
        document.id = format!("file:made/{n}.txt").parse().unwrap();
        document.metadata.casual_name = Some(format!("Instrument {n}"));
        document.metadata.jurisdiction = Some(["Norvale", "Ostmark", "Lysia"][n as usize % 3].to_owned());
        document.metadata.authority = Some(format!("Body {}", n % 5));
        let state = states[n as usize % 2 + usize::from(n % 7 == 0)];
        document.metadata.enactment = state;
        document.metadata.history = vec![StatusEvent {
            state,
            date: Some(date(2019 + (n % 6) as i16, 3, 1)),
            source_word: state.name().to_owned(),
        }];
        record(&mut document, n as usize);
        incoming(&site.world, document)
    });
    let made: Vec<_> = made.collect();
    site.app.store().put_documents(&made).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// What the catalogue says of the instrument with this number besides: in its fields, and in columns of its own, whose names
/// and values nobody chose with addresses in mind. Every fifth has none.
fn record(document: &mut Document, n: usize) {
    let metadata = &mut document.metadata;
    let above = ["Realm", "Assembly of the Coast"].iter().take(n % 3);
    metadata.parent_authorities = above.map(|name| (*name).to_owned()).collect();
    metadata.licence = n.is_multiple_of(4).then(|| "Open licence".to_owned());
    metadata.fiction = !n.is_multiple_of(9);
    metadata.unreviewed_machine_output = n.is_multiple_of(2);
    if !n.is_multiple_of(5) {
        let own = [
            ("Validated?", ["True", "False"][n % 2].to_owned()),
            ("Where from & how=why, 100%", ["政策 文件", "a&b=c", "<i>+</i>"][n % 3].to_owned()),
            ("Serial", format!("No. {n}")),
        ];
        metadata.extra.extend(own.map(|(name, value)| (name.to_owned(), value)));
    }
}

/// Addresses of lists with the number that is their whole text, as `<a href="…">12</a>`, on a page.
fn numbered_links(html: &str) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let pieces: Vec<&str> = html.split("<a href=\"/documents?").collect();
    for pair in pieces.windows(2) {
        let [before, piece] = pair else { continue };
        // A row that is named by a number, such as a year, counts nothing by its name.
        if before.ends_with("<th scope=\"row\">") {
            continue;
        }
        let Some((address, rest)) = piece.split_once('"') else { continue };
        let Some((_, rest)) = rest.split_once('>') else { continue };
        let text = rest.split("</a>").next().unwrap_or_default();
        if let Ok(number) = text.trim().parse() {
            found.push((address.replace("&amp;", "&").replace("&#38;", "&"), number));
        }
    }
    found
}

#[tokio::test]
async fn every_number_on_a_counting_page_leads_to_as_many_documents() {
    let site = populated(Config::default()).await;
    let pages = [
        "/gaps?on=2024-06-01",
        "/gaps?on=2022-01-01&jurisdiction=Ostmark",
        "/gaps?dimension=scope",
        "/explore?rows=jurisdiction&columns=risk&chart=table",
        "/explore?rows=risk&columns=enactment&chart=table&level=good",
        "/explore?rows=year&columns=form&chart=table&jurisdiction=Norvale&jurisdiction=Lysia",
        "/explore?rows=authority&columns=enactment&stack=jurisdiction&chart=multiples",
        "/explore?rows=column.Validated%3F&columns=licence&chart=table&parent_authority=Realm",
        "/explore?rows=parent_authority&columns=column.Where+from+%26+how%3Dwhy%2C+100%25&chart=table&fiction=yes",
        "/domains/2",
        "/jurisdictions/Ostmark",
        "/codes/risk",
        "/codes/status",
        "/actors",
    ];
    let mut followed = 0;
    for page in pages {
        let answer = site.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
        for (address, number) in numbered_links(&answer.body) {
            let list = site.get(&format!("/documents.json?{address}")).await;
            assert_eq!(list.json()["total"].as_u64(), Some(number), "{page} says {number} for {address}");
            followed += 1;
        }
    }
    assert!(followed > 100, "only {followed} numbers were followed");
}

#[tokio::test]
async fn pictures_in_which_nothing_was_counted_are_named_and_not_drawn() {
    let site = populated(Config::default()).await;
    let page = site.get("/explore?rows=risk&columns=enactment&stack=form&chart=multiples").await.body;
    assert!(page.contains("No picture, since nothing was counted: "), "{page}");
    assert!(page.contains("<div class=\"panel\">") && !page.contains(" (0)</a></h3>"), "{page}");
    let json = site.get("/explore.json?rows=risk&columns=enactment&stack=form&chart=multiples").await.json();
    let panels = json["figure"]["table"]["panels"].as_array().map_or(0, Vec::len);
    assert!(panels > page.matches("<div class=\"panel\">").count(), "the data has all of them");
}

#[tokio::test]
async fn counts_on_screen_are_the_rows_of_every_form_over_random_filters() {
    let site = populated(Config::default()).await;
    let snapshot = site.app.snapshot();
    let all = snapshot.catalogue.select(&Filter::default(), None);
    let facets = snapshot.catalogue.facets(&all);
    let mut choices: Vec<Condition> = facets.fields.values().flatten().map(|v| v.condition.clone()).collect();
    choices.extend(facets.columns.values().flatten().map(|v| v.condition.clone()));
    let own = choices.iter().filter(|choice| matches!(choice, Condition::Column(..))).count();
    assert!(own > 30, "only {own} values of own columns are drawn from");
    choices.extend(facets.years.iter().chain(facets.options.values().flatten()).map(|v| v.condition.clone()));
    choices.extend(facets.codes.values().flatten().flat_map(|c| &c.values).map(|v| v.condition.clone()));
    // A fixed walk through the choices, one to three at a time.
    let mut seed = 7_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    for _ in 0..50 {
        let mut filter = Filter::default();
        for _ in 0..=next(3) {
            filter = filter.with(&choices[next(choices.len())]);
        }
        let query = filter.query();
        let expected = snapshot.catalogue.count(&filter);
        let page = site.get(&format!("/documents?{query}")).await;
        assert!(page.body.contains(&format!("<strong>{expected}</strong> of")), "{query} on the page");
        let json = site.get(&format!("/documents.json?{query}")).await.json();
        assert_eq!(json["total"].as_u64(), Some(expected), "{query}");
        assert_eq!(json["rows"].as_array().map(Vec::len), Some(expected as usize), "{query}");
        for ending in ENDINGS {
            let table = site.get(&format!("/documents.{ending}?{query}")).await;
            assert_eq!(table.rows(ending) as u64, expected, "{ending} of {query}");
        }
        let gaps = site.get(&format!("/gaps.json?{query}")).await.json();
        assert_eq!(gaps["documents"].as_u64(), Some(expected), "gaps of {query}");
        let explore = site.get(&format!("/explore.json?rows=year&{query}")).await.json();
        assert_eq!(explore["figure"]["table"]["documents"].as_u64(), Some(expected), "explore of {query}");
    }
}

/// A populated site with a private document that has a column of its own.
async fn with_a_private_column() -> Site {
    let site = populated(Config::default()).await;
    let mut secret = site.world.document.clone();
    secret.id = "file:secret.txt".parse().unwrap();
    secret.metadata.private = true;
    secret.metadata.extra.insert("Secret grade".to_owned(), "high".to_owned());
    site.app.store().put_documents(&[incoming(&site.world, secret)]).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

#[tokio::test]
async fn own_columns_of_the_catalogue_are_facets_conditions_and_axes() {
    let site = with_a_private_column().await;
    let page = site.get("/documents").await.body;
    let (_, group) = page.split_once("<summary>Own columns of the catalogue</summary>").unwrap();
    let group = group.split("</aside>").next().unwrap();
    let choice =
        "<a href=\"/documents?column.Validated%3F=True\"><span>True</span><span class=\"n\">12</span></a>";
    assert!(group.contains(choice), "{group}");
    assert!(!group.contains("Number of segments created"), "all documents have the same: no choice");
    let list = site.get("/documents?column.Validated%3F=True").await.body;
    assert!(list.contains("<strong>12</strong> of") && list.contains("Validated?: True"), "{list}");
    assert!(list.contains("<details open>\n    <summary>Own columns of the catalogue"), "{list}");
    let hidden = "<input type=\"hidden\" name=\"column.Validated?\" value=\"True\">";
    assert!(list.contains(hidden), "another filter keeps this one");
    assert_eq!(site.get("/documents.csv?column.Validated%3F=True").await.rows("csv"), 12);
    let chart = "/explore?rows=risk&columns=column.Serial&column.Validated%3F=True";
    let page = site.get(chart).await.body;
    assert!(page.contains(hidden) && page.contains("<select name=\"column.Serial\">"), "{page}");
    assert!(page.contains("<option value=\"column.Serial\" selected>Own column: Serial</option>"), "{page}");
    let table = "/explore.json?rows=column.Validated%3F&column.Validated%3F=True&column.Validated%3F=(none)";
    let rows = site.get(table).await.json()["figure"]["table"]["rows"].clone();
    let counted = |row: &serde_json::Value| format!("{}: {}", row["label"].as_str().unwrap(), row["count"]);
    let rows: Vec<String> = rows.as_array().unwrap().iter().map(counted).collect();
    assert_eq!(rows, ["True: 12", "Not recorded: 9"]);
}

#[tokio::test]
async fn a_column_that_the_public_catalogue_does_not_have_is_named_with_those_it_has() {
    let site = with_a_private_column().await;
    for name in ["Mood", "Secret+grade"] {
        let list = site.get(&format!("/documents?column.{name}=high")).await;
        assert_eq!(list.status, StatusCode::OK);
        let known = "to choose documents by; its own columns are Number of segments created; Serial; Validated?; Where";
        assert!(list.body.contains(known), "{}", list.body);
        let chart = site.get(&format!("/explore?rows=column.{name}")).await;
        assert_eq!(chart.status, StatusCode::BAD_REQUEST);
        assert!(chart.body.contains("is no axis; use column.Number of segments created, column.Serial, "));
    }
    for page in
        ["/documents", "/explore", "/gaps", "/documents?column.Mood=calm", "/explore?rows=column.Mood"]
    {
        assert!(!site.get(page).await.body.contains("Secret grade"), "{page} tells of a private column");
    }
    let long = "n".repeat(201);
    let refused = site.get(&format!("/documents?column.{long}=x")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("1 to 200 characters"), "{}", refused.body);
    let folder = tempfile::tempdir().unwrap();
    crate::publish::publish(&site.app, &folder.path().join("site"), &Silent).await.unwrap();
    let lists = std::fs::read_to_string(folder.path().join("site/assets/documents.js")).unwrap();
    for list in ["\"column.Validated?=True\":", "\"parent_authority=Realm\":", "\"fiction=no\":"] {
        assert!(lists.contains(list), "the published search has no {list}");
    }
    assert!(!lists.contains("Secret grade"));
}

#[tokio::test]
async fn dimensions_domains_and_places_have_charts_findings_and_presets() {
    let site = populated(Config::default()).await;
    for (page, findings) in [
        ("/codes/risk", true),
        ("/codes/scope", true),
        ("/codes/status", false),
        ("/domains/2", true),
        ("/jurisdictions/Norvale", true),
        ("/authorities/Body%201", false),
    ] {
        let body = site.get(page).await.body;
        assert!(body.matches("<svg class=\"chart").count() >= 2, "{page} has charts");
        assert!(body.matches("class=\"chip\" href=\"/explore?").count() >= 1, "{page} has presets");
        let said = body.split("<ul class=\"findings\">").nth(1).and_then(|rest| rest.split("</ul>").next());
        assert_eq!(
            said.is_some_and(|said| said.contains(" of ")),
            findings,
            "{page}: a sentence with its n: {said:?}"
        );
    }
}

#[tokio::test]
async fn a_good_label_on_a_dead_bill_or_a_draft_is_not_binding() {
    let site = populated(Config::default()).await;
    let row = |json: &serde_json::Value| {
        let rows = json["rows"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["code"] == "2.2").unwrap()
    };
    let dead = site.get("/gaps.json?enactment=defunct&on=2026-01-01").await.json();
    assert!(dead["classified"].as_u64().unwrap() > 0);
    assert_eq!(row(&dead)["verdict"], "only_defunct");
    assert_eq!(row(&dead)["binding_any"], 0);
    let drafts = site.get("/gaps.json?enactment=proposed&on=2026-01-01").await.json();
    assert_eq!(row(&drafts)["verdict"], "only_non_binding");
    let law = site.get("/gaps.json?enactment=adopted&on=2026-01-01").await.json();
    assert!(row(&law)["binding_full"].as_u64().unwrap() > 0, "{law}");
    let before = site.get("/gaps.json?enactment=adopted&on=2010-01-01").await.json();
    assert_eq!(before["binding"], 0, "nothing was in force before it was there");
    let few = site.get("/gaps?authority=Body%201&jurisdiction=Lysia").await;
    assert!(few.body.contains("too few to rank"), "below ten documents nothing is ranked");
    assert!(few.body.contains("laws of general application are not in this corpus"));
}

#[tokio::test]
async fn a_document_that_came_after_the_day_makes_no_code_only_defunct() {
    let site = populated(Config::default()).await;
    let early = site.get("/gaps.json?enactment=adopted&on=2010-01-01").await.json();
    let rows = early["rows"].as_array().unwrap();
    assert_eq!(early["there"], 0);
    assert!(rows.iter().any(|row| row["any"].as_u64() > Some(0)), "documents that came later do speak");
    assert!(rows.iter().all(|row| row["verdict"] == "no_document"), "{rows:?}");
    let audit = site.get("/gaps/risk/2.2?enactment=adopted&on=2010-01-01").await.body;
    assert!(audit.contains("Only documents that came later speak to it"), "{audit}");
    let midway = site.get("/gaps.json?on=2022-06-01").await.json();
    let (there, classified) = (midway["there"].as_u64().unwrap(), midway["classified"].as_u64().unwrap());
    assert!((10..classified).contains(&there), "{there} of {classified}");
    let among =
        format!("None of the {there} documents (of {classified}) that were there on 2022-06-01 speak");
    assert!(midway["findings"].to_string().contains(&among), "{}", midway["findings"]);
    let page = site.get("/gaps?on=2022-06-01").await.body;
    assert!(page.contains("the denominator of every verdict") && page.contains("came later and"), "{page}");
    let today = site.get("/gaps/risk/2.2?on=2026-01-01").await.body;
    assert!(today.contains(", as of 2026-01-01</span></li>"), "a state is no event of that day: {today}");
}

#[tokio::test]
async fn an_empty_set_leaves_nothing_open_and_an_unknown_one_is_refused() {
    let site = populated(Config::default()).await;
    for page in ["/gaps/risk/2.2?jurisdiction=Nowhere", "/gaps?jurisdiction=Nowhere"] {
        let body = site.get(page).await.body;
        assert!(body.contains("No document is in this set; take a condition out"), "{page}: {body}");
        for claim in
            ["No document speaks to it", "these 0 documents", "of 0 without", "An absence here means"]
        {
            assert!(!body.contains(claim), "{page} claims an absence: {claim}");
        }
    }
    for vs in ["bogus", "jurisdiction%3D", "year%3D2024%26bogus", "colour%3Dred", "q%3Daudit", "page%3D2"] {
        let answer = site.get(&format!("/gaps?vs={vs}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{vs}");
        assert!(answer.body.contains("vs"), "{}", answer.body);
    }
    for vs in ["all", "jurisdiction%3DOstmark", "year%3D2024"] {
        assert_eq!(site.get(&format!("/gaps?vs={vs}")).await.status, StatusCode::OK, "{vs}");
    }
}

#[tokio::test]
async fn a_comparison_reads_the_same_whatever_was_compared_before() {
    let (first, later) = (populated(Config::default()).await, populated(Config::default()).await);
    for other in 0..30 {
        later.get(&format!("/compare/with-corpus?id=file:made/{other}.txt")).await;
    }
    for query in ["id=file:twin.txt", "id=file:made/3.txt&jurisdiction=Norvale", "id=file:bare.txt"] {
        let path = format!("/compare/with-corpus?{query}");
        let page = first.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.body, later.get(&path).await.body, "{path}");
    }
    let page = first.get("/compare/with-corpus.json?id=file:twin.txt").await.json();
    let lines = page["dimensions"][0]["spoken"].as_array().unwrap();
    let quoted = |line: &serde_json::Value| {
        line["draft"]["quote"].is_string() && line["nearest"][0]["said"]["quote"] == line["draft"]["quote"]
    };
    assert!(lines.iter().all(quoted) && lines.len() == 2, "the same text says the same: {lines:?}");
    assert!(page["shared"][0]["count"].as_u64() > Some(20), "and shares its words");
    assert!(page["set"]["chips"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_private_draft_is_compared_on_this_machine_and_stands_in_nothing_else() {
    let public = Site::new().await;
    let page = "/compare/with-corpus?id=file:private.txt";
    assert_eq!(public.get(page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(public.get("/drafts").await.status, StatusCode::NOT_FOUND);

    let local = Site::with(Config { local: true, ..Config::default() }).await;
    let ask = async |path: &str, headers: &[(&str, &str)]| {
        let request = headers.iter().fold(Request::get(path), |r, (name, value)| r.header(*name, *value));
        local.ask(request.header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    };
    let here = [("host", "127.0.0.1:7373")];
    assert_eq!(ask(page, &here).await.status, StatusCode::OK);
    assert!(ask("/drafts", &here).await.body.contains("file:private.txt"));
    for list in ["/documents.json", "/documents.csv", "/judgements.csv", "/gaps.json", "/overview.json"] {
        assert!(!ask(list, &here).await.body.contains("file:private.txt"), "{list} tells of a private draft");
    }
    assert_eq!(ask(page, &[("host", "map.example")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(page, &[]).await.status, StatusCode::FORBIDDEN, "a request without a host");
    for proxy in ["x-forwarded-for", "forwarded", "via"] {
        let status = ask(page, &[("host", "localhost:7373"), (proxy, "10.0.0.7")]).await.status;
        assert_eq!(status, StatusCode::FORBIDDEN, "{proxy}");
    }
}

#[tokio::test]
async fn a_file_dropped_on_the_page_becomes_a_draft_only_with_the_forms_token_and_from_the_same_place() {
    let intake = Intake::new(|dropped| {
        Box::pin(async move {
            assert_eq!(
                (dropped.name.as_str(), dropped.bytes.as_slice()),
                ("bill.txt", b"A bill.".as_slice())
            );
            Ok("file:private.txt".parse().unwrap())
        })
    });
    let entropy = Entropy::new(|bytes| {
        bytes.fill(7);
        true
    });
    let config = Config { local: true, intake: Some(intake), entropy, ..Config::default() };
    let local = Site::with(config).await;
    let page = Request::get("/drafts").header("host", "localhost:7373").body(Body::empty()).unwrap();
    let page = local.ask(page).await.body;
    let token = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let drop = async |token: &str, origin: &str| {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--b\r\nContent-Disposition: \
             form-data; name=\"file\"; filename=\"../bill.txt\"\r\n\r\nA bill.\r\n--b--\r\n"
        );
        let request = Request::post("/drafts")
            .header("host", "localhost:7373")
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        local.ask(request.body(Body::from(body)).unwrap()).await
    };
    let taken = drop(token, "http://localhost:7373").await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    assert_eq!(taken.headers["location"], "/compare/with-corpus?id=file:private.txt");
    assert_eq!(drop("guessed", "http://localhost:7373").await.status, StatusCode::FORBIDDEN);
    assert_eq!(drop(token, "https://elsewhere.example").await.status, StatusCode::FORBIDDEN);
    let public = Site::new().await;
    let request = Request::post("/drafts").body(Body::empty()).unwrap();
    assert_eq!(public.ask(request).await.status, StatusCode::NOT_FOUND);
}
