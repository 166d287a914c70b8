//! `POST /review/code/{assignment}`: one key press, one row. The newest word stands; nothing is overwritten.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::{CodeId, Codebook, Coding, Confidence, DimensionId, Evidence, Run, Text, Value};
use lacuna_pipeline::review::Words;
use lacuna_pipeline::review::statement::{Quote, codes, value_of, value_words};
use lacuna_store::{Assignment, Role, Session};
use serde::Serialize;

use super::sign_in::Bare;
use super::{codebook_of, coding, keep, log, own_assignment, run_of, see};
use crate::account::{Signed, check_form};
use crate::error::WebError;
use crate::state::App;

/// Quotes kept for one label.
const MOST_QUOTES: usize = 3;

/// What was pressed. Absent fields leave what they stand for as it is.
#[derive(Debug, Default)]
pub struct Press {
    csrf: String,
    dimension: String,
    code: String,
    value: Option<String>,
    /// Words of the text to add as evidence.
    quote: Option<String>,
    /// First and one past the last code point of the words, where they were marked.
    start: Option<String>,
    end: Option<String>,
    /// Number of a quote to take away.
    drop: Option<String>,
    reason: Option<String>,
    confidence: Option<String>,
    entities: Option<String>,
    /// Takes over what the machine says, with its quotes and names; in assisted mode.
    adopt: Option<String>,
    /// Types of the role's entities; an empty one stands for none.
    types: Option<Vec<String>>,
}

impl Press {
    /// Reads the fields of a form, of which `types` may come several times; unknown ones say nothing.
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut press = Self::default();
        for (name, value) in fields {
            let field = match name.as_str() {
                "csrf" => &mut press.csrf,
                "dimension" => &mut press.dimension,
                "code" => &mut press.code,
                "value" => press.value.get_or_insert_default(),
                "quote" => press.quote.get_or_insert_default(),
                "start" => press.start.get_or_insert_default(),
                "end" => press.end.get_or_insert_default(),
                "drop" => press.drop.get_or_insert_default(),
                "reason" => press.reason.get_or_insert_default(),
                "confidence" => press.confidence.get_or_insert_default(),
                "entities" => press.entities.get_or_insert_default(),
                "adopt" => press.adopt.get_or_insert_default(),
                "types" => {
                    let types = press.types.get_or_insert_default();
                    types.push(String::new());
                    let Some(last) = types.last_mut() else { continue };
                    last
                }
                _ => continue,
            };
            *field = value;
        }
        if press.adopt.is_some() {
            // A form without script sends its other fields along; what is taken over stands in their place.
            let Self { csrf, dimension, code, adopt, .. } = press;
            return Self { csrf, dimension, code, adopt, ..Self::default() };
        }
        press
    }
}

/// What stands now.
#[derive(Debug, Serialize)]
pub struct Stands {
    dimension: String,
    code: String,
    value: String,
    quotes: Vec<String>,
    reason: String,
    confidence: &'static str,
    entities: Vec<String>,
    types: Vec<String>,
    saved_at: String,
}

/// `POST /review/code/{assignment}`: answers JSON to scripts and the coding screen to forms.
pub async fn post(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Coder)?;
    let press = Press::of(fields);
    check_form(&session.csrf, &press.csrf)?;
    let assignment = own_assignment(&app, &session, id).await?;
    if assignment.done_at.is_some() {
        return Err(WebError::Conflict("this document is finished; open it again from /review".to_owned()));
    }
    let snapshot = app.snapshot();
    let codebook = codebook_of(&snapshot, &assignment)?;
    let key = key(codebook, &press)?;
    let run = run_of(&app, codebook, &session.name, assignment.mode)?;
    let dimension = codebook.dimension(key.0.as_str()).ok_or_else(|| unknown_code(&press))?;
    let (decision, sheet) = {
        // What one press reads the one before it has written: two keys in quick succession are both kept.
        let _turn = app.presses().lock().await;
        let (text, own) = material(&app, &assignment, &run).await?;
        let mut before = Sheet::newest(&own).get(&key).map(|d| (*d).clone());
        if press.adopt.is_some() {
            let machine = coding::machine(&app, &snapshot, &assignment, &text.id).await?;
            before = Some(adopted(before, &key, codebook, machine.as_deref())?);
        }
        let decision = decided(before, &key, dimension, &press, &text)?;
        let sheet = sheet(&app, &assignment, codebook, &run, &text, vec![decision.clone()]);
        keep(&app, &run, &sheet).await?;
        (decision, sheet)
    };
    let (d, c) = (key.0.as_str(), key.1.as_str());
    log(&app, &session.name, "decide", &format!("{} {d}/{c}", assignment.document)).await?;
    let wants_json =
        headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"application/json");
    if wants_json {
        return Ok(Json(stands(&decision, &sheet)).into_response());
    }
    Ok(see(&format!("/review/code/{id}?dimension={d}#c-{c}")).into_response())
}

fn stands(decision: &Decision, sheet: &Sheet) -> Stands {
    Stands {
        dimension: decision.dimension.to_string(),
        code: decision.code.to_string(),
        value: value_words(&decision.value),
        quotes: decision
            .evidence
            .iter()
            .map(|e| e.quote().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect(),
        reason: decision.reasoning.clone(),
        confidence: decision.confidence.map_or("", Confidence::id),
        entities: decision.entities.clone(),
        types: decision.types.iter().map(ToString::to_string).collect(),
        saved_at: sheet.at.strftime("%H:%M:%S").to_string(),
    }
}

fn unknown_code(press: &Press) -> WebError {
    let named: String = format!("{}/{}", press.dimension, press.code).chars().take(120).collect();
    WebError::BadRequest(format!("the codebook has no code {named:?}"))
}

fn key(codebook: &Codebook, press: &Press) -> Result<(DimensionId, CodeId), WebError> {
    let wanted =
        |key: &(DimensionId, CodeId)| key.0.as_str() == press.dimension && key.1.as_str() == press.code;
    codes(codebook).into_iter().find(wanted).ok_or_else(|| unknown_code(press))
}

async fn material(app: &App, assignment: &Assignment, run: &Run) -> Result<(Text, Vec<Sheet>), WebError> {
    let document =
        app.store().document(&assignment.document).await.map_err(WebError::internal("read a document"))?;
    let document = document.ok_or_else(|| WebError::NotFound("the document is gone".to_owned()))?;
    let own = app.store().own_sheets(&assignment.document, &run.id).await;
    let own = own.map_err(WebError::internal("read own decisions"))?;
    Ok((coding::text_of(app, &document, &own).await?.text.clone(), own))
}

fn sheet(
    app: &App,
    assignment: &Assignment,
    codebook: &Codebook,
    run: &Run,
    text: &Text,
    decisions: Vec<Decision>,
) -> Sheet {
    Sheet {
        document: assignment.document.clone(),
        text: Some(text.id.clone()),
        codebook: codebook.id.clone(),
        run: run.id.clone(),
        labeller: assignment.name.clone(),
        mode: assignment.mode,
        validated: false,
        at: app.now(),
        decisions,
        notes: std::collections::BTreeMap::new(),
    }
}

/// `before` with what the machine says in the place of answer, quotes and names.
fn adopted(
    before: Option<Decision>,
    key: &(DimensionId, CodeId),
    codebook: &Codebook,
    machine: Option<&Coding>,
) -> Result<Decision, WebError> {
    let none = || WebError::BadRequest("there is no label of the machine to take over".to_owned());
    let machine = machine.ok_or_else(none)?;
    let negative = codebook.negative(&key.0);
    let mut now = before.unwrap_or_else(|| Decision::new(key.0.clone(), key.1.clone(), negative.clone()));
    let judgement = machine.judgement(key.0.as_str(), key.1.as_str());
    let actor = machine.actor(key.1.as_str()).filter(|a| *a.dimension() == key.0);
    now.value = judgement.map_or(negative, |j| j.value().clone());
    now.evidence = judgement.map(|j| j.evidence().to_vec()).unwrap_or_default();
    if let Some(actor) = actor {
        now.value = Value::Flag(!actor.entities().is_empty());
        now.evidence = actor.evidence().to_vec();
        now.entities = actor.entities().iter().map(|e| e.name.clone()).collect();
        now.types = actor.types().to_vec();
    }
    now.evidence.truncate(MOST_QUOTES);
    Ok(now)
}

/// `before` with what was pressed.
fn decided(
    before: Option<Decision>,
    key: &(DimensionId, CodeId),
    dimension: &Dimension,
    press: &Press,
    text: &Text,
) -> Result<Decision, WebError> {
    let fresh = before.is_none();
    let asked =
        [&press.value, &press.quote, &press.entities].into_iter().flatten().any(|said| !said.is_empty());
    if fresh && !asked && press.types.is_none() {
        return Err(WebError::BadRequest("give an answer first".to_owned()));
    }
    let start = Value::Choice(None);
    let mut now = before.unwrap_or_else(|| Decision::new(key.0.clone(), key.1.clone(), start));
    let quoted = press.quote.as_deref().is_some_and(|quote| !quote.trim().is_empty());
    match press.value.as_deref().filter(|value| !value.is_empty()) {
        Some(value) => {
            now.value = value_of(dimension, value).map_err(|e| WebError::BadRequest(e.to_string()))?;
        }
        // Evidence or names without an answer are the weakest answer that they can support.
        None if fresh => {
            let typed = press.types.as_ref().is_some_and(|types| types.iter().any(|id| !id.is_empty()));
            now.value = weakest(dimension, quoted || typed || press.entities.is_some())?;
        }
        None => {}
    }
    if let Some(number) = press.drop.as_deref().and_then(|number| number.parse::<usize>().ok())
        && number < now.evidence.len()
    {
        now.evidence.remove(number);
    }
    if quoted {
        let evidence = located(press, text)?;
        if !now.evidence.contains(&evidence) {
            if now.evidence.len() == MOST_QUOTES {
                return Err(WebError::BadRequest(
                    "a label has three quotes at most; take one away first".to_owned(),
                ));
            }
            now.evidence.push(evidence);
        }
    }
    if let Some(reason) = &press.reason {
        now.reasoning = reason.trim().chars().take(2_000).collect();
    }
    if let Some(names) = &press.entities {
        now.entities = names.lines().map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect();
        if press.value.is_none() {
            now.value = Value::Flag(!now.entities.is_empty());
        }
    }
    if let Some(types) = &press.types {
        now.types = known_types(dimension, types)?;
    }
    if matches!(dimension.kind, Kind::Actor { .. }) && now.value == Value::Flag(false) {
        now.entities.clear();
        now.types.clear();
    }
    if let Some(confidence) = press.confidence.as_deref() {
        let all = [Confidence::Low, Confidence::Medium, Confidence::High];
        now.confidence = all.into_iter().find(|known| known.id() == confidence);
    }
    Ok(now)
}

fn known_types(dimension: &Dimension, wanted: &[String]) -> Result<Vec<CodeId>, WebError> {
    let Kind::Actor { types } = &dimension.kind else { return Ok(vec![]) };
    let wanted = wanted.iter().filter(|id| !id.is_empty());
    let known = |id: &String| {
        let found = types.iter().find(|kind| kind.id.as_str() == id.as_str()).map(|kind| kind.id.clone());
        found.ok_or_else(|| WebError::BadRequest("types: the codebook has no such type of actor".to_owned()))
    };
    wanted.map(known).collect()
}

fn weakest(dimension: &Dimension, positive: bool) -> Result<Value, WebError> {
    match &dimension.kind {
        Kind::Ordinal { .. } => Ok(Value::Level(dimension.lowest() + u8::from(positive))),
        Kind::Flag | Kind::Actor { .. } => Ok(Value::Flag(positive)),
        Kind::Choice => {
            Err(WebError::BadRequest("choose an answer first, then mark what shows it".to_owned()))
        }
    }
}

fn located(press: &Press, text: &Text) -> Result<Evidence, WebError> {
    let words = Words::of(&text.content);
    let number = |field: &Option<String>| field.as_deref().and_then(|n| n.parse::<usize>().ok());
    let quote = press.quote.clone().unwrap_or_default();
    let at = number(&press.start).zip(number(&press.end));
    let same = |a: &str, b: &str| a.split_whitespace().eq(b.split_whitespace());
    let marked = at.and_then(|(start, end)| words.marked(start, end)).filter(|e| same(e.quote(), &quote));
    let short = quote.chars().take(4_001).count() > 4_000;
    if short {
        return Err(WebError::BadRequest("a quote has 4,000 characters at most".to_owned()));
    }
    marked.or_else(|| words.find(&Quote { words: quote, at })).ok_or_else(|| {
        WebError::BadRequest(
            "these words do not stand in the text; copy at least three words as they stand there".to_owned(),
        )
    })
}

/// `POST /review/code/{assignment}/done`: what was not decided counts as not found, and pages show it from now on.
/// On a finished document it opens it again.
pub async fn done(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Bare>,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Coder)?;
    check_form(&session.csrf, &form.csrf)?;
    let assignment = own_assignment(&app, &session, id).await?;
    let open = assignment.done_at.is_none();
    if open {
        fill(&app, &session, &assignment).await?;
    } else if assignment.mode == Mode::Blind {
        // After finishing, other labels may have been seen.
        return Err(WebError::Conflict("a document that was coded blind cannot be opened again".to_owned()));
    }
    app.store().set_done(id, open).await.map_err(WebError::internal("finish a document"))?;
    let action = if open { "finish" } else { "open again" };
    log(&app, &session.name, action, &format!("{} ({})", assignment.document, assignment.mode.id())).await?;
    Ok(see("/review").into_response())
}

/// Writes the negative value of every code that was not decided.
async fn fill(app: &App, session: &Session, assignment: &Assignment) -> Result<(), WebError> {
    let snapshot = app.snapshot();
    let codebook = codebook_of(&snapshot, assignment)?;
    let run = run_of(app, codebook, &session.name, assignment.mode)?;
    let _turn = app.presses().lock().await;
    let (text, own) = material(app, assignment, &run).await?;
    let newest = Sheet::newest(&own);
    let missing: Vec<Decision> = codes(codebook)
        .into_iter()
        .filter(|key| !newest.contains_key(key))
        .map(|(dimension, code)| {
            let value = codebook.negative(&dimension);
            Decision::new(dimension, code, value)
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    keep(app, &run, &sheet(app, assignment, codebook, &run, &text, missing)).await
}
