//! The extraction child as a program of its own, for tests; users have it as `lacuna extract-child`.

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = lacuna_pipeline::ingest::child::main(&mut io::stdin().lock(), &mut io::stdout().lock());
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
