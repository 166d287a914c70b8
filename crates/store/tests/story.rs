//! One story told on both databases: documents arrive and change, a run codes them, people decide.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cognitive_complexity,
    reason = "steps of a test story"
)]

mod calls;
mod changes;
mod ground;
mod made;
mod pending;
mod releases;
mod rows;

use ground::{Ground, id, incoming, text};
use lacuna_domain::coding::Outcome;
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::run::Labeller;
use lacuna_domain::{Clock, Codebook, Coding, DocumentId, Run, RunId, TextId};
use lacuna_store::{Arrival, CatalogueEntry, EntryKind, EventKind, Incoming, RunCounts, Store};
use made::{CODEBOOK, coding, run, sheet};

#[tokio::test]
async fn the_story_on_sqlite() {
    let ground = Ground::sqlite();
    story(&ground).await;
    ground.give_up().await;
}

#[tokio::test]
async fn the_story_on_postgresql() {
    let Some(ground) = Ground::postgres().await else { return };
    story(&ground).await;
    ground.give_up().await;
}

async fn story(ground: &Ground) {
    let store = ground.store().await;
    documents_arrive_and_change(&store).await;
    duplicates_and_oddities(&store).await;
    a_codebook_is_kept(&store).await;
    a_run_codes_what_is_pending(&store).await;
    newest_run(&store).await;
    people_decide(&store).await;
    entries_are_described(&store).await;
    releases::a_release_never_changes(&store).await;
    all_of_it_is_there_after_reopening(ground, store).await;
}

/// Runs `$work` and gives its answer and by how much the revision moved.
macro_rules! moved {
    ($store:expr, $work:expr) => {{
        let before = $store.revision().await.unwrap();
        let answer = $work.await.unwrap();
        (answer, $store.revision().await.unwrap() - before)
    }};
}

const BILL: &str = "SEC. 1. A deployer shall test the system.\nSEC. 2. A developer shall keep records.";
const BILL_AMENDED: &str = "SEC. 1. A deployer shall test the system each year.";
const ORDER: &str = "The agency shall publish a register.";

async fn documents_arrive_and_change(store: &Store) {
    assert_eq!(store.revision().await.unwrap(), 0);
    let first = [incoming("agora:10", "Testing Act", BILL), incoming("agora:9", "Register Order", ORDER)];
    let (arrivals, steps) = moved!(store, store.put_documents(&first));
    assert_eq!((arrivals, steps), (vec![Arrival::New, Arrival::New], 1));
    let (arrivals, steps) = moved!(store, store.put_documents(&first));
    assert_eq!(
        (arrivals, steps),
        (vec![Arrival::Unchanged, Arrival::Unchanged], 0),
        "the same again is nothing"
    );
    let names = |documents: Vec<lacuna_domain::Document>| {
        documents.into_iter().map(|d| d.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.documents().await.unwrap()), ["agora:9", "agora:10"]);

    let mut renamed = incoming("agora:10", "Testing Act of 2026", BILL);
    let (arrivals, _) = moved!(store, store.put_documents(std::slice::from_ref(&renamed)));
    assert_eq!(arrivals, [Arrival::MetadataChanged]);
    renamed.version = None;
    assert_eq!(store.put_documents(&[renamed]).await.unwrap(), [Arrival::Unchanged]);
    let amended = incoming("agora:10", "Testing Act of 2026", BILL_AMENDED);
    assert_eq!(store.put_documents(&[amended]).await.unwrap(), [Arrival::Changed]);

    let versions = store.versions(&id("agora:10")).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(versions[1].text, TextId::of(BILL_AMENDED));
    assert_eq!((&versions[0].page_starts[..], versions[0].notes.len()), (&[0][..], 1));
    assert_eq!(store.text(&versions[0].text).await.unwrap(), Some(text(BILL)), "the old text is still there");
    assert!(store.has_bytes(&id("agora:10"), &versions[1].bytes_hash).await.unwrap());
    assert!(
        !store.has_bytes(&id("agora:10"), &versions[0].bytes_hash).await.unwrap(),
        "not the current bytes"
    );

    let back = incoming("agora:10", "Testing Act of 2026", BILL);
    assert_eq!(store.put_documents(&[back]).await.unwrap(), [Arrival::Changed], "an old text may come back");
    let numbers: Vec<u32> = store.versions(&id("agora:10")).await.unwrap().iter().map(|v| v.number).collect();
    assert_eq!(numbers, [2, 1], "the current version is last and keeps its number");
    let latest: Vec<(String, u32)> = store
        .latest_versions()
        .await
        .unwrap()
        .into_iter()
        .map(|v| (v.document.to_string(), v.number))
        .collect();
    assert_eq!(latest, [("agora:9".to_owned(), 1), ("agora:10".to_owned(), 1)]);
}

async fn duplicates_and_oddities(store: &Store) {
    let twin = incoming("file:copies/order.txt", "Register Order (copy)", ORDER);
    let odd = incoming(
        "file:odd.txt",
        "NUL \0 and 第三条 'quotes' \"",
        "zero \0 byte, 第三条, \u{202e}right\n'; --",
    );
    let mut bare = incoming("agora:11", "No text", "");
    bare.version = None;
    store.put_documents(&[twin, odd.clone(), bare]).await.unwrap();

    let [order, amended, nowhere] = [ORDER, BILL_AMENDED, "nowhere"].map(TextId::of);
    let mut with = store.documents_with_texts(&[order.clone(), amended.clone(), nowhere]).await.unwrap();
    with.sort_by_key(|(text, _)| *text == amended);
    let [nine, ten, copy] = ["agora:9", "agora:10", "file:copies/order.txt"].map(id);
    assert_eq!(with, [(order.clone(), nine), (order, copy), (amended, ten)], "an earlier text too");
    let Incoming { document, version: Some(version) } = odd else { unreachable!() };
    assert_eq!(store.document(&document.id).await.unwrap(), Some(document));
    assert_eq!(store.text(&version.text.id).await.unwrap(), Some(version.text), "every character survives");
    assert_eq!(store.versions(&id("agora:11")).await.unwrap(), []);
    assert_eq!(store.document(&id("agora:404")).await.unwrap(), None);
    assert_eq!(store.text(&TextId::of("nowhere")).await.unwrap(), None);
    let pending = store.pending_texts(&RunId::of(b"none yet")).await.unwrap();
    let asked: Vec<TextId> = pending.iter().rev().cloned().chain([TextId::of("nowhere")]).collect();
    let read = store.texts(&asked).await.unwrap();
    assert_eq!(
        read.iter().map(|text| &text.id).collect::<Vec<_>>(),
        pending.iter().rev().collect::<Vec<_>>()
    );
    assert!(
        read.len() > 1 && read.iter().all(|text| text.id == TextId::of(&text.content)),
        "in the order asked for"
    );

    assert!(!store.holds_fiction().await.unwrap());
    let mut sample = incoming("sample:1", "Invented Act", "An invented duty.");
    sample.document.metadata.fiction = true;
    store.put_documents(&[sample]).await.unwrap();
    assert!(store.holds_fiction().await.unwrap());
}

async fn a_codebook_is_kept(store: &Store) {
    let codebook = Codebook::parse(CODEBOOK).unwrap();
    let ((), steps) = moved!(store, store.put_codebook(CODEBOOK, &codebook));
    let ((), again) = moved!(store, store.put_codebook(CODEBOOK, &codebook));
    assert_eq!((steps, again), (1, 0));
    assert_eq!(store.codebook(&codebook.hash).await.unwrap(), Some(codebook.clone()));
    assert_eq!(store.codebook_source(&codebook.hash).await.unwrap().as_deref(), Some(CODEBOOK));
    assert_eq!(store.codebooks().await.unwrap(), [codebook]);
    assert_eq!(store.codebook("none").await.unwrap(), None);
}

async fn a_run_codes_what_is_pending(store: &Store) {
    let run = run("offline");
    let ((), steps) = moved!(store, store.start_run(&run));
    let ((), again) = moved!(store, store.start_run(&run));
    assert_eq!((steps, again), (1, 0));
    assert_eq!(store.run(&run.id).await.unwrap(), Some(run.clone()));
    assert_eq!(store.newest_finished_run(&run.config.codebook).await.unwrap(), None, "not finished yet");

    let pending = store.pending_texts(&run.id).await.unwrap();
    assert_eq!(pending.len(), 5, "older versions are coded too, duplicates once");
    assert!(pending.contains(&TextId::of(BILL_AMENDED)) && pending.is_sorted());

    let coded = coding(&run.id, &text(BILL));
    let outcomes = [
        (TextId::of(BILL), Outcome::Coded(Box::new(coded.clone()))),
        (TextId::of(ORDER), Outcome::Failed("engine stopped at \0".to_owned())),
        (TextId::of(BILL_AMENDED), Outcome::Skipped("most of the text is garbage".to_owned())),
    ];
    let (kept, steps) = moved!(store, store.put_outcomes(&run.id, &outcomes));
    assert!(kept.iter().all(|kept| *kept), "{kept:?}");
    let (kept, again) = moved!(store, store.put_outcomes(&run.id, &outcomes[..1]));
    assert_eq!(kept, [false], "what is there stays");
    assert_eq!((steps, again), (1, 0));
    assert_eq!(store.outcome(&run.id, &TextId::of(BILL)).await.unwrap(), Some(outcomes[0].1.clone()));
    assert_eq!(store.outcome(&run.id, &TextId::of(BILL_AMENDED)).await.unwrap(), Some(outcomes[2].1.clone()));
    assert_eq!(store.outcome(&run.id, &TextId::of("nowhere")).await.unwrap(), None);
    let counts = store.run_counts(&run.id).await.unwrap();
    let expected = RunCounts { coded: 1, skipped: 1, failed: 1, pending: 3, positives: 1, rejected: 1 };
    assert_eq!(counts, expected);
    assert!(
        store.pending_texts(&run.id).await.unwrap().contains(&TextId::of(ORDER)),
        "failed is tried again"
    );

    // A coding that is there is never overwritten; a failure gives way, also to what stands in the same batch.
    let late = [
        (TextId::of(BILL), Outcome::Failed("late".to_owned())),
        (TextId::of(ORDER), Outcome::Coded(Box::new(coding(&run.id, &text(ORDER))))),
        (TextId::of(ORDER), Outcome::Failed("later".to_owned())),
    ];
    assert_eq!(store.put_outcomes(&run.id, &late).await.unwrap(), [false, true, false]);
    assert_eq!(store.outcome(&run.id, &TextId::of(BILL)).await.unwrap(), Some(outcomes[0].1.clone()));
    assert_eq!(store.run_counts(&run.id).await.unwrap().failed, 0);

    let events = store.events(0, 100).await.unwrap();
    let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Rejected, EventKind::Failed, EventKind::Skipped, EventKind::Rejected]);
    assert!(events[0].message.contains("words that are nowhere"), "{}", events[0].message);
    assert_eq!(store.events(events[2].id, 100).await.unwrap().len(), 1);

    codings_come_in_pages_and_by_text(store, &run.id, &coded).await;
}

async fn codings_come_in_pages_and_by_text(store: &Store, run: &RunId, coded: &Coding) {
    let all = store.codings(run, None, 10).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(store.codings(run, None, 1).await.unwrap(), all[..1]);
    assert_eq!(store.codings(run, Some(&all[0].text), 10).await.unwrap(), all[1..]);
    assert!(all.contains(coded));
    let asked = [BILL, ORDER, BILL_AMENDED, "nowhere"].map(TextId::of);
    let among = store.codings_among(run, &asked).await.unwrap();
    assert_eq!(among.into_values().collect::<Vec<_>>(), all, "by text, as they are sorted");
    let states = store.outcome_states(run).await.unwrap();
    assert_eq!(states.len(), 3);
    let uncoded: Vec<_> = states.into_iter().filter(|state| state.state != "coded").collect();
    assert_eq!(store.uncoded(run, None, 9).await.unwrap(), uncoded);
    assert_eq!(store.uncoded(run, Some(&uncoded[0].text), 9).await.unwrap(), []);
    let fallen: Vec<_> = all.iter().filter(|coding| !coding.rejections.is_empty()).cloned().collect();
    assert_eq!(store.codings_with_rejections(run, None, 9).await.unwrap(), fallen);
    assert_eq!(store.codings_with_rejections(run, Some(&fallen[0].text), 9).await.unwrap(), fallen[1..]);
}

async fn newest_run(store: &Store) {
    let offline = run("offline");
    let ((), steps) = moved!(store, store.finish_run(&offline.id));
    let ((), again) = moved!(store, store.finish_run(&offline.id));
    assert_eq!((steps, again), (1, 0));
    let newest = store.newest_finished_run(&offline.config.codebook).await.unwrap().unwrap();
    assert_eq!((newest.id, newest.finished_at), (offline.id.clone(), Some(Clock::fixed().now())));
    let imported = Run {
        labeller: Labeller::Imported,
        finished_at: Some("2030-01-01T00:00:00Z".parse().unwrap()),
        ..run("imported:annotators")
    };
    store.start_run(&imported).await.unwrap();
    let newest = store.newest_finished_run(&offline.config.codebook).await.unwrap().unwrap();
    assert_eq!(newest.id, offline.id, "imported labels are no machine run");
    assert_eq!(store.runs().await.unwrap().len(), 2);
}

async fn people_decide(store: &Store) {
    let sheet = sheet("agora:9", Mode::Imported, true);
    assert_eq!(store.put_sheets(std::slice::from_ref(&sheet)).await.unwrap(), 1);
    let later = Sheet { at: "2027-01-01T00:00:00Z".parse().unwrap(), ..sheet.clone() };
    let (added, steps) = moved!(store, store.put_sheets(std::slice::from_ref(&later)));
    assert_eq!((added, steps), (0, 0), "the same import again is nothing");
    let changed = Sheet { decisions: vec![], ..later.clone() };
    assert_eq!(
        store.put_sheets(&[changed.clone(), later.clone()]).await.unwrap(),
        2,
        "a change back is a change"
    );
    let blind = Sheet { mode: Mode::Blind, labeller: "Ada".to_owned(), ..sheet.clone() };
    assert_eq!(
        store.put_sheets(&[blind.clone(), blind.clone()]).await.unwrap(),
        2,
        "people may say it twice"
    );

    let expected = [sheet.clone(), changed, later, blind.clone(), blind];
    assert_eq!(store.sheets_of(&id("agora:9")).await.unwrap(), expected);
    assert_eq!(store.sheets_of_run(&sheet.run).await.unwrap(), expected);
    assert_eq!(store.sheets_of(&id("agora:10")).await.unwrap(), []);
    several_are_read_at_once(store, &expected).await;
    let nobody = Sheet { document: id("agora:404"), ..sheet };
    let error = store.put_sheets(&[nobody]).await.unwrap_err();
    assert!(error.to_string().contains("refers to is not stored"), "{error}");
}

/// Reads several documents together, of which one has these sheets, and one is not there.
async fn several_are_read_at_once(store: &Store, of_nine: &[Sheet]) {
    let asked = ["agora:10", "agora:9", "agora:404"].map(id);
    let found = store.documents_among(&asked).await.unwrap();
    assert_eq!(found.iter().map(|document| &document.id).collect::<Vec<_>>(), [&asked[0], &asked[1]]);
    let sheets = store.sheets_among(&asked).await.unwrap();
    assert_eq!(sheets.into_iter().collect::<Vec<_>>(), [(asked[1].clone(), of_nine.to_vec())]);
    for version in store.current_versions(&asked).await.unwrap() {
        let current = store.versions(&version.document).await.unwrap().pop();
        assert_eq!(current, Some(version));
    }
    // More than fit into one statement.
    let many: Vec<DocumentId> = (0..40).map(|n| id(&format!("agora:{n}"))).collect();
    assert_eq!(store.current_versions(&many).await.unwrap().len(), 2);
}

async fn entries_are_described(store: &Store) {
    let mut entries = [
        CatalogueEntry {
            kind: EntryKind::Collection,
            name: "Testing".to_owned(),
            description: "Laws on testing".to_owned(),
            jurisdiction: None,
            parent: None,
        },
        CatalogueEntry {
            kind: EntryKind::Authority,
            name: "Senate of Veldt".to_owned(),
            description: String::new(),
            jurisdiction: Some("Veldt".to_owned()),
            parent: Some("Parliament of Veldt".to_owned()),
        },
    ];
    assert_eq!(store.put_catalogue_entries(&entries).await.unwrap(), 2);
    assert_eq!(store.put_catalogue_entries(&entries).await.unwrap(), 0);
    entries[0].description.push_str(" systems");
    assert_eq!(store.put_catalogue_entries(&entries).await.unwrap(), 1);
    entries.reverse();
    assert_eq!(store.catalogue_entries().await.unwrap(), entries);
}

async fn all_of_it_is_there_after_reopening(ground: &Ground, store: Store) {
    let documents = store.documents().await.unwrap();
    let revision = store.revision().await.unwrap();
    let codings = store.codings(&run("offline").id, None, 100).await.unwrap();
    store.close().await;
    let store = Store::open_read_only(&ground.location, Clock::fixed()).await.unwrap();
    assert_eq!(store.documents().await.unwrap(), documents);
    assert_eq!(store.codings(&run("offline").id, None, 100).await.unwrap(), codings);
    assert_eq!(store.revision().await.unwrap(), revision);
    store.close().await;
}
