//! Searching as readers see it: the words marked where they stand, errors in place, and sentences that are right.

use lacuna_domain::text::{Quality, Text};

use super::*;

async fn put(site: &Site, id: &str, text: String) {
    let mut document = site.world.document.clone();
    document.id = id.parse().unwrap();
    document.metadata.casual_name = Some("A long statute".to_owned());
    let mut coming = incoming(&site.world, document);
    let version = coming.version.as_mut().unwrap();
    version.text = Text::new(text, Some("en".to_owned()), Quality::default());
    version.bytes_hash = version.text.id.to_string();
    site.app.store().put_documents(&[coming]).await.unwrap();
    site.app.refresh().await.unwrap();
}

#[tokio::test]
async fn a_unique_word_in_the_last_sentence_of_a_long_statute_is_found_and_marked_and_leads_to_its_passage() {
    let site = Site::new().await;
    let mut text = "STATUTE\n\n".to_owned();
    for number in 0..8_000 {
        text.push_str(
            "The provider shall keep records of the system and show them to the Office on request. ",
        );
        text.push_str(if number % 10 == 9 { "\n\n" } else { "" });
    }
    text.push_str("Nothing here limits the zirconium exemption of the earlier Act, which stays as it is.\n");
    assert!(text.split_whitespace().count() > 120_000);
    put(&site, "file:long.txt", text).await;
    let page = site.get("/documents?q=zirconium").await.body;
    assert!(page.contains("<strong>1</strong> of 4 documents"), "{page}");
    assert!(page.contains("<mark>zirconium</mark> exemption"), "{page}");
    let json = site.get("/documents.json?q=zirconium&per=5").await.json();
    let href = json["rows"][0]["snippet"]["href"].as_str().unwrap().to_owned();
    let (path, passage) = href.split_once('#').unwrap();
    let text = site.get(path).await.body;
    let (_, from) = text.split_once(&format!("id=\"{passage}\"")).expect("the passage is on the page");
    assert!(from.contains("zirconium"), "and the word is in it");
}

#[tokio::test]
async fn the_best_passages_stand_below_their_document() {
    let site = Site::new().await;
    let passages =
        (1..=6).map(|n| format!("SEC. {n}.\n\nThe zirconium register number {n} is kept by the Office."));
    put(&site, "file:many.txt", format!("REGISTER ACT\n\n{}\n", passages.collect::<Vec<_>>().join("\n\n")))
        .await;
    let page = site.get("/documents?q=zirconium").await.body;
    assert_eq!(page.matches("<p class=\"snippet\"").count(), 3, "three of six: {page}");
    let json = site.get("/documents.json?q=zirconium&per=5").await.json();
    let row = &json["rows"][0];
    assert_eq!(row["more_snippets"].as_array().unwrap().len(), 2);
    assert_ne!(row["snippet"]["href"], row["more_snippets"][0]["href"]);
}

#[tokio::test]
async fn an_error_in_the_words_is_explained_in_place() {
    let site = Site::new().await;
    for (words, said) in [
        ("bias \"audit", "the quotation mark is never closed"),
        ("audit AND", "a word is missing at the end"),
        ("(audit", "a closing bracket is missing"),
        ("colour:red", "colour"),
    ] {
        let query = crate::address::query(words);
        let page = site.get(&format!("/documents?q={query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{words}");
        let (_, alert) =
            page.body.split_once("role=\"alert\">").unwrap_or_else(|| panic!("{words} is not explained"));
        let alert = alert.split("</p>").next().unwrap();
        assert!(alert.contains(said), "{words}: {alert}");
        let field = format!("value=\"{}\"", words.replace('"', "&#34;"));
        assert!(page.body.contains(&field), "the words stand in the field to be mended");
        for claim in ["No document among these", "Searched:", "(0)", "<strong>0</strong> of"] {
            assert!(!page.body.contains(claim), "{words} were looked for nowhere: {claim}");
        }
    }
    let none = site.get("/documents?q=zirconium").await.body;
    assert!(none.contains("No document among these 3"), "{none}");
    assert!(none.contains("Searched: titles and full texts"), "it says what was searched");
}

/// The words of a page, without its markup.
fn words(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut out = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",")
}

/// Pages that speak of counts.
const PAGES: [&str; 32] = [
    "/",
    "/documents",
    "/documents?q=incident",
    "/documents?jurisdiction=Nowhere",
    "/gaps",
    "/gaps?vs=all",
    "/gaps?risk=1.1",
    "/gaps?jurisdiction=Nowhere",
    "/gaps/risk/1.1",
    "/gaps/risk/2.2?jurisdiction=Nowhere",
    "/explore?chart=table",
    "/explore?jurisdiction=Nowhere",
    "/domains",
    "/domains/1",
    "/domains/2",
    "/jurisdictions",
    "/jurisdictions/Norvale",
    "/authorities",
    "/collections/statutes",
    "/actors",
    "/actors/entities",
    "/codes",
    "/codes/risk",
    "/codes/risk/2.2",
    "/codes/risk/1.1",
    "/runs",
    "/about",
    "/compare?ids=file:twin.txt",
    "/compare/with-corpus?id=file:twin.txt",
    "/relations",
    "/agreement",
    "/releases",
];
/// Nouns of which there can be one.
const MANY: [&str; 9] =
    ["documents", "codes", "passages", "labels", "quotes", "entities", "versions", "jurisdictions", "texts"];

#[tokio::test]
async fn one_of_a_kind_is_told_as_one_and_nothing_is_negative_or_divided_by_nothing() {
    let site = Site::new().await;
    let own = site.document();
    for path in PAGES.into_iter().chain([own.as_str()]) {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        for quote in answer.body.split("<blockquote").skip(1) {
            let tag = quote.split('>').next().unwrap();
            assert!(
                tag.contains("dir=\"auto\""),
                "{path} shows a quote that is read from the right wrongly: {tag}"
            );
        }
        let said = words(&answer.body);
        for noun in MANY {
            let wrong = format!(" 1 {noun} ");
            // A column that is headed by a number is no sentence.
            assert!(!said.contains(&wrong), "{path} says{wrong}: …{}", around(&said, &wrong));
        }
        for nonsense in ["NaN", "inf %", " -1 ", "-0 %", "1 are ", "by none of 0"] {
            assert!(!said.contains(nonsense), "{path} says {nonsense}: …{}", around(&said, nonsense));
        }
    }
}

fn around<'t>(text: &'t str, words: &str) -> &'t str {
    let at = text.find(words).unwrap_or(0);
    let start = text[..at].char_indices().rev().nth(60).map_or(0, |(start, _)| start);
    let end = text[at..].char_indices().nth(90).map_or(text.len(), |(end, _)| at + end);
    &text[start..end]
}
