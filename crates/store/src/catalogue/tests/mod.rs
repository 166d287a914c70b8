//! A world of ten invented documents; what is asked of it stands in the modules.

mod counts;
mod lists;

use std::collections::BTreeMap;

use super::{Axis, Catalogue, CatalogueInput, Labelled, Matches, Standing};
use jiff::civil::Date;
use lacuna_domain::codebook::Kind;
use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::document::Version;
use lacuna_domain::enactment::{DateKind, Enactment, StatusEvent};
use lacuna_domain::evidence::{Evidence, QuoteState};
use lacuna_domain::filter::{CodeTest, Condition, Field, Sort, Years};
use lacuna_domain::judgement::{ActorDraft, Draft, Entity, Judgement, Value};
use lacuna_domain::{
    Clock, CodeId, Codebook, Confidence, DimensionId, Document, Filter, Metadata, RunId, Span, TextId,
    VersionId,
};

pub(crate) const CODEBOOK: &str = r#"
[codebook]
id = "small"
version = "1"
title = "Small"

[[dimension]]
id = "risk"
path = "risks"
name = "Risk coverage"
kind = "ordinal"
level = [{ value = 1, name = "No coverage" }, { value = 2, name = "Minimal" }, { value = 3, name = "Good" }]
code = [
  { id = "2.1", name = "Privacy", definition = "Privacy." },
  { id = "2.2", name = "Security", definition = "Security." },
  { id = "7.3", name = "Robustness", definition = "Robustness." },
]

[[dimension]]
id = "lifecycle"
name = "Lifecycle"
kind = "flag"
code = [
  { id = "deploy", name = "Deploy", definition = "Release." },
  { id = "operate", name = "Operate", definition = "Use." },
]

[[dimension]]
id = "status"
name = "Form"
kind = "choice"
code = [
  { id = "hard_law", name = "Hard law", definition = "Binding." },
  { id = "soft_law", name = "Soft law", definition = "Not binding." },
]

[[dimension]]
id = "actor"
name = "Actors"
kind = "actor"
type = [
  { id = "developer", name = "AI developer", definition = "Builds." },
  { id = "deployer", name = "AI deployer", definition = "Uses." },
]
code = [
  { id = "target", name = "Target", definition = "Must act." },
  { id = "enforcer", name = "Enforcer", definition = "Can compel." },
]
"#;

const TEXT: &str = "The Office shall fine a deployer who fails to secure the system.";

fn codebook() -> Codebook {
    Codebook::parse(CODEBOOK).unwrap()
}

/// An invented document; labels are written as in an address: `risk=2.2:3`, `form=hard_law`, `actor=target:developer`.
struct Make(CatalogueInput);

fn document(id: &str, title: &str) -> Make {
    let metadata = Metadata { official_name: title.to_owned(), fiction: true, ..Metadata::default() };
    Make(CatalogueInput::bare(Document { id: id.parse().unwrap(), metadata }))
}

impl Make {
    fn by(mut self, authority: &str, jurisdiction: &str) -> Self {
        self.0.document.metadata.authority = Some(authority.to_owned());
        self.0.document.metadata.jurisdiction = Some(jurisdiction.to_owned());
        self
    }

    fn in_collections(mut self, names: &[&str]) -> Self {
        self.0.document.metadata.collections = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// What the source records in columns of its own.
    fn own(mut self, columns: &[(&str, &str)]) -> Self {
        let columns = columns.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.0.document.metadata.extra.extend(columns);
        self
    }

    fn since(mut self, state: Enactment, date: Date) -> Self {
        let event = StatusEvent { state, date: Some(date), source_word: state.name().to_owned() };
        self.0.document.metadata.enactment = state;
        self.0.document.metadata.history.push(event);
        self
    }

    fn text(mut self, text: &str, language: &str) -> Self {
        let (document, text_id) = (self.0.document.id.clone(), TextId::of(text));
        self.0.version = Some(Version {
            id: VersionId::of(&document, "00", &text_id),
            document,
            number: 1,
            bytes_hash: "00".to_owned(),
            media_type: "text/plain".to_owned(),
            text: text_id,
            ingested_at: Clock::fixed().now(),
            page_starts: vec![],
            notes: vec![],
        });
        self.0.text_len = text.len();
        self.0.language = Some(language.to_owned());
        self
    }

    fn coded(mut self, labels: &str) -> Self {
        let mut coding = Coding {
            run: run(),
            text: TextId::of(TEXT),
            coded_at: Clock::fixed().now(),
            judgements: vec![],
            actors: vec![],
            negatives: BTreeMap::new(),
            rejections: vec![],
            parts: BTreeMap::new(),
            asides: lacuna_domain::coding::Asides::default(),
        };
        for label in labels.split_whitespace() {
            add_label(&mut coding, label);
        }
        // Through JSON, as the store gives it.
        let json = serde_json::to_string(&Outcome::Coded(Box::new(coding.clone()))).unwrap();
        let labelled: Labelled = serde_json::from_str(&json).unwrap();
        assert_eq!(labelled, Labelled::from(&Outcome::Coded(Box::new(coding))));
        self.0.outcome = Some(labelled);
        self
    }
}

fn run() -> RunId {
    RunId::of(b"test")
}

fn evidence() -> Evidence {
    Evidence::located(TEXT, vec![Span::new(TEXT, 0, 10).unwrap()], QuoteState::Exact, 0).unwrap()
}

fn add_label(coding: &mut Coding, label: &str) {
    let (dimension, rest) = label.split_once('=').unwrap();
    let (code, test) = rest.split_once(':').unwrap_or((rest, "1"));
    let (confidence, probability, reasoning) = (Confidence::High, Some(0.9), "r".to_owned());
    let id = |text: &str| -> CodeId { text.parse().unwrap() };
    if dimension == "actor" {
        let dimension: DimensionId = "actor".parse().unwrap();
        let types = test.split(',').filter(|t| *t != "1").map(id).collect();
        let entities = vec![Entity { name: "a deployer".to_owned(), at: evidence() }];
        let (role, quotes) = (id(code), vec![]);
        let named = vec!["a deployer".to_owned()];
        let draft = ActorDraft {
            dimension,
            role,
            entities: named,
            types,
            confidence,
            probability,
            reasoning,
            quotes,
        };
        let (actor, rejection) =
            lacuna_domain::judgement::ActorJudgement::verified(draft, entities, vec![evidence()], vec![]);
        assert!(rejection.is_none());
        coding.actors.push(actor);
        return;
    }
    let (dimension, code, value) = match dimension {
        "form" => ("status", "status", Value::Choice(Some(id(code)))),
        "risk" => ("risk", code, Value::Level(test.parse().unwrap())),
        other => (other, code, Value::Flag(true)),
    };
    let dimension = dimension.parse().unwrap();
    let draft =
        Draft { dimension, code: id(code), value, confidence, probability, reasoning, quotes: vec![] };
    coding.judgements.push(Judgement::verified(draft, vec![evidence()], vec![]).unwrap());
}

/// What the sources of the world record in columns of their own, by document.
fn own_columns(id: &str) -> &'static [(&'static str, &'static str)] {
    match id {
        "agora:9" | "agora:13" => &[("Validated?", "True"), ("Segments", "3"), ("Sheet", "one")],
        "agora:10" => &[("Validated?", "False"), ("Segments", "3")],
        "agora:15" | "file:b.txt" => &[("Validated?", "True"), ("Segments", "12")],
        _ => &[],
    }
}

fn world() -> Catalogue {
    use Enactment as E;
    let day = |year, month| jiff::civil::date(year, month, 3);
    let documents = [
        document("agora:10", "Signal Act")
            .by("Assembly", "Northmark")
            .in_collections(&["Acts", "Safety"])
            .since(E::InForce, day(2023, 5))
            .text(TEXT, "en")
            .coded("risk=2.2:3 risk=7.3:2 lifecycle=deploy form=hard_law actor=target:developer,deployer actor=enforcer"),
        document("agora:9", "beacon Order")
            .by("Chancery", "Northmark")
            .since(E::Proposed, day(2024, 1))
            .text("Another text.", "en")
            .coded("risk=2.2:2 risk=2.1:2 form=hard_law actor=target:developer"),
        document("agora:11", "Signal Act (copy)")
            .by("Assembly", "Northmark")
            .in_collections(&["Safety"])
            .since(E::Defunct, day(2023, 5))
            .text(TEXT, "en")
            .coded("risk=2.2:3 risk=7.3:2 lifecycle=deploy form=hard_law actor=target:developer,deployer actor=enforcer"),
        document("agora:12", "Charte").by("Conseil", "Tessara").text("Un texte.", "fr").coded("form=soft_law"),
        document("agora:13", "Undecided note").by("Council", "Tessara").text("A note.", "en").coded(""),
        document("agora:14", "Scan").by("Council", "Tessara").text("(cid:1)", "en"),
        document("agora:15", "Lost").by("Council", "Tessara").since(E::Adopted, day(2021, 2)),
        document("file:a/2.txt", "Pledge").text("We will.", "en").coded("risk=7.3:3 lifecycle=operate form=soft_law"),
        document("file:a/10.txt", "Draft").since(E::Proposed, day(2024, 9)).text("Draft.", "en"),
        document("file:b.txt", "Rules")
            .by("Assembly", "Vell")
            .in_collections(&["Acts"])
            .since(E::InForce, day(2022, 7))
            .text("Rules.", "en")
            .coded("risk=2.1:3 risk=2.2:3 risk=7.3:3 lifecycle=deploy lifecycle=operate form=hard_law"),
    ];
    let documents = documents.map(|made| {
        let own = own_columns(made.0.document.id.as_str());
        made.own(own)
    });
    let mut inputs: Vec<CatalogueInput> = documents.into_iter().map(|made| made.0).collect();
    inputs[0].document.metadata.parent_authorities = vec!["Crown".to_owned(), "Realm".to_owned()];
    inputs[1].document.metadata.parent_authorities = vec!["Realm".to_owned()];
    inputs[3].document.metadata.licence = Some("Open".to_owned());
    inputs[4].document.metadata.fiction = false;
    inputs[6].document.metadata.unreviewed_machine_output = true;
    inputs[5].outcome = Some(Labelled::Skipped("glyph garbage".to_owned()));
    inputs[7].reviewed = true;
    inputs[3].document.metadata.extra.insert("Tags".to_owned(), "Harms: Bias; Design".to_owned());
    Catalogue::build(inputs, &codebook(), Some(run()))
}

fn filter(query: &str) -> Filter {
    Filter::parse_query(query, &codebook()).unwrap()
}

#[track_caller]
fn check(query: &str, expected: &[&str]) {
    let world = world();
    let selection = world.select(&filter(query), None);
    let ids: Vec<&str> = world.in_order(&selection).iter().map(|n| world.record(*n).unwrap().id()).collect();
    assert_eq!(ids, expected, "{query}");
}
