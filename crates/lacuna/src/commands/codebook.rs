//! `lacuna codebook check|new|show`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args as ClapArgs, Subcommand};
use lacuna_domain::Codebook;
use lacuna_domain::codebook::Kind;
use lacuna_pipeline::codebooks::{AI_GOVERNANCE, AI_GOVERNANCE_ID, EXAMPLE};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna codebook`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna codebook new ours.toml
  lacuna codebook check ours.toml
  lacuna classify --codebook ours.toml")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check a codebook file: every problem with its line and its mend
    Check {
        /// The file
        file: PathBuf,
    },
    /// Write a small commented codebook to start from
    New {
        /// Where to write it; an existing file is kept
        #[arg(default_value = "codebook.toml")]
        file: PathBuf,
    },
    /// Print the built-in codebook
    Show,
}

pub(crate) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::Check { file } => check(&file, context),
        Action::New { file } => new(&file),
        Action::Show => {
            output::text(AI_GOVERNANCE)?;
            Ok(Exit::Done)
        }
    }
}

/// Reads and checks the codebook at `path`, or the built-in one, which goes by its id or by no name at all.
pub(crate) fn load(path: Option<&Path>) -> anyhow::Result<(String, Codebook)> {
    let source = match path {
        None => AI_GOVERNANCE.to_owned(),
        Some(path) if path.exists() => {
            fs::read_to_string(path).with_context(|| format!("read the codebook {}", path.display()))?
        }
        Some(id) if id == Path::new(AI_GOVERNANCE_ID) => AI_GOVERNANCE.to_owned(),
        Some(path) => bail!(
            "there is no codebook {}; name a TOML file (`lacuna codebook new FILE` starts one) or {AI_GOVERNANCE_ID}, the built-in one",
            path.display()
        ),
    };
    let shown = path.map_or_else(|| "the built-in codebook".to_owned(), |p| p.display().to_string());
    let codebook = Codebook::parse(&source).with_context(|| format!("check {shown}"))?;
    Ok((source, codebook))
}

#[derive(Serialize)]
struct Checked<'c> {
    id: &'c str,
    version: &'c str,
    hash: &'c str,
    dimensions: Vec<(&'c str, usize)>,
}

fn check(path: &Path, context: &Context) -> anyhow::Result<Exit> {
    let (_, codebook) = load(Some(path))?;
    let checked = Checked {
        id: codebook.id.as_str(),
        version: &codebook.version,
        hash: &codebook.hash,
        dimensions: codebook.dimensions.iter().map(|d| (d.id.as_str(), d.codes.len())).collect(),
    };
    if context.json {
        output::json(&checked)?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{} {} is a good codebook\n", codebook.id, codebook.version);
    for dimension in &codebook.dimensions {
        let cues: usize =
            dimension.codes.iter().flat_map(|c| c.cues.values()).map(|c| c.strong.len() + c.weak.len()).sum();
        let kind = match dimension.kind {
            Kind::Ordinal { .. } => "ordinal",
            Kind::Flag => "flag",
            Kind::Choice => "choice",
            Kind::Actor { .. } => "actor",
        };
        text += &format!(
            "  {:<12} {kind:<8} {:>3} codes, {cues} cue terms\n",
            dimension.id,
            dimension.codes.len()
        );
    }
    output::text(&text)?;
    Ok(Exit::Done)
}

fn new(path: &Path) -> anyhow::Result<Exit> {
    if path.exists() {
        bail!("{} exists already; name another file", path.display());
    }
    fs::write(path, EXAMPLE).with_context(|| format!("write {}", path.display()))?;
    output::text(&format!("wrote {}; edit it, then run `lacuna codebook check {0}`", path.display()))?;
    Ok(Exit::Done)
}
