//! Every picture can be taken away as a file that says by itself what it shows, with the numbers of its page.

use lacuna_domain::coding::Outcome;
use lacuna_domain::judgement::{ActorDraft, ActorJudgement, Entity};
use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Confidence};
use lacuna_pipeline::publish::release;

use super::*;
use crate::pages::api::pictures::PICTURES;
use crate::reading::Reading;
use crate::view::chart::escape;

const SLY: &str = "Act </svg><script>alert(1)</script> & \"more\" \u{1}";
const PLACE: &str = "Ost<mark> & Sons";

/// A site with twelve documents more in two places, one of them with a sly title that supersedes the sample, and a text
/// that names who enforces it.
pub(super) async fn drawn() -> Site {
    let site = Site::new().await;
    let (store, world) = (site.app.store(), &site.world);
    let content = format!("{}\nThe Digital Safety Office may fine a deployer.\n", crate::sample::TEXT);
    let reading = Reading::of(Text::new(content, Some("en".to_owned()), Quality::default()));
    let made = (0..12_usize).map(|n| {
        let mut document = world.document.clone();
        document.id = format!("file:made/{n}.txt").parse().unwrap();
        document.metadata.casual_name = Some(if n == 0 { SLY.to_owned() } else { format!("Instrument {n}") });
        document.metadata.jurisdiction = Some(["Norvale", PLACE][n % 2].to_owned());
        let mut coming = incoming(world, document);
        let version = coming.version.as_mut().unwrap();
        (version.text, version.bytes_hash) = (reading.text.clone(), format!("made {n}"));
        coming
    });
    store.put_documents(&made.collect::<Vec<_>>()).await.unwrap();
    let mut coding = crate::sample::coding(&world.codebook, &world.run, &reading);
    let at = coding.actors[0].evidence()[0].clone();
    let draft = ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: "enforcer".parse().unwrap(),
        entities: vec!["Digital Safety Office".to_owned()],
        types: vec!["governance_actor".parse().unwrap()],
        confidence: Confidence::High,
        probability: Some(0.9),
        reasoning: "It may fine.".to_owned(),
        quotes: vec![],
    };
    let office = Entity { name: "Digital Safety Office".to_owned(), at: at.clone() };
    coding.actors[1] = ActorJudgement::verified(draft, vec![office], vec![at], vec![]).0;
    let outcome = Outcome::Coded(Box::new(coding));
    store.put_outcomes(&world.run.id, &[(reading.text.id.clone(), outcome)]).await.unwrap();
    store.finish_run(&world.run.id).await.unwrap();
    let relation = relation("file:made/0.txt", RelationKind::Supersedes, world.document.id.as_str());
    store.put_imported_relations(&[relation]).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// The addresses of the pictures that a page offers.
pub(super) fn offered(html: &str) -> Vec<String> {
    let mut pieces: Vec<&str> = html.split("\">Download as SVG").collect();
    // What follows the last link.
    pieces.pop();
    let links = pieces.into_iter().map(|piece| piece.rsplit_once("href=\"").unwrap().1);
    links.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

/// What keeps `svg` from being one well-formed element; `None` where nothing does.
fn flaw(svg: &str) -> Option<String> {
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
    let sound =
        |text: &str| text.split('&').skip(1).all(|rest| known.iter().any(|entity| rest.starts_with(entity)));
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some((text, after)) = rest.split_once('<') {
        let outside = open.is_empty() && (rest.len() < svg.len() || !text.is_empty());
        let Some((tag, after)) = after.split_once('>').filter(|_| sound(text) && !outside) else {
            return Some(format!("before <{}", after.chars().take(60).collect::<String>()));
        };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let inside = tag.strip_suffix('/').unwrap_or(tag);
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        let pieces: Vec<&str> = attributes.split('"').collect();
        let names: Vec<&str> = pieces.iter().step_by(2).map(|piece| piece.trim()).collect();
        let (last, named) = names.split_last().unwrap();
        let mut once = named.to_vec();
        once.sort_unstable();
        once.dedup();
        let proper = named.iter().all(|name| name.strip_suffix('=').is_some_and(|name| !name.is_empty()));
        if !last.is_empty()
            || !proper
            || once.len() != named.len()
            || !pieces.iter().all(|piece| sound(piece))
        {
            return Some(format!("<{tag}>"));
        }
        if inside.len() == tag.len() {
            open.push(name);
        }
    }
    let forbidden = svg.chars().find(|c| c.is_control() && *c != '\n');
    (!open.is_empty() || !rest.is_empty() || forbidden.is_some())
        .then(|| format!("{open:?} {rest:?} {forbidden:?}"))
}

/// Asks for a picture and looks at all that every picture must be.
pub(super) async fn picture(site: &Site, address: &str) -> String {
    let answer = site.get(address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
    assert_eq!(answer.header("content-type"), "image/svg+xml", "{address}");
    let name = answer.header("content-disposition").to_owned();
    assert!(name.starts_with("attachment; filename=\"") && name.ends_with(".svg\""), "{address}: {name}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{address}");
    let svg = answer.body;
    assert_eq!(flaw(&svg), None, "{address}: {svg}");
    let day = site.app.snapshot().provenance.as_of_day();
    for part in [
        "<svg xmlns=\"http://www.w3.org/2000/svg\"",
        "role=\"img\"",
        "<title>",
        "<desc>",
        "Fiction: sample documents",
        "machine label, not reviewed.",
        "Source: Lacuna, /",
        &format!("as of {day} (UTC)"),
    ] {
        assert!(svg.contains(part), "{address} has no {part}: {svg}");
    }
    for strange in ["<a ", "<script", "<style", " style=", " href=", "NaN", "<mark>"] {
        assert!(!svg.contains(strange), "{address} has {strange}: {svg}");
    }
    svg
}

/// Whether an address is one of a pattern such as `/codes/{dimension}.svg`.
fn fits(pattern: &str, address: &str) -> bool {
    let path = address.split('?').next().unwrap();
    let (wanted, given): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let same = |(wanted, given): (&&str, &&str)| match wanted.split_once('}') {
        Some((_, ending)) => given.ends_with(ending),
        None => wanted == given,
    };
    wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
}

#[tokio::test]
async fn every_page_with_a_picture_offers_it_as_a_file_that_stands_alone() {
    let site = drawn().await;
    let own = site.document();
    let mut found: Vec<String> = Vec::new();
    for (page, least) in [
        ("/", 6),
        ("/codes", 4),
        ("/codes/risk", 3),
        ("/codes/status", 2),
        ("/codes/actor", 2),
        ("/codes/risk/2.2", 1),
        ("/actors", 3),
        ("/gaps", 2),
        ("/gaps?dimension=scope&on=2031-01-01&vs=all", 2),
        ("/explore?rows=risk&columns=form&chart=bars", 1),
        ("/domains", 1),
        ("/domains/2", 3),
        ("/jurisdictions", 1),
        ("/jurisdictions/Norvale", 3),
        ("/authorities", 1),
        ("/authorities/Assembly%20of%20Norvale", 2),
        ("/collections", 1),
        ("/collections/statutes", 2),
        (own.as_str(), 1),
    ] {
        let links = offered(&site.get(page).await.body);
        assert!(links.len() >= least, "{page} offers {links:?}");
        found.extend(links);
    }
    found.sort();
    found.dedup();
    for address in &found {
        picture(&site, address).await;
    }
    for known in PICTURES {
        // No text of the sample names a target, so the page has no such picture; the file says so.
        let drawn = known.path != "/actors/duties.svg";
        assert_eq!(found.iter().any(|address| fits(known.path, address)), drawn, "{}", known.path);
    }
    assert!(found.iter().all(|address| PICTURES.iter().any(|known| fits(known.path, address))), "{found:?}");
    let none = picture(&site, "/actors/duties.svg").await;
    assert!(none.contains("No document of 14 classified has anything to count here."), "{none}");
}

#[tokio::test]
async fn a_picture_says_which_documents_it_counts() {
    let site = drawn().await;
    let place = crate::address::query(PLACE);
    for (address, title, words) in [
        (format!("/gaps.svg?jurisdiction={place}"), "Gaps: Risk coverage", "Jurisdiction: "),
        (
            format!("/gaps/places.svg?risk=2.2&jurisdiction=Norvale&jurisdiction={place}"),
            "by jurisdiction",
            "2.2",
        ),
        (format!("/explore.svg?rows=risk&jurisdiction={place}"), "Risk coverage", "Jurisdiction: "),
        (format!("/jurisdictions/{}.svg", crate::address::segment(PLACE)), "Risk coverage", "Jurisdiction: "),
        ("/codes/risk.svg".to_owned(), "Risk coverage", "All documents. Number of documents and share of 14"),
        ("/gaps.svg?on=2031-05-01".to_owned(), "Gaps", "hard law in force on 2031-05-01"),
    ] {
        let svg = picture(&site, &address).await;
        let (head, _) = svg.split_once("</desc>").unwrap();
        let (named, told) = head.split_once("</title>").unwrap();
        assert!(named.contains(title) && told.contains(words), "{address}: {head}");
        assert!(!address.contains(&place) || told.contains(&escape(PLACE)), "{address}: {head}");
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let page = path.strip_suffix(".svg").unwrap().trim_end_matches("/places");
        assert!(svg.contains(&format!("Source: Lacuna, {page}")), "{address}");
        assert!(
            query.split('&').all(|pair| told.contains(&escape(pair))),
            "{address} is not its source: {head}"
        );
    }
}

#[tokio::test]
async fn the_numbers_of_a_picture_are_those_of_its_page() {
    let site = drawn().await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();

    let counts = site.get("/codes/risk.json").await.json();
    let svg = picture(&site, "/codes/risk.svg").await;
    for line in
        counts["coverage"]["groups"].as_array().unwrap().iter().flat_map(|g| g["lines"].as_array().unwrap())
    {
        let (full, half) = (line["bar"]["full"].as_u64().unwrap(), line["bar"]["half"].as_u64().unwrap());
        let (name, any) = (format!("{} {}", text(&line["code"]), text(&line["name"])), full + half);
        let said = format!("{}: {full} + {half} = {any} of {} (", escape(&name), line["bar"]["of"]);
        assert!(svg.contains(&said), "no {said} in {svg}");
    }

    let query = "on=2031-01-01&jurisdiction=Norvale";
    let gaps = site.get(&format!("/gaps.json?{query}")).await.json();
    let svg = picture(&site, &format!("/gaps.svg?{query}")).await;
    for row in gaps["rows"].as_array().unwrap() {
        let title = format!("<title>{}: ", escape(&format!("{} {}", text(&row["code"]), text(&row["name"]))));
        let (_, drawn) = svg.split_once(&title).unwrap_or_else(|| panic!("no {title} in {svg}"));
        let words = drawn.split_once("</g>").unwrap().0.split("<text ").skip(2);
        let words: Vec<&str> =
            words.map(|w| w.split_once('>').unwrap().1.split_once('<').unwrap().0).collect();
        let named = ["any", "standing_any", "binding_any", "binding_full"].map(|n| row[n].to_string());
        assert_eq!(words[..4], named, "{title}");
    }

    let pairs = site.get("/actors.json").await.json();
    let pair = &pairs["pairs"][0];
    let svg = picture(&site, "/actors/flow.svg").await;
    let band = format!("Governance actor to Governance actor: {} documents", pair["documents"]);
    assert!(pair["documents"].as_u64() == Some(12) && svg.contains(&band), "{pair}: {svg}");

    let overview = site.get("/overview.json").await.json();
    let svg = picture(&site, "/overview/years.svg").await;
    for year in overview["years"].as_array().unwrap() {
        let bar = format!("{}: {} document", text(&year["year"]), year["count"]);
        assert!(svg.contains(&bar), "no {bar} in {svg}");
    }
    years_have_a_table(&site, overview["years"].as_array().unwrap()).await;
    let svg = picture(&site, "/explore.svg?rows=jurisdiction&chart=bars&of=all").await;
    let places =
        overview["fields"].as_array().unwrap().iter().find(|field| field["id"] == "jurisdiction").unwrap();
    for line in places["lines"].as_array().unwrap() {
        let bar = format!("{}: {} document", escape(&text(&line["label"])), line["bar"]["full"]);
        assert!(svg.contains(&bar), "no {bar} in {svg}");
    }
}

/// The table behind the years of the first page has a line for each, and all of them are drawn where its link leads.
async fn years_have_a_table(site: &Site, years: &[Value]) {
    let page = site.get("/").await.body;
    let (_, section) = page.split_once("id=\"years-h\"").unwrap();
    let section = section.split_once("</section>").unwrap().0;
    let (_, table) = section.split_once("<tbody>").expect("a table stands behind the bars");
    assert_eq!(table.matches("<tr>").count(), years.len());
    for year in years {
        let (name, count) = (year["year"].as_str().unwrap(), &year["count"]);
        let line = table.split_once(&format!("<th scope=\"row\">{name}</th>")).unwrap().1;
        assert!(line.split_once("</tr>").unwrap().0.contains(&format!(">{count}</a>")), "{name}: {table}");
    }
    let link = "/explore?rows=year&chart=timeline&of=all";
    assert!(section.contains(&format!("href=\"{}\"", link.replace('&', "&amp;"))), "{section}");
    assert_eq!(site.get(link).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_chart_on_a_page_and_its_file_are_one_and_the_same() {
    let site = drawn().await;
    let mut compared = 0;
    for (page, json, list) in [
        ("/jurisdictions/Norvale", "/jurisdictions/Norvale.json", "figures"),
        ("/codes/risk", "/codes/risk.json", "figures"),
        ("/domains/2", "/domains/2.json", "figures"),
        ("/actors", "/actors.json", "roles"),
    ] {
        let links = offered(&site.get(page).await.body);
        let figures = site.get(json).await.json();
        for figure in figures[list].as_array().unwrap() {
            let href = figure["href"].as_str().unwrap();
            let address = href.replacen("/explore", "/explore.svg", 1);
            if figure["table"]["rows"].as_array().unwrap().is_empty() {
                continue;
            }
            assert!(links.contains(&address), "{page} does not offer {address}: {links:?}");
            let there = site.get(&href.replacen("/explore", "/explore.json", 1)).await.json();
            assert_eq!(there["figure"]["table"], figure["table"], "{page}: {address}");
            let svg = picture(&site, &address).await;
            assert!(
                svg.contains(&format!("<title>{}</title>", escape(figure["title"].as_str().unwrap()))),
                "{svg}"
            );
            compared += 1;
        }
    }
    assert!(compared > 6, "only {compared} charts were compared");
}

#[tokio::test]
async fn names_of_documents_and_places_stay_words() {
    let site = drawn().await;
    let svg = picture(&site, &format!("{}/relations.svg", site.document())).await;
    assert!(svg.contains("Act &lt;/svg&gt;&lt;script&gt;alert(1)"), "{svg}");
    assert!(svg.contains("Relations of “Automated Systems Safety Act”"), "{svg}");
    let sly = picture(&site, "/documents/file:made%2F0.txt/relations.svg").await;
    assert!(
        sly.contains("<title>Relations of “Act &lt;/svg&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; "),
        "{sly}"
    );
    let alone = picture(&site, "/documents/file:bare.txt/relations.svg").await;
    assert!(alone.contains("No relation to another document of this corpus was found"), "{alone}");
    for private in ["/documents/file:private.txt/relations.svg", "/documents/file:none.txt/relations.svg"] {
        assert_eq!(site.get(private).await.status, StatusCode::NOT_FOUND, "{private}");
    }
}

#[tokio::test]
async fn a_set_without_documents_has_an_honest_picture() {
    let site = drawn().await;
    for (address, words) in [
        (
            "/gaps.svg?jurisdiction=Nowhere",
            "No document is in this set. Nothing can be said of what it leaves open.",
        ),
        ("/gaps/places.svg?jurisdiction=Nowhere", "No document is in this set."),
        ("/gaps/places.svg?jurisdiction=Norvale", "Fewer than two jurisdictions are in this set"),
        (
            "/explore.svg?rows=authority&jurisdiction=Nowhere",
            "No document of this set has anything to count here.",
        ),
        ("/explore.svg?rows=risk&columns=form&chart=table", "A table alone was asked for"),
    ] {
        let svg = picture(&site, address).await;
        let (_, told) = svg.split_once("<desc>").unwrap();
        assert!(told.split_once("</desc>").unwrap().0.contains(words), "{address}: {svg}");
        assert!(!svg.contains("<g "), "{address} draws something: {svg}");
    }
    for unknown in ["/codes/none.svg", "/codes/risk/9.9.svg", "/jurisdictions/Nowhere.svg", "/domains/9.svg"]
    {
        assert_eq!(site.get(unknown).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn a_picture_of_a_release_names_its_release() {
    let site = drawn().await;
    let cut =
        release::cut(site.app.store(), Some(&site.world.run), "first", Clock::fixed().now()).await.unwrap();
    site.app.refresh().await.unwrap();
    let map = format!("/releases/{}/map", cut.0.id);
    for page in ["/codes/risk", "/gaps", "/actors", "/jurisdictions/Norvale"] {
        let body = site.get(&format!("{map}{page}")).await.body;
        for address in offered(&body) {
            assert!(address.starts_with(&map), "{page} leads to {address}");
            let svg = site.get(&address).await;
            assert_eq!(svg.status, StatusCode::OK, "{address}: {}", svg.body);
            assert!(svg.body.contains(&format!("Source: Lacuna, {map}/")), "{address}: {}", svg.body);
        }
    }
}
