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
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        self.reader.get_mut().write_all(request.as_bytes())?;
        let status =
            self.line()?.split(' ').nth(1).and_then(|s| s.parse().ok()).context("read the status")?;
        let (mut length, mut chunked) = (0_u64, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
        }
        if chunked {
            self.take_chunks(out)?;
        } else {
            self.take(length, out)?;
        }
        Ok(status)
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
