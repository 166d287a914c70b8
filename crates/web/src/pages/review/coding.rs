//! `GET /review/code/{assignment}`: the text beside the codes of one dimension, with what the coder decided so far.
//!
//! In blind mode the page is made from the text, the codebook and the coder's own sheets; nothing else is read.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::coding::Outcome;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::{CodeId, Codebook, Coding, DimensionId, Document, Evidence, TextId, Value};
use lacuna_pipeline::review::statement::{codes, value_words};
use lacuna_store::{Assignment, Role, Session};

use super::rules::{Rules, answers, is_numbered};
use super::{codebook_of, own_assignment, run_of};
use crate::account::Signed;
use crate::error::WebError;
use crate::params::Params;
use crate::reading::Reading;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Section};

/// A passage with the code point at which it begins.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// Index of the passage.
    pub index: u32,
    /// First code point in the text.
    pub at: usize,
    /// The words.
    pub words: String,
}

/// An answer that can be given to a code.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// Name for readers.
    pub name: String,
    /// Key that gives it.
    pub key: usize,
    /// Whether it is the answer now.
    pub chosen: bool,
}

/// A code with what was decided of it.
#[derive(Clone, Debug)]
pub struct Card {
    /// The code.
    pub code: String,
    /// Whether the code is a number that readers know.
    pub numbered: bool,
    /// Name for readers.
    pub name: String,
    /// What counts.
    pub rules: Rules,
    /// The answers.
    pub choices: Vec<Choice>,
    /// Whether anything was decided.
    pub decided: bool,
    /// Name of the answer.
    pub answer: String,
    /// Located quotes.
    pub quotes: Vec<String>,
    /// Why.
    pub reasoning: String,
    /// `high`, `medium`, `low` or empty.
    pub confidence: &'static str,
    /// Whether the code is a role that gets names.
    pub role: bool,
    /// Names, one a line.
    pub entities: String,
    /// Types of actors: id, name, and whether it was chosen.
    pub types: Vec<(String, String, bool)>,
    /// In assisted mode: what the machine says.
    pub machine: Option<Machine>,
}

/// What the machine says of a code.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Its answer, for readers.
    pub answer: String,
    /// What the form sends for it.
    pub value: String,
    /// Names, of a role.
    pub names: Vec<String>,
    /// Its quotes.
    pub quotes: Vec<String>,
}

/// A dimension in the list.
#[derive(Clone, Debug)]
pub struct Step {
    /// The dimension.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Codes decided.
    pub decided: usize,
    /// Codes in all.
    pub of: usize,
    /// Whether it is shown.
    pub current: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/review/coding.html")]
pub struct CodingPage {
    pub(crate) chrome: Chrome,
    pub(crate) session: Session,
    pub(crate) assignment: Assignment,
    pub(crate) title: String,
    pub(crate) question: String,
    pub(crate) rules: Vec<String>,
    pub(crate) levels: Vec<(String, String)>,
    pub(crate) dimension: String,
    pub(crate) steps: Vec<Step>,
    pub(crate) cards: Vec<Card>,
    pub(crate) paragraphs: Vec<Paragraph>,
    pub(crate) language: String,
    pub(crate) undecided: usize,
    pub(crate) script: String,
}

/// The text of an assignment: the one that was read before, else the latest.
pub(crate) async fn text_of(
    app: &App,
    document: &Document,
    sheets: &[Sheet],
) -> Result<std::sync::Arc<Reading>, WebError> {
    let read_before = sheets.iter().rev().find_map(|sheet| sheet.text.clone());
    let id = match read_before {
        Some(id) => Some(id),
        None => app.versions(document).await?.pop().map(|version| version.text),
    };
    let reading = match id {
        Some(id) => app.reading(&id).await?,
        None => None,
    };
    reading.ok_or_else(|| WebError::NotFound("this document has no text to code".to_owned()))
}

/// What the machine says of a text, for an assignment in assisted mode; nothing is read for any other.
pub(crate) async fn machine(
    app: &App,
    snapshot: &Snapshot,
    assignment: &Assignment,
    text: &TextId,
) -> Result<Option<Box<Coding>>, WebError> {
    let Some(run) = snapshot.run.as_ref().filter(|_| assignment.mode == Mode::Assisted) else {
        return Ok(None);
    };
    Ok(match app.outcome(&run.id, text).await? {
        Some(Outcome::Coded(coding)) => Some(coding),
        _ => None,
    })
}

/// `GET /review/code/{assignment}?dimension=risk`
pub async fn get(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Coder)?;
    let assignment = own_assignment(&app, &session, id).await?;
    let snapshot = app.snapshot();
    let codebook = codebook_of(&snapshot, &assignment)?;
    let mut params = Params::parse(query.as_deref())?;
    let wanted = params.take("dimension");
    params.done(&["dimension"])?;
    let dimension = match &wanted {
        Some(id) => codebook.dimension(id),
        None => codebook.dimensions.first(),
    };
    let dimension =
        dimension.ok_or_else(|| WebError::NotFound("the codebook has no such dimension".to_owned()))?;
    let document =
        app.store().document(&assignment.document).await.map_err(WebError::internal("read a document"))?;
    let document = document.ok_or_else(|| WebError::NotFound("the document is gone".to_owned()))?;
    let run = run_of(&app, codebook, &session.name, assignment.mode)?;
    let own = app.store().own_sheets(&assignment.document, &run.id).await;
    let own = own.map_err(WebError::internal("read own decisions"))?;
    let reading = text_of(&app, &document, &own).await?;
    let machine = machine(&app, &snapshot, &assignment, &reading.text.id).await?;
    let newest = Sheet::newest(&own);
    let title = document.metadata.title().to_owned();
    reply::html(&CodingPage {
        chrome: app.chrome(&snapshot, Section::Review, &format!("Code: {title}")).under("Review", "/review"),
        steps: steps(codebook, &newest, dimension),
        cards: cards(codebook, dimension, &newest, machine.as_deref()),
        undecided: codes(codebook).iter().filter(|key| !newest.contains_key(*key)).count(),
        paragraphs: paragraphs(&reading),
        language: reading.text.language.clone().unwrap_or_default(),
        question: dimension.question.clone(),
        rules: dimension.rules.clone(),
        levels: dimension.levels().iter().map(|l| (l.name.clone(), l.rule.clone())).collect(),
        dimension: dimension.id.to_string(),
        script: crate::assets::review_script(),
        title,
        assignment,
        session,
    })
}

type Newest<'s> = BTreeMap<(DimensionId, CodeId), &'s Decision>;

fn steps(codebook: &Codebook, newest: &Newest<'_>, current: &Dimension) -> Vec<Step> {
    let keys = codes(codebook);
    let step = |dimension: &Dimension| {
        let of: Vec<_> = keys.iter().filter(|(d, _)| *d == dimension.id).collect();
        Step {
            id: dimension.id.to_string(),
            name: dimension.name.clone(),
            decided: of.iter().filter(|key| newest.contains_key(**key)).count(),
            of: of.len(),
            current: dimension.id == current.id,
        }
    };
    codebook.dimensions.iter().map(step).collect()
}

fn cards(
    codebook: &Codebook,
    dimension: &Dimension,
    newest: &Newest<'_>,
    machine: Option<&Coding>,
) -> Vec<Card> {
    if matches!(dimension.kind, Kind::Choice) {
        let Ok(code) = dimension.id.as_str().parse::<CodeId>() else { return vec![] };
        let key = (dimension.id.clone(), code);
        return vec![card(codebook, dimension, None, &key, newest, machine)];
    }
    let of = |code: &Code| {
        let key = (dimension.id.clone(), code.id.clone());
        card(codebook, dimension, Some(code), &key, newest, machine)
    };
    dimension.codes.iter().map(of).collect()
}

fn card(
    codebook: &Codebook,
    dimension: &Dimension,
    code: Option<&Code>,
    key: &(DimensionId, CodeId),
    newest: &Newest<'_>,
    machine: Option<&Coding>,
) -> Card {
    let decision = newest.get(key).copied();
    let given = decision.map(|d| value_words(&d.value));
    let choices: Vec<Choice> = answers(dimension)
        .into_iter()
        .enumerate()
        .map(|(at, (value, name))| Choice {
            chosen: given.as_ref() == Some(&value),
            value,
            name,
            key: at + 1,
        })
        .collect();
    let says = machine.map(|coding| machine_says(coding, codebook, dimension, key));
    Card {
        code: key.1.to_string(),
        numbered: is_numbered(key.1.as_str()),
        name: code.map_or_else(|| dimension.name.clone(), |c| c.name.clone()),
        rules: Rules::of(dimension, code),
        decided: decision.is_some(),
        answer: choices.iter().find(|c| c.chosen).map_or_else(String::new, |c| c.name.clone()),
        choices,
        quotes: decision
            .map(|d| d.evidence.iter().map(|e| one_line(e.quote())).collect())
            .unwrap_or_default(),
        reasoning: decision.map_or_else(String::new, |d| d.reasoning.clone()),
        confidence: decision.and_then(|d| d.confidence).map_or("", lacuna_domain::Confidence::id),
        role: matches!(dimension.kind, Kind::Actor { .. }),
        entities: decision.map(|d| d.entities.join("\n")).unwrap_or_default(),
        types: types(dimension, decision),
        machine: says,
    }
}

fn types(dimension: &Dimension, decision: Option<&Decision>) -> Vec<(String, String, bool)> {
    let Kind::Actor { types } = &dimension.kind else { return vec![] };
    let chosen = |id: &CodeId| decision.is_some_and(|d| d.types.contains(id));
    types.iter().map(|kind| (kind.id.to_string(), kind.name.clone(), chosen(&kind.id))).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The machine's word on a code, for assisted mode only.
fn machine_says(
    coding: &Coding,
    codebook: &Codebook,
    dimension: &Dimension,
    key: &(DimensionId, CodeId),
) -> Machine {
    let quotes = |evidence: &[Evidence]| evidence.iter().map(|e| one_line(e.quote())).collect();
    if let Some(judgement) = coding.judgement(key.0.as_str(), key.1.as_str()) {
        return Machine {
            answer: dimension.value_name(judgement.value()).to_owned(),
            value: value_words(judgement.value()),
            quotes: quotes(judgement.evidence()),
            ..Machine::default()
        };
    }
    let actor = coding.actor(key.1.as_str()).filter(|a| *a.dimension() == key.0 && !a.entities().is_empty());
    if let Some(actor) = actor {
        return Machine {
            answer: "Named".to_owned(),
            value: value_words(&Value::Flag(true)),
            names: actor.entities().iter().map(|e| e.name.clone()).collect(),
            quotes: quotes(actor.evidence()),
        };
    }
    let negative = codebook.negative(&key.0);
    Machine { answer: "not found".to_owned(), value: value_words(&negative), ..Machine::default() }
}

fn paragraphs(reading: &Reading) -> Vec<Paragraph> {
    let text = reading.text.content.as_str();
    let (mut at, mut out) = (0, Vec::with_capacity(reading.passages.len()));
    let mut byte = 0;
    for passage in &reading.passages {
        let words = passage.span.slice(text).unwrap_or_default();
        at += text.get(byte..passage.span.start()).map_or(0, |gap| gap.chars().count());
        out.push(Paragraph { index: passage.index, at, words: words.to_owned() });
        at += words.chars().count();
        byte = passage.span.end();
    }
    out
}
