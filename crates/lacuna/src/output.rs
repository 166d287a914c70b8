//! Words and JSON on standard output, where a closed pipe is no error.

use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;

/// Prints `value` as JSON on one line.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let line = serde_json::to_string(value).context("write the result as JSON")?;
    text(&line)
}

/// Prints `line` and ends it.
pub(crate) fn text(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.trim_end_matches('\n').as_bytes())?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Whether the reader of our output went away, as `lacuna export | head` does.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
