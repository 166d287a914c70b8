//! `lacuna prompt show`: exactly what would be sent to a language model.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args as ClapArgs, Subcommand};
use lacuna_domain::{DocumentId, Text};
use lacuna_llm::Request;
use lacuna_pipeline::classify::model::Prompt;
use lacuna_pipeline::ingest::{self, Options, Source};
use lacuna_pipeline::segment::segment;

use super::asking::Asked;
use super::codebook;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna prompt`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna prompt show
  lacuna prompt show agora:1831
  lacuna prompt show draft.docx --json")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every block and the schema of the questions about a text; without one, those that come before any text
    Show(Show),
}

#[derive(Debug, ClapArgs)]
struct Show {
    /// A file, or the id of a document in the store
    #[arg(value_name = "FILE|ID")]
    text: Option<String>,
    /// Codebook file instead of the built-in one, ai-governance
    #[arg(long, value_name = "FILE")]
    codebook: Option<PathBuf>,
    #[command(flatten)]
    asked: Asked,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let Action::Show(show) = args.action;
    let (_, codebook) = codebook::load(show.codebook.as_deref())?;
    let prompt = Prompt::new(Arc::new(codebook), show.asked.settings());
    let questions = match &show.text {
        None => prompt.questions("", &[], 1),
        Some(name) => {
            let text = text(name, context).await?;
            prompt.questions(&text, &segment(&text), 1)
        }
    };
    if context.json {
        output::json(&serde_json::json!({ "prompt": prompt.hash(), "questions": questions }))?;
    } else {
        output::text(&readable(&prompt, &questions))?;
    }
    Ok(Exit::Done)
}

/// The text of a file, as ingest would extract it, or of a stored document.
async fn text(name: &str, context: &Context) -> anyhow::Result<String> {
    let path = PathBuf::from(name);
    if path.is_file() {
        let options = Options { child: Some(super::ingest::this_binary()?), ..Options::default() };
        let read = move || ingest::read_all(&Source::Path(path), &options, &lacuna_domain::progress::Silent);
        let harvest = tokio::task::spawn_blocking(read).await.context("read the file")??;
        let found = harvest.found.into_iter().find_map(|found| found.version);
        let why =
            || harvest.plan.failed.first().map_or_else(|| "it holds no text".to_owned(), ToString::to_string);
        return found.map(|version| version.text.content).with_context(|| format!("read {name}: {}", why()));
    }
    let Ok(id) = name.parse::<DocumentId>() else {
        bail!("{name:?} is neither a file nor the id of a document, such as agora:1831");
    };
    let store = context.store().await.context("open the store")?;
    let version = store.versions(&id).await?.pop();
    let version =
        version.with_context(|| format!("the store holds no text of {id}; `lacuna ingest` brings it in"))?;
    let text: Option<Text> = store.text(&version.text).await?;
    text.map(|text| text.content)
        .with_context(|| format!("the text of {id} is not in the store; run `lacuna doctor`"))
}

fn readable(prompt: &Prompt, questions: &[Request]) -> String {
    let mut out = format!("prompt {}\n", prompt.hash());
    for (index, request) in questions.iter().enumerate() {
        out += &format!(
            "\n##### question {} of {}, about {} tokens\n",
            index + 1,
            questions.len(),
            request.input_tokens()
        );
        for (part, blocks) in [("system", &request.system), ("user", &request.user)] {
            for block in blocks {
                let cache = if block.cache { ", cached up to here" } else { "" };
                out += &format!("\n##### {part}{cache}\n{}\n", block.text());
            }
        }
        if index == 0 {
            out += &format!("\n##### schema {:?}\n{}\n", request.schema.name(), request.schema.text());
        }
    }
    out
}
