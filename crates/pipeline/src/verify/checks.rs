//! Checks of a finished run that need nobody's labels: what must hold of any labeller, right or wrong.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::{
    CodeId, Codebook, Coding, DimensionId, DocumentId, Evidence, RunId, TextId, Value, sha256_hex,
};
use lacuna_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::consistency;
use crate::publish::narrative::narrate;

/// Codings read at a time.
const PAGE: usize = 64;
/// A quote of more words is over-long.
const LONGEST: usize = 60;
/// A quote that supports more codes of one text is reused too often.
const MOST_CODES: usize = 4;
/// A reasoning that stands in so many texts, word for word but for numbers, is an echo.
const ECHO: usize = 3;
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
}

type Positives = BTreeSet<(DimensionId, CodeId, Value)>;

/// Collects what the checks need, coding by coding.
#[derive(Debug)]
pub struct Checker<'c> {
    codebook: &'c Codebook,
    codings: usize,
    /// Labels and one text of each group of texts that are alike but for spacing.
    alike: BTreeMap<String, Vec<(TextId, Positives)>>,
    same_text: Check,
    cut: Check,
    reused: Check,
    long: Check,
    tally: Check,
    /// In how many texts a reasoning stands, and its words, by what is left of it without numbers, case and spacing.
    reasons: BTreeMap<String, (usize, String)>,
}

impl<'c> Checker<'c> {
    /// A checker of codings under `codebook`.
    pub fn new(codebook: &'c Codebook) -> Self {
        Self {
            codebook,
            codings: 0,
            alike: BTreeMap::new(),
            same_text: Check::new(
                "metadata",
                "Documents with one text and different catalogue data have the same labels",
            ),
            cut: Check::new("cut-words", "Quotes do not begin or end inside a word"),
            reused: Check::new("reused-quotes", "No quote supports more than four codes of a text"),
            long: Check::new("long-quotes", "Quotes have at most 60 words"),
            tally: Check::new("tally", "Narratives say what the labels beside them say"),
            reasons: BTreeMap::new(),
        }
    }

    /// Looks at one coding; `documents` have its text.
    pub fn add(&mut self, coding: &Coding, text: &str, documents: &[DocumentId]) {
        self.codings += 1;
        let own = coding.text == TextId::of(text);
        if documents.len() > 1 {
            // All of them read this one coding: it can only be wrong if it is of another text.
            let names = || documents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            self.same_text.case((!own).then(names));
        }
        let even: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let positives: Positives = coding
            .judgements
            .iter()
            .map(|j| (j.dimension().clone(), j.code().clone(), j.value().clone()))
            .collect();
        self.alike.entry(sha256_hex(even.as_bytes())).or_default().push((coding.text.clone(), positives));
        self.quotes(coding, text);
        for section in narrate(coding, self.codebook).sections {
            let wrong = consistency::check(&section.text, coding, self.codebook);
            self.tally.case(wrong.first().map(|c| format!("{}: {:?}", coding.text.short(), c.said)));
        }
        let reasons: BTreeSet<&str> = coding
            .judgements
            .iter()
            .map(lacuna_domain::Judgement::reasoning)
            .filter(|reason| !reason.is_empty())
            .collect();
        let evened: BTreeMap<String, &str> = reasons.iter().map(|reason| (evened(reason), *reason)).collect();
        for (evened, reason) in evened {
            let (texts, _) = self.reasons.entry(evened).or_insert_with(|| (0, reason.to_owned()));
            *texts += 1;
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

    /// What was found.
    pub fn finish(self, at: Timestamp) -> CheckReport {
        let mut alike =
            Check::new("identical-texts", "Texts that differ in spacing alone have the same labels");
        for group in self.alike.values().filter(|group| group.len() > 1) {
            let first = &group[0];
            let other = group.iter().find(|(_, labels)| *labels != first.1);
            alike.case(other.map(|(text, _)| format!("{} and {}", first.0.short(), text.short())));
        }
        let mut echo =
            Check::new("template-echo", "Reasonings are written for their text, not repeated over texts");
        let mut repeated: Vec<&(usize, String)> = self.reasons.values().collect();
        repeated.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        for (texts, reason) in repeated {
            let short: String = reason.chars().take(100).collect();
            echo.case((*texts >= ECHO).then(|| format!("{texts} texts: {short:?}")));
        }
        let checks = vec![alike, self.same_text, self.cut, self.reused, self.long, echo, self.tally];
        CheckReport { at: Some(at), codings: self.codings, checks }
    }
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
    let mut checker = Checker::new(codebook);
    let mut after: Option<TextId> = None;
    loop {
        let codings = store.codings(run, after.as_ref(), PAGE).await?;
        let Some(last) = codings.last() else { return Ok(checker.finish(at)) };
        after = Some(last.text.clone());
        for coding in &codings {
            if let Some(text) = store.text(&coding.text).await? {
                let of = documents.get(&coding.text).map_or(&[][..], Vec::as_slice);
                checker.add(coding, &text.content, of);
            }
        }
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use lacuna_domain::judgement::{Draft, DraftQuote};
    use lacuna_domain::{Clock, Confidence};

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

    fn faults(report: &CheckReport) -> Vec<(&str, usize, usize)> {
        report.checks.iter().map(|c| (c.id.as_str(), c.looked_at, c.faults)).collect()
    }

    #[test]
    fn a_sound_run_passes_and_each_fault_is_seen() {
        let codebook = crate::codebooks::ai_governance().unwrap();
        let words = "shall test every AI system for bias";
        let mut sound = Checker::new(&codebook);
        sound.add(&coding(TEXT, &["1.1"], words, "It must test."), TEXT, &[]);
        let report = sound.finish(Clock::fixed().now());
        assert!(report.checks.iter().all(|c| c.faults == 0), "{report:?}");
        let mut faulty = Checker::new(&codebook);
        let spaced = TEXT.replace("\n\n", "\n\n\n");
        faulty.add(&coding(TEXT, &["1.1", "1.2", "1.3", "2.1", "2.2"], words, "As ever."), TEXT, &[]);
        faulty.add(&coding(&spaced, &["1.1"], words, "As ever."), &spaced, &[]);
        let other = TEXT.replace("HARBOUR", "QUAY");
        faulty.add(&coding(&other, &["1.1"], words, "As ever."), &other, &[]);
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
        checker.add(&coded, &text, &two);
        checker.add(&coding(TEXT, &["1.1"], "keep a log", "Other."), &text, &two);
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
            checker.add(&coding(&text, &["1.1"], "keep a log", &reason), &text, &[]);
        }
        let found = checker.finish(Clock::fixed().now());
        assert!(faults(&found).contains(&("template-echo", 1, 1)), "{found:?}");
    }
}
