//! Coded documents out of a store: what a run of a machine, or the sheets of people, say of their texts.

use std::collections::BTreeMap;

use lacuna_domain::coding::Coding;
use lacuna_domain::evidence::Evidence;
use lacuna_domain::run::{Labeller, Run};
use lacuna_domain::{CodeId, Codebook, DimensionId, TextId, Value};
use lacuna_store::{Store, StoreError};

use super::coded::{Coded, CodedLabel};

/// Codings fetched at once.
const BATCH: usize = 200;

/// Every text that `run` labelled, in the order of text ids. Of a run of people the newest sheet on a text counts, and
/// a code on which it says nothing counts as its negative value.
pub async fn take(store: &Store, run: &Run, codebook: &Codebook) -> Result<Vec<Coded>, StoreError> {
    let labelled = if run.labeller == Labeller::Machine {
        of_machine(store, run, codebook).await?
    } else {
        of_people(store, run, codebook).await?
    };
    let mut docs = vec![];
    for (id, labels) in labelled {
        let Some(text) = store.text(&id).await? else { continue };
        let (language, text) = (text.language, text.content);
        docs.push(Coded { id: id.to_string(), text, language, labels, actors: vec![] });
    }
    Ok(docs)
}

type Labelled = BTreeMap<TextId, Vec<CodedLabel>>;

async fn of_machine(store: &Store, run: &Run, codebook: &Codebook) -> Result<Labelled, StoreError> {
    let (mut labelled, mut after) = (Labelled::new(), None);
    loop {
        let codings: Vec<Coding> = store.codings(&run.id, after.as_ref(), BATCH).await?;
        let Some(last) = codings.last() else { return Ok(labelled) };
        after = Some(last.text.clone());
        for coding in &codings {
            let labels = coding.judgements.iter();
            let labels = labels
                .filter_map(|j| label(codebook, j.dimension(), j.code(), j.value(), j.evidence()))
                .collect();
            labelled.insert(coding.text.clone(), labels);
        }
    }
}

async fn of_people(store: &Store, run: &Run, codebook: &Codebook) -> Result<Labelled, StoreError> {
    let mut sheets = store.sheets_of_run(&run.id).await?;
    sheets.sort_by_key(|sheet| sheet.at);
    let mut labelled = Labelled::new();
    for sheet in sheets {
        let Some(text) = sheet.text else { continue };
        let labels = sheet.decisions.iter();
        let labels =
            labels.filter_map(|d| label(codebook, &d.dimension, &d.code, &d.value, &d.evidence)).collect();
        labelled.insert(text, labels);
    }
    Ok(labelled)
}

/// The label where the value is a positive one.
fn label(
    codebook: &Codebook,
    dimension: &DimensionId,
    code: &CodeId,
    value: &Value,
    evidence: &[Evidence],
) -> Option<CodedLabel> {
    let lowest = codebook.dimension(dimension.as_str())?.lowest();
    if !value.is_positive(lowest) {
        return None;
    }
    let (code, level) = match value {
        Value::Level(level) => (code.to_string(), *level),
        Value::Choice(Some(option)) => (option.to_string(), 1),
        Value::Flag(_) | Value::Choice(None) => (code.to_string(), 1),
    };
    let quotes = evidence.iter().map(|e| e.quote().to_owned()).collect();
    Some(CodedLabel { dimension: dimension.to_string(), code, level, quotes })
}
