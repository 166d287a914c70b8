//! Makes one coding of several of the same text: rounded mean for levels, majority for the rest; how far they agree
//! is the confidence.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::codebook::{Codebook, Kind};
use lacuna_domain::fold::{Mode, fold_str};
use lacuna_domain::judgement::{ActorDraft, ActorJudgement, Entity};
use lacuna_domain::{CodeId, Coding, Confidence, DimensionId, Draft, Evidence, Judgement, Value};

/// Quotes kept for one label.
const MOST_QUOTES: usize = 3;

/// All answers agree: high. At least this share: medium. Less: low.
const MEDIUM_FROM: f32 = 2.0 / 3.0;

/// The value as exports write it; `none` for a choice that nothing decides.
pub(crate) fn word(value: &Value) -> String {
    match value {
        Value::Level(level) => level.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Choice(Some(code)) => code.to_string(),
        Value::Choice(None) => "none".to_owned(),
    }
}

/// The coding that `all`, at least one, amount to; one alone stays as it is.
pub(super) fn combine(mut all: Vec<Coding>, codebook: &Codebook) -> Option<Coding> {
    if all.len() < 2 {
        return all.pop();
    }
    let first = all.first()?;
    let mut out = Coding {
        run: first.run.clone(),
        text: first.text.clone(),
        coded_at: first.coded_at,
        judgements: vec![],
        actors: vec![],
        negatives: BTreeMap::new(),
        rejections: all.iter().flat_map(|coding| coding.rejections.clone()).collect(),
        parts: BTreeMap::new(),
        asides: lacuna_domain::coding::Asides::default(),
    };
    for (dimension, code) in codebook.labelled_codes() {
        label(&mut out, &all, codebook, dimension, code);
    }
    for dimension in &codebook.dimensions {
        if matches!(dimension.kind, Kind::Actor { .. }) {
            let roles = dimension.codes.iter().map(|role| actor(&all, &dimension.id, &role.id));
            out.actors.extend(roles.collect::<Vec<_>>());
        }
    }
    let remarks: BTreeSet<_> = all.iter().flat_map(|coding| coding.asides.remarks.iter().cloned()).collect();
    out.asides.remarks = remarks.into_iter().collect();
    Some(out)
}

fn label(out: &mut Coding, all: &[Coding], codebook: &Codebook, dimension: &DimensionId, code: &CodeId) {
    let given = |coding: &Coding| {
        let judgement = coding.judgement(dimension.as_str(), code.as_str());
        judgement.map_or_else(|| codebook.negative(dimension), |j| j.value().clone())
    };
    let values: Vec<Value> = all.iter().map(given).collect();
    let mut votes: BTreeMap<String, u32> = BTreeMap::new();
    for value in &values {
        *votes.entry(word(value)).or_default() += 1;
    }
    let settled = settle(&values, codebook.negative(dimension));
    let agreeing = votes.get(&word(&settled)).copied().unwrap_or(0);
    let share = agreeing as f32 / all.len() as f32;
    let confidence = match share {
        share if share >= 1.0 => None,
        share if share >= MEDIUM_FROM => Some(Confidence::Medium),
        _ => Some(Confidence::Low),
    };
    if votes.len() > 1 || values.iter().any(|value| *value != codebook.negative(dimension)) {
        out.asides.votes.entry(dimension.clone()).or_default().insert(code.clone(), votes);
    }
    let lowest = codebook.dimension(dimension.as_str()).map_or(0, lacuna_domain::codebook::Dimension::lowest);
    let judgement =
        settled.is_positive(lowest).then(|| judgement(all, dimension, code, settled, confidence, share));
    match judgement.flatten() {
        Some(judgement) => out.judgements.push(judgement),
        None => {
            out.negatives.entry(dimension.clone()).or_default().insert(code.clone(), Some(share));
        }
    }
}

/// Rounded mean of levels, half downwards; the value of more than half of the others, else the negative one.
fn settle(values: &[Value], negative: Value) -> Value {
    let levels: Option<Vec<u32>> = values
        .iter()
        .map(|v| if let Value::Level(level) = v { Some(u32::from(*level)) } else { None })
        .collect();
    if let Some(levels) = levels {
        let (sum, count) = (levels.iter().sum::<u32>(), levels.len() as u32);
        // ceil(mean - 1/2) in whole numbers.
        return Value::Level(((2 * sum).saturating_sub(count).div_ceil(2 * count)) as u8);
    }
    let most = values.iter().find(|value| 2 * values.iter().filter(|v| v == value).count() > values.len());
    most.cloned().unwrap_or(negative)
}

fn judgement(
    all: &[Coding],
    dimension: &DimensionId,
    code: &CodeId,
    value: Value,
    confidence: Option<Confidence>,
    share: f32,
) -> Option<Judgement> {
    let mut positive: Vec<&Judgement> =
        all.iter().filter_map(|coding| coding.judgement(dimension.as_str(), code.as_str())).collect();
    // Those that gave the label come first; where the mean is nobody's value, all positive ones support it.
    positive.sort_by_key(|judgement| *judgement.value() != value);
    let best = positive.first()?;
    let own = positive.iter().filter(|j| *j.value() == value).map(|j| j.confidence()).min();
    let mut evidence: Vec<Evidence> = Vec::new();
    for found in positive.iter().flat_map(|judgement| judgement.evidence()) {
        let (start, end) = found.extent();
        let known = evidence.iter().any(|e| e.extent().0 < end && start < e.extent().1);
        if !known && evidence.len() < MOST_QUOTES {
            evidence.push(found.clone());
        }
    }
    let draft = Draft {
        dimension: dimension.clone(),
        code: code.clone(),
        value,
        confidence: confidence.or(own).unwrap_or(Confidence::Low),
        probability: Some(share),
        reasoning: best.reasoning().to_owned(),
        quotes: vec![],
    };
    Judgement::verified(draft, evidence, vec![]).ok()
}

/// A role holds the entities that more than half of the answers name, and the types that more than half give.
fn actor(all: &[Coding], dimension: &DimensionId, role: &CodeId) -> ActorJudgement {
    let given: Vec<&ActorJudgement> = all
        .iter()
        .filter_map(|coding| coding.actors.iter().find(|a| a.dimension() == dimension && a.role() == role))
        .collect();
    let mut named: BTreeMap<String, (usize, Entity)> = BTreeMap::new();
    for entity in given.iter().flat_map(|a| a.entities()) {
        named.entry(fold_str(&entity.name, Mode::Search)).or_insert_with(|| (0, entity.clone())).0 += 1;
    }
    let entities: Vec<Entity> =
        named.into_values().filter(|(count, _)| 2 * count > all.len()).map(|(_, entity)| entity).collect();
    let mut kinds: BTreeMap<&CodeId, usize> = BTreeMap::new();
    given.iter().flat_map(|a| a.types()).for_each(|kind| *kinds.entry(kind).or_default() += 1);
    let types = kinds.into_iter().filter(|(_, count)| 2 * count > all.len()).map(|(kind, _)| kind.clone());
    let best = given.iter().find(|a| !a.entities().is_empty());
    let evidence: Vec<Evidence> = best.map_or(vec![], |a| a.evidence().to_vec());
    let agree = given.iter().filter(|a| a.entities().is_empty() == entities.is_empty()).count();
    let share = agree as f32 / all.len() as f32;
    let draft = ActorDraft {
        dimension: dimension.clone(),
        role: role.clone(),
        entities: entities.iter().map(|e| e.name.clone()).collect(),
        types: types.collect(),
        confidence: Confidence::of(share),
        probability: Some(share),
        reasoning: best.or(given.first()).map_or_else(String::new, |a| a.reasoning().to_owned()),
        quotes: vec![],
    };
    ActorJudgement::verified(draft, entities, evidence, vec![]).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(values: &[u8]) -> Value {
        settle(&values.iter().map(|v| Value::Level(*v)).collect::<Vec<_>>(), Value::Level(1))
    }

    #[test]
    fn levels_take_the_rounded_mean_and_half_goes_down() {
        assert_eq!(levels(&[1, 3]), Value::Level(2));
        assert_eq!(levels(&[2, 3]), Value::Level(2));
        assert_eq!(levels(&[2, 3, 3]), Value::Level(3));
        assert_eq!(levels(&[1, 1, 2]), Value::Level(1));
        assert_eq!(levels(&[3, 3, 1]), Value::Level(2));
    }

    #[test]
    fn flags_and_choices_need_more_than_half() {
        let flags = |values: &[bool]| {
            settle(&values.iter().map(|v| Value::Flag(*v)).collect::<Vec<_>>(), Value::Flag(false))
        };
        assert_eq!(flags(&[true, false]), Value::Flag(false));
        assert_eq!(flags(&[true, true, false]), Value::Flag(true));
        let choice = |id: &str| Value::Choice(Some(id.parse().unwrap()));
        let values = [choice("a"), choice("b"), choice("c")];
        assert_eq!(settle(&values, Value::Choice(None)), Value::Choice(None));
        assert_eq!(settle(&[choice("a"), choice("a"), choice("c")], Value::Choice(None)), choice("a"));
    }
}
