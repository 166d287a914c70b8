//! Load on a server of this machine: an open loop at a fixed rate (latency counted from the moment a request was due, so
//! that a stalled server cannot hide), and a closed loop for saturation.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How long an answer is waited for where nothing else is said.
const PATIENCE: Duration = Duration::from_mins(2);

/// One keep-alive connection.
struct Connection {
    reader: BufReader<TcpStream>,
    address: String,
}

/// What stands before the body of an answer.
struct Head {
    status: u16,
    length: u64,
    chunked: bool,
}

impl Connection {
    fn open(address: &str) -> anyhow::Result<Self> {
        Self::open_for(address, PATIENCE)
    }

    /// One on which nothing is waited for longer than `patience`.
    fn open_for(address: &str, patience: Duration) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        Ok(Self { reader: BufReader::new(stream), address: address.to_owned() })
    }

    /// Sends a GET and reads the whole answer; gives its status.
    fn get(&mut self, path: &str) -> anyhow::Result<u16> {
        self.get_into(path, &mut std::io::sink())
    }

    /// The same, the body written to `out`.
    fn get_into(&mut self, path: &str, out: &mut impl Write) -> anyhow::Result<u16> {
        let head = self.ask(path)?;
        self.body(&head, out)?;
        Ok(head.status)
    }

    /// Sends a GET and reads the lines before the body.
    fn ask(&mut self, path: &str) -> anyhow::Result<Head> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        self.reader.get_mut().write_all(request.as_bytes())?;
        let status =
            self.line()?.split(' ').nth(1).and_then(|s| s.parse().ok()).context("read the status")?;
        let mut head = Head { status, length: 0, chunked: false };
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                return Ok(head);
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                head.length = value.trim().parse()?;
            }
            head.chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
        }
    }

    fn body(&mut self, head: &Head, out: &mut impl Write) -> anyhow::Result<()> {
        if head.chunked { self.take_chunks(out) } else { self.take(head.length, out) }
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            bail!("the server closed the connection");
        }
        Ok(line.trim_end().to_owned())
    }

    fn take(&mut self, length: u64, out: &mut impl Write) -> anyhow::Result<()> {
        let read = std::io::copy(&mut (&mut self.reader).take(length), out)?;
        if read < length {
            bail!("the answer was cut short");
        }
        Ok(())
    }

    fn take_chunks(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        loop {
            let size = u64::from_str_radix(&self.line()?, 16)?;
            self.take(size, out)?;
            self.line()?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// One request on a connection of its own; gives the status.
pub(super) fn get_once(address: &str, path: &str) -> anyhow::Result<u16> {
    Connection::open(address)?.get(path)
}

/// The same, given up after `patience`: `None` where no answer came by then.
pub(super) fn get_within(address: &str, path: &str, patience: Duration) -> anyhow::Result<Option<u16>> {
    match Connection::open_for(address, patience)?.get(path) {
        Ok(status) => Ok(Some(status)),
        Err(error) if is_late(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What came of one long answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) status: u16,
    /// Bytes of the body that were read.
    pub(super) bytes: u64,
    /// Seconds from the question to the last of them.
    pub(super) seconds: f64,
    /// Whether these are all.
    pub(super) whole: bool,
}

/// Reads an answer to its end, or until `most` bytes of it are there or `patience` is over; `None` where it had not
/// begun by then.
pub(super) fn take_within(
    address: &str,
    path: &str,
    most: u64,
    patience: Duration,
) -> anyhow::Result<Option<Taken>> {
    let start = now();
    let mut connection = Connection::open_for(address, patience)?;
    let head = match connection.ask(path) {
        Ok(head) => head,
        Err(error) if is_late(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut read = Until { bytes: 0, most, end: start + patience };
    let whole = match connection.body(&head, &mut read) {
        Ok(()) => true,
        Err(error) if is_late(&error) => false,
        Err(error) => return Err(error),
    };
    let seconds = now().duration_since(start).as_secs_f64();
    Ok(Some(Taken { status: head.status, bytes: read.bytes, seconds, whole }))
}

/// Counts bytes, and takes no more once there are enough or the time is over.
struct Until {
    bytes: u64,
    most: u64,
    end: Instant,
}

impl Write for Until {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        if self.bytes >= self.most || now() >= self.end {
            return Err(ErrorKind::TimedOut.into());
        }
        self.bytes += piece.len() as u64;
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether the time for reading ran out; systems name that differently.
fn is_late(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(kind, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

/// The body of one answer.
pub(super) fn body_of(address: &str, path: &str) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    let status = Connection::open(address)?.get_into(path, &mut body)?;
    if status != 200 {
        bail!("GET {path} answered {status}");
    }
    Ok(body)
}

/// Latencies in milliseconds of `paths` in turn at `rate` requests a second over `connections`, for `seconds`.
pub(super) fn open_loop(
    address: &str,
    paths: &[String],
    rate: f64,
    connections: usize,
    seconds: f64,
) -> anyhow::Result<Vec<f64>> {
    on_connections(connections, |index| {
        let mut connection = Connection::open(address)?;
        let gap = Duration::from_secs_f64(connections as f64 / rate);
        let mut due = now() + gap.mul_f64(index as f64 / connections as f64);
        let end = now() + Duration::from_secs_f64(seconds);
        let (mut latencies, mut turn) = (Vec::new(), index);
        while due < end {
            thread::sleep(due.saturating_duration_since(now()));
            expect_ok(&mut connection, &paths[turn % paths.len()])?;
            latencies.push(now().duration_since(due).as_secs_f64() * 1e3);
            due += gap;
            turn += connections;
        }
        Ok(latencies)
    })
}

/// The addresses that a reader asks for to see one thing, one after the other.
pub(super) type View = Vec<String>;

/// Views of one address each.
pub(super) fn views(paths: &[String]) -> Vec<View> {
    paths.iter().map(|path| vec![path.clone()]).collect()
}

/// Views a second that `connections` get when each sends as soon as it has its answer.
pub(super) fn saturate(
    address: &str,
    views: &[View],
    connections: usize,
    seconds: f64,
) -> anyhow::Result<f64> {
    let done = on_connections(connections, |index| {
        let mut connection = Connection::open(address)?;
        let end = now() + Duration::from_secs_f64(seconds);
        let (mut latencies, mut turn) = (Vec::new(), index);
        while now() < end {
            see(&mut connection, &views[turn % views.len()])?;
            latencies.push(0.0);
            turn += connections;
        }
        Ok(latencies)
    })?;
    Ok(done.len() as f64 / seconds)
}

/// Views a second when `connections` share `views` among them, each seen once.
pub(super) fn once_each(address: &str, views: &[View], connections: usize) -> anyhow::Result<f64> {
    let start = now();
    on_connections(connections, |index| {
        let mut connection = Connection::open(address)?;
        for view in views.iter().skip(index).step_by(connections) {
            see(&mut connection, view)?;
        }
        Ok(vec![])
    })?;
    Ok(views.len() as f64 / start.elapsed().as_secs_f64())
}

fn see(connection: &mut Connection, view: &View) -> anyhow::Result<()> {
    view.iter().try_for_each(|path| expect_ok(connection, path))
}

fn expect_ok(connection: &mut Connection, path: &str) -> anyhow::Result<()> {
    let status = connection.get(path)?;
    if status != 200 {
        bail!("GET {path} answered {status}");
    }
    Ok(())
}

fn on_connections(
    connections: usize,
    work: impl Fn(usize) -> anyhow::Result<Vec<f64>> + Sync,
) -> anyhow::Result<Vec<f64>> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..connections).map(|index| scope.spawn(move || work(index))).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| anyhow::anyhow!("a load thread panicked"))??);
        }
        Ok(all)
    })
}

fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// The address of a server that sends `answer` to one reader, `times` over, and then holds the line.
    fn answering(answer: &'static str, times: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Whoever has enough closes the line.
            if (0..times).try_for_each(|_| stream.write_all(answer.as_bytes())).is_ok() {
                thread::sleep(Duration::from_secs(2));
            }
        });
        address
    }

    #[test]
    fn a_long_answer_is_read_to_its_end_or_as_far_as_is_enough() {
        let patience = Duration::from_millis(500);
        let take = |address: &str, most| take_within(address, "/wide.csv", most, patience).unwrap();
        let whole =
            answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na,b\r\n0\r\n\r\n", 1);
        let taken = take(&whole, 1_000).unwrap();
        assert!(taken.whole && taken.status == 200 && taken.bytes == 3, "{taken:?}");

        let long = answering("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", 10_000);
        let taken = take(&long, 1_000).unwrap();
        assert!(!taken.whole && taken.bytes >= 1_000, "as far as is enough: {taken:?}");

        let slow = answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 2);
        let taken = take(&slow, 1_000).unwrap();
        assert!(!taken.whole && (1..1_000).contains(&taken.bytes), "what came in time: {taken:?}");

        assert!(take(&answering("", 1), 1_000).is_none(), "nothing came in time");
    }
}
