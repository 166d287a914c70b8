//! What a chart says of its numbers: of which documents a share is, which codes stand on its axes, and what its colours
//! leave out.

use std::collections::BTreeSet;

use lacuna_domain::Filter;

use super::pictures::picture;
use super::*;
use crate::view::chart::escape;

const PLACES: [&str; 3] = ["Norvale", "Ostmark", "Lysia"];

/// A site with twenty-four documents more: of twelve bodies one to three each, in three places. Every fourth has no
/// text.
async fn varied() -> Site {
    let site = Site::new().await;
    let mut made = Vec::new();
    for n in 0..24_usize {
        let body = [0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 11][n];
        let mut document = site.world.document.clone();
        document.id = format!("file:made/{n:02}.txt").parse().unwrap();
        document.metadata.jurisdiction = Some(PLACES[n % 3].to_owned());
        document.metadata.authority = Some(format!("Body {body:02}"));
        let coming = incoming(&site.world, document);
        made.push(if n % 4 == 3 { Incoming { version: None, ..coming } } else { coming });
    }
    site.app.store().put_documents(&made).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

/// What a chart is asked besides its axes.
#[derive(Clone, Copy)]
struct Counted {
    /// The set; empty for all documents.
    set: &'static str,
    unit: &'static str,
    of: &'static str,
}

/// The length of the list of these conditions within the set, in documents or in texts; empty conditions say nothing, and
/// one on the field of the set takes its place.
fn total(site: &Site, Counted { set, unit, .. }: Counted, conditions: &[&str]) -> u64 {
    let field = set.split_inclusive('=').next().unwrap_or_default();
    let chosen = conditions.iter().any(|c| !field.is_empty() && c.starts_with(field));
    let kept = if chosen { "" } else { set };
    let query: Vec<&str> = conditions.iter().copied().chain([kept]).filter(|c| !c.is_empty()).collect();
    let snapshot = site.app.snapshot();
    let filter = Filter::parse_query(&query.join("&"), &snapshot.codebook).unwrap();
    let selection = snapshot.catalogue.select(&filter, None);
    if unit == "texts" { snapshot.catalogue.distinct_texts(selection.documents()) } else { selection.len() }
}

/// The condition that a line of an axis stands for.
fn condition(axis: &str, line: &Value) -> String {
    let label = line["label"].as_str().unwrap_or_default();
    let value = if axis == "risk" { label.split(' ').next().unwrap() } else { label };
    if axis.is_empty() || label.is_empty() {
        return String::new();
    }
    format!("{axis}={}", crate::address::query(value))
}

/// Compares the cell of these conditions with its lists: panel, row and column, and those that a share of `of` names.
fn compare(site: &Site, asked: Counted, [part, row, column]: [&str; 3], cell: &Value) {
    let (base, read) = match asked.of {
        "text" => ("coded=yes", "coded=yes"),
        "row" => (row, ""),
        "column" => (column, ""),
        _ => ("", ""),
    };
    let named = format!("{} of {} in {:?}: {part} {row} {column}", asked.unit, asked.of, asked.set);
    assert_eq!(cell["count"], total(site, asked, &[part, row, column]), "{named}");
    assert_eq!(cell["of"], total(site, asked, &[part, base]), "{named}");
    assert_eq!(cell["within"], total(site, asked, &[part, row, column, read]), "{named}");
}

/// Compares every number of a chart of these axes with its lists; answers how many cells there were.
async fn compare_all(site: &Site, [rows, columns, stack]: [&str; 3], asked: Counted) -> usize {
    let Counted { set, unit, of } = asked;
    let query = format!("rows={rows}&columns={columns}&stack={stack}&of={of}&unit={unit}&{set}");
    let table = site.get(&format!("/explore.json?{query}")).await.json()["figure"]["table"].clone();
    let mut cells = 0;
    for panel in listed(&table["panels"]) {
        let keys: BTreeSet<&str> = panel.as_object().unwrap().keys().map(String::as_str).collect();
        let known = ["cells", "classified", "column_counts", "documents", "line", "row_counts"];
        assert_eq!(keys, BTreeSet::from(known), "{query}");
        assert_eq!(panel["line"].is_null(), stack.is_empty(), "{query}");
        let part = condition(stack, &panel["line"]);
        assert_eq!(panel["documents"], total(site, asked, &[&part]), "{query}: {part}");
        assert_eq!(panel["classified"], total(site, asked, &[&part, "coded=yes"]), "{query}: {part}");
        for (line, count) in listed(&table["columns"]).iter().zip(listed(&panel["column_counts"])) {
            assert_eq!(*count, total(site, asked, &[&part, &condition(columns, line)]), "{query}: {line}");
        }
        for (at, line) in listed(&table["rows"]).iter().enumerate() {
            let row = condition(rows, line);
            assert_eq!(panel["row_counts"][at], total(site, asked, &[&part, &row]), "{query}: {line}");
            for (place, cell) in listed(&panel["cells"][at]).iter().enumerate() {
                let column = condition(columns, &table["columns"][place]);
                compare(site, asked, [&part, &row, &column], cell);
                cells += 1;
            }
        }
    }
    cells
}

fn listed(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

#[tokio::test]
async fn every_share_is_of_the_list_that_its_caption_names() {
    let site = varied().await;
    let axes = [
        ["risk", "jurisdiction", ""],
        ["risk", "jurisdiction", "authority"],
        ["jurisdiction", "authority", ""],
        ["authority", "jurisdiction", "risk"],
        ["authority", "", ""],
        ["risk", "", "jurisdiction"],
    ];
    let mut looked_at = 0;
    for (axes, of) in axes.into_iter().flat_map(|axes| ["text", "row", "column", "all"].map(|of| (axes, of)))
    {
        looked_at += compare_all(&site, axes, Counted { set: "", unit: "documents", of }).await;
    }
    assert!(looked_at > 500, "only {looked_at} cells");
    let mixed = site.get("/explore?rows=jurisdiction&columns=enactment").await.body;
    assert!(mixed.contains("A share counts those documents alone that are among"), "{mixed}");
    let parted = site.get("/explore?rows=risk&columns=enactment&stack=jurisdiction").await.body;
    assert!(parted.contains("for each value of “Jurisdiction” by itself"), "{parted}");
    assert!(parted.contains(">Ostmark (8, 6 classified)</a></h3>"), "{parted}");
}

#[tokio::test]
async fn charts_of_a_set_and_of_texts_count_their_lists_too() {
    let site = varied().await;
    let two = "jurisdiction=Norvale&jurisdiction=Ostmark";
    let mut looked_at = 0;
    for (set, unit) in [("", "texts"), ("coded=yes", "documents"), (two, "documents"), (two, "texts")] {
        for of in ["text", "row", "column", "all"] {
            for axes in [["jurisdiction", "authority", ""], ["authority", "risk", "jurisdiction"]] {
                looked_at += compare_all(&site, axes, Counted { set, unit, of }).await;
            }
        }
    }
    assert!(looked_at > 500, "only {looked_at} cells");
    let query = format!("rows=authority&columns=jurisdiction&{two}");
    let table = site.get(&format!("/explore.json?{query}")).await.json()["figure"]["table"].clone();
    let places: Vec<&Value> = listed(&table["columns"]).iter().map(|column| &column["label"]).collect();
    assert_eq!(places, ["Norvale", "Ostmark"], "a place that the set leaves out is on no axis");
    let svg = picture(&site, &format!("/explore.svg?{query}")).await;
    assert!(svg.contains("<desc>Jurisdiction: Norvale; Jurisdiction: Ostmark. "), "{svg}");
    let count = &table["panels"][0]["cells"][0][0]["count"];
    let row = table["rows"][0]["label"].as_str().unwrap();
    assert!(
        svg.contains(&format!("{row}, Norvale ")) && svg.contains(&format!(": {count} document")),
        "{svg}"
    );
}

#[tokio::test]
async fn a_preset_draws_what_speaks_to_the_private_sector_alone() {
    let site = varied().await;
    let mut public = site.world.document.clone();
    public.id = "file:public.txt".parse().unwrap();
    public.metadata.applies_to = vec!["government".to_owned()];
    site.app.store().put_documents(&[incoming(&site.world, public)]).await.unwrap();
    site.app.refresh().await.unwrap();
    let page = site.get("/explore").await.body;
    let (before, _) = page.split_once(">Private-sector addressees</a>").expect("there is such a preset");
    let href = before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap();
    let set = format!("applies_to={}", crate::address::query("private sector"));
    let preset = format!("/explore?rows=risk&columns=jurisdiction&of=column&{set}");
    assert_eq!(href.replace("&#38;", "&").replace("&amp;", "&"), preset);
    let drawn = site.get(&preset.replacen("/explore", "/explore.json", 1)).await.json();
    let list =
        async |query: &str| site.get(&format!("/documents.json?{query}")).await.json()["total"].clone();
    assert_eq!(drawn["figure"]["table"]["documents"], list(&set).await);
    assert!(list(&set).await.as_u64() < list("").await.as_u64(), "it leaves the others out");
}

/// Marks that stand for several series, each with its address, the name of its row and its number.
fn together(page: &str) -> Vec<(String, String, u64)> {
    let marks = page.split("<a href=\"").skip(1).filter_map(|link| {
        let (href, rest) = link.split_once("\" aria-label=\"")?;
        let (row, said) = rest.split_once('"')?.0.split_once(" others: ")?;
        let number = said.split(' ').next()?.parse().ok()?;
        Some((href.replace("&amp;", "&"), row.to_owned(), number))
    });
    marks.collect()
}

#[tokio::test]
async fn series_drawn_together_lead_to_just_their_documents_or_to_the_table_that_tells_them_apart() {
    let site = varied().await;
    let length = async |href: &str| {
        site.get(&href.replacen("/documents", "/documents.json", 1)).await.json()["total"].as_u64()
    };
    for query in [
        "rows=jurisdiction&columns=authority&chart=bars",
        "rows=jurisdiction&columns=authority&chart=bars&of=row&coded=yes",
        "rows=authority&chart=timeline",
        "rows=risk&columns=jurisdiction&stack=authority&chart=bars",
    ] {
        let page = site.get(&format!("/explore?{query}")).await.body;
        let marks = together(&page);
        assert!(!marks.is_empty(), "{query}: {page}");
        for (href, row, number) in marks {
            assert!(href.starts_with("/documents?"), "{query}: {row} leads to {href}");
            assert_eq!(length(&href).await, Some(number), "{query}: {row} leads to {href}");
        }
    }
    // A text may stand in several series: no list has as many documents as there are texts.
    for (query, table) in [
        (
            "rows=jurisdiction&columns=authority&chart=bars&unit=texts",
            "/explore?rows=jurisdiction&columns=authority&chart=table&unit=texts",
        ),
        (
            "rows=authority&columns=jurisdiction&chart=timeline&unit=texts",
            "/explore?rows=year&columns=authority&stack=jurisdiction&chart=table&unit=texts",
        ),
    ] {
        let page = site.get(&format!("/explore?{query}")).await.body;
        let marks = together(&page);
        assert!(!marks.is_empty() && marks.iter().all(|(href, ..)| href == table), "{query}: {marks:?}");
        let body = site.get(table).await.body;
        let bodies = (0..12).filter(|n| body.contains(&format!("Body {n:02}"))).count();
        assert_eq!(bodies, 12, "{table} shows every series: {body}");
    }
}

#[tokio::test]
async fn a_group_of_codes_is_a_chip_stands_on_any_axis_and_is_dropped_where_no_axis_has_it() {
    let site = varied().await;
    let words = "Risk coverage: Privacy & security only";
    for (query, side) in [
        ("rows=risk&columns=jurisdiction&group=2", "rows"),
        ("rows=jurisdiction&columns=risk&group=2", "columns"),
    ] {
        let json = site.get(&format!("/explore.json?{query}")).await.json();
        let lines = json["figure"]["table"][side].as_array().unwrap();
        let labels: Vec<&str> = lines.iter().map(|line| line["label"].as_str().unwrap()).collect();
        assert!(labels.len() == 2 && labels.iter().all(|label| label.starts_with("2.")), "{labels:?}");
        for panel in json["figure"]["table"]["panels"].as_array().unwrap() {
            let cells = panel["cells"].as_array().unwrap();
            let wide = cells[0].as_array().unwrap().len();
            let sides = if side == "rows" { cells.len() } else { wide };
            assert_eq!(sides, 2, "{panel}");
        }
        assert!(json["figure"]["title"].as_str().unwrap().contains("(Privacy & security)"), "{json}");
        let chip = &json["set"]["part"];
        assert_eq!(chip["label"], words);
        let without = chip["without"].as_str().unwrap().replacen("/explore", "/explore.json", 1);
        assert!(!without.contains("group"), "{without}");
        let all = site.get(&without).await.json();
        assert_eq!(all["figure"]["table"][side].as_array().map(Vec::len), Some(3), "{without}");
        let svg = picture(&site, &format!("/explore.svg?{query}")).await;
        assert!(svg.contains(&format!("<desc>All documents; {}. ", escape(words))), "{svg}");
        let embed = site.get(&format!("/embed/explore?{query}")).await.body;
        assert!(embed.contains("All documents; Risk coverage: Privacy "), "{embed}");
    }
    let other = site.get("/explore?rows=scope&columns=jurisdiction&group=2").await.body;
    assert!(
        other.contains("AI systems") && !other.contains("group=2") && !other.contains("security only"),
        "{other}"
    );
    let unknown = site.get("/explore?rows=risk&group=9").await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert!(unknown.body.contains("No group of codes is called") && unknown.body.contains("there are: 1, 2"));
    assert!(!unknown.body.contains("group=9"), "it stays in no link: {}", unknown.body);
    for program in ["/explore.json", "/explore.csv", "/explore.svg", "/embed/explore"] {
        let refused = site.get(&format!("{program}?rows=risk&group=9")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{program}");
    }
}

#[tokio::test]
async fn a_level_is_spoken_of_where_an_axis_has_levels() {
    let site = varied().await;
    let words = async |query: &str| {
        let figure = site.get(&format!("/explore.json?{query}")).await.json()["figure"].clone();
        format!("{} {} {}", figure["title"], figure["caption"], figure["notes"])
    };
    let graded = words("rows=jurisdiction&columns=risk&level=good").await;
    assert!(graded.contains("highest level only") && graded.contains(", at the highest level;"), "{graded}");
    assert!(words("rows=risk").await.contains(", at any level;"));
    let flat = words("rows=jurisdiction&columns=authority&level=good").await;
    assert!(flat.contains("No axis has levels") && !flat.contains("highest level only"), "{flat}");
    assert!(!flat.contains("at the highest level"), "{flat}");
    assert!(!words("rows=jurisdiction&columns=authority").await.contains("level"));
}

#[tokio::test]
async fn series_beyond_the_colours_are_drawn_together_and_a_bar_has_the_number_of_its_row() {
    let site = varied().await;
    let query = "rows=jurisdiction&columns=authority&chart=bars";
    let figure = site.get(&format!("/explore.json?{query}")).await.json()["figure"].clone();
    let legend: Vec<&str> =
        figure["legend"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    assert_eq!(legend.len(), 9, "{legend:?}");
    assert_eq!(legend[8], "5 others");
    let table = &figure["table"];
    let columns = table["columns"].as_array().unwrap();
    let size = |name: &str| columns.iter().find(|c| c["label"] == name).unwrap()["count"].as_u64().unwrap();
    let sizes: Vec<u64> = legend[..8].iter().map(|name| size(name)).collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes[7] >= 2, "{sizes:?}");
    let svg = picture(&site, &format!("/explore.svg?{query}")).await;
    assert!(!svg.contains("not drawn"), "{svg}");
    let page = site.get(&format!("/explore?{query}")).await.body;
    assert!(!page.contains("<g role=\"img\""), "every mark leads somewhere: {page}");
    for (row, cells) in
        table["rows"].as_array().unwrap().iter().zip(table["panels"][0]["cells"].as_array().unwrap())
    {
        let named = columns.iter().zip(cells.as_array().unwrap());
        let others: u64 = named
            .filter(|(column, _)| !legend.contains(&column["label"].as_str().unwrap()))
            .map(|(_, cell)| cell["count"].as_u64().unwrap())
            .sum();
        let said = format!("{}, 5 others: {others} document", row["label"].as_str().unwrap());
        assert_eq!(svg.contains(&said), others > 0, "{said} in {svg}");
        assert!(svg.contains(&format!("fill=\"#575b5f\">{}</text>", row["count"])), "{row} in {svg}");
    }
    let time = "rows=year&columns=risk&chart=timeline";
    let years = site.get(&format!("/explore.json?{time}")).await.json()["figure"].clone();
    let svg = picture(&site, &format!("/explore.svg?{time}")).await;
    for year in years["table"]["rows"].as_array().unwrap() {
        let above = format!("font-size=\"10\" fill=\"#575b5f\">{}</text>", year["count"]);
        assert!(svg.contains(&above), "no {above} in {svg}");
    }
    assert!(svg.contains("Series overlap: a document may stand in several parts"), "{svg}");
}

#[tokio::test]
async fn a_picture_says_what_its_shares_are_of_and_that_lists_of_texts_are_longer() {
    let site = varied().await;
    let query = "rows=jurisdiction&columns=enactment&chart=bars&of=row";
    let table = site.get(&format!("/explore.json?{query}")).await.json()["figure"]["table"].clone();
    let svg = picture(&site, &format!("/explore.svg?{query}")).await;
    for row in table["rows"].as_array().unwrap() {
        let (name, count) = (row["label"].as_str().unwrap(), &row["count"]);
        assert!(svg.contains(&format!(">{name} ({count})<title>")), "{svg}");
        assert!(svg.contains(&format!("{count} documents, {count} of {count}, 100 %")), "{svg}");
    }
    let note = "Each number counts texts; its list shows every document that has one of them.";
    let page = site.get("/explore?rows=jurisdiction&unit=texts").await.body;
    assert!(page.contains(note), "{page}");
    assert!(
        picture(&site, "/explore.svg?rows=jurisdiction&unit=texts&chart=bars").await.contains("Each number")
    );
    assert!(!site.get("/explore?rows=jurisdiction").await.body.contains(note));
}

#[tokio::test]
async fn presets_never_lead_to_a_chart_of_the_page_s_own_field_and_an_axis_of_the_address_stays_chosen() {
    let site = varied().await;
    for (page, own) in [
        ("/jurisdictions/Norvale", "jurisdiction"),
        ("/authorities/Body%2004", "authority"),
        ("/collections/statutes", "collection"),
        ("/domains/2", ""),
        ("/codes/risk", ""),
        ("/codes/status", ""),
        ("/explore", ""),
    ] {
        let body = site.get(page).await.body;
        let (_, presets) =
            body.split_once("<p class=\"presets\">").unwrap_or_else(|| panic!("{page}: {body}"));
        let presets = presets.split("</p>").next().unwrap();
        assert!(presets.contains(">In force only</a>"), "{page}: {presets}");
        assert_eq!(presets.contains(">Good coverage by "), page != "/codes/status", "{page}: {presets}");
        for link in presets.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let link = link.replace("&#38;", "&").replace("&amp;", "&");
            let axis = format!("columns={own}");
            assert!(own.is_empty() || !link.split('&').any(|pair| pair == axis), "{page} leads to {link}");
            assert_eq!(site.get(&link).await.status, StatusCode::OK, "{page} leads to {link}");
        }
    }
    let page = site.get("/explore?rows=risk/2.2&columns=status").await.body;
    for chosen in ["risk/2.2", "status"] {
        assert!(page.contains(&format!("<option value=\"{chosen}\" selected>")), "{chosen}: {page}");
    }
}
