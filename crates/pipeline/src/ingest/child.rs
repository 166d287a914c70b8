//! The child process in which hostile formats are parsed: the binary itself, called as `lacuna extract-child`.
//!
//! The parent writes one line of JSON (the request) and then the bytes of the file; the child sets its own limits of
//! memory and processor time before it reads them, parses, and writes one line of JSON (the reply), after which, for
//! a zip file, the unpacked bytes follow. The parent bounds time and size of the reply. Whatever happens to the child,
//! the parent goes on with an error for this one file.

mod unpack;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::formats::{self, ExtractError, Format};
use super::{Extracted, Options};

/// How to call the binary as a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildProgram {
    /// The binary.
    pub program: PathBuf,
    /// Its arguments, such as `extract-child`.
    pub arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Task {
    Extract(Format),
    Unpack,
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    task: Task,
    memory_bytes: u64,
    seconds: u64,
    unpacked_bytes: u64,
    pdfium: Option<PathBuf>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    Extracted(Extracted),
    Unpacked(Vec<(String, u64)>),
    Failed(ExtractError),
}

/// The body of the child process: one request from `input`, one reply to `output`.
pub fn main(input: &mut dyn Read, output: &mut dyn Write) -> io::Result<()> {
    let mut input = BufReader::new(input);
    let mut line = String::new();
    (&mut input).take(1 << 16).read_line(&mut line)?;
    let request: Request = serde_json::from_str(&line)?;
    confine(&request)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let reply = match request.task {
        Task::Extract(format) => match formats::parse(format, &bytes, request.pdfium.as_ref()) {
            Ok(extracted) => Reply::Extracted(extracted),
            Err(error) => Reply::Failed(error),
        },
        Task::Unpack => match unpack::unpack(bytes, request.unpacked_bytes) {
            Ok(files) => {
                let sizes = files.iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect();
                write_line(output, &Reply::Unpacked(sizes))?;
                files.values().try_for_each(|bytes| output.write_all(bytes))?;
                return output.flush();
            }
            Err(error) => Reply::Failed(error),
        },
    };
    write_line(output, &reply)?;
    output.flush()
}

fn write_line(output: &mut dyn Write, reply: &Reply) -> io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    output.write_all(&line)
}

/// Limits this process for the rest of its life: address space, processor time, no core dump, no written file.
#[cfg(unix)]
fn confine(request: &Request) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limits = [
        (Resource::As, request.memory_bytes),
        (Resource::Cpu, request.seconds),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn confine(_request: &Request) -> io::Result<()> {
    Ok(())
}

/// Parses a file of a hostile format in a child process.
pub(super) fn extract(format: Format, bytes: Vec<u8>, options: &Options) -> Result<Extracted, ExtractError> {
    match call(Task::Extract(format), bytes, options)? {
        (Reply::Extracted(extracted), _) => Ok(extracted),
        (Reply::Failed(error), _) => Err(error),
        (Reply::Unpacked(_), _) => Err(ExtractError::NoChild("it gave the wrong kind of answer".to_owned())),
    }
}

/// Unpacks a zip file in a child process: path → bytes.
pub(super) fn unpack(bytes: Vec<u8>, options: &Options) -> Result<BTreeMap<String, Vec<u8>>, ExtractError> {
    let (reply, rest) = call(Task::Unpack, bytes, options)?;
    let sizes = match reply {
        Reply::Unpacked(sizes) => sizes,
        Reply::Failed(error) => return Err(error),
        Reply::Extracted(_) => {
            return Err(ExtractError::NoChild("it gave the wrong kind of answer".to_owned()));
        }
    };
    let mut rest = rest.as_slice();
    let mut files = BTreeMap::new();
    for (name, size) in sizes {
        let Some((bytes, after)) = usize::try_from(size).ok().and_then(|size| rest.split_at_checked(size))
        else {
            return Err(ExtractError::Crashed(options.limits.memory_bytes >> 20));
        };
        files.insert(name, bytes.to_vec());
        rest = after;
    }
    Ok(files)
}

/// One request to a new child; answers the reply and the bytes after it.
fn call(task: Task, bytes: Vec<u8>, options: &Options) -> Result<(Reply, Vec<u8>), ExtractError> {
    let limits = &options.limits;
    let program =
        options.child.as_ref().ok_or_else(|| ExtractError::NoChild("none is configured".to_owned()))?;
    let request = Request {
        task,
        memory_bytes: limits.memory_bytes,
        seconds: limits.seconds,
        unpacked_bytes: limits.unpacked_bytes,
        pdfium: options.pdfium.clone(),
    };
    let mut child = spawn(program)?;
    let output = converse(&mut child, &request, bytes, limits.unpacked_bytes);
    // Whether it is done, dead or stuck: it is stopped and collected, so that no process is left behind.
    let _ = child.kill();
    let _ = child.wait();
    let output = output.map_err(|stuck| match stuck {
        Stuck::Time => ExtractError::TimedOut(limits.seconds),
        Stuck::Size => ExtractError::TooLarge("its text is larger than the limit; split the file".to_owned()),
        Stuck::Pipe(why) => ExtractError::NoChild(why),
    })?;
    let crashed = || ExtractError::Crashed(limits.memory_bytes >> 20);
    let end = memchr::memchr(b'\n', &output).ok_or_else(crashed)?;
    let reply = serde_json::from_slice(&output[..end]).map_err(|_| crashed())?;
    Ok((reply, output[end + 1..].to_vec()))
}

fn spawn(program: &ChildProgram) -> Result<Child, ExtractError> {
    Command::new(&program.program)
        .args(&program.arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| ExtractError::NoChild(format!("{}: {error}", program.program.display())))
}

enum Stuck {
    Time,
    Size,
    Pipe(String),
}

/// Writes the request and the file on one thread, reads the answer on another, waits at most the time allowed.
fn converse(child: &mut Child, request: &Request, bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Stuck> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Stuck::Pipe("it has no pipes".to_owned()));
    };
    let mut head = serde_json::to_vec(request).map_err(|error| Stuck::Pipe(error.to_string()))?;
    head.push(b'\n');
    std::thread::spawn(move || {
        // A child that dies early breaks the pipe; its missing answer tells.
        let _ = stdin.write_all(&head).and_then(|()| stdin.write_all(&bytes));
    });
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = Vec::new();
        let result = stdout.take(limit + 1).read_to_end(&mut output).map(|_| output);
        let _ = send.send(result);
    });
    // Twice the processor time: a busy machine must not fail files that an idle one reads.
    match receive.recv_timeout(Duration::from_secs(2 * request.seconds)) {
        Ok(Ok(output)) if output.len() as u64 > limit => Err(Stuck::Size),
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(Stuck::Pipe(error.to_string())),
        Err(_) => Err(Stuck::Time),
    }
}
