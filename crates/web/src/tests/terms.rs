//! A law that sets its own days binds nobody before the first and after the last of them.

use jiff::civil::date;
use lacuna_domain::coding::Outcome;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::progress::Silent;
use lacuna_domain::text::{Quality, Text};
use lacuna_pipeline::analyze::relations;
use lacuna_store::{Incoming, NewVersion};

use super::Site;
use crate::reading::Reading;
use crate::sample::{TEXT, coding};

const CLAUSE: &str = "This Act takes effect on January 1, 2030, and expires on December 31, 2035.";

/// A site with a law that the catalogue calls enacted, and a bill of the same words; both are hard law by their form.
async fn with_a_law_that_waits() -> Site {
    let site = Site::new().await;
    let (store, run) = (site.app.store(), &site.world.run);
    let words = format!("{TEXT}\nSEC. 3. EFFECTIVE DATE.\n\n{CLAUSE}\n");
    let text = Text::new(words, Some("en".to_owned()), Quality::default());
    let made =
        [("file:law.txt", Enactment::Adopted), ("file:bill.txt", Enactment::Proposed)].map(|(id, state)| {
            let mut document = site.world.document.clone();
            document.id = id.parse().unwrap();
            document.metadata.enactment = state;
            let (date, source_word) = (Some(date(2024, 3, 1)), state.name().to_owned());
            document.metadata.history = vec![StatusEvent { state, date, source_word }];
            let version = NewVersion {
                bytes_hash: "cc".to_owned(),
                media_type: "text/plain".to_owned(),
                text: text.clone(),
                page_starts: vec![],
                notes: vec![],
            };
            Incoming { document, version: Some(version) }
        });
    store.put_documents(&made).await.unwrap();
    let outcome = Outcome::Coded(Box::new(coding(&site.world.codebook, run, &Reading::of(text.clone()))));
    store.put_outcomes(&run.id, &[(text.id, outcome)]).await.unwrap();
    relations::find(store, &Silent).await.unwrap();
    site.app.refresh().await.unwrap();
    site
}

#[tokio::test]
async fn an_enacted_law_binds_from_the_day_in_its_text_until_its_sunset() {
    let site = with_a_law_that_waits().await;
    let cases = [
        ("binding=2026-01-01", 0),
        ("binding=2029-12-31", 0),
        ("binding=2030-01-01", 1),
        ("binding=2035-12-30", 1),
        ("binding=2035-12-31", 0),
        ("enactment=not_yet_in_force", 1),
        ("enactment=adopted", 0),
        ("enactment=in_force&on=2031-01-01", 1),
        ("enactment=defunct&on=2036-01-01", 1),
        ("q=enactment:in_force&on=2031-01-01", 1),
        ("q=enactment:%22in+force%22", 0),
        ("q=enactment:defunct&on=2036-01-01", 1),
        ("in_force=2030-01-01&enactment=not_yet_in_force", 1),
    ];
    for (query, expected) in cases {
        let list = site.get(&format!("/documents.json?{query}")).await.json();
        assert_eq!(list["total"], expected, "{query}: {list}");
    }
}

#[tokio::test]
async fn the_page_of_a_law_that_waits_says_that_its_text_says_so() {
    let site = with_a_law_that_waits().await;
    let law = site.get("/documents/file:law.txt").await.body;
    assert!(law.contains("Not yet in force <span class=\"quiet\">by its text</span>"), "{law}");
    assert!(law.contains("The whole takes effect") && law.contains("The whole ends"), "{law}");
    assert!(!law.contains("It binds nobody now"), "a sunset to come has ended nothing");
    let bill = site.get("/documents/file:bill.txt").await.body;
    assert!(bill.contains("Proposed <span class=\"quiet\">by the catalogue</span>"), "{bill}");
}
