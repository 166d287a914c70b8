//! The `lacuna` binary: arguments, environment and clock go in here, an exit code comes out.

use std::process::ExitCode;

fn main() -> ExitCode {
    lacuna::run(std::env::args_os())
}
