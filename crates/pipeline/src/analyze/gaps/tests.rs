//! A verdict follows from the counts of one day, and verdicts stand in the order of the gap.

use super::*;

/// A code with these counts on the day: there, standing, binding, binding at the highest level.
fn judged([there_any, standing_any, binding_any, binding_full]: [u64; 4]) -> Verdict {
    let gap = CodeGap {
        code: "2.1".to_owned(),
        name: "Privacy".to_owned(),
        short: "Privacy".to_owned(),
        group: None,
        verdict: Verdict::NoDocument,
        none_at_highest: false,
        any: 40,
        full: 30,
        there_any,
        standing_any,
        standing_full: 0,
        binding_any,
        binding_full,
        expected_missed: None,
    };
    gap.judge()
}

#[test]
fn the_widest_gap_comes_first_and_every_verdict_keeps_its_name_in_data() {
    let judged = [[0, 0, 0, 0], [5, 0, 0, 0], [5, 4, 0, 0], [5, 4, 2, 0], [5, 4, 2, 1]].map(judged);
    assert_eq!(judged, Verdict::ALL);
    assert!(judged.is_sorted(), "codes are ranked by it");
    let ids = ["no_document", "only_defunct", "only_non_binding", "only_minimal", "covered"];
    assert_eq!(Verdict::ALL.map(Verdict::id), ids);
    let written = Verdict::ALL.map(|verdict| serde_json::to_value(verdict).unwrap());
    assert_eq!(written, ids.map(serde_json::Value::from), "JSON says the same as tables");
    assert_eq!(Verdict::OnlyMinimal.name(), "Binding, but only in passing");
    assert_eq!(Verdict::Covered.name(), "Covered well by binding documents");
}
