//! `lacuna show agora:1831`: a document's card in a terminal.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{DocumentId, Enactment};
use serde::Serialize;

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna show`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna show agora:1831
  lacuna show agora:1831 --json")]
pub struct Args {
    /// The document
    id: DocumentId,
}

#[derive(Serialize)]
struct Card {
    document: DocumentId,
    title: String,
    authority: Option<String>,
    jurisdiction: Option<String>,
    enactment: &'static str,
    life: Vec<String>,
    relations: Vec<String>,
    labels: Vec<Label>,
    run: Option<String>,
    fiction: bool,
}

#[derive(Serialize)]
struct Label {
    dimension: String,
    code: String,
    name: String,
    level: String,
    confidence: &'static str,
    quote: String,
}

#[expect(clippy::too_many_lines, reason = "the fields of one card, one after the other")]
pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let document = store.document(&args.id).await?;
    let document =
        document.with_context(|| format!("there is no document {}; `lacuna search` finds ids", args.id))?;
    let book = store.relation_book().await?;
    let life = book.life(&document.id, &document.metadata);
    let run = chosen_run(&store, None).await.ok();
    let mut labels = Vec::new();
    if let (Some(run), Some(version)) = (&run, store.versions(&document.id).await?.pop())
        && let Some(Outcome::Coded(coding)) = store.outcome(&run.id, &version.text).await?
        && let Some(codebook) = store.codebook(&run.config.codebook_hash).await?
    {
        for judgement in &coding.judgements {
            let Some(dimension) = codebook.dimension(judgement.dimension().as_str()) else { continue };
            let code = dimension.code(judgement.code().as_str());
            let quote = judgement.evidence().first().map(|e| e.quote().to_owned()).unwrap_or_default();
            labels.push(Label {
                dimension: dimension.name.clone(),
                code: judgement.code().to_string(),
                name: code.map_or_else(String::new, |code| code.short.clone()),
                level: dimension.value_name(judgement.value()).to_owned(),
                confidence: judgement.confidence().id(),
                quote,
            });
        }
    }
    let other = |relation: &lacuna_domain::Relation| {
        if relation.from == document.id {
            let to = relation.to.as_ref().map_or_else(|| relation.cited.clone(), ToString::to_string);
            format!("{} {to}", relation.kind.name())
        } else {
            format!("{} {}", relation.kind.inverse(), relation.from)
        }
    };
    let today = context.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let card = Card {
        title: document.metadata.title().to_owned(),
        authority: document.metadata.authority.clone(),
        jurisdiction: document.metadata.jurisdiction.clone(),
        enactment: life.on(today).state.name(),
        life: life
            .steps()
            .iter()
            .filter(|step| step.state != Enactment::Unknown)
            .map(|step| {
                let date = step.date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
                format!("{date} {}", step.state.name())
            })
            .collect(),
        relations: book.of(&document.id).map(other).collect(),
        labels,
        run: run.map(|run| run.name),
        fiction: document.metadata.fiction,
        document: document.id,
    };
    if context.json {
        output::json(&card)?;
    } else {
        output::text(&shown(&card))?;
    }
    Ok(Exit::Done)
}

fn shown(card: &Card) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "not recorded".to_owned());
    let mut out = format!(
        "{}\n{}{}\n\nIssuer        {}\nJurisdiction  {}\nEnactment     {}\n",
        card.title,
        card.document,
        if card.fiction { "  (fiction)" } else { "" },
        or(&card.authority),
        or(&card.jurisdiction),
        card.enactment,
    );
    for (name, lines) in [("Life", &card.life), ("Relations", &card.relations)] {
        for (at, line) in lines.iter().enumerate() {
            out.push_str(&format!("{:<13} {line}\n", if at == 0 { name } else { "" }));
        }
    }
    match &card.run {
        Some(run) => out.push_str(&format!("\nLabels by {run}\n")),
        None => out.push_str("\nNothing was classified yet; run `lacuna classify`\n"),
    }
    let mut dimension = "";
    for label in &card.labels {
        if label.dimension != dimension {
            dimension = &label.dimension;
            out.push_str(&format!("\n{dimension}\n"));
        }
        let quote: String =
            label.quote.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
        let code = format!("{} {}", label.code, label.name);
        out.push_str(&format!("  {code:<38.38} {:<10} {:<7} {quote}\n", label.level, label.confidence));
    }
    out
}
