//! `lacuna extract-child`: the process in which one hostile file is parsed, so that it cannot take ours down.

use std::io;
use std::process::ExitCode;

pub(crate) fn run() -> ExitCode {
    match lacuna_pipeline::ingest::child::main(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => crate::exit::failed(&error.into(), false),
    }
}
