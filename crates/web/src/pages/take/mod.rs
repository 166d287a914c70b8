//! What readers take away: data package, citations, wide table, stated dates, annotations, feed, embedded pieces, releases.

pub mod annotations;
pub mod cite;
pub mod data;
pub mod datapackage;
pub mod dates;
pub mod embed;
pub mod feed;
pub mod releases;
pub mod wide;

/// Text inside an XML element or attribute.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
