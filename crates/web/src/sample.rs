//! A small world for tests: one codebook, one invented statute with everything a page can show.

use std::collections::BTreeMap;

use jiff::civil::date;
use lacuna_domain::coding::{Outcome, PartHit};
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::judgement::{ActorDraft, ActorJudgement, DraftQuote, Entity, TriedQuote};
use lacuna_domain::run::Labeller;
use lacuna_domain::text::Quality;
use lacuna_domain::{
    Clock, Codebook, Coding, Confidence, Document, Draft, Evidence, Judgement, Metadata, QuoteState, Run,
    RunConfig, Span, Text, Value, Version, VersionId,
};

use crate::reading::Reading;
use crate::view::{Chrome, Provenance, RunFacts, Section};

pub(crate) const CODEBOOK: &str = r#"
[codebook]
id = "sample"
version = "1.0"
title = "Sample codebook"
description = "For tests."
ground_rules = ["Code the text alone."]

[[dimension]]
id = "risk"
name = "Risk coverage"
kind = "ordinal"
path = "risks"
question = "Which risks does the text address?"
level = [{ value = 1, name = "No coverage", rule = "not addressed" }, { value = 2, name = "Minimal", rule = "named in passing" }, { value = 3, name = "Good", rule = "operative text with two elements" }]
group = [{ id = "1", name = "Discrimination & toxicity" }, { id = "2", name = "Privacy & security" }]
[[dimension.code]]
id = "1.1"
name = "Unfair discrimination"
group = "1"
definition = "Unequal treatment by AI."
include = ["bias audits"]
exclude = [{ text = "accuracy gaps", see = "2.2" }]
boundary = [{ question = "A bias audit alone?", decision = "Minimal." }]
[[dimension.code]]
id = "2.1"
name = "Compromise of privacy"
group = "2"
definition = "Personal data misused through AI."
[[dimension.code]]
id = "2.2"
name = "AI system security vulnerabilities and attacks"
short = "Security"
group = "2"
definition = "Attacks on AI systems."

[[dimension]]
id = "scope"
name = "Technical scope"
kind = "flag"
path = "scope"
question = "Which terms are used?"
[[dimension.code]]
id = "ai_systems"
name = "AI systems"
definition = "AI system as a term."
[[dimension.code]]
id = "frontier_ai"
name = "Frontier AI"
definition = "Frontier AI as a term."

[[dimension]]
id = "actor"
name = "Actors"
kind = "actor"
path = "actors"
question = "Who?"
type = [{ id = "governance_actor", name = "Governance actor", definition = "Public functions." }]
[[dimension.code]]
id = "proposer"
name = "Proposer"
definition = "Who issues the text."
[[dimension.code]]
id = "enforcer"
name = "Enforcer"
definition = "Who can compel."

[[dimension]]
id = "status"
name = "Legal form"
kind = "choice"
path = "forms"
question = "Which form has the text?"
[[dimension.code]]
id = "hard_law"
name = "Hard law"
definition = "Binding by form."
[[dimension.code]]
id = "soft_law"
name = "Soft law"
definition = "Not binding."
"#;

pub(crate) const TEXT: &str = "AUTOMATED SYSTEMS SAFETY ACT\n\nBe it enacted by the Assembly of Norvale:\n\nSEC. 1. FINDINGS.\n\nThe Assembly finds that automated systems <script>alert('x')</script> can treat people unequally.\n\nSEC. 2. DUTIES.\n\n(a) A deployer of an AI system shall test it against attacks before use.\n\n(b) A deployer shall report each security incident to the Digital Safety Office within ten days, and the Office shall publish a yearly count.\n\nفصل ٣ يجب على المشغل أن يحفظ السجلات.\n";

/// The codebook, document, versions, text, run and coding of the sample.
pub(crate) struct World {
    pub(crate) codebook: Codebook,
    pub(crate) document: Document,
    pub(crate) versions: Vec<Version>,
    pub(crate) reading: Reading,
    pub(crate) run: Run,
    pub(crate) outcome: Outcome,
}

impl World {
    pub(crate) fn new() -> Self {
        let codebook = Codebook::parse(CODEBOOK).unwrap();
        let document = document();
        let text = Text::new(TEXT.to_owned(), Some("en".to_owned()), Quality::default());
        let version = Version {
            id: VersionId::of(&document.id, "aa", &text.id),
            document: document.id.clone(),
            number: 1,
            bytes_hash: "aa".to_owned(),
            media_type: "text/plain".to_owned(),
            text: text.id.clone(),
            ingested_at: Clock::fixed().now(),
            page_starts: vec![0, 120],
            notes: vec!["reading order may be mixed (pure-Rust PDF extractor)".to_owned()],
        };
        let config = RunConfig {
            codebook: codebook.id.clone(),
            codebook_version: codebook.version.clone(),
            codebook_hash: codebook.hash.clone(),
            engine: "offline".to_owned(),
            parameters: BTreeMap::from([("weights".to_owned(), "abc".to_owned())]),
        };
        let run = Run {
            id: config.id(),
            config,
            labeller: Labeller::Machine,
            name: "Offline engine 1".to_owned(),
            started_at: Clock::fixed().now(),
            finished_at: Some(Clock::fixed().now()),
        };
        let reading = Reading::of(text);
        let outcome = Outcome::Coded(Box::new(coding(&codebook, &run, &reading)));
        Self { codebook, document, versions: vec![version], reading, run, outcome }
    }
}

fn document() -> Document {
    Document {
        id: "file:norvale/act 1.txt".parse().unwrap(),
        metadata: Metadata {
            official_name: "An Act concerning the safety of automated systems <b>".to_owned(),
            casual_name: Some("Automated Systems Safety Act".to_owned()),
            authority: Some("Assembly of Norvale".to_owned()),
            jurisdiction: Some("Norvale".to_owned()),
            collections: vec!["statutes".to_owned()],
            applies_to: vec!["private sector".to_owned()],
            enactment: Enactment::Proposed,
            history: vec![StatusEvent {
                state: Enactment::Proposed,
                date: Some(date(2025, 3, 1)),
                source_word: "Introduced".to_owned(),
            }],
            link: Some("https://norvale.example/act".to_owned()),
            text_source: Some("javascript:alert(1)".to_owned()),
            short_summary: Some("Deployers test systems and report incidents.".to_owned()),
            long_summary: Some("A longer summary.".to_owned()),
            unreviewed_machine_output: true,
            fiction: true,
            extra: BTreeMap::from([("Number of segments created".to_owned(), "3".to_owned())]),
            ..Metadata::default()
        },
    }
}

fn evidence(reading: &Reading, words: &str) -> Evidence {
    let text = &reading.text.content;
    let start = text.find(words).unwrap();
    let span = Span::new(text, start, start + words.len()).unwrap();
    let passage = reading.passages.iter().find(|p| p.span.start() <= start && start < p.span.end()).unwrap();
    Evidence::located(text, vec![span], QuoteState::Exact, passage.index).unwrap()
}

fn draft(dimension: &str, code: &str, value: Value, probability: f32) -> Draft {
    Draft {
        dimension: dimension.parse().unwrap(),
        code: code.parse().unwrap(),
        value,
        confidence: Confidence::of(probability),
        probability: Some(probability),
        reasoning: format!("Section 2 speaks of {code}."),
        quotes: vec![],
    }
}

pub(crate) fn coding(codebook: &Codebook, run: &Run, reading: &Reading) -> Coding {
    let duty = "A deployer of an AI system shall test it against attacks before use.";
    let report = "report each security incident to the Digital Safety Office within ten days";
    let verified = |d: Draft, quotes: &[&str]| {
        Judgement::verified(d, quotes.iter().map(|q| evidence(reading, q)).collect(), vec![]).unwrap()
    };
    let rejection = Judgement::verified(
        draft("risk", "2.1", Value::Level(2), 0.7),
        vec![],
        vec![TriedQuote { words: "data must be erased".to_owned(), state: QuoteState::Absent }],
    )
    .unwrap_err();
    let duty_at = evidence(reading, duty).passage();
    Coding {
        run: run.id.clone(),
        text: reading.text.id.clone(),
        coded_at: Clock::fixed().now(),
        judgements: vec![
            verified(draft("risk", "1.1", Value::Level(2), 0.55), &["can treat people unequally"]),
            verified(draft("risk", "2.2", Value::Level(3), 0.93), &[duty, report]),
            verified(draft("scope", "ai_systems", Value::Flag(true), 0.99), &["AI system shall test it"]),
            verified(
                draft("status", "status", Value::Choice(Some("hard_law".parse().unwrap())), 0.97),
                &["Be it enacted by the Assembly of Norvale"],
            ),
        ],
        actors: actors(reading),
        negatives: BTreeMap::from([
            ("risk".parse().unwrap(), BTreeMap::from([("2.1".parse().unwrap(), Some(0.4))])),
            ("scope".parse().unwrap(), BTreeMap::from([("frontier_ai".parse().unwrap(), Some(0.98))])),
        ]),
        rejections: vec![rejection],
        parts: BTreeMap::from([(
            codebook.dimension("risk").unwrap().id.clone(),
            BTreeMap::from([(
                "2.2".parse().unwrap(),
                vec![
                    PartHit { passage: duty_at, level: 2 },
                    PartHit { passage: evidence(reading, report).passage(), level: 3 },
                ],
            )]),
        )]),
        asides: lacuna_domain::coding::Asides::default(),
    }
}

fn actors(reading: &Reading) -> Vec<ActorJudgement> {
    let role = |role: &str, entities: &[&str], reasoning: &str| ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: role.parse().unwrap(),
        entities: entities.iter().map(|e| (*e).to_owned()).collect(),
        types: vec!["governance_actor".parse().unwrap()],
        confidence: Confidence::High,
        probability: Some(0.9),
        reasoning: reasoning.to_owned(),
        quotes: Vec::<DraftQuote>::new(),
    };
    let named =
        Entity { name: "Assembly of Norvale".to_owned(), at: evidence(reading, "Assembly of Norvale") };
    let (proposer, _) = ActorJudgement::verified(
        role("proposer", &["Assembly of Norvale"], "The enacting clause names it."),
        vec![named],
        vec![evidence(reading, "Be it enacted by the Assembly of Norvale")],
        vec![],
    );
    let (enforcer, _) = ActorJudgement::verified(
        role(
            "enforcer",
            &[],
            "Looked for penalties, orders and suits; the text names nobody who can compel.",
        ),
        vec![],
        vec![],
        vec![],
    );
    vec![proposer, enforcer]
}

/// A chrome as the state would make it.
pub(crate) fn chrome(world: &World, title: &str, section: Section) -> Chrome {
    Chrome {
        title: title.to_owned(),
        site: "Lacuna".to_owned(),
        description: "A sample page.".to_owned(),
        section,
        crumbs: vec![],
        search: String::new(),
        json: Some("/sample.json".to_owned()),
        csv: None,
        canonical: None,
        json_ld: None,
        stylesheet: crate::assets::stylesheet(),
        icon: crate::assets::icon(),
        provenance: Provenance {
            run: Some(RunFacts::of(&world.run, Some(&world.codebook))),
            as_of: Clock::fixed().now(),
            documents: 24,
            coded: 23,
            fiction: true,
            sample: None,
        },
        local: false,
        private: false,
        release: None,
    }
}

/// Writes a rendered sample where a person can look at it, and answers it.
pub(crate) fn keep(name: &str, html: String) -> String {
    let folder = "../../target/web-samples";
    std::fs::create_dir_all(format!("{folder}/assets")).unwrap();
    let local = html.replace("\"/assets/", "\"assets/");
    std::fs::write(format!("{folder}/{name}.html"), local).unwrap();
    for (source, address) in [("style.css", crate::assets::stylesheet()), ("icon.svg", crate::assets::icon())]
    {
        std::fs::write(format!("{folder}{address}"), crate::assets::content(source).unwrap()).unwrap();
    }
    html
}
