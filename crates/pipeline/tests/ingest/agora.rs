//! The archive's release, and small releases with faults.

use lacuna_domain::Value;
use lacuna_domain::clock::Clock;
use lacuna_domain::document::Enactment;
use lacuna_domain::progress::Silent;
use lacuna_pipeline::ingest::{Harvest, Options, Source, read_all};

use crate::made::{Folder, options};
use crate::shared;

fn document<'h>(harvest: &'h Harvest, id: &str) -> &'h lacuna_store::Incoming {
    harvest.found.iter().find(|found| found.document.id.as_str() == id).unwrap()
}

#[test]
fn the_shared_release_goes_in_whole() {
    let Some(folder) = shared::folder("agora") else { return };
    let harvest = read_all(&Source::Path(folder), &Options::default(), &Silent).unwrap();
    assert_eq!(harvest.found.len(), 762);
    assert_eq!(harvest.plan.failed, vec![]);
    let without_text = harvest.found.iter().filter(|found| found.version.is_none()).count();
    assert_eq!(without_text, 3);
    let languages = |code: Option<&str>| {
        harvest
            .found
            .iter()
            .filter_map(|f| f.version.as_ref())
            .filter(|c| c.text.language.as_deref() == code)
            .count()
    };
    assert_eq!((languages(Some("en")), languages(None)), (759, 0));
    let unusable: Vec<_> = harvest
        .found
        .iter()
        .filter(|f| f.version.as_ref().is_some_and(|c| !c.text.quality.usable()))
        .map(|f| f.document.id.as_str())
        .collect();
    assert_eq!(unusable, Vec::<&str>::new());

    let without_jurisdiction: Vec<_> = harvest
        .found
        .iter()
        .filter(|f| f.document.metadata.jurisdiction.is_none())
        .map(|f| f.document.metadata.authority.clone().unwrap_or_default())
        .collect();
    assert!(without_jurisdiction.iter().all(|name| name == "Other authorities"), "{without_jurisdiction:?}");

    let alliance = &document(&harvest, "agora:1831");
    // Neither the authority nor a parent says which jurisdiction, so none is claimed.
    assert_eq!(alliance.document.metadata.authority.as_deref(), Some("Other authorities"));
    let of = |authority: &str| {
        let mut with = harvest.found.iter().map(|f| &f.document.metadata);
        with.find(|m| m.authority.as_deref() == Some(authority)).unwrap().jurisdiction.as_deref()
    };
    assert_eq!(of("Private-sector companies"), Some("Private sector"));
    assert_eq!((of("California"), of("Chinese central government")), (Some("United States"), Some("China")));
    let faults = &alliance.version.as_ref().unwrap().text.quality.faults;
    assert!(
        faults
            .iter()
            .any(|fault| fault.what.starts_with("\"Al\" with a small L stands for \"AI\"") && !fault.fatal),
        "{faults:?}"
    );
    let states = |state| harvest.found.iter().filter(|f| f.document.metadata.enactment == state).count();
    assert_eq!(
        (states(Enactment::Adopted), states(Enactment::Defunct), states(Enactment::Proposed)),
        (350, 317, 95)
    );
}

#[test]
fn the_archives_tags_become_a_codebook_and_sheets() {
    let Some(folder) = shared::folder("agora") else { return };
    let harvest = read_all(&Source::Path(folder), &Options::default(), &Silent).unwrap();
    let tags = harvest.plan.tags.unwrap();
    let sizes: Vec<_> =
        tags.codebook.dimensions.iter().map(|d| (d.id.as_str(), d.codes.len(), d.groups.len())).collect();
    let expected = [
        ("agora-applications", 19, 1),
        ("agora-harms", 8, 0),
        ("agora-incentives", 6, 0),
        ("agora-risk-factors", 10, 2),
        ("agora-strategies", 34, 5),
    ];
    assert_eq!(sizes, expected);
    let sheets = tags.sheets(Clock::fixed().now(), &|_| None);
    assert_eq!(sheets.len(), 349);
    assert_eq!(sheets.iter().filter(|sheet| sheet.validated).count(), 166);
    assert!(sheets.iter().all(|sheet| sheet.decisions.len() == 77));
    let positive = |dimension: &str, code: &str| {
        let decisions = sheets.iter().flat_map(|sheet| &sheet.decisions);
        let said = decisions.filter(|d| d.dimension.as_str() == dimension && d.code.as_str() == code);
        said.filter(|d| d.value == Value::Flag(true)).count()
    };
    assert_eq!(positive("agora-harms", "discrimination"), 56);
    assert_eq!(positive("agora-strategies", "disclosure.about-evaluation"), 70);
    assert_eq!(positive("agora-applications", "government.military-and-public-safety"), 114);
}

#[test]
fn segments_stand_in_for_a_text_that_the_release_lacks() {
    let folder = Folder::new()
        .with("documents.csv", "AGORA ID,Official name\n1,Harbour Pilot Act\n2,Tram Signals Act\n3,Lost Act\n")
        .with("fulltext/1.txt", "The full text stays.")
        .with(
            "segments.csv",
            "Document ID,Segment position,Text\n1,1,Not used.\n2,10,Last part.\n2,2,\"First, part.\"\n2,x,Odd\n",
        );
    let harvest = read_all(&Source::Path(folder.path().to_owned()), &options(), &Silent).unwrap();
    let text = |id| document(&harvest, id).version.as_ref().map(|version| version.text.content.as_str());
    assert_eq!(text("agora:1"), Some("The full text stays."));
    assert_eq!(text("agora:2"), Some("First, part.\n\nLast part."));
    assert_eq!(text("agora:3"), None);
    assert!(document(&harvest, "agora:2").document.metadata.extra.contains_key("Note on text"));
    assert_eq!(
        harvest.plan.warnings[0].to_string(),
        "segments.csv line 5: \"x\" is no segment position; the row is left out"
    );
}
