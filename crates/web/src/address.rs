//! Every link a page makes, built in one place, so that addresses stay the promise they are.

use lacuna_domain::{DocumentId, RunId};

/// Addresses below which every page follows from the documents, labels and relations of one moment, and from the day.
const COUNTED: [&str; 12] = [
    "/overview",
    "/documents",
    "/codes",
    "/explore",
    "/domains",
    "/jurisdictions",
    "/authorities",
    "/collections",
    "/actors",
    "/compare",
    "/gaps",
    "/relations",
];

/// Whether a page at `path` is counted from a [`Snapshot`](crate::state::Snapshot) and the day alone.
pub fn is_counted(path: &str) -> bool {
    // The form of a report carries a token of its own, and is about the present label.
    path == "/" || (COUNTED.iter().any(|start| is_below(path, start)) && !path.ends_with("/report"))
}

/// Whether an answer may be given again until the store moves: what is counted, and what stands beside each other and is dear
/// to read.
pub fn is_held(path: &str) -> bool {
    is_counted(path)
        || is_below(path, "/api/v1/documents")
        || is_below(path, "/releases/diff")
        || (is_below(path, "/runs") && path.contains("/beside/"))
}

/// Whether `path` is `start`, a file beside it, or below it.
pub fn is_below(path: &str, start: &str) -> bool {
    path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

/// Percent-encodes what may not stand in one segment of a path; `:` stays, since document ids carry it.
pub fn segment(text: &str) -> String {
    encode(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b':' | b',' | b'@'))
}

/// Percent-encodes a value of a query.
pub fn query(text: &str) -> String {
    encode(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b','))
}

fn encode(text: &str, keep: impl Fn(u8) -> bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// `name=value` pairs as a query string with its `?`; empty when there are none.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let joined: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", query(name), query(value))).collect();
    if joined.is_empty() { path.to_owned() } else { format!("{path}?{}", joined.join("&")) }
}

/// The page of a document.
pub fn document(id: &DocumentId) -> String {
    format!("/documents/{}", segment(id.as_str()))
}

/// The text page of a document.
pub fn text(id: &DocumentId) -> String {
    format!("{}/text", document(id))
}

/// The text page, with one code's passages marked, at a passage.
pub fn passage(id: &DocumentId, label: Option<(&str, &str)>, passage: u32) -> String {
    match label {
        Some((dimension, code)) => format!("{}?code={dimension}/{code}#p-{passage}", text(id)),
        None => format!("{}#p-{passage}", text(id)),
    }
}

/// The page of a code.
pub fn code(dimension: &str, code: &str) -> String {
    format!("/codes/{}/{}", segment(dimension), segment(code))
}

/// The page of a dimension.
pub fn dimension(dimension: &str) -> String {
    format!("/codes/{}", segment(dimension))
}

/// The page of what texts ask of actors of a type about a code; an empty type is that of which no text tells.
pub fn duties(kind: &str, code: &str) -> String {
    let kind = if kind.is_empty() { "untold" } else { kind };
    format!("/actors/duties/{}/{}", segment(kind), segment(code))
}

/// The page of a run.
pub fn run(id: &RunId) -> String {
    format!("/runs/{}", id.short())
}

/// The list with one filter set.
pub fn filtered(name: &str, value: &str) -> String {
    with_query("/documents", [(name, value)])
}

/// The anchor of a label on its document's page.
pub fn label_anchor(dimension: &str, code: &str) -> String {
    format!("{dimension}-{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_id_stays_one_segment() {
        let id: DocumentId = "file:drafts/bill no. 1.docx".parse().unwrap();
        assert_eq!(document(&id), "/documents/file:drafts%2Fbill%20no.%201.docx");
        assert_eq!(passage(&id, Some(("risk", "2.2")), 12).split('?').nth(1), Some("code=risk/2.2#p-12"));
        assert_eq!(filtered("authority", "Bureau & Sons"), "/documents?authority=Bureau%20%26%20Sons");
    }
}
