//! What an exit code means, documented in `docs/reference/commands.md`.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: all went well.
    Done,
    /// 2: finished, but some inputs failed or some checks found something; the output names each.
    SomeFailed,
}

/// The exit codes and their meaning, for the reference page.
pub const MEANINGS: [(u8, &str); 4] = [
    (0, "all went well"),
    (1, "the command failed; the last line on standard error says why and what to do"),
    (2, "the command finished, but some inputs failed or a check found something; each is named"),
    (64, "the command line was not understood"),
];

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::SomeFailed => Self::from(2),
        }
    }
}

/// Ends the process as one that was told to stop twice.
#[expect(clippy::disallowed_methods, reason = "whoever asks twice does not want to wait for calls in flight")]
pub(crate) fn at_once() -> ! {
    std::process::exit(1)
}

/// Prints a usage error, or help and version, and gives its code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let wanted = !error.use_stderr();
    if error.print().is_err() || wanted {
        return ExitCode::SUCCESS;
    }
    ExitCode::from(64)
}

/// Prints an error with its causes and gives its code.
#[expect(clippy::print_stderr, reason = "errors of the command line end on standard error")]
pub(crate) fn failed(error: &anyhow::Error, json: bool) -> ExitCode {
    if json {
        eprintln!("{}", serde_json::json!({ "error": format!("{error:#}") }));
    } else {
        eprintln!("lacuna: {error:#}");
    }
    ExitCode::FAILURE
}
