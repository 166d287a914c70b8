//! How the claims of an answer fare before verification: which have evidence, which need other evidence, which levels
//! must be lowered.

use std::collections::BTreeMap;

use lacuna_domain::coding::{Remark, RemarkKind};
use lacuna_domain::judgement::{ActorDraft, DraftQuote};
use lacuna_domain::passage::Part;
use lacuna_domain::{CodeId, Confidence, DimensionId, Draft, Passage, QuoteState, Span, Value};

use super::grounds::{Ceilings, Grounds};
use super::prompt::Sheet;
use super::view;
use crate::classify::Drafts;
use crate::verify::Locator;

/// Quotes listed for one code when a long text is settled.
const MOST_LISTED: usize = 6;

/// Looks for the quotes of one text.
pub(super) struct Bench<'t> {
    pub(super) sheet: &'t Sheet<'t>,
    pub(super) grounds: &'t Grounds<'t>,
    locator: Locator<'t>,
}

/// A claim none of whose quotes counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Baseless {
    pub(super) dimension: DimensionId,
    pub(super) code: CodeId,
    tried: Vec<(String, QuoteState)>,
}

impl<'t> Bench<'t> {
    pub(super) const fn new(sheet: &'t Sheet<'t>, grounds: &'t Grounds<'t>) -> Self {
        Self { sheet, grounds, locator: Locator::new(sheet.text) }
    }

    /// What is known of the quotes so far.
    pub(super) const fn locator(&self) -> &Locator<'t> {
        &self.locator
    }

    fn quote(
        &self,
        words: &str,
        dimension: &DimensionId,
        code: &CodeId,
        value: Option<&Value>,
    ) -> (QuoteState, Vec<Span>) {
        let located = self.locator.locate(words, None);
        let state = self.grounds.state(located.state, &located.spans, dimension, code, value);
        (state, located.spans)
    }

    /// The claims none of whose quotes counts.
    pub(super) fn baseless(&self, drafts: &Drafts) -> Vec<Baseless> {
        let labels = drafts.labels.iter().map(|d| (&d.dimension, &d.code, Some(&d.value), &d.quotes));
        let named = drafts.actors.iter().filter(|a| !a.entities.is_empty());
        let actors = named.map(|a| (&a.dimension, &a.role, None, &a.quotes));
        labels
            .chain(actors)
            .filter_map(|(dimension, code, value, quotes)| {
                let tried: Vec<(String, QuoteState)> = quotes
                    .iter()
                    .map(|q| (q.words.clone(), self.quote(&q.words, dimension, code, value).0))
                    .collect();
                let none = !tried.iter().any(|(_, state)| state.verifies());
                none.then(|| Baseless { dimension: dimension.clone(), code: code.clone(), tried })
            })
            .collect()
    }

    /// Lowers each level that asks for operative text and has no quote from such a passage.
    pub(super) fn lower(&self, drafts: &mut Drafts, ceilings: &Ceilings) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for draft in &mut drafts.labels {
            let Value::Level(level) = draft.value else { continue };
            let Some(below) = ceilings.without_operative(&draft.dimension, level) else { continue };
            if self.has_operative(draft) {
                continue;
            }
            let message = format!(
                "{} {}: lowered from {level} to {below}, because no quoted passage is operative",
                draft.dimension, draft.code
            );
            draft.value = Value::Level(below);
            draft.confidence = Confidence::Low;
            draft.reasoning +=
                &format!(" (Lowered from {level} to {below}: no quoted passage is operative.)");
            remarks.push(Remark { kind: RemarkKind::Lowered, message });
        }
        remarks
    }

    /// Whether a quote that counts stands in an operative passage; a claim without any counting quote falls anyway.
    fn has_operative(&self, draft: &Draft) -> bool {
        let found = draft.quotes.iter().map(|q| {
            let (state, spans) = self.quote(&q.words, &draft.dimension, &draft.code, Some(&draft.value));
            (state.verifies(), spans)
        });
        let counting: Vec<Vec<Span>> = found.filter(|(counts, _)| *counts).map(|(_, spans)| spans).collect();
        counting.is_empty()
            || counting
                .iter()
                .flatten()
                .any(|span| self.passage(span.start()).is_some_and(|passage| passage.part == Part::Operative))
    }

    fn passage(&self, byte: usize) -> Option<&Passage> {
        let after = self.sheet.passages.partition_point(|p| p.span.start() <= byte);
        self.sheet.passages.get(after.checked_sub(1)?)
    }

    /// The counting quotes of many answers, by dimension and code, each with its place, for the settling question;
    /// `None` when there are none.
    pub(super) fn listed(&self, answers: &[Drafts]) -> Option<String> {
        type Found = BTreeMap<(DimensionId, String), Vec<(usize, String)>>;
        let mut found = Found::new();
        let mut add = |dimension: &DimensionId,
                       code: &CodeId,
                       value: Option<&Value>,
                       quotes: &[DraftQuote],
                       said: &str| {
            for quote in quotes {
                let (state, spans) = self.quote(&quote.words, dimension, code, value);
                let Some(start) = spans.first().filter(|_| state.verifies()).map(|s| s.start()) else {
                    continue;
                };
                let list = found.entry((dimension.clone(), format!("`{code}`{said}"))).or_default();
                let line = format!("[{}] {}", self.place(start), quote.words.trim());
                if list.len() < MOST_LISTED && !list.iter().any(|(_, known)| *known == line) {
                    list.push((start, line));
                }
            }
        };
        for draft in answers.iter().flat_map(|drafts| &drafts.labels) {
            let said = match &draft.value {
                Value::Choice(Some(option)) => format!(" read as `{option}`"),
                _ => String::new(),
            };
            add(&draft.dimension, &draft.code, Some(&draft.value), &draft.quotes, &said);
        }
        for actor in answers.iter().flat_map(|drafts| &drafts.actors).filter(|a| !a.entities.is_empty()) {
            let said = format!(", held by {}", actor.entities.join("; "));
            add(&actor.dimension, &actor.role, None, &actor.quotes, &said);
        }
        let mut out = String::new();
        for ((dimension, code), lines) in found {
            out += &format!("{dimension} {code}\n");
            for (_, line) in lines {
                out += &format!("  {line}\n");
            }
        }
        (!out.is_empty()).then(|| out.trim_end().to_owned())
    }

    fn place(&self, byte: usize) -> String {
        let Some(passage) = self.passage(byte) else { return "?".to_owned() };
        let mut path = lacuna_domain::passage::heading_path(self.sheet.passages, passage.index);
        path.push(passage.index);
        let deepest: Vec<u32> = path.iter().rev().skip(1).take(2).rev().copied().collect();
        let words = view::headings(self.sheet.text, self.sheet.passages, &deepest, &self.sheet.addressed);
        if words.is_empty() { format!("passage {}", passage.index) } else { words }
    }
}

impl Baseless {
    /// As the repair question lists it.
    pub(super) fn line(&self) -> String {
        let mut out = format!("- {} `{}`:", self.dimension, self.code);
        if self.tried.is_empty() {
            out += " no evidence given";
        }
        for (words, state) in &self.tried {
            let words: String = words.chars().take(300).collect();
            out += &format!("\n  - ({}) {}", state.id(), serde_json::Value::String(words));
        }
        out
    }
}

/// Puts the claims of a repair in the place of those that had no evidence; other claims of the repair are left aside.
pub(super) fn mend(drafts: &mut Drafts, repaired: Drafts, baseless: &[Baseless]) {
    let asked = |dimension: &DimensionId, code: &CodeId| {
        baseless.iter().any(|b| &b.dimension == dimension && &b.code == code)
    };
    for new in repaired.labels.into_iter().filter(|d| asked(&d.dimension, &d.code)) {
        let same = |old: &&mut Draft| old.dimension == new.dimension && old.code == new.code;
        if let Some(old) = drafts.labels.iter_mut().find(same) {
            *old = new;
        }
    }
    for new in repaired.actors.into_iter().filter(|a| asked(&a.dimension, &a.role)) {
        let same = |old: &&mut ActorDraft| old.dimension == new.dimension && old.role == new.role;
        if let Some(old) = drafts.actors.iter_mut().find(same) {
            *old = new;
        }
    }
}
