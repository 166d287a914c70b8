//! Stories of a few invented texts, from what an engine says of each to what all of them say together.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lacuna_domain::coding::PartHit;
use lacuna_domain::judgement::{ActorDraft, ActorJudgement, DraftQuote};
use lacuna_domain::{Clock, Codebook, Coding, Confidence, Draft, RunId, Value};
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;
use crate::classify::Drafts;

static CODEBOOK: LazyLock<Codebook> =
    LazyLock::new(|| Codebook::parse(include_str!("../../../../../codebooks/ai-governance-1.toml")).unwrap());

const DEPLOYER: &str = "ai_deployer";
const GOVERNANCE: &str = "governance_actor";

/// A coding of a text of one passage, which speaks to security in its last sentence and has these targets, of these types,
/// in all others.
fn coding(words: &str, names: &[&str], types: &[&str]) -> Coding {
    let quote = |said: &str| DraftQuote { words: said.trim().to_owned(), at: None };
    let mut sentences: Vec<DraftQuote> = words.split_inclusive(". ").map(quote).collect();
    let quotes = sentences.split_off(sentences.len() - 1);
    let of_targets = if sentences.is_empty() { quotes.clone() } else { sentences };
    let target = ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: "target".parse().unwrap(),
        entities: names.iter().map(|name| (*name).to_owned()).collect(),
        types: types.iter().map(|kind| kind.parse().unwrap()).collect(),
        confidence: Confidence::Medium,
        probability: None,
        reasoning: String::new(),
        quotes: of_targets,
    };
    let label = Draft {
        dimension: "risk".parse().unwrap(),
        code: "2.2".parse().unwrap(),
        value: Value::Level(3),
        confidence: Confidence::Medium,
        probability: None,
        reasoning: String::new(),
        quotes,
    };
    let hits = BTreeMap::from([("2.2".parse().unwrap(), vec![PartHit { passage: 0, level: 3 }])]);
    let drafts = Drafts {
        labels: vec![label],
        actors: vec![target],
        parts: BTreeMap::from([("risk".parse().unwrap(), hits)]),
        ..Drafts::default()
    };
    let passages = crate::segment::segment(words);
    assert_eq!(passages.len(), 1, "{words}");
    let coding =
        crate::verify::verify(drafts, words, &passages, &CODEBOOK, &RunId::of(b"test"), Clock::fixed().now());
    assert_eq!(coding.actor("target").unwrap().entities().len(), names.len(), "{words}");
    coding
}

/// The same, with somebody who enforces besides, of one type.
fn enforced(coding: Coding, name: &str, kind: &str) -> Coding {
    let target = coding.actor("target").unwrap();
    let draft = ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: "enforcer".parse().unwrap(),
        entities: vec![name.to_owned()],
        types: vec![kind.parse().unwrap()],
        confidence: Confidence::Medium,
        probability: None,
        reasoning: String::new(),
        quotes: vec![],
    };
    let entities = target.entities().iter().filter(|entity| entity.name == name).cloned().collect();
    let (enforcer, fallen) = ActorJudgement::verified(draft, entities, target.evidence().to_vec(), vec![]);
    assert_eq!(fallen, None);
    let others = coding.actors.into_iter().filter(|actor| actor.role() != enforcer.role());
    Coding { actors: others.chain([enforcer.clone()]).collect(), ..coding }
}

/// A coding of the text "(n) … shall secure the system.", with everybody before "shall" as a target.
fn duty(n: usize, names: &[&str], types: &[&str]) -> Coding {
    coding(&format!("({n}) {} shall secure the system.", names.join(" and ")), names, types)
}

fn gathered<'c>(codings: impl IntoIterator<Item = &'c Coding>) -> Actors {
    let mut gathering = Gathering::new(&CODEBOOK);
    codings.into_iter().for_each(|coding| gathering.take(coding));
    gathering.settled()
}

/// Types of an entity in every text, each with how it was told.
fn types<'a>(actors: &'a Actors, name: &str) -> Vec<(&'a str, Told)> {
    let all = actors.duties.iter().flat_map(|((kind, _), duties)| duties.iter().map(move |d| (kind, d)));
    all.filter(|(_, duty)| duty.entity == name).map(|(kind, duty)| (kind.as_str(), duty.told)).collect()
}

fn keys(actors: &Actors) -> Vec<&str> {
    actors.entities.keys().map(String::as_str).collect()
}

#[test]
fn a_type_is_told_where_something_tells_it_and_nowhere_else() {
    let both = [DEPLOYER, GOVERNANCE];
    let one = gathered(&[duty(1, &["Tide Registry"], &[DEPLOYER])]);
    assert_eq!(types(&one, "Tide Registry"), [(DEPLOYER, Told::OneType)]);
    let name = gathered(&[
        duty(1, &["Department of Harbours"], &both),
        duty(2, &["Harbour Agency"], &both),
        duty(3, &["Tide Registry"], &both),
    ]);
    assert_eq!(
        types(&name, "Department of Harbours"),
        [(GOVERNANCE, Told::Name)],
        "the longest term says most"
    );
    assert_eq!(types(&name, "Harbour Agency"), [("", Told::Untold)], "an agency may be either");
    assert_eq!(types(&name, "Tide Registry"), [("", Told::Untold)], "nothing tells it");
    let role = gathered(&[enforced(duty(1, &["Tide Registry"], &both), "Tide Registry", GOVERNANCE)]);
    assert_eq!(types(&role, "Tide Registry"), [(GOVERNANCE, Told::OtherRole)], "who enforces governs");
    let left = gathered(&[duty(1, &["Tide Registry", "Harbour Commission"], &both)]);
    assert_eq!(types(&left, "Tide Registry"), [(DEPLOYER, Told::Remaining)]);
    let more = gathered(&[duty(1, &["Tide Registry", "Buoy Registry", "Harbour Commission"], &both)]);
    assert_eq!(
        types(&more, "Tide Registry"),
        [("", Told::Untold)],
        "of two left nobody knows whose the type is"
    );
}

#[test]
fn a_duty_has_the_sentence_of_its_target_and_that_of_its_code() {
    let (tide, harbour) =
        ("The Tide Registry shall answer for tides.", "The Harbour Board shall answer for quays.");
    let asked = "What they run shall be secured against intrusion.";
    let text = format!("{tide} {harbour} {asked}");
    let apart = gathered(&[coding(&text, &["Tide Registry", "Harbour Board"], &[DEPLOYER])]);
    let said = |actors: &Actors| -> Vec<(String, String)> {
        let duties = actors.duties.values().flat_map(|duties| duties.iter());
        duties.map(|duty| (duty.target_quote.clone(), duty.quote.clone())).collect()
    };
    let told = [harbour, tide].map(|target| (target.to_owned(), asked.to_owned()));
    assert_eq!(said(&apart), told, "each target has its own sentence");
    let beside = "What it and the Harbour Board run shall be secured against intrusion.";
    let unquoted =
        gathered(&[coding(&format!("{tide} {beside}"), &["Tide Registry", "Harbour Board"], &[DEPLOYER])]);
    let told = ["", tide].map(|target| (target.to_owned(), beside.to_owned()));
    assert_eq!(said(&unquoted), told, "a target that no quote names has not the sentence of another");
    let one = said(&gathered(&[duty(1, &["Tide Registry"], &[DEPLOYER])]));
    assert!(one[0].0.ends_with("shall secure the system.") && one[0].0 == one[0].1, "{one:?}");
}

#[test]
fn what_other_texts_say_without_doubt_tells_a_type() {
    let asked = duty(1, &["the Tide Registry"], &[DEPLOYER, GOVERNANCE]);
    let sure = |n| duty(n, &["Tide Registry"], &[DEPLOYER]);
    let of =
        |codings: &[Coding]| types(&gathered(codings), "the Tide Registry").first().map(|(_, told)| *told);
    assert_eq!(of(&[sure(2), asked.clone(), sure(3)]), Some(Told::Elsewhere));
    assert_eq!(of(&[asked.clone(), sure(2)]), Some(Told::Untold), "one text is not enough");
    let other = duty(4, &["Tide Registry"], &[GOVERNANCE]);
    assert_eq!(of(&[asked, sure(2), sure(3), other]), Some(Told::Untold), "texts that disagree tell nothing");
}

#[test]
fn a_class_is_one_in_capitals_and_in_the_plural_and_a_proper_name_keeps_its_ending() {
    let both = [GOVERNANCE];
    let actors = gathered(&[
        duty(1, &["appropriate harbour committees"], &both),
        duty(2, &["APPROPRIATE HARBOUR COMMITTEES"], &both),
        duty(3, &["Pilots"], &both),
        duty(4, &["a pilot"], &both),
        duty(5, &["the United States"], &both),
        duty(6, &["UNITED STATES"], &both),
        duty(7, &["United States"], &both),
        duty(8, &["Harbour Board"], &both),
        duty(9, &["Harbour Boards"], &both),
    ]);
    let expected =
        ["appropriate harbour committees", "harbour board", "harbour boards", "pilot", "united states"];
    assert_eq!(keys(&actors), expected);
    let (key, committees) = actors.entity("appropriate harbour committee").unwrap();
    assert_eq!(key, "appropriate harbour committees", "an earlier address leads on");
    assert_eq!(committees.variants.len(), 2);
    assert_eq!(committees.mentions.len(), 2);
    assert_eq!(actors.entities["united states"].variants.len(), 3);
    let singular = gathered(&[
        duty(1, &["appropriate harbour committees"], &both),
        duty(2, &["APPROPRIATE HARBOUR COMMITTEES"], &both),
        duty(3, &["Appropriate Harbour Committee"], &both),
    ]);
    assert_eq!(keys(&singular), ["appropriate harbour committee"]);
}

#[test]
fn a_short_form_is_the_long_name_that_texts_give_it_unless_they_give_it_two() {
    let long = coding(
        "The Harbour and Data Office (in this act the “HDO”) shall secure the system.",
        &["Harbour and Data Office"],
        &[DEPLOYER],
    );
    let short = [duty(1, &["the HDO"], &[DEPLOYER, GOVERNANCE]), duty(2, &["HDO"], &[DEPLOYER])];
    let actors = gathered([&long].into_iter().chain(&short));
    assert_eq!(keys(&actors), ["harbour and data office"]);
    assert_eq!(actors.entity("hdo").unwrap().1.mentions.len(), 3);
    assert_eq!(types(&actors, "the HDO"), [(DEPLOYER, Told::Elsewhere)], "told under all its names");
    let other = duty(3, &["Hill and Dale Office (HDO)"], &[DEPLOYER]);
    let actors = gathered([&long, &other].into_iter().chain(&short));
    assert_eq!(keys(&actors), ["harbour and data office", "hdo", "hill and dale office"]);
}

#[test]
fn a_technology_and_a_pronoun_are_nobody_and_who_makes_it_is_somebody() {
    let types = ["ai_developer"];
    let words =
        "High-risk AI systems, they, generative AI, AI developers, WHO and any person shall be secure.";
    let names = ["High-risk AI systems", "they", "generative AI", "AI developers", "WHO", "any person"];
    let coding = coding(words, &names, &types);
    let actors = gathered([&coding]);
    assert_eq!(keys(&actors), ["ai developer", "person", "who"]);
    let duties = actors.duties.values().flat_map(|duties| duties.iter());
    let asked: Vec<&str> = duties.map(|duty| duty.entity.as_str()).collect();
    assert_eq!(asked, ["AI developers", "WHO", "any person"]);
    assert_eq!(coding.actor("target").unwrap().entities().len(), names.len(), "the judgement stays as it is");
}

/// Names that are joined, or must not be, in many ways.
const NAMES: [&str; 18] = [
    "United States",
    "the united states",
    "UNITED STATES",
    "Agency",
    "agencies",
    "AGENCIES",
    "each agency",
    "HDO",
    "THE HDO",
    "Harbour and Data Office (HDO)",
    "Hill and Dale Office (HDO)",
    "Harbour Board",
    "Harbour Boards",
    "harbour boards",
    "deployers",
    "DEPLOYERS",
    "Deployer",
    "Tide Commission",
];

static POOL: LazyLock<Vec<Coding>> = LazyLock::new(|| {
    let types: [&[&str]; 3] = [&[DEPLOYER], &[GOVERNANCE], &[DEPLOYER, GOVERNANCE]];
    let pairs = NAMES.iter().zip(NAMES.iter().cycle().skip(5));
    let named = pairs.flat_map(|(one, other)| types.map(|types| ([*one, *other], types)));
    named.enumerate().map(|(n, (names, types))| duty(n, &names, types)).collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_codings_does_not_matter(
        (sorted, shuffled) in subsequence((0..POOL.len()).collect::<Vec<_>>(), 0..=POOL.len())
            .prop_flat_map(|sorted| (Just(sorted.clone()), Just(sorted).prop_shuffle())),
    ) {
        let of = |order: &[usize]| gathered(order.iter().map(|n| &POOL[*n]));
        prop_assert_eq!(of(&sorted), of(&shuffled));
    }

    #[test]
    fn names_that_were_joined_have_nothing_left_to_join(chosen in subsequence(NAMES.to_vec(), 0..=NAMES.len())) {
        let mut entities: BTreeMap<String, EntityEntry> = BTreeMap::new();
        let mut short_forms = names::ShortForms::new();
        for name in &chosen {
            let key = names::key(name);
            *entities.entry(key.clone()).or_default().variants.entry((*name).to_owned()).or_default() += 1;
            for short in names::short_forms(name, name) {
                short_forms.entry(short).or_default().insert(key.clone());
            }
        }
        names::settle(&mut entities, &short_forms);
        let once = entities.clone();
        prop_assert!(names::settle(&mut entities, &short_forms).is_empty());
        prop_assert_eq!(&entities, &once);
        let found: usize = entities.values().map(|entry| entry.variants.len()).sum();
        prop_assert_eq!(found, chosen.len(), "no name is lost");
    }
}
