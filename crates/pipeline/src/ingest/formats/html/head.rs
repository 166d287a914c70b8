//! What a web page says of itself: encoding, title, date, language.

use jiff::civil::Date;
use scraper::{Html, Node};

use crate::ingest::dates;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// `og:title`, else `<title>`.
    pub(super) title: Option<String>,
    /// A date in a `meta` element, else of the first `<time>`.
    pub(super) date: Option<Date>,
    /// `lang` of the page.
    pub(super) language: Option<String>,
    /// Whether there is exactly one `h1`, which then is the title.
    pub(super) one_top_heading: bool,
}

/// Names of `meta` elements that hold the date of the text.
const DATES: [&str; 7] = [
    "date",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "article:published_time",
    "publication_date",
    "dcterms.created",
];

/// The encoding that the first bytes of a page declare.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_lowercase();
    let after = &start[start.find("charset=")? + "charset=".len()..];
    let label = after.trim_start_matches(['"', '\'', ' ']);
    let end =
        label.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(label.len());
    Some(label[..end].to_owned()).filter(|label| !label.is_empty())
}

/// Reads what the page says of itself.
pub(super) fn read(page: &Html) -> Head {
    let mut head = Head::default();
    let mut top_headings = 0;
    let mut plain_title = None;
    let mut first_time = None;
    for node in page.tree.root().descendants() {
        let Node::Element(element) = node.value() else { continue };
        match element.name() {
            "html" => head.language = element.attr("lang").map(str::to_owned).filter(|lang| !lang.is_empty()),
            "h1" => top_headings += 1,
            "title" if plain_title.is_none() => {
                let text: String =
                    node.descendants().filter_map(|n| n.value().as_text().map(|t| &**t)).collect();
                plain_title = Some(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "time" if first_time.is_none() => first_time = element.attr("datetime").and_then(dates::parse),
            "meta" => {
                let name = element
                    .attr("name")
                    .or_else(|| element.attr("property"))
                    .unwrap_or_default()
                    .to_lowercase();
                let content = element.attr("content").unwrap_or_default().trim();
                if name == "og:title" && !content.is_empty() {
                    head.title = Some(content.to_owned());
                } else if head.date.is_none() && DATES.contains(&name.as_str()) {
                    head.date = dates::parse(content);
                }
            }
            _ => {}
        }
    }
    head.title = head.title.or(plain_title).filter(|title| !title.is_empty());
    head.date = head.date.or(first_time);
    head.one_top_heading = top_headings == 1;
    head
}
