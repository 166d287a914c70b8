//! Checks of a finished run that need nobody's labels: what must hold of any labeller, right or wrong.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{CodeId, Codebook, Coding, DimensionId, DocumentId, RunId, Text, TextId};
use lacuna_store::{Store, StoreError};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::check_words::{cuts_a_word, evened, short};
use super::consistency::{self, Names};
use crate::publish::narrative::narrate;

/// Codings read at a time.
const PAGE: usize = 256;
/// A quote of more words is over-long.
const LONGEST: usize = 60;
/// A quote that supports more codes of one text is reused too often.
const MOST_CODES: usize = 4;
/// A reasoning that stands in so many texts, word for word but for numbers, is an echo.
const ECHO: u32 = 3;
/// Fewest words of a narrative that should be like no other.
const NARRATIVE: usize = 12;
/// Examples named of each fault.
const EXAMPLES: usize = 5;

/// What the checks found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// When.
    pub at: Option<Timestamp>,
    /// Codings looked at.
    pub codings: usize,
    /// Every check, in the order of pages.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Stable identifier.
    pub id: String,
    /// What must hold, for readers.
    pub name: String,
    /// Cases looked at: the denominator.
    pub looked_at: usize,
    /// Cases in which it does not hold.
    pub faults: usize,
    /// Some of them.
    pub examples: Vec<String>,
    /// Where each of the examples stands; empty in reports of earlier versions.
    #[serde(default)]
    pub places: Vec<Vec<Place>>,
}

/// A place of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// What the address of the text begins with.
    pub text: String,
    /// Where in it.
    pub byte: usize,
}

/// A case in which a check does not hold: the words, and where it is.
type Fault = (String, Vec<Place>);

fn fault(text: &TextId, byte: usize, says: String) -> Fault {
    (says, vec![Place { text: text.to_string(), byte }])
}

impl Check {
    fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            looked_at: 0,
            faults: 0,
            examples: vec![],
            places: vec![],
        }
    }

    fn case(&mut self, fault: Option<Fault>) {
        self.looked_at += 1;
        if let Some(fault) = fault {
            self.faults += 1;
            self.name_some([fault]);
        }
    }

    fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.faults += other.faults;
        self.name_some(other.examples.into_iter().zip(other.places));
    }

    /// The first examples in the order of their letters, so that the order of cases does not matter.
    fn name_some(&mut self, more: impl IntoIterator<Item = Fault>) {
        let known = std::mem::take(&mut self.examples).into_iter().zip(std::mem::take(&mut self.places));
        let mut all: Vec<Fault> = known.chain(more).collect();
        all.sort_unstable();
        all.truncate(EXAMPLES);
        (self.examples, self.places) = all.into_iter().unzip();
    }
}

/// A reasoning or narrative, but for numbers, case and spacing.
#[derive(Clone, Debug)]
struct Reason {
    /// Texts in which it stands.
    texts: u32,
    /// The least of them, by the beginning of its address.
    least: u64,
    /// It, once it is an echo.
    words: Option<Box<str>>,
}

/// The checks that look at one coding at a time.
#[derive(Clone, Debug)]
struct Single {
    same_text: Check,
    cut: Check,
    reused: Check,
    long: Check,
    tally: Check,
}

/// What one coding adds to the checks.
#[derive(Debug)]
pub struct Look {
    text: TextId,
    /// Digest of the text but for spacing.
    even: u64,
    /// Digest of the labels.
    labels: u64,
    single: Single,
    /// What is left of the reasonings, and of narratives that a model wrote, without numbers, case and spacing, by its digest.
    reasons: BTreeMap<u64, Box<str>>,
}

/// What the looks at the codings of a run have in common.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Documents that have one text, by text; those whose text nobody shares are not in it.
    documents: BTreeMap<TextId, Vec<DocumentId>>,
    /// The names of the codebook.
    names: Names,
}

impl Shared {
    /// Reads which documents share a text now, and the names of `codebook`.
    pub async fn read(store: &Store, codebook: &Codebook) -> Result<Self, StoreError> {
        let mut documents: BTreeMap<TextId, Vec<DocumentId>> = BTreeMap::new();
        for version in store.latest_versions().await? {
            documents.entry(version.text).or_default().push(version.document);
        }
        documents.retain(|_, documents| documents.len() > 1);
        Ok(Self { documents, names: Names::of(codebook) })
    }

    fn of(&self, text: &TextId) -> &[DocumentId] {
        self.documents.get(text).map_or(&[], Vec::as_slice)
    }
}

/// Collects what the checks need, coding by coding and in any order: some hundred bytes of each, since runs have a million
/// of them.
#[derive(Clone, Debug)]
pub struct Checker {
    /// Codings with the digest of their labels, by the digest of the text but for spacing.
    alike: BTreeMap<u64, Vec<(Box<str>, u64)>>,
    /// Texts looked at, by the beginning of their address.
    seen: BTreeSet<u64>,
    single: Single,
    reasons: BTreeMap<u64, Reason>,
}

impl Single {
    fn new() -> Self {
        Self {
            same_text: Check::new(
                "metadata",
                "Documents with one text and different catalogue data have the same labels",
            ),
            cut: Check::new("cut-words", "Quotes do not begin or end inside a word"),
            reused: Check::new("reused-quotes", "No quote supports more than four codes of a text"),
            long: Check::new("long-quotes", "Quotes have at most 60 words"),
            tally: Check::new("tally", "Narratives say what the labels beside them say"),
        }
    }

    fn quotes(&mut self, coding: &Coding, text: &str) {
        let mut supports: BTreeMap<(usize, usize), BTreeSet<(&DimensionId, &CodeId)>> = BTreeMap::new();
        let mut words_at: BTreeMap<(usize, usize), &str> = BTreeMap::new();
        for judgement in &coding.judgements {
            for evidence in judgement.evidence() {
                let code = (judgement.dimension(), judgement.code());
                let start = evidence.extent().0;
                supports.entry(evidence.extent()).or_default().insert(code);
                words_at.insert(evidence.extent(), evidence.quote());
                let example = |what: &str| {
                    let says = format!("{}/{}: {what} {}", code.0, code.1, short(evidence.quote()));
                    fault(&coding.text, start, says)
                };
                self.cut.case(cuts_a_word(evidence, text).then(|| example("cut")));
                let words = evidence.quote().split_whitespace().count();
                self.long.case((words > LONGEST).then(|| example(&format!("{words} words"))));
            }
        }
        for (extent, codes) in supports {
            let words = words_at.get(&extent).copied().unwrap_or_default();
            let says = || format!("{} codes: {}", codes.len(), short(words));
            self.reused.case((codes.len() > MOST_CODES).then(|| fault(&coding.text, extent.0, says())));
        }
    }

    fn add(&mut self, other: Self) {
        self.same_text.add(other.same_text);
        self.cut.add(other.cut);
        self.reused.add(other.reused);
        self.long.add(other.long);
        self.tally.add(other.tally);
    }
}

impl Look {
    /// Looks at a coding of `text` under `codebook`.
    pub fn at(coding: &Coding, text: &str, codebook: &Codebook, shared: &Shared) -> Self {
        let mut single = Single::new();
        let documents = shared.of(&coding.text);
        if documents.len() > 1 {
            // All of them read this one coding: it can only be wrong if it is of another text.
            let own = coding.text == TextId::of(text);
            let names = || documents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            single.same_text.case((!own).then(|| fault(&coding.text, 0, names())));
        }
        single.quotes(coding, text);
        let told = narrate(coding, codebook).sections.into_iter().map(|section| section.text);
        for narrative in told.chain(coding.asides.narratives.values().cloned()) {
            let wrong = consistency::check_by(&shared.names, &narrative, coding, codebook);
            let says =
                |c: &consistency::Contradiction| format!("it says {}; {}", short(&c.said), c.labels_say);
            single.tally.case(wrong.first().map(|c| fault(&coding.text, 0, says(c))));
        }
        let even: Vec<&str> = text.split_whitespace().collect();
        let mut labels: Vec<String> = coding
            .judgements
            .iter()
            .map(|j| format!("{} {} {:?}", j.dimension(), j.code(), j.value()))
            .collect();
        labels.sort_unstable();
        let reasons = coding.judgements.iter().map(lacuna_domain::Judgement::reasoning);
        let reasons = reasons.filter(|reason| !reason.is_empty());
        // "Not addressed." is no template; a narrative of some length is written for its text.
        let narratives = coding.asides.narratives.values().map(String::as_str);
        let narratives = narratives.filter(|words| words.split_whitespace().count() >= NARRATIVE);
        let reasons = reasons.chain(narratives);
        Self {
            text: coding.text.clone(),
            even: digest(&even.join(" ")),
            labels: digest(&labels.join("\n")),
            single,
            reasons: reasons.map(evened).map(|reason| (digest(&reason), reason.into())).collect(),
        }
    }
}

impl Default for Checker {
    fn default() -> Self {
        Self {
            alike: BTreeMap::new(),
            seen: BTreeSet::new(),
            single: Single::new(),
            reasons: BTreeMap::new(),
        }
    }
}

impl Checker {
    /// Adds what was seen of one coding; each text counts once.
    pub fn note(&mut self, look: Look) {
        if !self.seen.insert(address(&look.text)) {
            return;
        }
        self.single.add(look.single);
        self.alike.entry(look.even).or_default().push((look.text.short().into(), look.labels));
        for (digest, words) in look.reasons {
            let none = Reason { texts: 0, least: u64::MAX, words: None };
            let reason = self.reasons.entry(digest).or_insert(none);
            reason.texts += 1;
            reason.least = reason.least.min(address(&look.text));
            if reason.texts == ECHO {
                reason.words = Some(words);
            }
        }
    }

    /// What was found.
    pub fn finish(mut self, at: Timestamp) -> CheckReport {
        let mut alike =
            Check::new("identical-texts", "Texts that differ in spacing alone have the same labels");
        for group in self.alike.values_mut().filter(|group| group.len() > 1) {
            group.sort_unstable();
            let (first, labels) = &group[0];
            let other = group.iter().find(|(_, others)| others != labels);
            let places = |other: &str| [first, other].map(|text| Place { text: text.to_owned(), byte: 0 });
            alike.case(other.map(|(other, _)| (format!("{first} and {other}"), places(other).to_vec())));
        }
        let mut echo = Check::new(
            "template-echo",
            "Reasonings and narratives are written for their text, not repeated over texts",
        );
        let echoes = self.reasons.values().filter_map(|r| Some((r.texts, r.least, r.words.as_deref()?)));
        let mut echoes: Vec<(u32, u64, &str)> = echoes.collect();
        // The one repeated most is the one to read.
        echoes.sort_by_key(|(texts, _, words)| (Reverse(*texts), *words));
        (echo.looked_at, echo.faults) = (self.reasons.len(), echoes.len());
        for (texts, least, words) in echoes.into_iter().take(EXAMPLES) {
            echo.examples.push(format!("{texts} texts: {}", short(words)));
            echo.places.push(vec![Place { text: format!("{least:016x}"), byte: 0 }]);
        }
        let Single { same_text, cut, reused, long, tally } = self.single;
        let checks = vec![alike, same_text, cut, reused, long, echo, tally];
        CheckReport { at: Some(at), codings: self.seen.len(), checks }
    }
}

/// 64 bits of a hash: among the ten million reasonings of a million texts, two meet by chance in three of a million runs.
fn digest(words: &str) -> u64 {
    let hash = Sha256::digest(words.as_bytes());
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The number that a text's address begins with: two texts of a million meet by chance in one of ten million runs.
fn address(text: &TextId) -> u64 {
    let digits = text.as_str().get(..16).unwrap_or_default();
    u64::from_str_radix(digits, 16).unwrap_or_else(|_| digest(text.as_str()))
}

/// Checks `run`: what `checker` has not seen while it was coded is read from the store.
pub async fn check_run(
    store: &Store,
    run: &RunId,
    codebook: &Codebook,
    mut checker: Checker,
    at: Timestamp,
) -> Result<CheckReport, StoreError> {
    let mut rest = store.coded_texts(run).await?;
    rest.retain(|text| !checker.seen.contains(&address(text)));
    if rest.is_empty() {
        return Ok(checker.finish(at));
    }
    let shared = Shared::read(store, codebook).await?;
    for page in rest.chunks(PAGE) {
        let mut read = Vec::with_capacity(page.len());
        for text in store.texts(page).await? {
            if let Some(Outcome::Coded(coding)) = store.outcome(run, &text.id).await? {
                read.push((coding, text));
            }
        }
        let look = |(coding, text): &(Box<Coding>, Text)| Look::at(coding, &text.content, codebook, &shared);
        let looks: Vec<Look> = read.par_iter().map(look).collect();
        for look in looks {
            checker.note(look);
        }
    }
    Ok(checker.finish(at))
}

#[cfg(test)]
mod tests {
    use lacuna_domain::judgement::{Draft, DraftQuote};
    use lacuna_domain::{Clock, Confidence, Evidence, Value};

    use super::*;
    use crate::classify::Drafts;
    use crate::segment::segment;
    use crate::verify::verify;

    const TEXT: &str =
        "HARBOUR ORDER\n\nA deployer shall test every AI system for bias before use and keep a log.\n";

    fn coding(text: &str, codes: &[&str], words: &str, reason: &str) -> Coding {
        let codebook = crate::codebooks::ai_governance().unwrap();
        let label = |code: &&str| Draft {
            dimension: "risk".parse().unwrap(),
            code: code.parse().unwrap(),
            value: Value::Level(2),
            confidence: Confidence::High,
            probability: None,
            reasoning: reason.to_owned(),
            quotes: vec![DraftQuote { words: words.to_owned(), at: None }],
        };
        let drafts = Drafts { labels: codes.iter().map(label).collect(), ..Drafts::default() };
        verify(drafts, text, &segment(text), &codebook, &RunId::of(b"run"), Clock::fixed().now())
    }

    fn add(checker: &mut Checker, coding: &Coding, text: &str, documents: &[DocumentId]) {
        let codebook = crate::codebooks::ai_governance().unwrap();
        let mut shared = Shared { names: Names::of(&codebook), ..Shared::default() };
        if !documents.is_empty() {
            shared.documents.insert(coding.text.clone(), documents.to_vec());
        }
        checker.note(Look::at(coding, text, &codebook, &shared));
    }

    fn faults(report: &CheckReport) -> Vec<(&str, usize, usize)> {
        report.checks.iter().map(|c| (c.id.as_str(), c.looked_at, c.faults)).collect()
    }

    #[test]
    fn a_sound_run_passes_and_each_fault_is_seen() {
        let words = "shall test every AI system for bias";
        let mut sound = Checker::default();
        add(&mut sound, &coding(TEXT, &["1.1"], words, "It must test."), TEXT, &[]);
        let report = sound.finish(Clock::fixed().now());
        assert!(report.checks.iter().all(|c| c.faults == 0), "{report:?}");
        let mut faulty = Checker::default();
        let spaced = TEXT.replace("\n\n", "\n\n\n");
        add(&mut faulty, &coding(TEXT, &["1.1", "1.2", "1.3", "2.1", "2.2"], words, "As ever."), TEXT, &[]);
        add(&mut faulty, &coding(&spaced, &["1.1"], words, "As ever."), &spaced, &[]);
        let other = TEXT.replace("HARBOUR", "QUAY");
        add(&mut faulty, &coding(&other, &["1.1"], words, "As ever."), &other, &[]);
        let report = faulty.finish(Clock::fixed().now());
        let found = faults(&report);
        assert!(found.contains(&("identical-texts", 1, 1)), "{found:?}");
        assert!(found.contains(&("reused-quotes", 3, 1)), "{found:?}");
        assert!(found.contains(&("template-echo", 1, 1)), "{found:?}");
        assert!(
            found.iter().any(|(id, looked, faults)| *id == "tally" && *looked > 0 && *faults == 0),
            "{found:?}"
        );
    }

    #[test]
    fn a_narrative_that_contradicts_its_labels_is_a_fault_and_one_that_is_repeated_an_echo() {
        let risk = || "risk".parse().unwrap();
        let mut checker = Checker::default();
        let told = "The text covers one subdomain, and gives it minimal coverage by a duty to test.";
        for number in 1..=3 {
            let text = TEXT.replace("HARBOUR", &format!("PIER {number}"));
            let reason = format!("Reason of pier {}.", "x".repeat(number));
            let mut coded = coding(&text, &["1.1"], "keep a log", &reason);
            coded.asides.narratives.insert(risk(), told.to_owned());
            add(&mut checker, &coded, &text, &[]);
        }
        let mut wrong = coding(TEXT, &["1.1"], "keep a log", "Of its own.");
        let said = "Good coverage of approximately 10-12 subdomains.";
        wrong.asides.narratives.insert(risk(), said.to_owned());
        add(&mut checker, &wrong, TEXT, &[]);
        let report = checker.finish(Clock::fixed().now());
        let check = |id: &str| report.checks.iter().find(|check| check.id == id).unwrap();
        assert_eq!((check("tally").faults, check("template-echo").faults), (1, 1), "{report:?}");
        assert!(check("tally").examples[0].contains("10-12 subdomains"), "{report:?}");
        assert_eq!(check("tally").places, [[Place { text: wrong.text.to_string(), byte: 0 }]]);
        assert!(check("template-echo").examples[0].contains("3 texts: “the text covers one subdomain"));
        let place = &check("template-echo").places[0][0];
        assert!(TextId::of(&TEXT.replace("HARBOUR", "PIER 1")).as_str().len() > place.text.len());
    }

    #[test]
    fn cut_words_long_quotes_and_labels_of_another_text_are_seen() {
        use lacuna_domain::{Judgement, QuoteState, Span};
        let text = format!("{TEXT}{}\n", "It shall keep a log. ".repeat(20));
        let mut coded = coding(&text, &["1.1"], "shall test every AI system for bias", "It must test.");
        let quoted = |words: &str| {
            let start = text.find(words).unwrap();
            let span = Span::new(&text, start, start + words.len()).unwrap();
            Evidence::located(&text, vec![span], QuoteState::Exact, 1).unwrap()
        };
        let draft = Draft {
            dimension: "risk".parse().unwrap(),
            code: "1.2".parse().unwrap(),
            value: Value::Level(2),
            confidence: Confidence::High,
            probability: None,
            reasoning: String::new(),
            quotes: vec![],
        };
        let long = "It shall keep a log. ".repeat(13);
        let evidence = vec![quoted("ployer shall test every AI sys"), quoted(long.trim())];
        coded.judgements.push(Judgement::verified(draft, evidence, vec![]).unwrap());
        let mut checker = Checker::default();
        let two = ["sample:1".parse().unwrap(), "sample:2".parse().unwrap()];
        add(&mut checker, &coded, &text, &two);
        add(&mut checker, &coding(TEXT, &["1.1"], "keep a log", "Other."), &text, &two);
        let report = checker.finish(Clock::fixed().now());
        let found = faults(&report);
        assert!(found.contains(&("cut-words", 4, 1)), "{found:?}");
        assert!(found.contains(&("long-quotes", 4, 1)), "{found:?}");
        assert!(found.contains(&("metadata", 2, 1)), "labels of another text: {found:?}");
    }

    #[test]
    fn a_template_with_other_numbers_is_an_echo_still() {
        assert_eq!(evened("Section 12 asks  for Tests."), evened("section 7 asks for tests."));
        assert_ne!(evened("It asks for tests."), evened("It asks for logs."));
        let mut checker = Checker::default();
        for number in 1..=3 {
            let text = TEXT.replace("HARBOUR", &format!("PIER {number}"));
            let reason = format!("Section {number} asks for tests.");
            add(&mut checker, &coding(&text, &["1.1"], "keep a log", &reason), &text, &[]);
        }
        let found = checker.finish(Clock::fixed().now());
        assert!(faults(&found).contains(&("template-echo", 1, 1)), "{found:?}");
    }
}
