//! Pictures that repeat the table of their page have its numbers, and say what they leave out.

use super::pictures::{drawn, offered, picture};
use super::*;
use crate::view::chart::escape;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What a bar says of itself, up to its share.
fn said(name: &str, bar: &Value, graded: bool) -> String {
    let (full, half) = (bar["full"].as_u64().unwrap(), bar["half"].as_u64().unwrap());
    let parts = if graded { format!("{full} + {half} = ") } else { String::new() };
    format!("<title>{}: {parts}{} of {} (", escape(name), full + half, bar["of"])
}

#[tokio::test]
async fn gaps_by_jurisdiction_are_those_of_the_page_and_no_other_set_is_beside_them() {
    let site = drawn().await;
    let query = "on=2031-01-01&vs=all";
    let matrix = site.get(&format!("/gaps.json?{query}")).await.json()["matrix"].clone();
    let mut links = offered(&site.get(&format!("/gaps?{query}")).await.body);
    links.retain(|link| link.starts_with("/gaps/places.svg"));
    assert_eq!(links, ["/gaps/places.svg?on=2031-01-01"], "the other set is not drawn");
    for address in [links[0].clone(), format!("/gaps/places.svg?{query}")] {
        let svg = picture(&site, &address).await;
        assert!(!svg.contains("Beside:"), "{address} explains what it does not draw: {svg}");
        for place in matrix["places"].as_array().unwrap() {
            let head = format!("<title>{}</title>", escape(text(&place["name"])));
            let (_, counts) = svg.split_once(&head).unwrap_or_else(|| panic!("no {head} in {svg}"));
            let counts = counts.split_once("</g>").unwrap().0;
            assert!(counts.contains(&format!(">n = {}<", place["classified"])), "{counts}");
            assert!(counts.contains(&format!(">{} binding<", place["binding"])), "{counts}");
        }
        let cells: Vec<String> = matrix["rows"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row["cells"].as_array().unwrap())
            .map(|cell| format!("{} binding of {}", cell["binding_full"], cell["any"]))
            .collect();
        let titles = svg.split("<title>").skip(1).map(|rest| rest.split_once("</title>").unwrap().0);
        let titles: Vec<&str> =
            titles.filter(|t| t.contains(" binding of ")).map(|t| t.rsplit_once(", ").unwrap().1).collect();
        assert_eq!(titles, cells, "{address}");
        assert!(cells.len() >= 6, "{cells:?}");
    }
    assert!(picture(&site, &format!("/gaps.svg?{query}")).await.contains("Beside: all documents"));
}

#[tokio::test]
async fn a_picture_of_a_code_has_the_numbers_of_its_page_and_says_what_an_absence_means() {
    let site = drawn().await;
    for code in ["1.1", "2.1", "2.2"] {
        let page = site.get(&format!("/codes/risk/{code}.json")).await.json();
        let svg = picture(&site, &format!("/codes/risk/{code}.svg")).await;
        let places = page["places"].as_array().unwrap();
        assert_eq!(places.len(), 2, "{places:?}");
        let graded = code == "1.1";
        let places = places.iter().map(|place| (text(&place["name"]), &place["bar"]));
        for (name, bar) in places.chain([("All documents", &page["bar"])]) {
            let bar = said(name, bar, graded);
            assert!(svg.contains(&bar), "no {bar} in {svg}");
        }
        assert!(svg.contains(&format!("<title>{code} {}, by jurisdiction</title>", text(&page["name"]))));
        let absence = "Nothing counted, such as for “All documents”, means: no AI-specific instrument among";
        assert_eq!(svg.contains(absence), code == "2.1", "{svg}");
    }
    let page = site.get("/codes/status/hard_law.json").await.json();
    let svg = picture(&site, "/codes/status/hard_law.svg").await;
    assert!(svg.contains("<title>Hard law</title>") && !svg.contains("urisdiction"), "{svg}");
    assert!(svg.contains(&said("All documents", &page["bar"], false)), "{svg}");
}

#[tokio::test]
async fn a_picture_of_a_list_has_its_numbers_and_a_domain_is_spoken_to_by_any_of_its_codes() {
    let site = drawn().await;
    let (store, world) = (site.app.store(), &site.world);
    let (other, outcome) =
        coded_alone(world, "Nobody shall sell what a machine knows of a person.", "2.1", 2);
    store.put_documents(&[with_other_text(world, "file:privacy.txt", &other)]).await.unwrap();
    store.put_outcomes(&world.run.id, &[(other.id, outcome)]).await.unwrap();
    store.finish_run(&world.run.id).await.unwrap();
    site.app.refresh().await.unwrap();
    for (list, unit) in [
        ("/domains", "classified documents"),
        ("/jurisdictions", "documents"),
        ("/authorities", "documents"),
        ("/collections", "documents"),
    ] {
        let page = site.get(&format!("{list}.json")).await.json();
        let svg = picture(&site, &format!("{list}.svg")).await;
        let entries = page["entries"].as_array().unwrap();
        let of = format!(", of {} {unit}.", entries[0]["bar"]["of"]);
        assert!(svg.contains(&of), "{list} does not say {of}: {svg}");
        for entry in entries {
            let bar = said(text(&entry["name"]), &entry["bar"], false);
            assert!(svg.contains(&bar), "no {bar} in {svg}");
        }
    }
    let domains = site.get("/domains.json").await.json();
    let bar = &domains["entries"][1]["bar"];
    assert_eq!(bar["full"], bar["of"], "every document speaks to one of its codes");
    let code = site.get("/codes/risk/2.2.json").await.json();
    assert_ne!(code["bar"]["full"], bar["of"], "but not all of them to the same");
}

#[tokio::test]
async fn what_is_left_out_of_a_list_is_counted() {
    let site = Site::new().await;
    let (store, world) = (site.app.store(), &site.world);
    let mut made = Vec::new();
    for n in 0..24 {
        for (id, place, authority) in [
            (format!("file:place/{n:02}.txt"), format!("Place {n:02}"), "Assembly of Norvale".to_owned()),
            (format!("file:office/{n:02}.txt"), "Norvale".to_owned(), format!("Office {n:02}")),
        ] {
            let mut document = world.document.clone();
            document.id = id.parse().unwrap();
            document.metadata.jurisdiction = Some(place);
            document.metadata.authority = Some(authority);
            made.push(incoming(world, document));
        }
    }
    store.put_documents(&made).await.unwrap();
    site.app.refresh().await.unwrap();
    // Norvale and twenty-four places, of which twenty are shown; one assembly and twenty-four offices, of which twelve.
    let code = site.get("/codes/risk/2.2.json").await.json();
    assert_eq!(code["places"].as_array().map(Vec::len), Some(20));
    assert_eq!(code["places_left_out"], 5);
    let page = site.get("/codes/risk/2.2").await.body;
    assert!(page.contains("5 further jurisdictions are not listed."), "{page}");
    let svg = picture(&site, "/codes/risk/2.2.svg").await;
    assert!(svg.contains("5 further jurisdictions are not drawn."), "{svg}");
    let place = site.get("/jurisdictions/Norvale.json").await.json();
    assert_eq!(place["inside"].as_array().map(Vec::len), Some(12));
    assert_eq!(place["inside_left_out"], 13);
    let page = site.get("/jurisdictions/Norvale").await.body;
    assert!(page.contains("13 further values are not listed."), "{page}");
}
