//! One file per command, named as the user types it.

pub(crate) mod agree;
pub(crate) mod asking;
pub(crate) mod backup;
pub(crate) mod classify;
pub(crate) mod code;
pub(crate) mod codebook;
pub(crate) mod compare;
pub(crate) mod crosstab;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod extract_child;
pub(crate) mod gaps;
pub(crate) mod ingest;
pub(crate) mod intake;
pub(crate) mod prompt;
pub(crate) mod publish;
pub(crate) mod relations;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod runs;
pub(crate) mod sample;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod stability;
pub(crate) mod train;
pub(crate) mod users;
pub(crate) mod verify;
pub(crate) mod worker;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::exit::Exit;

/// Runs the command that was asked for.
#[expect(clippy::cognitive_complexity, reason = "one arm for each command")]
pub(crate) async fn run(cli: Cli) -> anyhow::Result<Exit> {
    let context = Context::new(&cli);
    match cli.command {
        Command::Demo(args) => demo::run(args, cli.data, context).await,
        Command::Ingest(args) => ingest::run(args, &context).await,
        Command::Classify(args) => classify::run(args, &context).await,
        Command::Worker(args) => worker::run(args, &context).await,
        Command::Train(args) => train::run(args, &context).await,
        Command::Verify(args) => verify::run(args, &context).await,
        Command::Agree(args) => agree::run(args, &context).await,
        Command::Sample(args) => sample::run(args, &context).await,
        Command::Report(args) => report::run(args, &context).await,
        Command::Users(args) => users::run(args, &context).await,
        Command::Review(args) => review::run(args, &context).await,
        Command::Export(args) => export::run(args, &context).await,
        Command::Gaps(args) => gaps::run(args, &context).await,
        Command::Crosstab(args) => crosstab::run(args, &context).await,
        Command::Compare(args) => compare::run(args, &context).await,
        Command::Serve(args) => serve::run(args, &context).await,
        Command::Search(args) => search::run(args, &context).await,
        Command::Show(args) => show::run(args, &context).await,
        Command::Release(args) => release::run(args, &context).await,
        Command::Publish(args) => publish::run(args, &context).await,
        Command::Backup(args) => backup::backup(args, &context).await,
        Command::Restore(args) => backup::restore(args, &context).await,
        Command::Relations(args) => relations::run(args, &context).await,
        Command::Code(args) => code::run(args, &context).await,
        Command::Prompt(args) => prompt::run(args, &context).await,
        Command::Runs(args) => runs::run(args, &context).await,
        Command::Stability(args) => stability::run(args, &context).await,
        Command::Codebook(args) => codebook::run(args, &context),
        Command::Doctor(args) => doctor::run(args, &context).await,
        Command::ExtractChild => Ok(Exit::Done),
    }
}
