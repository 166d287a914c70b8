use serde_json::json;

use super::*;
use crate::codebooks::ai_governance;

fn empty() -> Json {
    json!({ "labels": { "actor": [], "lifecycle": [], "risk": [], "scope": [], "sector": [], "status": [] } })
}

fn problems(change: impl FnOnce(&mut Json)) -> Vec<String> {
    let mut json = empty();
    change(&mut json);
    read(&json.to_string(), &ai_governance().unwrap(), false).map_or_else(|e| e.0, |_| vec![])
}

#[test]
fn a_good_answer_becomes_drafts() {
    let mut json = empty();
    json["labels"]["risk"] = json!([
        { "code": "2.2", "evidence": ["a", "b", "c", "d"], "level": 3, "reason": " It binds. ", "sure": "high" },
        { "code": "1.1", "evidence": [], "level": 1, "reason": "", "sure": "low" },
    ]);
    json["labels"]["status"] =
        json!([{ "evidence": ["x"], "option": "hard_law", "reason": "r", "sure": "medium" }]);
    json["labels"]["actor"] = json!([
        { "code": "target", "evidence": ["x"], "holders": ["developers"], "kinds": ["ai_developer"], "reason": "r", "sure": "low" }
    ]);
    let raw = format!("```json\n{json}\n```\n");
    let answer = read(&raw, &ai_governance().unwrap(), false).unwrap();
    let [risk, status] = &answer.drafts.labels[..] else { panic!("{:?}", answer.drafts.labels) };
    assert_eq!((risk.code.as_str(), &risk.value, risk.quotes.len()), ("2.2", &Value::Level(3), 3));
    assert_eq!((risk.reasoning.as_str(), risk.confidence), ("It binds.", Confidence::High));
    assert_eq!(status.code.as_str(), "status");
    assert_eq!(answer.drafts.actors[0].entities, ["developers"]);
}

#[test]
fn every_departure_from_the_form_is_named() {
    assert_eq!(problems(|_| ()), Vec::<String>::new());
    let entry = json!({ "code": "2.2", "evidence": ["a"], "level": 2, "reason": "r", "sure": "high" });
    let with = |key: &str, value: Json| {
        let mut entry = entry.clone();
        entry[key] = value;
        problems(|json| json["labels"]["risk"] = json!([entry]))
    };
    assert_eq!(with("level", json!(4)), ["labels.risk[0].level: 4 is no level of risk"]);
    assert_eq!(with("level", json!("3")), ["labels.risk[0].level: \"3\" is no level of risk"]);
    assert_eq!(with("code", json!("9.9")), ["labels.risk[0].code: \"9.9\" is no code of risk"]);
    assert_eq!(with("evidence", json!("a")), ["labels.risk[0].evidence: should be a list of texts"]);
    assert_eq!(
        with("sure", json!("very")),
        ["labels.risk[0].sure: should be \"high\", \"medium\" or \"low\""]
    );
    assert_eq!(with("note", json!(1)), ["labels.risk[0]: \"note\" does not belong there"]);
    let twice = problems(|json| json["labels"]["risk"] = json!([entry, entry]));
    assert_eq!(twice, ["labels.risk[1]: 2.2 has an entry already"]);
    let missing = problems(|json| drop(json["labels"].as_object_mut().unwrap().remove("scope")));
    assert_eq!(missing, ["labels: \"scope\" is missing"]);
    let codebook = ai_governance().unwrap();
    for raw in ["", "{", "Sure! Here it is: {}", "[]", "{\"labels\": {}} trailing"] {
        assert!(read(raw, &codebook, false).is_err(), "{raw:?}");
    }
}
