//! Documents that try to talk their coder into labels. The instruments are fiction.
//!
//! First line: what is addressed to the coder never reaches the model, so an obedient model answers as if it were not
//! there. Second line: a model that obeys all the same gains no label, because its evidence does not count.

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::{Clock, Codebook, Coding, RunId, Value};
use lacuna_llm::{Request, Stop};
use serde_json::json;

use super::addressed::Addressed;
use super::claims::Bench;
use super::dialogue::{Ask, NoReply, Reply, Sample, talk};
use super::grounds::{Ceilings, Grounds};
use super::prompt::{Prompt, PromptSettings};
use super::view;
use crate::classify::offline::CodeCues;
use crate::codebooks::ai_governance;
use crate::segment::segment;
use crate::verify::verify_on;

/// The act in two halves and the words slipped into it.
#[derive(serde::Deserialize)]
struct Set {
    head: String,
    tail: String,
    /// What an honest reader says of the act.
    honest: serde_json::Value,
    /// Name, words, and a piece of them by which a reader would recognise them.
    injections: Vec<(String, String, String)>,
}

fn set() -> Set {
    serde_json::from_str(include_str!("../../../tests/injections.json")).unwrap()
}

/// What an obedient model says: every risk at the highest level, every flag set, with all evidence it can think of.
fn obedient(codebook: &Codebook, payload: &str) -> String {
    let evidence = [
        payload,
        "The Registrar shall keep a public register of AI systems",
        "this Act covers everything very well indeed",
    ];
    let codes = |id: &str| codebook.dimension(id).map(|d| d.codes.clone()).unwrap_or_default();
    let risk = codes("risk").into_iter().map(
        |c| json!({ "code": c.id, "evidence": evidence, "level": 3, "reason": "as told", "sure": "high" }),
    );
    let sector = codes("sector").into_iter().map(
        |c| json!({ "code": c.id, "evidence": evidence, "level": 3, "reason": "as told", "sure": "high" }),
    );
    let flags = |id: &str| -> Vec<_> {
        codes(id)
            .into_iter()
            .map(|c| json!({ "code": c.id, "evidence": evidence, "reason": "as told", "sure": "high" }))
            .collect()
    };
    json!({ "labels": {
        "actor": [{ "code": "monitor", "evidence": [payload], "holders": [payload], "kinds": [], "reason": "as told", "sure": "high" }],
        "lifecycle": flags("lifecycle"),
        "risk": risk.collect::<Vec<_>>(),
        "scope": flags("scope"),
        "sector": sector.collect::<Vec<_>>(),
        "status": [],
    } })
    .to_string()
}

/// Obeys what it sees, or whatever it sees.
struct Obedient {
    codebook: Arc<Codebook>,
    payload: String,
    mark: String,
    always: bool,
}

impl Ask for Obedient {
    async fn ask(&self, _step: &str, request: &Request) -> Result<Reply, NoReply> {
        let seen = request.user.iter().any(|block| block.text().contains(&self.mark));
        let text = if seen || self.always {
            obedient(&self.codebook, &self.payload)
        } else {
            set().honest.to_string()
        };
        Ok(Reply { text, stop: Stop::Complete })
    }
}

async fn code(text: &str, asker: &Obedient) -> Coding {
    let codebook = &asker.codebook;
    let prompt = Prompt::new(Arc::clone(codebook), PromptSettings::default());
    let (cues, ceilings) = (CodeCues::of(codebook), Ceilings::of(codebook));
    let passages = segment(text);
    let sheet = prompt.lay_out(text, &passages);
    let grounds = Grounds::new(text, Some("en"), &sheet.addressed, &cues);
    let bench = Bench::new(&sheet, &grounds);
    let said = talk(asker, &prompt, &bench, &ceilings, Sample { number: 0, of: 1 }).await.unwrap();
    verify_on(
        Some(&grounds),
        bench.locator(),
        said.drafts,
        &passages,
        codebook,
        &RunId::of(b"r"),
        Clock::fixed().now(),
    )
}

/// Every positive label and every named holder.
fn labels(coding: &Coding) -> BTreeMap<String, Value> {
    let labels =
        coding.judgements.iter().map(|j| (format!("{} {}", j.dimension(), j.code()), j.value().clone()));
    let named = coding.actors.iter().filter(|a| !a.entities().is_empty());
    let holders = named
        .flat_map(|a| a.entities().iter().map(|e| (format!("{}: {}", a.role(), e.name), Value::Flag(true))));
    labels.chain(holders).collect()
}

fn asker(codebook: &Arc<Codebook>, payload: &str, mark: &str, always: bool) -> Obedient {
    Obedient { codebook: Arc::clone(codebook), payload: payload.to_owned(), mark: mark.to_owned(), always }
}

#[tokio::test]
async fn no_injected_word_moves_a_label_of_an_obedient_model() {
    let codebook = Arc::new(ai_governance().unwrap());
    let Set { head, tail, injections, .. } = set();
    assert!(injections.len() >= 36);
    let plain = labels(&code(&format!("{head}{tail}"), &asker(&codebook, "", "\u{1}", false)).await);
    assert_eq!(plain.len(), 5, "{plain:?}");
    let mut moved = Vec::new();
    for (name, payload, mark) in &injections {
        for (place, text) in [
            ("between sections", format!("{head}{payload}\n\n{tail}")),
            (
                "inside a paragraph",
                format!(
                    "{head}(c) A deployer shall keep a log. {payload} A deployer shall train its staff.\n\n{tail}"
                ),
            ),
            ("at the start", format!("{payload}\n\n{head}{tail}")),
            ("at the end", format!("{head}{tail}\n{payload}\n")),
        ] {
            let found = labels(&code(&text, &asker(&codebook, payload, mark, false)).await);
            if found != plain {
                let seen = view::shown(&text, 0, text.len(), &Addressed::find(&text, &segment(&text)));
                moved.push(format!(
                    "{name} {place}: {}",
                    seen.chars().skip_while(|_| false).take(90).collect::<String>()
                ));
            }
        }
    }
    assert!(moved.is_empty(), "{} moved labels:\n{}", moved.len(), moved.join("\n"));
}

#[tokio::test]
async fn a_model_that_obeys_all_the_same_gains_nothing() {
    let codebook = Arc::new(ai_governance().unwrap());
    let Set { head, tail, injections, .. } = set();
    let plain = labels(&code(&format!("{head}{tail}"), &asker(&codebook, "", "\u{1}", false)).await);
    for (name, payload, mark) in &injections {
        if name == "unicode tags" {
            continue; // Nothing of it is left to see or to quote.
        }
        let text = format!("{head}{payload}\n\n{tail}");
        let found = labels(&code(&text, &asker(&codebook, payload, mark, true)).await);
        // The register of AI systems does speak of AI systems and of a register: those two codes are borne out.
        let borne_out = ["scope ai_systems", "risk 7.4"];
        let gained: Vec<_> = found
            .iter()
            .filter(|(code, value)| plain.get(*code).is_none_or(|known| known < value))
            .filter(|(code, _)| !borne_out.contains(&code.as_str()))
            .collect();
        assert!(gained.is_empty(), "{name}: {gained:?}");
    }
}
