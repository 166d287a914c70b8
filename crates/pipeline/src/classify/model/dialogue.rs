//! The questions and answers about one text, from the first question to drafts; knows nothing of providers, money or
//! stores, which stand behind [`Ask`].

use std::collections::BTreeMap;
use std::future::Future;

use lacuna_domain::coding::{Remark, RemarkKind};
use lacuna_domain::judgement::DraftQuote;
use lacuna_domain::{Codebook, DimensionId, Draft, Value};
use lacuna_llm::{Request, Stop};

use super::answer::{self, Answer, Malformed};
use super::claims::{self, Bench};
use super::grounds::Ceilings;
use super::prompt::{Prompt, Sheet};
use crate::classify::Drafts;

/// Times that a malformed answer is asked for again.
const FORM_REPAIRS: usize = 2;

/// What a model said, and why it stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) stop: Stop,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoReply {
    /// This text fails, the others go on.
    Text(String),
    /// No further question can be asked: no budget, no key, told to stop.
    Run(String),
}

/// Whoever can be asked. `step` names the question within its text.
pub(super) trait Ask: Sync {
    fn ask(&self, step: &str, request: &Request) -> impl Future<Output = Result<Reply, NoReply>> + Send;
}

/// What the answers about one text come to, before verification.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) drafts: Drafts,
    pub(super) summaries: BTreeMap<DimensionId, String>,
    pub(super) remarks: Vec<Remark>,
}

/// Asks about one text, once for each window and once to settle, with the repairs that are needed.
pub(super) async fn talk(
    asker: &impl Ask,
    prompt: &Prompt,
    bench: &Bench<'_>,
    ceilings: &Ceilings,
    sample: Sample,
) -> Result<Said, NoReply> {
    let sheet = bench.sheet;
    let talk = Talk { asker, prompt, bench, sample };
    let mut said = if sheet.windows.len() > 1 { talk.in_windows().await? } else { talk.window(0).await? };
    said.remarks.extend(withheld(sheet));
    said.remarks.extend(bench.lower(&mut said.drafts, ceilings));
    Ok(said)
}

/// Which of several answers to the same questions is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Counted from 0.
    pub(super) number: u32,
    /// Of how many.
    pub(super) of: u32,
}

impl Sample {
    fn seed(self) -> Option<u64> {
        (self.of > 1).then_some(u64::from(self.number))
    }

    fn step(self, step: &str) -> String {
        if self.of > 1 { format!("s{}:{step}", self.number + 1) } else { step.to_owned() }
    }
}

struct Talk<'t, A> {
    asker: &'t A,
    prompt: &'t Prompt,
    bench: &'t Bench<'t>,
    sample: Sample,
}

impl<A: Ask> Talk<'_, A> {
    async fn in_windows(&self) -> Result<Said, NoReply> {
        let sheet = self.bench.sheet;
        let asked: Vec<_> = (0..sheet.windows.len()).map(|window| self.window(window)).collect();
        let mut answers = Vec::with_capacity(asked.len());
        for said in futures_util::future::join_all(asked).await {
            answers.push(said?.drafts);
        }
        let Some(passages) = self.bench.listed(&answers) else {
            return Ok(Said::default());
        };
        let request = self.prompt.adjudicate(sheet, &passages, self.sample.seed());
        let answer = self.in_form(&self.sample.step("settle"), &request).await?;
        Ok(Said { drafts: answer.drafts, summaries: answer.summaries, remarks: vec![] })
    }

    async fn window(&self, window: usize) -> Result<Said, NoReply> {
        let (sheet, count) = (self.bench.sheet, self.bench.sheet.windows.len());
        let request = self.prompt.first(sheet, window, self.sample.of, self.sample.seed());
        let step = if count > 1 { format!("{}/{count}", window + 1) } else { "1".to_owned() };
        let step = self.sample.step(&step);
        let Answer { mut drafts, summaries } = self.in_form(&step, &request).await?;
        let baseless = self.bench.baseless(&drafts);
        if !baseless.is_empty() {
            let lines: Vec<String> = baseless.iter().map(claims::Baseless::line).collect();
            let again = Prompt::repair_evidence(&request, sheet, &lines.join("\n"));
            let reply = self.asker.ask(&format!("{step}+evidence"), &again).await?;
            // One bounded try: a repair that cannot be read mends nothing, and its claims fall.
            if let Ok(repaired) = read(&reply, self.prompt) {
                claims::mend(&mut drafts, repaired.drafts, &baseless);
            }
        }
        Ok(Said { drafts, summaries, remarks: vec![] })
    }

    /// The answer to `request`, asked for again where it has not the form.
    async fn in_form(&self, step: &str, request: &Request) -> Result<Answer, NoReply> {
        let mut asked = request.clone();
        let mut at = step.to_owned();
        for repairs in 0..=FORM_REPAIRS {
            let reply = self.asker.ask(&at, &asked).await?;
            let Malformed(problems) = match read(&reply, self.prompt) {
                Ok(answer) => return Ok(answer),
                Err(malformed) => malformed,
            };
            if reply.stop == Stop::Refusal {
                let words: String = reply.text.chars().take(200).collect();
                return Err(NoReply::Text(format!("the model declines to answer: {words:?}")));
            }
            if repairs == FORM_REPAIRS {
                let why = problems.join("; ");
                return Err(NoReply::Text(format!("the answer is malformed after {repairs} repairs: {why}")));
            }
            asked = Prompt::repair_form(request, &problems, &reply.text);
            at = format!("{step}+form{}", repairs + 1);
        }
        Err(NoReply::Text("the answer is malformed".to_owned()))
    }
}

fn read(reply: &Reply, prompt: &Prompt) -> Result<Answer, Malformed> {
    let settings = prompt.settings();
    let read = answer::read(&reply.text, prompt.codebook(), settings.narratives);
    match read {
        Err(Malformed(mut problems)) if reply.stop == Stop::Length => {
            problems.insert(0, format!("it was cut at {} tokens; be shorter", settings.max_output_tokens));
            Err(Malformed(problems))
        }
        other => other,
    }
}

fn withheld(sheet: &Sheet<'_>) -> Vec<Remark> {
    let spans = sheet.addressed.spans().iter().filter_map(|span| span.slice(sheet.text));
    spans
        .map(|words| Remark {
            kind: RemarkKind::Withheld,
            message: words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect(),
        })
        .collect()
}

/// Drafts of a text written as an answer in the form that the prompt asks for; the inverse of reading one. For the
/// guess at the length of answers, and for tests that need an honest model.
pub fn written(drafts: &Drafts, codebook: &Codebook) -> String {
    use serde_json::{Map, Value as Json, json};
    let mut labels: Map<String, Json> =
        codebook.dimensions.iter().map(|d| (d.id.to_string(), json!([]))).collect();
    let words = |quotes: &[DraftQuote]| quotes.iter().map(|q| q.words.clone()).collect::<Vec<_>>();
    let mut push = |dimension: &DimensionId, entry: Json| {
        if let Some(Json::Array(list)) = labels.get_mut(dimension.as_str()) {
            list.push(entry);
        }
    };
    for Draft { dimension, code, value, confidence, reasoning, quotes, .. } in &drafts.labels {
        let mut entry = json!({ "evidence": words(quotes), "reason": reasoning, "sure": confidence.id() });
        match value {
            Value::Choice(option) => entry["option"] = json!(option),
            Value::Level(level) => {
                entry["code"] = json!(code);
                entry["level"] = json!(level);
            }
            Value::Flag(_) => entry["code"] = json!(code),
        }
        push(dimension, entry);
    }
    for actor in drafts.actors.iter().filter(|a| !a.entities.is_empty()) {
        push(
            &actor.dimension,
            json!({
                "code": actor.role, "evidence": words(&actor.quotes), "holders": actor.entities,
                "kinds": actor.types, "reason": actor.reasoning, "sure": actor.confidence.id(),
            }),
        );
    }
    json!({ "labels": labels }).to_string()
}
