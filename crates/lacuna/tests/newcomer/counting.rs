//! What the terminal counts: known values only, one of a kind told as one, and no private draft.

use serde_json::{Value, json};

use crate::BILL;
use crate::desk::Desk;

/// A desk with one public bill of Vessia and a private draft that speaks of zirconium.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.file("secret/draft.txt", &format!("{BILL}\nNothing here limits the zirconium exemption.\n"));
    desk.file(
        "meta.csv",
        "file,official_name,jurisdiction,enactment,Checked?\nhiring.txt,Hiring Act,Vessia,enacted,yes\n",
    );
    desk.file("secret.csv", "file,Secret grade\ndraft.txt,high\n");
    desk.done(&["ingest", "bills", "--meta", "meta.csv"]);
    desk.done(&["ingest", "secret", "--meta", "secret.csv", "--private"]);
    desk.done(&["classify"]);
    desk
}

#[test]
fn private_drafts_are_counted_nowhere_and_said_to_be_left_out() {
    let desk = desk();
    let json = |words: &[&str]| -> Value { serde_json::from_str(&desk.done(words)).expect("JSON") };
    let gaps = desk.done(&["gaps"]);
    assert!(gaps.contains(": 1 document, 1 classified"), "{gaps}");
    assert!(gaps.contains("1 private draft is left out"), "{gaps}");
    let gaps = json(&["gaps", "--json"]);
    assert_eq!((&gaps["documents"], &gaps["private_left_out"]), (&1.into(), &1.into()));
    let table = desk.done(&["crosstab", "risk", "jurisdiction"]);
    assert!(table.contains(": 1 document, 1 classified") && table.contains("left out"), "{table}");
    let of = table.lines().find(|line| line.starts_with("documents")).expect("what each column is of");
    assert!(of.contains('1'), "{table}");
    let found = desk.done(&["search", "bias", "audit"]);
    assert!(found.starts_with("1 of 1 document\n") && !found.contains("draft.txt"), "{found}");
    let nothing = desk.complaint(1, &["search", "zirconium"]);
    assert!(nothing.contains("nothing in this corpus") && nothing.contains("1 private draft"), "{nothing}");
}

#[test]
fn a_private_draft_stands_beside_the_corpus_and_is_no_peer_of_it() {
    let desk = desk();
    let compared = |words: &[&str]| -> Value {
        let words = [&["compare"], words, &["--json"]].concat();
        serde_json::from_str(&desk.done(&words)).expect("JSON")
    };
    let peers_of_codes = |found: &Value| -> u64 {
        let codes = found["codes"].as_array().expect("codes");
        codes.iter().map(|code| code["peers"].as_u64().expect("a count")).sum()
    };
    let draft = compared(&["file:draft.txt"]);
    assert_eq!((&draft["documents"][0]["private"], &draft["peers"]), (&true.into(), &1.into()));
    assert!(peers_of_codes(&draft) > 0, "the public bill speaks of codes");
    for conditions in [&[][..], &["--peers", "q=bias"], &["--peers", "q=zirconium"]] {
        let public = compared(&[&["file:hiring.txt"], conditions].concat());
        assert_eq!((&public["peers"], peers_of_codes(&public)), (&0.into(), 0), "{conditions:?}");
    }
    assert!(desk.done(&["compare", "file:draft.txt"]).contains("beside 1 classified document\n"));
}

#[test]
fn a_crossed_table_has_the_same_counts_for_machines_as_its_documents_say() {
    let desk = Desk::new();
    desk.file("bills/hiring.txt", BILL);
    desk.file("bills/again.txt", &BILL.replace("Merrowmark", "Norvale"));
    desk.file("bills/roads.txt", "NOTICE\n\nThe road to the harbour is closed for repairs.\n");
    desk.file(
        "meta.csv",
        "file,official_name,jurisdiction\nhiring.txt,Act,Norvale\nagain.txt,Act,Norvale\nroads.txt,Notice,Ostmark\n",
    );
    desk.done(&["ingest", "bills", "--meta", "meta.csv"]);
    desk.done(&["classify"]);
    for (base, [of_norvale, of_ostmark]) in [("text", [3, 3]), ("row", [2, 2]), ("column", [2, 1])] {
        let told = desk.done(&["crosstab", "risk", "jurisdiction", "--of", base, "--json"]);
        let told: Value = serde_json::from_str(&told).expect("JSON");
        let (table, panel) = (&told["table"], &told["table"]["panels"][0]);
        assert_eq!(
            table["columns"],
            json!([{ "label": "Norvale", "count": 2 }, { "label": "Ostmark", "count": 1 }])
        );
        assert_eq!(table["rows"][0], json!({ "label": "1.1 Unfair discrimination", "count": 2 }));
        assert_eq!((&panel["row_counts"][0], &panel["column_counts"]), (&json!(2), &json!([2, 1])));
        let cells = json!([
            { "count": 2, "within": 2, "of": of_norvale },
            { "count": 0, "within": 0, "of": of_ostmark },
        ]);
        assert_eq!(panel["cells"][0], cells, "shares of {base}");
        assert_eq!(
            (&told["of"], &table["documents"], &table["classified"]),
            (&json!(base), &json!(3), &json!(3))
        );
    }
}

#[test]
fn a_value_that_no_document_has_is_an_error_with_the_known_ones() {
    let desk = desk();
    for words in [
        &["gaps", "jurisdiction=Narnia"][..],
        &["crosstab", "risk", "year", "--where", "jurisdiction=Narnia"][..],
        &["search", "bias", "--filter", "jurisdiction=Narnia"][..],
        &["compare", "file:hiring.txt", "--peers", "jurisdiction=Narnia"][..],
    ] {
        let complaint = desk.complaint(1, words);
        assert!(complaint.contains("no document has jurisdiction=Narnia"), "{complaint}");
        assert!(complaint.contains("Vessia"), "{complaint}");
    }
    let complaint = desk.complaint(1, &["gaps", "column.Checked?=no"]);
    assert!(complaint.contains("no document has column.Checked?=no: known values are yes"), "{complaint}");
    for words in [
        &["gaps", "column.Mood=calm"][..],
        &["crosstab", "risk", "column.Mood"][..],
        &["search", "bias", "--filter", "column.Secret grade=high"][..],
    ] {
        let complaint = desk.complaint(1, words);
        assert!(complaint.contains("Checked?"), "the columns there are: {complaint}");
        assert_eq!(
            complaint.matches("Secret grade").count(),
            usize::from(words[0] == "search"),
            "{complaint}"
        );
    }
    let table = desk.done(&["crosstab", "risk", "column.Checked?", "--where", "column.Checked?=yes"]);
    assert!(table.contains("by Checked?: 1 document, 1 classified") && table.contains(" yes"), "{table}");
    assert!(desk.done(&["gaps", "jurisdiction=Vessia"]).contains("1 document,"));
    assert!(desk.done(&["search", "bias", "--filter", "jurisdiction=Vessia"]).starts_with("1 of 1 document"));
    let complaint = desk.complaint(1, &["search", "bias AND"]);
    assert_eq!(complaint.matches("a word is missing").count(), 1, "{complaint}");
}
