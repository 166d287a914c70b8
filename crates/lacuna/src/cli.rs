//! Every command and option of `lacuna`.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands;

/// Maps what AI-governance documents cover and what they leave open.
///
/// Documents go through the stages ingest, segment, classify, verify, review, analyze and publish. Every positive
/// label carries a sentence located in the document. Labels by machines say so wherever they appear.
#[derive(Debug, Parser)]
#[command(name = "lacuna", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Examples:
  lacuna demo --open                       the built-in samples, in your browser
  lacuna ingest ~/Downloads/agora.zip      an AGORA release
  lacuna ingest drafts/ --meta drafts.csv  your own files
  lacuna classify && lacuna serve          code them offline and look at the map
  lacuna export judgements --format csv --out judgements.csv

Exit codes: 0 done, 1 failed, 2 finished but some inputs failed, 64 command line not understood.")]
pub struct Cli {
    /// Folder that holds the store and its search index [default: lacuna-data]
    #[arg(long, global = true, value_name = "DIR", env = "LACUNA_DATA")]
    pub data: Option<PathBuf>,

    /// PostgreSQL store instead of the SQLite file in the data folder, such as `postgres://user@host/lacuna`
    #[arg(long, global = true, value_name = "URL", env = "LACUNA_DATABASE", hide_env_values = true)]
    pub database: Option<String>,

    /// Print results as JSON for machines
    #[arg(long, global = true)]
    pub json: bool,

    /// Print no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up a store with the built-in samples, classify it offline and serve the map
    Demo(commands::demo::Args),
    /// Bring documents in: an AGORA release, files, folders or addresses
    Ingest(commands::ingest::Args),
    /// Code all texts that a run has not coded yet; segments and verifies too
    Classify(commands::classify::Args),
    /// Distil a run, or decisions of people, into an offline engine of your own
    Train(commands::train::Args),
    /// Check again that every stored quote stands in its text
    Verify(commands::verify::Args),
    /// Measure how far labellers agree
    Agree(commands::agree::Args),
    /// Draw the documents that people read, with known probabilities
    Sample(commands::sample::Args),
    /// Write a methods appendix
    Report(commands::report::Args),
    /// Say who may sign in to review
    Users(commands::users::Args),
    /// Bring decisions of people in from files, or write them out
    Review(commands::review::Args),
    /// Write judgements, documents or the ledger of calls as JSON lines or CSV
    Export(commands::export::Args),
    /// Say which codes a set of documents leaves open
    Gaps(commands::gaps::Args),
    /// Cross two fields or dimensions
    Crosstab(commands::crosstab::Args),
    /// Show documents side by side, or one beside the corpus
    Compare(commands::compare::Args),
    /// Serve the map on this machine
    Serve(commands::serve::Args),
    /// Search titles and texts
    Search(commands::search::Args),
    /// Show one document: facts, life, relations and labels
    Show(commands::show::Args),
    /// Cut a release of what the map says now
    Release(commands::release::Args),
    /// Write the map as a static site
    Publish(commands::publish::Args),
    /// Copy the store to a file, while it is served and written to
    Backup(commands::backup::BackupArgs),
    /// Bring a backup back
    Restore(commands::backup::RestoreArgs),
    /// Find how documents stand to each other; take relations out and bring corrections in
    Relations(commands::relations::Args),
    /// Show how far each run came, how fast it goes and what it cost
    Runs(commands::runs::Args),
    /// Compare runs: on how many texts do labels differ, code by code?
    Stability(commands::stability::Args),
    /// Code a run together with other workers, through PostgreSQL
    Worker(commands::worker::Args),
    /// Show exactly what would be sent to a language model
    Prompt(commands::prompt::Args),
    /// Code JSON lines from standard input offline, without a store
    Code(commands::code::Args),
    /// Check a codebook file or start a new one
    Codebook(commands::codebook::Args),
    /// Look at the installation and the store and say what to mend
    Doctor(commands::doctor::Args),
    /// Parse one file from standard input under limits; used by `ingest` itself
    #[command(hide = true)]
    ExtractChild,
}

/// The command line as clap sees it, for the reference page and its check.
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }

    #[test]
    fn the_unit_of_systemd_sets_what_there_is_and_starts_a_command_that_is_understood() {
        let unit = include_str!("../../../packaging/lacuna.service");
        let value = |name: &'static str| {
            unit.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix('='))
        };
        let start = value("ExecStart").next().unwrap();
        super::command().try_get_matches_from(start.split_whitespace()).unwrap();
        let root = super::command();
        let serve = root.get_subcommands().find(|command| command.get_name() == "serve").unwrap();
        let known = |name: &str| {
            let arguments = root.get_arguments().chain(serve.get_arguments());
            arguments.filter_map(clap::Arg::get_env).any(|known| known.to_string_lossy() == name)
        };
        let set: Vec<&str> = value("Environment").filter_map(|set| set.split('=').next()).collect();
        assert!(set.len() >= 2 && set.iter().all(|name| known(name)), "{set:?}");
    }
}
