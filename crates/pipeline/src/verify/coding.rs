//! From drafts to a coding: positives with located quotes stay, the others fall and are logged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::fold::{Mode, fold_str};
use lacuna_domain::judgement::{ActorDraft, ActorJudgement, DraftQuote, Entity, Rejection, TriedQuote};
use lacuna_domain::{
    CodeId, Codebook, Coding, Confidence, DimensionId, Draft, Evidence, Judgement, Passage, QuoteState,
    RunId, Span, TextId, Value,
};

use super::locate::Locator;
use crate::classify::{Drafts, Grounds};

/// Quotes kept for one label.
const MOST_QUOTES: usize = 3;

/// The coding of `text` that `drafts` amount to once every quote was looked for.
///
/// Labels come in codebook order; a code without a verified positive stands among the negatives; a role of which the
/// engine says nothing is empty. Claims on codes or values that the codebook does not know are rejected.
pub fn verify(
    drafts: Drafts,
    text: &str,
    passages: &[Passage],
    codebook: &Codebook,
    run: &RunId,
    at: Timestamp,
) -> Coding {
    verify_on(None, &Locator::new(text), drafts, passages, codebook, run, at)
}

/// As [`verify`], of the text of `locator`, where evidence must also meet `grounds`.
pub(crate) fn verify_on(
    grounds: Option<&Grounds<'_>>,
    locator: &Locator<'_>,
    drafts: Drafts,
    passages: &[Passage],
    codebook: &Codebook,
    run: &RunId,
    at: Timestamp,
) -> Coding {
    let bench = Bench { locator, passages, codebook, grounds };
    let Drafts { labels, actors, negatives, parts } = drafts;
    let mut rejections = Vec::new();
    let judgements = bench.judgements(labels, &mut rejections);
    let actors = bench.actors(actors, &mut rejections);
    let negatives = bench.negatives(&negatives, &judgements);
    let parts = parts.into_iter().filter(|(id, _)| codebook.dimension(id.as_str()).is_some()).collect();
    Coding {
        run: run.clone(),
        text: TextId::of(locator.text()),
        coded_at: at,
        judgements,
        actors,
        negatives,
        rejections,
        parts,
        asides: lacuna_domain::coding::Asides::default(),
    }
}

type Negatives = BTreeMap<DimensionId, BTreeMap<CodeId, Option<f32>>>;

struct Bench<'t> {
    locator: &'t Locator<'t>,
    passages: &'t [Passage],
    codebook: &'t Codebook,
    grounds: Option<&'t Grounds<'t>>,
}

impl Bench<'_> {
    fn judgements(&self, drafts: Vec<Draft>, rejections: &mut Vec<Rejection>) -> Vec<Judgement> {
        let mut verified: BTreeMap<(DimensionId, CodeId), Judgement> = BTreeMap::new();
        for draft in drafts {
            let key = (draft.dimension.clone(), draft.code.clone());
            let lowest = self.codebook.dimension(key.0.as_str()).map_or(0, Dimension::lowest);
            if verified.contains_key(&key) || !draft.value.is_positive(lowest) {
                continue;
            }
            let (evidence, tried) = self.evidence(&draft.quotes, (&key.0, &key.1, Some(&draft.value)));
            let evidence = if self.knows(&draft) { evidence } else { vec![] };
            match Judgement::verified(draft, evidence, tried) {
                Ok(judgement) => {
                    verified.insert(key, judgement);
                }
                Err(rejection) => rejections.push(rejection),
            }
        }
        rejections.retain(|r| !verified.contains_key(&(r.dimension.clone(), r.code.clone())));
        let order = self.codebook.labelled_codes();
        order.filter_map(|(dimension, code)| verified.remove(&(dimension.clone(), code.clone()))).collect()
    }

    /// Whether the codebook has the code and the value claimed.
    fn knows(&self, draft: &Draft) -> bool {
        let Some(dimension) = self.codebook.dimension(draft.dimension.as_str()) else { return false };
        match (&dimension.kind, &draft.value) {
            (Kind::Ordinal { .. }, Value::Level(level)) => {
                *level <= dimension.highest() && dimension.code(draft.code.as_str()).is_some()
            }
            (Kind::Flag, Value::Flag(_)) => dimension.code(draft.code.as_str()).is_some(),
            (Kind::Choice, Value::Choice(Some(choice))) => {
                draft.code.as_str() == dimension.id.as_str() && dimension.code(choice.as_str()).is_some()
            }
            _ => false,
        }
    }

    /// Located quotes in the order given, none inside another, and how each quote fared.
    fn evidence(
        &self,
        quotes: &[DraftQuote],
        claim: (&DimensionId, &CodeId, Option<&Value>),
    ) -> (Vec<Evidence>, Vec<TriedQuote>) {
        let mut kept: Vec<Evidence> = Vec::new();
        let mut tried = Vec::new();
        for quote in quotes {
            let located = self.locator.locate(&quote.words, quote.at);
            let (dimension, code, value) = claim;
            let state = self
                .grounds
                .map_or(located.state, |g| g.state(located.state, &located.spans, dimension, code, value));
            tried.push(TriedQuote { words: quote.words.chars().take(200).collect(), state });
            let Some(evidence) = self.at(located.spans, state) else { continue };
            let nested = kept.iter().any(|other| nested(other.extent(), evidence.extent()));
            if !nested && kept.len() < MOST_QUOTES {
                kept.push(evidence);
            }
        }
        (kept, tried)
    }

    fn at(&self, spans: Vec<Span>, state: QuoteState) -> Option<Evidence> {
        evidence_at(self.locator.text(), self.passages, spans, state)
    }

    fn actors(&self, drafts: Vec<ActorDraft>, rejections: &mut Vec<Rejection>) -> Vec<ActorJudgement> {
        let mut drafts: BTreeMap<(DimensionId, CodeId), ActorDraft> = drafts
            .into_iter()
            .rev()
            .map(|draft| ((draft.dimension.clone(), draft.role.clone()), draft))
            .collect();
        let mut actors = Vec::new();
        for dimension in &self.codebook.dimensions {
            let Kind::Actor { types } = &dimension.kind else { continue };
            for role in &dimension.codes {
                let draft = drafts.remove(&(dimension.id.clone(), role.id.clone()));
                let mut draft = draft.unwrap_or_else(|| silence(&dimension.id, &role.id));
                draft.types.retain(|given| types.iter().any(|known| known.id == *given));
                actors.push(self.actor(draft, rejections));
            }
        }
        actors
    }

    fn actor(&self, draft: ActorDraft, rejections: &mut Vec<Rejection>) -> ActorJudgement {
        let claim = (&draft.dimension, &draft.role, None);
        let (evidence, mut tried) = self.evidence(&draft.quotes, claim);
        let near = evidence.first().and_then(|e| e.spans().first().copied());
        let (mut entities, mut seen) = (Vec::new(), BTreeSet::new());
        for name in &draft.entities {
            let mentioned = self.locator.mention(name, near);
            let counts = |span: &Span| self.grounds.is_none_or(|g| g.name_counts(&[*span]));
            let found = mentioned.filter(|(span, _)| counts(span));
            let found = found.and_then(|(span, state)| self.at(vec![span], state));
            match found {
                Some(at) if seen.insert(fold_str(name, Mode::Search)) => {
                    entities.push(Entity { name: name.trim().to_owned(), at });
                }
                Some(_) => {}
                None => {
                    let words = name.chars().take(200).collect();
                    tried.push(TriedQuote { words, state: QuoteState::Absent });
                }
            }
        }
        let (judgement, rejection) = ActorJudgement::verified(draft, entities, evidence, tried);
        rejections.extend(rejection);
        judgement
    }

    fn negatives(&self, given: &Negatives, judgements: &[Judgement]) -> Negatives {
        let mut negatives = Negatives::new();
        for (dimension, code) in self.codebook.labelled_codes() {
            if judgements.iter().any(|j| j.dimension() == dimension && j.code() == code) {
                continue;
            }
            let probability = given.get(dimension).and_then(|codes| codes.get(code)).copied().flatten();
            negatives.entry(dimension.clone()).or_default().insert(code.clone(), probability);
        }
        negatives
    }
}

/// Evidence at `spans` of `text`, with the passage in which it starts; `None` where it is none.
pub fn evidence_at(
    text: &str,
    passages: &[Passage],
    spans: Vec<Span>,
    state: QuoteState,
) -> Option<Evidence> {
    let start = spans.first()?.start();
    let after = passages.partition_point(|p| p.span.start() <= start);
    Evidence::located(text, spans, state, after.saturating_sub(1) as u32)
}

/// What stands for a role of which the engine says nothing.
fn silence(dimension: &DimensionId, role: &CodeId) -> ActorDraft {
    ActorDraft {
        dimension: dimension.clone(),
        role: role.clone(),
        entities: vec![],
        types: vec![],
        confidence: Confidence::Low,
        probability: None,
        reasoning: "The engine says nothing of this role.".to_owned(),
        quotes: vec![],
    }
}

/// Whether one extent lies inside the other.
const fn nested(a: (usize, usize), b: (usize, usize)) -> bool {
    (a.0 <= b.0 && b.1 <= a.1) || (b.0 <= a.0 && a.1 <= b.1)
}
