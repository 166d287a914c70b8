//! Rows of `export judgements`.

use std::collections::BTreeSet;

use lacuna_domain::coding::{Coding, Label};
use lacuna_domain::judgement::{ActorJudgement, Entity, Value};
use lacuna_domain::{CodeId, Codebook, DimensionId, Document, Evidence, Judgement, Run, Version};
use serde::Serialize;

use super::code_points::CodePoints;
use super::sink::{Cells, json_cell, option_cell, text_cell};
use super::trust::{Known, Trust};

/// One label of one document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgementRow {
    /// Document id.
    pub document: String,
    /// Id of the version whose text was coded.
    pub version: Option<String>,
    /// Dimension id.
    pub dimension: String,
    /// Code, role, or for a choice the dimension's own id.
    pub code: String,
    /// 1 to 3, 0 or 1, an option, or null when the text does not decide.
    pub value: ExportValue,
    /// Display name of the value.
    pub level: String,
    /// `high`, `medium` or `low`; null where the labeller gives none.
    pub confidence: Option<&'static str>,
    /// Calibrated probability of the value, 0 to 1, where the engine has one.
    pub probability: Option<f32>,
    /// What decides.
    pub reasoning: String,
    /// Run id.
    pub run: String,
    /// Engine of the run.
    pub engine: String,
    /// Codebook name and version.
    pub codebook: String,
    /// Whether a person of this store decided on this label.
    pub reviewed: bool,
    /// Whether a positive claim fell for want of a quote; the value is then the negative one.
    pub rejected: bool,
    /// Role, on actor rows.
    pub role: Option<String>,
    /// Entity as the text names it; null on other rows and on roles that nobody holds.
    pub entity: Option<String>,
    /// Types of the role's entities.
    pub types: Vec<String>,
    /// Located quotes, strongest first.
    pub evidence: Vec<EvidenceRow>,
    /// The document was invented for demonstration.
    pub fiction: bool,
    /// How far labels of this code by this run can be trusted.
    #[serde(flatten)]
    pub trust: Trust,
}

/// A value as exports write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportValue {
    /// A level, or 0 and 1 for no and yes.
    Number(u8),
    /// An option of a choice.
    Option(String),
    /// The text does not decide.
    Undetermined,
}

impl Serialize for ExportValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u8(*number),
            Self::Option(option) => serializer.serialize_str(option),
            Self::Undetermined => serializer.serialize_none(),
        }
    }
}

impl From<&Value> for ExportValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Level(level) => Self::Number(*level),
            Value::Flag(flag) => Self::Number(u8::from(*flag)),
            Value::Choice(Some(option)) => Self::Option(option.to_string()),
            Value::Choice(None) => Self::Undetermined,
        }
    }
}

/// A quote and where it stands, offsets in Unicode code points of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceRow {
    /// The words; parts of an elided quote are joined by " … ".
    pub quote: String,
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// `exact`, `normalised` or `elided`.
    pub state: &'static str,
    /// Index of the passage in which it starts.
    pub passage: u32,
    /// Every part of an elided quote.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<SpanRow>,
}

/// A part of an elided quote, in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SpanRow {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

/// What all rows of one document share.
pub(super) struct Subject<'s> {
    pub(super) document: &'s Document,
    pub(super) version: Option<&'s Version>,
    pub(super) run: &'s Run,
    pub(super) codebook: &'s Codebook,
    pub(super) reviewed: &'s BTreeSet<(DimensionId, CodeId)>,
    pub(super) known: &'s Known,
}

impl Subject<'_> {
    /// A row about a code, with everything but the label's own content.
    pub(super) fn row(&self, dimension: &DimensionId, code: &CodeId, value: &Value) -> JudgementRow {
        let named = self.codebook.dimension(dimension.as_str());
        JudgementRow {
            document: self.document.id.to_string(),
            version: self.version.map(|version| version.id.to_string()),
            dimension: dimension.to_string(),
            code: code.to_string(),
            value: value.into(),
            level: named.map_or("?", |d| d.value_name(value)).to_owned(),
            confidence: None,
            probability: None,
            reasoning: String::new(),
            run: self.run.id.to_string(),
            engine: self.run.config.engine.clone(),
            codebook: format!("{} {}", self.run.config.codebook, self.run.config.codebook_version),
            reviewed: self.reviewed.contains(&(dimension.clone(), code.clone())),
            rejected: false,
            role: None,
            entity: None,
            types: vec![],
            evidence: vec![],
            fiction: self.document.metadata.fiction,
            trust: self.known.of(dimension, code),
        }
    }
}

/// Every row of a coding: codes in codebook order, then roles.
pub(super) fn coding_rows(subject: &Subject<'_>, coding: &Coding, text: &str) -> Vec<JudgementRow> {
    let of_labels = coding.judgements.iter().flat_map(Judgement::evidence);
    let of_actors = coding.actors.iter().flat_map(ActorJudgement::evidence);
    let points = CodePoints::new(text, of_labels.chain(of_actors));
    let labels = coding.labels(subject.codebook);
    let mut rows: Vec<JudgementRow> = labels.iter().map(|label| label_row(subject, label, &points)).collect();
    for actor in &coding.actors {
        actor_rows(subject, coding, actor, &points, &mut rows);
    }
    rows
}

fn label_row(subject: &Subject<'_>, label: &Label<'_>, points: &CodePoints) -> JudgementRow {
    JudgementRow {
        confidence: Some(label.confidence.id()),
        probability: label.probability,
        reasoning: label.judgement.map(|j| j.reasoning().to_owned()).unwrap_or_default(),
        rejected: label.rejection.is_some() && label.judgement.is_none(),
        evidence: label.judgement.map(|j| evidence_rows(j.evidence(), points)).unwrap_or_default(),
        ..subject.row(label.dimension, label.code, &label.value)
    }
}

fn actor_rows(
    subject: &Subject<'_>,
    coding: &Coding,
    actor: &ActorJudgement,
    points: &CodePoints,
    rows: &mut Vec<JudgementRow>,
) {
    let (dimension, role) = (actor.dimension(), actor.role());
    let row = |entity: Option<&Entity>| JudgementRow {
        level: if entity.is_some() { "Named" } else { "Not named" }.to_owned(),
        confidence: Some(actor.confidence().id()),
        probability: actor.probability(),
        reasoning: actor.reasoning().to_owned(),
        rejected: entity.is_none()
            && coding.rejections.iter().any(|r| &r.dimension == dimension && &r.code == role),
        role: Some(role.to_string()),
        entity: entity.map(|entity| entity.name.clone()),
        types: actor.types().iter().map(ToString::to_string).collect(),
        evidence: entity.map(|entity| evidence_for(entity, actor, points)).unwrap_or_default(),
        ..subject.row(dimension, role, &Value::Flag(entity.is_some()))
    };
    if actor.entities().is_empty() {
        rows.push(row(None));
    }
    rows.extend(actor.entities().iter().map(|entity| row(Some(entity))));
}

/// The role's quotes, those that name the entity first.
fn evidence_for(entity: &Entity, actor: &ActorJudgement, points: &CodePoints) -> Vec<EvidenceRow> {
    let (start, end) = entity.at.extent();
    let names = |evidence: &Evidence| {
        let (from, to) = evidence.extent();
        from <= start && end <= to
    };
    let (naming, others): (Vec<&Evidence>, Vec<&Evidence>) = actor.evidence().iter().partition(|e| names(e));
    naming.into_iter().chain(others).map(|evidence| evidence_row(evidence, points)).collect()
}

pub(super) fn evidence_rows(evidence: &[Evidence], points: &CodePoints) -> Vec<EvidenceRow> {
    evidence.iter().map(|one| evidence_row(one, points)).collect()
}

fn evidence_row(evidence: &Evidence, points: &CodePoints) -> EvidenceRow {
    let spans: Vec<SpanRow> = evidence
        .spans()
        .iter()
        .map(|span| points.span(*span))
        .map(|(start, end)| SpanRow { start, end })
        .collect();
    EvidenceRow {
        quote: evidence.quote().to_owned(),
        start: spans.first().map_or(0, |span| span.start),
        end: spans.last().map_or(0, |span| span.end),
        state: evidence.state().id(),
        passage: evidence.passage(),
        spans: if spans.len() > 1 { spans } else { vec![] },
    }
}

impl JudgementRow {
    /// Column names, in order.
    pub fn columns() -> impl Iterator<Item = &'static str> {
        Self::OWN.into_iter().chain(Trust::COLUMNS)
    }

    const OWN: [&'static str; 19] = [
        "document",
        "version",
        "dimension",
        "code",
        "value",
        "level",
        "confidence",
        "probability",
        "reasoning",
        "run",
        "engine",
        "codebook",
        "reviewed",
        "rejected",
        "role",
        "entity",
        "types",
        "evidence",
        "fiction",
    ];
}

impl Cells for JudgementRow {
    fn cells(&self) -> Result<Vec<String>, serde_json::Error> {
        let mut cells = vec![
            text_cell(&self.document),
            option_cell(self.version.as_deref()),
            text_cell(&self.dimension),
            text_cell(&self.code),
            match &self.value {
                ExportValue::Number(number) => number.to_string(),
                ExportValue::Option(option) => text_cell(option),
                ExportValue::Undetermined => String::new(),
            },
            text_cell(&self.level),
            option_cell(self.confidence),
            self.probability.map(|p| p.to_string()).unwrap_or_default(),
            text_cell(&self.reasoning),
            text_cell(&self.run),
            text_cell(&self.engine),
            text_cell(&self.codebook),
            self.reviewed.to_string(),
            self.rejected.to_string(),
            option_cell(self.role.as_deref()),
            option_cell(self.entity.as_deref()),
            json_cell(&self.types)?,
            json_cell(&self.evidence)?,
            self.fiction.to_string(),
        ];
        cells.extend(self.trust.cells());
        Ok(cells)
    }
}
