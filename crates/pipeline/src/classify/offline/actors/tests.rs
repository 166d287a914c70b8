//! Stories of actors, told through the public interface on invented instruments.

use std::collections::BTreeMap;

use lacuna_domain::Codebook;
use lacuna_domain::judgement::{ActorDraft, Confidence};

use super::{ActorModel, CodedRole, Example, quality, train};
use crate::segment::segment;

const BILL: &str = "\
Be it enacted by the Senate and House of Delegates of the Commonwealth of Marrow in General Court assembled,

SEC. 1. DEFINITIONS.

(a) The term “Secretary” means the Secretary of Harbours and Canals.

(b) The term “developer” means a person who builds an artificial intelligence system.

SEC. 2. DUTIES OF DEVELOPERS.

(a) A developer shall not offer an artificial intelligence system in the Commonwealth unless the developer has tested \
the system for safety. A developer shall keep a record of each test.

(b) The Secretary shall issue guidance on the testing of artificial intelligence systems.

SEC. 3. ENFORCEMENT.

(a) The Attorney General may bring a civil action in a court of competent jurisdiction to enforce this Act and to \
recover a civil penalty of not more than 5,000 crowns for each violation.

SEC. 4. REPORTS.

Not later than 1 year after the date of enactment of this Act, the Secretary shall submit to the Committee on \
Commerce and Canals of the Senate a report on the implementation of this Act.
";

fn builtin() -> Codebook {
    let path = "../../codebooks/ai-governance-1.toml";
    Codebook::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn extract(text: &str, language: Option<&str>) -> Vec<ActorDraft> {
    ActorModel::new(&builtin()).extract(text, &segment(text), language)
}

fn role<'d>(drafts: &'d [ActorDraft], id: &str) -> &'d ActorDraft {
    drafts.iter().find(|d| d.role.as_str() == id).unwrap()
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every name and quote of a draft stands in the text, and a filled role has evidence.
fn check_evidence(drafts: &[ActorDraft], text: &str) {
    for draft in drafts {
        assert!(!draft.reasoning.is_empty(), "{} has no reasoning", draft.role);
        assert_eq!(draft.entities.is_empty(), draft.quotes.is_empty(), "{draft:?}");
        assert!(draft.quotes.len() <= 3);
        for name in &draft.entities {
            assert!(flat(text).contains(name.as_str()), "{name:?} is not in the text");
        }
        for quote in &draft.quotes {
            let span = quote.at.unwrap();
            assert_eq!(span.slice(text), Some(quote.words.as_str()));
            assert!(quote.words.split_whitespace().count() <= 60);
        }
    }
}

#[test]
fn a_bill_names_its_enactors_addressees_enforcers_and_watchers() {
    let drafts = extract(BILL, Some("en"));
    check_evidence(&drafts, BILL);
    let names = |id: &str| role(&drafts, id).entities.join(" | ");
    assert!(names("proposer").contains("Senate and House of Delegates"), "{}", names("proposer"));
    assert!(names("target").contains("developer"), "{}", names("target"));
    assert!(names("enforcer").contains("Attorney General"), "{}", names("enforcer"));
    assert!(
        names("monitor").contains("Committee on Commerce and Canals of the Senate"),
        "{}",
        names("monitor")
    );
    let types: Vec<&str> = role(&drafts, "target").types.iter().map(lacuna_domain::CodeId::as_str).collect();
    assert!(types.contains(&"ai_developer"), "{types:?}");
}

#[test]
fn a_role_that_nobody_holds_says_what_was_looked_for() {
    let text =
        "The library keeps its opening hours. Cats sleep in the afternoon, and rain falls on the harbour.";
    let drafts = extract(text, Some("en"));
    check_evidence(&drafts, text);
    let enforcer = role(&drafts, "enforcer");
    assert!(enforcer.entities.is_empty() && enforcer.types.is_empty());
    assert!(enforcer.reasoning.contains("private right of action"), "{}", enforcer.reasoning);
}

#[test]
fn signatories_are_read_from_their_list() {
    let firms = [
        "Alder Works Co., Ltd.",
        "Birch Machine Learning Inc.",
        "Cedar AI",
        "Damson Robotics",
        "Elder Compute",
    ];
    let text = format!(
        "We commit to test our models before release and to publish what we find.\n\n\
         The following companies have signed these commitments:\n\n{}\n",
        firms.join("\n")
    );
    let drafts = extract(&text, Some("en"));
    check_evidence(&drafts, &text);
    assert_eq!(role(&drafts, "proposer").entities, firms);
    assert_eq!(role(&drafts, "target").entities, firms);
}

#[test]
fn other_languages_go_by_cues_with_low_confidence() {
    let text = "Article 1. Le fournisseur doit tester le système avant sa mise en service. Le Ministère des Canaux \
                peut ordonner une amende.";
    let drafts = extract(text, Some("fr"));
    check_evidence(&drafts, text);
    assert!(drafts.iter().all(|d| d.confidence == Confidence::Low && d.probability.is_none()));
    assert!(!role(&drafts, "target").entities.is_empty());
    let unknown = extract(text, Some("fi"));
    assert!(unknown.iter().all(|d| d.entities.is_empty() && d.reasoning.starts_with("Not looked for")));
}

#[test]
fn names_of_weights_that_are_none_leave_roles_to_their_cues() {
    let book = builtin();
    let model = ActorModel::with_weights(&book, b"not weights");
    let drafts = model.extract(BILL, &segment(BILL), None);
    check_evidence(&drafts, BILL);
    assert!(drafts.iter().all(|d| d.confidence == Confidence::Low));
    assert!(!role(&drafts, "enforcer").entities.is_empty());
}

#[test]
fn odd_texts_do_no_harm() {
    for text in
        ["", "\n", "(", "“Secretary” means", "Mr.", "THE", "第三条 提供者应当测试系统。", "a-\nb’s U.S."]
    {
        for language in [None, Some("zh")] {
            check_evidence(&extract(text, language), text);
        }
    }
    let line = "The Secretary of Harbours shall report to Congress and ".repeat(4_000);
    check_evidence(&extract(&line, None), &line);
}

#[test]
fn training_is_repeatable_and_measured_on_unseen_texts() {
    let bodies = ["Alder", "Birch", "Cedar", "Damson", "Elder", "Fir", "Gorse", "Hazel"];
    let texts: Vec<String> = bodies
        .iter()
        .map(|b| {
            format!(
                "The Secretary of {b} shall test each system and keep a log of the tests.\n\nThe {b} Commission may \
                 impose a civil penalty for a violation of this section.\n"
            )
        })
        .collect();
    let passages: Vec<_> = texts.iter().map(|t| segment(t)).collect();
    let coded = |name: String| CodedRole { entities: vec![name], types: vec!["governance_actor".to_owned()] };
    let examples: Vec<Example<'_>> = texts
        .iter()
        .zip(&passages)
        .enumerate()
        .map(|(i, (text, passages))| Example {
            text,
            passages,
            group: i as u64,
            roles: BTreeMap::from([
                ("target".to_owned(), coded(format!("Secretary of {}", bodies[i]))),
                ("enforcer".to_owned(), coded(format!("{} Commission", bodies[i]))),
            ]),
        })
        .collect();
    let book = builtin();
    let bytes = train(&book, &examples).unwrap();
    assert_eq!(bytes, train(&book, &examples).unwrap());
    let measured = quality::cross_validate(&book, &examples, 4).unwrap();
    assert_eq!(
        measured.roles.iter().map(|r| r.role.as_str()).collect::<Vec<_>>(),
        ["proposer", "target", "enforcer", "monitor"]
    );
    assert!((0.0..=1.0).contains(&measured.actor_entity_f1));
    assert_eq!(measured.roles[1].entities.wanted, bodies.len());
    assert!(train(&book, &[]).is_none());
}
