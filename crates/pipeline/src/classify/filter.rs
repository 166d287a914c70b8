//! The built-in engine as a pure filter: JSON lines in, JSON lines out, no store.
//!
//! One line in gives one line out, in the same order; a line that cannot be coded gives a line that says why. Lines are
//! worked on a window at a time, so memory does not grow with the input.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use lacuna_domain::{CodeId, Codebook, Confidence, DimensionId, RunId, TextId, Value};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::coders::words;
use super::model::ensemble::word;
use super::offline::OfflineEngine;
use crate::ingest::language;
use crate::segment::segment;
use crate::verify::verify;

/// Lines in one window for each thread.
const LINES: usize = 8;
/// A longer line is an error; its rest is passed over.
const LONGEST: usize = 64 * 1024 * 1024;
/// Bytes after which a window is worked on even if it could hold more lines.
const WINDOW_BYTES: usize = 64 * 1024 * 1024;

/// A text to code.
#[derive(Debug, Deserialize)]
struct Line {
    id: serde_json::Value,
    text: String,
}

/// What is said of one text.
#[derive(Debug, Serialize)]
struct Coded<'a> {
    id: &'a serde_json::Value,
    run: &'a RunId,
    text_sha256: TextId,
    language: Option<String>,
    labels: Vec<Label>,
    actors: Vec<Role>,
}

#[derive(Debug, Serialize)]
struct Label {
    dimension: DimensionId,
    code: CodeId,
    value: String,
    confidence: Confidence,
    probability: Option<f32>,
    reasoning: String,
    evidence: Vec<Quote>,
}

#[derive(Debug, Serialize)]
struct Role {
    #[serde(rename = "role")]
    code: CodeId,
    entities: Vec<String>,
    types: Vec<CodeId>,
    evidence: Vec<Quote>,
}

#[derive(Debug, Serialize)]
struct Quote {
    quote: String,
    /// Byte ranges in the text.
    spans: Vec<(usize, usize)>,
}

/// A line that could not be coded.
#[derive(Debug, Serialize)]
struct Failed<'a> {
    id: Option<&'a serde_json::Value>,
    line: u64,
    error: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filtered {
    /// Lines read, and so lines written.
    pub lines: u64,
    /// Lines that could not be coded.
    pub failed: u64,
}

/// Codes each line of `input` into a line of `output`.
pub fn filter(
    engine: &OfflineEngine,
    codebook: &Codebook,
    mut input: impl BufRead,
    mut output: impl Write,
) -> io::Result<Filtered> {
    let run = engine.config().id();
    let width = rayon::current_num_threads() * LINES;
    let mut done = Filtered::default();
    loop {
        let window = read_window(&mut input, width)?;
        if window.is_empty() {
            output.flush()?;
            return Ok(done);
        }
        let first = done.lines + 1;
        let answers: Vec<(String, bool)> = window
            .into_par_iter()
            .enumerate()
            .map(|(index, line)| answer(engine, codebook, &run, first + index as u64, &line))
            .collect();
        for (line, coded) in answers {
            output.write_all(line.as_bytes())?;
            output.write_all(b"\n")?;
            done.lines += 1;
            done.failed += u64::from(!coded);
        }
        // Whoever feeds line by line and waits for answers gets them.
        output.flush()?;
    }
}

/// The next lines, without their ends; `Err` for one that is too long. A line that stands ready alone is not kept
/// waiting for more.
fn read_window(input: &mut impl BufRead, width: usize) -> io::Result<Vec<Result<Vec<u8>, String>>> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while lines.len() < width && bytes < WINDOW_BYTES {
        let Some(line) = read_line(input)? else { break };
        bytes += line.as_ref().map_or(0, Vec::len);
        lines.push(line);
    }
    Ok(lines)
}

fn read_line(input: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, String>>> {
    let mut line = Vec::new();
    let mut too_long = false;
    let mut any = false;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        any = true;
        let end = memchr::memchr(b'\n', chunk);
        let taken = end.unwrap_or(chunk.len());
        too_long |= line.len() + taken > LONGEST;
        if !too_long {
            line.extend_from_slice(&chunk[..taken]);
        }
        let used = end.map_or(taken, |end| end + 1);
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    if !any {
        return Ok(None);
    }
    Ok(Some(if too_long { Err(format!("the line is longer than {LONGEST} bytes")) } else { Ok(line) }))
}

fn answer(
    engine: &OfflineEngine,
    codebook: &Codebook,
    run: &RunId,
    number: u64,
    line: &Result<Vec<u8>, String>,
) -> (String, bool) {
    let failed =
        |id: Option<&serde_json::Value>, error: String| (json(&Failed { id, line: number, error }), false);
    let bytes = match line {
        Ok(bytes) => bytes,
        Err(error) => return failed(None, error.clone()),
    };
    let parsed: Line = match serde_json::from_slice(bytes) {
        Ok(parsed) => parsed,
        Err(error) => {
            return failed(None, format!("not a JSON object with \"id\" and \"text\": {error}"));
        }
    };
    if parsed.text.trim().is_empty() {
        return failed(Some(&parsed.id), "the text is empty".to_owned());
    }
    match catch_unwind(AssertUnwindSafe(|| coded(engine, codebook, run, &parsed))) {
        Ok(line) => (line, true),
        Err(panic) => {
            failed(Some(&parsed.id), format!("the engine stopped on this text: {}", words(&*panic)))
        }
    }
}

fn coded(engine: &OfflineEngine, codebook: &Codebook, run: &RunId, line: &Line) -> String {
    let text = &line.text;
    let language = language::detect(text);
    let passages = segment(text);
    let drafts = engine.code(text, &passages, language.as_deref());
    let coding = verify(drafts, text, &passages, codebook, run, jiff::Timestamp::UNIX_EPOCH);
    let quotes = |evidence: &[lacuna_domain::Evidence]| -> Vec<Quote> {
        let quote = |e: &lacuna_domain::Evidence| Quote {
            quote: e.quote().to_owned(),
            spans: e.spans().iter().map(|span| (span.start(), span.end())).collect(),
        };
        evidence.iter().map(quote).collect()
    };
    let positive = |value: &Value, dimension: &DimensionId| {
        value.is_positive(
            codebook.dimension(dimension.as_str()).map_or(0, lacuna_domain::codebook::Dimension::lowest),
        )
    };
    let labels = coding.labels(codebook);
    let labels = labels.iter().filter(|label| positive(&label.value, label.dimension)).map(|label| Label {
        dimension: label.dimension.clone(),
        code: label.code.clone(),
        value: word(&label.value),
        confidence: label.confidence,
        probability: label.probability,
        reasoning: label.judgement.map_or_else(String::new, |j| j.reasoning().to_owned()),
        evidence: label.judgement.map_or(vec![], |j| quotes(j.evidence())),
    });
    let actors = coding.actors.iter().filter(|actor| !actor.entities().is_empty()).map(|actor| Role {
        code: actor.role().clone(),
        entities: actor.entities().iter().map(|entity| entity.name.clone()).collect(),
        types: actor.types().to_vec(),
        evidence: quotes(actor.evidence()),
    });
    json(&Coded {
        id: &line.id,
        run,
        text_sha256: coding.text.clone(),
        language,
        labels: labels.collect(),
        actors: actors.collect(),
    })
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{\"error\":\"not writable as JSON\"}".to_owned())
}
