//! Checks of a finished run that need nobody's labels: what must hold of any labeller, right or wrong.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::{CodeId, Codebook, Coding, DimensionId, DocumentId, Evidence, RunId, Text, TextId};
use lacuna_store::{Store, StoreError};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::consistency;
use crate::publish::narrative::narrate;

/// Codings read at a time.
const PAGE: usize = 256;
/// A quote of more words is over-long.
const LONGEST: usize = 60;
/// A quote that supports more codes of one text is reused too often.
const MOST_CODES: usize = 4;
/// A reasoning that stands in so many texts, word for word but for numbers, is an echo.
const ECHO: u32 = 3;
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
}

impl Check {
    fn new(id: &str, name: &str) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), looked_at: 0, faults: 0, examples: vec![] }
    }

    fn case(&mut self, fault: Option<String>) {
        self.looked_at += 1;
        if let Some(example) = fault {
            self.faults += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(example);
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.faults += other.faults;
        let room = EXAMPLES - self.examples.len();
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

/// Texts that are alike but for spacing.
#[derive(Debug)]
struct Alike {
    /// The first of them, and the digest of its labels.
    first: Box<str>,
    labels: u64,
    /// Whether there is another.
    several: bool,
    /// Another with other labels.
    other: Option<Box<str>>,
}

/// A reasoning, but for numbers, case and spacing.
#[derive(Debug, Default)]
struct Reason {
    /// Texts in which it stands.
    texts: u32,
    /// Its words, once it is an echo.
    words: Option<Box<str>>,
}

/// The checks that look at one coding at a time.
#[derive(Debug)]
struct Single {
    same_text: Check,
    cut: Check,
    reused: Check,
    long: Check,
    tally: Check,
}

/// What one coding adds to the checks.
#[derive(Debug)]
struct Seen {
    text: Box<str>,
    /// Digest of the text but for spacing.
    even: u64,
    /// Digest of the labels.
    labels: u64,
    single: Single,
    /// Reasonings by the digest of what is left of them without numbers, case and spacing.
    reasons: BTreeMap<u64, Box<str>>,
}

/// Collects what the checks need, coding by coding: some hundred bytes of each, since runs have a million of them.
#[derive(Debug)]
pub struct Checker<'c> {
    codebook: &'c Codebook,
    codings: usize,
    /// By the digest of the text but for spacing.
    alike: BTreeMap<u64, Alike>,
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
        for judgement in &coding.judgements {
            for evidence in judgement.evidence() {
                let code = (judgement.dimension(), judgement.code());
                supports.entry(evidence.extent()).or_default().insert(code);
                let example = |what: &str| {
                    let quote: String = evidence.quote().chars().take(80).collect();
                    format!("{} {}/{}: {what} {quote:?}", coding.text.short(), code.0, code.1)
                };
                self.cut.case(cuts_a_word(evidence, text).then(|| example("cut")));
                let words = evidence.quote().split_whitespace().count();
                self.long.case((words > LONGEST).then(|| example(&format!("{words} words"))));
            }
        }
        for ((start, _), codes) in supports {
            let many = codes.len() > MOST_CODES;
            self.reused.case(
                many.then(|| format!("{} at byte {start}: {} codes", coding.text.short(), codes.len())),
            );
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

impl Seen {
    fn of(codebook: &Codebook, coding: &Coding, text: &str, documents: &[DocumentId]) -> Self {
        let mut single = Single::new();
        if documents.len() > 1 {
            // All of them read this one coding: it can only be wrong if it is of another text.
            let own = coding.text == TextId::of(text);
            let names = || documents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            single.same_text.case((!own).then(names));
        }
        single.quotes(coding, text);
        for section in narrate(coding, codebook).sections {
            let wrong = consistency::check(&section.text, coding, codebook);
            single.tally.case(wrong.first().map(|c| format!("{}: {:?}", coding.text.short(), c.said)));
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
        Self {
            text: coding.text.short().into(),
            even: digest(&even.join(" ")),
            labels: digest(&labels.join("\n")),
            single,
            reasons: reasons.map(|reason| (digest(&evened(reason)), reason.into())).collect(),
        }
    }
}

impl<'c> Checker<'c> {
    /// A checker of codings under `codebook`.
    pub fn new(codebook: &'c Codebook) -> Self {
        Self { codebook, codings: 0, alike: BTreeMap::new(), single: Single::new(), reasons: BTreeMap::new() }
    }

    /// Looks at codings, each with its text and the documents that have it, on all processors.
    pub fn add(&mut self, codings: &[(Coding, Text, &[DocumentId])]) {
        let look = |(coding, text, documents): &(Coding, Text, &[DocumentId])| {
            Seen::of(self.codebook, coding, &text.content, documents)
        };
        let seen: Vec<Seen> = codings.par_iter().map(look).collect();
        for seen in seen {
            self.note(seen);
        }
    }

    fn note(&mut self, seen: Seen) {
        self.codings += 1;
        self.single.add(seen.single);
        match self.alike.entry(seen.even) {
            Entry::Vacant(place) => {
                place.insert(Alike { first: seen.text, labels: seen.labels, several: false, other: None });
            }
            Entry::Occupied(mut place) => {
                let alike = place.get_mut();
                alike.several = true;
                if alike.labels != seen.labels {
                    alike.other.get_or_insert(seen.text);
                }
            }
        }
        for (digest, words) in seen.reasons {
            let reason = self.reasons.entry(digest).or_default();
            reason.texts += 1;
            if reason.texts == ECHO {
                reason.words = Some(words);
            }
        }
    }

    /// What was found.
    pub fn finish(self, at: Timestamp) -> CheckReport {
        let mut alike =
            Check::new("identical-texts", "Texts that differ in spacing alone have the same labels");
        for group in self.alike.values().filter(|group| group.several) {
            alike.case(group.other.as_ref().map(|other| format!("{} and {other}", group.first)));
        }
        let mut echo =
            Check::new("template-echo", "Reasonings are written for their text, not repeated over texts");
        let mut repeated: Vec<(u32, &str)> =
            self.reasons.values().filter_map(|r| Some((r.texts, r.words.as_deref()?))).collect();
        repeated.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        for (texts, reason) in repeated {
            let short: String = reason.chars().take(100).collect();
            echo.case(Some(format!("{texts} texts: {short:?}")));
        }
        echo.looked_at = self.reasons.len();
        let Single { same_text, cut, reused, long, tally } = self.single;
        let checks = vec![alike, same_text, cut, reused, long, echo, tally];
        CheckReport { at: Some(at), codings: self.codings, checks }
    }
}

/// 64 bits of a hash: among the ten million reasonings of a million texts, two meet by chance in three of a million runs.
fn digest(words: &str) -> u64 {
    let hash = Sha256::digest(words.as_bytes());
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A reasoning without what a template fills in: numbers, case and spacing.
fn evened(reason: &str) -> String {
    let mut out = String::with_capacity(reason.len());
    for word in reason.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let mut last = ' ';
        for c in word.chars().flat_map(char::to_lowercase) {
            let c = if c.is_numeric() { '0' } else { c };
            if c != '0' || last != '0' {
                out.push(c);
            }
            last = c;
        }
    }
    out
}

fn cuts_a_word(evidence: &Evidence, text: &str) -> bool {
    let joined = |before: Option<char>, after: Option<char>| matches!((before, after), (Some(a), Some(b)) if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric());
    evidence.spans().iter().any(|span| {
        let (start, end) = (span.start(), span.end());
        let around = |at: usize| {
            let (before, after) = (text.get(..at), text.get(at..));
            joined(before.and_then(|b| b.chars().next_back()), after.and_then(|a| a.chars().next()))
        };
        around(start) || around(end)
    })
}

/// Checks every coding of `run`.
pub async fn check_run(
    store: &Store,
    run: &RunId,
    codebook: &Codebook,
    at: Timestamp,
) -> Result<CheckReport, StoreError> {
    let mut documents: BTreeMap<TextId, Vec<DocumentId>> = BTreeMap::new();
    for version in store.latest_versions().await? {
        documents.entry(version.text).or_default().push(version.document);
    }
    documents.retain(|_, documents| documents.len() > 1);
    let mut checker = Checker::new(codebook);
    let mut after: Option<TextId> = None;
    loop {
        let codings = store.codings(run, after.as_ref(), PAGE).await?;
        let Some(last) = codings.last() else { return Ok(checker.finish(at)) };
        after = Some(last.text.clone());
        let mut page = Vec::with_capacity(codings.len());
        for coding in codings {
            if let Some(text) = store.text(&coding.text).await? {
                let of = documents.get(&coding.text).map_or(&[][..], Vec::as_slice);
                page.push((coding, text, of));
            }
        }
        checker.add(&page);
    }
}

#[cfg(test)]
mod tests {
    use lacuna_domain::judgement::{Draft, DraftQuote};
    use lacuna_domain::text::Quality;
    use lacuna_domain::{Clock, Confidence, Value};

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

    fn add(checker: &mut Checker<'_>, coding: Coding, text: &str, documents: &[DocumentId]) {
        checker.add(&[(coding, Text::new(text.to_owned(), None, Quality::default()), documents)]);
    }

    fn faults(report: &CheckReport) -> Vec<(&str, usize, usize)> {
        report.checks.iter().map(|c| (c.id.as_str(), c.looked_at, c.faults)).collect()
    }

    #[test]
    fn a_sound_run_passes_and_each_fault_is_seen() {
        let codebook = crate::codebooks::ai_governance().unwrap();
        let words = "shall test every AI system for bias";
        let mut sound = Checker::new(&codebook);
        add(&mut sound, coding(TEXT, &["1.1"], words, "It must test."), TEXT, &[]);
        let report = sound.finish(Clock::fixed().now());
        assert!(report.checks.iter().all(|c| c.faults == 0), "{report:?}");
        let mut faulty = Checker::new(&codebook);
        let spaced = TEXT.replace("\n\n", "\n\n\n");
        add(&mut faulty, coding(TEXT, &["1.1", "1.2", "1.3", "2.1", "2.2"], words, "As ever."), TEXT, &[]);
        add(&mut faulty, coding(&spaced, &["1.1"], words, "As ever."), &spaced, &[]);
        let other = TEXT.replace("HARBOUR", "QUAY");
        add(&mut faulty, coding(&other, &["1.1"], words, "As ever."), &other, &[]);
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
    fn cut_words_long_quotes_and_labels_of_another_text_are_seen() {
        use lacuna_domain::{Judgement, QuoteState, Span};
        let codebook = crate::codebooks::ai_governance().unwrap();
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
        let mut checker = Checker::new(&codebook);
        let two = ["sample:1".parse().unwrap(), "sample:2".parse().unwrap()];
        add(&mut checker, coded, &text, &two);
        add(&mut checker, coding(TEXT, &["1.1"], "keep a log", "Other."), &text, &two);
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
        let codebook = crate::codebooks::ai_governance().unwrap();
        let mut checker = Checker::new(&codebook);
        for number in 1..=3 {
            let text = TEXT.replace("HARBOUR", &format!("PIER {number}"));
            let reason = format!("Section {number} asks for tests.");
            add(&mut checker, coding(&text, &["1.1"], "keep a log", &reason), &text, &[]);
        }
        let found = checker.finish(Clock::fixed().now());
        assert!(faults(&found).contains(&("template-echo", 1, 1)), "{found:?}");
    }
}
