//! `lacuna search WORDS`: the search box in a terminal.

use lacuna_domain::filter::Field;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use lacuna_domain::{Codebook, Filter};
use lacuna_pipeline::{codebooks, segment::segment};
use lacuna_store::catalogue::{Audience, Catalogue};
use lacuna_store::search::{Search, SearchIndex};
use serde::Serialize;

use super::export::chosen_run;
use crate::context::Context;
use crate::counted::values::check_values;
use crate::counted::{documents, left_out, without_drafts};
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna search`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna search facial recognition
  lacuna search 'title:order AND \"red teaming\"' --filter 'jurisdiction=United States&enactment=adopted'
  lacuna search 'bias NEAR/5 audit' --limit 50 --json")]
pub struct Args {
    /// Words, \"phrases\", AND, OR, NOT, NEAR/5, prefix*, title:, text:, id:, jurisdiction:, authority:, tag: and other fields
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Conditions as they stand in an address of the site
    #[arg(long, value_name = "QUERY", default_value = "")]
    filter: String,
    /// Documents to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

#[derive(Serialize)]
struct Hit {
    document: String,
    title: String,
    authority: Option<String>,
    jurisdiction: Option<String>,
    enactment: &'static str,
    date: Option<String>,
    snippet: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    total: u64,
    of: u64,
    private_left_out: u64,
    hits: Vec<Hit>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let run = chosen_run(&store, None).await.ok();
    let codebook: Codebook = match &run {
        Some(run) => {
            store.codebook(&run.config.codebook_hash).await?.context("the run's codebook is gone")?
        }
        None => codebooks::ai_governance().context("read the built-in codebook")?,
    };
    let catalogue = Catalogue::load(&store, run.as_ref().map(|r| &r.id), &codebook, Audience::Local).await?;
    let (catalogue, drafts) = without_drafts(&store, catalogue).await?;
    let index = match store.location().folder() {
        Some(data) => SearchIndex::refresh(&store, &data.join("index"), segment).await,
        None => SearchIndex::in_memory(&store, segment).await,
    };
    let search = Search::new(Arc::new(index.context("open the search index")?), &catalogue);
    let mut filter = Filter::parse_query(&args.filter, &codebook).context("read --filter")?;
    check_values(&catalogue, &filter, drafts)?;
    filter.words = args.words.join(" ");
    let found = search.find(&catalogue, &filter.words, filter.on).context("search")?;
    let selection = catalogue.select(&filter, Some(&found.matches));
    let mut hits = Vec::new();
    for number in catalogue.in_order(&selection).into_iter().take(args.limit) {
        let Some(record) = catalogue.record(number) else { continue };
        let snippet = search.passages(&found, number, 1).context("cut a snippet")?.into_iter().next();
        hits.push(Hit {
            document: record.id().to_owned(),
            title: record.title().to_owned(),
            authority: record.value(Field::Authority).map(str::to_owned),
            jurisdiction: record.value(Field::Jurisdiction).map(str::to_owned),
            enactment: record.enactment().name(),
            date: record.date().map(|date| date.to_string()),
            snippet: snippet.map(|hit| hit.snippet.text.split_whitespace().collect::<Vec<_>>().join(" ")),
        });
    }
    let answer = Answer { total: selection.len(), of: catalogue.len(), private_left_out: drafts, hits };
    if context.json {
        output::json(&answer)?;
        return Ok(Exit::Done);
    }
    if answer.total == 0 {
        bail!(
            "nothing in this corpus: titles and texts of {} were searched for {:?}{}{}",
            documents(answer.of),
            filter.words,
            if args.filter.is_empty() { String::new() } else { format!(" under {:?}", args.filter) },
            left_out(drafts).map(|line| format!("; {line}")).unwrap_or_default()
        );
    }
    output::text(&shown(&answer))?;
    Ok(Exit::Done)
}

fn shown(answer: &Answer) -> String {
    let mut out = format!("{} of {}\n", answer.total, documents(answer.of));
    for hit in &answer.hits {
        let facts: Vec<&str> =
            [hit.authority.as_deref(), hit.jurisdiction.as_deref(), Some(hit.enactment), hit.date.as_deref()]
                .into_iter()
                .flatten()
                .collect();
        out.push_str(&format!("\n{:<14} {}\n{:<14} {}\n", hit.document, hit.title, "", facts.join(" · ")));
        if let Some(snippet) = &hit.snippet {
            out.push_str(&format!("{:<14} … {snippet} …\n", ""));
        }
    }
    if let Some(line) = left_out(answer.private_left_out) {
        out.push_str(&format!("\n{line}\n"));
    }
    out
}
