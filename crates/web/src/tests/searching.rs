//! What stands around a search: the filters beside its list, what an empty list says, and an index that fails.

use std::io::Write as _;

use super::*;

/// A choice beside a list: its label with the code it is a level of, its count, and the list behind it as JSON.
struct Offer {
    label: String,
    count: String,
    href: String,
}

fn offers(page: &str) -> Vec<Offer> {
    let (_, filters) = page.split_once("id=\"filters\"").unwrap();
    let (filters, _) = filters.split_once("</aside>").unwrap();
    let read = |choice: &str| {
        let (href, rest) = choice.split_once('"')?;
        // A link to the table of a column counts nothing.
        let (label, rest) = rest.split_once("<span class=\"n\">")?;
        let (_, label) = label.split_once('>')?;
        Some(Offer {
            label: label.replace("<span>", "").replace("<span class=\"vh\">", "").replace("</span>", ""),
            count: rest.split_once('<')?.0.to_owned(),
            href: href.replace("&#38;", "&").replace("&amp;", "&").replacen("documents", "documents.json", 1),
        })
    };
    filters.split("<li><a href=\"").skip(1).filter_map(read).collect()
}

#[tokio::test]
async fn every_choice_beside_a_search_counts_the_list_behind_it() {
    let site = super::reliability::sampled(Config::default(), 15).await;
    for start in [
        "/documents?q=incident",
        "/documents?q=jurisdiction:Ostmark",
        "/documents?q=incident+jurisdiction:Ostmark&tag=harbours",
        "/documents?q=incident&risk=2.2:3",
        "/documents?q=%22security+incident%22&risk=1.1",
    ] {
        let shown = site.get(&start.replacen("documents", "documents.json", 1)).await.json();
        let shown = shown["total"].as_u64().unwrap();
        assert!(shown > 0, "{start} finds nothing");
        let offers = offers(&site.get(start).await.body);
        assert!(offers.len() > 5, "{start} offers next to nothing");
        for offer in offers.into_iter().filter(|offer| !offer.label.starts_with('✓')) {
            let says = match offer.count.strip_prefix('+') {
                Some(more) => shown + more.parse::<u64>().unwrap(),
                None => offer.count.parse().unwrap(),
            };
            let behind = site.get(&offer.href).await.json()["total"].as_u64();
            assert_eq!(behind, Some(says), "{start}: {} leads to {}", offer.label, offer.href);
        }
    }
}

#[tokio::test]
async fn codes_forms_years_and_own_columns_are_fields_of_the_search_box_too() {
    let site = Site::new().await;
    let checked = [("file:checked/1.txt", "not yet"), ("file:checked/2.txt", "Yes")].map(|(id, value)| {
        let mut document = site.world.document.clone();
        document.id = id.parse().unwrap();
        document.metadata.extra.insert("Checked?".to_owned(), value.to_owned());
        incoming(&site.world, document)
    });
    site.app.store().put_documents(&checked).await.unwrap();
    site.app.refresh().await.unwrap();
    let total = async |query: &str| {
        let answer = site.get(&format!("/documents.json?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        answer.json()["total"].as_u64().unwrap()
    };
    for (words, filter, count) in [
        ("risk:2.2", "risk=2.2", 4),
        ("risk:2.2:3 incident", "risk=2.2:3", 4),
        ("risk:(2.1 OR 2.2:2)", "risk=2.1", 0),
        ("form:hard_law", "form=hard_law", 4),
        ("year:2025", "year=2025", 5),
        ("introduced:2024..2025", "introduced=2024..2025", 5),
        ("column.Checked?:yes", "column.Checked%3F=Yes", 1),
        ("column.Checked?:\"not yet\"", "column.Checked%3F=not+yet", 1),
    ] {
        assert_eq!(total(filter).await, count, "{filter}");
        assert_eq!(total(&format!("q={}", crate::address::query(words))).await, count, "{words}");
    }
    assert_eq!(total("q=-risk:2.2").await, 1, "the document without a text");
    let page = site.get("/documents?q=risk:9.9").await.body;
    assert!(page.contains("has no such code; use 1.1, 2.1, 2.2"), "{page}");
}

#[tokio::test]
async fn each_level_of_a_code_is_a_choice_that_takes_the_place_of_the_others() {
    let site = Site::new().await;
    let page = site.get("/documents").await.body;
    let level = |page: &str, label: &str| {
        offers(page).into_iter().find(|offer| offer.label == label).map(|offer| (offer.count, offer.href))
    };
    let good = ("2".to_owned(), "/documents.json?risk=2.2:3".to_owned());
    assert_eq!(level(&page, "2.2 Security: Good"), Some(good.clone()), "{page}");
    assert_eq!(level(&page, "2.2 Security: Minimal"), None, "no document is there");
    let covered = site.get("/documents?risk=2.2").await.body;
    assert_eq!(level(&covered, "2.2 Security: Good"), Some(good), "it narrows the list");
    let chosen = site.get("/documents?risk=2.2:3").await.body;
    let dropped = level(&chosen, "✓ 2.2 Security: Good");
    assert_eq!(dropped, Some(("2".to_owned(), "/documents.json".to_owned())), "{chosen}");
}

#[tokio::test]
async fn an_empty_list_says_how_many_documents_have_no_text_to_search() {
    let site = Site::new().await;
    let none = site.get("/documents?q=zirconium").await.body;
    assert!(none.contains("1 of these 3 has no text: only its title was searched."), "{none}");
    for path in ["/documents?q=incident", "/documents?jurisdiction=Nowhere"] {
        let page = site.get(path).await.body;
        assert!(!page.contains("no text: only"), "{path} was not searched in vain");
    }
}

#[tokio::test]
async fn an_index_that_fails_while_it_serves_is_made_again_for_the_next_reader() {
    let site = Site::new().await;
    // Opens the index and reads no passage of it.
    assert_eq!(site.get("/documents.json?q=title:act").await.json()["total"], 3);
    let index = site.app.store().location().folder().unwrap().join("index");
    let folders = std::fs::read_dir(&index).unwrap().map(|entry| entry.unwrap().path().join("passages"));
    let files =
        folders.filter(|folder| folder.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let stores: Vec<_> = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "store"))
        .collect();
    assert!(!stores.is_empty());
    for store in stores {
        let mut file = std::fs::File::options().write(true).open(store).unwrap();
        file.write_all(&[0; 16]).unwrap();
    }
    let failed = site.get("/documents?q=incident").await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE, "{}", failed.body);
    assert!(failed.body.contains("the search index is being made"), "{}", failed.body);
    assert!(!failed.header("retry-after").is_empty());
    let next = site.get("/documents?q=incident").await;
    assert_eq!(next.status, StatusCode::OK, "{}", next.body);
    assert!(next.body.contains("<mark>incident</mark>"), "{}", next.body);
}
