//! What the stories are about: a codebook, a run, a coding, and a sheet of decisions.

use std::collections::BTreeMap;

use lacuna_domain::coding::PartHit;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::judgement::{DraftQuote, Rejection, TriedQuote};
use lacuna_domain::run::Labeller;
use lacuna_domain::{
    Clock, Coding, Confidence, Draft, Evidence, Judgement, QuoteState, Run, RunConfig, RunId, Span, Text,
    TextId, Value,
};

use crate::ORDER;
use crate::ground::id;

pub(crate) const CODEBOOK: &str = r#"
[codebook]
id = "test-book"
version = "1.0"
title = "A book for tests"
description = "One question"

[[dimension]]
id = "topic"
name = "Topics"
path = "topics"
question = "Does the text require it?"
kind = "flag"

[[dimension.code]]
id = "testing"
name = "Testing"
definition = "Requires tests of a system"
"#;

pub(crate) fn run(engine: &str) -> Run {
    let config = RunConfig {
        codebook: "test-book".parse().unwrap(),
        codebook_version: "1.0".to_owned(),
        codebook_hash: lacuna_domain::sha256_hex(CODEBOOK.as_bytes()),
        engine: engine.to_owned(),
        parameters: BTreeMap::from([("weights".to_owned(), "abc".to_owned())]),
    };
    Run {
        id: config.id(),
        config,
        labeller: Labeller::Machine,
        name: format!("Engine {engine}"),
        started_at: Clock::fixed().now(),
        finished_at: None,
    }
}

pub(crate) fn coding(run: &RunId, text: &Text) -> Coding {
    let words = "shall";
    let start = text.content.find(words).unwrap();
    let span = Span::new(&text.content, start, start + words.len()).unwrap();
    let evidence = Evidence::located(&text.content, vec![span], QuoteState::Exact, 0).unwrap();
    let draft = Draft {
        dimension: "topic".parse().unwrap(),
        code: "testing".parse().unwrap(),
        value: Value::Flag(true),
        confidence: Confidence::High,
        probability: Some(0.9),
        reasoning: "it says shall".to_owned(),
        quotes: vec![DraftQuote { words: words.to_owned(), at: Some(span) }],
    };
    let rejection = Rejection {
        dimension: "topic".parse().unwrap(),
        code: "testing".parse().unwrap(),
        claimed: Some(Value::Flag(true)),
        tried: vec![TriedQuote { words: "words that are nowhere".to_owned(), state: QuoteState::Absent }],
    };
    let part = PartHit { passage: 0, level: 1 };
    Coding {
        run: run.clone(),
        text: text.id.clone(),
        coded_at: Clock::fixed().now(),
        judgements: vec![Judgement::verified(draft, vec![evidence], vec![]).unwrap()],
        actors: vec![],
        negatives: BTreeMap::from([(
            "topic".parse().unwrap(),
            BTreeMap::from([("other".parse().unwrap(), Some(0.123_456_79))]),
        )]),
        rejections: vec![rejection],
        parts: BTreeMap::from([(
            "topic".parse().unwrap(),
            BTreeMap::from([("testing".parse().unwrap(), vec![part])]),
        )]),
        asides: lacuna_domain::coding::Asides::default(),
    }
}

pub(crate) fn sheet(document: &str, mode: Mode, validated: bool) -> Sheet {
    Sheet {
        document: id(document),
        text: Some(TextId::of(ORDER)),
        codebook: "test-book".parse().unwrap(),
        run: run("imported:annotators").id,
        labeller: "Annotators".to_owned(),
        mode,
        validated,
        at: Clock::fixed().now(),
        decisions: vec![Decision {
            reasoning: "as imported".to_owned(),
            ..Decision::new("topic".parse().unwrap(), "testing".parse().unwrap(), Value::Flag(true))
        }],
        notes: BTreeMap::new(),
    }
}
