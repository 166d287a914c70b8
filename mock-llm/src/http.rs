//! HTTP/1.1 by hand, because a provider in trouble breaks rules that a server library keeps.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest head of a request.
const HEAD: usize = 64 * 1024;
/// The longest body of a request.
const BODY: usize = 512 * 1024 * 1024;

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What goes back.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A whole answer.
    Full { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// The first half of an answer, then the connection closes.
    Half { body: Vec<u8> },
    /// The connection closes.
    Nothing,
    /// A body without an end.
    Endless,
}

impl Reply {
    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self::Full { status, headers, body: value.to_string().into_bytes() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        if let Self::Full { headers, .. } = &mut self {
            headers.push((name, value));
        }
        self
    }
}

/// A connection with what was read beyond the last request.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    spare: Vec<u8>,
}

impl Connection {
    pub(crate) const fn new(stream: TcpStream) -> Self {
        Self { stream, spare: Vec::new() }
    }

    /// The next request; `None` at the end of the connection or of patience with what came.
    pub(crate) async fn next(&mut self) -> Option<Call> {
        let end = loop {
            if let Some(end) = self.spare.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if self.spare.len() > HEAD || !self.more().await {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&self.spare[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
            .collect();
        let mut call = Call { method, path, headers, body: Vec::new() };
        let length: usize = call.header("content-length").map_or(Some(0), |text| text.parse().ok())?;
        if length > BODY || call.header("transfer-encoding").is_some() {
            return None;
        }
        if call.header("expect").is_some() {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
        }
        let start = end + 4;
        self.spare.reserve((start + length).saturating_sub(self.spare.len()));
        while self.spare.len() < start + length {
            if !self.more().await {
                return None;
            }
        }
        call.body = self.spare[start..start + length].to_vec();
        self.spare.drain(..start + length);
        Some(call)
    }

    async fn more(&mut self) -> bool {
        matches!(self.stream.read_buf(&mut self.spare).await, Ok(count) if count > 0)
    }

    /// Waits until the client has gone.
    pub(crate) async fn gone(&mut self) {
        while self.spare.len() < HEAD && self.more().await {}
    }

    /// Sends a reply; whether the connection goes on.
    pub(crate) async fn send(&mut self, reply: Reply) -> bool {
        match reply {
            Reply::Full { status, headers, body } => {
                let mut bytes = head(status, &headers, Some(body.len())).into_bytes();
                bytes.extend_from_slice(&body);
                self.stream.write_all(&bytes).await.is_ok()
            }
            Reply::Half { body } => {
                let mut bytes =
                    head(200, &[("content-type", "application/json".to_owned())], Some(body.len()))
                        .into_bytes();
                bytes.extend_from_slice(&body[..body.len() / 2]);
                let _ = self.stream.write_all(&bytes).await;
                let _ = self.stream.shutdown().await;
                false
            }
            Reply::Nothing => false,
            Reply::Endless => {
                let start = head(200, &[("content-type", "application/json".to_owned())], None);
                let mut open = self.stream.write_all(start.as_bytes()).await.is_ok();
                while open {
                    open = self.stream.write_all(&[b' '; 16 * 1024]).await.is_ok();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                false
            }
        }
    }
}

fn head(status: u16, headers: &[(&'static str, String)], length: Option<usize>) -> String {
    let mut head = format!("HTTP/1.1 {status} {}\r\n", if status < 400 { "OK" } else { "No" });
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match length {
        Some(length) => head.push_str(&format!("content-length: {length}\r\n\r\n")),
        None => head.push_str("connection: close\r\n\r\n"),
    }
    head
}
