//! What is asked for each text or page is found by an index: at a million documents, a scan takes seconds each time.

use lacuna_domain::Clock;

use crate::decisions::SHEETS_AMONG;
use crate::documents::{WITH_TEXTS, of_texts};
use crate::outcomes::{CODED_AMONG, UNCODED, WITH_REJECTIONS};
use crate::relations::ALL_FROM;
use crate::versions::CURRENT;
use crate::{Location, Store};

/// The steps in which SQLite answers a statement.
async fn steps(store: &Store, sql: &str, arguments: usize) -> Vec<String> {
    // Statements live as long as the program; those of a test may too.
    let plan: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {sql}").into_boxed_str());
    let arguments = vec![crate::value::Value::Null; arguments];
    let rows = store.db.fetch(plan, arguments).await.unwrap();
    rows.iter().map(|row| row.text(3).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_asked_for_each_text_or_page_reads_no_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    for (sql, arguments, index) in [
        (of_texts!(), 16, "versions_by_text"),
        (WITH_TEXTS, 16, "versions_by_text"),
        (WITH_REJECTIONS, 4, "outcomes_with_rejections"),
        (UNCODED, 4, "outcomes_uncoded"),
        (CURRENT, 16, "autoindex_versions"),
        (SHEETS_AMONG, 18, "autoindex_sheets"),
        (CODED_AMONG, 18, "autoindex_outcomes"),
        (ALL_FROM, 16, "relations_by_subject"),
    ] {
        let steps = steps(&store, sql, arguments).await;
        assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:?}");
        assert!(steps.iter().all(|step| !step.starts_with("SCAN")), "{sql}: {steps:?}");
    }
}
