//! `lacuna show agora:1831`: a document's card in a terminal.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_domain::codebook::Dimension;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{Codebook, Coding, DocumentId, Enactment, Evidence, Terms};
use lacuna_store::catalogue::Audience;
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

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let document = store.document(&args.id).await?;
    let document =
        document.with_context(|| format!("there is no document {}; `lacuna search` finds ids", args.id))?;
    let book = store.relation_book(Audience::Local).await?;
    let version = store.versions(&document.id).await?.pop();
    let mut stated = match &version {
        Some(version) => store.stated_dates(&version.text).await?,
        None => vec![],
    };
    stated.retain(|stated| stated.is_of(&document.id));
    let life = book.life(&document.id, &document.metadata, Terms::of(&stated));
    let run = chosen_run(&store, None).await.ok();
    let mut labels = Vec::new();
    if let (Some(run), Some(version)) = (&run, &version)
        && let Some(Outcome::Coded(coding)) = store.outcome(&run.id, &version.text).await?
        && let Some(codebook) = store.codebook(&run.config.codebook_hash).await?
    {
        labels = labels_of(&coding, &codebook);
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
    let wide = card.labels.iter().map(|label| named(label).chars().count()).max().unwrap_or(0).min(NAME);
    let mut dimension = "";
    for label in &card.labels {
        if label.dimension != dimension {
            dimension = &label.dimension;
            out.push_str(&format!("\n{dimension}\n"));
        }
        let (name, quote) = (cut(&named(label), NAME), cut(&label.quote, QUOTE));
        out.push_str(&format!("  {name:<wide$}  {:<10} {:<7} {quote}\n", label.level, label.confidence));
    }
    out
}

/// Characters of a name, and of a quote, that a line shows.
const NAME: usize = 40;
const QUOTE: usize = 100;

/// The name, with its number where codes are numbered.
fn named(label: &Label) -> String {
    let numbered = label.code.starts_with(|c: char| c.is_ascii_digit());
    if numbered { format!("{} {}", label.code, label.name) } else { label.name.clone() }
}

/// At most `most` characters on one line, ending after a word.
fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let start: String = line.chars().take(most.saturating_sub(1)).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{whole}…")
}

/// What a coding says of a text: labels and roles, each with its strongest quote.
fn labels_of(coding: &Coding, codebook: &Codebook) -> Vec<Label> {
    let name = |dimension: &Dimension, code: &str| {
        // A choice is filed under its dimension.
        dimension.code(code).map_or_else(|| dimension.name.clone(), |code| code.short.clone())
    };
    let quote = |evidence: Option<&Evidence>| evidence.map(|e| e.quote().to_owned()).unwrap_or_default();
    let judged = coding.judgements.iter().filter_map(|judgement| {
        let dimension = codebook.dimension(judgement.dimension().as_str())?;
        Some(Label {
            dimension: dimension.name.clone(),
            code: judgement.code().to_string(),
            name: name(dimension, judgement.code().as_str()),
            level: dimension.value_name(judgement.value()).to_owned(),
            confidence: judgement.confidence().id(),
            quote: quote(judgement.evidence().first()),
        })
    });
    let roles = coding.actors.iter().flat_map(|actor| {
        let dimension = codebook.dimension(actor.dimension().as_str());
        let of = dimension.map(|d| (d.name.clone(), name(d, actor.role().as_str())));
        actor.entities().iter().filter_map(move |entity| {
            let (dimension, role) = of.clone()?;
            Some(Label {
                dimension,
                code: actor.role().to_string(),
                name: format!("{role}: {}", entity.name),
                level: "named".to_owned(),
                confidence: actor.confidence().id(),
                quote: quote(Some(&entity.at)),
            })
        })
    });
    judged.chain(roles).collect()
}
