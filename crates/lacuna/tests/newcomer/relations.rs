//! Relations taken out as a file, corrected by hand and brought back: what `lacuna show` says of the documents then.

use std::fs;

use serde_json::Value;

use crate::desk::Desk;
use crate::text_of;

const ORDER: &str = "EXECUTIVE ORDER 90210\n\nHarbour Lamps\n\n\
    Section 1. Every harbour of Norvale shall keep its lamps lit at night.\n";
const LATER: &str = "EXECUTIVE ORDER 90211\n\nDay and Night\n\n\
    Section 1. Executive Order 90210 of May 4, 2031 (Harbour Lamps), is hereby revoked.\n";
const META: &str = "file,official_name,enactment\n\
    order.txt,\"Executive Order 90210, Harbour Lamps\",in force\n\
    later.txt,\"Executive Order 90211, Day and Night\",in force\n";

/// What the card of the earlier order says of its state and of its relations.
fn shown(desk: &Desk) -> (String, Value) {
    let card: Value = serde_json::from_str(&desk.done(&["show", "file:order.txt", "--json"])).expect("JSON");
    (text_of(&card, "enactment"), card["relations"].clone())
}

/// Takes the relations out, writes `new` for `old` in them and brings them back; gives what the import says it did.
fn corrected(desk: &Desk, old: &str, new: &str) -> Value {
    desk.done(&["relations", "export", "--out", "relations.csv"]);
    let table = fs::read_to_string(desk.path("relations.csv")).expect("a table");
    assert_eq!(table.matches(old).count(), 1, "{table}");
    desk.file("corrected.csv", &table.replace(old, new));
    serde_json::from_str(&desk.done(&["relations", "import", "corrected.csv", "--json"])).expect("JSON")
}

#[test]
fn a_relation_is_taken_out_confirmed_and_denied_and_the_document_follows() {
    let desk = Desk::new();
    desk.file("orders/order.txt", ORDER);
    desk.file("orders/later.txt", LATER);
    desk.file("meta.csv", META);
    desk.done(&["ingest", "orders", "--meta", "meta.csv"]);
    let (in_force, revoked) = ("In force".to_owned(), "Revoked".to_owned());
    let by = Value::from(vec!["is repealed or revoked by file:later.txt"]);
    assert_eq!(shown(&desk), (in_force.clone(), by.clone()), "a citation alone ends nothing");

    let done = corrected(&desk, ",text,yes", ",text,yes");
    assert_eq!((&done["imported"], &done["unchanged"]), (&0.into(), &1.into()), "nobody said anything");
    assert_eq!(shown(&desk), (in_force.clone(), by.clone()));

    let done = corrected(&desk, ",text,yes", ",imported,yes");
    assert_eq!(done["imported"], 1, "somebody says that it is right");
    assert_eq!(shown(&desk), (revoked, by));

    let done = corrected(&desk, ",imported,yes", ",imported,no");
    assert_eq!(done["imported"], 1, "somebody says that it is wrong");
    assert_eq!(shown(&desk), (in_force.clone(), Value::Array(vec![])));
    desk.done(&["relations", "find"]);
    assert_eq!(shown(&desk), (in_force, Value::Array(vec![])), "what is found anew says nothing against it");
}
